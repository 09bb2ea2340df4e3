"""Eurostat FIGARO: inter-country tables as a CSV matrix, or flat with a row a cell.

Labels are ``DE_C26``; the world outside the listed countries is ``FIGW1``; payments stand under
``W2`` (``W2_D1``, ``W2_B2A3G``). No totals are printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ..files.damaged import readable
from .block import FINAL, SECTOR, VALUE_ADDED, Block, Line, Numbers, completed
from .files import File, Files
from .melt import About, symmetric
from .printed import read_text
from .table import PublishedTable
from .years import one_of_year, the_year, years_in

__all__ = ["UNIT", "Cells", "fits", "is_final", "is_payment", "read", "read_cells", "year_of"]

UNIT = "million euro"
_NAME = re.compile(r"(matrix|flatfile)_eu-ic-io.*", re.IGNORECASE)
_FINAL = re.compile(r"P[3-6]\w*")
_PAYMENTS = ("D21X31", "OP_RES", "OP_NRES", "D1", "D29X39", "B2A3G")
_AREAS = ("refArea", "counterpartArea", "obsValue")
#: Items of rows and columns: industries by industries, products by products or by industries.
_ITEMS = (re.compile(r"row[IP][ip]"), re.compile(r"col[IP][ip]"))


def fits(file: File, kind: str) -> bool:
    """Whether a file goes by the name of a FIGARO input-output table."""
    return kind == "csv" and bool(_NAME.match(file.base))


def read(files: Files, year: int | None) -> PublishedTable:
    """Read ``matrix_eu-ic-io_ind-by-ind_24ed_2020.csv``, or ``flatfile_eu-ic-io_…`` likewise."""
    tables = [file for file in files.files if file.base.lower().endswith(".csv")]
    if not tables:
        raise InputError(f"{files.given}: there is no CSV file.")
    file = one_of_year(tables, year, [year_of(each) for each in tables], "FIGARO tables")
    found = the_year(file.name, {"the file's name": [of] if (of := year_of(file)) else []}, year)
    cells = read_cells(files, file)
    block = _block(file.name, cells.rows, cells.columns, cells.values)
    block = completed(block) if cells.flat else block
    return symmetric(block, About("figaro", found, UNIT, file.name))


def year_of(file: File) -> int:
    """Return the year of a table: the last one that its name has."""
    return next(iter(reversed(years_in(file.base.replace("_", " ")))), 0)


def is_payment(label: str) -> bool:
    """Whether a row is a payment: ``W2_D1``."""
    return label.partition("_")[2] in _PAYMENTS


def is_final(label: str) -> bool:
    """Whether a column is a final use: ``DE_P3_S14``."""
    return bool(_FINAL.fullmatch(label.partition("_")[2]))


@dataclass(frozen=True, slots=True)
class Cells:
    """A matrix with labels and places of rows and columns; NaN where there is no cell.

    ``flat`` says that it was a row a cell: what is 0 may be left out there, whole lines of it, too.
    """

    rows: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    values: Numbers
    flat: bool = False


def read_cells(files: Files, file: File) -> Cells:
    """Read a CSV matrix, or a flat file, whose header names areas, items and a value."""
    path = files.plain(file)
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        header = lines.readline().replace('"', "").strip().split(",")
    if set(_AREAS) <= set(header):
        return _flat(files, file, header)
    printed = read_text(path, file.name, header_rows=1, label_columns=1, delimiter=",")
    return Cells(
        [(cells[0], printed.row(at)) for at, cells in enumerate(printed.labels)],
        [(label, printed.column(at)) for at, label in enumerate(printed.header[0])],
        printed.values,
    )


def _flat(files: Files, file: File, header: list[str]) -> Cells:
    """Put the cells of a flat file into a matrix."""
    items = [next((name for name in header if each.fullmatch(name)), "") for each in _ITEMS]
    if not all(items):
        raise InputError(
            f"{file.name}: a flat file has a column rowIi (rowPi, rowPp) and one colIi (colPi, "
            f"colPp) beside {', '.join(_AREAS)}; its columns are {', '.join(header)}."
        )
    labels = [_AREAS[0], items[0], _AREAS[1], items[1]]
    with readable(file.name):
        cells = pd.read_csv(
            files.plain(file),
            usecols=[*labels, _AREAS[2]],
            dtype=dict.fromkeys(labels, "str"),
            keep_default_na=False,
            na_values={"obsValue": [""]},
        )
    bad = pd.to_numeric(cells["obsValue"], errors="coerce")
    fault = bad.isna() & cells["obsValue"].notna()
    if fault.any():
        at = int(np.argmax(fault))
        raise InputError(
            f"{file.name}, row {at + 2:,}, column obsValue: {show(cells['obsValue'].iloc[at])} "
            "stands where a number is needed."
        )
    rows = cells[labels[0]] + "_" + cells[labels[1]]
    columns = cells[labels[2]] + "_" + cells[labels[3]]
    row_at, row_labels = pd.factorize(rows)
    column_at, column_labels = pd.factorize(columns)
    values = np.full((len(row_labels), len(column_labels)), np.nan)
    twice = pd.Series(row_at.astype(np.int64) * len(column_labels) + column_at).duplicated()
    if twice.any():
        at = int(np.argmax(twice))
        raise InputError(
            f"{file.name}, row {at + 2:,}: {show(rows.iloc[at])} to {show(columns.iloc[at])} "
            "stands there for the second time; a cell has one value."
        )
    values[row_at, column_at] = bad.to_numpy()
    return Cells(
        [(label, f"{items[0]} {label}") for label in row_labels],
        [(label, f"{items[1]} {label}") for label in column_labels],
        values,
        flat=True,
    )


def _block(
    file: str, rows: list[tuple[str, str]], columns: list[tuple[str, str]], values: Numbers
) -> Block:
    known = {label for label, _ in rows} & {label for label, _ in columns}
    if not known:
        raise InputError(
            f"{file}: no label is a row and a column, as DE_C26 is in tables of FIGARO; the first "
            f"row is {show(rows[0][0] if rows else '')}, the first column "
            f"{show(columns[0][0] if columns else '')}."
        )
    return Block(
        "flows",
        file,
        tuple(_line(label, place, known, VALUE_ADDED) for label, place in rows),
        tuple(_line(label, place, known, FINAL) for label, place in columns),
        values,
    )


def _line(label: str, place: str, known: set[str], other: str) -> Line:
    country, _, rest = label.partition("_")
    is_other = is_payment(label) if other == VALUE_ADDED else is_final(label)
    if label in known or not is_other:
        return Line(SECTOR, label, rest, country, place)
    return Line(other, rest if other == VALUE_ADDED else label, rest, country, place)
