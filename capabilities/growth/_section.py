"""What the page shows of growth, in % a year: 100 log points."""

from __future__ import annotations

from collections.abc import Mapping

from ...analytics.spillovers import EXACT
from ...reports.kit import Bars, Cards, Finding, Folded, Paragraph, Part, Section, Stack, Verdict
from ...reports.tables import frame_table, show
from ...runs.capability import Tables
from ._compute import Growth
from ._tables import tables

__all__ = ["screen", "section"]

#: By what was given the filter, and what adds up to it.
_FILTER = {
    "tfp": ("g = (I − W) Δ ln A, of tfp.", "Own progress and innovation"),
    "output": (
        "g = (I − W)(I − S) Δ ln y, of output: growth of capital and labour, if any, is part of g.",
        "Own progress and spillovers",
    ),
}
_EXACT, _SHOWN = 1e-12, 10


def section(found: Growth, names: Mapping[str, str]) -> Section:
    """Return the section of growth.

    Parameters
    ----------
    found : Growth
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    formula, parts = _FILTER[found.column]
    files = tables(found)
    shown = {name: 100 * table for name, table in files.items() if name != "panel"}
    note = "Misfit: growth of output less ψ g; factors and mixes move." if found.misfit else ""
    means = shown["sectors"].drop(columns="correlation", errors="ignore")
    given: list[Part] = [
        Paragraph(
            f"Growth of output that progress explains, Δ ln y = ψ g, {found.span}: the sector's "
            f"own progress g, and what spills over from others. {formula} S and W are those of "
            f"{found.networks} in all years. All in % a year (100 log points)."
        ),
        Verdict(
            f"{parts} add up to the growth of {found.column} that was given, in every sector and "
            f"year: the largest difference is {show(found.gap, 'gap')} log points.",
            good=found.gap <= _EXACT,
        ),
        Cards((_aggregate(found, files),)),
        _bars(found),
        frame_table(f"Sectors, mean {found.span}", means, names, note),
    ]
    if found.weight:
        text = f"The aggregate by year, weights: {found.weight}"
        given.append(frame_table(text, shown["aggregate"], {}))
    if found.trend is not None:
        text = f"Trend of own progress, g = Γ1 + Γ2 t, t = 0 in {found.trend.origin}"
        note = "Newey–West errors; fitted: % of the variance of g that the trend explains."
        given.append(Folded(text, (frame_table(text, shown["trend"], names, note),)))
    return Section("growth", "Growth", tuple(given), f", {found.span}")


def screen(found: Growth, names: Mapping[str, str]) -> list[str]:
    """Return what the command shows.

    Parameters
    ----------
    found : Growth
        What was computed.
    names : mapping of str to str
        Names of the sectors; none is shown.
    """
    each, about = (
        _aggregate(found, tables(found)),
        f"{found.span}, with S and W of {found.networks}",
    )
    return [f"{each.title}, {about}: {each.value}{each.meaning}"]


def _aggregate(found: Growth, files: Tables) -> Finding:
    """Return growth and the part of it that is spillover, of the aggregate or the mean sector."""
    mean = 100 * files["aggregate" if found.weight else "sectors"].mean()
    of = f"weights: {found.weight}" if found.weight else "mean of the sectors"
    own, others = show(mean["own"], "value"), show(mean["growth"] - mean["own"], "value")
    meaning = f"% a year, {of}: {own} own, {others} spillover."
    return Finding("Growth from progress", show(mean["growth"], "value"), (), meaning)


def _bars(found: Growth) -> Bars:
    parts = [100 * getattr(found.account, name) for name in EXACT]
    years = list(found.account.own.index)[: -_SHOWN - 1 : -1]
    mean = Stack([part.mean() for part in parts])
    series: dict[tuple[str, ...], Stack] = {(f"mean {found.span}",): mean}
    series |= {(str(year),): Stack([part.loc[year] for part in parts]) for year in years}
    older = " Earlier years are in panel.csv." if len(found.account.own) > len(years) else ""
    return Bars(
        "growth",
        "Growth by channel",
        "The sector's own progress (grey), and what reaches it from others through chains of "
        "inputs alone, of citations alone, and of both (interaction); the four add up to the "
        f"number. Parts below zero lie on the left.{older}",
        "% a year",
        {"": EXACT},
        series,
    )
