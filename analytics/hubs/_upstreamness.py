"""Upstreamness (Fally 2012; Antràs, Chor, Fally & Hillberry 2012)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["upstreamness"]


def upstreamness(network: Network) -> Vector:
    """Mean number of steps from a sector's output to final use.

    Of the output x_j of a sector, S_ij x_i goes to i: U_j = 1 + Σ_i (S_ij x_i / x_j) U_i. So
    y = U x solves y = x + S'y.
    """
    S, x = network.matrix, network.output
    if x is None:
        return np.full(len(S.rows), np.nan)
    y = splu(sparse.csc_array(sparse.eye_array(len(x)) - S.values.T)).solve(x)
    steps: Vector = np.divide(y, x, out=np.full(len(x), np.nan), where=x > 0)
    return steps
