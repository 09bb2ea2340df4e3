"""One printed block: rows and columns that say what they are, and the numbers between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...core.errors import InputError, show

__all__ = [
    "EVERYTHING",
    "Block",
    "Line",
    "completed",
    "require_once",
    "with_columns",
    "without_zero_totals",
]

Numbers = npt.NDArray[np.float64]

#: Kinds of lines; a line of another kind is no part of a table.
SECTOR, COMMODITY, FINAL = "sector", "commodity", "final"
VALUE_ADDED, IMPORTS, SUPPLY, TOTAL = "value_added", "imports", "supply", "total"
#: A line that repeats what others hold, and no total of the table either.
MEMO = "memo"
#: What a total of all lines of its axis adds up.
EVERYTHING = (SECTOR, COMMODITY, FINAL, VALUE_ADDED, IMPORTS, SUPPLY)


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column of a printed table.

    Parameters
    ----------
    kind : str
        ``sector``, ``commodity``, ``final`` (a kind of final use), ``value_added`` (a part of it,
        taxes and margins included), ``imports``, ``supply`` (what adds to domestic output in a
        supply table: imports, margins, taxes), ``total``, or ``memo``.
    code : str
        Its label in our tables, with the country in tables of several: ``AUS_01T02``.
    name : str
        What the table calls it.
    country : str
        Its country, where the table has several.
    place : str
        Where it stands: ``row 7``, ``column C``.
    of : tuple of str
        For totals: the kinds of lines that it adds up, or their codes.
    """

    kind: str
    code: str
    name: str = ""
    country: str = ""
    place: str = ""
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A printed block with its numbers, users in columns.

    Parameters
    ----------
    name : str
        ``flows``, ``make`` or ``use``.
    file : str
        The file, and the sheet, for messages.
    rows, columns : tuple of Line
        What is printed, totals included, in the file's order.
    values : ndarray
        The numbers, rows × columns; NaN where the cell is empty.
    """

    name: str
    file: str
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    values: Numbers

    def at(self, row_kinds: Sequence[str], column_kinds: Sequence[str]) -> Block:
        """Return the part of the block whose lines are of these kinds."""
        rows = [at for at, line in enumerate(self.rows) if line.kind in row_kinds]
        columns = [at for at, line in enumerate(self.columns) if line.kind in column_kinds]
        return Block(
            self.name,
            self.file,
            tuple(self.rows[at] for at in rows),
            tuple(self.columns[at] for at in columns),
            self.values[np.ix_(rows, columns)],
        )


def without_zero_totals(block: Block) -> Block:
    """Empty totals that are 0 for every line of a kind but sectors: files print so for "none".

    Parameters
    ----------
    block : Block

    Returns
    -------
    Block
    """
    values = block.values.copy()
    for mine, lines, across in (
        (values, block.rows, block.columns),
        (values.T, block.columns, block.rows),
    ):
        for at, line in enumerate(lines):
            for kind in (FINAL, VALUE_ADDED, IMPORTS) if line.kind == TOTAL else ():
                here = [place for place, other in enumerate(across) if other.kind == kind]
                if not np.nan_to_num(mine[at, here]).any():
                    mine[at, here] = np.nan
    return Block(block.name, block.file, block.rows, block.columns, values)


def completed(block: Block) -> Block:
    """Give every sector a row and a column: layouts of a row a cell leave out what is 0.

    Parameters
    ----------
    block : Block
        Of a symmetric table.

    Returns
    -------
    Block
        Lines that were not there are empty.
    """
    rows, columns = (
        {line.code: line for line in lines if line.kind == SECTOR}
        for lines in (block.rows, block.columns)
    )
    below = [replace(line, place="no row") for code, line in columns.items() if code not in rows]
    values = np.pad(block.values, ((0, len(below)), (0, 0)), constant_values=np.nan)
    whole = Block(block.name, block.file, (*block.rows, *below), block.columns, values)
    return with_columns(whole, whole.rows)


def with_columns(block: Block, lines: Sequence[Line]) -> Block:
    """Give every sector among some lines a column.

    Parameters
    ----------
    block : Block
    lines : sequence of Line
        Of another block, or rows of this one.

    Returns
    -------
    Block
        Columns that were not there are empty.
    """
    there = {line.code for line in block.columns}
    more = [
        replace(line, place="no column")
        for line in lines
        if line.kind == SECTOR and line.code not in there
    ]
    values = np.pad(block.values, ((0, 0), (0, len(more))), constant_values=np.nan)
    return Block(block.name, block.file, block.rows, (*block.columns, *more), values)


def require_once(lines: Sequence[Line], file: str) -> None:
    """Refuse two lines of one label, which would become one.

    Parameters
    ----------
    lines : sequence of Line
        Rows, or columns.
    file : str
        For the message.

    Raises
    ------
    InputError
        At the first label that stands twice.
    """
    seen: dict[tuple[str, str], Line] = {}
    for line in lines:
        before = seen.setdefault((line.kind, line.code), line)
        if before is not line:
            raise InputError(
                f"{file}: {before.place} and {line.place} are both called {show(line.code)}; a "
                "label stands for one line. Give the second a name of its own."
            )
