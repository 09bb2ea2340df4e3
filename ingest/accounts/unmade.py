"""Rows of a use table that nobody makes: imported goods, or value added that nobody has named.

Both are paid and supplied by no industry, so the accounts fit either way; only the reader can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd

from ...analytics.accounts import IndustryTechnology
from ..study import Study

__all__ = ["unmade_rows"]

#: What nobody makes and everybody uses is told from this share of gross output on.
LARGE = 0.01
NAMED = 5


@dataclass(frozen=True, slots=True)
class _Unmade:
    """Rows of one year, the largest first, as shares of gross output."""

    year: int
    shares: pd.Series[float]

    @property
    def share(self) -> float:
        return float(self.shares.sum())


def unmade_rows(
    con: duckdb.DuckDBPyConnection, study: Study, make_use: dict[int, IndustryTechnology]
) -> list[str]:
    """Warn of rows of the use table that no industry makes and that may be value added.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the view ``ok_use``.
    study : Study
        The study.
    make_use : dict of int to IndustryTechnology
        By year.

    Returns
    -------
    list of str
        At most one warning: of the year in which they are largest, with all years it holds of.
    """
    options = study.make_use
    if not make_use or options is None:
        return []
    least = LARGE if options.value_added else 0.0
    years = (_of_year(con, *item, options.imports) for item in make_use.items())
    large = [of_year for of_year in years if of_year.share > least]
    return [_sentence(large, named=bool(options.value_added))] if large else []


def _of_year(
    con: duckdb.DuckDBPyConnection, year: int, table: IndustryTechnology, imports: list[str]
) -> _Unmade:
    rows = con.execute(
        "SELECT commodity, sum(value) FROM ok_use WHERE year = ? AND list_contains(?, commodity) "
        'AND list_contains(?, "user") GROUP BY commodity',
        [year, sorted({*table.not_made} - {*imports}), list(table.gross_output.index)],
    ).fetchall()
    used = pd.Series({str(code): float(value) for code, value in rows}, dtype=float)
    whole = float(table.gross_output.sum())
    shares = used[used > 0] / whole if whole > 0 else used[:0]
    return _Unmade(year, shares.sort_values(ascending=False, kind="stable"))


def _sentence(unmade: list[_Unmade], *, named: bool) -> str:
    largest = max(unmade, key=lambda of_year: of_year.share)
    rows = largest.shares
    listed = ", ".join(
        f"{code!r} ({share:.1%})" for code, share in zip(rows.index[:NAMED], rows, strict=False)
    )
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    years = ", ".join(str(of_year.year) for of_year in unmade)
    also = f" So it is in {years}." if len(unmade) > 1 else ""
    why = "" if named else "[make_use] names no value_added. "
    return (
        f"{why}Rows of the use table of {largest.year} that no industry makes hold "
        f"{largest.share:.1%} of gross output and are taken as imports: {listed}{more}.{also} "
        "Those that are value added (wages, taxes, surplus) belong into value_added of [make_use]; "
        "without it value added is too small, and so is its weight. Imports go into imports there."
    )
