"""What a figure of the page is, and what all figures share: controls, labels, rounding."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..core.matrix import LabelledMatrix
from .charts import Spec
from .content import ReportContent, YearResult

__all__ = [
    "Control",
    "Figure",
    "left_out",
    "matrices",
    "rounded",
    "sector_labels",
    "year_control",
]


@dataclass(frozen=True, slots=True)
class Control:
    """A choice above a figure.

    Parameters
    ----------
    label : str
        What is chosen.
    options : tuple of (str, str)
        Value and text of each option.
    selected : str
        The value at first.
    role : str
        ``key``: the value is part of the name of the data; ``limit``: it is the number of
        bars to draw, 0 for all.
    """

    label: str
    options: tuple[tuple[str, str], ...]
    selected: str
    role: str = "key"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Parameters
    ----------
    id : str
        Its id on the page.
    title, caption : str
        What it shows; how to read it.
    controls : tuple of Control
        Choices; the values of those with role ``key``, joined by ``|``, name the block of data
        that is drawn.
    payload : dict
        What the page's script draws: ``kind``, ``title``, specifications and ``blocks`` of
        data; empty for a picture.
    image : str
        A picture as a data address; empty for a drawn figure.
    """

    id: str
    title: str
    caption: str
    controls: tuple[Control, ...] = ()
    payload: Spec = field(default_factory=dict)
    image: str = ""


def matrices(result: YearResult) -> list[LabelledMatrix]:
    """Return the matrices of a year that the page draws, in its order: S, W, ψ."""
    return [matrix for matrix in (result.S, result.W, result.psi) if matrix is not None]


def _codes(content: ReportContent) -> list[str]:
    """Return every sector of every year, in the order of the last year."""
    found: dict[str, None] = {}
    for result in reversed(content.ordered):
        for matrix in matrices(result):
            found.update(dict.fromkeys((*matrix.rows, *matrix.columns)))
        tables = (result.modes, result.loss, *result.intervals.values())
        series = (result.benefit, result.own_share, *result.contribution.values())
        for values in (*series, *tables):
            if values is not None:
                found.update(dict.fromkeys(map(str, values.index)))
    return list(found)


def sector_labels(content: ReportContent) -> list[list[str]]:
    """Return, for every sector of the report, what figures call it.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    list of [code, code and name, label of a wide chart, label of a narrow chart]
        Labels are wrapped by newlines, never cut.
    """
    labels = []
    for code in _codes(content):
        label = content.label(code)
        wide, narrow = ("\n".join(textwrap.wrap(label, width)) for width in (84, 48))
        labels.append([code, label, wide, narrow])
    return labels


def rounded(values: Iterable[float]) -> list[float | None]:
    """Round to four significant digits; what is not a number becomes ``None``.

    Examples
    --------
    >>> rounded([1.23456, 0.000123456, float("nan")])
    [1.235, 0.0001235, None]
    """
    return [float(f"{x:.4g}") if np.isfinite(x) else None for x in values]


def left_out(what: str, years: Sequence[int]) -> str:
    """Say which years a figure leaves out.

    Parameters
    ----------
    what : str
        What is left out of them, in the plural.
    years : sequence of int
        The years, oldest first, at least one.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> left_out("maps", [2007, 2012])
    'The maps of 2007–2012 are left out to keep the page small.'
    """
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else f"{years[0]}"
    return f"The {what} of {span} are left out to keep the page small."


def year_control(years: Sequence[int]) -> Control:
    """Return the choice of a year, the last year first and selected.

    Examples
    --------
    >>> year_control([2007, 2012]).selected
    '2012'
    """
    options = tuple((str(year), str(year)) for year in sorted(set(years), reverse=True))
    return Control("Year", options, options[0][0])
