"""Numbers as they come: known, not known, or neither, which is refused by its place and value."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ...core.labels import as_numbers, refuse_mask
from ..linalg._labels import Vector

__all__ = ["FARTHEST", "read_known", "read_whole", "require_masses", "require_near"]

#: Coordinates beyond this are no km; their squares are still numbers.
FARTHEST = 1e12
#: A mass below this share of all is lost in the rounding of the others.
_LIGHTEST = 1e-12


def read_known(values: Any, what: str) -> Vector:
    """Return numbers, NaN where one is missing.

    Parameters
    ----------
    values : array_like
        A row a site. NaN, None, NA and infinite numbers are missing.
    what : str
        What they are, for the error.

    Returns
    -------
    ndarray
        Of the same shape.

    Raises
    ------
    InputError
        If rows differ in length, or something is there that is no number: a text is none, even if
        it looks like one.

    Examples
    --------
    >>> read_known([1, None], "weights").tolist()
    [1.0, nan]
    >>> read_known([[48.5, "2,3"]], "sites")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: sites: site 1 has '2,3' (a text); a number is needed, or \
nothing where it is not known.
    """
    refuse_mask(values, what)
    try:
        # Lists may hold numbers and texts, of which NumPy would make texts alone.
        plain = hasattr(values, "dtype") or hasattr(values, "dtypes")
        cells = np.asarray(values) if plain else np.asarray(values, dtype=object)
        numbers = as_numbers(cells)
    except ValueError:
        raise InputError(f"{what}: rows differ in length; give as many numbers each.") from None
    odd = np.argwhere(np.isnan(numbers) & ~np.asarray(pd.isna(cells), dtype=bool))
    if len(odd):
        cell = cells[tuple(odd[0])]
        kind = "a text" if isinstance(cell, str) else type(cell).__name__
        raise InputError(
            f"{what}: site {odd[0][0] + 1 if numbers.ndim else 1:,} has {show(cell)} ({kind}); a "
            "number is needed, or nothing where it is not known."
        )
    return np.where(np.isfinite(numbers), numbers, np.nan)


def read_whole(value: Any, name: str, least: int) -> int:
    """Return a whole number.

    Parameters
    ----------
    value : object
        What was given.
    name : str
        Of the argument.
    least : int
        The smallest that makes sense.

    Raises
    ------
    InputError
        If it is another.

    Examples
    --------
    >>> read_whole(2.5, "draws", 1)
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: draws: got 2.5; give a whole number from 1 on.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise InputError(f"{name}: got {value!r}; give a whole number from {least} on.")
    return int(value)


def require_near(xy: Vector, what: str) -> None:
    """Refuse coordinates that are no km: their distances would not be numbers any more.

    Parameters
    ----------
    xy : ndarray, shape (N, 2)
        NaN passes.
    what : str
        For the error.

    Examples
    --------
    >>> require_near(np.array([[0.0, 1e200]]), "sites")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: sites: site 1 has the coordinate 1e+200; these are no km.
    """
    far = np.argwhere(np.abs(np.nan_to_num(xy)) > FARTHEST)
    if len(far):
        raise InputError(
            f"{what}: site {far[0][0] + 1:,} has the coordinate {xy[tuple(far[0])]:g}; these are "
            "no km."
        )


def require_masses(mass: Vector, what: str) -> None:
    """Refuse masses that no sum can hold beside each other.

    Parameters
    ----------
    mass : ndarray, shape (N,)
        Above zero.
    what : str
        For the error.

    Examples
    --------
    >>> require_masses(np.array([1.0, 1e-300]), "weights")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: weights: they run from 1e-300 to 1; a site of less than \
1e-12 of all would be lost in rounding. Leave it out, or correct it.
    """
    if not len(mass):
        return
    # In units of the largest, since sums of the largest numbers are none.
    if mass.min() / mass.max() < _LIGHTEST * (mass / mass.max()).sum():
        raise InputError(
            f"{what}: they run from {mass.min():g} to {mass.max():g}; a site of less than "
            f"{_LIGHTEST:g} of all would be lost in rounding. Leave it out, or correct it."
        )
