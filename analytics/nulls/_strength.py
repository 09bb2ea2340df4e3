"""Strength: what each sector draws and gives stays, who draws on whom is chance.

Examples
--------
>>> rng = np.random.default_rng(1)
>>> values = np.array([[5.0, 2, 1], [1, 0, 3], [2, 2, 0]])
>>> drawn = next(STRENGTH_OWN.draw(values, rng, 2))
>>> drawn.sum(axis=2).round(9).tolist()[0], drawn.sum(axis=1).round(9).tolist()[0]
([8.0, 4.0, 4.0], [8.0, 4.0, 4.0])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from ..linalg import Vector
from ._newton import scale_sparse
from ._null import Null, batch_lengths, copies, off_diagonal, split_sparse
from ._sinkhorn import scale

__all__ = ["STRENGTH", "STRENGTH_LINKS", "STRENGTH_OWN"]

# A sector that has all but this part of the links leaves the others no choice.
ALONE = 1e-9
# So many sectors with less than this share of all links are scaled by their links alone: faster.
MANY, FEW = 100, 0.25


def _draw_pattern(
    values: Vector, pattern: Vector, rng: np.random.Generator, draws: int
) -> Iterator[Vector]:
    """Draw exponential weights on a pattern, scaled to the margins of the values."""
    rows, columns = values.sum(axis=1), values.sum(axis=0)
    for length in batch_lengths(draws, len(values)):
        X = rng.standard_exponential((length, *values.shape))
        X *= pattern
        scale(X, rows, columns)
        yield X


def _draw(values: Vector, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
    """Redraw all links but own ones."""
    off = off_diagonal(values)
    rows, columns = off.sum(axis=1), off.sum(axis=0)
    if (rows + columns).max(initial=0.0) >= rows.sum() * (1 - ALONE):
        # One sector is an end of every link: only the observed network has these strengths.
        yield from copies(values, draws)
        return
    pattern = off_diagonal(np.outer(rows > 0, columns > 0))
    own = np.diag(values.diagonal())
    for drawn in _draw_pattern(off, pattern, rng, draws):
        yield drawn + own


def _draw_own(values: Vector, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
    """Redraw all links, own ones too."""
    pattern = np.outer(values.any(axis=1), values.any(axis=0)).astype(np.float64)
    yield from _draw_pattern(values, pattern, rng, draws)


def _draw_links(values: Vector, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
    """Redraw the weights of the links that there are, but own ones."""
    if len(values) >= MANY and np.count_nonzero(values) < FEW * values.size:
        for one in _draw_links_sparse(sparse.csr_array(values), rng, draws):
            yield one.toarray()[None]
        return
    off, own = off_diagonal(values), np.diag(values.diagonal())
    for drawn in _draw_pattern(off, (off > 0).astype(np.float64), rng, draws):
        yield drawn + own


def _draw_links_sparse(
    values: sparse.csr_array, rng: np.random.Generator, draws: int
) -> Iterator[sparse.csr_array]:
    off, own = split_sparse(values)
    rows, columns = np.asarray(off.sum(axis=1), float), np.asarray(off.sum(axis=0), float)
    for _ in range(draws):
        X = off.copy()
        X.data = rng.standard_exponential(X.nnz)
        yield sparse.csr_array(scale_sparse(X, rows, columns) + own)


_KEEPS = ("in_strength", "out_strength")
_PROOF = (
    "Scaling to given strengths leaves all cross ratios m_ij m_kl / (m_il m_kj) alone, and "
    "strengths and cross ratios together are the network (Sinkhorn 1964). The law says that cross "
    "ratios are those of independent exponential weights, whatever the strengths. Given its "
    "strengths, a network of this law and the draws are then independent with the same law, so "
    "exchangeable."
)

STRENGTH = Null(
    "strength",
    "Every sector draws and gives as much as it does, and on whom it draws is chance; own links "
    "stay.",
    keeps=_KEEPS,
    draw=_draw,
    dense_only="it links every sector to every other; take 'strength_links', which keeps the links",
    proof=_PROOF,
)

STRENGTH_OWN = Null(
    "strength_own",
    "Every sector draws and gives as much as it does, own links included, and on whom it draws is "
    "chance, itself not left out.",
    keeps=_KEEPS,
    draw=_draw_own,
    dense_only=STRENGTH.dense_only,
    proof=_PROOF,
)

STRENGTH_LINKS = Null(
    "strength_links",
    "Links stay, every sector draws and gives as much as it does, and how much flows along which "
    "link is chance; own links stay as they are.",
    keeps=(*_KEEPS, "k_core_in", "k_core_out"),
    draw=_draw_links,
    draw_sparse=_draw_links_sparse,
    proof=_PROOF,
)
