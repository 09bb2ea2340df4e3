"""Stata keeps dates as numbers since 1960; here they become ISO text."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

import pandas as pd

__all__ = ["as_dates"]

_EPOCH = dt.datetime(1960, 1, 1)
#: Days that had a second more, which %tC counts and %tc does not: by year, in June and December.
_JUNE = (1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015)
_DECEMBER = (*range(1972, 1980), 1987, 1989, 1990, 1995, 1998, 2005, 2008, 2016)
_LEAP = sorted(
    [dt.datetime(year, 7, 1) for year in _JUNE]
    + [dt.datetime(year + 1, 1, 1) for year in _DECEMBER]
)


def as_dates(values: pd.Series[Any], format_: str) -> list[str | None] | None:
    """Return a numeric column's dates as text, or None if its format is not one of a date.

    Parameters
    ----------
    values : pandas.Series
        Days, milliseconds, weeks, months, quarters or half-years since 1960.
    format_ : str
        The column's format in Stata. Years (``%ty``) are numbers, as they are in the file; leap
        seconds, which ``%tC`` counts, are taken out.

    Returns
    -------
    list of str or None

    Examples
    --------
    >>> as_dates(pd.Series([0, 18322]), "%td"), as_dates(pd.Series([602]), "%tm")
    (['1960-01-01', '2010-03-01'], ['2010-03'])
    >>> as_dates(pd.Series([200]), "%tq"), as_dates(pd.Series([2010]), "%ty")
    (['2010Q1'], None)
    """
    match = re.match(r"%-?(?:t([cCdwmqh])|(d))", format_)
    if match is None:
        return None
    unit = match[1] or "d"
    return [None if math.isnan(value) else _text(value, unit) for value in values]


def _text(value: float, unit: str) -> str:
    number = math.floor(value)
    if unit == "d":
        return (_EPOCH + dt.timedelta(days=number)).date().isoformat()
    if unit in "cC":
        moment = _EPOCH + dt.timedelta(milliseconds=number)
        if unit == "C":
            moment = _without_leap(moment)
        return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(" ")
    parts = {"w": 52, "m": 12, "q": 4, "h": 2}[unit]
    year, part = 1960 + number // parts, number % parts + 1
    return {
        "w": f"{year:04}W{part:02}",
        "m": f"{year:04}-{part:02}",
        "q": f"{year:04}Q{part}",
        "h": f"{year:04}H{part}",
    }[unit]


def _without_leap(moment: dt.datetime) -> dt.datetime:
    """Take out the leap seconds before a moment; the second itself is the last of its day."""
    second = dt.timedelta(seconds=1)
    for number, midnight in enumerate(_LEAP):
        if moment - number * second < midnight:
            return moment - number * second
        if moment - number * second < midnight + second:
            return midnight - dt.timedelta(milliseconds=1)
    return moment - len(_LEAP) * second
