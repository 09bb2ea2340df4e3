"""Upstreamness (Fally 2012; Antràs, Chor, Fally & Hillberry 2012)."""

from __future__ import annotations

import numpy as np

from ..leontief import upstreamness as mean_steps
from ..linalg._labels import Vector, series
from ._network import Network

__all__ = ["upstreamness"]


def upstreamness(network: Network) -> Vector:
    """Mean number of steps from a sector's output to final use, of a closed economy."""
    S, x = network.matrix, network.output
    if x is None:
        return np.full(len(S.rows), np.nan)
    return np.asarray(mean_steps(S, series(x, S.rows, "output")), dtype=np.float64)
