"""A matrix of any source: sectors in rows and columns, or make (supply) and use tables.

What is a row alone is a payment, what is a column alone a final use; totals are known by their
names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...core.errors import InputError, show, show_some
from .block import Block, Line, require_once
from .files import File, Files
from .generic_labels import Coded, Said, paired, said_in
from .generic_lines import (
    UNIT,
    alone,
    as_supply_use,
    lines_of,
    sector_codes,
    without,
    year_of,
)
from .melt import About, symmetric
from .printed import Grid, Printed, from_grid, read_grid, require_labels
from .supply_use import Label, Labelled
from .table import PublishedTable
from .upright import require_imports_below, require_upright
from .years import one_of_year, the_year

__all__ = ["read_labelled", "read_supply_use", "read_symmetric"]

#: How a line below a table begins that is a note, or an empty one.
_NOTE = re.compile(r"\s*($|(notes?|sources?|legend|footnotes?)\b|[*†]|\(?\w[)/]|\[)", re.IGNORECASE)


def read_symmetric(
    files: Files, year: int | None, sheet: str | None = None, leave_out: Sequence[str] = ()
) -> PublishedTable:
    """Read a symmetric matrix: text or a sheet of a workbook."""
    tables = [file for file in files.files if files.kind(file) in ("csv", "sheet")]
    if not tables:
        raise InputError(f"{files.given}: there is no text file and no workbook.")
    file = one_of_year(tables, year, [year_of(each) for each in tables], "tables")
    printed, said = _matrix(files, file, sheet)
    rows, columns = paired(printed.labels, _above(printed))
    block = _symmetric_block(printed, rows, columns)
    block, cells = without(block, leave_out)
    require_upright(block)
    require_imports_below(block)
    years = {"the file's name": [year_of(file)] if year_of(file) else [], "its title": said.years}
    found = the_year(file.name, years, year)
    about = About("symmetric", found, said.unit or UNIT, printed.file, alone(block), cells)
    return symmetric(block, about)


def read_supply_use(
    files: Files, year: int | None, leave_out: Sequence[str] = ()
) -> PublishedTable:
    """Read a make or supply matrix and a use matrix: two files, called by what they are."""
    found: dict[str, File] = {}
    for file in files.files:
        words = re.split(r"[^a-z]+", file.base.lower())
        what = next((word for word in ("make", "supply", "use") if word in words), None)
        if what is None:
            continue
        if what in found or {what, *found} >= {"make", "supply"}:
            both = f"called {what}" if what in found else "a make and a supply table"
            raise InputError(
                f"{files.given}: two files are {both}; give one make (or supply) and one use table."
            )
        found[what] = file
    first = "make" if "make" in found else "supply"
    if first not in found or "use" not in found:
        raise InputError(
            f"{files.given}: a make (or supply) and a use table are needed; their files have "
            "'make', 'supply' and 'use' in their names."
        )
    years = {
        f"the name of {file.name}": [year_of(file)] for file in found.values() if year_of(file)
    }
    make, use, titles = _both(files, found[first], found["use"], turned=first == "supply")
    years |= {f"the title of {name}": of for name, of in titles.items()}
    return as_supply_use(make, use, first, years, year, files.given, leave_out)


def _both(
    files: Files, make: File, use: File, *, turned: bool
) -> tuple[Labelled, Labelled, dict[str, list[int]]]:
    """Return both matrices, and which years their titles say.

    Industries and commodities are called the same in either.
    """
    (made, of_made), (used, of_used) = _matrix(files, make, None), _matrix(files, use, None)
    rows, columns = made.labels, _above(made)
    industries, goods = (columns, rows) if turned else (rows, columns)
    mine, users = paired(industries, _above(used))
    commodities, lines = paired(goods, used.labels)
    rows_, columns_ = (commodities, mine) if turned else (mine, commodities)
    return (
        _labelled(made, rows_, columns_, of_made.unit),
        _labelled(used, lines, users, of_used.unit),
        {make.name: of_made.years, use.name: of_used.years},
    )


def read_labelled(
    files: Files, file: File, year: int, rows: Sequence[str], columns: Sequence[str]
) -> Labelled:
    """Return a matrix with its labels; of code and name the code is what others have, too."""
    printed, said = _matrix(files, file, None)
    if said.years not in ([], [year]):
        raise InputError(
            f"{printed.file}: its title says {said.years[0]}, and imports of {year} are needed."
        )
    mine, _ = paired(printed.labels, [(code,) for code in rows])
    above, _ = paired(_above(printed), [(code,) for code in columns])
    return _labelled(printed, mine, above, said.unit)


def _labelled(printed: Printed, rows: Coded, columns: Coded, unit: str) -> Labelled:
    return Labelled(
        printed.file,
        [Label(*pair, printed.row(at)) for at, pair in enumerate(zip(*rows, strict=True))],
        [Label(*pair, printed.column(at)) for at, pair in enumerate(zip(*columns, strict=True))],
        printed.values,
        unit,
    )


def _above(printed: Printed) -> list[tuple[str, ...]]:
    """Return the cells above each column of numbers."""
    return list(zip(*printed.header, strict=True))


def _matrix(files: Files, file: File, sheet: str | None) -> tuple[Printed, Said]:
    """Return a matrix as it is printed, and what is said above it."""
    kind = files.kind(file)
    grid = _without_notes(read_grid(files.plain(file), file.name, kind, sheet))
    place = f"{file.name}, sheet {show(sheet)}" if sheet else file.name
    top = next((at for at, row in enumerate(grid) if _is_header(row)), 0)
    below = [row for row in grid[top + 1 :] if any(row)]
    if not below:
        raise InputError(
            f"{place}: no row stands below a header; the file is empty or cut off. Fetch it again."
        )
    labels = 2 if len(grid[top]) > 2 and _is_text([row[1] for row in below[2:]]) else 1
    rows = 2 if below and _is_text(below[0][labels:]) else 1
    printed = from_grid(
        grid, place, top=top, header_rows=rows, label_columns=labels, lettered=kind == "sheet"
    )
    titles = [cell for row in grid[:top] for cell in row if cell]
    corner = [cell for cells in printed.corner for cell in cells if cell]
    return require_labels(printed), said_in([*titles, *corner])


def _without_notes(grid: Grid) -> Grid:
    """Return the rows above the notes, which are lines with a text alone at the end."""
    last = len(grid)
    while last and not any(grid[last - 1][1:]) and _NOTE.match((grid[last - 1] or [""])[0] or ""):
        last -= 1
    return grid[:last]


def _is_header(row: Sequence[str | None]) -> bool:
    """Whether a row has more than a title: three cells, or all but the corner of a small table."""
    return sum(map(bool, row)) > 2 or (len(row) <= 3 and all(row[1:]))


def _is_text(cells: Sequence[str | None]) -> bool:
    """Whether most cells are words, and no numbers."""
    texts = [cell.strip() for cell in cells if cell and cell.strip()]
    words = sum(not re.fullmatch(r"[-+]?[\d.,]+(e[-+]?\d+)?", text, re.I) for text in texts)
    return bool(texts) and words > len(texts) / 2


def _symmetric_block(printed: Printed, rows: Coded, columns: Coded) -> Block:
    """Say what lines are; a line is called as its row is, or its column where that has no name."""
    named = {code: name for code, name in zip(*columns, strict=True) if name != code}
    named |= {code: name for code, name in zip(*rows, strict=True) if name != code}
    codes, above = rows[0], columns[0]
    for labels, place in ((codes, printed.row), (above, printed.column)):
        require_once(
            [Line("line", code, place=place(at)) for at, code in enumerate(labels)], printed.file
        )
    known = sector_codes(codes, above)
    if len(known) < 2:
        raise InputError(
            f"{printed.file}: {len(known)} labels are rows and columns, and a symmetric table has "
            f"its sectors in both. Rows begin with {show_some(codes[:3])}, columns with "
            f"{show_some(above[:3])}. The header is shifted, or this is another table."
        )
    return lines_of(
        printed.file,
        [(code, named.get(code, code), printed.row(at)) for at, code in enumerate(codes)],
        [(code, named.get(code, code), printed.column(at)) for at, code in enumerate(above)],
        printed.values,
        known,
    )
