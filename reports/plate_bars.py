"""Bars as plates draw them, a choice or several side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from .charts import colours
from .figures import Setting
from .kit import Bars, Key, Stack
from .plate_style import INK, axes_at, canvas, chosen, closed, largest_alone, styled, wrapped
from .tables import show

__all__ = ["MOST_PLATE_BARS", "bars_plate"]

#: Bars of a plate; of more sectors only the largest are drawn, and the note says so.
MOST_PLATE_BARS = 60
#: Letters of a line of a label; height of a line of text, in inches.
LETTERS, TEXT_LINE = 52, 0.093
#: Width of one panel, of each of several, and of a number behind a bar, in inches.
WIDTH, NARROW, NUMBER = 3.9, 2.6, 0.25


@styled
def bars_plate(bars: Bars, setting: Setting, *keys: Key) -> Canvas:
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
    matplotlib.figure.Figure
        The largest of the first panel first, with whiskers where there are intervals.
    """
    stacks = [bars.series[key] for key in keys]
    values = _numbers(stacks[0]).sort_values(ascending=False, kind="stable")
    shown = values.index[:MOST_PLATE_BARS]
    numbered = any(stack.total is not None for stack in stacks)
    plate, panels = _panels(setting, shown, len(keys), NUMBER if numbered else 0.0)
    for key, stack, axes in zip(keys, stacks, panels, strict=True):
        names = bars.parts[key[0] if key[0] in bars.parts else ""]
        parts = zip(names, stack.parts, strict=True)
        _draw(axes, {name: part.reindex(shown) for name, part in parts})
        _whiskers(axes, stack.interval, shown)
        _totals(axes, stack, shown)
        axes.set_xlabel(bars.axis)
        if len(keys) > 1:
            head = f"{key[0][0].upper()}{key[0][1:]}\n\n"
            axes.text(0, 1, head, transform=axes.transAxes, va="bottom", fontsize=7.5)
    note = bars.caption
    note += bars.whiskers_note if any(stack.interval is not None for stack in stacks) else ""
    notes = dict.fromkeys(stack.note for stack in stacks if stack.note)
    note = " ".join([note, *notes]) + largest_alone(len(shown), len(values))
    title = chosen(bars.title, bars.choice, keys[0] if len(keys) == 1 else keys[0][-1:])
    return closed(plate, panels, title, note, synthetic=setting.synthetic)


def _numbers(stack: Stack) -> pd.Series[float]:
    """Return the number of each bar: its length, or another that is to be shown."""
    whole = stack.whole
    return whole if stack.total is None else stack.total.reindex(whole.index)


def _panels(
    setting: Setting, shown: pd.Index, count: int, room: float
) -> tuple[Canvas, list[Axes]]:
    """Return a plate with panels side by side, and the names of the sectors on the left."""
    labels = [wrapped(setting.label(str(code)), LETTERS) for code in shown]
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    high = max(0.6, len(labels) * (TEXT_LINE * lines + 0.045))
    wide = WIDTH if count == 1 else NARROW
    step = wide + room + 0.2
    plate = canvas(2 + count * step, high + 1)
    panels = [axes_at(plate, 2 + k * step, 0.5, wide, high) for k in range(count)]
    for k, axes in enumerate(panels):
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_yticks(range(len(labels)), labels if k == 0 else [""] * len(labels))
        axes.tick_params(axis="y", length=0, labelsize=6.2)
        axes.tick_params(axis="x", labelsize=6.5)
        axes.grid(axis="x", color="#d9dee4", linewidth=0.4)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
    return plate, panels


def _totals(axes: Axes, stack: Stack, shown: pd.Index) -> None:
    """Write the numbers that are not the lengths of their bars behind them, as the page does."""
    if stack.total is None:
        return
    axes.margins(x=0)
    _, end = axes.get_xlim()
    for place, number in enumerate(_numbers(stack).reindex(shown)):
        text = show(float(number), "value")
        axes.annotate(text, (end, place), (3, 0), textcoords="offset points", va="center", size=5.5)


def _draw(axes: Axes, parts: Mapping[str, pd.Series[float]]) -> None:
    """Stack the parts, and name them above where there are several."""
    names = list(parts)
    places = np.arange(len(next(iter(parts.values()))))
    left, right = np.zeros(len(places)), np.zeros(len(places))  # parts below zero go left
    for (name, part), colour in zip(parts.items(), colours(names), strict=True):
        values = part.to_numpy(dtype=np.float64)
        start = np.where(values < 0, left, right)
        axes.barh(places, values, left=start, height=0.74, color=colour, label=name)
        left, right = left + values.clip(max=0), right + values.clip(min=0)
    if len(names) > 1:
        tight: dict[str, Any] = {"borderaxespad": 0.2, "handlelength": 1.0, "columnspacing": 1.2}
        place = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderpad": 0.2}
        axes.legend(ncols=len(names), fontsize=6.5, **tight | place)
    if (left < 0).any():
        axes.axvline(0, color=INK, linewidth=0.5)


def _whiskers(axes: Axes, interval: pd.DataFrame | None, shown: pd.Index) -> None:
    """Draw intervals as lines with caps, light below dark to be seen on any bar."""
    if interval is None:
        return
    sides = interval[["low", "high"]].reindex(shown).to_numpy(dtype=np.float64)
    known = np.isfinite(sides).all(axis=1)
    places, (low, high) = np.flatnonzero(known), sides[known].T
    for colour, width, cap in (("white", 1.8, 5.5), (INK, 0.7, 4.0)):
        axes.hlines(places, low, high, color=colour, linewidth=width, zorder=3)
        for side in (low, high):
            caps = axes.plot(side, places, "|", color=colour, markersize=cap, zorder=3)
            caps[0].set_markeredgewidth(width)
