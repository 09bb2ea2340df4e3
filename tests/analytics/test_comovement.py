"""Comovement: identities, another program, exact rational examples, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from spillgraph.analytics.comovement import (
    comove,
    correlate,
    correlation_pvalues,
    decompose_cov,
    fill_gaps,
    growth_rates,
    long_run_shares,
)
from spillgraph.core.errors import InputError

LABELS = [f"{k:02d}" for k in range(1, 8)]
YEARS = range(1959, 1999)


def world(seed: int = 3, gaps: float = 0.0) -> tuple[pd.DataFrame, ...]:
    """Growth of R&D and output that share a factor, and shares; some cells may be missing."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(0, 0.02, (len(YEARS), 1))
    panels = []
    for _ in range(2):
        values = factor * rng.normal(0.5, 1, len(LABELS)) + rng.normal(0, 0.03, (40, len(LABELS)))
        values[rng.random(values.shape) < gaps] = np.nan
        panels.append(pd.DataFrame(values, YEARS, LABELS))
    shares = [pd.Series(row, LABELS) for row in rng.dirichlet(np.ones(len(LABELS)), 2)]
    return (*panels, *shares)


# -- identities ------------------------------------------------------------------------------------


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_within_and_cross_are_estimated_and_both_comovements_sum_to_cross(gaps: float) -> None:
    R, Y, sR, sY = world(gaps=gaps)
    table = decompose_cov(R, Y, sR, sY).table
    np.testing.assert_allclose(table["within"] + table["cross"], table["estimated"], rtol=1e-12)
    np.testing.assert_allclose(table["cross"] / table["estimated"], table["share"], rtol=1e-12)
    moved = comove(R, Y, sR, sY)
    cross = table.loc["cov", "cross"]
    assert moved.cross == pytest.approx(cross, rel=1e-12)
    sums = moved.table.sum()
    np.testing.assert_allclose(sums[["R_comove", "Y_comove"]], cross, rtol=1e-12)
    np.testing.assert_allclose(sums[["R_fraction", "Y_fraction"]], 1.0, rtol=1e-12)


def test_estimated_is_the_moment_of_the_weighted_sums_and_actual_equals_it() -> None:
    R, Y, sR, sY = world()
    both = np.cov(R @ sR, Y @ sY)
    table = decompose_cov(R, Y, sR, sY).table
    wanted = [both[1, 1], both[0, 0], both[0, 1]]
    np.testing.assert_allclose(table["estimated"], wanted, rtol=1e-12)
    np.testing.assert_allclose(table["actual"], wanted, rtol=1e-12)
    assert list(table.index) == ["var_Y", "var_R", "cov"]
    assert (table["covered"] == 1).all() and (table["dropped"] == 0).all()


def test_published_aggregates_are_what_actual_is_of() -> None:
    R, Y, sR, sY = world()
    rng = np.random.default_rng(0)
    totals = [pd.Series(rng.normal(size=42), range(1957, 1999)) for _ in range(2)]
    table = decompose_cov(R, Y, sR, sY, R_total=totals[0], Y_total=totals[1]).table
    both = np.cov(totals[0][2:], totals[1][2:])
    np.testing.assert_allclose(table["actual"], [both[1, 1], both[0, 0], both[0, 1]])


def test_means_of_both_sides_are_equal_and_the_diagonal_is_zero() -> None:
    R, Y, *_ = world()
    found = correlate(R, Y)
    C = found.C.to_numpy()
    assert (np.diag(C) == 0).all() and found.dropped == 0
    n = len(LABELS)
    assert found.P_R.sum() == found.P_Y.sum() == (C > 0).sum()
    np.testing.assert_allclose(found.C_R, C.sum(axis=1) / (n - 1), rtol=1e-14)
    np.testing.assert_allclose(found.C_Y, C.sum(axis=0) / (n - 1), rtol=1e-14)
    assert found.C_R.mean() == pytest.approx(found.C_Y.mean(), rel=1e-12)
    moment = decompose_cov(R, Y, *world()[2:]).table.loc["cov", "mean_correlation"]
    assert moment == pytest.approx(found.C_R.mean(), rel=1e-12)


def test_mean_correlations_of_one_panel_are_those_of_pandas() -> None:
    R, Y, sR, sY = world()
    table = decompose_cov(R, Y, sR, sY).table
    away = ~np.eye(len(LABELS), dtype=bool)
    for row, panel in (("var_R", R), ("var_Y", Y)):
        wanted = panel.corr().to_numpy()[away].mean()
        assert table.loc[row, "mean_correlation"] == pytest.approx(wanted, rel=1e-12)


