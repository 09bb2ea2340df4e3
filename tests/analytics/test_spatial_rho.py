"""The strength of W: determinants by LU, a likelihood by the book, and simulated economies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from spillgraph.analytics.growth import spatial_rho
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

N, T = 12, 40
LABELS = [f"s{i}" for i in range(N)]


def network(seed: int = 0) -> LabelledMatrix:
    rng = np.random.default_rng(seed)
    raw = rng.random((N, N)) * (rng.random((N, N)) < 0.5) * (1 - np.eye(N))
    strength = rng.uniform(0.3, 0.8, (N, 1))
    return LabelledMatrix.build("W", raw / raw.sum(axis=1, keepdims=True) * strength, LABELS)


W = network()
w = W.values.toarray()
#: Sectors as different as they are: standard deviations from .2 to 5.
UNEQUAL = np.geomspace(0.2, 5, N)


def simulated(
    seed: int, rho: float, *, sigma: np.ndarray | float = 1.0, trend: bool = True
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    u = rng.normal(size=(T, N)) * sigma
    if trend:
        u = u + rng.normal(size=N) + np.outer(np.arange(T), rng.normal(size=N))
    return pd.DataFrame(np.linalg.solve(np.eye(N) - rho * w, u.T).T, range(2000, 2000 + T), LABELS)


def book(dlnA: pd.DataFrame, rho: float, variance: str) -> float:
    """The likelihood of T − 2 free years: project the trend out, LU for the determinant."""
    X = np.column_stack([np.ones(T), np.arange(T)])
    basis = np.linalg.svd(np.eye(T) - X @ np.linalg.pinv(X))[0][:, : T - 2]
    free = basis.T @ dlnA.to_numpy()  # T − 2 independent years
    u = free - rho * free @ w.T
    sigma2 = (u**2).mean(axis=0) if variance == "sector" else np.full(N, (u**2).mean())
    sign, logdet = np.linalg.slogdet(np.eye(N) - rho * w)
    assert sign > 0
    normal = -0.5 * (np.log(2 * np.pi * sigma2) + u**2 / sigma2).sum()
    return float((T - 2) * logdet + normal)


@pytest.mark.parametrize("variance", ["sector", "common"])
def test_the_curve_is_the_likelihood_of_the_book(variance: str):
    dlnA = simulated(1, 0.7)
    found = spatial_rho(dlnA, W, variance=variance)  # type: ignore[arg-type]
    for rho in [*found.curve.index[::50], 0.0, 1.0]:
        np.testing.assert_allclose(found.curve[rho], book(dlnA, rho, variance), rtol=1e-10)
    np.testing.assert_allclose(found.loglik, book(dlnA, found.rho, variance), rtol=1e-12)
    assert found.loglik >= found.curve.max()


@pytest.mark.parametrize("variance", ["sector", "common"])
@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.7, 1.2])
def test_maximum_and_curvature_are_those_of_the_book(variance: str, rho: float):
    dlnA = simulated(2, rho, sigma=UNEQUAL)
    found = spatial_rho(dlnA, W, variance=variance)  # type: ignore[arg-type]
    h = 1e-3
    low, middle, high = (book(dlnA, found.rho + d, variance) for d in (-h, 0, h))
    assert found.inside
    np.testing.assert_allclose(found.se, ((2 * middle - low - high) / h**2) ** -0.5, rtol=1e-3)
    best = minimize_scalar(lambda r: -book(dlnA, r, variance), bounds=(-1.5, 1.5)).x
    assert found.rho == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("variance", ["sector", "common"])
@pytest.mark.parametrize("rho", [0.0, 0.6, 1.0])
def test_simulated_economies_give_back_rho_and_its_error(variance: str, rho: float):
    """60 economies of 40 years × 12 sectors: the mean estimate misses ρ by less than 3 standard
    errors of the mean, and the reported error is the spread of the estimates within 30%
    (a spread of 60 draws is known to 9%)."""
    draws = [
        spatial_rho(simulated(s, rho), W, variance=variance)  # type: ignore[arg-type]
        for s in range(60)
    ]
    estimates = np.array([draw.rho for draw in draws])
    spread = estimates.std(ddof=1)
    assert abs(estimates.mean() - rho) < 3 * spread / np.sqrt(60)
    assert np.mean([draw.se for draw in draws]) == pytest.approx(spread, rel=0.3)
    assert all(draw.inside for draw in draws)


def test_unequal_sectors_need_their_own_variances():
    own = [spatial_rho(simulated(s, 0.6, sigma=UNEQUAL), W) for s in range(60)]
    one = [spatial_rho(simulated(s, 0.6, sigma=UNEQUAL), W, variance="common") for s in range(60)]
    estimates = np.array([draw.rho for draw in own])
    assert abs(estimates.mean() - 0.6) < 3 * estimates.std() / np.sqrt(60)
    assert estimates.std() < 0.8 * np.std([draw.rho for draw in one])
    sigma = np.mean([draw.sigma.to_numpy() for draw in own], axis=0)
    np.testing.assert_allclose(sigma, UNEQUAL, rtol=0.1)


def test_trends_of_the_sectors_change_nothing():
    with_trend, without = simulated(3, 0.7), simulated(3, 0.7, trend=False)
    assert (with_trend - without).abs().max(axis=None) > 1
    first, second = spatial_rho(with_trend, W), spatial_rho(without, W)
    assert first.rho == pytest.approx(second.rho, abs=1e-6)
    assert first.loglik == pytest.approx(second.loglik, rel=1e-9)


def test_levels_are_differenced_and_sectors_matched_by_label():
    dlnA = simulated(4, 0.5)
    lnA = pd.concat([dlnA.iloc[:1].mul(0).set_axis([1999]), dlnA.cumsum()])
    first = spatial_rho(dlnA, W)
    second = spatial_rho(lnA[LABELS[::-1]], W, levels=True)
    assert first.n == second.n == T
    assert first.rho == pytest.approx(second.rho, abs=1e-6)
    np.testing.assert_allclose(second.sigma[LABELS], first.sigma, rtol=1e-6)


def test_a_network_twice_as_strong_has_half_the_rho():
    dlnA = simulated(5, 0.5)
    half = LabelledMatrix.build("W", w / 2, LABELS)
    first, second = spatial_rho(dlnA, W), spatial_rho(dlnA, half)
    assert second.rho == pytest.approx(2 * first.rho, abs=1e-6)
    assert second.se == pytest.approx(2 * first.se, rel=1e-6)
    assert second.bounds[1] == pytest.approx(2 * first.bounds[1], rel=1e-12)


def test_without_circles_common_variance_is_least_squares():
    raw = np.triu(np.random.default_rng(6).random((N, N)), 1)
    chain = LabelledMatrix.build("W", raw / 10, LABELS)
    dlnA = simulated(6, 0.4)
    with pytest.raises(InputError, match="bounds: W has no cycles"):
        spatial_rho(dlnA, chain)
    found = spatial_rho(dlnA, chain, variance="common", bounds=(-20, 20))
    t = np.column_stack([np.ones(T), np.arange(T)])
    off = np.eye(T) - t @ np.linalg.pinv(t)
    y, x = off @ dlnA.to_numpy(), off @ dlnA.to_numpy() @ raw.T / 10
    assert found.rho == pytest.approx((x * y).sum() / (x * x).sum(), abs=1e-6)


def test_a_maximum_outside_the_bounds_has_no_error():
    found = spatial_rho(simulated(7, 0.9), W, bounds=(-0.5, 0.3))
    assert not found.inside and np.isnan(found.se)
    assert found.rho == pytest.approx(0.3, abs=1e-6)


def test_what_cannot_be_estimated_is_refused():
    dlnA = simulated(8, 0.5)
    with pytest.raises(InputError, match="at least 4 year"):
        spatial_rho(dlnA.iloc[:3], W)
    with pytest.raises(InputError, match="at least 5 year"):
        spatial_rho(dlnA.iloc[:4], W, levels=True)
    with pytest.raises(InputError, match=r"'s3' follows its trend"):
        spatial_rho(dlnA.assign(s3=np.arange(T) * 0.5 + 2), W)
    with pytest.raises(InputError, match="matrix W: it is empty"):
        spatial_rho(dlnA, LabelledMatrix.build("W", np.zeros((N, N)), LABELS))
    with pytest.raises(InputError, match=r"bounds: two ascending numbers .* got -9 and 0\.5"):
        spatial_rho(dlnA, W, bounds=(-9, 0.5))
    with pytest.raises(InputError, match="variance: 'sector' or 'common' is needed, got 'robust'"):
        spatial_rho(dlnA, W, variance="robust")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="'s0'"):
        spatial_rho(dlnA.drop(columns="s0"), W)
