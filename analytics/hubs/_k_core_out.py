"""k-core by number of links, out side (Seidman 1983; Batagelj & Zaveršnik 2003)."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._network import Network
from ._peeling import links_of, peel

__all__ = ["batch", "k_core_out"]


def k_core_out(network: Network) -> Vector:
    """Largest k of a set of sectors, each with k out-links within the set, that it is in."""
    graph = network.graph.copy()
    graph.delete_edges([edge.index for edge in graph.es if edge.is_loop()])
    return np.array(graph.coreness(mode="out"), dtype=float)


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return peel(links_of(M), "out")
