"""The distances between two sets of sites, block by block: however many, memory is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._inputs import read_establishments

__all__ = ["BLOCK", "PairDistances", "distance_grid", "order_statistics", "silverman"]

#: Distances that are held at once: 8 MB.
BLOCK = 2**20
# Bins of the first of two passes for order statistics.
BINS = 2**16


@dataclass(frozen=True, slots=True)
class PairDistances:
    """Distances of all pairs of one site of A and one of B; of one set, each pair of it once.

    Parameters
    ----------
    A : ndarray, shape (n, 2)
        Coordinates in km.
    B : ndarray, shape (m, 2), or None
        None: pairs within A, i < j.
    a, b : ndarray, shapes (n,) and (m,), or None
        Weights; that of a pair is the product. None: 1.
    """

    A: Vector
    B: Vector | None = None
    a: Vector | None = None
    b: Vector | None = None

    @property
    def count(self) -> int:
        """Number of distances."""
        n = len(self.A)
        return n * (n - 1) // 2 if self.B is None else n * len(self.B)

    @property
    def longest(self) -> float:
        """A bound of all distances: the diagonal of the box around all sites, km."""
        sites = self.A if self.B is None else np.vstack([self.A, self.B])
        return float(np.hypot(*np.ptp(sites, axis=0))) if len(sites) else 0.0

    def blocks(self) -> Iterator[tuple[Vector, Vector | None]]:
        """Go through distances and weights, at most ``BLOCK`` of them or one row at a time."""
        others, b = (self.A, self.a) if self.B is None else (self.B, self.b)
        rows = max(1, BLOCK // max(1, len(others)))
        for start in range(0, len(self.A), rows):
            part = slice(start, start + rows)
            first = start if self.B is None else 0
            d = cdist(self.A[part], others[first:])
            w = None if self.a is None or b is None else np.outer(self.a[part], b[first:])
            if self.B is None:
                once = np.triu(np.ones(d.shape, dtype=bool), 1)
                yield d[once], None if w is None else w[once]
            else:
                yield d.ravel(), None if w is None else w.ravel()


def silverman(pairs: PairDistances) -> float:
    """Return Silverman's rule-of-thumb bandwidth of all distances.

    h = 0.9 min(s, IQR / 1.34) n^(−1/5), where s is the standard deviation (divisor n − 1), IQR the
    distance of the quartiles and n the number of distances. Where the quartiles are equal, s alone.

    Parameters
    ----------
    pairs : PairDistances
        Weights do not enter.

    Returns
    -------
    float
        km; NaN for fewer than two distances or where all are equal.

    References
    ----------
    Silverman (1986), *Density Estimation for Statistics and Data Analysis*, equation (3.31);
    ``bw.nrd0`` in R.

    Examples
    --------
    >>> A, B = np.array([[0.0, 0.0]]), np.array([[0.0, y] for y in (1.0, 2.0, 3.0, 4.0, 10.0)])
    >>> round(silverman(PairDistances(A, B)), 6)
    0.973585
    """
    n = pairs.count
    if n < 2:
        return np.nan
    ranks = np.array([0.25, 0.75]) * (n - 1)
    low = np.floor(ranks).astype(np.int64)
    wanted = np.unique(np.concatenate([low, np.minimum(low + 1, n - 1)]))
    values = dict(zip(wanted.tolist(), order_statistics(pairs, wanted), strict=True))
    quartiles = [
        values[k] + (rank - k) * (values[min(k + 1, n - 1)] - values[k])
        for k, rank in zip(low.tolist(), ranks, strict=True)
    ]
    total = sum(float(d.sum()) for d, _ in pairs.blocks())
    squares = sum(float(((d - total / n) ** 2).sum()) for d, _ in pairs.blocks())
    s, spread = np.sqrt(squares / (n - 1)), (quartiles[1] - quartiles[0]) / 1.34
    width = min(s, spread) if spread > 0 else s
    return float(0.9 * width * n**-0.2) if width > 0 else np.nan


def order_statistics(pairs: PairDistances, ranks: np.ndarray) -> Vector:
    """Return the distances of these ranks, exactly, without holding all distances.

    Parameters
    ----------
    pairs : PairDistances
    ranks : ndarray of int, shape (k,)
        Counted from 0 for the shortest, increasing.

    Returns
    -------
    ndarray, shape (k,)
        km.

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 3.0]])
    >>> order_statistics(PairDistances(line), np.array([0, 2])).tolist()
    [1.0, 3.0]
    """
    if pairs.count <= BLOCK:
        d = np.concatenate([d for d, _ in pairs.blocks()])
        values: Vector = np.partition(d, ranks)[ranks]
        return values
    width = pairs.longest / BINS * (1 + 1e-9) or 1.0
    held = np.zeros(BINS + 1, dtype=np.int64)
    for d, _ in pairs.blocks():
        held += np.bincount((d / width).astype(np.int64), minlength=BINS + 1)
    before = np.cumsum(held) - held
    bins = np.searchsorted(before, ranks, side="right") - 1
    # Many sites share a place, so equal distances are counted and not held.
    counts: dict[int, dict[float, int]] = {int(each): {} for each in bins}
    for d, _ in pairs.blocks():
        place = (d / width).astype(np.int64)
        for each, seen in counts.items():
            for value, n in zip(*np.unique(d[place == each], return_counts=True), strict=True):
                seen[float(value)] = seen.get(float(value), 0) + int(n)
    found = []
    for rank, each in zip(ranks, bins, strict=True):
        seen = counts[int(each)]
        values = np.array(sorted(seen))
        upto = before[each] + np.cumsum([seen[value] for value in values.tolist()])
        found.append(values[np.searchsorted(upto, rank, side="right")])
    return np.array(found)


def distance_grid(sites: Vector, points: int = 101) -> Vector:
    """Return evenly spaced distances from 0 to the median of the distances of all pairs of sites.

    Parameters
    ----------
    sites : array_like, shape (n, 2)
        Planar coordinates in km; at least two different ones.
    points : int, default 101
        Number of distances.

    Returns
    -------
    ndarray, shape (points,)
        km.

    Raises
    ------
    InputError
        If a coordinate is missing, half of all pairs of sites share a place, or fewer than two
        points are asked for.

    References
    ----------
    Duranton & Overman (2005), *Review of Economic Studies* 72, 1077–1106: in Great Britain the
    median is 180 km, and beyond it nothing new is to be learnt, for densities sum to 1.

    Examples
    --------
    >>> distance_grid([[0, 0], [0, 3], [4, 0]], points=3).tolist()
    [0.0, 2.0, 4.0]
    """
    places = read_establishments(sites, ["any"] * len(np.asarray(sites))).sites
    pairs = PairDistances(places)
    if points < 2:
        raise InputError(f"points: at least 2 are needed, got {points}.")
    median = 0.0
    if pairs.count:
        middle = np.unique([(pairs.count - 1) // 2, pairs.count // 2])
        median = float(order_statistics(pairs, middle).mean())
    if not median > 0:
        raise InputError(
            "sites: half of all pairs of them or more share a place, so there is no range of "
            "distances; give `distances` yourself."
        )
    return np.linspace(0.0, median, points)
