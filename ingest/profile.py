"""How the texts of an entry are: what cleaning they need, and whether ids were kept as floats.

Cleaning every text for everything would cost half the time of a check. One cheap pass over each
column says what it does not need; the values that come out are the same.
"""

from __future__ import annotations

import duckdb

from . import sql, texts
from .contract import Column
from .row_checks import Reading
from .source import Opened
from .study import TableSource

__all__ = ["read_how"]

#: Texts that are looked at before a whole column is.
_FIRST = 1_000


def read_how(con: duckdb.DuckDBPyConnection, source: TableSource, opened: Opened) -> Reading:
    """Look at an entry's texts once and say how they are to be read.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows.
    source : TableSource
        The entry.
    opened : Opened
        Its rows.

    Returns
    -------
    Reading
    """
    columns = [c for c in source.table.columns if c.name in opened.present]
    looked_at = [c for c in columns if c.name not in opened.numeric]
    given = source.entry.missing
    listed = ", ".join(sql.text(m) for m in (texts.MISSING if given is None else given))
    asked = [
        part
        for column in looked_at
        for part in (_odd(sql.name(column.name)), _stands_for(sql.name(column.name), listed))
    ]
    plain = {column.name for column in columns} - {column.name for column in looked_at}
    filled = set(plain)
    if asked:
        answers = sql.one(con, f"SELECT {', '.join(asked)} FROM {opened.relation}")
        for number, column in enumerate(looked_at):
            odd, missing = answers[2 * number : 2 * number + 2]
            plain |= set() if odd else {column.name}
            filled |= set() if odd or missing else {column.name}
    floats = {c.name for c in looked_at if _all_floats(con, opened, c, listed or "''")}
    return Reading(source, opened, frozenset(plain), frozenset(filled), frozenset(floats))


def _odd(name: str) -> str:
    """Ask for a text that is not ASCII, or begins or ends in a control character."""
    ends = f"unicode({name}) < 32 OR unicode(right({name}, 1)) < 32 OR contains({name}, chr(127))"
    return f"coalesce(bool_or(strlen({name}) <> length({name}) OR {ends}), false)"


def _stands_for(name: str, listed: str) -> str:
    """Ask for a text that stands for "missing"; odd blanks around it are the other question."""
    return f"coalesce(bool_or(trim({name}) IN ({listed})), false)" if listed else "false"


def _all_floats(
    con: duckdb.DuckDBPyConnection, opened: Opened, column: Column, listed: str
) -> bool:
    """Whether an id or code is written with '.0' in every row: pandas made a number of it."""
    names = column.refers or column.code or column.name in {"id", "code"}
    if column.type != "string" or not names:
        return False
    name = sql.name(column.name)
    rows = f"FROM {opened.relation} WHERE trim({name}) NOT IN ('', {listed})"
    ask = f"SELECT bool_and(regexp_full_match(trim({name}), '\\d+\\.0+')) FROM "
    for part in (f"(SELECT {name} {rows} LIMIT {_FIRST})", f"(SELECT {name} {rows})"):
        if not sql.one(con, ask + part)[0]:
            return False
    return True
