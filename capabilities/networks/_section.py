"""What the page shows of the networks: a map of each, their largest cells, sectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from ...core.matrix import LabelledMatrix
from ...reports.kit import Bars, Finding, Folded, Key, Paragraph, Part, Section, Stack
from ...reports.tables import Head, Table, label, largest, make_table, sector_table, show
from ...runs.networks import YearNetworks
from ...runs.result import Result
from ._maps import maps
from ._tables import of_sectors

__all__ = ["overview", "section"]

#: Cells of each matrix listed below its map.
MOST_CELLS = 15
_HEADS = {
    "own_citation_share": Head("Own citations", "percent"),
    "row_sum_W": Head("Row sum of W", "value"),
    "row_sum_S": Head("Row sum of S", "value"),
    "value_added_share": Head("Value added in output", "percent"),
    "imports_share": Head("Imports in output", "percent"),
    "unexplained_share": Head("Unexplained in output", "percent"),
}
#: Shown where they are told apart from the other parts of output.
_SELDOM = {"imports_share", "unexplained_share"}
_READING = Markup(
    "In every map a row is a <em>receiver</em> (it uses, cites, is affected) and a column is a "
    "<em>source</em> (it supplies, is cited, starts the change). Goods and knowledge flow from "
    "column to row."
)


def overview(result: Result) -> Section:
    """Return the section of every run.

    Parameters
    ----------
    result : Result
        What a run found.
    """
    return section(result.years, result.economy.names)


def section(years: Sequence[YearNetworks], names: Mapping[str, str]) -> Section:
    """Return the section of the networks.

    Parameters
    ----------
    years : sequence of YearNetworks
        The report years, oldest first.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    title, drawn = "Networks and spillovers", maps(years)
    if not drawn:
        none = "This study has no matrices by year."
        return Section("networks", title, (Paragraph(none),))
    parts: list[Part] = [Paragraph(_READING)]
    for one in drawn:
        heading = f"{'ψ − I' if one.name == 'psi' else one.name}, {one.periods[0]}"
        cells = _cells(one.shown.matrix, heading, names)
        parts += [one, Folded("Largest cells as a table", (cells,))]
    parts += [_own(years), Folded("The networks by sector", (_sectors(years[-1], names),))]
    return Section("networks", title, tuple(parts), findings=tuple(_findings(years[-1], names)))


def _cells(matrix: LabelledMatrix, title: str, names: Mapping[str, str]) -> Table:
    """Return the largest cells of a matrix, largest first."""
    long = matrix.to_long().sort_values("value", ascending=False, kind="stable").head(MOST_CELLS)
    rows = [
        [label(receiver, names), label(source, names), float(value)]
        for receiver, source, value in long.itertuples(index=False)
    ]
    heads = [Head("Receiver (row)"), Head("Source (column)"), Head("Value", "value")]
    return make_table(f"The {len(rows)} largest cells of {title}", heads, rows)


def _own(years: Sequence[YearNetworks]) -> Bars:
    """Shares of citations that stay within a sector."""
    series: dict[Key, Stack] = {
        (str(year.year),): Stack([100 * year.innovation.own])
        for year in years
        if year.innovation is not None and year.innovation.own.notna().any()
    }
    return Bars(
        "own",
        "Own citations",
        "Share of a sector's citations that stay within it. They are taken out of W after its rows "
        "are divided by all citations. Sectors that never cite are left out.",
        "% of the sector's citations",
        {"": ("own citations",)},
        series,
    )


def _sectors(year: YearNetworks, names: Mapping[str, str]) -> Table:
    table = of_sectors(year)
    columns = {
        name: table[name]
        for name in _HEADS
        if name in table and (name not in _SELDOM or (table[name].fillna(0.0) != 0).any())
    }
    heads = [_HEADS[name] for name in columns]
    note = "With inputs, the shares of output add up to 1." if "row_sum_S" in columns else ""
    caption = f"The networks by sector, {year.year}"
    return sector_table(caption, heads, pd.DataFrame(columns), names, note)


def _findings(year: YearNetworks, names: Mapping[str, str]) -> Iterator[Finding]:
    """Headline numbers: of a network alone where there is no ψ; own citations."""
    table = of_sectors(year)
    for name, verb, passive in (("W", "cites", "cited"), ("S", "uses", "used")):
        if year.spillover is None and f"row_sum_{name}" in table:
            yield Finding(
                f"Largest receivers in {name}",
                "",
                largest(table[f"row_sum_{name}"], names),
                f"Share that the sector {verb} of the others (row sums of {name}).",
            )
            yield Finding(
                f"Largest sources in {name}",
                "",
                largest(table[f"column_sum_{name}"], names),
                f"Shares in which the sector is {passive} (column sums of {name}).",
            )
    own = table.get("own_citation_share", pd.Series(dtype=float)).dropna()
    if len(own):
        yield Finding(
            "Own citations",
            show(own.median(), "percent"),
            (),
            f"median own share of citations; above one half in {(own > 0.5).sum()} of {len(own)} "
            "sectors that cite.",
        )
