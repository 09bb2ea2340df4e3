"""Codes that are none: a header that comes twice, a line of signs, a source, a date.

Where no list names the industries each would be a sector, and in a list nothing refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import duckdb

from ...core.errors import show, show_some
from .. import sql
from ..entries.chosen import leaving_out
from ..study import Study, TableSource

__all__ = ["find_dates", "no_codes"]

#: How lines below a table begin.
_LINES = re.compile(
    r"((data )?sources?|(foot)?notes?|quellen?|anm(erkung)?(en)?|hinweise?|fuentes?|notas?|fontes?|"
    r"fonti|источник|примечани[ея]|来源|來源|資料|出所|[注註][释釋記记]?) ?[:：]"
    r"|资料来源|数据来源|資料來源|出典|[注註]\d"
    r"|(last updated|downloaded|extracted|accessed) (on|at|from|:|\d)",
    re.IGNORECASE,
)
#: Months as spreadsheets shorten them: English, German, French, Spanish, Italian, Portuguese,
#: Dutch, Russian.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene gen янв", "feb févr fév fev фев", "mar mär mrz mars mrt мар",
            "apr avr abr апр", "may mai mag mei май", "jun juin giu июн", "jul juil lug июл",
            "aug août ago авг", "sep sept set сен", "oct okt ott out окт", "nov ноя",
            "dec dez déc dic дек",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})\.?[-./ ] ?([^\W\d_]{3,4})\.?([-./ ]\d{2,4})?")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,4})\.?[-./ ](\d{1,2}|\d{4})")
_STAMP = re.compile(r"(19|20)\d\d-\d\d-\d\d([ T]00:00(:00(\.0+)?)?)?|\d{1,2}月\d{1,2}日")
_RANGE = re.compile(r"[A-Za-z]?\d{1,2} ?[-\u2010-\u2015/] ?[A-Za-z]?\d{1,2}")


def no_codes(con: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Name codes that are a header, a line, a source or note, or a date.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.

    Returns
    -------
    list of str
        A warning of each table, column and kind.
    """
    warnings = []
    for declared in study.tables:
        if not (declared.counts and declared.codes):
            continue
        name, columns = declared.name, declared.codes
        source, headers = study.of(name)[0], _headers(con, study, name, columns)
        codes = {column: _codes(con, name, column) for column in columns}
        together = [code for of_column in codes.values() for code in of_column]
        for column, own in codes.items():
            warnings += _of_column(source, column, own, headers.get(column, []))
            warnings += _of_dates(source, column, find_dates(own, together))
    return warnings


def _codes(con: duckdb.DuckDBPyConnection, name: str, column: str) -> list[str]:
    rows = con.execute(f'SELECT DISTINCT "{column}" FROM ok_{name} ORDER BY 1').fetchall()
    return [str(code) for (code,) in rows if code is not None]


def _of_column(source: TableSource, column: str, codes: list[str], headers: list[str]) -> list[str]:
    where = f"table {source.table.name}, column {column}: "
    lines = [code for code in codes if not any(map(str.isalnum, code))]
    notes = [code for code in codes if _LINES.match(code)]
    warnings = []
    for labels, one, several in (
        (headers, "is a header that is repeated", "are headers that are repeated"),
        (lines, "has no letter and no digit", "have no letter and no digit"),
        (notes, "begins like a source or a note", "begin like sources or notes"),
    ):
        left_out = leaving_out([source.entry], {column: labels})
        left_out += f" in [tables.{source.table.name}]."
        if labels[1:]:
            warnings.append(
                f"{where}{show_some(labels)} {several}, and are taken for codes. If they are none, "
                f"leave them out: {left_out}"
            )
        elif labels:
            warnings.append(
                f"{where}{show(labels[0])} {one}, and is taken for a code. If it is none, leave it "
                f"out: {left_out}"
            )
    return warnings


def _of_dates(source: TableSource, column: str, dates: list[str]) -> list[str]:
    if not dates:
        return []
    looks = "look like dates" if dates[1:] else "looks like a date"
    codes = "codes" if dates[1:] else "a code"
    return [
        f"table {source.table.name}, column {column}: {show_some(dates)} {looks} that a "
        f"spreadsheet made of {codes} such as {_code_of_date(dates[0])}. If so, write in the file "
        "what the classification has, in cells of text."
    ]


def _headers(
    con: duckdb.DuckDBPyConnection, study: Study, name: str, columns: Iterable[str]
) -> dict[str, list[str]]:
    """Return codes of rows all of whose texts are the names of their columns."""
    headers: dict[str, list[str]] = {}
    for source in study.of(name):
        texts = [column.name for column in source.table.columns if column.type == "string"]
        if source.entry.wide is not None:
            continue
        same = " AND ".join(
            f"coalesce({sql.name(text)} = {sql.text(source.entry.columns.get(text) or text)}, "
            f"{'false' if text in columns else 'true'})"
            for text in texts
        )
        listed = ", ".join(map(sql.name, columns))
        for row in con.execute(f"SELECT DISTINCT {listed} FROM ok_{name} WHERE {same}").fetchall():
            for column, code in zip(columns, row, strict=True):
                headers.setdefault(column, []).append(str(code))
    return {column: list(dict.fromkeys(codes)) for column, codes in headers.items()}


# -- dates -----------------------------------------------------------------------------------------


def find_dates(codes: Sequence[str], together: Sequence[str]) -> list[str]:
    """Return codes that look like dates which a spreadsheet made of others.

    ``Mar 1`` may be a code; it is taken for a date only beside codes of two numbers, or days.

    Parameters
    ----------
    codes : sequence of str
        The codes of a column.
    together : sequence of str
        Those of all columns of its table.

    Examples
    --------
    >>> codes = ["10-12", "12-Oct", "A", "2012-10-01 00:00:00", "Okt 12", "GEN-01", "12-AtB"]
    >>> find_dates(codes, codes)
    ['12-Oct', '2012-10-01 00:00:00', 'Okt 12']
    >>> find_dates(["Mar 1", "Mar 2"], ["Mar 1", "Mar 2", "1.1"])
    []
    """
    days = {code for code in codes if _STAMP.fullmatch(code) or _month(_DAY_FIRST, code, 2)}
    if days or any(map(_RANGE.fullmatch, together)):
        days |= {code for code in codes if _month(_MONTH_FIRST, code, 1)}
    return [code for code in codes if code in days]


def _month(pattern: re.Pattern[str], code: str, group: int) -> int | None:
    """Return the month that a code names; capitals alone are a code's: GEN-01."""
    match = pattern.fullmatch(code)
    if match is None or match[group].isupper():
        return None
    return _MONTHS.get(match[group].lower())


def _code_of_date(code: str) -> str:
    """Return the code that a date was made of, as far as it tells.

    Examples
    --------
    >>> _code_of_date("12-Oct"), _code_of_date("Okt 12"), _code_of_date("2012-10-01 00:00:00")
    ('10-12', '10-12', '10-12')
    """
    for pattern, month, number in ((_DAY_FIRST, 2, 1), (_MONTH_FIRST, 1, 2)):
        match = pattern.fullmatch(code)
        if match and match[month].lower() in _MONTHS:
            return f"{_MONTHS[match[month].lower()]}-{match[number]}"
    numbers = re.findall(r"\d+", code)
    if "月" in code:
        return f"{numbers[0]}-{numbers[1]}"
    year, month_, day = map(int, numbers[:3])
    return f"{month_}-{year % 100}" if day == 1 else f"{month_}-{day}"
