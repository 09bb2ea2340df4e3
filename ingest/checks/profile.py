"""How the texts of an entry are: what cleaning they need, and whether ids were kept as floats.

Cleaning every text for everything would cost half the time of a check. One cheap pass over each
column says what it does not need; the values that come out are the same.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb

from ...core.errors import InputError, show
from .. import sql
from ..contract import Column
from ..source import Opened
from ..study import TableSource
from ..values import texts
from ..values.fiscal import are_months
from ..values.powers import names_something, require_whole
from .per_cent import all_per_cent
from .rows import Reading, text_of

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
    if opened.joined:
        _require_one_line(con, opened, columns)
    for column in filter(names_something, columns):
        where, name = "_file || ', row ' || _row", sql.name(column.name)
        require_whole(con, opened.relation, column.name, name, where)
    looked_at = [c for c in columns if c.name not in opened.numeric]
    missing = texts.missing_of(source.entry)
    plain = {column.name for column in columns} - {column.name for column in looked_at}
    # A column of numbers holds none of the usual texts, but maybe a number that the study names.
    filled = set(plain) if source.entry.missing is None else set()
    if looked_at:
        names = [sql.name(column.name) for column in looked_at]
        asked = [part for name in names for part in (_odd(name), _stands_for(name, missing))]
        answers = iter(sql.one(con, f"SELECT {', '.join(asked)} FROM {opened.relation}"))
        for column in looked_at:
            odd, missing_there = next(answers), next(answers)
            plain |= set() if odd else {column.name}
            filled |= set() if odd or missing_there else {column.name}
    floats = {column.name for column in looked_at if _all_floats(con, opened, column, missing)}
    if any(map(texts.has_digit, missing)):  # a listed number has several spellings: 99 and 99.0
        filled -= {c.name for c in columns if c.type != "string"} | floats
    reading = Reading(source, opened, frozenset(plain), frozenset(filled), frozenset(floats))
    if "%" in source.entry.flags:
        # of amounts the sign says the unit, which is the user's; a share is a part of 1
        of_shares = (c for c in looked_at if c.unit == "share")
        shares = frozenset(c.name for c in of_shares if all_per_cent(con, reading, c))
        reading = replace(reading, per_cent=shares)
    if source.entry.fiscal is None or source.entry.format:
        return reading
    key = f"tables.{source.table.name}"
    months = (
        column.name
        for column in looked_at
        if column.type == "year"
        and are_months(con, opened.relation, column.name, text_of(column, reading), key)
    )
    return replace(reading, months=frozenset(months))


def _points_mean_something(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether listed or mapped codes end in '.0', as groups of NACE and ISIC do: 10.0 and 10.1."""
    held = {view for (view,) in con.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    lists = {"ok_industries": "code", "ok_concordance": '"from"'}
    return any(
        sql.one(con, f"SELECT bool_or({column} LIKE '%.0') FROM {view}")[0]
        for view, column in lists.items()
        if view in held
    )


def _require_one_line(
    con: duckdb.DuckDBPyConnection, opened: Opened, columns: list[Column]
) -> None:
    """Refuse an id, a code, a number or a year over several lines: a stray quote joined rows."""
    for column in columns:
        if column.type == "string" and not names_something(column):
            continue
        name = sql.name(column.name)
        rows = con.execute(
            f"SELECT _file, _row, {name} FROM {opened.relation} WHERE contains({name}, chr(10)) "
            "ORDER BY _part, _row LIMIT 1"
        ).fetchall()
        if rows:
            file, row, value = rows[0]
            raise InputError(
                f"{file}, row {row}: {column.name} runs over several lines, so that rows would be "
                f"lost: {show(value)}. Close the quote, or double it if it belongs to the text; "
                'quote = "" if the file has no texts in quotes.'
            )


def _odd(name: str) -> str:
    """Ask for a text that is empty, not ASCII, ``="…"``, or begins or ends in a blank."""
    odd = (
        f"{name} < '!' OR strlen({name}) <> length({name}) OR substr({name}, -1) < '!' "
        f"OR {name} BETWEEN '=\"' AND '=#'"  # begins with ="
    )
    return f"coalesce(bool_or({odd}), false)"


def _stands_for(name: str, missing: list[str]) -> str:
    """Ask for a text that stands for "missing"; length and first digit rule most out."""
    if not missing:
        return "false"
    listed = ", ".join(sql.text(text) for text in missing)
    longest = max(len(text.encode()) for text in missing)
    short = f"strlen({name}) <= {longest}"
    if not any(text[:1].isdigit() for text in missing):
        short += f" AND ({name} < '0' OR {name} >= ':')"
    return f"coalesce(bool_or({short} AND {name} IN ({listed})), false)"


def _all_floats(
    con: duckdb.DuckDBPyConnection, opened: Opened, column: Column, missing: list[str]
) -> bool:
    """Whether an id or code is written with '.0' in every row: pandas made a number of it."""
    names = column.refers or column.code or column.name in {"id", "code"}
    if column.type != "string" or not names:
        return False
    name = sql.name(column.name)
    listed = ", ".join(sql.text(text) for text in ["", *missing])
    rows = f"FROM {opened.relation} WHERE trim({name}) NOT IN ({listed})"
    ask = f"SELECT bool_and(regexp_full_match(trim({name}), '-?\\d+\\.0+')) FROM "
    if column.code and _points_mean_something(con):
        return False
    for part in (f"(SELECT {name} {rows} LIMIT {_FIRST})", f"(SELECT {name} {rows})"):
        if not sql.one(con, ask + part)[0]:
            return False
    return True
