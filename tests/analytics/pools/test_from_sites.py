"""From establishments to pools: the verdicts of the coagglomeration test, as they come."""

from __future__ import annotations

import numpy as np
import pandas as pd
from spillgraph.analytics import knowledge_pools, reciprocity
from spillgraph.analytics.space import coagglomeration

BOTH = ["patents_outward", "patents_inward"]


def test_redrawing_the_other_side_exchanges_outward_and_inward_pools():
    rng = np.random.default_rng(3)
    towns = rng.uniform(0, 50, (12, 2))
    dispersed = np.vstack([towns + 0.2, rng.uniform(0, 50, (24, 2))])
    sites = np.vstack([towns[:6], dispersed, rng.uniform(0, 50, (60, 2))])
    trade = ["bakers"] * 6 + ["cafes"] * 36 + ["smiths"] * 30 + ["tailors"] * 30
    values = pd.DataFrame({"patents": [1.0, 10, 100, 1000]}, sorted(set(trade)))
    asked = {"threshold": 0.5, "draws": 99, "engine": "numpy"}
    phi, other = (
        coagglomeration(sites, trade, resample=side, **asked).phi() for side in ("target", "source")
    )
    # The verdicts go some way and not all ways, or nothing would be shown.
    found = reciprocity(phi)
    assert 0 < found.linked < 12 and found.linked > 2 * found.mutual
    pools, exchanged = knowledge_pools(phi, values), knowledge_pools(other, values)
    assert pools[BOTH].to_numpy().tolist() == exchanged[BOTH[::-1]].to_numpy().tolist()
    assert pools[BOTH[0]].tolist() != pools[BOTH[1]].tolist()
