"""Power iterations on many networks at once, and what needs several of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..linalg._labels import Vector
from ..linalg._radius import class_radii

__all__ = ["dominant", "in_doubt", "left_product", "product", "radii", "sparse_dominant"]

# Steps, the change of a vector with largest entry 1 at which it stands still, and the part of it
# that is kept: without it a network with a rhythm, a ring, would go round in circles.
STEPS, STILL, KEPT = 1000, 1e-13, 0.05
# A radius of this part of the largest entry may be 0: what is kept of a vector grows instead.
FAINT = 1e-3


def left_product(x: Vector, M: Vector) -> Vector:
    """x'M of each network."""
    y: Vector = np.matmul(x[:, None, :], M)[:, 0, :]
    return y


def product(M: Vector, x: Vector) -> Vector:
    """M x of each network."""
    y: Vector = np.matmul(M, x[:, :, None])[:, :, 0]
    return y


def dominant(
    M: Vector, step: Callable[[Vector, Vector], Vector]
) -> tuple[Vector, Vector, np.ndarray]:
    """Repeat a linear, not negative step from ones until directions stand still.

    Parameters
    ----------
    M : ndarray, shape (B, N, N)
        Networks.
    step : callable
        ``step(x, M)`` of shape (B, N).

    Returns
    -------
    x : ndarray, shape (B, N)
        Largest entry 1; 0 where the step ends in nothing.
    growth : ndarray, shape (B,)
        The factor of a step.
    still : ndarray of bool, shape (B,)
        Whether it stood still.
    """
    vectors, growth = np.ones(M.shape[:2]), np.zeros(len(M))
    still = np.zeros(len(M), dtype=bool)
    open_, part, x = np.arange(len(M)), M, vectors.copy()
    for count in range(1, STEPS + 1):
        y = step(x, part)
        factor = y.max(axis=1, initial=0.0)
        gone = factor <= 0
        y += KEPT * factor[:, None] * x
        y /= np.where(gone, 1.0, y.max(axis=1, initial=0.0))[:, None]
        done = (np.abs(y - x).max(axis=1, initial=0.0) <= STILL) | gone
        x = y
        if done.all() or count % 16 == 0 or count == STEPS:
            vectors[open_], growth[open_], still[open_] = x, factor, done
            if done.all():
                break
            open_, part, x = open_[~done], part[~done], x[~done]
    return vectors, growth, still


def radii(M: Vector) -> Vector:
    """Spectral radius of each network, by products; those in doubt by components."""
    _, growth, still = dominant(M, left_product)
    for k in np.flatnonzero(in_doubt(M, growth, still)):
        growth[k] = class_radii(M[k])[1].max()
    return growth


def in_doubt(M: Vector, growth: Vector, still: np.ndarray) -> np.ndarray:
    """Say which networks do not settle, or shrink so fast that nothing may feed back in them."""
    faint = (growth > 0) & (growth < FAINT * M.max(axis=(1, 2), initial=0.0))
    doubt: np.ndarray = ~still | faint
    return doubt


def sparse_dominant(step: Callable[[Vector], Vector], N: int) -> tuple[Vector, float]:
    """Do the same for one large network: the vector, and the factor of a step."""
    x, factor = np.ones(N), 0.0
    for _ in range(STEPS):
        y = step(x)
        factor = float(y.max(initial=0.0))
        if factor <= 0:
            return np.zeros(N), 0.0
        y = y + KEPT * factor * x
        y /= y.max()
        change = float(np.abs(y - x).max())
        x = y
        if change <= 1e-11:
            break
    return x, factor
