"""K-densities: other programs, the definition as a loop, closed forms, how often chance rejects.

Measured on one core (2.5 GHz), 11,700 sites in 60 towns, 163 industries of 2 to 3,156
establishments, 101 distances: 8.7 processor seconds and 240 MB for all 13,366 pairs, 0.6 for the
999 counterfactuals of a pair of 44 and 56 establishments.
"""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from spillgraph.analytics.space import (
    _kernel_sums,
    _pair_distances,
    distance_grid,
    k_density,
    k_density_envelope,
)
from spillgraph.core.errors import InputError

ORACLES = Path(__file__).parents[1] / "oracles"
SITES = pd.read_csv(ORACLES / "space_sites.csv")
CURVES = pd.read_csv(ORACLES / "space_curves.csv")


def towns(seed: int, n: int, J: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Sites in five towns, some of them at one place, with industries at random."""
    rng = np.random.default_rng(seed)
    sites = rng.uniform(0, 100, (5, 2))[rng.integers(0, 5, n)] + rng.normal(0, 4, (n, 2))
    sites[: n // 10] = sites[0]
    return sites, np.array([f"i{k}" for k in rng.integers(0, J, n)])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("name", "rtol"), [("K", 1e-12), ("Kd", 2e-3)])
def test_density_equals_base_r_to_rounding_and_dbmss_to_its_binning(weighted, name, rtol):
    theirs = CURVES[(CURVES["name"] == name) & (CURVES["weighted"] == weighted)]
    weights = SITES["weight"] if weighted else None
    pairs = list(dict.fromkeys(zip(theirs["reference"], theirs["neighbour"], strict=True)))
    distances = theirs["distance"].unique()
    found = k_density(SITES[["x", "y"]], SITES["industry"], distances, pairs=pairs, weights=weights)
    scale = theirs["value"].max()
    for pair, part in theirs.groupby(["reference", "neighbour"], sort=False):
        np.testing.assert_allclose(found.K.loc[pair], part["value"], rtol=rtol, atol=rtol * scale)
        if name == "K":
            assert found.pairs.loc[pair, "bandwidth"] == pytest.approx(part["bandwidth"].iloc[0])


def by_definition(sites, industry, weights, pair, distances):
    """K as a loop over pairs of establishments, with numpy's quartiles."""
    first, second = (np.flatnonzero(industry == label) for label in pair)
    d, w = [], []
    for a in first:
        for b in second:
            if pair[0] != pair[1] or a < b:
                d.append(math.dist(sites[a], sites[b]))
                w.append(weights[a] * weights[b])
    d, w = np.array(d), np.array(w)
    h = 0.9 * min(d.std(ddof=1), np.subtract(*np.percentile(d, [75, 25])) / 1.34) * len(d) ** -0.2
    return np.array(
        [
            sum(
                weight * (math.exp(-0.5 * ((r - x) / h) ** 2) + math.exp(-0.5 * ((r + x) / h) ** 2))
                for x, weight in zip(d, w, strict=True)
            )
            / (w.sum() * h * math.sqrt(2 * math.pi))
            for r in distances
        ]
    )


@pytest.mark.parametrize("pair", [("i0", "i0"), ("i0", "i1")])
@pytest.mark.parametrize("weighted", [False, True])
def test_density_equals_its_definition_where_distances_are_many(pair, weighted):
    sites, industry = towns(1, 250)
    weights = np.random.default_rng(2).integers(1, 50, 250) if weighted else np.ones(250)
    distances = np.linspace(0, 120, 7)
    found = k_density(sites, industry, distances, pairs=[pair], weights=weights)
    expected = by_definition(sites, industry, weights, pair, distances)
    np.testing.assert_allclose(found.K.loc[pair], expected, rtol=1e-11, atol=1e-15)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.02, 80), st.integers(0, 2**31), st.booleans())
def test_sums_by_moments_equal_the_sum_of_all_kernels(h, seed, weighted):
    rng = np.random.default_rng(seed)
    d = rng.exponential(20, (3, 400))
    d[0, :50], d[1, 7] = 0.0, np.inf
    w = rng.uniform(0, 5, 400) if weighted else None
    grid = np.concatenate([np.linspace(0, 60, 13), [-0.3, -2 * h]])
    bins = int((grid.max() + _kernel_sums.REACH * h) / (h / _kernel_sums.BINS_PER_H)) + 1
    fast = _kernel_sums._by_moments(d, w, grid, h, bins)
    slow = _kernel_sums._directly(d, w, grid, h)
    total = 400.0 if w is None else w.sum()
    np.testing.assert_allclose(fast, slow, rtol=0, atol=4e-14 * total / math.sqrt(2 * math.pi))


