"""Lines over the years as plates draw them: a small chart for each of the largest sectors."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure as Canvas

from .figures import Setting
from .kit import Lines
from .lines import one_scale
from .plate_style import axes_at, canvas, closed, largest_alone, styled, wrapped

__all__ = ["lines_plate"]

#: Small charts of a plate, and side by side; their size and that of a line of text, in inches.
MOST, ABREAST = 24, 4
WIDTH, HEIGHT, TEXT_LINE = 1.45, 0.8, 0.095
LETTERS = 30


@styled
def lines_plate(lines: Lines, setting: Setting, quantity: str) -> Canvas:
    """Draw a quantity of the largest sectors over the years, all on one scale.

    Parameters
    ----------
    lines : Lines
        What is to be drawn.
    setting : Setting
        Names of the sectors, and whether the data are invented.
    quantity : str
        Which of its series.

    Returns
    -------
    matplotlib.figure.Figure
    """
    frame = lines.series[quantity]
    top = frame.head(MOST)
    labels = [wrapped(setting.label(str(code)), LETTERS) for code in top.index]
    rows = max(label.count("\n") + 1 for label in labels)
    across, down = WIDTH + 0.25, HEIGHT + 0.22 + TEXT_LINE * rows
    plate = canvas(min(len(top), ABREAST) * across + 0.6, -(-len(top) // ABREAST) * down + 0.6)
    years, panels = [int(year) for year in top.columns], []
    span = years[-1] - years[0]
    for k, (label, row) in enumerate(zip(labels, top.to_numpy(dtype=np.float64), strict=True)):
        left, above = (k % ABREAST) * across + 0.4, (k // ABREAST) * down + 0.2
        axes = axes_at(plate, left, above + TEXT_LINE * rows, WIDTH, HEIGHT)
        axes.plot(years, row, color="#1c5a8a", linewidth=1, marker="o", markersize=1.8)
        axes.set_title(label, loc="left", fontsize=6.2, pad=3)
        axes.set_ylim(*one_scale(top))
        axes.set_xlim(years[0] - 0.05 * span, years[-1] + 0.05 * span)
        axes.set_xticks([years[0], years[-1]], [str(years[0]), str(years[-1])])
        axes.locator_params(axis="y", nbins=3)
        axes.tick_params(labelsize=5.8, length=2, labelleft=k % ABREAST == 0)
        axes.grid(axis="y", color="#d9dee4", linewidth=0.4)
        axes.spines[["top", "right"]].set_visible(False)
        panels.append(axes)
    note = lines.caption + largest_alone(len(top), len(frame))
    title = f"{lines.title}, {quantity}, {years[0]}–{years[-1]}"
    return closed(plate, panels, title, note, synthetic=setting.synthetic)
