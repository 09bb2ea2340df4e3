"""What is doubtful about the sectors of S: those without output, or with it in one year."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..analytics import ProductionShares
from ..core.errors import LISTED, show_some
from ..core.words import amount
from ..ingest.economy import TRADED

__all__ = ["in_one_year_only", "negative_demand", "trade_of_some", "without_output"]


def in_one_year_only(
    year: int, tables: dict[int, ProductionShares], output: pd.DataFrame | None
) -> list[str]:
    """Name sectors that only one of two tables has: between them they are interpolated with 0.

    Parameters
    ----------
    year : int
        A year between two tables.
    tables : dict of int to ProductionShares
        S of the two, by year.
    output : DataFrame or None, index (year, code)
        Gross output.

    Returns
    -------
    list of str
        A warning, or nothing.
    """
    lacking = {at: set(shares.zero_output) for at, shares in tables.items()}
    both = set.intersection(*lacking.values())
    texts = []
    for at, shares in tables.items():
        other = next(each for each in tables if each != at)
        codes = [code for code in shares.S.rows if code in lacking[other] - both]
        if codes and output is not None:
            x = output["gross_output"]
            listed = ", ".join(
                f"{code!r} ({amount(float(x[at, code]))})" for code in codes[:LISTED]
            )
            more = f" and {len(codes) - LISTED} more" if codes[LISTED:] else ""
            texts.append(f"in {at} and not in {other}: {listed}{more}")
    if not texts:
        return []
    return [
        f"S of {year} lies between two years that do not have the same sectors with output: "
        f"{'; '.join(texts)}. Their rows and columns of S are only a fraction of their size. If "
        "a sector changed its code, give both years one code (clean, or a concordance); else "
        "report a year that has a table."
    ]


def without_output(year: int, codes: Sequence[str], output: pd.Series[float]) -> list[str]:
    """Say which sectors have neither output nor inputs, and which an output below zero.

    Parameters
    ----------
    year : int
        The year.
    codes : sequence of str
        Sectors whose output is zero or below.
    output : Series, indexed by sector
        Gross output.

    Returns
    -------
    list of str
        A note of each kind.

    Examples
    --------
    >>> for note in without_output(1992, ["84", "85"], pd.Series({"84": 0.0, "85": -7982.0})):
    ...     print(note)
    No output and no inputs in 1992: 84.
    Output below zero and no inputs in 1992: 85 (-7,982).
    """
    below = [code for code in codes if output[code] < 0]
    none = [code for code in codes if code not in below]
    notes = [f"No output and no inputs in {year}: {', '.join(none)}."] if none else []
    if below:
        listed = ", ".join(f"{code} ({float(output[code]):,.10g})" for code in below)
        notes.append(f"Output below zero and no inputs in {year}: {listed}.")
    return notes


def negative_demand(values: pd.Series[float]) -> list[str]:
    """Say which sectors have a final demand below zero.

    Parameters
    ----------
    values : Series, indexed by sector
        Final demand.

    Returns
    -------
    list of str
        A note, or nothing.

    Examples
    --------
    >>> negative_demand(pd.Series({"01": -3.0, "02": 10.0}))
    ['Final demand is negative in 01: their weights are kept.']
    """
    below = list(values.index[values < 0])
    more = f" and {len(below) - LISTED} more" if below[LISTED:] else ""
    named = ", ".join(below[:LISTED]) + more
    return [f"Final demand is negative in {named}: their weights are kept."] if below else []


def trade_of_some(year: int, amounts: pd.DataFrame) -> list[str]:
    """Say where exports, imports or changes of stocks are known of some sectors: a blank is not 0.

    Parameters
    ----------
    year : int
        The year.
    amounts : DataFrame, index = sector
        ``gross_output``, and what is traded.

    Examples
    --------
    >>> rows = {"gross_output": [1.0, 2.0, 0.0], "exports": [0.5, None, None]}
    >>> trade_of_some(2005, pd.DataFrame(rows, list("abc")))
    ["exports of 2005 are missing in 'b' and known of others: upstreamness does without them."]
    """
    texts = []
    for name in TRADED:
        values = amounts.loc[amounts["gross_output"] > 0, name] if name in amounts else None
        if values is not None and values.isna().any() and values.notna().any():
            lacking = show_some(list(values.index[values.isna()]))
            texts.append(
                f"{name.replace('_', ' ')} of {year} are missing in {lacking} and known of others: "
                "upstreamness does without them."
            )
    return texts
