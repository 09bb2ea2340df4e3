"""A sector that one of two tables has is told in the year between them."""

from __future__ import annotations

import pandas as pd
import pytest
from spillgraph.cli.networks import year_networks
from spillgraph.core.matrix import LabelledMatrix

CODES = ["1", "01", "cars"]


def networks(year: int, second: str, output: float = 100.0):
    """Steel is '1' in 2000 and has another code, or none other, in 2010."""
    trade, rows = {}, {}
    for at, steel in ((2000, "1"), (2010, second)):
        Z = pd.DataFrame(0.0, index=CODES, columns=CODES)
        Z.loc[[steel, "cars"], [steel, "cars"]] = [[20.0, 30.0], [20.0, 80.0]]
        trade[at] = LabelledMatrix.build("Z", Z.to_numpy(), CODES)
        rows[at] = pd.DataFrame({"gross_output": {steel: output, "cars": 200.0}})
    return year_networks(year, None, trade, pd.concat(rows, names=["year", "code"]))


def test_a_sector_of_one_table_is_told_between_the_two() -> None:
    made = networks(2005, "01")
    assert made.production.S.to_frame().loc["1", "1"] == pytest.approx(0.1)  # half of 0.2
    (text,) = made.warnings
    assert text.startswith("S of 2005 lies between two years that have not the same sectors")
    assert "in 2000 and not in 2010: '1' (100)" in text
    assert "in 2010 and not in 2000: '01' (100)" in text


@pytest.mark.parametrize(("year", "second"), [(2005, "1"), (2000, "01"), (2012, "01")])
def test_nothing_is_told_where_nothing_is_interpolated_with_0(year, second) -> None:
    assert networks(year, second).warnings == []
