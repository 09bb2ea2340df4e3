"""Comovement in the United States: 12 manufacturing industries, 1980–2005, and the source's claims.

The panel is that of Eberhardt, Helmers and Strauss (2013). Its R&D is a stock; the flow is taken
back out of it with the depreciation of 15% that it was made with.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.comovement import (
    comove,
    correlate,
    decompose_cov,
    growth_rates,
    long_run_shares,
)

CAPITAL_GOODS = ["dk", "dl", "dm"]  # machinery, electrical and optical, transport equipment


@pytest.fixture(scope="module")
def levels(data_folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Flows of R&D and value added, years × industries."""
    rows = pd.read_csv(data_folder / "rd_panels" / "RDSpillovers.csv.gz").astype({"year": int})
    mine = rows[rows["country"] == "USA"]
    stock, output = (
        np.exp(mine.pivot(index="year", columns="sector", values=name)) for name in ("lnrd", "lny")
    )
    return (stock - 0.85 * stock.shift(1)).iloc[1:], output


def test_the_panel_is_whole_and_its_flows_are_above_zero(levels) -> None:
    rd, output = levels
    assert output.shape == (26, 12) and rd.shape == (25, 12)
    assert (rd > 0).all(axis=None) and output.notna().all(axis=None)


def test_identities_hold_on_real_growth(levels) -> None:
    R, Y = (growth_rates(panel) for panel in levels)
    sR, sY = (long_run_shares(panel) for panel in levels)
    found, moved = decompose_cov(R, Y, sR, sY), comove(R, Y, sR, sY)
    assert found.years == 24
    R, Y = R.loc[1982:], Y.loc[1982:]
    assert found.table.loc["cov", "estimated"] == pytest.approx(np.cov(R @ sR, Y @ sY)[0, 1])
    np.testing.assert_allclose(moved.table[["R_comove", "Y_comove"]].sum(), moved.cross, rtol=1e-10)
    both = correlate(R, Y)
    assert both.C_R.mean() == pytest.approx(both.C_Y.mean(), rel=1e-10)
    assert both.P_R.sum() == both.P_Y.sum()


def test_capital_goods_carry_what_lies_across_as_in_the_source(levels) -> None:
    """The source: 94.37% across, 109.42% of it by capital goods. Here: 50%, and 99.6%."""
    R, Y = (growth_rates(panel) for panel in levels)
    sR, sY = (long_run_shares(panel) for panel in levels)
    table = decompose_cov(R, Y, sR, sY).table
    assert table.loc["cov", "share"] == pytest.approx(0.503, abs=5e-4)
    assert table.loc["var_Y", "share"] == pytest.approx(0.703, abs=5e-4)
    moved = comove(R, Y, sR, sY).table
    assert moved.loc[CAPITAL_GOODS, "R_fraction"].sum() == pytest.approx(0.996, abs=5e-4)
    assert moved["R_fraction"].idxmax() == "dm"
    assert sR[CAPITAL_GOODS].sum() == pytest.approx(0.758, abs=5e-4)
    # On the side of output it is spread, as in the source.
    assert moved["Y_fraction"].max() < 1 / 3 and moved["R_fraction"].max() > 1
