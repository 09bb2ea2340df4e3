"""The year of a date, in the forms that files have; pure SQL text."""

from __future__ import annotations

from .. import sql
from ..study_model import Entry
from .date_forms import NUMBERED, date, has_month, two_digits

__all__ = ["fiscal", "like_month", "year"]

#: Day and month may be 00 where an office knows only the year.
_DAY = r"([0-2]\d|3[01])"
_MONTH = r"(0\d|1[0-2])"
_ZONE = r"(Z|[+-]\d{2}:?\d{2})"
#: The hour behind a day; another day there would make a range of it.
_HOUR = r"([T ] ?\d{1,2}([:.hH ].*)?|T\d{4}(\d{2})?(\.\d+)?([+-]\d{2}:?\d{0,2}|Z)?)"
#: 2007 and 2007.0 (spreadsheets, Stata), 20070208, 2007-02-08, 2007/2/8, 2007-02, 2007m2, 2007Q1,
#: 2007H1, 2007W06.
_FORMS = "|".join(
    (
        r"\d{4}(\.0+)?",
        rf"\d{{4}}{_MONTH}{_DAY}(T\d.*)?",
        rf"\d{{4}}([-/.])({_MONTH}|[1-9])([-/.])({_DAY}|[1-9])({_HOUR}|{_ZONE})?",
        rf"\d{{4}}([-/]|[-/. ]?[mM])({_MONTH}|[1-9])",
        r"\d{4}[-/. ]?([qQ][1-4]|[hHsS][12])",
        r"\d{4}[-/. ]?[wW](0?[1-9]|[1-4]\d|5[0-3])(-[1-7])?",
        r"(FY|fy) ?\d{4}",
    )
)
#: 2010 [YR2010], as the World Bank calls its columns: the year and its code, which are one.
_WORLD_BANK = r"\d{4} \[YR\d{4}\]"
#: 2010/11, 2010-2011, 2006/7: a fiscal year, which needs a word on how it is called.
_FISCAL = r"\d{4}[-/–](\d{1,2}|\d{4})"
_FOUR = r"\d{4}"
#: What a month stands behind, in 2007.2.8, too, which is none of 2007.0; other parts of a year.
_BEFORE_MONTH, _AFTER_POINT = r"^\d{4}(?:[-/]|[-/. ]?[mM])?(\d{1,2})", r"^\d{4}\.(\d{1,2})\."
_QUARTER, _HALF, _WEEK = r"[qQ]([1-4])$", r"[hHsS]([12])$", r"[wW](\d{1,2})"


def year(
    text: str, entry: Entry, last: int, *, months: bool = False, since_1904: str = "false"
) -> str:
    """Return the year of a text as a whole number, NULL where it is none.

    Parameters
    ----------
    text : str
        The cleaned text.
    entry : Entry
        Gives ``format`` and ``fiscal``, if the study file does.
    last : int
        Last year of the study: years of two digits lie in the hundred years that end with it.
    months : bool
        Whether ``2010/11`` is November in spite of ``fiscal``.
    since_1904 : str, optional
        The condition, as SQL, that the text's file counts days from 1904-01-01.
    """
    if entry.format:
        # Days that are numbers come last: 2010 is one, too.
        forms = sorted(entry.format, key=lambda form: form in NUMBERED)
        read = [_in_form(text, form, entry, last, since_1904) for form in forms]
        return f"coalesce({', '.join(read)})" if read[1:] else read[0]
    # A year alone, as nearly all are, needs no pattern: that is four times as fast.
    alone = f"CAST(try_cast({text} AS USMALLINT) AS VARCHAR) = {text} AND strlen({text}) = 4"
    twice = f"regexp_full_match({text}, {sql.text(_WORLD_BANK)}) AND "
    twice += f"left({text}, 4) = substr({text}, 9, 4)"
    calendar_year = (
        f"CASE WHEN {alone} THEN CAST({text} AS BIGINT) "
        f"WHEN regexp_full_match({text}, {sql.text(_FORMS)}) OR ({twice}) "
        f"THEN CAST(regexp_extract({text}, '{_FOUR}') AS BIGINT) END"
    )
    if entry.fiscal is None:
        return calendar_year
    month = _part(text, _BEFORE_MONTH)
    month = f"coalesce({month}, {_part(text, _AFTER_POINT)})"
    begins = entry.fiscal.begins
    part, until = _months(text)
    # what lies in two fiscal years is in none, as is a month that nobody knew
    split = f"CASE WHEN {month} IS NULL THEN {part} < {begins} AND {begins} <= {until} "
    split += f"ELSE {month} = 0 AND {begins} > 1 END"
    calendar_year = f"CASE WHEN ({split}) IS NOT TRUE THEN {calendar_year} END"
    calendar = _of_fiscal(calendar_year, f"coalesce({month}, {part})", entry)
    first = f"CAST(left({text}, 4) AS BIGINT)"
    named = f"{first} + 1" if entry.fiscal.named == "end" else first
    two = f"{fiscal(text)} AND NOT {like_month(text)}" if months else fiscal(text)
    return f"CASE WHEN {two} THEN {named} ELSE {calendar} END"


