"""Katz–Bonacich centrality (Katz 1953, Bonacich 1987)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._network import Network

__all__ = ["katz_bonacich"]


def katz_bonacich(network: Network) -> Vector:
    """Column sums of (I − αM)⁻¹, from one sparse LU.

    Raises
    ------
    InputError
        If α is out of bounds.
    """
    M, alpha, rho = network.matrix, network.katz_alpha, network.radius
    if alpha is None:
        alpha = 0.5 / rho if rho > 0 else 1.0
    if not (alpha > 0 and alpha * rho < 1):
        bound = 1 / rho if rho > 0 else np.inf
        raise InputError(
            f"katz_alpha: got {alpha:g}, but it must lie between 0 and 1/ρ({M.name}) = "
            f"{bound:g} for the chains to die out; take a smaller one, or leave it out."
        )
    n = len(M.rows)
    # Column sums x' = 1'(I − αM)⁻¹ solve the transposed system.
    A = sparse.csc_array(sparse.eye_array(n) - alpha * M.values.T)
    return splu(A).solve(np.ones(n))
