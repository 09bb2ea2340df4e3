"""The year of a date, in the forms that files have; pure SQL text."""

from __future__ import annotations

from . import sql
from .study_model import Entry

__all__ = ["NUMBERED", "fiscal", "two_digits", "year"]

#: Day and month may be 00 where an office knows only the year.
_DAY = r"([0-2]\d|3[01])"
_MONTH = r"(0\d|1[0-2])"
#: 2007 and 2007.0 (spreadsheets, Stata), 20070208, 2007-02-08, 2007/2/8, 2007-02, 2007m2, 2007Q1.
_FORMS = "|".join(
    (
        r"\d{4}(\.0+)?",
        rf"\d{{4}}{_MONTH}{_DAY}",
        rf"\d{{4}}([-/.])({_MONTH}|[1-9])([-/.])({_DAY}|[1-9])([T ].*)?",
        rf"\d{{4}}[-/mM]({_MONTH}|[1-9])",
        r"\d{4}[-/. ]?[qQ][1-4]",
        r"(FY|fy) ?\d{4}",
    )
)
#: 2010/11, 2010-2011: a fiscal year, which needs a word on how it is called.
_FISCAL = r"(\d{4})[-/–](\d{2}|\d{4})"
_FOUR = r"\d{4}"
#: Dates as numbers, by their name under ``format``: days of spreadsheets; days, months and
#: quarters of Stata.
NUMBERED = {
    "excel": "DATE '1899-12-30' + {}",
    "%td": "DATE '1960-01-01' + {}",
    "%tm": "CAST(DATE '1960-01-01' + to_months({}) AS DATE)",
    "%tq": "CAST(DATE '1960-01-01' + to_months(3 * {}) AS DATE)",
}


def year(text: str, entry: Entry, last: int) -> str:
    """Return the year of a text as a whole number, NULL where it is none.

    Parameters
    ----------
    text : str
        The cleaned text.
    entry : Entry
        Gives ``format`` and ``fiscal``, if the study file does.
    last : int
        Last year of the study: years of two digits lie in the hundred years that end with it.
    """
    if entry.format:
        date = _date(text, entry.format, last)
        return _of_fiscal(f"year({date})", f"month({date})", entry)
    # A year alone, as nearly all are, needs no pattern: that is four times as fast.
    alone = f"CAST(try_cast({text} AS USMALLINT) AS VARCHAR) = {text} AND strlen({text}) = 4"
    found = (
        f"CASE WHEN {alone} THEN CAST({text} AS BIGINT) "
        f"WHEN regexp_full_match({text}, {sql.text(_FORMS)}) "
        f"THEN CAST(regexp_extract({text}, '{_FOUR}') AS BIGINT) END"
    )
    if entry.fiscal is None:
        return found
    month = f"try_cast(regexp_extract({text}, '^\\d{{4}}[-/.mM]?(\\d{{1,2}})', 1) AS BIGINT)"
    quarter = f"try_cast(regexp_extract({text}, '[qQ]([1-4])$', 1) AS BIGINT)"
    if entry.fiscal.begins % 3 == 1:
        month = f"coalesce({month}, 3 * {quarter} - 2)"
    else:  # a quarter that lies in two fiscal years
        found = f"CASE WHEN {quarter} IS NULL THEN {found} END"
    first = f"CAST(left({text}, 4) AS BIGINT)"
    named = f"{first} + 1" if entry.fiscal.named == "end" else first
    return f"CASE WHEN {fiscal(text)} THEN {named} ELSE {_of_fiscal(found, month, entry)} END"


def two_digits(form: str) -> bool:
    """Whether a form of dates has years of two digits.

    Examples
    --------
    >>> two_digits("%d-%b-%y"), two_digits("%%y %Y")
    (True, False)
    """
    return "%y" in form.replace("%%", "")


def _date(text: str, forms: list[str], last: int) -> str:
    """Return the date of a text in one of some forms; %Y would take two digits, too."""
    number = f"try_cast(regexp_extract({text}, '^(-?\\d{{1,6}})(\\.\\d+)?$', 1) AS INTEGER)"
    found = [form.format(number) for name, form in NUMBERED.items() if name in forms]
    spelled = [each for each in forms if each not in NUMBERED]
    whole = ", ".join(sql.text(each) for each in spelled if not two_digits(each))
    short = ", ".join(sql.text(each) for each in spelled if two_digits(each))
    if whole:
        found.insert(0, f"try_strptime({text}, [{whole}])")
    if short:
        date = f"try_strptime({text}, [{short}])"
        later = f"({last} - (({last} - year({date})) % 100 + 100) % 100 - year({date}))"
        found.insert(0, f"({date} + to_years(CAST({later} AS INTEGER)))")
    return f"coalesce({', '.join(found)})" if found[1:] else found[0]


def fiscal(text: str) -> str:
    """Return the condition that a text is two years, one after the other: ``2010/11``.

    Parameters
    ----------
    text : str
        The cleaned text, as SQL.
    """
    first = f"try_cast(left({text}, 4) AS BIGINT)"
    second = f"try_cast(right({text}, 2) AS BIGINT)"
    return f"(regexp_full_match({text}, '{_FISCAL}') AND {second} = ({first} + 1) % 100)"


def _of_fiscal(calendar: str, month: str, entry: Entry) -> str:
    """Return the fiscal year of a calendar year and a month; without a month it is one already."""
    if entry.fiscal is None or entry.fiscal.begins == 1:
        return calendar
    begins = entry.fiscal.begins
    if entry.fiscal.named == "end":
        return f"({calendar} + CASE WHEN {month} >= {begins} THEN 1 ELSE 0 END)"
    return f"({calendar} - CASE WHEN {month} BETWEEN 1 AND {begins - 1} THEN 1 ELSE 0 END)"
