"""All engines give one answer: what is proved is what a brute force finds, under every option."""

from __future__ import annotations

import sys
import tracemalloc
from importlib.util import find_spec as real_find_spec

import numpy as np
import ot
import pandas as pd
import pytest
from spillgraph.analytics.space import (
    _engines,
    _loops,
    coagglomeration,
    coagglomeration_by_cell,
    project_sites,
    wasserstein,
)
from spillgraph.core.errors import InputError
from spillgraph.sample import write_sample

ENGINES = tuple(_engines.ENGINES)


def random_cell(seed):
    """Return sites, industries, masses and options, all at random."""
    rng = np.random.default_rng(seed)
    sites, industries = int(rng.integers(25, 70)), int(rng.integers(2, 6))
    xy = rng.normal(size=(sites, 2)) * rng.choice([0.01, 30.0]) * [3, 1] + rng.normal(size=2) * 500
    if rng.random() < 0.5:
        step = np.ptp(xy, axis=0).max() / rng.integers(4, 30)
        xy = np.round(xy / step) * step  # sites that share points
    share = 1.0 / np.arange(1, industries + 1)
    code = rng.choice(industries, sites, p=share / share.sum())
    code[: 2 * industries] = np.repeat(np.arange(industries), 2)
    near = np.flatnonzero(code == 1)
    xy[near] = xy[rng.choice(np.flatnonzero(code == 0), len(near))]  # the second is by the first
    weights = rng.integers(1, 300, sites).astype(float) if rng.random() < 0.5 else None
    options = {
        "draws": int(rng.choice([19, 39, 40])),
        "seed": int(rng.integers(1000)),
        "threshold": (0.95, 0.9) if rng.random() < 0.5 else 0.8,
        "resample": rng.choice(["target", "source"]),
        "pool": rng.choice(["all", "exclude_fixed"]),
        "ties": rng.choice(["against", "published"]),
        "min_size": int(rng.choice([1, 2, 4])),
    }
    return xy, np.array([f"i{c}" for c in code]), weights, options


@pytest.mark.parametrize("seed", range(12))
def test_verdicts_of_all_engines_are_those_of_a_brute_force(seed):
    xy, names, weights, options = random_cell(seed)
    ask = lambda engine, mode: coagglomeration(  # noqa: E731
        xy, names, weights=weights, engine=engine, mode=mode, **options
    )
    truth = ask("brute", "decide")
    exact = truth.pairs
    assert (exact["r_low"] == exact["r_high"]).all()  # it finishes all draws
    for engine in ("compiled", "numpy"):
        full, few = ask(engine, "full"), ask(engine, "decide")
        pd.testing.assert_frame_equal(full.pairs, exact, rtol=1e-10)
        assert (few.pairs["r_low"] <= exact["r_low"]).all()
        assert (few.pairs["r_high"] >= exact["r_low"]).all()
        assert few.pairs["phi"].tolist() == exact["phi"].tolist()
        for level in few.thresholds:
            assert few.phi(level).to_frame().equals(truth.phi(level).to_frame())


def test_every_pair_of_the_sample_economy_is_what_a_brute_force_finds(tmp_path):
    write_sample(tmp_path / "sample", firms=2000, citations=100, seed=1)
    firms = pd.read_csv(tmp_path / "sample" / "firms.csv", dtype={"industry": str})
    asked = {"draws": 19, "seed": 1}
    brute = coagglomeration_by_cell(firms, engine="brute", **asked)
    assert len(brute) == firms["region"].nunique() > 1
    for mode in ("full", "decide"):
        quick = coagglomeration_by_cell(firms, mode=mode, **asked)
        for one, truth in zip(quick, brute, strict=True):
            same = ["phi"] if mode == "decide" else ["W", "r_low", "r_high", "p", "q", "phi"]
            pd.testing.assert_frame_equal(
                one.found.pairs[same], truth.found.pairs[same], rtol=1e-10
            )
    assert sum(cell.found.pairs["phi"].sum() for cell in brute) > 0


def test_a_brute_force_solves_each_draw_once_for_all_that_it_stands_for():
    xy, names = np.random.default_rng(1).uniform(0, 9, (12, 2)), list("aaabbbbccddd")
    found = coagglomeration(xy, names, draws=20, engine="brute")
    # a: sizes 4, 2, 3 are drawn; b: 3, 2; c: 3, 4; d: 3, 4, 2.
    assert found.work.comparisons == 20 * 12
    assert found.work.solved == 20 * 10
    assert found.work.by_bound == found.work.by_plan == found.work.pivots == 0


