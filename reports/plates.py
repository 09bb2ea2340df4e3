"""Plates for papers: every figure of the report as a file of its own, SVG, PDF or PNG."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from ..core.errors import InputError
from .figures import Setting
from .histograms import histograms_plate
from .kit import (
    Bars,
    HeatMap,
    Histograms,
    Key,
    Lines,
    Network,
    Page,
    Part,
    Rates,
    Section,
    SiteMap,
)
from .network import places_of
from .plate_bars import bars_plate
from .plate_lines import lines_plate
from .plate_maps import map_plate, map_years_plate
from .plate_network import network_plate
from .plate_style import CHINESE, convert_plate, missing_letters
from .rates import rates_plate
from .site_map import site_map_plate

__all__ = ["FORMATS", "fonts_wanted", "has_plates", "plates", "write_plates"]

#: Formats that can be written.
FORMATS = ("svg", "pdf", "png")

Drawing: TypeAlias = tuple[str, Callable[[], str]]


def plates(page: Page) -> Iterator[tuple[str, str]]:
    """Draw every plate of a page, one at a time.

    Parameters
    ----------
    page : Page
        The report.

    Yields
    ------
    str, str
        Name, as its file is called, and plate (SVG) of every figure that a section declares, in the
        order of the page, of what the page shows at first.

    Examples
    --------
    >>> import pandas as pd
    >>> from spillgraph.reports.kit import Section, Stack
    >>> series = {("unit", "2020"): Stack([pd.Series({"steel": 1.5, "cars": 1.2})])}
    >>> bars = Bars("contribution", "Contribution", "", "%", {"": ["contribution"]}, series)
    >>> page = Page("T", "", "", (Section("psi", "ψ", (bars,)),), Setting({}))
    >>> [name for name, plate in plates(page)]
    ['contribution-unit']
    """
    used: set[str] = set()
    parts = (part for section in page.sections for part in section.parts)
    for wanted, draw in (each for part in parts for each in _drawings(part, page.setting)):
        name, k = wanted, 2
        while name in used:  # two weights that differ in no letter or digit
            name, k = f"{wanted}-{k}", k + 1
        used.add(name)
        yield name, draw()


def write_plates(page: Page, folder: Path, formats: Sequence[str] = ("svg", "pdf")) -> list[Path]:
    """Write every plate into a folder; the same content gives the same bytes.

    Text stays text in SVG, to be searched and edited; PDF carries its fonts.

    Parameters
    ----------
    page : Page
        The report.
    folder : Path
        Made if there is a plate; files of the same names are replaced.
    formats : sequence of str
        Of ``svg``, ``pdf`` and ``png``.

    Returns
    -------
    list of Path
        The files, plate by plate.

    Raises
    ------
    InputError
        If a format is another one.
    """
    odd = [form for form in formats if form not in FORMATS]
    if odd:
        raise InputError(f"plates: {odd[0]!r} is not a format; use {', '.join(FORMATS)}.")
    written: list[Path] = []
    for name, plate in plates(page):
        folder.mkdir(parents=True, exist_ok=True)
        for form in formats:
            written.append(folder / f"{name}.{form}")
            written[-1].write_bytes(convert_plate(plate, form))
    return written


def has_plates(section: Section) -> bool:
    """Whether a section declares a figure that can be a plate."""
    drawings = (each for part in section.parts for each in _drawings(part, Setting({})))
    return next(drawings, None) is not None


def fonts_wanted(names: Iterable[str], formats: Sequence[str]) -> list[str]:
    """Say which letters of names plates cannot show on this machine, and what to do.

    Parameters
    ----------
    names : iterable of str
        What stands on plates.
    formats : sequence of str
        Of the plates; SVG keeps text as text.

    Returns
    -------
    list of str
        A sentence, or nothing.

    Examples
    --------
    >>> fonts_wanted(["01 Agriculture"], ("svg", "pdf")), fonts_wanted(["…"], ("svg",))
    ([], [])
    """
    missing = missing_letters(names) if set(formats) - {"svg"} else ""
    if not missing:
        return []
    more = f" and {len(missing) - 5:,} more letters" if missing[5:] else ""
    return [
        f"figures: no font of this machine has {' '.join(missing[:5])}{more}, so that names in PDF "
        f"show boxes instead. Install a font with these letters and run again; Chinese is in "
        f"{CHINESE[0]!r} or {CHINESE[3]!r}, for instance. SVG keeps the names as text."
    ]


def _drawings(part: Part, setting: Setting) -> Iterator[Drawing]:
    """Return name and drawing of every plate of what a section declares, in their order."""
    draw = _DRAW.get(type(part))
    return draw(part, setting) if draw else iter(())


def _lines(lines: Lines, setting: Setting) -> Iterator[Drawing]:
    for quantity in lines.series:
        yield f"{lines.name}-{_slug(quantity)}", partial(lines_plate, lines, setting, quantity)


def _histograms(histograms: Histograms, setting: Setting) -> Iterator[Drawing]:
    yield histograms.name, partial(histograms_plate, histograms, setting)


def _rates(rates: Rates, setting: Setting) -> Iterator[Drawing]:
    if rates.series:
        yield rates.name, partial(rates_plate, rates, setting)


def _site_maps(site_map: SiteMap, setting: Setting) -> Iterator[Drawing]:
    """Return the maps that the page shows at first of every choice."""
    for key in site_map.series:
        if key[-1] == site_map.periods[0]:
            yield _named(site_map.name, key), partial(site_map_plate, site_map, setting, key)


def _networks(network: Network, setting: Setting) -> Iterator[Drawing]:
    """Return what the page shows at first of every layer; sectors are placed once for all."""
    places = functools.cache(lambda: places_of(network))
    for key, links in network.series.items():
        if key[-1] == network.periods[0] and links.matrix.values.nnz:
            draw = partial(lambda key: network_plate(network, setting, key, places()), key)
            yield _named(network.name, key), draw


def _bars(bars: Bars, setting: Setting) -> Iterator[Drawing]:
    """Return the bars that the page shows at first; those without any length are left out."""
    first = bars.periods[0] if bars.series else ""
    keys = [key for key, stack in bars.series.items() if key[-1] == first and len(stack.whole)]
    named = [
        (_slug(name), [key for key in keys if key[0] in choices])
        for name, choices in bars.plates.items()
    ]
    for name, side in named or [(_named(bars.name, key), [key]) for key in keys]:
        if side:
            yield name, partial(bars_plate, bars, setting, *side)


def _maps(heat: HeatMap, setting: Setting) -> Iterator[Drawing]:
    """Return the maps that the page shows at first, and those of all years side by side."""
    for key in heat.series:
        if key[-1] == heat.periods[0]:
            yield _named(heat.name, key), partial(map_plate, heat, setting, key)
            if heat.over_years:
                name = _named(f"years-{heat.name}", key)
                yield name, partial(map_years_plate, heat, setting, key[:-1])


_DRAW: Mapping[type, Callable[[Any, Setting], Iterator[Drawing]]] = {
    Bars: _bars,
    HeatMap: _maps,
    Histograms: _histograms,
    Lines: _lines,
    Network: _networks,
    Rates: _rates,
    SiteMap: _site_maps,
}


def _named(name: str, key: Key) -> str:
    """Return the name of a plate of one choice."""
    return "-".join([name, *map(_slug, key[:-1])])


def _slug(name: str) -> str:
    """Return a name as part of a file name: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "other"
