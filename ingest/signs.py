"""The signs that part, quote and spell what a text file holds: one sign has one meaning."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from .study_model import Entry

__all__ = ["clash"]

#: One may be the other: a quote that is doubled is its own escape.
_SAME = frozenset({"quote", "escape"})
_OF_NUMBERS = ("decimal", "thousands")


def clash(entry: Entry, delimiter: str | None) -> str | None:
    """Return what is wrong with an entry's signs, after the key that is to be changed.

    Parameters
    ----------
    entry : Entry
        Gives the signs.
    delimiter : str or None
        What parts fields; None where that is not known yet.

    Examples
    --------
    >>> clash(Entry(file="f.csv", quote=","), ",")
    "quote': ',' is the delimiter, too."
    >>> clash(Entry(file="f.csv", thousands=","), ",")  # "1,000" stands in quotes
    >>> clash(Entry(file="f.csv", thousands=",", quote=""), ",")
    "thousands': ',' is the delimiter, too."
    """
    for (one, sign), (other, same) in combinations(_signs(entry, delimiter), 2):
        if sign != same or {one, other} == _SAME or one == other:
            continue
        # numbers that hold the delimiter can stand in quotes
        if one == "delimiter" and other in _OF_NUMBERS and entry.quote:
            continue
        called = "decimal sign" if one == "decimal" else one
        return f"{other}': {sign!r} is the {called}, too."
    return None


def _signs(entry: Entry, delimiter: str | None) -> Iterator[tuple[str, str]]:
    """Yield keys and their signs; of two that clash the later one is to blame."""
    if delimiter:
        yield "delimiter", delimiter
    yield "decimal", entry.decimal or "."
    if entry.quote:
        yield "quote", entry.quote
    for key in ("escape", "comment"):
        if sign := getattr(entry, key):
            yield key, sign
    for sign in entry.thousands:
        yield "thousands", sign
