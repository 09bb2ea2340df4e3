"""Links whose value is spread over years that nobody means: an open end written as a far date."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from ...core.words import amount, counted
from .. import sql

__all__ = ["far_ends"]

#: A date that stands alone by so many years, in more than one link, is none (4000-01-01, 1900).
_FAR = 50
#: From this part of the amounts on, what is left out is told on the first screen.
_MUCH = 0.1


def far_ends(
    con: duckdb.DuckDBPyConnection, years: tuple[int, int], money: str, lost: float
) -> Iterator[str]:
    """Yield warnings of values that are spread over years far from all others.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the view ``ok_trade_links``.
    years : tuple of int
        First and last year of the study.
    money : str
        The unit of the values.
    lost : float
        What lies in years outside the study's and is left out.

    Yields
    ------
    str
    """
    low, high = years
    (value,) = sql.one(con, "SELECT fsum(value) FROM ok_trade_links WHERE first_year IS NOT NULL")
    ends, begins = _alone(con, "last_year", "max"), _alone(con, "first_year", "min")
    between = 'interval = "spread" divides their value among all the years between.'
    for year, links, gap in ends:
        yield (
            f"trade_links: {counted(links, 'link ends', 'links end')} in {year}, "
            f"{counted(gap, 'year')} after any other date, and "
            f'{between} If {year} is an open end, say missing = ["…"] in [tables.trade_links], '
            f"with its text in the file: they go on to {high} then."
        )
    for year, links, gap in begins:
        yield (
            f"trade_links: {counted(links, 'link begins', 'links begin')} in {year}, "
            f"{counted(gap, 'year')} before any other, "
            f"and {between} If {year} means that the begin is not known, write the year from which "
            'the value counts, or leave these links out with where_not = { first_year = "…" }.'
        )
    if value and lost >= _MUCH * value and not ends:
        yield (
            f"trade_links: {amount(lost)} of {amount(value)} {money} ({lost / value:.0%}) of links "
            f"that last are left out: they lie in years outside {low} to {high}, among which "
            "interval "
            '= "spread" divides a value, too. Look at first_year and last_year, and at [years].'
        )


def _alone(con: duckdb.DuckDBPyConnection, end: str, most: str) -> list[tuple[int, int, int]]:
    """Return the outermost year if several links have it and no other of its kind is near.

    Where all links end in one year, the year of the latest begin is what it is held against.
    """
    (year,) = sql.one(con, f"SELECT {most}({end}) FROM ok_trade_links")
    if year is None:
        return []
    links, gap, alone = sql.one(
        con,
        f"SELECT count(*) FILTER ({end} = {year}), min(abs({end} - {year})) FILTER ({end} <> "
        f"{year}), {year} - max(first_year) FROM ok_trade_links",
    )
    if gap is None and end == "last_year":
        gap = alone
    return [(year, links, gap)] if links > 1 and (gap or 0) >= _FAR else []
