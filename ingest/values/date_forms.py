"""The forms of dates under ``format``: what each takes, and what it says of a year.

``strptime`` is generous: under ``%y%m`` it takes 901, the 0901 that a program made a number of, for
January 1990, and under ``%Y`` the 10 of 1/1/10 for the year 10. Here parts that touch have all
their digits, and a year has four.
"""

from __future__ import annotations

import re

import duckdb

from ...core.errors import StudyError
from .. import sql
from ..study_model import Entry

__all__ = ["NUMBERED", "date", "has_month", "require_forms", "two_digits", "width"]

#: Dates as numbers, by their name under ``format``: days of spreadsheets, among which 2010 is more
#: likely a year than a day of 1905; days, months and quarters of Stata.
NUMBERED = {
    "excel": "CASE WHEN {0} NOT BETWEEN 1800 AND 2100 THEN DATE '1899-12-30' + {0} END",
    "%td": "DATE '1960-01-01' + {}",
    "%tm": "CAST(DATE '1960-01-01' + to_months({}) AS DATE)",
    "%tq": "CAST(DATE '1960-01-01' + to_months(3 * {}) AS DATE)",
}
#: Days between the two beginnings that spreadsheets count from, 1899-12-30 and 1904-01-01.
_LATER = 1462
#: Digits of the parts of a date that are numbers.
_DIGITS = dict.fromkeys("ymdHIMSUVW", 2) | dict.fromkeys("YG", 4) | {"j": 3, "u": 1, "w": 1}
_PARTS = re.compile(r"%-?.|\s+|.", re.DOTALL)
#: The zone of an hour, behind the rest: the day stays that of the text.
_ZONE = r"\s*([A-Za-z][A-Za-z_/]*|[+-]\d{2}:?(\d{2})?)$"
#: Letters of spreadsheets for the parts of a date, and ours.
_LETTERS = (
    ("(?i)y{3,}", "%Y"), ("(?i)(?<!%)y{2}", "%y"), ("(?i)m{4,}", "%B"), ("(?i)m{3}", "%b"),
    ("(?i)(?<!%)m{1,2}", "%m"), ("(?i)(?<!%)d{1,2}", "%d"),
)  # fmt: skip


def date(text: str, form: str, since_1904: str = "false") -> str:
    """Return the date of a text in one form, as SQL; NULL where it has another.

    Parameters
    ----------
    text : str
        The cleaned text, as SQL.
    form : str
        One of ``format``.
    since_1904 : str, optional
        The condition that its file counts days from 1904-01-01.
    """
    if form in NUMBERED:
        number = f"try_cast(regexp_extract({text}, '^(-?\\d{{1,6}})(\\.\\d+)?$', 1) AS INTEGER)"
        day = NUMBERED[form].format(number)
        if form == "excel" and since_1904 != "false":
            return f"({day} + CASE WHEN {since_1904} THEN {_LATER} ELSE 0 END)"
        return day
    if _parts(form)[-1] in {"%z", "%Z"}:
        text = f"regexp_replace({text}, {sql.text(_ZONE)}, '')"
        form = form[:-2].rstrip()
    whole = f"regexp_full_match({text}, {sql.text(_pattern(form))})"
    return f"CASE WHEN {whole} THEN try_strptime({text}, {sql.text(form)}) END"


def two_digits(form: str) -> bool:
    """Whether a form of dates has years of two digits.

    Examples
    --------
    >>> two_digits("%d-%b-%y"), two_digits("%-y%m"), two_digits("%%y %Y")
    (True, True, False)
    """
    return any(part in {"%y", "%-y"} for part in _parts(form))


def has_month(form: str) -> bool:
    """Whether a form of dates tells the month: a year alone may be a fiscal year.

    Examples
    --------
    >>> has_month("%d%b%Y"), has_month("%tm"), has_month("%Y年")
    (True, True, False)
    """
    return form in NUMBERED or any(
        part[0] == "%" and part[-1] in "mbBhjUVWcx" for part in _parts(form)
    )


def width(form: str) -> int | None:
    """Return the digits of a form that is made of digits alone, None for others.

    Examples
    --------
    >>> width("%y%m%d"), width("%d%m%Y"), width("%d%b%y"), width("%tm")
    (6, 8, None, None)
    """
    digits = [_digits(part) for part in _parts(form)]
    return None if form in NUMBERED or None in digits else sum(filter(None, digits))


def require_forms(entry: Entry, key: str) -> None:
    """Refuse forms of dates that cannot be read, or not with fiscal years.

    Parameters
    ----------
    entry : Entry
        Gives ``format`` and ``fiscal``.
    key : str
        Place of the entry in the study file, e.g. ``tables.patents``.

    Raises
    ------
    StudyError
    """
    for form in entry.format:
        _require_form(form, f"{key}.format")
    if "%tq" in entry.format and entry.fiscal is not None and entry.fiscal.begins % 3 != 1:
        raise StudyError(
            f"key '{key}.fiscal': quarters (%tq) lie in two fiscal years if these begin in month "
            f"{entry.fiscal.begins}; give days or months, or leave 'fiscal' out."
        )


def _require_form(form: str, key: str) -> None:
    if form in NUMBERED:
        return
    if "%" not in form:
        written = form
        for letters, sign in _LETTERS:
            written = re.sub(letters, sign, written)
        hint = f": {written!r}" if "%" in written else ", e.g. '%d.%m.%Y'"
        raise StudyError(
            f"key '{key}' = {form!r} has no % sign; write each part of a date with one{hint}, or "
            f"one of {', '.join(NUMBERED)}."
        )
    if {"%z", "%Z"} & set(_parts(form)[:-1]):
        raise StudyError(f"key '{key}' = {form!r}: a time zone is read at the end only.")
    try:
        duckdb.execute("SELECT try_strptime('', ?)", [form]).fetchall()
    except duckdb.Error:
        raise StudyError(
            f"key '{key}' = {form!r} has a letter that is not known; write %d, %m, %b, %Y or %y, "
            f"or one of {', '.join(NUMBERED)}."
        ) from None
    if not {"%Y", "%y", "%-y", "%G", "%c", "%x"} & set(_parts(form)):
        raise StudyError(f"key '{key}' = {form!r} has no year; write it as %Y, or %y for 68.")


def _parts(form: str) -> list[str]:
    """Return the parts of a form: ``%d``, ``%-d``, blanks, and other signs one by one."""
    return _PARTS.findall(form)


def _digits(part: str) -> int | None:
    """Return how many digits a part of a form stands for, None if it is no number."""
    if part[0] == "%" and part[1:]:
        return _DIGITS.get(part[-1])
    return 1 if part.isdigit() else None


def _pattern(form: str) -> str:
    """Return the regular expression of the texts of a form that have all their digits."""
    parts = _parts(form)
    digits = [None, *map(_digits, parts), None]
    patterns = []
    for n, part in enumerate(parts, start=1):
        number, touches = digits[n], digits[n - 1] or digits[n + 1]
        if part[0] != "%" or part in {"%", "%%"}:
            sign = part[-1]
            patterns.append(r"\s*" if part.isspace() else f"\\x{{{ord(sign):x}}}")
        elif number is None:  # the name of a month, say
            patterns.append(".*")
        else:
            least = number if touches or number == 4 else 1
            patterns.append(rf"\d{{{least},{number}}}")
    return "".join(patterns)
