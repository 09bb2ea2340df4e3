"""Drawings of sectors and their links, and maps of sites, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..core.matrix import LabelledMatrix
from .chart_values import ByYear, Key

__all__ = ["Links", "Network", "SiteMap", "Spots"]


@dataclass(frozen=True, slots=True)
class Links:
    """What a drawing of a network shows of one choice.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (N, N)
        Links [receiver, source], not negative; own links are not drawn.
    size : pandas.Series, length N
        What the area of a sector says, not negative; its name is the title of it.
    group : pandas.Series of str, length N, optional
        What its colour says.
    leading : tuple of str
        Sectors that are named at first in networks too large to name all, the foremost first.
    """

    matrix: LabelledMatrix
    size: pd.Series[float]
    group: pd.Series[str] | None = None
    leading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Network(ByYear):
    """A drawing of sectors and links, by layer and year; a sector keeps its place in all of them.

    Parameters
    ----------
    name : str
        Its place on the page, and the name of its plates.
    title, caption : str
        What is shown, and how it is to be read.
    series : mapping of tuple of str to Links
        By year, or by layer and year.
    choice : str
        What is chosen beside the year.
    """

    name: str
    title: str
    caption: str
    series: Mapping[Key, Links]
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Spots:
    """The sites of a map of one choice.

    Parameters
    ----------
    places : mapping of str to pandas.DataFrame
        By group, columns ``x`` (to the east) and ``y`` (to the north), km on one plane: all other
        sites first, then up to two groups that are compared. Every site has a place.
    title : str
        What this map shows, above it.
    note : str
        Sentences on this map alone; below it on the page, behind the caption of plates.
    outline : sequence of numpy.ndarray, each of shape (M, 2)
        Rings around the sites, on the same plane; the map then ends where they do.
    """

    places: Mapping[str, pd.DataFrame]
    title: str
    note: str = ""
    outline: Sequence[np.ndarray] = ()


@dataclass(frozen=True, slots=True)
class SiteMap(ByYear):
    """Maps of sites, a kilometre as long to the east as to the north, by choice and year.

    Parameters
    ----------
    name : str
        Its place on the page, and the name of its plates.
    title, caption : str
        What is shown, and how it is to be read.
    axes : tuple of str
        Titles of the axes: what is to the right, and what is above.
    series : mapping of tuple of str to Spots
        By year, or by choice and year.
    choice : str
        What is chosen beside the year.
    """

    name: str
    title: str
    caption: str
    axes: tuple[str, str]
    series: Mapping[Key, Spots]
    choice: str = ""
