"""Open a file of the study as rows: CSV (also .gz), Parquet or Stata, long or wide.

Every opened entry becomes one DuckDB view with ``_part`` (number of the file), ``_file``, ``_row``
(data row, from 1; the header and blank lines are not counted) and one column per contract column,
still as the file has it.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from ..core.errors import InputError, nearest
from . import sql
from .contract import Table
from .study import TableSource
from .study_model import Match

__all__ = ["Malformed", "Opened", "open_source"]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that is no row: wrong number of fields, broken quoting or encoding."""

    file: str
    row: int
    value: str
    reason: str


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
    """

    relation: str
    present: frozenset[str]
    malformed: tuple[Malformed, ...]
    read: int

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
    parts, malformed, columns = [], [], {}
    for number, (shown, path) in enumerate(source.files):
        raw = f"{relation}_raw{number}"
        malformed += _rows(con, source, shown, path, raw)
        part, columns[shown] = _as_contract(con, source, shown, raw)
        parts.append(part.replace("SELECT", f"SELECT {number} AS _part,", 1))
    present = _same_columns(columns)
    con.execute(f"CREATE OR REPLACE TEMP VIEW {relation} AS {' UNION ALL '.join(parts)}")
    if all(_is_text(path) for _, path in source.files):
        _refuse_broken_lines(con, relation, present)
    (rows,) = sql.one(con, f"SELECT count(*) FROM {relation}")
    if not rows and (source.entry.where or source.entry.where_not):
        raise InputError(
            f"{source.files[0][0]}: 'where' and 'where_not' of [tables.{source.table.name}] leave "
            "no row; compare their values with the file's, letter by letter."
        )
    return Opened(relation, present, tuple(malformed), int(rows) + len(malformed))


def _refuse_broken_lines(
    con: duckdb.DuckDBPyConnection, relation: str, present: frozenset[str]
) -> None:
    """Refuse a value that runs over several lines: a stray quote has swallowed rows."""
    for column in sorted(present):
        found = con.execute(
            f"SELECT _file, _row, {sql.name(column)} FROM {relation} "
            f"WHERE contains({sql.name(column)}, chr(10)) LIMIT 1"
        ).fetchall()
        if found:
            raise _broken_lines(*found[0])


def _broken_lines(shown: str, row: int, value: str) -> InputError:
    lines = value.count("\n") + 1
    return InputError(
        f"{shown}, row {row}: a quote is opened and closed only {lines} lines later, so that rows "
        f"would be lost: {value[:60]!r}… Close the quote, or double it if it belongs to the text."
    )


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


def _rows(
    con: duckdb.DuckDBPyConnection, source: TableSource, shown: str, path: Path, raw: str
) -> list[Malformed]:
    """Make a table of the file's own columns and ``_row``; return rows that cannot be split."""
    suffixes = "".join(path.suffixes[-2:]).lower()
    try:
        if suffixes.endswith(".parquet"):
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT _row + 1 AS _row, * EXCLUDE (_row) "
                "FROM (SELECT file_row_number AS _row, * EXCLUDE (file_row_number) "
                "FROM read_parquet(?, file_row_number = true))",
                [str(path)],
            )
            return []
        if suffixes.endswith(".dta"):
            con.register("_stata", _stata(path))
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {raw} AS "
                "SELECT row_number() OVER () AS _row, * FROM _stata"
            )
            con.unregister("_stata")
            return []
        if _is_text(path):
            return _csv(con, source, shown, path, raw)
    except (duckdb.Error, OSError, ValueError, EOFError) as error:
        if isinstance(error, InputError):
            raise
        message = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        if "state machine" in message:
            message = "lines end in different ways (LF and CR LF); write it with one kind."
        raise InputError(f"{shown}: the file cannot be read: {message}") from error
    raise InputError(
        f"{shown}: files ending in {path.suffix!r} are not read; "
        "give .csv, .csv.gz, .parquet or .dta."
    )


def _is_text(path: Path) -> bool:
    suffixes = "".join(path.suffixes[-2:]).lower()
    return suffixes.endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz"))


def _stata(path: Path) -> pa.Table:
    frame = pd.read_stata(path, convert_categoricals=True)
    # Value labels arrive as categories; the text is what the user sees in Stata.
    for column in frame.select_dtypes("category"):
        frame[column] = frame[column].astype("object")
    return pa.Table.from_pandas(frame, preserve_index=False)


