"""Heat maps as the page draws them: by its script, or as a picture where sectors are many."""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm, Normalize, PowerNorm
from matplotlib.figure import Figure as Canvas
from matplotlib.image import AxesImage
from matplotlib.text import Text

from ..core.matrix import LabelledMatrix
from .charts import Spec, heat_map
from .figures import Figure, Setting, key_controls, rounded
from .kit import HeatMap
from .plate_style import quiet_fonts

__all__ = [
    "MOST_INTERACTIVE",
    "colour_scale",
    "coloured",
    "draw_map",
    "packed",
    "pooled",
    "reading_of",
    "scale_of",
]

#: Sectors up to which a heat map is drawn by the script; above, it is a picture.
MOST_INTERACTIVE = 120
#: Letters of a name beside a heat map; the reader finds the whole name by pointing at a cell.
MOST_LETTERS = 84
#: Steps of colour of a picture, as the bands of a contour map; they keep it small, too.
BANDS = 16
#: Points along the longer side of a picture.
MOST_PIXELS = 700


def draw_map(heat: HeatMap, setting: Setting) -> Figure | None:
    """Draw a heat map for the page; ``None`` if there is none.

    Parameters
    ----------
    heat : HeatMap
        What is to be drawn.
    setting : Setting
        Names of the sectors, and whether the data are invented.

    Returns
    -------
    Figure or None
        Up to 120 sectors the figure is interactive; above, it is a picture of what is shown first.
    """
    if not heat.series:
        return None
    if max(heat.shown.matrix.shape) > MOST_INTERACTIVE:
        return _picture(heat, setting)
    return _interactive(heat, setting)


def reading_of(heat: HeatMap) -> str:
    """Say how a heat map is to be read, on the page and on plates."""
    unit = f" Unit: {heat.shown.matrix.unit}." if heat.shown.matrix.unit else ""
    reading = f"Rows receive, columns are the source. {heat.caption}{unit}"
    return f"{reading} White cells are zero; darker is larger."


def scale_of(heat: HeatMap) -> tuple[str, Spec]:
    """Return the one scale of all that a heat map can show: its title, type and domain."""
    cells = np.concatenate([each.matrix.values.data for each in heat.series.values()])
    name, colour = colour_scale(cells)
    return f"{heat.shown.matrix.unit or heat.title}, {name}", colour


def _interactive(heat: HeatMap, setting: Setting) -> Figure:
    """Return the heat map that the page's script draws."""
    matrices = {key: cells.matrix for key, cells in heat.series.items()}
    rows = _union([matrix.rows for matrix in matrices.values()])
    columns = _union([matrix.columns for matrix in matrices.values()])
    legend, colour = scale_of(heat)
    labels = {
        code: textwrap.shorten(setting.label(code), MOST_LETTERS, placeholder=" …") for code in rows
    }
    wide, narrow = (
        heat_map(
            rows, columns, heat.axes, legend, colour, labels=named, synthetic=setting.synthetic
        )
        for named in (labels, None)
    )
    places = setting.places
    payload: Spec = {
        "kind": "heat",
        "title": heat.title,
        "shape": [len(rows), len(columns)],
        "letters": [max(map(len, texts), default=0) for texts in (labels, labels.values())],
        "wide": wide,
        "narrow": narrow,
        "blocks": {"|".join(key): packed(matrix, places) for key, matrix in matrices.items()},
    }
    controls = tuple(key_controls(heat.choice, heat.series, heat.periods))
    return Figure(f"figure-{heat.name}", heat.title, reading_of(heat), controls, payload)


def _union(sides: Sequence[tuple[str, ...]]) -> list[str]:
    """Return all labels, those of the last year first."""
    return list(dict.fromkeys(label for side in reversed(sides) for label in side))


def packed(matrix: LabelledMatrix, place: Mapping[str, int]) -> Spec:
    """Return the nonzero cells, row by row, in few characters.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (R, C)
        Any unit.
    place : mapping of str to int
        Number of each code; a code that is missing gets its own position.

    Returns
    -------
    dict
        ``r`` and ``c``: numbers of the rows and columns; ``cells``: for every row a pair of
        positions in ``c`` (``None`` for all of them) and values, to four significant digits.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> packed(W, {"steel": 0, "cars": 1})["cells"]
    [[[1], [0.4]], [[0], [0.25]]]
    """
    csr = matrix.values
    cells: list[list[object]] = []
    for i in range(len(matrix.rows)):
        start, end = int(csr.indptr[i]), int(csr.indptr[i + 1])
        order = np.argsort(csr.indices[start:end], kind="stable")
        values = rounded(csr.data[start:end][order])
        full = end - start == len(matrix.columns)
        cells.append([None if full else csr.indices[start:end][order].tolist(), values])
    return {
        "r": [place.get(code, i) for i, code in enumerate(matrix.rows)],
        "c": [place.get(code, i) for i, code in enumerate(matrix.columns)],
        "cells": cells,
    }


