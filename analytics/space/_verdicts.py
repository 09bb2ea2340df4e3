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
from ._slices import slices
from ._transport import plan_cost

__all__ = ["BLOCK", "TIE", "Counts", "Work", "count_draws", "extent", "limits_of"]

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
    compiled: bool,
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
    compiled : bool
        Whether exact plans run in compiled loops.
    tie : float
        A draw that is farther by less than this, relatively, is as far; below zero, one has to be
        nearer by so much.
    advance : callable
        Told how many pairs are done.

    Examples
    --------
    >>> xy = np.array([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0], [9.0, 9.0]])
    >>> cell = Cell(xy, np.ones(4), np.array([0, 0, 1, 1]), ("a", "b"))
    >>> rng, none = np.random.default_rng(1), np.array([], dtype=np.int64)
    >>> found = count_draws(cell, 9, rng, none, exclude_fixed=False, compiled=False)
    >>> found.near + found.far
    array([[0, 9],
           [9, 0]])
    """
    members = cell.members()
    J, longest = len(members), int(cell.counts.max())
    settle = _compiled(cell, ranks) if compiled else _plain(cell, ranks)
    work = Work(comparisons=draws * J * (J - 1))
    distance = _distances(cell, members, compiled)
    near, far = np.zeros((J, J), dtype=np.int64), np.zeros((J, J), dtype=np.int64)
    features = slices(cell.xy)
    everybody = np.arange(len(cell.xy))
    groups: Iterable[tuple[Places, Places]]
    if exclude_fixed:
        groups = ((np.array([j]), np.setdiff1d(everybody, members[j])) for j in range(J))
    else:
        groups = ((np.arange(J), everybody),)
    limits = limits_of(distance, tie, cell.xy)
    for fixed, pool in groups:
        orders = draw_orders(pool, draws, longest, rng)
        prices = [_prices(cell, members[j], compiled) for j in fixed]
        for size, lower in _bounds(cell, orders, members, fixed, features, prices):
            redrawn = np.flatnonzero(cell.counts == size)
            drawn = np.ascontiguousarray(orders[:, :size])
            for place, j in enumerate(fixed):
                others = redrawn[redrawn != j]
                if not len(others) or size > orders.shape[1]:
                    continue
                found = settle(
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


def limits_of(distance: Matrix, tie: float, xy: Matrix) -> Matrix:
    """Return up to which distance a draw is near: rounding is a tie, also where all is at 0 km."""
    return distance * (1.0 + tie) + tie * 1e-3 * extent(xy)


def extent(xy: Matrix) -> float:
    """Return width and height of all sites together, km."""
    return float(np.ptp(xy, axis=0).sum())


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
    slack = 1e-12 * extent(cell.xy) * features.shape[1]
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


def _prices(cell: Cell, sites: Places, compiled: bool) -> list[tuple[Vector, Vector]]:
    """Return prices of an industry's sites, and what every site can make of them.

    They come from exact plans between the industry and a few samples of all sites: 1-Lipschitz
    functions whose means differ much between the industry and any draw, where it is not spread
    like all others.
    """
    found = []
    for most in _SAMPLES:
        sample = np.unique(np.linspace(0, len(cell.xy) - 1, most).astype(int))
        if compiled:
            from ._loops import costs, solve, supplies

            cost, g = np.empty((len(sample), len(sites))), np.zeros(len(sites))
            costs(cell.xy[sample], cell.xy[sites], cost)
            solve(cost, *supplies(cell.weights[sample], cell.weights[sites]), g, -1.0, np.inf)
        else:
            cost = cdist(cell.xy[sample], cell.xy[sites])
            g = plan_cost(cost, cell.weights[sample], cell.weights[sites])[1]
        found.append((g, _reach(cell.xy, cell.xy[sites], g)))
    return found


def _reach(xy: Matrix, sites: Matrix, g: Vector) -> Vector:
    """Return the least distance less price that every site finds, some of them at a time."""
    step = max(1, BLOCK // len(sites))
    blocks = (xy[first : first + step] for first in range(0, len(xy), step))
    return np.concatenate([(cdist(block, sites) - g).min(axis=1) for block in blocks])


def _distances(cell: Cell, members: list[Places], compiled: bool) -> Matrix:
    J = len(members)
    out = np.full((J, J), np.nan)
    if compiled:
        from ._loops import distances

        first = np.concatenate([[0], np.cumsum([len(m) for m in members])])
        distances(cell.xy, cell.weights, np.concatenate(members), first, out)
        return out
    for j in range(J):
        for k in range(j):
            out[j, k] = out[k, j] = _exact(cell, members[k], members[j])
    return out


def _exact(cell: Cell, a: Places, b: Places) -> float:
    return plan_cost(cdist(cell.xy[a], cell.xy[b]), cell.weights[a], cell.weights[b])[0]


def _compiled(cell: Cell, ranks: Places) -> Callable[..., tuple[Places, Places, tuple[int, ...]]]:
    from ._loops import settle  # here: numba takes a second to import

    def count(
        orders: Places, fixed: Places, lower: Vector, limits: Vector, prices: Vector
    ) -> tuple[Places, Places, tuple[int, ...]]:
        near, far = np.zeros(len(limits), np.int64), np.zeros(len(limits), np.int64)
        took = settle(
            cell.xy,
            cell.weights,
            orders,
            fixed,
            lower,
            limits,
            ranks,
            prices,
            near,
            far,
        )
        return near, far, took

    return count


def _plain(cell: Cell, ranks: Places) -> Callable[..., tuple[Places, Places, tuple[int, ...]]]:
    """The same by SciPy: each draw in doubt is solved, from the nearest on."""

    def count(
        orders: Places, fixed: Places, lower: Vector, limits: Vector, prices: Vector
    ) -> tuple[Places, Places, tuple[int, ...]]:
        draws = len(orders)
        upper = np.full(draws, np.inf)
        near, far = np.zeros(len(limits), np.int64), np.zeros(len(limits), np.int64)
        known, solved = 0, 0
        walk = np.argsort(lower)
        for p, limit in enumerate(limits):
            le, gt = int((upper <= limit).sum()), int((lower > limit).sum())
            known += le + gt
            for s in walk:
                if _decided(le, gt, draws, ranks):
                    break
                if lower[s] > limit or upper[s] <= limit:
                    continue
                lower[s] = upper[s] = _exact(cell, orders[s], fixed)
                solved += 1
                le, gt = le + int(upper[s] <= limit), gt + int(lower[s] > limit)
            near[p], far[p] = le, gt
        return near, far, (known, 0, solved, 0)

    return count


def _decided(le: int, gt: int, draws: int, ranks: Places) -> bool:
    """Whether no verdict can change."""
    sure = (le > ranks) | (gt >= draws - ranks)
    return le + gt == draws or (len(ranks) > 0 and bool(sure.all()))
