"""The directional test: verdicts of a brute force with POT, scenes, size, options, bad input."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import ot
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from spillgraph.analytics.space import coagglomeration
from spillgraph.analytics.space._cell import draw_orders
from spillgraph.core.errors import InputError

DATA = Path(os.environ.get("SPILLGRAPH_DATA", Path(__file__).parents[4] / "shared" / "data"))


def economy(sites=150, industries=7, seed=1, on_grid=False):
    """Return towns and scattered sites; industries of very different sizes, two of them kin."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0, 100, (6, 2))
    xy = towns[rng.integers(0, 6, sites)] + rng.normal(size=(sites, 2)) * 4
    xy[::3] = rng.uniform(0, 100, (len(xy[::3]), 2))
    if on_grid:
        xy = np.round(xy / 8) * 8
    share = 1.0 / np.arange(1, industries + 1)
    code = rng.choice(industries, sites, p=share / share.sum())
    code[:industries] = np.arange(industries)
    kin = np.flatnonzero((code == 1) | (code == 2))
    xy[kin] = towns[0] + rng.integers(-1, 2, (len(kin), 2)) * (8 if on_grid else 0.5)
    return xy, np.array([f"i{c}" for c in code])


def brute_force(xy, names, draws, seed, weights, *, apart, tie):
    """Count near draws with POT alone: every draw of every pair."""
    labels = sorted(set(names))
    members = [np.flatnonzero(names == label) for label in labels]
    longest, rng = max(map(len, members)), np.random.default_rng(seed)
    everybody = np.arange(len(xy))

    def far(a, b):
        wa, wb = weights[a], weights[b]
        return ot.emd2(wa / wa.sum(), wb / wb.sum(), cdist(xy[a], xy[b]), numItermax=10**7)

    rows, orders = [], None
    for j, fixed in enumerate(members):
        if apart or orders is None:
            pool = np.setdiff1d(everybody, fixed) if apart else everybody
            orders = draw_orders(pool, draws, longest, rng)
        for k, redrawn in enumerate(members):
            if j != k:
                limit = far(redrawn, fixed) * (1 + tie) + tie * 1e-3 * np.ptp(xy, axis=0).sum()
                near = sum(far(order[: len(redrawn)], fixed) <= limit for order in orders)
                rows.append((labels[j], labels[k], near))
    return pd.DataFrame(rows, columns=["j", "k", "near"])


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("on_grid", [False, True])
def test_verdicts_are_those_of_a_brute_force(apart, heavy, on_grid):
    xy, names = economy(on_grid=on_grid)
    weights = np.random.default_rng(9).integers(1, 300, len(xy)).astype(float) if heavy else None
    mass = np.ones(len(xy)) if weights is None else weights
    for ties, tie in (("against", 1e-9), ("published", -1e-9)):
        truth = brute_force(xy, names, 39, 4, mass, apart=apart, tie=tie)["near"].to_numpy()
        asked = {
            "draws": 39,
            "seed": 4,
            "pool": "exclude_fixed" if apart else "all",
            "ties": ties,
            "weights": weights,
        }
        full = coagglomeration(xy, names, mode="full", **asked).pairs
        assert full["r_low"].tolist() == full["r_high"].tolist() == truth.tolist()
        few = coagglomeration(xy, names, threshold=(0.95, 0.9), **asked)
        assert (few.pairs["r_low"] <= truth).all()
        assert (few.pairs["r_high"] >= truth).all()
        assert few.pairs["phi"].tolist() == full["phi"].tolist()
        p = truth / 39 if ties == "published" else (1 + truth) / 40
        assert full["p"].to_numpy() == pytest.approx(p, abs=1e-15)
        for level in (0.95, 0.9):
            wanted = p <= 1 - level + 1e-9
            assert few.phi(level).values.sum() == wanted.sum()
    assert full["phi"].sum() >= 2  # the kin


def test_without_numba_verdicts_are_the_same():
    xy, names = economy(60, 4, seed=2)
    one, other = (
        coagglomeration(xy, names, draws=19, engine=engine, mode="full").pairs
        for engine in ("compiled", "numpy")
    )
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)
    fast, slow = (
        coagglomeration(xy, names, draws=19, engine=engine) for engine in ("compiled", "numpy")
    )
    assert fast.pairs["phi"].tolist() == slow.pairs["phi"].tolist() == one["phi"].tolist()


def test_source_is_the_transpose_of_target():
    xy, names = economy()
    target = coagglomeration(xy, names, draws=99, mode="full").pairs.set_index(["j", "k"])
    source = coagglomeration(xy, names, draws=99, mode="full", resample="source").pairs
    turned = source.set_index(["k", "j"]).rename_axis(["j", "k"]).loc[target.index]
    for column in ("W", "r_low", "p", "phi"):
        assert turned[column].tolist() == target[column].tolist()


