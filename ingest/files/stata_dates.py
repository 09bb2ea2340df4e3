"""Stata keeps dates as numbers since 1960; here they become ISO text."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

import pandas as pd

__all__ = ["as_dates"]

_EPOCH = dt.datetime(1960, 1, 1)


def as_dates(values: pd.Series[Any], format_: str) -> list[str | None] | None:
    """Return a numeric column's dates as text, or None if its format is not one of a date.

    Parameters
    ----------
    values : pandas.Series
        Days, milliseconds, weeks, months, quarters or half-years since 1960.
    format_ : str
        The column's format in Stata. Years (``%ty``) are numbers, as they are in the file.

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
    match = re.match(r"%-?(?:t([cdwmqh])|(d))", format_)
    if match is None:
        return None
    unit = match[1] or "d"
    return [None if math.isnan(each) else _text(each, unit) for each in values]


def _text(value: float, unit: str) -> str:
    number = math.floor(value)
    if unit == "d":
        return (_EPOCH + dt.timedelta(days=number)).date().isoformat()
    if unit == "c":
        moment = _EPOCH + dt.timedelta(milliseconds=number)
        return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(" ")
    parts = {"w": 52, "m": 12, "q": 4, "h": 2}[unit]
    year, part = 1960 + number // parts, number % parts + 1
    return {
        "w": f"{year:04}W{part:02}",
        "m": f"{year:04}-{part:02}",
        "q": f"{year:04}Q{part}",
        "h": f"{year:04}H{part}",
    }[unit]
