"""Betweenness (Brandes 2001)."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["betweenness"]


def betweenness(network: Network) -> Vector:
    """Shortest directed paths through a sector; a strong link is short."""
    graph = network.graph
    lengths = [1 / weight for weight in graph.es["weight"]]
    return np.array(graph.betweenness(directed=True, weights=lengths), dtype=float)
