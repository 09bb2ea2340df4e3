"""Ids kept as numbers with a point, which have too few digits for them: neighbours become one.

Stata keeps numbers as 32-bit floats unless it is told otherwise; they count in ones up to 2²⁴, and
those of 64 bits up to 2⁵³. Digits that are gone no key brings back, so such a file is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from ...core.errors import InputError, show
from ...core.words import counted
from .. import sql
from ..files.raw import Raw

__all__ = ["EXACT_BELOW", "require_exact"]

#: Whole numbers below are kept exactly, by DuckDB's name of the type.
EXACT_BELOW = {"FLOAT": 2**24, "DOUBLE": 2**53}


def require_exact(
    con: duckdb.DuckDBPyConnection, file: str, table: str, raw: Raw, columns: Iterable[str]
) -> None:
    """Refuse ids that the file's own type of number has rounded.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows of the file.
    file : str
        The file's name for messages.
    table : str
        Name of its rows.
    raw : Raw
        Its columns and their types.
    columns : iterable of str
        Names of the file's columns that hold ids or codes.

    Raises
    ------
    InputError
        Naming the first such id, and how many there are.
    """
    for column in columns:
        kind = raw.types[column]
        if kind not in EXACT_BELOW:
            continue
        value = raw.columns[column]
        number, row, first = sql.one(
            con,
            f"SELECT count(*), min(_row), min_by({value}, _row) FROM {table} "
            # not isnan, which DuckDB answers from a Parquet file's statistics without NaN
            f"WHERE abs({value}) >= {EXACT_BELOW[kind]} AND isfinite({value})",
        )
        if number:
            bits = 32 if kind == "FLOAT" else 64
            raise InputError(
                f"{file}, row {row:,}: {column} is {show(f'{first:.0f}')}, an id that the file "
                f"keeps as a number of {bits} bits with a point ({counted(number, 'row')}): "
                f"from {EXACT_BELOW[kind]:,} on these are rounded, and several ids may have become "
                "one. Export the file again from its source, with ids as text or as whole "
                "numbers (Stata: import them as str or long, not as float; R, pandas: as "
                "character or Int64)."
            )
