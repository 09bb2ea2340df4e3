"""The checks of one row, as SQL text generated from the declared contract.

Pure text: nothing here opens a file or runs a statement. Each entry of a table becomes one SELECT
that types its columns and names the first check that a row fails, in the column ``_why``.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import sql
from .contract import Column, Table
from .source import Opened
from .study import Study, TableSource

__all__ = ["typed_rows"]

#: 2007, 2007.0 (as spreadsheets and Stata write it), 20070208, 2007-02-08 and what may follow.
_YEAR = r"\d{4}(\.0+)?|\d{4}-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])([T ].*)?"


def typed_rows(study: Study, source: TableSource, opened: Opened, entry: int) -> str:
    """Return the SELECT of one entry's rows, typed and checked.

    Parameters
    ----------
    study : Study
        Gives years, known tables and the codes with a special part.
    source : TableSource
        The entry.
    opened : Opened
        Its rows.
    entry : int
        Its number, so that rows keep the order in which the study gives them.

    Returns
    -------
    str
        Columns: ``_entry, _part, _row, _file``, the contract's columns, the tags, ``lost_NAME``
        for each column that may be kept without a partner, and ``_why``: NULL, or a struct of
        ``column``, ``value`` and ``reason``.
    """
    table = source.table
    tags = dict(zip(table.tags, source.tags, strict=True))
    cleaned: list[str] = []
    typed: list[str] = []
    why: list[str] = []
    for column in table.columns:
        raw, name = _raw(column), sql.name(column.name)
        cleaned.append(f"nullif(trim({name}), '') AS {raw}")
        value = _value(column, table, opened)
        lost = _lost(column, study, tags)
        if _kept(column, source) and not column.required:
            typed.append(f"CASE WHEN NOT {lost} THEN {value} END AS {name}")
        else:
            typed.append(f"{value} AS {name}")
        if column.keep:
            typed.append(f"{lost} AS {sql.name('lost_' + column.name)}")
        why += _of_column(column, value, table, opened, study)
        if lost != "false" and not _kept(column, source):
            where = f"table {column.refers}" if column.refers else "the list of industries"
            why.append(_when(column.name, lost, f"{column.name} is not in {where}"))
    why += _of_row(table)
    typed += [f"{sql.text(tags[tag])} AS {sql.name(tag)}" for tag in table.tags]
    return (
        f"SELECT {entry} AS _entry, _part, _row, _file, {', '.join(typed)}, "
        f"CASE {' '.join(why)} END AS _why "
        f"FROM (SELECT _part, _row, _file, {', '.join(cleaned)} FROM {opened.relation})"
    )


def _raw(column: Column) -> str:
    return sql.name(f"r_{column.name}")


def _kept(column: Column, source: TableSource) -> bool:
    return column.keep and source.entry.unmatched == "keep"


def _value(column: Column, table: Table, opened: Opened) -> str:
    """Return the typed value; NULL where the text does not have the type."""
    raw = _raw(column)
    if column.name == table.measure and column.name not in opened.present:
        return "1.0"
    if column.type == "float":
        return f"try_cast({raw} AS DOUBLE)"
    if column.type == "year":
        return (
            f"CASE WHEN regexp_full_match({raw}, {sql.text(_YEAR)}) "
            f"THEN CAST(left({raw}, 4) AS BIGINT) END"
        )
    return raw


def _lost(column: Column, study: Study, tags: dict[str, str]) -> str:
    """Return the condition that a reference or code finds nothing; ``false`` if unchecked."""
    raw = _raw(column)
    if column.refers is not None and study.has(column.refers):
        return f"({raw} IS NOT NULL AND {raw} NOT IN (SELECT id FROM ok_{column.refers}))"
    known = {source.tags[0] for source in study.of("industries")}
    if column.code is not None and tags.get(column.code) in known:
        return (
            f"({raw} IS NOT NULL AND {raw} NOT IN (SELECT code FROM ok_industries "
            f"WHERE classification = {sql.text(tags[column.code])}))"
        )
    return "false"


def _when(column: str, condition: str, reason: str) -> str:
    return (
        f"WHEN {condition} THEN {{'column': {sql.text(column)}, "
        f"'value': {sql.name(f'r_{column}')}, 'reason': {sql.text(reason)}}}"
    )


def _of_column(
    column: Column, value: str, table: Table, opened: Opened, study: Study
) -> Iterator[str]:
    """Yield the checks of one column: missing, not of its type, out of bounds."""
    name, raw = column.name, _raw(column)
    if name in opened.present:
        if column.required or name == table.measure:
            yield _when(name, f"{raw} IS NULL", f"{name} is missing")
        if column.type != "string":
            kind = "number" if column.type == "float" else "year"
            broken = f"{raw} IS NOT NULL AND {value} IS NULL"
            yield _when(name, broken, f"{name} is not a {kind}")
        if column.type == "float":
            yield _when(name, f"NOT isfinite({value})", f"{name} is not finite")
    if column.type == "year":
        first, last = study.years.first, study.years.last
        outside = f"{value} NOT BETWEEN {first} AND {last}"
        yield _when(name, outside, f"{name} is outside {first} to {last}")
    if column.minimum is not None:
        low = "is negative" if column.minimum == 0 else f"is below {column.minimum:g}"
        yield _when(name, f"{value} < {column.minimum}", f"{name} {low}")
    if column.maximum is not None:
        yield _when(name, f"{value} > {column.maximum}", f"{name} is above {column.maximum:g}")
    if column.reserved is not None:
        same = f"{raw} = {sql.text(column.reserved)}"
        yield _when(name, same, f"{name} is {column.reserved!r}, the name of the residual")


def _of_row(table: Table) -> Iterator[str]:
    """Yield the checks that need more than one column; one that never fails comes last."""
    if table.distinct:
        one, other = table.distinct
        same = f"{sql.name(f'r_{one}')} = {sql.name(f'r_{other}')}"
        yield _when(one, same, f"{one} and {other} are the same")
    yield "WHEN false THEN {'column': '', 'value': '', 'reason': ''}"
