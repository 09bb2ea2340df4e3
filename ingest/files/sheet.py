"""Read one sheet of a spreadsheet as a grid of texts: .xlsx, .xlsm, .xlsb, .xls, .ods."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TypeVar

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

from ...core.errors import InputError, nearest, show, show_some
from .damaged import readable
from .error_cells import MAX_CELLS, Extent, column_number, extents
from .old_workbook import old_workbook
from .probe import survives
from .workbook import about

__all__ = ["Grid", "about_sheet", "read_sheet"]

Grid = list[list[str | None]]
_Any = TypeVar("_Any")
Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
#: A number, or a text, that may be meant with a point between thousands.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]*)(:)?(?:\$?([A-Z]{1,3})\$?([0-9]*))?", re.IGNORECASE)


def read_sheet(
    path: Path,
    file: str,
    *,
    sheet: str | int | None,
    range: str | None,
    thousands: Collection[str] = (),
) -> tuple[Grid, list[str]]:
    """Return the cells of one sheet as texts, row by row, and what a reader should know.

    Parameters
    ----------
    path, file : Path, str
        The file, and its name for messages.
    sheet : str, int or None
        Name of the sheet, or its number from 1. If None, the first that holds anything.
    range : str or None
        A part of the sheet: ``"A5:F40"``, or without an end ``"A5:"``.
    thousands : collection of str
        What parts thousands in texts, as the study says.

    Returns
    -------
    tuple of (list of list of str or None, list of str)
        All rows have the same length. Row 1 of the grid is row 1 of the sheet (or of the range),
        blank or not; empty rows and columns at the end are left out. Whole numbers have no
        point, other numbers are exact, dates are ISO text, errors are what the sheet shows
        ("#N/A"; in .xls and .xlsb they are empty). Of merged cells the first has the value.

    Raises
    ------
    InputError
        If the file is damaged or has a password, the sheet is not there, or nothing is in it; if a
        number would be read as one with thousands.
    """
    with readable(file):
        sizes = extents(path)
        for name, extent in sizes.items():
            if extent.rows * extent.columns > MAX_CELLS:
                raise InputError(
                    f"{file}: sheet {show(name)} has a cell in row {extent.rows:,} and one in "
                    f"column {extent.columns:,}; delete stray cells far from the table."
                )
        if not sizes and not survives(path):
            raise MemoryError("a cell claims a place that no memory can hold")
        try:
            book = CalamineWorkbook.from_path(path)
        except PasswordError as error:
            raise InputError(f"{file}: the file has a password; save it without.") from error
        with book:
            name, warnings = _choose(book, file, sheet)
            all = [info.name for info in book.sheets_metadata]
            # calamine's grid begins in A1 where empty cells are kept.
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    extent = sizes.get(name) or Extent(unworked=old_workbook(path).find_unworked().get(name, []))
    _require_worked_out(extent, file, name, range)
    warnings += _require_no_placeholders(extent, about(path).worked_out, file, name, range)
    if "." in thousands:
        _require_one_spelling(_part(cells, file, range) if range is not None else cells, file, name)
    grid = [[_text(cell) for cell in row] for row in cells]
    _fill_errors(grid, sizes.get(name, Extent()))
    grid = _trim(_part(grid, file, range) if range is not None else grid)
    if not grid:
        where = f"range {range!r} of sheet {show(name)}" if range else f"sheet {show(name)}"
        raise InputError(f"{file}: there is nothing in {where}.{_others(all, name, sheet)}")
    return grid, [
        *warnings,
        *_long_numbers(cells, file, name),
        *_texts_among_numbers(cells, file, name),
    ]


def about_sheet(path: Path, file: str, sheet: str | int | None) -> str:
    """Return a sentence on which sheet was read, and on those that were not."""
    with CalamineWorkbook.from_path(path) as book:
        name, _ = _choose(book, file, sheet)
        names = [info.name for info in book.sheets_metadata]
    return f" This is sheet {show(name)}.{_others(names, name, sheet)}"


def _require_worked_out(extent: Extent, file: str, name: str, range: str | None) -> None:
    """Refuse formulas whose values are not in the file: they would be empty cells."""
    inside = _inside(extent.unworked, range)
    if inside:
        row, column = inside[0]
        raise InputError(
            f"{file}: sheet {show(name)} has {len(inside):,} formulas without values, the first "
            f"in row {row:,}, column {column}: the program that wrote it did not work them out. "
            "Open it in a spreadsheet program and save it."
        )


def _require_no_placeholders(
    extent: Extent, worked_out: bool | None, file: str, name: str, range: str | None
) -> list[str]:
    """Refuse formulas that all have the value 0 where a library wrote it, not having worked them
    out; return a warning where that may be so."""
    inside = _inside(extent.zeros, range)
    if not inside or worked_out:
        return []
    row, column = inside[0]
    alike, first = len(extent.zeros) == extent.valued, f"row {row:,}, column {column}"
    if alike and worked_out is False:
        raise InputError(
            f"{file}: sheet {show(name)} has {len(inside):,} formulas whose values are not in the "
            f"file, the first in {first}: the program that wrote it put 0 or nothing in the place "
            "of each. Open it once in Excel or LibreOffice and save it."
        )
    if not alike and worked_out is None:
        return []
    return [
        f"{file}: sheet {show(name)} has {len(inside):,} formulas with the value 0 or nothing, "
        f"the first in {first}, and perhaps the program that wrote it did not work them out. To be "
        "sure, open it once in Excel or LibreOffice and save it."
    ]


def _inside(places: list[tuple[int, int]], range: str | None) -> list[tuple[int, int]]:
    """Return the places that lie in a range."""
    match = _RANGE.fullmatch(range.strip()) if range else None
    left, top = (column_number(match[1]), int(match[2] or 1)) if match else (1, 1)
    right = column_number(match[4]) if match and match[4] else math.inf
    bottom = int(match[5]) if match and match[5] else math.inf
    return [cell for cell in places if top <= cell[0] <= bottom and left <= cell[1] <= right]


def _choose(book: CalamineWorkbook, file: str, sheet: str | int | None) -> tuple[str, list[str]]:
    """Return the name of the sheet that is meant."""
    names = [info.name for info in book.sheets_metadata if info.typ == SheetTypeEnum.WorkSheet]
    if isinstance(sheet, int):
        # A sheet called 2010 is meant by its name, not by its place.
        if str(sheet) in names:
            return str(sheet), []
        if not 1 <= sheet <= len(names):
            raise InputError(f"{file}: there is no sheet {sheet}; the file has {len(names)}.")
        return names[sheet - 1], []
    if sheet is not None:
        if sheet not in names:
            raise InputError(f"{file}: there is no sheet {show(sheet)}. {nearest(sheet, names)}")
        return sheet, []
    filled = [name for name in names if book.get_sheet_by_name(name).height]
    if not filled:
        raise InputError(f"{file}: there is nothing in any sheet.")
    first, *others = filled
    if not others:
        return first, []
    return first, [
        f"{file}: sheet {show(first)} is read; there are also "
        f"{show_some(others)}. Say which: sheet = {first!r}."
    ]


def _others(names: Sequence[str], name: str, sheet: str | int | None) -> str:
    """Return a sentence on the other sheets, where the study file names none."""
    others = [other for other in names if other != name]
    if sheet is not None or not others:
        return ""
    return f" There are also {show_some(others)}: say which, e.g. sheet = {others[0]!r}."


def _text(cell: Cell | None) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # Up to 1e21 all digits are written; the text names the same number either way.
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e21 and cell else _small(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(cell.total_seconds(), 60)
        return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{seconds:02.0f}"
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell) if cell is not None and cell != "" else None


def _small(number: float) -> str:
    return repr(number) if number else "0"


def _fill_errors(grid: Grid, extent: Extent) -> None:
    """Write error cells into a grid where calamine leaves them empty, which may lengthen it."""
    for (row, column), text in extent.errors.items():
        while len(grid) < row:
            grid.append([])
        line = grid[row - 1]
        line += [None] * (column - len(line))
        line[column - 1] = line[column - 1] or text


def _require_one_spelling(cells: list[list[Cell]], file: str, name: str) -> None:
    """Refuse a number that would be another in the spelling of the texts beside it."""
    for cell in (cell for row in cells for cell in row if isinstance(cell, float)):
        if _GROUPED.fullmatch(repr(cell)):
            raise InputError(
                f"{file}: sheet {show(name)} holds {cell!r} as a number, not as a text, and with "
                f'thousands = "." it would be read as {cell * 1000:.0f}. Make numbers of the texts '
                "in the spreadsheet program, and take decimal and thousands out."
            )


def _part(grid: list[list[_Any]], file: str, range: str) -> list[list[_Any]]:
    match = _RANGE.fullmatch(range.strip())
    if match is None or (match[4] and not match[3]):
        raise InputError(f"{file}: range = {show(range)} is not a range; write 'A5:F40' or 'A5:'.")
    left, top = column_number(match[1]), int(match[2] or 1)
    if match[4]:
        right, bottom = column_number(match[4]), int(match[5] or len(grid))
    else:  # "A5:" is all from there; "A5" would be one cell, which is no table
        if not match[3]:
            raise InputError(f"{file}: range = {show(range)} is one cell; write '{range}:'.")
        right, bottom = max(map(len, grid), default=0), len(grid)
    if top < 1 or (match[4] and right < left) or (match[5] and bottom < top):
        raise InputError(f"{file}: range = {show(range)} ends before it begins.")
    return [row[left - 1 : right] for row in grid[top - 1 : bottom]]


def _trim(grid: Grid) -> Grid:
    """Leave out empty rows and columns at the end, and make rows of one length."""
    filled = [
        (number, max(at for at, cell in enumerate(row) if cell is not None))
        for number, row in enumerate(grid)
        if any(cell is not None for cell in row)
    ]
    if not filled:
        return []
    rows, width = filled[-1][0] + 1, max(last for _, last in filled) + 1
    return [(row + [None] * width)[:width] for row in grid[:rows]]


def _long_numbers(cells: list[list[Cell]], file: str, name: str) -> list[str]:
    """Say where ids of many digits lie as numbers: the program has rounded them already."""
    for number, row in enumerate(cells, start=1):
        for cell in row:
            if isinstance(cell, float) and cell.is_integer() and 1e15 <= abs(cell) < 1e20:
                return [
                    f"{file}: sheet {show(name)}, row {number:,}: {_text(cell)} has more digits "
                    "than the 15 that spreadsheets keep; ids as long as this are cut unless they "
                    "are texts."
                ]
    return []


def _texts_among_numbers(cells: list[list[Cell]], file: str, name: str) -> list[str]:
    """Say where a text such as 1.200 stands in a column of numbers: nobody says what it means."""
    for column in itertools.zip_longest(*cells):
        if not any(isinstance(cell, int | float) for cell in column):
            continue
        for number, cell in enumerate(column, start=1):
            if isinstance(cell, str) and _GROUPED.fullmatch(cell.strip()):
                return [
                    f"{file}: sheet {show(name)}, row {number:,}: {show(cell)} is a text among "
                    f"numbers. It is read as {float(cell.strip()):g}; if its point parts "
                    "thousands, make it a number in the sheet."
                ]
    return []
