"""The trend of progress: statsmodels' numbers, closed forms, and Newey and West by the book."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics.growth import COEFFICIENTS, fit_trend
from spillgraph.core.errors import InputError

quick = settings(max_examples=40, deadline=None)
LABELS = ["steel", "cars", "glass"]

G = [
    [-0.0002, 0.0115, 0.013], [0.0047, 0.0171, 0.0118], [0.0003, 0.0129, 0.0068],
    [0.0098, 0.015, 0.0103], [0.0075, 0.0093, 0.0038], [0.0037, 0.0163, 0.0064],
    [0.0028, 0.017, -0.0018], [0.0145, 0.0104, 0.001], [0.033, -0.0063, -0.007],
    [0.0301, -0.0029, -0.0174], [0.0308, -0.0006, -0.0136], [0.0154, 0.0068, 0.0009],
    [0.0212, 0.0038, -0.0012], [0.0038, 0.0099, 0.0125], [0.0112, -0.0099, 0.0118],
    [0.0129, -0.0111, 0.0221], [0.0024, -0.0139, 0.0291], [0.0123, -0.0102, 0.0395],
    [0.0187, -0.0156, 0.0517], [0.0174, -0.0253, 0.0575], [0.0335, -0.0157, 0.0674],
    [0.0374, -0.0316, 0.075], [0.0411, -0.0489, 0.0726], [0.037, -0.0385, 0.0761],
]  # fmt: skip

# Γ1, Γ2 and the standard errors of Γ1, Γ2, δ1, δ2 by sector.
GOLDEN = {
    (2, True): [
        [0.00173985507246377, 0.00119847826086957, 0.00405193106963655, 0.000325873836659966,
         0.00393618898444714, 0.000162936918329983],
        [0.0251336956521739, -0.00234569565217391, 0.00402218049984049, 0.000325388342418093,
         0.00388222267614244, 0.000162694171209046],
        [-0.0188684782608696, 0.00327047826086957, 0.0129691602794949, 0.000851738197988542,
         0.0125934606539441, 0.000425869098994271],
    ],
    (2, False): [
        [0.00173985507246377, 0.00119847826086957, 0.00387942864483017, 0.000312000444926813,
         0.00376861403496159, 0.000156000222463406],
        [0.0251336956521739, -0.00234569565217391, 0.00385094464283623, 0.000311535619578984,
         0.00371694522848513, 0.000155767809789492],
        [-0.0188684782608696, 0.00327047826086957, 0.0124170256164252, 0.000815477239465765,
         0.012057320610549, 0.000407738619732882],
    ],
    (7, True): [
        [0.00173985507246377, 0.00119847826086957, 0.00366040367521625, 0.000314922569973526,
         0.00354736472934886, 0.000157461284986763],
        [0.0251336956521739, -0.00234569565217391, 0.00376117006389837, 0.000312774965865797,
         0.0036284765394631, 0.000156387482932899],
        [-0.0188684782608696, 0.00327047826086957, 0.015528797363689, 0.0010084072733214,
         0.0150933199041432, 0.000504203636660699],
    ],
}  # fmt: skip


def panel(values: object, first: int = 2001) -> pd.DataFrame:
    numbers = np.asarray(values, dtype=float)
    years = range(first, first + len(numbers))
    return pd.DataFrame(numbers, list(years), LABELS[: numbers.shape[1]])


def noise(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 30))
    return panel(rng.normal(size=(n, 3)).cumsum(axis=0))


@pytest.mark.parametrize(("lags", "small_sample"), GOLDEN)
def test_coefficients_and_errors_are_those_of_statsmodels(lags: int, small_sample: bool):
    """GOLDEN comes from statsmodels 0.15.0 with G as above::

    X = sm.add_constant(np.arange(1.0, 25.0))
    fit = sm.OLS(G[:, i], X).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": small_sample}
    )
    *fit.params, *fit.bse, fit.t_test([1, 0.5]).sd, fit.t_test([0, 0.5]).sd
    """
    trend = fit_trend(panel(G), lags=lags, small_sample=small_sample)
    golden = np.array(GOLDEN[lags, small_sample])
    found = np.column_stack([trend.Gamma1, trend.Gamma2, trend.se[list(COEFFICIENTS)]])
    np.testing.assert_allclose(found, golden, rtol=1e-12)


def test_the_default_is_the_rule_of_lags_with_the_small_sample_factor():
    trend, named = fit_trend(panel(G)), fit_trend(panel(G), lags=2, small_sample=True)
    assert trend.lags == 2 and trend.small_sample and trend.se.equals(named.se)
    for years, lags in ((3, 1), (9, 2), (60, 3), (100, 4)):
        assert fit_trend(panel(np.random.default_rng(1).normal(size=(years, 1)))).lags == lags


def test_a_level_of_whole_numbers_gives_back_its_two_terms():
    t = np.arange(6)
    lnA = panel(np.column_stack([3 * t + 5 * t**2, -(t**2), 7 * t]), first=2000)
    trend = fit_trend(lnA.diff().iloc[1:])
    np.testing.assert_allclose(trend.delta1, [3, 0, 7], rtol=0, atol=1e-13)
    np.testing.assert_allclose(trend.delta2, [5, -1, 0], rtol=0, atol=1e-13)
    np.testing.assert_allclose(trend.Gamma1, [-2, 1, 7], rtol=0, atol=1e-13)
    np.testing.assert_allclose(trend.Gamma2, [10, -2, 0], rtol=0, atol=1e-13)
    assert trend.origin == 2000 and trend.n == 5
    assert (trend.se.to_numpy() < 1e-13).all()


@quick
@given(st.integers(0, 2**32 - 1))
def test_trend_and_residual_add_up_and_the_residual_is_free_of_trend(seed: int):
    g = noise(seed)
    trend = fit_trend(g)
    t = np.arange(1, len(g) + 1)
    fitted = trend.Gamma1.to_numpy() + np.outer(t, trend.Gamma2)
    size = np.abs(g.to_numpy()).max()
    np.testing.assert_allclose(fitted + trend.residual, g, rtol=0, atol=1e-12 * size)
    np.testing.assert_allclose(trend.residual.sum(), 0, rtol=0, atol=1e-12 * size * len(g))
    np.testing.assert_allclose(t @ trend.residual, 0, rtol=0, atol=1e-12 * size * len(g) ** 2)


@quick
@given(st.integers(0, 2**32 - 1))
def test_delta_is_the_level_whose_steps_are_gamma(seed: int):
    trend = fit_trend(noise(seed))
    np.testing.assert_allclose(trend.delta1 - trend.delta2, trend.Gamma1, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(2 * trend.delta2, trend.Gamma2, rtol=1e-14)


def textbook(g: np.ndarray, lags: int) -> np.ndarray:
    """Newey and West (1987) with loops: the covariance of Γ1 and Γ2 for one sector."""
    X = np.column_stack([np.ones(len(g)), np.arange(1, len(g) + 1)])
    bread = np.linalg.inv(X.T @ X)
    h = X * (g - X @ bread @ X.T @ g)[:, None]
    meat = h.T @ h
    for lag in range(1, lags + 1):
        both = sum(np.outer(h[t], h[t - lag]) for t in range(lag, len(g)))
        meat = meat + (1 - lag / (lags + 1)) * (both + both.T)
    return bread @ meat @ bread


@quick
@given(st.integers(0, 2**32 - 1))
def test_errors_are_those_of_the_textbook_sum(seed: int):
    g = noise(seed)
    trend = fit_trend(g, small_sample=False)
    for label in g.columns:
        covariance = textbook(g[label].to_numpy(), trend.lags)
        maps = {"Gamma1": [1, 0], "Gamma2": [0, 1], "delta1": [1, 0.5], "delta2": [0, 0.5]}
        for name, map_ in maps.items():
            wanted = np.sqrt(np.array(map_) @ covariance @ map_)
            np.testing.assert_allclose(trend.se.loc[label, name], wanted, rtol=1e-8, atol=1e-12)


@quick
@given(st.integers(0, 2**32 - 1), st.integers(-50, 50))
def test_moving_the_origin_moves_the_intercept_along_the_line(seed: int, shift: int):
    g = noise(seed)
    trend, moved = fit_trend(g), fit_trend(g, origin=2000 + shift)
    wanted = trend.Gamma1 + shift * trend.Gamma2
    np.testing.assert_allclose(moved.Gamma1, wanted, rtol=1e-11, atol=1e-11)
    pd.testing.assert_series_equal(moved.Gamma2, trend.Gamma2)
    pd.testing.assert_frame_equal(moved.residual, trend.residual)
    np.testing.assert_allclose(moved.se["delta2"], trend.se["delta2"], rtol=1e-12)


def test_an_origin_two_thousand_years_away_loses_no_digits():
    trend, far = fit_trend(panel(G)), fit_trend(panel(G), origin=0)
    np.testing.assert_allclose(far.residual, trend.residual, rtol=0, atol=1e-16)
    np.testing.assert_allclose(far.Gamma2, trend.Gamma2, rtol=1e-14)


def test_errors_that_allow_for_time_cover_the_truth_more_often():
    """2,000 series of 60 years with autocorrelated noise (AR .3), whose long-run variance is
    13/7 of the short one. Errors that ignore time hold Γ2 in at most P(|Z| < 1.96 √(7/13)) = .850
    of them; three lags catch .8366 of the variance, P(|Z| < 1.96 √.8366) = .927. Few years lower
    both. A share of 2,000 is known to .008."""
    rng = np.random.default_rng(3)
    u = rng.normal(size=(160, 2000))
    for t in range(1, 160):
        u[t] += 0.3 * u[t - 1]
    g = pd.DataFrame(u[100:], range(2001, 2061), [f"s{i}" for i in range(2000)])
    trend, blind = fit_trend(g), fit_trend(g, lags=0)
    held = (trend.Gamma2.abs() < 1.96 * trend.se["Gamma2"]).mean()
    assert 0.850 < held < 0.927 + 3 * 0.008
    assert (blind.Gamma2.abs() < 1.96 * blind.se["Gamma2"]).mean() < 0.850 + 3 * 0.008


def test_panels_and_lags_that_cannot_be_used_are_refused():
    with pytest.raises(InputError, match="at least three years, got 2"):
        fit_trend(panel(G[:2]))
    with pytest.raises(InputError, match="lags: from 0 to 23 can be used with 24 years, got 24"):
        fit_trend(panel(G), lags=24)
    with pytest.raises(InputError, match="2003 follows 2001"):
        fit_trend(panel(G).drop(index=2002))