def test_nothing_depends_on_the_order_of_industries() -> None:
    R, Y, sR, sY = world(gaps=0.1)
    mixed = comove(R, Y[LABELS[::-1]], sR.iloc[::-1], sY.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(mixed.table, comove(R, Y, sR, sY).table)


def test_scaling_R_scales_covariances_and_leaves_shares_alone() -> None:
    R, Y, sR, sY = world()
    once, thrice = decompose_cov(R, Y, sR, sY).table, decompose_cov(3 * R, Y, sR, sY).table
    assert thrice.loc["cov", "cross"] == pytest.approx(3 * once.loc["cov", "cross"], rel=1e-12)
    assert thrice.loc["var_R", "within"] == pytest.approx(9 * once.loc["var_R", "within"])
    np.testing.assert_allclose(thrice["share"], once["share"], rtol=1e-12)


# -- exact -----------------------------------------------------------------------------------------


def test_an_exact_rational_example() -> None:
    years = [2001, 2002, 2003, 2004]
    R = {"a": [1, 2, 3, 6], "b": [0, 4, 0, 0]}
    Y = {"a": [2, 0, 2, 0], "b": [1, 1, 3, 7]}
    sR = {"a": Fraction(1, 4), "b": Fraction(3, 4)}
    sY = {"a": Fraction(2, 5), "b": Fraction(3, 5)}

    def cov(x: list[int], y: list[int]) -> Fraction:
        mx, my = Fraction(sum(x), 4), Fraction(sum(y), 4)
        return sum(((u - mx) * (v - my) for u, v in zip(x, y, strict=True)), Fraction(0)) / 3

    parts = {(i, j): sR[i] * cov(R[i], Y[j]) * sY[j] for i in "ab" for j in "ab"}
    frames = [pd.DataFrame(panel, years, dtype=float) for panel in (R, Y)]
    shares = [pd.Series({k: float(v) for k, v in s.items()}) for s in (sR, sY)]
    row = decompose_cov(*frames, *shares).table.loc["cov"]
    assert row["within"] == pytest.approx(float(parts["a", "a"] + parts["b", "b"]), rel=1e-14)
    assert row["cross"] == pytest.approx(float(parts["a", "b"] + parts["b", "a"]), rel=1e-14)
    moved = comove(*frames, *shares).table
    assert moved.loc["a", "R_comove"] == pytest.approx(float(parts["a", "b"]), rel=1e-14)
    assert moved.loc["a", "Y_comove"] == pytest.approx(float(parts["b", "a"]), rel=1e-14)


@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_correlations_years_and_p_values_are_those_of_scipy_pair_by_pair(gaps: float) -> None:
    R, Y, *_ = world(seed=8, gaps=gaps)
    found = correlate(R, Y)
    for i in LABELS:
        for j in LABELS:
            both = pd.concat([R[i], Y[j]], axis=1).dropna().to_numpy()
            r, p = stats.pearsonr(*both.T)
            assert found.years.loc[i, j] == len(both)
            assert (found.own[i] if i == j else found.C.loc[i, j]) == pytest.approx(r, rel=1e-9)
            assert found.p.loc[i, j] == pytest.approx(p, rel=1e-9)


def test_covariances_with_gaps_are_those_of_pandas() -> None:
    R, Y, sR, sY = world(gaps=0.4)
    both = pd.concat([R.add_prefix("R"), Y.add_prefix("Y")], axis=1).cov(min_periods=3)
    wanted = both.loc[[f"R{k}" for k in LABELS], [f"Y{k}" for k in LABELS]]
    found = decompose_cov(R, Y, sR, sY).covariance
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-15)


def test_p_value_at_the_ends() -> None:
    assert correlation_pvalues(1.0, 10) == 0.0 and correlation_pvalues(0.0, 10) == 1.0
    # With three years t is Cauchy's: p = 2 arccos|r| / π.
    assert correlation_pvalues(0.5, 3) == pytest.approx(2 / 3, rel=1e-12)
    assert np.isnan(correlation_pvalues([0.5, np.nan], [2, 40])).all()
    with pytest.raises(InputError, match=r"got 1\.5"):
        correlation_pvalues(1.5, 40)
    with pytest.raises(InputError, match="numbers of one shape are needed, got a str"):
        correlation_pvalues("much", 40)


# -- edge cases ------------------------------------------------------------------------------------


