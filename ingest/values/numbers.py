"""Numbers as files spell them, and a refusal where a column mixes two spellings."""

from __future__ import annotations

import re

import duckdb

from ...core.errors import InputError
from .. import sql
from ..study_model import Entry
from .marks import (
    BEFORE,
    DIGITS,
    MARKED,
    MULTIPLIED,
    SIGN,
    currencies,
    marks_in,
    remedy,
    without_flags,
)

__all__ = ["doubt", "number", "require_one_spelling"]

#: Blanks and signs that part thousands somewhere.
_BLANKS = " \u00a0\u2009\u202f'\u2019"
#: Spellings that are numbers elsewhere, with the key that reads them. The first that fits is told.
_OTHERS = (
    (rf"{SIGN}\d{{1,3}}(\.\d{{3}})+,\d+", 'decimal = ",", thousands = "."'),
    (rf"{SIGN}\d{{1,3}}(\.\d{{3}}){{2,}}", 'decimal = ",", thousands = "."'),
    (rf"{SIGN}0,\d+", 'decimal = ","'),
    (rf"{SIGN}\d{{1,3}}(,\d{{3}})+\.\d+", 'thousands = ","'),
    (rf"{SIGN}\d{{1,3}}(,\d{{3}}){{2,}}", 'thousands = ","'),
    (rf"{SIGN}[1-9]\d{{0,2}},\d{{3}}", 'thousands = "," (or decimal = ",", if it is below 1,000)'),
    (rf"{SIGN}\d*,\d+", 'decimal = ","'),
    (rf"{SIGN}\d{{1,3}}([{_BLANKS}]\d{{3}})+([.,]\d+)?", 'thousands = " " (or the sign it is)'),
    (MARKED, "flags"),
    (rf"{SIGN}\d*\.\d+([eE][+-]?\d+)?", 'decimal = "."'),
    (rf"{SIGN}\d+(\.\d+)? ?%", 'flags = ["%"], if per cent are meant'),
)
_LETTERS, _INEXACT = "the letters multiply it", "a sign says that it is not exact"
#: Spellings that no key reads: whether they are below zero, and what they are.
_UNREAD = (
    (rf"\( ?{BEFORE}{DIGITS}\)", True, "brackets stand for a minus"),
    (rf"{DIGITS}-", True, "the minus stands behind it"),
    (rf"[–—‒‐‑] ?{DIGITS}", True, "a dash stands for a minus"),
    (rf"{SIGN}\d{{1,2}}(,\d{{2}})+,\d{{3}}(\.\d+)?", False, "its digits are grouped by hundreds"),
    (MULTIPLIED, False, _LETTERS),
    (rf"(?:[<>]=?|[≤≥~≈]) ?{BEFORE}{DIGITS}", False, _INEXACT),
)
#: Errors that a spreadsheet shows in place of a value; #### is a column too narrow for its values.
_ERRORS = r"#{2,}|#[A-ZÄÖÜ/0]{2,14}[!?]"
#: Fortran's powers of ten; 12D3 may be a code.
_FORTRAN = r"[+-]?(\d*[.,]\d*[dD][+-]?|\d+[dD][+-])\d{1,3}"
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
    >>> import duckdb
    >>> value = number("x", Entry(file="f.csv"))
    >>> texts = "('37'), ('1.5D+03'), ('1_000'), ('12D3')"
    >>> duckdb.sql(f"SELECT {value} FROM (VALUES {texts}) AS t (x)").fetchall()
    [(37.0,), (1500.0,), (None,), (None,)]
    """
    power = f"regexp_full_match({text}, {sql.text(_FORTRAN)})"
    spelled = f"(CASE WHEN {power} THEN translate({text}, 'Dd', 'ee') END)"
    # only what is no number as it stands is looked at again
    return f"coalesce({_number(text, entry)}, {_number(spelled, entry)})"


def _number(text: str, entry: Entry) -> str:
    decimal, thousands = entry.decimal or ".", entry.thousands
    if decimal == "." and not thousands:
        # For DuckDB 1_000 is a number, as in programs; in a table it is a label or a slip.
        return f"CASE WHEN NOT contains({text}, '_') THEN try_cast({text} AS DOUBLE) END"
    whole = r"\d+"
    if thousands:
        signs = {f"[{_BLANKS}]" if sign in _BLANKS else _literal(sign) for sign in thousands}
        grouped = "|".join(rf"[1-9]\d{{0,2}}({sign}\d{{3}})+" for sign in sorted(signs))
        whole = rf"({grouped}|\d+)"
        bare = f"regexp_replace({text}, {sql.text('|'.join(sorted(signs)))}, '', 'g')"
    else:
        bare = text
    point = _literal(decimal)
    form = rf"{SIGN}({whole}({point}\d*)?|{point}\d+)([eE][+-]?\d+)?"
    spelled = f"replace({bare}, {sql.text(decimal)}, '.')"
    return (
        f"CASE WHEN regexp_full_match({text}, {sql.text(form)}) "
        f"THEN try_cast({spelled} AS DOUBLE) END"
    )


def _literal(text: str) -> str:
    return re.escape(text).replace("\\ ", " ").replace("\\'", "'")


def require_one_spelling(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    column: str,
    text: str,
    value: str,
    key: str,
    entry: Entry,
    *,
    soft: bool = False,
    share: bool = False,
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
    entry : Entry
        What it says now.
    soft : bool
        Whether a bad value costs the value alone: what no key reads does not stop the run then.
    share : bool
        Whether it holds shares: 60% beside 0.4 is in two units, and no key reads both.

    Raises
    ------
    InputError
        Naming file, row, value and the key that reads it and all others.
    """
    if not soft:
        _require_no_errors(con, relation, column, text, key)
        _require_readable(con, relation, column, text, value, key)
    form = "|".join(f"({pattern})" for pattern, _ in _OTHERS)
    rows = con.execute(
        f"SELECT _file, _row, {text} AS t FROM {relation} WHERE {text} IS NOT NULL "
        f"AND {value} IS NULL AND regexp_full_match({text}, {sql.text(form)}) "
        f"AND NOT regexp_full_match({text}, {sql.text(MULTIPLIED)}) ORDER BY _part, _row LIMIT 100"
    ).fetchall()
    if not rows:
        return
    order = [
        next(i for i, (p, _) in enumerate(_OTHERS) if re.fullmatch(p, row[2], re.A)) for row in rows
    ]
    clearest = min(range(len(rows)), key=order.__getitem__)
    file, row, spelled = rows[clearest]
    beside = con.execute(
        f"SELECT {text} FROM {relation} WHERE {value} IS NOT NULL LIMIT 1"
    ).fetchall()
    beside_it = f", while {beside[0][0]!r} is one as it stands" if beside else ""
    advice = _that_reads_all(con, relation, text, value, order[clearest], entry)
    if share and "%" in advice and sql.one(con, f"SELECT max({value}) > 0 FROM {relation}")[0]:
        advice = "Some numbers have a per cent sign and others do not: write all in one way."
    raise InputError(
        f"{file}, row {row:,}: {column} is {spelled!r}, a number only in another "
        f"spelling{beside_it}. {advice.format(key=key)}"
    )


