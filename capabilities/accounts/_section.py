"""What the page shows of accounts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...reports.kit import (
    Bars,
    Finding,
    Folded,
    Key,
    Paragraph,
    Part,
    Section,
    Stack,
)
from ...reports.tables import Head, Table, begin, largest, sector_table
from ._capital_section import capital_parts, origin_parts
from ._compute import Accounts
from ._tables import BOTH, MEANINGS, extracted, whole
from ._trade_section import labels_of, trade_parts
from ._vectors import formula_of

__all__ = ["section"]

_FIRST = ("extraction_loss", "output_multiplier", "upstreamness")


def section(accounts: Accounts, names: Mapping[str, str]) -> Section:
    """Return the section of accounts.

    Parameters
    ----------
    accounts : Accounts
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    text = (
        "What the production network says of each sector: whom it draws on, who draws on it, how "
        "far it is from final use, and what would be lost without it."
    )
    parts: list[Part] = [Paragraph(text)]
    if not accounts.years:
        return Section("accounts", "Accounts", tuple(parts))
    last = max(accounts.years)
    parts.append(_bars(accounts))
    table = _table(accounts, last, names)
    parts.append(Folded(table.caption, (table,)))
    if (lost := extracted(accounts.years[last])) is not None:
        parts.append(_extracted(accounts, last, lost, names))
    for (before, after), split in accounts.changes.items():
        parts.append(_change(before, after, split.change, split.effects, accounts.money, names))
    traded = {year: each.trade for year, each in accounts.years.items() if each.trade is not None}
    parts += trade_parts(traded, accounts.money)
    parts += origin_parts(
        {
            year: (each.origins, each.country)
            for year, each in accounts.years.items()
            if each.origins is not None and each.country is not None
        },
        accounts.money,
    )
    capital = {year: each.capital for year, each in accounts.years.items() if each.capital}
    parts += capital_parts(capital, accounts.money, names)
    lost_most = Finding(
        "Largest losses by extraction",
        "",
        largest(accounts.years[last].vectors["extraction_loss"], names),
        "% of all gross output that is lost if the sector leaves the production network.",
    )
    return Section(
        "accounts", "Accounts", tuple(parts), f", {last}", (lost_most,), labels_of(traded)
    )


def _bars(accounts: Accounts) -> Bars:
    series: dict[Key, Stack] = {}
    names = list(map(str, next(iter(accounts.years.values())).vectors))
    for name in dict.fromkeys((*_FIRST, *names)):
        for year, each in accounts.years.items():
            values = each.vectors[name]
            series[name.replace("_", " "), str(year)] = Stack([values], note=_sentence(name))
    caption = "; ".join(f"{name.replace('_', ' ')}: {MEANINGS[name]}" for name in names)
    return Bars(
        "accounts",
        "Sectors in the production network",
        f"{caption}.",
        "as the caption says",
        {"": ("value",)},
        series,
        "Measure",
    )


def _sentence(name: str) -> str:
    return begin(f"{name.replace('_', ' ')}: {MEANINGS[name]}.")


def _table(accounts: Accounts, year: int, names: Mapping[str, str]) -> Table:
    numbers = whole(accounts.years[year])
    heads = [
        Head(_title(str(name)), "value", MEANINGS[str(name).removeprefix(BOTH)]) for name in numbers
    ]
    note = f"{begin(formula_of(accounts.years[year].vectors))}."
    return sector_table(f"Accounts by sector, {year}", heads, numbers, names, note)


def _title(column: str) -> str:
    if column.startswith(BOTH):
        return f"both networks: {column.removeprefix(BOTH)}"
    return column.replace("_", " ")


def _extracted(
    accounts: Accounts, year: int, lost: pd.DataFrame, names: Mapping[str, str]
) -> Table:
    out = accounts.years[year].extracted
    assert out is not None
    heads = [
        Head("Output lost, %", "value", "of the sector's own"),
        *(Head(f"ψ1 lost, %: {str(name).removeprefix(BOTH)}", "value") for name in list(lost)[1:]),
    ]
    caption = f"Without {', '.join(out.sectors)}, {year}"
    note = f"All sectors together lose {out.percent:.3g}% of gross output."
    return sector_table(caption, heads, lost.sort_values("loss", ascending=False), names, note)


def _change(
    before: int,
    after: int,
    change: pd.Series[float],
    effects: pd.DataFrame,
    money: str,
    names: Mapping[str, str],
) -> Part:
    numbers = pd.concat([change.rename("change"), effects], axis=1)
    heads = [Head(begin(_title(str(name))), "value") for name in numbers]
    title = f"What changed output, {before}–{after}"
    note = "Mean of the two polar decompositions; the parts add up to the change."
    return Folded(title, (sector_table(f"{title}, {money}", heads, numbers, names, note),))
