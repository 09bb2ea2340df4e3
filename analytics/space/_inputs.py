"""The door of every function on establishments: places, industries and sizes, refused where odd."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.errors import InputError, nearest, show
from ...core.labels import as_numbers, text_labels
from ..linalg._labels import Vector
from ._read import require_masses, require_near

__all__ = [
    "Codes",
    "Establishments",
    "Pair",
    "read_codes",
    "read_establishments",
    "read_grid",
    "read_pairs",
    "read_weights",
]

Codes = NDArray[np.int64]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Establishments:
    """Establishments as arrays, in the order in which they were given.

    Parameters
    ----------
    sites : ndarray, shape (n, 2)
        Planar coordinates in km.
    code : ndarray of int, shape (n,)
        Place of each one's industry among ``industries``.
    industries : tuple of str, length J
        Industries, sorted.
    weights : ndarray, shape (n,)
        Employment, or 1.
    """

    sites: Vector
    code: Codes
    industries: tuple[str, ...]
    weights: Vector

    def members(self, label: str) -> Codes:
        """Return the places of an industry's establishments."""
        return np.flatnonzero(self.code == self.industries.index(label))

    @property
    def equal(self) -> bool:
        """Whether all weigh the same, so that none is told from another by its size."""
        return bool((self.weights == self.weights[0]).all())


def read_establishments(sites: Any, industry: Any, weights: Any = None) -> Establishments:
    """Return establishments as arrays, or name the first that cannot be used.

    Parameters
    ----------
    sites : array_like, shape (n, 2)
        Planar coordinates in km.
    industry : sequence of label, length n
        Industry of each establishment.
    weights : sequence of float, length n, optional
        Employment; positive. Default: 1.

    Returns
    -------
    Establishments

    Raises
    ------
    InputError
        If the lengths differ, there is no establishment, a coordinate is missing, an industry has
        no label, or a weight is not positive, or so small beside others that it would be lost.

    Examples
    --------
    >>> found = read_establishments([[0, 0], [3, 4]], ["steel", "cars"])
    >>> found.industries, found.code.tolist()
    (('cars', 'steel'), [1, 0])
    """
    # A frame of coordinates has labels on its rows, which are not joined with anything here.
    places = as_numbers(np.asarray(sites))
    if places.ndim != 2 or places.shape[1] != 2:
        raise InputError(
            f"sites: two planar coordinates in km are needed for each establishment, got an array "
            f"of shape {places.shape}."
        )
    code, industries = read_codes(industry, "industry", len(places))
    odd = np.flatnonzero(~np.isfinite(places).all(axis=1))
    if odd.size:
        raise InputError(
            f"sites: establishment {odd[0] + 1:,} has the coordinates "
            f"{show(np.asarray(sites)[odd[0]].tolist())}; two finite numbers are needed. Leave "
            f"out those without a place ({odd.size:,} here), from all arguments alike, and say how "
            "many."
        )
    require_near(places, "sites")
    mass = read_weights(weights, len(places), above=0.0)
    require_masses(mass, "weights")
    return Establishments(places, code, industries, mass)


def read_codes(labels: Any, what: str, count: int | None = None) -> tuple[Codes, tuple[str, ...]]:
    """Return labels as places in a sorted list.

    Parameters
    ----------
    labels : sequence of label, length n
        Industries or areas.
    what : str
        What they are, for the error.
    count : int, optional
        How many there must be.

    Returns
    -------
    code : ndarray of int, shape (n,)
    distinct : tuple of str
        Sorted.

    Raises
    ------
    InputError
        If there are none, their number is another one, or one is missing.

    Examples
    --------
    >>> read_codes(["b", "a", "b"], "area")
    (array([1, 0, 1]), ('a', 'b'))
    """
    items = np.asarray(labels, dtype=object)
    if items.ndim != 1 or (count is not None and len(items) != count) or not len(items):
        needed = "at least one label" if count is None or not count else f"{count:,} labels"
        raise InputError(f"{what}: {needed} needed, got an array of shape {items.shape}.")
    code, distinct = pd.factorize(pd.Series(items))
    missing = np.flatnonzero(code < 0)
    if missing.size:
        raise InputError(
            f"{what}: establishment {missing[0] + 1:,} has none; leave it out, from all arguments "
            "alike."
        )
    texts = np.array(text_labels(list(distinct), what), dtype=object)
    order = np.argsort(texts)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place[code], tuple(texts[order])


