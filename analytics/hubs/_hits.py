"""Leading singular vectors of networks: hubs and authorities (Kleinberg 1999)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector
from ._power import dominant, left_product, product, sparse_dominant

__all__ = ["leading", "leading_batch"]

# Up to here eigenvalues of M'M are found exactly.
DENSE = 1000
# Two singular values so near, relative, leave no single vector.
TIED = 1e-9


def leading(values: sparse.csr_array) -> Vector:
    """Right singular vector of the largest singular value, largest entry 1.

    NaN where there is no single one: no link at all, or the largest singular value twice.
    """
    N = values.shape[0]
    if not values.nnz:
        return np.full(N, np.nan)
    if N > DENSE:
        turned = sparse.csr_array(values.T)
        return sparse_dominant(lambda x: turned @ (values @ x), N)[0]
    scaled = values.toarray() / values.data.max()
    roots, vectors = np.linalg.eigh(scaled.T @ scaled)
    if N > 1 and roots[-2] >= roots[-1] * (1 - TIED):
        return np.full(N, np.nan)
    x: Vector = np.abs(vectors[:, -1])
    x /= x.max()
    x[values.sum(axis=0) == 0] = 0.0  # nobody draws on it: what is left is rounding
    return x


def leading_batch(M: Vector) -> Vector:
    """The same of many networks, by products; those that do not settle by :func:`leading`."""
    x, _, still = dominant(M, lambda x, M: left_product(product(M, x), M))
    x[~x.any(axis=1)] = np.nan
    for k in np.flatnonzero(~still):
        x[k] = leading(sparse.csr_array(M[k]))
    return x
