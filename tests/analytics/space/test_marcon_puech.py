"""M and m: dbmss, the definitions as loops, closed forms, and how often chance rejects.

Measured as in test_density.py, 50 radii: M of all 26,569 ordered pairs 4.9 processor seconds, m
with one bandwidth 23; 999 counterfactuals of a pair 3 seconds for M and for m with a given
bandwidth, 22 for m with a bandwidth for each.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.space import (
    _kernel_sums,
    _neighbours,
    lang_marcon_puech,
    lang_marcon_puech_envelope,
    marcon_puech,
    marcon_puech_envelope,
)
from spillgraph.core.errors import InputError

ORACLES = Path(__file__).parents[1] / "oracles"
SITES = pd.read_csv(ORACLES / "space_sites.csv")
CURVES = pd.read_csv(ORACLES / "space_curves.csv")
FUNCTIONS = {"M": marcon_puech, "m": lang_marcon_puech}


def scene(seed: int, n: int, J: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sites, some of them at one place, industries at random and sizes that differ."""
    rng = np.random.default_rng(seed)
    sites = rng.uniform(0, 50, (n, 2)).round(1)
    sites[: n // 10] = sites[0]
    return sites, np.array([f"i{k}" for k in rng.integers(0, J, n)]), rng.integers(1, 40, n)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("name", "rtol"), [("M", 1e-12), ("m", 2e-3)])
def test_curves_equal_those_of_dbmss(weighted, name, rtol):
    # dbmss takes kernels from a grid of bins, so m agrees to their width only.
    theirs = CURVES[(CURVES["name"] == name) & (CURVES["weighted"] == weighted)]
    weights = SITES["weight"] if weighted else None
    sites, distances = SITES[["x", "y"]], theirs["distance"].unique()
    found = FUNCTIONS[name](sites, SITES["industry"], distances, weights=weights)
    assert len(found) == 9
    for pair, part in theirs.groupby(["reference", "neighbour"]):
        np.testing.assert_allclose(found.loc[pair], part["value"], rtol=rtol, atol=rtol)


def by_definition(sites, industry, weights, pair, r, inside):
    """M or m as a loop; ``inside(d)`` is 1 within r, or a kernel."""
    local, expected = 0.0, 0.0
    for a in np.flatnonzero(industry == pair[0]):
        others = [b for b in range(len(sites)) if b != a]
        near = {b: weights[b] * inside(math.dist(sites[a], sites[b])) for b in others}
        if not sum(near.values()):
            continue
        kind = [b for b in others if industry[b] == pair[1]]
        local += sum(near[b] for b in kind) / sum(near.values())
        expected += sum(weights[b] for b in kind) / sum(weights[b] for b in others)
    return local / expected if expected else math.nan


@pytest.mark.parametrize("weighted", [False, True])
def test_curves_equal_their_definitions_in_all_pairs(weighted):
    sites, industry, weights = scene(1, 60)
    weights = weights if weighted else np.ones(60)
    distances, h = [0.0, 0.5, 3.0, 20.0, 80.0], 4.0
    M = marcon_puech(sites, industry, distances, weights=weights)
    m = lang_marcon_puech(sites, industry, distances[:-1], weights=weights, bandwidth=h)
    for pair in M.index:
        arguments = sites, industry, weights, pair
        for r in distances:
            expected = by_definition(*arguments, r, lambda d, r=r: d <= r)
            assert M.loc[pair, r] == pytest.approx(expected, rel=1e-11, nan_ok=True)
        for r in distances[:-1]:
            expected = by_definition(
                *arguments, r, lambda d, r=r: math.exp(-0.5 * ((r - d) / h) ** 2)
            )
            assert m.loc[pair, r] == pytest.approx(expected, rel=1e-11)


