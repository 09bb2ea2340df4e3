"""The same test with the mean distance to the nearest site: a truly directional alternative."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from ..linalg._labels import Vector
from ._cell import Cell, Matrix, Places, draw_orders
from ._verdicts import BLOCK, TIE, Counts, Work, limits_of

__all__ = ["count_nearest"]

#: So many distances between all sites and those of an industry are held, as most cells have fewer.
_HELD = 50_000_000


def count_nearest(
    cell: Cell,
    draws: int,
    rng: np.random.Generator,
    *,
    exclude_fixed: bool,
    tie: float = TIE,
    advance: Callable[[int], None] = lambda pairs: None,
) -> Counts:
    """Count the draws whose nearest sites are at most as far from j's sites as k's are.

    D_jk is the weighted mean, over j's sites, of the distance to the nearest site of k; a draw
    stands in for k. All draws are finished: a nearest distance only ever falls as a draw grows.

    Parameters
    ----------
    cell : Cell
        J industries.
    draws : int
        S.
    rng : numpy.random.Generator
        Where draws come from.
    exclude_fixed : bool
        Whether the pool leaves out the sites of j.
    tie : float
        A draw that is farther by less than this, relatively, is as far.
    advance : callable
        Told how many pairs are done.

    Examples
    --------
    >>> xy = np.array([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0], [9.0, 9.0]])
    >>> cell = Cell(xy, np.ones(4), np.array([0, 0, 1, 1]), ("a", "b"))
    >>> found = count_nearest(cell, 9, np.random.default_rng(1), exclude_fixed=False)
    >>> found.distance.round(3).tolist()
    [[nan, 3.081], [7.521, nan]]
    """
    members, counts = cell.members(), cell.counts
    J, longest = len(members), int(counts.max())
    distance = np.full((J, J), np.nan)
    for k in range(J):
        to_nearest = np.asarray(KDTree(cell.xy[members[k]]).query(cell.xy)[0])
        for j in range(J):
            if j != k:
                distance[j, k] = _mean(cell, members[j], to_nearest[members[j]])
    near = np.zeros((J, J), dtype=np.int64)
    limits = limits_of(distance, tie, cell.extent)
    everybody = np.arange(len(cell.xy))
    orders = draw_orders(everybody, draws, longest, rng)
    for j in range(J):
        if exclude_fixed:
            orders = draw_orders(np.setdiff1d(everybody, members[j]), draws, longest, rng)
        grow = _growth(cell.xy, cell.xy[members[j]])
        least = np.full((draws, len(members[j])), np.inf)
        before = 0
        for size in np.unique(counts):
            grow(least, orders[:, before:size])
            before = int(size)
            others = np.flatnonzero((counts == size) & (np.arange(J) != j))
            mean = np.average(least, axis=1, weights=cell.weights[members[j]])
            near[j, others] = (mean[:, None] <= limits[j, others]).sum(axis=0)
        advance(J - 1)
    work = Work(comparisons=draws * J * (J - 1), solved=draws * J * (J - 1))
    return Counts(distance, near, draws - near, work)


def _mean(cell: Cell, sites: Places, values: Vector) -> float:
    return float(np.average(values, weights=cell.weights[sites]))


def _growth(xy: Matrix, sites: Matrix) -> Callable[[Matrix, Places], None]:
    """Return what lets draws grow by some sites each: distances are looked up, or searched for
    where there are too many to hold."""
    if len(xy) * len(sites) > _HELD:

        def search(least: Matrix, added: Places) -> None:
            if not added.shape[1]:
                return
            for nearest, draw in zip(least, added, strict=True):
                np.minimum(nearest, KDTree(xy[draw]).query(sites)[0], out=nearest)

        return search

    reach = cdist(xy, sites)

    def look_up(least: Matrix, added: Places) -> None:
        if not added.shape[1]:
            return
        step = max(1, BLOCK // (added.shape[1] * len(sites)))
        for first in range(0, len(added), step):
            some = slice(first, first + step)
            np.minimum(least[some], reach[added[some]].min(axis=1), out=least[some])

    return look_up
