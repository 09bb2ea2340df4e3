"""Sums by group that are rounded once, in the time of a few plain ones.

Numbers are cut at a power of two that is large enough for the upper ends of all of them to be added
without any rounding, and what is left of them is cut again: amounts of money come to two pieces,
counts to one. Only where the pieces of a group are put together is anything rounded, so that its
sum is the same in whatever order the numbers stand.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["sum_exactly"]

#: Powers of two beyond which a number and a cut together are none any more, and below which there
#: are no more numbers.
_MOST, _LEAST = 1_000, -1_022


def sum_exactly(
    groups: NDArray[np.int64], values: NDArray[np.float64], number: int
) -> NDArray[np.float64]:
    """Sum the values of each group.

    Parameters
    ----------
    groups : ndarray of int64, shape (n,)
        The group of each value, from 0 to ``number - 1``.
    values : ndarray of float64, shape (n,)
        Finite numbers; above 1e290 sums are no better than plain ones.
    number : int
        How many groups there are.

    Returns
    -------
    ndarray of float64, shape (number,)
        0 of a group without values.

    Raises
    ------
    ValueError
        If a value is no finite number.

    Examples
    --------
    >>> sum_exactly(np.array([0, 1, 0, 0]), np.array([1e16, 2.5, 1.0, -1e16]), 2)
    array([1. , 2.5])
    """
    pieces = []
    while len(values) and (largest := float(max(values.max(), -values.min()))):
        if not math.isfinite(largest):
            raise ValueError("only finite numbers have a sum.")
        power = math.frexp(largest)[1] + len(values).bit_length()
        cut = math.ldexp(1.5, min(max(power, _LEAST), _MOST))
        upper = values + cut
        upper -= cut  # as good as rounded to a multiple of a power of two
        pieces.append(np.bincount(groups, upper, number))
        values = np.subtract(values, upper, out=upper)
        if 2 * np.count_nonzero(values) < len(values):
            left = np.flatnonzero(values)
            groups, values = groups[left], values[left]
    total, lost = np.zeros(number), np.zeros(number)
    for piece in pieces:  # the largest first: they may cancel, and smaller ones be what is left
        longer = total + piece
        part = longer - total
        lost += (total - (longer - part)) + (piece - part)
        total = longer
    return total + lost
