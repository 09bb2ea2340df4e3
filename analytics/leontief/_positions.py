"""How far a sector is from final use, and how many stages lie behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, show
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._entries import NEGATIVE, absolute, divide_rows
from ..linalg._labels import Vector, by_label, series
from ..linalg._leakage import row_leaks
from ..linalg._operands import check_production, prove_radius
from ..linalg._resolvent import Resolvent, choose_method
from ._closed import refuse_closed
from ._multipliers import sell_on

__all__ = ["downstreamness", "upstreamness"]


def upstreamness(
    S: MatrixLike,
    output: Any,
    exports: Any = None,
    imports: Any = None,
    inventories: Any = None,
) -> pd.Series[float]:
    """Mean number of steps from a sector's output to final use, the last one counted.

    Of i's output a part z_ij / a_i goes to industry j: U_i = 1 + Σ_j (z_ij / a_i) U_j. In a
    closed economy a is gross output x. With trade, users abroad are taken to be like those at
    home: a = x − exports + imports − inventories, what is used at home in the year.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier]. For an open economy inputs are those
        from home and abroad together, as the US tables have them.
    output : pandas.Series, length N
        Gross output x, any unit.
    exports, imports : pandas.Series, length N, optional
        Of each sector's product, in the same unit; imports as positive amounts.
    inventories : pandas.Series, length N, optional
        Net change of stocks of each sector's product, in the same unit.

    Returns
    -------
    pandas.Series, length N
        Steps, 1 or more; NaN without output.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite, a sector sells inputs although
        nothing of its product is used at home, or the spectral radius is 1 or more.
    ClosedClassError
        If sectors buy everything from each other, or sell everything to each other.

    References
    ----------
    Antràs, Chor, Fally & Hillberry (2012), *American Economic Review P&P* 102, 412–416: eq. (3),
    open economy eq. (9) and the text there on stocks; Fally (2012). World tables, with x less
    inventories: Antràs & Chor (2018), in *World Trade Evolution*, ch. 5.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> upstreamness(S, output["gross_output"]).mul(9).round(9).to_dict()
    {'steel': 16.0, 'cars': 19.0}

    Of the steel 30 is exported, so that industries buy 40 of 70 and not of 100:

    >>> exports = {"steel": 30.0, "cars": 0.0}
    >>> upstreamness(S, output["gross_output"], exports).round(3).to_dict()
    {'steel': 2.296, 'cars': 2.241}
    """
    S = check_production(S)
    x = by_label(output, S.rows, "output")
    given = {"exports": exports, "imports": imports, "inventories": inventories}
    if all(values is None for values in given.values()):
        U = Resolvent(S.values, choose_method(len(x)))
        return series(sell_on(U, x), S.rows, "upstreamness")
    sales = _sales(S, x, _used_at_home(S.rows, x, given))
    steps = Resolvent(sales.values, choose_method(len(x))).reach
    return series(np.where(x > 0, steps, np.nan), S.rows, "upstreamness")


def _used_at_home(labels: tuple[str, ...], x: Vector, given: dict[str, Any]) -> Vector:
    """Gross output less exports and stocks, plus imports."""
    signs = {"exports": -1.0, "imports": 1.0, "inventories": -1.0}
    home = x.copy()
    for name, values in given.items():
        if values is not None:
            home += signs[name] * by_label(values, labels, name)
    return home


def _sales(S: LabelledMatrix, x: Vector, home: Vector) -> LabelledMatrix:
    """z_ij / a_i, [supplier, user]: what of a product that is used at home goes to each user."""
    Z = sparse.csr_array((sparse.diags_array(x) @ S.values).T)
    Z.eliminate_zeros()
    sold = np.diff(Z.indptr) > 0
    wrong = np.flatnonzero(sold & (home <= 0))
    if wrong.size:
        i = wrong[0]
        part = f"{home[i] / x[i]:.3g} of its output" if x[i] > 0 else f"{home[i]:g}"
        raise InputError(
            f"upstreamness: of {show(S.rows[i])} {part} is used at home (output less exports and "
            "stocks, plus imports), but industries buy it; more than 0 is needed. Check its trade "
            "and stocks, or leave them out."
        )
    name = "sales over home use"
    kept = {NEGATIVE: S.provenance[NEGATIVE]} if NEGATIVE in S.provenance else {}
    sales = LabelledMatrix(name, divide_rows(Z, home), S.rows, S.rows, provenance=kept)
    size = absolute(sales)
    refuse_closed(
        size,
        None,
        "sell to each other alone and nothing to final users at home, so that their output never "
        "ends",
        "Check trade and stocks of these sectors, or merge them with one that sells to final "
        "users.",
    )
    if (row_leaks(size) < 0).any():
        prove_radius(size)
    return sales


def downstreamness(S: MatrixLike, output: Any = None, value_added: Any = None) -> pd.Series[float]:
    """Mean number of stages behind a sector's output, its own counted.

    D_j = 1 + Σ_i s_ji D_i: a unit of cost that is value added is one stage old.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    output, value_added : pandas.Series, length N, optional
        Gross output and value added in one unit. With both, cost is what S and value added hold:
        imports and taxes that are neither are taken to be like the rest, as trade is in
        :func:`upstreamness`. Default: cost is gross output, and what S does not hold counts as
        value added.

    Returns
    -------
    pandas.Series, length N
        Stages, 1 or more; without ``value_added`` the output multiplier.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite, one of ``output`` and
        ``value_added`` is missing, a sector with inputs has no positive cost, or a spectral
        radius is 1 or more.
    ClosedClassError
        If sectors buy everything from each other.

    References
    ----------
    Fally (2012), *Production Staging: Measurement and Facts*, eq. (1); Antràs & Chor (2013),
    *Econometrica* 81; Antràs & Chor (2018), in *World Trade Evolution*, ch. 5.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> downstreamness(S).round(12).to_dict()
    {'steel': 2.0, 'cars': 2.0}
    >>> added = output["value_added"] * [0.8, 1]  # a tenth of steel's cost is imported
    >>> downstreamness(S, output["gross_output"], added).round(3).to_dict()
    {'steel': 2.154, 'cars': 2.026}
    """
    S = check_production(S)
    if (output is None) != (value_added is None):
        lacking = "output" if output is None else "value_added"
        raise InputError(f"downstreamness: {lacking} is missing; give output and value_added both.")
    if value_added is not None:
        x, v = (
            by_label(values, S.rows, name)
            for name, values in (("output", output), ("value_added", value_added))
        )
        S = _cost_shares(S, x, v)
    U = Resolvent(S.values, choose_method(len(S.rows)))
    return series(U.reach, S.rows, "downstreamness")


def _cost_shares(S: LabelledMatrix, x: Vector, value_added: Vector) -> LabelledMatrix:
    """Shares of inputs in what S and value added hold of the cost."""
    inputs = np.asarray(S.values.sum(axis=1), dtype=np.float64)
    v = np.divide(value_added, x, out=np.ones(len(x)), where=x > 0)
    cost = inputs + v
    wrong = np.flatnonzero((np.diff(S.values.indptr) > 0) & (cost <= 0))
    if wrong.size:
        raise InputError(
            f"downstreamness: inputs and value added of {show(S.rows[wrong[0]])} are "
            f"{cost[wrong[0]]:g} of its output; a positive cost is needed. Check its value added."
        )
    shares = LabelledMatrix(
        "cost shares", divide_rows(S.values, cost), S.rows, S.rows, provenance=S.provenance
    )
    size = absolute(shares)
    refuse_closed(
        size,
        None,
        "buy from each other alone and add no value, so that their cost begins nowhere",
        "Check their value added.",
    )
    if (row_leaks(size) < 0).any():
        prove_radius(size)
    return shares
