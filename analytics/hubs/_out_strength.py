"""Out-strength: what a sector draws from all."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["batch", "out_strength"]


def out_strength(network: Network) -> Vector:
    """Row sums, in the unit of the matrix."""
    if network.large:
        return np.asarray(network.matrix.values.sum(axis=1))
    graph = network.graph
    return np.array(graph.strength(mode="out", weights=graph.es["weight"]), dtype=float)


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return np.asarray(M.sum(axis=2))
