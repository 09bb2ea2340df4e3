"""Change of hubs against scipy, all exchanges, and its own level where nothing changes."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from spillgraph.analytics import change_of_hubs
from spillgraph.analytics.structure._adjust import adjust
from spillgraph.analytics.structure._trend_test import mann_kendall, sen_slope
from spillgraph.core.errors import InputError

LABELS = list("abcdef")
MEANS = np.array([9.0, 7.0, 5.0, 4.0, 3.0, 1.0])


def two_years(
    rng: np.random.Generator, shift: np.ndarray | float = 0.0, noise: float = 0.5, B: int = 199
):
    """Scores of two years, each drawn once, and bootstrap draws around each."""
    scores = {2000: rng.normal(MEANS, noise), 2010: rng.normal(MEANS + shift, noise)}
    draws = {
        year: pd.DataFrame(rng.normal(each, noise, (B, 6)), columns=LABELS)
        for year, each in scores.items()
    }
    return pd.DataFrame(scores, index=LABELS).T, draws


# -- draws -----------------------------------------------------------------------------------------


def test_draws_without_change_reject_at_their_level():
    rng = np.random.default_rng(1)
    p, family, covered, verdicts = [], [], [], 0
    for _ in range(60):
        table = change_of_hubs(*two_years(rng)).table
        p.extend(table["p"])
        family.append(table["p_familywise"].min())
        covered.extend((table["change_low"] <= 0) & (table["change_high"] >= 0))
        verdicts += bool((table["verdict"] != "").any())
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(np.array(family) <= 0.05) == pytest.approx(0.05, abs=0.06)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)
    assert verdicts / 60 <= 0.05


def test_a_change_that_was_made_is_found_with_its_sign_and_size():
    shift = np.array([-6.0, 0, 0, 0, 0, 9.0])
    found = change_of_hubs(*two_years(np.random.default_rng(2), shift, 0.2, 999))
    table = found.table
    assert (found.test, found.years, found.draws) == ("draws", (2000, 2010), 999)
    assert table["verdict"].to_dict() | {"a": "fell", "f": "rose"} == table["verdict"].to_dict()
    assert table.loc["a", "change_low"] < -6 < table.loc["a", "change_high"]
    assert table.loc["f", ["rank_from", "rank_to", "rise"]].tolist() == [6, 1, 5]
    assert (table["rise_low"] <= table["rise"]).all()
    assert (table["rise"] <= table["rise_high"]).all()
    assert found.smallest_p == table["p"].min() == 0.001


def test_p_is_below_the_level_where_the_interval_leaves_out_zero():
    table = change_of_hubs(*two_years(np.random.default_rng(3), 1.0)).table
    outside = (table["change_low"] > 0) | (table["change_high"] < 0)
    assert outside.any() and not outside.all()
    assert (outside == (table["p"] <= 0.05)).all()
    assert np.allclose(table["p_holm"], adjust(table["p"].to_numpy(), "holm"))
    assert np.allclose(table["q"], stats.false_discovery_control(table["p"]))


def test_draws_of_the_same_records_for_both_years_go_together():
    rng = np.random.default_rng(4)
    common = rng.normal(0, 3, (199, 6))
    scores = pd.DataFrame([MEANS, MEANS + 0.5], [2000, 2010], LABELS)
    paired = {
        year: pd.DataFrame(
            scores.loc[year].to_numpy() + common + rng.normal(0, 0.1, (199, 6)), columns=LABELS
        )
        for year in (2000, 2010)
    }
    assert (change_of_hubs(scores, paired).table["p"] < 0.05).all()
    apart = paired | {2010: paired[2010].iloc[::-1]}
    assert (change_of_hubs(scores, apart).table["p"] > 0.5).all()


def test_labels_of_draws_may_be_in_any_order_and_draws_that_are_nan_are_left_out():
    scores, draws = two_years(np.random.default_rng(5), 1.0)
    table = change_of_hubs(scores, draws).table
    turned = {year: each[LABELS[::-1]] for year, each in draws.items()}
    pd.testing.assert_frame_equal(change_of_hubs(scores, turned).table, table)
    draws[2000].iloc[0] = np.nan
    assert change_of_hubs(scores, draws).draws == 198


def test_what_never_varies_and_never_moves_is_no_finding():
    scores, draws = two_years(np.random.default_rng(6))
    scores["f"] = 1.0
    for each in draws.values():
        each["f"] = 1.0
    row = change_of_hubs(scores, draws).table.loc["f"]
    assert (row["p"], row["p_familywise"], row["change_low"], row["change_high"]) == (1, 1, 0, 0)


# -- records ---------------------------------------------------------------------------------------


def shares(part: pd.DataFrame) -> pd.Series:
    codes = np.searchsorted(LABELS, part["cited"].to_numpy(object))
    return pd.Series(np.bincount(codes, minlength=6) / max(len(part), 1), LABELS)


def cited(rng: np.random.Generator, n: int, chances: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"cited": rng.choice(LABELS, n, p=chances)})


def scores_of(records: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({year: shares(part) for year, part in records.groupby("year")}).T


EVEN = [0.4, 0.2, 0.1, 0.1, 0.1, 0.1]


def test_exchange_equals_all_exchanges():
    records = pd.DataFrame({"year": [1] * 3 + [2] * 4, "cited": list("aab" + "bbba")})
    observed = shares(records[3:]) - shares(records[:3])
    extreme = []
    for chosen in combinations(range(7), 3):
        early = records.index.isin(chosen)
        moved = shares(records[~early]) - shares(records[early])
        extreme.append((moved.abs() >= observed.abs() - 1e-9).to_numpy())
    exact = np.mean(extreme, axis=0)
    found = change_of_hubs(
        scores_of(records), records=records, measure=shares, permutations=600
    ).table
    assert np.allclose(found["p"], exact, atol=0.06)


@pytest.mark.parametrize("by", [None, "firm"])
def test_exchange_without_change_rejects_at_its_level(by: str | None):
    rng = np.random.default_rng(7)
    p = []
    for _ in range(25):
        # Firms that cite one industry over and over: records of a firm are no independent ones.
        taste = rng.choice(LABELS, 40, p=EVEN)
        firm = np.repeat(np.arange(40), 5)
        records = pd.DataFrame({"firm": firm, "cited": taste[firm], "year": 2000})
        records["year"] = np.where(rng.random(40) < 0.5, 2000, 2010)[firm]
        found = change_of_hubs(
            scores_of(records), records=records, measure=shares, by=by, permutations=19
        )
        p.extend(found.table["p"])
    level = np.mean(np.array(p) <= 0.05)
    assert level < 0.1 if by else level > 0.15  # which is why there is a unit


def test_exchange_finds_a_change_that_was_made():
    rng = np.random.default_rng(8)
    later = [0.1, 0.2, 0.1, 0.1, 0.1, 0.4]
    records = pd.concat(
        [cited(rng, 300, EVEN).assign(year=2000), cited(rng, 500, later).assign(year=2010)]
    )
    options = {"records": records, "measure": shares, "permutations": 199, "seed": 3}
    found = change_of_hubs(scores_of(records), **options)
    assert found.test == "permutation"
    assert found.table.loc["a", "p_holm"] <= 0.05 and found.table.loc["f", "p_holm"] <= 0.05
    assert found.table.loc[["a", "f"], "verdict"].tolist() == ["fell", "rose"]
    again = change_of_hubs(scores_of(records), **options)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_a_firm_in_both_years_keeps_its_two_sets():
    # One firm, two sets: a coin decides, so a change of any size has p near 1/2 + 1/2.
    records = pd.DataFrame({"year": [1, 1, 2, 2], "cited": list("aabb"), "firm": "x"})
    options = {"records": records, "measure": shares, "permutations": 99}
    assert change_of_hubs(scores_of(records), by="firm", **options).table.loc["a", "p"] == 1


# -- trend -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("T", [4, 5, 7, 12])
def test_mann_kendall_equals_scipy(T: int):
    values = np.random.default_rng(T).random((T, 20))
    _, p = mann_kendall(values)
    theirs = [stats.kendalltau(np.arange(T), v, method="exact").pvalue for v in values.T]
    assert np.allclose(p, theirs, atol=1e-12)


def test_mann_kendall_with_ties_equals_all_orders_and_the_published_variance():
    column = np.array([1.0, 1, 2, 3, 3])
    orders = np.array(list(permutations(column))).T
    S = mann_kendall(column[:, None])[0][0]
    all_S = mann_kendall(orders)[0]
    assert mann_kendall(column[:, None])[1][0] == np.mean(np.abs(all_S) >= S)
    long = np.repeat(np.arange(5.0), 2)[:, None]  # 10 years, 5 ties of 2
    variance = (10 * 9 * 25 - 5 * 2 * 1 * 9) / 18
    S, p = mann_kendall(long)
    assert S[0] == 40
    assert p[0] == pytest.approx(2 * stats.norm.sf(39 / np.sqrt(variance)))
    assert mann_kendall(np.ones((9, 1)))[1][0] == mann_kendall(np.ones((5, 1)))[1][0] == 1


def test_sen_slope_is_the_median_and_its_interval_what_the_test_does_not_refuse():
    rng = np.random.default_rng(9)
    years = np.array([2000.0, 2001, 2003, 2004, 2007, 2008, 2009])
    values = rng.random((7, 30))
    slope, low, high = sen_slope(values, years, 0.9)
    theirs = np.array([stats.theilslopes(v, years)[0] for v in values.T])
    assert np.allclose(slope, theirs)
    for i in range(30):
        for beta, inside in (
            (low[i] - 1e-9, False),
            (low[i] + 1e-9, True),
            (high[i] - 1e-9, True),
            (high[i] + 1e-9, False),
        ):
            p = mann_kendall((values[:, i] - beta * years)[:, None])[1][0]
            assert (p > 0.1) == inside
    assert np.isinf(sen_slope(values[:4], years[:4], 0.95)[1]).all()


def test_trend_without_change_rejects_at_most_at_its_level():
    rng = np.random.default_rng(10)
    values = rng.random((9, 4000))
    p = mann_kendall(values)[1]
    attained = max(each for each in np.unique(p) if each <= 0.05)
    assert np.mean(p <= 0.05) == pytest.approx(attained, abs=0.01)


def test_trend_finds_who_rises():
    years = np.arange(2000, 2010)
    rng = np.random.default_rng(11)
    values = rng.normal(MEANS, 0.05, (10, 6))
    values[:, 5] += (years - 2000) * 1.1
    found = change_of_hubs(pd.DataFrame(values, years, LABELS))
    assert (found.test, found.draws, found.years) == ("trend", 0, tuple(years))
    assert found.table.loc["f", "verdict"] == "rose"
    assert found.table.loc["f", "slope"] == pytest.approx(1.1, abs=0.05)
    assert found.smallest_p == pytest.approx(2 / 3628800)
    part = change_of_hubs(pd.DataFrame(values, years, LABELS), years=(2001, 2005))
    assert part.years == (2001, 2002, 2003, 2004, 2005)


# -- refusals --------------------------------------------------------------------------------------

SCORES = pd.DataFrame([MEANS, MEANS], [2000, 2010], LABELS)
DRAWS = {2000: pd.DataFrame(np.ones((99, 6)), columns=LABELS)}
RECORDS = pd.DataFrame({"year": [2000, 2010], "cited": ["a", "b"], "firm": ["x", None]})


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        (SCORES, {}, "two years without anything behind them leave no test"),
        ({}, {}, "scores: there are none"),
        (SCORES.set_axis(["x", "y"]), {}, "'x' is not a year"),
        (SCORES.set_axis([1, 1]), {}, "1 occurs twice"),
        (SCORES.replace(9.0, np.nan), {}, "'a' has nan in 2000"),
        (SCORES, {"years": (2000, 2005)}, "no scores of 2005, but of 2000, 2010"),
        (SCORES, {"years": (2010, 2000)}, "a later year is needed behind 2010"),
        (SCORES, {"level": 95}, "level: a probability"),
        (SCORES, {"draws": DRAWS}, "draws: there are none of 2010"),
        (SCORES, {"draws": {2000: DRAWS[2000], 2010: DRAWS[2000].iloc[:9]}}, "at least 79"),
        (SCORES, {"records": RECORDS}, "needed together"),
        (SCORES, {"records": RECORDS, "measure": shares}, "'a' is 1, and its score 9"),
        (SCORES, {"records": RECORDS, "measure": shares, "by": "owner"}, "'owner' is missing"),
        (SCORES, {"records": RECORDS, "measure": shares, "by": "firm"}, "row 2 .* no 'firm'"),
        (SCORES, {"records": RECORDS[:1], "measure": shares}, "there are none of 2010"),
    ],
)
def test_what_cannot_be_is_refused(scores: pd.DataFrame, options: dict, message: str):
    with pytest.raises(InputError, match=message):
        change_of_hubs(scores, **options)
