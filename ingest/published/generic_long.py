"""A long table of any source, a row a cell: ``supplier, user, value``, perhaps year and table.

Where its tables are a make (or supply) and a use table, it is read as these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.csv as pacsv

from ...core.errors import InputError, show, show_some
from ..files.damaged import readable
from ..files.stata import OLD_ENCODING, read_stata
from .files import File, Files
from .generic_lines import (
    UNIT,
    alone,
    as_supply_use,
    is_output,
    is_total,
    lines_of,
    sector_codes,
    without,
    year_of,
)
from .melt import About, symmetric
from .printed import likely_delimiter
from .rdata_file import read_rdata
from .supply_use import Label, Labelled
from .table import PublishedTable
from .upright import require_imports_below, require_upright
from .years import one_of_year, the_year, years_in

__all__ = ["is_long", "looks_long", "read_cells", "read_long"]

_NAMES = {
    "row": ("supplier", "row", "from", "seller", "origin", "row_code", "commodity"),
    "column": ("user", "col", "column", "to", "buyer", "destination", "col_code"),
    "value": ("value", "flow", "amount", "obs_value", "obsvalue"),
    "year": ("year", "time", "time_period"),
    "table": ("table",),
    "unit": ("unit", "units", "unit_measure"),
    "row_name": ("supplier_name", "row_name", "commodity_name"),
    "column_name": ("user_name", "col_name", "column_name"),
}


def read_long(
    files: Files,
    year: int | None,
    tables: Sequence[str] = (),
    leave_out: Sequence[str] = (),
) -> PublishedTable:
    """Read a long table: ``supplier, user, value``, or ``row, col, value`` with ``table``."""
    kinds = ("csv", "parquet", "stata", "rdata")
    frames = [file for file in files.files if files.kind(file) in kinds]
    if not frames:
        raise InputError(f"{files.given}: there is no text, Parquet, Stata or R file.")
    file = one_of_year(frames, year, [year_of(each) for each in frames], "tables")
    frame, names = _frame(files, file)
    frame = _of_year(frame, names, year, file)
    years = {"the file's name": [year_of(file)]} if year_of(file) else {}
    if "year" in names and len(frame):
        years = {"the column of years": [_a_year(frame[names["year"]], file)]}
    unit = _unit(frame, names, file)
    parts = _tables(frame, names, tables, file)
    labelled = {name: _pivoted(part, names, file, name, unit) for name, part in parts.items()}
    if len(labelled) == 2:
        first, second = labelled
        if tables or not years:
            years |= {f"the table {name}": years_in(name.replace("_", " ")) for name in labelled}
        kind = "supply" if "supply" in first.lower() else "make"
        make, use = labelled[first], labelled[second]
        return as_supply_use(make, use, kind, years, year, file.name, leave_out, zeros=False)
    (table,) = labelled.values()
    table, sectors = _completed(table)
    found = the_year(file.name, years, year)
    block = lines_of(
        table.file,
        [(label.code, label.name, label.place) for label in table.rows],
        [(label.code, label.name, label.place) for label in table.columns],
        table.values,
        sectors,
    )
    block, cells = without(block, leave_out)
    require_upright(block)
    require_imports_below(block)
    return symmetric(block, About("long", found, unit or UNIT, file.name, alone(block), cells))


def _a_year(years: pd.Series[Any], file: File) -> int:
    """Return the year that the first row says."""
    first = pd.to_numeric(years.iloc[:1], errors="coerce").iloc[0]
    if not np.isfinite(first):
        raise InputError(f"{file.name}, row 2: {show(years.iloc[0])} is no year.")
    return int(first)


def _unit(frame: pd.DataFrame, names: dict[str, str], file: File) -> str:
    """Return the one unit that a column says; nothing where there is no such column."""
    if "unit" not in names:
        return ""
    units = [str(unit) for unit in frame[names["unit"]].dropna().unique()]
    if len(units) > 1:
        raise InputError(
            f"{file.name}, column {show(names['unit'])}: amounts are in {len(units):,} units "
            f"({show_some(units)}); keep the rows of one of them."
        )
    return units[0] if units else ""


def _completed(table: Labelled) -> tuple[Labelled, set[str]]:
    """Give every sector a row and a column: long tables leave out what is 0.

    What has gross output is a sector, although it buys nothing.
    """
    rows = [label.code for label in table.rows]
    columns = [label.code for label in table.columns]
    sectors = sector_codes(rows, columns)
    for at, label in enumerate(columns):
        if is_output(label):
            made = np.nan_to_num(table.values[:, at]) != 0
            sectors |= {code for code, has in zip(rows, made, strict=True) if has}
            sectors = {code for code in sectors if not is_total(code)}
    more_rows = [code for code in columns if code in sectors and code not in set(rows)]
    more_columns = [code for code in rows if code in sectors and code not in set(columns)]
    values = np.full((len(rows) + len(more_rows), len(columns) + len(more_columns)), np.nan)
    values[: len(rows), : len(columns)] = table.values
    return (
        Labelled(
            table.file,
            [*table.rows, *(Label(code, code, "no row") for code in more_rows)],
            [*table.columns, *(Label(code, code, "no column") for code in more_columns)],
            values,
        ),
        sectors,
    )


def looks_long(header: Sequence[str]) -> bool:
    """Whether a header, in small letters, names the columns of a long table."""
    return all(any(name in header for name in _NAMES[what]) for what in ("row", "column", "value"))


def is_long(files: Files, file: File) -> bool:
    """Whether a file is a long table: no text or workbook, or one that names its columns so."""
    kind = files.kind(file)
    if kind != "csv":
        return kind != "sheet"
    with files.plain(file).open(encoding="utf-8-sig", errors="replace") as lines:
        first = lines.readline()
    sign = likely_delimiter(first)
    return looks_long([name.strip().strip('"').lower() for name in first.strip().split(sign)])


def read_cells(files: Files, file: File, year: int) -> Labelled:
    """Return the cells of a long table of imports as a matrix; of several tables, that one."""
    frame, names = _frame(files, file)
    frame = _of_year(frame, names, year, file)
    if "year" in names and len(frame):
        the_year(file.name, {"the column of years": [_a_year(frame[names["year"]], file)]}, year)
    name = ""
    if "table" in names:
        there = list(dict.fromkeys(frame[names["table"]].astype(str)))
        fit = [each for each in there if "import" in each.lower()]
        fit = [each for each in fit if years_in(each.replace("_", " ")) in ([], [year])]
        if len(fit) != 1:
            raise InputError(
                f"{file.name}: one table of imports of {year} is needed, called so, and "
                f"{show_some(fit or there)} {'are' if fit else 'is what is'} there; give a file "
                "that holds it alone."
            )
        (name,) = fit
        frame = frame[frame[names["table"]].astype(str) == name]
    return _pivoted(frame, names, file, name)


def _frame(files: Files, file: File) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return a long table and its columns by what they hold."""
    path, kind = files.plain(file), files.kind(file)
    with readable(file.name):
        if kind == "parquet":
            frame = pd.read_parquet(path)
        elif kind == "rdata":
            frame = read_rdata(path, file.name)
        elif kind == "stata":
            frame = read_stata(path, file.name, "labels", OLD_ENCODING)[0].to_pandas()
        else:
            with path.open(encoding="utf-8-sig") as lines:
                first = lines.readline()
            sign = likely_delimiter(first)
            header = [name.strip().strip('"') for name in first.strip().split(sign)]
            texts = {name: "string" for name in header if name.lower() not in _NAMES["value"]}
            frame = pacsv.read_csv(
                path,
                parse_options=pacsv.ParseOptions(delimiter=sign),
                convert_options=pacsv.ConvertOptions(column_types=texts),
            ).to_pandas()
    names = {}
    for what, known in _NAMES.items():
        found = [column for column in frame.columns if str(column).strip().lower() in known]
        if found:
            names[what] = found[0]
    for what in ("row", "column", "value"):
        if what not in names:
            raise InputError(
                f"{file.name}: there is no column of {what}s; a long table has supplier (or row), "
                f"user (or col) and value. Its columns are {show_some(list(frame.columns))}."
            )
    return frame, names


