"""Plates for papers: every figure of the report as a file of its own, SVG or PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from matplotlib.figure import Figure as Canvas

from ..analytics.spillovers import mode_shares
from ..core.errors import InputError
from .bars import benefit_bars, contribution_bars
from .content import ReportContent, YearResult
from .kit import Bars, Section
from .lines import over_years
from .plate_bars import bars_plate, loss_plate, modes_plate
from .plate_maps import map_plate, map_years_plate
from .plate_style import saved
from .plate_years import years_plate

__all__ = ["FORMATS", "plates", "write_plates"]

#: Formats that can be written.
FORMATS = ("svg", "pdf", "png")

Drawing: TypeAlias = tuple[str, Callable[[], Canvas]]


def plates(content: ReportContent, more: Sequence[Section] = ()) -> Iterator[tuple[str, Canvas]]:
    """Draw every plate that the content allows, one at a time.

    Parameters
    ----------
    content : ReportContent
        The report.
    more : sequence of Section, optional
        What capabilities add to the page; their bars are drawn too, named as there.

    Yields
    ------
    str, matplotlib.figure.Figure
        Name, as its file is called, and plate: ``S``, ``W``, ``psi``, ``benefit``,
        ``contribution-`` and each weight, ``loss-benefit``, ``loss-`` and each weight, ``modes``,
        all of the last year that has them; with three years or more ``years-psi``,
        ``years-benefit``, ``years-contribution-`` and each weight. Save a plate with
        ``bbox_inches="tight"``, as its labels may reach beyond its edges.

    Examples
    --------
    >>> from spillgraph.reports.content import Provenance
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> made = Provenance("study.toml", "spillgraph run study.toml", "2024-05-01")
    >>> content = ReportContent("T", "", False, {}, made, years=[YearResult(2020, W=W)])
    >>> [name for name, plate in plates(content)]
    ['W']
    """
    used: set[str] = set()
    for wanted, draw in _drawings(content, more):
        name, k = wanted, 2
        while name in used:  # two weights that differ in no letter or digit
            name, k = f"{wanted}-{k}", k + 1
        used.add(name)
        yield name, draw()


def write_plates(
    content: ReportContent,
    folder: Path,
    formats: Sequence[str] = ("svg", "pdf"),
    more: Sequence[Section] = (),
) -> list[Path]:
    """Write every plate into a folder; the same content gives the same bytes.

    Text stays text in SVG, to be searched and edited; PDF carries its fonts.

    Parameters
    ----------
    content : ReportContent
        The report.
    folder : Path
        Made if it is not there; files of the same names are replaced.
    formats : sequence of str
        Of ``svg``, ``pdf`` and ``png``.
    more : sequence of Section, optional
        What capabilities add to the page.

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
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, plate in plates(content, more):
        paths = {form: folder / f"{name}.{form}" for form in formats}
        saved(plate, paths)
        written += paths.values()
    return written


def _drawings(content: ReportContent, more: Sequence[Section]) -> Iterator[Drawing]:
    """Return name and drawing of every plate, in their order."""
    for name in ("S", "W", "psi"):
        if result := _last(content, name):
            yield name, partial(map_plate, content, name, result)
    yield from _sums(content)
    matrices = [result for result in content.ordered if result.psi is not None]
    if len(matrices) >= 3:
        yield "years-psi", partial(map_years_plate, content)
    for quantity, frame in over_years(content).items():
        yield f"years-{_slug(quantity)}", partial(years_plate, content, quantity, frame)
    for part in (part for section in more for part in section.parts):
        if isinstance(part, Bars):
            yield from _declared(content, part)


def _sums(content: ReportContent) -> Iterator[Drawing]:
    """Return the bars of the last year that has them."""
    yield from _declared(content, benefit_bars(content))
    yield from _declared(content, contribution_bars(content))
    if (result := _last(content, "loss")) and result.loss is not None:
        for name in result.loss.columns[result.loss.notna().any()].map(str):
            yield f"loss-{_slug(name)}", partial(loss_plate, content, result, name)
    result = _last(content, "modes")
    if result and result.modes is not None and len(mode_shares(result.modes).dropna()):
        yield "modes", partial(modes_plate, content, result)


def _declared(content: ReportContent, bars: Bars) -> Iterator[Drawing]:
    """Return the bars that the page shows at first, a plate for each choice."""
    for key in bars.series:
        if key[-1] == bars.periods[0]:
            name = "-".join([bars.name, *map(_slug, key[:-1])])
            yield name, partial(bars_plate, content, bars, key)


def _last(content: ReportContent, part: str) -> YearResult | None:
    """Return the last year that has a part which is not empty."""
    for result in reversed(content.ordered):
        found = getattr(result, part)
        if found is not None and (part != "contribution" or found):
            return result
    return None


def _slug(name: str) -> str:
    """Return a name as part of a file name: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "other"