def test_m_with_its_own_bandwidth_is_m_with_silvermans():
    sites, industry, _ = scene(2, 80)
    d = [
        math.dist(sites[a], sites[b])
        for a in np.flatnonzero(industry == "i0")
        for b in np.flatnonzero(industry == "i1")
    ]
    spread = np.subtract(*np.percentile(d, [75, 25])) / 1.34
    h = 0.9 * min(np.std(d, ddof=1), spread) * len(d) ** -0.2
    pair, at = [("i0", "i1")], [1.0, 10.0, 25.0]
    own = lang_marcon_puech(sites, industry, at, pairs=pair)
    given = lang_marcon_puech(sites, industry, at, pairs=pair, bandwidth=h)
    np.testing.assert_allclose(own, given, rtol=1e-11)


@pytest.mark.parametrize("weighted", [False, True])
def test_beyond_all_distances_everybody_is_a_neighbour_and_m_is_one(weighted):
    sites, industry, weights = scene(3, 50)
    M = marcon_puech(sites, industry, [1000.0], weights=weights if weighted else None)
    np.testing.assert_allclose(M, 1.0, rtol=1e-13)


def test_shares_of_all_industries_among_neighbours_sum_to_one():
    # Σ_k of the numerators is the number of establishments with a neighbour, so that the mean of M
    # over neighbours, weighted by their expected shares, is 1.
    sites, industry, weights = scene(4, 70)
    M = marcon_puech(sites, industry, [2.0, 9.0], weights=weights)
    W = weights.sum()
    for label in M.index.unique("reference"):
        own = np.flatnonzero(industry == label)
        for r in M.columns:
            d = np.hypot(*(sites[own][:, None] - sites[None]).transpose(2, 0, 1)) <= r
            d[np.arange(len(own)), own] = False
            some = own[d.any(axis=1)]
            total = 0.0
            for other in M.index.unique("neighbour"):
                of = weights[industry == other].sum()
                share = (of - (other == label) * weights[some]) / (W - weights[some])
                total += M.loc[(label, other), r] * share.sum()
            assert total == pytest.approx(len(some), rel=1e-12)


def test_a_neighbour_at_the_very_radius_is_within():
    sites, industry = [[0, 0], [3, 4], [30, 40]], ["a", "b", "c"]
    found = marcon_puech(sites, industry, [4.999, 5.0], pairs=[("a", "b")])
    assert np.isnan(found.iloc[0, 0]) and found.iloc[0, 1] == 2.0


def test_the_direction_matters():
    # Each a has a b beside it, and most b are elsewhere.
    sites = [[0, 0], [0, 1], [50, 0], [50, 1], [90, 0], [90, 1]]
    found = marcon_puech(sites, ["a", "b", "b", "c", "b", "c"], [2.0])[2.0]
    assert found[("a", "b")] == pytest.approx(1 / (3 / 5))
    assert found[("b", "a")] == pytest.approx((1 / 3) / (1 / 5))
    assert found[("c", "b")] == pytest.approx(1 / (3 / 5)) and found[("a", "c")] == 0.0
    assert np.isnan(found[("a", "a")])  # there is no other a


def test_establishments_without_any_neighbour_do_not_count():
    sites = [[0, 0], [0, 1], [500, 500]]
    with_far = marcon_puech(sites, ["a", "b", "a"], [2.0], pairs=[("a", "b")])
    assert with_far.iloc[0, 0] == pytest.approx(1 / (1 / 2))
    far = lang_marcon_puech(sites, ["a", "b", "a"], [1.0], pairs=[("a", "b")], bandwidth=1)
    assert far.iloc[0, 0] == pytest.approx(1 / (1 / 2))


def test_blocks_change_nothing(monkeypatch):
    sites, industry, weights = scene(5, 90)
    at = [1.0, 7.0, 30.0]
    whole = [f(sites, industry, at, weights=weights) for f in FUNCTIONS.values()]
    for module in (_neighbours, _kernel_sums):
        monkeypatch.setattr(module, "BLOCK", 400)
    for expected, function in zip(whole, FUNCTIONS.values(), strict=True):
        found = function(sites, industry, at, weights=weights)
        np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("pool", ["all", "pair"])
