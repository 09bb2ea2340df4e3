"""Charts of sectors as values: bars, heat maps, lines, histograms, rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ..core.matrix import LabelledMatrix

__all__ = ["Bars", "ByYear", "Cells", "HeatMap", "Histograms", "Key", "Lines", "Rates", "Stack"]

#: Names one picture of a figure: its year, or a choice and the year.
Key: TypeAlias = tuple[str, ...]


class ByYear:
    """A figure with a picture for each year, and perhaps for each of another choice."""

    __slots__ = ()
    series: Mapping[Key, Any]

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
        periods = list(dict.fromkeys(key[-1] for key in self.series))
        if all(period.isdecimal() for period in periods):
            return sorted(periods, key=int, reverse=True)
        return periods


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
    note : str
        Sentences on these bars alone; below them on the page, behind the caption of plates.
    """

    parts: Sequence[pd.Series[float]]
    total: pd.Series[float] | None = None
    interval: pd.DataFrame | None = None
    note: str = ""

    @property
    def whole(self) -> pd.Series[float]:
        """The lengths of the bars; sectors without one are left out."""
        return sum(self.parts[1:], self.parts[0]).dropna()

    @property
    def numbers(self) -> pd.Series[float]:
        """The number of each bar: its length, or another that is to be shown."""
        whole = self.whole
        return whole if self.total is None else self.total.reindex(whole.index)

    @property
    def span(self) -> tuple[float, float]:
        """How far bars and whiskers reach to the left of zero and to the right."""
        codes = self.whole.index
        parts = np.array([part.reindex(codes).to_numpy(dtype=np.float64) for part in self.parts])
        ends = [parts.clip(max=0).sum(axis=0), parts.clip(min=0).sum(axis=0), np.zeros(1)]
        if self.interval is not None:
            sides = self.interval[["low", "high"]].reindex(codes).to_numpy(dtype=np.float64)
            ends.append(sides[np.isfinite(sides)])
        reach = np.concatenate(ends)
        return float(reach.min()), float(reach.max())


@dataclass(frozen=True, slots=True)
class Bars(ByYear):
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
    plates : mapping of str to sequence of str
        Names of the plates, and the choices that each shows side by side. By default every choice
        has a plate, named by the figure and the choice.
    whiskers : str
        How intervals were made, in a sentence, where a bar has any.
    points : bool
        Whether each sector has a point in place of a bar, the smallest number first, as ranks have.
    """

    name: str
    title: str
    caption: str
    axis: str
    parts: Mapping[str, Sequence[str]]
    series: Mapping[Key, Stack]
    choice: str = ""
    plates: Mapping[str, Sequence[str]] = field(default_factory=dict)
    whiskers: str = ""
    points: bool = False

    @property
    def whiskers_note(self) -> str:
        """What whiskers are, as captions say it behind their last sentence."""
        return f" Whiskers are intervals. {self.whiskers}".rstrip()


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a heat map of one choice.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (R, C)
        In any unit; rows receive. What is below zero is drawn as zero, and told.
    beside : pandas.Series, optional
        A share (0 to 1) of each row, which plates draw beside it; its name is their title.
    note : str
        Sentences on these cells alone; below them on the page, behind the caption of plates.
    """

    matrix: LabelledMatrix
    beside: pd.Series[float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HeatMap(ByYear):
    """A matrix of sectors as colours, by year and perhaps by another choice.

    All years and choices have one scale of colours, on the page and on plates.

    Parameters
    ----------
    name : str
        Its place on the page, and the name of its plate.
    title, caption : str
        What is shown, and what a cell is.
    axes : tuple of str
        What a row is, and what a column is.
    series : mapping of tuple of str to Cells
        By year, or by choice and year, the oldest first.
    choice : str
        What is chosen beside the year.
    over_years : bool
        Whether a plate shows all years side by side, too.
    levels : tuple of float
        Contours: cells below the first are white, and each level has one colour. By default colours
        run on one scale.
    reading : str
        Which way a cell is read.
    """

    name: str
    title: str
    caption: str
    axes: tuple[str, str]
    series: Mapping[Key, Cells]
    choice: str = ""
    over_years: bool = False
    levels: tuple[float, ...] = ()
    reading: str = "Rows receive, columns are the source."

    @property
    def shown(self) -> Cells:
        """What is shown at first."""
        return next(cells for key, cells in self.series.items() if key[-1] == self.periods[0])


@dataclass(frozen=True, slots=True)
class Lines:
    """A small chart of each sector over the years, by quantity.

    Parameters
    ----------
    name : str
        Its place on the page; a plate is named by it and by the quantity.
    title, caption : str
        What is shown, and how it is to be read.
    series : mapping of str to pandas.DataFrame, each of shape (N, T)
        By quantity; index: code, in the order of the charts; columns: years, oldest first.
    """

    name: str
    title: str
    caption: str
    series: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Histograms:
    """How numbers of sectors are distributed, side by side on one scale.

    Parameters
    ----------
    name : str
        Its place on the page, and the name of its plate.
    title, caption : str
        What is shown, and how it is to be read.
    axis : str
        What is counted, with its unit.
    series : mapping of str to pandas.Series
        Numbers by the title of their panel, from the left; what is no number is left out.
    edges : sequence of float
        Of the bins, ascending; a bin holds what lies at its lower edge, the last one both.
    """

    name: str
    title: str
    caption: str
    axis: str
    series: Mapping[str, pd.Series[float]]
    edges: Sequence[float]


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of groups that have an order, e.g. of fifths, side by side on one scale.

    Parameters
    ----------
    name : str
        Its place on the page, and the name of its plate.
    title, caption : str
        What is shown, and how it is to be read.
    axis : str
        What the height of a point is, a share from 0 to 1.
    series : mapping of str to pandas.DataFrame
        By the title of its panel, from the left: ``share`` (0 to 1), ``n`` (how many it is of) and
        ``mean`` (of all groups together); the index is what a group is called, in order, with
        `` | `` between two lines.
    """

    name: str
    title: str
    caption: str
    axis: str
    series: Mapping[str, pd.DataFrame]
