"""Why a code or an id finds nothing: the other table has it in another spelling.

``１`` and ``1``, ``1`` and ``01``, ``US1234567B2`` and ``1234567``, ``a1`` and ``A1``, ``1001.0``
and ``1001``: values are compared once more without what spellings differ in. The key that
would make them one is tried on all values, and told only if it mends more than it loses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import duckdb
import pyarrow as pa

from ...core.errors import show
from .. import sql
from ..values import texts
from .remedies import Remedy, Sides, remedies
from .several import several_codes

__all__ = ["spelled_otherwise"]

#: Values that are looked at to find how spellings differ.
_TRIED = 10_000
#: Pairs of one likeness from which remedies are made, and how many of these are tried.
_PAIRS, _REMEDIES = 200, 8
#: What is said of a likeness that no key mends without losing as much.
_UNMENDED = {
    "width": "one of them has full-width signs; write them in one way.",
    "case": "they differ in capitals; write them in one way.",
    "patent": "they are one patent number in two spellings; write them in one way.",
    "prefix": "",
}
_UNLIKE = "they differ in blanks, signs or zeros; write them in one way."


def _alike(value: str) -> dict[str, str]:
    """Return forms in which two spellings are one, by what they leave out."""
    # Millions of ids are gone through: few have a point, or a sign.
    point = f"regexp_replace({value}, '\\.0+$', '')"
    whole = f"CASE WHEN contains({value}, '.') THEN {point} ELSE {value} END"
    number = texts.patent_number(value)
    bare = (
        f"CASE WHEN regexp_full_match({value}, '[A-Za-z0-9]*') THEN lower({value}) "
        f"ELSE regexp_replace(nfc_normalize(lower({value})), '[^\\p{{L}}\\p{{N}}]', '', 'g') END"
    )
    return {
        "width": texts.half_width(value),
        "float": whole,
        "zeros": _without_zeros(whole),
        "case": f"lower({value})",
        "patent": f"CASE WHEN regexp_matches({value}, '\\d{{5}}') THEN {number} END",
        "prefix": f"regexp_extract({value}, '[0-9]+$')",
        "signs": _without_zeros(bare),
    }


def _without_zeros(value: str) -> str:
    """Return a text without the zeros that it begins with; of nothing but zeros one is left."""
    return f"coalesce(nullif(ltrim({value}, '0'), ''), right({value}, 1))"


def spelled_otherwise(
    con: duckdb.DuckDBPyConnection,
    sides: Sides,
    used: str,
    known: str,
    *,
    beside: str | None = None,
    missing: str | None = None,
) -> str | None:
    """Return a sentence on values that another table has in another spelling.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds both tables.
    sides : Sides
        How the two are called.
    used : str
        SELECT of ``v`` and ``n``: every value that stands there, and in how many rows.
    known : str
        SELECT of one column ``id``: what there is.
    beside : str, optional
        The same as ``used``, for other columns that refer to what there is: a remedy on that side
        must not lose theirs.
    missing : str, optional
        The same as ``used``, for values that are not there alone, where these are known: the others
        are looked at when there is something to mend.

    Returns
    -------
    str or None

    Examples
    --------
    >>> used = "SELECT * FROM (VALUES ('7', 3), ('12', 1)) AS t(v, n)"
    >>> known = "SELECT unnest(['007', '012']) AS id"
    >>> with duckdb.connect() as con:
    ...     print(spelled_otherwise(con, Sides("cited", "table firms"), used, known))
    cited is '12', table firms has '012': leading zeros are lost; clean = { cited = { zfill = 3 } \
} adds them. It corrects all 4 rows.
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _known AS SELECT DISTINCT id FROM ({known}) "
        "WHERE id IS NOT NULL"
    )

    def hold() -> None:
        """Hold what is used, which a remedy must not lose."""
        con.execute(
            "CREATE TEMP TABLE IF NOT EXISTS _used AS SELECT v, n, v IN (SELECT id FROM _known) "
            f"AS hit FROM ({used}) WHERE v IS NOT NULL"
        )
        con.execute(
            "CREATE TEMP TABLE IF NOT EXISTS _beside AS "
            f"SELECT v, n FROM ({beside or 'SELECT NULL AS v, 0 AS n LIMIT 0'})"
        )

    try:
        if missing is None:
            hold()
            strangers = "SELECT v, n FROM _used WHERE NOT hit"
        else:
            strangers = f"SELECT v, n FROM ({missing}) WHERE v NOT IN (SELECT id FROM _known)"
        con.execute(f"CREATE TEMP TABLE _tried AS {strangers} ORDER BY hash(v) LIMIT {_TRIED}")
        return several_codes(con, sides) or _first(con, sides, hold)
    finally:
        for relation in ("_known", "_used", "_tried", "_beside"):
            con.execute(f"DROP TABLE IF EXISTS {relation}")


