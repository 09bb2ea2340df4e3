"""What a section of the page is made of: values, which the page draws in one loop.

A capability gives a :class:`Section`; the page, and whoever else shows it, knows no more of it.
What its figures are made of stands in ``chart_values.py`` and ``map_values.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from markupsafe import Markup

from .chart_values import Bars, Cells, HeatMap, Histograms, Key, Lines, Rates, Stack
from .figures import Figure, Setting
from .map_values import Links, Network, SiteMap, Spots
from .tables import Table

__all__ = [
    "Bars",
    "Cards",
    "Cells",
    "Finding",
    "Folded",
    "Heading",
    "HeatMap",
    "Histograms",
    "Key",
    "Lines",
    "Links",
    "Network",
    "Page",
    "Paragraph",
    "Part",
    "Rates",
    "Section",
    "SiteMap",
    "Spots",
    "Stack",
    "Verdict",
]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; text that is no :class:`markupsafe.Markup` is escaped."""

    text: str | Markup


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence that says whether something holds."""

    text: str
    good: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A headline number: its title, a value, a list of (name, number), and what it means."""

    title: str
    value: str
    items: tuple[tuple[str, str], ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Headline numbers side by side."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """Tables that open with a click."""

    title: str
    tables: tuple[Table, ...]


Part: TypeAlias = (
    Heading
    | Paragraph
    | Verdict
    | Cards
    | Folded
    | Table
    | Bars
    | HeatMap
    | Histograms
    | Lines
    | Network
    | Rates
    | SiteMap
    | Figure
)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page.

    Parameters
    ----------
    id : str
        Its place on the page, and in the table of contents.
    title : str
        As the table of contents has it.
    parts : tuple of Part
        In their order.
    more : str
        What the heading says behind the title, e.g. the year.
    findings : tuple of Finding
        Its headline numbers, which the page shows in front of all sections.
    labels : mapping of str to str
        What its figures draw beside sectors of the study, e.g. countries: by code, as it is shown.
    """

    id: str
    title: str
    parts: tuple[Part, ...]
    more: str = ""
    findings: tuple[Finding, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def figures(self) -> list[Figure]:
        """Its figures, in their order."""
        return [part for part in self.parts if isinstance(part, Figure)]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report.

    Parameters
    ----------
    title, description : str
        What it is of; the description is plain text, paragraphs parted by an empty line.
    byline : str
        Of which study, from when, of which years.
    sections : tuple of Section
        In their order.
    setting : Setting
        What all figures share; its page says with every figure whether the data are invented.
    planted : str
        What an invented economy was built to show.
    warnings : sequence of str
        What must be known before any number.
    """

    title: str
    description: str
    byline: str
    sections: tuple[Section, ...]
    setting: Setting
    planted: str = ""
    warnings: Sequence[str] = ()
