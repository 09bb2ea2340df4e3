"""Eurostat FIGARO: inter-country supply and use tables, as CSV matrices or flat.

``matrix_eu-ic-supply_24ed_2020.csv`` and ``matrix_eu-ic-use_24ed_2020.csv``, or ``flatfile_…``:
products (``DE_CPA_A01``) in rows, industries (``DE_A01``) in columns; final uses stand at the right
of the use table, payments (``W2_D1``) below it.
"""

from __future__ import annotations

import re

from ...core.errors import InputError, show
from . import figaro
from .block import COMMODITY, FINAL, SECTOR, VALUE_ADDED, Block, Line, with_columns
from .files import File, Files
from .melt import About, supply_use
from .table import PublishedTable
from .years import one_of_year, the_year

__all__ = ["fits", "read"]

_NAME = re.compile(r"(matrix|flatfile)_eu-ic-(supply|use).*", re.IGNORECASE)


def fits(file: File, kind: str) -> bool:
    """Whether a file goes by the name of a FIGARO supply or use table."""
    return kind == "csv" and bool(_NAME.match(file.base))


def read(files: Files, year: int | None) -> PublishedTable:
    """Read a supply and a use table of one year: two files, or a folder or zip of both."""
    parts = {what: _one(files, what, year) for what in ("supply", "use")}
    years = {f"the name of {file.name}": [figaro.year_of(file)] for file in parts.values()}
    found = the_year(files.given, {place: of for place, of in years.items() if of[0]}, year)
    supply, use = (figaro.read_cells(files, file) for file in parts.values())
    names = tuple(file.name for file in parts.values())
    make = Block(
        "make",
        names[0],
        tuple(_line(SECTOR, label, place) for label, place in supply.columns),
        tuple(_line(COMMODITY, label, place) for label, place in supply.rows),
        supply.values.T.copy(),
    )
    industries = {line.code for line in make.rows}
    if not industries & {label for label, _ in use.columns}:
        raise InputError(
            f"{names[1]}: no column is an industry of {names[0]}: the first are "
            f"{show(use.columns[0][0] if use.columns else '')} and "
            f"{show(supply.columns[0][0] if supply.columns else '')}. The files are of two "
            "editions, or one is another table."
        )
    block = Block(
        "use",
        names[1],
        tuple(
            _line(VALUE_ADDED if figaro.is_payment(label) else COMMODITY, label, place)
            for label, place in use.rows
        ),
        tuple(
            _line(FINAL if figaro.is_final(label) else SECTOR, label, place)
            for label, place in use.columns
        ),
        use.values,
    )
    block = with_columns(block, make.rows) if use.flat else block
    return supply_use(make, block, About("figaro-sut", found, figaro.UNIT, "; ".join(names)))


def _one(files: Files, what: str, year: int | None) -> File:
    tables = [
        file
        for file in files.files
        if (match := _NAME.match(file.base)) and match[2].lower() == what
    ]
    if not tables:
        raise InputError(
            f"{files.given}: there is no {what} table, whose file is called matrix_eu-ic-{what}… "
            f"or flatfile_eu-ic-{what}…; give both, or their folder."
        )
    years = [figaro.year_of(file) for file in tables]
    return one_of_year(tables, year, years, f"FIGARO {what} tables")


def _line(kind: str, label: str, place: str) -> Line:
    country, _, rest = label.partition("_")
    if kind == VALUE_ADDED:
        return Line(kind, rest, rest, "", place)
    return Line(kind, label, rest, country, place)
