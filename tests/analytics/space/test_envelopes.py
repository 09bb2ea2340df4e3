"""Envelopes: another program, a loop that follows the definitions, and how often they reject."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.space import envelope
from spillgraph.core.errors import InputError

ORACLES = Path(__file__).parents[1] / "oracles"


def curves(seed: int, count: int, length: int) -> np.ndarray:
    """Smooth curves without any pattern."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(count, length))
    return np.cumsum(steps, axis=1)


def test_extreme_rank_lengths_equal_those_of_get_with_ties():
    theirs = pd.read_csv(ORACLES / "space_envelope.csv").set_index("at")
    draws = np.loadtxt(ORACLES / "space_draws.csv", delimiter=",")
    found = envelope(theirs["observed"], draws)
    assert (found.p, found.p_above, found.p_below) == tuple(
        theirs[["p", "p_above", "p_below"]].iloc[0]
    )
    np.testing.assert_array_equal(found.curve["global_low"], theirs["low"])
    np.testing.assert_array_equal(found.curve["global_high"], theirs["high"])


def before(first: list[float], second: list[float]) -> bool:
    """Whether a list of sorted ranks comes before another in the dictionary."""
    return sorted(first) < sorted(second)


@pytest.mark.parametrize("seed", range(5))
def test_p_is_the_share_of_curves_that_are_as_extreme_rank_by_rank(seed):
    every = np.round(curves(seed, 60, 6))  # whole numbers, so that there are many ties
    ranks = {"p": [], "p_above": [], "p_below": []}
    for row in every:
        below = [
            (every[:, d] < value).sum() + ((every[:, d] == value).sum() + 1) / 2
            for d, value in enumerate(row)
        ]
        above = [len(every) + 1 - rank for rank in below]
        ranks["p_below"].append(below)
        ranks["p_above"].append(above)
        ranks["p"].append([min(pair) for pair in zip(below, above, strict=True)])
    found = envelope(pd.Series(every[0]), every[1:])
    for name, table in ranks.items():
        less = sum(before(table[0], other) for other in table)
        assert getattr(found, name) == pytest.approx(1 - less / len(every), abs=1e-12), name


@pytest.mark.parametrize("seed", range(40))
def test_p_is_at_most_the_level_exactly_where_the_curve_leaves_the_envelope(seed):
    rng = np.random.default_rng(seed)
    observed = pd.Series(curves(seed + 1000, 1, 8)[0] * rng.uniform(0.5, 3))
    found = envelope(observed, curves(seed, 199, 8), level=0.1)
    curve = found.curve
    leaves = (curve["observed"] < curve["global_low"]) | (curve["observed"] > curve["global_high"])
    assert leaves.any() == (found.p <= 0.1)
    low, high = curve["local_low"], curve["local_high"]
    assert (curve["global_low"] <= low).all() and (curve["global_high"] >= high).all()


def test_local_envelope_is_the_kth_lowest_and_highest_of_all_curves():
    draws = np.arange(1.0, 100.0)[:, np.newaxis]
    found = envelope(pd.Series([100.0]), draws, level=0.1)
    assert found.curve[["local_low", "local_high"]].iloc[0].tolist() == [5.0, 96.0]


@pytest.mark.parametrize("digits", [9, 0])
def test_bands_are_the_innermost_ranks_that_at_most_the_level_of_all_curves_leave(digits):
    every = np.round(curves(3, 500, 8), digits)  # with whole numbers there are many ties
    found = envelope(pd.Series(every[0]), every[1:], level=0.05)
    high, low = found.curve["band_high"].to_numpy(), found.curve["band_low"].to_numpy()
    inside = every[(every <= high).all(axis=1)]
    for values, band in ((every, high), (-inside, -low)):
        ordered = np.sort(values, axis=0)[::-1]
        share = [(values > rank).any(axis=1).mean() for rank in ordered]
        k = max(k for k in range(len(share)) if share[k] <= 0.05)
        np.testing.assert_array_equal(band, ordered[k])
        assert share[k] > 0.02 or digits == 0


def test_a_localized_curve_is_not_dispersed_whatever_it_does_elsewhere():
    draws = curves(5, 199, 4)
    low, high = draws.min() - 1, draws.max() + 1
    both = envelope(pd.Series([high, 0.0, 0.0, low]), draws)
    assert both.localized and not both.dispersed
    assert both.curve["localization"].tolist()[1:3] == [0.0, 0.0]
    only_low = envelope(pd.Series([0.0, 0.0, 0.0, low]), draws)
    assert only_low.dispersed and not only_low.localized
    gap = only_low.curve["band_low"] - only_low.curve["observed"]
    np.testing.assert_allclose(only_low.curve["dispersion"], gap.clip(lower=0.0))


def test_p_rejects_at_its_level_and_each_band_at_no_more():
    reject = np.zeros(3)
    runs = 2000
    for seed in range(runs):
        every = curves(seed, 100, 6)
        found = envelope(pd.Series(every[0]), every[1:])
        reject += [found.p <= 0.05, found.localized, found.dispersed]
    # p is exact: 5 of 100 exchangeable curves have it. Three standard errors are 1.5 points; a
    # band has a whole rank, so that fewer than 5 curves are mostly beyond it.
    assert reject[0] / runs == pytest.approx(0.05, abs=0.015)
    assert 0.01 < reject[1] / runs < 0.06
    assert 0.01 < reject[2] / runs < 0.06


def test_distances_at_which_a_draw_is_not_defined_are_left_out():
    draws = curves(6, 99, 3)
    draws[5, 1] = np.nan
    found = envelope(pd.Series([1.0, 2.0, 3.0], [10.0, 20.0, 30.0]), draws)
    without = envelope(pd.Series([1.0, 3.0], [10.0, 30.0]), draws[:, [0, 2]])
    assert found.p == without.p
    assert found.curve.loc[20.0, "observed"] == 2.0
    assert found.curve.loc[20.0].drop("observed").isna().all()
    pd.testing.assert_frame_equal(found.curve.drop(20.0), without.curve)


def test_rounding_makes_no_curve_more_extreme_than_its_equal():
    value = 0.1 + 0.2  # 0.30000000000000004
    found = envelope(pd.Series([0.3]), np.full((99, 1), value))
    assert found.p == 1.0 and not found.localized and not found.dispersed
    # Nor does it move a band: ten of 99 draws are high, and equal but for rounding.
    draws = np.zeros((99, 1))
    draws[:10, 0] = [0.3, value] * 5
    assert envelope(pd.Series([0.3]), draws).curve["band_high"].item() == pytest.approx(0.3)
    assert not envelope(pd.Series([value]), draws).localized


@pytest.mark.parametrize(
    ("values", "draws", "level", "told"),
    [
        ([1.0], 19, 0.05, "draws: 39 are needed for level 0.05, got 19."),
        ([1.0], 99, 1.5, "level: a number between 0 and 1 is needed, got 1.5."),
        ([np.nan], 99, 0.05, "there is no distance at which"),
    ],
)
def test_what_cannot_be_compared_is_refused(values, draws, level, told):
    with pytest.raises(InputError, match=told):
        envelope(pd.Series(values), np.ones((draws, 1)), level)
