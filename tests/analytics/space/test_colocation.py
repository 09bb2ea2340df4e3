"""Colocation: the paper's example, loops over pairs and over all counterfactuals, calibration."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.space import colocation
from spillgraph.core.errors import InputError


def scene(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    area = np.array([f"m{k}" for k in rng.integers(0, 6, n) ** 2 % 7])
    return area, np.array([f"i{k}" for k in rng.integers(0, 3, n)]), rng.integers(1, 30, n)


def index_of(area, industry, weights, pair) -> float:
    """CL as a loop over pairs of establishments."""
    over = under = 0.0
    for a, b in itertools.product(range(len(area)), repeat=2):
        if industry[a] == pair[0] and industry[b] == pair[1]:
            over += weights[a] * weights[b] * (area[a] == area[b])
            under += weights[a] * weights[b]
    return over / under


def test_the_example_of_howard_newman_and_tarp():
    # Six firms in two places, as in the manual of REAT 3.0.3, ``howard.cl``: 5 of 9 pairs.
    found = colocation(list("XXXYYX"), list("ABABAB"), pairs=[("A", "B")]).loc[("A", "B")]
    assert found["colocation"] == pytest.approx(5 / 9, rel=1e-15)
    assert found[["establishments", "others"]].tolist() == [3, 3]


@pytest.mark.parametrize("weighted", [False, True])
def test_the_index_equals_its_definition_and_is_symmetric(weighted):
    area, industry, weights = scene(1, 40)
    w = weights if weighted else np.ones(40)
    found = colocation(area, industry, weights if weighted else None, draws=1)
    assert found.index.tolist() == [("i0", "i1"), ("i0", "i2"), ("i1", "i2")]
    back = colocation(area, industry, w, draws=1, pairs=[pair[::-1] for pair in found.index])
    for pair in found.index:
        expected = index_of(area, industry, w, pair)
        assert found.loc[pair, "colocation"] == pytest.approx(expected, rel=1e-13)
        assert back.loc[pair[::-1], "colocation"] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("weights", [[1, 1, 1, 1, 1, 1], [9, 1, 4, 2, 2, 7]])
@pytest.mark.parametrize("pool", ["all", "pair"])
def test_the_expected_index_is_the_mean_of_all_counterfactuals(weights, pool):
    area, industry = list("XXXYYZ"), list("ABACBC")
    found = colocation(area, industry, weights, pool=pool, draws=1)
    for pair in found.index:
        place = [k for k in range(6) if pool == "all" or industry[k] in pair]
        values = []
        for order in itertools.permutations(place):
            moved = list(area)
            for to, from_ in zip(place, order, strict=True):
                moved[to] = area[from_]
            values.append(index_of(moved, industry, weights, pair))
        assert found.loc[pair, "expected"] == pytest.approx(np.mean(values), rel=1e-12)
        excess = found.loc[pair, "colocation"] - np.mean(values)
        assert found.loc[pair, "excess"] == pytest.approx(excess, abs=1e-14)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("pool", ["all", "pair"])
def test_p_is_that_of_all_counterfactuals(pool, weighted):
    area, industry = list("XXXYYZ"), list("ABACBC")
    weights = [9, 1, 4, 2, 2, 7] if weighted else [1] * 6
    found = colocation(area, industry, weights, pool=pool, draws=4000)
    for pair in found.index:
        place = [k for k in range(6) if pool == "all" or industry[k] in pair]
        values = []
        for order in itertools.permutations(place):
            moved = list(area)
            for to, from_ in zip(place, order, strict=True):
                moved[to] = area[from_]
            values.append(index_of(moved, industry, weights, pair))
        exact = np.mean(np.array(values) >= found.loc[pair, "colocation"] * (1 - 1e-9))
        assert found.loc[pair, "p"] == pytest.approx(exact, abs=0.032)  # four standard errors


@pytest.mark.parametrize("pool", ["all", "pair"])
def test_chance_rejects_in_one_of_twenty_at_most(pool):
    area, industry, weights = scene(2, 80)
    rng, p = np.random.default_rng(3), []
    for seed in range(400):
        found = colocation(
            rng.permutation(area), industry, weights,
            pairs=[("i0", "i1")], pool=pool, draws=39, seed=seed,
        )  # fmt: skip
        p.append(found["p"].iloc[0])
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.033)


def test_the_same_seed_gives_the_same_numbers_and_colocated_industries_are_found():
    area = ["town"] * 20 + [f"m{k}" for k in range(60)]
    industry = ["a", "b"] * 10 + ["c"] * 60
    found = colocation(area, industry, draws=199)
    pd.testing.assert_frame_equal(found, colocation(area, industry, draws=199))
    assert found.loc[("a", "b"), "colocation"] == 1 and found.loc[("a", "b"), "p"] == 0.005
    assert found.loc[("a", "c"), "excess"] < 0 and found.loc[("a", "c"), "p"] == 1
    # Among their own places there is no choice.
    alone = colocation(area, industry, draws=199, pool="pair", pairs=[("a", "b")]).iloc[0]
    assert alone["p"] == 1 and alone["excess"] == 0


@pytest.mark.parametrize("pool", ["all", "pair"])
def test_an_industry_without_employees_has_no_index(pool):
    found = colocation(list("XXYY"), list("AABC"), [1, 2, 3, 0], pool=pool, draws=9)
    numbers = ["colocation", "expected", "excess", "p"]
    assert found.loc[("A", "C"), numbers].isna().all()
    assert found.loc[("A", "B"), numbers].notna().all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"pairs": [("A", "A")]}, "'A' is compared with itself"),
        ({"pairs": [("A", "Q")]}, "there is no establishment of industry 'Q'"),
        ({"industry": list("AAAA")}, "industry: at least two are needed, got 1"),
        ({"pool": "both"}, "pool: 'all' or 'pair' is needed, got 'both'"),
        ({"draws": 0}, "draws: a whole number from 1 on is needed, got '0'"),
        ({"area": ["X", "X", np.nan, "Y"]}, "area: establishment 3 has none"),
    ],
)
def test_what_cannot_be_measured_is_refused(change, told):
    with pytest.raises(InputError, match=told):
        colocation(**({"area": list("XXYY"), "industry": list("ABAB")} | change))
