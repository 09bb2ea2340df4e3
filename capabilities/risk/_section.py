"""What the page and the screen show of risk."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...reports.kit import Bars, Cards, Finding, Paragraph, Part, Section, Stack
from ...reports.tables import MOST_ROWS, Head, Table, begin, label, make_table, sector_table, show
from ...runs.capability import Grid, Shown
from ._compute import DIRECTIONS, Risk

__all__ = ["screen", "section"]

_SHOWN, _FEW = 25, 10
_INPUTS = {
    "table": "as the table essential_inputs says",
    "linear": "none is essential (linear, the lower end)",
    "leontief": "all are essential (Leontief, the upper end)",
}
_HEADS = (
    Head("Both", "percent", "the index"),
    Head("downstream", "percent", "what customers lack"),
    Head("upstream", "percent", "what suppliers do not sell"),
)


def section(risk: Risk, names: Mapping[str, str]) -> Section:
    """Return the section of risk.

    Parameters
    ----------
    risk : Risk
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    parts: list[Part] = [
        Paragraph(
            "Share of all deliveries between firms that is lost when a firm fails and nobody plans "
            "for it (economic systemic risk index). Customers lack its deliveries (downstream), "
            "suppliers lose its orders (upstream), and both pass on what they lose; of the two the "
            f"larger loss of each firm counts. {_choices(risk)}"
        ),
        Paragraph(_proof(risk)),
        Cards((_finding(risk),)),
        _bars(risk),
        _firms(risk, names),
        _industries(risk, names),
    ]
    return Section("risk", "Systemic risk of firms", tuple(parts), f", {risk.trade.year}")


def screen(risk: Risk, names: Mapping[str, str]) -> list[Shown]:
    """Return what the command shows.

    Parameters
    ----------
    risk : Risk
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    rows = []
    for firm, row in risk.firms.head(_FEW).iterrows():
        numbers = [show(row[name], "percent") for name in DIRECTIONS]
        rows.append([_called(firm, row), *numbers])
    heads = ["Firm", *(head.title for head in _HEADS)]
    title = f"Share of all deliveries lost where a firm fails, {risk.trade.year}"
    return [f"{_choices(risk)} {_proof(risk)}", Grid(title, heads, rows)]


def _called(firm: object, row: pd.Series) -> str:
    return label(firm, {str(firm): row["firm_name"]})


def _choices(risk: Risk) -> str:
    """Say what was chosen: numbers are others for other choices."""
    market = (
        "other firms of its industry can" if risk.options.market == "industry" else "nobody can"
    )
    sells = {
        "deliveries": "firms sell to firms of the network alone",
        "sector": "firms sell to others as much as their sector does",
    }
    return (
        f"Inputs: {_INPUTS[risk.inputs]}. {begin(market)} replace a supplier; "
        f"{sells[risk.revenue]}. A cascade ends where no firm changes by more than "
        f"{show(risk.options.tolerance, 'percent')}."
    )


def _proof(risk: Risk) -> str:
    every, links = len(risk.trade.firms), risk.trade.deliveries.values.nnz
    size = f"{every:,} firms and {links:,} links of {risk.trade.year}"
    if risk.whole:
        return f"All firms were let fail: {size}."
    bound = show(risk.bound, "percent")
    if risk.certified:
        return f"The highest {len(risk.firms):,} of {size}: no other firm has more than {bound}."
    return (
        f"The highest {len(risk.firms):,} that were found of {size}: others may have up to {bound}."
    )


def _finding(risk: Risk) -> Finding:
    top = risk.firms.head(3)
    items = tuple(
        (_called(firm, row), show(row["both"], "percent")) for firm, row in top.iterrows()
    )
    return Finding(
        "Largest systemic risk of a firm",
        show(risk.firms["both"].iloc[0], "percent"),
        items,
        "of all deliveries between firms are lost where the first of these fails.",
    )


def _bars(risk: Risk) -> Bars:
    year = str(risk.trade.year)
    return Bars(
        "risk",
        "The firm of each sector whose failure costs most",
        "Share of all deliveries between firms that is lost where that firm of the sector fails "
        "whose failure costs most; another firm may be the largest downstream or upstream.",
        "% of all deliveries",
        {"": ["largest of a firm"]},
        {(name, year): Stack([100 * risk.industries[name].dropna()]) for name in DIRECTIONS},
        choice="Direction",
    )


def _firms(risk: Risk, names: Mapping[str, str]) -> Table:
    total = risk.trade.firms["deliveries"].sum()
    heads = [
        Head("Firm", "code"),
        Head("Name"),
        Head("Industry", "code"),
        Head("Sector"),
        *_HEADS,
        Head("Share in deliveries", "percent"),
        Head("Steps", "count"),
    ]
    rows = [
        [
            firm,
            row["firm_name"],
            row["industry"],
            label(row["sector"], names),
            *(row[name] for name in DIRECTIONS),
            row["deliveries"] / total,
            row["steps"],
        ]
        for firm, row in risk.firms.head(_SHOWN).iterrows()
    ]
    note = "" if len(risk.firms) <= _SHOWN else f"The highest {_SHOWN}; more are in firms.csv."
    return make_table("Firms whose failure would be felt most", heads, rows, note=note)


def _industries(risk: Risk, names: Mapping[str, str]) -> Table:
    heads = [
        Head("Firms", "count"),
        Head("Carrier", "code", "the firm whose failure costs most"),
        *_HEADS,
        Head("Share of the largest", "percent", "in the sector's deliveries"),
        Head("Make half", "count", "least number of firms that deliver half of it"),
        Head("HHI", "value", "sum of squared shares in the sector's deliveries"),
    ]
    columns = ["firms", "carrier", *DIRECTIONS, "top_share", "make_half", "hhi"]
    shown: pd.DataFrame = risk.industries[columns].sort_values(
        "both", ascending=False, kind="stable"
    )
    note = (
        "A firm whose industry belongs to several sectors stands in the one with the largest "
        "weight. Losses overlap and do not add up."
    )
    caption = "Who carries a sector"
    return sector_table(caption, heads, shown, names, note=note, limit=MOST_ROWS)
