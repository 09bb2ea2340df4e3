"""Tables and key findings of the results: sectors, hubs, largest cells, years."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..core.matrix import LabelledMatrix
from .content import ReportContent, YearResult
from .tables import Head, Table, make_table, show

__all__ = [
    "HUB_NOTES",
    "Finding",
    "cell_table",
    "diagnostics_table",
    "findings",
    "hub_tables",
    "notes_table",
    "off_identity",
    "sector_table",
    "year_table",
]

#: Rows of a table of sectors beyond which the page says how many it leaves out.
MOST_ROWS = 250

#: What the usual columns of a hub table mean.
HUB_NOTES = {
    "in_strength": "column sum: what the others and itself take from the sector as a source",
    "out_strength": "row sum: what the sector takes as a receiver",
    "pagerank": "weighted PageRank, damping 0.85; sums to 1",
    "katz_bonacich": "column sum of (I − αM)⁻¹: direct and indirect use, never below 1",
    "eigenvector": "left Perron vector, largest entry 1; – where there is no single one",
    "betweenness": "shortest directed paths between two others that pass through the sector",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A headline number: its title, a value, a list of (name, number), and what it means."""

    title: str
    value: str
    items: tuple[tuple[str, str], ...]
    meaning: str


def off_identity(psi: LabelledMatrix) -> LabelledMatrix:
    """Return ψ − I: without the rise that every sector has from itself.

    Examples
    --------
    >>> psi = LabelledMatrix.build("psi", [[1.5, 0.25], [0, 1]], ["a", "b"], unit="% per %")
    >>> off_identity(psi).to_frame().to_numpy().tolist()
    [[0.5, 0.25], [0.0, 0.0]]
    """
    dense = psi.values.toarray()
    place = {label: j for j, label in enumerate(psi.columns)}
    for i, label in enumerate(psi.rows):
        if label in place:
            dense[i, place[label]] -= 1.0
    # Rounding of an exact 1 is no spillover.
    dense[np.abs(dense) < 1e-14] = 0.0
    return LabelledMatrix.build(
        "psi - I", dense, psi.rows, psi.columns, unit=psi.unit, year=psi.year
    )


def _last(content: ReportContent, *kinds: str) -> YearResult | None:
    """Return the last year that has one of the matrices."""
    for result in reversed(content.ordered):
        if any(getattr(result, kind) is not None for kind in kinds):
            return result
    return None


def _largest(content: ReportContent, values: pd.Series[float]) -> tuple[tuple[str, str], ...]:
    """Return the three largest entries, as sector and number."""
    top = values.dropna().sort_values(ascending=False, kind="stable").head(3)
    return tuple((content.label(str(code)), show(x, "value")) for code, x in top.items())


def _sums(matrix: LabelledMatrix, *, rows: bool) -> pd.Series[float]:
    """Return row or column sums by label."""
    axis = 1 if rows else 0
    values = np.asarray(matrix.values.sum(axis=axis)).ravel()
    return pd.Series(values, index=list(matrix.rows if rows else matrix.columns))


def findings(content: ReportContent) -> list[Finding]:
    """Return the headline numbers of the last year that has results.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    list of Finding
        Empty for a study without results.
    """
    result = _last(content, "psi", "W", "S")
    if result is None:
        return []
    found = _psi_findings(content, result) or _network_findings(content, result)
    return found + _proof_findings(content, result)


def _psi_findings(content: ReportContent, result: YearResult) -> list[Finding]:
    """Who gains, who gives, and how much of it is spillover."""
    found = []
    if result.benefit is not None:
        meaning = "% of output gained when technology rises by 1% in every sector (row sums of ψ)."
        items = _largest(content, result.benefit)
        found.append(Finding("Largest receivers", "", items, meaning))
    for weight, values in list(result.contribution.items())[:2]:
        meaning = (
            f"% gained by all sectors, weights: {weight}, when technology rises by 1% in this "
            "one (column sums of ψ)."
        )
        title = f"Largest sources, weights: {weight}"
        found.append(Finding(title, "", _largest(content, values), meaning))
    if result.benefit is not None and result.spillover is not None:
        share = result.spillover / result.benefit
        total = float(result.spillover.sum() / result.benefit.sum())
        low, high = show(share.min(), "percent"), show(share.max(), "percent")
        meaning = (
            "of all benefit is (ψ − I)1, what comes on top of the sector's own 1%; by sector from "
            f"{low} to {high}."
        )
        found.append(Finding("Spillover in benefit", show(total, "percent"), (), meaning))
    return found


