"""Whiskers and ranks of the report's figures: what the page shows of the draws."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from ._chance import ASSUMES
from ._compute import Depth
from ._uncertainty import LEVEL, Spread

__all__ = ["Intervals", "intervals"]


@dataclass(frozen=True, slots=True)
class Intervals:
    """Whiskers and ranks of the sums of ψ; empty without draws.

    Parameters
    ----------
    years : dict of int to dict of str to DataFrame
        By report year and quantity (``benefit``, ``contribution: unit``, ...), indexed by code:
        columns ``estimate``, ``low``, ``high``, ``rank``, ``rank_low``, ``rank_high`` and perhaps
        ``p``.
    sentence : str
        How they were made.
    """

    years: dict[int, dict[str, pd.DataFrame]] = field(default_factory=dict)
    sentence: str = ""

    def of(self, year: int, quantity: str) -> pd.DataFrame | None:
        """Return the intervals of a quantity in a year, if there are any."""
        return self.years.get(year, {}).get(quantity)


def intervals(depth: Depth) -> Intervals:
    """Return what the report shows of the draws.

    Parameters
    ----------
    depth : Depth
        What was found.
    """
    # The bootstrap over years is not one to quote alone.
    tables = {
        year: (each.spreads[0], each.null)
        for year, each in depth.uncertain.items()
        if each.spreads and each.spreads[0].drawn != "years"
    }
    if not tables:
        return Intervals()
    spread, _ = next(iter(tables.values()))
    draws, seed = depth.options.draws, depth.options.seed
    citing = "citing " if spread.drawn == "firms" else ""
    sentence = f"Intervals of {LEVEL:.0%} from {draws:,} draws of the {citing}{spread.drawn}"
    return Intervals(
        {year: _shown(*each) for year, each in tables.items()},
        f"{sentence} (seed {seed}); S is held fixed.{_chance(depth)}",
    )


def _chance(depth: Depth) -> str:
    """Say which null hypothesis the p-values of the page are of."""
    kinds = [each.chance for each in depth.uncertain.values() if each.chance is not None]
    if not kinds:
        return ""
    together = "They are adjusted for the number of sectors (family-wise)"
    return f" The {ASSUMES[kinds[0]]}. {together}."


def _shown(spread: Spread, null: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    tables = {}
    for quantity, ranks in spread.ranks.items():
        drawn = spread.table[spread.table["quantity"] == quantity].set_index("sector")
        table = ranks[["estimate", "rank", "rank_low", "rank_high"]].assign(
            low=drawn["percentile_low"], high=drawn["percentile_high"]
        )
        if null is not None:
            chance = null[null["quantity"] == quantity].set_index("sector")
            table["p"] = chance["p_familywise"]
        name = quantity.replace("contribution[", "contribution: ").rstrip("]")
        tables[name.replace("loss_percent", "loss")] = table
    return tables
