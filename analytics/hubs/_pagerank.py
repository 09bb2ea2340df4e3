"""PageRank (Brin & Page 1998)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector
from ._network import Network
from ._power import left_product

__all__ = ["batch", "pagerank", "walk"]

DAMPING = 0.85
# What a rank may be off by, summed over all sectors: of many networks at once, and of a large one.
CLOSE, CLOSE_LARGE = 1e-13, 1e-10


def pagerank(network: Network) -> Vector:
    """Weighted PageRank; a receiver without sources jumps anywhere."""
    if network.large:
        return walk(network.matrix.values)
    graph = network.graph
    ranks = graph.pagerank(directed=True, damping=DAMPING, weights=graph.es["weight"])
    return np.array(ranks, dtype=float)


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks, by power iteration."""
    N, total = M.shape[1], M.sum(axis=2)
    stuck = total <= 0
    per = np.divide(1.0, total, out=np.zeros(total.shape), where=~stuck)
    x: Vector = np.full(M.shape[:2], 1.0 / N)
    while True:
        jump = (1 - DAMPING + DAMPING * (x * stuck).sum(axis=1)) / N
        y: Vector = DAMPING * left_product(x * per, M) + jump[:, None]
        # Errors shrink by the damping at each step, so what is left is below this.
        left = float(np.abs(y - x).sum(axis=1).max(initial=0.0)) * DAMPING / (1 - DAMPING)
        x = y
        if left <= CLOSE:
            return x


def walk(values: sparse.csr_array) -> Vector:
    """The same of one large sparse network, all ranks together off by 1e-10 at most.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Rows receivers, columns sources; not negative.

    Returns
    -------
    ndarray, shape (N,)
    """
    N, total = values.shape[0], np.asarray(values.sum(axis=1))
    per = np.divide(DAMPING, total, out=np.zeros(N), where=total > 0)
    # Rows of the transpose lie together; chances of steps are in its entries, once for all steps.
    steps = sparse.csr_array(values.T)
    steps.data = steps.data * per[steps.indices]
    stuck = np.flatnonzero(total <= 0)
    x = np.full(N, 1.0 / N)
    while True:
        y: Vector = steps @ x
        y += (1 - DAMPING + DAMPING * x[stuck].sum()) / N
        x -= y
        left = np.abs(x, out=x).sum() * DAMPING / (1 - DAMPING)
        x = y
        if left <= CLOSE_LARGE:
            return x