def test_fewer_than_three_common_years_are_no_correlation_and_counted() -> None:
    R, Y, sR, sY = world()
    R.loc[1961:, "02"] = np.nan
    R.loc[:1996, "03"] = np.nan
    found = correlate(R, Y)
    assert found.C.loc[["02", "03"]].drop(columns=["02", "03"]).isna().all(axis=None)
    assert found.dropped == 2 * (len(LABELS) - 1)
    assert np.isnan(found.C_R["02"]) and np.isfinite(found.C_Y["02"])
    assert found.P_R["02"] == 0 and found.P_R.sum() == found.P_Y.sum()
    moved, table = comove(R, Y, sR, sY), decompose_cov(R, Y, sR, sY).table
    assert moved.dropped == found.dropped and moved.table.loc["02", "R_comove"] == 0
    assert table.loc["cov", "dropped"] == 2 * len(LABELS)
    assert table.loc["cov", "covered"] == pytest.approx(1 - sR["02"] - sR["03"])
    assert (
        table.loc["var_R", "dropped"] == 4 * len(LABELS) - 4 and table.loc["var_Y", "dropped"] == 0
    )
    assert np.isnan(table.loc["cov", "actual"])


def test_three_common_years_are_enough() -> None:
    R, Y, *_ = world()
    R.loc[1962:, "02"] = np.nan
    assert correlate(R, Y).dropped == 0


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e-9, 3e5])
def test_what_does_not_vary_has_no_correlation_but_a_covariance_of_zero(constant: float) -> None:
    R, Y, sR, sY = world()
    R["04"] = constant
    found = correlate(R, Y)
    assert found.C.loc["04"].drop("04").isna().all() and np.isnan(found.own["04"])
    assert found.dropped == len(LABELS) - 1
    table = decompose_cov(R, Y, sR, sY).table
    assert table.loc["cov", "dropped"] == 0
    assert comove(R, Y, sR, sY).table.loc["04", "R_comove"] == pytest.approx(
        0, abs=1e-12 * constant
    )


def test_constant_growth_of_levels_is_found_constant_through_the_logarithm() -> None:
    R, Y, *_ = world()
    levels = pd.DataFrame({"01": 100.0 * 1.02 ** np.arange(41)}, range(1958, 1999))
    R["01"] = growth_rates(levels)["01"]
    assert correlate(R, Y).C.loc["01"].drop("01").isna().all()


def test_a_series_that_varies_only_where_the_other_is_missing_is_constant() -> None:
    R, Y, *_ = world()
    R["01"] = 0.07
    R.loc[1960, "01"] = 3.0
    Y.loc[1960, "02"] = np.nan
    found = correlate(R, Y).C
    assert np.isnan(found.loc["01", "02"]) and np.isfinite(found.loc["01", "03"])


def test_one_industry_has_nothing_across() -> None:
    R, Y, *_ = world()
    one = pd.Series({"01": 1.0})
    table = decompose_cov(R[["01"]], Y[["01"]], one, one).table
    assert table.loc["cov", "cross"] == 0 and table.loc["cov", "share"] == 0
    assert np.isnan(table.loc["cov", "mean_correlation"])
    assert comove(R[["01"]], Y[["01"]], one, one).cross == 0


def test_nothing_known_is_no_zero() -> None:
    R, Y, sR, sY = world()
    R.loc[:] = np.nan
    assert np.isnan(comove(R, Y, sR, sY).cross)
    row = decompose_cov(R, Y, sR, sY).table.loc["cov"]
    assert row[["actual", "estimated", "within", "cross", "share"]].isna().all()
    assert row["covered"] == 0


def test_years_of_one_panel_alone_are_left_out() -> None:
    R, Y, sR, sY = world()
    found = decompose_cov(R.loc[:1990], Y.loc[1970:], sR, sY)
    assert found.years == 21
    inner = decompose_cov(R.loc[1970:1990], Y.loc[1970:1990], sR, sY)
    pd.testing.assert_frame_equal(found.table, inner.table)