def test_blocks_change_nothing(monkeypatch):
    sites, industry = towns(3, 200)
    weights = np.random.default_rng(4).uniform(1, 9, 200)
    whole = k_density(sites, industry, weights=weights)
    for module in (_pair_distances, _kernel_sums):
        monkeypatch.setattr(module, "BLOCK", 500)
    blocks = k_density(sites, industry, weights=weights)
    assert list(blocks.K.columns) == pytest.approx(list(whole.K.columns), rel=1e-14)
    np.testing.assert_allclose(blocks.K, whole.K, rtol=1e-10)
    pd.testing.assert_frame_equal(blocks.pairs, whole.pairs, rtol=1e-13)


@pytest.mark.parametrize("shared", [0, 60])
def test_order_statistics_of_blocks_are_those_of_all_distances(monkeypatch, shared):
    sites, _ = towns(5, 90)
    sites[:shared] = 7.5
    pairs = _pair_distances.PairDistances(sites)
    every = np.sort(np.concatenate([d for d, _ in pairs.blocks()]))
    monkeypatch.setattr(_pair_distances, "BLOCK", 300)
    ranks = np.array([0, 1, 700, 701, len(every) - 1])
    np.testing.assert_array_equal(_pair_distances.order_statistics(pairs, ranks), every[ranks])


def test_memory_is_bounded_however_many_distances_there_are():
    sites, _ = towns(6, 4000)  # 8 million distances, 64 MB
    tracemalloc.start()
    k_density(sites, ["all"] * 4000, [1.0, 10.0, 50.0])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 8 * _pair_distances.BLOCK


@pytest.mark.parametrize("weighted", [False, True])
def test_density_sums_to_one_from_0_on(weighted):
    sites, industry = towns(7, 40)
    weights = np.arange(1.0, 41) if weighted else None
    for pair in (("i0", "i0"), ("i1", "i2")):
        area, _ = quad(
            lambda r, pair=pair: k_density(
                sites, industry, [r], pairs=[pair], weights=weights
            ).K.iloc[0, 0],
            0,
            250,
            limit=200,
        )
        assert area == pytest.approx(1, abs=1e-6)


def test_two_distances_give_two_kernels_and_their_reflections():
    # One site of a, b at 3 and 5 km: s = √2, IQR = 1, h = 0.9 (1/1.34) 2^(−1/5).
    found = k_density([[0, 0], [3, 0], [0, 5]], ["a", "b", "b"], [4.0], pairs=[("a", "b")])
    h = 0.9 / 1.34 * 2**-0.2
    phi = [math.exp(-0.5 * (x / h) ** 2) / (h * math.sqrt(2 * math.pi)) for x in (1, 1, 7, 9)]
    assert found.K.iloc[0, 0] == pytest.approx(sum(phi) / 2, rel=1e-14)
    assert found.pairs.iloc[0].tolist() == pytest.approx([1, 2, 2, h])


def test_bandwidth_is_that_of_the_deviation_where_quartiles_are_equal():
    line = np.array([[0.0, 0.0]] * 9 + [[10.0, 0.0]])
    of = _pair_distances.PairDistances(np.array([[0.0, 0.0]]), line)
    assert _pair_distances.silverman(of) == pytest.approx(0.9 * math.sqrt(10) * 10**-0.2)


def test_cross_density_is_symmetric_and_does_not_move_with_the_map():
    sites, industry = towns(8, 120)
    angle = 0.7
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    at = [0.0, 5.0, 40.0]
    there = k_density(sites, industry, at, pairs=[("i0", "i1")]).K
    back = k_density(sites, industry, at, pairs=[("i1", "i0")]).K
    moved = k_density(sites @ turn + [500, -90], industry, at, pairs=[("i0", "i1")]).K
    np.testing.assert_allclose(there, back.to_numpy(), rtol=1e-11)
    np.testing.assert_allclose(there, moved, rtol=1e-9)


def test_equal_weights_are_none_and_all_pairs_are_there_once():
    sites, industry = towns(9, 60)
    found = k_density(sites, industry)
    same = k_density(sites, industry, weights=np.full(60, 7.0))
    pd.testing.assert_frame_equal(found.K, same.K)
    assert found.K.index.tolist() == [
        ("i0", "i0"), ("i0", "i1"), ("i0", "i2"), ("i1", "i1"), ("i1", "i2"), ("i2", "i2")
    ]  # fmt: skip
    assert found.K.columns.name == "distance" and found.K.shape == (6, 101)


