"""Bars as plates draw them, a choice or several side by side."""

from __future__ import annotations

import pandas as pd

from .bars import axis_ends
from .charts import INK, Spec, bars_wide
from .figures import Setting, round_values
from .kit import Bars, Key, Stack
from .plate_style import draw_plate, heading, largest_alone, mark_synthetic, title_of, wrap_text

__all__ = ["MOST_PLATE_BARS", "bars_plate"]

#: Bars of a plate; of more sectors only the largest are drawn, and the note says so.
MOST_PLATE_BARS = 60
#: Letters of a line of a label.
LETTERS = 52
#: Width of one panel, and of each of several, in pixels of the page.
WIDTH, NARROW = 470, 310


def bars_plate(bars: Bars, setting: Setting, *keys: Key) -> str:
    """Draw bars of one year, with the caption and the whiskers that the page has.

    Parameters
    ----------
    bars : Bars
        What is to be drawn.
    setting : Setting
        Names of the sectors, and whether the data are invented.
    *keys : tuple of str
        Which of its series: a year, or a choice and a year; several stand side by side.

    Returns
    -------
    str
        SVG; the largest of the first panel first, with whiskers where there are intervals.
    """
    stacks = [bars.series[key] for key in keys]
    values = stacks[0].numbers.sort_values(ascending=bars.points, kind="stable")
    shown = values.index[:MOST_PLATE_BARS]
    panels = [_panel(bars, setting, key, shown, NARROW if keys[1:] else WIDTH) for key in keys]
    if keys[1:]:
        heads = [heading(f"{key[0][0].upper()}{key[0][1:]}") for key in keys]
        panels = [panel | head for panel, head in zip(panels, heads, strict=True)]
    for layer in (layer for panel in panels[1:] for layer in panel["layer"]):
        layer.get("encoding", {}).get("y", {})["axis"] = None  # names stand on the left alone
    note = bars.caption
    note += bars.whiskers_note if any(stack.interval is not None for stack in stacks) else ""
    notes = dict.fromkeys(stack.note for stack in stacks if stack.note)
    note = " ".join([note, *notes]) + largest_alone(len(shown), len(values))
    title = title_of(bars.title, bars.choice, keys[0] if len(keys) == 1 else keys[0][-1:])
    whole: Spec = {"config": panels[0]["config"], "hconcat": panels, "spacing": 16}
    whole["resolve"] = {kind: {"color": "independent"} for kind in ("scale", "legend")}
    return draw_plate(whole, title, note, synthetic=setting.synthetic)


def _panel(bars: Bars, setting: Setting, key: Key, shown: pd.Index, width: float) -> Spec:
    """Return the page's chart with its rows."""
    stack = bars.series[key]
    parts = list(bars.parts[key[0] if key[0] in bars.parts else ""])
    labels = {code: wrap_text(setting.label(str(code)), LETTERS) for code in shown}
    lines = max((label.count("\n") + 1 for label in labels.values()), default=1)
    whiskers = stack.interval is not None
    spec = bars_wide(parts, bars.axis, lines, whiskers=whiskers, points=bars.points)
    ends = axis_ends(stack.span)
    marks = next(layer for layer in spec["layer"] if "color" in layer["encoding"])
    marks["encoding"]["x"]["scale"] |= {"domainMin": ends["bottom"], "domainMax": ends["top"]}
    for name in ("params", "autosize", "title"):  # they are the page's, which sets them
        del spec[name]
    if ends["bottom"] < 0:
        zero: Spec = {"mark": {"type": "rule", "color": INK}, "encoding": {"x": {"datum": 0}}}
        spec["layer"].append({"data": {"values": [{}]}} | zero)
    spec["data"] = {"values": _rows(stack, parts, labels)}
    spec |= {"width": width, "height": spec["height"]["step"] * max(1, len(labels))}
    return mark_synthetic(spec, synthetic=setting.synthetic)


def _rows(stack: Stack, parts: list[str], labels: dict[str, str]) -> list[Spec]:
    """Return a row of data for each part of each bar, as the page's script makes them."""
    frame = pd.DataFrame(dict(enumerate(stack.parts))).reindex(list(labels))
    given = pd.DataFrame(index=frame.index, columns=["low", "high"], dtype=float)
    given = given if stack.interval is None else stack.interval.reindex(frame.index)
    right = frame.clip(lower=0).sum(axis=1)  # negative parts go left
    about = {
        "label": list(labels.values()),
        "total": round_values(stack.numbers.reindex(frame.index)),
        "low": round_values(given["low"]),
        "high": round_values(given["high"]),
        "end": round_values(pd.concat([right, given["high"]], axis=1).max(axis=1)),
    }
    values = frame.astype(object).where(frame.notna(), None)
    rows = [dict(zip(about, row, strict=True)) for row in zip(*about.values(), strict=True)]
    return [
        row | {"part": part, "order": k, "value": value}
        for k, part in enumerate(parts)
        for row, value in zip(rows, values[k], strict=True)
    ]
