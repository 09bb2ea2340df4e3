"""Strata with few firms: what their intervals rest on is little, and somebody must say so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..linalg import Vector
from ._intervals import degrees_of_freedom

__all__ = ["GRAVE", "THIN", "describe_thin_strata", "thin_strata"]

#: A stratum with fewer firms is thin: its variance rests on few numbers (docs/uncertainty.md).
THIN = 10
#: More than this share of citations in thin strata is said before any number.
GRAVE = 0.25


def thin_strata(strata: pd.Series[str], citations: Vector) -> dict[str, float]:
    """Count strata with few firms, and with one, and the citations that they make.

    Parameters
    ----------
    strata : pandas.Series of str
        Stratum of each firm.
    citations : ndarray
        What each firm cites, in the same order.

    Returns
    -------
    dict
        ``count``, ``thin`` and ``lone`` strata among those that cite; ``thin_share`` and
        ``lone_share`` of all citations, from 0 to 1. Lone strata are thin ones, too. ``freedom``:
        degrees of freedom of intervals, from firms and strata that cite.

    Examples
    --------
    >>> thin_strata(pd.Series(["x", "y", "y"]), np.array([3.0, 1.0, 0.0]))
    {'count': 2, 'thin': 2, 'lone': 1, 'thin_share': 1.0, 'lone_share': 0.75, 'freedom': 1}
    """
    table = pd.DataFrame({"stratum": strata.to_numpy(), "citations": citations})
    by = table.groupby("stratum")["citations"].agg(["size", "sum"])
    by = by[by["sum"] > 0]
    total = max(float(by["sum"].sum()), np.finfo(np.float64).tiny)
    thin, lone = by[by["size"] < THIN], by[by["size"] == 1]
    return {
        "count": len(by),
        "thin": len(thin),
        "lone": len(lone),
        "thin_share": float(thin["sum"].sum()) / total,
        "lone_share": float(lone["sum"].sum()) / total,
        "freedom": degrees_of_freedom(table["stratum"][table["stratum"].isin(by.index)]),
    }


def describe_thin_strata(counts: dict[str, float]) -> str:
    """Say it in one sentence.

    Parameters
    ----------
    counts : dict
        As :func:`thin_strata` gives it.

    Returns
    -------
    str
    """
    return (
        f"Intervals: {counts['thin']:.0f} of {counts['count']:.0f} industries that cite have fewer "
        f"than {THIN} firms ({counts['thin_share']:.0%} of the citations), where intervals are "
        f"rough; {counts['lone']:.0f} have one firm ({counts['lone_share']:.0%}), which does not "
        "vary at all."
    )
