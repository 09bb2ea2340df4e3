"""The files of borders: a row a sector, a file a year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...core.measures import CHAINS
from ...runs.capability import Tables
from ._compute import Crossings

__all__ = ["MEANINGS", "by_country", "scores", "tables"]

MEANINGS = {name: f"of the sum of ψ, in %: {what}" for name, what in CHAINS.items()} | {
    "sectors": "sectors of the country",
    "benefit": "row sum of ψ in %, mean over the sectors of the country",
    "abroad": "part of the benefit that comes from the progress of other countries, 0 to 1",
}


def tables(crossings: Crossings) -> Tables:
    """Return benefit, contribution and origin of every year.

    Parameters
    ----------
    crossings : Crossings
        What was computed.
    """
    files = {}
    for year, decomposition in crossings.years.items():
        for name in ("benefit", "contribution", "origin"):
            table = getattr(decomposition, name).rename_axis(index="code", columns=None)
            table.insert(0, "country", crossings.country.reindex(table.index))
            files[f"{name}_{year}"] = table
        files[f"countries_{year}"] = by_country(crossings, year)
    return files


def scores(crossings: Crossings) -> dict[int, pd.DataFrame]:
    """Return what goes back into the graph: the benefit of every sector, split, by report year.

    Parameters
    ----------
    crossings : Crossings
        What was computed.
    """
    return {
        year: decomposition.benefit.add_prefix("borders_")
        for year, decomposition in crossings.years.items()
    }


def by_country(crossings: Crossings, year: int) -> pd.DataFrame:
    """Return the mean benefit of the sectors of each country, and how much of it crosses borders.

    Parameters
    ----------
    crossings : Crossings
        What was computed.
    year : int
        A report year.

    Returns
    -------
    DataFrame, index = country
        ``sectors``; ``benefit`` in %, the mean over its sectors, which is the sum of
        ``domestic``, ``production``, ``innovation`` and ``both``; ``abroad``, the share of the
        benefit that comes from the progress of other countries, 0 to 1.
    """
    decomposition = crossings.years[year]
    groups = crossings.country.reindex(decomposition.benefit.index)
    table = decomposition.benefit.groupby(groups.to_numpy(), sort=False).mean()
    place = decomposition.origin.columns.get_indexer(pd.Index(groups))
    at_home = decomposition.origin.to_numpy()[np.arange(len(groups)), place]
    own = pd.Series(at_home, groups.index)
    benefit = decomposition.benefit.sum(axis=1)
    table.insert(0, "benefit", table.sum(axis=1))
    table.insert(0, "sectors", groups.value_counts().reindex(table.index))
    by = groups.to_numpy()
    table["abroad"] = 1.0 - own.groupby(by).sum() / benefit.groupby(by).sum()
    return table.rename_axis(index="country")
