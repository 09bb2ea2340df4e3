"""Fits of maximum entropy: chances of links from degrees, mean weights from strengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from ...core.errors import InputError
from ..linalg import Vector

__all__ = ["fit_links", "fit_weights"]

#: Likelihood, means, and their slopes in the two parameters of a link.
State: TypeAlias = tuple[float, Vector, Vector]

# Newton steps, and the relative miss of a mean that is accepted.
STEPS, CLOSE = 200, 1e-10
# Keeps Newton's matrix regular: what is added to all receivers and taken from all sources is idle.
RIDGE = 1e-12
# A chance of a link of 1 or 0 is met at infinity; so near is enough.
FAR, NEVER = 40.0, 1e-7


def fit_links(rows: Vector, columns: Vector, allowed: Vector) -> Vector:
    """Return the chance of every link in the directed configuration model.

    p_ij = x_i y_j / (1 + x_i y_j), the law of maximal entropy with these mean degrees; found by
    Newton's method on the concave likelihood in log x and log y.

    Parameters
    ----------
    rows, columns : ndarray, each shape (N,)
        Number of sources of each receiver, and of receivers of each source.
    allowed : ndarray of bool, shape (N, N)
        Where links may be.

    Returns
    -------
    ndarray, shape (N, N)

    Raises
    ------
    InputError
        If the degrees are not met on average.

    References
    ----------
    Squartini & Garlaschelli (2011), *New Journal of Physics* 13, 083001.

    Examples
    --------
    >>> p = fit_links(np.array([2.0, 1, 1]), np.array([1.0, 2, 1]), ~np.eye(3, dtype=bool))
    >>> p.sum(axis=1).round(9).tolist(), p.sum(axis=0).round(9).tolist()
    ([2.0, 1.0, 1.0], [1.0, 2.0, 1.0])
    """
    forced, rows, columns, allowed = _forced(rows, columns, allowed)
    N, degrees = len(rows), np.concatenate([rows, columns])
    start = np.log(np.maximum(degrees, 0.1) / np.sqrt(max(rows.sum(), 1.0)))
    start[degrees == 0] = -FAR

    def at(theta: Vector) -> State:
        logit = np.clip(theta[:N, None] + theta[None, N:], -2 * FAR, 2 * FAR)
        p = np.where(allowed, 1 / (1 + np.exp(-logit)), 0.0)
        likelihood = degrees @ theta - np.logaddexp(0.0, logit)[allowed].sum()
        return float(likelihood), p, p * (1 - p)

    p = _newton(start, degrees, at, "degrees")
    # Links that are forced or ruled out by the degrees are so at infinity only.
    p[p < NEVER] = 0.0
    p[p > 1 - NEVER] = 1.0
    return np.where(forced, 1.0, p)


def _forced(
    rows: Vector, columns: Vector, allowed: Vector
) -> tuple[Vector, Vector, Vector, Vector]:
    """Set the links of all who have as many as there can be, again and again; return what is left.

    Newton's method would look for them at infinity, and not find them.
    """
    forced, left = np.zeros(allowed.shape, dtype=bool), allowed.astype(bool)
    while True:
        r, c = rows - forced.sum(axis=1), columns - forced.sum(axis=0)
        full = (r == left.sum(axis=1))[:, None] | (c == left.sum(axis=0))[None, :]
        never = (r == 0)[:, None] | (c == 0)[None, :]
        sure = left & (full | never)
        if not sure.any():
            return forced, r, c, left
        forced |= sure & full & ~never
        left &= ~sure


def fit_weights(rows: Vector, columns: Vector, p: Vector) -> Vector:
    """Return the mean weight of every link in the conditional reconstruction method (CReM).

    Given the links, weights are exponential with means 1 / (β_i + γ_j), the law of maximal entropy
    with these mean strengths.

    Parameters
    ----------
    rows, columns : ndarray, each shape (N,)
        Strengths of receivers and sources, in one unit.
    p : ndarray, shape (N, N)
        Chance of every link.

    Returns
    -------
    ndarray, shape (N, N)
        Mean weight of a link that is there, in the same unit; 0 where there can be none.

    Raises
    ------
    InputError
        If the strengths are not met on average.

    References
    ----------
    Parisi, Squartini & Garlaschelli (2020), *New Journal of Physics* 22, 053053.

    Examples
    --------
    >>> p = 0.5 * ~np.eye(3, dtype=bool)
    >>> mean = fit_weights(np.array([3.0, 2, 1]), np.array([1.0, 2, 3]), p)
    >>> (p * mean).sum(axis=1).round(9).tolist(), (p * mean).sum(axis=0).round(9).tolist()
    ([3.0, 2.0, 1.0], [1.0, 2.0, 3.0])
    """
    N, total = len(rows), rows.sum()
    r, c = rows / max(total, 1e-300), columns / max(total, 1e-300)
    there = (p > 0) & (rows > 0)[:, None] & (columns > 0)[None, :]
    strengths = np.concatenate([r, c])
    degrees = np.concatenate([p.sum(axis=1), p.sum(axis=0)])
    start = np.divide(degrees, 2 * strengths, out=np.zeros(2 * N), where=strengths > 0)

    def at(theta: Vector) -> State:
        rate = np.where(there, theta[:N, None] + theta[None, N:], 1.0)
        if not rate.min() > 0:
            return -np.inf, rate, rate
        flow = np.where(there, p / rate, 0.0)
        likelihood = (p * np.log(rate))[there].sum() - strengths @ theta
        return float(likelihood), flow, -np.where(there, flow / rate, 0.0)

    flow = _newton(start, strengths, at, "strengths")
    mean: Vector = np.divide(flow, p, out=np.zeros((N, N)), where=there) * total
    return mean


def _newton(start: Vector, target: Vector, at: Callable[[Vector], State], what: str) -> Vector:
    """Go up a concave likelihood until all margins of the means are the target."""
    N, theta, live = len(start) // 2, start, target > 0
    here = at(theta)
    miss = np.inf
    for _ in range(STEPS):
        _, mean, slope = here
        gap = np.where(live, target - _margins(mean), 0.0)
        miss = float((np.abs(gap)[live] / target[live]).max(initial=0.0))
        if miss <= CLOSE:
            return mean
        H = np.zeros((2 * N, 2 * N))
        H[:N, N:], H[N:, :N] = np.abs(slope), np.abs(slope.T)
        sums = np.abs(_margins(slope))
        root = 1 / np.sqrt(np.where(sums > 0, sums, 1.0))
        H = H * root[:, None] * root[None, :] + (1 + RIDGE) * np.eye(2 * N)
        step = root * np.linalg.solve(H, root * gap) * np.sign(slope.sum())
        theta, here = _climb(theta, np.clip(step, -FAR, FAR) if slope.sum() > 0 else step, here, at)
    if miss > 1e-6:
        raise InputError(
            f"null 'maxent': no law has these {what} on average (one is missed by {miss:.1g}); "
            "take the null 'degree' or 'strength_links', which keep links or strengths exactly."
        )
    return mean


def _margins(values: Vector) -> Vector:
    return np.concatenate([values.sum(axis=1), values.sum(axis=0)])


def _climb(
    theta: Vector, step: Vector, here: State, at: Callable[[Vector], State]
) -> tuple[Vector, State]:
    """Halve the step until the likelihood rises, or cannot be told from here."""
    for _ in range(60):
        there = at(theta + step)
        if there[0] >= here[0] - 1e-12 * abs(here[0]):
            break
        step = step / 2
    return theta + step, there
