"""Marks around numbers: what ``flags`` cuts off, and which signs stand there unsaid."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import duckdb

from ...core.errors import LISTED
from .. import sql
from ..study_model import Entry

__all__ = [
    "BEFORE", "DIGITS", "MARKED", "MULTIPLIED", "SIGN", "currencies", "doubt_flags", "marks_in",
    "remedy", "without_flags",
]  # fmt: skip

SIGN = r"[+-]?"
DIGITS = r"\d[\d., ]*"
_BLANK = "[ \u00a0\u202f]?"
#: Letters behind a number that multiply it: cut off as a mark, 1.2M would be 1.2.
_MULTIPLIERS = (
    r"(?i:k|m|mn|mm|mio|mill|millions?|md|mrd|mld|milliards?|bn|bio|billions?|tn|trn|trillions?|"
    r"tsd|th|thousands?|lakhs?|lacs?|cr|crores?|[万萬亿億千]|百万|千万)\.?"
)
#: What is no mark: parts of numbers, and signs that make another number of it (5 %, <5, 1½).
_NO_MARKS = (
    "\\w\\s.,:;/|_%‰°<>≤≥~≈{}()\\[\\]\\\\+\u2212\u2010-\u2015\u00a0\u2009\u202f\ufffd"
    "\u00bc-\u00be\u2150-\u215f\u0660-\u0669\u06f0-\u06f9-"
)
_SIGNS = "$€£¥₩₹₽₺¢"
_CURRENCY = rf"[A-Z]{{3}}|[A-Z]{{0,2}}[{_SIGNS}]"
#: A sign of money in front of a number, if there is one.
BEFORE = rf"(?:(?:{_CURRENCY}){_BLANK})?"
MULTIPLIED = rf"{SIGN}{BEFORE}{SIGN}{DIGITS} ?{_MULTIPLIERS}(?:{_BLANK}[{_SIGNS}])?"
_FRONT = rf"{_CURRENCY}|[^{_NO_MARKS}]{{1,2}}"
_BEHIND = rf"[A-Za-z*†‡()]{{1,3}}|[^{_NO_MARKS}]{{1,3}}|\(\w{{1,2}}\)|\[\w{{1,2}}\]"
_NUMBER = "\\d(?:[\\d., \u00a0\u2009\u202f'\u2019]*[\\d.])?"
#: A number with a mark in front, behind, or both.
MARKED = (
    rf"{SIGN}(?:{_FRONT}){_BLANK}{SIGN}{_NUMBER}(?:{_BLANK}(?:{_BEHIND}))?|"
    rf"{SIGN}{_NUMBER}{_BLANK}(?:{_BEHIND})"
)


def without_flags(text: str, entry: Entry) -> str:
    """Return a cleaned text without the marks around a number that the study file names.

    In front they are cut off before a digit alone; behind, whatever it is that they mark. Letters
    that multiply the number are no marks, whatever the study file says.

    Parameters
    ----------
    text : str
        The text, as SQL.
    entry : Entry
        Names the marks.

    Examples
    --------
    >>> import duckdb
    >>> bare = without_flags("x", Entry(file="f.csv", flags=["$", "p"]))
    >>> duckdb.sql(f"SELECT {bare} FROM (VALUES ('-$5 p'), (': p'), ('p')) AS t (x)").fetchall()
    [('-5',), (':',), ('',)]
    """
    if not entry.flags:
        return text
    front = f"regexp_replace({text}, {sql.text(_in_front(entry.flags))}, '\\1\\2')"
    bare = f"regexp_replace({front}, {sql.text(_behind(entry.flags))}, '')"
    if not any(re.fullmatch(_MULTIPLIERS, flag.strip()) for flag in entry.flags):
        return bare
    return (
        f"CASE WHEN regexp_full_match({text}, {sql.text(MULTIPLIED)}) THEN {text} ELSE {bare} END"
    )


def _in_front(flags: Sequence[str]) -> str:
    return rf"^([+-]?)(?:(?:{_any_of(flags)}){_BLANK})+([+-]?[.,]?\d)"


def _behind(flags: Sequence[str]) -> str:
    return f"({_BLANK}({_any_of(flags)}))+$"


def _any_of(flags: Sequence[str]) -> str:
    longest = sorted(flags, key=len, reverse=True)
    return "|".join(re.escape(flag).replace("\\ ", " ").replace("\\'", "'") for flag in longest)


def marks_in(con: duckdb.DuckDBPyConnection, relation: str, text: str, value: str) -> list[str]:
    """Return the marks around the numbers of a column that are none as they stand, as flags.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the relation.
    relation : str
        The rows.
    text, value : str
        Cleaned text and number of the column, as SQL.
    """
    front = rf"^[+-]?({_FRONT}){_BLANK}[+-]?\d"
    behind = rf"\d\.?{_BLANK}({_BEHIND})$"
    rows = con.execute(
        f"SELECT DISTINCT regexp_extract({text}, {sql.text(front)}, 1), "
        f"regexp_extract({text}, {sql.text(behind)}, 1) FROM {relation} WHERE {value} IS NULL "
        f"AND regexp_full_match({text}, {sql.text(MARKED)}) "
        f"AND NOT regexp_full_match({text}, {sql.text(MULTIPLIED)})"
    ).fetchall()
    return sorted({mark for row in rows for mark in row if mark})


def currencies(marks: Sequence[str]) -> list[str]:
    """Return the marks that say a currency.

    Examples
    --------
    >>> currencies(["*", "US$", "€", "p"])
    ['US$', '€']
    """
    return [mark for mark in marks if re.fullmatch(_CURRENCY, mark)]


def remedy(marks: Sequence[str]) -> str:
    """Return the key that cuts marks off.

    Examples
    --------
    >>> print(remedy(["$"]), "/", remedy(["²"]))
    flags = ["$"] / flags = ["²"], if it is a note
    """
    listed = ", ".join(json.dumps(mark, ensure_ascii=False) for mark in marks[:LISTED])
    note = ", if it is a note" if set("".join(marks)) & set("⁰¹²³⁴⁵⁶⁷⁸⁹") else ""
    return f"flags = [{listed}{', …' if marks[LISTED:] else ''}]{note}"


#: Numbers with letters behind them that are so many times smaller than others are in another unit;
#: what is estimated is small, too, but not by thousands.
_APART = 500


def doubt_flags(
    con: duckdb.DuckDBPyConnection, rows: str, column: str, value: str, key: str, entry: Entry
) -> list[str]:
    """Return a warning on a mark that may be a unit: ``1.2b`` beside ``1300000000``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows.
    rows : str
        Subquery of ``text``, as the file has it, and of what the number is read from.
    column, value, key : str
        Name of the column, its number, as SQL, and its place in the study file.
    entry : Entry
        Names the marks.

    Returns
    -------
    list of str
        One for each such mark.
    """
    warnings = []
    bare = f"coalesce(NOT {_has(entry.flags)}, false)"
    for flag in filter(str.isalpha, entry.flags):
        marked = _has([flag])
        size = f"median(abs({value})) FILTER ({value} <> 0 AND"
        example, one, other = sql.one(
            con,
            f"SELECT min(trim(text)) FILTER ({marked}), {size} {marked}), {size} {bare}) "
            f"FROM {rows}",
        )
        if one and other and one * _APART < other:
            warnings.append(
                f"{column}: numbers with the mark {flag!r}, as {example!r}, are {one:,.4g} in the "
                f"middle, those without a mark {other:,.4g}. Marks are cut off and multiply "
                f"nothing: if it is a unit, write the numbers out in the file ([{key}])."
            )
    return warnings


def _has(flags: Sequence[str]) -> str:
    """Return the condition that a text has one of some marks."""
    return f"regexp_matches(trim(text), {sql.text(f'{_in_front(flags)}|{_behind(flags)}')})"
