"""The figures of a report: as its sections declare them, and as the page draws them."""

from __future__ import annotations

from spillgraph.reports.content import ReportContent
from spillgraph.reports.drawing import draw_sections
from spillgraph.reports.figures import Figure
from spillgraph.reports.kit import Bars, HeatMap, Lines
from spillgraph.reports.sections import sections_of
from spillgraph.reports.setting import setting_of


def declared(content: ReportContent) -> dict[str, Bars | HeatMap | Lines]:
    """Return the declared figures by name, in the order of the page."""
    return {
        part.name: part
        for section in sections_of(content)
        for part in section.parts
        if isinstance(part, Bars | HeatMap | Lines)
    }


def drawn(content: ReportContent) -> dict[str, Figure]:
    """Return the figures of the page by name, in its order."""
    sections = draw_sections(sections_of(content), setting_of(content))
    figures = [figure for section in sections for figure in section.figures]
    return {figure.id.removeprefix("figure-"): figure for figure in figures}
