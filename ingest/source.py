"""Open a file of the study as rows: CSV (also .gz), Parquet or Stata, long or wide.

Every opened entry becomes one DuckDB view with ``_part`` (number of the file), ``_file``, ``_row``
(data row, from 1; the header and blank lines are not counted) and one column per contract column,
still as the file has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..core.errors import InputError, nearest
from . import sql
from .contract import Table
from .csv_file import Malformed, is_text, refuse_broken_lines
from .raw_file import read_file
from .study import TableSource
from .study_model import Match

__all__ = ["Opened", "open_source"]


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry as rows.

    Parameters
    ----------
    relation : str
        Name of the DuckDB view; it reads from tables called ``RELATION_raw0`` and so on.
    present : frozenset of str
        Contract columns that the entry provides.
    malformed : tuple of Malformed
        Rows that could not be taken apart.
    read : int
        Rows in the files, malformed ones included.
    numeric : frozenset of str
        Contract columns that every file keeps as numbers: nothing is spelled there.
    """

    relation: str
    present: frozenset[str]
    malformed: tuple[Malformed, ...]
    read: int
    numeric: frozenset[str] = frozenset()

    def close(self, con: duckdb.DuckDBPyConnection) -> None:
        """Remove the view and the tables that it reads from."""
        con.execute(f"DROP VIEW {self.relation}")
        for (table,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, ?)",
            [f"{self.relation}_raw"],
        ).fetchall():
            con.execute(f"DROP TABLE {sql.name(table)}")


def open_source(con: duckdb.DuckDBPyConnection, source: TableSource, relation: str) -> Opened:
    """Open one entry of a study.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the rows go.
    source : TableSource
        The entry.
    relation : str
        Name of the view to make.

    Returns
    -------
    Opened

    Raises
    ------
    InputError
        If a file cannot be read, or lacks a column; the message names the file, the column
        and the nearest one that it has.
    """
    parts, malformed, columns, numbers = [], [], {}, []
    for number, (shown, path) in enumerate(source.files):
        raw = f"{relation}_raw{number}"
        malformed += read_file(con, source.entry, shown, path, raw)
        part, columns[shown], numeric = _as_contract(con, source, shown, path, raw)
        numbers.append(numeric)
        parts.append(part.replace("SELECT", f"SELECT {number} AS _part,", 1))
    present = _same_columns(columns)
    con.execute(f"CREATE OR REPLACE TEMP VIEW {relation} AS {' UNION ALL '.join(parts)}")
    (rows,) = sql.one(con, f"SELECT count(*) FROM {relation}")
    if not rows and (source.entry.where or source.entry.where_not):
        raise InputError(
            f"{source.files[0][0]}: 'where' and 'where_not' of [tables.{source.table.name}] leave "
            "no row; compare their values with the file's, letter by letter."
        )
    numeric = frozenset.intersection(*numbers)
    return Opened(relation, present, tuple(malformed), int(rows) + len(malformed), numeric)


def _same_columns(columns: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what all files of an entry provide; files that differ are refused."""
    (first, present), *others = columns.items()
    for shown, other in others:
        for column in sorted(present ^ other):
            has, lacks = (first, shown) if column in present else (shown, first)
            raise InputError(
                f"{lacks}: there is no column for {column!r}, which {has} has; files of one entry "
                "need the same columns. Give them entries of their own."
            )
    return present


def _as_contract(
    con: duckdb.DuckDBPyConnection, source: TableSource, shown: str, path: Path, raw: str
) -> tuple[str, frozenset[str], frozenset[str]]:
    """Return a SELECT of the contract's columns, which it provides, and which are numbers."""
    described = con.execute(f"DESCRIBE {raw}").fetchall()
    types = {row[0]: row[1] for row in described if row[0] != "_row"}
    if source.entry.wide is not None:
        raw, types = _melt(con, source, shown, raw, types)
    chosen = _choose(source, shown, types)
    if is_text(path):
        entry = source.entry
        looked_at = {*chosen.values(), *entry.where, *entry.where_not}
        looked_at |= {match.by for match in entry.match.values()}
        refuse_broken_lines(con, raw, shown, looked_at & set(types))
    joins, matched = _joins(con, source, shown, raw, types)
    selected, present = [], set()
    for column in source.table.columns:
        own = chosen.get(column.name)
        value = _text_of(own, types[own]) if own else None
        if column.name in source.entry.constants:
            value = sql.text(str(source.entry.constants[column.name]))
        if column.name in matched:
            found = matched[column.name]
            value = f"coalesce(nullif(trim({value}), ''), {found})" if value else found
        if value is not None:
            present.add(column.name)
        selected.append(f"{value or 'NULL::VARCHAR'} AS {sql.name(column.name)}")
    keep = _filter(source, shown, types)
    numeric = {name for name, own in chosen.items() if _is_number(types[own])}
    return (
        f"SELECT {sql.text(shown)} AS _file, r._row AS _row, {', '.join(selected)} "
        f"FROM {raw} AS r {joins}{keep}",
        frozenset(present),
        frozenset(numeric - set(matched) - set(source.entry.constants)),
    )


def _is_number(kind: str) -> bool:
    return "INT" in kind or kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL")


def _text_of(column: str, kind: str) -> str:
    """Return the column, with whole numbers that a file keeps as floats freed of their '.0'."""
    value = f"r.{sql.name(column)}"
    if kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
        whole = f"{value} = floor({value}) AND abs({value}) < 9e15"
        return (
            f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) "
            f"ELSE CAST({value} AS VARCHAR) END"
        )
    return value if kind == "VARCHAR" else f"CAST({value} AS VARCHAR)"


