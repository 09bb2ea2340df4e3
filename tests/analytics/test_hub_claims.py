"""What draws leave open of a claim, against SciPy's exact test and against many more draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from spillgraph.analytics.hubs import CLAIMED, claims, hubs
from spillgraph.analytics.inference import binomial_interval, holm


@pytest.mark.parametrize("level", [0.9, 0.99])
@pytest.mark.parametrize(
    ("hits", "draws"), [(0, 1), (1, 1), (0, 39), (3, 39), (39, 39), (7, 9_999)]
)
def test_intervals_are_those_of_clopper_and_pearson(hits: int, draws: int, level: float) -> None:
    low, high = binomial_interval(np.array([hits]), np.array([draws]), level)
    exact = binomtest(hits, draws).proportion_ci(level, "exact")
    assert low[0] == pytest.approx(exact.low, rel=1e-10)
    assert high[0] == pytest.approx(exact.high, rel=1e-10)


def network() -> np.ndarray:
    """Two give a half more than what chance would make of their size; others are chance."""
    M = np.random.default_rng(4).exponential(size=(12, 12)) ** 2
    M[:, :3] = [0.35, 0.6, 0.8] * np.sqrt(M[:, :3])
    np.fill_diagonal(M, 0.0)
    return M


def test_ends_are_those_of_every_p_adjusted_together() -> None:
    found = hubs(network(), CLAIMED, "strength_own", draws=479, seed=3, missing=0)
    rows = found.table[found.table["p"].notna()]
    ends = [binomtest(round(p * 480) - 1, 479).proportion_ci(0.99, "exact") for p in rows["p"]]
    low, high = holm(np.array([e.low for e in ends])), holm(np.array([e.high for e in ends]))
    claim = claims(found)
    for code, row in claim.iterrows():
        at = rows.index.get_loc((row["measure"], code))
        assert row["p_low"] == pytest.approx(low[at]) and row["p_high"] == pytest.approx(high[at])
    exact = claims(hubs(network(), CLAIMED, "spread", draws=1, missing=0))
    assert (exact["p_low"] == exact["p_claim"]).all() and (exact["draws"] == 0).all()


def test_what_is_settled_by_few_draws_is_what_many_say_and_luck_is_told() -> None:
    """The answers of 40 seeds differ where the claim says that they may, and nowhere else."""
    M = network()
    truth = claims(hubs(M, CLAIMED, "strength_own", draws=80_000, seed=1, missing=0))
    wrong = turned = 0
    for seed in range(40):
        found = claims(hubs(M, CLAIMED, "strength_own", draws=479, seed=seed, missing=0))
        found = found.reindex(truth.index)
        settled = (found["p_low"] <= 0.05) == (found["p_high"] <= 0.05)
        other = (found["p_claim"] <= 0.05) != (truth["p_claim"] <= 0.05)
        wrong += int((other & settled).sum())
        turned += int((other & ~settled).sum())
    assert wrong == 0 and turned > 10
