"""In-strength: what all draw from a sector."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["batch", "in_strength"]


def in_strength(network: Network) -> Vector:
    """Column sums, in the unit of the matrix."""
    if network.large:
        return np.asarray(network.matrix.values.sum(axis=0))
    graph = network.graph
    return np.array(graph.strength(mode="in", weights=graph.es["weight"]), dtype=float)


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return np.asarray(M.sum(axis=1))
