"""One code in several spellings is told where no list names the industries, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_studies import economy
from spillgraph.ingest.values.likeness import likeness

HEAD = '[study]\nname = "s"\ntarget = "sec"\n'
CITED = '[tables.industry_citations]\nfile = "c.csv"\nclassification = "{}"\n'
MAP = (
    '[tables.concordance]\nfile = "m.csv"\nfrom_classification = "fine"\n'
    'to_classification = "sec"\n'
)
LIST = '[[tables.industries]]\nfile = "i.csv"\nclassification = "{}"\n'


def citations(folder: Path, a: str, b: str, more: str = "") -> Path:
    """A study whose sector is called ``a`` where it cites and ``b`` where it is cited."""
    rows = f'X,"{b}",2000,3\n"{a}",X,2000,4\n"{a}","{b}",2000,5\nX,X,2000,1\n'
    (folder / "c.csv").write_text(f"citing,cited,year,count\n{rows}", encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(HEAD + CITED.format("sec") + more, encoding="utf-8")
    return path


def told(warnings: list[str]) -> list[str]:
    return [text for text in warnings if "one in several spellings" in text]


@pytest.mark.parametrize(
    ("a", "b", "sign"),
    [
        ("Food", "food", ""),
        ("Food & drink", "Food &amp; drink", "'Food &amp; drink'"),
        ("Food and drink", "Food  and drink", "'Food  and drink'"),
        ("A", "\u0410", "U+0410 Cyrillic capital letter a"),
        ("a", "\u0430", "U+0430 Cyrillic small letter a"),
        ("B", "\u0392", "U+0392 Greek capital letter beta"),
        ("B", "\u0412", "U+0412 Cyrillic capital letter ve"),
        ("C10-C12", "C10\u2011C12", "U+2011 Non-breaking hyphen"),
        ("C10-C12", "C10\u2013C12", "U+2013 En dash"),
        ("C10-C12", "C10\u2212C12", "U+2212 Minus sign"),
        ("10-12", "10\u201312", "U+2013 En dash"),
        ("C10-C12", "C10_C12", ""),
        ("C10-C12", "C10-\u00adC12", r"'C10-\u00adC12'"),
        ("C10-C12", "C10 - C12", ""),
        ("C10-C12", "C10.C12", ""),
        ("Food, drink", "Food..drink", ""),
        ("C10-C12", "C10-C12*", ""),
        ("C10-C12", "C10-C12\u00b9", ""),
        ("Q", "\u201cQ\u201d", "U+201C Left double quotation mark"),
        ("A1", "A-1", ""),
        ("A1", "\uff21\uff11", ""),
        ("10.3", "10.30", ""),
    ],
)
def test_two_spellings_are_told_and_one_is_not(tmp_path, a, b, sign) -> None:
    found = economy(citations(tmp_path, a, b), tmp_path)
    assert len(found.labels) == 3
    (text,) = told(found.warnings)
    assert sign in text
    assert text.startswith("Some codes of 'sec' may be one in several spellings")
    again = economy(citations(tmp_path, a, a), tmp_path)
    assert len(again.labels) == 2
    assert told(again.warnings) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1.1", "1.01"),
        ("1-1", "11"),
        ("10-12", "10.12"),
        ("A-", "A"),
        ("B-E", "BE"),
        ("C1", "C10"),
        ("1111A0", "1111B0"),
        ("А", "Б"),
        ("Food", "Wood"),
    ],
)
def test_other_codes_are_not_told(tmp_path, a, b) -> None:
    assert told(economy(citations(tmp_path, a, b), tmp_path).warnings) == []


def test_numbered_codes_end_in_zeros_that_count(tmp_path) -> None:
    numbered = [f"1.{number}" for number in range(1, 12)]
    rows = "".join(f"{code},{other},2000,1\n" for code in numbered for other in numbered)
    path = citations(tmp_path, "A", "B")
    (tmp_path / "c.csv").write_text(f"citing,cited,year,count\n{rows}")
    assert told(economy(path, tmp_path).warnings) == []
    (tmp_path / "c.csv").write_text(
        "citing,cited,year,count\n" + "".join(r for r in rows.splitlines(True) if "1.5" not in r)
    )
    (text,) = told(economy(path, tmp_path).warnings)
    assert "'1.1' (industry_citations) and '1.10' (industry_citations)" in text


def test_two_codes_that_a_list_names_are_meant(tmp_path) -> None:
    (tmp_path / "i.csv").write_text("code\nX\nFood\nfood\n")
    path = citations(tmp_path, "Food", "food", LIST.format("sec"))
    assert told(economy(path, tmp_path).warnings) == []


@pytest.mark.parametrize(
    ("a", "b", "key"),
    [("Food", "food", "case ="), ("C1", "C1*", 'drop_suffix = ["*"]')],
)
def test_the_key_makes_them_one(tmp_path, a, b, key) -> None:
    path = citations(tmp_path, a, b)
    (text,) = told(economy(path, tmp_path).warnings)
    assert key in text
    clean = text.split("in one way: ")[1].split(" in [tables.industry_citations]")[0]
    path.write_text(path.read_text() + clean + "\n")
    found = economy(path, tmp_path)
    assert len(found.labels) == 2
    assert told(found.warnings) == []
    assert sum(flow.input for flow in found.flows) == 13


@pytest.mark.parametrize(("a", "b"), [("Food", "food"), ("F & B", "F &amp; B"), ("A", "А")])
def test_targets_of_a_concordance_are_compared(tmp_path, a, b) -> None:
    (tmp_path / "c.csv").write_text("citing,cited,year,count\nf,g,2000,3\ng,h,2000,4\n")
    (tmp_path / "m.csv").write_text(f'from,to\nf,"{a}"\ng,"{b}"\nh,other\n', encoding="utf-8")
    (tmp_path / "i.csv").write_text("code\nf\ng\nh\n")
    path = tmp_path / "study.toml"
    path.write_text(HEAD + CITED.format("fine") + MAP + LIST.format("fine"))
    found = economy(path, tmp_path)
    (text,) = told(found.warnings)
    assert "(concordance)" in text
    assert any("table concordance: no list names" in each for each in found.warnings)
    (tmp_path / "m.csv").write_text(f'from,to\nf,"{a}"\ng,"{a}"\nh,other\n', encoding="utf-8")
    assert told(economy(path, tmp_path).warnings) == []


def test_sectors_that_a_concordance_alone_names_are_told(tmp_path) -> None:
    (tmp_path / "c.csv").write_text("citing,cited,year,count\nf,g,2000,3\ng,f,2000,4\n")
    (tmp_path / "m.csv").write_text("from,to\nf,x\ng,y\nF010,PCE\nV001,wages\n")
    (tmp_path / "i.csv").write_text("code\nf\ng\nF010\nV001\n")
    (tmp_path / "t.csv").write_text("code\nx\ny\nPCE\nwages\n")
    path = tmp_path / "study.toml"
    path.write_text(HEAD + CITED.format("fine") + MAP + LIST.format("fine"))
    found = economy(path, tmp_path)
    assert found.warnings == [
        "table concordance: no list names the industries of 'sec', so all 4 were taken, from 'x' "
        "to 'wages'. Give [[tables.industries]], or look whether a total or a remark is among them."
    ]
    path.write_text(path.read_text() + LIST.format("sec").replace("i.csv", "t.csv"))
    assert economy(path, tmp_path).warnings == []


def test_likeness_of_nothing() -> None:
    import duckdb

    with duckdb.connect() as con:
        assert likeness(con, []) == {}
        assert likeness(con, ["----", "*"]) == {}
