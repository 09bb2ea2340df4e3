"""Whether the row below a header holds units, as the study says, or values that would be lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...core.errors import InputError, show
from ..values.texts import MISSING

__all__ = ["require_units"]

Cells = Sequence[str | None]
#: A number in any country's spelling, a year or a date, with a mark behind it.
_NUMBER = re.compile(r"[+-]?[.,]?\d[\d.,/:'’\s\u00a0\u202f-]*([eE][+-]?\d+)?\s?\w{0,3}")
_YEAR = re.compile(r"(1[5-9]|20|21)\d\d")
_DIGIT = re.compile(r"\d")
#: Rows below that are looked at.
_TRIED = 20


def require_units(units: Cells, below: Sequence[Cells], file: str) -> list[str]:
    """Refuse a row of units that is one of the table's rows.

    Where the rows below hold numbers, units are words. A row is one of the table where it has a
    year among years, an id of digits among such ids, a code that a row below has in the same
    column, or the table's shape: letters where there are letters, digits where there are digits.

    Parameters
    ----------
    units : sequence of str or None
        The fields of the row below the header.
    below : sequence of rows
        Rows after it.
    file : str
        The file, for messages.

    Returns
    -------
    list of str
        A warning that shows the row, where nothing in it is seen to be a unit.

    Raises
    ------
    InputError
        Showing the row.

    Examples
    --------
    >>> require_units(["code", "code", "year", "Mio EUR"], [["A", "B", "2010", "7"]], "f.csv")
    []
    >>> print(*require_units(["a", "X"], [["b", "Y"]], "f.csv"))
    f.csv: units_row = true leaves out the row below the header: 'a', 'X'. Look whether it holds \
units; if not, take units_row out.
    """
    rows = [[_bare(cell) for cell in row] for row in below[:_TRIED] if any(map(_bare, row))]
    own = [_bare(cell) for cell in units]
    if not rows or not any(own):
        return []
    width = min(len(own), *map(len, rows))
    columns = [[row[at] for row in rows] for at in range(width)]
    numbers = [at for at in range(width) if _of_numbers(columns[at])]
    listed = ", ".join(show(cell) for cell in own[:6]) + (", …" if own[6:] else "")
    full = sum(map(bool, own)) >= min(sum(map(bool, row)) for row in rows)
    if _has_key(own, columns, numbers) or (full and _same(own, columns, numbers)):
        raise InputError(
            f"{file}: units_row = true, but the row below the header holds values like those "
            f"after it ({listed}), and would be lost. Take units_row out."
        )
    if any(own[at] and own[at] not in MISSING and not _NUMBER.fullmatch(own[at]) for at in numbers):
        return []
    return [
        f"{file}: units_row = true leaves out the row below the header: {listed}. Look whether "
        "it holds units; if not, take units_row out."
    ]


def _has_key(own: list[str], columns: list[list[str]], numbers: list[int]) -> bool:
    """Whether a row has what tells the table's rows apart: a year, an id, a code of theirs."""
    if any(_YEAR.fullmatch(own[at]) and all(map(_YEAR.fullmatch, columns[at])) for at in numbers):
        return True
    # of several columns of numbers the first holds ids, if it is the table's first
    if numbers[:1] == [0] and numbers[1:] and _NUMBER.fullmatch(own[0]):
        return True
    codes = (at for at in range(len(columns)) if at not in numbers and own[at] not in MISSING)
    return any(own[at] and own[at] in columns[at] for at in codes)


def _same(own: list[str], columns: list[list[str]], numbers: list[int]) -> bool:
    """Whether a row has the shape of the table's rows."""
    if numbers:
        return all(not own[at] or bool(_NUMBER.fullmatch(own[at])) for at in numbers)
    return any(map(_DIGIT.search, own)) and all(
        _shape(cell) in set(map(_shape, column)) for cell, column in zip(own, columns, strict=False)
    )


def _bare(cell: str | None) -> str:
    return (cell or "").strip()


def _of_numbers(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in filled)
    return bool(filled) and 2 * numbers > len(filled)


def _shape(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell))
