"""Closeness (Freeman 1979), in the form of Wasserman & Faust (1994) for networks in pieces."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["closeness"]


def closeness(network: Network) -> Vector:
    """How near the sector is as a source to those that reach it; a strong link is short."""
    graph = network.graph
    lengths = [1 / weight for weight in graph.es["weight"]]
    # distances[j, i]: along links from the receiver i to the source j
    distances = np.array(graph.distances(weights=lengths, mode="in"), dtype=float)
    reached = np.isfinite(distances)
    others = reached.sum(axis=1) - 1.0
    total = np.where(reached, distances, 0.0).sum(axis=1)
    most = max(len(distances) - 1, 1)
    near: Vector = np.divide(others**2, most * total, out=np.zeros(len(total)), where=total > 0)
    return near