def _first(con: duckdb.DuckDBPyConnection, sides: Sides, hold: Callable[[], None]) -> str | None:
    """Return the first likeness that a key mends; else the first one at all."""
    own, other = _alike("t.v"), _alike("k.id")
    kept, unmended = _kept_zeros(con, sides), None
    for what in _kinds(sides):
        ends = kept if what in {"zeros", "signs"} else ""
        if what == "prefix":
            ends = "AND (ends_with(t.v, k.id) OR ends_with(k.id, t.v))"
        pairs = con.execute(
            f"SELECT t.v, k.id FROM _tried AS t JOIN _known AS k ON {own[what]} = {other[what]} "
            f"WHERE {own[what]} <> '' {ends} ORDER BY ALL LIMIT {_PAIRS}"
        ).fetchall()
        if not pairs:
            continue
        hold()
        remedy = _best(con, sides, remedies(what, pairs, sides, con)[:_REMEDIES])
        if remedy is not None:
            value, match = _example(con, remedy, pairs)
            return f"{_begin(sides, value, match)} {remedy.advice} {_mends(con, sides, remedy)}"
        reason = _finer(pairs[0]) if what == "prefix" else _UNMENDED.get(what, _UNLIKE)
        if reason and unmended is None:
            unmended = f"{_begin(sides, *pairs[0])} {reason}"
    return unmended


def _kept_zeros(con: duckdb.DuckDBPyConnection, sides: Sides) -> str:
    """Return the condition that no code has lost its zeros where there are others that have them.

    ``024`` and ``0259`` in one column are of two levels, and no program took the zero of ``241``.
    """
    if not sides.codes:
        return ""
    levels = (
        "SELECT count(DISTINCT length({})) FROM {} WHERE regexp_full_match({}, '0\\d*[1-9]\\d*')"
    )
    (there,) = sql.one(con, levels.format("id", "_known", "id"))
    # of several columns, of which none is named, one may have lost them
    (here,) = (0,) if sides.own else sql.one(con, levels.format("v", "_used", "v"))
    whole = "regexp_replace({}, '\\.0+$', '')"
    signs = "length(regexp_replace({}, '[^\\p{{L}}\\p{{N}}]', '', 'g'))"
    own, other = (signs.format(whole.format(column)) for column in ("t.v", "k.id"))
    kept = f"AND {own} <= {other} " if there > 1 else ""
    return kept + (f"AND {own} >= {other}" if here > 1 else "")


def _begin(sides: Sides, value: str, match: str) -> str:
    return f"{sides.column} is {show(value)}, {sides.where} has {show(match)}:"


def _kinds(sides: Sides) -> Iterable[str]:
    """Return the kinds of likeness in the order in which they are looked for.

    ``1111A0`` and ``1111B0`` are two industries, and would be one patent; EP7000015 is another
    document than 7000015, so nothing is cut off in front of patent numbers.
    """
    never = {"patent"} if sides.codes else {"prefix"} if sides.patents else set()
    kinds = [kind for kind in _alike("v") if kind not in never]
    return sorted(kinds, key=lambda kind: kind != "patent") if sides.patents else kinds


def _finer(pair: tuple[str, str]) -> str:
    """Say of ``10.20`` and ``20`` that nothing is cut off."""
    longer, shorter = sorted(pair, key=len, reverse=True)
    cut = longer[: -len(shorter)]
    if not cut.endswith(".") or not cut.replace(".", "").isdigit():
        return ""
    return (
        f"the digits in front of the point are a code themselves ({show(longer)} is a part "
        f"of {show(cut[:-1])}), so nothing is cut off: give codes of one level on both "
        "sides, or the finer ones to the other table."
    )


