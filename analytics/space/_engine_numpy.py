"""Exact plans by SciPy, where numba is not installed: each draw in doubt is solved."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment, linprog
from scipy.spatial.distance import cdist

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._cell import Cell, Matrix, Places

__all__ = ["BEYOND", "BOUNDED", "MOST", "distances", "plan", "settle"]

BOUNDED = True
#: A linear program of so many unknowns takes minutes and gigabytes.
MOST = 1_000_000
BEYOND = "install numba: pip install 'spillgraph[fast]'"


def plan(a: Matrix, b: Matrix, wa: Vector, wb: Vector) -> tuple[float, Vector]:
    """Return W₁ and the prices of b: zeros where the plan is an assignment, which has none at hand.

    Examples
    --------
    >>> one = np.ones(1)
    >>> plan(np.zeros((1, 2)), np.array([[3.0, 4.0]]), one, one)[0]
    5.0
    """
    cost = cdist(a, b)
    n, m = cost.shape
    if n == m and len(np.unique(wa)) == 1 and len(np.unique(wb)) == 1:
        pairs = linear_sum_assignment(cost)
        return float(cost[pairs].mean()), np.zeros(m)
    rows = sparse.kron(sparse.eye_array(n), np.ones((1, m)))
    columns = sparse.kron(np.ones((1, n)), sparse.eye_array(m))
    supply = np.concatenate([wa / wa.sum(), wb / wb.sum()])
    # In units of the smallest supply, so that the solver's absolute tolerance is small beside it.
    unit = supply.min()
    solve: Any = linprog  # its stubs know no sparse constraints
    found = solve(
        cost.ravel(),
        A_eq=sparse.vstack([rows, columns]).tocsr(),
        b_eq=supply / unit,
        method="highs",
    )
    if found.status != 0:
        raise InputError(
            f"masses of {min(wa.min(), wb.min()):g} beside {max(wa.max(), wb.max()):g} are too "
            "unequal for SciPy's solver; install numba: pip install 'spillgraph[fast]'."
        )
    prices = np.asarray(found.eqlin.marginals[n:])
    # What the prices prove: at a best plan the same number, without the solver's tolerance.
    proved = float((wb / wb.sum()) @ prices + (wa / wa.sum()) @ (cost - prices).min(axis=1))
    return proved, prices


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
    """Solve each draw in doubt, from the nearest on."""
    draws = len(drawn)
    upper = np.full(draws, np.inf)
    near, far = np.zeros(len(limits), np.int64), np.zeros(len(limits), np.int64)
    known, solved = 0, 0
    walk = np.argsort(lower)
    for p, limit in enumerate(limits):
        le, gt = int((upper <= limit).sum()), int((lower > limit).sum())
        known += le + gt
        for s in walk:
            if _decided(le, gt, draws, ranks):
                break
            if lower[s] > limit or upper[s] <= limit:
                continue
            lower[s] = upper[s] = _exact(cell, drawn[s], fixed)
            solved += 1
            le, gt = le + int(upper[s] <= limit), gt + int(lower[s] > limit)
        near[p], far[p] = le, gt
    return near, far, (known, 0, solved, 0)


def _exact(cell: Cell, a: Places, b: Places) -> float:
    return plan(cell.xy[a], cell.xy[b], cell.weights[a], cell.weights[b])[0]


def _decided(le: int, gt: int, draws: int, ranks: Places) -> bool:
    """Whether no verdict can change."""
    sure = (le > ranks) | (gt >= draws - ranks)
    return le + gt == draws or (len(ranks) > 0 and bool(sure.all()))
