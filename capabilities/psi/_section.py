"""What the page shows of ψ: of every run its sums, and whiskers and ranks where draws were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from ...reports.kit import Folded, Paragraph, Part, Section
from ...runs.networks import YearNetworks
from ...runs.result import Result
from ._compute import Depth
from ._figures import figures
from ._findings import findings
from ._intervals import Intervals, intervals
from ._page_tables import PathsOf, choices_table, paths_table, rank_tables, sums_table, year_table
from ._sums import sums_of
from ._tables import paths_of, strong_paths

__all__ = ["overview", "section", "sums_section"]

#: Sectors up to which strongest paths take a fraction of a second, and stand on every page.
MOST_QUICK = 120


def section(depth: Depth, names: Mapping[str, str]) -> Section:
    """Return the section of ψ, with whiskers and ranks.

    Parameters
    ----------
    depth : Depth
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    years = depth.result.years
    whole = sums_section(years, names, intervals(depth), partial(paths_of, depth))
    choices = choices_table(depth, names)
    more = (Folded(choices.caption, (choices,)),) if choices else ()
    return replace(whole, parts=(*whole.parts, *more))


def overview(result: Result) -> Section:
    """Return the section of ψ where nothing was asked of it.

    Parameters
    ----------
    result : Result
        What a run found.
    """
    return sums_section(result.years, result.economy.names, Intervals(), _quick_paths)


def _quick_paths(year: YearNetworks) -> pd.DataFrame | None:
    few = year.parts is not None and len(year.parts.psi.rows) <= MOST_QUICK
    return strong_paths(year) if few else None


def sums_section(
    years: Sequence[YearNetworks],
    names: Mapping[str, str],
    intervals: Intervals,
    paths_of: PathsOf = strong_paths,
) -> Section:
    title, sums = "Benefit and contribution", sums_of(years)
    if not sums:
        none = "This study has no ψ: that needs both networks, innovation and production."
        return Section("psi", title, (Paragraph(none),))
    last = max(sums)
    parts: list[Part] = [*figures(sums, intervals), year_table(sums, names)]
    if ranks := tuple(rank_tables(intervals, names)):
        parts.append(Folded("Ranks with intervals", ranks))
    numbers = sums_table(sums[last], last, names)
    parts.append(Folded("All numbers by sector", (numbers,)))
    if paths := paths_table(years, names, paths_of):
        parts.append(Folded(paths.caption, (paths,)))
    heads = tuple(findings(sums[last], last, names, intervals))
    return Section("psi", title, tuple(parts), findings=heads)
