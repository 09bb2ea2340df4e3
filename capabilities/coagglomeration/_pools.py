"""Pools: what those have around whom an industry crowds, and those who crowd around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from ...analytics.pools import knowledge_pools
from ...analytics.space import CellOutcome, Coagglomeration

__all__ = ["QUANTITIES", "SELDOM", "pools_of"]

#: Columns of sites, and what their pools are called.
QUANTITIES = {
    "patents": "size",
    "patent_value": "quality",
    "employment": "employment",
    "output": "output",
}
#: Of these, a study that has none is not told so: few have it.
SELDOM = ("output",)


def pools_of(
    used: pd.DataFrame, cells: Sequence[CellOutcome], thresholds: Sequence[float]
) -> pd.DataFrame:
    """Return pools by region, year, industry and threshold.

    Parameters
    ----------
    used : pandas.DataFrame
        Sites with ``region``, ``year``, ``industry`` and their quantities.
    cells : sequence of CellOutcome
        Verdicts.
    thresholds : sequence of float
        Of the verdicts.

    Returns
    -------
    pandas.DataFrame
        Pools; missing where a quantity of theirs is, and all those of a quantity of which a region
        and year has nothing.
    """
    rows = [
        row for cell in cells if cell.found for row in _of_cell(used, cell, cell.found, thresholds)
    ]
    table = pd.concat(rows, ignore_index=True)
    table["year"] = table["year"].astype("Int64")
    last = ["threshold"]
    return table[[*(name for name in table if name not in last), *last]]


def _of_cell(
    used: pd.DataFrame, cell: CellOutcome, found: Coagglomeration, thresholds: Sequence[float]
) -> Iterator[pd.DataFrame]:
    here = used["region"] == cell.region
    if cell.year is not None:
        here &= used["year"] == cell.year
    sums = used[here].groupby("industry")[list(QUANTITIES)].sum(min_count=1)
    values = sums.rename(columns=QUANTITIES)
    unknown = [name for name in values if values[name].isna().all()]
    for threshold in thresholds:
        phi = found.phi(threshold)
        own = values.reindex(list(phi.rows))
        pools = _named(knowledge_pools(phi, own))
        one_way = _named(knowledge_pools(phi, own, mutual="exclude")).add_suffix("_one_way")
        both = pd.concat([pools, one_way], axis=1)
        # Of a quantity that nobody has, not even an empty pool is known to be 0.
        lacking = [str(column) for column in both if str(column).split("_")[1] in unknown]
        both[lacking] = float("nan")
        both = both.rename_axis(index="industry").reset_index()
        both.insert(0, "region", cell.region)
        both.insert(1, "year", cell.year)
        yield both.assign(threshold=threshold)


def _named(pools: pd.DataFrame) -> pd.DataFrame:
    """Call ``size_outward`` ``outward_size``, outward pools first."""
    ways = ("outward", "inward")
    order = [f"{name}_{way}" for name in QUANTITIES.values() for way in ways]
    named = pools[order]
    return named.set_axis([f"{way}_{name}" for name in QUANTITIES.values() for way in ways], axis=1)
