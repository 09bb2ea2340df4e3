"""Look a value up in another file: ``match`` of the study file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from ...core.errors import InputError, nearest, show
from .. import sql
from ..contract import SEVERAL
from ..files.raw import Raw
from ..files.read import read_file
from ..study import TableSource
from ..study_model import Entry, Match
from ..values import texts
from ..values.powers import names_something, require_whole
from .float_ids import EXACT_BELOW, require_exact
from .match_check import check_matches

__all__ = ["joins", "normal", "own_text"]

#: Keys about the lines, rows and sheets of an entry's own file.
_LAYOUT = (
    "comment",
    "header",
    "header_rows",
    "label_columns",
    "member",
    "names",
    "range",
    "type",
    "units_row",
)


def own_text(column: str, raw: Raw) -> str:
    """Return a column of a file as text, with whole floats freed of their '.0'; NaN is missing."""
    value, kind = f"r.{raw.columns[column]}", raw.types[column]
    if kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
        # Parquet files do not count NaN among their least and largest values, by which DuckDB
        # answers comparisons and isnan, but not these two.
        whole = f"{value} = floor({value}) AND abs({value}) < {EXACT_BELOW['DOUBLE']}"
        return (
            f"CASE WHEN isfinite({value}) AND {whole} "
            f"THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) "
            f"WHEN isfinite({value}) OR isinf({value}) THEN CAST({value} AS VARCHAR) END"
        )
    if kind == "BLOB":  # texts of old Parquet writers, which do not say that they are texts
        unread = sql.text(texts.UNREADABLE)
        return f"CASE WHEN {value} IS NOT NULL THEN coalesce(try(decode({value})), {unread}) END"
    return value if kind == "VARCHAR" else f"CAST({value} AS VARCHAR)"


def joins(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    file: tuple[str, str, Raw],
    asked: Mapping[str, str],
    folder: Path,
) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """Return the joins that ``match`` asks for, the matched value by contract column, and warnings.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows.
    source : TableSource
        The entry.
    file : tuple of (str, str, Raw)
        One of its files, for messages; the table of its rows, and their columns.
    asked : mapping of str to str
        By contract column, the WHERE clause of the rows that look something up.
    folder : Path
        For copies.

    Raises
    ------
    InputError
        If a column is missing, or a key that a row looks up has two values.
    """
    text, matched, warnings = "", dict[str, str](), tuple[str, ...]()
    file_name, table, raw = file
    for number, (column, match) in enumerate(source.entry.match.items()):
        if match.by not in raw.columns:
            hint = nearest(match.by, raw.columns)
            raise InputError(f"{file_name}: there is no column {match.by!r} (match). {hint}")
        require_exact(con, file_name, table, raw, [match.by])
        name, path = source.lookups[column]
        lookup = f"{table}_match{number}"
        warnings += _lookup(con, source, name, path, match, lookup, column, folder)
        by = normal(own_text(match.by, raw))
        looked_up = f"SELECT {by} FROM {table} AS r{asked[column]}"
        _require_one_value(con, source, name, match, lookup, column, looked_up)
        warnings += check_matches(
            con,
            (file_name, match.by, name, match.key),
            f"(SELECT * FROM {table} AS r{asked[column]})",
            (raw.columns[match.by], by),
            lookup,
            texts.missing_of(source.entry),
        )
        text += f" LEFT JOIN {lookup} AS m{number} ON m{number}.k = {by}"
        matched[column] = f"m{number}.v"
    return text, matched, warnings


def normal(value: str) -> str:
    """Clean a text only where it needs it: most keys are plain."""
    return f"CASE WHEN {texts.is_odd(value)} THEN {texts.clean(value)} ELSE {value} END"


def _lookup(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    file: str,
    path: Path,
    match: Match,
    relation: str,
    column: str,
    folder: Path,
) -> tuple[str, ...]:
    """Make a table of a lookup file, one row a key, and return its warnings.

    A key with two values has none there: maybe no row looks it up.
    """
    table, key, value = f"{relation}_file", match.key, match.value
    entry = _of_lookup(source.entry, match)
    raw = read_file(con, entry, file, path, table, folder, own=False)
    if raw.malformed:
        first = raw.malformed[0]
        raise InputError(f"{file}, row {first.row:,}: {first.reason}: {show(first.value)}.")
    for wanted in (key, value):
        if wanted not in raw.columns:
            raise InputError(
                f"{file}: there is no column {wanted!r}. {nearest(wanted, raw.columns)}"
            )
    is_id = names_something(source.table.column(column))
    require_exact(con, file, table, raw, [key, value] if is_id else [key])
    missing = texts.missing_of(source.entry)
    of_value = texts.missing_of(source.entry, source.table.column(column).texts)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {relation} AS "
        "SELECT k, CASE WHEN min(v) = max(v) THEN min(v) END AS v FROM "
        f"(SELECT {texts.null_missing(normal(own_text(key, raw)), missing)} AS k, "
        f"{texts.null_missing(normal(own_text(value, raw)), of_value)} AS v "
        f"FROM {table} AS r) AS pairs "
        "WHERE pairs.k IS NOT NULL AND pairs.v IS NOT NULL GROUP BY k"
    )
    require_whole(con, f"(SELECT 0 AS _row, k FROM {relation})", key, "k", sql.text(file))
    con.execute(f"DROP TABLE {table}")
    return raw.warnings


def _require_one_value(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    file: str,
    match: Match,
    relation: str,
    column: str,
    looked_up: str,
) -> None:
    """Refuse a key with two values that a row looks up; others may have as many as they like."""
    twice = con.execute(
        f"SELECT min(k) FROM {relation} WHERE v IS NULL AND k IN ({looked_up})"
    ).fetchall()
    if twice[0][0] is not None:
        raise InputError(
            f"{file}: {match.key} = {show(twice[0][0])} has two different values of "
            f"{match.value!r}; keep one{_several(source.table.name, column)}."
        )


def _of_lookup(entry: Entry, match: Match) -> Entry:
    """Return how a lookup file is written: spelled as its entry's file, and laid out plainly.

    What the entry says of lines, rows, sheets and names is about its own file.
    """
    layout = {name: Entry.default(name) for name in _LAYOUT}
    own = match.model_dump(include={"skip", "comment", "sheet", "member"})
    own |= match.model_dump(include={"delimiter", "encoding"}, exclude_none=True)
    return entry.model_copy(update=layout | own)


def _several(table: str, column: str) -> str:
    """Name the table for patents with several owners, or firms with several industries."""
    several = SEVERAL.get((table, column))
    return f", or give them all in [tables.{several}]" if several else ""
