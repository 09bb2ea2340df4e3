"""Read a file of any kind as a table of its own columns."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ...core.errors import InputError, show
from .. import sql
from ..study_model import Entry
from .csv_table import read_csv
from .damaged import readable
from .encoding import is_utf8
from .grid import frame_of
from .kind import ARCHIVES, kind_of
from .of_kind import require_of_kind
from .plain import plain_file
from .raw import Raw
from .sheet import about_sheet, read_sheet
from .stata import OLD_ENCODING, read_stata
from .text_grid import read_text_grid
from .unpack import unpack
from .workbook import about

__all__ = ["read_file"]

_COUNTED = "row_number() OVER ()"


def read_file(
    con: duckdb.DuckDBPyConnection,
    entry: Entry,
    file: str,
    path: Path,
    raw: str,
    folder: Path,
    *,
    own: bool = True,
    lies: bool = False,
) -> Raw:
    """Make a table of a file's own columns and ``_row``, the data row from 1.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the table goes.
    entry : Entry
        How the file is written.
    file, path : str, Path
        Name for messages, and the file.
    raw : str
        Name of the table.
    folder : Path
        For what has to be unpacked or written once more.
    own : bool
        Whether the entry is about this file, and not about one that looks values up in it.
    lies : bool
        Whether it is read where it lies, or in a copy in ``folder``, if it can be: its table is a
        view then.

    Returns
    -------
    Raw

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    with readable(file):
        kind = kind_of(path, file, entry.type, entry.delimiter)
        packed = kind in ARCHIVES
        if packed:
            path, _ = unpack(path, file, entry.member, folder)
            kind = kind_of(path, file, entry.type, entry.delimiter)
        if own:
            require_of_kind(entry, kind, file, packed=packed)
        if kind == "parquet":
            return _parquet(con, file, path, raw, lies=lies)
        if kind == "stata":
            # The study's encoding is UTF-8 unless it says another, and old files are none.
            encoding = OLD_ENCODING if is_utf8(entry.encoding) else entry.encoding
            table, warnings = read_stata(path, file, entry.labels, encoding)
            return _from_arrow(con, table, raw, warnings)
        if kind == "sheet":
            grid, warnings = read_sheet(
                path, file, sheet=entry.sheet, range=entry.range, thousands=entry.thousands
            )
            try:
                table = _name_columns(grid, file, entry, entry.skip, warnings)
            except InputError as error:
                raise InputError(f"{error}{about_sheet(path, file, entry.sheet)}") from error
            read = _from_arrow(con, table, raw, warnings, numbered=True)
            return replace(read, since_1904=about(path).since_1904)
        if entry.header_rows > 1 or entry.label_columns > 1:
            plain = plain_file(path, file, entry, folder)
            grid = read_text_grid(plain, file, entry)
            warnings = list(plain.warnings)
            table = _name_columns(
                grid, file, entry, 0, warnings
            )  # the lines above are left out already
            return _from_arrow(con, table, raw, warnings, numbered=True)
        return read_csv(con, entry, file, path, raw, folder, lies=lies)


def _name_columns(
    grid: list[list[str | None]], file: str, entry: Entry, skip: int, warnings: list[str]
) -> pa.Table:
    """Give a printed table the names of its columns."""
    return frame_of(
        grid,
        file,
        header_rows=entry.header_rows,
        label_columns=entry.label_columns,
        skip=skip,
        header=entry.header,
        units_row=entry.units_row,
        names=entry.names,
        warnings=warnings,
    )


def _parquet(
    con: duckdb.DuckDBPyConnection, file_name: str, path: Path, raw: str, *, lies: bool
) -> Raw:
    """Number rows by the library's own column, unless the file has one of that name.

    Of a file that is read where it lies no copy is made.
    """
    number, options = "file_row_number + 1", ", file_row_number = true"
    schema = pq.read_schema(path)
    names = schema.names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{file_name}: two columns are called {show(twice)}; rename one.")
    if "file_row_number" in {name.lower() for name in names}:
        number, options = _COUNTED, ""
    path = path.absolute()  # others may read it, too
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
    lies = lies and bool(options)
    select = (
        f"SELECT {number} AS _row, {listed} "
        f"FROM read_parquet({sql.text(file)}, hive_partitioning = false{options})"
    )
    con.execute(f"CREATE OR REPLACE TEMP {'VIEW' if lies else 'TABLE'} {raw} AS {select}")
    kinds = con.execute(f"DESCRIBE SELECT * EXCLUDE (_row) FROM {raw}").fetchall()
    return replace(
        _raw(names, [row[1] for row in kinds]),
        view=select if lies else "",
        place=path if lies else None,
    )


def _there(column: str, zone: str) -> str:
    """Return an instant as the clock of its own time zone shows it, wherever this machine is."""
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", zone)
    if offset is None:
        return f"timezone({sql.text(zone)}, {column})"
    sign, hours, minutes = offset.groups()
    later = f"to_minutes({sign}{int(hours) * 60 + int(minutes)})"
    return f"(timezone('UTC', {column}) + {later})"


def _from_arrow(
    con: duckdb.DuckDBPyConnection,
    table: pa.Table,
    raw: str,
    warnings: list[str],
    *,
    numbered: bool = False,
) -> Raw:
    """Make a table of rows in memory, which may bring their numbers in the first column."""
    number, names = ("_row", table.column_names[1:]) if numbered else (_COUNTED, table.column_names)
    called = ["_row"] * numbered + [f"c{n}" for n in range(len(names))]
    con.register("_rows", table.rename_columns(called))
    listed = "".join(f", c{n}" for n in range(len(names)))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT {number} AS _row{listed} FROM _rows")
    con.unregister("_rows")
    kinds = con.execute(f"DESCRIBE SELECT * EXCLUDE (_row) FROM {raw}").fetchall()
    kept = _raw(names, [row[1] for row in kinds])
    return Raw(kept.columns, kept.types, warnings=tuple(warnings))


def _raw(names: list[str], kinds: list[str]) -> Raw:
    columns = {name: f"c{number}" for number, name in enumerate(names)}
    return Raw(columns, dict(zip(names, kinds, strict=True)))