def test_moved_and_turned_sites_give_the_same_verdicts():
    xy, names = economy()
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    one, other = (
        coagglomeration(sites, names, draws=99).pairs["phi"].tolist()
        for sites in (xy, xy @ turn.T + [300, 20])
    )
    assert one == other


def test_the_order_of_the_rows_of_a_pair_is_no_matter_for_the_distance():
    xy, names = economy()
    pairs = coagglomeration(xy, names, draws=19).pairs.set_index(["j", "k"])["W"]
    assert pairs["i1", "i2"] == pairs["i2", "i1"]


def test_industries_without_a_pattern_are_found_at_the_rate_of_the_test():
    found, pairs = {"all": 0, "exclude_fixed": 0}, 0
    for seed in range(60):
        xy, names = economy(160, 8, seed=seed)
        names = np.random.default_rng(1000 + seed).permutation(names)
        for pool in found:
            table = coagglomeration(xy, names, draws=99, seed=seed, pool=pool).pairs
            found[pool] += table["phi"].sum()
        pairs += len(table)
    # 3,360 pairs, by 56 in a cell that share sites and draws: a standard error of about .6 points.
    assert 0.04 < found["exclude_fixed"] / pairs < 0.06
    # Draws that may fall on the sites of j itself are nearer: with large industries, as here, the
    # pool of the published code finds fewer.
    assert found["all"] / pairs < 0.04


SCENES = {
    # background: uniform over a square of 100 km; 30 sites of A, 30 of B. Shares of scenes with
    # A → B and with B → A, of the specification; None: in between.
    "random": (0.03, 0.05),
    "far clusters": (0.0, 0.0),
    "paired": (1.0, 1.0),
    "same cluster": (1.0, 1.0),
    "A in one of B's two clusters": (0.0, 0.0),
    "A in a cluster, B there and dispersed": (1.0, 0.0),
    "tight A inside wide B": (1.0, 1.0),
}


def scene(name, rng):
    around = lambda x, y, spread, n: rng.normal(size=(n, 2)) * spread + [x, y]  # noqa: E731
    anywhere = lambda n: rng.uniform(0, 100, (n, 2))  # noqa: E731
    if name == "random":
        return anywhere(30), anywhere(30)
    if name == "far clusters":
        return around(20, 20, 3, 30), around(80, 80, 3, 30)
    if name == "paired":
        a = anywhere(30)
        return a, a + rng.normal(size=(30, 2)) * 0.5
    if name == "same cluster":
        return around(50, 50, 3, 30), around(50, 50, 3, 30)
    if name == "A in one of B's two clusters":
        return around(20, 20, 3, 30), np.vstack([around(20, 20, 3, 15), around(80, 80, 3, 15)])
    if name == "A in a cluster, B there and dispersed":
        return around(50, 50, 3, 30), np.vstack([around(50, 50, 3, 10), anywhere(20)])
    return around(50, 50, 3, 30), around(50, 50, 12, 30)


@pytest.mark.parametrize("name", SCENES)
def test_scenes_of_the_papers_first_figure(name):
    found = np.zeros(2)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        a, b = scene(name, rng)
        xy = np.vstack([a, b, rng.uniform(0, 100, (1000, 2))])
        # The background is in the pool alone.
        names = ["A"] * 30 + ["B"] * 30 + [f"other {i}" for i in range(1000)]
        asked = {"draws": 199, "seed": seed, "min_size": 30}
        found_here = coagglomeration(xy, names, **asked)
        table = found_here.pairs.set_index(["j", "k"])["phi"]
        assert (
            table.tolist()
            == coagglomeration(xy, names, engine="brute", **asked).pairs["phi"].tolist()
        )
        found += [table["A", "B"], table["B", "A"]]
    for share, wanted in zip(found / 10, SCENES[name], strict=True):
        assert abs(share - wanted) <= (0.25 if name == "random" else 0.1)


def test_nearest_sites_tell_that_all_of_a_is_near_a_part_of_b():
    rng = np.random.default_rng(3)
    b = rng.uniform(0, 100, (60, 2))
    a = b[:20] + 0.5  # beside a third of B
    a = a[a[:, 0].argsort()]
    xy = np.vstack([a, b, rng.uniform(0, 100, (400, 2))])
    names = ["A"] * 20 + ["B"] * 60 + ["other"] * 400
    table = coagglomeration(xy, names, draws=199, distance="nearest").pairs.set_index(["j", "k"])
    assert table.loc[("A", "B"), "phi"] == 1
    assert table.loc[("A", "B"), "W"] == pytest.approx(np.hypot(0.5, 0.5), abs=0.3)
    assert table.loc[("A", "B"), "W"] != table.loc[("B", "A"), "W"]


