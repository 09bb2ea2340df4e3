"""The headline numbers of all sections, in front of them."""

from __future__ import annotations

from collections.abc import Iterable

from ...reports.kit import Cards, Paragraph, Part, Section

__all__ = ["findings_section"]


def findings_section(sections: Iterable[Section], year: int | None) -> Section:
    """Collect the headline numbers of the other sections.

    Parameters
    ----------
    sections : iterable of Section
        In the order of the page.
    year : int, optional
        The last report year.
    """
    cards = tuple(finding for section in sections for finding in section.findings)
    one: Part = Cards(cards)
    if not cards or year is None:
        one = Paragraph("This study has no results by year; only its data are shown.")
    return Section("findings", "Key findings", (one,), f", {year}" if year else "")
