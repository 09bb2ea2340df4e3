"""Every refused row has a file, a row, a value and a reason; in = loaded + rejected."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.contract import TABLES
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from staging import connect


def staged(tiny, tmp_path: Path) -> tuple[dict[str, Staged], Path]:
    rejects = tmp_path / "rejects"
    with connect() as con:
        found = stage(con, load_study(tiny.path), tmp_path / "tables", rejects)
    for table in found.values():
        assert table.read == table.loaded + table.rejected
        assert sum(table.reasons.values()) == table.rejected
        assert len(pd.read_csv(rejects / f"{table.name}.csv")) == table.rejected
    return found, rejects


def test_clean_tables_are_loaded_whole(tiny, tmp_path: Path) -> None:
    found, _ = staged(tiny, tmp_path)
    assert {name: table.rejected for name, table in found.items()} == dict.fromkeys(found, 0)
    assert found["firm_citations"].total == 28
    assert found["trade_links"].total == 43.5
    table = pd.read_parquet(found["firms"].path)
    assert table["id"].tolist()[-1] == "4" and table["name"].iloc[-1] == "x'}) DETACH DELETE n //"
    assert table["industry"].isna().tolist() == [False, False, False, True]
    assert list(table.columns) == [
        *(c.name for c in next(t for t in TABLES if t.name == "firms").columns), "classification",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "table", "row", "column", "value", "reason"),
    [
        ("citations.csv", "firm_citations", "1,2,2001,-3", "count", "-3", "count is negative"),
        ("citations.csv", "firm_citations", "1,2,1999,3", "year", "1999", "outside 2000 to 2002"),
        ("citations.csv", "firm_citations", "1,2,soon,3", "year", "soon", "not a year"),
        ("citations.csv", "firm_citations", "1,2,20011,3", "year", "20011", "not a year"),
        ("citations.csv", "firm_citations", "1,2,2001,many", "count", "many", "not a number"),
        ("citations.csv", "firm_citations", "1,2,2001,inf", "count", "inf", "not finite"),
        ("citations.csv", "firm_citations", "1,2,2001,", "count", None, "count is missing"),
        ("citations.csv", "firm_citations", ",2,2001,1", "citing", None, "citing is missing"),
        ("citations.csv", "firm_citations", "9,2,2001,1", "citing", "9", "not in table firms"),
        ("citations.csv", "firm_citations", "1,2", "", "1,2", "missing columns"),
        ("citations.csv", "firm_citations", "1,2,2001,1,7", "", "1,2,2001,1,7", "too many"),
        ("firms.csv", "firms", "5,Five,Z,,,,,", "industry", "Z", "list of industries"),
        ("firms.csv", "firms", "1,Again,A,,,,,", "id", "id=1", "repeats the key"),
        ("citations.csv", "firm_citations", "1,3,20009999,1", "year", "20009999", "not a year"),
        ("trade.csv", "trade_links", "1,9,2001,1", "buyer", "9", "not in table firms"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(
    tiny, tmp_path: Path, name: str, table: str, row: str, column: str, value: str, reason: str
) -> None:
    number = len((tiny.folder / name).read_text().splitlines())
    tiny.append(name, row + "\n")
    found, rejects = staged(tiny, tmp_path)
    assert found[table].rejected == 1
    assert sum(each.rejected for each in found.values()) == 1
    read = pd.read_csv(rejects / f"{table}.csv", dtype=str, keep_default_na=False)
    (refused,) = read.to_dict("records")
    assert refused["file"] == name
    assert refused["row"] == str(number)
    assert refused["column"] == column
    assert reason in refused["reason"]
    assert (value in refused["value"]) if value else refused["value"] == ""


@pytest.mark.parametrize(
    ("name", "table", "row", "words"),
    [
        ("map.csv", "concordance", "C,z,1", "to is not in the list of industries: 1, 'z' in row 5"),
        ("map.csv", "concordance", "D,x,1", "from is not in the list of industries: 1, 'D'"),
        ("map.csv", "concordance", "C,x,-0.5", "weight is negative: 1, '-0.5'"),
        ("map.csv", "concordance", "C,x,much", "weight is not a number: 1, 'much'"),
        ("map.csv", "concordance", "C,x,inf", "weight is not finite"),
        ("map.csv", "concordance", "C", "the row cannot be taken apart"),
        ("fine.csv", "industries", "unmapped,Rest", "the name of the residual"),
        ("fine.csv", "industries", ",Nameless", "code is missing: 1, nothing in row"),
    ],
)
def test_a_refused_row_of_a_list_or_map_stops_the_run(
    tiny, tmp_path: Path, name: str, table: str, row: str, words: str
) -> None:
    tiny.append(name, row + "\n")
    with pytest.raises(InputError, match=f"table {table}: 1 of its . rows was refused") as error:
        staged(tiny, tmp_path)
    assert words in str(error.value)
    assert len(pd.read_csv(tmp_path / "rejects" / f"{table}.csv")) == 1


def test_a_map_may_name_codes_that_the_study_drops(tiny, tmp_path: Path) -> None:
    tiny.append("map.csv", "C,z,1\n")
    tiny.replace('file = "map.csv"', 'file = "map.csv"\nunmatched = "drop"')
    found, _ = staged(tiny, tmp_path)
    assert found["concordance"].reasons == {"to is not in the list of industries (dropped)": 1}
    assert found["concordance"].warnings == ()


def test_rows_after_a_broken_one_keep_their_number(tiny, tmp_path: Path) -> None:
    tiny.append("citations.csv", '1,2\n"1",3,2001,4\n1,3,2002,x\n1,3\n2,3,2002,y\n')
    _, rejects = staged(tiny, tmp_path)
    refused = pd.read_csv(rejects / "firm_citations.csv", dtype=str)
    assert dict(zip(refused["row"], refused["value"], strict=True)) == {
        "8": "1,2", "10": "x", "11": "1,3", "12": "y",
    }  # fmt: skip


def test_dates_are_years(tiny, tmp_path: Path) -> None:
    tiny.append("citations.csv", "1,3,20010315,1\n2,3,2002-03-15,1\n")
    found, _ = staged(tiny, tmp_path)
    assert pd.read_parquet(found["firm_citations"].path)["year"].tolist()[-2:] == [2001, 2002]


def test_without_a_count_every_row_is_one_citation_and_repeats_add_up(tiny, tmp_path: Path) -> None:
    tiny.write("citations.csv", "citing,cited,year\n1,2,2000\n1,2,2000\n2,1,2001\n1,2,1990\n")
    found, _ = staged(tiny, tmp_path)
    table = found["firm_citations"]
    assert (table.read, table.loaded, table.rejected, table.total) == (4, 3, 1, 3.0)
    rows = pd.read_parquet(table.path)[["citing", "cited", "year", "count"]].values.tolist()
    assert rows == [["1", "2", 2000, 2.0], ["2", "1", 2001, 1.0]]


def test_a_count_in_some_files_only_is_refused(tiny, tmp_path: Path) -> None:
    tiny.write("more.csv", "citing,cited,year\n1,3,2000\n")
    tiny.replace(
        '[tables.firm_citations]\nfile = "citations.csv"',
        '[[tables.firm_citations]]\nfile = "citations.csv"\n'
        '[[tables.firm_citations]]\nfile = "more.csv"',
    )
    with pytest.raises(InputError, match="some entries have the column 'count'"):
        staged(tiny, tmp_path)


def test_unknown_partners_are_kept_where_the_study_says_so(tiny, tmp_path: Path) -> None:
    tiny.append("firms.csv", "5,Five,Z,,,,,\n")
    tiny.replace('file = "firms.csv"', 'file = "firms.csv"\nunmatched = "keep"')
    found, _ = staged(tiny, tmp_path)
    assert found["firms"].rejected == 0
    assert found["firms"].unmatched == {"industry": 2}


def test_columns_are_mapped_filtered_and_given(tiny, tmp_path: Path) -> None:
    tiny.write("citations.csv", "von,nach,n,kind\n1,2,4,a\n2,1,5,b\n3,1,6,\n")
    tiny.replace(
        'file = "citations.csv"',
        'file = "citations.csv"\ncolumns = { citing = "von", cited = "nach", count = "n" }\n'
        'constants = { year = 2001 }\nwhere_not = { kind = "b" }',
    )
    found, _ = staged(tiny, tmp_path)
    assert (found["firm_citations"].read, found["firm_citations"].total) == (2, 10.0)


def test_a_missing_column_names_the_nearest(tiny, tmp_path: Path) -> None:
    tiny.write("citations.csv", "citing,citd,year,count\n1,2,2000,4\n")
    with pytest.raises(InputError, match=r"citations.csv: there is no column 'cited'.*'citd'"):
        staged(tiny, tmp_path)


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_file_is_refused(tiny, tmp_path: Path, text: str) -> None:
    tiny.write("citations.csv", text)
    with pytest.raises(InputError, match=r"citations.csv: the file is empty"):
        staged(tiny, tmp_path)


def test_damaged_files_are_refused(tiny, tmp_path: Path) -> None:
    (tiny.folder / "citations.csv.gz").write_bytes(b"not gzip at all")
    tiny.replace('file = "citations.csv"', 'file = "citations.csv.gz"')
    with pytest.raises(InputError, match=r"citations.csv.gz: the file cannot be read"):
        staged(tiny, tmp_path)


def test_every_format_gives_the_same_rows(tiny, tmp_path: Path) -> None:
    frame = pd.read_csv(tiny.folder / "citations.csv", dtype={"citing": str, "cited": str})
    text = (tiny.folder / "citations.csv").read_text()
    with gzip.open(tiny.folder / "c.csv.gz", "wt") as file:
        file.write(text)
    tiny.write("c.tsv", text.replace(",", "\t"))
    (tiny.folder / "bom.csv").write_text("\ufeff" + text.replace("\n", "\r\n"), encoding="utf-8")
    frame.to_parquet(tiny.folder / "c.parquet")
    numbers = frame.astype({"citing": float, "cited": float, "year": float})  # as Stata keeps them
    numbers.to_parquet(tiny.folder / "numbers.parquet")
    frame.astype({"year": "int32"}).to_stata(tiny.folder / "c.dta", write_index=False)
    numbers.to_stata(tiny.folder / "numbers.dta", write_index=False)
    results = {}
    current = "citations.csv"
    for name in [
        "citations.csv", "c.csv.gz", "c.tsv", "bom.csv", "c.parquet", "numbers.parquet", "c.dta",
        "numbers.dta",
    ]:  # fmt: skip
        tiny.replace(f'file = "{current}"', f'file = "{name}"')
        current = name
        found, _ = staged(tiny, tmp_path)
        results[name] = pd.read_parquet(found["firm_citations"].path).values.tolist()
    assert len(results["citations.csv"]) == 7
    assert all(rows == results["citations.csv"] for rows in results.values())


def test_latin_1(tiny, tmp_path: Path) -> None:
    text = (tiny.folder / "firms.csv").read_text().replace("One", "Müller")
    (tiny.folder / "firms.csv").write_bytes(text.encode("latin-1"))
    found, _ = staged(tiny, tmp_path)  # not utf-8: that name is lost, and nothing else
    assert found["firms"].lost == {"name is not readable text": 1}
    assert 'encoding = "cp1252" would read it as ' in found["firms"].warnings[0]
    tiny.replace('file = "firms.csv"', 'file = "firms.csv"\nencoding = "latin-1"')
    found, _ = staged(tiny, tmp_path)
    assert pd.read_parquet(found["firms"].path)["name"][0] == "Müller"


def test_owners_are_found_by_name(tiny, tmp_path: Path) -> None:
    tiny.write("patents.csv", "number,date,assignee\np1,20000101,ONE INC\np2,2001,nobody\n")
    tiny.write("bridge.csv", "name,firm\nONE INC,1\n")
    tiny.replace(
        "[tables.io_output]",
        '[tables.patents]\nfile = "patents.csv"\ncolumns = { id = "number", year = "date" }\n'
        'match = { firm = { file = "bridge.csv", by = "assignee", key = "name", '
        'value = "firm" } }\n'
        "[tables.io_output]",
    )
    found, _ = staged(tiny, tmp_path)
    assert pd.read_parquet(found["patents"].path)["firm"].fillna("").tolist() == ["1", ""]
    assert found["patents"].unmatched == {"firm": 1}
    tiny.append("bridge.csv", "ONE INC,2\n")
    with pytest.raises(InputError, match="'ONE INC' has two different values"):
        staged(tiny, tmp_path)


def test_a_printed_matrix_becomes_rows(tiny, tmp_path: Path) -> None:
    tiny.write("matrix.csv", "maker,A,B\nA,1,2.5\nB,0,4\n")
    tiny.replace(
        '[tables.firm_citations]\nfile = "citations.csv"',
        '[tables.industry_citations]\nfile = "matrix.csv"\nclassification = "f"\n'
        'wide = { rows = "cited", columns = "citing", values = "count" }\n'
        "constants = { year = 2001 }",
    )
    found, _ = staged(tiny, tmp_path)
    table = pd.read_parquet(found["industry_citations"].path)
    cells = table.set_index(["citing", "cited"])["count"].to_dict()
    assert cells == {("A", "A"): 1.0, ("B", "A"): 2.5, ("A", "B"): 0.0, ("B", "B"): 4.0}
