"""Names and texts inside generated DuckDB statements, quoted in one place.

Statements are generated from the declared contract. Names of columns come from users' files, so
each goes through :func:`name`; texts go through :func:`text` or travel as parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ..core.errors import InputError

__all__ = ["name", "one", "path", "text"]


def name(identifier: str) -> str:
    """Quote an identifier.

    Examples
    --------
    >>> print(name('odd "name"'))
    "odd ""name\"""
    """
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text literal.

    Examples
    --------
    >>> print(text("x'}) DETACH"))
    'x''}) DETACH'
    """
    return "'" + value.replace("'", "''") + "'"


def path(file: Path) -> str:
    """Return a file's name as DuckDB takes it: its signs for several files mean themselves.

    Examples
    --------
    >>> path(Path("cit[1]*.csv"))
    'cit[[]1][*].csv'

    Raises
    ------
    InputError
        If the name also holds a backslash: DuckDB takes one beside such signs for a separator.
    """
    if "\\" in str(file) and any(sign in "[*?" for sign in str(file)):
        raise InputError(
            f"{file}: a name with a backslash beside '[', '*' or '?' cannot be read; rename it, or "
            "the folder."
        )
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in str(file))


@contextmanager
def one_thread(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Add in one order: sums of amounts have the same last digit each time.

    Threads take the rows that come, and what they have added is put together as they end. Whole
    numbers add up to the same in any order.
    """
    (threads,) = one(con, "SELECT current_setting('threads')")
    con.execute("SET threads = 1")
    try:
        yield
    finally:
        con.execute(f"SET threads = {int(threads)}")


def one(con: duckdb.DuckDBPyConnection, statement: str) -> tuple[Any, ...]:
    """Return the only row of a result.

    All rows are fetched: a result that is left open blocks the connection.
    """
    (row,) = con.execute(statement).fetchall()
    return tuple(row)
