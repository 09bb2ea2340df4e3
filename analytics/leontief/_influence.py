"""What a sector weighs in the aggregate: influence, and Domar weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, by_label, series
from ..linalg._leakage import row_leaks
from ..linalg._operands import check_production
from ..linalg._resolvent import Resolvent, choose_method

__all__ = ["derive_final_demand", "domar_weights", "influence"]


def influence(S: MatrixLike, weights: Any = None) -> pd.Series[float]:
    """By how many per cent the aggregate rises if primary inputs of a sector work 1% better.

    influence_j = v_j Σ_i c_i U_ij, v = 1 − S1 the share of primary inputs, c the weights of
    sectors in consumption.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    weights : pandas.Series, length N, optional
        Consumption of each sector's product, any unit, not negative; divided by its sum. Default:
        equal weights 1/N, as in the source.

    Returns
    -------
    pandas.Series, length N
        Shares that sum to 1. Negative where inputs exceed output.

    Raises
    ------
    InputError
        If labels differ, weights are negative or sum to 0, an entry is negative or not finite, or
        the spectral radius is 1 or more.
    ClosedClassError
        If sectors buy everything from each other.

    References
    ----------
    Acemoglu, Carvalho, Ozdaglar & Tahbaz-Salehi (2012), *Econometrica* 80, 1977–2016, eq. (4):
    (α/n) [I − (1 − α) W']⁻¹ 1, where all sectors have the same share of labour α.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, b
    >>> influence(S).mul(18).round(9).to_dict()
    {'steel': 7.0, 'cars': 11.0}
    >>> influence(S, b).mul(9).round(9).to_dict()
    {'steel': 3.0, 'cars': 6.0}
    """
    S = check_production(S)
    n = len(S.rows)
    c = np.full(n, 1.0 / n)
    if weights is not None:
        c = _shares(by_label(weights, S.rows, "weights"), "weights")
        if (c < 0).any():
            raise InputError(
                f"weights: {S.rows[int(np.argmin(c))]!r} is negative; consumption of 0 or more is "
                "needed."
            )
    U = Resolvent(S.values, choose_method(n))
    return series(row_leaks(S) * U.solve(c, transposed=True), S.rows, "influence")


def domar_weights(S: MatrixLike, final_demand: Any, output: Any = None) -> pd.DataFrame:
    """Sales over GDP: what 1% of technology of a sector is worth, in % of GDP.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    final_demand : pandas.Series, length N
        Final demand of each sector's product, any unit; its sum is GDP.
    output : pandas.Series, length N, optional
        Gross output, in the same unit.

    Returns
    -------
    pandas.DataFrame, N rows
        ``domar``: b'U, b = final demand over its sum; what the network implies. ``observed``:
        output over the sum of final demand, NaN where no output was given. They are equal where
        accounts balance; (b'U)(1 − S1) = 1 in any case.

    Raises
    ------
    InputError
        If labels differ, final demand sums to 0 or less, an entry is negative or not finite, or
        the spectral radius is 1 or more.
    ClosedClassError
        If sectors buy everything from each other.

    References
    ----------
    Domar (1961), *Economic Journal* 71; Hulten (1978), *Review of Economic Studies* 45, 511–518.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> domar_weights(S, output["final_demand"], output["gross_output"]).mul(3).round(9).to_dict()
    {'domar': {'steel': 2.0, 'cars': 4.0}, 'observed': {'steel': 2.0, 'cars': 4.0}}
    """
    S = check_production(S)
    f = by_label(final_demand, S.rows, "final_demand")
    b = _shares(f, "final_demand")
    U = Resolvent(S.values, choose_method(len(f)))
    observed = np.full(len(f), np.nan)
    if output is not None:
        observed = by_label(output, S.rows, "output") / f.sum()
    weights = {"domar": U.solve(b, transposed=True), "observed": observed}
    return pd.DataFrame(weights, index=pd.Index(S.rows, name="label"))


def _shares(amounts: Vector, what: str) -> Vector:
    total = amounts.sum()
    if not total > 0:
        raise InputError(f"{what}: its sum is {total:g}; a positive sum is needed.")
    shares: Vector = amounts / total
    return shares


def derive_final_demand(S: MatrixLike, output: Any) -> pd.Series[float]:
    """What of each sector's output is not sold as an input: x − S'x.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    output : pandas.Series, length N
        Gross output x, in money.

    Returns
    -------
    pandas.Series, length N
        Final demand, in the unit of ``output``; exactly 0 where only rounding is left. Net of
        imports: negative where more of a product is used as an input than is made.

    Raises
    ------
    InputError
        If labels differ, an entry of S is negative or not finite, or its spectral radius is 1 or
        more.
    ClosedClassError
        If sectors buy everything from each other.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> derive_final_demand(S, output["gross_output"]).to_dict()
    {'steel': 60.0, 'cars': 90.0}
    """
    S = check_production(S)
    x = by_label(output, S.rows, "output")
    return series(leave(S, x), S.rows, "final_demand")


def leave(S: LabelledMatrix, x: Vector) -> Vector:
    """Return x − S'x without what is nothing but rounding."""
    final: Vector = x - S.values.T @ x
    rounding = np.finfo(np.float64).eps * (len(x) + 3) * (np.abs(x) + S.values.T @ np.abs(x))
    final[np.abs(final) <= rounding] = 0.0
    return final
