"""Printed tables: their cells are read as all others are, and none of their rows is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spillgraph.core.errors import InputError

from ..helpers.staging import staged

PARTS = 'printed = { gross_output = "OUT", final_demand = ["C", "G"] }'


def entry(tiny: Any, text: str, keys: str = f"constants = {{ year = 2001 }}\n{PARTS}") -> None:
    tiny.write("p.csv", text)
    tiny.replace('file = "output.csv"', f'file = "p.csv"\n{keys}')


def output(tiny: Any, tmp_path: Path) -> pd.DataFrame:
    return pd.read_parquet(staged(tiny, tmp_path)["io_output"].path).set_index("industry")


@pytest.mark.parametrize(
    ("cell", "keys"),
    [
        ("-9", 'missing = ["-9"]'),
        ("-9", 'missing = ["-9.0"]'),
        ("-", ""),
        ("−", ""),
        ("..", ""),
        (".. p", 'flags = ["p"]'),
        ("７", 'missing = ["7"]'),
    ],
)
def test_a_cell_that_stands_for_missing_is_missing(tiny, tmp_path, cell, keys) -> None:
    text = f"code,x,y,C,G,OUT\nx,1,2,{cell},５,１００\ny,3,4,{cell},{cell},80\n"
    entry(tiny, text, f"constants = {{ year = 2001 }}\n{PARTS}\n{keys}")
    found = output(tiny, tmp_path)
    assert found["gross_output"].to_dict() == {"x": 100, "y": 80}
    assert found.loc["x", "final_demand"] == 5
    assert pd.isna(found.loc["y", "final_demand"])


YEARS = "year,code,x,y,OUT\n2001,x,1,0,100\n,y,3,0,80\n2002,x,2,0,110\n,y,4,0,90\n"
BESIDE = 'row_labels = "code"\nbeside = ["year"]\nprinted = { gross_output = "OUT" }\n'


def test_a_row_without_its_year_is_named_and_not_lost(tiny, tmp_path) -> None:
    entry(tiny, YEARS, BESIDE)
    with pytest.raises(InputError) as caught:
        output(tiny, tmp_path)
    assert str(caught.value) == (
        "p.csv, row 2: year is empty, and printed needs that of every row (2 of 4 have none). If "
        'it is the one above, as merged cells mean, say fill_down = ["year"]; else write it.'
    )
    tiny.replace(BESIDE, BESIDE + 'fill_down = ["year"]\n')
    assert output(tiny, tmp_path)["gross_output"].tolist() == [100, 80, 110, 90]


LANDS = "land,code,x,y,OUT\nAT,x,1,2,100\n,,,,\nAT,y,3,4,80\nDE,x,5,6,7\n,,,,\nDE,y,7,8,9\n,,,,\n"
AUSTRIA = (
    'constants = { year = 2001 }\nrow_labels = "code"\nbeside = ["land"]\n'
    'printed = { gross_output = "OUT" }\n'
)


@pytest.mark.parametrize("where", ['where = { land = "AT" }', 'where_not = { land = "DE" }'])
def test_where_chooses_one_of_the_tables_and_blank_lines_are_passed_over(
    tiny, tmp_path, where
) -> None:
    entry(tiny, LANDS, AUSTRIA)
    with pytest.raises(InputError, match=r"two rows are called 'x' \(rows 1 and 4\)"):
        output(tiny, tmp_path)
    tiny.replace(AUSTRIA, f"{AUSTRIA}{where}\n")
    assert output(tiny, tmp_path)["gross_output"].to_dict() == {"x": 100, "y": 80}


def test_where_that_leaves_no_row_of_a_printed_table_is_named(tiny, tmp_path) -> None:
    entry(tiny, LANDS, f'{AUSTRIA}where = {{ land = "FR" }}\n')
    with pytest.raises(InputError, match=r"of \[tables.io_output\] leave no row"):
        output(tiny, tmp_path)


@pytest.mark.parametrize(("row", "column"), [("", "0"), ("0", "")])
def test_a_side_that_prints_no_zeros_does_not_contradict(tiny, tmp_path, row, column) -> None:
    text = f"code,x,y,C,G,OUT\nx,1,2,3,4,100\ny,3,4,5,6,{column}\nOUT,100,{row},,,\n"
    entry(tiny, text)
    assert output(tiny, tmp_path)["gross_output"].to_dict() == {"x": 100, "y": 0}


def test_zeros_that_one_side_lost_are_named(tiny, tmp_path) -> None:
    entry(tiny, "code,01,02,10,C,G,OUT\n1,1,2,3,4,5,6\n2,1,2,3,4,5,6\n10,1,2,3,4,5,6\n")
    with pytest.raises(InputError, match="row is called '1' where a column is called '01'"):
        output(tiny, tmp_path)


@pytest.mark.parametrize(
    ("other", "keys", "warned"),
    [("500", "", True), ("1234", "", True), ("12345", "", False), ("500", 'decimal = "."', False)],
)
def test_a_point_that_may_part_thousands_is_told(tiny, tmp_path, other, keys, warned) -> None:
    text = f"code,x,y,C,G,OUT\nx,1,2,3,4,1.000\ny,3,4,5,6,{other}\n"
    entry(tiny, text, f"constants = {{ year = 2001 }}\n{PARTS}\n{keys}")
    said = " ".join(staged(tiny, tmp_path)["io_output"].warnings)
    doubt = (
        "p.csv: gross_output is '1.000' in row 1, and no value says whether its point parts "
        'thousands. It was read as 1; say decimal = "." in [tables.io_output]'
    )
    assert (doubt in said) is warned


def test_a_printed_table_without_rows_is_named(tiny, tmp_path) -> None:
    entry(tiny, "year,code,x,y,OUT\n,,,,\n", BESIDE)
    with pytest.raises(InputError, match=r"p\.csv: the printed table has no rows"):
        output(tiny, tmp_path)


@pytest.mark.parametrize(("cell", "told"), [("..", 1), ("", 0)])
def test_a_sum_that_lacks_a_part_is_told(tiny, tmp_path, cell, told) -> None:
    entry(tiny, f"code,x,y,C,G,OUT\nx,1,2,{cell},5,100\ny,3,4,6,7,80\n")
    warnings = staged(tiny, tmp_path)["io_output"].warnings
    assert len(warnings) == told
    for warning in warnings:
        assert "(printed.final_demand): 'C' of 'x' is '..', which is missing, and the" in warning
