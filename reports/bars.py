"""Bars as the page draws them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..core.errors import nearest
from .charts import Spec, bars_narrow, bars_wide, colours
from .figures import Control, Figure, Setting, key_controls, round_values
from .kit import Bars, Key, Stack

__all__ = ["axis_ends", "draw_bars"]

#: Sectors above which only the largest are drawn at first.
MOST_BARS = 45


def draw_bars(bars: Bars, setting: Setting) -> Figure | None:
    """Draw bars for the page, with controls, charts and data; ``None`` if there are none.

    Parameters
    ----------
    bars : Bars
        What is to be drawn.
    setting : Setting
        Names of the sectors, and whether the data are invented.

    Returns
    -------
    Figure or None
    """
    series, names = bars.series, bars.parts
    if not series:
        return None
    labels = setting.sectors
    wide, narrow = (max(row[k].count("\n") + 1 for row in labels) for k in (2, 3))
    whiskers = any(stack.interval is not None for stack in series.values())
    parts = list(next(iter(names.values())))
    about = {"synthetic": setting.synthetic, "whiskers": whiskers, "points": bars.points}
    payload: Spec = {
        "kind": "bars",
        "title": bars.title,
        "parts": parts,
        "wide": bars_wide(parts, bars.axis, wide, **about),
        "narrow": bars_narrow(parts, bars.axis, narrow, **about),
        "blocks": _blocks(series, setting.places),
    }
    if bars.points:
        payload["points"] = True
    if len(names) > 1:
        payload["sets"] = {
            key: {"parts": list(parts), "colours": colours(parts)} for key, parts in names.items()
        }
    caption = bars.caption + (bars.whiskers_note if whiskers else "")
    controls = key_controls(bars.choice, series, bars.periods)
    if len(labels) > MOST_BARS:
        shown = (("25", "first 25" if bars.points else "25 largest"), ("0", f"all {len(labels)}"))
        controls.append(Control("Show", shown, "25", role="limit"))
    return Figure(f"figure-{bars.name}", bars.title, caption, tuple(controls), payload)


def _place(code: str, place: Mapping[str, int]) -> int:
    """Return the number of a sector; the figures of a page know no others than its setting has."""
    if code not in place:
        raise ValueError(
            f"bars: {code!r} is no sector of the page's setting, which has {len(place)}: "
            f"{nearest(code, place)} Draw sectors of the study, or put it into the setting."
        )
    return place[code]


def _blocks(series: Mapping[Key, Stack], place: Mapping[str, int]) -> dict[str, Spec]:
    """Return places of the sectors, values by part, and one axis for all years of a choice."""
    blocks: dict[str, Spec] = {}
    ends: dict[Key, list[float]] = {}
    for key, bars in series.items():
        codes = bars.whole.index
        block: Spec = {
            "i": [_place(str(code), place) for code in codes],
            "v": [round_values(part.reindex(codes)) for part in bars.parts],
        }
        if bars.total is not None:
            block["t"] = round_values(bars.total.reindex(codes))
        if bars.interval is not None:
            sides = bars.interval[["low", "high"]].reindex(codes).astype(float)
            block["w"] = [round_values(sides[side]) for side in sides]
        if bars.note:
            block["note"] = bars.note
        ends.setdefault(key[:-1], []).extend(bars.span)
        blocks["|".join(key)] = block
    for key in series:
        blocks["|".join(key)] |= axis_ends(ends[key[:-1]])
    return blocks


def axis_ends(reach: Iterable[float]) -> dict[str, float]:
    """Return the ends of an axis, with room for the number behind the longest bar.

    Negative weights may give negative sums.

    Examples
    --------
    >>> axis_ends([0.0, 2.0]), axis_ends([0.0])
    ({'bottom': 0.0, 'top': 2.2}, {'bottom': 0.0, 'top': 1.0})
    """
    low, high = min(found := list(reach)), max(found)
    return {"bottom": float(f"{1.05 * low:.4g}"), "top": float(f"{1.1 * high or 1.0:.4g}")}
