"""The law of a sum of independent 0s and 1s with chances of their own."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector

__all__ = ["law", "upper_tail"]

#: Below it doubles lose their digits, and then the number.
SMALLEST = 1e-300


def law(chances: Vector) -> Vector:
    """Probabilities of 0, 1, …, n successes in n independent trials, for many sums at once.

    Parameters
    ----------
    chances : ndarray, shape (n, N)
        Chance of each trial, a column a sum.

    Returns
    -------
    ndarray, shape (n + 1, N)
        By convolution; all terms are positive, so each is exact to rounding.

    Examples
    --------
    >>> law(np.array([[0.5], [0.5]])).ravel().tolist()
    [0.25, 0.5, 0.25]
    """
    n, N = chances.shape
    p = np.zeros((n + 1, N))
    p[0] = 1.0
    for k, chance in enumerate(chances):
        p[1 : k + 2] = p[1 : k + 2] * (1 - chance) + p[: k + 1] * chance
        p[0] *= 1 - chance
    return p


def upper_tail(counts: Vector, chances: Vector) -> Vector:
    """P(sum ≥ count).

    Parameters
    ----------
    counts : ndarray, shape (N,)
        Whole numbers.
    chances : ndarray, shape (n, N)
        As in :func:`law`.

    Returns
    -------
    ndarray, shape (N,)
        What is too small for a double is 1e-300: no count that is observed has the chance 0.

    Examples
    --------
    >>> upper_tail(np.array([1.0]), np.array([[0.5], [0.5]])).tolist()
    [0.75]
    """
    p = law(chances)
    tails = np.cumsum(p[::-1], axis=0)[::-1]
    place = np.clip(np.rint(counts).astype(np.int64), 0, len(chances))
    tail: Vector = np.clip(tails[place, np.arange(chances.shape[1])], SMALLEST, 1.0)
    return tail
