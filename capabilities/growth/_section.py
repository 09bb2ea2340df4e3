"""What the page shows of growth, in % a year: 100 log points."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analytics.spillovers import EXACT
from ...reports.findings import Finding
from ...reports.kit import Bars, Cards, Folded, Paragraph, Part, Section, Stack, Verdict
from ...reports.tables import Head, Table, make_table, show
from ._compute import Growth
from ._tables import by_sector, by_year, tables

__all__ = ["screen", "section"]

#: By what was given, the filter, and what adds up to it.
_FILTER = {
    "tfp": ("g = (I − W) Δ ln A, of tfp", "Own progress and innovation", "tfp"),
    "output": ("g = (I − W)(I − S) Δ ln y, of output", "Own progress and spillovers", "output"),
}
_EXACT, _ROWS, _SHOWN = 1e-12, 250, 10


def section(found: Growth, names: Mapping[str, str]) -> Section:
    """Return the section of growth.

    Parameters
    ----------
    found : Growth
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.

    Returns
    -------
    Section
    """
    formula, parts, whole = _FILTER[found.column]
    shown: list[Part] = [
        Paragraph(
            f"Growth of output that progress explains, Δ ln y = ψ g, {found.span}: the sector's "
            f"own progress g and what spills over from others. {formula}. S and W are those of "
            f"{found.networks} in all years. All in % a year (100 log points)."
        ),
        Verdict(
            f"{parts} add up to the growth of {whole} that was given, in every sector and year: "
            f"the largest difference is {show(found.gap, 'gap')} log points.",
            good=found.gap <= _EXACT,
        ),
        Cards(tuple(_findings(found))),
        _bars(found),
        _sectors(found, names),
    ]
    if found.column == "output":
        shown.insert(1, Paragraph("Growth of capital and labour, if any, is part of g here."))
    if found.aggregate is not None:
        title = f"The aggregate by year, weights: {found.weight}"
        shown.append(_table(title, "Year", 100 * by_year(found), {}))
    if found.trend is not None:
        text = f"Trend of own progress, g = Γ1 + Γ2 t, t = 0 in {found.trend.origin}"
        heads = {"fitted": "percent"}
        trend = tables(found)["trend"]
        trend = pd.concat([100 * trend.drop(columns="fitted"), trend["fitted"]], axis=1)
        note = "Newey–West errors; fitted: share of the variance of g that the trend explains."
        shown.append(Folded(text, (_table(text, "Sector", trend, names, heads, note),)))
    return Section("growth", "Growth", tuple(shown), f", {found.span}")


def screen(found: Growth) -> list[str]:
    """Return what the command shows.

    Parameters
    ----------
    found : Growth
        What was computed.
    """
    return [
        f"{each.title}, {found.span}, with S and W of {found.networks}: {each.value}{each.meaning}"
        for each in _findings(found)
    ]


def _findings(found: Growth) -> list[Finding]:
    """Return growth and the part of it that is spillover, of the aggregate or the mean sector."""
    table = by_sector(found) if found.aggregate is None else by_year(found)
    of = f"weights: {found.weight}" if found.weight else "mean of the sectors"
    growth, own = float(table["growth"].mean()), float(table["own"].mean())
    both = f"{show(100 * own, 'value')} own, {show(100 * (growth - own), 'value')} spillover"
    meaning = f"% a year, {of}: {both}."
    return [Finding("Growth from progress", show(100 * growth, "value"), (), meaning)]


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


def _sectors(found: Growth, names: Mapping[str, str]) -> Table:
    table = by_sector(found)
    shown = 100 * table.drop(columns="correlation", errors="ignore")
    if "correlation" in table:
        shown["correlation"] = table["correlation"]
    note = ""
    if found.misfit is not None:
        note = "Misfit: growth of output less what progress explains; factors and mixes move."
    return _table(f"Sectors, mean {found.span}", "Sector", shown, names, note=note)


def _table(
    title: str,
    first: str,
    numbers: pd.DataFrame,
    names: Mapping[str, str],
    forms: Mapping[str, str] | None = None,
    note: str = "",
) -> Table:
    """Return a table of numbers in %, a name beside each code."""
    columns = (str(name).replace("_", " ") for name in numbers)
    forms = forms or {}
    heads = [Head(first, "code"), *(Head(name, forms.get(name, "value")) for name in columns)]
    rows = [
        [f"{code} {names.get(str(code), '')}".strip(), *row]
        for code, row in zip(numbers.index, numbers.to_numpy().tolist(), strict=True)
    ]
    return make_table(title, heads, rows, note=note, limit=_ROWS)
