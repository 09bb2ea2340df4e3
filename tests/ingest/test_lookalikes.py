"""Codes that differ in leading zeros alone are told before any number."""

from __future__ import annotations

import pytest
from small_studies import MAKE, USE, economy, made
from spillgraph.ingest.stage import stage
from spillgraph.ingest.study import load_study
from spillgraph.ingest.values.likeness import bare
from staging import connect

KEYS = 'value_added = ["W"]\nfinal_demand = ["F"]'
CITATIONS = (
    '[tables.industry_citations]\nfile = "c.csv"\nclassification = "s"\n'
    "constants = { year = 2000 }\n"
)


def told(warnings: list[str]) -> list[str]:
    return [text for text in warnings if "the same but for leading zeros" in text]


@pytest.mark.parametrize("spelled", ["01", "001"])
def test_a_code_in_two_spellings_is_told_with_the_key_that_mends_it(tmp_path, spelled) -> None:
    other = spelled.replace("1", "2")
    rows = f"{spelled},{other},3\n{other},{spelled},4\n"
    (tmp_path / "c.csv").write_text(f"citing,cited,count\n{rows}")
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS, CITATIONS)
    found = economy(path, tmp_path)
    assert len(found.labels) == 4
    (text,) = told(found.warnings)
    assert found.warnings[0] == text
    assert "'1' (make, use)" in text
    assert f"'{spelled}' (industry_citations)" in text
    entries = {
        name: key
        for part in text.split(" say ")[1].rstrip(".").split("; ")
        for key, name in [part.split(" in [tables.")]
    }
    study = path.read_text()
    for name, key in entries.items():
        head = f"[tables.{name.rstrip(']')}]\n"
        assert head in study
        study = study.replace(head, f"{head}{key}\n")
    path.write_text(study)
    found = economy(path, tmp_path)
    assert told(found.warnings) == []
    assert len(found.labels) == 2


def test_a_code_that_became_a_number_is_told(tmp_path) -> None:
    (tmp_path / "c.csv").write_text("citing,cited,count\n1.0,K,3\nK,1.0,4\n")
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS, CITATIONS)
    (text,) = told(economy(path, tmp_path).warnings)
    assert "'1' (make, use) and '1.0' (industry_citations)" in text
    key = "clean = { cited = { zfill = 1 }, citing = { zfill = 1 } }"
    assert f"{key} in [tables.industry_citations]" in text
    path.write_text(path.read_text().replace('file = "c.csv"', f'file = "c.csv"\n{key}'))
    found = economy(path, tmp_path)
    assert told(found.warnings) == []
    assert found.labels == ["1", "2", "K"]


@pytest.mark.parametrize("spelled", ["01+02", "A01"])
def test_codes_with_letters_are_told_without_a_key_that_cannot_help(tmp_path, spelled) -> None:
    short = bare(spelled)
    (tmp_path / "c.csv").write_text(f"citing,cited,count\n{spelled},{short},3\n")
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS, CITATIONS)
    (text,) = told(economy(path, tmp_path).warnings)
    assert "write them in one way" in text
    assert "zfill" not in text


def test_two_spellings_in_two_years_of_one_table_are_told(tmp_path) -> None:
    def padded(cells):
        return {tuple({"1": "01"}.get(code, code) for code in k): v for k, v in cells.items()}

    make = {2000: MAKE, 2001: padded(MAKE)}
    path = made(tmp_path, make, {2000: USE, 2001: padded(USE)}, KEYS)
    (text,) = told(economy(path, tmp_path).warnings)
    assert "clean = { industry = { zfill = 2 } } in [tables.make]" in text


def test_codes_that_a_list_names_both_are_meant(tmp_path) -> None:
    (tmp_path / "c.csv").write_text("citing,cited,count\n0,00,3\n1,2,4\n")
    (tmp_path / "i.csv").write_text("code\n0\n00\n1\n2\n")
    listed = '[tables.industries]\nfile = "i.csv"\nclassification = "s"\n'
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS, CITATIONS + listed)
    assert told(economy(path, tmp_path).warnings) == []


def test_other_codes_are_not_alike(tmp_path) -> None:
    (tmp_path / "c.csv").write_text("citing,cited,count\n1.01,1.1,3\n10,100,4\n1,2,4\n")
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS, CITATIONS)
    assert told(economy(path, tmp_path).warnings) == []


def test_the_real_case(data_folder, tmp_path) -> None:
    """Codes of 1987 without zeros, citations with: 853.823 is right, not 827.012."""
    table = data_folder / "bea_io_1977_2002" / "bea_io_1987.csv.gz"
    flow = data_folder / "patent_class_to_industry" / "derived_techflow_io92.csv.gz"
    path = tmp_path / "study.toml"
    path.write_text(
        f"""[study]
name = "US 1987"
target = "bea"
[tables.make]
file = "{table}"
classification = "bea"
where = {{ table = "make" }}
columns = {{ industry = "row", commodity = "col" }}
[tables.use]
file = "{table}"
where = {{ table = "use" }}
columns = {{ commodity = "row", user = "col" }}
[make_use]
scrap = ["81"]
value_added = ["88","89","90"]
final_demand = ["91", "92", "93", "94", "95", "96","97","98","99"]
[tables.industry_citations]
file = "{flow}"
classification = "bea"
wide = {{ rows = "cited", columns = "citing", values = "count" }}
constants = {{ year = 1987 }}
"""
    )
    (text,) = told(economy(path, tmp_path).warnings)
    assert "'01' (industry_citations) and '1' (make, use)" in text
    assert "clean = { industry = { zfill = 2 } } in [tables.make]" in text


@pytest.mark.parametrize("listed", [True, False])
def test_codes_of_industries_are_no_patent_numbers(tmp_path, listed) -> None:
    """patent = true would make one of 1111A0 and 1111B0."""
    names = {"1": "33712A", "2": "33712B"}
    make = {tuple(names.get(c, c) for c in k): v for k, v in MAKE.items()}
    use = {tuple(names.get(c, c) for c in k): v for k, v in USE.items()}
    (tmp_path / "i.csv").write_text("code\n33712N\n33712B\n")
    (tmp_path / "map.csv").write_text("from,to\n33712N,x\n33712B,y\n")
    more = '[tables.concordance]\nfile = "map.csv"\nfrom_classification = "s"\n'
    more += 'to_classification = "t"\n'
    if listed:
        more = '[tables.industries]\nfile = "i.csv"\nclassification = "s"\n'
    path = made(tmp_path, {2000: make}, {2000: use}, KEYS, more)
    if listed:
        with connect() as con:
            staged = stage(con, load_study(path), tmp_path / "tables", tmp_path / "rejects")
        said = [hint for table in staged.values() for hint in table.hints]
    else:
        path.write_text(path.read_text().replace('target = "s"', 'target = "t"'))
        said = economy(path, tmp_path).warnings
        (text,) = [each for each in said if "no target" in each]
        assert text == (
            "1 of 2 codes has no target ('33712A'): the concordance s → t may be of another "
            "vintage or classification than they are."
        )
    assert "patent = true" not in " ".join(said)


def test_codes_of_several_levels_are_offered_no_zeros(tmp_path) -> None:
    (tmp_path / "c.csv").write_text("citing,cited,count\n011,11,3\n0111,111,4\n1,2,4\n")
    path = made(tmp_path, {2000: MAKE}, {2000: USE}, KEYS, CITATIONS)
    (text,) = told(economy(path, tmp_path).warnings)
    assert text.endswith("If they are the same, write them in one way.")