REFUSED = {
    "shares": (lambda R, Y, sR, sY: (R, Y, sR * 1.00001, sY), r"sR: shares that sum to 1.*1\.0000"),
    "below": (
        lambda R, Y, sR, sY: (R, Y, sR, sY.where(sY.index != "02", -0.1)),
        r"sY: the share of '02' is -0\.1, below 0",
    ),
    "industries": (
        lambda R, Y, sR, sY: (R, Y.rename(columns={"03": "3"}), sR, sY),
        r"Y: its industries differ.*missing: '03'; unknown: '3'",
    ),
    "share of another": (lambda R, Y, sR, sY: (R, Y, sR.rename({"03": "3"}), sY), "missing: '03'"),
    "years": (
        lambda R, Y, sR, sY: (R.loc[:1970], Y.loc[1971:], sR, sY),
        "no year in common: R has 1959 to 1970, Y 1971 to 1998",
    ),
    "infinite": (
        lambda R, Y, sR, sY: (R.replace(R.loc[1970, "02"], np.inf), Y, sR, sY),
        "R: '02' has inf in 1970",
    ),
    "turned": (lambda R, Y, sR, sY: (R.T, Y, sR, sY), "R: its index must be years"),
    "twice": (lambda R, Y, sR, sY: (R.loc[[1960, 1960]], Y, sR, sY), "1960 occurs twice"),
    "text": (
        lambda R, Y, sR, sY: (R.astype(object).replace(R.loc[1970, "02"], "x"), Y, sR, sY),
        "R: numbers are needed",
    ),
    "empty": (lambda R, Y, sR, sY: (R.iloc[:0], Y, sR, sY), r"got shape \(0, 7\)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    change, message = REFUSED[case]
    operands = change(*world())
    for function in (decompose_cov, comove):
        with pytest.raises(InputError, match=message):
            function(*operands)


def test_shares_that_miss_one_by_rounding_are_taken() -> None:
    R, Y, sR, sY = world()
    assert decompose_cov(R, Y, sR * (1 + 9e-7), sY).years == 40


# -- from levels -----------------------------------------------------------------------------------


def test_growth_is_taken_over_no_gap() -> None:
    levels = pd.DataFrame({"a": [1.0, 2.0, 4.0, 8.0]}, [2000, 2001, 2003, 2004])
    steps = growth_rates(levels)["a"]
    assert list(steps.index) == [2001, 2002, 2003, 2004]
    np.testing.assert_allclose(steps, [np.log(2), np.nan, np.nan, np.log(2)])
    np.testing.assert_allclose(growth_rates(levels, "pct")["a"], [1, np.nan, np.nan, 1])
    with pytest.raises(InputError, match="'a' has 0 in 2001; a level above 0"):
        growth_rates(levels.replace(2.0, 0.0))
    with pytest.raises(InputError, match="got 'logs'"):
        growth_rates(levels, "logs")
    with pytest.raises(InputError, match="two years"):
        growth_rates(levels.iloc[:1])


def test_shares_are_means_of_annual_shares_over_whole_years() -> None:
    levels = pd.DataFrame({"a": [1.0, np.nan, 30.0], "b": [3.0, 5.0, 70.0]}, [2000, 2001, 2002])
    assert long_run_shares(levels).to_dict() == pytest.approx({"a": 0.275, "b": 0.725})
    with pytest.raises(InputError, match="there is none"):
        long_run_shares(levels.iloc[1:2])
    with pytest.raises(InputError, match="'b' has -3 in 2000"):
        long_run_shares(levels.replace(3.0, -3.0))
    with pytest.raises(InputError, match="all are 0 in 2000"):
        long_run_shares(levels.mul([0.0, 1.0, 1.0], axis=0))


def test_gaps_grow_with_the_total_and_meet_both_ends() -> None:
    years = range(2000, 2008)
    total = pd.DataFrame({"a": np.exp(np.linspace(3, 4, 8) + 0.1 * np.sin(range(8)))}, years)
    level = 0.5 * total * np.exp(0.03 * np.arange(8))[:, None]  # its ratio has a trend
    hidden = level.copy()
    hidden.loc[[2002, 2003, 2005]] = np.nan
    done = fill_gaps(hidden, total)
    np.testing.assert_allclose(done.levels, level, rtol=1e-12)
    assert done.filled["a"] == 3 and done.left["a"] == 0
    pd.testing.assert_frame_equal(done.levels.loc[[2000]], hidden.loc[[2000]], check_names=False)


def test_before_the_first_and_behind_the_last_level_growth_is_that_of_the_total() -> None:
    total = pd.DataFrame({"a": [1.0, 2.0, 3.0, 6.0]}, range(2000, 2004))
    level = pd.DataFrame({"a": [np.nan, 10.0, np.nan, np.nan]}, range(2000, 2004))
    assert fill_gaps(level, total).levels["a"].tolist() == pytest.approx([5.0, 10.0, 15.0, 30.0])


def test_where_the_total_is_missing_too_the_gap_stays_and_is_counted() -> None:
    total = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [1.0, 1.0, 1.0]}, range(2000, 2003))
    level = pd.DataFrame({"a": [2.0, np.nan, 6.0], "b": np.nan}, range(2000, 2003))
    done = fill_gaps(level, total)
    assert done.left.to_dict() == {"a": 1, "b": 3} and done.filled.sum() == 0
    with pytest.raises(InputError, match="missing: 'b'"):
        fill_gaps(level, total[["a"]])