def _require_no_errors(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, text: str, key: str
) -> None:
    """Refuse errors of a spreadsheet, with what to do about them."""
    file, row, spelled, times = sql.one(con, _first_of(relation, text, _ERRORS))
    if times:
        why = "a column too narrow for its numbers" if set(spelled) == {"#"} else "an error"
        raise InputError(
            f"{file}, row {row:,}: {column} is {spelled!r}, which stands for {why} in a "
            f"spreadsheet, as in {_values(times)} of [{key}]. Write the number in the file; where "
            f"none is known, name {spelled!r} in missing."
        )


def _first_of(relation: str, text: str, form: str) -> str:
    """Ask for file, row and text of the first value of a form, and how many there are."""
    first = ", ".join(f"min_by({column}, (_part, _row))" for column in ("_file", "_row", text))
    fits = f"regexp_full_match({text}, {sql.text(form)})"
    return f"SELECT {first}, count(*) FROM {relation} WHERE {fits}"


def _values(times: int) -> str:
    return f"{times:,} {'value' if times == 1 else 'values'}"


def _require_readable(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    column: str,
    text: str,
    value: str,
    key: str,
) -> None:
    """Refuse numbers in a spelling that no key reads, with what to write in their place."""
    for form, below, why in _UNREAD:
        asked = f"{_first_of(relation, text, form)} AND {value} IS NULL"
        file, row, spelled, times = sql.one(con, asked)
        if times:
            bare = re.sub(r"[^\d.,]" if below else ",", "", spelled)
            written = {_LETTERS: "all its digits", _INEXACT: "the number that is meant"}.get(
                why, f"{'-' if below else ''}{bare}"
            )
            raise InputError(
                f"{file}, row {row:,}: {column} is {spelled!r}, a number of which {why}, as in "
                f"{_values(times)} of [{key}], and no key reads it. "
                f"Write {written} in the file; a note that is not a number goes into missing."
            )


