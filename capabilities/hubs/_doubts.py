"""What a reader must know before the table of hubs: what is left out, what draws cannot say."""

from __future__ import annotations

from ...analytics.hubs import CLAIMED
from ._compute import Hubs
from ._leading import symbol

__all__ = ["doubts"]

#: Networks that are sums over chains of inputs and citations.
OF_CHAINS = ("psi", "UDS", "UCS")


def doubts(hubs: Hubs) -> list[str]:
    """Return what is doubtful of the hubs, a sentence each, for screen and page.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    """
    if not hubs.claims:
        return []
    if not any(hubs.claims.values()):
        return [
            "No hub can be tested: it takes a network of two sectors, for nobody else could draw "
            "on a single one."
        ]
    told = [
        f"{year}: {text}" for year, each in sorted(hubs.ultimate.items()) for text in each.doubts
    ]
    if chained := [symbol(name) for name in OF_CHAINS if name in hubs.claims[hubs.last]]:
        told.append(
            f"{', '.join(chained)}: sums over chains. What one sector draws resembles what others "
            "draw, so that hubs are found there even where W and S are random: one that is none in "
            "W or S is no evidence of more than chance."
        )
    if not hubs.options.drawn:
        return [
            *told,
            "p-values of in-degrees are exact; other measures, intervals of ranks and communities "
            "need draws, which spillgraph hubs makes.",
        ]
    found = {name: each.found for name, each in hubs.claims[hubs.last].items()}
    few = [each.lacking(together=CLAIMED) or each.lacking() for each in found.values()]
    rough = [
        f"{symbol(name)}: {each.ranks}"
        for name, each in found.items()
        if "without intervals" in each.ranks or "Left out" in each.ranks
    ]
    return [*told, *dict.fromkeys(filter(None, few)), *rough]
