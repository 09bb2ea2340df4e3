"""Fiscal years that look like months: 2010/11 is November, or the year that begins in 2010."""

from __future__ import annotations

import duckdb

from ...core.errors import InputError, show
from .. import sql
from ..study_model import Fiscal
from .years import fiscal, like_month

__all__ = ["are_months", "look_for_fiscal_years", "say_fiscal"]

_PLACE = "(_file, _row, v)"
#: What stands behind the year.
_SECOND = "try_cast(substr(v, 6) AS BIGINT)"


def are_months(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, text: str, key: str
) -> bool:
    """Whether ``2006-07`` is July although the study file says ``fiscal``: 2006-06 is beside it.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the relation.
    relation : str
        Rows with ``_file``, ``_row``, ``_part`` and the column.
    column, text : str
        Name of the column and its cleaned text, as SQL.
    key : str
        Place in the study file, e.g. ``tables.trade_links``.

    Raises
    ------
    InputError
        If most of them are fiscal years and some can be months only.
    """
    month = f"NOT {fiscal('v')} AND {_SECOND} <= 12"
    years, months, year, other = sql.one(
        con,
        f"SELECT count(DISTINCT v) FILTER ({fiscal('v')}), count(DISTINCT v) FILTER ({month}), "
        f"min_by({_PLACE}, (_part, _row)) FILTER ({fiscal('v')}), "
        f"min_by({_PLACE}, (_part, _row)) FILTER ({month}) {_among(relation, text)}",
    )
    if years > months > 0:
        raise InputError(
            f"{other[0]}, row {other[1]:,}: {column} is {show(other[2])}, a month and no fiscal "
            f"year, but most are as {show(year[2])} in row {year[1]:,}, which can be both. If all "
            f'are months, say format = "{_as_month(year[2])}" in [{key}], else write the two '
            "years one after the other."
        )
    return bool(months)


def look_for_fiscal_years(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    column: str,
    text: str,
    key: str,
    setting: Fiscal | None = None,
) -> list[str]:
    """Return a warning on a column whose months may be the second halves of fiscal years.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the relation.
    relation : str
        Rows with ``_file``, ``_row``, ``_part`` and the column.
    column, text : str
        Name of the column and its cleaned text, as SQL.
    key : str
        Place in the study file, e.g. ``tables.trade_links``.
    setting : Fiscal, optional
        What the study file says of fiscal years.

    Returns
    -------
    list of str
        One, or none: where the two digits are not those of the next year in every row, they are
        months.

    Raises
    ------
    InputError
        If they are those of the next year in every row, and no months in some, and the study file
        does not say ``fiscal``.
    """
    no_month = f"{_SECOND} > 12"  # 00 is a month that nobody knew
    everywhere, some, first, bad = sql.one(
        con,
        f"SELECT coalesce(bool_and(coalesce({fiscal('v')}, false)), false), "
        f"coalesce(bool_or(NOT ({no_month})), false), min_by({_PLACE}, (_part, _row)), "
        f"min_by({_PLACE}, (_part, _row)) FILTER ({no_month}) {_among(relation, text)}",
    )
    # that a year begins in January says nothing of months
    sure = setting is not None and (bad is not None or setting.begins == 1)
    if not everywhere or not some or sure:
        return []
    named, month = say_fiscal(first[2]), f'format = "{_as_month(first[2])}" in [{key}]'
    if bad is not None:
        raise InputError(
            f"{bad[0]}, row {bad[1]:,}: {column} is {show(bad[2])}, a fiscal year and no month, so "
            f"{show(first[2])} in row {first[1]:,} is none either. Say in [{key}] {named}."
        )
    begin = (
        f"{first[0]}: {column} is {show(first[2])} in row {first[1]:,}, which can be a month or a"
    )
    if setting is not None:
        return [
            f"{begin} fiscal year. It was read as the fiscal year; if that is right, 'begins' "
            f"can be left out where no other dates are in the column, else say {month}."
        ]
    return [
        f"{begin} fiscal year. It was read as the month; if that is right, say {month}, "
        f"else {named}."
    ]


def _among(relation: str, text: str) -> str:
    """Return the FROM of the texts ``v`` that look like a year and a month."""
    rows = f"SELECT _file, _row, _part, {text} AS v FROM {relation}"
    return f"FROM ({rows}) WHERE {like_month('v')}"


def _as_month(value: str) -> str:
    return f"%Y{value[4]}%m"


def say_fiscal(value: str) -> str:
    """Return the keys for a fiscal year such as ``2010/11``.

    Examples
    --------
    >>> print(say_fiscal("2010/11"))
    fiscal = { named = "start" } if '2010/11' is 2010, fiscal = { named = "end" } if it is 2011
    """
    first = int(value[:4])
    return (
        f'fiscal = {{ named = "start" }} if {show(value)} is {first}, '
        f'fiscal = {{ named = "end" }} if it is {first + 1}'
    )