def test_grid_ends_at_the_median_of_all_distances():
    sites, _ = towns(10, 80)
    d = [math.dist(a, b) for i, a in enumerate(sites) for b in sites[:i]]
    grid = distance_grid(sites, points=5)
    np.testing.assert_allclose(grid, np.linspace(0, np.median(d), 5), rtol=1e-14)


def test_too_few_or_equal_distances_have_no_density():
    sites = [[0, 0], [3, 0], [3, 0], [9, 9]]
    found = k_density(sites, ["a", "b", "b", "c"], [1.0])
    none = found.K.isna()[1.0]
    assert none[("a", "a")] and none[("a", "c")] and none[("a", "b")] and none[("b", "b")]
    assert found.pairs.loc[("a", "b"), "distances"] == 2


@pytest.mark.parametrize(
    ("pair", "pool"), [(("i0", "i0"), "all"), (("i0", "i1"), "all"), (("i0", "i1"), "pair")]
)
def test_chance_rejects_in_one_of_twenty(pair, pool):
    sites, industry = towns(11, 60)
    weights = np.random.default_rng(12).pareto(2, 60) + 1
    rng, p = np.random.default_rng(13), []
    for seed in range(200):
        found = k_density_envelope(
            sites[rng.permutation(60)], industry, pair, [2.0, 10.0, 30.0, 60.0],
            weights=weights, pool=pool, draws=39, seed=seed,
        )  # fmt: skip
        p.append(found.p)
    # 200 runs: a standard error is 1.5 points.
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.045)
    assert np.mean(p) == pytest.approx(0.5, abs=0.07)


def test_neighbours_are_found_and_the_same_seed_gives_the_same_numbers():
    rng = np.random.default_rng(14)
    first = rng.uniform(0, 100, (25, 2))
    sites = np.vstack([first, first + rng.normal(0, 0.5, (25, 2)), rng.uniform(0, 100, (150, 2))])
    industry = ["a"] * 25 + ["b"] * 25 + ["rest"] * 150
    # Each b beside one a: few distances of hundreds are short, which a weight of the short shows.
    grid = np.linspace(0, 5, 6)
    found = k_density_envelope(sites, industry, ("a", "b"), grid, draws=199)
    again = k_density_envelope(sites, industry, ("a", "b"), grid, draws=199)
    other = k_density_envelope(sites, industry, ("a", "b"), grid, draws=199, seed=1)
    assert found.p_above <= 0.05 and found.p == again.p
    pd.testing.assert_frame_equal(found.curve, again.curve)
    assert not found.curve.equals(other.curve)


def test_two_industries_in_one_town_are_near_among_all_and_not_among_their_own():
    rng = np.random.default_rng(15)
    town, region = rng.normal(50, 3, (60, 2)), rng.uniform(0, 100, (140, 2))
    sites = np.vstack([town, region])
    industry = ["a", "b"] * 30 + ["rest"] * 140
    at = [1.0, 4.0, 20.0, 50.0]
    assert k_density_envelope(sites, industry, ("a", "b"), at, draws=199).p_above == 0.005
    own = k_density_envelope(sites, industry, ("a", "b"), at, draws=199, pool="pair")
    assert own.p_above > 0.05


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"pool": "pair", "pair": ("i0", "i0")}, "leave no choice"),
        ({"pool": "none"}, "pool: 'all' or 'pair' is needed, got 'none'"),
        ({"draws": 0}, "draws: a whole number from 1 on is needed"),
        ({"pair": ("i0", "i9")}, "there is no establishment of industry 'i9'. Valid names: i0"),
        ({"pair": ("i0",)}, "pairs: two industries are needed"),
        ({"pair": ("x", "x")}, "at least two distances are needed"),
        ({"distances": [5, 4]}, "distances: increasing numbers"),
        ({"distances": [-1, 4]}, "distances: increasing numbers"),
    ],
)
def test_what_cannot_be_tested_is_refused(change, told):
    sites, industry = towns(16, 30)
    industry[4] = "x"
    with pytest.raises(InputError, match=told):
        k_density_envelope(sites, industry, **({"pair": ("i0", "i1"), "draws": 39} | change))


@pytest.mark.parametrize("sites", [[[1, 1]] * 5, [[1, 1]]])
def test_a_grid_of_one_place_is_refused(sites):
    with pytest.raises(InputError, match="share a place"):
        distance_grid(sites)
