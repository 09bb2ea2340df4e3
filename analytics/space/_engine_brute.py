"""Brute force: every draw of every pair solved by POT, whatever the verdict needs; the oracle.

No bound is used and nothing stops early, so that what the other engines prove can be held against
it. It alone knows distances on the globe, where bounds of the plane do not hold.
"""

from __future__ import annotations

import numpy as np
import ot
from scipy.spatial.distance import cdist

from ..linalg._labels import Vector
from ._cell import EARTH, Cell, Matrix, Places

__all__ = ["BEYOND", "BOUNDED", "MOST", "distances", "plan", "settle"]

BOUNDED = False
#: POT holds some fifty bytes a pair of sites.
MOST = 50_000_000
BEYOND = "leave the engine out"


def plan(a: Matrix, b: Matrix, wa: Vector, wb: Vector) -> tuple[float, Vector]:
    """Return W₁ and the prices of b.

    Examples
    --------
    >>> one = np.ones(1)
    >>> plan(np.zeros((1, 2)), np.array([[3.0, 4.0]]), one, one)[0]
    5.0
    """
    return _solve(cdist(a, b), wa, wb)


def distances(cell: Cell) -> Matrix:
    """Return W₁ of all pairs."""
    return cell.of_pairs(lambda a, b: _exact(cell, a, b))


def settle(
    cell: Cell,
    ranks: Places,
    drawn: Places,
    fixed: Places,
    lower: Vector,
    limits: Vector,
    prices: Vector,
) -> tuple[Places, Places, tuple[int, int, int, int]]:
    """Solve every draw, once for all pairs that it is drawn for."""
    far = np.array([_exact(cell, draw, fixed) for draw in drawn])
    near = (far[:, None] <= limits).sum(axis=0)
    return near, len(drawn) - near, (0, 0, len(drawn), 0)


def _exact(cell: Cell, a: Places, b: Places) -> float:
    ground = _great_circles if cell.globe else cdist
    return _solve(ground(cell.xy[a], cell.xy[b]), cell.weights[a], cell.weights[b])[0]


def _solve(cost: Matrix, wa: Vector, wb: Vector) -> tuple[float, Vector]:
    value, log = ot.emd2(wa / wa.sum(), wb / wb.sum(), cost, numItermax=10**9, log=True)
    return float(value), np.asarray(log["v"])


def _great_circles(a: Matrix, b: Matrix) -> Matrix:
    """Return distances on a sphere between latitudes and longitudes in degrees, km."""
    lat_a, lon_a = np.radians(a).T[:, :, None]
    lat_b, lon_b = np.radians(b).T[:, None, :]
    haversine = np.sin((lat_a - lat_b) / 2) ** 2
    haversine += np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_a - lon_b) / 2) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.clip(haversine, 0.0, 1.0))))
