"""Ellison and Glaeser's indices: textbook, enumeration of all throws of darts, and identities."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics.space import (
    ellison_glaeser,
    ellison_glaeser_group,
    ellison_glaeser_kerr,
)
from spillgraph.core.errors import InputError


@st.composite
def plants(draw: st.DrawFn) -> pd.DataFrame:
    n = draw(st.integers(12, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    table = pd.DataFrame(
        {
            "area": rng.integers(0, 5, n).astype(str),
            "industry": rng.choice(list("abcd"), n),
            "weight": rng.integers(1, 100, n),
        }
    )
    # Every industry has plants, and no area is alone.
    table.loc[:3, "industry"] = list("abcd")
    table.loc[:1, "area"] = ["0", "1"]
    return table


def test_the_textbook_example_that_reat_documents():
    # Farhauer and Kröll (2014), as in the manual of REAT 3.0.3, ``ellison.a``: one industry.
    area = ["Wien"] * 5 + ["Linz"] * 4 + ["Graz"]
    employment = [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000]
    size = {"Wien": 500000, "Linz": 400000, "Graz": 100000}
    # REAT takes the sizes in the order in which areas first occur.
    found = ellison_glaeser(area, ["one"] * 10, employment, size).loc["one"]
    assert found["gamma"] == pytest.approx(0.05990628, abs=5e-9)
    assert found["plants"] == 10 and found["employment"] == 70000


def test_the_textbook_example_of_42_firms_equals_reat(data_folder):
    # What ``ellison.a2`` of REAT 3.0.3 gives for the four industries of FK2014_EGC.
    firms = pd.read_csv(data_folder / "regional_reat" / "FK2014_EGC.csv")
    found = ellison_glaeser(firms["region"], firms["industry"], firms["emp_firm"])
    gamma = [-0.0937938445647, 0.1683800334283, -0.0801253944492, -0.1304013405494]
    z = [-0.502597837729, 1.366087808808, -0.380164368141, -0.766354061961]
    np.testing.assert_allclose(found["gamma"], gamma, rtol=1e-11)
    np.testing.assert_allclose(found["z"], z, rtol=1e-11)
    assert found.index.tolist() == sorted(firms["industry"].unique())
    group = firms["industry"].unique()
    size = firms.groupby("region")["emp_region"].first()
    arguments = firms["region"], firms["industry"], firms["emp_firm"], size
    together = ellison_glaeser_group(*arguments, group=group)
    # REAT's ``ellison.c`` has 12.07 here, which no index of shares can be.
    assert together == pytest.approx(mean_of_pairs(*arguments, group), rel=1e-12)
    assert abs(together) < 0.2


def mean_of_pairs(area, industry, weights, size, group):
    """The mean of pairs weighted by w_j w_k, from the frame of all pairs."""
    pairs = ellison_glaeser_kerr(area, industry, weights, size).to_frame()
    total = pd.Series(np.asarray(weights)).groupby(np.asarray(industry)).sum()
    w = total[list(group)] / total[list(group)].sum()
    part = sum(w[j] * w[k] * pairs.loc[j, k] for j in group for k in group if j != k)
    return part / (1 - (w**2).sum())


@settings(max_examples=60, deadline=None)
@given(plants(), st.integers(2, 4))
def test_a_group_is_exactly_the_weighted_mean_of_its_pairs(table, size):
    arguments = table["area"], table["industry"], table["weight"]
    areas = table.groupby("area")["weight"].sum()
    group = list("abcd")[:size]
    found = ellison_glaeser_group(*arguments, group=group)
    assert found == pytest.approx(mean_of_pairs(*arguments, areas, group), rel=1e-9, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(plants())
def test_pairs_equal_the_definition_as_a_loop(table):
    found = ellison_glaeser_kerr(table["area"], table["industry"], table["weight"])
    s = table.pivot_table(index="area", columns="industry", values="weight", aggfunc="sum")
    s = s.fillna(0) / s.sum()
    x = s.mean(axis=1)
    frame = found.to_frame()
    assert found.axes == ("industry", "other") and list(found.rows) == list("abcd")
    for j, k in itertools.permutations("abcd", 2):
        over = sum((s.loc[m, j] - x[m]) * (s.loc[m, k] - x[m]) for m in s.index)
        assert frame.loc[j, k] == pytest.approx(over / (1 - sum(x**2)), rel=1e-10, abs=1e-13)
        assert frame.loc[j, k] == frame.loc[k, j]
    assert (np.diag(frame) == 0).all()


@settings(max_examples=40, deadline=None)
@given(plants())
def test_pairs_and_own_concentration_add_up_to_nothing_with_mean_shares(table):
    # Σ_k (s_mk − x_m) = 0 if x is the mean, so the row of j sums to minus its own G.
    arguments = table["area"], table["industry"], table["weight"]
    s = table.pivot_table(index="area", columns="industry", values="weight", aggfunc="sum")
    s = s.fillna(0) / s.sum()
    x = s.mean(axis=1)
    own = ellison_glaeser(*arguments, size=x)["G"] / (1 - (x**2).sum())
    rows = ellison_glaeser_kerr(*arguments).to_frame().sum(axis=1)
    np.testing.assert_allclose(rows, -own, rtol=1e-9, atol=1e-12)


def test_mean_and_variance_of_g_are_those_of_all_throws_of_darts():
    x = np.array([0.5, 0.3, 0.2])
    sizes = np.array([5.0, 3.0, 1.0, 1.0])
    places = ["p", "q", "r"]
    mean = square = gamma = 0.0
    for throw in itertools.product(range(3), repeat=4):
        chance = np.prod(x[list(throw)])
        # Plants of no size keep the areas that no dart has hit.
        area = [places[m] for m in throw] + places
        weights = [*sizes, 0, 0, 0]
        found = ellison_glaeser(area, ["one"] * 7, weights, dict(zip(places, x, strict=True)))
        mean += chance * found["G"].iloc[0]
        square += chance * found["G"].iloc[0] ** 2
        gamma += chance * found["gamma"].iloc[0]
    assert mean == pytest.approx(found["expected_G"].iloc[0], rel=1e-12)
    assert np.sqrt(square - mean**2) == pytest.approx(found["sd_G"].iloc[0], rel=1e-9)
    assert gamma == pytest.approx(0, abs=1e-14)
    assert found["plants"].iloc[0] == 4


def test_an_industry_in_one_area_and_one_spread_as_all_employment():
    area = ["a", "b"] * 4
    industry = ["even"] * 2 + ["one"] * 2 + ["rest"] * 4
    weights = [50, 50, 10, 0, 15, 25, 25, 25]
    found = ellison_glaeser(area, industry, weights, size={"a": 1, "b": 1})
    assert found.loc["even", "G"] == 0
    assert found.loc["even", "gamma"] == pytest.approx(-1)  # (0 − ½) / (1 − ½)
    # One plant: nothing can be said about its industry.
    assert np.isnan(found.loc["one", "gamma"]) and found.loc["one", "herfindahl"] == 1


def test_two_industries_in_one_place_and_two_apart():
    area, industry = ["a", "a", "b", "b"], ["one", "two", "three", "one"]
    with_one = ellison_glaeser_kerr(area, industry, [1, 1, 1, 0], size={"a": 1, "b": 1}).to_frame()
    assert with_one.loc["one", "two"] == 1 and with_one.loc["one", "three"] == -1


def test_an_industry_without_employees_is_left_out_of_pairs_and_nan_alone():
    area, industry, weights = ["a", "b", "a", "b"], ["x", "x", "y", "none"], [1, 2, 3, 0]
    assert ellison_glaeser_kerr(area, industry, weights).rows == ("x", "y")
    found = ellison_glaeser(area, industry, weights).loc["none"]
    assert found[["gamma", "G", "herfindahl", "expected_G", "z"]].isna().all()
    assert found["plants"] == 0 and found["employment"] == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"group": ["x"]}, "at least two industries are needed, got 1"),
        ({"group": ["x", "x"]}, "label 'x' occurs twice"),
        ({"group": ["x", "q"]}, "there is no plant of industry 'q'. Valid names: none, x, y"),
        ({"group": "xy"}, "a list of industries is needed"),
        ({"group": ["x", "none"]}, "industry 'none' has no employees"),
        ({"size": {"a": 1, "c": 2}}, "missing: 'b'; unknown: 'c'"),
        ({"size": {"a": 1, "b": -2}}, "'b' has -2; 0 or more is needed"),
        ({"size": {"a": 1, "b": 0}}, "at least two areas with employment are needed, got 1 of 2"),
        ({"weights": [1, 2, -3, 0]}, "establishment 3 weighs '-3'; a finite number 0 or more"),
        ({"weights": [1, 2]}, "weights: 4 numbers are needed"),
        ({"industry": ["x", None, "y", "y"]}, "industry: establishment 2 has none"),
        ({"area": ["a", "b", "b"]}, "industry: 3 labels needed"),
    ],
)
def test_what_cannot_be_measured_is_refused(change, told):
    arguments = {
        "area": ["a", "b", "a", "b"],
        "industry": ["x", "x", "y", "none"],
        "weights": [1, 2, 3, 0],
        "group": ["x", "y"],
    }
    with pytest.raises(InputError, match=told):
        ellison_glaeser_group(**(arguments | change))
