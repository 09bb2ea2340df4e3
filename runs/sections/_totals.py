"""Flows at every level, from the files to the sectors, and what of them reaches no sector."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ...graph.aggregate import Totals
from ...reports.kit import Finding, Heading, Paragraph, Part, Verdict
from ...reports.tables import Head, Table, make_table, show
from ._shortened import shorten_rows

__all__ = ["FlowTotals", "reached_finding", "totals_parts"]


@dataclass(frozen=True, slots=True)
class FlowTotals:
    """The totals of one flow.

    Parameters
    ----------
    flow : str
        Its name, e.g. ``citations``.
    unit : str
        Unit of its numbers.
    totals : Totals
        Its sums by level.
    tolerance : float
        Relative difference that rounding can explain.
    """

    flow: str
    unit: str
    totals: Totals
    tolerance: float = 1e-9

    @property
    def sums(self) -> list[float]:
        """The totals that must agree, where the level exists; the sectors with the residual."""
        each = self.totals
        return [
            each.input,
            *([] if each.firm is None else [each.firm]),
            each.fine,
            each.target + each.unmapped,
        ]

    @property
    def difference(self) -> float:
        """Largest minus smallest of the totals that must agree, in the unit of the flow."""
        return max(self.sums) - min(self.sums)

    @property
    def agree(self) -> bool:
        """Whether the totals, and the causes of the residual, agree within the tolerance."""
        size = max(abs(value) for value in self.sums)
        causes = abs(sum(self.totals.lost.values()) - self.totals.unmapped)
        gaps = (self.difference, causes if self.totals.lost else 0.0)
        return all(math.isfinite(gap) and gap <= self.tolerance * max(size, 1.0) for gap in gaps)


def totals_parts(
    flows: Sequence[FlowTotals],
    exchanged: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
) -> list[Part]:
    """Return the totals of every flow, its residual by cause and by sector, and the verdict.

    Parameters
    ----------
    flows : sequence of FlowTotals
        The flows.
    exchanged : mapping of str to DataFrame, index = sector code
        By flow, what each sector exchanges with the residual: ``from unmapped``, ``to unmapped``.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    heading = Heading("Totals by level and the residual ‘unmapped’")
    if not flows:
        return [heading, Paragraph("No totals were reported.")]
    return [
        heading,
        _verdict(flows),
        _totals_table(flows),
        _lost_table(flows),
        *_exchange_tables(flows, exchanged, names),
    ]


def reached_finding(flows: Sequence[FlowTotals]) -> list[Finding]:
    """Return how much of each flow runs between named sectors, as a headline number."""
    shares = [
        (each.flow, each.totals.target / whole)
        for each in flows
        if (whole := each.totals.target + each.totals.unmapped)
    ]
    if not shares:
        return []
    meaning = "of the flow runs between named sectors; the rest is kept as ‘unmapped’."
    items = tuple((flow, show(share, "percent")) for flow, share in shares)
    return [Finding("Reached the sectors", "", items, meaning)]


def _verdict(flows: Sequence[FlowTotals]) -> Verdict:
    odd = [each.flow for each in flows if not each.agree]
    if odd:
        return Verdict(
            f"The totals do NOT agree for: {', '.join(odd)}. Do not use the results before this is "
            "explained.",
            good=False,
        )
    return Verdict(
        "The totals agree at every level: no flow was created or lost between the files and the "
        "sectors; what has no sector is kept as ‘unmapped’.",
        good=True,
    )


def _totals_table(flows: Sequence[FlowTotals]) -> Table:
    heads = [
        Head("Flow"),
        Head("Input files", "total"),
        Head("Between firms", "total"),
        Head("Fine industries", "total"),
        Head("Named sectors", "total"),
        Head("Unmapped", "total"),
        Head("Unmapped, share", "percent"),
        Head("Largest difference", "gap"),
        Head("Agree", "check"),
    ]
    rows = []
    for each in flows:
        totals = each.totals
        whole = max(abs(value) for value in each.sums)
        share = totals.unmapped / whole if whole else None
        levels = (totals.input, totals.firm, totals.fine, totals.target, totals.unmapped)
        name = each.flow if each.unit == each.flow else f"{each.flow}, {each.unit}"
        rows.append([name, *levels, share, each.difference, each.agree])
    note = (
        "Input = firms = fine industries = named sectors + unmapped, for every flow in which the "
        "level exists (– where it does not). Flow without a sector is kept in the residual "
        "‘unmapped’; it is no row of W, S or ψ."
    )
    return make_table("Sum of each flow by level", heads, rows, note=note, sortable=False)


def _lost_table(flows: Sequence[FlowTotals]) -> Table:
    """Return the residual of each flow by cause; flows without a residual are listed too."""
    rows: list[list[object]] = []
    for each in flows:
        rest = each.totals.unmapped
        causes = each.totals.lost or {"all causes": rest}
        rows += [
            [each.flow, cause, value, value / rest if rest else None, each.unit]
            for cause, value in causes.items()
        ]
    heads = [
        Head("Flow"),
        Head("Cause"),
        Head("Flow lost", "total"),
        Head("Share of unmapped", "percent"),
        Head("Unit"),
    ]
    return make_table("The residual ‘unmapped’ by cause", heads, rows)


def _exchange_tables(
    flows: Sequence[FlowTotals], exchanged: Mapping[str, pd.DataFrame], names: Mapping[str, str]
) -> list[Table]:
    """Return, flow by flow, what each sector exchanges with the residual."""
    tables = []
    units = {each.flow: each.unit for each in flows}
    for flow, frame in exchanged.items():
        heads = [Head("Code", "code"), Head("Sector")]
        heads += [Head(str(column).capitalize(), "total") for column in frame]
        ranked = frame.astype(float)
        largest = ranked.sum(axis=1).sort_values(ascending=False, kind="stable").index
        ranked = ranked.loc[largest]
        rows = [
            [str(code), names.get(str(code), ""), *row]
            for code, row in zip(ranked.index, ranked.to_numpy().tolist(), strict=True)
            if any(row)
        ]
        unit = f", {units[flow]}" if units.get(flow, flow) != flow else ""
        caption = f"Flow between sectors and the residual: {flow}{unit}"
        if rows:
            tables.append(make_table(caption, heads, shorten_rows(rows, 2)))
    return tables
