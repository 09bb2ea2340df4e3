"""What messy data and wrong use do to the test of coagglomeration: one clear sentence, no crash."""

from __future__ import annotations

import numpy as np
import ot
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from spillgraph.analytics.space import _nearest as nearest
from spillgraph.analytics.space import (
    coagglomeration,
    coagglomeration_by_cell,
    project_sites,
    wasserstein,
)
from spillgraph.analytics.space._loops import costs, solve
from spillgraph.core.errors import InputError

SITES = np.random.default_rng(0).uniform(0, 10, (12, 2))
INDUSTRY = list("abcd" * 3)


def put(place, value):
    cells = SITES.astype(object)
    cells[place] = value
    return cells


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sites": put((1, 0), "x")}, r"sites: site 2 has 'x' \(a text\); a number is needed"),
        ({"sites": put((0, 1), "2,3").tolist()}, "site 1 has '2,3'"),
        ({"sites": put((0, 1), pd.Timestamp("2001-01-01"))}, "site 1 has '2001-01-01"),
        ({"sites": SITES + 1j}, "site 1 has .*complex"),
        ({"sites": [[1, 2], [3]]}, r"sites: site 1 has .* \(list\)"),
        ({"sites": [np.ones(2), np.ones((2, 2))]}, "sites: rows differ in length"),
        ({"sites": 1e200 * SITES}, r"the coordinate .*e\+200; these are no km"),
        ({"sites": np.ma.masked_less(SITES, 5)}, "is masked"),
        ({"industry": 3}, r"industry: got shape \(\); give one a site"),
        ({"industry": np.array(INDUSTRY).reshape(12, 1)}, r"industry: got shape \(12, 1\)"),
        ({"industry": ["", *INDUSTRY[1:]]}, "industry: number 1 has no label"),
        ({"industry": [1, "1"] * 6}, "label '1' occurs twice"),
        ({"industry": [b"a", "b"] * 6}, "bytes, not text"),
        ({"weights": ["ten"] + [1] * 11}, "weights: site 1 has 'ten'"),
        ({"weights": [[1]] * 12}, r"weights: got shape \(12, 1\)"),
        ({"weights": [1e-300] + [1] * 11}, "weights: they run from 1e-300 to 1;.*lost in rounding"),
        ({"weights": [1e300, 1e-300] * 6}, "weights: they run from 1e-300 to 1e"),
        ({"draws": 19.0}, "draws: got 19.0; give a whole number from 1 on"),
        ({"draws": "19"}, "draws: got '19'"),
        ({"draws": None}, "draws: got None"),
        ({"draws": True}, "draws: got True"),
        ({"draws": 10**9}, "need .* GB of memory; give at most"),
        ({"threshold": "high"}, "threshold: got 'high'"),
        ({"threshold": None}, "threshold: got nan"),
        ({"seed": -1}, "seed: got -1; give a whole number from 0 on"),
        ({"seed": 1.5}, "seed: got 1.5"),
        ({"seed": None}, "seed: got None"),
        ({"seed": "a"}, "seed: got 'a'"),
        ({"min_size": 2.5}, "min_size: got 2.5"),
        ({"engine": "fast"}, "engine: got 'fast'; give one of auto, compiled, numpy, brute"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(change, told):
    asked = {"sites": SITES, "industry": INDUSTRY, "draws": 19} | change
    with pytest.raises(InputError, match=told):
        coagglomeration(asked.pop("sites"), asked.pop("industry"), **asked)


def test_what_is_missing_in_any_spelling_is_dropped():
    xy = pd.DataFrame({"x": pd.array([None, *range(1, 12)], "Int64"), "y": np.arange(12) ** 2})
    assert coagglomeration(xy, INDUSTRY, draws=19).dropped == {"no coordinates": 1}
    for missing in (None, np.nan, pd.NA, np.inf):
        assert coagglomeration(put((0, 0), missing), INDUSTRY, draws=19).sites == 11


def test_industries_that_are_numbers_are_called_as_everywhere():
    found = coagglomeration(SITES, [3514.0, 685.0] * 6, draws=19)
    assert found.phi().rows == ("3514", "685")


def test_arrays_that_cannot_be_written_to_are_read():
    xy, mass = np.asfortranarray(SITES), np.ones(12)
    xy.setflags(write=False)
    mass.setflags(write=False)
    found = coagglomeration(xy, INDUSTRY, draws=19, weights=mass)
    pd.testing.assert_frame_equal(found.pairs, coagglomeration(SITES, INDUSTRY, draws=19).pairs)


def test_two_sites_share_no_point_unless_they_do():
    assert coagglomeration([[0, 0], [3, 4]], ["a", "b"], draws=19).notes == ()


def test_a_cell_without_weights_does_not_speak_of_coordinates_alone():
    with pytest.raises(InputError, match=r"coordinates and a weight, of 4 \(12 of 12 sites: no w"):
        coagglomeration(SITES, INDUSTRY, draws=19, weights=np.zeros(12))
    with pytest.raises(InputError, match=r"coordinates, of 4 \(12 of 12 sites: no coordinates\)"):
        coagglomeration(np.full((12, 2), np.nan), INDUSTRY, draws=19)


@pytest.mark.parametrize("threshold", [0, 1, -1, np.nan, 0.999, "x"])
def test_phi_is_not_given_at_a_threshold_that_cannot_be(threshold):
    with pytest.raises(InputError, match="threshold"):
        coagglomeration(SITES, INDUSTRY, draws=19, mode="full").phi(threshold)


# -- the compiled loop -------------------------------------------------------------------------


def test_supplies_that_rounding_has_made_unequal_still_make_a_tree():
    """A column whose need is below rounding was left out of the tree, and memory was overrun."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        a, b = rng.exponential(size=9), rng.exponential(size=12)
        b[rng.choice(12, 4, replace=False)] *= 1e-18
        a, b = a / a.sum() * 2.0**24, b / b.sum() * 2.0**24
        cost = np.empty((9, 12))
        xy, to = rng.uniform(size=(9, 2)), rng.uniform(size=(12, 2))
        costs(xy, to, cost)
        truth = ot.emd2(a / a.sum(), b / b.sum(), cost)
        assert solve(cost, a, b, np.zeros(12), -1.0, np.inf)[1] == pytest.approx(truth, rel=1e-9)


@pytest.mark.parametrize("engine", ["compiled", "numpy"])
def test_weights_at_the_ends_of_what_is_allowed_are_solved_or_refused(engine):
    a, b = SITES[:5], SITES[5:]
    mass = np.array([1.0, 1e-10, 1e-6, 30.0, 1e-10])
    truth = ot.emd2(mass / mass.sum(), np.full(7, 1 / 7), cdist(a, b))
    try:
        assert wasserstein(a, b, mass, engine=engine) == pytest.approx(truth, rel=1e-9)
    except InputError as refused:
        assert engine == "numpy" and "install numba" in str(refused)
    for scale in (1e-290, 1e290):
        assert wasserstein(a, b, np.full(5, scale), engine=engine) == pytest.approx(
            wasserstein(a, b), rel=1e-12
        )


@pytest.mark.parametrize(
    ("a", "told"),
    [([["a", 0]], "a: site 1 has 'a'"), ([[1e200, 0]], "no km"), ([[pd.NA, 0]], "finite")],
)
def test_a_distance_of_what_is_no_place_is_refused(a, told):
    for engine in ("compiled", "numpy"):
        with pytest.raises(InputError, match=told):
            wasserstein(a, [[1, 1], [2, 2]], engine=engine)


def test_nearest_sites_are_the_same_where_distances_are_too_many_to_hold(monkeypatch):
    asked = {"draws": 99, "distance": "nearest", "pool": "exclude_fixed"}
    held = coagglomeration(SITES, INDUSTRY, **asked).pairs
    monkeypatch.setattr(nearest, "_HELD", 0)
    pd.testing.assert_frame_equal(coagglomeration(SITES, INDUSTRY, **asked).pairs, held)


# -- degrees -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lat", "lon", "told"),
    [
        (["48,5"], [2.3], "latitude: site 1 has '48,5'"),
        ([48.5], ["2.3"], "longitude: site 1 has '2.3'"),
        ([1, 2], [3], r"got shapes \(2,\) and \(1,\)"),
        ([[1, 2]], [[1, 2]], r"got shapes \(1, 2\)"),
        (1, 2, r"got shapes \(\)"),
    ],
)
def test_what_is_no_pair_of_degrees_is_refused(lat, lon, told):
    with pytest.raises(InputError, match=told):
        project_sites(lat, lon)


# -- by cell -----------------------------------------------------------------------------------


def table(**columns):
    frame = pd.DataFrame({"industry": INDUSTRY, "region": "R", "x": SITES[:, 0], "y": SITES[:, 1]})
    return frame.assign(**columns)


@pytest.mark.parametrize(
    ("sites", "told"),
    [
        (table(year=2001.5), "year '2001.5'; whole numbers"),
        (table(year=pd.Timestamp("2001-01-01")), "got the year '2001-01-01"),
        (table(year=[2001, "2002"] * 6), "got the year '2002'"),
        (table(year=np.inf), "got the year 'inf'"),
        (table(x="a"), "x and y: site 1 has 'a'"),
        (table().to_dict("list"), "got dict; give a DataFrame"),
        (list("abc"), "got list; give a DataFrame"),
    ],
)
def test_tables_that_are_none_are_refused(sites, told):
    with pytest.raises(InputError, match=told):
        coagglomeration_by_cell(sites, draws=19)


def test_other_arguments_of_cells_are_refused_as_those_of_one():
    with pytest.raises(InputError, match="weights: site 1 has 'ten'"):
        coagglomeration_by_cell(table(staff="ten"), draws=19, weights="staff")
    for seed in (-1, None, "a"):
        with pytest.raises(InputError, match="seed: got"):
            coagglomeration_by_cell(table(), draws=19, seed=seed)
