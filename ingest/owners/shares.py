"""Shares that change with time: who holds what in which year, as rows that never overlap.

A patent has owners and a firm has industries, each with a share, and both may change. Here such
rows become *spans*: for each holder, spans of years that follow each other without a gap, and in
each of them items whose shares add to 1 or less.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ...core.errors import InputError
from .. import sql
from ..concordance import TOLERANCE, in_per_cent
from ..values.rounding import MOST, last_digits, note_scaling

__all__ = ["ALWAYS", "Spans", "make_spans"]

#: Years before and after all that can be written with four digits.
ALWAYS = (-1, 10_000)


@dataclass(frozen=True, slots=True)
class Spans:
    """What spans are made from, and how messages call it.

    Parameters
    ----------
    table : str
        The study's table, for messages.
    holder, item : str
        Its columns: whose shares they are, and what has a share.
    rows : str
        SELECT of ``holder, item, share, first, last``: a missing share means equal shares, a
        missing item one that is not known; ``first`` and ``last`` are never missing.
    years : tuple of int
        First and last year that are wanted.
    """

    table: str
    holder: str
    item: str
    rows: str
    years: tuple[int, int]


def make_spans(
    con: duckdb.DuckDBPyConnection, what: Spans, name: str, notes: list[str] | None = None
) -> int:
    """Make the table ``NAME(holder, item, share, first, last)``.

    In each year all rows hold that cover it. In a year that no row covers hold those of the latest
    year before that has any, and before the first year with any those of that first year. What the
    shares lack of 1 has no row. Rows of one holder are for years that follow each other.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the work is done.
    what : Spans
        The rows.
    name : str
        Table to make.
    notes : list of str, optional
        Receives what is said of shares that rounding makes add to more than 1.

    Returns
    -------
    int
        Items that are named twice of one holder and year: without shares they count once.

    Raises
    ------
    InputError
        If shares add to more than 1 by more than rounding explains, only some are given, or an
        item has two of them.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE span_rows AS {what.rows}")
    first, last = ALWAYS
    con.execute(
        "CREATE OR REPLACE TEMP TABLE span_pieces AS SELECT holder, start, "
        f"coalesce(lead(start) OVER (PARTITION BY holder ORDER BY start) - 1, {last}) AS stop "
        f"FROM (SELECT holder, {first} AS start FROM span_rows UNION SELECT holder, first "
        "FROM span_rows UNION SELECT holder, last + 1 FROM span_rows) "
        f"WHERE start BETWEEN {first} AND {last}"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE span_items AS SELECT p.holder, p.start, r.item, r.share, "
        "count(*) AS times FROM span_pieces AS p "
        "JOIN span_rows AS r ON r.holder = p.holder AND r.first <= p.start AND r.last >= p.start "
        "WHERE r.item IS NOT NULL GROUP BY ALL UNION ALL SELECT p.holder, p.start, r.item, "
        "r.share, 1 FROM span_pieces AS p JOIN span_rows AS r ON r.holder = p.holder "
        "AND r.first <= p.start AND r.last >= p.start WHERE r.item IS NULL"
    )
    _require_one_share(con, what)
    _require_sums(con, what, [] if notes is None else notes)
    low, high = what.years
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT f.holder, i.item, CASE "
        f"WHEN s.shares = 0 THEN 1.0 / s.items WHEN s.total >= 1 - {TOLERANCE} "
        "THEN i.share / s.total ELSE i.share END AS share, "
        f"greatest(f.start, {low}) AS first, least(f.stop, {high}) AS last "
        "FROM span_filled AS f JOIN span_items AS i ON i.holder = f.holder AND i.start = f.source "
        "JOIN span_sums AS s ON s.holder = i.holder AND s.start = i.start "
        f"WHERE f.start <= {high} AND f.stop >= {low}"
    )
    (twice,) = sql.one(
        con, "SELECT count(DISTINCT {'h': holder, 'i': item}) FROM span_items WHERE times > 1"
    )
    con.execute("DROP VIEW span_filled")
    for suffix in ("rows", "pieces", "items", "sums"):
        con.execute(f"DROP TABLE span_{suffix}")
    return int(twice)


