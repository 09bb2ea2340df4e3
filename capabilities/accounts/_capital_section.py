"""What the page shows of capital and of where inputs come from."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...reports.kit import Bars, Folded, Key, Paragraph, Part, Stack
from ...reports.tables import MOST_ROWS, Head, Table, make_table, sector_table
from ._capital import Capital
from ._origins import by_user_country
from ._tables import MEANINGS

__all__ = ["capital_parts", "origin_parts"]

_FIRST = 3


def capital_parts(
    capital: Mapping[int, Capital], money: str, names: Mapping[str, str]
) -> list[Part]:
    """Return bars of rental costs and a table of the last year; nothing without capital.

    Parameters
    ----------
    capital : mapping of int to Capital
        By report year.
    money : str
        Unit of the amounts.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    if not capital:
        return []
    text = (
        "What the use of capital costs a year: interest and depreciation on the stock behind what "
        "was bought, net of what tax gives back (Hall & Jorgenson 1967)."
    )
    series: dict[Key, Stack] = {
        (str(year),): Stack([each.sectors["rental_share"].dropna()])
        for year, each in capital.items()
    }
    bars = Bars(
        "rental-costs",
        "Rental costs of capital",
        "What the use of capital costs a year, by sector.",
        "% of gross output",
        {"": ("value",)},
        series,
    )
    last = max(capital)
    table = _table(capital[last], last, money, names)
    return [Paragraph(text), bars, Folded(table.caption, (table,))]


def _table(capital: Capital, year: int, money: str, names: Mapping[str, str]) -> Table:
    heads = [
        Head(f"Bought, {money}", "value", MEANINGS["capital_flow"]),
        Head(f"Stock, {money}", "value", MEANINGS["capital_stock"]),
        Head(f"Rental cost, {money}", "value", MEANINGS["rental_cost"]),
        Head("Rental cost, % of output", "value"),
    ]
    numbers = capital.sectors.sort_values("rental_cost", ascending=False, kind="stable")
    return sector_table(f"Capital by sector, {year}", heads, numbers, names)


def origin_parts(
    origins: Mapping[int, tuple[pd.DataFrame, pd.Series[str]]], money: str
) -> list[Part]:
    """Return a table of inputs by country of origin in the last year; nothing without countries.

    Parameters
    ----------
    origins : mapping of int to (DataFrame, Series)
        By report year: inputs by sector and country of origin, and countries of the sectors.
    money : str
        Unit of the amounts.
    """
    if not origins:
        return []
    last = max(origins)
    sums = by_user_country(*origins[last])
    heads = [
        Head("Country", "code"),
        Head(f"Inputs, {money}", "value"),
        Head("of it from home", "percent"),
        Head("from abroad", "percent"),
        *(Head(f"Source {place}", "text") for place in range(1, _FIRST + 1)),
    ]
    rows = [_of_country(str(code), row) for code, row in sums.iterrows()]
    rows.sort(key=lambda row: -float(str(row[1])))
    caption = f"Inputs by country of origin, {last}"
    note = "Inputs of all sectors of the country; shares are of all its inputs."
    table = make_table(caption, heads, rows, note=note, limit=MOST_ROWS)
    return [Folded(caption, (table,))]


def _of_country(code: str, row: pd.Series[float]) -> list[object]:
    """Return a country's inputs, its own share of them, and where most of the others come from."""
    whole, home = float(row.sum()), float(row[code])
    abroad = row.drop(code).sort_values(ascending=False, kind="stable").head(_FIRST)
    named = [f"{name} ({value / whole:.1%})" for name, value in abroad.items() if value > 0]
    share = home / whole if whole else None
    away = None if share is None else 1.0 - share
    return [code, whole, share, away, *named, *[""] * (_FIRST - len(named))]
