"""Numbers as files spell them, and a refusal where a column mixes two spellings."""

from __future__ import annotations

import re

import duckdb

from ..core.errors import InputError
from . import sql
from .study_model import Entry

__all__ = ["doubt", "number", "require_one_spelling", "without_flags"]

#: Blanks and signs that part thousands somewhere.
_BLANKS = " \u00a0\u2009\u202f'\u2019"
_SIGN = r"[+-]?"
#: Spellings that are numbers elsewhere, with the key that reads them. The first that fits is told.
_OTHERS = (
    (rf"{_SIGN}\d{{1,3}}(\.\d{{3}})+,\d+", 'decimal = ",", thousands = "."'),
    (rf"{_SIGN}\d{{1,3}}(\.\d{{3}}){{2,}}", 'decimal = ",", thousands = "."'),
    (rf"{_SIGN}\d{{1,3}}(,\d{{3}})+\.\d+", 'thousands = ","'),
    (rf"{_SIGN}\d{{1,3}}(,\d{{3}}){{2,}}", 'thousands = ","'),
    (rf"{_SIGN}[1-9]\d{{0,2}},\d{{3}}", 'thousands = "," (or decimal = ",", if it is below 1,000)'),
    (rf"{_SIGN}\d*,\d+", 'decimal = ","'),
    (rf"{_SIGN}\d{{1,3}}([{_BLANKS}]\d{{3}})+([.,]\d+)?", 'thousands = " " (or the sign it is)'),
    (rf"{_SIGN}\d+(\.\d+)? ?[A-Za-z*†‡()]{{1,3}}", "flags = [the letters behind the numbers]"),
    (rf"{_SIGN}\d*\.\d+([eE][+-]?\d+)?", 'decimal = "."'),
    (rf"{_SIGN}\d+(\.\d+)? ?%", 'flags = ["%"], if per cent are meant'),
)
#: 1.000 and 12.500: one thousand, or one? No value of the column says which.
_GROUPS = r"[+-]?[1-9]\d{0,2}(\.\d{3})+"


def number(text: str, entry: Entry) -> str:
    """Return the number that a cleaned text spells, NULL where it spells none.

    Parameters
    ----------
    text : str
        The text, as SQL.
    entry : Entry
        Gives ``decimal`` and ``thousands``.

    Examples
    --------
    >>> number("x", Entry(file="f.csv"))
    "CASE WHEN NOT contains(x, '_') THEN try_cast(x AS DOUBLE) END"
    """
    decimal, thousands = entry.decimal or ".", entry.thousands
    if decimal == "." and not thousands:
        # For DuckDB 1_000 is a number, as in programs; in a table it is a label or a slip.
        return f"CASE WHEN NOT contains({text}, '_') THEN try_cast({text} AS DOUBLE) END"
    whole = r"\d+"
    if thousands:
        parts = f"[{_BLANKS}]" if thousands in _BLANKS else _literal(thousands)
        whole = rf"(\d{{1,3}}({parts}\d{{3}})+|\d+)"
        bare = f"regexp_replace({text}, {sql.text(parts)}, '', 'g')"
    else:
        bare = text
    point = _literal(decimal)
    form = rf"{_SIGN}({whole}({point}\d*)?|{point}\d+)([eE][+-]?\d+)?"
    spelled = f"replace({bare}, {sql.text(decimal)}, '.')"
    return (
        f"CASE WHEN regexp_full_match({text}, {sql.text(form)}) "
        f"THEN try_cast({spelled} AS DOUBLE) END"
    )


def without_flags(text: str, entry: Entry) -> str:
    """Return a cleaned text without the marks behind a number that the study file names."""
    if not entry.flags:
        return text
    marks = "|".join(_literal(flag) for flag in sorted(entry.flags, key=len, reverse=True))
    return f"regexp_replace({text}, {sql.text(f' ?({marks})+$')}, '')"


def _literal(text: str) -> str:
    return re.escape(text).replace("\\ ", " ").replace("\\'", "'")


def require_one_spelling(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, text: str, value: str, key: str
) -> None:
    """Refuse a column in which some values are numbers only in another country's spelling.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the relation.
    relation : str
        Rows with ``_file``, ``_row`` and the column.
    column, text, value : str
        Name of the column, its cleaned text and its number, as SQL.
    key : str
        Place in the study file, e.g. ``tables.io_flows``.

    Raises
    ------
    InputError
        Naming file, row, value and the key that reads it.
    """
    form = "|".join(f"({pattern})" for pattern, _ in _OTHERS)
    rows = con.execute(
        f"SELECT _file, _row, {text} AS t FROM {relation} WHERE {text} IS NOT NULL "
        f"AND {value} IS NULL AND regexp_full_match({text}, {sql.text(form)}) "
        "ORDER BY _part, _row LIMIT 100"
    ).fetchall()
    if not rows:
        return
    order = [next(i for i, (p, _) in enumerate(_OTHERS) if re.fullmatch(p, row[2])) for row in rows]
    clearest = min(range(len(rows)), key=order.__getitem__)
    file, row, found = rows[clearest]
    beside = con.execute(
        f"SELECT {text} FROM {relation} WHERE {value} IS NOT NULL LIMIT 1"
    ).fetchall()
    beside_it = f", while {beside[0][0]!r} is one as it stands" if beside else ""
    raise InputError(
        f"{file}, row {row}: {column} is {found!r}, a number only in another spelling{beside_it}. "
        f"Say in [{key}]: {_OTHERS[order[clearest]][1]}."
    )


def doubt(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, text: str, key: str
) -> list[str]:
    """Return a warning on a column whose points may part thousands: ``1.000`` beside ``500``.

    Parameters
    ----------
    con, relation, column, text, key
        As in :func:`require_one_spelling`.

    Returns
    -------
    list of str
        One, or none.
    """
    if not sql.one(con, f"SELECT bool_or(contains({text}, '.')) FROM {relation}")[0]:
        return []
    groups = f"regexp_full_match({text}, {sql.text(_GROUPS)})"
    # A point that parts no thousands, or a whole number of four digits, settles it.
    clear = (
        f"(contains({text}, '.') AND NOT {groups}) OR "
        f"regexp_full_match({text}, '[+-]?[1-9]\\d{{3,}}')"
    )
    query = f"SELECT bool_or({clear}), min_by((_file, _row, {text}), (_part, _row)) "
    query += f"FILTER ({groups}) FROM "
    first = None
    for rows in (f"(SELECT * FROM {relation} LIMIT 10000)", relation):
        settled, first = sql.one(con, query + rows)
        if settled:
            return []
    if first is None:
        return []
    file, row, value = first
    return [
        f"{file}: {column} is {value!r} in row {row}, and no value says whether its point parts "
        f'thousands. It was read as {float(value):g}; say decimal = "." in [{key}] if that is '
        'right, or decimal = ",", thousands = ".".'
    ]