def _choose(source: TableSource, shown: str, types: dict[str, str]) -> dict[str, str]:
    """Return, by contract column, the file's column; refuse what is missing."""
    table: Table = source.table
    wide = source.entry.wide
    given = dict(source.entry.columns)
    if wide is not None:
        given = {each: each for each in (wide.rows, wide.columns, wide.values)} | given
    chosen = {}
    for column in table.columns:
        own = given.get(column.name, column.name)
        if not own and not column.required:  # left alone: size = ""
            continue
        if own in types:
            chosen[column.name] = own
        elif column.name in given or (
            column.required
            and column.name not in source.entry.constants
            and column.name not in source.entry.match
        ):
            raise InputError(
                f"{shown}: there is no column {own!r} (for {table.name}.{column.name}). "
                f'{nearest(own, types)} Map it with columns = {{ {column.name} = "…" }}.'
            )
    given_otherwise = {*source.entry.constants, *source.entry.match}
    if table.either and not {*chosen, *given_otherwise} & set(table.either):
        one, other = table.either
        raise InputError(
            f"{shown}: there is no column {one!r} (for {table.name}.{one}), nor {other!r}. "
            f'{nearest(one, types)} Map it with columns = {{ {one} = "…" }}.'
        )
    return chosen


def _filter(source: TableSource, shown: str, types: dict[str, str]) -> str:
    """Return the WHERE clause of ``where`` and ``where_not``."""
    conditions = []
    for section, verb in (("where", "IN"), ("where_not", "NOT IN")):
        for column, values in getattr(source.entry, section).items():
            if column not in types:
                hint = nearest(column, types)
                raise InputError(f"{shown}: there is no column {column!r} ({section}). {hint}")
            listed = ", ".join(sql.text(value) for value in values)
            own = f"coalesce({_text_of(column, types[column])}, '')"
            conditions.append(f"{own} {verb} ({listed})")
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _joins(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    shown: str,
    raw: str,
    types: dict[str, str],
) -> tuple[str, dict[str, str]]:
    """Return the joins that ``match`` asks for, and the matched value by contract column."""
    joins, matched = "", {}
    for number, (column, match) in enumerate(source.entry.match.items()):
        if match.by not in types:
            hint = nearest(match.by, types)
            raise InputError(f"{shown}: there is no column {match.by!r} (match). {hint}")
        name, path = source.lookups[column]
        lookup = _lookup(con, source, name, path, match, f"{raw}_match{number}", column)
        joins += f" LEFT JOIN {lookup} AS m{number} ON m{number}.k = "
        joins += f"trim({_text_of(match.by, types[match.by])})"
        matched[column] = f"m{number}.v"
    return joins, matched


def _lookup(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    shown: str,
    path: Path,
    match: Match,
    relation: str,
    column: str,
) -> str:
    """Read a lookup file; a key with two different values is refused."""
    raw, key, value = f"{relation}_file", match.key, match.value
    bad = read_file(con, source.entry, shown, path, raw)
    if bad:
        raise InputError(f"{shown}, row {bad[0].row}: {bad[0].reason}: {bad[0].value!r}.")
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {raw}").fetchall()}
    for wanted in (key, value):
        if wanted not in types:
            raise InputError(f"{shown}: there is no column {wanted!r}. {nearest(wanted, types)}")
    if is_text(path):
        refuse_broken_lines(con, raw, shown, {key, value})
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {relation} AS "
        f"SELECT DISTINCT k, v FROM (SELECT trim({_text_of(key, types[key])}) AS k, "
        f"nullif(trim({_text_of(value, types[value])}), '') AS v FROM {raw} AS r) AS pairs "
        "WHERE pairs.k IS NOT NULL AND pairs.v IS NOT NULL"
    )
    twice = con.execute(f"SELECT k FROM {relation} GROUP BY k HAVING count(*) > 1").fetchall()
    if twice:
        raise InputError(
            f"{shown}: {key} = {twice[0][0]!r} has two different values of {value!r}; keep one"
            f"{_several(source.table.name, column)}."
        )
    con.execute(f"DROP TABLE {raw}")
    return relation


def _several(table: str, column: str) -> str:
    """Name the table for patents with several owners, or firms with several industries."""
    place = {("patents", "firm"): "patent_owners", ("firms", "industry"): "firm_industries"}
    found = place.get((table, column))
    return f", or give them all in [tables.{found}]" if found else ""


def _melt(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    shown: str,
    raw: str,
    types: dict[str, str],
) -> tuple[str, dict[str, str]]:
    """Turn a printed matrix into rows: row label, column label, value."""
    wide = source.entry.wide
    assert wide is not None
    names = {column.name for column in source.table.columns}
    for each in (wide.rows, wide.columns, wide.values):
        if each not in names:
            raise InputError(f"{shown}: 'wide' names {each!r}. {nearest(each, names)}")
    labels, *cells = types
    if not cells:
        raise InputError(f"{shown}: a matrix needs a column of labels and at least one of values.")
    listed = ", ".join(sql.name(cell) for cell in cells)
    as_text = ", ".join(f"CAST({sql.name(c)} AS VARCHAR) AS {sql.name(c)}" for c in cells)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw}_long AS SELECT _row, "
        f"CAST(_label AS VARCHAR) AS {sql.name(wide.rows)}, "
        f"_column AS {sql.name(wide.columns)}, _value AS {sql.name(wide.values)} "
        f"FROM (SELECT _row, {sql.name(labels)} AS _label, {as_text} FROM {raw}) "
        f"UNPIVOT INCLUDE NULLS (_value FOR _column IN ({listed}))"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT * FROM {raw}_long")
    con.execute(f"DROP TABLE {raw}_long")
    return raw, dict.fromkeys((wide.rows, wide.columns, wide.values), "VARCHAR")
