"""By how many measures each sector is above chance, and by how many more draws may find it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..inference import binomial_interval, holm
from ..linalg import Vector
from ._evidence import HubEvidence

__all__ = ["above_chance", "left_open"]


def left_open(table: pd.DataFrame) -> tuple[Vector, Vector]:
    """Return between what more draws may put each p: an interval of 99%, and p where it is exact.

    Parameters
    ----------
    table : DataFrame, shape (M, ...)
        ``p``, which counts the observed network among the draws, and ``draws``.

    Returns
    -------
    low, high : ndarray, each shape (M,)
    """
    p, draws = table["p"].to_numpy(), table["draws"].to_numpy()
    drawn = np.maximum(draws, 1)
    hits = np.where(draws > 0, np.rint(p * (drawn + 1)) - 1, 0)
    low, high = (np.where(draws > 0, end, p) for end in binomial_interval(hits, drawn))
    return low, high


def above_chance(found: HubEvidence, level: float = 0.05) -> pd.DataFrame:
    """Count the measures by which each sector is above chance, each for itself.

    Parameters
    ----------
    found : HubEvidence
        Of :func:`spillgraph.analytics.hubs.hubs`.
    level : float, default 0.05
        A measure counts if its p-value, after Holm over the sectors, is at most this.

    Returns
    -------
    DataFrame, index = industry
        ``above``, how many; ``above_low`` and ``above_high``, how few and how many more draws may
        find; ``tested``, of how many.

    Examples
    --------
    >>> from spillgraph.analytics.hubs import hubs
    >>> M = np.full((10, 10), 0.01)
    >>> M[:, 7] = 1.0
    >>> found = hubs(M, ["in_degree_4", "pagerank"], "spread", draws=199, missing=0)
    >>> above_chance(found).loc["7"].to_dict()  # the in-degree is exact, PageRank is drawn
    {'above': 2, 'above_low': 1, 'above_high': 2, 'tested': 2}
    """
    tested = found.table[found.table["p"].notna()]
    low, high = left_open(tested)
    measure = tested.index.get_level_values("measure")
    for name in measure.unique():
        own = measure == name
        low[own], high[own] = holm(low[own]), holm(high[own])
    counted = pd.DataFrame(
        {
            "above": tested["p_holm"] <= level,
            "above_low": high <= level,
            "above_high": low <= level,
            "tested": True,
        },
        tested.index,
    )
    return counted.groupby(level="industry", sort=False).sum().astype(int)
