"""How many draws are at most as far as the pair: bounds first, exact plans where they leave doubt.

A draw's distance is needed only where it is compared with the pair's. Bounds from below that are
linear in the sites (:mod:`_slices`, and prices of a few exact plans) settle most comparisons of
all industries at once; first plans and pivots settle the rest, one draw after the other from the
nearest on, until no verdict can change. Memory is draws × industries, at one size at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.spatial.distance import cdist

from ..linalg._labels import Vector
from ._cell import Cell, Matrix, Places, draw_orders
from ._engines import Plans
from ._slices import slices

__all__ = ["BLOCK", "TIE", "Counts", "Work", "count_draws", "limits_of"]

#: A draw that is farther by less than this, relatively, is a tie.
TIE = 1e-9
#: Distances held at a time, where not all are needed at once.
BLOCK = 4_000_000
#: Sites of the samples whose prices bound the distance of every draw.
_SAMPLES = (64, 512)


@dataclass(slots=True)
class Work:
    """What verdicts took.

    Parameters
    ----------
    comparisons : int
        Draws × pairs: what a brute force would solve.
    by_bound, by_plan, solved : int
        Comparisons settled by bounds from below or from what was known; by a first plan; by pivots.
        What is missing was not needed.
    pivots : int
        Of all exact plans.
    """

    comparisons: int = 0
    by_bound: int = 0
    by_plan: int = 0
    solved: int = 0
    pivots: int = 0

    def add(self, by_bound: int, by_plan: int, solved: int, pivots: int) -> None:
        """Add what a part took."""
        self.by_bound += int(by_bound)
        self.by_plan += int(by_plan)
        self.solved += int(solved)
        self.pivots += int(pivots)


@dataclass(frozen=True, slots=True)
class Counts:
    """Draws that are proved near, and proved far; row: the industry that stays, column: redrawn.

    Parameters
    ----------
    distance : ndarray, shape (J, J)
        W₁ of the pairs, km.
    near, far : ndarray, shape (J, J)
        Of S draws, those at most as far as the pair, and those farther; S together where all were
        finished.
    work : Work
        What it took.
    """

    distance: Matrix
    near: Places
    far: Places
    work: Work


def count_draws(
    cell: Cell,
    draws: int,
    rng: np.random.Generator,
    ranks: Places,
    *,
    exclude_fixed: bool,
    engine: Plans,
    tie: float = TIE,
    advance: Callable[[int], None] = lambda pairs: None,
) -> Counts:
    """Count near draws of all pairs, until verdicts are certain.

    Parameters
    ----------
    cell : Cell
        J industries.
    draws : int
        S.
    rng : numpy.random.Generator
        Where draws come from.
    ranks : ndarray, shape (T,)
        Verdicts asked for: at most so many draws are near. None: all draws are finished.
    exclude_fixed : bool
        Whether the pool leaves out the sites of the industry that stays.
    engine : Plans
        What compares distances where bounds leave doubt.
    tie : float
        A draw that is farther by less than this, relatively, is as far; below zero, one has to be
        nearer by so much.
    advance : callable
        Told how many pairs are done.

    Examples
    --------
    >>> from . import _engine_numpy
    >>> xy = np.array([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0], [9.0, 9.0]])
    >>> cell = Cell(xy, np.ones(4), np.array([0, 0, 1, 1]), ("a", "b"))
    >>> rng, none = np.random.default_rng(1), np.array([], dtype=np.int64)
    >>> found = count_draws(cell, 9, rng, none, exclude_fixed=False, engine=_engine_numpy)
    >>> found.near + found.far
    array([[0, 9],
           [9, 0]])
    """
    members = cell.members()
    J, longest = len(members), int(cell.counts.max())
    work = Work(comparisons=draws * J * (J - 1))
    distance = engine.distances(cell)
    near, far = np.zeros((J, J), dtype=np.int64), np.zeros((J, J), dtype=np.int64)
    features = slices(cell.xy) if engine.BOUNDED else cell.xy
    everybody = np.arange(len(cell.xy))
    groups: Iterable[tuple[Places, Places]]
    if exclude_fixed:
        groups = ((np.array([j]), np.setdiff1d(everybody, members[j])) for j in range(J))
    else:
        groups = ((np.arange(J), everybody),)
    limits = limits_of(distance, tie, cell.extent)
    for fixed, pool in groups:
        orders = draw_orders(pool, draws, longest, rng)
        if engine.BOUNDED:
            prices = [_prices(cell, members[j], engine) for j in fixed]
            bounds = _bounds(cell, orders, members, fixed, features, prices)
        else:
            prices = [[(np.zeros(len(members[j])), np.zeros(0))] for j in fixed]
            bounds = ((int(n), np.zeros((draws, len(fixed)))) for n in np.unique(cell.counts))
        for size, lower in bounds:
            redrawn = np.flatnonzero(cell.counts == size)
            drawn = np.ascontiguousarray(orders[:, :size])
            for place, j in enumerate(fixed):
                others = redrawn[redrawn != j]
                if not len(others) or size > orders.shape[1]:
                    continue
                if engine.BOUNDED and size == len(pool):  # each draw is k itself: a tie
                    (near if tie > 0 else far)[j, others] = draws
                    work.add(draws, 0, 0, 0)
                    advance(len(others))
                    continue
                found = engine.settle(
                    cell,
                    ranks,
                    drawn,
                    members[j],
                    np.ascontiguousarray(lower[:, place]),
                    limits[j, others],
                    prices[place][-1][0],
                )
                near[j, others], far[j, others] = found[:2]
                work.add(*found[2])
                advance(len(others))
    return Counts(distance, near, far, work)


def limits_of(distance: Matrix, tie: float, extent: float) -> Matrix:
    """Return up to which distance a draw is near: rounding is a tie, also where all is at 0 km."""
    return distance * (1.0 + tie) + tie * 1e-3 * extent


def _bounds(
    cell: Cell,
    orders: Places,
    members: list[Places],
    fixed: Places,
    features: Matrix,
    prices: list[list[tuple[Vector, Vector]]],
) -> Iterable[tuple[int, Matrix]]:
    """Yield, size by size, what each draw's distance to each fixed industry is at least.

    Sums over a draw grow by the sites that the next size adds.
    """
    weights = cell.weights
    centres = np.stack(
        [np.average(features[members[j]], axis=0, weights=weights[members[j]]) for j in fixed]
    )
    bank = np.stack([reach for pairs in prices for _, reach in pairs], axis=1)
    earned = np.array(
        [
            np.average(g, weights=weights[members[j]])
            for j, pairs in zip(fixed, prices, strict=True)
            for g, _ in pairs
        ]
    )
    table = np.hstack([features, bank, np.ones((len(weights), 1))]) * weights[:, None]
    sums = np.zeros((len(orders), table.shape[1]))
    slack = 1e-12 * cell.extent * features.shape[1]
    before, shape = 0, (len(orders), len(weights))
    for size in np.unique(cell.counts):
        added = orders[:, before:size]
        before = int(size)
        if added.shape[1]:
            ends = np.arange(0, added.size + 1, added.shape[1])
            drawn = sparse.csr_array((np.ones(added.size), added.ravel(), ends), shape)
            sums += np.asarray(drawn @ table)
        means = sums[:, :-1] / sums[:, -1:]
        sliced = cdist(means[:, : features.shape[1]], centres, "cityblock")
        priced = (
            (means[:, features.shape[1] :] + earned)
            .reshape(len(orders), len(fixed), -1)
            .max(axis=2)
        )
        yield int(size), np.maximum(sliced, priced) - slack


def _prices(cell: Cell, sites: Places, engine: Plans) -> list[tuple[Vector, Vector]]:
    """Return prices of an industry's sites, and what every site can make of them.

    They come from exact plans between the industry and a few samples of all sites: 1-Lipschitz
    functions whose means differ much between the industry and any draw, where it is not spread
    like all others.
    """
    found = []
    for most in _SAMPLES:
        sample = np.unique(np.linspace(0, len(cell.xy) - 1, most).astype(int))
        g = engine.plan(cell.xy[sample], cell.xy[sites], cell.weights[sample], cell.weights[sites])[
            1
        ]
        found.append((g, _reach(cell.xy, cell.xy[sites], g)))
    return found


def _reach(xy: Matrix, sites: Matrix, g: Vector) -> Vector:
    """Return the least distance less price that every site finds, some of them at a time."""
    step = max(1, BLOCK // len(sites))
    blocks = (xy[first : first + step] for first in range(0, len(xy), step))
    return np.concatenate([(cdist(block, sites) - g).min(axis=1) for block in blocks])
