"""The leading hubs of the last year, with the evidence for each, on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from ...analytics.hubs import called
from ...runs.capability import Grid, Shown
from ._chances import chances
from ._compute import Hubs
from ._doubts import doubts
from ._leading import leading, sector_of, show_p, symbol
from ._remaining import remaining

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
    by_network, second = leading(hubs), hubs.options.second
    rows = [
        [
            sector_of(network, each.code, names),
            {"yes": "hub", "yes?": "hub?", "no": "–"}.get(each.word, each.word),
            called(each.by),
            each.rank,
            show_p(float(each.row["p_claim"])),
            each.measures_in_short,
            *([each.again] if second else []),
        ]
        for network, found in by_network.items()
        for each in found[:MOST]
    ]
    if not rows:
        return told
    year = hubs.last
    first, *others = chances(hubs)
    some = any(each.hub for found in by_network.values() for each in found)
    title = f"Hubs in {year}" if some else f"No hub can be told in {year}; nearest are these,"
    heads = ("sector", "", "by", "rank", "p, Holm", "measures", *(["2nd"] if second else []))
    cut = [
        f"{symbol(network)}: {len(found)} hubs, of which the surest {MOST} are shown."
        for network, found in by_network.items()
        if len(found) > MOST
    ]
    # Chances that are none of the networks in front.
    other = [f"Chance of {', '.join(each.networks)}: {each.short}." for each in others]
    again = [text] if (text := remaining(hubs)) else []
    grid = Grid(f"{title} against chance ({first.short})", heads, rows)
    return [grid, *other, *cut, *again, *told]
