"""Degree at a threshold of 2 %, out side."""

from __future__ import annotations

from ..linalg._labels import Vector
from ._degrees import count, count_batch
from ._network import Network

__all__ = ["batch", "out_degree_2"]

THRESHOLD = 0.02


def out_degree_2(network: Network) -> Vector:
    """Sources from which the sector draws at least 2 % of all it draws."""
    return count(network.matrix.values, THRESHOLD, "out")


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return count_batch(M, THRESHOLD, "out")
