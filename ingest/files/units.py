"""Whether the row below a header holds units, as the study says, or values that would be lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...core.errors import InputError, show

__all__ = ["require_units"]

Cells = Sequence[str | None]
#: A number in any country's spelling, a year or a date, with a mark behind it.
_NUMBER = re.compile(r"[+-]?[.,]?\d[\d.,/:'’\s\u00a0\u202f-]*([eE][+-]?\d+)?\s?\w{0,3}")
_DIGIT = re.compile(r"\d")
#: Rows below that are looked at.
_TRIED = 20


def require_units(units: Cells, below: Sequence[Cells], shown: str) -> None:
    """Refuse a row of units that is one of the table's rows.

    Where the rows below hold numbers, units are words; a row with numbers there is no row of
    units. In a table without numbers a row that looks like those below, letters where they have
    letters and digits where they have digits, is one of them; words alone may be anything.

    Parameters
    ----------
    units : sequence of str or None
        The fields of the row below the header.
    below : sequence of rows
        Rows after it.
    shown : str
        The file, for messages.

    Raises
    ------
    InputError
        Showing the row.

    Examples
    --------
    >>> require_units(["code", "code", "year", "Mio EUR"], [["A", "B", "2010", "7"]], "f.csv")
    """
    rows = [[_bare(cell) for cell in row] for row in below[:_TRIED] if any(map(_bare, row))]
    own = [_bare(cell) for cell in units]
    if not rows or sum(map(bool, own)) < min(sum(map(bool, row)) for row in rows):
        return
    width = min(len(own), *map(len, rows))
    numbers = [at for at in range(width) if _of_numbers([row[at] for row in rows])]
    if numbers:
        same = all(not own[at] or _NUMBER.fullmatch(own[at]) for at in numbers)
    else:
        same = any(map(_DIGIT.search, own)) and all(
            _shape(own[at]) in {_shape(row[at]) for row in rows} for at in range(width)
        )
    if same:
        listed = ", ".join(show(cell) for cell in own[:6]) + (", …" if own[6:] else "")
        raise InputError(
            f"{shown}: units_row = true, but the row below the header holds values like those "
            f"after it ({listed}), and would be lost. Take units_row out."
        )


def _bare(cell: str | None) -> str:
    return (cell or "").strip()


def _of_numbers(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in filled)
    return bool(filled) and 2 * numbers > len(filled)


def _shape(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell))
