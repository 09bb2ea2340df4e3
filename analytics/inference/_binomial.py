"""What draws leave open of a share that they count."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv

from ..linalg._labels import Vector

__all__ = ["binomial_interval"]


def binomial_interval(hits: Vector, draws: Vector, level: float = 0.99) -> tuple[Vector, Vector]:
    """Return exact intervals of the chance of a hit, of which some draws were hits.

    Parameters
    ----------
    hits, draws : ndarray, shape (N,)
        Hits, and draws in which there might have been one; at least one draw each.
    level : float, default 0.99
        In how many cases, at least, the chance lies within.

    Returns
    -------
    low, high : ndarray, each shape (N,)

    References
    ----------
    Clopper & Pearson (1934), *Biometrika* 26, 404–413.

    Examples
    --------
    >>> low, high = binomial_interval(np.array([0, 2]), np.array([999, 999]))
    >>> low.round(5).tolist(), high.round(5).tolist()
    ([0.0, 0.0001], [0.00529, 0.00925])
    """
    hits, draws = np.asarray(hits, dtype=np.float64), np.asarray(draws, dtype=np.float64)
    tail = (1 - level) / 2
    # Where all or none are hits, one end is known; the shape of the law would be 0 there.
    low = betaincinv(np.maximum(hits, 1), draws - hits + 1, tail)
    high = betaincinv(hits + 1, np.maximum(draws - hits, 1), 1 - tail)
    return np.where(hits > 0, low, 0.0), np.where(hits < draws, high, 1.0)
