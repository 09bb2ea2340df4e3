"""The exact distance between two sets of sites, by the engine that is there."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment, linprog
from scipy.spatial.distance import cdist

from ...core.errors import InputError, show
from ..linalg._labels import Vector
from ._cell import Matrix
from ._read import read_known, require_masses, require_near

__all__ = ["Engine", "choose_engine", "plan_cost", "wasserstein"]

Engine: TypeAlias = Literal["auto", "compiled", "numpy"]


def choose_engine(engine: Engine) -> Literal["compiled", "numpy"]:
    """Return the engine that is meant: compiled loops where numba is installed.

    Parameters
    ----------
    engine : {"auto", "compiled", "numpy"}
        What was asked.

    Raises
    ------
    InputError
        If it is another, or compiled loops are asked for and numba is not installed.

    Examples
    --------
    >>> choose_engine("numpy")
    'numpy'
    """
    if engine not in ("auto", "compiled", "numpy"):
        raise InputError(f"engine: got {show(engine)}; give one of auto, compiled, numpy.")
    there = find_spec("numba") is not None
    if engine == "compiled" and not there:
        raise InputError("engine 'compiled': numba is needed; pip install 'spillgraph[fast]'.")
    return "compiled" if there and engine != "numpy" else "numpy"


def wasserstein(
    a: Matrix,
    b: Matrix,
    weights_a: Vector | None = None,
    weights_b: Vector | None = None,
    *,
    engine: Engine = "auto",
) -> float:
    """Return W₁, the least mean distance over which one set of sites can be moved onto another.

    Parameters
    ----------
    a, b : array_like, shapes (n, 2) and (m, 2)
        Sites, km.
    weights_a, weights_b : array_like, shapes (n,) and (m,), optional
        Their masses, above zero; default: ones. Only shares matter.
    engine : {"auto", "compiled", "numpy"}
        Compiled transportation simplex, or SciPy's linear programs.

    Returns
    -------
    float
        Exact but for rounding, km.

    Raises
    ------
    InputError
        If a set is empty, a coordinate is no finite number or a mass is not above zero.

    Examples
    --------
    >>> wasserstein([[0, 0], [0, 2]], [[3, 0]])
    3.302775637731995
    """
    sets = [_sites(a, weights_a, "a"), _sites(b, weights_b, "b")]
    (xy_a, mass_a), (xy_b, mass_b) = sets
    if choose_engine(engine) == "numpy":
        return plan_cost(cdist(xy_a, xy_b), mass_a, mass_b)[0]
    from ._loops import costs, solve, supplies  # here: numba takes a second to import

    cost = np.empty((len(xy_a), len(xy_b)))
    costs(xy_a, xy_b, cost)
    return float(solve(cost, *supplies(mass_a, mass_b), np.zeros(len(xy_b)), -1.0, np.inf)[1])


def _sites(xy: Matrix, weights: Vector | None, name: str) -> tuple[Matrix, Vector]:
    sites = np.ascontiguousarray(read_known(xy, name))
    if sites.ndim != 2 or sites.shape[1:] != (2,) or not len(sites):
        raise InputError(
            f"{name}: got shape {sites.shape}; give at least one row of x and y, in km."
        )
    require_near(sites, name)
    mass = np.ones(len(sites))
    if weights is not None:
        mass = np.ascontiguousarray(read_known(weights, f"weights_{name}"))
    if mass.shape != (len(sites),):
        raise InputError(
            f"weights_{name}: got shape {mass.shape} for {len(sites)} sites; give one each."
        )
    if not (np.isfinite(sites).all() and np.isfinite(mass).all() and (mass > 0).all()):
        raise InputError(f"{name}: coordinates must be finite numbers, and masses above zero.")
    require_masses(mass, f"weights_{name}")
    return sites, mass


def plan_cost(cost: Matrix, a: Vector, b: Vector) -> tuple[float, Vector]:
    """Return the cost of the best plan and the prices of its columns, by SciPy.

    Parameters
    ----------
    cost : ndarray, shape (n, m)
        Cost of a unit.
    a, b : ndarray, shapes (n,) and (m,)
        Masses; only shares matter.

    Returns
    -------
    float, ndarray of shape (m,)
        The mean cost; prices g with Σ b g + Σ a min(c − g) = cost (zeros where the plan is an
        assignment, which has no prices at hand).

    Examples
    --------
    >>> plan_cost(np.array([[1.0, 4.0]]), np.ones(1), np.ones(2))[0]
    2.5
    """
    n, m = cost.shape
    if n == m and len(np.unique(a)) == 1 and len(np.unique(b)) == 1:
        pairs = linear_sum_assignment(cost)
        return float(cost[pairs].mean()), np.zeros(m)
    rows = sparse.kron(sparse.eye_array(n), np.ones((1, m)))
    columns = sparse.kron(np.ones((1, n)), sparse.eye_array(m))
    supply = np.concatenate([a / a.sum(), b / b.sum()])
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
            f"masses of {min(a.min(), b.min()):g} beside {max(a.max(), b.max()):g} are too unequal "
            "for SciPy's solver; install numba: pip install 'spillgraph[fast]'."
        )
    prices = np.asarray(found.eqlin.marginals[n:])
    # What the prices prove: at a best plan the same number, without the solver's tolerance.
    proved = float((b / b.sum()) @ prices + (a / a.sum()) @ (cost - prices).min(axis=1))
    return proved, prices