def _in_form(text: str, form: str, entry: Entry, last: int, since_1904: str) -> str:
    """Return the year of a text in one form of ``format``."""
    day = date(text, form, since_1904)
    calendar = f"year({day})"
    if two_digits(form):
        calendar = f"({last} - (({last} - {calendar}) % 100 + 100) % 100)"
    return _of_fiscal(calendar, f"month({day})" if has_month(form) else "NULL", entry)


def _part(text: str, pattern: str) -> str:
    """Return a number in a text, as SQL; NULL where there is none."""
    return f"try_cast(regexp_extract({text}, {sql.text(pattern)}, 1) AS BIGINT)"


def _months(text: str) -> tuple[str, str]:
    """Return the first and the last month of a quarter, half-year or week, as SQL."""
    quarter, half, week = (_part(text, pattern) for pattern in (_QUARTER, _HALF, _WEEK))

    def of_day(day: str) -> str:  # greatest and least pass over NULL
        within = f"CAST(greatest(least({day}, 364), 0) AS INTEGER)"
        return f"CASE WHEN {week} IS NOT NULL THEN month(DATE '2001-01-01' + {within}) END"

    # The first week begins on the first of January, or on the Monday up to three days from it;
    # one day more for leap years.
    return (
        f"coalesce(3 * {quarter} - 2, 6 * {half} - 5, {of_day(f'7 * {week} - 11')})",
        f"coalesce(3 * {quarter}, 6 * {half}, {of_day(f'7 * {week} + 2')})",
    )


def fiscal(text: str) -> str:
    """Return the condition that a text is two years, one after the other: ``2010/11``.

    Parameters
    ----------
    text : str
        The cleaned text, as SQL.
    """
    first = f"try_cast(left({text}, 4) AS BIGINT)"
    second = f"try_cast(right(regexp_extract({text}, '\\d+$'), 2) AS BIGINT)"
    return f"(regexp_full_match({text}, '{_FISCAL}') AND {second} = ({first} + 1) % 100)"


def like_month(text: str) -> str:
    """Return the condition that a text has the look of a year and a month: ``2010/11``."""
    # the length first: a year alone is most of what is looked at
    return f"(strlen({text}) > 5 AND regexp_full_match({text}, '\\d{{4}}[-/]\\d{{1,2}}'))"


def _of_fiscal(calendar: str, month: str, entry: Entry) -> str:
    """Return the fiscal year of a calendar year and a month; without a month it is one already."""
    if entry.fiscal is None or entry.fiscal.begins == 1:
        return calendar
    begins = entry.fiscal.begins
    if entry.fiscal.named == "end":
        return f"({calendar} + CASE WHEN {month} >= {begins} THEN 1 ELSE 0 END)"
    return f"({calendar} - CASE WHEN {month} BETWEEN 1 AND {begins - 1} THEN 1 ELSE 0 END)"
