"""Which cells beside and above a matrix of any source are codes, which are names, and its unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .years import years_in

__all__ = ["Coded", "Said", "paired", "said_in", "unit_in"]

#: Codes of lines, and their names; a line without a name is called by its code.
Coded = tuple[list[str], list[str]]
_AMOUNT = re.compile(
    r"\b(thousands?|millions?|billions?|tsd|mio|mill|mln|mrd|bn)\b|\bunits?\b", re.IGNORECASE
)
_LEAD = re.compile(r"^.*\bin\s+|^.*\bunits?\b\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What titles and the corner of a table say: its unit, and its year, in a list if it is one."""

    unit: str
    years: list[int]


def said_in(texts: Sequence[str]) -> Said:
    """Return what titles say of a table; years of prices say nothing of its own.

    Parameters
    ----------
    texts : sequence of str
        Titles above a table, and the cell in its corner.

    Returns
    -------
    Said

    Examples
    --------
    >>> said_in(["Use table 2017, at prices of 2010", "million euro"])
    Said(unit='million euro', years=[])
    >>> said_in(["use 2017"]).years
    [2017]
    """
    plain = [text for text in texts if "price" not in text.lower()]
    years = sorted(set(years_in(" ".join(plain).replace("_", " "))))
    return Said(unit_in(texts), years if len(years) == 1 else [])


def paired(mine: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> tuple[Coded, Coded]:
    """Return codes and names of two lists of lines that name the same things.

    A line has one cell, or two: code and name in any order, or country and sector. What both lists
    have in common is the code: one of the cells, or both joined by ``_``. Where cells are equally
    common, the shorter ones are codes.

    Parameters
    ----------
    mine, other : sequence of sequence of str
        The cells of each line.

    Returns
    -------
    tuple of two Coded

    Examples
    --------
    >>> paired([("Farms", "11"), ("Mines", "21")], [("11",), ("21",)])[0]
    (['11', '21'], ['Farms', 'Mines'])
    >>> world = [("DE", "A"), ("DE", "B"), ("FR", "A"), ("FR", "B")]
    >>> paired(world, world)[0][0]
    ['DE_A', 'DE_B', 'FR_A', 'FR_B']
    """
    best: tuple[Coded, Coded] | None = None
    most = (-1, 0)
    for left in _readings(mine):
        for right in _readings(other):
            length = sum(map(len, left[0])) + sum(map(len, right[0]))
            common = (len(set(left[0]) & set(right[0])), -length)
            if common > most:
                best, most = (left, right), common
    assert best is not None, "every list can be read joined"
    return best


def _readings(lines: Sequence[Sequence[str]]) -> list[Coded]:
    """Return what codes and names may be: one of two cells that tells lines apart, or all."""
    joined = ["_".join(cell for cell in cells if cell) for cells in lines]
    found: list[Coded] = []
    if lines and len(lines[0]) == 2:
        for code, name in ((0, 1), (1, 0)):
            codes = [cells[code] or cells[name] for cells in lines]
            if len(set(codes)) > len(codes) / 2:
                found.append((codes, [cells[name] or cells[code] for cells in lines]))
    return [*found, (joined, joined)]


def unit_in(texts: Iterable[str]) -> str:
    """Return the unit of money that one of some texts names; nothing where none does.

    Parameters
    ----------
    texts : iterable of str
        Titles above a table, and the cell in its corner.

    Returns
    -------
    str

    Examples
    --------
    >>> unit_in(["Use table, 2017; million euro"]), unit_in(["(Millions of dollars)"])
    ('million euro', 'Millions of dollars')
    >>> unit_in(["Values in US$ million"]), unit_in(["Unit: euro"]), unit_in(["use"])
    ('US$ million', 'euro', '')
    """
    for text in texts:
        pieces = [piece.strip() for piece in re.split(r"[;,()\[\]:]", text)]
        for at, piece in enumerate(pieces):
            if not _AMOUNT.search(piece):
                continue
            plain = _LEAD.sub("", piece).strip()
            if plain or at + 1 == len(pieces):
                return plain
            return pieces[at + 1]
    return ""
