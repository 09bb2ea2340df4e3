"""Scale one sparse array to given margins, where fitting row by row would take forever.

In a network of few links step by step fitting forgets a distant miss only slowly, the more slowly
the larger the network. The logarithms of the multipliers are the minimum of a convex function,
Σ x_ij exp(a_i + b_j) − Σ r_i a_i − Σ c_j b_j, whose Hessian is made of the array itself: Newton
steps, each solved by conjugate gradients, need neither an inverse nor memory (Knight & Ruiz 2013).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg import Vector
from ._sinkhorn import CLOSE, divide, refuse

__all__ = ["scale_sparse"]

# Fitting steps that are taken first, Newton steps, and products in each.
FIRST, STEPS, INNER = 50, 100, 1_000
# No multiplier changes by more than e at once; halvings of a step; decrease that is asked for.
LONGEST, HALVINGS, ENOUGH = 1.0, 30, 1e-4


def scale_sparse(X: sparse.csr_array, rows: Vector, columns: Vector) -> sparse.csr_array:
    """Multiply rows and columns of one sparse array until all margins are met.

    Parameters
    ----------
    X : scipy.sparse.csr_array, shape (N, N)
        Not negative.
    rows, columns : ndarray, each shape (N,)
        Margins, in one unit, with the same sum; a matrix with the pattern of X meets them.

    Returns
    -------
    scipy.sparse.csr_array, shape (N, N)

    Raises
    ------
    InputError
        If the margins are not met to 1e-10.

    References
    ----------
    Knight & Ruiz (2013), *IMA Journal of Numerical Analysis* 33, 1029–1047.

    Examples
    --------
    >>> X = sparse.csr_array([[1.0, 2.0], [3.0, 4.0]])
    >>> Y = scale_sparse(X, np.array([1.0, 1.0]), np.array([1.5, 0.5]))
    >>> bool(np.allclose(Y.sum(axis=1), 1.0)), bool(np.allclose(Y.sum(axis=0), [1.5, 0.5]))
    (True, True)
    """
    turned, v = sparse.csr_array(X.T), columns.astype(np.float64)
    u = v
    for _ in range(FIRST):
        u = divide(rows, X @ v)
        reached = turned @ u
        if float(divide(np.abs(reached * v - columns), columns).max(initial=0.0)) <= CLOSE:
            break
        v = divide(columns, reached)
    P, at = X.copy(), np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
    P.data *= u[at] * v[P.indices]
    miss = np.inf
    for _ in range(STEPS):
        off = np.asarray(P.sum(axis=1)) - rows, np.asarray(P.sum(axis=0)) - columns
        miss = max(
            float(divide(np.abs(each), margin).max(initial=0.0))
            for each, margin in zip(off, (rows, columns), strict=True)
        )
        if miss <= CLOSE:
            break
        a, b = _direction(P, off, min(1e-2, miss))
        P.data *= np.exp(_length(P.data, a[at] + b[P.indices], float(rows @ a + columns @ b)))
    refuse(miss, STEPS)
    return P


def _direction(
    P: sparse.csr_array, off: tuple[Vector, Vector], close: float
) -> tuple[Vector, Vector]:
    """Solve the Newton step for the logarithms of the multipliers of rows and columns."""
    turned = sparse.csr_array(P.T)
    p, q = (np.asarray(each.sum(axis=1), dtype=np.float64) for each in (P, turned))
    one_p, one_q = divide(np.ones_like(p), p), divide(np.ones_like(q), q)
    right = P @ (off[1] * one_q) - off[0]
    a, left = np.zeros_like(right), right
    eased = left * one_p
    move, size = eased, float(left @ eased)
    goal = size * max(close, 1e-6) ** 2
    for _ in range(INNER):
        seen = p * move - P @ (one_q * (turned @ move))
        bend = float(move @ seen)
        if size <= goal or bend <= 0:
            break
        a = a + size / bend * move
        left = left - size / bend * seen
        eased = left * one_p
        before, size = size, float(left @ eased)
        move = eased + size / before * move
    return a, -(off[1] + turned @ a) * one_q


def _length(weights: Vector, change: Vector, margins: float) -> Vector:
    """Shorten a step until the function that has its minimum at the margins falls enough."""
    longest = float(np.abs(change).max(initial=0.0))
    part = min(1.0, LONGEST / longest) if longest else 1.0
    step: Vector = change * part
    margins *= part
    slope = float(weights @ step) - margins
    for _ in range(HALVINGS):
        fall = float(weights @ np.expm1(step)) - margins
        if fall <= ENOUGH * slope or longest < 1e-5:  # so near, rounding would decide
            break
        step, margins, slope = step / 2, margins / 2, slope / 2
    return step
