"""Cascades along affected firms only, in loops that numba compiles.

While few firms are affected, a cascade goes alone and pushes along their links. Before a step that
would touch many links it takes a lane: up to ``width`` cascades, each at a step of its own, read
all links in order together, so that each link is fetched once for all of them; their losses of a
firm lie side by side. A lane that ends is taken by the next cascade. SciPy's product of two sparse
matrices pushes too, but takes ten times as long a link, and its product with a dense block has no
maximum over groups. Imported where numba is installed, and only there.

Losses only grow from step to step, since what fails stays failed and each step is monotone. So a
step takes the larger of what a firm has lost so far and what it lacks now; shocks need no care.
No sum is taken in an order that depends on the lane: a cascade's numbers do not depend on others.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["spread"]

#: A cascade that would touch more than this share of all links takes a lane.
PUSHED = 0.1

_compile: Any = numba.njit(cache=True, nogil=True)


# -- a cascade alone ------------------------------------------------------------------------------


@_compile
def _missing(hit: Any, loss: Any, sums: Any, lost: Any, missing: Any) -> None:
    """σ·loss of each affected firm: what its customers do not find elsewhere in its market."""
    output, market, market_output, _ = sums
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


@_compile
def _push(hit: Any, missing: Any, links: Any, room: Any, loss: Any, hits: Any) -> Any:
    """Push along the links of affected firms: how many are affected then, and the last change."""
    (start, group, share), owner = links[0], links[2]
    in_group, touched = room[:2]
    reached, count, change = 0, len(hit), 0.0
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
        i, now = owner[g], min(in_group[g], 1.0)
        in_group[g] = 0.0
        if loss[i] == 0.0:
            hits[count] = i
            count += 1
        if now > loss[i]:
            change = max(change, now - loss[i])
            loss[i] = now
    return count, change


@_compile
def _links_of(hit: Any, start: Any) -> int:
    """How many links affected firms have."""
    number = 0
    for i in hit:
        number += start[i + 1] - start[i]
    return number


@_compile
def _alone(
    shock: Any,
    links: Any,
    sums: Any,
    rule: Any,
    room: Any,
    below: Any,
    above: Any,
    found: Any,
) -> Any:
    """Run a cascade until it ends or would touch many links: affected firms, and if it ended."""
    missing, lost = room[2:]
    downward, upward = links
    tolerance, max_steps, most = rule
    b = a = 0
    firms, sizes = shock
    for e, i in enumerate(firms):
        size = sizes[e]
        if size > 0.0:
            below[0][i] = above[0][i] = size
            below[1][b] = above[1][b] = i
            b += 1
    a = b
    while found[3] < max_steps:
        hit, hit_up = below[1][:b], above[1][:a]
        if _links_of(hit, downward[0][0]) + _links_of(hit_up, upward[0][0]) > most:
            return b, a, False
        _missing(hit, below[0], sums, lost, missing)
        b, change = _push(hit, missing, downward, room, below[0], below[1])
        missing[:a] = above[0][hit_up]
        a, change_up = _push(hit_up, missing, upward, room, above[0], above[1])
        found[3] += 1
        found[4] = max(change, change_up)
        if found[4] <= tolerance:
            break
    return b, a, True


@_compile
def _sum_up(below: Any, b: int, above: Any, a: int, weight: Any, found: Any) -> None:
    """Weighted losses of one cascade."""
    for i in below[1][:b]:
        found[0] += weight[i] * max(below[0][i], above[0][i])
        found[1] += weight[i] * below[0][i]
    for i in above[1][:a]:
        found[2] += weight[i] * above[0][i]
        if below[0][i] == 0.0:
            found[0] += weight[i] * above[0][i]


@_compile
def _clear(state: Any, count: int) -> None:
    for i in state[1][:count]:
        state[0][i] = 0.0


# -- lanes ----------------------------------------------------------------------------------------


@_compile
def _missing_in_lanes(loss: Any, sums: Any, lost: Any, missing: Any) -> None:
    """σ·loss of every firm in all lanes."""
    output, market, market_output, _ = sums
    lost[:] = 0.0
    for i in range(len(output)):
        if market[i] >= 0:
            here, own = lost[market[i]], loss[i]
            for c in range(len(own)):
                here[c] += output[i] * own[c]
    for i in range(len(output)):
        m, own, out = market[i], loss[i], missing[i]
        if m < 0:
            for c in range(len(own)):
                out[c] = own[c]
        elif output[i] > 0.0:
            here = lost[m]
            for c in range(len(own)):
                out[c] = own[c] * (output[i] / max(market_output[m] - here[c], output[i]))
        else:
            out[:] = 0.0


@_compile
def _read(links: Any, missing: Any, old: Any, new: Any, change: Any) -> None:
    """Read all links in order: what firms lack in each lane, or have lost already."""
    (start, firm, share), runs = links[1], links[3]
    width = missing.shape[1]
    total, best = np.empty(width), np.empty(width)
    for i in range(len(runs) - 1):
        best[:] = 0.0
        for g in range(runs[i], runs[i + 1]):
            total[:] = 0.0
            for k in range(start[g], start[g + 1]):
                row, part = missing[firm[k]], share[k]
                for c in range(width):
                    total[c] += row[c] * part
            for c in range(width):
                best[c] = max(best[c], total[c])
        before, after = old[i], new[i]
        for c in range(width):
            now = max(before[c], min(best[c], 1.0))
            change[c] = max(change[c], now - before[c])
            after[c] = now


@_compile
def _sum_lanes(below: Any, above: Any, weight: Any, keep: Any, total: Any) -> None:
    """Weighted losses of each lane; the lanes that are not kept are emptied."""
    for i in range(len(weight)):
        down, up = below[i], above[i]
        for c in range(len(keep)):
            total[0, c] += weight[i] * max(down[c], up[c])
            total[1, c] += weight[i] * down[c]
            total[2, c] += weight[i] * up[c]
            down[c] *= keep[c]
            up[c] *= keep[c]


@_compile
def _fill(
    lanes: Any,
    following: int,
    shocks: Any,
    links: Any,
    sums: Any,
    rule: Any,
    room: Any,
    below: Any,
    above: Any,
    down: Any,
    up: Any,
    result: Any,
) -> int:
    """Run cascades alone until all free lanes are taken: the number of the following cascade."""
    start, firms, sizes = shocks
    for c in range(len(lanes)):
        while lanes[c] < 0 and following < len(result):
            e = slice(start[following], start[following + 1])
            found = result[following]
            shock = firms[e], sizes[e]
            b, a, ended = _alone(shock, links, sums, rule, room, below, above, found)
            if ended:
                _sum_up(below, b, above, a, sums[3], found)
            else:
                lanes[c] = following
                _move(below, b, down, c)
                _move(above, a, up, c)
            _clear(below, b)
            _clear(above, a)
            following += 1
    return following


@_compile
def _move(state: Any, count: int, lane: Any, c: int) -> None:
    for i in state[1][:count]:
        lane[i, c] = state[0][i]


@_compile
def _end(lanes: Any, change: Any, rule: Any, down: Any, up: Any, weight: Any, result: Any) -> None:
    """Count a step; sum up the cascades that it ends, and set their lanes free."""
    keep = np.ones(len(lanes))
    for c, cascade in enumerate(lanes):
        if cascade >= 0:
            result[cascade, 3] += 1
            result[cascade, 4] = change[c]
            if change[c] <= rule[0] or result[cascade, 3] >= rule[1]:
                keep[c] = 0.0
    if keep.min() == 0.0:
        total = np.zeros((3, len(lanes)))
        _sum_lanes(down, up, weight, keep, total)
        for c, cascade in enumerate(lanes):
            if keep[c] == 0.0:
                result[cascade, :3] = total[:, c]
                lanes[c] = -1


@_compile
def spread(
    shocks: Any,
    downward: Any,
    upward: Any,
    sums: Any,
    tolerance: float,
    max_steps: int,
    width: int,
) -> Any:
    """Run cascades and sum up what each costs.

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
    width : int
        How many lanes there are.

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
    links = downward, upward
    room = np.zeros(groups), np.empty(groups, np.int64), np.empty(n), np.zeros(len(sums[2]))
    below, above = (np.zeros(n), np.empty(n, np.int32)), (np.zeros(n), np.empty(n, np.int32))
    lost = np.zeros((len(sums[2]), width))
    down, up, missing = np.zeros((n, width)), np.zeros((n, width)), np.zeros((n, width))
    rule = tolerance, max_steps, PUSHED * (len(downward[0][1]) + len(upward[0][1]))
    result = np.zeros((len(shocks[0]) - 1, 5))
    lanes, following = np.full(width, -1), 0
    while True:
        following = _fill(
            lanes, following, shocks, links, sums, rule, room, below, above, down, up, result
        )
        if lanes.max() < 0:
            return result
        change = np.zeros(width)
        _missing_in_lanes(down, sums, lost, missing)
        _read(downward, missing, down, down, change)
        _read(upward, up, up, missing, change)
        up, missing = missing, up
        _end(lanes, change, rule, down, up, sums[3], result)
