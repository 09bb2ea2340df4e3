"""Why a code or an id finds nothing: the other table has it in another spelling.

``１`` and ``1``, ``1`` and ``01``, ``US1234567B2`` and ``1234567``, ``a1`` and ``A1``, ``1001.0``
and ``1001``:
values are compared once more without what spellings differ in, and the first likeness is told
together with the key of the study file that mends it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import duckdb
import pyarrow as pa

from ..core.errors import show
from . import sql, texts
from .date_forms import width
from .fiscal import say_fiscal
from .study_model import Clean, Entry
from .years import fiscal, year

__all__ = ["another_form", "merged_cells", "spelled_otherwise"]

#: Refused values that are looked at.
_TRIED = 200
#: An entry that says nothing of dates.
_UNSAID = Entry(file="")


def _alike(value: str) -> tuple[tuple[str, str], ...]:
    """Return forms in which two spellings are one, each with what it leaves out."""
    whole = f"regexp_replace({value}, '\\.0+$', '')"
    number = texts.patent_number(value)
    bare = f"regexp_replace(nfc_normalize(lower({value})), '[^\\p{{L}}\\p{{N}}]', '', 'g')"
    return (
        ("width", texts.half_width(value)),
        ("float", whole),
        ("zeros", f"regexp_replace({whole}, '^0+(.)', '\\1')"),
        ("case", f"lower({value})"),
        ("patent", f"CASE WHEN regexp_matches({value}, '\\d{{5}}') THEN {number} END"),
        ("prefix", f"regexp_extract({value}, '[0-9]+$')"),
        ("signs", f"regexp_replace({bare}, '^0+(.)', '\\1')"),
    )


def spelled_otherwise(
    con: duckdb.DuckDBPyConnection,
    column: str,
    values: Iterable[str],
    known: str,
    where: str,
    *,
    codes: bool = False,
) -> str | None:
    """Return a sentence on the first value that another table has in another spelling.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the other table.
    column : str
        Where the values stand.
    values : iterable of str
        Values that found nothing.
    known : str
        SELECT of one column ``id``: what there is.
    where : str
        What holds it, in words.
    codes : bool
        Whether they are codes of industries: ``1111A0`` and ``1111B0`` are two of them, and would
        be one patent.

    Returns
    -------
    str or None
    """
    tried = list(dict.fromkeys(value for value in values if value))[:_TRIED]
    if not tried:
        return None
    ends = "AND (ends_with(t.v, k.id) OR ends_with(k.id, t.v))"
    con.register("_tried", pa.table({"v": pa.array(tried, pa.string())}))
    try:
        for (what, own), (_, other) in zip(_alike("t.v"), _alike("k.id"), strict=True):
            if codes and what == "patent":
                continue
            found = con.execute(
                f"SELECT t.v, k.id FROM _tried AS t JOIN ({known}) AS k ON {own} = {other} "
                f"WHERE {own} <> '' {ends if what == 'prefix' else ''} ORDER BY ALL LIMIT 1"
            ).fetchall()
            if found:
                value, match = found[0]
                mend = _mend(what, column, value, match, where)
                return f"{column} is {show(value)}, {where} has {show(match)}: {mend}"
    finally:
        con.unregister("_tried")
    return None


def _key(where: str) -> str:
    """Return our column of the other table."""
    return "from" if "concordance" in where else "code" if where.endswith("industries") else "id"


def _mend(what: str, column: str, value: str, match: str, where: str) -> str:
    """Return what brings the two spellings together."""
    column = column.replace("a code", "COLUMN")  # of several tables, none of which is named
    if what == "width":
        own = not match.isascii() and value.isascii()
        key = _key(where) if own else column
        mend = f"clean = {{ {key} = {{ half_width = true }} }}{' there' if own else ''}"
        return f"one of them has full-width signs; {mend} makes them one."
    if what == "float":
        own = len(value) > len(match)  # which of the two has the point
        cut = json.dumps((value if own else match)[min(len(value), len(match)) :])
        mend = f"clean = {{ {column if own else _key(where)} = {{ drop_suffix = {cut} }} }}"
        return (
            "one of them went through a program that made a number of it; "
            f"{mend}{'' if own else ' there'} cuts it off."
        )
    if what == "zeros":
        width = max(len(value), len(match))
        if len(match) < len(value):
            mend = f"clean = {{ {_key(where)} = {{ zfill = {width} }} }} there adds them."
        else:
            mend = f"clean = {{ {column} = {{ zfill = {width} }} }} adds them."
        return f"leading zeros are lost; {mend}"
    if what == "case":
        case = "upper" if match == match.upper() else "lower"
        return f'clean = {{ {column} = {{ case = "{case}" }} }} makes them one, on both sides.'
    if what == "patent":
        return f"clean = {{ {column} = {{ patent = true }} }} makes them one, on both sides."
    if what == "prefix":
        longer, shorter = sorted((value, match), key=len, reverse=True)
        cut = longer[: -len(shorter)]
        if re.fullmatch(r"\d[\d.]*\.", cut):
            return (
                f"the digits in front of the point are a code themselves ({show(longer)} is a part "
                f"of {show(cut[:-1])}), so nothing is cut off: give codes of one level on both "
                "sides, or the finer ones to the other table."
            )
        quoted = json.dumps(cut, ensure_ascii=False)  # a text of TOML, too
        return f"clean = {{ {column} = {{ drop_prefix = {quoted} }} }} cuts it off, there or here."
    return "they differ in blanks, signs or zeros; write them in one way."


#: Forms of dates that files have and that do not begin with the year.
_FORMS = (
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d%b%Y",
    "%d-%b-%Y",
    "%b %d, %Y",
    "%m/%Y",
    "%d%m%Y",
    "%m%d%Y",
    "%b-%Y",
    "%b %Y",
    "%B %Y",
    "%Y.%m",
    "%Y%m%d%H%M%S",
    "%Y年",
    "%Y年%m月",
    "%Y年%m月%d日",
    "%Y%m",
)
#: The same with years of two digits.
_SHORT = (
    "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y", "%d-%b-%y", "%d%b%y", "%b-%y", "%m/%y", "%m-%y",
    "%y-%m", "%y%m%d", "%d%m%y", "%m%d%y",
)  # fmt: skip
#: Dates that are numbers: their digits, what they count, and the forms that they may have.
_NUMBERS = (
    (r"\d{3}(\.0+)?", "months or quarters", ("%tm", "%tq")),
    (r"\d{5}(\.\d+)?", "days", ("excel", "%td")),
)


def another_form(
    con: duckdb.DuckDBPyConnection,
    column: str,
    values: Iterable[str],
    entry: Entry = _UNSAID,
    *,
    since_1904: bool = False,
) -> str | None:
    """Return a sentence on the form of dates that were not read, if all of them have one.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Any connection.
    column : str
        Where the values stand.
    values : iterable of str
        Some of them.
    entry : Entry
        What the study file says of them.
    since_1904 : bool, optional
        Whether they are of workbooks that count days from 1904-01-01.

    Examples
    --------
    >>> with duckdb.connect() as con:
    ...     another_form(con, "year", ["12/28/1926", "01/05/1926"])
    'year is a date in another form: say format = "%m/%d/%Y".'
    """
    tried = [value for value in values if value][:_TRIED]
    if not tried:
        return None
    if "excel" in entry.format and _all(con, "regexp_full_match(v, '\\d{4}(\\.0+)?')", tried):
        return f'{column} is a year and no day: say format = ["excel", "%Y"].'
    if found := _lost_zeros(con, column, tried, entry) or _in_two_years(con, column, tried, entry):
        return found
    if _all(con, fiscal("v"), tried):
        return f"{column} is a fiscal year: say {say_fiscal(tried[0])}."
    for digits, what, forms in _NUMBERS:
        if _all(con, f"regexp_full_match(v, {sql.text(digits)})", tried):
            return _of_numbers(con, column, tried[0], what, forms, since_1904)
    fits = [
        f'"{form}"' for form in _FORMS if _all(con, f"{_of(form)} BETWEEN 1500 AND 2200", tried)
    ]
    if fits:
        return f"{column} is a date in another form: say format = {' or '.join(fits)}."
    short = [f'"{form}"' for form in _SHORT if _all(con, f"{_of(form)} IS NOT NULL", tried)]
    if not short:
        return None
    return (
        f"{column} has years of two digits: say format = {' or '.join(short)}, and under "
        "[years] the last year of the data, which tells the century."
    )


def _of(form: str, text: str = "v", since_1904: str = "false") -> str:
    """Return the year of a text in a form, as SQL."""
    return year(text, Entry(file="", format=[form]), 2200, since_1904=since_1904)


def _lost_zeros(
    con: duckdb.DuckDBPyConnection, column: str, values: list[str], entry: Entry
) -> str | None:
    """Return a sentence on 901 where ``%y%m`` is said: a program made a number of 0901."""
    for form in entry.format:
        digits = width(form)
        if digits is None:
            continue
        whole = texts.normalised("v", Clean(zfill=digits))
        if _all(con, f"{_of(form, whole)} IS NOT NULL", values):
            date = values[0].split(".")[0].zfill(digits)
            return (
                f"{column} has {digits} digits under {form!r}, and a program that makes numbers of "
                f"dates leaves out zeros in front: if {show(values[0])} is {date}, "
                f"clean = {{ {column} = {{ zfill = {digits} }} }} mends it."
            )
    return None


def _in_two_years(
    con: duckdb.DuckDBPyConnection, column: str, values: list[str], entry: Entry
) -> str | None:
    """Return a sentence on quarters and the like that lie in two fiscal years."""
    if entry.fiscal is None or entry.format:
        return None
    calendar = year("v", entry.model_copy(update={"fiscal": None}), 2200)
    if not _all(con, f"{calendar} IS NOT NULL", values):
        return None
    return (
        f"{column} lies in two fiscal years, which begin in month {entry.fiscal.begins}: give "
        f"months or days in place of {show(values[0])}, or leave 'fiscal' out and take the years "
        "of the calendar."
    )


def _all(con: duckdb.DuckDBPyConnection, condition: str, values: list[str]) -> bool:
    """Whether a condition on v holds for all values."""
    ask = f"SELECT coalesce(bool_and(coalesce({condition}, false)), false) FROM unnest(?) AS t(v)"
    ((found,),) = con.execute(ask, [values]).fetchall()
    return bool(found)


def _of_numbers(
    con: duckdb.DuckDBPyConnection,
    column: str,
    value: str,
    what: str,
    forms: tuple[str, ...],
    since_1904: bool,
) -> str:
    read = []
    for form in forms:
        of = _of(form, since_1904=str(since_1904).lower())
        ((found,),) = con.execute(f"SELECT {of} FROM (SELECT ? AS v)", [value]).fetchall()
        read.append(f'format = "{form}" if {show(value)} is of {found}')
    return f"{column} is a number of {what}: say {', '.join(read)}."


def merged_cells(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, others: Iterable[str], own: str
) -> str | None:
    """Return a sentence on a column that is filled in the first of several rows only.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows.
    relation : str
        Rows as the file has them: what stands for "missing" is no blank cell.
    column : str
        The column.
    others : iterable of str
        Columns of the file of which a row has one, if it is no blank line.
    own : str
        What the file calls the column.
    """
    filled = " OR ".join(f"trim({sql.name(each)}::VARCHAR) <> ''" for each in others)
    missing, rows, begins = sql.one(
        con,
        f"SELECT count(*) FILTER (blank), count(*), arg_min(NOT blank, (_part, _row)) FROM (SELECT "
        f"coalesce(trim({sql.name(column)}::VARCHAR), '') = '' AS blank, _part, _row "
        f"FROM {relation} WHERE {filled or 'false'})",
    )
    if 4 * missing < rows or not missing or not begins:
        return None
    quoted = json.dumps(own, ensure_ascii=False)
    return (
        f"{column} is empty below a filled row, as merged cells are: if those rows have its value, "
        f"say fill_down = [{quoted}]."
    )
