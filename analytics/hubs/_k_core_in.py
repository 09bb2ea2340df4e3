"""k-core by number of links, in side (Seidman 1983; Batagelj & Zaveršnik 2003)."""

from __future__ import annotations

from ..linalg._labels import Vector
from ._network import Network
from ._peeling import coreness, peel_links

__all__ = ["batch", "k_core_in"]


def k_core_in(network: Network) -> Vector:
    """Largest k of a set of sectors, each with k in-links within the set, that it is in."""
    return coreness(network, "in")


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return peel_links(M, "in")