def read_weights(weights: Any, count: int, *, above: float | None = None) -> Vector:
    """Return weights as numbers, 1 where none are given.

    Parameters
    ----------
    weights : sequence of float, length n, or None
        Employment.
    count : int
        n.
    above : float, optional
        A weight must be greater than this; by default 0 is allowed.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    InputError
        If their number is another one, or one is negative, missing or, with ``above``, too small.

    Examples
    --------
    >>> read_weights(None, 2).tolist(), read_weights([3, 0], 2).tolist()
    ([1.0, 1.0], [3.0, 0.0])
    """
    if weights is None:
        return np.ones(count)
    numbers = as_numbers(np.asarray(weights))
    if numbers.shape != (count,):
        raise InputError(f"weights: {count:,} numbers are needed, got {numbers.shape}.")
    least = "greater than 0" if above is not None else "0 or more"
    good = numbers > above if above is not None else numbers >= 0
    odd = np.flatnonzero(~(good & np.isfinite(numbers)))
    if odd.size:
        value = show(np.asarray(weights, dtype=object)[odd[0]])
        raise InputError(
            f"weights: establishment {odd[0] + 1:,} weighs {value}; a finite number {least} is "
            f"needed. Correct it, or leave out what is like it ({odd.size:,} here), from all "
            "arguments alike."
        )
    return numbers


def read_grid(distances: Any, what: str = "distances") -> Vector:
    """Return distances at which a curve is wanted.

    Parameters
    ----------
    distances : sequence of float, length D
        km, 0 or more, increasing.
    what : str
        What they are called, for the error.

    Returns
    -------
    ndarray, shape (D,)

    Raises
    ------
    InputError
        If there are none, or they do not increase from 0 or more.

    Examples
    --------
    >>> read_grid([0, 5, 10]).tolist()
    [0.0, 5.0, 10.0]
    """
    grid = as_numbers(np.asarray(distances))
    good = grid.ndim == 1 and grid.size > 0 and np.isfinite(grid).all()
    if not (good and grid[0] >= 0 and (np.diff(grid) > 0).all()):
        raise InputError(
            f"{what}: increasing numbers of km from 0 on are needed, got {show(distances)}."
        )
    return grid


def read_pairs(
    pairs: Iterable[Sequence[Any]] | None, industries: tuple[str, ...], *, ordered: bool
) -> list[Pair]:
    """Return the pairs of industries that are wanted.

    Parameters
    ----------
    pairs : iterable of (label, label), or None
        An industry with itself stands for its own curve. Default: all.
    industries : tuple of str, length J
        Those that there are.
    ordered : bool
        Whether (a, b) and (b, a) differ; where they do not, one of them stands for both.

    Returns
    -------
    list of (str, str)

    Raises
    ------
    InputError
        If a label is not known, or a pair is none.

    Examples
    --------
    >>> read_pairs(None, ("cars", "steel"), ordered=False)
    [('cars', 'cars'), ('cars', 'steel'), ('steel', 'steel')]
    """
    if pairs is None:
        return [
            (first, second)
            for i, first in enumerate(industries)
            for second in (industries if ordered else industries[i:])
        ]
    wanted = []
    for pair in pairs:
        if isinstance(pair, str) or len(pair) != 2:
            raise InputError(f"pairs: two industries are needed, got {show(pair)}.")
        labels = tuple(text_labels([label], "pairs")[0] for label in pair)
        for label in labels:
            if label not in industries:
                raise InputError(
                    f"pairs: there is no establishment of industry {show(label)}. "
                    f"{nearest(label, industries)}"
                )
        wanted.append((labels[0], labels[1]))
    return wanted
