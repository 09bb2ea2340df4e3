"""Values of a table that refer to another one and find nothing there: which they are, and why."""

from __future__ import annotations

import duckdb

from .. import sql
from ..checks.staged import DROPPED
from ..contract import LIST, SEVERAL, TABLES, Column, Table
from ..study import Study
from .remedies import Sides
from .spelling import spelled_otherwise

__all__ = ["find_spelling", "found_nothing"]


def found_nothing(
    con: duckdb.DuckDBPyConnection, table: Table, column: Column, checked: str
) -> bool:
    """Whether a value of a column refers to nothing, in rows that are refused or kept.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    table, column : Table, Column
        Declarations.
    checked : str
        Name of the checked rows.
    """
    kept = f"OR (_why IS NULL AND {_kept_text(column)} IS NOT NULL)"
    return bool(
        sql.one(con, f"SELECT count(*) FROM {checked} WHERE {_refusal_of(column)} {kept}")[0]
    )


def _kept_text(column: Column) -> str:
    """Return the text of a row that is kept although it found nothing."""
    return sql.name(f"lost_{column.name}") if column.keep else "NULL"


def _refusal_of(column: Column) -> str:
    """Return the condition that a row is refused because the column finds nothing.

    Rows that the study file drops are meant.
    """
    begins = sql.text(f"{column.name} is not in ")
    return (
        f"(_why.column = {sql.text(column.name)} AND starts_with(_why.reason, {begins}) "
        f"AND NOT ends_with(_why.reason, {sql.text(DROPPED)}))"
    )


def find_spelling(
    con: duckdb.DuckDBPyConnection, study: Study, table: Table, column: Column, checked: str
) -> str | None:
    """Return a sentence on values that the other table has in another spelling.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows, and the views ``ok_NAME`` of earlier tables.
    study : Study
        The study.
    table, column : Table, Column
        Declarations; the column refers to a table, or holds codes of a list.
    checked : str
        Name of the checked rows.
    """
    other = column.refers or LIST
    if not study.has(other) or not found_nothing(con, table, column, checked):
        return None
    tags = sorted({_tag(source.table, column, source.tags) for source in study.of(table.name)})
    known, where = f"SELECT id FROM ok_{other}", f"table {other}"
    if not column.refers:
        listed = ", ".join(map(sql.text, tags))
        known = f"SELECT code AS id FROM ok_industries WHERE classification IN ({listed})"
        where = "the list of industries"
    name = sql.name(column.name)
    used = (
        f"SELECT v, count(*) AS n FROM (SELECT coalesce({name}, {_kept_text(column)}) AS v "
        f"FROM {checked} WHERE _why IS NULL "
        f"UNION ALL SELECT _why.value FROM {checked} WHERE {_refusal_of(column)}) GROUP BY v"
    )
    sides = Sides(
        column.name,
        where,
        codes=not column.refers,
        several=SEVERAL.get((table.name, column.name), ""),
        other=("id" if column.refers else "code",),
        other_place=f" in [tables.{other}]",
    )
    beside = _beside(study, table, column, checked, tags)
    # Of ids all that find nothing were refused or kept without; codes of no list are never sought.
    missing = (
        f"SELECT v, count(*) AS n FROM (SELECT {_kept_text(column)} AS v FROM {checked} "
        f"WHERE _why IS NULL UNION ALL SELECT _why.value FROM {checked} "
        f"WHERE {_refusal_of(column)}) WHERE v IS NOT NULL GROUP BY v"
    )
    return spelled_otherwise(
        con, sides, used, known, beside=beside, missing=missing if column.refers else None
    )


def _tag(table: Table, column: Column, tags: tuple[str, ...]) -> str:
    """Return the classification of a column of codes; empty for ids."""
    return dict(zip(table.tags, tags, strict=True)).get(column.code or "", "")


def _beside(
    study: Study, table: Table, column: Column, checked: str, tags: list[str]
) -> str | None:
    """Return the SELECT of other columns with the same ids or codes, as far as they are read."""
    selects = []
    for other in TABLES[: TABLES.index(table) + 1]:
        for one in other.columns if study.has(other.name) else ():
            same = one.refers == column.refers if column.refers else bool(one.code)
            if not same or (other, one) == (table, column):
                continue
            where = "_why IS NULL" if other is table else "true"
            if not column.refers:
                listed = ", ".join(map(sql.text, tags))
                where += f" AND {sql.name(str(one.code))} IN ({listed})"
            held = checked if other is table else f"ok_{other.name}"
            selects.append(
                f"SELECT {sql.name(one.name)} AS v, count(*) AS n FROM {held} WHERE {where} "
                "GROUP BY 1"
            )
    return " UNION ALL ".join(selects) or None
