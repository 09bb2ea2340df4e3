"""Eurostat FIGARO: inter-country tables as a CSV matrix, or flat with a row a cell.

Labels are ``DE_C26``; the world outside the listed countries is ``FIGW1``; payments stand under
``W2`` (``W2_D1``, ``W2_B2A3G``). No totals are printed.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ..files.damaged import readable
from .block import FINAL, SECTOR, VALUE_ADDED, Block, Line
from .files import File, Files
from .melt import About, symmetric
from .printed import read_text
from .table import PublishedTable
from .years import one_of_year, the_year, years_in

__all__ = ["fits", "read"]

UNIT = "million euro"
_NAME = re.compile(r"(matrix|flatfile)_eu-ic-io.*", re.IGNORECASE)
_FINAL = re.compile(r"P[3-6]\w*")
_PAYMENTS = ("D21X31", "OP_RES", "OP_NRES", "D1", "D29X39", "B2A3G")
_FLAT = ("refArea", "rowIi", "counterpartArea", "colIi", "obsValue")


def fits(file: File, kind: str) -> bool:
    """Whether a file goes by the name of a FIGARO input-output table."""
    return kind == "csv" and bool(_NAME.match(file.base))


def read(files: Files, year: int | None) -> PublishedTable:
    """Read ``matrix_eu-ic-io_ind-by-ind_24ed_2020.csv``, or ``flatfile_eu-ic-io_…`` likewise."""
    tables = [file for file in files.files if file.base.lower().endswith(".csv")]
    if not tables:
        raise InputError(f"{files.given}: there is no CSV file.")
    file = one_of_year(tables, year, [_year_of(each) for each in tables], "FIGARO tables")
    path = files.plain(file)
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        header = lines.readline().replace('"', "").strip().split(",")
    if set(_FLAT) <= set(header):
        block = _flat(files, file)
    else:
        printed = read_text(path, file.name, header_rows=1, label_columns=1, delimiter=",")
        rows = [cells[0] for cells in printed.labels]
        columns = list(printed.header[0])
        block = _block(
            file.name,
            [(label, printed.row(at)) for at, label in enumerate(rows)],
            [(label, printed.column(at)) for at, label in enumerate(columns)],
            printed.values,
        )
    said = {"the file's name": [_year_of(file)] if _year_of(file) else []}
    found = the_year(file.name, said, year)
    return symmetric(block, About("figaro", found, UNIT, file.name))


def _year_of(file: File) -> int:
    return next(iter(reversed(years_in(file.base.replace("_", " ")))), 0)


def _flat(files: Files, file: File) -> Block:
    """Put the cells of a flat file into a matrix."""
    with readable(file.name):
        cells = pd.read_csv(
            files.plain(file),
            usecols=list(_FLAT),
            dtype=dict.fromkeys(_FLAT[:4], "str"),
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
    rows = cells["refArea"] + "_" + cells["rowIi"]
    columns = cells["counterpartArea"] + "_" + cells["colIi"]
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
    return _block(
        file.name,
        [(label, f"rowIi {label}") for label in row_labels],
        [(label, f"colIi {label}") for label in column_labels],
        values,
    )


def _block(
    file: str, rows: list[tuple[str, str]], columns: list[tuple[str, str]], values: np.ndarray
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
    is_other = rest in _PAYMENTS if other == VALUE_ADDED else bool(_FINAL.fullmatch(rest))
    if label in known or not is_other:
        return Line(SECTOR, label, rest, country, place)
    return Line(other, rest if other == VALUE_ADDED else label, rest, country, place)
