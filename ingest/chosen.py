"""Which rows are taken: ``where`` and ``where_not``, and a word where they choose nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from ..core.errors import LISTED, InputError, nearest, show
from . import sql
from .files.raw import Raw
from .lookup import normal, own_text
from .study_model import Entry

__all__ = ["Idle", "IdleValues", "filter_of", "filters_of", "idle_values", "say_idle"]

#: From this likeness on a value is named; of two words without a letter in common it is 0.
_NEAR = 0.8
#: Values are alike that have the same letters and digits, but for capitals and zeros in front.
_ALIKE = (
    "regexp_replace(regexp_replace(nfc_normalize(lower({})), '[^\\p{{L}}\\p{{N}}]', '', 'g'), "
    "'^0+(.)', '\\1')"
)


@dataclass(frozen=True, slots=True)
class Idle:
    """A value that no row of a file has, another spelling of it, and what else comes near."""

    section: str
    column: str
    value: str
    near: str | None = None
    nearest: str | None = None


#: By section, column and value.
IdleValues = dict[tuple[str, str, str], Idle]


def filter_of(entry: Entry, shown: str, raw: Raw, by: Collection[str]) -> str:
    """Return the WHERE clause of what ``where`` and ``where_not`` say of some columns.

    Parameters
    ----------
    entry : Entry
        Gives the filters.
    shown, raw : str, Raw
        The file, for messages, and its columns.
    by : collection of str
        The columns.

    Raises
    ------
    InputError
        If the file has none of that name.
    """
    conditions = []
    for section, verb in (("where", "IN"), ("where_not", "NOT IN")):
        for column, values in getattr(entry, section).items():
            if column not in by:
                continue
            if column not in raw.columns:
                hint = nearest(column, raw.columns)
                raise InputError(f"{shown}: there is no column {column!r} ({section}). {hint}")
            listed = ", ".join(sql.text(value) for value in values)
            own = f"coalesce({normal(own_text(column, raw))}, '')"
            conditions.append(f"{own} {verb} ({listed})")
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def idle_values(con: duckdb.DuckDBPyConnection, entry: Entry, table: str, raw: Raw) -> IdleValues:
    """Return the values of an entry's filters that no row of a file has.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table.
    entry : Entry
        Gives ``where`` and ``where_not``.
    table, raw : str, Raw
        The file's rows before they are filtered, and its columns.
    """
    found: IdleValues = {}
    for section in ("where", "where_not"):
        for column, values in getattr(entry, section).items():
            if column in raw.columns:
                rows = f"(SELECT {normal(own_text(column, raw))} AS v FROM {table} AS r)"
                for value, near in _strangers(con, rows, [each for each in values if each]):
                    found[section, column, value] = Idle(section, column, value, near)
                if section == "where":
                    _add_nearest(con, rows, found, column)
    return found


def _strangers(
    con: duckdb.DuckDBPyConnection, rows: str, values: list[str]
) -> list[tuple[str, str | None]]:
    """Return the values that no row has, with one that comes near."""
    there = con.execute(f"SELECT DISTINCT v FROM {rows} WHERE list_contains(?, v)", [values])
    known = {v for (v,) in there.fetchall()}
    missing = [each for each in values if each not in known]
    if not missing:
        return []
    # of several spellings in the list one that is there will do
    return con.execute(
        "SELECT w.v, any_value(o.v) FROM (SELECT unnest(?::VARCHAR[]) AS v) AS w LEFT JOIN "
        f"(SELECT DISTINCT v FROM {rows}) AS o ON {_ALIKE.format('o.v')} = {_ALIKE.format('w.v')} "
        f"AND {_ALIKE.format('w.v')} <> '' "
        "GROUP BY w.v HAVING NOT coalesce(bool_or(list_contains(?, o.v)), false) ORDER BY w.v",
        [missing, values],
    ).fetchall()


def _add_nearest(con: duckdb.DuckDBPyConnection, rows: str, found: IdleValues, column: str) -> None:
    """Add what comes nearest to the values that have no other spelling; of many to the first."""
    bare = [key for key, each in found.items() if key[1] == column and each.near is None]
    for key in bare[:LISTED]:
        near = con.execute(
            "SELECT v FROM (SELECT v, jaro_winkler_similarity(v, ?) AS likeness FROM "
            f"(SELECT DISTINCT v FROM {rows})) WHERE likeness >= ? ORDER BY likeness DESC, v "
            "LIMIT 1",
            [key[2], _NEAR],
        ).fetchall()
        if near:
            found[key] = replace(found[key], nearest=near[0][0])


def say_idle(idle: Iterable[Idle]) -> list[str]:
    """Return warnings of values that no file of an entry has.

    A list for ``where_not`` may name what only other years have, so there a likeness is needed.

    Examples
    --------
    >>> print(*say_idle([Idle("where_not", "row", "Total", "TOTAL")]))
    no row has 'Total' in 'row', as where_not wants it, but there is 'TOTAL': values are compared \
letter by letter.
    """
    told = [each for each in idle if each.near is not None or each.section == "where"]
    found = []
    for each in told[:LISTED]:
        alike = f", but there is {show(each.near)}: values are compared letter by letter"
        near = f"; the nearest that is there is {show(each.nearest)}" if each.nearest else ""
        found.append(
            f"no row has {show(each.value)} in {show(each.column)}, as {each.section} wants it"
            f"{alike if each.near is not None else near}."
        )
    more = len(told) - LISTED
    return [*found, *([f"{more} more values of where and where_not have no row."] * (more > 0))]


def filters_of(values: Mapping[str, Sequence[str]]) -> str:
    """Return filters as the study file takes them.

    Parameters
    ----------
    values : mapping of str to sequence of str
        Values by column.

    Examples
    --------
    >>> print(filters_of({"user": ["F1", "F2"], "Name of row": ["Total"]}))
    { user = ["F1", "F2"], "Name of row" = ["Total"] }
    """
    parts = (
        f"{key if re.fullmatch(r'[A-Za-z0-9_-]+', key) else _text(key)} = {_text(list(each))}"
        for key, each in values.items()
    )
    return f"{{ {', '.join(parts)} }}"


def _text(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)