_Spelling = tuple[str, tuple[str, ...]]
#: Decimal and thousands signs that may go together, the fewest first.
_SPELLINGS: tuple[_Spelling, ...] = tuple(
    (decimal, signs)
    for decimal, other in ((".", ","), (",", "."))
    for signs in ((), (other,), (" ",), (other, " "))
)


def _that_reads_all(
    con: duckdb.DuckDBPyConnection, relation: str, text: str, value: str, kind: int, entry: Entry
) -> str:
    """Return which keys read every number of a column, not only the one that is shown."""
    if _OTHERS[kind][0] == MARKED:
        return _that_cuts_off(con, relation, text, value, entry)
    if "flags" in _OTHERS[kind][1]:
        return f"Say in [{{key}}]: {_OTHERS[kind][1]}."
    form = "|".join(f"({pattern})" for pattern, keys in _OTHERS if "flags" not in keys)
    numbers = (
        f"(SELECT DISTINCT {text} AS t FROM {relation} WHERE {value} IS NOT NULL "
        f"OR regexp_full_match({text}, {sql.text(form)}))"
    )
    read = {spelling: number("t", _entry(spelling)) for spelling in _SPELLINGS}
    asked = ", ".join(
        f"coalesce(bool_and({parsed} IS NOT NULL), false)" for parsed in read.values()
    )
    answers = sql.one(con, f"SELECT {asked} FROM {numbers}")
    fits = [spelling for spelling, all_read in zip(_SPELLINGS, answers, strict=True) if all_read]
    if set(_meant(kind, entry)) & set(fits):
        return f"Say in [{{key}}]: {_OTHERS[kind][1]}."
    best = [next((e for e in fits if e[0] == decimal), None) for decimal in (".", ",")]
    known = [spelling for spelling in best if spelling is not None]
    if not known:
        return (
            "The column has two decimal signs, and no key reads both: write all numbers in one "
            "way, or give each kind an entry of its own with 'where'."
        )
    if not known[1:]:
        return f"The column has several signs; say in [{{key}}]: {_keys(known[0])}."
    one, other = known
    example, first, second = sql.one(
        con,
        f"SELECT min_by((t, {read[one]}, {read[other]}), t) FROM {numbers} "
        f"WHERE {read[one]} <> {read[other]}",
    )[0] or ("", 0.0, 0.0)
    return (
        f"The column has several signs; say in [{{key}}]: {_keys(one)}, if {example!r} is "
        f"{first:g}, or {_keys(other)}, if it is {second:g}."
    )


