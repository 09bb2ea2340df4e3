"""Whiskers and ranks of the report's figures: what the page shows of the draws."""

from __future__ import annotations

import pandas as pd

from ...runs.capability import Intervals
from ._chance import ASSUMES
from ._compute import Depth
from ._uncertainty import LEVEL, Spread

__all__ = ["intervals"]


def intervals(depth: Depth) -> Intervals | None:
    """Return what the report shows of the draws; None without any.

    Parameters
    ----------
    depth : Depth
        What was found.
    """
    # The bootstrap over years is not one to quote alone.
    found = {
        year: (each.spreads[0], each.null)
        for year, each in depth.uncertain.items()
        if each.spreads and each.spreads[0].drawn != "years"
    }
    if not found:
        return None
    spread, _ = next(iter(found.values()))
    draws, seed = depth.options.draws, depth.options.seed
    citing = "citing " if spread.drawn == "firms" else ""
    sentence = f"Intervals of {LEVEL:.0%} from {draws:,} draws of the {citing}{spread.drawn}"
    return Intervals(
        {year: _shown(*each) for year, each in found.items()},
        f"{sentence} (seed {seed}); S is held fixed.{_chance(depth)}",
    )


def _chance(depth: Depth) -> str:
    """Say which null hypothesis the p-values of the page are of."""
    kinds = [each.chance for each in depth.uncertain.values() if each.chance is not None]
    if not kinds:
        return ""
    together = "adjusted so that a finding anywhere by chance has at most 5%"
    return f" The {ASSUMES[kinds[0]]}; {together}."


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
