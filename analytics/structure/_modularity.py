"""Modularity of a partition of a weighted, directed network (Leicht & Newman 2008)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ._leiden import Members
from ._margins import ends

__all__ = ["modularity"]


def modularity(values: sparse.csr_array, members: Members, resolution: float = 1.0) -> float:
    """Weight within communities, less what the strengths of both ends would bring there.

    Q = Σ_c (e_c − γ D_c G_c / m) / m, with e_c the weight within c, D_c all that c draws, G_c all
    that it gives, and m all weight.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Weights, rows receivers; any unit.
    members : ndarray of int, shape (N,)
        Community of every node, from 0.
    resolution : float, default 1
        γ; larger finds smaller communities.

    Returns
    -------
    float
        At most 1; NaN for a network without links.

    Examples
    --------
    >>> values = sparse.csr_array([[0, 5.0, 0, 0], [5, 0, 0, 0], [0, 0, 0, 5], [0, 0, 5, 0]])
    >>> modularity(values, np.array([0, 0, 1, 1]))
    0.5
    """
    m = values.data.sum()
    if m == 0:
        return float("nan")
    receiver, source = (members[end] for end in ends(values))
    size = int(members.max()) + 1
    inside = values.data[receiver == source].sum()
    drawn = np.bincount(receiver, values.data, size)
    given = np.bincount(source, values.data, size)
    return float((inside - resolution * (drawn @ given) / m) / m)
