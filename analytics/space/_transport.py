"""The exact distance between two sets of sites, by the engine that is there."""

from __future__ import annotations

import numpy as np

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._cell import Matrix
from ._engines import Engine, choose_engine
from ._read import read_known, require_masses, require_near

__all__ = ["wasserstein"]


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
    engine : {"auto", "compiled", "numpy", "brute"}
        Compiled transportation simplex, SciPy's linear programs, or POT's network simplex.

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
    (xy_a, mass_a), (xy_b, mass_b) = _sites(a, weights_a, "a"), _sites(b, weights_b, "b")
    return choose_engine(engine).plan(xy_a, xy_b, mass_a, mass_b)[0]


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