def test_cells_are_told_which_engine():
    sites = pd.DataFrame(np.random.default_rng(2).uniform(0, 9, (40, 2)), columns=["x", "y"])
    sites = sites.assign(industry=list("abcd") * 10, region=["N", "S"] * 20)
    asked = {"draws": 19, "mode": "full"}
    quick = coagglomeration_by_cell(sites, **asked)
    brute = coagglomeration_by_cell(sites, engine="brute", **asked)
    for one, other in zip(quick, brute, strict=True):
        pd.testing.assert_frame_equal(one.found.pairs, other.found.pairs, rtol=1e-10)
        assert other.found.work.by_plan == 0 < one.found.work.by_plan


@pytest.mark.parametrize("engine", ENGINES)
def test_the_file_of_an_engine_has_what_every_engine_needs(engine):
    plans = _engines.choose_engine(engine)
    assert set(plans.__all__) == {"BEYOND", "BOUNDED", "MOST", "distances", "plan", "settle"}
    a, b = np.random.default_rng(3).uniform(0, 9, (2, 7, 2))
    wa, wb = np.arange(1.0, 8.0), np.ones(7)
    value, prices = plans.plan(a, b, wa, wb)
    cost = np.hypot(*(a[:, None] - b).transpose(2, 0, 1))
    truth = ot.emd2(wa / wa.sum(), wb / wb.sum(), cost)
    assert value == pytest.approx(truth, rel=1e-10)
    assert wasserstein(a, b, wa, wb, engine=engine) == value
    proved = prices.mean() + np.average((cost - prices).min(axis=1), weights=wa)
    assert proved == pytest.approx(truth, rel=1e-9)  # prices of the best plan reach it


@pytest.mark.parametrize("pool", ["all", "exclude_fixed"])
@pytest.mark.parametrize("ties", ["against", "published"])
def test_two_industries_alone_in_a_region_are_what_a_brute_force_finds(pool, ties):
    """Without the one that stays, every draw is the other itself: a tie."""
    xy, names = np.random.default_rng(5).uniform(0, 9, (30, 2)), list("aab" * 10)
    one, other = (
        coagglomeration(xy, names, draws=19, pool=pool, ties=ties, engine=engine, mode="full")
        for engine in ("brute", "compiled")
    )
    pd.testing.assert_frame_equal(other.pairs, one.pairs, rtol=1e-10)
    if pool == "exclude_fixed":
        assert (one.pairs["r_low"] == (19 if ties == "against" else 0)).all()


def test_a_plan_whose_distances_are_too_many_to_hold_is_the_same():
    rng = np.random.default_rng(6)
    for n, m, heavy in (
        (1, 9, False),
        (9, 1, True),
        (40, 40, False),
        (30, 70, True),
        (70, 30, True),
    ):
        a, b = rng.normal(size=(n, 2)) * 30, np.round(rng.normal(size=(m, 2)) * 3) * 10
        wa, wb = np.ones(n), rng.integers(1, 9, m).astype(float) if heavy else np.ones(m)
        ends = []
        for cost in (np.empty((n, m)), np.empty((0, m))):
            prices = np.zeros(m)
            ends.append((*_loops.between(a, wa, b, wb, cost, prices, -1.0, np.inf), *prices))
        assert ends[0] == ends[1]
        cost = np.hypot(*(a[:, None] - b).transpose(2, 0, 1))
        truth = ot.emd2(wa / wa.sum(), wb / wb.sum(), cost)
        assert ends[1][1] == pytest.approx(truth, rel=1e-10)


def test_a_plan_of_two_large_industries_does_not_hold_its_distances():
    """Of 2,500 by 2,000 sites distances take 40 MB; the plan, its tree and sites far less."""
    a, b = np.random.default_rng(7).uniform(0, 50, (2, 2_500, 2))
    tracemalloc.start()
    held = _loops.room(2_500, 2_000)
    value = wasserstein(a, b[:2_000], engine="compiled")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held.shape == (0, 2_000)
    assert peak < 1_000_000
    cost = np.hypot(*(a[:, None] - b[:2_000]).transpose(2, 0, 1))
    assert value == pytest.approx(ot.emd2([], [], cost, numItermax=10**7), rel=1e-10)