def _network_findings(content: ReportContent, result: YearResult) -> list[Finding]:
    """Largest receivers and sources of a network alone."""
    found = []
    for name, verb, passive in (("W", "cites", "cited"), ("S", "uses", "used")):
        matrix = result.W if name == "W" else result.S
        if matrix is None:
            continue
        receivers = _largest(content, _sums(matrix, rows=True))
        sources = _largest(content, _sums(matrix, rows=False))
        meaning = f"Share that the sector {verb} of the others (row sums of {name})."
        found.append(Finding(f"Largest receivers in {name}", "", receivers, meaning))
        meaning = f"Shares in which the sector is {passive} (column sums of {name})."
        found.append(Finding(f"Largest sources in {name}", "", sources, meaning))
    return found


def _proof_findings(content: ReportContent, result: YearResult) -> list[Finding]:
    """Whether chains die out, own citations, and how much flow reached a sector."""
    found = []
    if result.spectral_radius:
        items = tuple((f"ρ({k})", show(v, "value")) for k, v in result.spectral_radius.items())
        dying = all(value < 1 for value in result.spectral_radius.values())
        meaning = "Below 1, so chains die out." if dying else "NOT below 1: chains never die out."
        if result.residual is not None:
            meaning += f" Proof by substitution leaves {show(result.residual, 'gap')}."
        found.append(Finding("Spectral radii", "", items, meaning))
    if result.own_share is not None and result.own_share.notna().any():
        own = result.own_share.dropna()
        meaning = f"median own share of citations; above one half in {(own > 0.5).sum()} of "
        meaning += f"{len(own)} sectors that cite."
        found.append(Finding("Own citations", show(own.median(), "percent"), (), meaning))
    reached = []
    for total in content.totals:
        target, rest = total.levels.get("target"), total.levels.get("unmapped") or 0.0
        if target is not None and target + rest:
            reached.append((total.flow, show(target / (target + rest), "percent")))
    if reached:
        meaning = "of the flow runs between named sectors; the rest is kept as ‘unmapped’."
        found.append(Finding("Reached the sectors", "", tuple(reached), meaning))
    return found


def _at(values: pd.Series[float] | None, code: str) -> float | None:
    """Return the entry of a code, or ``None``."""
    return None if values is None or code not in values.index else float(values[code])


def sector_table(content: ReportContent) -> Table | None:
    """Return all numbers by sector of the last year, or ``None`` without results."""
    result = _last(content, "psi", "W", "S")
    if result is None:
        return None
    columns: list[tuple[Head, pd.Series[float]]] = []
    if result.benefit is not None:
        columns.append((Head("Benefit, %", "value", "row sum of ψ"), result.benefit))
    if result.spillover is not None:
        head = Head("of it spillover, %", "value", "row sum of ψ − I")
        columns.append((head, result.spillover))
    for weight, values in result.contribution.items():
        columns.append((Head(f"Contribution, %: {weight}", "value"), values))
    if result.own_share is not None:
        columns.append((Head("Own citations", "percent"), result.own_share))
    for name, matrix in (("W", result.W), ("S", result.S)):
        if matrix is not None:
            columns.append((Head(f"Row sum of {name}", "value"), _sums(matrix, rows=True)))
    one = next(m for m in (result.psi, result.W, result.S) if m is not None)
    heads = [Head("Code", "code"), Head("Sector"), *(head for head, _ in columns)]
    rows = [
        [code, content.names.get(code, ""), *(_at(values, code) for _, values in columns)]
        for code in one.rows
    ]
    caption = f"Sectors, {result.year}"
    return make_table(caption, heads, rows, limit=MOST_ROWS)


def hub_tables(content: ReportContent) -> list[Table]:
    """Return one table of hubs for each matrix, largest first by its first column."""
    tables = []
    told: set[str] = set()
    for name, frame in content.hubs.items():
        if not len(frame.columns):
            continue
        numbers = frame.astype(float)
        numbers = numbers.sort_values(numbers.columns[0], ascending=False, kind="stable")
        heads = [Head("Code", "code"), Head("Sector")]
        heads += [
            Head(str(c).replace("_", " "), _form(numbers[c]), HUB_NOTES.get(str(c), ""))
            for c in numbers.columns
        ]
        rows = [
            [str(code), content.names.get(str(code), ""), *row]
            for code, row in zip(numbers.index, numbers.to_numpy().tolist(), strict=True)
        ]
        notes = [f"{h.title}: {h.note}" for h in heads if h.note and h.title not in told]
        told.update(head.title for head in heads)
        note = "; ".join(notes) + "." if notes else ""
        caption = f"Hubs of {'ψ' if name == 'psi' else name}"
        tables.append(make_table(caption, heads, rows, note=note, limit=MOST_ROWS))
    return tables