def _of_year(
    frame: pd.DataFrame, names: dict[str, str], year: int | None, file: File
) -> pd.DataFrame:
    if "year" not in names:
        return frame
    of = pd.to_numeric(frame[names["year"]], errors="coerce")
    years = sorted(of.dropna().astype(int).unique())
    if year is not None and year in years:
        return frame[of == year]
    if len(years) > 1:
        raise InputError(
            f"{file.name}: there are tables of {years[0]} to {years[-1]}; say which: --year "
            f"{years[-1]} (year={years[-1]})."
        )
    return frame


def _tables(
    frame: pd.DataFrame, names: dict[str, str], wanted: Sequence[str], file: File
) -> dict[str, pd.DataFrame]:
    """Return the tables of a long file that are meant: one, or make (supply) and use."""
    if "table" not in names:
        return {"": frame}
    own = frame[names["table"]].astype(str)
    there = list(dict.fromkeys(own))
    for name in wanted:
        if name not in there:
            raise InputError(
                f"{file.name}: there is no table {show(name)}; there are {show_some(there)}."
            )
    chosen = list(wanted) or (there if len(there) == 1 else [])
    if not chosen:
        plain = {name.lower(): name for name in there}
        first = next((plain[name] for name in ("make", "supply") if name in plain), None)
        chosen = [first, plain["use"]] if first and "use" in plain else []
    if not chosen or len(chosen) > 2:
        raise InputError(
            f"{file.name}: there are {len(there):,} tables ({show_some(there)}); name one, or a "
            "make (or supply) and a use table: --table NAME --table NAME (tables=[…])."
        )
    chosen.sort(key=lambda name: "use" in name.lower())
    return {name: frame[own == name] for name in chosen}


