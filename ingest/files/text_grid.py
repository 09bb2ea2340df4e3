"""Read a printed text table as a grid of cells, as a sheet is read."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

from ...core.errors import InputError
from ..study_model import Entry
from .header import Header, delimiter_of, lines_above
from .plain import Plain
from .records import records, without_comments

__all__ = ["read_text_grid"]


def read_text_grid(plain: Plain, file: str, entry: Entry) -> list[list[str | None]]:
    """Return the cells from the first header row on, row by row; such tables are small.

    Parameters
    ----------
    plain : Plain
        The file as it can be read.
    file : str
        Its name for messages.
    entry : Entry
        Gives signs, the lines above the header and the number of its rows.

    Raises
    ------
    InputError
        If a row is longer or shorter than the header, or a quote swallows rows.
    """
    before, separator = lines_above(plain.path, entry)
    lines = _lines(plain.path)[len(before) :]
    delimiter = delimiter_of(lines, separator, file, entry)
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=entry.quote or None,
        escapechar=entry.escape if entry.escape != entry.quote else None,
        quoting=_quoting(entry),
    )
    rows = [(len(before) + reader.line_num, row) for row in reader]
    width = max((len(row) for _, row in rows[: entry.header_rows]), default=0)
    # The reader of this library takes whatever a stray quote joins for one cell.
    heads = entry.header_rows if entry.header else 0
    header = Header([""] * width, delimiter, len(before), sum(map(len, before)), heads=heads)
    counted = sum(1 for _ in records(plain.path, file, header, entry))
    if width > 1 and counted != sum(1 for _, row in rows if row):
        raise InputError(
            f"{file}: {counted:,} records were counted in the file, but another number was read; "
            'a quote is at fault somewhere. Say quote = "" if the file has no texts in quotes.'
        )
    for place, (number, row) in enumerate(rows):
        # Of a row that lacks a field all values behind it would stand in the column before; a line
        # of one field is a note.
        if len(row) > width or (place >= heads and 1 < len(row) < width):
            raise InputError(
                f"{file}, line {number:,}{without_comments(entry)}: the row has {len(row)} fields, "
                f"the header {width}; write one for every column, a blank one where there is no "
                "value."
            )
    return [[cell or None for cell in row] for _, row in rows]


def _lines(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        return list(file)


def _quoting(entry: Entry) -> Literal[0, 3]:
    return csv.QUOTE_MINIMAL if entry.quote else csv.QUOTE_NONE
