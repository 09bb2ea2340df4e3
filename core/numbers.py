"""Whole numbers that callers give: how many draws, which seed."""

from __future__ import annotations

from numbers import Real
from typing import Any

from .errors import InputError, show

__all__ = ["MOST_DRAWS", "whole_number"]

#: Draws that nobody waits for: more are taken for a slip.
MOST_DRAWS = 1_000_000


def whole_number(value: Any, name: str, least: int = 0, most: int | None = None) -> int:
    """Return a whole number that a caller gave, or refuse what is none.

    Parameters
    ----------
    value : int
        What was given. 999.0 is whole, too: R knows no other numbers.
    name : str
        What it is, for the error.
    least, most : int
        Its bounds, themselves allowed.

    Raises
    ------
    InputError
        If it is no whole number, or out of bounds.

    Examples
    --------
    >>> whole_number(999.0, "draws", 1)
    999
    >>> whole_number("9", "draws", 1)
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: draws: a whole number from 1 on is needed, got '9', a str.
    """
    # A truth value is an int to Python, and no number to anybody else.
    is_whole = not isinstance(value, bool) and isinstance(value, Real) and float(value).is_integer()
    if is_whole and least <= value and (most is None or value <= most):
        return int(value)
    bounds = f"from {least:,} " + ("on" if most is None else f"to {most:,}")
    what = "" if isinstance(value, Real) else f", a {type(value).__name__}"
    raise InputError(f"{name}: a whole number {bounds} is needed, got {show(value)}{what}.")
