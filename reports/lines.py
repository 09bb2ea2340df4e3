"""The view over years: a small chart for each sector, of its benefit and its contribution."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from .charts import COLOURS, INK, LINE, Spec, finish
from .content import ReportContent
from .figures import Control, Figure, rounded, sector_labels

__all__ = ["line_figure", "lines_chart", "over_years"]

#: Years from which on a view over years says more than bars.
FEWEST_YEARS = 3
#: Sectors drawn at first, and at most.
FIRST_LINES, MOST_LINES = 12, 60
#: Letters of a line above a small chart.
LETTERS = 24


def over_years(content: ReportContent) -> dict[str, pd.DataFrame]:
    """Return benefit and contributions by sector over the years.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    dict of str to pandas.DataFrame, each of shape (N, T)
        By quantity (``benefit``, ``contribution: unit``, ...), only with at least three years;
        index: code, the largest of the last year first; columns: years, oldest first; in %.
    """
    found: dict[str, dict[int, pd.Series[float]]] = {}
    for result in content.ordered:
        if result.benefit is not None:
            found.setdefault("benefit", {})[result.year] = result.benefit
        for weight, values in result.contribution.items():
            found.setdefault(f"contribution: {weight}", {})[result.year] = values
    frames = {}
    for name, years in found.items():
        frame = pd.DataFrame(years).dropna(how="all")
        if len(years) >= FEWEST_YEARS and len(frame):
            frames[name] = frame.sort_values(frame.columns[-1], ascending=False, kind="stable")
    return frames


def line_figure(content: ReportContent) -> Figure | None:
    """Return the small charts over years, or ``None`` with fewer than three years.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    Figure or None
    """
    frames = over_years(content)
    if not frames:
        return None
    place = {row[0]: i for i, row in enumerate(sector_labels(content))}
    blocks = {name: _block(frame, place) for name, frame in frames.items()}
    shown = sorted({sector for block in blocks.values() for sector in block["i"]})
    codes = list(place)
    title = "Over the years"
    caption = (
        "Benefit (row sums of ψ) and contribution (column sums) of each sector by report year, in "
        "%, the largest of the last year first. All small charts share one scale, which does not "
        "start at zero."
    )
    lengths = [len(frame) for frame in frames.values()]
    most = min(max(lengths), MOST_LINES)
    if max(lengths) > most:
        caption += f" Only the {most} largest are here."
    payload: Spec = {
        "kind": "lines",
        "title": title,
        "labels": {str(k): _label(content, codes[k]) for k in shown},
        "chart": lines_chart(synthetic=content.synthetic),
        "blocks": blocks,
    }
    controls = [Control("Of", tuple((name, name) for name in frames), next(iter(frames)))]
    if most > FIRST_LINES:
        options = ((str(FIRST_LINES), f"{FIRST_LINES} largest"), ("0", f"all {most}"))
        controls.append(Control("Show", options, str(FIRST_LINES), role="limit"))
    return Figure("figure-years", title, caption, tuple(controls), payload)


def _label(content: ReportContent, code: str) -> str:
    return "\n".join(textwrap.wrap(content.label(code), LETTERS))


def _block(frame: pd.DataFrame, place: Mapping[str, int]) -> Spec:
    """Return years, and a row of values for each of the largest sectors."""
    top = frame.head(MOST_LINES)
    values = top.to_numpy(dtype=np.float64)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.1
    return {
        "i": [place[str(code)] for code in top.index],
        "x": [int(year) for year in top.columns],
        "v": [rounded(row) for row in values],
        "domain": [float(f"{low - room:.4g}"), float(f"{high + room:.4g}")],
    }


def lines_chart(*, synthetic: bool = False) -> Spec:
    """Return small charts over years, one a sector, on one scale.

    Parameters
    ----------
    synthetic : bool
        Whether the chart must carry the warning.

    Returns
    -------
    dict
        A Vega-Lite specification; its rows have ``label``, ``sector``, ``place`` (its order),
        ``year`` and ``value``. The page sets width, columns and the ends of both axes.

    Examples
    --------
    >>> spec = lines_chart()
    >>> spec["facet"]["field"], spec["spec"]["encoding"]["x"]["field"]
    ('label', 'year')
    """
    hover = [
        alt.Tooltip("sector:N", title="sector"),
        alt.Tooltip("year:Q", title="year", format="d"),
        alt.Tooltip("value:Q", title="value", format=".4~g"),
    ]
    years = alt.Axis(title=None, format="d", grid=False, labelFlush=8, ticks=True, domainColor=INK)
    values = alt.Axis(title=None, tickCount=3, domain=False, ticks=False)
    mark = alt.MarkDef("line", color=COLOURS[1], point={"size": 14, "color": COLOURS[1]})
    base = alt.Chart(alt.NamedData(name="rows"), mark=mark).encode(
        x=alt.X("year:Q", scale=alt.Scale(nice=False, padding=4), axis=years),
        y=alt.Y("value:Q", scale=alt.Scale(nice=False, zero=False), axis=values),
        tooltip=hover,
    )
    head = alt.Header(
        title=None,
        labelExpr="split(datum.label, '\\n')",
        labelLimit=0,
        labelFontSize=10,
        labelLineHeight=LINE,
        labelAnchor="start",
        labelColor=INK,
        labelPadding=4,
    )
    order = alt.EncodingSortField(field="place", op="min")
    small = alt.Facet("label:N", sort=order, header=head)
    chart = base.properties(width=150, height=84).facet(facet=small, columns=4, spacing=14)
    return finish(chart, synthetic=synthetic)
