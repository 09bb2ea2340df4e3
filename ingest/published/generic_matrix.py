"""A matrix of any source: sectors in rows and columns, or make (supply) and use tables.

What is a row alone is a payment, what is a column alone a final use; totals are known by their
names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...core.errors import InputError, show, show_some
from .block import Block
from .files import File, Files
from .generic_lines import (
    UNIT,
    alone,
    as_supply_use,
    left_out,
    lines_of,
    sector_codes,
    without,
    year_of,
)
from .melt import About, symmetric
from .printed import Printed, from_grid, read_grid, require_labels
from .supply_use import Label, Labelled
from .table import PublishedTable
from .years import one_of_year, the_year

__all__ = ["read_labelled", "read_supply_use", "read_symmetric"]


def read_symmetric(
    files: Files, year: int | None, sheet: str | None = None, leave_out: Sequence[str] = ()
) -> PublishedTable:
    """Read a symmetric matrix: text or a sheet of a workbook."""
    tables = [file for file in files.files if files.kind(file) in ("csv", "sheet")]
    if not tables:
        raise InputError(f"{files.given}: there is no text file and no workbook.")
    file = one_of_year(tables, year, [year_of(each) for each in tables], "tables")
    printed = require_labels(_matrix(files, file, sheet))
    rows = _joined([list(cells) for cells in printed.labels])
    columns = _joined([list(cells) for cells in zip(*printed.header, strict=True)])
    codes, names = _codes(printed, rows, columns)
    block = _symmetric_block(printed, codes, names, columns)
    block, cells = without(block, leave_out)
    said = {"the file's name": [year_of(file)] if year_of(file) else []}
    found = the_year(file.name, said, year)
    about = About("symmetric", found, UNIT, printed.file, alone(block), cells)
    return symmetric(block, about)


def read_supply_use(
    files: Files, year: int | None, leave_out: Sequence[str] = ()
) -> PublishedTable:
    """Read a make or supply matrix and a use matrix: two files, called by what they are."""
    found: dict[str, Labelled] = {}
    years = {}
    for file in files.files:
        words = re.split(r"[^a-z]+", file.base.lower())
        what = next((word for word in ("make", "supply", "use") if word in words), None)
        if what is None:
            continue
        if what in found:
            raise InputError(f"{files.given}: two files are called {what}; give one of each.")
        found[what] = left_out(read_labelled(files, file), leave_out)
        if year_of(file):
            years[f"the name of {file.name}"] = [year_of(file)]
    first = "make" if "make" in found else "supply"
    if first not in found or "use" not in found:
        raise InputError(
            f"{files.given}: a make (or supply) and a use table are needed; their files have "
            "'make', 'supply' and 'use' in their names."
        )
    return as_supply_use(found[first], found["use"], first, years, year, files.given)


def read_labelled(files: Files, file: File) -> Labelled:
    """Return a matrix with the labels of its rows and columns."""
    printed = require_labels(_matrix(files, file, None))
    rows = _joined([list(row) for row in printed.labels])
    columns = _joined([list(cells) for cells in zip(*printed.header, strict=True)])
    return Labelled(
        printed.file,
        [Label(code, code, printed.row(at)) for at, code in enumerate(rows)],
        [Label(code, code, printed.column(at)) for at, code in enumerate(columns)],
        printed.values,
    )


def _matrix(files: Files, file: File, sheet: str | None) -> Printed:
    kind = files.kind(file)
    grid = read_grid(files.plain(file), file.name, kind, sheet)
    place = f"{file.name}, sheet {show(sheet)}" if sheet else file.name
    top = next((at for at, row in enumerate(grid) if sum(map(bool, row)) > 2), 0)
    below = grid[top + 1 :]
    labels = 2 if len(grid[top]) > 2 and _is_text([row[1] for row in below[2:]]) else 1
    rows = 2 if below and labels == 2 and _is_text(below[0][2:]) else 1
    return from_grid(
        grid, place, top=top, header_rows=rows, label_columns=labels, lettered=kind == "sheet"
    )


def _is_text(cells: Sequence[str | None]) -> bool:
    """Whether most cells are words, and no numbers."""
    texts = [cell.strip() for cell in cells if cell and cell.strip()]
    words = sum(not re.fullmatch(r"[-+]?[\d.,]+(e[-+]?\d+)?", text, re.I) for text in texts)
    return bool(texts) and words > len(texts) / 2


def _joined(cells: list[list[str]]) -> list[str]:
    return ["_".join(part for part in parts if part) for parts in cells]


def _codes(printed: Printed, rows: list[str], columns: list[str]) -> tuple[list[str], list[str]]:
    """Return codes and names of rows: of two cells at the left, the code is that of the header."""
    if not printed.labels or len(printed.labels[0]) == 1 or len(printed.header) > 1:
        return rows, rows
    first, second = zip(*printed.labels, strict=True)
    known = set(columns)
    mine = sum(code in known for code in first) >= sum(code in known for code in second)
    codes, names = (first, second) if mine else (second, first)
    return [code or name for code, name in zip(codes, names, strict=True)], list(names)


def _symmetric_block(
    printed: Printed, codes: list[str], names: list[str], columns: list[str]
) -> Block:
    named = dict(zip(codes, names, strict=True))
    known = sector_codes(codes, columns)
    if len(known) < 2:
        raise InputError(
            f"{printed.file}: {len(known)} labels are rows and columns, and a symmetric table has "
            f"its sectors in both. Rows begin with {show_some(codes[:3])}, columns with "
            f"{show_some(columns[:3])}. The header is shifted, or this is another table."
        )
    return lines_of(
        printed.file,
        [(code, names[at], printed.row(at)) for at, code in enumerate(codes)],
        [(code, named.get(code, code), printed.column(at)) for at, code in enumerate(columns)],
        printed.values,
        known,
    )
