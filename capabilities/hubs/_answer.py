"""The answer in front: which sectors carry a shock, through which network, and how sure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ...analytics.hubs import CLAIMED, called
from ...analytics.spillovers import CHANNELS
from ...core.errors import join_words
from ...reports.tables import label, show
from ._compute import Hubs
from ._evidence import Evidence
from ._leading import Leading, show_p

__all__ = ["answer"]

#: What a network carries, in the order in which it is told.
CARRIES = {
    "S": "Through inputs (S)",
    "W": "Through knowledge (W)",
    "psi": "Through both at once (ψ)",
    "UDS": "Where the output of others ends (UDS)",
    "UCS": "Where the costs of others begin (UCS)",
}


def answer(
    hubs: Hubs, found: Mapping[str, list[Leading]], names: Mapping[str, str]
) -> Iterator[str]:
    """Yield the answer: a sentence for each network, and one on the channels.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    found : mapping of str to list of Leading
        The leading hubs, by network.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    if not hubs.claims:
        return
    for network, words in CARRIES.items():
        evidence = hubs.claims[hubs.last].get(network)
        if evidence is not None and not evidence.untested:  # of what is not tested doubts tell
            yield f"{words}: {_sentence(found[network], evidence, names)}"
    if shared := _shared(found, names):
        yield shared
    spillover = hubs.years[hubs.last].spillover
    if spillover is not None:
        total = spillover.modes[list(CHANNELS)].sum()
        if total.sum() > 0:
            goods, ideas, both = (show(total[name] / total.sum(), "percent") for name in CHANNELS)
            yield (
                "Of all that a rise in each sector adds through the networks (ψ − I), what comes "
                f"back to it included, {goods} comes through inputs alone, {ideas} through "
                f"knowledge alone and {both} through both."
            )


def _shared(found: Mapping[str, list[Leading]], names: Mapping[str, str]) -> str:
    """Name the hubs of both networks that carry a shock, or nothing."""
    of = [{each.code for each in found.get(name, []) if each.hub} for name in ("W", "S")]
    both = [each.code for each in found.get("W", []) if each.code in of[0] & of[1]]
    if not both:
        return ""
    told = join_words([label(code, names) for code in both])
    return f"Through both W and S, each by itself: {told}."


def _sentence(found: list[Leading], evidence: Evidence, names: Mapping[str, str]) -> str:
    if not found:
        return "there is nothing to test."
    if not found[0].hub:
        best = found[0]
        start = (
            "with so few draws no hub can be told"
            if evidence.found.lacking(together=CLAIMED)
            else ("no sector is a hub that chance could not make")
        )
        return (
            f"{start}; nearest is "
            f"{label(best.code, names)} by {called(best.by)} "
            f"(p = {show(float(best.row['p']), 'value')}, after Holm "
            f"{show(float(best.row['p_claim']), 'value')})."
        )
    told = [f"{label(each.code, names)} ({_sure(each)})" for each in found[:4]]
    more = f" and {len(found) - 4} more" if found[4:] else ""
    verb = "is a hub" if len(found) == 1 else "are hubs"
    chance = f"more than chance would make (null {evidence.found.null!r})"
    return f"{', '.join(told)}{more} {verb}, {chance}."


def _sure(each: Leading) -> str:
    p = show_p(float(each.row["p_claim"]))
    text = f"{called(each.by)}, p {p if '<' in p else f'= {p}'}"
    text += "" if each.settled else " (not settled)"
    return text if pd.isna(each.row["rank_low"]) else f"{text}, rank {each.rank}"
