"""From flows of capital goods to stocks, and from stocks to what their use costs a year.

The tables here keep the orientation of the paper: rows are what supplies a capital good
(``upstream``), columns who uses it (``downstream``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ...core.labels import describe_difference, finite_numbers, text_labels
from ..linalg._labels import Vector, require_kind
from ._depreciation import RATE, Timing, pv_depreciation

__all__ = ["TAX", "capital_stock", "rental_cost"]

#: Top rate of the US corporate income tax in 1992.
TAX = 0.34


def capital_stock(
    flows: pd.DataFrame, growth: pd.DataFrame | pd.Series[Any] | float, depreciation: Any
) -> pd.DataFrame:
    """Stocks from the flows of one year, on a path of steady growth: K = F (1 + g)/(g + δ).

    Parameters
    ----------
    flows : pandas.DataFrame, shape (A, J)
        F: what user j (columns) bought of capital good i (rows), in money.
    growth : pandas.DataFrame of the same labels, pandas.Series by user, or float
        g: growth of the stock a year, a share.
    depreciation : pandas.Series by capital good, pandas.DataFrame of the same labels, or float
        δ: what a stock loses a year, a share.

    Returns
    -------
    pandas.DataFrame, shape (A, J)
        K at the end of the year, in the money of the flows; axes ``upstream``, ``downstream``.

    Raises
    ------
    InputError
        If g + δ is not above 0 where there is a flow: such a stock never was below any bound. If
        a flow has no rate.

    References
    ----------
    Ouyang & Chang (2011), equations (A9)–(A11), after Abel & Blanchard (1986), *Econometrica* 54,
    249–273.

    Examples
    --------
    >>> flows = pd.DataFrame({"steel": [11.0], "cars": [21.0]}, index=["machines"])
    >>> growth = pd.Series({"steel": 0.0, "cars": 0.05})
    >>> capital_stock(flows, growth, pd.Series({"machines": 0.1})).round(9).to_dict("list")
    {'steel': [110.0], 'cars': [147.0]}
    """
    F = _flows(flows)
    g = _rates(growth, F, "growth", by="downstream")
    delta = _rates(depreciation, F, "depreciation", by="upstream")
    values, total = F.to_numpy(), g + delta
    bad = np.argwhere((values != 0) & ~(total > 0))
    if len(bad):
        i, j = bad[0]
        raise InputError(
            f"capital stock of {show(F.index[i])} used by {show(F.columns[j])}: growth "
            f"{g[i, j]:g} and depreciation {delta[i, j]:g} sum to {total[i, j]:g}; above 0 is "
            "needed. Correct the rates, or merge the user with another."
        )
    safe = np.where(values != 0, total, 1.0)
    return pd.DataFrame(values * (1.0 + g) / safe, F.index, F.columns)


def rental_cost(
    stock: pd.DataFrame,
    depreciation: Any,
    life: pd.Series[Any],
    *,
    r: float = RATE,
    tax: float = TAX,
    credit: float = 0.0,
    timing: Timing = "end",
) -> pd.DataFrame:
    """What the use of capital costs a year: C = (r + δ)(1 − k − u z)/(1 − u) K.

    Parameters
    ----------
    stock : pandas.DataFrame, shape (A, J)
        K: capital good i (rows) in use by user j (columns), in money.
    depreciation : pandas.Series by capital good, pandas.DataFrame of the same labels, or float
        δ a year.
    life : pandas.Series by capital good
        Service life in years, for z, see :func:`pv_depreciation`.
    r : float
        Interest a year; the default is 7.01%.
    tax : float
        u: rate of the tax on profits, from 0 to below 1; the default is 34%.
    credit : float
        k: investment tax credit, a share of the price; none by default.
    timing : {"end", "begin"}
        When in the year tax depreciation counts.

    Returns
    -------
    pandas.DataFrame, shape (A, J)
        Money a year; axes ``upstream``, ``downstream``. At u = 0 it is (r + δ) K.

    Raises
    ------
    InputError
        If a capital good in use has no life or no depreciation (it is named), or a rate is out of
        range.

    References
    ----------
    Ouyang & Chang (2011), equation (A12). Hall & Jorgenson (1967), *AER* 57, 391–414.

    Examples
    --------
    >>> stock = pd.DataFrame({"steel": [110.0], "cars": [147.0]}, index=["machines"])
    >>> years = pd.Series({"machines": 7})
    >>> rental_cost(stock, 0.1, years).round(3).to_dict("list")
    {'steel': [20.473], 'cars': [27.359]}
    >>> rental_cost(stock, 0.1, pd.Series({"halls": 39}))
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: capital good 'machines' is in use and has no life; add it \
to life, in years.
    """
    K = _flows(stock, "capital stock")
    if not 0 <= tax < 1:
        raise InputError(f"tax: {show(tax)}; a rate from 0 to below 1 is needed, 0.34 for 34%.")
    delta = _rates(depreciation, K, "depreciation", by="upstream")
    z = pv_depreciation(_lives(life, K), r, timing).to_numpy()
    factor = (r + delta) * (1.0 - credit - tax * z[:, None]) / (1.0 - tax)
    return pd.DataFrame(factor * K.to_numpy(), K.index, K.columns)


def _flows(table: pd.DataFrame, what: str = "capital flows") -> pd.DataFrame:
    """Return a table of finite numbers with text labels and named axes."""
    require_kind(table, pd.DataFrame, what)
    rows = text_labels(table.index, f"{what}, rows")
    columns = text_labels(table.columns, f"{what}, columns")
    return pd.DataFrame(
        finite_numbers(table, rows, columns, what),
        pd.Index(rows, name="upstream"),
        pd.Index(columns, name="downstream"),
    )


def _rates(given: Any, table: pd.DataFrame, what: str, *, by: str) -> Vector:
    """Rates for each cell, from one number, a series along one axis, or a frame."""
    used = (table != 0).to_numpy()
    if isinstance(given, pd.DataFrame):
        rows, columns = text_labels(given.index, what), text_labels(given.columns, what)
        odd = describe_difference(rows, table.index) or describe_difference(columns, table.columns)
        if odd:
            raise InputError(f"{what}: its labels differ from those of the flows ({odd}).")
        frame = given.set_axis(rows).set_axis(columns, axis=1)
        rates = frame.loc[table.index, table.columns].to_numpy(dtype=np.float64)
    elif isinstance(given, pd.Series):
        axis = table.index if by == "upstream" else table.columns
        series = given.set_axis(text_labels(given.index, what)).reindex(axis)
        line = series.to_numpy(dtype=np.float64)
        rates = np.broadcast_to(line[:, None] if by == "upstream" else line, table.shape)
    elif isinstance(given, int | float | np.number):
        rates = np.full(table.shape, float(given))
    else:
        raise InputError(
            f"{what}: a number, a Series or a DataFrame is needed, got a {type(given).__name__}."
        )
    missing = np.argwhere(used & ~np.isfinite(rates))
    if len(missing):
        i, j = missing[0]
        raise InputError(
            f"{what}: capital good {show(table.index[i])} used by {show(table.columns[j])} has "
            "none; give one for every good that is in use."
        )
    known: Vector = np.where(np.isfinite(rates), rates, 0.0)
    return known


def _lives(life: pd.Series[Any], table: pd.DataFrame) -> pd.Series[float]:
    """Lives in the order of the table's rows; 1 where nothing is in use."""
    require_kind(life, pd.Series, "life")
    known = life.set_axis(text_labels(life.index, "life")).reindex(table.index)
    used = (table != 0).any(axis=1)
    missing = table.index[(used & known.isna()).to_numpy()]
    if len(missing):
        raise InputError(
            f"capital good {show(missing[0])} is in use and has no life; add it to life, in years."
        )
    return known.fillna(1.0)
