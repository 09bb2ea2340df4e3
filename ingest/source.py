"""Open an entry of the study as rows in our columns, from files of any kind, long or wide.

Every opened entry becomes one DuckDB view with ``_part`` (number of the file), ``_file``, ``_row``
(data row, from 1; the header and blank lines are not counted) and one column per contract column,
still as the file has it; ``by_NAME`` is what a column was looked up by, and ``n_NAME`` the number
where the file has numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ..core.errors import InputError
from . import sql
from .contract import Column
from .entries.chosen import filter_of
from .entries.fill_down import fill_down, filled_doubts, filled_notes
from .entries.filters import FilterDoubts, filter_doubts, say_doubts
from .entries.float_ids import require_exact
from .entries.lookup import joins, normal, own_text
from .entries.one_pair import require_one_pair
from .entries.own_columns import choose_columns, unused_columns
from .entries.printed import read_printed
from .entries.units import mixed_units
from .entries.wide import is_number, melt, split_columns
from .files.damaged import readable
from .files.raw import Malformed, Raw
from .files.read import read_file
from .find import partition_values
from .idle_keys import name_uncleaned, read_twice
from .study import TableSource
from .study_model import Entry
from .values.powers import names_something
from .values.texts import missing_of, null_missing

__all__ = ["Opened", "open_entries", "open_source"]


#: Bytes of an entry's files from which on their rows are read where they lie.
LARGE = 1 << 23

#: Types of numbers that DuckDB writes as texts, and reads again, without a change.
_EXACT = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
#: As an amount, but too large for a year, or none: 2000.5 would be one.
_EXACT_AMOUNT = _EXACT | {"UBIGINT", "DOUBLE"}
_NO_FILE = Raw({}, {})


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
    exact : frozenset of str
        Those of them whose numbers are what their texts say: whole ones and doubles.
    warnings : tuple of str
        What is doubtful of a file as a whole.
    joined : bool
        Whether some texts run over several lines.
    unused : tuple of str
        Columns of the first file that nothing is read from.
    labels : str or None
        What the first file calls the row labels of a matrix.
    raws : tuple of Raw
        The files as they are, in the order of their tables.
    notes : tuple of str
        What a reader should know of how they were read.
    files : tuple of str
        What the files are called.
    selects : tuple of str
        What the view selects, one a file.
    """

    relation: str
    present: frozenset[str]
    malformed: tuple[Malformed, ...]
    read: int
    numeric: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    joined: bool = False
    unused: tuple[str, ...] = ()
    labels: str | None = None
    raws: tuple[Raw, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    selects: tuple[str, ...] = ()

    @property
    def since_1904(self) -> str:
        """The condition, as SQL, that a row's file counts days from 1904-01-01."""
        files = [str(number) for number, raw in enumerate(self.raws) if raw.since_1904]
        return f"_part IN ({', '.join(files)})" if files else "false"

    @property
    def lies(self) -> bool:
        """Whether all rows are still in files."""
        return all(raw.view for raw in self.raws)

    def view_of(self, spans: Sequence[tuple[int, int, int]], relation: str) -> list[str]:
        """Return what makes a view of some rows on any connection, if all are still in files.

        Parameters
        ----------
        spans : sequence of (int, int, int)
            File, its first row and its last, counted from 1.
        relation : str
            Name of the view.
        """
        of_files = [
            f"CREATE TEMP VIEW {self.relation}_raw{file} AS {self.raws[file].view}"
            for file, _, _ in spans
        ]
        rows = " UNION ALL ".join(
            f"SELECT * FROM ({self.selects[file]}) WHERE _row BETWEEN {first} AND {last}"
            for file, first, last in spans
        )
        return [*of_files, f"CREATE TEMP VIEW {relation} AS {rows}"]

    def only(self, files: Collection[int]) -> Opened:
        """Return the entry for who needs some of its files: of thousands, not all go to each."""
        raws = tuple(raw if n in files else _NO_FILE for n, raw in enumerate(self.raws))
        selects = tuple(text if n in files else "" for n, text in enumerate(self.selects))
        return replace(self, raws=raws, selects=selects)

    def hold(self, con: duckdb.DuckDBPyConnection) -> Opened:
        """Copy rows that are still in files, and return the entry: they are gone through many
        times now."""
        for number, raw in enumerate(self.raws):
            if raw.view:
                name = f"{self.relation}_raw{number}"
                con.execute(f"DROP VIEW {name}")
                with readable(self.files[number]):
                    con.execute(f"CREATE TEMP TABLE {name} AS {raw.view}")
        return replace(self, raws=tuple(replace(raw, view="") for raw in self.raws))

    def close(self, con: duckdb.DuckDBPyConnection) -> None:
        """Remove the view, and what it reads from."""
        con.execute(f"DROP VIEW {self.relation}")
        for number, raw in enumerate(self.raws):
            if raw.view:
                con.execute(f"DROP VIEW {self.relation}_raw{number}")
        for (table,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, ?)",
            [f"{self.relation}_raw"],
        ).fetchall():
            con.execute(f"DROP TABLE {sql.name(table)}")


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of an entry: the SELECT of our columns, which there are, which are numbers, exact
    ones among them, and which of the file's are not used."""

    select: str
    present: frozenset[str]
    numeric: frozenset[str]
    exact: frozenset[str]
    raw: Raw
    unused: tuple[str, ...]
    labels: str | None
    missed: FilterDoubts


