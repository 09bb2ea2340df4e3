"""Perron root and vector by Noda's iteration, for networks where ARPACK does not converge."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from ._labels import Vector

__all__ = ["collatz", "noda", "perron", "ratio_bounds"]

CLOSED = 1e-13
# From here on a step that gains little has met rounding; before, it is only slow.
NEAR = 1e-3
# Rounding may keep the bounds of many sectors from closing; so near they are still a proof.
ACCEPTED = 1e-11
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
        ρ in the unit of ``B``, its bounds agreeing to 1e-13, or as far as rounding lets them and
        at least to 1e-11, and x with largest entry 1; None where the bounds did not close.

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
    low, high, x = noda(B, steps)
    return (0.5 * (low + high), x) if high - low <= ACCEPTED * high else None


def noda(B: sparse.csr_array, steps: int = 100) -> tuple[float, float, Vector]:
    """Run the iteration until its bounds agree, or rounding lets them come no nearer.

    Parameters
    ----------
    B : scipy.sparse.csr_array, shape (N, N)
        As for :func:`perron`.
    steps : int
        Sparse factorisations at most.

    Returns
    -------
    low, high : float
        The nearest bounds that were met, not widened by rounding.
    x : ndarray, shape (N,)
        The positive vector that gave them.

    Examples
    --------
    >>> low, high, x = noda(sparse.csr_array([[0, 4.0], [1.0, 0]]))
    >>> round(low, 12), round(high, 12), bool(x.min() > 0)
    (2.0, 2.0, True)
    """
    top = float(B.sum(axis=1).max())
    x: Vector = np.ones(B.shape[0])
    best = (0.0, np.inf, x)
    for step in range(steps + 1):
        for _ in range(WARM if step == 0 and B.shape[0] > WARM else 0):
            y = B @ x + KEPT * top * x  # a product costs less than a factorisation
            x = y / y.max()
        if not x.min() > 0:  # an entry has underflowed
            break
        ratio = (B @ x) / x
        low, high = float(ratio.min()), float(ratio.max())
        # Far from the root a step may gain little (a ring with one faint link) and still be on its
        # way; near it, what gains nothing is rounding.
        stalled = high - low > 0.9 * (best[1] - best[0]) and high - low < NEAR * high
        if high - low < best[1] - best[0]:
            best = (low, high, x)
        if step == steps or stalled or high - low <= CLOSED * high:
            break
        # The nudge keeps σ above ρ, where the matrix is still regular, when rounding is not.
        solution = _solve_shifted(B, high * (1 + CLOSED / 4), x)
        if solution is None or not (np.isfinite(solution).all() and solution.min() > 0):
            break
        x = solution / solution.max()
    return best


def _solve_shifted(B: sparse.csr_array, sigma: float, x: Vector) -> Vector | None:
    """Return (σI − B)⁻¹ x, or None where rounding makes it singular."""
    n = B.shape[0]
    try:
        if B.nnz > FULL * n * n:
            return np.linalg.solve(sigma * np.eye(n) - B.toarray(), x)
        return np.asarray(splu(sparse.csc_array(sigma * sparse.eye_array(n) - B)).solve(x))
    except (np.linalg.LinAlgError, RuntimeError):
        return None


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
