"""Cells of the tables on the screen: numbers that can be compared, names that leave room."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.words import amount

__all__ = ["alike", "short", "shown"]

#: Letters of a name in a table of numbers.
_NAME = 34
#: Between the ends of a pair.
_TO = " → "


def shown(value: float | None) -> str:
    """Return a number as sentences show it, a dash where there is none."""
    return "–" if value is None else amount(value)


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
    """Return a name that leaves room for numbers on a screen of 80 columns; of a pair, both ends.

    Examples
    --------
    >>> short("M73 Research and experimental development → C27 Pharmaceuticals")
    'M73 Research a… → C27 Pharmaceut…'
    """
    if len(name) <= _NAME:
        return name
    ends = name.split(_TO)
    room = (_NAME - len(_TO) * (len(ends) - 1)) // len(ends)
    return _TO.join(e if len(e) <= room else f"{e[: room - 1].rstrip()}…" for e in ends)
