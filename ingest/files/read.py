"""Read a file of any kind as a table of its own columns."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...core.errors import InputError
from .. import sql
from ..study_model import Entry
from .csv_table import read_csv
from .raw import Raw

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
    suffixes = "".join(path.suffixes[-2:]).lower()
    try:
        if suffixes.endswith(".parquet"):
            return _parquet(con, path, raw)
        if suffixes.endswith(".dta"):
            return _from_arrow(con, _stata(path), raw)
        if suffixes.endswith(".gz"):
            path = _gunzip(path, folder)
        return read_csv(con, entry, shown, path, raw, folder)
    except (duckdb.Error, OSError, ValueError, EOFError) as error:
        if isinstance(error, InputError):
            raise
        message = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise InputError(f"{shown}: the file cannot be read: {message}") from error


def _gunzip(path: Path, folder: Path) -> Path:
    import gzip
    import shutil

    copy = folder / f"unpacked_{len(list(folder.iterdir()))}"
    with gzip.open(path) as packed, copy.open("wb") as target:
        shutil.copyfileobj(packed, target, 1 << 20)
    return copy


def _parquet(con: duckdb.DuckDBPyConnection, path: Path, raw: str) -> Raw:
    """Number rows by the library's own column, unless the file has one of that name."""
    number, options = "file_row_number + 1", ", file_row_number = true"
    names = pq.read_schema(path).names
    if "file_row_number" in {name.lower() for name in names}:
        number, options = "row_number() OVER ()", ""
    file = sql.path(path)
    described = con.execute(
        "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [file]
    ).fetchall()
    listed = ", ".join(f"{sql.name(row[0])} AS c{n}" for n, row in enumerate(described))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT {number} AS _row, {listed} "
        f"FROM read_parquet(?, hive_partitioning = false{options})",
        [file],
    )
    return _raw(names, [row[1] for row in described])


def _from_arrow(con: duckdb.DuckDBPyConnection, table: pa.Table, raw: str) -> Raw:
    """Make a table of rows in memory."""
    names = list(table.column_names)
    con.register("_rows", table.rename_columns([f"c{n}" for n in range(len(names))]))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT row_number() OVER () AS _row, * FROM _rows"
    )
    con.unregister("_rows")
    kinds = con.execute(f"DESCRIBE SELECT * EXCLUDE (_row) FROM {raw}").fetchall()
    return _raw(names, [row[1] for row in kinds])


def _raw(names: list[str], kinds: list[str]) -> Raw:
    columns = {name: f"c{number}" for number, name in enumerate(names)}
    return Raw(columns, dict(zip(names, kinds, strict=True)))


def _stata(path: Path) -> pa.Table:
    frame = pd.read_stata(path, convert_categoricals=True)
    # Value labels arrive as categories; the text is what the user sees in Stata.
    for column in frame.select_dtypes("category"):
        frame[column] = frame[column].astype("object")
    return pa.Table.from_pandas(frame, preserve_index=False)