def _form(values: pd.Series[float]) -> str:
    """Show counts as counts."""
    known = values.dropna()
    return "count" if len(known) and (known == known.round()).all() else "value"


def cell_table(content: ReportContent, matrix: LabelledMatrix, title: str, count: int) -> Table:
    """Return the largest cells of a matrix, largest first."""
    long = matrix.to_long().sort_values("value", ascending=False, kind="stable").head(count)
    rows = [
        [content.label(str(receiver)), content.label(str(source)), float(value)]
        for receiver, source, value in long.itertuples(index=False)
    ]
    heads = [Head("Receiver (row)"), Head("Source (column)"), Head("Value", "value")]
    return make_table(f"The {len(rows)} largest cells of {title}", heads, rows)


def _peak(content: ReportContent, values: pd.Series[float] | None) -> str:
    """Return the sector with the largest entry."""
    if values is None or not values.notna().any():
        return ""
    code: Hashable = values.idxmax()
    return content.label(str(code))


def year_table(content: ReportContent) -> Table | None:
    """Return means, spillover share and the leading sectors by year, if there is a ψ."""
    rows = []
    weights = next((name for year in content.ordered for name in year.contribution), "")
    for result in content.ordered:
        if result.benefit is None:
            continue
        share = None
        if result.spillover is not None:
            share = float(result.spillover.sum() / result.benefit.sum())
        first = result.contribution.get(weights)
        mean = float(result.benefit.mean())
        peaks = (_peak(content, result.benefit), _peak(content, first))
        rows.append([result.year, mean, share, *peaks])
    heads = [
        Head("Year", "year"),
        Head("Mean benefit, %", "value"),
        Head("of it spillover", "percent"),
        Head("Largest receiver"),
        Head(f"Largest source, weights: {weights}" if weights else "Largest source"),
    ]
    return make_table("Benefit by year", heads, rows) if rows else None


def diagnostics_table(content: ReportContent) -> Table | None:
    """Return spectral radii, condition numbers, residuals and flows by year."""
    years = content.ordered
    radii = list(dict.fromkeys(key for year in years for key in year.spectral_radius))
    conditions = list(dict.fromkeys(key for year in years for key in year.condition))
    if not years:
        return None
    heads = [Head("Year", "year")]
    heads += [Head(f"ρ({key})", "value") for key in radii]
    minus = str.maketrans({" ": "\u00a0", "-": "−"})
    heads += [Head(f"cond({key.translate(minus)})", "power") for key in conditions]
    heads += [
        Head("Residual", "gap", "largest entry of (I − S)ψ(I − W) − I"),
        Head("Sectors that never cite", "count"),
        Head("Citations between sectors", "total"),
        Head("Trade between sectors", "total"),
    ]
    rows = []
    for year in years:
        row: list[object] = [year.year]
        row += [year.spectral_radius.get(key) for key in radii]
        row += [year.condition.get(key) for key in conditions]
        row += [year.residual, len(year.zero_rows) if year.W is not None else None]
        row += [None if flow is None else flow.sum() for flow in (year.citations, year.trade)]
        rows.append(row)
    note = "The residual is the largest entry of (I − S)ψ(I − W) − I, which is 0 but for rounding."
    return make_table("Spectral radii, condition numbers and residuals", heads, rows, note=note)


def notes_table(content: ReportContent) -> Table | None:
    """Return the notes on the results, each once with its years."""
    found: dict[str, list[str]] = {}
    for year in content.ordered:
        silent = "; ".join(content.label(code) for code in year.zero_rows)
        texts = [f"Never cite, so no knowledge input: {silent}."] if silent else []
        for text in (*texts, *year.notes):
            found.setdefault(text, []).append(str(year.year))
    rows = [[text, ", ".join(years)] for text, years in found.items()]
    return make_table("Notes", [Head("Note"), Head("Years")], rows) if rows else None
