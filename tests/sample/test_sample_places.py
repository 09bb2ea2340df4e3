"""Firms of the sample: how large and how much cited they are, and where they were planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from spillgraph.sample.design import PAIRS


def _top_share(values: pd.Series, firms: int) -> float:
    return float(values.nlargest(firms // 100).sum() / values.sum())


def test_firms_are_skewed(middle):
    assert _top_share(middle.firms["size"], 3_000) > 0.2
    assert middle.firms["industry"].value_counts(normalize=True).max() > 0.08


def test_citations_received_and_made_have_heavy_tails(middle):
    for side in ("cited", "citing"):
        counts = middle.citations.groupby(side)["count"].sum().reindex(middle.firms.index).fillna(0)
        assert _top_share(counts, 3_000) > 0.15
        top = counts.nlargest(61).to_numpy()
        hill = 1.0 / np.log(top[:-1] / top[-1]).mean()
        assert 0.9 < hill < 2.6


# ---- where firms are --------------------------------------------------------------------------


def test_planted_pairs_are_near(sample):
    pairs = sample.planted["coagglomerated_pairs"]
    assert len(pairs) == 5 and {pair["mutual"] for pair in pairs} == {True, False}
    for pair in pairs:
        assert len(pair["regions"]) >= 2
        there = sample.nearest_km(pair["j"], pair["k"], pair["regions"])
        back = sample.nearest_km(pair["k"], pair["j"], pair["regions"])
        assert there.max() < 5.0
        if pair["mutual"]:
            assert back.max() < 5.0
        elif sample.arguments["firms"] >= 3_000:
            assert np.median(back) > 5.0 * np.median(there)


def test_planted_pairs_are_much_nearer_than_random_ones(middle):
    rng = np.random.default_rng(0)
    planted = {code for pair in PAIRS for code in pair[:2]}
    codes = middle.firms["industry"].value_counts()
    others = [code for code in codes.index if codes[code] >= 60 and code not in planted]
    regions = sorted(middle.firms["region"].unique())
    random = [
        np.median(middle.nearest_km(*rng.choice(others, 2, replace=False), regions))
        for _ in range(30)
    ]
    for pair in middle.planted["coagglomerated_pairs"]:
        there = middle.nearest_km(pair["j"], pair["k"], pair["regions"])
        assert np.median(there) < 0.25 * min(random)


def test_regions_lie_apart(middle):
    spread = middle.firms.groupby("region")[["lat", "lon"]].agg(["mean", "std"])
    centres = spread.xs("mean", axis=1, level=1).to_numpy()
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 99.0 * np.eye(len(centres))
    assert apart.min() > 5.0 * spread.xs("std", axis=1, level=1).to_numpy().max()
