"""Growth accounting of the spillover system: d ln y = ψ g, by channel, by source and in the sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, by_label
from ..linalg._operands import check_operands
from ..linalg._resolvent import Resolvent, choose_method
from ..spillovers import CHANNELS, EXACT
from ._panels import Network, check_panel, networks_of, require_same_years, to_panel

__all__ = [
    "Account",
    "AggregateGrowth",
    "Channel",
    "account",
    "aggregate_growth",
    "by_source",
]

Channel: TypeAlias = Literal[
    "own", "production", "innovation", "interaction", "spillover", "output"
]
UNIT = "log points"


@dataclass(frozen=True, slots=True)
class Account:
    """Growth of output by channel; all panels of T years × N sectors, in log points.

    Parameters
    ----------
    own : pandas.DataFrame, shape (T, N)
        g: technical progress of the sector itself.
    production : pandas.DataFrame, shape (T, N)
        (U − I) g, through chains of inputs only.
    innovation : pandas.DataFrame, shape (T, N)
        (V − I) g, through chains of citations only; ``own + innovation`` is d ln A.
    interaction : pandas.DataFrame, shape (T, N)
        (U − I)(V − I) g, through citations and then inputs.
    spillover : pandas.DataFrame, shape (T, N)
        (ψ − I) g, the sum of the last three.
    dlny : pandas.DataFrame, shape (T, N)
        ψ g, the growth of output that g explains: ``own + spillover``.
    residual : pandas.Series, length T
        Largest entry of (I − W)(I − S) d ln y − g of each year, in log points; 0 but for rounding.
    """

    own: pd.DataFrame
    production: pd.DataFrame
    innovation: pd.DataFrame
    interaction: pd.DataFrame
    spillover: pd.DataFrame
    dlny: pd.DataFrame
    residual: pd.Series[float]


@dataclass(frozen=True, slots=True)
class AggregateGrowth:
    """Aggregate growth b'd ln y by source and channel, in log points × unit of b.

    Parameters
    ----------
    growth : pandas.Series, length T
        b'ψ g; with shares of final demand for b, the growth of real GDP.
    by_source : pandas.DataFrame, shape (T, N)
        (b'ψ)_j g_j: what the progress of source j gave to the aggregate.
    by_channel : pandas.DataFrame, shape (T, 4)
        Own, production, innovation and interaction, summed over sources.
    cells : pandas.DataFrame, shape (T, 4 N)
        Both at once; columns ``channel`` and ``source``. All three add up to ``growth``.
    """

    growth: pd.Series[float]
    by_source: pd.DataFrame
    by_channel: pd.DataFrame
    cells: pd.DataFrame


def account(S: Network, W: Network, g: pd.DataFrame) -> Account:
    """Split the growth of output into own progress and spillovers by channel.

    No inverse is formed: years that share their networks are solved for together.

    Parameters
    ----------
    S : LabelledMatrix, or mapping of int to LabelledMatrix, each shape (N, N)
        Production shares of gross output, [user, supplier]; one for all years, or one for each
        year of g.
    W : LabelledMatrix, or mapping of int to LabelledMatrix, each shape (N, N)
        Citation shares, [citing, cited].
    g : pandas.DataFrame, shape (T, N)
        Technical progress before any spillover, in log points; the row of a year is the step to
        it from the year before. :func:`~spillgraph.analytics.filter_tfp` makes it.

    Returns
    -------
    Account
        Years and sectors in the order of g.

    Raises
    ------
    InputError
        If labels differ, a year has no network, years are not consecutive, or a number is not
        finite.
    ClosedClassError
        If a network has a closed class.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2: d ln y_i = g_i + Σ_j (ψ_ij − 1[i=j]) g_j, with
    dμ_jt for the printed dμ_ij in g_j (erratum E-000.5). Channels by the exact split of
    :func:`~spillgraph.analytics.elements`, not by their T1, T2 and T3.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> g = pd.DataFrame({"steel": [0.27], "cars": [0.0]}, index=[2001])
    >>> growth = account(S, W, g)
    >>> growth.dlny.round(9).loc[2001].to_dict()
    {'steel': 0.45, 'cars': 0.2}
    >>> growth.spillover.round(9).loc[2001].to_dict()
    {'steel': 0.18, 'cars': 0.2}
    >>> growth.production.round(9).loc[2001].to_dict()
    {'steel': 0.09, 'cars': 0.06}
    """
    panel = check_panel(g, "g")
    progress = panel.to_numpy()
    parts = {name: np.empty_like(progress) for name in (*EXACT, "dlny")}
    left = np.empty(len(progress))
    for span, U, V in _runs(S, W, panel):
        for name, part in _split(U, V, progress[span].T).items():
            parts[name][span] = part.T
        grown = U.solve(V.solve(progress[span].T))
        parts["dlny"][span] = grown.T
        back = grown - U.multiply(grown)
        left[span] = np.abs(back - V.multiply(back) - progress[span].T).max(axis=0)
    spillover = parts["production"] + parts["innovation"] + parts["interaction"]
    return Account(
        residual=pd.Series(left, panel.index, name="residual"),
        spillover=to_panel(spillover, panel.index, panel.columns),
        **{name: to_panel(part, panel.index, panel.columns) for name, part in parts.items()},
    )


def by_source(
    S: Network,
    W: Network,
    g: pd.DataFrame,
    *,
    year: int | None = None,
    channel: Channel = "spillover",
) -> LabelledMatrix:
    """Split the growth of each sector by the sector whose progress it comes from.

    Parameters
    ----------
    S, W, g
        As in :func:`account`.
    year : int, optional
        A year of g. Default: the mean over all years.
    channel : str, default "spillover"
        One of ``own``, ``production``, ``innovation``, ``interaction``, ``spillover`` (the last
        three) and ``output`` (all four).

    Returns
    -------
    LabelledMatrix, shape (N, N)
        Entry [i, j] is what sector i owes to the progress of source j, in log points:
        (ψ_ij − 1[i=j]) g_j for the spillover. Its rows add up to the panel of :func:`account`.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`account`; or if g does not hold the year, or there is no such channel.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2: the terms (ψ_ij − 1[i=j]) g_j of their sum.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> g = pd.DataFrame({"steel": [0.27], "cars": [0.54]}, index=[2001])
    >>> by_source(S, W, g, year=2001).to_frame().round(9).to_numpy().tolist()
    [[0.18, 0.72], [0.2, 0.58]]
    """
    panel = check_panel(g, "g")
    names = _channels(channel)
    if year is not None:
        if year not in panel.index:
            raise InputError(
                f"year: a year of g, {panel.index[0]} to {panel.index[-1]}, is needed, got {year}."
            )
        panel = panel.loc[[year]]
    total = np.zeros((panel.shape[1], panel.shape[1]))
    for span, U, V in _runs(S, W, panel):
        parts = _split(U, V, np.diag(panel.to_numpy()[span].sum(axis=0)))
        total += np.sum([parts[name] for name in names], axis=0)
    span_text = (
        f"{panel.index[0]}" if year is not None else f"mean {panel.index[0]}–{panel.index[-1]}"
    )
    return LabelledMatrix.build(
        f"{channel} by source",
        total / len(panel),
        list(panel.columns),
        unit=UNIT,
        year=year,
        provenance={"years": span_text},
    )


def aggregate_growth(
    S: Network, W: Network, g: pd.DataFrame, b: pd.Series[float] | pd.DataFrame
) -> AggregateGrowth:
    """Split aggregate growth b'd ln y by the source of progress and by channel.

    Parameters
    ----------
    S, W, g
        As in :func:`account`.
    b : pandas.Series, length N, or pandas.DataFrame, shape (T, N)
        Weights of the sectors that grow, used as given, for all years or for each. The theory's
        are shares of final demand: then the answer is the growth of real GDP.

    Returns
    -------
    AggregateGrowth
        Years and sectors in the order of g.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`account`; or if the weights have other labels or years.

    References
    ----------
    d ln Y = b'ψ g, with the consumption shares b of Li et al. (2024), 30th IIOA conference, §3.1,
    who say only "weighted sum". With W = 0 the weights b'U are those of Domar, and this is the
    theorem of Hulten (1978), *Review of Economic Studies* 45, 511–518.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W, b
    >>> g = pd.DataFrame({"steel": [0.36], "cars": [0.72]}, index=[2001])
    >>> result = aggregate_growth(S, W, g, b)
    >>> result.by_source.round(9).loc[2001].to_dict(), round(float(result.growth[2001]), 9)
    ({'steel': 0.4, 'cars': 1.28}, 1.68)
    """
    panel = check_panel(g, "g")
    weights = _weights(b, panel)
    shape = (len(EXACT), *panel.shape)
    reach = np.empty(shape)  # b' of each channel's matrix, year by year
    for span, U, V in _runs(S, W, panel):
        w = weights[span if len(weights) > 1 else slice(None)].T
        demanded = U.multiply(U.solve(w, transposed=True), transposed=True)  # (U − I)'b
        reach[0, span], reach[1, span] = w.T, demanded.T
        for k, right in ((2, w), (3, demanded)):
            reach[k, span] = V.multiply(V.solve(right, transposed=True), transposed=True).T
    cells = reach * panel.to_numpy()
    growth = (account(S, W, panel).dlny.to_numpy() * weights).sum(axis=1)
    columns = pd.MultiIndex.from_product([EXACT, panel.columns], names=["channel", "source"])
    return AggregateGrowth(
        pd.Series(growth, index=panel.index, name="growth"),
        to_panel(cells.sum(axis=0), panel.index, panel.columns).rename_axis(columns="source"),
        to_panel(cells.sum(axis=2).T, panel.index, EXACT).rename_axis(columns="channel"),
        pd.DataFrame(np.hstack(list(cells)), index=panel.index, columns=columns),
    )


def _weights(b: pd.Series[float] | pd.DataFrame, panel: pd.DataFrame) -> Vector:
    """Weights as one row for all years, or one for each."""
    if isinstance(b, pd.Series):
        return by_label(b, tuple(panel.columns), "b")[None, :]
    yearly = check_panel(b, "b", list(panel.columns))
    require_same_years(yearly, panel.index, "b")
    return yearly.to_numpy()


def _channels(channel: str) -> tuple[str, ...]:
    """Return the channels that a name stands for."""
    groups = {**{name: (name,) for name in EXACT}, "spillover": CHANNELS, "output": EXACT}
    if channel not in groups:
        raise InputError(f"channel: got {channel!r}. {nearest(channel, groups)}")
    return groups[channel]


def _split(U: Resolvent, V: Resolvent, g: Vector) -> dict[str, Vector]:
    """Each channel's effect of progress g, shape (N, K); W V = V − I, without a difference."""
    learnt = V.multiply(V.solve(g))
    return {
        "own": g,
        "production": U.multiply(U.solve(g)),
        "innovation": learnt,
        "interaction": U.multiply(U.solve(learnt)),
    }


def _runs(
    S: Network, W: Network, panel: pd.DataFrame
) -> Iterator[tuple[slice, Resolvent, Resolvent]]:
    """Runs of years that share both networks, which are ready to be solved for.

    All sectors are in the order of the panel.
    """
    years, labels = list(panel.index), list(panel.columns)
    how = choose_method(len(labels))
    production = networks_of(S, years, labels, "S")
    innovation = networks_of(W, years, labels, "W")
    start = 0
    for t in range(1, len(years) + 1):
        if (
            t < len(years)
            and production[t] is production[start]
            and innovation[t] is innovation[start]
        ):
            continue
        s, w, _, _ = check_operands(production[start], innovation[start], None)
        yield slice(start, t), Resolvent(s.values, how), Resolvent(w.values, how)
        start = t
