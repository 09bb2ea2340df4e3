"""The first hubs of the last year, on the screen: of ψ, else of what there is."""

from __future__ import annotations

from collections.abc import Mapping

from ...reports.tables import label
from ...runs.capability import Grid, Shown
from ._compute import Hubs

__all__ = ["screen"]

MOST = 5
#: How much the others draw on a sector, directly, and through chains of any length.
_SHOWN = ("in_strength", "pagerank", "katz_bonacich")


def screen(hubs: Hubs, names: Mapping[str, str]) -> list[Shown]:
    """Return what the screen shows.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    year = max((year for year, networks in hubs.measures.items() if networks), default=None)
    if year is None:
        return []
    network, table = list(hubs.measures[year].items())[-1]
    first = table.nlargest(MOST, "in_strength")[list(_SHOWN)]
    return [
        Grid(
            f"Hubs of {'ψ' if network == 'psi' else network} in {year}",
            ("sector", *(each.replace("_", " ") for each in _SHOWN)),
            [
                [label(str(code), names), *(f"{x:.4g}" for x in row)]
                for code, *row in first.itertuples()
            ],
        )
    ]
