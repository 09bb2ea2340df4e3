"""Upstreamness (Fally 2012; Antràs, Chor, Fally & Hillberry 2012)."""

from __future__ import annotations

import numpy as np

from ..leontief import upstreamness as mean_steps
from ..linalg._labels import Vector, series
from ._network import Network

__all__ = ["batch", "upstreamness"]


def upstreamness(network: Network) -> Vector:
    """Mean number of steps from a sector's output to final use, of a closed economy."""
    S, x = network.matrix, network.output
    if x is None:
        return np.full(len(S.rows), np.nan)
    return np.asarray(mean_steps(S, series(x, S.rows, "output")), dtype=np.float64)


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks; NaN where output never reaches final use in one of them."""
    x = network.output
    if x is None:
        return np.full(M.shape[:2], np.nan)
    A = np.eye(len(x)) - M.transpose(0, 2, 1)
    right = np.broadcast_to(x[:, None], (len(M), len(x), 1))
    try:
        y = np.linalg.solve(A, right)[:, :, 0]
    except np.linalg.LinAlgError:
        return np.full(M.shape[:2], np.nan)
    y[(y < 0).any(axis=1)] = np.nan  # ρ(M) ≥ 1: the series does not end
    steps: Vector = np.divide(y, x, out=np.full(y.shape, np.nan), where=x > 0)
    return steps
