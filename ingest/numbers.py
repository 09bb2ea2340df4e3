"""Numbers as files spell them, and a refusal where a column mixes two spellings."""

from __future__ import annotations

import re

import duckdb

from ..core.errors import InputError
from . import sql
from .study_model import Entry

__all__ = ["doubt", "doubt_flags", "number", "require_one_spelling", "without_flags"]

#: Blanks and signs that part thousands somewhere.
_BLANKS = " \u00a0\u2009\u202f'\u2019"
_SIGN = r"[+-]?"
#: Spellings that are numbers elsewhere, with the key that reads them. The first that fits is told.
_OTHERS = (
    (rf"{_SIGN}\d{{1,3}}(\.\d{{3}})+,\d+", 'decimal = ",", thousands = "."'),
    (rf"{_SIGN}\d{{1,3}}(\.\d{{3}}){{2,}}", 'decimal = ",", thousands = "."'),
    (rf"{_SIGN}0,\d+", 'decimal = ","'),
    (rf"{_SIGN}\d{{1,3}}(,\d{{3}})+\.\d+", 'thousands = ","'),
    (rf"{_SIGN}\d{{1,3}}(,\d{{3}}){{2,}}", 'thousands = ","'),
    (rf"{_SIGN}[1-9]\d{{0,2}},\d{{3}}", 'thousands = "," (or decimal = ",", if it is below 1,000)'),
    (rf"{_SIGN}\d*,\d+", 'decimal = ","'),
    (rf"{_SIGN}\d{{1,3}}([{_BLANKS}]\d{{3}})+([.,]\d+)?", 'thousands = " " (or the sign it is)'),
    (rf"{_SIGN}\d+(\.\d+)? ?[A-Za-z*†‡()]{{1,3}}", "flags = [the letters behind the numbers]"),
    (rf"{_SIGN}\d*\.\d+([eE][+-]?\d+)?", 'decimal = "."'),
    (rf"{_SIGN}\d+(\.\d+)? ?%", 'flags = ["%"], if per cent are meant'),
)
_DIGITS = r"\d[\d., ]*"
#: Letters behind a number that multiply it: cut off as a mark, 1.2M would be 1.2.
_MULTIPLIERS = (
    r"(?i:k|m|mn|mm|mio|mill|millions?|md|mrd|mld|milliards?|bn|bio|billions?|tn|trn|trillions?|"
    r"tsd|th|thousands?|lakhs?|lacs?|cr|crores?|[万萬亿億千]|百万|千万)\.?"
)
_MULTIPLIED, _LETTERS = rf"{_SIGN}{_DIGITS} ?{_MULTIPLIERS}", "the letters multiply it"
#: Spellings that no key reads: whether they are below zero, and what they are.
_UNREAD = (
    (rf"\( ?{_DIGITS}\)", True, "brackets stand for a minus"),
    (rf"{_DIGITS}-", True, "the minus stands behind it"),
    (rf"[–—‒‐‑] ?{_DIGITS}", True, "a dash stands for a minus"),
    (rf"{_SIGN}\d{{1,2}}(,\d{{2}})+,\d{{3}}(\.\d+)?", False, "its digits are grouped by hundreds"),
    (_MULTIPLIED, False, _LETTERS),
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
        signs = {f"[{_BLANKS}]" if each in _BLANKS else _literal(each) for each in thousands}
        grouped = "|".join(rf"[1-9]\d{{0,2}}({sign}\d{{3}})+" for sign in sorted(signs))
        whole = rf"({grouped}|\d+)"
        bare = f"regexp_replace({text}, {sql.text('|'.join(sorted(signs)))}, '', 'g')"
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
    """Return a cleaned text without the marks behind a number that the study file names.

    Letters that multiply the number are no marks, whatever the study file says.
    """
    if not entry.flags:
        return text
    bare = f"regexp_replace({text}, {sql.text(_marks(entry.flags))}, '')"
    if not any(re.fullmatch(_MULTIPLIERS, flag.strip()) for flag in entry.flags):
        return bare
    return (
        f"CASE WHEN regexp_full_match({text}, {sql.text(_MULTIPLIED)}) THEN {text} ELSE {bare} END"
    )


def _marks(flags: list[str]) -> str:
    marks = "|".join(_literal(flag) for flag in sorted(flags, key=len, reverse=True))
    return f"( ?({marks}))+$"


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
        _require_readable(con, relation, column, text, value, key)
    form = "|".join(f"({pattern})" for pattern, _ in _OTHERS)
    rows = con.execute(
        f"SELECT _file, _row, {text} AS t FROM {relation} WHERE {text} IS NOT NULL "
        f"AND {value} IS NULL AND regexp_full_match({text}, {sql.text(form)}) "
        f"AND NOT regexp_full_match({text}, {sql.text(_MULTIPLIED)}) ORDER BY _part, _row LIMIT 100"
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
    said = _that_reads_all(con, relation, text, value, order[clearest], entry)
    if share and "%" in said and sql.one(con, f"SELECT max({value}) > 0 FROM {relation}")[0]:
        said = "Some numbers have a per cent sign and others do not: write all in one way."
    raise InputError(
        f"{file}, row {row}: {column} is {found!r}, a number only in another spelling{beside_it}. "
        f"{said.format(key=key)}"
    )


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
        file, row, found, times = sql.one(
            con,
            f"SELECT min_by(_file, (_part, _row)), min_by(_row, (_part, _row)), "
            f"min_by({text}, (_part, _row)), count(*) FROM {relation} "
            f"WHERE {value} IS NULL AND regexp_full_match({text}, {sql.text(form)})",
        )
        if times:
            bare = re.sub(r"[^\d.,]" if below else ",", "", found)
            written = "all its digits" if why == _LETTERS else f"{'-' if below else ''}{bare}"
            raise InputError(
                f"{file}, row {row}: {column} is {found!r}, a number of which {why}, as in "
                f"{times:,} {'value' if times == 1 else 'values'} of [{key}], and no key reads it. "
                f"Write {written} in the file; a note that is no number goes into missing."
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
    if "flags" in _OTHERS[kind][1]:
        return f"Say in [{{key}}]: {_OTHERS[kind][1]}."
    form = "|".join(f"({pattern})" for pattern, keys in _OTHERS if "flags" not in keys)
    numbers = (
        f"(SELECT DISTINCT {text} AS t FROM {relation} WHERE {value} IS NOT NULL "
        f"OR regexp_full_match({text}, {sql.text(form)}))"
    )
    read = {each: number("t", _entry(each)) for each in _SPELLINGS}
    asked = ", ".join(f"coalesce(bool_and({each} IS NOT NULL), false)" for each in read.values())
    answers = sql.one(con, f"SELECT {asked} FROM {numbers}")
    fits = [each for each, all_read in zip(_SPELLINGS, answers, strict=True) if all_read]
    if set(_meant(kind, entry)) & set(fits):
        return f"Say in [{{key}}]: {_OTHERS[kind][1]}."
    best = [next((e for e in fits if e[0] == decimal), None) for decimal in (".", ",")]
    known = [each for each in best if each is not None]
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


def _meant(kind: int, entry: Entry) -> tuple[_Spelling, ...]:
    """Return the spellings that the key for a kind of ``_OTHERS`` stands for."""
    keys = _OTHERS[kind][1]
    decimal = "," if keys.startswith('decimal = ","') else "."
    if 'thousands = " "' in keys:
        return ((entry.decimal or ".", (" ",)),)
    if "(or decimal" in keys:
        return (".", (",",)), (",", ())
    return ((decimal, tuple(each for each in ",." if f'thousands = "{each}"' in keys)),)


def _entry(spelling: _Spelling) -> Entry:
    return Entry.model_validate(
        {"file": "", "decimal": spelling[0], "thousands": list(spelling[1])}
    )


def _keys(spelling: _Spelling) -> str:
    decimal, signs = spelling
    listed = ", ".join(f'"{each}"' for each in signs)
    found = [f'decimal = "{decimal}"'] if decimal != "." else []
    found += [f"thousands = [{listed}]" if signs[1:] else f"thousands = {listed}"] if signs else []
    return ", ".join(found) or 'decimal = "."'


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
    points, one = sql.one(
        con, f"SELECT bool_or(contains({text}, '.')), min(_file) = max(_file) FROM {relation}"
    )
    if not points:
        return []
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
    found = con.execute(f"{query}{relation} GROUP BY _file ORDER BY min(_part)").fetchall()
    open_ = [(file, *first) for file, settled, first in found if first and not settled]
    if not open_:
        return []
    file, row, value = open_[0]
    return [
        f"{file}: {column} is {value!r} in row {row}, and no value says whether its point parts "
        f'thousands. It was read as {float(value):g}; say decimal = "." in [{key}] if that is '
        'right, or decimal = ",", thousands = ".".'
    ]


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
    found = []
    bare = f"coalesce(NOT regexp_matches(trim(text), {sql.text(_marks(entry.flags))}), false)"
    for flag in filter(str.isalpha, entry.flags):
        marked = f"regexp_matches(trim(text), {sql.text(_marks([flag]))})"
        size = f"median(abs({value})) FILTER ({value} <> 0 AND"
        example, one, other = sql.one(
            con,
            f"SELECT min(trim(text)) FILTER ({marked}), {size} {marked}), {size} {bare}) "
            f"FROM {rows}",
        )
        if one and other and one * _APART < other:
            found.append(
                f"{column}: numbers with the mark {flag!r}, as {example!r}, are {one:,.4g} in the "
                f"middle, those without a mark {other:,.4g}. Marks are cut off and multiply "
                f"nothing: if it is a unit, write the numbers out in the file ([{key}])."
            )
    return found
