"""Sums of Gaussian kernels over very many distances, to rounding.

Σ_b w_b φ((d − d_b)/h) costs an exponential for each pair of a distance and a place on the grid.
Where that is much, distances are sorted into bins an eighth of h wide, of which not only the number
but all moments up to the eighth are kept. With a distance u = (d_b − c)/h from the centre c of its
bin and t = (d − c)/h,

    φ(t − u) = Σ_k He_k(t) φ(t) u^k / k!,

where He_k are Hermite's polynomials. As |u| ≤ 1/16, what is behind the eighth term is at most
3·10⁻¹⁴ φ(0): nothing is rounded to the centres of bins. (Greengard & Strain (1991), *SIAM Journal
on Scientific and Statistical Computing* 12, 79–94, the fast Gauss transform.)
"""

from __future__ import annotations

import math

import numpy as np

from ..linalg._labels import Vector
from ._pair_distances import BLOCK

__all__ = ["kernel_sums"]

# Moments that are kept, and bins in a bandwidth: see above.
ORDER, BINS_PER_H = 9, 8
# φ of more than this is below the rounding of φ(0).
REACH = 8.5


def kernel_sums(distances: Vector, weights: Vector | None, grid: Vector, h: float) -> Vector:
    """Sum the Gaussian kernels around distances, on a grid.

    Parameters
    ----------
    distances : ndarray, shape (R, n)
        0 or more, km; infinite ones count nothing.
    weights : ndarray, shape (n,), or None
        Of the columns. None: 1.
    grid : ndarray, shape (D,)
        Where the sums are wanted, km.
    h : float
        Bandwidth, km.

    Returns
    -------
    ndarray, shape (R, D)
        Σ_b w_b φ((d − d_b)/h) with φ(t) = exp(−t²/2)/√(2π); it is not divided by h. The error of
        each term is below 4·10⁻¹⁴ φ(0).

    Examples
    --------
    >>> sums = kernel_sums(np.array([[1.0, 3.0]]), None, np.array([1.0, 2.0]), 1.0)
    >>> sums.round(6).tolist()
    [[0.452933, 0.483941]]
    """
    width = h / BINS_PER_H
    bins = int((grid.max(initial=0.0) + REACH * h) / width) + 1
    coefficients = bins * (ORDER + len(grid))
    if distances.size <= bins * ORDER or coefficients > BLOCK:
        return _directly(distances, weights, grid, h)
    return _by_moments(distances, weights, grid, h, bins)


def _directly(distances: Vector, weights: Vector | None, grid: Vector, h: float) -> Vector:
    """Take the sum as it is defined, so many columns at a time that memory is bounded."""
    sums = np.zeros((len(distances), len(grid)))
    step = max(1, BLOCK // max(1, len(distances) * len(grid)))
    for start in range(0, distances.shape[1], step):
        part = slice(start, start + step)
        t = (grid[np.newaxis, :, np.newaxis] - distances[:, np.newaxis, part]) / h
        kernels = np.exp(-0.5 * t**2)
        sums += kernels.sum(axis=2) if weights is None else kernels @ weights[part]
    return sums / math.sqrt(2 * math.pi)


def _by_moments(
    distances: Vector, weights: Vector | None, grid: Vector, h: float, bins: int
) -> Vector:
    width = h / BINS_PER_H
    within = distances < bins * width
    u = distances[within]
    place = np.minimum((u / width).astype(np.int64), bins - 1)
    u = (u - (place + 0.5) * width) / h
    rows = len(distances)
    if rows > 1:
        place += np.nonzero(within)[0] * bins
    power = None if weights is None else np.broadcast_to(weights, distances.shape)[within]
    t = (grid - (np.arange(bins)[:, np.newaxis] + 0.5) * width) / h
    phi = np.exp(-0.5 * t**2) / math.sqrt(2 * math.pi)
    before, hermite = np.zeros_like(phi), phi
    sums = np.zeros((rows, len(grid)))
    for k in range(ORDER):
        moments = np.bincount(place, power, rows * bins).reshape(rows, bins)
        sums += moments @ (hermite / math.factorial(k))
        before, hermite = hermite, t * hermite - k * before
        power = u if power is None else power * u
    return sums
