"""How many hubs remain hubs under the second null, and where that is not known, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from ...analytics.nulls import NULLS
from ...core.errors import join_words
from ._chance import OF_CHAINS
from ._compute import Hubs
from ._leading import symbol

__all__ = ["law_of_second", "remaining", "untested_again"]


def remaining(hubs: Hubs) -> str:
    """Say how many hubs of each network of the last year remain under the second null, or nothing.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    """
    found = {
        name: claim.claims["remains"].dropna() for name, claim in hubs.claims[hubs.last].items()
    }
    told = [
        f"{sum(each)} of {'1 hub' if len(each) == 1 else f'the {len(each)} hubs'} of {symbol(name)}"
        for name, each in found.items()
        if len(each)
    ]
    if not told:
        return ""
    one = len(told) == 1 and told[0].startswith("1 of ")
    return (
        f"{join_words(told)} {'remains a hub' if one else 'remain hubs'} under the second null, "
        f"{hubs.options.second!r}{_drawn(hubs)}."
    )


def _drawn(hubs: Hubs) -> str:
    """Return how often the second null was drawn; nothing where p is exact."""
    seconds = [claim.second for claim in hubs.claims[hubs.last].values()]
    draws = [each.found.draws for each in seconds if each is not None and each.found is not None]
    least, most = min(filter(None, draws), default=0), max(draws, default=0)
    return f" ({least:,}{f' to {most:,}' if most > least else ''} draws)" if most else ""


def law_of_second(hubs: Hubs) -> str:
    """Return what the second null says, where any network of the last year was held against it.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    """
    held = [
        name
        for name, claim in hubs.claims[hubs.last].items()
        if claim.second is not None and claim.second.found is not None
    ]
    if not held:
        return ""
    null = hubs.options.second
    chained = ", ".join(symbol(name) for name in held if name in OF_CHAINS)
    made = f" For {chained} what they are made of is drawn, as under the first." if chained else ""
    return f"Second null {null!r}: {NULLS[null].sentence}{made}"


def untested_again(hubs: Hubs) -> Iterator[tuple[str, str]]:
    """Go through the networks of the last year whose hubs the second null cannot test, and why.

    Parameters
    ----------
    hubs : Hubs
        What was computed.
    """
    for name, claim in hubs.claims[hubs.last].items():
        if claim.second is not None and claim.second.untested and claim.claims["hub"].any():
            yield (
                name,
                f"hubs are not tested under the second null {claim.second.null!r}, "
                f"{claim.second.untested}.",
            )
