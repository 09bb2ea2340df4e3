"""Industries with few firms are counted with their share of the citations."""

from __future__ import annotations

import numpy as np
import pandas as pd
from spillgraph.analytics.inference import THIN, describe_thin_strata, thin_strata


def test_strata_that_cite_are_counted_by_their_firms() -> None:
    strata = pd.Series(["one"] + ["few"] * (THIN - 1) + ["many"] * THIN + ["silent"])
    cites = np.array([5.0] + [1.0] * (THIN - 1) + [3.0] * THIN + [0.0])
    total = 5 + (THIN - 1) + 3 * THIN
    found = thin_strata(strata, cites)
    assert (found["count"], found["thin"], found["lone"]) == (3, 2, 1)
    assert found["freedom"] == (THIN - 2) + (THIN - 1)
    assert found["thin_share"] == (5 + THIN - 1) / total and found["lone_share"] == 5 / total
    assert "2 of 3 industries" in describe_thin_strata(
        found
    ) and "1 have one firm (11%)" in describe_thin_strata(found)


def test_nobody_cites() -> None:
    found = thin_strata(pd.Series(["a"]), np.array([0.0]))
    assert found["count"] == 0 and found["thin_share"] == 0.0