def _that_cuts_off(
    con: duckdb.DuckDBPyConnection, relation: str, text: str, value: str, entry: Entry
) -> str:
    """Return the marks to cut off, and the keys that read what stands between them."""
    marks = marks_in(con, relation, text, value)
    if len(money := currencies(marks)) > 1:
        return f"The column has several currencies ({', '.join(money)}): write all in one."
    cut = entry.model_copy(update={"flags": [*entry.flags, *marks]})
    advice = f"Say in [{{key}}]: {remedy(marks)}."
    bare = f"(SELECT {without_flags(text, cut)} AS t FROM {relation} WHERE {text} IS NOT NULL)"
    form = "|".join(f"({pattern})" for pattern, keys in _OTHERS if "flags" not in keys)
    left = con.execute(
        f"SELECT DISTINCT t FROM {bare} WHERE {number('t', entry)} IS NULL "
        f"AND regexp_full_match(t, {sql.text(form)}) LIMIT 100"
    ).fetchall()
    if not left:
        return advice
    kinds = (i for (t,) in left for i, (p, _) in enumerate(_OTHERS) if re.fullmatch(p, t, re.A))
    return f"{advice} {_that_reads_all(con, bare, 't', number('t', entry), min(kinds), entry)}"


def _meant(kind: int, entry: Entry) -> tuple[_Spelling, ...]:
    """Return the spellings that the key for a kind of ``_OTHERS`` stands for."""
    keys = _OTHERS[kind][1]
    decimal = "," if keys.startswith('decimal = ","') else "."
    if 'thousands = " "' in keys:
        return ((entry.decimal or ".", (" ",)),)
    if "(or decimal" in keys:
        return (".", (",",)), (",", ())
    return ((decimal, tuple(sign for sign in ",." if f'thousands = "{sign}"' in keys)),)


def _entry(spelling: _Spelling) -> Entry:
    return Entry.model_validate(
        {"file": "", "decimal": spelling[0], "thousands": list(spelling[1])}
    )


def _keys(spelling: _Spelling) -> str:
    decimal, signs = spelling
    listed = ", ".join(f'"{sign}"' for sign in signs)
    keys = [f'decimal = "{decimal}"'] if decimal != "." else []
    keys += [f"thousands = [{listed}]" if signs[1:] else f"thousands = {listed}"] if signs else []
    return ", ".join(keys) or 'decimal = "."'


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
    # 1.000 is the shortest that parts thousands, and most counts are shorter
    long = f"strlen({text}) > 4 AND contains({text}, '.')"
    if not sql.one(con, f"SELECT bool_or({long}) FROM {relation}")[0]:
        return []
    (one,) = sql.one(con, f"SELECT min(_file) = max(_file) FROM {relation}")
    groups = f"regexp_full_match({text}, {sql.text(_GROUPS)})"
    # A point that parts no thousands settles it, and so does a whole number of five digits, in the
    # same file. One of four does not: in Spanish and Polish 1500 stands beside 12.500.
    clear = (
        f"(contains({text}, '.') AND NOT {groups}) OR "
        f"regexp_full_match({text}, '[+-]?[1-9]\\d{{4,}}')"
    )
    query = f"SELECT _file, bool_or({clear}), min_by((_row, {text}), _row) FILTER ({groups}) FROM "
    few = f"{query}(SELECT * FROM {relation} LIMIT 10000) GROUP BY _file"
    if one and any(settled for _, settled, _ in con.execute(few).fetchall()):
        return []
    rows = con.execute(f"{query}{relation} GROUP BY _file ORDER BY min(_part)").fetchall()
    open_ = [(file, *first) for file, settled, first in rows if first and not settled]
    if not open_:
        return []
    file, row, value = open_[0]
    return [
        f"{file}: {column} is {value!r} in row {row:,}, and no value says whether its point parts "
        f'thousands. It was read as {float(value):g}; say decimal = "." in [{key}] if that is '
        'right, or decimal = ",", thousands = ".".'
    ]
