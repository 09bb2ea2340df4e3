"""Who gains, who gives and what would be lost, in the last year with ψ, on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from ...analytics.spillovers import CHANNELS, PRINTED, loss_percent
from ...reports.tables import label
from ...runs.capability import Grid, Shown
from ._compute import Depth
from ._sums import sums_of

__all__ = ["screen"]

MOST = 10


def screen(depth: Depth, names: Mapping[str, str]) -> list[Shown]:
    """Return what the command shows.

    Parameters
    ----------
    depth : Depth
        What was found.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    sums = sums_of(depth.result.years)
    if not sums:
        return ["There is no ψ: the study does not have both citations and deliveries."]
    year = max(sums)
    psi = sums[year]
    lost = loss_percent(psi)
    weights = str(psi.contribution.columns[0])
    columns = [psi.contribution[weights], lost[weights], psi.benefit, lost["benefit"]]
    largest = columns[0].nlargest(MOST).index
    grid = Grid(
        f"ψ in {year}: the largest sources, weighted by {weights}",
        ("sector", "contribution", "lost, %", "benefit", "lost, %"),
        [
            [label(code, names), *(f"{each[code]:.3f}" for each in columns)]
            for code in map(str, largest)
        ],
    )
    parts: list[Shown] = [
        grid,
        "Contribution and benefit in % for 1%; lost: what would be without W.",
    ]
    total = psi.modes.sum()
    spillover = total[list(CHANNELS)].sum()
    if spillover > 0:
        exact, printed = (
            ", ".join(f"{name} {total[name] / spillover:.0%}" for name in split)
            for split in (CHANNELS, PRINTED)
        )
        parts.append(f"All spillover, exactly: {exact}; as printed: {printed}.")
    return parts
