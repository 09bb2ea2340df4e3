"""Cascades along affected firms only, in loops that numba compiles.

Cascades go in blocks, step by step. A cascade whose affected firms have few links pushes along
these; the others read all links in order, eight cascades at a time, so that each link is fetched
once for eight. SciPy's product of two sparse matrices pushes too, but takes ten times as long a
link, and its product with a dense block has no maximum over groups. Imported where numba is
installed, and only there.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["spread"]

#: Above this share of all links, reading them in order is faster than jumping about.
PUSHED = 0.1
#: So many cascades read all links together: their losses of one firm are one line of the cache.
WIDTH = 8
#: So many go in a block: most of them need all links at the same steps.
BLOCK = 32
#: Marks the loss of a firm that fails while links are read: more than any loss.
MARK = 2.0

_compile: Any = numba.njit(cache=True, nogil=True)


@_compile
def _missing(hit: Any, loss: Any, sums: Any, lost: Any) -> Any:
    """σ·loss of each affected firm: what its customers do not find elsewhere in its market."""
    output, market, market_output, _ = sums
    missing = np.empty(len(hit))
    for i in hit:
        if market[i] >= 0:
            lost[market[i]] += output[i] * loss[i]
    for q, i in enumerate(hit):
        missing[q] = loss[i]
        if market[i] >= 0:
            left = market_output[market[i]] - lost[market[i]]
            if left > output[i]:  # else nobody can step in
                missing[q] *= output[i] / left
    for i in hit:
        if market[i] >= 0:
            lost[market[i]] = 0.0
    return missing


@_compile
def _push(hit: Any, missing: Any, links: Any, shock: Any, room: Any, loss: Any, after: Any) -> Any:
    """Push along the links of affected firms: how many are affected then, and the last change."""
    (start, group, share), owner = links[0], links[2]
    in_group, touched, fresh = room
    reached, count, change = 0, 0, 0.0
    for q, i in enumerate(hit):
        for k in range(start[i], start[i + 1]):
            part = missing[q] * share[k]
            if part > 0.0:
                g = group[k]
                if in_group[g] == 0.0:
                    touched[reached] = g
                    reached += 1
                in_group[g] += part
    for g in touched[:reached]:
        i = owner[g]
        if fresh[i] == 0.0:
            after[count] = i
            count += 1
        fresh[i] = max(fresh[i], in_group[g])
        in_group[g] = 0.0
    for e, i in enumerate(shock[0]):
        if fresh[i] == 0.0:
            after[count] = i
            count += 1
        fresh[i] = max(fresh[i], shock[1][e])
    for i in after[:count]:
        now = min(fresh[i], 1.0)
        change = max(change, now - loss[i])
        loss[i] = now
        fresh[i] = 0.0
    return count, change


@_compile
def _read(
    links: Any, many: Any, dense: Any, loss: Any, after: Any, counts: Any, change: Any
) -> Any:
    """Read all links in order for the cascades ``many``, whose losses stand in ``dense``."""
    (start, firm, share), runs = links[1], links[3]
    total, best = np.empty(WIDTH), np.empty(WIDTH)
    for i in range(len(runs) - 1):
        best[:] = 0.0
        for g in range(runs[i], runs[i + 1]):
            total[:] = 0.0
            for k in range(start[g], start[g + 1]):
                f, part = firm[k], share[k]
                for c in range(WIDTH):
                    total[c] += dense[f, c] * part
            for c in range(WIDTH):
                best[c] = max(best[c], total[c])
        for c, b in enumerate(many):
            if best[c] > 0.0:
                now = min(best[c], 1.0)
                change[b] = max(change[b], now - loss[b, i])
                loss[b, i] = now
                after[b, counts[b]] = i
                counts[b] += 1


@_compile
def _read_all(many: Any, missing: Any, links: Any, shocks: Any, state: Any, change: Any) -> None:
    """One step of at most eight cascades that read all links."""
    loss, hits, counts, dense = state
    start, firms, sizes = shocks
    for c, b in enumerate(many):
        for q in range(counts[b]):
            dense[hits[b, q], c] = missing[c][q]
    old = [loss[b, firms[start[b] : start[b + 1]]] for b in many]
    before = [hits[b, : counts[b]].copy() for b in many]
    for b in many:
        loss[b, firms[start[b] : start[b + 1]]] = MARK
        counts[b] = 0
    _read(links, many, dense, loss, hits, counts, change)
    for c, b in enumerate(many):
        for e in range(start[b], start[b + 1]):
            i = firms[e]
            now = sizes[e]
            if loss[b, i] == MARK:  # no link has reached it
                hits[b, counts[b]] = i
                counts[b] += 1
            else:
                now = max(now, loss[b, i])
            change[b] = max(change[b], now - old[c][e - start[b]])
            loss[b, i] = now
        for i in before[c]:
            dense[i, c] = 0.0


@_compile
def _step(
    active: Any,
    links: Any,
    shocks: Any,
    state: Any,
    room: Any,
    sums: Any,
    replace: bool,
    change: Any,
) -> None:
    """One step of one direction for the active cascades of a block."""
    loss, hits, counts, _ = state
    start, firms, sizes = shocks
    by_firm = links[0][0]
    lost, after = room[3], room[4]
    many, waiting = np.empty(WIDTH, np.int64), 0
    absent = [np.empty(0) for _ in range(WIDTH)]
    for b in active:
        hit = hits[b, : counts[b]]
        touched = 0
        for i in hit:
            touched += by_firm[i + 1] - by_firm[i]
        missing = _missing(hit, loss[b], sums, lost) if replace else loss[b][hit]
        if touched > PUSHED * len(links[0][1]):
            many[waiting] = b
            absent[waiting] = missing
            waiting += 1
            if waiting == WIDTH:
                _read_all(many, absent, links, shocks, state, change)
                waiting = 0
            continue
        shock = firms[start[b] : start[b + 1]], sizes[start[b] : start[b + 1]]
        count, most = _push(hit, missing, links, shock, room[:3], loss[b], after)
        hits[b, :count] = after[:count]
        counts[b] = count
        change[b] = max(change[b], most)
    if waiting:
        _read_all(many[:waiting], absent, links, shocks, state, change)


@_compile
def _sum_up(b: int, below: Any, above: Any, weight: Any, found: Any) -> None:
    """Weighted losses of one cascade, and its room made empty again."""
    for i in below[1][b, : below[2][b]]:
        found[0] += weight[i] * max(below[0][b, i], above[0][b, i])
        found[1] += weight[i] * below[0][b, i]
    for i in above[1][b, : above[2][b]]:
        found[2] += weight[i] * above[0][b, i]
        if below[0][b, i] == 0.0:
            found[0] += weight[i] * above[0][b, i]
    for state in (below, above):
        for i in state[1][b, : state[2][b]]:
            state[0][b, i] = 0.0


@_compile
def spread(
    shocks: Any, downward: Any, upward: Any, sums: Any, tolerance: float, max_steps: int
) -> Any:
    """Run cascades block by block and sum up what each costs.

    Parameters
    ----------
    shocks : (start, firms, sizes), ndarrays of shapes (C + 1,), (E,), (E,)
        Firms ``firms[start[c]:start[c + 1]]`` lose ``sizes`` at the start of cascade c.
    downward, upward : (by_firm, by_group, owner, runs)
        Links of each direction: compressed by the affected firm and by group (starts, the other
        end, share); the firm that each group belongs to; where each firm's groups start.
    sums : (output, market, market_output, weight)
        As in :class:`spillgraph.analytics.firms._economy.Economy`.
    tolerance, max_steps : float, int
        A cascade ends behind the step that changes no firm by more, or behind so many.

    Returns
    -------
    ndarray, shape (C, 5)
        Weighted losses of both, downstream, upstream; steps; the last change.

    Examples
    --------
    >>> spread.__name__
    'spread'
    """
    n, groups = len(sums[0]), max(len(downward[2]), len(upward[2]))
    all_start, firms, sizes = shocks
    size = min(BLOCK, len(all_start) - 1)
    room = (
        np.zeros(groups),
        np.empty(groups, np.int64),
        np.zeros(n),
        np.zeros(len(sums[2])),
        np.empty(n, np.int32),
    )
    dense = np.zeros((n, WIDTH))
    shape = (size, n)
    below = np.zeros(shape), np.empty(shape, np.int32), np.zeros(size, np.int64), dense
    above = np.zeros(shape), np.empty(shape, np.int32), np.zeros(size, np.int64), dense
    result = np.zeros((len(all_start) - 1, 5))
    for first in range(0, len(result), size):
        found = result[first : first + size]
        start = all_start[first : first + len(found) + 1]
        for b in range(len(found)):
            for state in (below, above):
                state[2][b] = start[b + 1] - start[b]
                for q, e in enumerate(range(start[b], start[b + 1])):
                    state[1][b, q] = firms[e]
                    state[0][b, firms[e]] = sizes[e]
        active = np.arange(len(found))
        for _ in range(max_steps):
            change = np.zeros(len(found))
            _step(active, downward, (start, firms, sizes), below, room, sums, True, change)
            _step(active, upward, (start, firms, sizes), above, room, sums, False, change)
            found[active, 3] += 1
            found[active, 4] = change[active]
            active = active[change[active] > tolerance]
            if not len(active):
                break
        for b in range(len(found)):
            _sum_up(b, below, above, sums[3], found[b])
    return result
