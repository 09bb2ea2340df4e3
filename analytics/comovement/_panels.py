"""Panels of years × industries that may have gaps, their growth, and long-run shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, end_sentence, nearest, show
from ...core.labels import describe_difference, text_labels
from ..linalg._labels import Vector, by_label, require_kind

__all__ = ["GROWTH", "check_panel", "growth_rates", "long_run_shares", "pair", "shares_of"]

#: Kinds of growth: differences of logarithms, or changes relative to the year before.
GROWTH = ("log", "pct")
#: By how much shares may miss a sum of 1.
CLOSE = 1e-6


def growth_rates(levels: pd.DataFrame, how: str = "log") -> pd.DataFrame:
    """Return the growth of levels, from each year to the next.

    No step is taken over a missing level: its growth, and that of the year after, are missing.

    Parameters
    ----------
    levels : pandas.DataFrame, shape (T, N)
        Levels above 0 in any unit, years (whole numbers, ascending) by industries; NaN where
        a level is not known.
    how : {"log", "pct"}, default "log"
        ln x_t − ln x_{t−1}, or x_t / x_{t−1} − 1.

    Returns
    -------
    pandas.DataFrame, shape (years from the first to the last − 1, N)
        The row of a year is the step to it. Years that the levels leave out are rows of NaN.

    Raises
    ------
    InputError
        If a level is not above 0, there are fewer than two years, or there is no such growth.

    References
    ----------
    Ouyang and Chang (2011), *Pro-cyclical Aggregate R&D: Timing or Propagation?*, do not say which
    growth is theirs; logarithms are this project's choice.

    Examples
    --------
    >>> rd = pd.DataFrame({"steel": [100.0, 110.0, 99.0]}, index=[2000, 2001, 2002])
    >>> growth_rates(rd, "pct")["steel"].round(12).tolist()
    [0.1, -0.1]
    """
    panel = check_panel(levels, "levels", positive=True)
    if how not in GROWTH:
        raise InputError(f"how: got {how!r}. {nearest(how, GROWTH)}")
    if len(panel) < 2:
        raise InputError("levels: growth needs the levels of two years at least, got one year.")
    years = pd.RangeIndex(panel.index[0], panel.index[-1] + 1, name="year")
    whole = panel.reindex(years)
    if how == "log":
        return whole.transform(np.log).diff().iloc[1:]
    return (whole / whole.shift(1) - 1.0).iloc[1:]


def long_run_shares(levels: pd.DataFrame) -> pd.Series[float]:
    """Return the time average of annual shares.

    Parameters
    ----------
    levels : pandas.DataFrame, shape (T, N)
        Levels in one unit, not negative, years by industries. Years in which an industry is
        missing are left out: the shares of the others are not known then.

    Returns
    -------
    pandas.Series, length N
        Sums to 1.

    Raises
    ------
    InputError
        If no year has all industries, a level is negative, or a year's levels are all 0.

    References
    ----------
    Ouyang and Chang (2011) call their S^R and S^Y long-run shares. The mean of annual shares is
    this project's reading; the share of the means would give late years more weight.

    Examples
    --------
    >>> rd = pd.DataFrame({"steel": [1.0, 30.0], "cars": [3.0, 70.0]}, index=[2000, 2001])
    >>> long_run_shares(rd).to_dict()
    {'steel': 0.275, 'cars': 0.725}
    """
    panel = check_panel(levels, "levels").dropna()
    if panel.empty:
        raise InputError(
            "levels: shares need a year in which every industry has a level, and there is none. "
            "Fill gaps in, or leave out the industries that have them."
        )
    low = np.argwhere(panel.to_numpy() < 0)
    if len(low):
        t, i = low[0]
        raise InputError(
            f"levels: {show(panel.columns[i])} has {panel.iloc[t, i]:g} in {panel.index[t]}; "
            "shares need levels that are not negative."
        )
    total = panel.sum(axis=1)
    if not (total > 0).all():
        raise InputError(f"levels: all are 0 in {total.idxmin()}, and a share of 0 is none.")
    return panel.div(total, axis=0).mean().rename("share")


def check_panel(panel: Any, what: str, *, positive: bool = False) -> pd.DataFrame:
    """Return a panel of numbers; NaN stays, where a number is not known.

    Parameters
    ----------
    panel : pandas.DataFrame, shape (T, N)
        Years (whole numbers, each one later than the last) by industries.
    what : str
        What it is, for the error.
    positive : bool
        Whether numbers must be above 0.

    Returns
    -------
    pandas.DataFrame, shape (T, N)
        Index ``year``, columns ``label``.

    Raises
    ------
    InputError
        If it is no frame, has no cell, years are not ascending whole numbers, a label repeats, or
        a number is infinite, a text, or not above 0 where it must be.
    """
    require_kind(panel, pd.DataFrame, f"{what}: years by industries")
    if not panel.size:
        raise InputError(f"{what}: years by industries are needed, got shape {panel.shape}.")
    columns = pd.Index(text_labels(panel.columns, f"{what}, industries"), name="label")
    if not pd.api.types.is_integer_dtype(panel.index) or not panel.index.is_monotonic_increasing:
        raise InputError(
            f"{what}: its index must be years as whole numbers, ascending, got "
            f"{panel.index.dtype}; years are rows, industries columns."
        )
    if panel.index.has_duplicates:
        raise InputError(f"{what}: {panel.index[panel.index.duplicated()][0]} occurs twice.")
    try:
        numbers = panel.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what}: numbers are needed: {end_sentence(error)}") from None
    wrong = np.argwhere(np.isinf(numbers) | (numbers <= 0 if positive else False))
    if len(wrong):
        t, i = wrong[0]
        need = "a level above 0" if positive else "a finite number"
        raise InputError(
            f"{what}: {show(columns[i])} has {numbers[t, i]:g} in {panel.index[t]}; {need} is "
            "needed, or none where it is not known. Correct it, or leave the industry out."
        )
    years = pd.Index(panel.index.to_numpy(dtype=np.int64).tolist(), name="year")
    return pd.DataFrame(numbers, index=years, columns=columns)


def pair(R: pd.DataFrame, Y: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return growth of R&D and of output with the same years and industries, in the order of R.

    Parameters
    ----------
    R, Y : pandas.DataFrame, shapes (T, N) and (T', N)
        Years by industries; NaN where growth is not known.

    Returns
    -------
    tuple of pandas.DataFrame, each shape (years of both, N)

    Raises
    ------
    InputError
        As :func:`check_panel`; or if industries differ, or no year is in both.
    """
    rd, output = check_panel(R, "R"), check_panel(Y, "Y")
    if odd := describe_difference(output.columns, rd.columns):
        raise InputError(
            f"Y: its industries differ from those of R ({odd}); bring both to one classification."
        )
    years = rd.index.intersection(output.index)
    if years.empty:
        raise InputError(
            f"R and Y have no year in common: R has {rd.index[0]} to {rd.index[-1]}, Y "
            f"{output.index[0]} to {output.index[-1]}."
        )
    return rd.loc[years], output.loc[years, rd.columns]


def shares_of(shares: Any, labels: pd.Index[str], what: str) -> Vector:
    """Return long-run shares in the order of the industries, refused unless they sum to 1.

    Parameters
    ----------
    shares : pandas.Series, length N
        Indexed by industry.
    labels : pandas.Index, length N
        The order wanted.
    what : str
        What they are, for the error.

    Raises
    ------
    InputError
        If industries differ, a share is negative, or the sum misses 1 by more than 1e-6.
    """
    values = by_label(shares, tuple(labels), what)
    if (values < 0).any():
        i = int(np.flatnonzero(values < 0)[0])
        raise InputError(f"{what}: the share of {show(labels[i])} is {values[i]:g}, below 0.")
    if abs(values.sum() - 1.0) > CLOSE:
        raise InputError(
            f"{what}: shares that sum to 1 are needed, those given sum to {values.sum():.8g}. "
            "Divide them by their sum, if no industry is missing."
        )
    return values
