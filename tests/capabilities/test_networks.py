"""The networks of a run by sector: what is drawn from others, given to them, and kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
from spillgraph.capabilities import load
from spillgraph.capabilities.networks._tables import MEANINGS, of_sectors
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.runs.networks import YearNetworks, year_networks

CODES = ["01", "02", "03"]
K = np.array([[6.0, 4, 2], [0, 0, 0], [2, 5, 3]])
Z = np.array([[20.0, 30, 10], [20, 80, 5], [5, 20, 30]])
OUTPUT = pd.DataFrame(
    {"gross_output": [100.0, 200, 90], "value_added": [30.0, 90, 30], "imports": [10.0, 5, 5]},
    pd.MultiIndex.from_product([[2012], CODES], names=["year", "code"]),
)


def year_of(*, cited: bool = True, traded: bool = True) -> YearNetworks:
    citations = LabelledMatrix.build("citations", K, CODES) if cited else None
    trade = {2012: LabelledMatrix.build("trade", Z, CODES, year=2012)} if traded else {}
    return year_networks(2012, citations, trade, OUTPUT)


def test_shares_of_citations_and_of_output_add_up() -> None:
    table = of_sectors(year_of())
    assert set(table) == set(MEANINGS) and table.index.name == "code"
    citing = table["own_citation_share"] + table["row_sum_W"]
    assert citing[["01", "03"]].tolist() == [1.0, 1.0]
    assert np.isnan(table["own_citation_share"]["02"]) and table["row_sum_W"]["02"] == 0
    shares = ["row_sum_S", "value_added_share", "imports_share", "unexplained_share"]
    assert np.allclose(table[shares].sum(axis=1), 1)
    assert np.allclose(table["row_sum_S"], Z.sum(axis=1) / OUTPUT["gross_output"].to_numpy())
    assert np.allclose(table["column_sum_W"], [2 / 10, 4 / 12 + 5 / 10, 2 / 12])


def test_a_network_that_is_not_there_has_no_columns() -> None:
    only_S, only_W = of_sectors(year_of(cited=False)), of_sectors(year_of(traded=False))
    assert set(only_S) | set(only_W) == set(MEANINGS) and not set(only_S) & set(only_W)
    capability = load("networks")
    section = capability.section
    assert section is not None
    cards = {one.title for one in section([year_of(traded=False)], {}).findings}
    assert cards == {"Largest receivers in W", "Largest sources in W", "Own citations"}
    assert {one.title for one in section([year_of()], {}).findings} == {"Own citations"}
    assert capability.tables([YearNetworks(2012)]) == {} and capability.screen([], {}) == []


def test_the_screen_counts_links() -> None:
    (grid,) = load("networks").screen([year_of()], {})
    assert not isinstance(grid, str)
    rows = {row[0]: row for row in grid.rows}
    assert rows["W"][1:3] == ["3", "4"] and rows["S"][1:3] == ["3", "9"]
    assert rows["W"][3] == "44.4%"
