"""How the texts of an entry are: what cleaning they need, and whether ids were kept as floats.

Cleaning every text for everything would cost half the time of a check. One cheap pass over each
column says what it does not need; the values that come out are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb

from ...core.errors import InputError, show
from .. import sql
from ..contract import Column
from ..source import Opened
from ..study import TableSource
from ..study_model import Entry
from ..values import texts
from ..values.fiscal import are_months
from ..values.powers import is_power, names_something, require_whole
from .per_cent import all_per_cent
from .rows import Reading, text_of

__all__ = ["are_plain", "read_how"]

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
    for column in _of_powers(con, opened, [*filter(names_something, columns)]):
        where, name = "_file || ', row ' || format('{:,}', _row)", sql.name(column.name)
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
    floats = {column.name for column in _all_floats(con, opened, looked_at, missing)}
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


def are_plain(con: duckdb.DuckDBPyConnection, relation: str, column: str, entry: Entry) -> bool:
    """Whether each text of a column is read as it stands, whatever stands beside it.

    None needs cleaning, stands for "missing", or is a number with ``.0`` or a power of ten.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows.
    relation, column : str, str
        Their name, and the column's.
    entry : Entry
        Says which texts mean "missing".
    """
    name = sql.name(column)
    odd, missing = _odd(name), _stands_for(name, texts.missing_of(entry))
    numbers = (
        f"coalesce(bool_or(regexp_full_match({name}, '-?\\d+\\.0+') OR {is_power(name)}), false)"
    )
    return not any(sql.one(con, f"SELECT {odd}, {missing}, {numbers} FROM {relation}"))


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
                f"{file}, row {row:,}: {column.name} runs over several lines, so that rows would "
                f"be lost: {show(value)}. Close the quote, or double it if it belongs to the text; "
                'quote = "" if the file has no texts in quotes.'
            )


def _odd(name: str) -> str:
    """Ask for a text that needs cleaning."""
    return f"coalesce(bool_or({texts.is_odd(name)}), false)"


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


def _of_powers(
    con: duckdb.DuckDBPyConnection, opened: Opened, columns: list[Column]
) -> Iterator[Column]:
    """Yield the columns in which a text is a power of ten; one look at all of them."""
    if columns:
        asked = ", ".join(f"bool_or({is_power(sql.name(column.name))})" for column in columns)
        answers = sql.one(con, f"SELECT {asked} FROM {opened.relation}")
        yield from (column for column, found in zip(columns, answers, strict=True) if found)


def _all_floats(
    con: duckdb.DuckDBPyConnection, opened: Opened, columns: list[Column], missing: list[str]
) -> Iterator[Column]:
    """Yield ids and codes written with '.0' in every row: pandas made numbers of them."""
    names = {
        sql.name(c.name): c
        for c in columns
        if c.type == "string" and (c.refers or c.code or c.name in {"id", "code"})
    }
    if not names:
        return
    listed = ", ".join(sql.text(text) for text in ["", *missing])
    told = {name: f"trim({name}) NOT IN ({listed})" for name in names}
    floats = {name: f"bool_and(regexp_full_match(trim({name}), '-?\\d+\\.0+'))" for name in names}
    asked = ", ".join(f"{floats[name]} FILTER ({told[name]})" for name in names)
    # The first texts rule out most columns, and all of them are looked at in one go.
    first = sql.one(con, f"SELECT {asked} FROM (FROM {opened.relation} LIMIT {_FIRST})")
    for (name, column), so_far in zip(names.items(), first, strict=True):
        if so_far is False or (column.code and _points_mean_something(con)):
            continue
        rows = f"(SELECT {name} FROM {opened.relation} WHERE {told[name]})"
        if sql.one(con, f"SELECT {floats[name]} FROM {rows}")[0]:
            yield column
