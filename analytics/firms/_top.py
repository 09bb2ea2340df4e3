"""The firms of highest systemic risk, certified without a cascade for every firm."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ..linalg._labels import Vector
from ._cascades import Engine, run_cascades, single_failures
from ._classes import Classes
from ._economy import Economy, build_economy
from ._risk import FOUND, require_rule

__all__ = ["TopRisk", "most_systemic"]

Places = NDArray[np.int64]
#: So many groups go at a time.
BLOCK = 32
#: Of so many firms each has a cascade of its own; a group of more that is not settled is split.
FEW, SPLIT = 3, 4


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
        there, up to rounding.
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
    seconds: float | None = None,
    engine: Engine = "auto",
) -> TopRisk:
    """Find the k firms of highest systemic risk (``both``) and prove it with few cascades.

    Bounds: a firm costs no more than a group of firms with it that fails at once, since losses
    only grow with what fails; so one cascade speaks for all its members downstream. Upstream a firm
    costs no more than its sales partners' losses added up without end, a sum of products with
    one vector for all firms together. Members whose bound is above the k-th score make smaller
    groups, down to single firms, whose cascade is run.

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
    seconds : float, optional
        Stop behind about so long, certified or not; what is found then depends on the machine.

    Returns
    -------
    TopRisk

    Raises
    ------
    InputError
        As :func:`systemic_risk`; if k is not between 1 and the number of firms.

    Notes
    -----
    A group's cascade goes on until no firm changes at all, or for ``max_steps``: so it has at least
    the steps of each member's.

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
    search.run(cascades, seconds)
    known = np.flatnonzero(~np.isnan(search.found[:, 0]))
    best = known[np.argsort(-search.found[known, 0], kind="stable")][:k]
    index = pd.Index([economy.labels[i] for i in best], name="label")
    table = pd.DataFrame(search.found[best], index, FOUND).astype({"steps": np.int64})
    bound = search.bound()
    certified = bool(bound <= search.threshold())
    return TopRisk(table, bound, certified, len(known), search.groups)


class _Search:
    """Bounds of every firm, tightened by cascades of groups, highest groups first."""

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
        #: The most that each firm can cost; what it costs where its cascade was run.
        self.most = np.ones(len(economy.labels))

    def run(self, cascades: int, seconds: float | None) -> None:
        """Evaluate the likely firms, then groups of the others."""
        end = np.inf if seconds is None else time.monotonic() + seconds
        order = np.argsort(-promise(self.economy, self.above), kind="stable")
        likely, rest = np.split(order, [min(len(order), 2 * self.k + BLOCK)])
        self._evaluate(likely)
        waiting: list[Places] = []
        while len(rest):
            # The less likely, the larger the group.
            part, rest = np.split(rest, [max(8, (len(order) - len(rest)) // 4)])
            waiting.append(part)
        while waiting and time.monotonic() < end:
            left = cascades - self.groups - int((~np.isnan(self.found[:, 0])).sum())
            if left <= 0:
                return
            waiting.sort(key=lambda part: -self.most[part].max())
            now, waiting = waiting[: min(BLOCK, left)], waiting[min(BLOCK, left) :]
            waiting += self._refine(now)

    def threshold(self) -> float:
        """Return the k-th score so far."""
        known = self.found[~np.isnan(self.found[:, 0]), 0]
        return float(np.partition(known, -self.k)[-self.k]) if len(known) >= self.k else -np.inf

    def bound(self) -> float:
        """Return the most that a firm without a cascade of its own can have."""
        return float(self.most[np.isnan(self.found[:, 0])].max(initial=0.0))

    def _refine(self, parts: list[Places]) -> list[Places]:
        """Bound the firms of each group by its cascade; return groups of those that are left."""
        parts = [part[self.most[part] > self.threshold()] for part in parts]
        several = [part for part in parts if len(part) > FEW]
        few = [part for part in parts if len(part) <= FEW]
        self._evaluate(np.concatenate([np.empty(0, dtype=np.int64), *few]))
        if not several:
            return []
        start = np.concatenate([[0], np.cumsum([len(part) for part in several])])
        firms = np.concatenate(several)
        shocks = start, firms, np.ones(len(firms))
        losses = run_cascades(self.downstream, shocks, 0.0, self.rule[1], self.engine)
        self.groups += len(several)
        for part, (_, below, *_) in zip(several, losses, strict=True):
            self.most[part] = np.minimum(self.most[part], below + self.above[part])
        threshold = self.threshold()
        open_ = (part[self.most[part] > threshold] for part in several)
        return [
            piece
            for part in open_
            for piece in np.array_split(part, min(SPLIT, len(part)) or 1)
            if len(piece)
        ]

    def _evaluate(self, firms: Places) -> None:
        if len(firms):
            shocks = single_failures(firms)
            self.found[firms] = run_cascades(self.economy, shocks, *self.rule, self.engine)
            self.most[firms] = self.found[firms, 0]


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
