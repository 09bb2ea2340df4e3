"""Positions on real tables, held against what has been published of their like.

Antràs, Chor, Fally & Hillberry (2012) on the US in 2002: from 1 (automobiles and the like, where
all output is final) to 4.65 (petrochemicals), mean 2.09, standard deviation 0.85. Antràs & Chor
(2018) on the world: upstreamness has risen since 1995, and goes with downstreamness.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics import (
    downstreamness,
    industry_vectors,
    production_shares,
    upstreamness,
)
from spillgraph.core.matrix import LabelledMatrix

# Scrap, used goods, inventory adjustments, noncomparable imports: no industries.
SPECIAL = ("S00300", "S00401", "S00402", "S00900")


def us(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The use table of 2012 by 401 industries, and its final uses."""
    table = pd.read_csv(
        folder / "bea_io_2012_2017" / "detail_tables.csv.gz",
        dtype={"row": str, "col": str},
        engine="pyarrow",
    )
    table = table[table["table"] == "Detail_Use_2012_PRO_AfterRedef_12sch"]
    use = table.pivot_table(index="row", columns="col", values="value", aggfunc="sum").fillna(0.0)
    codes = [code for code in use.index.intersection(use.columns) if code not in SPECIAL]
    codes = [code for code in codes if not code.startswith("T0")]
    return use.loc[codes, codes], use.loc[codes, [c for c in use.columns if c.startswith("F")]]


def test_upstreamness_of_the_us_is_near_that_of_2002_as_published(data_folder: Path):
    Z, final = us(data_folder)
    x = Z.sum(axis=1) + final.sum(axis=1)
    S = Z.clip(lower=0.0).T.div(x, axis=0)
    steps = upstreamness(S, x, final["F04000"], -final["F05000"], final["F03000"])
    assert len(steps) == 401
    assert steps.min() == pytest.approx(1, abs=1e-9)
    assert steps.max() == pytest.approx(4.65, abs=0.25)
    assert steps.mean() == pytest.approx(2.09, abs=0.05)
    assert steps.std() == pytest.approx(0.85, abs=0.05)
    assert steps.idxmax() == "325110"  # petrochemicals
    assert steps["336111"] < 1.1  # automobiles


def world(folder: Path, year: int) -> tuple[LabelledMatrix, pd.Series, pd.Series, pd.Series]:
    """S, output and net change of stocks of a year, and what each sector is."""
    sectors = pd.read_csv(folder / "sectors.csv")
    labels = (sectors["country"] + ":" + sectors["ind_num"].astype(str)).tolist()
    with np.load(folder / f"wiot_{year}.npz") as table:
        Z, x = table["inter"].T.astype(float), table["output"].astype(float)
        stocks = table["final"][:, 4::5].sum(axis=1).astype(float)
    x, stocks = pd.Series(x, labels), pd.Series(stocks, labels)
    names = pd.Series(sectors["industry"].tolist(), labels)
    return production_shares(pd.DataFrame(Z, labels, labels), x).S, x, stocks, names


def test_upstreamness_of_the_world_rises_and_goes_with_downstreamness(data_folder: Path):
    means = []
    for year in (1995, 2011):
        S, x, stocks, names = world(data_folder / "wiod2013", year)
        table = industry_vectors(S, x, inventories=stocks)
        steps, stages = table["upstreamness"], table["downstreamness"]
        assert steps.isna().equals(x <= 0)
        assert steps.corr(stages) > 0.3
        by_industry = steps.groupby(names).mean()
        assert by_industry.idxmax() == "Mining and Quarrying"
        assert by_industry.idxmin() == "Private Households with Employed Persons"
        means.append(steps.mean())
        # In the world as a whole what is imported is exported: 1'x = v'U = f'D.
        closed = upstreamness(S, x)
        added = x - S.values.sum(axis=1) * x
        assert (added * closed).sum() == pytest.approx(x.sum(), rel=1e-9)
        assert ((x - S.values.T @ x) * downstreamness(S)).sum() == pytest.approx(x.sum(), rel=1e-9)
        assert table["influence"].sum() == pytest.approx(1, abs=1e-12)
    assert 2.0 < means[0] < means[1] < 2.2
