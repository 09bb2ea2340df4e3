"""The exact distance, by both engines, beside POT; and how it is cut short."""

from __future__ import annotations

import numpy as np
import ot
import pytest
from scipy.spatial.distance import cdist
from spillgraph.analytics.space import project_sites, wasserstein
from spillgraph.analytics.space._loops import costs, solve, supplies
from spillgraph.analytics.space._slices import slices
from spillgraph.core.errors import InputError

SIZES = [(1, 1), (1, 7), (7, 1), (6, 6), (30, 30), (30, 45), (5, 80), (80, 5), (90, 60)]


def scatter(n, seed, heavy=False, on_grid=False):
    rng = np.random.default_rng(seed)
    xy = rng.normal(size=(n, 2)) * [80, 30]
    if on_grid:
        xy = np.round(xy / 40) * 40  # many sites share a point
    return xy, rng.integers(1, 2000, n).astype(float) if heavy else np.ones(n)


@pytest.mark.parametrize("engine", ["compiled", "numpy"])
@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("on_grid", [False, True])
def test_it_is_what_pot_finds(engine, heavy, on_grid):
    for seed, (n, m) in enumerate(SIZES):
        a, wa = scatter(n, seed, heavy, on_grid)
        b, wb = scatter(m, seed + 100, heavy, on_grid)
        truth = ot.emd2(wa / wa.sum(), wb / wb.sum(), cdist(a, b), numItermax=10**7)
        assert wasserstein(a, b, wa, wb, engine=engine) == pytest.approx(
            truth, rel=1e-10, abs=1e-10
        )


def test_translated_and_rotated_sites_are_as_far():
    (a, _), (b, _) = scatter(20, 1), scatter(31, 2)
    turn = np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    moved = wasserstein(a @ turn.T + [500, -70], b @ turn.T + [500, -70])
    assert moved == pytest.approx(wasserstein(a, b), rel=1e-12)
    assert wasserstein(b, a) == pytest.approx(wasserstein(a, b), rel=1e-12)
    assert wasserstein(a, a) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("heavy", [False, True])
def test_an_interval_that_ends_early_holds_the_distance(heavy):
    for seed in range(40):
        (a, wa), (b, wb) = scatter(25, seed, heavy), scatter(40, seed + 50, heavy)
        cost = np.empty((25, 40))
        costs(a, b, cost)
        gives, takes = supplies(wa, wb)
        truth = wasserstein(a, b, wa, wb)
        for share in (0.8, 0.95, 1.0, 1.05, 1.3):
            limit = share * truth
            low, high, _ = solve(cost, gives, takes, np.zeros(40), limit, limit)
            assert low <= truth * (1 + 1e-12) <= high * (1 + 2e-12)
            assert high <= limit * (1 + 1e-12) or low > limit * (1 - 1e-12)


def test_slices_are_never_more_than_the_distance():
    rng = np.random.default_rng(5)
    xy = np.vstack([rng.normal(size=(300, 2)) * [50, 10], 40 + rng.normal(size=(100, 2))])
    features = slices(xy)
    ratios = []
    for _ in range(100):
        a, b = rng.choice(400, 20, replace=False), rng.choice(400, 33)
        bound = np.abs(features[a].mean(axis=0) - features[b].mean(axis=0)).sum()
        ratios.append(bound / wasserstein(xy[a], xy[b]))
    assert max(ratios) <= 1.0
    assert np.median(ratios) > 0.8


@pytest.mark.parametrize(
    ("a", "words"),
    [
        ([[0, 0, 0]], "got shape (1, 3)"),
        (np.zeros((0, 2)), "got shape (0, 2)"),
        ([[0, np.nan]], "finite numbers"),
    ],
)
def test_what_is_no_site_is_refused(a, words):
    with pytest.raises(InputError, match=words.replace("(", r"\(").replace(")", r"\)")):
        wasserstein(a, [[0, 0]])


def test_masses_must_be_above_zero_and_one_each():
    with pytest.raises(InputError, match="masses above zero"):
        wasserstein([[0, 0]], [[1, 0]], [0.0])
    with pytest.raises(InputError, match="got shape"):
        wasserstein([[0, 0]], [[1, 0]], [1.0, 1.0])


def haversine(lat, lon):
    """Distances on a sphere, km: an independent formula."""
    f, g = np.radians(lat), np.radians(lon)
    h = np.sin((f[:, None] - f) / 2) ** 2
    h += np.cos(f[:, None]) * np.cos(f) * np.sin((g[:, None] - g) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(h))


@pytest.mark.parametrize(("lat", "lon"), [(31.2, 121.5), (-33.0, -179.9), (64.0, 179.95)])
def test_projected_distances_are_those_on_the_globe(lat, lon):
    rng = np.random.default_rng(2)
    lats = lat + rng.uniform(-1.5, 1.5, 30)
    lons = (lon + rng.uniform(-1.5, 1.5, 30) + 180) % 360 - 180
    truth = haversine(lats, lons)
    # A sphere is not the ellipsoid: up to a third of a percent.
    assert np.allclose(cdist(*2 * [project_sites(lats, lons)]), truth, rtol=6e-3, atol=1e-6)


def test_missing_coordinates_stay_missing_and_exchanged_ones_are_named():
    assert np.isnan(project_sites([1.0, np.nan], [2.0, 3.0])).tolist() == [[False] * 2, [True] * 2]
    with pytest.raises(InputError, match=r"latitude of site 2: got 121.5.*seem to be exchanged"):
        project_sites([31.0, 121.5], [20.0, 31.2])
    with pytest.raises(InputError, match="longitude of site 1: got 200"):
        project_sites([31.0], [200.0])
