"""Perron root and vector by Noda's iteration, for networks where ARPACK does not converge."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from .labels import Vector

__all__ = ["collatz", "perron", "ratio_bounds"]

CLOSED = 1e-13
# A matrix with more entries than this share is factorised faster as a plain array.
FULL = 0.1
# Products before the first factorisation, and the part of the vector that they keep: without it
# a network with a rhythm, a ring, would go round in circles.
WARM, KEPT = 30, 0.05


def perron(B: sparse.csr_array, *, steps: int = 100) -> tuple[float, Vector] | None:
    """Largest eigenvalue and its positive eigenvector, B x = ρ x, with a proof.

    Each step solves (σI − B) y = x, where σ is the upper one of the bounds
    min (Bx)_i/x_i ≤ ρ ≤ max (Bx)_i/x_i of Collatz and Wielandt. σ only falls, and ends
    quadratically, whatever the gap to the next eigenvalue; a long ring, where the largest
    eigenvalues crowd on a circle, takes no more steps than any other network.

    Parameters
    ----------
    B : scipy.sparse.csr_array, shape (N, N)
        Not negative, and with a positive eigenvector for ρ > 0; irreducible is enough.
    steps : int
        Sparse factorisations at most.

    Returns
    -------
    (float, ndarray of shape (N,)) or None
        ρ in the unit of ``B``, its bounds agreeing to 1e-13, and x with largest entry 1; None
        where the bounds did not close.

    References
    ----------
    Noda (1971), *Numerische Mathematik* 17, 382–386; Elsner (1976), *Linear Algebra and its
    Applications* 15, 235–242 (quadratic convergence).

    Examples
    --------
    >>> root, x = perron(sparse.csr_array([[0, 4.0], [1.0, 0]]))
    >>> round(root, 12), x.round(12).tolist()
    (2.0, [1.0, 0.5])
    """
    x: Vector = np.ones(B.shape[0])
    top = float(B.sum(axis=1).max())
    for _ in range(WARM if B.shape[0] > WARM else 0):  # a product costs less than a factorisation
        x = B @ x + KEPT * top * x
        x /= x.max()
    for _ in range(steps):
        ratio = (B @ x) / x
        low, high = float(ratio.min()), float(ratio.max())
        if high - low <= CLOSED * high:
            return 0.5 * (low + high), x
        # The nudge keeps σ above ρ, where the matrix is still regular, when rounding is not.
        y = _shifted_solve(B, high * (1 + CLOSED / 4), x)
        if not (np.isfinite(y).all() and y.min() > 0):
            return None
        x = y / y.max()
    return None


def _shifted_solve(B: sparse.csr_array, sigma: float, x: Vector) -> Vector:
    """Return (σI − B)⁻¹ x."""
    n = B.shape[0]
    if B.nnz > FULL * n * n:
        return np.linalg.solve(sigma * np.eye(n) - B.toarray(), x)
    return np.asarray(splu(sparse.csc_array(sigma * sparse.eye_array(n) - B)).solve(x))


def collatz(B: sparse.csr_array, x: Vector) -> tuple[float, float]:
    """Bounds of the largest eigenvalue from any positive vector, rounding included.

    Parameters
    ----------
    B : scipy.sparse.csr_array, shape (N, N)
        Not negative and irreducible.
    x : ndarray, shape (N,)
        Positive; the nearer to the Perron vector, the nearer the bounds.

    Returns
    -------
    low, high : float
        min (Bx)_i/x_i ≤ ρ(B) ≤ max (Bx)_i/x_i, in the unit of ``B``.

    Examples
    --------
    >>> collatz(sparse.csr_array([[0, 4.0], [1.0, 0]]), np.array([3.0, 1.0]))  # doctest: +ELLIPSIS
    (1.33333333333333..., 3.00000000000000...)
    """
    return ratio_bounds(B @ x, x, int(np.diff(B.indptr).max(initial=0)))


def ratio_bounds(product: Vector, x: Vector, terms: int) -> tuple[float, float]:
    """Bounds of the largest eigenvalue from a vector and its image.

    Parameters
    ----------
    product, x : ndarray, shape (N,)
        B x and x, x positive.
    terms : int
        Terms of the longest sum in the product.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> low, high = ratio_bounds(np.array([4.0, 3.0]), np.array([3.0, 1.0]), 1)
    >>> low < 4 / 3 and high > 3
    True
    """
    ratio = product / x
    # All terms have one sign: a sum of k of them is off by at most k roundings.
    rounding = float(np.finfo(np.float64).eps) * (2 + terms)
    return float(ratio.min()) * (1 - rounding), float(ratio.max()) * (1 + rounding)