def _require_one_share(con: duckdb.DuckDBPyConnection, what: Spans) -> None:
    """Refuse an item that has two shares of one holder at a time."""
    rows = con.execute(
        "SELECT holder, item, start FROM span_items WHERE item IS NOT NULL "
        "GROUP BY ALL HAVING count(*) > 1 "
        "OR max(CASE WHEN share IS NULL THEN 0 ELSE times END) > 1 ORDER BY ALL LIMIT 1"
    ).fetchall()
    if rows:
        holder, item, year = rows[0]
        raise InputError(
            f"table {what.table}: {what.holder} {holder!r} has {what.item} {item!r} twice"
            f"{_in(year)}, with shares; keep one row "
            '(repeat = "first" if it was only pasted twice), or add the shares up in the file.'
        )


def _require_sums(con: duckdb.DuckDBPyConnection, what: Spans, notes: list[str]) -> None:
    """Make the sums and the filled spans; refuse shares that make something out of nothing."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE span_sums AS SELECT holder, start, count(*) AS items, "
        "count(share) AS shares, coalesce(fsum(share), 0.0) AS total FROM span_items GROUP BY ALL"
    )
    _note_rounding(con, what, notes)
    for condition, problem in (
        ("shares BETWEEN 1 AND items - 1", "a share in some rows only; give all of them, or none"),
        (
            f"total > 1 + {TOLERANCE} AND NOT rounded",
            "shares that add to {total:.12g}, more than 1; make them add to 1, or to less where a "
            "part belongs to nobody",
        ),
    ):
        rows = con.execute(
            f"SELECT holder, start, total FROM span_sums WHERE {condition} ORDER BY ALL LIMIT 1"
        ).fetchall()
        if rows:
            holder, year, total = rows[0]
            (largest,) = sql.one(con, "SELECT max(share) FROM span_items")
            (most,) = sql.one(con, "SELECT max(total) FROM span_sums")
            raise InputError(
                f"table {what.table}: {what.holder} {holder!r} has{_in(year)} "
                f"{problem.format(total=total)}.{in_per_cent([largest or 0.0], [most])}"
            )
    con.execute(
        "CREATE OR REPLACE TEMP VIEW span_filled AS SELECT holder, start, stop, "
        "coalesce(last_value(known IGNORE NULLS) OVER (PARTITION BY holder ORDER BY start "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), "
        "first_value(known IGNORE NULLS) OVER (PARTITION BY holder ORDER BY start "
        "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS source FROM ("
        "SELECT p.holder, p.start, p.stop, s.start AS known FROM span_pieces AS p "
        "LEFT JOIN span_sums AS s ON s.holder = p.holder AND s.start = p.start)"
    )


def _note_rounding(con: duckdb.DuckDBPyConnection, what: Spans, notes: list[str]) -> None:
    """Mark sums above 1 that rounding of the last digits explains."""
    con.execute("ALTER TABLE span_sums ADD COLUMN rounded BOOLEAN DEFAULT false")
    if not sql.one(con, f"SELECT count(*) FROM span_sums WHERE total > 1 + {TOLERANCE}")[0]:
        return
    query = "SELECT DISTINCT share FROM span_items WHERE share IS NOT NULL ORDER BY 1"
    shares = con.execute(query).fetchnumpy()["share"]
    moved = pa.table({"share": pa.array(shares), "moved": pa.array(last_digits(shares))})
    con.register("_moved", moved)
    con.execute(
        "UPDATE span_sums SET rounded = true FROM (SELECT holder AS h, start AS s, sum(moved) AS m "
        "FROM span_items JOIN _moved USING (share) GROUP BY ALL) AS d WHERE d.h = holder AND "
        f"d.s = start AND total > 1 + {TOLERANCE} AND total <= 1 + {TOLERANCE} + least(m, {MOST})"
    )
    con.unregister("_moved")
    rows = con.execute(
        "SELECT holder, max(total) FROM span_sums WHERE rounded GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if rows:
        words = what.holder, f"{what.holder}s"
        notes.append(note_scaling(f"table {what.table}", "shares of", words, dict(rows)))


def _in(year: int) -> str:
    """Say when, where that is a year and not always."""
    return f" in {year}" if year > ALWAYS[0] else ""
