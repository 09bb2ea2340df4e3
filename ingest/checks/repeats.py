"""Rows that repeat the key of an earlier row: refused, passed over, or added up; never silently."""

from __future__ import annotations

from collections.abc import Callable, Container

import duckdb

from ...core.errors import InputError
from ...core.words import counted, verb
from .. import sql
from ..contract import SEVERAL, Column, Table

__all__ = [
    "credit_notes",
    "fault_of_later",
    "pass_over",
    "refuse_negative_sums",
    "require_none",
    "sum_columns",
]

#: Why a later row of a key is refused.
REPEATED = "repeats the key of an earlier row"
#: Place of a row in the study: entry, file, row.
PLACE = "(_entry, _part, _row)"


def _key(table: Table, asked: bool) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the columns of the key, and those of them in which an empty field is one, too.

    The table declares them; in others an empty first year says "always before" where the study file
    asks for the first of equal rows.
    """
    names = {column.name for column in table.columns}
    if asked and "first_year" in names:
        key = tuple(dict.fromkeys((*table.key, "first_year")))
        return key, frozenset({"year", "first_year"} & {*key})
    return table.key, frozenset(table.blank)


def _count_repeats(
    con: duckdb.DuckDBPyConnection, table: Table, checked: str, *, asked: bool = False
) -> int:
    """Make the table ``twice`` of repeated keys with their first row; return how many there are."""
    own, alike = _key(table, asked)
    keys = [*table.tags, *own]
    listed = ", ".join(sql.name(key) for key in keys)
    # An owner who is not known, or a link without a year of its own, is not the same as another.
    optional = [key for key in own if not table.column(key).required and key not in alike]
    known = "".join(f" AND {sql.name(key)} IS NOT NULL" for key in optional)
    # The keys alone first: of millions of rows few repeat, and the rest needs no sorting.
    (number,) = sql.one(
        con,
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {listed} FROM {checked} "
        f"WHERE _why IS NULL{known} GROUP BY {listed} HAVING count(*) > 1",
    )
    if number:
        # First in the order of the study, not of the table: large tables are made in parallel.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE twice AS SELECT t.*, "
            f"arg_min(c.rowid, {PLACE}) AS first, arg_min(_file, {PLACE}) AS first_file, "
            f"arg_min(_row, {PLACE}) AS first_row FROM {checked} AS c "
            f"JOIN repeated AS t ON {_same(table, asked)} WHERE _why IS NULL GROUP BY ALL"
        )
    return int(number)


def _same(table: Table, asked: bool = False) -> str:
    own, alike = _key(table, asked)
    return " AND ".join(
        f"c.{sql.name(key)} {'IS NOT DISTINCT FROM' if key in alike else '='} t.{sql.name(key)}"
        for key in (*table.tags, *own)
    )


def _key_text(table: Table) -> str:
    optional = {column.name for column in table.columns if not column.required}
    return " || ', ' || ".join(
        f"coalesce({named}, {sql.text(key + '=')})" if key in optional else named
        for key in table.key
        for named in (f"{sql.text(key + '=')} || c.{sql.name(key)}",)
    )


def pass_over(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    checked: str,
    declared: Container[str] = (),
    *,
    asked: bool = False,
) -> list[str]:
    """Keep the first row of each key and refuse the later ones.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    table : Table
        Their declaration.
    checked : str
        Name of their table; ``_why`` of later rows is filled in.
    declared : container of str
        Tables of the study: one that holds all owners or industries answers for later rows.
    asked : bool
        Whether the study file says so.

    Returns
    -------
    list of str
        Warnings, where a later row says something else than the first.
    """
    if not _count_repeats(con, table, checked, asked=asked):
        return []
    con.execute(
        f"UPDATE {checked} AS c SET _why = {fault_of_later(table)} "
        f"FROM twice AS t WHERE {_same(table, asked)} AND c.rowid <> t.first AND c._why IS NULL"
    )
    return [
        text
        for (name, column), several in SEVERAL.items()
        if name == table.name and several not in declared
        for text in _contradictions(con, table, checked, column, several)
    ]


def fault_of_later(table: Table) -> str:
    """Return why a later row of a key is refused, as the struct of a checked row.

    Parameters
    ----------
    table : Table
        The table; in the statement ``c`` is the row, and ``t`` has ``first_file, first_row``.
    """
    place = "' (as row ' || format('{:,}', t.first_row) || ' of ' || t.first_file || ')'"
    return (
        f"{{'column': {sql.text(table.key[0])}, 'value': {_key_text(table)} || {place}, "
        f"'reason': {sql.text(REPEATED)}}}"
    )


def _contradictions(
    con: duckdb.DuckDBPyConnection, table: Table, checked: str, column: str, several: str
) -> list[str]:
    """Say so where later rows of a key name another owner or industry: the first is no answer."""
    name, place = sql.name(column), "(c._entry, c._part, c._row)"
    number, *example = sql.one(
        con,
        f"SELECT count(*), min_by(c._file, {place}), min_by(c._row, {place}), "
        f"min_by({_key_text(table)}, {place}), min_by(c.{name}, {place}), "
        f"min_by(f.{name}, {place}) "
        f"FROM {checked} AS c JOIN twice AS t ON {_same(table)} "
        f"JOIN {checked} AS f ON f.rowid = t.first "
        f"WHERE c.rowid <> t.first AND c.{name} IS DISTINCT FROM f.{name}",
    )
    if not number:
        return []
    file, row, key, later, first = example
    rows = counted(number, "row repeats", "rows repeat")
    return [
        f"{rows} a key with another {column} and {verb(number, 'was', 'were')} refused "
        f"(row {row:,} of {file}: {key}, {column} {later!r} after {first!r}). If both hold, give "
        f"them with their shares in [tables.{several}]."
    ]


def require_none(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    checked: str,
    *,
    asked: bool = False,
    apart: Callable[[], str] = lambda: "",
) -> None:
    """Refuse a table that repeats a key.

    Parameters
    ----------
    con, table, checked, asked
        As in :func:`pass_over`.
    apart : callable
        Returns what would tell the rows of one key apart, as a sentence: more likely than several
        rows about the same.

    Raises
    ------
    InputError
        Naming the first repetition, how many there are, and the keys that settle it.
    """
    number = _count_repeats(con, table, checked, asked=asked)
    if not number:
        return
    file, row, key, first_file, first_row = sql.one(
        con,
        f"SELECT arg_min((c._file, c._row, {_key_text(table)}, t.first_file, t.first_row), "
        f"{PLACE}) "
        f"FROM {checked} AS c JOIN twice AS t ON {_same(table, asked)} "
        "WHERE c.rowid <> t.first AND c._why IS NULL",
    )[0]
    amounts = " and ".join(table.adds)
    hint = apart() or _advise_join(con, table, checked, asked)
    add = f'repeat = "add" if {amounts} of such rows add up, ' if amounts else ""
    raise InputError(
        f"{file}, row {row:,} repeats the key of row {first_row:,} of {first_file}: {key} "
        f"({counted(number, 'key')} of {table.name} {verb(number, 'is', 'are')} repeated). {hint}"
        f"{'Else say' if hint else 'Say'} in [tables.{table.name}]: {add}"
        'repeat = "first" if later rows are to be refused.'
    )


def _advise_join(con: duckdb.DuckDBPyConnection, table: Table, checked: str, asked: bool) -> str:
    """Say so where rows of one key fill different columns, as files of one measure each do."""
    columns = [c.name for c in table.columns if not c.required and c.name not in table.key]
    if not columns:
        return ""
    filled = ", ".join(f"count({row}.{sql.name(c)})" for row in "fc" for c in columns)
    numbers = sql.one(
        con,
        f"SELECT {filled} FROM {checked} AS c JOIN twice AS t ON {_same(table, asked)} "
        f"JOIN {checked} AS f ON f.rowid = t.first WHERE c.rowid <> t.first AND c._why IS NULL",
    )
    first = [c for c, n in zip(columns, numbers[: len(columns)], strict=True) if n]
    later = [c for c, n in zip(columns, numbers[len(columns) :], strict=True) if n]
    if not first or not later or {*first} & {*later}:
        return ""
    return (
        f"The first rows have {', '.join(first)}, the later ones {', '.join(later)}: join them by "
        f"{' and '.join(table.key)} into one table. "
    )


def refuse_negative_sums(con: duckdb.DuckDBPyConnection, table: Table, checked: str) -> None:
    """Refuse the rows of a key that add up to a negative amount.

    A credit note is a negative row, and only together with its invoice it can be judged.

    Parameters
    ----------
    con, table, checked
        As in :func:`pass_over`.
    """
    names = [*(column.name for column in table.columns), *table.tags]
    grouped = [sql.name(name) for name in names if name not in sum_columns(table)]
    same = " AND ".join(f"c.{name} IS NOT DISTINCT FROM t.{name}" for name in grouped)
    for column in (table.column(name) for name in table.adds):
        name, listed = sql.name(column.name), ", ".join(grouped)
        if column.minimum is None or not _any_below(con, checked, name, column.minimum):
            continue
        con.execute(
            f"UPDATE {checked} AS c SET _why = {{'column': {sql.text(column.name)}, "
            "'value': t.amount || ' in ' || t.n || ' rows of ' || "
            f"coalesce({_key_text(table)}, 'one link'), "
            f"'reason': {sql.text(column.name + ' is negative')}}} FROM (SELECT {listed}, "
            f"sum({name}) AS amount, count(*) AS n FROM {checked} WHERE _why IS NULL "
            # what rounding leaves of an invoice and its credit notes is nothing
            f"GROUP BY {listed} HAVING sum({name}) < -1e-12 * sum(abs({name}))) AS t "
            f"WHERE c._why IS NULL AND {same}"
        )


def credit_notes(column: Column, table: Table, refused: Container[str]) -> str | None:
    """Return what would read negative amounts if they belong to others of the same key.

    Parameters
    ----------
    column : Column
        An amount of the table.
    table : Table
        The table; its rows do not add up.
    refused : container of str
        Reasons for which rows were refused.
    """
    if f"{column.name} is negative" not in refused or table.signed:
        return None
    return (
        f"{column.name} is negative in some rows: if these are credit notes or corrections, say "
        f'repeat = "add" in [tables.{table.name}], and rows of one {", ".join(table.key)} add up.'
    )


def _any_below(con: duckdb.DuckDBPyConnection, checked: str, name: str, least: float) -> bool:
    """Ask whether any amount is too small: most tables have none, and need no sums."""
    (below,) = sql.one(
        con, f"SELECT coalesce(bool_or({name} < {least}), false) FROM {checked} WHERE _why IS NULL"
    )
    return bool(below)


def sum_columns(table: Table, *, signed: bool = False) -> dict[str, str]:
    """Return, by column, the aggregate that makes one row of all rows with one key.

    Parameters
    ----------
    table : Table
        The table.
    signed : bool
        Whether amounts may be negative that else are not.

    Examples
    --------
    >>> from ..contract import table
    >>> sum_columns(table("make"))
    {'value': 'sum("value")'}
    """
    aggregates = {}
    for column in table.columns:
        name = sql.name(column.name)
        if column.name in table.adds:
            # A missing part makes the sum unknown, not smaller.
            bounded = column.minimum == 0 and not signed  # rounding may leave less
            added = f"greatest(sum({name}), 0.0)" if bounded else f"sum({name})"
            known = f"CASE WHEN count({name}) = count(*) THEN {added} END"
            aggregates[column.name] = known if table.soft(column) or column.strict else added
        elif column.name not in table.key and column.type != "year":  # other years, other links
            aggregates[column.name] = f"arg_min({name}, {PLACE})"
    return aggregates
