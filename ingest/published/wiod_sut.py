"""World Input-Output Database, release 2016: national supply and use tables.

``DEU_SUT_nov16.xlsx``: sheets ``SUP`` and ``USE`` with all years below each other; a row of codes,
a row of names, then ``year | code | description | numbers``. Uses are at basic prices, so that
``SUP_bas`` equals ``USE_bas``; margins and taxes that lead on to purchasers' prices stand aside.
"""

from __future__ import annotations

import re

import numpy as np

from ...core.errors import InputError, show
from .block import (
    COMMODITY,
    EVERYTHING,
    FINAL,
    MEMO,
    SECTOR,
    SUPPLY,
    TOTAL,
    VALUE_ADDED,
    Block,
    Line,
    without_zero_totals,
)
from .files import File, Files, sheet_names
from .melt import About, supply_use
from .printed import Printed, from_grid, read_grid
from .table import PublishedTable

__all__ = ["fits", "read"]

UNIT = "million units of national currency"
_NAME = re.compile(r"([A-Z]{3})_SUT_\w+\.xls[xb]?", re.IGNORECASE)
_PRODUCT = re.compile(r"CPA_.+", re.IGNORECASE)
_SUPPLY = {"IMP": (SUPPLY, ()), "DSUP_bas": (TOTAL, (SECTOR,)), "SUP_bas": (TOTAL, EVERYTHING)}
#: Columns of the use table that add up others.
_USE = {
    "INTC": (TOTAL, (SECTOR,)),
    "CONS": (TOTAL, ("CONS_h", "CONS_np", "CONS_g")),
    "GCF": (TOTAL, ("GFCF", "INVEN")),
    "FU_bas": (TOTAL, (FINAL,)),
    "USE_bas": (TOTAL, EVERYTHING),
}
_FINAL = ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN", "EXP", "EXP_fob")
#: What leads on to purchasers' prices, and repeats nothing of the table.
_ASIDE = ("MARG", "TXSP", "SUP_pur", "MARG_TXSP_EXP", "FU_pur", "USE_pur")
_PAID = ("TXSP", "EXP_adj", "IMP_adj", "PURR", "PURNR", "VA", "IntTTM")
_OUTPUT = ("GO", "GO_bas")


def fits(file: File, kind: str) -> bool:
    """Whether a file goes by the name of a national supply and use table."""
    return kind == "sheet" and bool(_NAME.fullmatch(file.base))


def read(files: Files, year: int | None) -> PublishedTable:
    """Read the supply and use tables of one country and year."""
    books = [file for file in files.files if files.kind(file) == "sheet"]
    if len(books) != 1:
        raise InputError(
            f"{files.given}: the workbook of one country is needed, DEU_SUT_nov16.xlsx, and there "
            f"are {len(books):,}."
        )
    (file,) = books
    there = {name.upper(): name for name in sheet_names(files.plain(file), file.name)}
    for name in ("SUP", "USE"):
        if name not in there:
            raise InputError(
                f"{file.name}: there is no sheet {name}, as tables of the release of 2016 have; "
                f"its sheets are {', '.join(there.values())}. Tables of other releases are read "
                "with --format supply-use, as a supply and a use matrix."
            )
    supply, of = _of_year(files, file, there["SUP"], year)
    use, _ = _of_year(files, file, there["USE"], of)
    make = Block(
        "make",
        supply.file,
        tuple(_supplier(code, name, place) for code, name, place in _columns(supply)),
        tuple(_product(code, name, place) for code, name, place in _rows(supply)),
        supply.values.T.copy(),
    )
    industries = {line.code for line in make.rows if line.kind == SECTOR}
    block = Block(
        "use",
        use.file,
        tuple(_product(code, name, place) for code, name, place in _rows(use)),
        tuple(_user(use.file, industries, *label) for label in _columns(use)),
        use.values,
    )
    block = without_zero_totals(block)
    return supply_use(make, block, About("wiod-sut", of, UNIT, file.name))


def _of_year(files: Files, file: File, sheet: str, year: int | None) -> tuple[Printed, int]:
    """Return the rows of one year."""
    grid = read_grid(files.plain(file), file.name, "sheet", sheet)
    place = f"{file.name}, sheet {show(sheet)}"
    top = next(
        (at for at, row in enumerate(grid[1:12], 1) if (row[0] or "").strip().lower() == "year"),
        None,
    )
    if top is None:
        raise InputError(
            f"{place}: none of the first rows begins with 'year', as the second row of the header "
            "does. The header is shifted, or this is another table."
        )
    printed = from_grid(grid, place, top=top - 1, header_rows=2, label_columns=3)
    years = [_number(cells[0], place, printed.row(at)) for at, cells in enumerate(printed.labels)]
    have = sorted(set(years))
    if year is None and len(have) > 1:
        raise InputError(
            f"{place}: there are tables of {have[0]} to {have[-1]}; say which: --year {have[-1]} "
            f"(year={have[-1]})."
        )
    of = year if year is not None else have[0]
    if of not in have:
        raise InputError(f"{place}: there is no table of {of}; there are {have[0]} to {have[-1]}.")
    keep = [at for at, each in enumerate(years) if each == of]
    found = Printed(
        place,
        printed.header,
        tuple(printed.labels[at] for at in keep),
        printed.corner,
        np.ascontiguousarray(printed.values[keep]),
        tuple(printed.rows[at] for at in keep),
        printed.lettered,
    )
    return found, of


def _number(text: str, place: str, row: str) -> int:
    try:
        return int(float(text))
    except ValueError:
        raise InputError(f"{place}, {row}: {show(text)} is no year.") from None


def _rows(printed: Printed) -> list[tuple[str, str, str]]:
    return [
        (code or name, name, printed.row(at)) for at, (_, code, name) in enumerate(printed.labels)
    ]


def _columns(printed: Printed) -> list[tuple[str, str, str]]:
    codes, names = printed.header
    return [
        (code or name, name, printed.column(at))
        for at, (code, name) in enumerate(zip(codes, names, strict=True))
    ]


def _supplier(code: str, name: str, place: str) -> Line:
    """Return a column of the supply table."""
    kind, of = _SUPPLY.get(code, (MEMO if code in _ASIDE else SECTOR, ()))
    return Line(kind, code, name, "", place, of)


def _product(code: str, name: str, place: str) -> Line:
    """Return a row of either table."""
    if code in _OUTPUT:
        return Line(TOTAL, code, name, "", place, EVERYTHING)
    if _PRODUCT.fullmatch(code):
        return Line(COMMODITY, code, name, "", place)
    return Line(VALUE_ADDED if code in _PAID else MEMO, code, name, "", place)


def _user(file: str, industries: set[str], code: str, name: str, place: str) -> Line:
    """Return a column of the use table."""
    if code in industries:
        return Line(SECTOR, code, name, "", place)
    if code in _FINAL:
        return Line(FINAL, code, name, "", place)
    if code in _USE:
        kind, of = _USE[code]
        return Line(kind, code, name, "", place, of)
    if code in _ASIDE:
        return Line(MEMO, code, name, "", place)
    raise InputError(
        f"{file}: {place} ({show(code)}) is no industry of the sheet SUP and no final use "
        f"({', '.join(_FINAL)}). The file is of another release."
    )
