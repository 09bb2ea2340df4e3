"""Spread: each receiver's shares fall on partners at random.

Examples
--------
>>> values = np.array([[5.0, 2, 1], [1, 0, 3], [2, 2, 0]])
>>> drawn = next(SPREAD.draw(values, np.random.default_rng(1), 2))
>>> np.sort(drawn[0], axis=1).tolist()
[[1.0, 2.0, 5.0], [0.0, 1.0, 3.0], [0.0, 2.0, 2.0]]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from ..linalg import Vector
from ._null import Null, batch_lengths

__all__ = ["SPREAD", "SPREAD_COLUMNS"]


def _draw(values: Vector, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
    """Permute the entries of each row, the diagonal left out."""
    N = len(values)
    off = ~np.eye(N, dtype=bool)
    entries = values[off].reshape(N, max(N - 1, 0))
    for length in batch_lengths(draws, N):
        drawn = np.zeros((length, N, N))
        drawn[:, ~off] = values.diagonal()
        tiled = np.tile(entries, (length, 1, 1))
        drawn[:, off] = rng.permuted(tiled, axis=-1).reshape(length, -1)
        yield drawn


def _draw_columns(values: Vector, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
    """Permute the entries of each column."""
    for drawn in _draw(np.ascontiguousarray(values.T), rng, draws):
        yield np.ascontiguousarray(drawn.transpose(0, 2, 1))


def _draw_sparse(
    values: sparse.csr_array, rng: np.random.Generator, draws: int
) -> Iterator[sparse.csr_array]:
    """Give each link of a row a partner of its own.

    Links that meet a taken partner, or their own row, are thrown again. Whatever is thrown again
    when, no partner is preferred to another, so every placing of a row's links is equally likely.
    """
    coo = sparse.coo_array(values)
    own = coo.row == coo.col
    row, data, N = coo.row[~own].astype(np.int64), coo.data[~own], values.shape[0]
    rows = np.concatenate([row, coo.row[own]])
    entries = np.concatenate([data, coo.data[own]])
    for _ in range(draws):
        column = rng.integers(0, N, row.size)
        while True:
            _, first = np.unique(row * N + column, return_index=True)
            again = np.ones(row.size, dtype=bool)
            again[first] = False
            again |= column == row
            if not again.any():
                break
            column[again] = rng.integers(0, N, int(again.sum()))
        columns = np.concatenate([column, coo.col[own]])
        yield sparse.csr_array((entries, (rows, columns)), shape=values.shape)


def _draw_columns_sparse(
    values: sparse.csr_array, rng: np.random.Generator, draws: int
) -> Iterator[sparse.csr_array]:
    """Give each link of a column a receiver of its own."""
    for drawn in _draw_sparse(sparse.csr_array(values.T), rng, draws):
        yield sparse.csr_array(drawn.T)


_PROOF = (
    "Permuting entries at random turns a network whose entries were permuted at random into "
    "another of the same law; so the observed network and the draws are exchangeable."
)

SPREAD = Null(
    "spread",
    "Each receiver spreads its shares over the others at random; the shares themselves, and its "
    "own, stay.",
    keeps=("out_strength", "out_degree_2", "out_degree_4"),
    draw=_draw,
    draw_sparse=_draw_sparse,
    proof=_PROOF,
)

SPREAD_COLUMNS = Null(
    "spread_columns",
    "Each source spreads what it gives over the others at random; the amounts themselves, and its "
    "own, stay.",
    keeps=("in_strength",),
    draw=_draw_columns,
    draw_sparse=_draw_columns_sparse,
    proof=_PROOF,
)
