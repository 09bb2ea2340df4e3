"""Which hubs rose and which fell between two years, with a test of the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ...core.labels import text_labels
from ...core.numbers import whole_number
from ..inference import rank_intervals
from ..linalg._labels import Vector, by_label
from ._adjust import adjust
from ._trend_test import LEAST_YEARS, mann_kendall, sen_slope
from ._year_labels import Measure, exchange_years

__all__ = ["HubChange", "change_of_hubs"]

#: Differences this close, relative, are equal.
EQUAL = 1e-9
NOTHING_TO_GO_BY = (
    "change of hubs: two years without anything behind them leave no test. Give `draws` of both "
    "years, or `records` and `measure`, or the scores of 4 years or more."
)


@dataclass(frozen=True, slots=True)
class HubChange:
    """Change of every industry's score and rank, and its test.

    Parameters
    ----------
    table : pandas.DataFrame, indexed by ``label``
        ``score_from``, ``score_to``, ``change`` (to − from) in the unit of the scores;
        ``rank_from``, ``rank_to`` (1 is the largest) and ``rise``, the places gained; ``p`` of the
        change of score, two-sided, with ``p_holm`` and ``q`` (Benjamini–Hochberg) over the
        industries; ``verdict``: ``rose``, ``fell`` or empty, about ranks, right for all industries
        together with the probability ``level``.

        With ``draws`` also ``change_low``, ``change_high``, ``rise_low``, ``rise_high``, intervals
        for one industry at a time, and ``p_familywise``, which is adjusted by the largest
        deviation (Westfall–Young); the verdict is that of simultaneous sets of ranks. With
        ``permutation`` and ``trend`` also ``p_rank``, of which the verdict takes Holm's adjustment;
        with ``trend`` ``slope``, ``slope_low`` and ``slope_high``, in the unit of the scores a
        year.
    test : str
        ``draws``, ``permutation`` or ``trend``: what the p-values are of.
    years : tuple of int
        All years that entered, in order.
    level : float
        Probability with which intervals cover and verdicts are right.
    draws : int
        Draws or permutations; 0 for ``trend``.
    smallest_p : float
        The least that a p-value could have been; where ``smallest_p`` times the number of
        industries is above 1 − level, Holm's adjustment could find nothing.
    """

    table: pd.DataFrame
    test: str
    years: tuple[int, ...]
    level: float
    draws: int
    smallest_p: float


def change_of_hubs(
    scores: pd.DataFrame | Mapping[int, pd.Series[Any]],
    draws: Mapping[int, pd.DataFrame] | None = None,
    *,
    years: tuple[int, int] | None = None,
    records: pd.DataFrame | None = None,
    measure: Measure | None = None,
    by: str | None = None,
    permutations: int = 999,
    seed: int = 0,
    level: float = 0.95,
) -> HubChange:
    """Say which industries rose or fell as hubs between two years, and how sure that is.

    What is given decides the test, the first that is possible:

    1. ``draws`` of both years, bootstraps of the scores: the difference of a draw of one year and
       one of the other varies as the difference of the scores does. Where the same draw stands
       for both years (the same firms drawn for both), draw b of one belongs to draw b of the
       other; otherwise the order does not matter.
    2. ``records`` and a ``measure``: the years of the records are exchanged. Without any change
       every exchange is as likely. It tests whether the years differ in anything that moves the
       score; give a measure that does not grow with the number of records, such as a share.
    3. Neither, but 4 years or more: Mann–Kendall's test of a trend from first to last, exact for
       few years, and Sen's slope. It takes years for independent; scores that drift slowly look
       like trends too often.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (T, N); or mapping of int to pandas.Series
        A measure of hubs by year (rows) and industry (columns), of :func:`hub_table` for instance.
        Finite everywhere.
    draws : mapping of int to pandas.DataFrame, each shape (B, N), optional
        For both years: draws in rows, industries in columns. Draws with NaN are left out.
    years : tuple of int, optional
        From which to which. Default: the first and the last.
    records, measure, by
        As in the second test: rows with a column ``year``; a function of the rows of one year
        that returns the score of every industry; the column whose records stay together, for
        instance the citing firm.
    permutations : int, default 999
        Exchanges of years.
    seed : int, default 0
        Of the exchanges.
    level : float, default 0.95
        Probability with which intervals cover and verdicts are right, between 0 and 1.

    Returns
    -------
    HubChange

    Raises
    ------
    InputError
        If labels or years differ, a score is not finite, nothing is given to test by, or draws
        are too few for the level.

    References
    ----------
    Hall (1988), *Annals of Statistics* 16, 927–953 (symmetric intervals); Mogstad, Romano, Shaikh
    & Wilhelm (2024), *Review of Economic Studies* 91, 476–518 (ranks); Westfall & Young (1993),
    *Resampling-Based Multiple Testing*; Mann (1945); Sen (1968).

    Examples
    --------
    >>> scores = pd.DataFrame(
    ...     {"steel": [9.0, 8, 6, 5, 3], "cars": [5.0, 6, 7, 8, 9], "milk": [1.0, 1, 1, 1, 1]},
    ...     index=[2016, 2017, 2018, 2019, 2020],
    ... )
    >>> found = change_of_hubs(scores, level=0.9)
    >>> found.test, found.table["rise"].to_dict()
    ('trend', {'steel': -1, 'cars': 1, 'milk': 0})
    >>> found.table["slope"].to_dict()
    {'steel': -1.5, 'cars': 1.0, 'milk': 0.0}
    >>> rng = np.random.default_rng(1)
    >>> draws = {
    ...     year: pd.DataFrame(rng.normal(scores.loc[year], 0.3, (999, 3)), columns=scores.columns)
    ...     for year in (2016, 2020)
    ... }
    >>> change_of_hubs(scores, draws).table["verdict"].to_dict()
    {'steel': 'fell', 'cars': 'rose', 'milk': ''}
    """
    frame = _frame(scores)
    if not 0 < level < 1:
        raise InputError(f"level: a probability between 0 and 1 is needed, got {level}.")
    first, last = _two(frame, years)
    table = _differences(frame, first, last)
    if draws is not None:
        count, smallest = _by_draws(table, draws, (first, last), level)
        return _close(table, "draws", (first, last), level, count, smallest)
    if records is not None or measure is not None:
        if records is None or measure is None:
            raise InputError("change of hubs: `records` and `measure` are needed together.")
        exchanged = exchange_years(
            records,
            measure,
            (first, last),
            tuple(frame.columns),
            np.random.default_rng(whole_number(seed, "seed")),
            permutations,
            by,
        )
        smallest = _by_exchange(table, exchanged)
        return _close(table, "permutation", (first, last), level, permutations, smallest)
    series = frame.loc[first:last]
    if len(series) < LEAST_YEARS:
        raise InputError(NOTHING_TO_GO_BY)
    smallest = _by_trend(table, series, level)
    return _close(table, "trend", tuple(series.index), level, 0, smallest)


# -- what is given ---------------------------------------------------------------------------------


def _frame(scores: pd.DataFrame | Mapping[int, pd.Series[Any]]) -> pd.DataFrame:
    """Scores by year, in order, and by label."""
    if isinstance(scores, Mapping) and all(isinstance(s, pd.Series) for s in scores.values()):
        scores = pd.DataFrame(dict(scores)).T
    if not isinstance(scores, pd.DataFrame):
        got = type(scores).__name__
        raise InputError(f"scores: years by industries: a DataFrame is needed, got a {got}.")
    if scores.empty:
        raise InputError("scores: there are none; give a row a year and a column an industry.")
    years = pd.to_numeric(pd.Series(scores.index), errors="coerce")
    odd = np.flatnonzero(years.isna() | (years % 1 != 0))
    if odd.size:
        raise InputError(f"scores: {show(scores.index[odd[0]])} is not a year; rows are years.")
    if years.duplicated().any():
        raise InputError(f"scores: {int(years[years.duplicated()].iloc[0])} occurs twice.")
    labels = text_labels(scores.columns, "scores")
    values = scores.to_numpy(dtype=np.float64)
    wrong = np.argwhere(~np.isfinite(values))
    if wrong.size:
        t, i = wrong[0]
        raise InputError(
            f"scores: {show(labels[i])} has {values[t, i]:g} in {int(years[t])}; finite numbers "
            "are needed. Leave out the industry, or the year."
        )
    return pd.DataFrame(values, index=years.astype(int).tolist(), columns=labels).sort_index()


def _two(frame: pd.DataFrame, years: tuple[int, int] | None) -> tuple[int, int]:
    first, last = (frame.index[0], frame.index[-1]) if years is None else years
    for year in (first, last):
        if year not in frame.index:
            raise InputError(
                f"years: there are no scores of {year}, but of {', '.join(map(str, frame.index))}."
            )
    if first >= last:
        raise InputError(f"years: a later year is needed behind {first}, got {last}.")
    return int(first), int(last)


def _ranks(scores: Vector) -> np.ndarray:
    """1 is the largest; ties share the better rank. The last axis are industries."""
    table = pd.DataFrame(np.atleast_2d(scores)).rank(axis=1, method="min", ascending=False)
    return table.to_numpy(dtype=np.int64).reshape(scores.shape)


def _differences(frame: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    before, after = frame.loc[first].to_numpy(), frame.loc[last].to_numpy()
    ranks = _ranks(before), _ranks(after)
    return pd.DataFrame(
        {
            "score_from": before,
            "score_to": after,
            "change": after - before,
            "rank_from": ranks[0],
            "rank_to": ranks[1],
            "rise": ranks[0] - ranks[1],
        },
        index=pd.Index(frame.columns, name="label"),
    )


# -- three tests -----------------------------------------------------------------------------------


def _by_draws(
    table: pd.DataFrame,
    draws: Mapping[int, pd.DataFrame],
    years: tuple[int, int],
    level: float,
) -> tuple[int, float]:
    """Fill in intervals and p from bootstrap draws of both years."""
    labels = tuple(table.index)
    parts = [_draws_of(draws, year, labels) for year in years]
    B = min(map(len, parts))
    before, after = (part[:B] for part in parts)
    regular = np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1)
    before, after = before[regular], after[regular]
    B = len(before)
    change = table["change"].to_numpy()
    off = np.abs(after - before - change)
    sets = [
        # Each year's ranks are right with half the error, so both are together.
        rank_intervals(
            pd.DataFrame(part, columns=labels), pd.Series(score, index=labels), (1 + level) / 2
        )
        for part, score in ((before, table["score_from"]), (after, table["score_to"]))
    ]
    order = min(B, int(np.ceil((B + 1) * level - EQUAL)))
    half = np.partition(off, order - 1, axis=0)[order - 1]
    close = EQUAL * np.maximum(np.abs(table["score_from"]), np.abs(table["score_to"])).to_numpy()
    table["change_low"], table["change_high"] = change - half, change + half
    table["rise_low"] = (sets[0]["rank_low"] - sets[1]["rank_high"]).to_numpy()
    table["rise_high"] = (sets[0]["rank_high"] - sets[1]["rank_low"]).to_numpy()
    table["p"] = (1 + (off >= np.abs(change) - close).sum(axis=0)) / (B + 1)
    spread = off.std(axis=0) > close
    scale = np.where(spread, np.sqrt((off**2).mean(axis=0)), 1.0)
    largest = np.where(spread, off / scale, 0.0).max(axis=1, initial=0.0)
    size = np.where(spread, np.abs(change) / scale, np.where(np.abs(change) > close, np.inf, 0.0))
    familywise = (1 + (largest[:, np.newaxis] >= size - EQUAL).sum(axis=0)) / (B + 1)
    table["p_familywise"] = np.maximum(familywise, table["p"])
    joint = [(each["simultaneous_low"], each["simultaneous_high"]) for each in sets]
    table["verdict"] = _say(
        (joint[0][0] > joint[1][1]).to_numpy(), (joint[0][1] < joint[1][0]).to_numpy()
    )
    return B, 1 / (B + 1)


def _draws_of(draws: Mapping[int, pd.DataFrame], year: int, labels: tuple[str, ...]) -> Vector:
    """Draws of one year in the order of the labels."""
    known = {int(key): each for key, each in draws.items()}
    if year not in known:
        raise InputError(f"draws: there are none of {year}, but of {', '.join(map(str, known))}.")
    frame = known[year]
    what = f"draws of {year}"
    names = pd.Series(range(frame.shape[1]), index=list(text_labels(frame.columns, what)))
    order = by_label(names, labels, what).astype(int)
    values: Vector = frame.to_numpy(dtype=np.float64)[:, order]
    return values


def _by_exchange(table: pd.DataFrame, exchanged: Iterator[tuple[Vector, Vector]]) -> float:
    """Fill in p of scores and of ranks; the first pair is that of the years as they are."""
    observed = next(exchanged)
    _require_scores(table, *observed)
    before, after = (np.stack(each) for each in zip(observed, *exchanged, strict=True))
    B = len(before) - 1
    changes, rises = after - before, _ranks(before) - _ranks(after)
    close = EQUAL * np.maximum(np.abs(before), np.abs(after)).max(axis=0)
    for name, moves, tolerance in (("p", changes, close), ("p_rank", rises, 0.0)):
        extreme = np.abs(moves[1:]) >= np.abs(moves[0]) - tolerance
        table[name] = (1 + extreme.sum(axis=0)) / (B + 1)
    return 1 / (B + 1)


def _require_scores(table: pd.DataFrame, before: Vector, after: Vector) -> None:
    """Refuse a measure that is not what the scores are of."""
    for column, found in (("score_from", before), ("score_to", after)):
        off = ~np.isclose(found, table[column], rtol=1e-6, atol=1e-12)
        if off.any():
            i = int(np.argmax(off))
            raise InputError(
                f"records: the measure of {show(table.index[i])} is {found[i]:g}, and its score "
                f"{table[column].iloc[i]:g}; give the records and the measure of the scores."
            )


def _by_trend(table: pd.DataFrame, series: pd.DataFrame, level: float) -> float:
    """Fill in slopes and p from all years."""
    values, years = series.to_numpy(), series.index.to_numpy(dtype=np.float64)
    table["slope"], table["slope_low"], table["slope_high"] = sen_slope(values, years, level)
    table["p"] = mann_kendall(values)[1]
    table["p_rank"] = mann_kendall(-_ranks(values).astype(np.float64))[1]
    return float(mann_kendall(np.arange(len(values), dtype=np.float64)[:, np.newaxis])[1][0])


def _close(
    table: pd.DataFrame,
    test: str,
    years: tuple[int, ...],
    level: float,
    draws: int,
    smallest: float,
) -> HubChange:
    """Adjust for the number of industries and give the verdict."""
    table["p_holm"] = adjust(table["p"].to_numpy(), "holm")
    table["q"] = adjust(table["p"].to_numpy(), "bh")
    if "verdict" not in table:
        sure = adjust(table["p_rank"].to_numpy(), "holm") <= 1 - level + EQUAL
        rise = table["rise"].to_numpy()
        table["verdict"] = _say(sure & (rise > 0), sure & (rise < 0))
    return HubChange(table, test, tuple(map(int, years)), level, draws, smallest)


def _say(rose: np.ndarray, fell: np.ndarray) -> np.ndarray:
    return np.where(rose, "rose", np.where(fell, "fell", ""))
