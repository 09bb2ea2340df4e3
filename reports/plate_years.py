"""Plate of the sums of ψ over the years: a small chart for each of the largest sectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from .content import ReportContent
from .plate_style import axes_at, canvas, closed, styled, wrapped

__all__ = ["years_plate"]

#: Small charts of a plate, and side by side; their size and that of a line of text, in inches.
MOST, ABREAST = 24, 4
WIDTH, HEIGHT, TEXT_LINE = 1.45, 0.8, 0.095
LETTERS = 30


@styled
def years_plate(content: ReportContent, quantity: str, frame: pd.DataFrame) -> Canvas:
    """Draw a quantity of the largest sectors over the years, all on one scale.

    Parameters
    ----------
    content : ReportContent
        Names, and whether the data are invented.
    quantity : str
        Its name, e.g. ``benefit``.
    frame : pandas.DataFrame, shape (N, T)
        In %; index: code, the largest first; columns: years, oldest first. As
        :func:`~spillgraph.reports.lines.over_years` gives it.

    Returns
    -------
    matplotlib.figure.Figure
    """
    top = frame.head(MOST)
    labels = [wrapped(content.label(str(code)), LETTERS) for code in top.index]
    lines = max(label.count("\n") + 1 for label in labels)
    across, down = WIDTH + 0.25, HEIGHT + 0.22 + TEXT_LINE * lines
    rows = -(-len(top) // ABREAST)
    plate = canvas(min(len(top), ABREAST) * across + 0.6, rows * down + 0.6)
    values = top.to_numpy(dtype=np.float64)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.1
    years, panels = [int(year) for year in top.columns], []
    for k, (label, row) in enumerate(zip(labels, values, strict=True)):
        left, above = (k % ABREAST) * across + 0.4, (k // ABREAST) * down + 0.2
        axes = axes_at(plate, left, above + TEXT_LINE * lines, WIDTH, HEIGHT)
        axes.plot(years, row, color="#1c5a8a", linewidth=1, marker="o", markersize=1.8)
        axes.set_title(label, loc="left", fontsize=6.2, pad=3)
        axes.set_ylim(low - room, high + room)
        span = years[-1] - years[0]
        axes.set_xlim(years[0] - 0.05 * span, years[-1] + 0.05 * span)
        axes.set_xticks([years[0], years[-1]], [str(years[0]), str(years[-1])])
        axes.locator_params(axis="y", nbins=3)
        axes.tick_params(labelsize=5.8, length=2, labelleft=k % ABREAST == 0)
        axes.grid(axis="y", color="#d9dee4", linewidth=0.4)
        axes.spines[["top", "right"]].set_visible(False)
        panels.append(axes)
    note = f"{quantity.capitalize()} in %, the largest of {years[-1]} first; one scale for all, "
    note += "which does not start at zero."
    if len(frame) > len(top):
        note += f" The {len(top)} largest of {len(frame):,} sectors."
    title = f"{quantity.capitalize()} by sector, {years[0]}–{years[-1]}"
    return closed(plate, panels, title, note, synthetic=content.synthetic)
