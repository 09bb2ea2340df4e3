"""What a section of the page is made of: values, which the page draws in one loop.

A capability gives a :class:`Section`; the page, and whoever else shows it, knows no more of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup

from .figures import Figure
from .findings import Finding
from .tables import Table

__all__ = ["Cards", "Folded", "Heading", "Paragraph", "Part", "Section", "Verdict"]


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
class Cards:
    """Headline numbers side by side."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """Tables that open with a click."""

    title: str
    tables: tuple[Table, ...]


Part: TypeAlias = Heading | Paragraph | Verdict | Cards | Folded | Table | Figure


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
    """

    id: str
    title: str
    parts: tuple[Part, ...]
    more: str = ""

    @property
    def figures(self) -> list[Figure]:
        """Its figures, in their order."""
        return [part for part in self.parts if isinstance(part, Figure)]
