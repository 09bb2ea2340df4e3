"""Which chance the hubs of a network are held against, and where there is none that can be drawn.

ψ, UDS and UCS are sums over chains. Shuffled themselves they are no chance, so what they are made
of is drawn, and they are formed of each draw: see :mod:`spillgraph.analytics.nulls`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...analytics.hubs import CLAIMED, HubEvidence, hubs
from ...analytics.linalg import Vector
from ...analytics.nulls import CHAINED, LARGE, Direct, Null, null_of_chains
from ...core.matrix import LabelledMatrix
from ...runs.networks import YearNetworks
from ...runs.ultimate import Ultimate
from ._options import HubOptions

__all__ = ["OF_CHAINS", "ULTIMATE", "WITHOUT_DRAWS", "Chance", "chance_of", "claim_of"]

#: Networks of ultimate shares; and all that are sums over chains.
ULTIMATE = ("UDS", "UCS")
OF_CHAINS = ("psi", *ULTIMATE)
#: Draws that their claim may need at least, each with an inverse, where nobody asks for them.
MOST_INVERSES = 9_999
#: Why they are not tested in a run that draws nothing.
WITHOUT_DRAWS = (
    "for the chance of sums over chains has to be drawn: spillgraph hubs does, unless draws = 0"
)


@dataclass(frozen=True, slots=True)
class Chance:
    """What the scores of a network are held against.

    Parameters
    ----------
    null : str or Null
        The null.
    draws : int
        Networks drawn from it for all measures.
    of_claim : int
        And for the claim, for which there are more; 0 where its p-values are exact.
    untested : str
        Why nothing is drawn and no hub is tested; empty where it is.
    """

    null: str | Null
    draws: int
    of_claim: int = 0
    untested: str = ""


def chance_of(
    name: str,
    M: LabelledMatrix,
    year: YearNetworks,
    options: HubOptions,
    ultimate: Callable[[YearNetworks], Ultimate | None],
) -> Chance:
    """Return the chance of a network of a year.

    Parameters
    ----------
    name : str
        The network.
    M : LabelledMatrix, shape (N, N)
        The network, rows receivers.
    year : YearNetworks
        A report year.
    options : HubOptions
        Null and draws.
    ultimate : callable
        Takes a year with S; returns its ultimate shares.
    """
    null, N = options.null if options.drawn else "spread", len(M.rows)
    draws, of_claim = options.draws_for(N), options.draws_of_claim(N, null)
    if name not in OF_CHAINS:
        return Chance(null, draws, 0 if null == "spread" and N <= LARGE else of_claim)
    if untested := _untested(null, N, options):
        return Chance(null, 0, untested=untested)
    if name == "psi":
        return Chance(null_of_chains(name, steps_of_psi(year, M.rows), null), draws, of_claim)
    shares = ultimate(year)
    assert shares is not None
    step, last = step_of_ultimate(name, shares, M.rows)
    return Chance(null_of_chains(name, [step], null, last), draws, of_claim)


def claim_of(M: LabelledMatrix, chance: Chance, options: HubOptions) -> HubEvidence:
    """Hold the in-degrees that make a hub against as many draws as the claim takes.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        The network, rows receivers.
    chance : Chance
        That is tested.
    options : HubOptions
        The seed.
    """
    return hubs(M, CLAIMED, chance.null, max(1, chance.of_claim), options.seed, missing=0.0)


def _untested(null: str, N: int, options: HubOptions) -> str:
    if not options.drawn:
        return WITHOUT_DRAWS
    if null not in CHAINED:
        return (
            f"for the null {null!r} does not keep what leaves their chains (own citations, value "
            f"added, final sales); take {', '.join(CHAINED[:-1])} or {CHAINED[-1]}"
        )
    needed = options.needed_for(N)
    if options.draws is None and needed > MOST_INVERSES:
        return (
            f"for {N:,} sectors take {needed:,} draws, each with an inverse; ask for them with "
            f"draws = {needed}"
        )
    return ""


def steps_of_psi(year: YearNetworks, labels: tuple[str, ...]) -> list[Direct]:
    """Return S in money and W in citations, from which ψ is made.

    Parameters
    ----------
    year : YearNetworks
        A report year with ψ.
    labels : tuple of str, length N
        The order of ψ.

    Returns
    -------
    list of Direct
        Without what is negative. Where gross output is not known of every sector, shares of S are
        drawn as they are.
    """
    assert year.production is not None and year.innovation is not None
    assert year.citations is not None
    S, W, K = (
        np.maximum(M.aligned_to(labels).values.toarray(), 0.0)
        for M in (year.production.S, year.innovation.W, year.citations)
    )
    np.fill_diagonal(K, 0.0)
    # All that a sector cites, own citations included, where rows are divided by it.
    cited = np.divide(K.sum(axis=1), W.sum(axis=1), out=np.ones(len(K)), where=W.sum(axis=1) > 0)
    return [Direct(S, _amounts(year, labels)), Direct(W, cited)]


def _amounts(year: YearNetworks, labels: tuple[str, ...]) -> Vector:
    none = np.ones(len(labels))
    if "gross output" not in year.weights:
        return none
    x: Vector = year.weights["gross output"].reindex(list(labels)).to_numpy(dtype=np.float64)
    return none if np.isnan(x).any() else np.where(x > 0, x, 1.0)


def step_of_ultimate(name: str, of: Ultimate, labels: tuple[str, ...]) -> tuple[Direct, Vector]:
    """Return the step of the chains of UDS or UCS, and the shares that leave them.

    Parameters
    ----------
    name : {"UDS", "UCS"}
        The network.
    of : Ultimate
        The ultimate shares of the year.
    labels : tuple of str, length N
        The sectors of the network.

    Returns
    -------
    step : Direct
        Receivers are sellers for UDS and buyers for UCS; own flows are left out.
    last : ndarray, shape (N,)
        Final sales, or primary inputs, in shares of these and all flows to others.
    """
    end = of.final if name == "UDS" else of.primary
    assert of.bought is not None and end is not None
    flows = of.bought.loc[list(labels), list(labels)].to_numpy()
    flows = np.array(flows.T if name == "UDS" else flows)
    np.fill_diagonal(flows, 0.0)
    outside = end[list(labels)].to_numpy(dtype=np.float64)
    total = flows.sum(axis=1) + outside
    return Direct(flows / total[:, None], total), outside / total
