"""Sectors with gross output that buy nothing, or supply nobody, in a table of flows."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from ...analytics.accounts import Accounts
from ...core.errors import show_some
from ...graph.schema import UNMAPPED
from .. import sql
from ..study import Study

__all__ = ["find_one_sided"]

#: A sector whose value added, or final demand, is its output but for this share lacks no flows.
ALL_BUT = 0.05
#: Sectors with less of all gross output than this are not spoken of.
LITTLE = 1e-6


def find_one_sided(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    accounts: dict[int, Accounts],
    alone: Sequence[str],
) -> list[str]:
    """Name sectors whose row or column of S is empty because ``io_flows`` lacks their flows.

    A sector of which the table says 0 is meant so, and one whose accounts balance without flows
    (households buy nothing, government supplies nobody) lacks none.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    accounts : dict of int to Accounts
        By year.
    alone : sequence of str
        Industries that are in ``io_output`` alone: where no list names them they are told of.

    Returns
    -------
    list of str
        A warning of each year and side.
    """
    if study.trade_from != "io_flows":
        return []
    own = study.of("io_flows")[0].tags[0]
    reported = () if study.about.target in study.listed else alone
    warnings = []
    for year, of_year in accounts.items():
        for end, amount, gap, words in (
            ("user", "inputs", of_year.paid.gap, ("buys nothing", "buy nothing", "row")),
            ("supplier", "sales", of_year.sold.gap, ("supplies nobody", "supply nobody", "column")),
        ):
            lacking = _lacking(of_year.table, amount, gap)
            known = {*reported, UNMAPPED}
            if own == study.about.target:  # of another classification only the sums are known
                known |= _codes_named(con, end, year)
            codes = [code for code in lacking if code not in known]
            if codes:
                warnings.append(_warning(year, codes, end, words))
    return warnings


def _lacking(table: pd.DataFrame, amount: str, gap: pd.Series[float]) -> list[str]:
    """Return sectors with output and without flows, unless their accounts balance so."""
    x = table["gross_output"]
    balanced = (gap.abs() <= ALL_BUT * x).reindex(table.index)  # not where the gap is unknown
    without = (x > LITTLE * x.clip(lower=0.0).sum()) & (table[amount] == 0) & ~balanced
    return [str(code) for code in table.index[without]]


def _codes_named(con: duckdb.DuckDBPyConnection, end: str, year: int) -> set[str]:
    rows = con.execute(
        f"SELECT DISTINCT {sql.name(end)} FROM ok_io_flows WHERE year = ?", [year]
    ).fetchall()
    return {str(code) for (code,) in rows}


def _warning(year: int, codes: list[str], end: str, words: tuple[str, str, str]) -> str:
    one, several, side = words
    does, whose, is_empty = f"has gross output and {one}", "its", f"{side} of S is empty"
    if codes[1:]:
        does, whose = f"have gross output and {several}", "their"
        is_empty = f"{side}s of S are empty"
    return (
        f"io_flows of {year}: {show_some(codes)} {does} (no row names "
        f"{'them' if codes[1:] else 'it'} as {end}): {whose} {is_empty}. Add the flows, "
        "or write 0 where there are none."
    )
