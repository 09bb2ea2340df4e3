"""What goes back into the graph: links between industries, and pools of an industry in a region."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...core.measures import POOLED
from ...runs.capability import Tables
from ._compute import Coagglomerated
from ._pools import QUANTITIES

__all__ = ["graph"]

_CELL = ["region", "year", "industry"]


def graph(found: Coagglomerated, run: str) -> Tables:
    """Return nodes and edges: pairs that are linked, and pools at the threshold that is asked for.

    Parameters
    ----------
    found : Coagglomerated
        What was computed.
    run : str
        Id of the run.
    """
    prefix = f"{found.classification}:"
    linked = found.pairs[found.pairs["phi"] == 1]
    nodes = _industries_in_regions(found)
    # A number: names of regions and industries put together may be those of others.
    keys = [f"{run}:{number}" for number in range(len(nodes))]
    ends: dict[str, Any] = {"from": prefix + linked["j"], "to": prefix + linked["k"], "run": run}
    return {
        "IndustryRegion": nodes.assign(key=keys, run=run),
        "OF_INDUSTRY": pd.DataFrame({"from": keys, "to": prefix + nodes["industry"], "run": run}),
        "OF_REGION": pd.DataFrame({"from": keys, "to": nodes["region"], "run": run}),
        "COAGGLOMERATES": linked.assign(**ends),
    }


def _industries_in_regions(found: Coagglomerated) -> pd.DataFrame:
    """Return pools at the threshold that is asked for, beside what the industry has itself."""
    pools = found.pools[found.pools["threshold"] == found.thresholds[0]]
    sites = found.pairs.drop_duplicates(["region", "year", "j"])
    sites = sites.rename(columns={"j": "industry", "n_j": "sites"})[[*_CELL, "sites"]]
    sums = found.used.groupby(_CELL, dropna=False)[list(QUANTITIES)].sum(min_count=1)
    own = sums.rename(columns=QUANTITIES)[list(POOLED)].reset_index()
    return pools.merge(sites, on=_CELL, how="left").merge(own, on=_CELL, how="left")