def test_nearest_is_what_a_loop_finds():
    xy, names = economy(80, 4)
    table = coagglomeration(xy, names, draws=19, seed=3, distance="nearest").pairs
    labels = sorted(set(names))
    orders = draw_orders(np.arange(80), 19, 80, np.random.default_rng(3))
    longest = max((names == label).sum() for label in labels)
    orders = draw_orders(np.arange(80), 19, longest, np.random.default_rng(3))
    for row in table.itertuples():
        a, b = xy[names == row.j], xy[names == row.k]
        own = cdist(a, b).min(axis=1).mean()
        near = sum(cdist(a, xy[o[: len(b)]]).min(axis=1).mean() <= own * (1 + 1e-9) for o in orders)
        assert (row.W, row.r_low, row.r_high) == (pytest.approx(own), near, near)


def test_small_industries_leave_the_pairs_but_not_the_pool():
    xy, names = economy()
    names = names.astype(object)
    names[0] = "alone"
    found = coagglomeration(xy, names, draws=19, min_size=5)
    assert found.excluded["alone"] == 1
    assert found.sites == len(xy)
    assert "alone" not in set(found.pairs["j"])
    assert (found.pairs[["n_j", "n_k"]] >= 5).all(axis=None)


def test_rows_without_a_place_or_an_industry_are_counted():
    xy, names = economy()
    names = names.astype(object)
    xy[3, 0], names[5] = np.nan, None
    found = coagglomeration(xy, names, draws=19)
    assert found.dropped == {"no coordinates": 1, "no industry": 1}
    assert found.sites == len(xy) - 2


def test_many_sites_in_one_point_are_told():
    xy, names = economy()
    xy[: len(xy) // 2] = [3.0, 4.0]
    assert "75 of 150 sites share the point (3, 4)" in coagglomeration(xy, names, draws=19).notes[0]


def test_a_verdict_that_was_not_asked_for_is_not_given():
    xy, names = economy()
    decided = coagglomeration(xy, names, draws=199)
    with pytest.raises(InputError, match=r"certain at 0\.95"):
        decided.phi(0.7)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"threshold": 1.0}, "above 0 and below 1"),
        ({"threshold": 0.99, "draws": 50}, "at least 99 draws"),
        ({"draws": 0}, "draws: got 0"),
        ({"mode": "half"}, "mode: got 'half'"),
        ({"resample": "both"}, "resample: got 'both'"),
        ({"min_size": 0}, "min_size: got 0"),
        ({"min_size": 140}, "a pair needs two"),
        ({"weights": [1.0]}, "weights: got 1 for 150 sites"),
        ({"industry": ["a"] * 150}, "a pair needs two"),
        ({"sites": np.zeros((150, 2))}, "all 150 sites are in one point"),
        ({"sites": np.zeros(150)}, "got shape"),
    ],
)
def test_what_makes_no_sense_is_refused(change, words):
    xy, names = economy()
    asked = {"sites": xy, "industry": names, "draws": 99} | change
    with pytest.raises(InputError, match=words):
        coagglomeration(asked.pop("sites"), asked.pop("industry"), **asked)


@pytest.mark.skipif(
    not (DATA / "china_firms_geo").exists(), reason="needs shared/data/china_firms_geo"
)
def test_a_real_province_has_the_verdicts_of_all_its_draws():
    firms = pd.read_csv(
        DATA / "china_firms_geo" / "firms.csv.gz", dtype={"city_code": str, "gbt2": str}
    )
    some = firms[firms["city_code"].str.startswith("64")].dropna()
    from spillgraph.analytics.space import project_sites

    xy = project_sites(some["lat"], some["lon"])
    full = coagglomeration(xy, some["gbt2"], draws=199, mode="full").pairs
    decided = coagglomeration(xy, some["gbt2"], draws=199, threshold=(0.95, 0.9, 0.99))
    assert decided.pairs["phi"].tolist() == full["phi"].tolist()
    for level in (0.9, 0.99):
        assert decided.phi(level).values.sum() == (full["p"] <= 1 - level + 1e-9).sum()
    # A sample of the draws, by POT alone.
    truth = brute_force(xy, some["gbt2"].to_numpy(), 19, 1, np.ones(len(xy)), apart=False, tie=1e-9)
    few = coagglomeration(xy, some["gbt2"], draws=19, seed=1, mode="full").pairs
    assert few["r_low"].tolist() == truth["near"].tolist()
