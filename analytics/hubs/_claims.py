"""One claim a sector: of the measures that are named before, the one by which it stands out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..inference import holm
from ._above import left_open
from ._evidence import HubEvidence

__all__ = ["CLAIMED", "claims", "settled"]

#: A hub is a sector that many draw on: at 2% or at 4% of all they draw.
CLAIMED = ("in_degree_2", "in_degree_4")


def claims(found: HubEvidence, measures: Sequence[str] = CLAIMED) -> pd.DataFrame:
    """Return the claim that is made of each sector, the surest first.

    Parameters
    ----------
    found : HubEvidence
        Of :func:`spillgraph.analytics.hubs.hubs`, with these measures.
    measures : sequence of str
        What was meant to show a hub, before any number was seen. By default both in-degrees.

    Returns
    -------
    DataFrame, index = industry
        A row a sector that is tested: that of the ``measure`` with the smallest p-value, as in
        ``found.table``, and ``p_claim``, which is adjusted by Holm for all sectors and all of these
        measures at once; ``p_low`` and ``p_high`` are what it would be with p at either end of
        what the draws leave open, intervals of 99% (:func:`binomial_interval`): more draws may
        bring it there. Of networks without hubs 5% at most have a sector with ``p_claim`` up to
        0.05, and fewer of small ones: counts have ties, of which each counts against the hub, and
        Holm takes the two in-degrees for unrelated, which they are not.

    Examples
    --------
    >>> import numpy as np
    >>> from spillgraph.analytics.hubs import hubs
    >>> M = np.full((30, 30), 0.01)
    >>> M[:, 7] = 1.0
    >>> found = hubs(M, CLAIMED, "spread", draws=1, missing=0)
    >>> first = claims(found).iloc[0]
    >>> first.name, first["measure"], bool(first["p_claim"] < 1e-9)
    ('7', 'in_degree_2', True)
    """
    table = found.table.reset_index()
    table = table[table["p"].notna() & table["measure"].isin(measures)]
    low, high = left_open(table)
    table = table.assign(p_claim=holm(table["p"].to_numpy()), p_low=holm(low), p_high=holm(high))
    order = ["p_claim", "p", "rank"]
    return table.sort_values(order, kind="stable").drop_duplicates("industry").set_index("industry")


def settled(claim: Any, level: float = 0.05) -> Any:
    """Say where more draws would find the same: both ends of p lie on one side of the level.

    Parameters
    ----------
    claim : DataFrame or mapping
        ``p_low`` and ``p_high``, of all sectors or of one, as :func:`claims` has them.
    level : float, default 0.05
        Up to which p a sector is a hub.

    Returns
    -------
    Series of bool or bool

    Examples
    --------
    >>> settled({"p_low": 0.01, "p_high": 0.06}), settled({"p_low": 0.0, "p_high": 0.04})
    (False, True)
    """
    return (claim["p_low"] <= level) == (claim["p_high"] <= level)
