"""Heat maps as the page draws them: by its script, or as a picture where sectors are many."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np

from ..core.matrix import LabelledMatrix
from .charts import Spec, heat_map
from .figures import Figure, Setting, key_controls, round_values
from .kit import HeatMap
from .plate_style import mark_synthetic, picture_of
from .raster import level_colours, picture, pool_cells

__all__ = [
    "MOST_INTERACTIVE",
    "colour_scale",
    "draw_map",
    "map_chart",
    "pack_matrix",
    "reading_of",
    "scale_of",
]

#: Sectors up to which a heat map is drawn by the script; above, it is a picture.
MOST_INTERACTIVE = 120
#: Letters of a name beside a heat map; the reader finds the whole name by pointing at a cell.
MOST_LETTERS = 84
#: Points along the longer side of a picture, and labels along each.
MOST_PIXELS, MOST_LABELS = 700, 25
#: Pixels along a picture inside a chart.
POINTS = 1440


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
    reading = f"{heat.reading} {heat.caption}{unit}"
    if heat.levels:
        steps = ", ".join(f"{level:g}" for level in heat.levels)
        return f"{reading} Levels: {steps}; white cells are below the first."
    cells = heat.shown.matrix.values.data
    if many := int((cells < 0).sum()):
        below = f"{many:,} of them, the smallest {cells.min():.3g}"
        return f"{reading} White cells are zero or below zero ({below}); darker is larger."
    return f"{reading} White cells are zero; darker is larger."


def scale_of(heat: HeatMap) -> tuple[str, Spec]:
    """Return the one scale of all that a heat map can show: its title, type and domain."""
    what = heat.shown.matrix.unit or heat.title
    if heat.levels:
        tones = ["#ffffff", *level_colours(len(heat.levels))]
        return what, {"type": "threshold", "domain": list(heat.levels), "range": tones}
    cells = np.concatenate([each.matrix.values.data for each in heat.series.values()])
    name, colour = colour_scale(cells)
    return f"{what}, {name}", colour


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
        "blocks": {
            "|".join(key): pack_matrix(cells.matrix, places)
            | ({"note": cells.note} if cells.note else {})
            for key, cells in heat.series.items()
        },
    }
    controls = tuple(key_controls(heat.choice, heat.series, heat.periods))
    return Figure(f"figure-{heat.name}", heat.title, reading_of(heat), controls, payload)


def _union(sides: Sequence[tuple[str, ...]]) -> list[str]:
    """Return all labels, those of the last year first."""
    return list(dict.fromkeys(label for side in reversed(sides) for label in side))


def pack_matrix(matrix: LabelledMatrix, place: Mapping[str, int]) -> Spec:
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
    >>> pack_matrix(W, {"steel": 0, "cars": 1})["cells"]
    [[[1], [0.4]], [[0], [0.25]]]
    """
    csr = matrix.values
    cells: list[list[object]] = []
    for i in range(len(matrix.rows)):
        start, end = int(csr.indptr[i]), int(csr.indptr[i + 1])
        order = np.argsort(csr.indices[start:end], kind="stable")
        values = round_values(csr.data[start:end][order])
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
    chart, block = map_chart(heat, matrix, MOST_PIXELS, MOST_PIXELS)
    if block > 1:
        caption += f" A point shows the largest of {block} × {block} cells."
    axes = chart["layer"][1]["encoding"]
    for axis, codes in ((axes["y"]["axis"], matrix.rows), (axes["x"]["axis"], matrix.columns)):
        axis["values"] = codes[:: max(1, len(codes) // MOST_LABELS)]
        axis |= {"labelLimit": 90, "labelOverlap": False}
    title = f"{heat.title}, {year}"
    whole = mark_synthetic(chart, synthetic=setting.synthetic)
    image = picture_of(whole, title, synthetic=setting.synthetic)
    return Figure(f"figure-{heat.name}", title, caption, image=image)


def map_chart(heat: HeatMap, matrix: LabelledMatrix, side: float, most: int) -> tuple[Spec, int]:
    """Return the page's chart of a matrix with a picture in place of its cells.

    Parameters
    ----------
    heat : HeatMap
        Of which the matrix is one, for axes, legend and scale of colours.
    matrix : LabelledMatrix, shape (R, C)
        Any unit, not negative.
    side : float
        Of the map, in pixels.
    most : int
        Points along a side, at most.

    Returns
    -------
    dict, int
        A Vega-Lite specification whose first layer is the picture, the second axes and legend; and
        how many cells lie along the side of a point.
    """
    dense, block = pool_cells(matrix.values.toarray(), most)
    legend, colour = scale_of(heat)
    spec = heat_map(matrix.rows, matrix.columns, heat.axes, legend, colour)
    mark: Spec = {"type": "image", "width": side, "height": side, "aspect": False, "smooth": False}
    mark |= {"x": side / 2, "y": side / 2}
    cells: Spec = {
        "data": {"values": [{"picture": picture(dense, colour, POINTS)}]},
        "mark": mark,
        "encoding": {"url": {"field": "picture", "type": "nominal"}},
    }
    axes: Spec = {"data": {"values": []}, "mark": spec["mark"], "encoding": spec["encoding"]}
    layers = [cells, axes]
    return {"width": side, "height": side, "layer": layers, "config": spec["config"]}, block
