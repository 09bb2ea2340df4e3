"""What would mend refusals: dates in another form, columns of merged cells, short rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

import duckdb

from ...core.errors import show
from .. import sql
from ..files.raw import Malformed
from ..study_model import Clean, Entry
from ..values import texts
from ..values.date_forms import width
from ..values.fiscal import say_fiscal
from ..values.years import fiscal, year

__all__ = ["another_form", "merged_cells", "short_rows"]

#: Refused values that are looked at.
_TRIED = 200
#: An entry that says nothing of dates.
_UNSAID = Entry(file="")


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
    besides: Sequence[str] = (),
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
    besides : sequence of str
        Forms of the dates that are read now, which have to go on being read.
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
    if hint := _lost_zeros(con, column, tried, entry) or _in_two_years(con, column, tried, entry):
        return hint
    if _all(con, fiscal("v"), tried):
        return f"{column} is a fiscal year: say {say_fiscal(tried[0])}."
    if hint := _find_frame(column, tried, r"(0+)(\d{4})()", besides):
        return hint
    for digits, what, forms in _NUMBERS:
        if _all(con, f"regexp_full_match(v, {sql.text(digits)})", tried):
            return _of_numbers(con, column, tried[0], (what, forms), besides, since_1904)
    return _in_words(con, column, tried, besides)


def _in_words(
    con: duckdb.DuckDBPyConnection, column: str, tried: list[str], besides: Sequence[str]
) -> str | None:
    """Return a sentence on dates in a form of several parts, or with signs around a year."""
    fits = [
        _quote(form, besides)
        for form in _FORMS
        if _all(con, f"{_of(form)} BETWEEN 1500 AND 2200", tried)
    ]
    if fits:
        return f"{column} is a date in another form: say format = {' or '.join(fits)}."
    if hint := _find_frame(column, tried, r"([^\d%]*)(\d{4})([^\d%]*)", besides):
        return hint
    short = [
        _quote(form, besides) for form in _SHORT if _all(con, f"{_of(form)} IS NOT NULL", tried)
    ]
    if not short:
        return None
    return (
        f"{column} has years of two digits: say format = {' or '.join(short)}, and under "
        "[years] the last year of the data, which tells the century."
    )


def _quote(form: str, besides: Sequence[str]) -> str:
    """Return a form as the study file takes it, in a list with those that are needed, too."""
    forms = [*besides, form]
    return json.dumps(forms if besides else form, ensure_ascii=False)


def _find_frame(column: str, values: list[str], pattern: str, besides: Sequence[str]) -> str | None:
    """Return a sentence on years with the same signs around all of them: ``X2001`` of R."""
    matches = [re.fullmatch(pattern, value) for value in values]
    parts = [match.groups() for match in matches if match]
    if len(parts) < len(values) or not all("1500" <= year <= "2200" for _, year, _ in parts):
        return None
    frames = {(before, after) for before, _, after in parts}
    if len(frames) > 1:
        return None
    ((before, after),) = frames
    form = _quote(f"{before}%Y{after}", besides)
    return f"{column} is a year with the same signs around it in every row: say format = {form}."


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
        whole = texts.normalise_text("v", Clean(zfill=digits))
        if _all(con, f"{_of(form, whole)} IS NOT NULL", values):
            date = values[0].split(".")[0].zfill(digits)
            return (
                f"{column} has {digits} digits under {form!r}, and a program that makes numbers of "
                f"dates leaves out zeros in front: if {show(values[0])} is {date}, "
                f"clean = {{ {column} = {{ zfill = {digits} }} }} corrects it."
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
    ((all_fit,),) = con.execute(ask, [values]).fetchall()
    return bool(all_fit)


def _of_numbers(
    con: duckdb.DuckDBPyConnection,
    column: str,
    value: str,
    kind: tuple[str, tuple[str, ...]],
    besides: Sequence[str],
    since_1904: bool,
) -> str | None:
    """Return a sentence on dates that are numbers, with the forms that give a year."""
    (what, forms), read = kind, []
    for form in forms:
        of = _of(form, since_1904=str(since_1904).lower())
        ((value_read,),) = con.execute(f"SELECT {of} FROM (SELECT ? AS v)", [value]).fetchall()
        if value_read is not None:
            read.append(f"format = {_quote(form, besides)} if {show(value)} is of {value_read}")
    return f"{column} is a number of {what}: say {', '.join(read)}." if read else None


def merged_cells(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    column: str,
    others: Sequence[str],
    own: str,
    filled_down: Sequence[str] = (),
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
    others : sequence of str
        Columns of the file of which a row has one, if it is no blank line.
    own : str
        What the file calls the column.
    filled_down : sequence of str, optional
        Those of the other columns that ``fill_down`` has filled.
    """
    filled = " OR ".join(f"trim({sql.name(other)}::VARCHAR) <> ''" for other in others)
    missing, rows, begins = sql.one(
        con,
        f"SELECT count(*) FILTER (blank), count(*), arg_min(NOT blank, (_part, _row)) FROM (SELECT "
        f"coalesce(trim({sql.name(column)}::VARCHAR), '') = '' AS blank, _part, _row "
        f"FROM {relation} WHERE {filled or 'false'})",
    )
    if 4 * missing < rows or not missing or not begins:
        return None
    lines = f"(SELECT * FROM {relation} WHERE {filled or 'false'})"
    if _repeats(con, lines, column, others, filled_down):
        return None
    quoted = json.dumps(own, ensure_ascii=False)
    return (
        f"{column} is empty below a filled row, as merged cells are: if those rows have its value, "
        f"say fill_down = [{quoted}]."
    )