def colour_scale(values: np.ndarray) -> tuple[str, Spec]:
    """Choose a scale on which the small cells are seen beside the large ones.

    Parameters
    ----------
    values : numpy.ndarray, shape (K,)
        The nonzero cells, not negative.

    Returns
    -------
    str, dict
        Name of the scale, and its ``type`` and ``domain``: linear where the largest cell is
        below 8 times the median, logarithmic above 2,500 times, else by square roots.

    Examples
    --------
    >>> colour_scale(np.array([0.1, 0.2, 0.4]))
    ('linear scale', {'type': 'linear', 'domain': [0, 0.4]})
    >>> colour_scale(np.array([0.01, 0.01, 0.4]))[0]
    'square-root scale'
    """
    positive = values[values > 0]
    if not positive.size:
        return "linear scale", {"type": "linear", "domain": [0, 1]}
    top = float(f"{positive.max():.4g}")
    ratio = top / float(np.median(positive))
    if ratio < 8:
        return "linear scale", {"type": "linear", "domain": [0, top]}
    if ratio < 2500:
        return "square-root scale", {"type": "sqrt", "domain": [0, top]}
    low = float(f"{top / 1e4:.4g}")
    return f"logarithmic scale, below {low:g} as {low:g}", {"type": "log", "domain": [low, top]}


def _picture(heat: HeatMap, setting: Setting) -> Figure:
    """Return what is shown at first as a picture."""
    matrix, year = heat.shown.matrix, heat.periods[0]
    caption = reading_of(heat)
    caption += f" With {max(matrix.shape):,} sectors the map is a picture, of {year} alone."
    dense, block = pooled(matrix.values.toarray())
    if block > 1:
        caption += f" A point shows the largest of {block} × {block} cells."
    canvas = Canvas(figsize=(9, 8.4), dpi=120, layout="constrained", facecolor="white")
    axes = canvas.add_subplot()
    legend, colour = scale_of(heat)
    image = coloured(axes, dense, colour)
    for axis, text, labels in zip(
        (axes.yaxis, axes.xaxis), heat.axes, (matrix.rows, matrix.columns), strict=True
    ):
        at = range(0, len(labels), max(1, len(labels) // 25))
        axis.set_ticks([i / block for i in at], labels=[labels[i][:14] for i in at])
        axis.set_tick_params(labelsize=7)
        axis.set_label_text(text)
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", rotation=90)
    canvas.colorbar(image, ax=axes, shrink=0.7).set_label(legend)
    warning = "  –  SYNTHETIC DATA" if setting.synthetic else ""
    axes.set_title(f"{heat.title}, {year}{warning}", loc="left", fontsize=11)
    return Figure(f"figure-{heat.name}", f"{heat.title}, {year}", caption, image=_address(canvas))


def coloured(axes: Axes, dense: np.ndarray, colour: Mapping[str, Any]) -> AxesImage:
    """Draw cells in bands of colour; zeros stay white.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    dense : numpy.ndarray, shape (R, C)
        The cells, in any unit.
    colour : dict
        ``type`` and ``domain`` of the scale, as :func:`colour_scale` has them.

    Returns
    -------
    matplotlib.image.AxesImage
    """
    low, high = colour["domain"]
    norm: Normalize = LogNorm(low, high, clip=True)
    if colour["type"] != "log":
        norm = PowerNorm(0.5 if colour["type"] == "sqrt" else 1.0, low, high, clip=True)
    tones = colormaps["magma_r"].resampled(BANDS)
    cells = np.ma.masked_less_equal(dense, 0)
    return axes.imshow(cells, cmap=tones, norm=norm, interpolation="nearest")


def pooled(dense: np.ndarray, most: int = MOST_PIXELS) -> tuple[np.ndarray, int]:
    """Return the largest cell of every square block, so that none is lost between pixels.

    Parameters
    ----------
    dense : numpy.ndarray, shape (R, C)
        Any unit, not negative.
    most : int
        Points along the longer side, at most.

    Returns
    -------
    numpy.ndarray, int
        The points, and the cells along a side of a block.

    Examples
    --------
    >>> pooled(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), 2)
    (array([[5, 6],
           [8, 9]]), 2)
    """
    block = -(-max(dense.shape) // most)
    if block == 1:
        return dense, 1
    padded = np.pad(dense, [(0, -size % block) for size in dense.shape])
    rows, columns = (size // block for size in padded.shape)
    return padded.reshape(rows, block, columns, block).max(axis=(1, 3)), block


def _address(canvas: Canvas) -> str:
    """Return a picture as a data address, the same bytes every time."""
    for text in canvas.findobj(Text):
        text.set_parse_math(False)  # a dollar in a unit or a code is no formula
    store = io.BytesIO()
    FigureCanvasAgg(canvas)
    with quiet_fonts():
        canvas.savefig(store, format="png", metadata={"Software": None})
    return "data:image/png;base64," + base64.b64encode(store.getvalue()).decode("ascii")
