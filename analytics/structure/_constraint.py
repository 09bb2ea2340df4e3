"""Burt's constraint (1992): how far the partners of an industry are partners of each other."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector
from ._margins import ends
from ._triples import row_blocks

__all__ = ["constraint"]


def constraint(values: sparse.csr_array) -> Vector:
    """Sum over partners j of (p_ij + Σ_q p_iq p_qj)², p_ij the share of j in all of i's links.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Weights without links of a node with itself; any unit. Both directions of a pair add up.

    Returns
    -------
    ndarray, shape (N,)
        Low where partners are many and not linked with each other: structural holes, and room for
        a broker. NaN without a partner.

    References
    ----------
    Burt (1992), *Structural Holes*, equation (2.4); Burt (2004), *American Journal of Sociology*
    110, 349–399.

    Examples
    --------
    >>> star = sparse.csr_array([[0, 1.0, 1.0, 1.0]] + [[0.0] * 4] * 3)
    >>> constraint(star).round(4).tolist()
    [0.3333, 1.0, 1.0, 1.0]
    """
    N = values.shape[0]
    P = sparse.csr_array(values + values.T)
    row, _ = ends(P)
    total = np.bincount(row, P.data, N)
    P.data = P.data / total[row]
    linked = P.astype(bool)
    sums = np.full(N, np.nan)
    for part in row_blocks(P, P):
        own, over = P[part], P[part] @ P
        local = own + over.multiply(linked[part])
        sums[part] = np.asarray(local.power(2).sum(axis=1)).ravel()
    return np.where(total > 0, sums, np.nan)
