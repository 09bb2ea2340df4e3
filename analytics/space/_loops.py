"""Exact optimal transport between small sets of sites, and how it is cut short: loops for numba.

The transportation simplex: a plan is a tree of n + m − 1 links between sites, a pivot takes in the
link that saves most in its row and lets go the one that runs dry. Two things make it fast here.
It ends as soon as its interval answers the question: every tree is a plan, so what it costs bounds
the distance from above, and its prices, repaired, bound it from below. And it never cycles:
supplies are perturbed by 2⁻²⁰ of a unit, so that no link of a tree is ever empty, while all sums
of whole numbers stay exact. What is returned is the cost of the tree at the supplies as given.

Imported where numba is installed, and only there. All in one file: numba keeps what it compiled
until *this* file changes, and would not see a change in another.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["between", "costs", "distances", "room", "settle", "solve", "supplies"]

# No number here is NaN and no zero has a sign: with that said, minima are taken four at a time.
_compile: Any = numba.njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})

#: Where the bound from below exceeds this share of the pair's distance, or so many first plans in a
#: row were too long, a first plan is no use.
_HOPELESS, _IN_VAIN = 0.9, 6
#: Distances that a plan holds, 32 MB of them. Those of a larger one are made anew, row by row,
#: where they are needed: no slower, as they would not be in the processor's cache.
_HELD = 4_000_000


@_compile
def costs(a: Any, b: Any, out: Any) -> None:
    """Fill in Euclidean distances, shape (n, m)."""
    bx, by = b[:, 0].copy(), b[:, 1].copy()
    for i in range(len(a)):
        x, y, to = a[i, 0], a[i, 1], out[i]
        for j in range(len(bx)):
            dx = x - bx[j]
            dy = y - by[j]
            to[j] = np.sqrt(dx * dx + dy * dy)


@_compile
def room(n: int, m: int) -> Any:
    """Return where the distances of a plan are held: no rows where they are too many."""
    return np.empty((n if n * m <= _HELD else 0, m))


@_compile
def _row(c: Any, sites: Any, i: int, made: Any) -> Any:
    """Return the costs of a row: as they are held, or made in ``made``."""
    if len(c):
        return c[i]
    ax, ay, bx, by = sites
    x, y = ax[i], ay[i]
    for j in range(len(bx)):
        dx = x - bx[j]
        dy = y - by[j]
        made[j] = np.sqrt(dx * dx + dy * dy)
    return made


@_compile
def _cost(c: Any, sites: Any, i: int, j: int) -> Any:
    """Return one cost."""
    if len(c):
        return c[i, j]
    ax, ay, bx, by = sites
    dx = ax[i] - bx[j]
    dy = ay[i] - by[j]
    return np.sqrt(dx * dx + dy * dy)


@_compile
def _least(cost: Any, prices: Any) -> float:
    """Return the least of a row, prices taken off."""
    low = np.inf
    for j in range(len(prices)):
        low = min(low, cost[j] - prices[j])
    return low


@_compile
def _where(cost: Any, prices: Any, low: float) -> int:
    """Return the first column of a row that is as low."""
    for j in range(len(prices)):
        if cost[j] - prices[j] <= low:
            return j
    return -1


@_compile
def supplies(wa: Any, wb: Any) -> Any:
    """Return what each site gives and takes: of equal sum, whole numbers where weights are ones."""
    n, m = len(wa), len(wb)
    a, b = np.empty(n), np.empty(m)
    total_a, total_b, equal = 0.0, 0.0, True
    for i in range(n):
        total_a += wa[i]
        equal = equal and wa[i] == wa[0]
    for j in range(m):
        total_b += wb[j]
        equal = equal and wb[j] == wb[0]
    if equal:
        a[:] = m
        b[:] = n
        return a, b
    for i in range(n):
        a[i] = wa[i] / total_a * 16777216.0
    for j in range(m):
        b[j] = wb[j] / total_b * 16777216.0
    return a, b


@_compile
def _start(c: Any, sites: Any, a: Any, b: Any, prices: Any) -> Any:
    """Return a first tree: row by row to the cheapest columns that are left, prices taken off."""
    n, m = len(a), len(b)
    row, column = np.empty(n + m - 1, np.int64), np.empty(n + m - 1, np.int64)
    flow, made = np.empty(n + m - 1), np.empty(m)
    left, open_, still, t = b.copy(), prices.copy(), m, 0
    for i in range(n):
        need, line = a[i], _row(c, sites, i, made)
        while True:
            j = _where(line, open_, _least(line, open_))
            row[t], column[t] = i, j
            # What rounding leaves over must not leave a column out of the tree: the last row is
            # linked with all that are still open.
            full = still > 1 and (left[j] <= need or i == n - 1)
            flow[t] = left[j] if full else need
            t += 1
            if not full:
                left[j] -= need
                break
            need = max(0.0, need - left[j])
            still -= 1
            open_[j] = -np.inf
    return row, column, flow


@_compile
def _root(
    c: Any, sites: Any, row: Any, column: Any, flow: Any, tree: Any, fill: Any, pot: Any
) -> None:
    """Hang the tree on row 0: parents, children, depths, flows to the parent, prices."""
    m = c.shape[1]
    n = len(pot) - m
    parent, child, after, before, depth = tree[0], tree[1], tree[2], tree[3], tree[4]
    first = np.zeros(n + m + 1, np.int64)
    for t in range(len(row)):
        first[row[t] + 1] += 1
        first[n + column[t] + 1] += 1
    for x in range(n + m):
        first[x + 1] += first[x]
    slot, link = first[:-1].copy(), np.empty(2 * len(row), np.int64)
    for t in range(len(row)):
        link[slot[row[t]]] = t
        slot[row[t]] += 1
        link[slot[n + column[t]]] = t
        slot[n + column[t]] += 1
    stack, top = np.zeros(n + m, np.int64), 1
    while top:
        top -= 1
        x = stack[top]
        for e in range(first[x], first[x + 1]):
            t = link[e]
            y = n + column[t] if x < n else row[t]
            if y == parent[x]:
                continue
            parent[y], depth[y], fill[y] = x, depth[x] + 1, flow[t]
            pot[y] = _cost(c, sites, row[t], column[t]) - pot[x]
            after[y] = child[x]
            if child[x] >= 0:
                before[child[x]] = y
            child[x] = y
            stack[top] = y
            top += 1


@_compile
def _value(a: Any, b: Any, pot: Any) -> float:
    """Return what the tree's plan costs at the supplies as given: what prices say it earns."""
    n, total, value = len(a), 0.0, 0.0
    for i in range(n):
        value += a[i] * pot[i]
        total += a[i]
    for j in range(len(b)):
        value += b[j] * pot[n + j]
    return value / total


