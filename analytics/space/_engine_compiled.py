"""Exact plans by compiled loops (:mod:`_loops`), where numba is installed."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from . import _loops
from ._cell import Cell, Matrix, Places

__all__ = ["BEYOND", "BOUNDED", "MOST", "distances", "plan", "settle"]

BOUNDED = True
#: Memory grows with n + m alone, but a plan of so many pairs of sites takes a quarter of an hour.
MOST = 2_500_000_000
BEYOND = "each would take a quarter of an hour"


def plan(a: Matrix, b: Matrix, wa: Vector, wb: Vector) -> tuple[float, Vector]:
    """Return W₁ and the prices of b.

    Examples
    --------
    >>> one = np.ones(1)
    >>> plan(np.zeros((1, 2)), np.array([[3.0, 4.0]]), one, one)[0]
    5.0
    """
    cost, prices = _loops.room(len(a), len(b)), np.zeros(len(b))
    value = _loops.between(a, wa, b, wb, cost, prices, -1.0, np.inf)[1]
    return float(value), prices


def distances(cell: Cell) -> Matrix:
    """Return W₁ of all pairs."""
    members = cell.members()
    out = np.full((len(members), len(members)), np.nan)
    first = np.concatenate([[0], np.cumsum([len(m) for m in members])])
    _loops.distances(cell.xy, cell.weights, np.concatenate(members), first, out)
    return out


def settle(
    cell: Cell,
    ranks: Places,
    drawn: Places,
    fixed: Places,
    lower: Vector,
    limits: Vector,
    prices: Vector,
) -> tuple[Places, Places, tuple[int, int, int, int]]:
    """Count by intervals that end as soon as they answer."""
    near, far = np.zeros(len(limits), np.int64), np.zeros(len(limits), np.int64)
    by_bound, by_plan, solved, pivots = _loops.settle(
        cell.xy, cell.weights, drawn, fixed, lower, limits, ranks, prices, near, far
    )
    return near, far, (int(by_bound), int(by_plan), int(solved), int(pivots))
