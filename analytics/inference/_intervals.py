"""Standard errors and intervals of every sum, from bootstrap draws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from ...core.errors import InputError
from ..linalg._labels import Vector, require_kind
from ._draws import Draws

__all__ = ["degrees_of_freedom", "intervals", "point_of", "require_draws"]


def intervals(
    draws: Draws, estimate: Draws, level: float = 0.95, *, freedom: int | None = None
) -> pd.DataFrame:
    """Turn bootstrap draws into standard errors and intervals, for every quantity and sector.

    Quantiles are the draws of order (B + 1) p, interpolated. Singular draws have no sums: the
    column ``draws`` says how many entered. Where that is less than ``Draws.count``, the intervals
    hold given that I − W has an inverse.

    Parameters
    ----------
    draws : Draws
        Of bootstrap stocks.
    estimate : Draws
        One draw, the stock itself: ``draw_sums(S, K, weights)``.
    level : float, default 0.95
        Probability with which an interval is to cover.
    freedom : int, optional
        Degrees of freedom ν of the draws' variance, of :func:`degrees_of_freedom`. The quantiles
        are then those of orders Φ(∓ t_ν) in place of Φ(∓ z): a variance of few firms is known
        badly. Where the draws are too few for them, the ends are the smallest and largest draw.

    Returns
    -------
    pandas.DataFrame, shape (Q × N, 10)
        ``quantity``, ``sector``, ``estimate``, ``se`` (standard deviation of the draws), ``bias``
        (mean of the draws − estimate; nothing is corrected for it), ``percentile_low`` and
        ``percentile_high`` (quantiles of the draws), ``basic_low`` and ``basic_high`` (2 ×
        estimate − the other quantile), all in the unit of the quantity, and ``draws``.

    Raises
    ------
    InputError
        If the two have other quantities or sectors, the estimate is not one regular draw, the
        level is not between 0 and 1, degrees of freedom are below 1, or the regular draws are too
        few for the level: 95% needs 39.

    References
    ----------
    Davison & Hinkley (1997), *Bootstrap Methods and their Application*, §2.4, §5.2 and §5.3;
    Hesterberg (2015), *The American Statistician* 69, 371–386 (expanded percentiles).

    Examples
    --------
    >>> from spillgraph.analytics.inference._bootstrap import citations
    >>> from spillgraph.analytics.inference._draws import draw_sums
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> from spillgraph.analytics.steel_and_cars import S
    >>> K = LabelledMatrix.build("K", [[600, 400], [100, 300]], ["steel", "cars"])
    >>> draws = draw_sums(S, citations(K, np.random.default_rng(1), 999))
    >>> table = intervals(draws, draw_sums(S, K)).set_index(["quantity", "sector"])
    >>> table.loc[("benefit", "steel"), ["percentile_low", "percentile_high"]].round(1).tolist()
    [2.9, 3.1]
    """
    points = point_of(draws, estimate)
    frames = []
    for name, frame in draws.values.items():
        values = frame.to_numpy()
        require_draws(int(np.isfinite(values).any(axis=1).sum()), level, f"intervals of {name}")
        summary = _summary(values, points[name], level, freedom)
        frames.append(pd.DataFrame({"quantity": name, "sector": frame.columns, **summary}))
    return pd.concat(frames, ignore_index=True)


def point_of(draws: Draws, estimate: Draws) -> dict[str, Vector]:
    """Return the estimate of every quantity, in the order of the draws' sectors.

    Parameters
    ----------
    draws : Draws
        Of any number of draws.
    estimate : Draws
        One regular draw of the same quantities and sectors.

    Returns
    -------
    dict of str to ndarray, each shape (N,)
        In the unit of each quantity.

    Raises
    ------
    InputError
        If ``estimate`` is not one regular draw, or quantities or sectors differ.

    Examples
    --------
    >>> frame = pd.DataFrame({"steel": [1.0], "cars": [2.0]})
    >>> one = Draws({"benefit": frame}, count=1, singular=0)
    >>> point_of(one, one)["benefit"].tolist()
    [1.0, 2.0]
    """
    require_kind(draws, Draws, "draws")
    require_kind(estimate, Draws, "estimate")
    if estimate.count != 1 or estimate.singular:
        raise InputError(
            f"estimate: one draw with an inverse is needed, got {estimate.count}, "
            f"{estimate.singular} of them singular; give draw_sums(S, K, weights) of the stock K."
        )
    odd = sorted(set(draws.values) ^ set(estimate.values))
    if odd:
        raise InputError(
            f"estimate: quantity {odd[0]!r} is not in both; give estimate and draws the same "
            "weights."
        )
    points = {}
    for name, frame in draws.values.items():
        mine = estimate.values[name]
        if set(mine.columns) != set(frame.columns):
            strange = sorted(set(mine.columns) ^ set(frame.columns))[0]
            raise InputError(f"estimate: sector {strange!r} is not in both; use one S for both.")
        points[name] = np.asarray(mine[frame.columns], dtype=np.float64)[0]
    return points


def require_draws(count: int, level: float, what: str) -> None:
    """Refuse a level that so few draws cannot tell: (count + 1)(1 − level)/2 must reach 1.

    Parameters
    ----------
    count : int
        Regular draws.
    level : float
        Probability of the interval.
    what : str
        What is to be computed, for the error.

    Raises
    ------
    InputError
        If the level is not between 0 and 1, or the draws are too few.

    Examples
    --------
    >>> require_draws(38, 0.95, "ranks")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: ranks: 95% needs at least 39 regular draws, got 38; draw \
