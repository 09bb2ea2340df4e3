"""The firms of highest systemic risk, certified without a cascade for every firm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ..linalg._labels import Vector
from ._classes import Classes
from ._economy import Economy, build_economy
from ._risk import FOUND, Engine, require_rule, run_cascades, single_failures

__all__ = ["TopRisk", "most_systemic"]

#: So many cascades go at a time.
BLOCK = 32
#: Cascades of groups go on until no firm changes by more.
GROUP_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class TopRisk:
    """The k firms of highest risk, and why no other can be among them.

    Parameters
    ----------
    table : pandas.DataFrame, indexed by ``label``: k firms, the highest first
        As of :func:`systemic_risk`.
    bound : float
        No firm without a cascade of its own can have more than this.
    certified : bool
        Whether ``bound`` is no more than the last score of ``table``: then no other firm belongs
        there, up to rounding and to what ``most_systemic`` says of σ.
    firms, groups : int
        How many cascades of one firm, and of several at once, were run.
    """

    table: pd.DataFrame
    bound: float
    certified: bool
    firms: int
    groups: int


def most_systemic(
    deliveries: MatrixLike,
    industry: Any,
    classes: Classes,
    k: int = 100,
    *,
    market: Any = "industry",
    weight: Any = None,
    revenue: Any = None,
    costs: Any = None,
    tolerance: float = 0.01,
    max_steps: int = 100,
    cascades: int = 20_000,
    engine: Engine = "auto",
) -> TopRisk:
    """Find the k firms of highest systemic risk (``both``) and prove it with few cascades.

    Bounds: a firm costs no more than a group of firms with it that fails at once, since losses
    only grow with what fails; so one cascade speaks for all its members downstream. Upstream a firm
    costs no more than its sales partners' losses added up without end, a sum of products with
    one vector for all firms together. Groups whose bound is above the k-th score are split, down
    to single firms, whose cascade is run.

    Parameters
    ----------
    deliveries, industry, classes, market, weight, revenue, costs, tolerance, engine
        As in :func:`systemic_risk`.
    k : int
        How many firms are wanted.
    max_steps : int
        A cascade ends behind so many steps in any case. The fewer, the sharper the bounds.
    cascades : int
        Stop behind about so many, certified or not.

    Returns
    -------
    TopRisk

    Raises
    ------
    InputError
        As :func:`systemic_risk`; if k is not between 1 and the number of firms.

    Notes
    -----
    A group's cascade is cut off where a step changes no firm by more than 1e-6; the steps that are
    left then add no more than that each, which is in the bound. Where firms are replaced
    (``market``), a step can add somewhat more than the one before.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> own = {"steel": "metal", "cars": "vehicles"}
    >>> found = most_systemic(Z, own, "linear", k=1)
    >>> found.table.index.tolist(), found.certified
    (['cars'], True)
    """
    economy = build_economy(
        deliveries, industry, classes, market=market, weight=weight, revenue=revenue, costs=costs
    )
    require_rule(tolerance, max_steps)
    size = len(economy.labels)
    if not 1 <= k <= size:
        raise InputError(f"k: got {k}; from 1 to {size}, the number of firms, is needed.")
    search = _Search(economy, k, tolerance, max_steps, engine)
    search.run(cascades)
    known = np.flatnonzero(~np.isnan(search.found[:, 0]))
    best = known[np.argsort(-search.found[known, 0], kind="stable")][:k]
    index = pd.Index([economy.labels[i] for i in best], name="label")
    table = pd.DataFrame(search.found[best], index, FOUND).astype({"steps": np.int64})
    bound = search.bound()
    certified = bool(bound <= search.threshold())
    return TopRisk(table, bound, certified, len(known), search.groups)


class _Search:
    """Branch and bound over groups of firms."""

    def __init__(
        self, economy: Economy, k: int, tolerance: float, max_steps: int, engine: Engine
    ) -> None:
        self.economy, self.k, self.engine = economy, k, engine
        self.rule = tolerance, max_steps
        #: Groups are bounded downstream alone: upstream has bounds of its own.
        self.downstream = replace(economy, up=sparse.csr_array(economy.up.shape))
        self.found = np.full((len(economy.labels), 5), np.nan)
        self.groups = 0
        self.above = upstream_bounds(economy, max_steps)
        #: Groups that are not settled: their bound, their firms.
        self.open: list[tuple[float, NDArray[np.int64]]] = []

    def run(self, cascades: int) -> None:
        """Evaluate the likely firms, then groups of the others, the highest bound first."""
        order = np.argsort(-promise(self.economy, self.above), kind="stable")
        likely, rest = np.split(order, [min(len(order), 2 * self.k + BLOCK)])
        self._evaluate(likely)
        while len(rest):
            # The less likely, the larger the group.
            part, rest = np.split(rest, [max(8, (len(order) - len(rest)) // 8)])
            self.open.append((np.inf, part))
        while self.open and self.bound() > self.threshold():
            if self.groups + int((~np.isnan(self.found[:, 0])).sum()) >= cascades:
                break
            self.open.sort(key=lambda each: each[0])
            chosen = [self.open.pop() for _ in range(min(BLOCK, len(self.open)))]
            chosen, left = _above(chosen, self.threshold())
            self.open.extend(left)
            self._refine(chosen)

    def threshold(self) -> float:
        """Return the k-th score so far."""
        known = self.found[~np.isnan(self.found[:, 0]), 0]
        return float(np.partition(known, -self.k)[-self.k]) if len(known) >= self.k else -np.inf

    def bound(self) -> float:
        """Return the most that a firm without a cascade of its own can have."""
        return max((bound for bound, _ in self.open), default=0.0)

    def _refine(self, chosen: list[tuple[float, NDArray[np.int64]]]) -> None:
        """Bound the groups that have no bound yet; split the others, or run their firm."""
        parts: list[NDArray[np.int64]] = []
        for bound, firms in chosen:
            parts.extend([firms] if np.isinf(bound) else np.array_split(firms, min(4, len(firms))))
        self._evaluate(np.array([part[0] for part in parts if len(part) == 1], dtype=np.int64))
        several = [part for part in parts if len(part) > 1]
        if not several:
            return
        start = np.concatenate([[0], np.cumsum([len(part) for part in several])])
        firms = np.concatenate(several)
        steps = self.rule[1]
        shocks = start, firms, np.ones(len(firms))
        losses = run_cascades(self.downstream, shocks, GROUP_TOLERANCE, steps, self.engine)
        self.groups += len(several)
        for part, (_, below, _, made, change) in zip(several, losses, strict=True):
            most = below + (steps - made) * change + self.above[part].max()
            self.open.append((min(float(most), 1.0), part))

    def _evaluate(self, firms: NDArray[np.int64]) -> None:
        if len(firms):
            shocks = single_failures(firms)
            self.found[firms] = run_cascades(self.economy, shocks, *self.rule, self.engine)


def _above(
    chosen: list[tuple[float, NDArray[np.int64]]], threshold: float
) -> tuple[list[tuple[float, NDArray[np.int64]]], list[tuple[float, NDArray[np.int64]]]]:
    """Part the groups that may hold one of the k from those that cannot."""
    over = [each for each in chosen if each[0] > threshold]
    return over, [each for each in chosen if each[0] <= threshold]


def upstream_bounds(economy: Economy, max_steps: int) -> Vector:
    """Bound what each firm's failure costs upstream: visits instead of first visits.

    Parameters
    ----------
    economy : Economy
        N firms.
    max_steps : int
        The most steps of a cascade.

    Returns
    -------
    ndarray, shape (N,)
        Σ_t [weight' U^t] for t up to ``max_steps``, U = ``economy.up``, and at most 1. A supplier
        loses the share of its sales that reaches the failed firm; counted each time it does.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> two = build_economy(Z, {"steel": "a", "cars": "b"}, "linear")
    >>> upstream_bounds(two, 1).round(3).tolist()
    [0.6, 1.0]
    """
    reach = economy.weight.copy()
    total = reach.copy()
    back = economy.up.T.tocsr()
    for _ in range(max_steps):
        reach = back @ reach
        total += reach
    return np.minimum(total, 1.0)


def promise(economy: Economy, above: Vector) -> Vector:
    """Guess what each failure costs: three steps downstream, inputs added up; no bound.

    Parameters
    ----------
    economy : Economy
        N firms.
    above : ndarray, shape (N,)
        What is added for upstream.

    Returns
    -------
    ndarray, shape (N,)

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> two = build_economy(Z, {"steel": "a", "cars": "b"}, "linear")
    >>> promise(two, np.zeros(2)).argmax()
    np.int64(1)
    """
    owned = economy.down.T.tocsr()
    sigma = np.ones(len(above))
    inside = economy.market >= 0
    others = economy.market_output[economy.market[inside]] - economy.output[inside]
    sigma[inside] = np.minimum(1.0, economy.output[inside] / np.maximum(others, 1e-300))
    reach, total = economy.weight, economy.weight.copy()
    for _ in range(3):
        reach = sigma * (owned @ reach[economy.customer])
        total += reach
    return np.asarray(total + above / 10, dtype=np.float64)
