"""What a section of the page is made of: values, which the page draws in one loop.

A capability gives a :class:`Section`; the page, and whoever else shows it, knows no more of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from markupsafe import Markup

from .figures import Figure
from .findings import Finding
from .tables import Table

__all__ = ["Bars", "Cards", "Folded", "Heading", "Paragraph", "Part", "Section", "Stack", "Verdict"]


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
class Stack:
    """Bars of one choice, a bar a sector.

    Parameters
    ----------
    parts : sequence of pandas.Series
        What is stacked, each indexed by code.
    total : pandas.Series, optional
        The number to show and to sort by, if it is not the length of the bar.
    interval : pandas.DataFrame, optional
        Whiskers: columns ``low`` and ``high``.
    """

    parts: Sequence[pd.Series[float]]
    total: pd.Series[float] | None = None
    interval: pd.DataFrame | None = None

    @property
    def whole(self) -> pd.Series[float]:
        """The lengths of the bars; sectors without one are left out."""
        return sum(self.parts[1:], self.parts[0]).dropna()

    @property
    def sides(self) -> list[float]:
        """Where the bars end to the right and, with negative parts, to the left."""
        codes = self.whole.index
        parts = np.array([part.reindex(codes).to_numpy(dtype=np.float64) for part in self.parts])
        return [*parts.clip(min=0).sum(axis=0).tolist(), *parts.clip(max=0).sum(axis=0).tolist()]


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of sectors, by year and perhaps by another choice.

    Parameters
    ----------
    name : str
        Its place on the page.
    title, caption : str
        What is shown, and how it is to be read.
    axis : str
        What the length of a bar is, with its unit.
    parts : mapping of str to sequence of str
        Names of the parts of a bar by the first choice, or by ``""`` for every choice.
    series : mapping of tuple of str to Stack
        By year, or by choice and year; what is no year, as a span of them, is shown as it is.
    choice : str
        What is chosen beside the year.
    """

    name: str
    title: str
    caption: str
    axis: str
    parts: Mapping[str, Sequence[str]]
    series: Mapping[tuple[str, ...], Stack]
    choice: str = ""

    @property
    def periods(self) -> list[str]:
        """What can be chosen as the year, the one at first in front: the last, or the first given.

        Examples
        --------
        >>> one = Stack([pd.Series([1.0], ["a"])])
        >>> made = {("2012",): one, ("2017",): one}
        >>> Bars("x", "", "", "", {"": ["x"]}, made).periods
        ['2017', '2012']
        >>> Bars("x", "", "", "", {"": ["x"]}, {("mean",): one} | made).periods
        ['mean', '2012', '2017']
        """
        found = list(dict.fromkeys(key[-1] for key in self.series))
        if all(period.isdecimal() for period in found):
            return sorted(found, key=int, reverse=True)
        return found


@dataclass(frozen=True, slots=True)
class Cards:
    """Headline numbers side by side."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """Tables that open with a click."""

    title: str
    tables: tuple[Table, ...]


Part: TypeAlias = Heading | Paragraph | Verdict | Cards | Folded | Table | Bars | Figure


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
