"""Keys of ``match`` that find nothing for their spelling's sake."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ...core.errors import InputError, show
from ...core.words import counted
from .. import sql
from ..values.alike import select_likely, with_keys
from ..values.texts import null_missing

__all__ = ["check_matches"]

#: Keys that are compared with the others' spellings: those of most rows.
_TRIED = 200
#: Where fewer of the keys are found, that comes first.
_FEW = 0.05


def check_matches(
    con: duckdb.DuckDBPyConnection,
    places: tuple[str, str, str, str],
    table: str,
    by: tuple[str, str],
    lookup: str,
    missing: Sequence[str],
) -> tuple[str, ...]:
    """Return warnings of keys that the other file has in another spelling, or of none found.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the tables.
    places : tuple of str
        The file and its column, the other file and its column, in the user's words.
    table : str
        Rows of the file that look something up.
    by : tuple of str
        Its column, and the SQL of its cleaned text over ``r``.
    lookup : str
        Keys ``k`` of the other file.
    missing : sequence of str
        Texts that stand for "missing".

    Raises
    ------
    InputError
        If hardly a key is found, while another spelling is.
    """
    file, column, other, key = places
    own, text = by
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _by AS SELECT v, sum(n)::BIGINT AS n, v IN (SELECT k FROM "
        f"{lookup}) AS found FROM (SELECT {null_missing(text, missing)} AS v, n FROM (SELECT "
        f"{own}, count(*) AS n FROM {table} AS r GROUP BY {own}) AS r) WHERE v IS NOT NULL "
        "GROUP BY v"
    )
    keys, matched = sql.one(con, "SELECT count(*), count(*) FILTER (WHERE found) FROM _by")
    lost = f"(SELECT v, n FROM _by WHERE NOT found ORDER BY n DESC, v LIMIT {_TRIED})"
    alike = _alike(con, lost, f"(SELECT k AS v FROM {lookup})") if keys > matched else []
    first = con.execute(f"SELECT v FROM {lost} LIMIT 1").fetchall()
    there = con.execute(f"SELECT min(k) FROM {lookup}").fetchall()
    con.execute("DROP TABLE _by")
    tried = min(keys - matched, _TRIED)
    counts = f"{file}: of {keys:,} different values of {show(column)}, {matched:,} are in {other}"
    if alike:
        pairs = "; ".join(f"{show(v)} here, {show(k)} there" for v, k, _ in alike[:3])
        rows = sum(n for _, _, n in alike)
        more = "at least " * (keys - matched > tried)
        text = (
            f"{counts}; {more}{len(alike)} more ({counted(rows, 'row')}) would be, but "
            f"for the spelling ({pairs}): write {show(column)} and {show(key)} in one way (match)."
        )
        if matched <= _FEW * keys and len(alike) >= tried / 2:
            raise InputError(text)
        return (text,)
    if keys and not matched and there[0][0] is not None:
        return (
            f"{counts} ({show(first[0][0])} here, {show(there[0][0])} there): 'match' finds "
            f"nothing. Are {show(column)} and {show(key)} the right columns?",
        )
    return ()


def _alike(con: duckdb.DuckDBPyConnection, lost: str, keys: str) -> list[tuple[str, str, int]]:
    """Return keys that find nothing, another spelling that is there, and how many rows have it."""
    there = with_keys(select_likely(con, keys, f"(SELECT v FROM {lost})"))
    return con.execute(
        f"SELECT o.v, min(w.v), any_value(o.n) FROM {with_keys(lost)} AS o JOIN {there} AS w "
        "ON o.plain = w.plain WHERE o.plain <> '' GROUP BY o.v ORDER BY o.v"
    ).fetchall()
