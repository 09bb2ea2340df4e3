"""Out-strength: what a sector draws from all."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["out_strength"]


def out_strength(network: Network) -> Vector:
    """Row sums, in the unit of the matrix."""
    graph = network.graph
    return np.array(graph.strength(mode="out", weights=graph.es["weight"]), dtype=float)
