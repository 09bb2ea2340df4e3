"""What is doubtful about the values of an entry: refused where it is proven, else told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import duckdb

from ...core.errors import show
from ...core.words import counted
from .. import sql
from ..checks.rows import Reading, text_of, value_of
from ..contract import Column, Table
from ..entries.lookup import own_text
from ..entries.own_columns import amounts_of
from ..source import Opened
from ..study import Study
from ..values.fiscal import look_for_fiscal_years
from ..values.marks import doubt_flags
from ..values.numbers import doubt, require_one_spelling
from ..values.powers import names_something, perhaps_power
from ..values.texts import has_digit
from .places import find_misplaced

__all__ = ["of_absent", "of_ids", "of_margins", "of_values"]


def of_absent(
    con: duckdb.DuckDBPyConnection, study: Study, table: Table, opened: list[Opened]
) -> Iterator[str]:
    """Yield warnings of columns that are not there, where one that is not read may be meant.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows of the files.
    study : Study
        May say ``columns = { x = "" }``: it is meant so.
    table : Table
        Declaration of the table; columns without which numbers are others say what holds then.
    opened : list of Opened
        Its entries.

    Yields
    ------
    str
    """
    yield from _of_folders(study, table, opened)
    unused = list(dict.fromkeys(name for of_entry in opened for name in of_entry.unused))
    entries = [source.entry for source in study.of(table.name)]
    for column in table.columns if unused else ():
        name = column.name
        meant = all(entry.columns.get(name) == "" for entry in entries)
        meant |= any(name in pair for pair in table.pairs)  # of which the files have one, and whole
        # a year says as much as the first one, and the reverse
        same = {"year", "first_year"} if name in {"year", "first_year"} else {name}
        if meant or any(same & of_entry.present for of_entry in opened):
            continue
        # of one that changes no number, only what is called much like it is meant
        like = [own for own in unused if column.absent or _like(own, name)]
        if column.type == "float":
            amounts = _amounts(con, opened, like)
            like = [own for own in like if own in amounts]
        if like:
            yield (
                f"there is no column {name!r}, so {column.absent or 'it stays empty'}, while "
                f"{', '.join(map(show, like[:8]))} {'are' if like[1:] else 'is'} not read. If "
                f"one of the file's columns is the {name}, map it with columns = "
                f'{{ {name} = "…" }}, else say columns = {{ {name} = "" }}.'
            )
    yield from _of_counts(con, study, table, opened)


#: What columns are called that say how often a row counts.
_COUNTS = re.compile(r"n|freq(uency)?|weights?|times|.*count.*|(n|num|number).*cit.*", re.I)


def _of_counts(
    con: duckdb.DuckDBPyConnection, study: Study, table: Table, opened: list[Opened]
) -> Iterator[str]:
    """Yield a warning of a column that may say how often a row counts, where each counts once."""
    name = table.uncounted
    if not name or all(source.entry.columns.get(name) == "" for source in study.of(table.name)):
        return
    for of_entry in opened:
        raw, rows = of_entry.raws[0], f"{of_entry.relation}_raw0"
        named = [own for own in of_entry.unused if _COUNTS.fullmatch(own)]
        for own in amounts_of(con, rows, raw, named):
            value = f"SELECT try_cast({own_text(own, raw)} AS DOUBLE) AS v FROM {rows} AS r"
            least, most = sql.one(con, f"SELECT min(v), max(v) FROM ({value})")
            if least is not None and (least, most) != (1, 1):
                yield (
                    f"column {show(own)} ({least:g} to {most:g}) is not read: every row of "
                    f"{table.name} is one citation. If that is meant, say columns = "
                    f'{{ {name} = "" }}.'
                )
                return


def _amounts(
    con: duckdb.DuckDBPyConnection, opened: list[Opened], names: Collection[str]
) -> set[str]:
    """Return the columns that hold numbers in the first file of an entry that does not use them."""
    return {
        name
        for of_entry in opened
        for name in amounts_of(
            con,
            f"{of_entry.relation}_raw0",
            of_entry.raws[0],
            [n for n in of_entry.unused if n in names],
        )
    }


def _like(theirs: str, ours: str) -> bool:
    """Whether a name holds the words of ours: ``patent_quality``, ``Quality (xi)``; no surname."""
    words = " ".join(re.split(r"[\W_]+", theirs.casefold()))
    return f" {ours.replace('_', ' ')} " in f" {words} "


def _of_folders(study: Study, table: Table, opened: list[Opened]) -> Iterator[str]:
    """Yield warnings of folders such as ``year=2000`` that may hold a column which is not there."""
    for source, of_entry in zip(study.of(table.name), opened, strict=True):
        above = {part for name, _ in source.files for part in name.split("/")[:-1]}
        for column in table.columns:
            folders = sorted(part for part in above if part.startswith(f"{column.name}="))
            if folders and column.name not in of_entry.present:
                yield (
                    f"there is no column {column.name!r}, and a folder is called "
                    f"{show(folders[0])}: if it gives the column, "
                    f'say partitions = ["{column.name}"].'
                )


def of_ids(con: duckdb.DuckDBPyConnection, table: Table, opened: Opened) -> Iterator[str]:
    """Yield warnings of ids that a program may have made numbers of.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows.
    table : Table
        Declaration of the table.
    opened : Opened
        The entry, before its rows are checked.

    Yields
    ------
    str

    Raises
    ------
    InputError
        If ids stand there as powers of ten.
    """
    for column in table.columns:
        # codes such as 1E5 are listed
        if column.name in opened.present and names_something(column) and not column.code:
            yield from perhaps_power(con, opened.relation, column.name)


def of_values(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    table: Table,
    reading: Reading,
    checked: str,
    *,
    faulty: bool = True,
) -> Iterator[str]:
    """Yield warnings of numbers, years and places that can be meant in two ways.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows, and the views ``ok_NAME`` of earlier tables.
    study : Study
        The study.
    table : Table
        Declaration of the table.
    reading : Reading
        The entry and how its values are read.
    checked : str
        SELECT of the entry's checked rows.
    faulty : bool
        Whether any row may be refused or have lost a value.

    Yields
    ------
    str

    Raises
    ------
    InputError
        If a column mixes two spellings.
    """
    entry, key = reading.source.entry, f"tables.{table.name}"
    for column in table.columns:
        if column.name not in reading.opened.present - reading.opened.numeric:
            continue
        if column.type == "string" and column.name not in reading.floats:
            yield from _of_missing(con, column, reading)
        if column.type == "float":
            in_words = faulty and _has_no_number(con, checked, column)
            yield from _of_numbers(con, table, column, reading, in_words=in_words)
        elif column.type == "year" and not entry.format and column.name not in reading.months:
            raw, text = sql.name(f"r_{column.name}"), text_of(column, reading)
            rows = f"(SELECT _part, _file, _row, {text} AS {raw} FROM {reading.opened.relation})"
            yield from look_for_fiscal_years(con, rows, column.name, raw, key, entry.fiscal)
    if {"lat", "lon"} <= reading.opened.present:
        country = "NULL"
        if "country" in reading.opened.present:
            country = "r.country"
        elif "firm" in reading.opened.present and study.has("firms"):
            country = "(SELECT country FROM ok_firms WHERE id = r.firm)"
        yield from find_misplaced(con, table, entry, f"{checked} AND _why IS NULL", country)


def _of_numbers(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    column: Column,
    reading: Reading,
    *,
    in_words: bool,
) -> Iterator[str]:
    """Yield warnings of a column of numbers; refuse one that mixes two spellings.

    Whether any of its texts is no number is known: ``in_words``.
    """
    entry, key = reading.source.entry, f"tables.{table.name}"
    raw, value = sql.name(f"r_{column.name}"), value_of(column, reading)
    own = f"{sql.name(column.name)} AS text"
    columns = f"_part, _file, _row, {own}, {text_of(column, reading)} AS {raw}"
    rows = f"(SELECT {columns} FROM {reading.opened.relation})"
    if in_words:
        soft = table.soft(column)  # there a bad value costs the value
        share = column.unit == "share"
        require_one_spelling(con, rows, column.name, raw, value, key, entry, soft=soft, share=share)
    if entry.decimal is None and not entry.thousands:
        yield from doubt(con, rows, column.name, raw, key)
    if entry.flags:
        yield from doubt_flags(con, rows, column.name, value, key, entry)


def _of_missing(con: duckdb.DuckDBPyConnection, column: Column, reading: Reading) -> Iterator[str]:
    """Yield a warning of texts that differ from one of ``missing`` by a ``.0`` alone."""
    listed = [text for text in reading.source.entry.missing or () if has_digit(text)]
    others = {f"{text}.0": text for text in listed} | {
        text.removesuffix(".0"): text for text in listed if text.endswith(".0")
    }
    asked = ", ".join(map(sql.text, sorted(others.keys() - {*listed})))
    if not asked:  # nearly always: no row is looked at for it
        return
    text = f"trim({sql.name(column.name)})"
    counts = con.execute(
        f"SELECT {text}, count(*) FROM {reading.opened.relation} WHERE {text} IN ({asked}) "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for value, rows in counts:
        yield (
            f"{column.name} is {value!r} in {counted(rows, 'row')}, and missing "
            f"lists {others[value]!r}: ids and codes are compared letter by letter. If it means "
            f"the same, list {value!r}, too."
        )


def of_margins(
    con: duckdb.DuckDBPyConnection, study: Study, table: Table, checked: str
) -> Iterator[str]:
    """Yield a warning of missing value added or final use in a use table: it counts as 0.

    A blank cell of a printed matrix means 0 and is not told.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    study : Study
        Says which rows and columns of the use table these are.
    table : Table
        Declaration of the table.
    checked : str
        Name of the checked rows.

    Yields
    ------
    str
    """
    if table.name != "use" or study.make_use is None:
        return
    wide = [str(n) for n, source in enumerate(study.of("use")) if source.entry.wide is not None]
    blank = f"_entry IN ({', '.join(wide) or 'NULL'}) AND coalesce(_why.value, '') = ''"
    for what, column, other, codes in (
        ("value added", "commodity", "user", study.make_use.value_added),
        ("final use", "user", "commodity", study.make_use.final_demand),
    ):
        listed = ", ".join(map(sql.text, codes)) or "NULL"
        place = f"min_by(({column}, {other}, _file, _row), (_entry, _part, _row))"
        rows, first = sql.one(
            con,
            f"SELECT count(*), {place} FROM {checked} WHERE _why.reason = 'value is missing' "
            f"AND {column} IN ({listed}) AND ({blank}) IS NOT TRUE",
        )
        if rows:
            code, of, file, row = first
            yield (
                f"{what} is missing in {counted(rows, 'row')} ({show(code)} of "
                f"{show(of)} in row {row:,} of {file}) and counts as 0, so contributions and "
                "shares of it are wrong where it is not. Write the numbers, or 0."
            )


def _has_no_number(con: duckdb.DuckDBPyConnection, checked: str, column: Column) -> bool:
    """Whether a text of the column is no number, in whatever row."""
    reason = sql.text(f"{column.name} is not a number")
    lost = f"list_contains(list_transform(_lost, lambda _each: _each.reason), {reason})"
    where = f"_why.reason = {reason} OR (_lost IS NOT NULL AND {lost})"
    return bool(sql.one(con, f"SELECT count(*) FROM ({checked}) WHERE {where}")[0])
