"""Bounds of the distance from below that are linear in the sites, so that draws grow by adding.

A projection is 1-Lipschitz, so the one-dimensional distance along a direction never exceeds the
distance in the plane; the mean over D equally spaced directions, divided by the largest mean of
\\|cos\\| that any displacement can have, is a bound too, and a much better one. Along a direction
the distance is the area between two distribution functions; summed by bins it is bounded from
below by the difference of their integrals, and those are means over sites: so one row of numbers
a site is enough, whatever the draw.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..linalg._labels import Vector
from ._cell import Matrix

__all__ = ["BINS", "DIRECTIONS", "slices"]

#: More of either hardly tightens the bound: it loses a tenth to the plane, not to these.
DIRECTIONS, BINS = 8, 32


def slices(xy: Matrix, directions: int = DIRECTIONS, bins: int = BINS) -> Matrix:
    """Return features whose mean absolute difference, summed, bounds the distance from below.

    Parameters
    ----------
    xy : ndarray, shape (N, 2)
        Sites, km.
    directions, bins : int
        D equally spaced directions; bins a direction, between quantiles of the sites.

    Returns
    -------
    ndarray, shape (N, at most D·bins)
        Φ with \\|mean Φ over A − mean Φ over B\\|₁ ≤ W₁(A, B), whatever the weights of the means.

    Examples
    --------
    >>> two = slices(np.array([[0.0, 0.0], [3.0, 4.0]]))
    >>> bool(4.9 < np.abs(two[1] - two[0]).sum() <= 5.0)
    True
    """
    angles = np.pi * np.arange(directions) / directions
    largest = 1.0 / (directions * np.sin(np.pi / (2 * directions)))
    columns: list[Vector] = []
    for angle in angles:
        along = xy @ np.array([np.cos(angle), np.sin(angle)])
        edges = np.unique(np.quantile(along, np.linspace(0.0, 1.0, bins + 1)))
        columns.extend(_passed(along, low, high) for low, high in pairwise(edges))
    if not columns:
        return np.zeros((len(xy), 1))
    return np.ascontiguousarray(np.stack(columns, axis=1) / (directions * largest))


def _passed(along: Vector, low: float, high: float) -> Vector:
    """Return ∫ 1[site ≤ t] dt over a bin."""
    return np.asarray(np.clip(high - np.maximum(along, low), 0.0, None))
