"""Pools: what of a quantity reaches each receiver through a network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, series
from ._known import Missing, read_matrix, read_values, require_missing

__all__ = ["add_up", "pool"]


def pool(M: MatrixLike, x: Any, *, missing: Missing = "nan") -> pd.Series[float]:
    """Return for each receiver the sum of what its sources have, pool_j = Σ_k M_jk x_k.

    With W and patents it is the knowledge that a sector draws on, with S the inputs behind its
    output, with Φ what the industries have near which it locates.

    Parameters
    ----------
    M : DataFrame, LabelledMatrix, array_like or sparse array, shape (R, C)
        Rows receive, columns are sources. Own entries count where there are any. An entry that is
        not known is NaN, in a frame or an array: what is absent from a labelled matrix is 0.
    x : pandas.Series, length C
        A quantity of each source, joined by label; NaN where it is not known.
    missing : {"nan", "zero"}
        A receiver with an entry that is not known, or with an entry other than 0 for a source whose
        quantity is not known, has a pool that is not known (``nan``); or what is not known is
        taken for 0, and pools are lower bounds if nothing is negative (``zero``).

    Returns
    -------
    pandas.Series, length R
        In the unit of ``M`` times that of ``x``.

    Raises
    ------
    InputError
        If the labels of ``x`` are not those of the sources, one repeats, or an entry or a quantity
        is infinite or a text.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> patents = pd.Series({"cars": 100, "steel": 40})
    >>> pool(W, patents).to_dict()
    {'steel': 40.0, 'cars': 10.0}

    Of steel's patents nothing is known:

    >>> pool(W, pd.Series({"cars": 100, "steel": None})).to_dict()
    {'steel': 40.0, 'cars': nan}
    """
    require_missing(missing)
    known, unknown = read_matrix(M, "M", like=x)
    quantity = read_values(x, known.columns, "x")
    sums = add_up(known.values, unknown.values, quantity, missing)
    return series(sums, known.rows, "pool")


def add_up(
    known: sparse.csr_array, unknown: sparse.csr_array, x: Vector, missing: Missing
) -> Vector:
    """Return M x, NaN where a term of the sum is not known.

    Parameters
    ----------
    known, unknown : scipy.sparse.csr_array, each shape (R, C)
        Entries of M, 0 where they are not known; 1 where they are not known.
    x : ndarray, shape (C,)
        NaN where it is not known; it is not asked for where the entry of M is 0.
    missing : {"nan", "zero"}
        As in :func:`pool`.

    Returns
    -------
    ndarray, shape (R,)

    Examples
    --------
    >>> M, nothing = sparse.csr_array([[0.0, 2.0], [1.0, 0.0]]), sparse.csr_array((2, 2))
    >>> add_up(M, nothing, np.array([np.nan, 3.0]), "nan").tolist()
    [6.0, nan]
    """
    gaps = np.isnan(x)
    sums: Vector = known @ np.where(gaps, 0.0, x)
    if missing == "nan":
        sums[unknown.sum(axis=1) + abs(known) @ gaps.astype(np.float64) > 0] = np.nan
    return sums
