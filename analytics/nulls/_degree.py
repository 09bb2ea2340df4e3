"""Degree: as many links as there are, each receiver's weights on other sources.

Examples
--------
>>> values = np.array([[5.0, 2, 0, 1], [0, 0, 3, 0], [2, 2, 0, 0], [0, 1, 0, 0]])
>>> drawn = next(DEGREE.draw(values, np.random.default_rng(1), 2))
>>> (drawn > 0).sum(axis=1).tolist()[0], drawn.sum(axis=2).tolist()[0]
([2, 3, 1, 1], [8.0, 3.0, 4.0, 1.0])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from ..linalg import Vector
from ._curveball import sweep, sweep_back, trade_sparse
from ._null import Null, batch_lengths, off_diagonal

__all__ = ["DEGREE"]

# Sweeps from the observed network to the middle, and from there to each draw. Their number decides
# how far draws are from each other, not whether the p-value is right.
SWEEPS, SWEEPS_SPARSE = 20, 8


def _draw(values: Vector, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
    """Rewire, then deal each row's weights out over its links."""
    off, own = off_diagonal(values), np.diag(values.diagonal())
    middle = off[None] != 0
    row, weights = np.nonzero(middle[0])[0], off[off != 0]
    for _ in range(SWEEPS):
        sweep_back(middle, rng)
    for length in batch_lengths(draws, len(values)):
        A = np.tile(middle, (length, 1, 1)).reshape(length, *values.shape)
        for _ in range(SWEEPS):
            sweep(A, rng)
        drawn = np.zeros(A.shape)
        order = np.argsort(row + rng.random((length, row.size)), axis=1)
        drawn[A] = weights[order].ravel()  # both go network by network and row by row
        yield drawn + own


def _draw_sparse(
    values: sparse.csr_array, rng: np.random.Generator, draws: int
) -> Iterator[sparse.csr_array]:
    coo, N = sparse.coo_array(values), values.shape[0]
    own = coo.row == coo.col
    first = coo.row[~own].astype(np.int64)
    column = coo.col[~own].astype(np.int64)
    by_row = np.argsort(first, kind="stable")
    weights = coo.data[~own][by_row]
    middle = first
    for _ in range(SWEEPS_SPARSE):
        middle = trade_sparse(middle, column, N, rng)
    for _ in range(draws):
        row = middle
        for _ in range(SWEEPS_SPARSE):
            row = trade_sparse(row, column, N, rng)
        data = np.empty(row.size)
        data[np.argsort(row + rng.random(row.size))] = weights
        rows = np.concatenate([row, coo.row[own]])
        columns = np.concatenate([column, coo.col[own]])
        entries = np.concatenate([data, coo.data[own]])
        yield sparse.csr_array((entries, (rows, columns)), shape=values.shape)


DEGREE = Null(
    "degree",
    "Every sector has as many sources and as many receivers as it does, and which they are is "
    "chance; each receiver's weights fall on its sources at random, and own links stay.",
    keeps=("out_strength", "out_degree_2", "out_degree_4"),
    draw=_draw,
    draw_sparse=_draw_sparse,
    proof=(
        "Moves are symmetric. From the observed network the chain is run back to a middle, and "
        "from there forward to each draw on a path of its own, each as long as the way back: seen "
        "from the middle the observed network is one draw more (Besag & Clifford 1989), however "
        "short the chains are."
    ),
)
