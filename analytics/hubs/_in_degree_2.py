"""Degree at a threshold of 2 %, in side."""

from __future__ import annotations

from ..linalg._labels import Vector
from ._degrees import count, count_batch
from ._network import Network

__all__ = ["batch", "in_degree_2"]

THRESHOLD = 0.02


def in_degree_2(network: Network) -> Vector:
    """Receivers that draw at least 2 % of all they draw from the sector."""
    return count(network.matrix.values, THRESHOLD, "in")


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return count_batch(M, THRESHOLD, "in")
