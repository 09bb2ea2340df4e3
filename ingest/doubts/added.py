"""Rows of one key that add up: which column tells them apart, and rows that are there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from ...core.errors import show, show_some
from ...core.words import counted
from .. import sql
from ..contract import Table
from ..entries.chosen import filters_of, key_of
from ..entries.lookup import own_text
from ..source import Opened

__all__ = ["apart_by", "doubts_of_added"]

#: Kinds of flows that a column may hold; more values are no kinds.
_MOST_KINDS = 20
#: What the sum of the other kinds is called.
_WHOLE = re.compile(
    r"(?i)(sub)?tot(al|ale|aux|ales)?|_?t|all|sum|gesamt|insgesamt|ensemble|总计|合计"
)


def apart_by(
    con: duckdb.DuckDBPyConnection, table: Table, checked: str, opened: list[Opened]
) -> str:
    """Return which column that is not read tells rows of one key apart, or nothing.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows of the files and the checked rows.
    table : Table
        Declaration of the table.
    checked : str
        Name of the checked rows.
    opened : list of Opened
        Its entries.

    Returns
    -------
    str
        A sentence with the key that chooses the rows of one kind, and a blank behind it.
    """
    for name, kinds in _kinds(con, table, checked, opened):
        part = next((kind for kind in kinds if not _is_whole(kind)), kinds[0])
        mixed = (
            "choose the rows of one kind,"
            if any(map(_is_whole, kinds))
            else ("if these are not parts that add up, as months are, choose one,")
        )
        return (
            f"Column {show(name)}, which is not read, tells them apart ({show_some(kinds)}): "
            f"{mixed} where = {filters_of({name: part})}. "
        )
    return ""


def _is_whole(kind: str) -> bool:
    return bool(_WHOLE.fullmatch(kind.strip()))


def doubts_of_added(
    con: duckdb.DuckDBPyConnection, table: Table, checked: str, opened: list[Opened]
) -> Iterator[str]:
    """Yield warnings of rows that add up and should not.

    Parameters
    ----------
    con, table, checked, opened
        As in :func:`apart_by`.

    Yields
    ------
    str
        Kinds of which one is the sum of the others, and rows that are the same in every column.
    """
    for name, kinds in _kinds(con, table, checked, opened):
        whole = [kind for kind in kinds if _is_whole(kind)]
        if whole:
            yield (
                f"rows of one key add up, and column {show(name)}, which is not read, has "
                f"{show_some(kinds)}: if {show(whole[0])} holds the others, flows count twice. "
                f"Choose the rows of one kind with where = {{ {key_of(name)} = … }}."
            )
    for of_entry in opened:
        yield from _twice(con, of_entry)


def _kinds(
    con: duckdb.DuckDBPyConnection, table: Table, checked: str, opened: list[Opened]
) -> Iterator[tuple[str, list[str]]]:
    """Yield columns of few values that are different in all rows of one key."""
    keys = ", ".join(f"c.{sql.name(key)}" for key in table.key)
    for number, of_entry in enumerate(opened):
        if not of_entry.unused or of_entry.labels is not None:
            continue
        raw = of_entry.raws[0]
        kind = {name: f"trim({own_text(name, raw)})" for name in of_entry.unused}
        rows = (
            f"FROM {checked} AS c JOIN {of_entry.relation}_raw0 AS r ON r._row = c._row "
            f"WHERE c._entry = {number} AND c._part = 0 AND c._why IS NULL"
        )
        asked = ", ".join(
            f"count(DISTINCT ({keys}, {own})), count(DISTINCT {own})" for own in kind.values()
        )
        count, alone, *numbers = sql.one(
            con, f"SELECT count(*), count(DISTINCT ({keys})), {asked} {rows}"
        )
        for (name, own), both, kinds in zip(kind.items(), numbers[::2], numbers[1::2], strict=True):
            if alone < count == both and 1 < kinds <= _MOST_KINDS:
                listed = con.execute(f"SELECT {own} AS v {rows} GROUP BY 1 ORDER BY 1").fetchall()
                yield name, [str(value) for (value,) in listed]


def _twice(con: duckdb.DuckDBPyConnection, opened: Opened) -> Iterator[str]:
    """Yield a warning of rows that are the same in all columns, a number of the row included."""
    for number, raw in enumerate(opened.raws):
        unused = [name for name in opened.unused if name in raw.columns]
        if not unused or opened.labels is not None:
            return
        all_of = ", ".join(own_text(name, raw) for name in raw.columns)
        asked = ", ".join(f"count(DISTINCT {own_text(name, raw)})" for name in unused)
        count, kinds, *own = sql.one(
            con,
            f"SELECT count(*), count(DISTINCT [{all_of}]), {asked} "
            f"FROM {opened.relation}_raw{number} AS r",
        )
        named = [name for name, n in zip(unused, own, strict=True) if n == kinds]
        if kinds < count and named:
            more = count - kinds
            yield (
                f"{counted(more, 'row is', 'rows are')} the same as another in every "
                f"column, {show(named[0])} included, which tells all others apart. They add up: if "
                f"{show(named[0])} numbers the rows, take them out of the file, they count twice."
            )
