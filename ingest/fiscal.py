"""Fiscal years that look like months: 2010/11 is November, or the year that begins in 2010."""

from __future__ import annotations

import duckdb

from ..core.errors import InputError, show
from . import sql
from .years import fiscal

__all__ = ["look_for_fiscal_years", "say_fiscal"]


def look_for_fiscal_years(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, text: str, key: str
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

    Returns
    -------
    list of str
        One, or none: where the two digits are not those of the next year in every row, they are
        months.

    Raises
    ------
    InputError
        If they are those of the next year in every row, and no months in some.
    """
    form = f"length({text}) = 7 AND substr({text}, 5, 1) IN ('/', '-')"
    # 00 is a month that nobody knew.
    no_month = f"try_cast(right({text}, 2) AS BIGINT) NOT BETWEEN 0 AND 12"
    place = f"(_file, _row, {text})"
    everywhere, some, first, bad = sql.one(
        con,
        f"SELECT coalesce(bool_and(coalesce({fiscal(text)}, false)), false), "
        f"coalesce(bool_or(NOT ({no_month})), false), min_by({place}, (_part, _row)), "
        f"min_by({place}, (_part, _row)) FILTER ({no_month}) FROM {relation} WHERE {form}",
    )
    if not everywhere or not some:
        return []
    named = say_fiscal(first[2])
    if bad is not None:
        raise InputError(
            f"{bad[0]}, row {bad[1]}: {column} is {show(bad[2])}, a fiscal year and no month, so "
            f"{show(first[2])} in row {first[1]} is none either. Say in [{key}] {named}."
        )
    return [
        f"{first[0]}: {column} is {show(first[2])} in row {first[1]}, which can be a month or a "
        f'fiscal year. It was read as the month; if that is right, say format = "%Y{first[2][4]}%m"'
        f" in [{key}], else {named}."
    ]


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
