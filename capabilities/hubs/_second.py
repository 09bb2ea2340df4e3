"""Whether hubs remain hubs under a second null, which keeps what the first one leaves to chance.

Spread at random, size does not count, so that who has much to give may be a hub by that alone;
where everybody gives as much as they do, size explains too much to be tested. Each null is right of
itself, and a hub under both is one whatever the reader thinks of size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...analytics.hubs import HubEvidence
from ...analytics.nulls import LARGE, null_named
from ...core.matrix import LabelledMatrix
from ...runs.networks import YearNetworks
from ...runs.ultimate import Ultimate
from ._chance import Chance, chance_of, claim_of
from ._options import HubOptions

__all__ = ["Second", "second_chance", "second_of"]


@dataclass(frozen=True, slots=True)
class Second:
    """The claim of a network under the second null.

    Parameters
    ----------
    null : str
        The null that was asked for.
    found : HubEvidence or None
        Both in-degrees of every sector against it; none where it is not drawn.
    untested : str
        Why it is not; empty where it is.
    """

    null: str
    found: HubEvidence | None
    untested: str = ""

    @property
    def called(self) -> str:
        """Its name, with what is drawn where that is not the network; empty where nothing is."""
        return "" if self.found is None else self.found.null


def second_chance(
    name: str,
    M: LabelledMatrix,
    year: YearNetworks,
    options: HubOptions,
    ultimate: Callable[[YearNetworks], Ultimate | None],
) -> Chance | None:
    """Return what the claim of a network is held against once more, or why it is not.

    Parameters
    ----------
    name : str
        The network.
    M : LabelledMatrix, shape (N, N)
        The network, rows receivers.
    year : YearNetworks
        A report year.
    options : HubOptions
        Nulls, draws, seed.
    ultimate : callable
        Takes a year with S; returns its ultimate shares.

    Returns
    -------
    Chance or None
        Without draws where p-values are exact. None where none is asked for. Where draws are too
        few for any sector to be a hub, none is made.
    """
    null, N = options.second, len(M.rows)
    if not null:
        return None
    chance = chance_of(name, M, year, options.model_copy(update={"null": null}), ultimate)
    if chance.untested:
        return chance
    law = null_named(chance.null)
    if N > LARGE and law.draw_sparse is None:
        why = f"for {N:,} sectors are too many for it, for {law.dense_only}"
        return Chance(null, 0, untested=why)
    if 0 < chance.of_claim < (needed := options.needed_for(N)):
        why = f"for it needs {needed:,} draws for {N:,} sectors; ask for them with draws = {needed}"
        return Chance(null, 0, untested=why)
    return chance


def second_of(M: LabelledMatrix, chance: Chance, options: HubOptions) -> Second:
    """Hold the claim of a network against the second null.

    It is the same as that of a run with this null: the same draws, adjusted for all sectors. Hubs
    alone cannot be tested, for they were chosen by the scores that the test is of.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        The network, rows receivers.
    chance : Chance
        As :func:`second_chance` gives it.
    options : HubOptions
        The second null, and the seed.
    """
    if chance.untested:
        return Second(options.second, None, chance.untested)
    return Second(options.second, claim_of(M, chance, options))
