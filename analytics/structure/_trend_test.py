"""Mann–Kendall's test and Sen's slope, exact for few years, for many series at once."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from scipy.special import ndtr

from ..linalg._labels import Vector

__all__ = ["LEAST_YEARS", "mann_kendall", "sen_slope"]

#: A trend of fewer years is none.
LEAST_YEARS = 4
#: Up to so many years all orders of tied values are gone through.
ALL_ORDERS = 7
#: Up to so many years the law of untied values is exact; beyond, it is normal to many digits.
EXACT_YEARS = 60


def mann_kendall(values: Vector) -> tuple[Vector, Vector]:
    """Test every column for a trend: do later values tend to be larger than earlier ones?

    S counts pairs of years that rise, less those that fall. If the years are exchangeable, all
    orders of the values are as likely: the law of S is counted exactly (Kendall), with ties up to 7
    years by going through all orders, and beyond by the normal law with the variance for ties and
    a correction for continuity.

    Parameters
    ----------
    values : ndarray, shape (T, N)
        Rows are years in order.

    Returns
    -------
    S : ndarray, shape (N,)
        From −T(T − 1)/2 to T(T − 1)/2.
    p : ndarray, shape (N,)
        P(|S| ≥ as observed). 4 years give 0.083 at the least, 5 years 0.017.

    References
    ----------
    Mann (1945), *Econometrica* 13, 245–259; Kendall (1975), *Rank Correlation Methods*, ch. 4–5.

    Examples
    --------
    >>> S, p = mann_kendall(np.array([[1.0, 4.0], [2.0, 3.0], [5.0, 1.0], [7.0, 2.0]]))
    >>> S.tolist(), p.round(4).tolist()
    ([6.0, -4.0], [0.0833, 0.3333])
    """
    T = len(values)
    S = _rising(values)
    tied = np.array([np.unique(column).size < T for column in values.T], dtype=bool)
    p = np.ones(S.size)
    if T <= EXACT_YEARS:
        law = _untied(T)
        tail = np.cumsum(law[::-1])[::-1]  # P(inversions ≥ k); S = 2k − T(T − 1)/2
        most = T * (T - 1) // 2
        least = ((most + np.abs(S)) // 2).astype(np.int64)
        p = np.where(S == 0, 1.0, np.minimum(1.0, 2 * tail[least]))
    else:
        tied[:] = True
    for column in np.flatnonzero(tied):
        p[column] = _tied(values[:, column], S[column])
    return S, p


def _rising(values: Vector) -> Vector:
    """Pairs that rise less pairs that fall, for every column."""
    S = np.zeros(values.shape[1])
    for lag in range(1, len(values)):
        S += np.sign(values[lag:] - values[:-lag]).sum(axis=0)
    return S


def _untied(T: int) -> Vector:
    """Probability of every number of inversions of T different values."""
    law: Vector = np.ones(1)
    for size in range(2, T + 1):
        law = np.convolve(law, np.full(size, 1 / size))
    return law


def _tied(column: Vector, S: float) -> float:
    """P(|S| ≥ as observed) where values repeat."""
    T = column.size
    if T <= ALL_ORDERS:
        orders = np.array(list(permutations(column))).T
        return float(np.mean(np.abs(_rising(orders)) >= abs(S)))
    counts = np.unique(column, return_counts=True)[1]
    variance = _spread(T) - _spread(counts).sum()
    if variance <= 0 or S == 0:
        return 1.0
    return float(2 * ndtr(-(abs(S) - 1) / np.sqrt(variance)))


def _spread(n: int | np.ndarray) -> Vector:
    return np.asarray(n * (n - 1) * (2 * n + 5) / 18, dtype=np.float64)


def sen_slope(values: Vector, years: Vector, level: float) -> tuple[Vector, Vector, Vector]:
    """Median of the slopes between all pairs of years, with the interval of Mann–Kendall's test.

    Parameters
    ----------
    values : ndarray, shape (T, N)
        Rows are years in order.
    years : ndarray, shape (T,)
        In order, without repeats.
    level : float
        Probability with which the interval is to cover.

    Returns
    -------
    slope, low, high : ndarray, each shape (N,)
        In the unit of the values a year. The interval holds the slopes that the test does not
        refuse: all of them, −∞ to ∞, where the years are too few for the level.

    References
    ----------
    Sen (1968), *Journal of the American Statistical Association* 63, 1379–1389.

    Examples
    --------
    >>> years = np.arange(2015.0, 2020.0)
    >>> [each.tolist() for each in sen_slope(np.array([[1.0], [2], [3], [4], [9]]), years, 0.95)]
    [[1.0], [1.0], [5.0]]
    """
    T = len(values)
    first, second = np.triu_indices(T, 1)
    gaps = (years[second] - years[first])[:, np.newaxis]
    slopes = np.sort((values[second] - values[first]) / gaps, axis=0)
    most = len(slopes)
    tail = np.cumsum(_untied(T)[::-1])[::-1] if T <= EXACT_YEARS else np.zeros(0)
    refused = np.flatnonzero(2 * tail <= 1 - level)
    if T > EXACT_YEARS:
        from scipy.special import ndtri

        critical = ndtri((1 + level) / 2) * np.sqrt(float(_spread(T)))
        refused = np.array([int(np.ceil((most + critical) / 2))])
    if not refused.size:
        unknown = np.full(values.shape[1], np.inf)
        return np.median(slopes, axis=0), -unknown, unknown
    k = most - int(refused[0])  # so many slopes may be cut off at each end
    return np.median(slopes, axis=0), slopes[k], slopes[most - 1 - k]
