"""The total of a year beside its quarters or months, where rows add up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from staging import keys, staged

ADDS = 'repeat = "add"'


def told(study, folder: Path, table: str = "trade_links") -> list[str]:
    found = staged(study, folder)[table]
    return [each for each in found.warnings if "written in two ways" in each]


@pytest.mark.parametrize(
    "parts",
    [
        ["2001Q1", "2001Q2", "2001Q3", "2001Q4"],
        ["2001-01", "2001-02", "2001-03"],
        ["2001-03-31", "2001-06-30"],
        ["2001M01", "2001M02"],
        ["2001-Q1", "2001-Q4"],
    ],
)
def test_the_year_beside_its_parts_is_told_with_both_rows(
    tiny, tmp_path: Path, parts: list[str]
) -> None:
    rows = "".join(f"1,2,{each},10\n" for each in parts) + f"1,2,2001,{10 * len(parts)}\n"
    tiny.write("trade.csv", f"supplier,buyer,year,value\n{rows}")
    keys(tiny, "trade.csv", ADDS)
    assert told(tiny, tmp_path) == [
        f"rows add up whose year is written in two ways: '2001' in row {len(parts) + 1} of "
        f"trade.csv, '{parts[0]}' in row 1 of trade.csv (1 sum is of both). If one is the total of "
        "the others, as a year is of its quarters, amounts count twice: leave it out with "
        'where_not = { year = "2001" }, or choose the rows of one kind.'
    ]
    tiny.replace(ADDS, f'{ADDS}\nwhere_not = {{ year = "2001" }}')
    found = staged(tiny, tmp_path)["trade_links"]
    assert pd.read_parquet(found.path)["value"].tolist() == [10 * len(parts)]
    assert not [each for each in found.warnings if "two ways" in each]


@pytest.mark.parametrize(
    "rows",
    [
        "1,2,2001Q1,10\n1,2,2001Q2,10\n",
        "1,2,2001,10\n1,2,2001,10\n1,2,2001.0,5\n",
        "1,2,2001Q1,10\n1,2,2001Q2,10\n2,1,2001,5\n1,2,2000,40\n",  # of other pairs and years
        "1,2,2001,10\n1,2,,10\n",
    ],
)
def test_rows_of_one_kind_are_nothing(tiny, tmp_path: Path, rows: str) -> None:
    tiny.write("trade.csv", f"supplier,buyer,year,value\n{rows}")
    keys(tiny, "trade.csv", ADDS)
    assert told(tiny, tmp_path) == []


def test_quarters_in_one_file_and_years_in_another(tiny, tmp_path: Path) -> None:
    tiny.write("trade_q.csv", "supplier,buyer,jahr,value\n1,2,2001Q1,10\n1,2,2001Q2,10\n")
    tiny.write("trade_years.csv", "supplier,buyer,jahr,value\n1,2,2001,20\n")
    columns = 'columns = { year = "jahr" }'
    tiny.replace(
        '[tables.trade_links]\nfile = "trade.csv"',
        f'[tables.trade_links]\nfile = "trade_*.csv"\n{ADDS}\n{columns}',
    )
    (found,) = told(tiny, tmp_path)
    assert "'2001' in row 1 of trade_years.csv, '2001Q1' in row 1 of trade_q.csv" in found
    assert 'where_not = { jahr = "2001" }' in found


def test_events_may_be_dated_to_the_day_or_to_the_year(tiny, tmp_path: Path) -> None:
    tiny.write("citations.csv", "citing,cited,year\n1,2,2001-03-04\n1,2,2001\n2,1,2000\n")
    assert told(tiny, tmp_path, "firm_citations") == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_year_and_its_quarters_beside_a_matrix(tiny, tmp_path: Path, whole: bool) -> None:
    last = "1,2001,4,4\n" if whole else "1,2002,4,4\n"
    tiny.write("trade.csv", f"supplier,time,1,2\n1,2001Q1,1,2\n1,2001Q2,3,2\n{last}")
    wide = '{ rows = "supplier", columns = "buyer", values = "value" }'
    more = 'beside = ["time"]\ncolumns = { year = "time" }'
    keys(tiny, "trade.csv", f"{ADDS}\nwide = {wide}\n{more}")
    assert len(told(tiny, tmp_path)) == whole
