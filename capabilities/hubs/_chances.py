"""Which chances the hubs of a year were held against, in words: networks with the same together."""

from __future__ import annotations

from dataclasses import dataclass

from ...analytics.hubs import CLAIMED, HubEvidence
from ._compute import Hubs
from ._leading import symbol

__all__ = ["Told", "chances"]


@dataclass(frozen=True, slots=True)
class Told:
    """One chance, and the networks that were held against it.

    Parameters
    ----------
    networks : tuple of str
        As a reader calls them.
    found : HubEvidence
        Of the first of them.
    """

    networks: tuple[str, ...]
    found: HubEvidence

    @property
    def short(self) -> str:
        """Its name, and how often it was drawn."""
        return self.found.chance_of(CLAIMED)

    @property
    def sentence(self) -> str:
        """What it says."""
        return f"Null {self.found.null!r}: {self.found.sentence}"

    @property
    def of_networks(self) -> str:
        """The same, with the networks that it is of."""
        return f"{', '.join(self.networks)}: null {self.found.null!r}. {self.found.sentence}"


def chances(hubs: Hubs) -> list[Told]:
    """Return the chances of the last year, in the order of the networks; untested ones have none.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    """
    by_chance: dict[str, list[str]] = {}
    found: dict[str, HubEvidence] = {}
    for name, claim in hubs.claims[hubs.last].items():
        if not claim.untested:
            chance = claim.found.chance_of(CLAIMED)
            by_chance.setdefault(chance, []).append(symbol(name))
            found.setdefault(chance, claim.found)
    return [Told(tuple(names), found[chance]) for chance, names in by_chance.items()]