def _repeats(
    con: duckdb.DuckDBPyConnection,
    rows: str,
    column: str,
    others: Sequence[str],
    filled_down: Sequence[str],
) -> bool:
    """Whether a filled cell repeats the one right above it, which merged cells never do.

    Unless another column of merged cells begins anew there: 2000 of A, then 2000 of B.
    """

    def text(own: str) -> str:
        return f"nullif(trim(any_value({sql.name(own)}::VARCHAR)), '')"

    named = {other: f"o{number}" for number, other in enumerate(others)}
    # a row of a matrix is one line, and as many rows here as it has cells
    lines = f"SELECT _part, _row, {text(column)} AS v"
    lines += "".join(f", {text(other)} AS {o}" for other, o in named.items())
    window = "(PARTITION BY _part ORDER BY _row)"
    anew = "".join(
        f" OR {o} <> lag({o}) OVER {window}"
        if other in filled_down
        else f" OR (count(*) OVER () > count({o}) OVER () AND {o} IS NOT NULL)"
        for other, o in named.items()
    )
    (repeated,) = sql.one(
        con,
        "SELECT count(*) FILTER (v = above AND NOT anew) FROM (SELECT v, lag(v) OVER "
        f"{window} AS above, coalesce(false{anew}, false) AS anew FROM "
        f"({lines} FROM {rows} GROUP BY _part, _row) AS l) AS r",
    )
    return bool(repeated)


def short_rows(malformed: Sequence[Malformed], read: Sequence[int]) -> bool:
    """Whether rows have too few fields because the last ones are empty, as it seems.

    One or two such rows at the end of a file are its foot.

    Parameters
    ----------
    malformed : sequence of Malformed
        Rows that could not be taken apart.
    read : sequence of int
        How many rows each entry has.

    Examples
    --------
    >>> short = "the row cannot be taken apart: missing columns"
    >>> short_rows([Malformed("f.csv", 9, "Source: us", short)], [9])
    False
    >>> short_rows([Malformed("f.csv", 5, "F5,A", short)], [9])
    True
    """
    if not malformed or not all(line.reason.endswith("missing columns") for line in malformed):
        return False
    return len(malformed) > 2 or any(line.row + 2 <= min(read) for line in malformed)
