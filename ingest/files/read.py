"""Read a file of any kind as a table of its own columns."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ...core.errors import InputError
from .. import sql
from ..study_model import Entry
from .csv_table import read_csv
from .damaged import readable
from .grid import frame_of
from .kind import ARCHIVES, kind_of
from .plain import plain_file
from .raw import Raw
from .sheet import read_sheet
from .stata import read_stata
from .unpack import unpack

__all__ = ["read_file"]


def read_file(
    con: duckdb.DuckDBPyConnection, entry: Entry, shown: str, path: Path, raw: str, folder: Path
) -> Raw:
    """Make a table of a file's own columns and ``_row``, the data row from 1.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the table goes.
    entry : Entry
        How the file is written.
    shown, path : str, Path
        Name for messages, and the file.
    raw : str
        Name of the table.
    folder : Path
        For what has to be unpacked or written once more.

    Returns
    -------
    Raw

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    with readable(shown):
        kind = kind_of(path, shown, entry.type if path.suffix.lower() not in _PACKED else None)
        if kind in ARCHIVES:
            path, _ = unpack(path, shown, entry.member, folder)
            kind = kind_of(path, shown, entry.type)
        if kind == "parquet":
            return _parquet(con, path, raw)
        if kind == "stata":
            table, warnings = read_stata(path, shown, entry.labels)
            return _from_arrow(con, table, raw, warnings)
        if kind == "sheet":
            grid, warnings = read_sheet(path, shown, sheet=entry.sheet, range=entry.range)
            return _from_arrow(con, _named(grid, shown, entry), raw, warnings)
        if entry.header_rows > 1 or entry.label_columns > 1:
            plain = plain_file(path, shown, entry, folder)
            grid = _grid(plain.path, shown, entry)
            return _from_arrow(con, _named(grid, shown, entry), raw, list(plain.warnings))
        return read_csv(con, entry, shown, path, raw, folder)


_PACKED = (".gz", ".zip", ".zst", ".bz2")


def _named(grid: list[list[str | None]], shown: str, entry: Entry) -> pa.Table:
    """Give a printed table the names of its columns."""
    return frame_of(
        grid,
        shown,
        header_rows=entry.header_rows,
        label_columns=entry.label_columns,
        skip=entry.skip,
        header=entry.header,
        units_row=entry.units_row,
    )


def _grid(path: Path, shown: str, entry: Entry) -> list[list[str | None]]:
    """Return a printed table as cells; such tables are small."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        begin = file.read(1 << 16)
        file.seek(0)
        delimiter = entry.delimiter or max(",;\t|", key=begin.count)
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if entry.quote else csv.QUOTE_NONE
        rows = csv.reader(
            file, delimiter=delimiter, quotechar=entry.quote or None, quoting=quoting, strict=True
        )
        grid = [[cell or None for cell in row] for row in rows]
    width = max(map(len, grid[: entry.skip + entry.header_rows]), default=0)
    for number, row in enumerate(grid, start=1):
        if len(row) > width:
            raise InputError(
                f"{shown}, line {number}: the row has {len(row)} fields, the header {width}."
            )
    return grid


def _parquet(con: duckdb.DuckDBPyConnection, path: Path, raw: str) -> Raw:
    """Number rows by the library's own column, unless the file has one of that name."""
    number, options = "file_row_number + 1", ", file_row_number = true"
    schema = pq.read_schema(path)
    names = schema.names
    if "file_row_number" in {name.lower() for name in names}:
        number, options = "row_number() OVER ()", ""
    file = sql.path(path)
    described = con.execute(
        "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [file]
    ).fetchall()
    columns = [sql.name(row[0]) for row in described]
    zones = [getattr(field.type, "tz", None) for field in schema]
    listed = ", ".join(
        f"{_there(column, zone) if zone else column} AS c{n}"
        for n, (column, zone) in enumerate(zip(columns, zones, strict=True))
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT {number} AS _row, {listed} "
        f"FROM read_parquet(?, hive_partitioning = false{options})",
        [file],
    )
    kinds = con.execute(f"DESCRIBE SELECT * EXCLUDE (_row) FROM {raw}").fetchall()
    return _raw(names, [row[1] for row in kinds])


def _there(column: str, zone: str) -> str:
    """Return an instant as the clock of its own time zone shows it, wherever this machine is."""
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", zone)
    if offset is None:
        return f"timezone({sql.text(zone)}, {column})"
    sign, hours, minutes = offset.groups()
    later = f"to_minutes({sign}{int(hours) * 60 + int(minutes)})"
    return f"(timezone('UTC', {column}) + {later})"


def _from_arrow(
    con: duckdb.DuckDBPyConnection, table: pa.Table, raw: str, warnings: list[str]
) -> Raw:
    """Make a table of rows in memory, which may bring their numbers."""
    number = "_row" if "_row" in table.column_names else "row_number() OVER ()"
    names = [name for name in table.column_names if name != "_row"]
    called = ["_row" if n == "_row" else f"c{names.index(n)}" for n in table.column_names]
    con.register("_rows", table.rename_columns(called))
    listed = "".join(f", c{n}" for n in range(len(names)))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT {number} AS _row{listed} FROM _rows")
    con.unregister("_rows")
    kinds = con.execute(f"DESCRIBE SELECT * EXCLUDE (_row) FROM {raw}").fetchall()
    made = _raw(names, [row[1] for row in kinds])
    return Raw(made.columns, made.types, warnings=tuple(warnings))


def _raw(names: list[str], kinds: list[str]) -> Raw:
    columns = {name: f"c{number}" for number, name in enumerate(names)}
    return Raw(columns, dict(zip(names, kinds, strict=True)))