def _csv(
    con: duckdb.DuckDBPyConnection, source: TableSource, shown: str, path: Path, raw: str
) -> list[Malformed]:
    header, delimiter = _header(source, shown, path)
    con.execute("DROP TABLE IF EXISTS _bad")
    con.execute("DROP TABLE IF EXISTS _bad_scan")
    columns = "{" + ", ".join(f"{sql.text(column)}: 'VARCHAR'" for column in header) + "}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT row_number() OVER () AS _row, * "
        f"FROM read_csv(?, columns = {columns}, header = true, auto_detect = false, delim = ?, "
        """quote = '"', escape = '"', encoding = ?, store_rejects = true, """
        "rejects_table = '_bad', rejects_scan = '_bad_scan', rejects_limit = 0)",
        [str(path), delimiter, source.entry.encoding],
    )
    bad = con.execute(
        "SELECT line - 1, any_value(csv_line), any_value(error_type) FROM _bad "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if bad:
        blank = _blank_before(path, [int(row) + 1 for row, _, _ in bad])
        bad = [
            (int(row) - lines, str(line).strip(), kind)
            for (row, line, kind), lines in zip(bad, blank, strict=True)
        ]
        for row, line, _ in bad:
            if "\n" in line:
                raise _broken_lines(shown, row, line)
        _renumber(con, raw, [row for row, _, _ in bad])
    return [
        Malformed(shown, row, line, f"the row cannot be taken apart: {kind.lower()}")
        for row, line, kind in bad
    ]


def _blank_before(path: Path, lines: list[int]) -> list[int]:
    """Count the blank lines before each of some lines: the reader numbers lines, we number rows."""
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    counts, blank, wanted = [], 0, iter(lines)
    line = next(wanted)
    with opener(path, "rb") as file:
        for number, text in enumerate(file, start=1):
            while number == line:
                counts.append(blank)
                line = next(wanted, -1)
            if line < 0:
                break
            blank += not text.strip()
    return counts + [blank] * (len(lines) - len(counts))


def _renumber(con: duckdb.DuckDBPyConnection, raw: str, bad: list[int]) -> None:
    """Move rows down past those that could not be taken apart: row_number() passes over them."""
    # after so many good rows come so many bad ones
    shift = {row - number: number for number, row in enumerate(bad, start=1)}
    con.register("_shift", pa.table({"good": list(shift.keys()), "bad": list(shift.values())}))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT r._row + coalesce(s.bad, 0) AS _row, "
        f"r.* EXCLUDE (_row) FROM {raw} AS r ASOF LEFT JOIN _shift AS s ON r._row > s.good"
    )
    con.unregister("_shift")


def _header(source: TableSource, shown: str, path: Path) -> tuple[list[str], str]:
    """Read the first line ourselves: guessing columns from data would make results depend on it."""
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    encoding = "utf-8-sig" if source.entry.encoding == "utf-8" else source.entry.encoding
    # Rows that are not in the encoding are refused one by one later; here they are only passed.
    with opener(path, "rt", encoding=encoding, errors="replace", newline="") as file:
        line = file.readline()
    if not line.strip():
        raise InputError(f"{shown}: the file is empty; it needs a header row.")
    if "\x00" in line:
        raise InputError(f'{shown}: this is no {source.entry.encoding}; try encoding = "utf-16".')
    if line.count('"') % 2:
        raise InputError(f"{shown}: the header has a quote that is not closed in its line.")
    delimiter = source.entry.delimiter or max(",;\t|", key=line.count)
    header = next(csv.reader([line], delimiter=delimiter))
    # pandas writes its index without a name
    header = [name or f"column_{number}" for number, name in enumerate(header, start=1)]
    twice = pd.Index(header)[pd.Index(header).str.lower().duplicated()]
    if len(twice):
        raise InputError(f"{shown}: the header names column {twice[0]!r} twice; rename one.")
    return header, delimiter


def _as_contract(
    con: duckdb.DuckDBPyConnection, source: TableSource, shown: str, raw: str
) -> tuple[str, frozenset[str]]:
    """Return a SELECT of the contract's columns out of the file's, and which it provides."""
    described = con.execute(f"DESCRIBE {raw}").fetchall()
    types = {row[0]: row[1] for row in described if row[0] != "_row"}
    if source.entry.wide is not None:
        raw, types = _melt(con, source, shown, raw, types)
    chosen = _choose(source, shown, types)
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
    return (
        f"SELECT {sql.text(shown)} AS _file, r._row AS _row, {', '.join(selected)} "
        f"FROM {raw} AS r {joins}{keep}",
        frozenset(present),
    )


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
        lookup = _lookup(con, source, name, path, match, f"{raw}_match{number}")
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
) -> str:
    """Read a lookup file; a key with two different values is refused."""
    raw, key, value = f"{relation}_file", match.key, match.value
    bad = _rows(con, source, shown, path, raw)
    if bad:
        raise InputError(f"{shown}, row {bad[0].row}: {bad[0].reason}: {bad[0].value!r}.")
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {raw}").fetchall()}
    for wanted in (key, value):
        if wanted not in types:
            raise InputError(f"{shown}: there is no column {wanted!r}. {nearest(wanted, types)}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {relation} AS "
        f"SELECT DISTINCT k, v FROM (SELECT trim({_text_of(key, types[key])}) AS k, "
        f"nullif(trim({_text_of(value, types[value])}), '') AS v FROM {raw} AS r) AS pairs "
        "WHERE pairs.k IS NOT NULL AND pairs.v IS NOT NULL"
    )
    twice = con.execute(f"SELECT k FROM {relation} GROUP BY k HAVING count(*) > 1").fetchall()
    if twice:
        raise InputError(
            f"{shown}: {key} = {twice[0][0]!r} has two different values of {value!r}; keep one."
        )
    con.execute(f"DROP TABLE {raw}")
    return relation


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
