"""Strengths of the two ends of every link."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector

__all__ = ["ends", "margins"]


def ends(values: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of receiver and source of every link, row by row.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Any unit.

    Returns
    -------
    receiver, source : ndarray of int, each shape (E,)

    Examples
    --------
    >>> [each.tolist() for each in ends(sparse.csr_array([[0, 3.0], [2.0, 1.0]]))]
    [[0, 1, 1], [1, 0, 1]]
    """
    return np.repeat(np.arange(values.shape[0]), np.diff(values.indptr)), values.indices


def margins(values: sparse.csr_array) -> tuple[Vector, Vector, float]:
    """Return the strength of the receiver and of the source of every link, and the total.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Any unit.

    Returns
    -------
    receiver, source : ndarray, each shape (E,)
    total : float
        All in the unit of ``values``.

    Examples
    --------
    >>> receiver, source, total = margins(sparse.csr_array([[0, 3.0], [2.0, 1.0]]))
    >>> receiver.tolist(), source.tolist(), total
    ([3.0, 3.0, 3.0], [4.0, 2.0, 4.0], 6.0)
    """
    row, column = ends(values)
    drawn = np.bincount(row, values.data, values.shape[0])
    given = np.bincount(column, values.data, values.shape[1])
    return drawn[row], given[column], float(values.data.sum())
