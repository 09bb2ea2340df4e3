"""Heat maps as plates draw them: of a year, and of all years side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure as Canvas
from matplotlib.image import AxesImage

from ..core.matrix import LabelledMatrix
from .figures import Setting
from .heat import MOST_INTERACTIVE, coloured, pooled, reading_of, scale_of
from .kit import HeatMap, Key
from .plate_style import INK, axes_at, canvas, chosen, closed, styled, wrapped

__all__ = ["map_plate", "map_years_plate"]

#: Sectors up to which rows carry names; up to MOST_INTERACTIVE they carry codes, then nothing.
MOST_NAMES = 60
#: Side of a map, at least and at most, and of a cell, in inches.
SIDE, MOST_SIDE, CELL = 4.2, 10.0, 0.083
#: Points along a side of a map, and of a small one.
MOST_POINTS, MOST_SMALL = 480, 160
#: Small maps side by side, and their side in inches.
ABREAST, SMALL = 4, 1.55


@styled
def map_plate(heat: HeatMap, setting: Setting, key: Key) -> Canvas:
    """Draw one matrix of a heat map, with the shares beside its rows.

    Parameters
    ----------
    heat : HeatMap
        What is to be drawn.
    setting : Setting
        Names of the sectors, and whether the data are invented.
    key : tuple of str
        Which of its series: a year, or a choice and a year.

    Returns
    -------
    matplotlib.figure.Figure
        Rows are receivers. Up to 60 sectors rows carry names, up to 120 codes, above no labels.
    """
    matrix, beside = heat.series[key].matrix, heat.series[key].beside
    size = max(matrix.shape)
    side = min(max(SIDE, CELL * size), MOST_SIDE)
    plate = canvas(side + 3, side + 1)
    axes = axes_at(plate, 2, 0.5, side, side)
    dense, block = pooled(matrix.values.toarray(), MOST_POINTS)
    legend, colour = scale_of(heat)
    image = coloured(axes, dense, colour)
    axes.set_aspect("auto")
    _label(axes, setting, matrix, heat.axes, side)
    if beside is not None:
        strip = axes_at(plate, 2 + side + 0.08, 0.5, 0.45, side)
        _shares(strip, axes, beside.reindex(list(matrix.rows)), dense.shape[0] / matrix.shape[0])
    _legend(plate, axes_at(plate, 2, side + 0.68, side * 0.6, 0.1), image, legend)
    note = reading_of(heat)
    if block > 1:
        note += f" {size:,} sectors: a point shows the largest of {block} × {block} cells."
    note = f"{note} {heat.series[key].note}".rstrip()
    title = chosen(heat.title, heat.choice, key)
    return closed(plate, [axes], title, note, synthetic=setting.synthetic)


def _label(
    axes: Axes, setting: Setting, matrix: LabelledMatrix, titles: tuple[str, str], side: float
) -> None:
    """Name rows on the left and columns above, as far as there is room."""
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_ylabel(titles[0])
    axes.set_xlabel(titles[1])
    size = max(matrix.shape)
    if size > MOST_INTERACTIVE:
        axes.set_xticks([])
        axes.set_yticks([])
        return
    letter = min(6.0, max(4.0, 72 * side / size - 1))
    rows: Sequence[str] = matrix.rows
    if size <= MOST_NAMES:
        # Two lines of a name have to fit beside a cell.
        letters = 44 if 72 * side / size > 2.2 * letter else 1000
        rows = [wrapped(setting.label(code), letters) for code in matrix.rows]
    axes.set_yticks(range(len(rows)), rows, linespacing=0.9)
    axes.set_xticks(range(len(matrix.columns)), matrix.columns, rotation=90)
    axes.tick_params(length=0, labelsize=letter)


def _shares(strip: Axes, axes: Axes, shares: pd.Series[float], scale: float) -> None:
    """Draw shares beside the rows, on a scale from 0 to 1."""
    edges = np.arange(len(shares) + 1) * scale - 0.5
    lengths = np.nan_to_num(shares.to_numpy(dtype=np.float64))
    strip.stairs(lengths, edges, orientation="horizontal", fill=True, color="#1c5a8a")
    strip.set_ylim(axes.get_ylim())
    strip.set_xlim(0, 1)
    strip.set_yticks([])
    strip.set_xticks([0, 0.5, 1], ["0", ".5", "1"], fontsize=5.5)
    strip.axvline(0.5, color=INK, linewidth=0.4, linestyle=":")
    strip.xaxis.tick_top()
    strip.xaxis.set_label_position("top")
    strip.set_xlabel(str(shares.name), fontsize=6)


def _legend(plate: Canvas, place: Axes, image: AxesImage, title: str) -> None:
    """Draw the colour scale, and label every fourth band."""
    plate.colorbar(image, cax=place, orientation="horizontal")
    assert isinstance(image.norm, Normalize)
    ticks = [float(image.norm.inverse(k / 4)) for k in range(5)]
    place.set_xticks(ticks, [f"{tick:.2g}" for tick in ticks], fontsize=6)
    place.set_xticks([], minor=True)
    place.set_xlabel(title, fontsize=6.5)


@styled
def map_years_plate(heat: HeatMap, setting: Setting, choice: Key = ()) -> Canvas:
    """Draw a heat map in every year, side by side on one scale.

    Parameters
    ----------
    heat : HeatMap
        What is to be drawn, of at least one year.
    setting : Setting
        Whether the data are invented.
    choice : tuple of str
        Which of its choices, where it has any.

    Returns
    -------
    matplotlib.figure.Figure
        The oldest year first; no labels of sectors.
    """
    years = [key for key in heat.series if key[:-1] == choice]
    rows, step = -(-len(years) // ABREAST), SMALL + 0.3
    plate = canvas(min(len(years), ABREAST) * step + 1, rows * step + 1)
    legend, colour = scale_of(heat)
    panels, block = [], 1
    for k, key in enumerate(years):
        dense, block = pooled(heat.series[key].matrix.values.toarray(), MOST_SMALL)
        axes = axes_at(plate, (k % ABREAST) * step + 0.3, (k // ABREAST) * step + 0.3, SMALL, SMALL)
        image = coloured(axes, dense, colour)
        axes.set_aspect("auto")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_title(key[-1], loc="left", fontsize=7, pad=3)
        panels.append(axes)
    _legend(plate, axes_at(plate, 0.3, rows * step + 0.25, SMALL * 1.5, 0.09), image, legend)
    note = f"{reading_of(heat)} Sectors in the order of the classification; one scale of colours "
    note += "for all years."
    if block > 1:
        note += f" A point shows the largest of {block} × {block} cells."
    title = chosen(heat.title, heat.choice, (*choice, f"{years[0][-1]}–{years[-1][-1]}"))
    return closed(plate, panels, title, note, synthetic=setting.synthetic)