def _best(con: duckdb.DuckDBPyConnection, sides: Sides, tried: Iterable[Remedy]) -> Remedy | None:
    """Return the remedy that mends most, the first of equals; None if none is worth it."""
    best, most = None, 0
    for remedy in tried:
        mended, lost = _gain(con, remedy)
        if mended - lost > most:
            best, most = remedy, mended - lost
    return best


def _gain(con: duckdb.DuckDBPyConnection, remedy: Remedy) -> tuple[int, int]:
    """Return how many rows would match that do not, and how many that do would not."""
    known = texts.normalise_text("id", remedy.other)
    if remedy.own is not None and remedy.own.drop_prefix:
        values, left = sql.one(
            con,
            f"SELECT count(DISTINCT v), count(DISTINCT {texts.normalise_text('v', remedy.own)}) "
            "FROM _used WHERE NOT hit",
        )
        if left < values:  # DE100 and FR100 are two
            return 0, 0
    if remedy.other is not None:
        ids, left = sql.one(con, f"SELECT count(id), count(DISTINCT {known}) FROM _known")
        if left < ids:  # two ids would become one
            return 0, 0
    after = f"coalesce({texts.normalise_text('v', remedy.own)} IN (SELECT id FROM _cleaned), false)"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE _cleaned AS "
        f"SELECT * FROM (SELECT {known} AS id FROM _known) WHERE id IS NOT NULL"
    )
    mended, lost = sql.one(
        con,
        f"SELECT coalesce(sum(n) FILTER (NOT hit AND {after}), 0), "
        f"coalesce(sum(n) FILTER (hit AND NOT {after}), 0) FROM _used",
    )
    besides = 0
    if remedy.other is not None:
        (besides,) = sql.one(
            con,
            "SELECT coalesce(sum(n), 0) FROM _beside WHERE v IN (SELECT id FROM _known) "
            f"AND NOT {after}",
        )
    con.execute("DROP TABLE _cleaned")
    return int(mended), int(lost) + int(besides)


def _joins(con: duckdb.DuckDBPyConnection, remedy: Remedy, value: str, match: str) -> bool:
    """Whether a remedy makes one of two spellings."""
    own, other = texts.normalise_text("v", remedy.own), texts.normalise_text("id", remedy.other)
    con.register("_pair", pa.table({"v": [value], "id": [match]}))
    try:
        return bool(sql.one(con, f"SELECT coalesce({own} = {other}, false) FROM _pair")[0])
    finally:
        con.unregister("_pair")


def _example(
    con: duckdb.DuckDBPyConnection, remedy: Remedy, pairs: Iterable[tuple[str, str]]
) -> tuple[str, str]:
    """Return two spellings that a remedy makes one: a pair that is alike, or if it mends none of
    these, another that it mends."""
    for pair in pairs:
        if _joins(con, remedy, *pair):
            return pair
    own, other = texts.normalise_text("v", remedy.own), texts.normalise_text("id", remedy.other)
    value, match = sql.one(
        con,
        f"SELECT v, id FROM (SELECT v, {own} AS own FROM _used WHERE NOT hit) "
        f"JOIN (SELECT id, {other} AS other FROM _known) ON own = other ORDER BY ALL LIMIT 1",
    )
    return str(value), str(match)


def _mends(con: duckdb.DuckDBPyConnection, sides: Sides, remedy: Remedy) -> str:
    """Say how many of the values that find nothing a remedy mends."""
    mended, lost = _gain(con, remedy)
    (strangers,) = sql.one(con, "SELECT sum(n) FROM _used WHERE NOT hit")
    noun = sides.noun
    if mended == strangers == 1:
        text = f"It corrects the one {noun[:-1]}"
    elif mended == strangers:
        text = f"It corrects all {mended:,} {noun}"
    else:
        text = f"It corrects {mended:,} of {int(strangers):,} {noun}"
    return f"{text}, and {lost:,} that match now are lost." if lost else f"{text}."
