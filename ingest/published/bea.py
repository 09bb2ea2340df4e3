"""Bureau of Economic Analysis: make or supply, and use tables, as workbooks or CSV.

A sheet a year. Titles, then two rows of codes and names (detail tables: names and codes), then
``code | name | numbers``; ``...`` and ``---`` are empty cells. Totals are called ``T…``.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise

import numpy as np

from ...core.errors import InputError, show
from .block import Numbers
from .files import File, Files, sheet_names
from .melt import About, supply_use
from .printed import Grid, from_grid, read_grid
from .supply_use import Label, Labelled, make_block, use_block
from .table import PublishedTable
from .years import the_year, years_in

__all__ = ["fits", "has_header", "has_years", "read", "read_labelled"]

UNIT = "million US$"
_MAKE = re.compile(r"(IO)?Make", re.IGNORECASE)
_SUPPLY = re.compile(r"Supply", re.IGNORECASE)
_USE = re.compile(r"(IO)?Use", re.IGNORECASE)
_FIRST = ("iocode", "code", "io code")
_CODE = re.compile(r"[A-Z0-9][A-Za-z0-9]{0,9}")
_ENDS = ("legend", "footnote", "note")


def fits(file: File, kind: str) -> bool:
    """Whether a file goes by the name of a make, supply or use table of the Bureau."""
    named = _MAKE.match(file.base) or _SUPPLY.match(file.base) or _USE.match(file.base)
    return kind in ("sheet", "csv") and bool(named)


def has_header(files: Files, file: File) -> bool:
    """Whether one of the first 15 lines of a text begins as the header of such a table does.

    The Bureau's headers are two rows, of codes and of names; a matrix of others may begin with
    ``code``, too.
    """
    with files.plain(file).open(encoding="utf-8-sig", errors="replace") as text:
        lines = [[cell.strip(' "\n') for cell in line.split(",")] for line in islice(text, 15)]
    return any(
        cells[0].lower() in _FIRST and sum(map(bool, above)) > 2 for above, cells in pairwise(lines)
    )


def read(files: Files, year: int | None) -> PublishedTable:
    """Read a make (or supply) and a use table: two files, or a folder or zip that holds both."""
    make_file, use_file, supply = _pair(files)
    make, made_in, unit, make_title = read_labelled(files, make_file, year)
    use, used_in, _, use_title = read_labelled(files, use_file, year)
    said = {f"the table of {make_file.name}": [made_in], f"that of {use_file.name}": [used_in]}
    found = the_year(use_file.name, said, year)
    made = make_block(make, supply=supply)
    used = use_block(use, made, strict=True)
    source = f"{make.file} ({make_title}); {use.file} ({use_title})"
    return supply_use(made, used, About("bea", found, unit, source))


def _pair(files: Files) -> tuple[File, File, bool]:
    """Return the make or supply table, the use table, and whether the first is a supply table."""
    make = [file for file in files.files if _MAKE.match(file.base)]
    supply = [file for file in files.files if _SUPPLY.match(file.base)]
    use = [file for file in files.files if _USE.match(file.base)]
    if supply and make:
        framework = [file for file in use if "SUT" in file.base]
        if len(use) == 1 and not framework:
            supply = []
        elif len(use) == 1:
            make = []
    for found, what in ((make or supply, "make or supply"), (use, "use")):
        if not found:
            raise InputError(
                f"{files.given}: there is no {what} table; files begin with IOMake, Supply and "
                "IOUse or Use. Industries by industries need both: give both paths, or a folder."
            )
        if len(found) > 1:
            names = ", ".join(file.name for file in found)
            raise InputError(
                f"{files.given}: there are {len(found)} {what} tables ({names}); give the paths "
                "of one make (or supply) and one use table of the same level and edition."
            )
    if make and supply:
        raise InputError(
            f"{files.given}: there are a make and a supply table; give the paths of one of them "
            "and of its use table (Use_SUT_Framework goes with Supply, IOUse with IOMake)."
        )
    return (make or supply)[0], use[0], bool(supply)


def has_years(files: Files, file: File) -> bool:
    """Whether the sheets of a workbook are called by years, as those of the Bureau are."""
    return any(len(years_in(name)) == 1 for name in sheet_names(files.plain(file), file.name))


def read_labelled(files: Files, file: File, year: int | None) -> tuple[Labelled, int, str, str]:
    """Return one table with its codes, its year, unit and title."""
    path, kind = files.plain(file), files.kind(file)
    sheet = _sheet(sheet_names(path, file.name), file, year) if kind == "sheet" else None
    grid = read_grid(path, file.name, kind, sheet)
    place = f"{file.name}, sheet {show(sheet)}" if sheet else file.name
    header, codes, names = _header(grid, place)
    titles = [row[0] for row in grid[: min(header, codes)] if row and row[0]]
    said = years_in(sheet or "") or years_in(" ".join(titles[-1:])) or years_in(file.base)
    of = the_year(place, {"the sheet": said}, year if sheet is None else None)
    first = max(header, codes, names) + 1
    body = grid[:first] + _until_end(grid[first:])
    printed = from_grid(body, place, top=first - 1, header_rows=1, label_columns=2)
    above = [
        (_text(code), _text(name))
        for code, name in zip(grid[codes][2:], grid[names][2:], strict=True)
    ]
    keep = [at for at, cells in enumerate(above) if any(cells)]
    bare = next(
        (
            at
            for at, cells in enumerate(above)
            if not any(cells) and _numbers(printed.values[:, at])
        ),
        None,
    )
    if bare is not None:
        raise InputError(
            f"{place}: {printed.column(bare)} has numbers and no label. The header is shifted, or "
            "the label is missing; give it one."
        )
    columns = [_label(*above[at], printed.column(at)) for at in keep]
    rows = [_label(cells[0], cells[1], printed.row(at)) for at, cells in enumerate(printed.labels)]
    unit = next((title for title in titles if "illion" in title), "")
    unit = UNIT if "dollar" in unit.lower() or not unit else unit.strip("() ")
    title = next(iter(titles), file.base)
    return Labelled(place, rows, columns, printed.values[:, keep]), of, unit, title


def _numbers(cells: Numbers) -> bool:
    return not np.isnan(cells).all()


def _label(code: str, name: str, place: str) -> Label:
    """Return a line's label; totals of the annual tables have a name and no code."""
    plain = re.sub(r"\s*[/\[]\d+[/\]]$", "", name)  # the number of a footnote
    return Label(code or plain, plain, place)


