"""Matrices by year, with years as people's dictionaries have them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TypeVar

from ...core.errors import InputError
from ..linalg._labels import require_kind

__all__ = ["by_year"]

T = TypeVar("T")


def by_year(values: Mapping[int, T], what: str) -> dict[int, T]:
    """Return a mapping whose keys are whole numbers: ``"2000"`` and ``2000.0`` are 2000.

    Parameters
    ----------
    values : mapping of year to anything
        Years may be texts or floats, as columns of a frame or names of files have them.
    what : str
        For messages.

    Raises
    ------
    InputError
        If a key is not a year, or a year occurs twice.

    Examples
    --------
    >>> by_year({"2000": "a", 2001.0: "b"}, "flows")
    {2000: 'a', 2001: 'b'}
    """
    require_kind(values, Mapping, what)
    years: dict[int, T] = {}
    for key, value in values.items():
        year = None
        with suppress(TypeError, ValueError, OverflowError):
            number = float(key)
            year = int(number) if number.is_integer() else None
        if year is None or isinstance(key, bool):
            raise InputError(f"{what}: {key!r} is not a year; the keys must be whole numbers.")
        if year in years:
            raise InputError(f"{what}: the year {year} occurs twice; keep one.")
        years[year] = value
    return years
