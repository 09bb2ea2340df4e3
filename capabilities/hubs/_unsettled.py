"""Of which sectors more draws may find that they are hubs, or are none, after all."""

from __future__ import annotations

from collections.abc import Iterator

from ...analytics.hubs import CLAIMED
from ...core.errors import join_words
from ...core.numbers import MOST_DRAWS
from ._compute import Hubs
from ._evidence import Evidence
from ._known import known
from ._leading import symbol

__all__ = ["unsettled"]

#: Sectors of a network that are named.
MOST = 6


def unsettled(hubs: Hubs) -> str:
    """Say of which sectors of the last year draws do not settle whether they are hubs, or nothing.

    Parameters
    ----------
    hubs : Hubs
        What was computed. Where draws are too few to find anything, that is another doubt.
    """
    found, counts = [], [0]
    for name, claim in hubs.claims[hubs.last].items():
        for codes, under, draws in _open(claim):
            more = [f"{len(codes) - MOST} more"] if len(codes) > MOST else []
            found.append(f"{symbol(name)} {join_words([*codes[:MOST], *more])}{under}")
            counts.append(draws)
    if not found:
        return ""
    more_draws = 10 * (max(counts) + 1) - 1
    remedy = f" (draws = {more_draws})" if more_draws <= MOST_DRAWS else ""
    return (
        f"Not settled, for more draws{remedy} may put p after Holm on the other side of 5%: "
        f"{'; '.join(found)}."
    )


def _open(claim: Evidence) -> Iterator[tuple[list[str], str, int]]:
    """Go through both nulls: which sectors are open, under which one, after how many draws."""
    first, again = _codes(claim, "settled"), _codes(claim, "remains_settled")
    if first and not claim.untested and not claim.found.lacking(together=CLAIMED):
        yield first, "", claim.draws
    if again and claim.second is not None and claim.second.found is not None:
        yield again, " under the second null", claim.second.found.draws


def _codes(claim: Evidence, column: str) -> list[str]:
    return [str(code) for code, value in claim.claims[column].items() if known(value) is False]
