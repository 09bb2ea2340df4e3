"""Lines over the years as plates draw them: a small chart for each of the largest sectors."""

from __future__ import annotations

from .figures import Setting
from .kit import Lines
from .lines import lines_chart, one_scale
from .plate_style import draw_plate, largest_alone, mark_synthetic, wrap_text

__all__ = ["lines_plate"]

#: Small charts of a plate, and letters of a line above one.
MOST, LETTERS = 24, 30


def lines_plate(lines: Lines, setting: Setting, quantity: str) -> str:
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
    str
        SVG.
    """
    frame = lines.series[quantity]
    top = frame.head(MOST)
    years = [int(year) for year in top.columns]
    spec = lines_chart()
    del spec["title"]  # the page's
    spec["data"] = {
        "values": [
            {"label": wrap_text(setting.label(str(code)), LETTERS), "place": place}
            | {"year": year, "value": float(value)}
            for place, (code, row) in enumerate(top.iterrows())
            for year, value in zip(years, row, strict=True)
        ]
    }
    small = spec["spec"]
    small["encoding"]["x"]["scale"]["domain"] = [years[0], years[-1]]
    small["encoding"]["x"]["axis"]["values"] = [years[0], years[-1]]
    small["encoding"]["y"]["scale"]["domain"] = list(one_scale(top))
    line = {key: small.pop(key) for key in ("mark", "encoding")}
    spec["spec"] = mark_synthetic(small | {"layer": [line]}, synthetic=setting.synthetic)
    note = lines.caption + largest_alone(len(top), len(frame))
    title = f"{lines.title}, {quantity}, {years[0]}–{years[-1]}"
    return draw_plate(spec, title, note, synthetic=setting.synthetic)
