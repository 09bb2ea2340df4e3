"""Participation and within-module degree (Guimerà & Amaral 2005), for each direction."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector
from ._leiden import Members, belongs
from ._margins import ends

__all__ = ["participation", "within_z"]


def participation(values: sparse.csr_array, members: Members) -> Vector:
    """1 − Σ_c (k_ic / k_i)², k_ic the weight of row i's links with community c.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Weights: rows are judged by their columns' communities. The transpose judges sources.
    members : ndarray of int, shape (N,)
        Communities, from 0.

    Returns
    -------
    ndarray, shape (N,)
        0 where all is with one community, near 1 where it is spread evenly over many; NaN for a
        row without links.

    References
    ----------
    Guimerà & Amaral (2005), *Nature* 433, 895–900.

    Examples
    --------
    >>> values = sparse.csr_array([[0, 1.0, 1.0], [2.0, 0, 0], [0, 0, 0]])
    >>> participation(values, np.array([0, 0, 1])).tolist()
    [0.5, 0.0, nan]
    """
    by_community = values @ belongs(members)
    total = np.asarray(values.sum(axis=1)).ravel()
    squares = np.asarray(by_community.power(2).sum(axis=1)).ravel()
    rest = np.full(total.size, np.nan)
    np.divide(squares, total**2, out=rest, where=total > 0)
    return 1.0 - rest


def within_z(values: sparse.csr_array, members: Members) -> Vector:
    """Standard score of a row's weight inside its community, among the rows of the community.

    Parameters
    ----------
    values, members
        As in :func:`participation`.

    Returns
    -------
    ndarray, shape (N,)
        A hub of its community has 2.5 or more in the source. NaN where all members are equal.

    References
    ----------
    Guimerà & Amaral (2005), *Nature* 433, 895–900; standard deviations are those of all members,
    divided by their number.

    Examples
    --------
    >>> values = sparse.csr_array([[0, 1.0, 1.0], [1.0, 0, 0], [1.0, 0, 0]])
    >>> within_z(values, np.array([0, 0, 0])).round(3).tolist()
    [1.414, -0.707, -0.707]
    """
    size = np.bincount(members)
    row, column = ends(values)
    own = members[row] == members[column]
    weight = np.bincount(row[own], values.data[own], members.size)
    mean = (np.bincount(members, weight) / size)[members]
    spread = np.sqrt(np.bincount(members, (weight - mean) ** 2) / size)[members]
    z = np.full(members.size, np.nan)
    # What is left of equal numbers is rounding.
    np.divide(weight - mean, spread, out=z, where=spread > 1e-12 * np.abs(mean))
    return z
