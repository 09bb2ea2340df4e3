"""The leading hubs of the last year, with the evidence for each, on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from ...analytics.hubs import called
from ...runs.capability import Grid, Shown
from ._chances import chances
from ._compute import Hubs
from ._doubts import doubts
from ._leading import leading, sector_of, show_p, symbol

__all__ = ["screen"]

#: Hubs of a network on the screen.
MOST = 8


def screen(hubs: Hubs, names: Mapping[str, str]) -> list[Shown]:
    """Return what the screen shows.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    told: list[Shown] = [*doubts(hubs)]
    by_network = leading(hubs)
    rows = [
        [
            sector_of(network, each.code, names),
            "hub" if each.hub else "–",
            called(each.by),
            each.rank,
            show_p(float(each.row["p_claim"])),
            each.measures,
        ]
        for network, found in by_network.items()
        for each in found[:MOST]
    ]
    if not rows:
        return told
    year = hubs.last
    first, *others = chances(hubs)
    some = any(row[1] == "hub" for row in rows)
    title = f"Hubs in {year}" if some else f"No hub can be told in {year}; nearest are these,"
    heads = ("sector", "", "by", "rank", "p, Holm", "measures")
    cut = [
        f"{symbol(network)}: {len(found)} hubs, of which the surest {MOST} are shown."
        for network, found in by_network.items()
        if len(found) > MOST
    ]
    # Chances that are none of the networks in front.
    other = [f"Chance of {', '.join(each.networks)}: {each.short}." for each in others]
    return [Grid(f"{title} against chance ({first.short})", heads, rows), *other, *cut, *told]
