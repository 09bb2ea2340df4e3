"""The tables of ψ on the page: by year, by sector, and ranks with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

import pandas as pd

from ...analytics import Psi
from ...analytics.spillovers import CHANNELS, loss_percent, mode_shares
from ...reports.tables import Head, Table, label, largest, make_table, sector_table
from ...runs.networks import YearNetworks
from ._compute import Depth
from ._intervals import Intervals
from ._sums import Sums, spillover_of

__all__ = ["PathsOf", "choices_table", "paths_table", "rank_tables", "sums_table", "year_table"]


def year_table(sums: Sums, names: Mapping[str, str]) -> Table:
    """Return the mean benefit, its spillover and the leading sectors by year.

    Parameters
    ----------
    sums : dict of int to Psi
        By report year; at least one.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    weights = str(next(iter(sums.values())).contribution.columns[0])
    rows = []
    for year, psi in sums.items():
        spillover = float(spillover_of(psi).sum())
        first = psi.contribution.get(weights)  # not every year need have all weights
        peaks = [_first(values, names) for values in (psi.benefit, first)]
        rows.append([year, psi.benefit.mean(), spillover / psi.benefit.sum(), *peaks])
    heads = [
        Head("Year", "year"),
        Head("Mean benefit, %", "value"),
        Head("of it spillover", "percent"),
        Head("Largest receiver"),
        Head(f"Largest source, weights: {weights}"),
    ]
    return make_table("Benefit by year", heads, rows)


def _first(values: pd.Series[float] | None, names: Mapping[str, str]) -> str:
    """Return the sector with the largest entry, if there is one."""
    first = () if values is None else largest(values, names, 1)
    return next((sector for sector, _ in first), "")


def sums_table(psi: Psi, year: int, names: Mapping[str, str]) -> Table:
    """Return all sums of ψ by sector.

    Parameters
    ----------
    psi : Psi
        Sums of ψ.
    year : int
        The year that they are of.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    spillover = spillover_of(psi)
    columns = [
        (Head("Benefit, %", "value", "row sum of ψ"), psi.benefit),
        (Head("of it spillover, %", "value", "row sum of ψ − I"), spillover),
    ]
    for name, values in psi.contribution.items():
        columns.append((Head(f"Contribution, %: {name}", "value"), values))
    for name, values in loss_percent(psi).items():
        what = name if name == "benefit" else f"contribution, {name}"
        head = Head(f"Lost without W, %: {what}", "value", "100 (1 − sum of U / sum of ψ)")
        columns.append((head, values))
    for name, values in mode_shares(psi.modes).items():
        note = "exact channel of ψ − I" if name in CHANNELS else "as the source prints it"
        columns.append((Head(f"Share of spillover: {name}", "percent", note), values / 100.0))
    numbers = pd.concat([values for _, values in columns], axis=1)
    return sector_table(f"Sectors, {year}", [head for head, _ in columns], numbers, names)


def rank_tables(intervals: Intervals, names: Mapping[str, str]) -> Iterator[Table]:
    """Return, for each quantity with intervals, its ranks in the last year that has them.

    Parameters
    ----------
    intervals : Intervals
        What the draws say.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    newest = {name: year for year in sorted(intervals.years) for name in intervals.years[year]}
    for quantity, year in newest.items():
        frame = intervals.years[year][quantity].sort_values("rank", kind="stable")
        heads = [
            Head("Estimate, %", "value"),
            Head("Low", "value"),
            Head("High", "value"),
            Head("Rank", "count"),
            Head("Rank, best", "count", "the highest place that the draws leave open"),
            Head("Rank, worst", "count", "the lowest place that the draws leave open"),
        ]
        columns = ["estimate", "low", "high", "rank", "rank_low", "rank_high"]
        if "p" in frame:
            heads.append(Head("p", "value", "of the null hypothesis of the study's draws"))
            columns.append("p")
        caption = f"Ranks with intervals: {quantity}, {year}"
        yield sector_table(caption, heads, frame[columns], names, intervals.sentence)


#: Takes a report year; returns its strongest paths, or none.
PathsOf: TypeAlias = Callable[[YearNetworks], pd.DataFrame | None]
#: Columns of ``paths_YEAR.csv`` that the page shows.
_PATH = ("path", "receiver", "source", "psi", "strength", "share", "cumulative")


def paths_table(
    years: Sequence[YearNetworks], names: Mapping[str, str], paths_of: PathsOf
) -> Table | None:
    """Return the strongest paths of the last year that has them, as ``paths_YEAR.csv`` has them.

    Parameters
    ----------
    years : sequence of YearNetworks
        The report years.
    names : mapping of str to str
        Names of the sectors, by code.
    paths_of : callable
        Takes a report year; returns its strongest paths, or none.
    """
    for year in sorted(years, key=lambda each: -each.year):
        paths = paths_of(year)
        if paths is None or paths.empty:
            continue
        heads = [
            Head("Path", "text", "uses: buys inputs of; cites: learns from"),
            Head("Receiver"),
            Head("Source"),
            Head("ψ, %", "value", "% of output gained for 1% in the source"),
            Head("Strength, %", "value", "product of the shares along the path"),
            Head("of ψ", "percent"),
            Head("cumulative", "percent", "of this and the stronger paths"),
        ]
        rows = [
            [path, label(receiver, names), label(source, names), *numbers]
            for path, receiver, source, *numbers in paths[list(_PATH)].to_numpy().tolist()
        ]
        return make_table(f"Strongest paths, {year.year}", heads, rows)
    return None


def choices_table(depth: Depth, names: Mapping[str, str]) -> Table | None:
    """Return what the sums of ψ owe to the choices behind W, in the last year that has them.

    Parameters
    ----------
    depth : Depth
        What was found.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    years = [year for year, table in depth.sensitivity.items() if len(table)]
    if not years:
        return None
    table = depth.sensitivity[max(years)]
    pairs = zip(table["option"], table["value"].fillna(""), strict=True)
    choice = [f"{option} = {value}" if str(value) else option for option, value in pairs]
    shown = table.drop(columns=["option", "value"])
    for name in [name for name in shown if str(name).endswith("_at")]:
        shown[name] = shown[name].map(lambda code: label(code, names), na_action="ignore")
    texts = shown.columns[[_form_of(shown[name]) == "text" for name in shown]]
    shown[texts] = shown[texts].fillna("")
    heads = [Head("Choice"), *(Head(_title(str(name)), _form_of(shown[name])) for name in shown)]
    rows = [[one, *row] for one, row in zip(choice, shown.to_numpy().tolist(), strict=True)]
    return make_table(f"Other choices behind W, {max(years)}", heads, rows)


def _title(column: str) -> str:
    return column.replace("_percent", ", %").replace("_", " ")


def _form_of(column: pd.Series[float]) -> str:
    return "value" if pd.api.types.is_numeric_dtype(column) else "text"
