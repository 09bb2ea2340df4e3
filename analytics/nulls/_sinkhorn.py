"""Scale many arrays at once to the same margins."""

from __future__ import annotations

import numpy as np

from ...core.errors import InputError
from ..linalg import Vector

__all__ = ["CLOSE", "divide", "refuse", "scale"]

# Relative miss of a margin that is accepted; 1e-10 is promised.
CLOSE = 2e-12
# Steps between two looks at which arrays are done, and the most that are taken.
LOOK, STEPS = 8, 20_000


def scale(X: Vector, rows: Vector, columns: Vector) -> None:
    """Multiply rows and columns, in place, until all margins are met.

    Iterative proportional fitting (Sinkhorn 1964): the only array D₁ X D₂ with these margins.

    Parameters
    ----------
    X : ndarray, shape (B, N, N)
        Not negative, with zeros wherever a margin is 0; changed in place.
    rows, columns : ndarray, each shape (N,)
        Margins, in one unit, with the same sum; a matrix with the pattern of each array meets them.

    Raises
    ------
    InputError
        If the margins are not met to 1e-10 after 20,000 steps.

    Examples
    --------
    >>> X = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    >>> scale(X, np.array([1.0, 1.0]), np.array([1.5, 0.5]))
    >>> bool(np.allclose(X.sum(axis=2), 1.0)), bool(np.allclose(X.sum(axis=1), [1.5, 0.5]))
    (True, True)
    """
    u, v = np.zeros(X.shape[:2]), np.tile(columns, (len(X), 1))
    open_, part, w = np.arange(len(X)), X, v
    miss = np.inf
    for step in range(STEPS):
        t = divide(rows, np.matmul(part, w[:, :, None])[:, :, 0])
        reached = np.matmul(t[:, None, :], part)[:, 0, :]
        off = divide(np.abs(reached * w - columns), columns).max(axis=1, initial=0.0)
        done = off <= CLOSE
        if done.all() or step % LOOK == LOOK - 1:
            u[open_], v[open_] = t, w
            if done.all():
                break
            open_, part, reached = open_[~done], part[~done] if done.any() else part, reached[~done]
        w, miss = divide(columns, reached), float(off.max())
    else:
        u[open_], v[open_] = t[~done], w
        refuse(miss, STEPS)
    X *= u[:, :, None]
    X *= v[:, None, :]


def divide(above: Vector, below: Vector) -> Vector:
    """Divide, with 0 where a margin is empty."""
    shape = np.broadcast_shapes(np.shape(above), below.shape)
    quotient: Vector = np.divide(above, below, out=np.zeros(shape), where=below > 0)
    return quotient


def refuse(miss: float, steps: int) -> None:
    """Say that the margins are too near to the edge of what is possible."""
    if miss > 1e-10:
        raise InputError(
            f"null: after {steps:,} steps a strength is still missed by {miss:.1g}; some sector "
            "has nearly all of the network. Leave it out, or take the null 'spread' or 'degree'."
        )
