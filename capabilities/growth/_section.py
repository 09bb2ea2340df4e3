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


def section(growth: Growth, names: Mapping[str, str]) -> Section:
    """Return the section of growth.

    Parameters
    ----------
    growth : Growth
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    formula, adding_up = _FILTER[growth.column]
    files = tables(growth)
    percent = {name: 100 * table for name, table in files.items() if name != "panel"}
    note = "Misfit: growth of output less ψ g; factors and mixes move." if growth.misfit else ""
    means = percent["sectors"].drop(columns="correlation", errors="ignore")
    parts: list[Part] = [
        Paragraph(
            f"Growth of output that progress explains, Δ ln y = ψ g, {growth.span}: the sector's "
            f"own progress g, and what spills over from others. {formula} S and W are those of "
            f"{growth.networks} in all years. All in % a year (100 log points)."
        ),
        Verdict(
            f"{adding_up} add up to the growth of {growth.column} that was given, in every sector "
            f"and year: the largest difference is {show(growth.gap, 'gap')} log points.",
            good=growth.gap <= _EXACT,
        ),
        Cards((_aggregate(growth, files),)),
        _bars(growth),
        frame_table(f"Sectors, mean {growth.span}", means, names, note),
    ]
    if growth.weight:
        text = f"The aggregate by year, weights: {growth.weight}"
        parts.append(frame_table(text, percent["aggregate"], {}))
    if growth.trend is not None:
        text = f"Trend of own progress, g = Γ1 + Γ2 t, t = 0 in {growth.trend.origin}"
        note = "Newey–West errors; fitted: % of the variance of g that the trend explains."
        parts.append(Folded(text, (frame_table(text, percent["trend"], names, note),)))
    return Section("growth", "Growth", tuple(parts), f", {growth.span}")


def screen(growth: Growth, names: Mapping[str, str]) -> list[str]:
    """Return what the command shows.

    Parameters
    ----------
    growth : Growth
        What was computed.
    names : mapping of str to str
        Names of the sectors; none is shown.
    """
    each, about = (
        _aggregate(growth, tables(growth)),
        f"{growth.span}, with S and W of {growth.networks}",
    )
    return [f"{each.title}, {about}: {each.value}{each.meaning}"]


def _aggregate(growth: Growth, files: Tables) -> Finding:
    """Return growth and the part of it that is spillover, of the aggregate or the mean sector."""
    mean = 100 * files["aggregate" if growth.weight else "sectors"].mean()
    of = f"weights: {growth.weight}" if growth.weight else "mean of the sectors"
    own, others = show(mean["own"], "value"), show(mean["growth"] - mean["own"], "value")
    meaning = f"% a year, {of}: {own} own, {others} spillover."
    return Finding("Growth from progress", show(mean["growth"], "value"), (), meaning)


def _bars(growth: Growth) -> Bars:
    parts = [100 * getattr(growth.account, name) for name in EXACT]
    years = list(growth.account.own.index)[: -_SHOWN - 1 : -1]
    mean = Stack([part.mean() for part in parts])
    series: dict[tuple[str, ...], Stack] = {(f"mean {growth.span}",): mean}
    series |= {(str(year),): Stack([part.loc[year] for part in parts]) for year in years}
    older = (
        f" Years before {years[-1]} are in panel.csv."
        if len(growth.account.own) > len(years)
        else ""
    )
    return Bars(
        "growth",
        "Growth by channel",
        "The sector's own progress (grey), and what reaches it from others through chains of "
        "inputs alone, of citations alone, and of both (interaction); the four add up to the "
        f"number. Parts below zero lie on the left. S and W are those of {growth.networks}.{older}",
        "% a year",
        {"": EXACT},
        series,
    )
