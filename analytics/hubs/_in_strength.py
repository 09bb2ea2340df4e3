"""In-strength: what all draw from a sector."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["in_strength"]


def in_strength(network: Network) -> Vector:
    """Column sums, in the unit of the matrix."""
    graph = network.graph
    return np.array(graph.strength(mode="in", weights=graph.es["weight"]), dtype=float)