@_compile
def _below(c: Any, sites: Any, a: Any, b: Any, pot: Any) -> float:
    """Return a bound from below: the columns' prices, and the best that rows can make of them."""
    n, m = len(a), len(b)
    prices, made = pot[n:], np.empty(m)
    total, value = 0.0, 0.0
    for i in range(n):
        value += a[i] * _least(_row(c, sites, i, made), prices)
        total += a[i]
    for j in range(m):
        value += b[j] * prices[j]
    return value / total


@_compile
def _entering(c: Any, sites: Any, pot: Any, made: Any, row: int, least: float, block: int) -> Any:
    """Return the link that saves most in the next rows, and where to go on; −1 where none does."""
    n = len(pot) - len(made)
    prices = pot[n:]
    best, best_row, best_column, seen = least, -1, -1, 0
    while seen < n:
        line = _row(c, sites, row, made)
        low = _least(line, prices)
        if low - pot[row] < best:
            best, best_row, best_column = low - pot[row], row, _where(line, prices, low)
        row = row + 1 if row + 1 < n else 0
        seen += 1
        if best_row >= 0 and seen >= block:
            break
    return best_row, best_column, row


@_compile
def _leaving(tree: Any, fill: Any, n: int, i: int, j: int) -> Any:
    """Send what fits round the cycle; return the node whose link to its parent runs dry."""
    parent, depth = tree[0], tree[4]
    x, y, fits, dry, of_row = i, j, np.inf, -1, True
    while x != y:
        if depth[x] >= depth[y]:
            if x < n and fill[x] < fits:
                fits, dry, of_row = fill[x], x, True
            x = parent[x]
        else:
            if y >= n and fill[y] < fits:
                fits, dry, of_row = fill[y], y, False
            y = parent[y]
    apex, x, y = x, i, j
    while x != apex:
        fill[x] += -fits if x < n else fits
        x = parent[x]
    while y != apex:
        fill[y] += -fits if y >= n else fits
        y = parent[y]
    return dry, of_row, fits


@_compile
def _hang(tree: Any, fill: Any, x: int, up: int, dry: int, flow: float) -> None:
    """Cut the tree above ``dry`` and hang its part at ``x`` below ``up``."""
    parent, child, after, before = tree[0], tree[1], tree[2], tree[3]
    while True:
        old = parent[x]
        if before[x] >= 0:
            after[before[x]] = after[x]
        else:
            child[old] = after[x]
        if after[x] >= 0:
            before[after[x]] = before[x]
        parent[x], before[x], after[x] = up, -1, child[up]
        if child[up] >= 0:
            before[child[up]] = x
        child[up] = x
        flow, fill[x] = fill[x], flow
        if x == dry:
            return
        up, x = x, old


