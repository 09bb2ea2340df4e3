"""Ids that a program wrote as powers of ten are other ids: refused, whatever file they are in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from staging import connect

HEAD = "citing,cited,year,count\n"


def staged(tiny, tmp_path: Path) -> dict[str, Staged]:
    with connect() as con:
        return stage(con, load_study(tiny.path), tmp_path / "tables", tmp_path / "rejects")


def firms(tiny, *ids: str) -> None:
    rows = "".join(f'"{each}",A\n' for each in ids)
    tiny.write("firms.csv", f"id,industry\n1,A\n2,B\n3,C\n{rows}")


@pytest.mark.parametrize(
    "written",
    ["1e+05", "1E+05", "1.23457E+11", "1,23457E+11", "1.0E10", "1.23456789E8", "2e+16", " 1e+05 "],
)
def test_a_power_of_ten_is_no_id(tiny, tmp_path, written) -> None:
    firms(tiny, written, "5")
    with pytest.raises(InputError) as error:
        staged(tiny, tmp_path)
    assert str(error.value).startswith(
        f"firms.csv, row 4: id is {written!r}, an id that a program has written as a power of ten "
        "(1 row): several ids may have become one. Export the file again"
    )
    assert "options(scipen = 999)" in str(error.value)


@pytest.mark.parametrize(
    ("file", "text", "column"),
    [
        ("citations.csv", f"{HEAD}1e+05,2,2001,1\n1,2,2000,1\n", "citing"),
        ("trade.csv", "supplier,buyer,year,value\n1,2.3E+07,2001,1\n", "buyer"),
        ("map.csv", "from,to,weight\nA,x,1\n1e+05,x,1\n", "from"),
        ("fine.csv", "code,name\nA,a\nB,b\nC,c\n1.1E+03,d\n", "code"),
        ("output.csv", "industry,year,gross_output\nx,2001,9\n1E+02,2001,9\n", "industry"),
    ],
)
def test_every_table_is_looked_at(tiny, tmp_path, file, text, column) -> None:
    tiny.write(file, text)
    with pytest.raises(InputError, match=rf"{file}, row \d: {column} is '.*a power of ten"):
        staged(tiny, tmp_path)


def test_numbers_of_parquet_that_are_too_large_for_ids(tiny, tmp_path) -> None:
    frame = pd.DataFrame({"id": [1.0, 2.0, 3.0, 123456789012.0], "industry": list("ABCA")})
    frame.to_parquet(tiny.folder / "f.parquet")
    tiny.replace('file = "firms.csv"', 'file = "f.parquet"')
    table = pd.read_parquet(staged(tiny, tmp_path)["firms"].path)
    assert table["id"].tolist() == ["1", "2", "3", "123456789012"]
    frame.assign(id=[1.0, 2.0, 3.0, 1.2345678901234567e19]).to_parquet(tiny.folder / "f.parquet")
    with pytest.raises(
        InputError, match="id is '12345678901234567168', an id that the file keeps as"
    ):
        staged(tiny, tmp_path)


def test_keys_of_a_lookup_are_looked_at(tiny, tmp_path) -> None:
    tiny.write("sector_of.csv", "gvkey,sic\n1,A\n2,B\n1e+05,C\n")
    tiny.write("firms.csv", "id\n1\n2\n3\n4\n")
    match = (
        'match = { industry = { file = "sector_of.csv", by = "id", key = "gvkey", value = "sic" } }'
    )
    tiny.replace('file = "firms.csv"', f'file = "firms.csv"\n{match}')
    with pytest.raises(InputError, match=r"sector_of.csv: gvkey is '1e\+05', an id that a program"):
        staged(tiny, tmp_path)


def test_numbers_and_names_may_be_powers_of_ten(tiny, tmp_path) -> None:
    tiny.write("citations.csv", f"{HEAD}1,2,2001,1e+05\n2,1,2000,1.2E+01\n")
    tiny.write("firms.csv", "id,name,industry\n1,1E+05,A\n2,E.ON 2e+05,B\n3,x,C\n4,,\n")
    assert staged(tiny, tmp_path)["firm_citations"].total == 100_012


@pytest.mark.parametrize(
    ("others", "doubtful"), [(["4", "5"], True), (["4", "C5"], False), (["4", "2E12B"], False)]
)
def test_an_id_that_may_be_a_power_is_told_among_digits(tiny, tmp_path, others, doubtful) -> None:
    firms(tiny, "1E5", *others)
    warnings = staged(tiny, tmp_path)["firms"].warnings
    told = "firms.csv, row 4: id is '1E5' among ids that are all digits."
    assert any(text.startswith(told) for text in warnings) is doubtful
    assert bool(warnings) is doubtful


def test_honest_ids_with_an_e_are_taken(tiny, tmp_path) -> None:
    ids = ["E+05", "12e+05", "1.E+05", "1e5f", "US1E+05", "3M+", "1.5", "A.1E10"]
    firms(tiny, *ids)
    found = staged(tiny, tmp_path)["firms"]
    assert pd.read_parquet(found.path)["id"].tolist() == ["1", "2", "3", *ids]
    assert found.warnings == ()
