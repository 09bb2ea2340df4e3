"""Authorities (Kleinberg 1999): drawn on by sectors that draw on many authorities."""

from __future__ import annotations

from ..linalg._labels import Vector
from ._hits import leading, leading_batch
from ._network import Network

__all__ = ["authority", "batch"]


def authority(network: Network) -> Vector:
    """Leading eigenvector of M'M, largest entry 1, or NaN where it is not unique."""
    return leading(network.matrix.values)


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return leading_batch(M)