@_compile
def _reprice(tree: Any, pot: Any, stack: Any, n: int, x: int, change: float) -> None:
    """Change the prices of a part of the tree: rows by ``change``, columns by its opposite."""
    parent, child, after, depth = tree[0], tree[1], tree[2], tree[4]
    stack[0], top = x, 1
    while top:
        top -= 1
        x = stack[top]
        depth[x] = depth[parent[x]] + 1
        pot[x] += change if x < n else -change
        y = child[x]
        while y >= 0:
            stack[top] = y
            top += 1
            y = after[y]


@_compile
def _most(c: Any, sites: Any) -> Any:
    """Return what no cost exceeds."""
    if len(c):
        return np.max(c)
    ax, ay, bx, by = sites
    width = max(ax.max(), bx.max()) - min(ax.min(), bx.min())
    height = max(ay.max(), by.max()) - min(ay.min(), by.min())
    return np.sqrt(width * width + height * height)


@_compile
def solve(c: Any, a: Any, b: Any, prices: Any, at_most: float, more_than: float) -> Any:
    """Return an interval of the cost of the best plan; a point unless it ended early.

    Parameters
    ----------
    c : ndarray, shape (n, m)
        Cost of a unit.
    a, b : ndarray, shapes (n,) and (m,)
        Supplies and demands, of equal sum.
    prices : ndarray, shape (m,)
        Prices of the columns to begin with; those of the end are put in.
    at_most, more_than : float
        It ends where the cost is proved to be at most the one, or more than the other.

    Returns
    -------
    lower, upper : float
        Of Σ c·plan / Σ a.
    pivots : int
        How many were made.

    Examples
    --------
    >>> a, b = supplies(np.ones(1), np.ones(2))
    >>> solve(np.array([[1.0, 4.0]]), a, b, np.zeros(2), -1.0, np.inf)
    (2.5, 2.5, 0)
    """
    nowhere = np.empty(0)
    return _solve(c, (nowhere, nowhere, nowhere, nowhere), a, b, prices, at_most, more_than)


@_compile
def _solve(
    c: Any, sites: Any, a: Any, b: Any, prices: Any, at_most: float, more_than: float
) -> Any:
    """The same, of costs that are held or, where ``c`` has no rows, distances between sites."""
    n, m = len(a), len(b)
    perturbation = 2.0**-20
    more, less = a + perturbation, b.copy()
    less[m - 1] += n * perturbation
    row, column, flow = _start(c, sites, more, less, prices)
    tree = np.full((5, n + m), -1)
    tree[4, 0] = 0
    fill, pot, stack = np.zeros(n + m), np.zeros(n + m), np.empty(n + m, np.int64)
    _root(c, sites, row, column, flow, tree, fill, pot)
    upper, lower = _value(a, b, pot), 0.0
    pivots, at, since, block = 0, 0, 0, max(1, int(np.sqrt(n / m)))
    total, least, made = np.sum(a), -1e-12 * _most(c, sites), np.empty(m)
    while upper > at_most:
        i, j, at = _entering(c, sites, pot, made, at, least, block)
        if i < 0:
            lower = upper = _value(a, b, pot)
            break
        saved = _cost(c, sites, i, j) - pot[i] - pot[n + j]
        dry, of_row, fits = _leaving(tree, fill, n, i, n + j)
        if of_row:
            _hang(tree, fill, i, n + j, dry, fits)
            _reprice(tree, pot, stack, n, i, saved)
        else:
            _hang(tree, fill, n + j, i, dry, fits)
            _reprice(tree, pot, stack, n, n + j, -saved)
        pivots += 1
        since += 1
        upper += saved * fits / total
        if upper <= at_most:
            upper = _value(a, b, pot)
        if since >= n + m and more_than < np.inf:
            since = 0
            lower = max(lower, _below(c, sites, a, b, pot))
            if lower > more_than:
                upper = _value(a, b, pot)
                break
    prices[:] = pot[n:]
    return lower, upper, pivots


@_compile
def between(
    a: Any, wa: Any, b: Any, wb: Any, cost: Any, prices: Any, at_most: float, more_than: float
) -> Any:
    """Return an interval of W₁ of sites with masses, as :func:`solve` does.

    ``cost`` is room for all distances; without rows they are made where they are needed.
    """
    if len(cost):
        costs(a, b, cost)
    sites = (a[:, 0].copy(), a[:, 1].copy(), b[:, 0].copy(), b[:, 1].copy())
    gives, takes = supplies(wa, wb)
    return _solve(cost, sites, gives, takes, prices, at_most, more_than)


