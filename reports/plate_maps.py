"""Heat maps as plates draw them: of a year, and of all years side by side."""

from __future__ import annotations

import json

import pandas as pd

from ..core.matrix import LabelledMatrix
from .charts import COLOURS, INK, Spec
from .figures import Setting, round_values
from .heat import MOST_INTERACTIVE, map_chart, reading_of
from .kit import HeatMap, Key
from .plate_style import draw_plate, heading, mark_synthetic, title_of, wrap_text

__all__ = ["map_plate", "map_years_plate"]

#: Sectors up to which rows carry names; up to MOST_INTERACTIVE they carry codes, then nothing.
MOST_NAMES = 60
#: Side of a map, at least and at most, and of a cell, in pixels of the page.
SIDE, MOST_SIDE, CELL = 500, 1200, 10
#: Points along a side of a map, and of a small one.
MOST_POINTS, MOST_SMALL = 480, 160
#: Small maps side by side, and their side in pixels of the page.
ABREAST, SMALL = 4, 186


def map_plate(heat: HeatMap, setting: Setting, key: Key) -> str:
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
    str
        SVG. Rows are receivers. Up to 60 sectors rows carry names, up to 120 codes, above no
        labels.
    """
    matrix, beside = heat.series[key].matrix, heat.series[key].beside
    size = max(matrix.shape)
    side = min(max(SIDE, CELL * size), MOST_SIDE)
    chart, block = map_chart(heat, matrix, side, MOST_POINTS)
    _label(chart["layer"][1]["encoding"], setting, matrix, side)
    config = chart.pop("config")
    panels = [mark_synthetic(chart, synthetic=setting.synthetic)]
    if beside is not None:
        panels.append(_shares(beside.reindex(list(matrix.rows)), side))
    note = reading_of(heat)
    if block > 1:
        note += f" {size:,} sectors: a point shows the largest of {block} × {block} cells."
    note = f"{note} {heat.series[key].note}".rstrip()
    whole: Spec = {"config": config, "hconcat": panels, "spacing": 8}
    title = title_of(heat.title, heat.choice, key)
    return draw_plate(whole, title, note, synthetic=setting.synthetic)


def _label(axes: Spec, setting: Setting, matrix: LabelledMatrix, side: float) -> None:
    """Name rows on the left and columns above, as far as there is room."""
    size = max(matrix.shape)
    letter = min(10.0, max(6.5, side / size - 1.5))
    for axis in (axes["x"]["axis"], axes["y"]["axis"]):
        axis |= {"labelFontSize": letter, "labels": size <= MOST_INTERACTIVE}
        axis["labelOverlap"] = False
    if size <= MOST_NAMES:
        # Two lines of a name have to fit beside a cell.
        letters = 44 if side / size > 2.2 * letter else 1000
        named = {code: wrap_text(setting.label(code), letters).split("\n") for code in matrix.rows}
        axes["y"]["axis"]["labelExpr"] = f"({json.dumps(named, ensure_ascii=False)})[datum.label]"


def _shares(shares: pd.Series[float], side: float) -> Spec:
    """Return shares beside the rows, on a scale from 0 to 1."""
    rows = [
        {"r": str(code), "share": share}
        for code, share in zip(shares.index, round_values(shares), strict=True)
    ]
    x: Spec = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1]}}
    x["axis"] = {"orient": "top", "values": [0, 0.5, 1], "title": str(shares.name), "grid": False}
    x["axis"] |= {"labelOverlap": False}
    y: Spec = {"field": "r", "type": "ordinal", "axis": None, "sort": None}
    y["scale"] = {"padding": 0, "domain": [row["r"] for row in rows]}
    tone: Spec = {"type": "bar", "color": COLOURS[1], "stroke": COLOURS[1]}
    bars: Spec = {"mark": tone, "encoding": {"x": x, "y": y}}
    half: Spec = {"type": "rule", "color": INK, "strokeWidth": 0.7, "strokeDash": [1, 2]}
    line: Spec = {"data": {"values": [{}]}, "mark": half}
    line["encoding"] = {"x": {"datum": 0.5, "axis": x["axis"]}}
    return {"data": {"values": rows}, "width": 54, "height": side, "layer": [bars, line]}


def map_years_plate(heat: HeatMap, setting: Setting, choice: Key = ()) -> str:
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
    str
        SVG. The oldest year first; no labels of sectors.
    """
    years = [key for key in heat.series if key[:-1] == choice]
    panels, block, config = [], 1, {}
    for key in years:
        chart, block = map_chart(heat, heat.series[key].matrix, SMALL, MOST_SMALL)
        config = chart.pop("config")
        axes = chart["layer"][1]["encoding"]
        axes["x"]["axis"] = axes["y"]["axis"] = None
        panels.append(mark_synthetic(chart, synthetic=setting.synthetic) | heading(key[-1]))
    note = f"{reading_of(heat)} Sectors in the order of the classification; one scale of colours "
    note += "for all years."
    if block > 1:
        note += f" A point shows the largest of {block} × {block} cells."
    title = title_of(heat.title, heat.choice, (*choice, f"{years[0][-1]}–{years[-1][-1]}"))
    whole = {"config": config, "concat": panels, "columns": ABREAST, "spacing": 16}
    return draw_plate(whole, title, note, synthetic=setting.synthetic)
