"""Two years told apart by nothing: records whose years are exchanged at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ..linalg._labels import Vector, by_label

__all__ = ["Measure", "exchange_years"]

Measure: TypeAlias = Callable[[pd.DataFrame], "pd.Series[Any]"]
YEAR = "year"


def exchange_years(
    records: pd.DataFrame,
    measure: Measure,
    years: tuple[int, int],
    labels: tuple[str, ...],
    rng: np.random.Generator,
    permutations: int,
    by: str | None = None,
) -> Iterator[tuple[Vector, Vector]]:
    """Yield the scores of both years, first as they are and then with years exchanged.

    Records of one unit stay together. A unit that is there in both years keeps its two sets of
    records, and which set is of which year is a toss of a coin; among units that are there in one
    year only, as many as were in each year are drawn for it.

    Parameters
    ----------
    records : pandas.DataFrame
        A row a citation, delivery, …; column ``year``, and what the measure needs.
    measure : callable
        Takes records of one year and returns a number for every industry, indexed by label.
    years : tuple of int
        The two years.
    labels : tuple of str, length N
        The industries.
    rng : numpy.random.Generator
        Source of all randomness.
    permutations : int
        How often.
    by : str, optional
        Column of the unit, for instance the citing firm. Default: every record is one.

    Yields
    ------
    before, after : ndarray, each shape (N,)

    Raises
    ------
    InputError
        If a column is missing, or a year has no records.

    Examples
    --------
    >>> records = pd.DataFrame({"year": [2000, 2000, 2010, 2010], "cited": ["a", "b", "b", "b"]})
    >>> count = lambda part: part["cited"].value_counts().reindex(["a", "b"], fill_value=0)
    >>> found = exchange_years(
    ...     records, count, (2000, 2010), ("a", "b"), np.random.default_rng(1), 2
    ... )
    >>> [(before.tolist(), after.tolist()) for before, after in found][0]
    ([1.0, 1.0], [0.0, 2.0])
    """
    for column in (YEAR, *([by] if by else [])):
        if column not in records.columns:
            raise InputError(
                f"records: column {show(column)} is missing; there are "
                f"{', '.join(map(show, records.columns))}."
            )
    both = records[records[YEAR].isin(years)].reset_index(drop=True)
    late = (both[YEAR] == years[1]).to_numpy()
    for year, there in zip(years, (~late, late), strict=True):
        if not there.any():
            raise InputError(f"records: there are none of {year}.")
    unit = np.arange(len(both)) if by is None else pd.factorize(both[by])[0]
    if (unit < 0).any():
        raise InputError(f"records: row {int(np.argmin(unit)) + 1} of both years has no {by!r}.")
    for permuted in _years(unit, late, rng, permutations):
        parts = (
            both[~permuted].assign(**{YEAR: years[0]}),
            both[permuted].assign(**{YEAR: years[1]}),
        )
        before, after = (_in_order(measure(part), labels) for part in parts)
        yield before, after


def _in_order(scores: pd.Series[Any], labels: tuple[str, ...]) -> Vector:
    """Scores by label; those in order already are most of them, and looked at fast."""
    if isinstance(scores, pd.Series) and tuple(scores.index) == labels:
        values = scores.to_numpy(dtype=np.float64)
        if np.isfinite(values).all():
            return values
    return by_label(scores, labels, "measure")


def _years(
    unit: np.ndarray, late: np.ndarray, rng: np.random.Generator, permutations: int
) -> Iterator[np.ndarray]:
    """Which records are of the later year: as it is, and then as often as asked for."""
    yield late
    is_late = np.bincount(unit, late) > 0
    both = is_late & (np.bincount(unit, ~late) > 0)
    single = np.flatnonzero(~both)
    for _ in range(permutations):
        turned = rng.random(both.size) < 0.5
        drawn = is_late.copy()
        drawn[single] = rng.permutation(is_late[single])
        yield np.where(both[unit], late ^ turned[unit], drawn[unit])
