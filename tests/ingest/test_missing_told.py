"""What counted as missing is shown as it stands: a text as NA, or a name that was looked up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ..helpers.staging import keys, staged

ROWS = "1,2,2000,4\n2,1,2001,1\n"


def rejects(tmp_path: Path, table: str) -> list[dict[str, str]]:
    path = tmp_path / "rejects" / f"{table}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")


# -- texts that mean "missing" ---------------------------------------------------------------------


@pytest.mark.parametrize("text", ["NA", ":", "None", ".", "-", "\\N", " NA "])
def test_a_text_that_means_missing_is_shown_with_the_key_that_changes_it(
    tiny, tmp_path, text: str
) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n{ROWS}{text},1,2001,1\n")
    found = staged(tiny, tmp_path)["firm_citations"]
    (example,) = found.examples["citing is missing"]
    shown = f"'{text.strip()}' in row 3 of citations.csv"
    assert str(example) == shown
    (row,) = rejects(tmp_path, "firm_citations")
    assert (row["column"], row["value"]) == ("citing", text.strip())
    assert found.hints == (
        f'{shown} (citing) is a text that means "missing"; if it is a value, say in '
        "[tables.firm_citations] which texts mean it: missing = [] for none.",
    )


def test_the_key_that_is_named_reads_the_text(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry\n1,A\n2,B\n3,C\nNA,A\n")
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2000,4\n")
    found = staged(tiny, tmp_path)["firms"]
    assert "missing = [] for none." in found.hints[0] and found.loaded == 3
    keys(tiny, "firms.csv", "missing = []")
    assert staged(tiny, tmp_path)["firms"].loaded == 4


@pytest.mark.parametrize("text", ["", '""', "  ", "\u00a0"])
def test_an_empty_cell_is_nothing(tiny, tmp_path, text: str) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n{ROWS}{text},1,2001,1\n")
    found = staged(tiny, tmp_path)["firm_citations"]
    assert str(found.examples["citing is missing"][0]) == "nothing in row 3 of citations.csv"
    assert 'means "missing"' not in " ".join(found.hints)
    assert rejects(tmp_path, "firm_citations")[0]["value"] == ""


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [("2,1,n/a,1", "year", "n/a"), ("2,1,2001,..", "count", "..")],
)
def test_a_year_or_a_number_is_shown_and_no_key_named(tiny, tmp_path, row, column, text) -> None:
    """Neither could be a value, whatever the key says."""
    tiny.write("citations.csv", f"citing,cited,year,count\n{ROWS}{row}\n")
    found = staged(tiny, tmp_path)["firm_citations"]
    assert found.examples[f"{column} is missing"][0].value == text
    assert found.hints == ()


def test_a_flag_behind_what_is_missing_is_shown(tiny, tmp_path) -> None:
    tiny.write("citations.csv", f"citing,cited,year,count\n{ROWS}1,2,2001,: c\n")
    keys(tiny, "citations.csv", 'flags = ["c"]')
    found = staged(tiny, tmp_path)["firm_citations"]
    assert found.examples["count is missing"][0].value == ": c"


# -- names that are looked up ----------------------------------------------------------------------

MATCH = (
    'columns = { citing = "" }\n'
    'match = { citing = { file = "names.csv", by = "who", key = "name", value = "fid" } }'
)


def look_up(tiny, names: str, rows: str) -> None:
    tiny.write("names.csv", f"name,fid\n{names}")
    tiny.write("citations.csv", f"who,cited,year,count\n{rows}")
    keys(tiny, "citations.csv", MATCH)


@pytest.mark.parametrize(
    ("name", "listed", "what"),
    [
        ("INTEL CORP.", "Intel Corp.", "capitals count"),
        ("Intel Corp", "Intel Corp.", "capitals, blanks and signs count"),
        ("Intel  Corp.", "Intel Corp.", "capitals, blanks and signs count"),
    ],
)
def test_the_name_that_is_looked_up_is_shown_with_its_other_spelling(
    tiny, tmp_path, name, listed, what
) -> None:
    rows = f"IBM,2,2000,4\n{name},1,2001,2\n{name},3,2001,2\nnobody,1,2000,1\n"
    look_up(tiny, f"IBM,1\n{listed},2\n", rows)
    found = staged(tiny, tmp_path)["firm_citations"]
    assert found.reasons == {"citing is missing": 3}
    assert found.examples["citing is missing"][0].value == name
    assert [row["value"] for row in rejects(tmp_path, "firm_citations")] == [name, name, "nobody"]
    told = (
        f"citing is looked up by '{name}' (row 2 of citations.csv), and names.csv has '{listed}': "
        f"{what}, so write both in one way. It is so in 2 of 3 rows that find nothing."
    )
    assert found.hints == (told,)
    assert told[0].upper() + told[1:] in " ".join(found.warnings)


def test_a_name_without_another_spelling_is_told_as_not_there(tiny, tmp_path) -> None:
    look_up(tiny, "IBM,1\n", "IBM,2,2000,4\nSony,1,2001,2\n,1,2001,2\n")
    found = staged(tiny, tmp_path)["firm_citations"]
    assert [each.value for each in found.examples["citing is missing"]] == ["Sony", None]
    assert found.hints == (
        "citing is looked up by 'Sony' (row 2 of citations.csv), for which names.csv gives no "
        "'fid'.",
    )


def test_an_optional_column_names_the_other_spelling_only(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,who\n1,one\n2,TWO\n3,x\n4,\n")
    tiny.write("codes.csv", "name,code\none,A\ntwo,B\n")
    match = (
        'match = { industry = { file = "codes.csv", by = "who", key = "name", value = "code" } }'
    )
    keys(tiny, "firms.csv", match)
    found = staged(tiny, tmp_path)["firms"]
    assert found.hints == (
        "industry is looked up by 'TWO' (row 2 of firms.csv), and codes.csv has 'two': capitals "
        "count, so write both in one way. It is so in 1 of 2 rows that find nothing.",
    )
    tiny.write("codes.csv", "name,code\none,A\nsix,B\n")
    assert staged(tiny, tmp_path)["firms"].hints == ()


def test_an_own_column_goes_before_the_lookup_unless_it_is_left_alone(tiny, tmp_path) -> None:
    """As the manual says of ``match``."""
    look_up(tiny, "a,1\nb,2\n", "")
    tiny.replace('columns = { citing = "" }\n', "")
    tiny.write("citations.csv", "citing,who,cited,year,count\n3,a,1,2000,4\nNA,b,1,2001,2\n")
    frame = pd.read_parquet(staged(tiny, tmp_path)["firm_citations"].path)
    assert frame["citing"].tolist() == ["3", "2"]
    keys(tiny, "citations.csv", 'columns = { citing = "" }')
    frame = pd.read_parquet(staged(tiny, tmp_path)["firm_citations"].path)
    assert frame["citing"].tolist() == ["1", "2"]
