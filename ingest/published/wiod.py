"""World Input-Output Database, releases 2013 and 2016: workbooks, wide tables, long tables.

A workbook prints code, name, country and number of every sector above its column and left of its
row; final demand, five kinds a country, stands at the right, and payments stand below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ..files.stata import OLD_ENCODING, read_stata
from .block import (
    EVERYTHING,
    FINAL,
    SECTOR,
    TOTAL,
    VALUE_ADDED,
    Block,
    Line,
    Numbers,
    completed,
    without_zero_totals,
)
from .files import File, Files, sheet_names
from .melt import About, symmetric
from .printed import Grid, Printed, from_grid, read_grid, read_text
from .rdata_file import read_rdata
from .table import PublishedTable
from .years import one_of_year, the_year, years_in

__all__ = ["fits_wide", "fits_workbook", "read_wide", "read_workbook"]

UNIT = "million US$"
_NAME = re.compile(r"wiot[_ ]?((?:19|20)?\d\d)", re.IGNORECASE)
_NUMBER = re.compile(r"[cr](\d{1,2})")
_COLUMN = re.compile(r"v?([A-Za-z]{3})_?(\d{1,2})")
#: Payments by what their printed names begin with; the workbooks of 2013 give them no code.
_PAYMENTS = (
    ("total intermediate", "II_fob"),
    ("taxes less subsidies", "TXSP"),
    ("cif", "EXP_adj"),
    ("direct purchases", "PURR"),
    ("purchases on the domestic", "PURNR"),
    ("value added", "VA"),
    ("international transport", "IntTTM"),
    ("output at basic", "GO"),
    ("total output", "GO"),
)
_LABELS = ("IndustryCode", "IndustryDescription", "Country", "RNr", "Year")
#: Columns of the long tables of the release of 2013; items are the numbers of the workbook.
_LONG = ("row_country", "row_item", "col_country", "col_item", "value")
#: Rows of a long table that are no sectors, by their numbers in the workbook.
_ITEMS = {
    "60": "II_fob",
    "61": "EXP_adj",
    "62": "PURR",
    "63": "PURNR",
    "64": "VA",
    "65": "IntTTM",
    "69": "GO",
    "99": "TXSP",
}
_NO_COUNTRY = ("", "TOT")


def fits_workbook(file: File, kind: str) -> bool:
    """Whether a file goes by the name of a WIOD workbook."""
    return kind == "sheet" and bool(_NAME.match(file.base))


def fits_wide(file: File, kind: str) -> bool:
    """Whether a file goes by the name of a WIOD table, and is no workbook."""
    named = file.base.lower().startswith("wiot")  # wiot_full.dta holds all years
    return kind in ("csv", "stata", "parquet", "rdata") and named


def read_workbook(files: Files, year: int | None) -> PublishedTable:
    """Read ``WIOT2014_Nov16_ROW.xlsb`` (release 2016) or ``wiot09_row_sep12.xlsx`` (2013)."""
    sheets = [file for file in files.files if files.kind(file) == "sheet"]
    if not sheets:
        raise InputError(f"{files.given}: there is no workbook; wiod reads .xlsx and .xlsb.")
    file = one_of_year(sheets, year, [_year_of(each) for each in sheets], "WIOD workbooks")
    path = files.plain(file)
    names = sheet_names(path, file.name)
    if not names:
        raise InputError(f"{file.name}: there is no sheet in it; fetch the file again.")
    wanted = [name for name in names if any(char.isdigit() for char in name)] or names
    sheet = wanted[0]
    grid = read_grid(path, file.name, "sheet", sheet)
    place = f"{file.name}, sheet {show(sheet)}"
    printed = from_grid(grid, place, top=_top(grid, place), header_rows=4, label_columns=4)
    titles = [cell for row in grid[:4] for cell in row[:1] if cell]
    found = the_year(
        place,
        {
            "the title": years_in(" ".join(titles[:2])),
            "the sheet": years_in(sheet),
            "the file's name": [_year_of(file)] if _year_of(file) else [],
        },
        year,
    )
    block = _block(printed)
    source = f"{file.name} ({'; '.join(titles)})"
    return symmetric(block, About("wiod", found, _unit(titles), source))


def read_wide(files: Files, year: int | None) -> PublishedTable:
    """Read ``WIOT2014_October16_ROW.dta`` or the same as CSV: columns ``vAUS1``, ``TOT``."""
    kinds = ("csv", "stata", "parquet", "rdata")
    tables = [file for file in files.files if files.kind(file) in kinds]
    if not tables:
        raise InputError(f"{files.given}: there is no .dta, .RData, .csv or .parquet file.")
    file = one_of_year(tables, year, [_year_of(each) for each in tables], "WIOD tables")
    frame = _frame(files, file)
    if set(_LONG) <= set(frame.columns):
        frame, found = _of_year(frame, "year", file, year)
        about = About("wiod-wide", found, UNIT, file.name)
        return symmetric(completed(_block(_from_long(frame, file.name))), about)
    missing = [name for name in _LABELS[:4] if name not in frame.columns]
    if missing:
        raise InputError(
            f"{file.name}: there is no column {show(missing[0])}; a wide WIOD table has "
            f"{', '.join(_LABELS)} and a column a sector, such as vAUS1. Its columns begin with "
            f"{', '.join(map(str, frame.columns[:5]))}."
        )
    frame, found = _of_year(frame, "Year", file, year)
    about = About("wiod-wide", found, UNIT, file.name)
    return symmetric(_block(_as_printed(frame, file.name)), about)


def _of_year(
    frame: pd.DataFrame, column: str, file: File, year: int | None
) -> tuple[pd.DataFrame, int]:
    """Return the rows of the year, and it."""
    years: list[int] = []
    if column in frame.columns:
        of = _numbers(frame, column, file.name)
        years = sorted({int(each) for each in of.dropna()})
        if year is not None and year in years:
            frame, years = frame[of == year], [year]
        if len(years) > 1:
            raise InputError(
                f"{file.name}: there are tables of {years[0]} to {years[-1]}; say which: --year "
                f"{years[-1]} (year={years[-1]})."
            )
    said = {f"the column {column}": years}
    if _year_of(file):
        said["the file's name"] = [_year_of(file)]
    return frame, the_year(file.name, said, year)


def _year_of(file: File) -> int:
    match = _NAME.match(file.base)
    if match is None:
        return next(iter(years_in(file.base)), 0)
    year = int(match[1])
    return year if year > 99 else 1900 + year if year > 50 else 2000 + year


def _unit(titles: Sequence[str]) -> str:
    said = next((title.strip("() ") for title in titles if "US$" in title or "illion" in title), "")
    return said.replace("millions of", "million") or UNIT


def _top(grid: Grid, place: str) -> int:
    """Return the first of the four header rows, the last of which numbers the columns."""
    for at, row in enumerate(grid[:12]):
        if at >= 3 and sum(bool(_NUMBER.fullmatch(cell or "")) for cell in row[4:]) >= 2:
            return at - 3
    raise InputError(
        f"{place}: no row numbers the columns c1, c2, …, as those of the World Input-Output "
        "Database do in row 6. The header is shifted, or this is another table."
    )


def _block(printed: Printed) -> Block:
    """Say what the lines of a printed table are."""
    names, numbers = _numbered(printed)
    rows = tuple(_row(printed, at, *cells) for at, cells in enumerate(printed.labels))
    columns = tuple(_column(printed, at, names, numbers) for at in range(printed.values.shape[1]))
    return without_zero_totals(Block("flows", printed.file, rows, columns, printed.values))


def _numbered(printed: Printed) -> tuple[dict[tuple[str, str], str], set[str]]:
    """Return the codes of sectors by country and number, as rows give them."""
    names = {}
    for code, _, country, number in printed.labels:
        if country not in _NO_COUNTRY:
            names[country, number[1:]] = f"{country}_{code or number}"
    return names, {number for _, number in names}


def _row(printed: Printed, at: int, code: str, name: str, country: str, number: str) -> Line:
    place = printed.row(at)
    if country not in _NO_COUNTRY:
        return Line(SECTOR, f"{country}_{code or number}", name, country, place)
    known = code or next(
        (mine for start, mine in _PAYMENTS if name.lower().startswith(start)), name or number
    )
    if known in ("II_fob", "GO"):
        return Line(TOTAL, known, name, "", place, (SECTOR,) if known == "II_fob" else EVERYTHING)
    return Line(VALUE_ADDED, known, name, "", place)


def _column(
    printed: Printed, at: int, names: dict[tuple[str, str], str], numbers: set[str]
) -> Line:
    code, name, country, number = (row[at] for row in printed.header)
    place = printed.column(at)
    if country in _NO_COUNTRY:
        return Line(TOTAL, code or "GO", name, "", place, EVERYTHING)
    if number[1:] in numbers:
        sector = names.get((country, number[1:]), f"{country}_{code or number}")
        return Line(SECTOR, sector, name, country, place)
    return Line(FINAL, f"{country}_{code or number}", name, country, place)


def _frame(files: Files, file: File) -> pd.DataFrame:
    path, kind = files.plain(file), files.kind(file)
    if kind == "stata":
        table, _ = read_stata(path, file.name, "codes", OLD_ENCODING)
        frame: pd.DataFrame = table.to_pandas()
        return frame
    if kind == "parquet":
        return pd.read_parquet(path)
    if kind == "rdata":
        return read_rdata(path, file.name)
    grid = read_text(path, file.name, header_rows=1, label_columns=5, delimiter=",")
    labels = pd.DataFrame(list(grid.labels), columns=[row.strip('"') for row in grid.corner[0]])
    numbers = pd.DataFrame(grid.values, columns=list(grid.header[0]))
    return pd.concat([labels, numbers], axis=1)


def _as_printed(frame: pd.DataFrame, file: str) -> Printed:
    """Bring a wide table into the form of a workbook: four cells above and left of the numbers."""
    numbers = [name for name in frame.columns if name not in _LABELS]
    header = [_header(str(name), file) for name in numbers]
    texts = [frame[name].fillna("").astype(str).str.strip() for name in _LABELS[:3]]
    lines = _numbers(frame, "RNr", file).fillna(0).astype(int).map("r{}".format)
    values: Numbers = np.column_stack([_numbers(frame, str(name), file) for name in numbers])
    return Printed(
        file,
        tuple(tuple(row) for row in zip(*header, strict=True)),
        tuple(zip(*texts, lines, strict=True)),
        (("",) * 4,) * 4,
        np.ascontiguousarray(values),
        tuple(range(2, len(frame) + 2)),
    )


def _numbers(frame: pd.DataFrame, column: str, file: str) -> pd.Series[float]:
    """Return a column as numbers; name the first cell that is none."""
    found = pd.to_numeric(frame[column], errors="coerce")
    fault = (found.isna() & frame[column].notna()) | found.abs().eq(np.inf)
    if fault.any():
        at = int(np.argmax(fault))
        raise InputError(
            f"{file}, row {at + 2:,}, column {show(column)}: {show(frame[column].iloc[at])} stands "
            "where a number is needed."
        )
    return found.astype(float)


def _from_long(frame: pd.DataFrame, file: str) -> Printed:
    """Put a long table into the form of a workbook; a sector's number is its code."""
    rows = _items(frame["row_country"], frame["row_item"])
    columns = _items(frame["col_country"], frame["col_item"])
    row_at, row_labels = pd.factorize(rows)
    column_at, column_labels = pd.factorize(columns)
    twice = pd.Series(row_at * len(column_labels) + column_at).duplicated().to_numpy()
    if twice.any():
        at = int(np.argmax(twice))
        raise InputError(
            f"{file}, row {at + 2:,}: {show(rows.iloc[at])} to {show(columns.iloc[at])} stands "
            "there for the second time; a cell has one value."
        )
    values = np.full((len(row_labels), len(column_labels)), np.nan)
    values[row_at, column_at] = _numbers(frame, "value", file).to_numpy(float)
    left = [label.split(" ") for label in row_labels]
    above = [label.split(" ") for label in column_labels]
    return Printed(
        file,
        tuple(zip(*(("", "", country, f"c{item}") for country, item in above), strict=True)),
        tuple(
            (_ITEMS.get(item, "") if country in _NO_COUNTRY else "", "", country, f"c{item}")
            for country, item in left
        ),
        (("",) * 4,) * 4,
        values,
        tuple(range(1, len(row_labels) + 1)),
    )


def _items(countries: pd.Series[str], items: pd.Series[float]) -> pd.Series[str]:
    """Return country and number as one label; "TOT" is no country."""
    country = countries.fillna("").astype(str).str.strip().replace("", "TOT")
    number = items.astype(str).str.strip().str.lower().str.removeprefix("c").str.removeprefix("r")
    return country + " " + number.str.replace(r"\.0$", "", regex=True)


def _header(name: str, file: str) -> tuple[str, str, str, str]:
    if name.lstrip("v") in ("TOT", "TOT1"):
        return ("GO", "", "TOT", "")
    match = _COLUMN.fullmatch(name)
    if match is None:
        raise InputError(f"{file}: the column {show(name)} is no sector such as vAUS1, nor TOT.")
    return ("", "", match[1], f"c{match[2]}")
