"""Path attribution of ψ: its strongest walks, and what is left beside them.

ψ = Σ Sᵃ Wᵇ over all a, b ≥ 0, so ψ_ij − 1[i=j] is the sum over all walks i → … → j of first
a ≥ 0 steps in S and then b ≥ 0 steps in W, a + b ≥ 1, each as strong as the product of its
shares. A walk may come back to a sector. This is structural path analysis, on two networks.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, nearest, show
from ...core.labelled import MatrixLike
from ...core.labels import text_labels
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, require_flows
from ..linalg._leakage import Leak
from ..linalg._operands import check_operands, check_production
from ..linalg._resolvent import Resolvent, choose_method

#: How a step reads, from the receiver to its source.
VERBS = {"S": "uses", "W": "cites"}

__all__ = ["PathAttribution", "apply_inverse", "position", "strongest_paths"]

# −ln share, in whole units that a double adds without rounding: a sum has one value in any
# order, and walks that go round the same loops in another order are equal.
UNITS = 2.0**43
# Every step costs 2e-12 more. Rounding then never ranks a longer walk before an equally strong
# shorter one, and no loop is free of cost, not even one of shares that are exactly 1.
STEP = 16.0
# Weaker products are no longer normal doubles.
FAINTEST = 708.0 * UNITS
# A network that needs more terms than this is better factorised.
TERMS = 1000

# A sector and the network in which it was reached; in that network the walk may go on.
_State: TypeAlias = tuple[int, int]
_Steps: TypeAlias = tuple[_State, ...]
NETWORKS = "SW"


@dataclass(frozen=True, slots=True)
class PathAttribution:
    """The strongest walks behind one element of ψ.

    Parameters
    ----------
    receiver, source : str
        The affected sector i and the origin j.
    psi : float
        ψ_ij, % per %.
    spillover : float
        ψ_ij − 1[i=j], % per %: the sum of the strengths of all walks.
    paths : pandas.DataFrame, at most k rows, strongest first
        - ``rank``: 1, 2, …
        - ``path``: tuple of the sectors from i to j; one more than there are steps.
        - ``networks``: one letter for each step, ``S`` (input) or ``W`` (citation): ``SSW``.
        - ``strength``: product of the shares, % per %.
        - ``share``: strength / spillover.
        - ``cumulative``: sum of the shares so far; what is missing to 1 is not in the table.
    """

    receiver: str
    source: str
    psi: float
    spillover: float
    paths: pd.DataFrame

    @property
    def remainder(self) -> float:
        """Sum of the strengths of all walks that are not in the table, % per %."""
        return max(0.0, self.spillover - math.fsum(self.paths["strength"]))

    @property
    def told(self) -> list[str]:
        """The walks in words, from the receiver to its sources: ``cars uses steel cites steel``."""
        return [
            path[0]
            + "".join(
                f" {VERBS[step]} {label}" for step, label in zip(steps, path[1:], strict=True)
            )
            for path, steps in zip(self.paths["path"], self.paths["networks"], strict=True)
        ]


def strongest_paths(
    S: MatrixLike,
    W: MatrixLike | None,
    receiver: str,
    source: str,
    k: int = 10,
    *,
    own_leak: Leak = None,
) -> PathAttribution:
    """Find the k strongest walks behind ψ_ij, and how much of it they carry.

    None that is stronger is left out. ψ_ij is solved for; no inverse is formed. Ties: the walk
    with fewer steps comes first, then the one whose first differing step leads to the sector
    that is earlier in ``S.rows``, then S before W. Strengths that agree to 2e-12 for each step
    count as equal; if they are products of different numbers, rounding decides between walks of
    as many steps, always in the same way. The first n of k walks are those of k = n.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    W : LabelledMatrix, shape (N, N), or None
        Citation shares, [citing, cited]; the same labels as S in any order. None: of S alone,
        where ψ is U = (I − S)⁻¹; walks from a user to its suppliers' suppliers.
    receiver, source : str
        The affected sector i and the origin j; they may be one.
    k : int, default 10
        How many walks at most. There are fewer where fewer lead from i to j; walks weaker than
        1e-307 are left out.
    own_leak : pandas.Series or ndarray, length N, optional
        Exact leak of W; an array is in the order of ``W.rows``. Default: 1 − row sums of W.

    Returns
    -------
    PathAttribution
        No row in ``paths`` where no walk leads from i to j.

    Raises
    ------
    InputError
        If a sector is not there, k is below 1, labels differ, an entry is negative or not
        finite, or a spectral radius is 1 or more.
    ClosedClassError
        If sectors receive everything from each other.

    References
    ----------
    Structural path analysis: Defourny & Thorbecke (1984), *Economic Journal* 94, 111–136;
    Lenzen (2003), *Structural Change and Economic Dynamics* 14, 1–34. Order of the walks: Lawler
    (1972), *Management Science* 18, 401–405; Eppstein (1998), *SIAM Journal on Computing* 28,
    652–673. ψ: Li et al. (2024), 30th IIOA conference, §3.2.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> attribution = strongest_paths(S, W, "steel", "cars", k=4)
    >>> round(attribution.psi * 3, 12)
    4.0
    >>> attribution.paths[["networks", "strength", "share"]].round(12).to_numpy().tolist()
    [['W', 0.4, 0.3], ['S', 0.3, 0.225], ['SS', 0.12, 0.09], ['SW', 0.08, 0.06]]
    >>> attribution.paths["path"][2]
    ('steel', 'cars', 'cars')
    >>> attribution.told[3]
    'steel uses steel cites cars'
    >>> round(attribution.remainder, 12)  # 4/3 less what is shown
    0.433333333333

    Through inputs alone, U_ij = 2/3:

    >>> inputs = strongest_paths(S, None, "steel", "cars", k=2)
    >>> inputs.paths["strength"].round(12).tolist(), round(inputs.remainder, 12)
    ([0.3, 0.12], 0.246666666667)
    """
    if k < 1:
        raise InputError(f"paths: k must be at least 1, got {k}.")
    S, W = _operands(S, W, own_leak)
    require_flows(S)  # the strongest path is not found by sign
    i, j = position(S, receiver, "receiver"), position(S, source, "source")
    ranked = islice(_Walks(S.values, W.values, j).rank_walks(i), k)
    walks = [_spell_out(S, W, i, steps) for steps in ranked]
    spillover = 0.0
    if walks:
        # ψ − I = U (S + V W), column j: no difference is taken.
        s, w, unit = S.values, W.values, np.eye(1, len(S.rows), j)[0]
        spillover = float(apply_inverse(s, s @ unit + apply_inverse(w, w @ unit))[i])
    paths = pd.DataFrame(walks, columns=["path", "networks", "strength"])
    paths = paths.astype({"networks": str, "strength": np.float64})
    paths.insert(0, "rank", np.arange(1, len(walks) + 1))
    paths["share"] = paths["strength"] / spillover
    paths["cumulative"] = paths["share"].cumsum()
    return PathAttribution(S.rows[i], S.rows[j], float(i == j) + spillover, spillover, paths)


def _operands(
    S: MatrixLike, W: MatrixLike | None, own_leak: Leak
) -> tuple[LabelledMatrix, LabelledMatrix]:
    """Return both networks in one order; the second without links where there is none."""
    if W is None:
        S = check_production(S)
        return S, LabelledMatrix("W", sparse.csr_array(S.shape), S.rows, S.rows)
    S, W, _, _ = check_operands(S, W, own_leak)
    return S, W


def position(S: LabelledMatrix, label: str, what: str) -> int:
    """Return the place of a sector, or name the nearest."""
    (text,) = text_labels([label], what)  # as the labels of a frame: 3514 is "3514"
    if text not in S.rows:
        raise InputError(f"{what}: there is no sector {show(text)}. {nearest(text, S.rows)}")
    return S.rows.index(text)


def _spell_out(
    S: LabelledMatrix, W: LabelledMatrix, start: int, steps: _Steps
) -> tuple[tuple[str, ...], str, float]:
    """Write a walk: its sectors, its networks, and the product of its shares."""
    sectors = [start, *(sector for sector, _ in steps)]
    shares = [
        (S, W)[network].values[user, used]
        for (user, used), (_, network) in zip(pairwise(sectors), steps, strict=True)
    ]
    networks = "".join(NETWORKS[network] for _, network in steps)
    return tuple(S.rows[sector] for sector in sectors), networks, math.prod(map(float, shares))


def apply_inverse(M: sparse.csr_array, right: Vector) -> Vector:
    """(I − M)⁻¹ times a vector that is not negative, accurate entry by entry.

    GMRES would do for sums; an element can be a millionth of the largest and must keep its
    digits. Neither LU with the diagonal for pivots nor the series ever subtracts.
    """
    if choose_method(M.shape[0]) == "dense":
        return Resolvent(M, "dense").solve(right)
    total, term = right.copy(), right
    for _ in range(TERMS):
        term = M @ term
        total += term
        # What is below this in every entry stays below it in all terms to come.
        if (term <= 1e-18 * total).all():
            return total
    return Resolvent(M, "sparse").solve(right)


class _Walks:
    """All walks to one sector, cheapest first; the cost is −ln strength in whole units.

    A walk has two phases, S and then W. A step in W may follow in either, a step in S only in
    the first, so every walk is spelled in one way and is met once.
    """

    def __init__(self, S: sparse.csr_array, W: sparse.csr_array, target: int) -> None:
        self.target = target
        self.costs = (_costs(S), _costs(W))
        arrived = np.full(S.shape[0], np.inf)
        arrived[target] = 0.0
        within_W = _least_cost(self.costs[1], arrived)
        self.left = (_least_cost(self.costs[0], within_W), within_W)
        self._options: dict[_State, tuple[Vector, np.ndarray, np.ndarray]] = {}

    def rank_walks(self, start: int) -> Iterator[_Steps]:
        """Yield the walks from one sector, of at least one step, in order.

        An entry of the heap stands for all walks that share their first steps and then take the
        option of this rank or a later one; it is filed under the best of them. When that comes
        out, the others are filed anew: the next option there, or the second at a later sector.
        """
        heap: list[tuple[float, _Steps, int, int, float]] = []

        def file(shared: _Steps, rank: int, spent: float) -> None:
            cost, sector, network = self._sort_options(shared[-1] if shared else (start, 0))
            if rank >= len(cost) or spent + cost[rank] > FAINTEST:
                return
            steps = shared
            if sector[rank] >= 0:
                state = (int(sector[rank]), int(network[rank]))
                steps = (*shared, state, *self._best_option(state))
            heapq.heappush(heap, (float(spent + cost[rank]), steps, len(shared), rank, spent))

        file((), 0, 0.0)
        while heap:
            total, steps, shared, rank, spent = heapq.heappop(heap)
            if steps:
                yield steps
            file(steps[:shared], rank + 1, spent)
            for m in range(shared + 1, len(steps) + 1):
                sector, network = steps[m - 1]
                file(steps[:m], 1, total - float(self.left[network][sector]))

    def _sort_options(self, state: _State) -> tuple[Vector, np.ndarray, np.ndarray]:
        """Return what may follow after a sector: cost to the end, sector, network; −1 is stop."""
        if state not in self._options:
            at, phase = state
            arrive = int(at == self.target)
            cost, to, via = [np.zeros(arrive)], [np.full(arrive, -1)], [np.zeros(arrive, dtype=int)]
            for network in range(phase, 2):
                M = self.costs[network]
                row = slice(M.indptr[at], M.indptr[at + 1])
                to.append(M.indices[row])
                cost.append(M.data[row] + self.left[network][M.indices[row]])
                via.append(np.full(len(to[-1]), network))
            total, sector, net = np.concatenate(cost), np.concatenate(to), np.concatenate(via)
            order = np.lexsort((net, sector, total))
            self._options[state] = (total[order], sector[order], net[order])
        return self._options[state]

    def _best_option(self, state: _State) -> _Steps:
        """Return the first of the cheapest ways from a sector to the target."""
        steps: list[_State] = []
        while True:
            _, sector, network = self._sort_options(state)
            if sector[0] < 0:
                return tuple(steps)
            state = (int(sector[0]), int(network[0]))
            steps.append(state)


def _costs(M: sparse.csr_array) -> sparse.csr_array:
    """−ln of every share, in whole units, and the price of a step."""
    cost = np.rint(-np.log(M.data) * UNITS) + STEP
    return sparse.csr_array((cost, M.indices, M.indptr), shape=M.shape)


def _least_cost(cost: sparse.csr_array, start: Vector) -> Vector:
    """Least cost from every sector along this network to where it pays ``start`` to leave it.

    Bellman–Ford: a share above 1 has a negative cost. Every loop costs something, as ρ < 1
    means that its product is below 1, so no cheapest way is longer than N steps.
    """
    filled = np.flatnonzero(np.diff(cost.indptr))
    least = start
    for _ in range(cost.shape[0]):
        way = np.minimum.reduceat(cost.data + least[cost.indices], cost.indptr[filled])
        shorter = least.copy()
        shorter[filled] = np.minimum(least[filled], way)
        if np.array_equal(shorter, least):
            break
        least = shorter
    return least
