"""Katz–Bonacich centrality (Katz 1953, Bonacich 1987)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._network import Network
from ._power import radii, sparse_dominant

__all__ = ["batch", "katz_bonacich"]

# Terms of the series in a large network, and the part of a sum that may be left.
STEPS, CLOSE = 10_000, 1e-12


def katz_bonacich(network: Network) -> Vector:
    """Column sums of (I − αM)⁻¹, from one sparse LU.

    Raises
    ------
    InputError
        If α is out of bounds.
    """
    M, alpha = network.matrix, network.katz_alpha
    turned = sparse.csr_array(M.values.T)
    N = len(M.rows)
    rho = sparse_dominant(lambda x: turned @ x, N)[1] if network.large else network.radius
    if alpha is None:
        alpha = 0.5 / rho if rho > 0 else 1.0
    if not (alpha > 0 and alpha * rho < 1):
        bound = 1 / rho if rho > 0 else np.inf
        raise InputError(
            f"katz_alpha: got {alpha:g}, but it must lie between 0 and 1/ρ({M.name}) = "
            f"{bound:g} for the chains to die out; take a smaller one, or leave it out."
        )
    if network.large:
        return _by_steps(turned, alpha, alpha * rho)
    # Column sums x' = 1'(I − αM)⁻¹ solve the transposed system.
    A = sparse.csc_array(sparse.eye_array(N) - alpha * M.values.T)
    return splu(A).solve(np.ones(N))


def _by_steps(turned: sparse.csr_array, alpha: float, shrinks: float) -> Vector:
    """1 + αM'1 + α²M'²1 + … until what is left cannot be seen."""
    x: Vector = np.ones(turned.shape[0])
    term: Vector = x
    for _ in range(STEPS):
        term = np.asarray(alpha * (turned @ term), dtype=np.float64)
        x = np.asarray(x + term, dtype=np.float64)
        if term.max(initial=0.0) * shrinks <= CLOSE * (1 - shrinks) * x.max():
            break
    return x


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks; NaN where chains do not die out in one of them."""
    N, rho = M.shape[1], radii(M)
    if network.katz_alpha is None:
        alpha = np.divide(0.5, rho, out=np.ones(len(M)), where=rho > 0)
    else:
        alpha = np.full(len(M), network.katz_alpha)
    open_ = alpha * rho >= 1
    alpha = np.where(open_, 0.0, alpha)
    A = np.eye(N) - alpha[:, None, None] * M.transpose(0, 2, 1)
    solved = np.linalg.solve(A, np.ones((len(M), N, 1)))
    x: Vector = np.asarray(solved[:, :, 0], dtype=np.float64)
    x[open_] = np.nan
    return x