@pytest.mark.parametrize("name", ["M", "m", "m with h"])
def test_the_observed_curve_of_an_envelope_is_the_curve(name, pool):
    sites, industry, weights = scene(6, 50)
    at, pair = [3.0, 10.0, 20.0], ("i0", "i2")
    options = {"bandwidth": 6.0} if name == "m with h" else {}
    function = FUNCTIONS[name[0]]
    hold = marcon_puech_envelope if name == "M" else lang_marcon_puech_envelope
    for w in (None, weights):
        found = hold(sites, industry, pair, at, weights=w, pool=pool, draws=39, **options)
        expected = function(sites, industry, at, pairs=[pair], weights=w, **options).loc[pair]
        np.testing.assert_allclose(found.curve["observed"], expected, rtol=1e-12)
        assert found.curve["mean"].between(0.6, 1.5).all()


@pytest.mark.parametrize("name", ["M", "m with h"])
def test_sizes_that_all_agree_give_the_envelope_without_sizes(name):
    # Without sizes, neighbourhoods are summed once; with sizes that differ, in every draw.
    sites, industry, _ = scene(7, 50)
    hold = marcon_puech_envelope if name == "M" else lang_marcon_puech_envelope
    options = {"bandwidth": 6.0} if name == "m with h" else {}
    arguments = (sites, industry, ("i0", "i1"), [3.0, 10.0])
    plain = hold(*arguments, draws=39, **options)
    slow = hold(
        *arguments, draws=39, weights=np.where(np.arange(50) == 0, 1 + 1e-12, 1.0), **options
    )
    np.testing.assert_allclose(plain.curve, slow.curve, rtol=1e-8, atol=1e-8)
    assert plain.p == slow.p


@pytest.mark.parametrize(
    ("hold", "pair"),
    [
        (marcon_puech_envelope, ("i0", "i0")),
        (marcon_puech_envelope, ("i0", "i1")),
        (lang_marcon_puech_envelope, ("i0", "i1")),
    ],
)
def test_chance_rejects_in_one_of_twenty(hold, pair):
    sites, industry, weights = scene(8, 50)
    rng, p = np.random.default_rng(9), []
    for seed in range(200):
        place = sites[rng.permutation(50)]
        at = [4.0, 10.0, 25.0]
        p.append(hold(place, industry, pair, at, weights=weights, draws=39, seed=seed).p)
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.045)
    assert np.mean(p) == pytest.approx(0.5, abs=0.07)


@pytest.mark.parametrize("hold", [marcon_puech_envelope, lang_marcon_puech_envelope])
def test_an_industry_beside_another_is_found(hold):
    rng = np.random.default_rng(10)
    first = rng.uniform(0, 100, (20, 2))
    beside = first + rng.normal(0, 0.5, (20, 2))
    sites = np.vstack([first, beside, rng.uniform(0, 100, (160, 2))])
    industry = ["a"] * 20 + ["b"] * 20 + ["rest"] * 160
    found = hold(sites, industry, ("a", "b"), np.linspace(1, 30, 12), draws=199)
    assert found.p_above <= 0.05 and found.localized


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"bandwidth": 0}, "bandwidth: a positive number of km is needed, got 0"),
        ({"bandwidth": np.nan}, "bandwidth: a positive number"),
        ({"pool": "pair", "pair": ("i0", "i0")}, "leave no choice"),
        ({"distances": []}, "distances: increasing numbers"),
    ],
)
def test_what_cannot_be_tested_is_refused(change, told):
    sites, industry, _ = scene(11, 30)
    arguments = {"pair": ("i0", "i1"), "distances": [5.0], "draws": 39} | change
    with pytest.raises(InputError, match=told):
        lang_marcon_puech_envelope(sites, industry, **arguments)
