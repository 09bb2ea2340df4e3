"""Tables of the results: sectors, hubs, largest cells, ranks, years."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from ..analytics.spillovers import CHANNELS, mode_shares
from ..core.matrix import LabelledMatrix
from ..core.measures import MEASURES
from .content import INTERVAL, ReportContent, YearResult
from .tables import Head, Table, make_table

__all__ = [
    "cell_table",
    "diagnostics_table",
    "hub_tables",
    "interval_tables",
    "last_result",
    "notes_table",
    "off_identity",
    "sector_table",
    "sums",
    "year_table",
]

#: Rows of a table of sectors beyond which the page says how many it leaves out.
MOST_ROWS = 250


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


def last_result(content: ReportContent, *kinds: str) -> YearResult | None:
    """Return the last year that has one of the matrices."""
    for result in reversed(content.ordered):
        if any(getattr(result, kind) is not None for kind in kinds):
            return result
    return None


def sums(matrix: LabelledMatrix, *, rows: bool) -> pd.Series[float]:
    """Return row or column sums by label."""
    axis = 1 if rows else 0
    values = np.asarray(matrix.values.sum(axis=axis)).ravel()
    return pd.Series(values, index=list(matrix.rows if rows else matrix.columns))


def _at(values: pd.Series[float] | None, code: str) -> float | None:
    """Return the entry of a code, or ``None``."""
    return None if values is None or code not in values.index else float(values[code])


def sector_table(content: ReportContent) -> Table | None:
    """Return all numbers by sector of the last year, or ``None`` without results."""
    result = last_result(content, "psi", "W", "S")
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
    columns += _loss_columns(result) + _mode_columns(result)
    if result.own_share is not None:
        columns.append((Head("Own citations", "percent"), result.own_share))
    for name, matrix in (("W", result.W), ("S", result.S)):
        if matrix is not None:
            columns.append((Head(f"Row sum of {name}", "value"), sums(matrix, rows=True)))
    columns += _leak_columns(result)
    one = next(m for m in (result.psi, result.W, result.S) if m is not None)
    heads = [Head("Code", "code"), Head("Sector"), *(head for head, _ in columns)]
    rows = [
        [code, content.names.get(code, ""), *(_at(values, code) for _, values in columns)]
        for code in one.rows
    ]
    caption = f"Sectors, {result.year}"
    return make_table(caption, heads, rows, limit=MOST_ROWS)


def _leak_columns(result: YearResult) -> list[tuple[Head, pd.Series[float]]]:
    """What of gross output leaves the network; imports only where they are told apart."""
    if result.leaks is None:
        return []
    titles = {
        "value_added": "Value added in output",
        "imports": "Imports in output",
        "unexplained": "Unexplained in output",
    }
    known = {name: result.leaks[name] for name in titles}
    return [
        (Head(titles[name], "percent", "with inputs, the shares of output add up to 1"), values)
        for name, values in known.items()
        if name == "value_added" or (values.fillna(0.0) != 0).any()
    ]


def _loss_columns(result: YearResult) -> list[tuple[Head, pd.Series[float]]]:
    """What the sector loses without the innovation network, of its benefit and by weight."""
    if result.loss is None:
        return []
    columns = []
    for name in map(str, result.loss):
        what = name if name == "benefit" else f"contribution, {name}"
        head = Head(f"Lost without W, %: {what}", "value", "100 (1 − sum of U / sum of ψ)")
        columns.append((head, result.loss[name]))
    return columns


def _mode_columns(result: YearResult) -> list[tuple[Head, pd.Series[float]]]:
    """Shares of the modes in the spillover, exact and as printed."""
    if result.modes is None:
        return []
    columns = []
    for name, values in mode_shares(result.modes).items():
        note = "exact channel of ψ − I" if name in CHANNELS else "as the source prints it"
        columns.append((Head(f"Share of spillover: {name}", "percent", note), values / 100.0))
    return columns


def interval_tables(content: ReportContent) -> list[Table]:
    """Return, for each quantity with intervals, its ranks in the last year that has them."""
    newest = {name: result for result in content.ordered for name in result.intervals}
    tables = []
    for name, result in newest.items():
        frame = result.intervals[name].sort_values("rank", kind="stable")
        heads = [
            Head("Code", "code"),
            Head("Sector"),
            Head("Estimate, %", "value"),
            Head("Low", "value"),
            Head("High", "value"),
            Head("Rank", "count"),
            Head("Rank, best", "count", "the highest place that the draws leave open"),
            Head("Rank, worst", "count", "the lowest place that the draws leave open"),
        ]
        columns = list(INTERVAL)
        if "p" in frame:
            heads.append(Head("p", "value", "of the null hypothesis of the study's draws"))
            columns.append("p")
        rows = [
            [str(code), content.names.get(str(code), ""), *row]
            for code, row in zip(frame.index, frame[columns].to_numpy().tolist(), strict=True)
        ]
        caption = f"Ranks with intervals: {name}, {result.year}"
        tables.append(make_table(caption, heads, rows, note=content.uncertainty, limit=MOST_ROWS))
    return tables


def hub_tables(content: ReportContent) -> list[Table]:
    """Return one table of hubs for each matrix, largest first by its first column."""
    tables = []
    told: set[str] = set()
    meanings = {each.name: each.meaning for each in MEASURES}
    for name, frame in content.hubs.items():
        if not len(frame.columns):
            continue
        numbers = frame.astype(float)
        numbers = numbers.sort_values(numbers.columns[0], ascending=False, kind="stable")
        heads = [Head("Code", "code"), Head("Sector")]
        heads += [
            Head(str(c).replace("_", " "), _form(numbers[c]), meanings.get(str(c), ""))
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
        Head("Residual", "gap", "largest entry of (I − W)(I − S) ψ1 − 1, and the same for columns"),
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
    note = (
        "Condition numbers are in the maximum norm. The residual is what is left when the sums are "
        "put back: the largest entry of (I − W)(I − S) ψ1 − 1 and, relative to the largest weight, "
        "of the same for the columns. It is 0 but for rounding."
    )
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
