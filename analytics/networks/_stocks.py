"""From yearly citations to the stock that knowledge is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, require_flows, square
from ._by_year import by_year

__all__ = ["accumulate", "stock_of_year", "year_weights"]


def accumulate(
    flows: Mapping[int, MatrixLike], delta: float = 0.0, window: int | None = None
) -> dict[int, LabelledMatrix]:
    """Sum yearly flows to stocks, K^t = (1−δ) K^{t−1} + M^t.

    Parameters
    ----------
    flows : mapping of int to LabelledMatrix, each shape (N, N)
        Flow of each year, all with the same labels and unit. A year between the first and the
        last that is missing has no flow: its stock only depreciates.
    delta : float, default 0
        Depreciation per year, from 0 (cumulative sum, as in the source) to 1 (no memory).
    window : int, optional
        How many years count, the year itself included; 5 with δ = 0 is a sum of five years.
        Default: all since the first.

    Returns
    -------
    dict of int to LabelledMatrix, each shape (N, N)
        Stock at the end of every year from first to last, in the unit of the flows and the
        order of the first year's labels. K^t = Σ_{s ≤ t} (1−δ)^{t−s} M^s over the window.

    Raises
    ------
    InputError
        If there is no year, ``delta`` is outside 0…1, ``window`` is below 1, labels or units
        differ, or a flow is negative or not finite.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, slide "Innovation Network": the stock of 2020 is
    M^1992 + … + M^2020, without depreciation. δ > 0 and windows are extensions.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K as M
    >>> K = accumulate({2000: M, 2002: M}, delta=0.5)
    >>> [(year, stock.sum()) for year, stock in K.items()]
    [(2000, 14.0), (2001, 7.0), (2002, 17.5)]
    >>> accumulate({2000: M, 2002: M}, window=2)[2002].sum()
    14.0
    """
    flows = by_year(flows, "flows by year")
    _require(flows, delta, window)
    years = sorted(flows)
    begin = flows[years[0]]
    first = square(begin, "M")
    values = {
        year: _flow_of_year(square(flows[year], "M", like=begin), first, year) for year in years
    }
    length = f", last {window} years" if window else f" since {years[0]}"
    stocks: dict[int, LabelledMatrix] = {}
    stock = sparse.csr_array(first.shape, dtype="float64")
    for year in range(years[0], years[-1] + 1):
        if window is None:
            # A product makes a new array: no two years may share their numbers.
            stock = stock * (1.0 - delta)
            stock = stock + values[year] if year in values else stock
        else:
            stock = _sum_weighted(values, year, window, delta, first.shape)
        stocks[year] = LabelledMatrix.build(
            "K",
            stock,
            first.rows,
            unit=first.unit,
            year=year,
            provenance={**first.provenance, "stock": f"delta={delta:g}{length}"},
        )
    return stocks


def _require(flows: Mapping[int, MatrixLike], delta: float, window: int | None) -> None:
    if not flows:
        raise InputError("stocks: got no year of flows; give at least one.")
    if not 0 <= delta <= 1:
        raise InputError(f"stocks: depreciation must lie between 0 and 1, got {delta}.")
    if window is not None and window < 1:
        raise InputError(f"stocks: a window holds at least one year, got {window}.")


def _sum_weighted(
    values: Mapping[int, sparse.csr_array],
    year: int,
    window: int | None,
    delta: float,
    shape: tuple[int, int],
) -> sparse.csr_array:
    """Sum the years that count anew: taking the oldest off again would leave rounding behind."""
    total = sparse.csr_array(shape, dtype="float64")
    past = list(values)
    for s, weight in zip(past, year_weights(year, past, delta, window), strict=True):
        if weight > 0:
            total = total + values[s] * weight
    return total


def stock_of_year(
    flows: Mapping[int, LabelledMatrix],
    year: int,
    delta: float = 0.0,
    window: int | None = None,
) -> LabelledMatrix:
    """Sum yearly flows to the stock of one year, also of one without flows.

    Parameters
    ----------
    flows : mapping of int to LabelledMatrix, each shape (N, N)
        Flow of each year, as :func:`accumulate` takes them.
    year : int
        The year of the stock; later flows do not count.
    delta, window
        As in :func:`accumulate`.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        In the unit of the flows and the order of the first year's labels.

    Raises
    ------
    InputError
        As :func:`accumulate`.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K as M
    >>> [stock_of_year({2000: M, 2002: M}, year, delta=0.5).sum() for year in (1999, 2002, 2003)]
    [0.0, 17.5, 8.75]
    """
    flows = by_year(flows, "flows by year")
    _require(flows, delta, window)
    first = square(flows[min(flows)], "M")
    values = {
        s: _flow_of_year(square(flow, "M", like=first), first, s) for s, flow in flows.items()
    }
    stock = _sum_weighted(values, year, window, delta, first.shape)
    return replace(first, name="K", values=stock, year=year)


def year_weights(
    year: int, years: Sequence[int] | NDArray[np.int64], delta: float, window: int | None
) -> Vector:
    """Weight of the citations of some years in the stock of one.

    Parameters
    ----------
    year : int
        The year of the stock.
    years : sequence of int, length T
        Years of citing.
    delta, window
        As in :func:`accumulate`.

    Returns
    -------
    ndarray, shape (T,)
        (1−δ)^(year − s) for the years s that count, else 0.

    Examples
    --------
    >>> year_weights(2002, [1999, 2000, 2002, 2003], 0.5, 3).tolist()
    [0.0, 0.25, 1.0, 0.0]
    """
    age = year - np.asarray(years)
    within = (age >= 0) & (age < (window or np.inf))
    weights: Vector = np.where(within, (1.0 - delta) ** np.maximum(age, 0), 0.0)
    return weights


def _flow_of_year(flow: LabelledMatrix, first: LabelledMatrix, year: int) -> sparse.csr_array:
    """Return the values of one year's flow, checked and in the order of the first year."""
    named = replace(flow, name=f"{flow.name} of {year}")
    if flow.unit != first.unit:
        raise InputError(
            f"matrix {named.name}: its unit is {flow.unit!r}, the first year's {first.unit!r}; "
            "only flows in one unit add up."
        )
    require_flows(named)
    return named.aligned_to(first.rows).values
