"""k-core by number of links, out side (Seidman 1983; Batagelj & Zaveršnik 2003)."""

from __future__ import annotations

from ..linalg._labels import Vector
from ._network import Network
from ._peeling import coreness, peel_links

__all__ = ["batch", "k_core_out"]


def k_core_out(network: Network) -> Vector:
    """Largest k of a set of sectors, each with k out-links within the set, that it is in."""
    return coreness(network, "out")


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return peel_links(M, "out")
