"""Texts that are the same but for their spelling, as SQL.

``granted`` and ``Granted``, ``1`` and ``1.0``, ``2009-01-01`` and ``2009-01-01 00:00:00``: values
are compared this way only to tell which ones a comparison letter by letter has missed.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from .. import sql
from . import texts

__all__ = ["MANY", "select_likely", "with_keys"]

#: Of more different values than these only those are compared that are near at first sight.
MANY = 20_000

#: What programs write for true and for false: R, Stata, Parquet, spreadsheets of some countries.
_TRUE = ("1", "true", "yes", "y", "t", "wahr", "ja", "j", "vrai", "oui", "verdadero", "si", "sí")
_FALSE = ("0", "false", "no", "n", "f", "falsch", "nein", "faux", "non", "falso")
#: Midnight behind a date, which says no more than the date.
_MIDNIGHT = "(\\d)[ t]+00:00(:00([.]0+)?)?( ?(z|utc|[+-]00(:?00)?))?$"
#: A number, with its thousands parted or not.
_PARTED = "[+-]?\\d{1,3}([,' ]\\d{3})+([.]\\d+)?"
_NUMBER = "[+-]?(\\d+[.]?\\d*|[.]\\d+)(e([+-]\\d+|\\d{2,}))?"


def with_keys(rows: str) -> str:
    """Return a SELECT of rows with what their text ``v`` is without its spelling.

    ``plain`` is without case, width, blanks, punctuation (between digits it is one sign), zeros in
    front of a number and behind a whole one, a power of ten, and midnight. Symbols stay, and a
    hyphen at the end: ``<5`` is not ``5``, nor ``A-`` ``A``. ``loose`` is without any punctuation,
    and without zeros at the end of a fraction: ``1.1`` and ``1.10`` may be two codes. ``truth``
    says whether a text means true or false; of others it is NULL.

    Parameters
    ----------
    rows : str
        A relation with the column ``v``: cleaned texts.

    Examples
    --------
    >>> import duckdb
    >>> def keys(*values):
    ...     rows = " UNION ALL ".join(f"SELECT {sql.text(v)} AS v" for v in values)
    ...     return duckdb.sql(f"SELECT plain, loose FROM ({with_keys(f'({rows})')})").fetchall()
    >>> keys("Not Listed", "01.00", "1e+05", "2009/01/01 00:00:00", "1.10", "A-")
    [('notlisted', 'notlisted'), ('1', '1'), ('100000', '100000'), ('20090101', '20090101'), \
('1.10', '1.1'), ('a-', 'a')]
    """
    day = f"regexp_replace({texts.half_width('lower(v)')}, {sql.text(_MIDNIGHT)}, '\\1')"
    parted = f"regexp_full_match(_day, {sql.text(_PARTED)})"
    joined = f"CASE WHEN {parted} THEN regexp_replace(_day, '[,'' ]', '', 'g') ELSE _day END"
    number = (
        f"CASE WHEN regexp_full_match(_text, {sql.text(_NUMBER)}) "
        "THEN try_cast(_text AS DECIMAL(38, 9)) END"
    )
    exact = "rtrim(rtrim(CAST(_number AS VARCHAR), '0'), '.')"
    fraction = "regexp_replace(regexp_replace(_text, '^[+]', ''), '^(-?)0*', '\\1')"
    bare = "regexp_replace(_text, '[^\\p{L}\\p{M}\\p{N}]', '', 'g')"
    steps = (
        f"*, {day} AS _day",
        f"*, {texts.minus(joined)} AS _text",
        f"*, {number} AS _number",
        f"* EXCLUDE (_day, _text, _number), CASE WHEN _number = floor(_number) THEN {exact} "
        f"WHEN _number IS NOT NULL THEN {fraction} ELSE {_words()} END AS plain, "
        f"CASE WHEN _number IS NOT NULL THEN {exact} ELSE {_strip_zeros(bare)} END AS loose",
        f"*, CASE WHEN plain IN ({_list_texts(_TRUE)}) THEN true "
        f"WHEN plain IN ({_list_texts(_FALSE)}) THEN false END AS truth",
    )
    for step in steps:
        rows = f"(SELECT {step} FROM {rows})"
    return rows


def select_likely(con: duckdb.DuckDBPyConnection, there: str, wanted: str) -> str:
    """Return those of a file's values that are worth a comparison: all, unless they are many.

    Of many (names, ids) it is those that differ in case, or by the zero or the midnight that
    programs add.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds both relations.
    there, wanted : str
        Relations with a column ``v``, of the file and of what is looked for in it.
    """
    (number,) = sql.one(con, f"SELECT count(*) FROM {there}")
    if number <= MANY:
        return there
    likely = (
        f"SELECT unnest([lower(v), plain, plain || '.0', plain || '.00', lower(v) || ' 00:00:00']) "
        f"FROM {with_keys(wanted)}"
    )
    return f"(SELECT * FROM {there} WHERE lower(v) IN ({likely}))"


def _words() -> str:
    """Return a text that is no number, without case and punctuation; digits stay apart."""
    words = "regexp_replace(_text, '[^\\p{L}\\p{M}\\p{N}\\p{S}-]+$', '')"
    words = f"regexp_replace({words}, '[\\p{{P}}\\p{{Z}}\\s]+', '-', 'g')"
    for pattern, kept in (("-([^\\d-])", "\\1"), ("([^\\d-])-(.)", "\\1\\2"), ("^-", "")):
        words = f"regexp_replace({words}, '{pattern}', '{kept}', 'g')"
    return _strip_zeros(f"regexp_replace({words}, '^(\\d{{4}})-(\\d\\d)-(\\d\\d)$', '\\1\\2\\3')")


def _strip_zeros(value: str) -> str:
    return f"regexp_replace({value}, '^0+(.)', '\\1')"


def _list_texts(words: Sequence[str]) -> str:
    return ", ".join(map(sql.text, words))