def _pivoted(
    part: pd.DataFrame, names: dict[str, str], file: File, name: str, unit: str = ""
) -> Labelled:
    """Put the cells of a long table into a matrix, in the order in which labels come."""
    place = f"{file.name}, table {show(name)}" if name else file.name
    values = pd.to_numeric(part[names["value"]], errors="coerce").to_numpy(float)
    row_at, rows = pd.factorize(part[names["row"]].astype("str"))
    column_at, columns = pd.factorize(part[names["column"]].astype("str"))
    fault = (row_at < 0) | (column_at < 0) | ~np.isfinite(values)
    if fault.any():
        at = int(np.argmax(fault))
        raise InputError(
            f"{place}, row {int(part.index[at]) + 2:,}: {show(rows[row_at[at]])}, "
            f"{show(columns[column_at[at]])}, {show(part[names['value']].iloc[at])}: two labels "
            "and a number are needed."
        )
    twice = pd.Series(row_at * len(columns) + column_at).duplicated().to_numpy()
    if twice.any():
        at = int(np.argmax(twice))
        raise InputError(
            f"{place}, row {int(part.index[at]) + 2:,}: {show(rows[row_at[at]])} to "
            f"{show(columns[column_at[at]])} stands there for the second time; a cell has one "
            "value."
        )
    matrix = np.full((len(rows), len(columns)), np.nan)
    matrix[row_at, column_at] = values
    called, above = (
        _called(part, names, codes, f"{side}_name", at)
        for side, codes, at in (("row", rows, row_at), ("column", columns, column_at))
    )
    return Labelled(
        place,
        [Label(str(code), called[code], f"row {show(code)}") for code in rows],
        [Label(str(code), above[code], f"column {show(code)}") for code in columns],
        matrix,
        unit,
    )


def _called(
    part: pd.DataFrame, names: dict[str, str], codes: pd.Index, what: str, at: np.ndarray
) -> dict[str, str]:
    """Return what each code is called: by the column of names beside it, if there is one."""
    called = {code: str(code) for code in codes}
    if what in names:
        texts = part[names[what]].fillna("").astype("str").to_numpy()
        first = pd.Series(texts).groupby(at).first()
        called |= {codes[at]: str(text) for at, text in enumerate(first) if text}
    return called
