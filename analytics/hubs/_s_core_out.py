"""s-core, the k-core by strength, out side (Eidsaa & Almaas 2013)."""

from __future__ import annotations

from ..linalg._labels import Vector
from ._network import Network
from ._peeling import peel

__all__ = ["batch", "s_core_out"]


def s_core_out(network: Network) -> Vector:
    """Largest s of a set of sectors, each of out-strength s within the set, that it is in."""
    core: Vector = batch(network.matrix.values.toarray()[None], network)[0]
    return core


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return peel(M, "out")
