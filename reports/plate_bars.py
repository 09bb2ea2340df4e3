"""Plates of bars: benefit in its parts, contribution, loss without W, modes exact and printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from ..analytics.spillovers import (
    CHANNELS,
    DIFFERENCE,
    PRINTED,
    interaction_of_third,
    mode_shares,
)
from .bars import PRINTED_NAMES, interval_note
from .charts import colours
from .content import ReportContent, YearResult
from .kit import Bars
from .plate_style import INK, axes_at, canvas, closed, styled, wrapped
from .tables import show

__all__ = ["MOST_PLATE_BARS", "bars_plate", "loss_plate", "modes_plate"]

#: Bars of a plate; of more sectors only the largest are drawn, and the note says so.
MOST_PLATE_BARS = 60
#: Letters of a line of a label; width of axes and height of a line of text, in inches.
LETTERS, WIDTH, TEXT_LINE = 52, 3.9, 0.093


@styled
def bars_plate(content: ReportContent, bars: Bars, key: tuple[str, ...]) -> Canvas:
    """Draw declared bars of one year, with the caption and the whiskers that the page has.

    Parameters
    ----------
    content : ReportContent
        Names, and whether the data are invented.
    bars : Bars
        What is to be drawn.
    key : tuple of str
        Which of its series: a year, or a choice and a year.

    Returns
    -------
    matplotlib.figure.Figure
        The largest first, with whiskers where there are intervals.
    """
    stack, choice = bars.series[key], key[0] if len(key) > 1 else ""
    names = bars.parts[choice] if choice in bars.parts else bars.parts[""]
    values = stack.whole if stack.total is None else stack.total.reindex(stack.whole.index)
    shown = _largest(values)
    plate, (axes,) = _panels(content, shown, 1)
    parts = zip(names, stack.parts, strict=True)
    _draw(axes, {name: part.reindex(shown) for name, part in parts})
    _whiskers(axes, stack.interval, shown)
    axes.set_xlabel(bars.axis)
    note = bars.caption + _counted(shown, values)
    note += interval_note(content) if stack.interval is not None else ""
    chosen = f"{bars.choice.lower()} {choice}, " if choice else ""
    title = f"{bars.title}, {chosen}{key[-1]}"
    return closed(plate, [axes], title, note, synthetic=content.synthetic)


@styled
def loss_plate(content: ReportContent, result: YearResult, name: str) -> Canvas:
    """Draw what is lost without the innovation network.

    Parameters
    ----------
    content : ReportContent
        Names, and whether the data are invented.
    result : YearResult
        A year with ``loss``.
    name : str
        Its column: ``benefit`` or the name of a weight.

    Returns
    -------
    matplotlib.figure.Figure
        The largest first.
    """
    assert result.loss is not None
    values = result.loss[name]
    shown = _largest(values)
    plate, (axes,) = _panels(content, shown, 1)
    _draw(axes, {"loss": values.reindex(shown)})
    of = "benefit (row sum)" if name == "benefit" else f"contribution (column sum), weights {name}"
    axes.set_xlabel(f"% of the {of}")
    note = "What would be lost, in %, if knowledge did not travel: W = 0, so that ψ is "
    note += "U = (I − S)⁻¹. 100 (1 − sum of U / sum of ψ)."
    if name == "benefit" and result.benefit is not None:
        whole = float((values * result.benefit).sum() / result.benefit.sum()) / 100
        note += f" Of all sectors' benefit: {show(whole, 'percent')}."
    note += _counted(shown, values)
    title = f"Loss of {of} without the innovation network, {result.year}"
    return closed(plate, [axes], title, note, synthetic=content.synthetic)


@styled
def modes_plate(content: ReportContent, result: YearResult) -> Canvas:
    """Draw the modes of spillover in per cent: exact, and beside it as printed.

    Parameters
    ----------
    content : ReportContent
        Names, and whether the data are invented.
    result : YearResult
        A year with ``modes``.

    Returns
    -------
    matplotlib.figure.Figure
        The sectors with the largest spillover first.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, slides "Three Modes of Technological Spillovers" (2),
    for T1, T2 and T3.
    """
    assert result.modes is not None
    spillover = result.modes[list(CHANNELS)].sum(axis=1)
    shares = mode_shares(result.modes).dropna()
    shown = _largest(spillover.reindex(shares.index))
    plate, panels = _panels(content, shown, 2)
    splits = (("Exact", CHANNELS, CHANNELS), ("As printed in the source", PRINTED, PRINTED_NAMES))
    for axes, (title, columns, names) in zip(panels, splits, strict=True):
        pairs = zip(columns, names, strict=True)
        _draw(axes, {name: shares[column].reindex(shown) for column, name in pairs})
        axes.set_xlim(0, 100)
        axes.set_xlabel("% of the sector's spillover, (ψ − I)1")
        axes.text(0, 1, f"{title}\n\n", transform=axes.transAxes, va="bottom", fontsize=7.5)
    share = show(interaction_of_third(result.modes), "percent")
    note = f"{DIFFERENCE} Summed over sectors, {share} of T3 is interaction."
    note += _counted(shown, spillover)
    title = f"Modes of spillover, {result.year}"
    return closed(plate, panels, title, note, synthetic=content.synthetic)


def _largest(values: pd.Series[float]) -> pd.Index:
    """Return the codes to draw, the largest first."""
    known = values.dropna().sort_values(ascending=False, kind="stable")
    return known.index[:MOST_PLATE_BARS]


def _counted(shown: pd.Index, values: pd.Series[float]) -> str:
    """Say how many sectors are left out, if any."""
    known = int(values.notna().sum())
    return f" The {len(shown)} largest of {known:,} sectors." if known > len(shown) else ""


def _panels(content: ReportContent, shown: pd.Index, count: int) -> tuple[Canvas, list[Axes]]:
    """Return a plate with panels side by side, and the names of the sectors on the left."""
    labels = [wrapped(content.label(str(code)), LETTERS) for code in shown]
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    high = max(0.6, len(labels) * (TEXT_LINE * lines + 0.045))
    wide = WIDTH if count == 1 else 2.6
    plate = canvas(2 + count * (wide + 0.2), high + 1)
    panels = [axes_at(plate, 2 + k * (wide + 0.2), 0.5, wide, high) for k in range(count)]
    for k, axes in enumerate(panels):
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_yticks(range(len(labels)), labels if k == 0 else [""] * len(labels))
        axes.tick_params(axis="y", length=0, labelsize=6.2)
        axes.tick_params(axis="x", labelsize=6.5)
        axes.grid(axis="x", color="#d9dee4", linewidth=0.4)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
    return plate, panels


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
