"""What a ``match`` did not find: the name that was looked up, and its other spelling there."""

from __future__ import annotations

import duckdb

from ...core.errors import show
from ...core.words import counted
from .. import sql
from ..source import Opened
from ..study import TableSource
from ..values import texts

__all__ = ["name_missing"]


def name_missing(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    opened: Opened,
    column: str,
    *,
    needed: bool,
) -> str | None:
    """Return a sentence on names that a lookup does not find.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows, and its lookups.
    source, opened : TableSource, Opened
        The entry and its rows.
    column : str
        A column of ours that is looked up.
    needed : bool
        Whether rows are refused without it; else a name without another spelling is not told.
    """
    match, name = source.entry.match[column], sql.name(column)
    number = list(source.entry.match).index(column)
    lookup, (file, _) = f"{opened.relation}_raw0_match{number}", source.lookups[column]
    by, known = texts.clean(sql.name(f"by_{column}")), texts.missing_of(source.entry)
    rows = (
        f"(SELECT _part, _row, _file, {texts.null_missing(by, known)} AS b FROM {opened.relation} "
        f"WHERE {name} IS NULL)"
    )
    total, like, first, other, none = sql.one(
        con,
        f"WITH l AS (SELECT {_bare('k')} AS bare, min(k) AS k FROM {lookup} GROUP BY 1) "
        "SELECT count(b), count(l.k), min_by((b, _row, _file), (_part, _row)) FILTER (l.k IS NOT "
        "NULL), min_by(l.k, (_part, _row)) FILTER (l.k IS NOT NULL), min_by((b, _row, _file), "
        f"(_part, _row)) FROM {rows} AS r LEFT JOIN l ON {_bare('b')} = l.bare AND l.bare <> '' "
        "AND l.k <> b WHERE b IS NOT NULL",
    )
    if like:
        what = "capitals" if first[0].lower() == other.lower() else "capitals, blanks and signs"
        return (
            f"{column} is looked up by {show(first[0])} (row {first[1]:,} of {first[2]}), and "
            f"{file} has {show(other)}: {what} count, so write both in one way. It is so in "
            f"{like:,} of {counted(total, 'row that finds', 'rows that find')} nothing."
        )
    if total and needed:
        return (
            f"{column} is looked up by {show(none[0])} (row {none[1]:,} of {none[2]}), for which "
            f"{file} gives no {show(match.value)}."
        )
    return None


def _bare(value: str) -> str:
    """Return a name without capitals, blanks and signs, as SQL."""
    return f"regexp_replace(nfc_normalize(lower({value})), '[^\\p{{L}}\\p{{N}}]', '', 'g')"
