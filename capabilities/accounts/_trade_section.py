"""What the page shows of value added in trade: exports by country, and what they are the sum of."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...reports.kit import Bars, Key, Paragraph, Part, Stack
from ...reports.tables import MOST_ROWS, Head, Table, make_table
from ._tables import MEANINGS
from ._trade import PARTS, by_exporter, shares_of

__all__ = ["labels_of", "trade_parts"]

#: What figures call a country: a sector may have its code.
_PLACE = "country {}"


def trade_parts(pairs: Mapping[int, pd.DataFrame], money: str) -> list[Part]:
    """Return bars and a table by exporter; nothing without value added in trade.

    Parameters
    ----------
    pairs : mapping of int to pandas.DataFrame, indexed by exporter and importer
        By report year, as :func:`~spillgraph.analytics.leontief.value_added_in_trade` gives it.
    money : str
        Unit of the amounts.
    """
    if not pairs:
        return []
    text = (
        "Exports hold value added of others, and of the exporter itself that has left it before. "
        "Source-based, from the exporter's perspective (Borin & Mancini 2019)."
    )
    last = max(pairs)
    return [Paragraph(text), _bars(pairs), _table(pairs[last], last, money)]


def labels_of(pairs: Mapping[int, pd.DataFrame]) -> dict[str, str]:
    """Return what figures call countries, and how they are shown.

    Parameters
    ----------
    pairs : mapping of int to pandas.DataFrame
        By report year.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("A", "B")], names=["exporter", "importer"])
    >>> labels_of({2011: pd.DataFrame({"exports": [1.0]}, index)})
    {'country A': 'A'}
    """
    names = {str(name) for each in pairs.values() for name in each.index.unique("exporter")}
    return {_PLACE.format(name): name for name in sorted(names)}


def _bars(pairs: Mapping[int, pd.DataFrame]) -> Bars:
    series: dict[Key, Stack] = {}
    for year, each in pairs.items():
        shares = shares_of(each).dropna().rename(_PLACE.format)
        series[(str(year),)] = Stack([shares[name] for name in PARTS], total=shares["VAX"])
    return Bars(
        "value-added-in-trade",
        "Value added in exports",
        f"{'; '.join(f'{name}: {MEANINGS[name]}' for name in PARTS)}. The number is VAX.",
        "% of the country's exports",
        {"": PARTS},
        series,
    )


def _table(pairs: pd.DataFrame, year: int, money: str) -> Table:
    sums, shares = by_exporter(pairs), shares_of(pairs) / 100.0
    heads = [
        Head("Exporter", "code"),
        Head(f"Exports, {money}", "value", MEANINGS["exports"]),
        *(Head(f"{name} in exports", "percent", MEANINGS[name]) for name in PARTS),
        Head("GVC in exports", "percent", MEANINGS["GVC"]),
    ]
    exports = sums["exports"].where(sums["exports"] > 0)
    numbers = pd.concat([sums["exports"], shares, sums["GVC"] / exports], axis=1)
    numbers = numbers.sort_values("exports", ascending=False, kind="stable")
    rows = [
        [str(country), *row]
        for country, row in zip(numbers.index, numbers.to_numpy().tolist(), strict=True)
    ]
    return make_table(f"Value added in trade by exporter, {year}", heads, rows, limit=MOST_ROWS)
