"""Solves with the make table, which product technology inverts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import splu

from ...core.errors import InputError, show
from ..linalg._labels import Vector

__all__ = ["solve_make"]


def solve_make(make: pd.DataFrame, right: Vector, *, transposed: bool) -> Vector:
    """Solve V X = R, or V' X = R, where V is the make table without scrap.

    Parameters
    ----------
    make : pandas.DataFrame, shape (N, N)
        Industries by as many products, in money.
    right : ndarray, shape (N, K)
        R.
    transposed : bool
        Solve with V'.

    Returns
    -------
    ndarray, shape (N, K)

    Raises
    ------
    InputError
        If V is no square or has no inverse.

    Examples
    --------
    >>> make = pd.DataFrame({"steel": [90.0, 0], "cars": [10.0, 200]}, index=["steel", "cars"])
    >>> solve_make(make, np.array([[90.0], [210.0]]), transposed=True).tolist()
    [[1.0], [1.0]]
    """
    V = sparse.csc_array(make.to_numpy())
    n, m = V.shape
    if n != m:
        raise InputError(
            "product technology (models A and C) inverts the make table: as many products as "
            f"industries are needed, got {m} products and {n} industries{_odd(make)}. Merge them, "
            "or take industry technology (models B and D), which needs no inverse."
        )
    try:
        X: Vector = splu(sparse.csc_array(V.T) if transposed else V).solve(right)
    except RuntimeError as error:
        if "singular" not in str(error):
            raise
        X = np.full(right.shape, np.nan)
    residual = np.abs((V.T if transposed else V) @ X - right)
    if not (residual <= 1e-8 * max(1.0, float(np.abs(right).max(initial=0.0)))).all():
        raise InputError(
            "product technology (models A and C) inverts the make table, and this one has no "
            f"inverse: some industries make the same mix of products{_odd(make)}. Merge them, or "
            "take industry technology (models B and D)."
        )
    return X


def _odd(make: pd.DataFrame) -> str:
    """Name what is no industry's main product, or an industry without a product of its own."""
    main = make.idxmax(axis=1)
    orphans = [c for c in make.columns if c not in set(main.map(str))]
    if orphans:
        more = f" and {len(orphans) - 3} more" if len(orphans) > 3 else ""
        listed = ", ".join(map(show, orphans[:3]))
        return f" (no industry mainly makes {listed}{more})"
    twice = main.index[main.duplicated()]
    return f" (industry {show(twice[0])} has no main product of its own)" if len(twice) else ""
