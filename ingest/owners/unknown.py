"""Rows without a share where others of their table have one: what they count as, told.

Without the column ``share`` an owner has all of a firm. Where the column is there, an empty share
or Orbis' ``n.a.`` is one that is not known: it gives the owner nothing, and the firm stays with
itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from ...core.errors import show
from ...core.words import counted
from .. import sql

__all__ = ["STAKE", "unknown_stakes", "without_shares"]

#: Share and years of a row of ownership: a share that is not known is none.
STAKE = (
    "CASE WHEN share IS NULL AND EXISTS (SELECT 1 FROM ok_ownership WHERE share IS NOT NULL) "
    "AND firm <> owner THEN 0 ELSE share END AS share, first_year, last_year"
)


def unknown_stakes(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield a warning of owners without a share, where others have one.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the view ``ok_ownership``.
    """
    none, rows, first = sql.one(
        con,
        "SELECT count(*) FILTER (share IS NULL AND firm <> owner), count(*), "
        "min((owner, firm)) FILTER (share IS NULL AND firm <> owner) FROM ok_ownership "
        "WHERE EXISTS (SELECT 1 FROM ok_ownership WHERE share IS NOT NULL)",
    )
    if none:
        (owner, firm), have = first, "has" if none == 1 else "have"
        yield (
            f"ownership: {none:,} of {counted(rows, 'row')} {have} no share while others have one "
            f"(owner {show(owner)} of firm {show(firm)}): theirs is not known and counts as 0, so "
            "that the firm stays with itself. If it is all of the firm, write 1."
        )


def without_shares(
    con: duckdb.DuckDBPyConnection, table: str, holder: str, item: str
) -> Iterator[str]:
    """Yield a warning of patents or firms without shares, where others have some.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    table, holder, item : str
        The table, whose shares they are, and what has a share.
    """
    known = f"SELECT {holder} AS h, {item} AS i FROM ok_{table} WHERE share IS NULL"
    none, first, single = sql.one(
        con,
        "SELECT count(*), min(h), count(*) FILTER (items = 1) FROM (SELECT h, count(DISTINCT i) "
        f"AS items FROM ({known}) WHERE EXISTS (SELECT 1 FROM ok_{table} WHERE share IS NOT NULL) "
        "GROUP BY h)",
    )
    if none:
        have = "has" if none == 1 else "have"
        yield (
            f"{table}: {counted(none, holder)} {have} no share while others have one "
            f"({show(first)}): what is named counts in equal parts, and as the whole where it is "
            f"alone ({single:,}). If that is not meant, write the shares, or leave these rows out "
            'with where_not = { share = "" }.'
        )
