"""One region in one year: sites, industries, draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..linalg._labels import Vector

__all__ = ["EARTH", "Cell", "Matrix", "Places", "draw_orders"]

Matrix = NDArray[np.float64]
Places = NDArray[np.int64]

#: Mean radius of the Earth, km.
EARTH = 6371.0088


@dataclass(frozen=True, slots=True)
class Cell:
    """Checked sites of one region and year.

    Parameters
    ----------
    xy : ndarray, shape (N, 2)
        Sites, km; or latitude and longitude, degrees.
    weights : ndarray, shape (N,)
        Mass of each, above zero.
    code : ndarray, shape (N,)
        Place of its industry in ``names``; −1: in the pool only.
    names : tuple of str
        J industries.
    globe : bool
        Whether sites are degrees, and distances great circles.
    """

    xy: Matrix
    weights: Vector
    code: Places
    names: tuple[str, ...]
    globe: bool = False

    @property
    def counts(self) -> Places:
        """Sites of each industry, shape (J,)."""
        return np.bincount(self.code[self.code >= 0], minlength=len(self.names))

    @property
    def extent(self) -> float:
        """Width and height of all sites together, km."""
        unit = np.radians(EARTH) if self.globe else 1.0
        return float(np.ptp(self.xy, axis=0).sum() * unit)

    def members(self) -> list[Places]:
        """Return the sites of each industry."""
        order = np.argsort(self.code, kind="stable")[np.count_nonzero(self.code < 0) :]
        return np.split(order, np.cumsum(self.counts)[:-1])

    def of_pairs(self, distance: Callable[[Places, Places], float]) -> Matrix:
        """Return a distance of all pairs of industries, shape (J, J); NaN on the diagonal."""
        members = self.members()
        out = np.full((len(members), len(members)), np.nan)
        for j, k in combinations(range(len(members)), 2):
            out[j, k] = out[k, j] = distance(members[j], members[k])
        return out


def draw_orders(among: Places, draws: int, longest: int, rng: np.random.Generator) -> Places:
    """Return S random orders of the pool, cut where no industry is longer.

    A draw of n sites is the first n of an order, so that each pair's null is that of draws
    without replacement, and all pairs share the draws.

    Parameters
    ----------
    among : ndarray, shape (P,)
        The sites of the pool.
    draws, longest : int
        S, and the sites of the largest industry.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray, shape (S, min(longest, P))

    Examples
    --------
    >>> draw_orders(np.arange(5), 2, 3, np.random.default_rng(1)).shape
    (2, 3)
    """
    orders = np.empty((draws, min(longest, len(among))), dtype=np.int64)
    for order in orders:
        order[:] = rng.permutation(among)[:longest]
    return orders