@pytest.mark.parametrize("engine", ENGINES)
def test_pairs_beyond_an_engine_are_refused_before_the_work(engine, monkeypatch):
    plans = _engines.choose_engine(engine)
    monkeypatch.setattr(plans, "MOST", 20 * 12 - 1)
    xy, names = np.random.default_rng(8).uniform(0, 9, (40, 2)), ["a"] * 20 + ["b"] * 12 + ["c"] * 8
    with pytest.raises(InputError, match=r"'a' \(20 sites\) and 'b' \(12\).*at most 239") as told:
        coagglomeration(xy, names, draws=19, engine=engine)
    assert f"{plans.BEYOND}. Or take finer industries" in str(told.value)
    # One region that is too large does not cost the others.
    frame = pd.DataFrame(xy, columns=["x", "y"]).assign(industry=names, region=["N"] * 39 + ["S"])
    more = pd.DataFrame(xy[:8], columns=["x", "y"]).assign(industry=list("ab") * 4, region="S")
    cells = coagglomeration_by_cell(pd.concat([frame, more]), draws=19, engine=engine)
    assert ["beyond this engine" in cell.why for cell in cells] == [True, False]
    assert [cell.found is None for cell in cells] == [True, False]
    monkeypatch.setattr(plans, "MOST", 20 * 12)
    assert coagglomeration(xy, names, draws=19, engine=engine).work.comparisons == 19 * 6


@pytest.mark.parametrize(("engine", "needs"), [("compiled", "numba"), ("brute", "ot")])
def test_an_engine_that_is_not_installed_says_how_to_get_it(engine, needs, monkeypatch):
    monkeypatch.setattr(
        _engines, "find_spec", lambda name: None if name == needs else real_find_spec(name)
    )
    remedy = {"compiled": r"pip install 'spillgraph\[fast\]'", "brute": "pip install POT"}[engine]
    with pytest.raises(InputError, match=f"engine '{engine}': .* is needed; {remedy}"):
        coagglomeration([[0, 0], [1, 0], [2, 0]], ["a", "b", "b"], draws=19, engine=engine)
    if engine == "compiled":
        assert (
            _engines.choose_engine("auto") is sys.modules[f"{_engines.__package__}._engine_numpy"]
        )


# -- the globe ---------------------------------------------------------------------------------


def degrees(sites=40, seed=4):
    rng = np.random.default_rng(seed)
    return np.column_stack([60 + rng.uniform(0, 2, sites), 10 + rng.uniform(0, 2, sites)])


def great_circle(a, b):
    """The spherical law of cosines: another formula than that of the engine."""
    (lat_a, lon_a), (lat_b, lon_b) = np.radians(a), np.radians(b)
    cosine = np.sin(lat_a) * np.sin(lat_b)
    cosine += np.cos(lat_a) * np.cos(lat_b) * np.cos(lon_a - lon_b)
    return 6371.0088 * np.arccos(cosine)


def test_haversine_is_the_distance_on_the_globe():
    sites, names = degrees(), np.array(list("ab") * 20)
    pairs = coagglomeration(
        sites, names, draws=39, distance="haversine", engine="brute", mode="full"
    ).pairs
    a, b = sites[names == "a"], sites[names == "b"]
    cost = np.array([[great_circle(x, y) for y in b] for x in a])
    assert pairs["W"].iloc[0] == pytest.approx(ot.emd2([], [], cost), rel=1e-7)
    on_plane = coagglomeration(project_sites(*sites.T), names, draws=39, mode="full").pairs
    assert pairs["W"].to_numpy() == pytest.approx(on_plane["W"].to_numpy(), rel=6e-3)
    # A sphere is not the ellipsoid of the plane; few draws are so near the pair that it matters.
    assert (pairs["r_low"] - on_plane["r_low"]).abs().max() <= 2


def test_haversine_by_cell_takes_degrees_as_they_are():
    frame = pd.DataFrame(degrees(), columns=["lat", "lon"]).assign(industry=list("ab") * 20)
    asked = {"draws": 39, "distance": "haversine", "engine": "brute"}
    (cell,) = coagglomeration_by_cell(frame, **asked)
    alone = coagglomeration(degrees(), frame["industry"], **asked)
    assert cell.found.pairs["W"].tolist() == alone.pairs["W"].tolist()
    with pytest.raises(InputError, match="'haversine' needs lat and lon, in degrees; got x, y"):
        coagglomeration_by_cell(
            frame.rename(columns={"lat": "x", "lon": "y"})[["x", "y", "industry"]], **asked
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"engine": "auto"}, "'haversine' with engine 'auto': bounds hold on a plane"),
        ({"engine": "compiled"}, "with engine 'compiled'.*project_sites"),
        ({"engine": "numpy"}, "with engine 'numpy'.*or give engine='brute'"),
        ({"distance": "nearest"}, "'nearest' with engine 'brute'.*leave the engine out"),
        ({"sites": degrees()[:, ::-1] * [10, 1]}, "latitude of site 1: .*degrees lie between"),
    ],
)
def test_what_no_engine_can_measure_is_refused(change, words):
    asked = {"sites": degrees(), "distance": "haversine", "engine": "brute"} | change
    with pytest.raises(InputError, match=words):
        coagglomeration(industry=list("ab") * 20, draws=19, **asked)
