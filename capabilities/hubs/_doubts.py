"""What a reader must know before the table of hubs: what is left out, what draws cannot say."""

from __future__ import annotations

from collections.abc import Mapping

from ...analytics.hubs import CLAIMED
from ._compute import Hubs
from ._evidence import Evidence
from ._leading import symbol
from ._options import USUAL
from ._remaining import untested_again
from ._unsettled import unsettled

__all__ = ["doubts"]


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
    told = _untested(hubs.claims[hubs.last])
    if not hubs.options.drawn:
        return [
            *told,
            "p-values of in-degrees are exact; other measures, intervals of ranks and communities "
            "need draws, which spillgraph hubs makes, unless draws = 0.",
        ]
    tested = {k: each for k, each in hubs.claims[hubs.last].items() if not each.untested}
    found = {name: each.found for name, each in tested.items()}
    few = {name: each.lacking(together=CLAIMED) or each.lacking() for name, each in found.items()}
    rough = [
        f"{symbol(name)}: {each.ranks}"
        for name, each in found.items()
        if "without intervals" in each.ranks or "Left out" in each.ranks
    ]
    again = dict(untested_again(hubs))
    none = {name: _without_choice(each) for name, each in tested.items()}
    by_network = [*_by_network(none), *_by_network(few), *_by_network(again)]
    told += [*_absent(hubs), *_negative(hubs, tested), *by_network, unsettled(hubs)]
    return [*filter(None, told), *rough]


def _without_choice(each: Evidence) -> str:
    """Say that the null leaves in-degrees no choice, as that of two sectors, or nothing."""
    if len(each.claims) and (each.claims["p"] == 1.0).all():
        return "Every p is 1: chance always makes such in-degrees, so that no hub can be told."
    return ""


def _by_network(told: Mapping[str, str]) -> list[str]:
    """Put the same sentence of several networks together, behind their names."""
    names: dict[str, list[str]] = {}
    for name, text in told.items():
        if text:
            names.setdefault(text, []).append(symbol(name))
    return [f"{', '.join(them)}: {text[0].lower()}{text[1:]}" for text, them in names.items()]


def _absent(hubs: Hubs) -> list[str]:
    """Say which of the usual networks there are not, where none was asked for by name."""
    year = hubs.years[hubs.last]
    if hubs.options.networks != USUAL or None not in (year.citations, year.production):
        return []
    if year.citations is None:
        return ["Without citations there are no hubs of W and ψ."]
    return ["Without deliveries there are no hubs of S, ψ, UDS and UCS."]


def _negative(hubs: Hubs, tested: Mapping[str, Evidence]) -> list[str]:
    """Say what the draws of ψ leave out of S, which ψ itself holds."""
    production = hubs.years[hubs.last].production
    if "psi" not in tested or production is None:
        return []
    values = production.S.values.data
    below = values[values < 0]
    if not below.size:
        return []
    share = -below.sum() / abs(values).sum()
    one = below.size == 1
    many = "1 negative entry counts" if one else f"{below.size:,} negative entries count"
    return [f"ψ: {many} as 0 in the draws of S, {share:.3%} of all that it holds."]


def _untested(claims: Mapping[str, Evidence]) -> list[str]:
    """Say of which networks no hub is tested, and why, those with the same reason together."""
    why = {
        name: f"hubs are not tested, {each.untested}."
        for name, each in claims.items()
        if each.untested
    }
    return _by_network(why)
