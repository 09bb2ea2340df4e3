"""Tables of results as an Excel workbook, a sheet each."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ..core.errors import InputError
from .result_table import ResultTable
from .tables import ABSENT, show

__all__ = ["sheet_names", "write_workbook"]

#: Characters of a sheet's name; rows, columns and characters of a cell that a sheet holds.
NAME, ROWS, COLUMNS, TEXT = 31, 1_048_576, 16_384, 32_767
#: The sheet that says what the columns are.
ABOUT = "columns"
#: The first sheet of invented data.
NOTICE = "SYNTHETIC"
#: Characters of the widest column.
WIDEST = 48
# The time of writing would make two equal workbooks two different files.
_CREATED = datetime.datetime(2000, 1, 1)
_RED = "#B3261E"
_FORMS = {"year": "0", "count": "#,##0"}


class _Exact(Worksheet):  # type: ignore[misc]  # the library has no types
    """Writes numbers with all their digits: the library's own 16 lose the last bit of many."""

    def _xml_number_element(self, number: Any, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        marks = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
        self.fh.write(f"<c{marks}><v>{number!r}</v></c>")


def sheet_names(names: Sequence[str]) -> list[str]:
    """Name sheets as Excel allows: 31 characters at most, some of them not, each once.

    Parameters
    ----------
    names : sequence of str
        What the tables are called.

    Examples
    --------
    >>> sheet_names(["W_2020", "w_2020", "a/b", "History"])
    ['W_2020', 'w_2020~2', 'a_b', 'History_']
    >>> sheet_names(["contribution_without_final_demand_2020"])
    ['contribution_without~emand_2020']
    """
    taken, given = {ABOUT, NOTICE.lower()}, []
    for name in names:
        clean = re.sub(r"[\[\]:*?/\\]", "_", name).strip("'") or "table"
        clean = f"{clean}_" if clean.lower() == "history" else clean
        if len(clean) > NAME:  # the year stands at the end
            clean = f"{clean[: NAME - 11]}~{clean[-10:]}"
        one, number = clean, 1
        while one.lower() in taken:
            number += 1
            one = f"{clean[: NAME - 1 - len(str(number))]}~{number}"
        taken.add(one.lower())
        given.append(one)
    return given


def number_format(values: Sequence[float], form: str) -> str:
    """Return a format that shows four digits of the middle number of a column.

    Parameters
    ----------
    values : sequence of float
        Numbers of the column.
    form : str
        As :meth:`~.result_table.ResultTable.form` says.

    Examples
    --------
    >>> number_format([0.012, 0.034, 0.56], "value"), number_format([2000.5], "value")
    ('0.00000', '#,##0')
    >>> number_format([1e-9], "value")
    '0.000E+00'
    """
    if form != "value":
        return _FORMS[form]
    sizes = sorted(abs(value) for value in values if value and math.isfinite(value))
    if not sizes:
        return "0.000"
    power = math.floor(math.log10(sizes[len(sizes) // 2]))
    if power < -5 or power > 14:
        return "0.000E+00"
    return "#,##0" if power >= 3 else f"0.{'0' * (3 - power)}"


def write_workbook(tables: Sequence[ResultTable], path: Path) -> None:
    """Write a sheet for each table, and one that says what the columns are.

    Cells hold numbers with all their digits and show few of them. The heads and the columns that
    name a row stay in view. A number that does not exist is an empty cell, an infinite one ∞.

    What must be read before any number is the first sheet, stands in the properties of the file,
    in red on the tabs, and above every sheet that is printed.

    Parameters
    ----------
    tables : sequence of ResultTable
        What to write.
    path : Path
        The file.

    Raises
    ------
    InputError
        If a table is larger than a sheet.
    """
    for table in tables:
        rows, columns = table.frame.shape
        longest = max((len(t) for c in table.frame for t in _texts(table, str(c))), default=0)
        if rows >= ROWS or columns > COLUMNS or longest > TEXT:
            raise InputError(
                f"table {table.name}: {rows:,} rows, {columns:,} columns and texts of {longest:,} "
                f"characters are more than a sheet of Excel holds ({ROWS - 1:,}, {COLUMNS:,} and "
                f"{TEXT:,}); take its CSV file."
            )
    names = sheet_names([table.name for table in tables])
    with xlsxwriter.Workbook(path) as book:
        notice = next((table.notice for table in tables if table.notice), "")
        book.set_properties({"created": _CREATED, "title": notice, "comments": notice})
        looks = _Looks(book)
        if notice:
            _warn(book.add_worksheet(NOTICE), notice, book)
        for name, table in zip(names, tables, strict=True):
            sheet = book.add_worksheet(name, _Exact)
            _write(sheet, table, looks)
            if notice:
                sheet.set_tab_color(_RED)
                sheet.set_header(f"&C&B{notice}")
        _explain(book.add_worksheet(ABOUT), names, tables, looks)


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.made: dict[str, Any] = {}

    def of(self, number: str) -> Any:
        if number not in self.made:
            self.made[number] = self.book.add_format({"num_format": number})
        return self.made[number]


def _warn(sheet: Any, notice: str, book: Any) -> None:
    red = book.add_format({"bold": True, "font_color": _RED, "font_size": 14})
    sheet.write_string(0, 0, notice, red)
    sheet.set_tab_color(_RED)


def _write(sheet: Any, table: ResultTable, looks: _Looks) -> None:
    rows = len(table.frame)
    for place, column in enumerate(map(str, table.frame)):
        values = table.frame[column]
        form = table.form(column)
        sheet.write_string(0, place, column, looks.head)
        if form == "text":
            number = "@"
            for row, text in enumerate(_texts(table, column), start=1):
                if text:
                    sheet.write_string(row, place, text, looks.of(number))
        else:
            number = number_format(values.dropna().tolist(), form)
            for row, value in enumerate(values.tolist(), start=1):
                _number(sheet, row, place, value, looks.of(number))
        sheet.set_column(place, place, _width(table, column, form))
    sheet.freeze_panes(1, table.keys)
    if rows:
        sheet.autofilter(0, 0, rows, len(table.frame.columns) - 1)


def _number(sheet: Any, row: int, place: int, value: float, look: Any) -> None:
    if math.isinf(value):
        sheet.write_string(row, place, show(value, "value"))
    elif not math.isnan(value):
        sheet.write_number(row, place, value, look)


def _texts(table: ResultTable, column: str) -> list[str]:
    """Return a column of text; what is missing is empty. Numbers have none."""
    values = table.frame[column]
    if table.form(column) != "text":
        return []
    return [
        "" if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)
    ]


def _width(table: ResultTable, column: str, form: str) -> int:
    texts = _texts(table, column) or [show(value, form) for value in table.frame[column]]
    # A Chinese character is as wide as two others.
    widths = [sum(1 + (character > "\u2e80") for character in text) for text in texts]
    return min(WIDEST, max([*widths, len(column) + 2, len(ABSENT)]) + 1)


def _explain(
    sheet: Any, names: Sequence[str], tables: Sequence[ResultTable], looks: _Looks
) -> None:
    for place, title in enumerate(("sheet", "column", "meaning")):
        sheet.write_string(0, place, title, looks.head)
    row = 0
    for name, table in zip(names, tables, strict=True):
        for column in map(str, table.frame):
            row += 1
            for place, text in enumerate((name, column, table.meanings.get(column, ""))):
                sheet.write_string(row, place, text)
    sheet.set_column(0, 1, 32)
    sheet.set_column(2, 2, 80)
    sheet.freeze_panes(1, 0)
