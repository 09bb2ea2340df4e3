"""Printed matrices with further columns beside the row labels: names, countries, years."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spillgraph.core.errors import InputError, StudyError

from ..helpers.staging import staged

WIDE = 'wide = { rows = "supplier", columns = "user", values = "value" }\n'
CELLS = {
    ("x", "x", 2001): 10, ("x", "y", 2001): 20, ("y", "x", 2001): 15, ("y", "y", 2001): 0,
}  # fmt: skip
LATER = {(a, b, 2002): 2 * value for (a, b, _), value in CELLS.items()}
YEAR = "constants = { year = 2001 }\n"


def entry(tiny: Any, keys: str, file: str = "wide.csv") -> None:
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        f'[tables.io_flows]\nfile = "{file}"\nclassification = "t"\n{WIDE}{keys}',
    )


def flows(tiny: Any, tmp_path: Path) -> dict[Any, float]:
    frame = pd.read_parquet(staged(tiny, tmp_path)["io_flows"].path)
    return frame.set_index(["supplier", "user", "year"])["value"].to_dict()


def test_rows_are_called_by_a_later_column_and_the_message_says_how(tiny, tmp_path) -> None:
    tiny.write("wide.csv", "name,code,x,y\nFirst,x,10,20\nSecond,y,15,0\n")
    entry(tiny, YEAR)
    with pytest.raises(InputError, match=r'Say row_labels = "code", beside = \["name"\]\.'):
        flows(tiny, tmp_path)
    tiny.replace(YEAR, f'row_labels = "code"\nbeside = ["name"]\n{YEAR}')
    assert flows(tiny, tmp_path) == CELLS


@pytest.mark.parametrize(
    ("head", "say"),
    [
        ("code,year", 'beside = ["year"]\n'),
        ("code,Year", 'beside = ["Year"]\ncolumns = { year = "Year" }\n'),
    ],
)
def test_a_year_beside_the_labels_is_a_year(tiny, tmp_path, head: str, say: str) -> None:
    tiny.write(
        "wide.csv",
        f"{head},x,y\nx,2001,10,20\ny,2001,15,0\nx,2002,20,40\ny,2002,30,0\n",
    )
    entry(tiny, "")
    with pytest.raises(InputError, match="stands among the values of the matrix") as caught:
        flows(tiny, tmp_path)
    assert all(line in str(caught.value) for line in say.splitlines())
    tiny.replace(WIDE, WIDE + say)
    assert flows(tiny, tmp_path) == CELLS | LATER


def test_a_year_before_the_labels_is_a_year(tiny, tmp_path) -> None:
    tiny.write("wide.csv", "year,code,x,y\n2001,x,10,20\n2001,y,15,0\n")
    entry(tiny, "")
    with pytest.raises(InputError, match=r'Say row_labels = "code", beside = \["year"\]\.'):
        flows(tiny, tmp_path)
    tiny.replace(WIDE, f'{WIDE}row_labels = "code"\nbeside = ["year"]\n')
    assert flows(tiny, tmp_path) == CELLS


@pytest.mark.parametrize("kind", ["csv", "dta", "parquet"])
def test_a_national_table_of_several_years_and_origins(tiny, tmp_path, kind: str) -> None:
    """As WIOD's national tables lie in Stata: name, code, origin, row number, year, values."""
    rows = [
        (f"Sector {code}", code, origin, number, float(year), *(factor * v for v in values))
        for origin, more in (("Domestic", 1), ("Imports", 7))
        for year, factor in ((2001, more), (2002, 2 * more))
        for number, (code, values) in enumerate((("x", (10.0, 20.0)), ("y", (15.0, 0.0))))
    ]
    frame = pd.DataFrame(
        rows, columns=["Description", "Code", "Origin", "RNr", "Year", "x", "y"]
    ).astype({"Year": float})
    path = tiny.folder / f"wide.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "dta":
        frame.to_stata(path, write_index=False)
    else:
        frame.to_parquet(path)
    entry(
        tiny,
        'row_labels = "Code"\nbeside = ["Description", "Origin", "RNr", "Year"]\n'
        'columns = { year = "Year" }\nwhere = { Origin = ["Domestic"] }\n',
        f"wide.{kind}",
    )
    assert flows(tiny, tmp_path) == CELLS | LATER


@pytest.mark.parametrize("name", ["code", "supplier"])
def test_where_knows_the_labels_by_either_name(tiny, tmp_path, name: str) -> None:
    tiny.write("wide.csv", "code,x,y\nx,10,20\ny,15,0\nTotal,25,20\n")
    entry(tiny, f'where = {{ {name} = ["x", "y"] }}\n{YEAR}')
    assert flows(tiny, tmp_path) == CELLS


def test_printed_takes_each_year_beside_the_labels(tiny, tmp_path) -> None:
    tiny.write(
        "printed.csv",
        "name,code,Year,x,y,HFCE\n"
        "First,x,2001,10,20,70\nSecond,y,2001,15,0,65\n,OUT,2001,100,80,\n"
        "First,x,2002,20,40,140\nSecond,y,2002,30,0,130\n,OUT,2002,200,160,\n",
    )
    tiny.replace(
        'file = "output.csv"',
        'file = "printed.csv"\nrow_labels = "code"\nbeside = ["name", "Year"]\n'
        'columns = { year = "Year" }\n'
        'printed = { gross_output = "OUT", final_demand = "HFCE" }',
    )
    output = pd.read_parquet(staged(tiny, tmp_path)["io_output"].path)
    found = output.set_index(["industry", "year"])[["gross_output", "final_demand"]]
    assert found.T.to_dict("list") == {
        ("x", 2001): [100, 70], ("y", 2001): [80, 65], ("x", 2002): [200, 140],
        ("y", 2002): [160, 130],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('row_labels = "kode"\n', r"no column 'kode' \(row_labels\)\. Did you mean 'code'"),
        ('beside = ["nam"]\n', r"no column 'nam' \(beside\)"),
        ('row_labels = "code"\nbeside = ["code"]\n', "by 'row_labels' and by 'beside'"),
        ('beside = ["name", "code", "x", "y"]\n', "needs a column of labels"),
    ],
)
def test_columns_that_are_not_there_are_named(tiny, tmp_path, keys: str, words: str) -> None:
    tiny.write("wide.csv", "name,code,x,y\nFirst,x,10,20\nSecond,y,15,0\n")
    entry(tiny, keys + YEAR)
    with pytest.raises(InputError, match=words):
        flows(tiny, tmp_path)


def test_they_are_about_matrices(tiny, tmp_path) -> None:
    tiny.replace('file = "trade.csv"', 'file = "trade.csv"\nbeside = ["year"]')
    with pytest.raises(StudyError, match="is about printed matrices: say 'wide', too"):
        staged(tiny, tmp_path)
