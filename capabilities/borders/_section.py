"""What the page shows of borders."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analytics.spillovers import CROSSINGS
from ...reports.kit import Bars, Paragraph, Part, Section, Stack
from ...reports.tables import MOST_ROWS, Head, Table, make_table
from ._compute import Crossings
from ._tables import by_country

__all__ = ["section"]

_NAMES = (
    "at home",
    "across borders with goods alone",
    "with knowledge alone",
    "with both",
)
_AXIS = "% of the sector's output"


def section(crossings: Crossings, names: Mapping[str, str]) -> Section:
    """Return the section of borders.

    Parameters
    ----------
    crossings : Crossings
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.

    Returns
    -------
    Section
    """
    parts: list[Part] = [
        Paragraph(
            "Every chain of inputs and citations behind ψ stays within its country, or crosses a "
            "border: with goods alone, with knowledge alone, or with both. The four add up to ψ."
        )
    ]
    if crossings.years:
        parts += [_bars(crossings), _table(crossings, max(crossings.years))]
    return Section("borders", "Borders", tuple(parts))


def _bars(crossings: Crossings) -> Bars:
    return Bars(
        "borders",
        "Benefit by where its chains cross borders",
        "Row sums of ψ: how much the output of a sector rises, in %, when technology rises by 1% "
        "in every sector of every country. The sector's own 1% is part of ‘at home’.",
        _AXIS,
        {"": _NAMES},
        {
            (str(year),): Stack([decomposition.benefit[name] for name in CROSSINGS])
            for year, decomposition in crossings.years.items()
        },
    )


def _table(crossings: Crossings, year: int) -> Table:
    table = by_country(crossings, year)
    shares: pd.DataFrame = table[list(CROSSINGS)].div(table["benefit"], axis=0)
    heads = [
        Head("Country", "code"),
        Head("Sectors", "count"),
        Head("Mean benefit, %", "value"),
        *(Head(f"of it {name}", "percent") for name in _NAMES),
        Head("from abroad", "percent", "part that comes from the progress of other countries"),
    ]
    numbers = pd.concat([table[["sectors", "benefit"]], shares, table["abroad"]], axis=1)
    rows = [
        [country, *row]
        for country, row in zip(map(str, table.index), numbers.to_numpy().tolist(), strict=True)
    ]
    return make_table(f"Countries, {year}", heads, rows, limit=MOST_ROWS)
