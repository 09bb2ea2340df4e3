"""What the page shows of hubs: a table for each network of the last year that has it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...reports.kit import Paragraph, Part, Section
from ...reports.tables import Head, Table, sector_table
from ._compute import MEANINGS, Hubs

__all__ = ["section"]


def section(hubs: Hubs, names: Mapping[str, str]) -> Section:
    """Return the section of hubs.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.

    Returns
    -------
    Section
    """
    last: dict[str, pd.DataFrame] = {}
    for year in sorted(hubs.measures):
        last |= hubs.measures[year]
    parts: list[Part] = []
    explained: set[str] = set()
    for network, table in last.items():
        parts.append(_table(network, table, names, explained))
        explained.update(map(str, table))
    text = "Sectors on which the others draw. Choose a head to sort by it."
    return Section("hubs", "Hubs", (Paragraph(text if parts else "No hubs were computed."), *parts))


def _table(
    network: str, table: pd.DataFrame, names: Mapping[str, str], explained: set[str]
) -> Table:
    """Return the measures in one network, by the first of them; each is explained once."""
    numbers = table.astype(float)
    numbers = numbers.sort_values(numbers.columns[0], ascending=False, kind="stable")
    heads = [
        Head(str(name).replace("_", " "), _form(numbers[name]), MEANINGS[str(name)])
        for name in numbers
    ]
    new = [str(name) for name in numbers if name not in explained]
    note = "; ".join(f"{name.replace('_', ' ')}: {MEANINGS[name]}" for name in new)
    caption = f"Hubs of {'ψ' if network == 'psi' else network}"
    return sector_table(caption, heads, numbers, names, note and f"{note}.")


def _form(values: pd.Series[float]) -> str:
    """Show counts as counts."""
    known = values.dropna()
    return "count" if len(known) and (known == known.round()).all() else "value"
