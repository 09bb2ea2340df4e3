"""Degree at a threshold of 4 %, out side."""

from __future__ import annotations

from ..linalg._labels import Vector
from ._degrees import count, count_batch
from ._network import Network

__all__ = ["batch", "out_degree_4"]

THRESHOLD = 0.04


def out_degree_4(network: Network) -> Vector:
    """Sources from which the sector draws at least 4 % of all it draws."""
    return count(network.matrix.values, THRESHOLD, "out")


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    return count_batch(M, THRESHOLD, "out")
