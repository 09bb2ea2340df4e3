"""What sections declare becomes figures of the page; years too many for it are left out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from altair.utils.schemapi import debug_mode

from .bars import draw_bars
from .figures import Figure, Setting, left_out
from .heat import draw_map
from .histograms import draw_histograms
from .kit import Bars, HeatMap, Histograms, Lines, Network, Part, Rates, Section, SiteMap
from .lines import draw_lines
from .network import draw_network
from .rates import draw_rates
from .site_map import draw_site_map

__all__ = ["draw_sections"]

_DRAW: Mapping[type, Callable[[Any, Setting], Figure | None]] = {
    Bars: draw_bars,
    HeatMap: draw_map,
    Histograms: draw_histograms,
    Lines: draw_lines,
    Network: draw_network,
    Rates: draw_rates,
    SiteMap: draw_site_map,
}
#: Characters of data that the page takes of all bars, of all heat maps and of all maps of sites;
#: older years beyond it are left out.
BUDGETS: Mapping[type, tuple[str, int]] = {
    Bars: ("bars", 1_500_000),
    HeatMap: ("maps", 2_200_000),
    SiteMap: ("maps of sites", 800_000),
}


def draw_sections(sections: Sequence[Section], setting: Setting) -> list[Section]:
    """Draw for the page what sections declare.

    Parameters
    ----------
    sections : sequence of Section
        All of the page, because their figures share its size.
    setting : Setting
        What all figures share.

    Returns
    -------
    list of Section
        With a figure in place of each declared one; those that hold nothing are left out. Of bars
        and maps as many years, counted from the last, as fit the page.
    """
    declared = [part for section in sections for part in section.parts if type(part) in _DRAW]
    drawn = {id(part): _draw(part, setting) for part in declared}
    for kind, (what, budget) in BUDGETS.items():
        parts: list[Any] = [part for part in declared if isinstance(part, kind)]
        gone = _beyond(budget, [drawn[id(part)] for part in parts])
        drawn |= {id(part): _without(part, gone, what, setting) for part in parts if gone}
    return [
        replace(section, parts=tuple(_known(drawn.get(id(part), part) for part in section.parts)))
        for section in sections
    ]


def _draw(part: Any, setting: Setting) -> Figure | None:
    """Draw without having Altair check every piece against its schema: that takes half the time."""
    with debug_mode(False):
        return _DRAW[type(part)](part, setting)


def _known(parts: Iterable[Part | None]) -> Iterable[Part]:
    return (part for part in parts if part is not None)


def _beyond(budget: int, figures: Sequence[Figure | None]) -> set[str]:
    """Return the oldest years whose data, with all later ones, are more than the budget."""
    size: Counter[str] = Counter()
    for figure in figures:
        for key, block in figure.payload.get("blocks", {}).items() if figure else ():
            size[key.rsplit("|", 1)[-1]] += len(json.dumps(block, separators=(",", ":")))
    years = sorted((period for period in size if period.isdecimal()), key=int, reverse=True)
    spent = sum(size.values())
    gone = set()
    while spent > budget and len(years) > 1:
        spent -= size[years[-1]]
        gone.add(years.pop())
    return gone


def _without(
    part: Bars | HeatMap | SiteMap, gone: set[str], what: str, setting: Setting
) -> Figure | None:
    """Draw without some years, and say so; what is shown at first stays."""
    stay = {key for key in part.series if key[-1] not in gone or key[-1] == part.periods[0]}
    kept: Any = {key: value for key, value in part.series.items() if key in stay}
    figure = _draw(replace(part, series=kept), setting)
    lost = sorted({int(key[-1]) for key in part.series if key not in stay})
    if figure is None or not lost or figure.image:
        return figure
    return replace(figure, caption=f"{figure.caption} {left_out(what, lost)}")
