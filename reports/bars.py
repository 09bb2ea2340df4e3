"""Bar figures: benefit (row sums of ψ), contribution (column sums) and own citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from .charts import Spec, bars_narrow, bars_wide
from .content import ReportContent
from .figures import Control, Figure, rounded, sector_labels, year_control

__all__ = ["bar_figures"]

#: Sectors above which only the largest are drawn at first.
MOST_BARS = 45

Parts = Sequence["pd.Series[float]"]
Series = Mapping[tuple[str, ...], Parts]


def bar_figures(content: ReportContent) -> dict[str, Figure]:
    """Return the bar figures that the content allows.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    dict of str to Figure
        By name, of ``benefit``, ``contribution`` and ``own``.
    """
    makers = {"benefit": _benefit, "contribution": _contribution, "own": _own}
    made = {name: maker(content) for name, maker in makers.items()}
    return {name: figure for name, figure in made.items() if figure is not None}


def _benefit(content: ReportContent) -> Figure | None:
    """Row sums of ψ, parted into the sector's own rise and spillover where both are known."""
    years = [result for result in content.ordered if result.benefit is not None]
    both = all(result.spillover is not None for result in years)
    series: dict[tuple[str, ...], Parts] = {}
    for result in years:
        assert result.benefit is not None
        parts: Parts = [result.benefit]
        if both and result.spillover is not None:
            parts = [result.benefit - result.spillover, result.spillover]
        series[(str(result.year),)] = parts
    figure = Figure(
        "figure-benefit",
        "Benefit: row sums of ψ",
        "How much the output of a sector rises, in %, when technology rises by 1% in every "
        "sector. The grey part is the sector's own 1%; the rest is spillover.",
    )
    names = ["own", "spillover"] if both else ["benefit"]
    return _drawn(content, figure, "% of the sector's output", names, series)


def _contribution(content: ReportContent) -> Figure | None:
    """Weighted column sums of ψ."""
    series: dict[tuple[str, ...], Parts] = {
        (weight, str(result.year)): [values]
        for result in content.ordered
        for weight, values in result.contribution.items()
    }
    figure = Figure(
        "figure-contribution",
        "Contribution: column sums of ψ",
        "How much the weighted sum of all outputs rises, in %, when technology rises by 1% in "
        "this sector alone. Weights ‘unit’ add the sectors up; with final-demand shares the sum "
        "is real GDP.",
    )
    return _drawn(content, figure, "% of the weighted sum of outputs", ["contribution"], series)


def _own(content: ReportContent) -> Figure | None:
    """Own citation shares."""
    series: dict[tuple[str, ...], Parts] = {
        (str(result.year),): [100 * result.own_share]
        for result in content.ordered
        if result.own_share is not None and result.own_share.notna().any()
    }
    figure = Figure(
        "figure-own",
        "Own citations",
        "Share of a sector's citations that stay within it. They are taken out of W after its "
        "rows are divided by all citations. Sectors that never cite are left out.",
    )
    return _drawn(content, figure, "% of the sector's citations", ["own citations"], series)


def _drawn(
    content: ReportContent, figure: Figure, axis: str, parts: Sequence[str], series: Series
) -> Figure | None:
    """Fill a figure with its controls, charts and data; ``None`` if there is nothing to draw."""
    if not series:
        return None
    labels = sector_labels(content)
    wide, narrow = (max(row[k].count("\n") + 1 for row in labels) for k in (2, 3))
    payload: Spec = {
        "kind": "bars",
        "title": figure.title,
        "parts": list(parts),
        "wide": bars_wide(parts, axis, wide, synthetic=content.synthetic),
        "narrow": bars_narrow(parts, axis, narrow, synthetic=content.synthetic),
        "blocks": _blocks(series, {row[0]: i for i, row in enumerate(labels)}),
    }
    controls = _controls(series, len(labels))
    return Figure(figure.id, figure.title, figure.caption, controls, payload)


def _controls(series: Series, sectors: int) -> tuple[Control, ...]:
    """Return the choices of weights and year, and of how many bars to draw."""
    controls = [year_control([int(key[-1]) for key in series])]
    weights = tuple(dict.fromkeys(key[0] for key in series if len(key) > 1))
    if weights:
        controls.insert(0, Control("Weights", tuple((w, w) for w in weights), weights[0]))
    if sectors > MOST_BARS:
        shown = (("25", "25 largest"), ("0", f"all {sectors}"))
        controls.append(Control("Show", shown, "25", role="limit"))
    return tuple(controls)


def _blocks(series: Series, place: Mapping[str, int]) -> dict[str, Spec]:
    """Return places of the sectors, values by part, and one axis for all years of a choice."""
    blocks: dict[str, Spec] = {}
    ends: dict[tuple[str, ...], list[float]] = {}
    for key, parts in series.items():
        whole = sum(parts[1:], parts[0]).dropna()
        ends.setdefault(key[:-1], [0.0]).extend(map(float, whole))
        blocks["|".join(key)] = {
            "i": [place[str(code)] for code in whole.index],
            "v": [rounded(part.reindex(whole.index)) for part in parts],
        }
    for key in series:
        # Room for the number behind the longest bar; negative weights may give negative sums.
        low, high = min(ends[key[:-1]]), max(ends[key[:-1]])
        span = {"bottom": float(f"{1.05 * low:.4g}"), "top": float(f"{1.1 * high or 1.0:.4g}")}
        blocks["|".join(key)] |= span
    return blocks
