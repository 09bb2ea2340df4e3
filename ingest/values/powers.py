"""Ids that a program has written as a power of ten: ``1e+05`` was 100000, or one of its neighbours.

R writes so by itself, spreadsheets as soon as a column is narrow, Spark and pandas for numbers with
a point. Digits that are gone no key brings back, so such a file is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ...core.errors import InputError, show
from ...core.words import counted
from .. import sql
from ..contract import Column

__all__ = ["any_perhaps_power", "is_power", "names_something", "perhaps_power", "require_whole"]

#: 1e+05 (R), 1.23457E+11 and 1,23457E+11 (spreadsheets), 1.0E10 (Java, Spark): no id is made so.
_POWER = r"\s*[+-]?\d([.,]\d+)?[eE]\+\d{2,3}\s*|\s*[+-]?\d[.,]\d+[eE]\d{1,3}\s*"
#: 1E5 may be a code of its own, but hardly among ids that are all digits.
_PERHAPS = r"\s*[1-9][eE]\d{1,2}\s*"
_REMEDY = (
    "Export the file again from its source, with ids as text (R: options(scipen = 999); "
    "spreadsheets: number format 0 before saving as CSV; Spark, pandas: cast to string)"
)


def names_something(column: Column) -> bool:
    """Whether a column holds ids or codes, and not words.

    Examples
    --------
    >>> names_something(Column("id", "string", "firm", required=True))
    True
    >>> names_something(Column("region", "string", "region"))
    False
    """
    return column.type == "string" and bool(column.refers or column.code or column.required)


def is_power(text: str) -> str:
    """Return the condition that a text is a power of ten, as programs write long numbers.

    Examples
    --------
    >>> import duckdb
    >>> texts = "(VALUES ('1e+05'), ('1E5'), ('12345')) AS t (x)"
    >>> duckdb.sql(f"SELECT x FROM {texts} WHERE {is_power('x')}").fetchall()
    [('1e+05',)]
    """
    # A look at the second sign rules out most texts, and costs next to nothing.
    condition = f"({text} < '0' OR substr({text}, 2, 1) IN ('e', 'E', '.', ',')) "
    return condition + f"AND regexp_full_match({text}, {sql.text(_POWER)})"


def require_whole(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, text: str, file: str
) -> None:
    """Refuse ids that are powers of ten.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows.
    relation : str
        What they are selected from, with ``_file`` and ``_row`` unless ``file`` is given.
    column : str
        What is read, for the message.
    text : str
        Its text, as SQL.
    file : str
        The file for the message, as SQL; a text, or ``_file || ', row ' || _row``.

    Raises
    ------
    InputError
        Naming the first such value, how many there are, and what writes them whole.
    """
    number, where, value = sql.one(
        con,
        f"SELECT count(*), min_by({file}, _row), min_by({text}, _row) FROM {relation} "
        f"WHERE {is_power(text)}",
    )
    if number:
        raise InputError(
            f"{where}: {column} is {show(value)}, an id that a program has written as a power of "
            f"ten ({counted(number, 'row')}): several ids may have become one. {_REMEDY}."
        )


def any_perhaps_power(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]
) -> bool:
    """Whether an id such as ``1E5`` is there, whatever is beside it.

    Parameters
    ----------
    con, relation
        As in :func:`require_whole`.
    columns : sequence of str
        Names of the columns.
    """
    asked = " OR ".join(f"({_perhaps(sql.name(column))})" for column in columns) or "false"
    return bool(sql.one(con, f"SELECT count(*) FROM {relation} WHERE {asked}")[0])


def _perhaps(name: str) -> str:
    return f"strlen({name}) <= 6 AND regexp_full_match({name}, {sql.text(_PERHAPS)})"


def perhaps_power(con: duckdb.DuckDBPyConnection, relation: str, column: str) -> list[str]:
    """Return a warning on ids such as ``1E5`` among ids that are all digits.

    Parameters
    ----------
    con, relation
        As in :func:`require_whole`.
    column : str
        Name of the column.
    """
    name = sql.name(column)
    condition = _perhaps(name)
    first = con.execute(
        f"SELECT _file, _row, {name} FROM {relation} WHERE {condition} LIMIT 1"
    ).fetchall()
    if not first:
        return []
    others, digits = sql.one(
        con,
        f"SELECT count(*), bool_and(regexp_full_match(trim({name}), '\\d*')) FROM {relation} "
        f"WHERE NOT ({condition})",
    )
    if not others or not digits:
        return []
    file, row, value = first[0]
    return [
        f"{file}, row {row:,}: {column} is {show(value)} among ids that are all digits. If a "
        f"program has made a number of it, other ids may have become the same. {_REMEDY}."
    ]
