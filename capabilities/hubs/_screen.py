"""The leading hubs of the last year, with the evidence for each, on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from ...analytics.hubs import called
from ...runs.capability import Grid, Shown
from ._compute import Hubs
from ._doubts import doubts
from ._leading import leading, sector_of, show_p

__all__ = ["screen"]


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
    rows = [
        [
            sector_of(network, each.code, names),
            "hub" if each.hub else "–",
            called(each.by),
            each.rank,
            show_p(float(each.row["p_all"])),
            each.measures,
        ]
        for network, found in leading(hubs, names).items()
        for each in found
    ]
    if not rows:
        return told
    year = hubs.last
    chance = next(iter(hubs.claims[year].values())).found
    against = chance.chance if chance.draws else f"{chance.chance}, exact p-values, no draws"
    some = any(row[1] == "hub" for row in rows)
    title = f"Hubs in {year}" if some else f"No hubs in {year}, and who is nearest to one"
    heads = ("sector", "", "by", "rank", "p, Holm", "measures")
    return [Grid(f"{title} against chance ({against})", heads, rows), *told]