def open_entries(
    con: duckdb.DuckDBPyConnection, sources: Sequence[TableSource], copies: Path
) -> list[Opened]:
    """Open every entry of a table.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the rows go.
    sources : sequence of TableSource
        The entries.
    copies : Path
        For what has to be unpacked or written once more.

    Returns
    -------
    list of Opened

    Raises
    ------
    InputError
        As :func:`open_source`, and if entries give other columns of which one alone may be there.
    """
    table = sources[0].table
    opened = [
        open_source(con, source, f"in_{table.name}_{number}", copies)
        for number, source in enumerate(sources)
    ]
    columns = (
        (source.files[0][0], each.present, list(each.raws[0].columns))
        for source, each in zip(sources, opened, strict=True)
    )
    require_one_pair(table, columns)
    return opened


def open_source(
    con: duckdb.DuckDBPyConnection, source: TableSource, relation: str, folder: Path
) -> Opened:
    """Open one entry of a study.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the rows go.
    source : TableSource
        The entry.
    relation : str
        Name of the view to make.
    folder : Path
        For what has to be unpacked or written once more; it may go when the view is there.

    Returns
    -------
    Opened

    Raises
    ------
    InputError
        If a file cannot be read, or lacks a column; the message names the file, the column
        and the nearest one that it has.
    """
    size = sum(path.stat().st_size for _, path in source.files)
    lies = source.as_it_stands and size >= LARGE
    parts = {
        name: _part(con, source, (name, path), (number, f"{relation}_raw{number}"), folder, lies)
        for number, (name, path) in enumerate(source.files)
    }
    present = _same_columns({name: part.present for name, part in parts.items()})
    if source.entry.decimal or source.entry.thousands:
        _require_one_kind({name: part.numeric for name, part in parts.items()}, present)
    selects = tuple(part.select for part in parts.values())
    con.execute(f"CREATE OR REPLACE TEMP VIEW {relation} AS {' UNION ALL '.join(selects)}")
    (rows,) = sql.one(con, f"SELECT count(*) FROM {relation}")
    missed = say_doubts(part.missed for part in parts.values())
    if not rows and (source.entry.where or source.entry.where_not):
        raise InputError(
            f"{source.files[0][0]}: 'where' and 'where_not' of [tables.{source.table.name}] leave "
            "no row; compare their values with the file's, letter by letter."
        )
    malformed = tuple(line for part in parts.values() for line in part.raw.malformed)
    raws = tuple(part.raw for part in parts.values())
    return Opened(
        relation,
        present,
        malformed,
        int(rows) + len(malformed),
        frozenset.intersection(*(part.numeric for part in parts.values())),
        frozenset.intersection(*(part.exact for part in parts.values())),
        (*dict.fromkeys(t for raw in raws for t in raw.warnings), *missed, *filled_doubts(raws)),
        any(part.raw.joined for part in parts.values()),
        next(iter(parts.values())).unused,
        next(iter(parts.values())).labels,
        raws,
        tuple(filled_notes(raws)),
        tuple(name for name, _ in source.files),
        selects,
    )