more, or lower the level.
    """
    if not 0 < level < 1:
        raise InputError(f"{what}: the level must lie between 0 and 1, got {level}.")
    needed = math.ceil(round(2 / (1 - level), 9)) - 1
    if count < needed:
        raise InputError(
            f"{what}: {100 * level:g}% needs at least {needed} regular draws, got {count}; draw "
            "more, or lower the level."
        )


def degrees_of_freedom(strata: pd.Series[str]) -> int:
    """Return how many numbers the variance of firms drawn within strata rests on.

    Parameters
    ----------
    strata : pandas.Series of str
        Stratum of each firm that is drawn.

    Returns
    -------
    int
        Firms less strata, at least 1; a stratum with one firm adds nothing.

    References
    ----------
    Rust & Rao (1996), *Statistical Methods in Medical Research* 5, 283–310.

    Examples
    --------
    >>> degrees_of_freedom(pd.Series(["steel", "steel", "steel", "cars", "cars", "ships"]))
    3
    """
    require_kind(strata, pd.Series, "strata")
    return max(1, len(strata) - strata.nunique())


def _tail(level: float, freedom: int | None) -> float:
    """Return the share of draws that is left out at either end."""
    if freedom is None:
        return (1 - level) / 2
    if freedom < 1:
        raise InputError(f"degrees of freedom: at least 1 are needed, got {freedom}.")
    return float(special.ndtr(special.stdtrit(freedom, (1 - level) / 2)))


def _summary(
    values: Vector, point: Vector, level: float, freedom: int | None
) -> dict[str, NDArray[np.generic]]:
    """Columns of one quantity; ``values`` has draws in rows, NaN where there is no sum."""
    tail = _tail(level, freedom)
    used = np.isfinite(values)
    count = used.sum(axis=0)
    ordered = np.sort(values, axis=0)  # NaN goes to the end
    low, high = (_quantile(ordered, count, p) for p in (tail, 1 - tail))
    some = np.where(count > 0, count, np.nan)
    bias = np.where(used, values - point, 0.0).sum(axis=0) / some
    spread = np.where(used, values - point - bias, 0.0)
    return {
        "estimate": point,
        "se": np.sqrt((spread**2).sum(axis=0) / np.where(count > 1, count - 1, np.nan)),
        "bias": bias,
        "percentile_low": low,
        "percentile_high": high,
        "basic_low": 2 * point - high,
        "basic_high": 2 * point - low,
        "draws": count,
    }


def _quantile(ordered: Vector, count: NDArray[np.int64], p: float) -> Vector:
    """Value of order (count + 1) p in each column, between two draws where that is not whole."""
    place = np.clip((count + 1) * p, 1, np.maximum(count, 1)) - 1
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    column = np.arange(ordered.shape[1])
    start, end = ordered[below, column], ordered[above, column]
    # Where both are the same, so is the quantile, to the last digit.
    value: Vector = start + (place - below) * (end - start)
    return value
