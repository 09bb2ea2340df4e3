"""The leading hubs of a network: who they are, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from ...reports.tables import label, show
from ._compute import Hubs
from ._evidence import Evidence
from ._known import told

__all__ = ["Leading", "leading", "sector_of", "sectors_of", "show_p", "symbol"]


@dataclass(frozen=True, slots=True)
class Leading:
    """One leading sector of a network.

    Parameters
    ----------
    code : str
        The sector.
    hub : bool
        Whether more sectors draw on it than chance explains, at 5% after Holm.
    by : str
        The in-degree by which it stands out most.
    row : pandas.Series
        Of that measure: score, rank, p and the others; ``p_claim`` is adjusted for sectors and for
        both in-degrees; and by how many measures the sector is above chance.
    """

    code: str
    hub: bool
    by: str
    row: pd.Series

    @property
    def measures(self) -> str:
        """By how many measures it is above chance, of how many, with what more draws may find."""
        few, many = self.row["above_low"], self.row["above_high"]
        more = f" ({few}–{many})" if few < many else ""
        return f"{self.row['above']}{more} of {self.row['tested']}"

    @property
    def measures_in_short(self) -> str:
        """The same with a question mark where more draws may find others."""
        mark = "?" if self.row["above_low"] < self.row["above_high"] else ""
        return f"{self.row['above']}{mark} of {self.row['tested']}"

    @property
    def word(self) -> str:
        """Whether it is a hub, with a question mark where more draws may say otherwise."""
        return told(self.hub, self.settled)

    @property
    def settled(self) -> bool:
        """Whether more draws would find the same."""
        return bool(self.row["settled"])

    @property
    def again(self) -> str:
        """Whether it is a hub under the second null, too, in a word; a dash if it is none."""
        if not self.hub:
            return "–"
        return told(self.row["remains"], self.row["remains_settled"]) or "not tested"

    @property
    def rank(self) -> str:
        """Its rank, with the places that draws leave open; without draws that is not known."""
        low, high = self.row["rank_low"], self.row["rank_high"]
        rank = str(self.row["rank"])
        return rank if pd.isna(low) else f"{rank} ({low}–{high})"


def leading(hubs: Hubs) -> dict[str, list[Leading]]:
    """Return the hubs of each network in the last year, the surest first.

    Where a network has none, the three that are nearest to one.

    Parameters
    ----------
    hubs : Hubs
        What was computed.

    Returns
    -------
    dict of str to list of Leading
        By network; empty where none was tested.
    """
    if not hubs.claims:
        return {}
    return {name: _of_network(claim) for name, claim in hubs.claims[hubs.last].items()}


def _of_network(claim: Evidence) -> list[Leading]:
    surely = claim.claims[claim.claims["hub"]]
    chosen = surely if len(surely) else claim.claims.head(3)
    return [
        Leading(
            str(index),
            bool(row["hub"]),
            str(row["measure"]),
            row,
        )
        for index, row in chosen.iterrows()
    ]


def symbol(network: str) -> str:
    """Return what a reader calls a network.

    Examples
    --------
    >>> symbol("psi"), symbol("UDS")
    ('ψ', 'UDS')
    """
    return "ψ" if network == "psi" else network


def sector_of(network: str, code: object, names: Mapping[str, str]) -> str:
    """Return a sector with the network that a row speaks of.

    Examples
    --------
    >>> sector_of("psi", "20", {"20": "Steel"})
    'ψ: 20 Steel'
    """
    return f"{symbol(network)}: {label(code, names)}"


def sectors_of(
    by_network: Mapping[str, list[Leading]], names: Mapping[str, str]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Go through the leading hubs: the network, their codes, and what a reader calls them.

    Parameters
    ----------
    by_network : mapping of str to list of Leading
        The leading hubs.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    for network, found in by_network.items():
        codes = [each.code for each in found]
        yield network, codes, [sector_of(network, code, names) for code in codes]


def show_p(p: float) -> str:
    """Show a p-value; nobody can tell apart two that are smaller than one in 10,000.

    Examples
    --------
    >>> show_p(3e-35), show_p(0.0329)
    ('< 0.0001', '0.03290')
    """
    return "< 0.0001" if p < 1e-4 else show(p, "value")
