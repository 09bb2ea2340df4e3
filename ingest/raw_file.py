"""Read a file of any format as a table of its own columns: CSV, Parquet or Stata."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..core.errors import InputError
from .csv_file import Malformed, is_text, read_csv
from .study_model import Entry

__all__ = ["read_file"]


def read_file(
    con: duckdb.DuckDBPyConnection, entry: Entry, shown: str, path: Path, raw: str
) -> list[Malformed]:
    """Make a table of a file's own columns and ``_row``, the data row from 1.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the table goes.
    entry : Entry
        Gives the encoding and the delimiter of CSV files.
    shown, path : str, Path
        Name for messages, and the file.
    raw : str
        Name of the table.

    Returns
    -------
    list of Malformed
        Rows that cannot be taken apart.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    suffixes = "".join(path.suffixes[-2:]).lower()
    try:
        if suffixes.endswith(".parquet"):
            _parquet(con, path, raw)
            return []
        if suffixes.endswith(".dta"):
            con.register("_stata", _stata(path))
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {raw} AS "
                "SELECT row_number() OVER () AS _row, * FROM _stata"
            )
            con.unregister("_stata")
            return []
        if is_text(path):
            return read_csv(con, entry, shown, path, raw)
    except (duckdb.Error, OSError, ValueError, EOFError) as error:
        if isinstance(error, InputError):
            raise
        message = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        if "state machine" in message:
            message = "lines end in different ways (LF and CR LF); write it with one kind."
        raise InputError(f"{shown}: the file cannot be read: {message}") from error
    raise InputError(
        f"{shown}: files ending in {path.suffix!r} are not read; "
        "give .csv, .csv.gz, .parquet or .dta."
    )


def _parquet(con: duckdb.DuckDBPyConnection, path: Path, raw: str) -> None:
    """Number rows by the library's own column, unless the file has one of that name."""
    number, read = "file_row_number + 1", "* EXCLUDE (file_row_number)"
    options = ", file_row_number = true"
    if "file_row_number" in pq.read_schema(path).names:
        number, read, options = "row_number() OVER ()", "*", ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT {number} AS _row, {read} "
        f"FROM read_parquet(?{options})",
        [str(path)],
    )


def _stata(path: Path) -> pa.Table:
    frame = pd.read_stata(path, convert_categoricals=True)
    # Value labels arrive as categories; the text is what the user sees in Stata.
    for column in frame.select_dtypes("category"):
        frame[column] = frame[column].astype("object")
    return pa.Table.from_pandas(frame, preserve_index=False)
