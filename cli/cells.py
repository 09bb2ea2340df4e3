"""Cells of the tables on the screen: numbers that can be compared, names that leave room."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["alike", "short", "shown"]

#: Letters of a name in a table of numbers.
_NAME = 34


def shown(value: float | None) -> str:
    """Return a number in six digits, a whole one in all of them."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"


def alike(values: Sequence[float | None]) -> list[str]:
    """Return numbers of one identity with the same digits: what is equal must look equal."""
    known = [float(f"{value:.12g}") for value in values if value is not None]
    places = 0
    if not all(value.is_integer() for value in known):
        whole = len(f"{max(map(abs, known)):.0f}")
        places = max(1, 6 - whole) if whole < 12 else 0
    return [
        "–" if value is None else f"{float(f'{value:.12g}'):,.{places if value else 0}f}"
        for value in values
    ]


def short(name: str) -> str:
    """Return a name that leaves room for numbers on a screen of 80 columns."""
    return name if len(name) <= _NAME else f"{name[: _NAME - 1].rstrip()}…"
