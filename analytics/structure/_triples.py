"""Sums over paths of two links that never hold all of them at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector

__all__ = ["row_blocks", "through"]

#: Entries that a block of products may have.
BLOCK = 2**23


def row_blocks(A: sparse.csr_array, C: sparse.csr_array) -> Iterator[slice]:
    """Cut the rows of A into blocks whose products with C have few entries.

    Parameters
    ----------
    A, C : scipy.sparse.csr_array, each shape (N, N)
        Any units.

    Yields
    ------
    slice
        Rows, in order.

    Examples
    --------
    >>> list(row_blocks(sparse.csr_array(np.eye(3)), sparse.csr_array(np.eye(3))))
    [slice(0, 3, None)]
    """
    N = A.shape[0]
    # Row b of A C has at most so many entries.
    width = np.minimum(A.astype(bool).astype(np.int64) @ np.diff(C.indptr), N)
    block = np.cumsum(width) // BLOCK
    for rows in np.split(np.arange(N), np.flatnonzero(np.diff(block)) + 1):
        if rows.size:
            yield slice(int(rows[0]), int(rows[-1]) + 1)


def through(A: sparse.csr_array, C: sparse.csr_array, B: sparse.csr_array) -> Vector:
    """Sum A_bs C_sr B_br over s and r, for every b.

    Parameters
    ----------
    A, C, B : scipy.sparse.csr_array, each shape (N, N)
        Any units.

    Returns
    -------
    ndarray, shape (N,)

    Examples
    --------
    >>> A, C = sparse.csr_array([[0, 2.0], [0, 0]]), sparse.csr_array([[0, 0], [3.0, 1.0]])
    >>> through(A, C, sparse.csr_array([[5.0, 7.0], [0, 0]])).tolist()  # 2 · 3 · 5 + 2 · 1 · 7
    [44.0, 0.0]
    """
    sums = np.zeros(A.shape[0])
    for part in row_blocks(A, C):
        sums[part] = np.asarray((A[part] @ C).multiply(B[part]).sum(axis=1)).ravel()
    return sums
