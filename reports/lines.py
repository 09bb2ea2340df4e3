"""Lines over the years as the page draws them: a small chart for each sector."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from .charts import COLOURS, INK, LINE, Spec, finish
from .figures import Control, Figure, Setting, round_values
from .kit import Lines

__all__ = ["draw_lines", "lines_chart", "one_scale"]

#: Sectors drawn at first, and at most.
FIRST_LINES, MOST_LINES = 12, 60
#: Letters of a line above a small chart.
LETTERS = 24


def draw_lines(lines: Lines, setting: Setting) -> Figure | None:
    """Draw small charts over years for the page; ``None`` if there are none.

    Parameters
    ----------
    lines : Lines
        What is to be drawn.
    setting : Setting
        Names of the sectors, and whether the data are invented.

    Returns
    -------
    Figure or None
    """
    if not lines.series:
        return None
    codes = list(setting.labels)
    blocks = {name: _block(frame, setting.places) for name, frame in lines.series.items()}
    drawn = sorted({sector for block in blocks.values() for sector in block["i"]})
    caption, longest = lines.caption, max(len(frame) for frame in lines.series.values())
    most = min(longest, MOST_LINES)
    if longest > most:
        caption += f" Only the {most} largest are here."
    payload: Spec = {
        "kind": "lines",
        "title": lines.title,
        "labels": {
            str(k): "\n".join(textwrap.wrap(setting.label(codes[k]), LETTERS)) for k in drawn
        },
        "chart": lines_chart(synthetic=setting.synthetic),
        "blocks": blocks,
    }
    controls = [Control("Of", tuple((name, name) for name in blocks), next(iter(blocks)))]
    if most > FIRST_LINES:
        options = ((str(FIRST_LINES), f"{FIRST_LINES} largest"), ("0", f"all {most}"))
        controls.append(Control("Show", options, str(FIRST_LINES), role="limit"))
    return Figure(f"figure-{lines.name}", lines.title, caption, tuple(controls), payload)


def _block(frame: pd.DataFrame, place: Mapping[str, int]) -> Spec:
    """Return years, and a row of values for each of the largest sectors."""
    top = frame.head(MOST_LINES)
    return {
        "i": [place[str(code)] for code in top.index],
        "x": [int(year) for year in top.columns],
        "v": [round_values(row) for row in top.to_numpy(dtype=np.float64)],
        "domain": [float(f"{end:.4g}") for end in one_scale(top)],
    }


def one_scale(frame: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of an axis that shows all values of a frame, with some room.

    Examples
    --------
    >>> low, high = one_scale(pd.DataFrame({2012: [1.0, 2.0], 2017: [float("nan"), 3.0]}))
    >>> f"{low:g} to {high:g}"
    '0.88 to 3.12'
    """
    values = frame.to_numpy(dtype=np.float64)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.1
    return low - room, high + room


def lines_chart(*, synthetic: bool = False) -> Spec:
    """Return small charts over years, one a sector, on one scale.

    A row of its data has ``label``, ``sector``, ``place`` (its order), ``year`` and ``value``; the
    page sets width, columns and the ends of both axes.
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
