"""Ranks of sectors with confidence sets, from draws of what they are ranked by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.labels import text_labels
from ..linalg._labels import Vector, by_label, require_kind
from ._intervals import require_draws

__all__ = ["rank_intervals"]

# Differences that vary less than this, relative to the largest number, do not vary: rounding.
CONSTANT = 1e-12

Mask: TypeAlias = NDArray[np.bool_]
Deviations: TypeAlias = Callable[[int], Vector]


def rank_intervals(
    draws: pd.DataFrame,
    estimate: pd.Series[float],
    level: float = 0.95,
    *,
    stepdown: bool = True,
) -> pd.DataFrame:
    """Rank sectors, the largest first, with confidence sets for their ranks.

    Sector k is ahead of j if its difference from j, over its standard error, exceeds a critical
    value: the quantile, over draws, of the largest studentised deviation among the comparisons
    that could still go either way. A sector's set starts behind all that are ahead of it and
    ends before all that it is ahead of. It covers every rank that a tie leaves open.

    Parameters
    ----------
    draws : pandas.DataFrame, shape (D, N)
        A quantity of :class:`~spillgraph.analytics.Draws`, for instance
        ``draws.values["benefit"]``. Rows with NaN, the singular draws, are left out and the rest
        are counted.
    estimate : pandas.Series, length N
        The same quantity of the stock itself, in the same unit.
    level : float, default 0.95
        Probability that a marginal set covers its sector's rank, and that all simultaneous sets
        together cover all ranks.
    stepdown : bool, default True
        Repeat without the comparisons that are settled; sets only become smaller.

    Returns
    -------
    pandas.DataFrame, shape (N, 7)
        By sector: ``estimate``, ``rank`` (1 is the largest), ``rank_low`` and ``rank_high`` (the
        marginal set, for one sector that was chosen beforehand), ``simultaneous_low`` and
        ``simultaneous_high`` (for the whole table), and ``draws``, how many entered. A low number
        is a high place. Ranks are pure numbers.

    Raises
    ------
    InputError
        If labels differ, an estimate is not finite, or the draws are too few for the level.

    References
    ----------
    Mogstad, Romano, Shaikh & Wilhelm (2024), *Review of Economic Studies* 91, 476–518, §3; Romano &
    Wolf (2005), *Econometrica* 73, 1237–1282 (stepdown). Errors are in the draws: they should be
    those of a bootstrap whose differences are close to normal.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draws = pd.DataFrame(rng.normal([3.0, 2.9, 1.0], 0.1, (999, 3)), columns=list("abc"))
    >>> table = rank_intervals(draws, pd.Series({"a": 3.0, "b": 2.9, "c": 1.0}))
    >>> table[["rank", "rank_low", "rank_high"]].to_numpy().tolist()
    [[1, 1, 2], [2, 1, 2], [3, 3, 3]]
    """
    require_kind(draws, pd.DataFrame, "draws of one quantity")
    labels = text_labels(draws.columns, "draws")
    theta = by_label(estimate, labels, "estimate")
    values = np.asarray(draws, dtype=np.float64)
    values = values[np.isfinite(values).all(axis=1)]
    require_draws(len(values), level, "ranks")
    T, deviations = _studentise(values, theta)
    order = min(len(values), int(np.ceil((len(values) + 1) * level - 1e-9)))
    marginal = _marginal(T, deviations, order, stepdown)
    joint = _joint(T, deviations, order, stepdown)
    N = len(labels)
    return pd.DataFrame(
        {
            "estimate": theta,
            "rank": 1 + (theta[np.newaxis, :] > theta[:, np.newaxis]).sum(axis=1),
            "rank_low": 1 + marginal[0].sum(axis=1),
            "rank_high": N - marginal[1].sum(axis=1),
            "simultaneous_low": 1 + joint.sum(axis=1),
            "simultaneous_high": N - joint.sum(axis=0),
            "draws": len(values),
        },
        index=pd.Index(labels, name="sector"),
    )


def _studentise(values: Vector, theta: Vector) -> tuple[Vector, Deviations]:
    """T[j, k] = (θ_k − θ_j) / se, and the draws' deviations from it for one j at a time.

    The deviations of all pairs at once would be D × N² numbers.
    """
    off = values - theta
    N, scale = len(theta), CONSTANT * max(np.abs(values).max(initial=0.0), np.abs(theta).max())
    error = np.stack([(off - off[:, [j]]).std(axis=0, ddof=1) for j in range(N)])
    fixed = error <= scale
    error[fixed] = 1.0
    difference = theta[np.newaxis, :] - theta[:, np.newaxis]
    T = difference / error
    # What never varies is known: ahead, behind, or tied for certain.
    T[fixed] = np.where(np.abs(difference) > scale, np.copysign(np.inf, difference), 0.0)[fixed]

    def deviations(j: int) -> Vector:
        studentised: Vector = np.where(fixed[j], 0.0, (off - off[:, [j]]) / error[j])
        return studentised

    return T, deviations


def _marginal(T: Vector, deviations: Deviations, order: int, stepdown: bool) -> tuple[Mask, Mask]:
    """Who is ahead of j and who is behind; each j has a critical value of its own."""
    ahead, behind = np.zeros(T.shape, dtype=bool), np.zeros(T.shape, dtype=bool)
    for j in range(len(T)):
        off = deviations(j)
        for _ in range(2 * len(T)):
            largest = np.maximum(_largest(off, ~ahead[j]), _largest(-off, ~behind[j]))
            critical = np.partition(largest, order - 1)[order - 1]
            settled = ahead[j].sum() + behind[j].sum()
            ahead[j], behind[j] = T[j] > critical, -T[j] > critical
            if not stepdown or ahead[j].sum() + behind[j].sum() == settled:
                break
    return ahead, behind


def _joint(T: Vector, deviations: Deviations, order: int, stepdown: bool) -> Mask:
    """Who is ahead of whom, with one critical value for all pairs: [j, k] says k is ahead of j."""
    ahead = np.zeros(T.shape, dtype=bool)
    for _ in range(T.size):
        largest = _largest(deviations(0), ~ahead[0])
        for j in range(1, len(T)):
            np.maximum(largest, _largest(deviations(j), ~ahead[j]), out=largest)
        settled = ahead.sum()
        ahead = np.partition(largest, order - 1)[order - 1] < T
        if not stepdown or ahead.sum() == settled:
            break
    return ahead


def _largest(off: Vector, open_: Mask) -> Vector:
    """Largest deviation of each draw among the comparisons that are open; at least 0."""
    # A sector's difference from itself is always 0 and always open, so 0 is among them.
    largest: Vector = off[:, open_].max(axis=1, initial=0.0)
    return largest
