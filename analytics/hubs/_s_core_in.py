"""s-core, the k-core by strength, in side (Eidsaa & Almaas 2013)."""

from __future__ import annotations

from ..linalg._labels import Vector
from ._network import Network
from ._peeling import peel

__all__ = ["batch", "s_core_in"]


def s_core_in(network: Network) -> Vector:
    """Largest s of a set of sectors, each of in-strength s within the set, that it is in."""
    core: Vector = batch(network.matrix.values.toarray()[None], network)[0]
    return core


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return peel(M, "in")
