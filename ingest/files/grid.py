"""A printed table as columns: header rows joined, merged cells filled, rows numbered."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from ...core.errors import InputError, show
from .units import require_units

__all__ = ["frame_of"]

#: Between the cells of a header, and of a row's labels, that become one.
JOIN = "_"
Row = Sequence[str | None]


def frame_of(
    grid: Sequence[Row],
    file: str,
    *,
    header_rows: int,
    label_columns: int,
    skip: int,
    header: bool,
    units_row: bool,
    names: Sequence[str] = (),
    warnings: list[str] | None = None,
) -> pa.Table:
    """Return a grid of texts as a table with a name for every column.

    Parameters
    ----------
    grid : sequence of rows
        Cells as texts, None where there is none; rows may differ in length.
    file : str
        The file's name for messages.
    header_rows : int
        So many rows name the columns. Of two and more, the cells of a column are joined by "_";
        a blank cell above the last row takes what stands left of it, as merged cells are meant.
    label_columns : int
        So many columns name the rows. Two and more become one, joined likewise; a blank cell
        left of the last column takes what stands above it.
    skip : int
        So many rows above the header are left out. Blank rows there need not be counted.
    header : bool
        False if no row names the columns: they are ``column_1``, ``column_2`` and so on.
    units_row : bool
        Whether the row below the header names units; it is left out.
    names : sequence of str
        Names of the columns where no row has them.
    warnings : list of str, optional
        Receives what is doubtful of the row of units.

    Returns
    -------
    pyarrow.Table
        Strings, None where blank, and ``_row``, the data row from 1; blank rows are not counted.
        Columns without a name are called by their place; those with nothing in them are left out.

    Raises
    ------
    InputError
        If there is no header, two columns have one name, ``names`` are not one a column, or values
        stand in the row of units.

    Examples
    --------
    >>> grid = [["", "", "DE", "", "FR"], ["", "", "A", "B", "C"], ["DE", "A", "10", "20", "0"]]
    >>> how = {"skip": 0, "header": True, "units_row": False}
    >>> frame_of(grid, "io.csv", header_rows=2, label_columns=2, **how).to_pylist()
    [{'_row': 1, 'column_1': 'DE_A', 'DE_A': '10', 'DE_B': '20', 'FR_C': '0'}]
    """
    rows = [[_blank_as_none(cell) for cell in row] for row in grid[skip:]]
    first = next((at for at, row in enumerate(rows) if any(row)), None)
    if first is None:
        raise InputError(f"{file}: there is no row below the {skip:,} that are skipped.")
    rows = rows[first:]
    width = max(map(len, rows))
    rows = [row + [None] * (width - len(row)) for row in rows]
    labels = max(label_columns, 1)
    if labels > width or (header and header_rows > len(rows)):
        raise InputError(
            f"{file}: the table has {len(rows):,} rows and {width:,} columns, fewer than "
            f"header_rows = {header_rows} and label_columns = {label_columns} say."
        )
    above = rows[:header_rows] if header else []
    data = [row for row in rows[len(above) + units_row :] if any(row)]
    if units_row and len(rows) > len(above):
        doubts = require_units(rows[len(above)], data, file)
        if warnings is not None:
            warnings += doubts
    called = _names(above, width, labels)
    if names and not header:
        if len(names) != width:
            raise InputError(
                f"{file}: 'names' lists {len(names)} columns, the table has {width:,}."
            )
        called = list(names)
    joined = _join_labels(data, labels) if labels > 1 else data
    return _table(_one_label(called, labels), joined, file, labels)


def _one_line(cell: str) -> str:
    """Return a name without the line breaks and double blanks that fit it into its cell."""
    return re.sub(r"\s+", " ", cell).strip()


def _blank_as_none(cell: str | None) -> str | None:
    return cell if cell is not None and cell.strip() else None


def _names(above: list[list[str | None]], width: int, labels: int) -> list[str | None]:
    """Return the joined header of every column."""
    *upper, last = [[c and _one_line(c) for c in row] for row in above] or [[]]
    if not upper:
        return list(last) or [None] * width
    # Nothing is carried from the columns of labels into those of values.
    left = _fill_right([row[:labels] for row in upper], [None] * labels)
    right = _fill_right([row[labels:] for row in upper], last[labels:])
    full = [a + b for a, b in zip(left, right, strict=True)]
    return [_join([*(row[at] for row in full), last[at]]) for at in range(width)]


def _fill_right(upper: list[list[str | None]], last: list[str | None]) -> list[list[str | None]]:
    """Carry upper cells to the right until one of a higher row begins.

    A column without a name of its own in the last row takes nothing: it is no part of a group.
    """
    filled = [list(row) for row in upper]
    for at in range(1, len(last)):
        if last[at] is None:
            continue
        for depth, row in enumerate(filled):
            if upper[depth][at] is not None:
                break  # a new group: what lies below it begins anew, too
            before = next((row[b] for b in range(at - 1, -1, -1) if row[b] is not None), None)
            row[at] = before
    return filled


def _join_labels(data: list[list[str | None]], labels: int) -> list[list[str | None]]:
    """Join the cells that name a row, carrying blank ones down."""
    above: list[str | None] = [None] * labels
    joined = []
    for row in data:
        cells = list(row[:labels])
        for depth in range(labels - 1):
            if cells[depth] is not None:
                break
            cells[depth] = above[depth] if cells[-1] is not None else None
        above = [cell or old for cell, old in zip(cells, above, strict=True)]
        joined.append([_join(cells), *row[labels:]])
    return joined


def _join(cells: Sequence[str | None]) -> str | None:
    return JOIN.join(cell.strip() for cell in cells if cell is not None) or None


def _one_label(names: list[str | None], labels: int) -> list[str | None]:
    return [_join(names[:labels]), *names[labels:]]


def _table(
    names: list[str | None], data: list[list[str | None]], file: str, labels: int
) -> pa.Table:
    """Return the columns that have a name or a value."""
    columns: dict[str, pa.Array] = {"_row": pa.array(range(1, len(data) + 1), pa.int64())}
    places: dict[str, int] = {}
    for at, own in enumerate(names):
        cells = [row[at] for row in data]
        if own is None and at and not any(cells):
            continue
        # Places are those of the file, where several columns of labels still lie side by side.
        place = at + labels if at else 1
        name = own or f"column_{place}"
        if name == "_row":
            raise InputError(f"{file}: column {place} is called '_row', which is ours; rename it.")
        if name in places:
            raise InputError(
                f"{file}: columns {places[name]} and {place} are both called {show(name)}; "
                "rename one, or say header_rows if one more row names the columns."
            )
        places[name] = place
        columns[name] = pa.array(cells, pa.string())
    return pa.table(columns)
