"""The leading hubs of the last year, with the evidence for each, on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from ...reports.tables import label, show
from ...runs.capability import Grid, Shown
from ._compute import Hubs
from ._leading import SYMBOL, called, leading

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
    if not hubs.claims:
        return []
    year = max(hubs.claims)
    rows = [
        [
            f"{SYMBOL.get(network, network)}: {label(each.code, names)}",
            "hub" if each.hub else "–",
            called(each.by),
            each.rank,
            show(float(each.row["p_holm"]), "value"),
        ]
        for network, claim in hubs.claims[year].items()
        for each in leading(network, claim, hubs.years[year], names)
    ]
    if not rows:
        return []
    chance = next(iter(hubs.claims[year].values())).found
    draws = f"{chance.draws:,} draws" if hubs.options.draws else "exact p-values, no draws"
    heads = ("sector", "", "by", "rank", "p, Holm")
    return [Grid(f"Hubs in {year} against chance ({chance.null}, {draws})", heads, rows)]
