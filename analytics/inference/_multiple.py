"""p-values of many tests together: Holm, and Benjamini and Hochberg."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector

__all__ = ["benjamini_hochberg", "holm"]


def holm(p: Vector) -> Vector:
    """Adjust p-values so that 5% of families without any effect have one below 0.05.

    Parameters
    ----------
    p : ndarray, shape (N,)
        p-values of one family; NaN is no test and stays NaN.

    Returns
    -------
    ndarray, shape (N,)

    References
    ----------
    Holm (1979), *Scandinavian Journal of Statistics* 6, 65–70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03, np.nan])).round(9).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    p = np.asarray(p, dtype=np.float64)
    tests, order = _ordered(p)
    adjusted = p.copy()
    steps = tests - np.arange(tests)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * steps), 1.0)
    return adjusted


def benjamini_hochberg(p: Vector) -> Vector:
    """Adjust p-values so that of those below 0.05 no more than 5% are false, on average.

    Parameters
    ----------
    p : ndarray, shape (N,)
        p-values of one family, independent or positively dependent; NaN is no test and stays NaN.

    Returns
    -------
    ndarray, shape (N,)

    References
    ----------
    Benjamini & Hochberg (1995), *Journal of the Royal Statistical Society B* 57, 289–300.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, np.nan])).round(9).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    p = np.asarray(p, dtype=np.float64)
    tests, order = _ordered(p)
    adjusted = p.copy()
    raised = p[order] * (tests / np.arange(1, tests + 1))
    adjusted[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return adjusted


def _ordered(p: Vector) -> tuple[int, np.ndarray]:
    """Return how many tests there are, and their places from the smallest p on."""
    tests = int((~np.isnan(p)).sum())
    return tests, np.argsort(p, kind="stable")[:tests]  # NaN goes last
