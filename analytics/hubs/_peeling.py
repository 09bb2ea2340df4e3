"""Cores: take away the weakest sector again and again."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..linalg._labels import Vector
from ._network import Network

__all__ = ["coreness", "peel", "peel_links"]


def coreness(network: Network, side: Literal["in", "out"]) -> Vector:
    """The largest k such that a sector is in a set whose members all have k links within it.

    Parameters
    ----------
    network : Network
        Own links are left out.
    side : {"in", "out"}
        Links as a source, or as a receiver.

    Returns
    -------
    ndarray, shape (N,)
    """
    graph = network.graph.copy()
    graph.delete_edges([edge.index for edge in graph.es if edge.is_loop()])
    return np.array(graph.coreness(mode=side), dtype=float)


def peel_links(M: Vector, side: Literal["in", "out"]) -> Vector:
    """The same of many networks, shape (B, N, N), at once."""
    return peel((M > 0).astype(np.float64), side)


def peel(M: Vector, side: Literal["in", "out"]) -> Vector:
    """The largest s such that a sector is in a set whose members all have strength s within it.

    Taking away the weakest in turn, the core of a sector is the largest strength at which anybody
    has left so far (Batagelj & Zaveršnik 2003; with weights Eidsaa & Almaas 2013).

    Parameters
    ----------
    M : ndarray, shape (B, N, N)
        Weights, or ones; own links are left out.
    side : {"in", "out"}
        Strength as a source, or as a receiver.

    Returns
    -------
    ndarray, shape (B, N)
    """
    off = M * ~np.eye(M.shape[1], dtype=bool)
    if side == "out":
        off = np.ascontiguousarray(off.transpose(0, 2, 1))
    b, left = np.arange(len(M)), off.sum(axis=1)
    core, level = np.zeros(M.shape[:2]), np.zeros(len(M))
    for _ in range(M.shape[1]):
        weakest = left.argmin(axis=1)
        level = np.maximum(level, left[b, weakest])
        core[b, weakest] = level
        left -= off[b, weakest]  # what it drew from others
        left[b, weakest] = np.inf
    return core
