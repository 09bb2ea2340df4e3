"""What a figure of the page is, and what all figures share: setting, controls, rounding."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .charts import Spec
from .result_table import one_line

__all__ = [
    "FEWEST_YEARS",
    "Control",
    "Figure",
    "Setting",
    "key_controls",
    "left_out",
    "round_values",
]

#: Years from which on a view over years says more than one of each.
FEWEST_YEARS = 3


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


@dataclass(frozen=True, slots=True)
class Setting:
    """What all figures of a report share.

    Parameters
    ----------
    labels : mapping of str to str
        Code to code and name of every sector, in the order in which figures number them.
    synthetic : bool
        Whether any input is invented; every figure then says so.

    Examples
    --------
    >>> made = Setting({"C26": "C26 Electronics"})
    >>> made.label("C26"), made.label("C27"), made.places
    ('C26 Electronics', 'C27', {'C26': 0})
    """

    labels: Mapping[str, str]
    synthetic: bool = False

    def __post_init__(self) -> None:
        """Leave out signs that nobody sees: the converter of plates dies of some."""
        clean = {code: one_line(label) for code, label in self.labels.items()}
        object.__setattr__(self, "labels", clean)

    def label(self, code: str) -> str:
        """Return code and name of a sector, or the code alone where it has no name."""
        return self.labels.get(code) or one_line(code)

    @property
    def places(self) -> dict[str, int]:
        """The number of each sector by its code."""
        return {code: k for k, code in enumerate(self.labels)}

    @property
    def sectors(self) -> list[list[str]]:
        """Of every sector: code, code and name, its label of a wide chart and of a narrow one.

        Labels are wrapped by newlines, never cut.
        """
        return [
            [code, label, *("\n".join(textwrap.wrap(label, width)) for width in (84, 48))]
            for code, label in self.labels.items()
        ]


def round_values(values: Iterable[float]) -> list[float | None]:
    """Round to four significant digits; what is not a number becomes ``None``.

    Examples
    --------
    >>> round_values([1.23456, 0.000123456, float("nan")])
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


def key_controls(
    choice: str, keys: Iterable[Sequence[str]], periods: Sequence[str]
) -> list[Control]:
    """Return the choice of what, where there is one, and that of the year.

    Parameters
    ----------
    choice : str
        What is chosen beside the year.
    keys : iterable of sequence of str
        All that can be drawn: years, or choices and years.
    periods : sequence of str
        The years, or spans of them, the one at first in front.

    Examples
    --------
    >>> keys = [("unit", "2007"), ("unit", "2012"), ("output", "2012")]
    >>> [one.selected for one in key_controls("Weights", keys, ["2012", "2007"])]
    ['unit', '2012']
    """
    title = "Year" if all(period.isdecimal() for period in periods) else "Years"
    controls = [Control(title, tuple((one, one) for one in periods), periods[0])]
    firsts = tuple(dict.fromkeys(key[0] for key in keys if len(key) > 1))
    if firsts:
        controls.insert(0, Control(choice, tuple((one, one) for one in firsts), firsts[0]))
    return controls
