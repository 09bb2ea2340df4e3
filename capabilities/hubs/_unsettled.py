"""Of which sectors more draws may find that they are hubs, or are none, after all."""

from __future__ import annotations

from collections.abc import Iterator

from ...analytics.hubs import CLAIMED
from ...core.errors import join_words
from ...core.numbers import MOST_DRAWS
from ._compute import Hubs
from ._evidence import Evidence
from ._known import known

__all__ = ["unsettled"]

#: Sectors that are named.
MOST = 6


def unsettled(hubs: Hubs) -> Iterator[tuple[str, str]]:
    """Go through the networks of the last year with sectors that draws do not settle.

    Parameters
    ----------
    hubs : Hubs
        What was computed.

    Yields
    ------
    network : str
    text : str
        Which sectors, and how many draws there were. Where draws are too few to find anything,
        that is another doubt.
    """
    for name, claim in hubs.claims[hubs.last].items():
        first, again = _open(claim, "settled"), _open(claim, "remains_settled")
        few = claim.untested or claim.found.lacking(together=CLAIMED)
        if first and not few:
            yield name, _sentence(first, "is a hub", "are hubs", claim.draws)
        if again and claim.second is not None and claim.second.found is not None:
            under = "under the second null"
            draws = claim.second.found.draws
            yield name, _sentence(again, f"is one {under}", f"are hubs {under}", draws)


def _open(claim: Evidence, column: str) -> list[str]:
    found = claim.claims[column]
    return [str(code) for code, value in found.items() if known(value) is False]


def _sentence(codes: list[str], one: str, many: str, draws: int) -> str:
    more = [f"{len(codes) - MOST} more"] if len(codes) > MOST else []
    who = join_words([*codes[:MOST], *more])
    text = (
        f"whether {who} {one if len(codes) == 1 else many} is not settled: after {draws:,} draws p "
        "after Holm may lie on either side of 5%"
    )
    ten = 10 * (draws + 1) - 1
    return f"{text}; take draws = {ten}." if ten <= MOST_DRAWS else f"{text}."
