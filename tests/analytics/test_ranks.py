"""Confidence sets for ranks: closed cases, loops over all pairs, and coverage by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from spillgraph.analytics.inference import rank_intervals
from spillgraph.core.errors import InputError

MARGINAL, JOINT = ["rank_low", "rank_high"], ["simultaneous_low", "simultaneous_high"]


def names(N: int) -> list[str]:
    return [f"s{i}" for i in range(N)]


def framed(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, columns=names(values.shape[1]))


def ranked(values: np.ndarray, theta: np.ndarray, **more: object) -> pd.DataFrame:
    return rank_intervals(framed(values), pd.Series(theta, names(len(theta))), **more)


def by_loops(values: np.ndarray, theta: np.ndarray, level: float, stepdown: bool) -> np.ndarray:
    """The four columns, one pair, one draw and one step at a time."""
    D, N = values.shape
    position = int(np.ceil(round((D + 1) * level, 9))) - 1

    def studentised(j: int, k: int) -> tuple[float, np.ndarray]:
        """How far k is ahead of j, and the deviations of the draws."""
        difference = values[:, k] - values[:, j]
        error = difference.std(ddof=1)
        return (theta[k] - theta[j]) / error, (difference - (theta[k] - theta[j])) / error

    def settle(pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
        """The pairs (j, k) of which k is ahead of j for certain."""
        open_, settled = set(pairs), set()
        while open_:
            largest = [max(0.0, *(studentised(j, k)[1][d] for j, k in open_)) for d in range(D)]
            critical = sorted(largest)[position]
            new = {(j, k) for j, k in open_ if studentised(j, k)[0] > critical}
            settled |= new
            open_ -= new
            if not new or not stepdown:
                break
        return settled

    everyone = range(N)
    joint = settle([(j, k) for j in everyone for k in everyone if j != k])
    rows = []
    for j in everyone:
        pairs = [p for k in everyone if k != j for p in ((j, k), (k, j))]
        alone = settle(pairs)
        row = []
        for found in (alone, joint):
            row += [1 + sum(p[0] == j for p in found), N - sum(p[1] == j for p in found)]
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("stepdown", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_sets_equal_those_of_loops_over_pairs_and_draws(seed: int, stepdown: bool):
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(5, 5)) * 0.6
    theta = np.round(rng.normal(size=5) * 2, 1)
    values = theta + rng.normal(size=(60, 5)) @ mix
    got = ranked(values, theta, level=0.9, stepdown=stepdown)
    assert (got[MARGINAL + JOINT].to_numpy() == by_loops(values, theta, 0.9, stepdown)).all()


def test_well_separated_sectors_have_one_rank_each():
    rng = np.random.default_rng(1)
    theta = np.array([3.0, 9.0, 1.0, 6.0])
    table = ranked(theta + rng.normal(size=(199, 4)) * 0.01, theta)
    assert table["rank"].tolist() == [3, 1, 4, 2]
    for column in MARGINAL + JOINT:
        assert table[column].tolist() == [3, 1, 4, 2], column
    assert table.index.tolist() == names(4)


def test_equal_sectors_have_all_ranks():
    rng = np.random.default_rng(1)
    table = ranked(rng.normal(size=(199, 6)), np.zeros(6))
    assert table["rank"].tolist() == [1] * 6
    assert table[MARGINAL + JOINT].to_numpy().tolist() == [[1, 6, 1, 6]] * 6


def test_what_does_not_vary_is_known_and_ties_stay_open():
    """The first two are tied for certain, the third is behind for certain."""
    table = ranked(np.tile([2.0, 2.0, 1.0], (99, 1)), np.array([2.0, 2.0, 1.0]))
    want = [[1, 2, 1, 2], [1, 2, 1, 2], [3, 3, 3, 3]]
    assert table[MARGINAL + JOINT].to_numpy().tolist() == want
    shaken = np.tile([2.0, 2.0, 1.0], (99, 1)) * (1 + 1e-15 * np.arange(297).reshape(99, 3) % 3)
    table = ranked(shaken, np.array([2.0, 2.0 + 1e-15, 1.0]))
    assert table[MARGINAL + JOINT].to_numpy().tolist() == want


def test_common_noise_does_not_blur_ranks():
    """What all sectors share cancels in the differences: the point of studentising pairs."""
    rng = np.random.default_rng(1)
    theta = np.array([1.0, 2.0, 3.0])
    values = theta + rng.normal(size=(199, 1)) * 50 + rng.normal(size=(199, 3)) * 0.01
    assert ranked(values, theta)[JOINT].to_numpy().tolist() == [[3, 3], [2, 2], [1, 1]]


@pytest.mark.parametrize("seed", range(5))
def test_stepdown_shrinks_sets_and_simultaneous_ones_hold_the_marginal(seed: int):
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=12) * 3
    values = theta + rng.normal(size=(299, 12))
    once, steps = ranked(values, theta, stepdown=False), ranked(values, theta)
    for low, high in (MARGINAL, JOINT):
        assert (once[low] <= steps[low]).all() and (steps[high] <= once[high]).all()
        assert (steps[low] <= steps["rank"]).all() and (steps["rank"] <= steps[high]).all()
    assert (once[JOINT[0]] <= once[MARGINAL[0]]).all()
    assert (once[JOINT[1]] >= once[MARGINAL[1]]).all()


@pytest.mark.parametrize(
    "theta", [[0, 0, 0, 0, 0], [0, 0, 1, 2, 2], [0, 1, 2, 3, 4]], ids=["equal", "ties", "apart"]
)
def test_sets_cover_the_ranks_at_least_nominally(theta: list[float]):
    """400 estimates of unequal, correlated precision; a tie must be covered whole."""
    rng = np.random.default_rng(3)
    truth = np.array(theta, dtype=float)
    N, runs = len(truth), 400
    mix = np.diag([0.3, 0.6, 1.0, 0.5, 0.4]) + 0.2
    first = 1 + (truth[np.newaxis] > truth[:, np.newaxis]).sum(axis=1)
    last = N - (truth[np.newaxis] < truth[:, np.newaxis]).sum(axis=1)
    marginal, joint = np.zeros(N), 0
    for _ in range(runs):
        estimate = truth + mix @ rng.normal(size=N)
        table = ranked(estimate + rng.normal(size=(199, N)) @ mix.T, estimate, level=0.9)
        marginal += (table["rank_low"] <= first) & (last <= table["rank_high"])
        joint += ((table["simultaneous_low"] <= first) & (last <= table["simultaneous_high"])).all()
    least = binom.ppf(1e-3, runs, 0.9)
    assert marginal.min() >= least, marginal
    assert joint >= least
    if not truth.any():  # nothing is slack where all are equal: coverage is nominal, not more
        assert joint <= binom.ppf(1 - 1e-3, runs, 0.9)


def test_singular_draws_are_left_out_and_the_rest_counted():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(60, 3))
    gaps = np.insert(values, [0, 5], np.nan, axis=0)
    table = ranked(gaps, np.arange(3.0))
    assert table["draws"].tolist() == [60] * 3
    pd.testing.assert_frame_equal(table, ranked(values, np.arange(3.0)))


def test_estimates_are_matched_by_label_and_bad_ones_refused():
    values = np.random.default_rng(1).normal(size=(60, 3))
    estimate = pd.Series([5.0, 7.0, 6.0], names(3))
    table = rank_intervals(framed(values), estimate[["s2", "s0", "s1"]])
    assert table["rank"].to_dict() == {"s0": 3, "s1": 1, "s2": 2}
    with pytest.raises(InputError, match=r"estimate: .*'s2'"):
        rank_intervals(framed(values), estimate.drop("s2"))
    with pytest.raises(InputError, match="estimate: 's1' has nan"):
        rank_intervals(framed(values), estimate.replace(7.0, np.nan))
    with pytest.raises(InputError, match="ranks: 99% needs at least 199 regular draws, got 60"):
        rank_intervals(framed(values), estimate, 0.99)