def _require_one_kind(numeric: dict[str, frozenset[str]], present: frozenset[str]) -> None:
    """Refuse files of which one holds texts in the entry's spelling, and another numbers."""
    for column in sorted(present):
        kinds = {column in columns: name for name, columns in numeric.items()}
        if len(kinds) > 1:
            raise InputError(
                f"{kinds[True]}: {column} holds numbers, and in {kinds[False]} texts, for which "
                "alone 'decimal' and 'thousands' are meant. Give the files entries of their own."
            )


def _same_columns(columns: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what all files of an entry provide; files that differ are refused."""
    (first, present), *others = columns.items()
    for name, other in others:
        for column in sorted(present ^ other):
            has, lacks = (first, name) if column in present else (name, first)
            raise InputError(
                f"{lacks}: there is no column for {column!r}, which {has} has; files of one entry "
                "need the same columns. Give them entries of their own."
            )
    return present


def _part(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    file: tuple[str, Path],
    place: tuple[int, str],
    folder: Path,
    lies: bool,
) -> _Part:
    """Read one file and return the SELECT of the contract's columns out of its own."""
    (name, path), table = file, place[1]
    raw = read_file(con, source.entry, name, path, table, folder, lies=lies)
    # A damaged file shows when its rows are looked at.
    with readable(name) if raw.view else nullcontext():
        return _chosen(con, source, file, place, folder, raw)


def _chosen(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    file: tuple[str, Path],
    place: tuple[int, str],
    folder: Path,
    raw: Raw,
) -> _Part:
    """Return the SELECT of the contract's columns out of a file's own."""
    (name, _), (number, table), entry = file, place, source.entry
    raw = _with_partitions(con, source, file, table, raw)
    raw = fill_down(con, entry, name, table, raw)
    raw = replace(raw, warnings=(*raw.warnings, *mixed_units(con, entry, name, table, raw)))
    labels = split_columns(entry, name, raw)[0] if entry.wide is not None else None
    raw, beside, missed = _of_print(con, source, name, table, raw)
    chosen = choose_columns(source, file, raw)
    ids = [c.name for c in source.table.columns if names_something(c)]
    require_exact(con, name, table, raw, [chosen[name] for name in ids if name in chosen])
    where = filter_of(entry, name, raw, {*entry.where, *entry.where_not} - beside)
    asked = {
        name: _where_asked(source.table.column(name), entry, chosen.get(name), raw, where)
        for name in entry.match
    }
    joined, matched, doubts = joins(con, source, (name, table, raw), asked, folder)
    idle_keys = (*read_twice(entry, chosen), *name_uncleaned(entry, {*chosen, *matched}))
    raw = replace(raw, warnings=(*raw.warnings, *doubts, *idle_keys))
    besides = {own: source.table.column(name).texts for name, own in chosen.items()}
    missed |= filter_doubts(con, entry, name, table, raw, besides)
    values = {}
    for column in source.table.columns:
        own = chosen.get(column.name)
        text = own_text(own, raw) if own else None
        values[column.name] = _value(column, entry, text, matched.get(column.name))
    selected = [f"{v or 'NULL::VARCHAR'} AS {sql.name(name)}" for name, v in values.items()]
    # what was looked up, for those who find nothing
    selected += [
        f"{own_text(match.by, raw)} AS {sql.name(f'by_{name}')}"
        for name, match in entry.match.items()
    ]
    numeric = {name for name, own in chosen.items() if is_number(raw.types[own])}
    numeric -= {*matched, *entry.constants}
    exact = {
        name
        for name in numeric
        if raw.types[chosen[name]]
        in (_EXACT_AMOUNT if source.table.column(name).type == "float" else _EXACT)
    }
    selected += [
        f"{f'r.{raw.columns[chosen[name]]}' if name in exact else 'NULL'}::{kind} AS n_{name}"
        for name, kind in (
            (c.name, "DOUBLE" if c.type == "float" else "BIGINT")
            for c in source.table.columns
            if c.type != "string"
        )
    ]
    return _Part(
        f"SELECT {number} AS _part, {sql.text(name)} AS _file, r._row AS _row, "
        f"{', '.join(selected)} FROM {table} AS r {joined}{where}",
        frozenset(name for name, value in values.items() if value is not None),
        frozenset(numeric),
        frozenset(exact),
        raw,
        unused_columns(source, raw, chosen),
        labels,
        missed,
    )


def _of_print(
    con: duckdb.DuckDBPyConnection, source: TableSource, file: str, table: str, raw: Raw
) -> tuple[Raw, set[str], FilterDoubts]:
    """Make rows of a printed table, and say by which columns they are chosen already.

    What stands beside the labels chooses rows before they are one table.
    """
    entry = source.entry
    if entry.printed:
        beside = set(entry.beside) & set(raw.columns)
        kept = filter_of(entry, file, raw, beside)
        missed = filter_doubts(con, entry, file, table, raw, {})
        return read_printed(con, entry, file, table, raw, kept), beside, missed
    if entry.wide is not None:
        raw = melt(con, source, file, table, raw)
    return raw, set(), {}


def _value(column: Column, entry: Entry, own: str | None, joined: str | None) -> str | None:
    """Return the SQL of one of our columns: its own text or constant; where missing, the lookup."""
    if column.name in entry.constants:
        own = sql.text(_constant(column, entry))
    if own is None or joined is None:
        return own or joined
    return f"coalesce({null_missing(normal(own), missing_of(entry, column.texts))}, {joined})"


def _where_asked(column: Column, entry: Entry, own: str | None, raw: Raw, where: str) -> str:
    """Return the WHERE clause of rows that a lookup is for: those taken, without a text of own."""
    if own is None:
        return where
    text = null_missing(normal(own_text(own, raw)), missing_of(entry, column.texts))
    return f"{where} {'AND' if where else 'WHERE'} ({text}) IS NULL"


def _constant(column: Column, entry: Entry) -> str:
    """Return a constant as the entry's file would have it: 1.125 is 1,125 where decimal = ","."""
    value = entry.constants[column.name]
    as_number = column.type == "float" and not isinstance(value, str)
    return str(value).replace(".", entry.decimal or ".") if as_number else str(value)


def _with_partitions(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    file: tuple[str, Path],
    table: str,
    raw: Raw,
) -> Raw:
    """Give the rows of a file the columns that its folders stand for."""
    file_name, path = file
    columns, types = dict(raw.columns), dict(raw.types)
    for name, value in partition_values(path, file_name, source.entry.partitions).items():
        if name in columns:
            text = own_text(name, raw)
            other = con.execute(
                f"SELECT r._row, {text} FROM {table} AS r WHERE {text} IS DISTINCT FROM ? LIMIT 1",
                [value],
            ).fetchall()
            if other:
                row, own = other[0]
                raise InputError(
                    f"{file_name}, row {row:,}: column {name!r} is {own!r}, but its folder says "
                    f"{name}={value}; take it out of 'partitions', or correct one of them."
                )
            continue
        columns[name], types[name] = f"c{len(columns)}", "VARCHAR"
        literal = "NULL" if value is None else sql.text(value)
        if raw.view:
            view = f"SELECT *, {literal}::VARCHAR AS {columns[name]} FROM ({raw.view})"
            con.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {view}")
            raw = replace(raw, view=view)
        else:
            added = f"{columns[name]} VARCHAR DEFAULT {literal}"
            con.execute(f"ALTER TABLE {table} ADD COLUMN {added}")
    return replace(raw, columns=columns, types=types)
