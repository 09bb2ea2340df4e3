"""2010/11 is a month or a fiscal year: told, never read in part."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study


def _citations(tiny, tmp_path: Path, years: list[str], key: str = "") -> Staged:
    lines = [f"1,2,{year},{n + 1}" for n, year in enumerate(years)]
    tiny.write("citations.csv", "\n".join(["citing,cited,year,count", *lines]) + "\n")
    tiny.replace('file = "citations.csv"', f'file = "citations.csv"\n{key}')
    tiny.replace("first = 2000", "first = 1990")
    with duckdb.connect() as con:
        return stage(con, load_study(tiny.path), tmp_path / "tables", None)["firm_citations"]


def _years(table: Staged) -> list[int]:
    return pd.read_parquet(table.path)["year"].tolist()


@pytest.mark.parametrize("sign", ["/", "-"])
def test_months_that_may_be_fiscal_years_are_told(tiny, tmp_path, sign) -> None:
    table = _citations(tiny, tmp_path, [f"2000{sign}01", f"2001{sign}02"])
    assert _years(table) == [2000, 2001]
    (told,) = table.warnings
    assert f"'2000{sign}01' in row 1" in told
    assert f'format = "%Y{sign}%m"' in told


@pytest.mark.parametrize(
    ("key", "years"),
    [
        ('format = "%Y/%m"', [2000, 2001]),
        ('fiscal = { named = "start" }', [2000, 2001]),
        ('fiscal = { named = "end" }', [2001, 2002]),
    ],
)
def test_the_keys_of_the_warning_settle_it(tiny, tmp_path, key, years) -> None:
    table = _citations(tiny, tmp_path, ["2000/01", "2001/02"], key)
    assert (_years(table), table.warnings) == (years, ())


def test_fiscal_years_are_not_read_in_part(tiny, tmp_path) -> None:
    with pytest.raises(InputError, match=r"row 2: year is '2012/13', a fiscal year") as told:
        _citations(tiny, tmp_path, ["2000/01", "2012/13", "2001/02"])
    assert "fiscal = { named = \"start\" } if '2000/01' is 2000" in str(told.value)


def test_months_are_months(tiny, tmp_path) -> None:
    table = _citations(tiny, tmp_path, ["2000-01", "2000-02", "2001-12"], 'repeat = "add"')
    assert (_years(table), table.warnings) == ([2000, 2001], ())