@_compile
def distances(xy: Any, weights: Any, sites: Any, first: Any, out: Any) -> int:
    """Fill in W₁ between all industries, shape (J, J); return the number of pivots.

    Parameters
    ----------
    xy, weights : ndarray, shapes (N, 2) and (N,)
        Sites and their masses.
    sites, first : ndarray, shapes (N,) and (J + 1,)
        The sites of industry j are ``sites[first[j] : first[j + 1]]``.
    out : ndarray, shape (J, J)
        What is filled in; the diagonal stays.
    """
    pivots = 0
    for j in range(len(first) - 1):
        b = sites[first[j] : first[j + 1]]
        for k in range(j):
            a = sites[first[k] : first[k + 1]]
            cost, prices = room(len(a), len(b)), np.zeros(len(b))
            _, value, steps = between(
                xy[a], weights[a], xy[b], weights[b], cost, prices, -1.0, np.inf
            )
            out[j, k] = out[k, j] = value
            pivots += steps
    return pivots


@_compile
def _decided(le: int, gt: int, draws: int, ranks: Any) -> bool:
    """Whether no verdict can change: at each rank, enough draws are proved near, or far."""
    if le + gt == draws:
        return True
    for rank in ranks:
        if le <= rank and gt < draws - rank:
            return False
    return len(ranks) > 0


@_compile
def _begin(a: Any, wa: Any, b: Any, wb: Any, cost: Any, prices: Any) -> Any:
    """Return prices to begin with: none, where a first plan without them is the shorter.

    Prices are right where all sites are where they expect them; of a large industry, or of one that
    is like all others, each row finds many columns as cheap, and the last ones what is left.
    """
    none = np.zeros(len(prices))
    _, with_them, _ = between(a, wa, b, wb, cost, prices.copy(), np.inf, np.inf)
    _, without, _ = between(a, wa, b, wb, cost, none.copy(), np.inf, np.inf)
    return none if without < with_them else prices


@_compile
def settle(
    xy: Any,
    weights: Any,
    orders: Any,
    fixed: Any,
    lower: Any,
    limits: Any,
    ranks: Any,
    prices: Any,
    near: Any,
    far: Any,
) -> Any:
    """Count, for pairs of one fixed industry and one size, the draws proved near and proved far.

    Parameters
    ----------
    xy, weights : ndarray, shapes (N, 2) and (N,)
        Sites and their masses.
    orders : ndarray, shape (S, n)
        The draws.
    fixed : ndarray, shape (m,)
        Sites of the industry that stays.
    lower : ndarray, shape (S,)
        What each draw's distance is at least; raised in place where more is found.
    limits : ndarray, shape (P,)
        Distances of the pairs, with the tolerance for ties.
    ranks : ndarray, shape (T,)
        A verdict is: at most so many draws are near. None: all draws are counted.
    prices : ndarray, shape (m,)
        Prices of the fixed sites to begin with.
    near, far : ndarray, shape (P,)
        Filled in: draws at most as far as the limit, and farther.

    Returns
    -------
    ndarray, shape (4,)
        What it took: draws settled by bounds alone, by a first plan, by pivots; and these.
    """
    upper, begin = np.full(len(orders), np.inf), prices
    took, walk = np.zeros(4, np.int64), np.argsort(lower)
    cost, chosen = room(orders.shape[1], len(fixed)), False
    for p in range(len(limits)):
        near[p] = np.sum(upper <= limits[p])
        far[p] = np.sum(lower > limits[p])
        took[0] += near[p] + far[p]
        for deep in range(2):
            vain = 0
            for s in walk:
                if vain == _IN_VAIN or _decided(near[p], far[p], len(orders), ranks):
                    break
                if lower[s] > limits[p] * (1.0 if deep else _HOPELESS) or upper[s] <= limits[p]:
                    continue
                a, wa = xy[orders[s]], weights[orders[s]]
                if not chosen:
                    begin = _begin(a, wa, xy[fixed], weights[fixed], cost, prices)
                    chosen = True
                until = limits[p] if deep else np.inf
                low, high, pivots = between(
                    a, wa, xy[fixed], weights[fixed], cost, begin.copy(), until, until
                )
                lower[s], upper[s] = max(lower[s], low), min(upper[s], high)
                near[p] += upper[s] <= limits[p]
                far[p] += lower[s] > limits[p]
                if not deep:
                    vain = 0 if upper[s] <= limits[p] else vain + 1
                    took[1] += upper[s] <= limits[p]
                took[2] += deep
                took[3] += pivots
    return took
