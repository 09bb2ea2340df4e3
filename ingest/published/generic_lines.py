"""What the lines of a symmetric table of any source are, by their names and where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ...core.errors import InputError, show, show_some
from .block import (
    COMMODITY,
    EVERYTHING,
    FINAL,
    IMPORTS,
    SECTOR,
    TOTAL,
    VALUE_ADDED,
    Block,
    Line,
    Numbers,
    with_columns,
)
from .files import File
from .melt import About, supply_use
from .supply_use import Labelled, make_block, use_block
from .table import PublishedTable
from .upright import require_imports_below, require_made, require_upright
from .years import the_year, years_in

__all__ = [
    "UNIT",
    "alone",
    "as_supply_use",
    "is_output",
    "is_total",
    "left_out",
    "lines_of",
    "sector_codes",
    "without",
    "year_of",
]

#: Where nobody says in which unit a table is.
UNIT = "money units"
_INPUTS = re.compile(
    r"(sub)?total (of )?(intermediate|inputs?)\b.*|intermediate (use|consumption|inputs?|total).*",
    re.IGNORECASE,
)
_DEMAND = re.compile(r"(sub)?total (of )?final\b.*", re.IGNORECASE)
_ADDED = re.compile(r"(sub)?total (gross )?value added.*", re.IGNORECASE)
_OUTPUT = re.compile(
    r"(total |gross )*(output|use|supply|inputs? and value added)( .*)?|total|sum|out|x",
    re.IGNORECASE,
)
_IMPORTS = re.compile(r"(total )?import(s|ed)?\b.*|P7|MCIF", re.IGNORECASE)
_PREFIX = re.compile(r"([A-Z]{2,3}|RoW|ROW)_(.+)")


def is_output(label: str) -> bool:
    """Whether a label is that of gross output."""
    return bool(_OUTPUT.fullmatch(label))


def sector_codes(rows: Sequence[str], columns: Sequence[str]) -> set[str]:
    """Return the labels that are sectors: those of rows and columns, and their like.

    In tables of several countries a label of a country and a sector that are known is one, too,
    although it is a row or a column alone.

    Parameters
    ----------
    rows, columns : sequence of str

    Returns
    -------
    set of str

    Examples
    --------
    >>> sorted(sector_codes(["DE_A", "FR_B", "wages"], ["DE_A", "FR_A", "FR_B", "FR_homes"]))
    ['DE_A', 'FR_A', 'FR_B']
    """
    both = {code for code in set(rows) & set(columns) if not is_total(code)}
    world = _countries(both)
    if not world:
        return both
    names = {code.partition("_")[2] for code in both}
    every = {*rows, *columns}
    return both | {
        code
        for code in every
        if (match := _PREFIX.fullmatch(code)) and match[1] in world and match[2] in names
    }


def _countries(sectors: set[str]) -> set[str]:
    """Return the countries that labels begin with, where all do and they are several."""
    matches = [_PREFIX.fullmatch(code) for code in sectors]
    found = {match[1] for match in matches if match}
    return found if all(matches) and len(found) > 1 else set()


def lines_of(
    file: str,
    rows: list[tuple[str, str, str]],
    columns: list[tuple[str, str, str]],
    values: Numbers,
    sectors: set[str],
) -> Block:
    """Say what the lines of a symmetric table are.

    Parameters
    ----------
    file : str
        For messages.
    rows, columns : list of tuple
        Code, name and place of each.
    values : ndarray
    sectors : set of str
        Of :func:`sector_codes`.

    Returns
    -------
    Block
    """
    countries = _countries(sectors)
    _require_whole(file, rows, columns, sectors)
    return Block(
        "flows",
        file,
        tuple(_row(*row, sectors, countries) for row in rows),
        tuple(_column(*column, sectors, countries) for column in columns),
        values,
    )


def alone(block: Block) -> tuple[str, ...]:
    """Say which labels were taken for payments and final uses: nothing but their place tells it."""
    found = []
    for lines, kinds, what in (
        (block.rows, (VALUE_ADDED,), "payments"),
        (block.rows, (IMPORTS,), "imports"),
        (block.columns, (FINAL,), "final uses"),
    ):
        codes = [line.code for line in lines if line.kind in kinds]
        if codes:
            found.append(f"taken for {what}: {show_some(codes)}")
    return tuple(found)


def _require_whole(
    file: str,
    rows: list[tuple[str, str, str]],
    columns: list[tuple[str, str, str]],
    sectors: set[str],
) -> None:
    """Refuse a matrix that seems to end within its sectors: the rest would be final uses."""
    below = [code for code, _, _ in rows if code not in sectors]
    right = [code for code, _, _ in columns if code not in sectors]
    if not below and len(right) >= len(sectors):
        raise InputError(
            f"{file}: {len(sectors):,} labels are rows and columns, {len(right):,} are columns "
            f"alone ({show_some(right[:3])}, …), and no payment stands below. The file seems to be "
            f"cut off after {show(rows[-1][0])}; add a row of value added if it is not."
        )


def is_total(label: str) -> bool:
    return any(form.fullmatch(label) for form in (_INPUTS, _DEMAND, _ADDED, _OUTPUT))


def _row(code: str, name: str, place: str, sectors: set[str], countries: set[str]) -> Line:
    if code in sectors and not is_total(code):
        return Line(SECTOR, code, name, _country(code, countries), place)
    for form, of in ((_INPUTS, (SECTOR,)), (_ADDED, (VALUE_ADDED,)), (_OUTPUT, EVERYTHING)):
        if form.fullmatch(code) or form.fullmatch(name):
            return Line(TOTAL, code, name, "", place, of)
    imported = _IMPORTS.fullmatch(code) or _IMPORTS.fullmatch(name)
    return Line(IMPORTS if imported else VALUE_ADDED, code, name, "", place)


def _column(code: str, name: str, place: str, sectors: set[str], countries: set[str]) -> Line:
    if code in sectors and not is_total(code):
        return Line(SECTOR, code, name, _country(code, countries), place)
    for form, of in ((_INPUTS, (SECTOR,)), (_DEMAND, (FINAL,)), (_OUTPUT, EVERYTHING)):
        if form.fullmatch(code) or form.fullmatch(name):
            return Line(TOTAL, code, name, "", place, of)
    return Line(FINAL, code, name, _country(code, countries), place)


def _country(code: str, countries: set[str]) -> str:
    match = _PREFIX.fullmatch(code)
    return match[1] if match and match[1] in countries else ""


def without(block: Block, labels: Sequence[str]) -> tuple[Block, dict[str, int]]:
    """Leave lines out by their labels; return how many cells go with them."""
    if not labels:
        return block, {}
    there = {line.code for line in (*block.rows, *block.columns)}
    _require_there(labels, there, block.file)
    rows = [at for at, line in enumerate(block.rows) if line.code not in labels]
    columns = [at for at, line in enumerate(block.columns) if line.code not in labels]
    kept = Block(
        block.name,
        block.file,
        tuple(block.rows[at] for at in rows),
        tuple(block.columns[at] for at in columns),
        block.values[np.ix_(rows, columns)],
    )
    return kept, {"left_out": block.values.size - kept.values.size}


def left_out(table: Labelled, labels: Sequence[str]) -> Labelled:
    """Leave lines out by their labels; which labels there are is asked for elsewhere."""
    rows = [at for at, label in enumerate(table.rows) if label.code not in labels]
    columns = [at for at, label in enumerate(table.columns) if label.code not in labels]
    return Labelled(
        table.file,
        [table.rows[at] for at in rows],
        [table.columns[at] for at in columns],
        table.values[np.ix_(rows, columns)],
        table.unit,
    )


def _require_there(labels: Sequence[str], there: set[str], file: str) -> None:
    missing = next((label for label in labels if label not in there), None)
    if missing is not None:
        raise InputError(f"{file}: no row or column is called {show(missing)}, to be left out.")


def year_of(file: File) -> int:
    years = years_in(file.base.replace("_", " ").replace("-", " "))
    return years[0] if len(set(years)) == 1 else 0


def as_supply_use(
    make: Labelled,
    use: Labelled,
    kind: str,
    years: dict[str, list[int]],
    year: int | None,
    source: str,
    leave_out: Sequence[str] = (),
    *,
    zeros: bool = True,
) -> PublishedTable:
    """Return a make (or supply) and a use matrix as a published table.

    Parameters
    ----------
    make, use : Labelled
    kind : str
        ``make`` or ``supply``.
    years : dict of str to list of int
        As in :func:`~spillgraph.ingest.published.years.the_year`.
    year : int or None
        The year that was asked for.
    source : str
        The files, for messages.
    leave_out : sequence of str
        Labels of lines that are no part of either matrix.
    zeros : bool
        Whether lines of 0 are there: a table of a row a cell leaves them out.

    Returns
    -------
    PublishedTable

    Raises
    ------
    InputError
        If a label to be left out is in neither, or their units differ.
    """
    labels = (*make.rows, *make.columns, *use.rows, *use.columns)
    _require_there(leave_out, {label.code for label in labels}, source)
    if make.unit and use.unit and make.unit.lower() != use.unit.lower():
        raise InputError(
            f"{make.file} is in {show(make.unit)} and {use.file} in {show(use.unit)}; bring both "
            "tables into one unit."
        )
    found = the_year(source, years, year)
    made = make_block(left_out(make, leave_out), supply=kind == "supply")
    used = use_block(left_out(use, leave_out), made)
    left = sum(each.values.size for each in (make, use)) - made.values.size - used.values.size
    used = used if zeros else with_columns(used, made.rows)
    require_made(made)
    require_upright(used)
    require_imports_below(used)
    unit = use.unit or make.unit or UNIT
    cells = {"left_out": left} if left else {}
    notes = (*alone(used), *_unmade(used, made))
    return supply_use(made, used, About("supply-use", found, unit, source, notes, cells))


def _unmade(use: Block, make: Block) -> tuple[str, ...]:
    """Say which commodities count as imports, as no industry makes them."""
    made = {line.code for line in make.columns if line.kind == COMMODITY}
    codes = [line.code for line in use.rows if line.kind == COMMODITY and line.code not in made]
    return (f"made by no industry, counted as imports: {show_some(codes)}",) if codes else ()
