"""PageRank (Brin & Page 1998)."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["pagerank"]

DAMPING = 0.85


def pagerank(network: Network) -> Vector:
    """Weighted PageRank; a receiver without sources jumps anywhere."""
    graph = network.graph
    ranks = graph.pagerank(directed=True, damping=DAMPING, weights=graph.es["weight"])
    return np.array(ranks, dtype=float)
