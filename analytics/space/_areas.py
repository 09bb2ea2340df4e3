"""Establishments summed by area and industry: what indices of areas are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.errors import InputError, show
from ..linalg._labels import Vector, by_label
from ._inputs import read_codes, read_weights

__all__ = ["AreaTable", "area_shares", "read_areas"]


@dataclass(frozen=True, slots=True)
class AreaTable:
    """Employment and establishments of industries in areas.

    Parameters
    ----------
    areas : tuple of str, length M
        Sorted.
    industries : tuple of str, length J
        Sorted.
    area, industry : ndarray of int, shape (n,)
        Places of each establishment's area and industry among them.
    weights : ndarray, shape (n,)
        Employment of each establishment, or 1.
    """

    areas: tuple[str, ...]
    industries: tuple[str, ...]
    area: np.ndarray
    industry: np.ndarray
    weights: Vector

    def sums(self, values: Vector) -> Vector:
        """Return values of establishments summed by area and industry, shape (M, J)."""
        shape = len(self.areas), len(self.industries)
        place = self.area * shape[1] + self.industry
        sums = np.bincount(place, values, shape[0] * shape[1]).reshape(shape)
        return sums.astype(np.float64)

    @property
    def employment(self) -> Vector:
        """Employment by area and industry, shape (M, J)."""
        return self.sums(self.weights)

    @property
    def herfindahl(self) -> Vector:
        """Herfindahl index of each industry's establishments, shape (J,); NaN without employees."""
        J = len(self.industries)
        total = np.bincount(self.industry, self.weights, J)
        squares = np.bincount(self.industry, self.weights**2, J)
        H: Vector = np.divide(squares, total**2, out=np.full(J, np.nan), where=total > 0)
        return H

    @property
    def shares(self) -> Vector:
        """Share s_mj of each area in its industry's employment, (M, J); NaN without employees."""
        E = self.employment
        total = E.sum(axis=0)
        s: Vector = np.divide(E, total, out=np.full(E.shape, np.nan), where=total > 0)
        return s


def read_areas(area: Any, industry: Any, weights: Any = None) -> AreaTable:
    """Return establishments with their areas, or name the first that cannot be used.

    Parameters
    ----------
    area, industry : sequence of label, length n
        Of each establishment.
    weights : sequence of float, length n, optional
        Employment, 0 or more. Default: 1.

    Returns
    -------
    AreaTable

    Raises
    ------
    InputError
        If lengths differ, a label is missing, or a weight is negative or missing.

    Examples
    --------
    >>> found = read_areas(["north", "south", "south"], ["cars", "cars", "steel"], [30, 10, 5])
    >>> found.employment.tolist(), found.herfindahl.tolist()
    ([[30.0, 0.0], [10.0, 5.0]], [0.625, 1.0])
    """
    code, areas = read_codes(area, "area")
    kind, industries = read_codes(industry, "industry", len(code))
    return AreaTable(areas, industries, code, kind, read_weights(weights, len(code)))


def area_shares(table: AreaTable, size: Any, default: Vector) -> Vector:
    """Return the share x_m of each area, of sizes that are given or of the default.

    Parameters
    ----------
    table : AreaTable
    size : pandas.Series or mapping, length M, or None
        Size of each area, in any unit, by its label.
    default : ndarray, shape (M,)
        Sizes where none are given.

    Returns
    -------
    ndarray, shape (M,)
        They sum to 1.

    Raises
    ------
    InputError
        If areas differ, a size is negative or missing, all are 0, or one area has everything.

    Examples
    --------
    >>> found = read_areas(["north", "south"], ["cars", "steel"])
    >>> area_shares(found, {"north": 3, "south": 1}, found.employment.sum(axis=1)).tolist()
    [0.75, 0.25]
    """
    sizes = default if size is None else by_label(size, table.areas, "size of areas")
    if sizes.min() < 0:
        odd = table.areas[int(sizes.argmin())]
        raise InputError(f"size of areas: {show(odd)} has {sizes.min():g}; 0 or more is needed.")
    if np.count_nonzero(sizes) < 2:
        raise InputError(
            f"area: at least two areas with employment are needed, got "
            f"{np.count_nonzero(sizes)} of {len(sizes)}; with one there is nothing to compare."
        )
    x: Vector = sizes / sizes.sum()
    return x
