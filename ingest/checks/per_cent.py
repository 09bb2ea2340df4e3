"""Shares with a per cent sign, where the study file names it among ``flags``."""

from __future__ import annotations

import duckdb

from ...core.errors import InputError, show
from .. import sql
from ..contract import Column
from ..values import texts
from .rows import Reading, text_of, value_of

__all__ = ["all_per_cent"]


def all_per_cent(con: duckdb.DuckDBPyConnection, reading: Reading, column: Column) -> bool:
    """Whether all shares of a column have a per cent sign; 0 is the same without one.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows.
    reading : Reading
        The entry and how its texts are read.
    column : Column
        A column of shares.

    Raises
    ------
    InputError
        If some numbers have the sign and others do not: half of them would be wrong.
    """
    own, name = sql.name(column.name), sql.name(f"r_{column.name}")
    sign = f"contains({texts.half_width(own)}, '%')"
    first = f"min_by(({own}, _file, _row), (_part, _row))"
    signed, bare = sql.one(
        con,
        f"SELECT {first} FILTER ({sign}), {first} FILTER (NOT {sign} AND v <> 0) FROM "
        f"(SELECT *, {value_of(column, reading)} AS v FROM (SELECT _part, _row, _file, {own}, "
        f"{text_of(column, reading)} AS {name} FROM {reading.opened.relation})) "
        "WHERE v IS NOT NULL",
    )
    if signed and bare:
        raise InputError(
            f"{bare[1]}, row {bare[2]:,}: {column.name} is {show(bare[0])}, and in row "
            f"{signed[2]:,} of {signed[1]} it is {show(signed[0])}: some numbers have a per cent "
            "sign and others do not. Write all in one way."
        )
    return signed is not None