def _sheet(names: list[str], file: File, year: int | None) -> str:
    of = {name: years_in(name) for name in names}
    dated = [name for name, years in of.items() if len(years) == 1]
    if year is not None:
        found = [name for name in dated if of[name] == [year]]
        if found:
            return found[0]
        raise InputError(
            f"{file.name}: there is no sheet of {year}; its sheets are {', '.join(names)}."
        )
    if len(dated) == 1:
        return dated[0]
    if not dated:
        raise InputError(
            f"{file.name}: no sheet is called by a year, as those of make and use tables are; its "
            f"sheets are {', '.join(names)}."
        )
    raise InputError(
        f"{file.name}: there are tables of {dated[0]} to {dated[-1]}; say which: --year "
        f"{dated[-1]} (year={dated[-1]})."
    )


def _header(grid: Grid, place: str) -> tuple[int, int, int]:
    """Return the rows of the header: the one that says IOCode, that of codes, that of names."""
    header = next((at for at, row in enumerate(grid[:15]) if _text(row[0]).lower() in _FIRST), None)
    if header is None:
        raise InputError(
            f"{place}: none of the first 15 rows begins with 'IOCode' or 'Code', as the header of "
            "a make or use table does. The header is shifted, or this is another table."
        )
    other = header - 1
    codes, names = (
        (header, other) if _codes(grid[header]) >= _codes(grid[other]) else (other, header)
    )
    if not _codes(grid[codes]):
        raise InputError(f"{place}, row {codes + 1}: there is no code above a column.")
    return header, codes, names


def _codes(row: list[str | None]) -> int:
    """Count the cells of a row that look like codes: with a digit and without small letters."""
    texts = [_text(cell) for cell in row[2:]]
    return sum(
        bool(_CODE.fullmatch(text)) and (any(map(str.isdigit, text)) or text.isupper())
        for text in texts
    )


def _until_end(rows: Grid) -> Grid:
    """Return the rows above the legend."""
    for at, row in enumerate(rows):
        if _text(row[0]).lower().startswith(_ENDS) or not any(map(_text, row)):
            return rows[:at]
    return rows


def _text(cell: str | None) -> str:
    return " ".join((cell or "").split())
