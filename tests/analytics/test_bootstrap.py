"""Bootstrap draws: closed-form moments, enumeration of all draws, and intervals that cover."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import binom, chisquare
from spillgraph.analytics import accumulate
from spillgraph.analytics.inference import Draws, StockDraws, draw_sums
from spillgraph.analytics.inference import _bootstrap as bootstrap
from spillgraph.analytics.inference._intervals import intervals, point_of
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

SECTORS = ("steel", "cars", "glass")
quick = settings(max_examples=40, deadline=None)


def stacked(draws: StockDraws) -> np.ndarray:
    return np.concatenate(list(draws))


def stock(values: object, **more: object) -> LabelledMatrix:
    return LabelledMatrix.build("K", values, SECTORS[: len(values)], unit="citations", **more)


def moments_agree(drawn: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> None:
    """Mean and variance of each cell within five standard errors."""
    count = len(drawn)
    np.testing.assert_array_less(
        np.abs(drawn.mean(axis=0) - mean), 5 * np.sqrt(variance / count) + 1e-9
    )
    fourth = ((drawn - mean) ** 4).mean(axis=0)
    error = np.sqrt(np.maximum(fourth - variance**2, 0) / count)
    np.testing.assert_array_less(np.abs(drawn.var(axis=0) - variance), 5 * error + 1e-9)


def frequencies_agree(drawn: np.ndarray, outcomes: list[np.ndarray]) -> None:
    """The draws are these outcomes, each as often as it is listed."""
    want: dict[tuple, int] = {}
    for outcome in outcomes:
        key = tuple(np.round(outcome.ravel(), 9))
        want[key] = want.get(key, 0) + 1
    got: dict[tuple, int] = {}
    for draw in drawn:
        key = tuple(np.round(draw.ravel(), 9))
        got[key] = got.get(key, 0) + 1
    assert set(got) == set(want)
    expected = np.array([want[key] for key in want]) * len(drawn) / len(outcomes)
    assert chisquare([got[key] for key in want], expected).pvalue > 1e-4


# -- generators of every kind ----------------------------------------------------------------------

FIRMS = ("a", "b", "c", "d", "e")
F = LabelledMatrix.build(
    "F", [[6, 0, 1], [0, 4, 0], [1, 3, 2], [0, 0, 0], [2, 2, 9]], FIRMS, SECTORS
)
B = LabelledMatrix.build(
    "B", [[1, 0, 0], [0.25, 0.75, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]], FIRMS, SECTORS
)
STRATA = pd.Series(["x", "x", "y", "y", "z"], FIRMS)
K3 = stock([[60, 40, 0], [10, 30, 5], [0, 0, 0]])
FLOWS = {
    year: stock(np.arange(9).reshape(3, 3) * (year - 1999) % 7 + 1.0) for year in range(2000, 2008)
}

KINDS = {
    "citations": lambda rng, n, chunk: bootstrap.citations(K3, rng, n, chunk=chunk),
    "firms": lambda rng, n, chunk: bootstrap.firms(F, B, STRATA, rng, n, chunk=chunk),
    "years": lambda rng, n, chunk: bootstrap.years(FLOWS, rng, n, delta=0.1, chunk=chunk),
}


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_gives_same_numbers_in_chunks_of_any_size(kind):
    make = KINDS[kind]
    whole = stacked(make(np.random.default_rng(7), 50, None))
    assert whole.shape == (50, 3, 3)
    for chunk in (1, 7, 50, 99):
        draws = make(np.random.default_rng(7), 50, chunk)
        assert draws.labels == SECTORS
        assert (stacked(draws) == whole).all()
    assert (stacked(make(np.random.default_rng(8), 50, None)) != whole).any()
    # The first draws do not depend on how many follow.
    assert (stacked(make(np.random.default_rng(7), 20, None)) == whole[:20]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_no_draw_is_refused(kind):
    with pytest.raises(InputError, match="number of draws must be at least 1, got 0"):
        KINDS[kind](np.random.default_rng(1), 0, None)


# -- citations -------------------------------------------------------------------------------------


def test_drawn_citations_are_multinomial_given_the_row_total():
    drawn = stacked(bootstrap.citations(K3, np.random.default_rng(1), 40_000))
    K = K3.values.toarray()
    total = K.sum(axis=1, keepdims=True)
    assert (drawn.sum(axis=2) == total.ravel()).all()
    assert (drawn[:, K == 0] == 0).all()
    p = K / np.maximum(total, 1)
    moments_agree(drawn, K, total * p * (1 - p))


def test_drawn_fractional_citations_have_the_variance_of_the_effective_number():
    """A weight a on each of n citations: row total a n, variance a² n p (1 − p)."""
    K = stock([[7.5, 2.5], [1.25, 0.5]])
    p = np.array([[0.75, 0.25], [2.5 / 3.5, 1 / 3.5]])
    number = pd.Series({"cars": 7, "steel": 40})
    drawn = stacked(bootstrap.citations(K, np.random.default_rng(1), 40_000, effective=number))
    n, total = np.array([[40], [7]]), np.array([[10], [1.75]])
    np.testing.assert_allclose(drawn.sum(axis=2), np.broadcast_to(total.ravel(), (40_000, 2)))
    moments_agree(drawn, K.values.toarray(), (total / n) ** 2 * n * p * (1 - p))
    # By default 10 citations, and 1 of weight 1.75.
    drawn = stacked(bootstrap.citations(K, np.random.default_rng(1), 40_000))
    n = np.array([[10], [1]])
    moments_agree(drawn, K.values.toarray(), (total / n) ** 2 * n * p * (1 - p))


@quick
@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=20))
def test_the_effective_number_is_never_below_the_total_of_weights_up_to_1(weights: list[float]):
    w = np.array(weights)
    assert w.sum() ** 2 / (w**2).sum() >= w.sum() * (1 - 1e-12)


def test_a_total_that_rounding_left_below_a_whole_number_counts_as_whole():
    K = stock([[0.1 * 3, 0.7 - 1e-12], [1, 1]])
    assert K.values.toarray()[0].sum() < 1
    drawn = stacked(bootstrap.citations(K, np.random.default_rng(1), 100))
    np.testing.assert_allclose(drawn[:, 0].max(axis=1), 1)


def test_effective_numbers_must_be_whole_and_positive_where_there_are_citations():
    rng = np.random.default_rng(1)
    for number in (2.5, 0.0, -1.0):
        with pytest.raises(InputError, match=rf"'cars' has {number:g}; whole numbers"):
            bootstrap.citations(
                K3, rng, 1, effective=pd.Series({"steel": 5, "cars": number, "glass": 0})
            )
    with pytest.raises(InputError, match=r"receives from 'cars' is -1"):
        bootstrap.citations(stock([[1, -1], [1, 1]]), rng, 1)


# -- firms -----------------------------------------------------------------------------------------


def dense_firms() -> tuple[np.ndarray, np.ndarray]:
    return F.values.toarray(), B.values.toarray()


def test_drawn_firms_are_all_ways_to_draw_within_strata_equally_often():
    f, b = dense_firms()
    outer = np.einsum("fi,fj->fij", b, f)
    # Strata of two: one firm is drawn and counts twice.
    ways = [outer[[x, x, y, y, 4]].sum(axis=0) for x, y in product((0, 1), (2, 3))]
    drawn = stacked(bootstrap.firms(F, B, STRATA, np.random.default_rng(2), 8000))
    frequencies_agree(drawn, ways)


def test_drawn_firms_have_the_closed_form_mean_and_variance():
    """Mean BᵀF; variance Σ over strata of n × the unbiased variance of one firm's B_f ⊗ F_f."""
    rng = np.random.default_rng(4)
    n = 60
    names = [f"f{k}" for k in range(n)]
    f = rng.poisson(1.5, (n, 3)) * rng.integers(0, 3, (n, 1))
    b = rng.dirichlet([0.3, 0.3, 0.3], n) * (rng.random((n, 3)) < 0.7)
    strata = pd.Series(rng.choice(["x", "y", "z"], n), names)
    drawn = stacked(
        bootstrap.firms(
            LabelledMatrix.build("F", f, names, SECTORS),
            LabelledMatrix.build("B", b, names, SECTORS),
            strata,
            rng,
            20_000,
        )
    )
    outer = np.einsum("fi,fj->fij", b, f)
    variance = sum(len(rows) * outer[rows].var(axis=0, ddof=1) for rows in strata_rows(strata))
    moments_agree(drawn, b.T @ f, variance)


def strata_rows(strata: pd.Series) -> list[np.ndarray]:
    return [np.flatnonzero(strata.to_numpy() == name) for name in strata.unique()]


def test_strata_of_one_firm_return_the_stock_itself():
    f, b = dense_firms()
    drawn = stacked(bootstrap.firms(F, B, pd.Series(FIRMS, FIRMS), np.random.default_rng(1), 5))
    np.testing.assert_allclose(drawn, np.broadcast_to(b.T @ f, (5, 3, 3)), rtol=1e-14)


def test_firms_are_matched_by_label():
    shuffled = LabelledMatrix.build(
        "B",
        B.to_frame().loc[["e", "c", "a", "d", "b"], ["cars", "glass", "steel"]],
        ["e", "c", "a", "d", "b"],
        ["cars", "glass", "steel"],
    )
    first = stacked(bootstrap.firms(F, B, STRATA, np.random.default_rng(1), 9))
    second = bootstrap.firms(F, shuffled, STRATA[::-1], np.random.default_rng(1), 9)
    np.testing.assert_allclose(stacked(second), first, rtol=1e-14)


def test_firms_that_differ_or_have_no_stratum_are_refused():
    rng = np.random.default_rng(1)
    other = LabelledMatrix.build("B", np.eye(5)[:, :3], ("a", "b", "c", "d", "x"), SECTORS)
    wool = LabelledMatrix.build("B", np.eye(5)[:, :3], FIRMS, ("steel", "cars", "wool"))
    for matrix, text in ((other, "matrix B: .*'e'.*'x'"), (wool, "columns .*'glass'.*'wool'")):
        with pytest.raises(InputError, match=text):
            bootstrap.firms(F, matrix, STRATA, rng, 1)
    with pytest.raises(InputError, match="firm 'c' has none"):
        bootstrap.firms(F, B, STRATA.replace("y", None), rng, 1)
    with pytest.raises(InputError, match=r"strata: .*'e'"):
        bootstrap.firms(F, B, STRATA.drop("e"), rng, 1)
    with pytest.raises(InputError, match="strata: label 'a' occurs twice"):
        bootstrap.firms(F, B, pd.concat([STRATA, STRATA[:1]]), rng, 1)


# -- years -----------------------------------------------------------------------------------------


def test_drawn_years_are_all_ways_to_lay_blocks_equally_often():
    flows = {year: FLOWS[year] for year in (2000, 2001, 2003)}  # 2002 has no flow
    content = [FLOWS[2000], FLOWS[2001], None, FLOWS[2003]]
    M = [np.zeros((3, 3)) if m is None else m.values.toarray() for m in content]
    weight = [0.8**3, 0.8**2, 0.8, 1.0]
    ways = []
    for first, second in product(range(2), repeat=2):  # blocks of 3: years 0–2 or 1–3
        years = [first, first + 1, first + 2, second]
        ways.append(sum(w * M[year] for w, year in zip(weight, years, strict=True)))
    drawn = stacked(bootstrap.years(flows, np.random.default_rng(3), 4000, delta=0.2, block=3))
    frequencies_agree(drawn, ways)


def test_single_years_have_the_closed_form_mean_and_variance():
    """Blocks of one year: Σ weights × mean flow, and Σ weights² × variance of the flows."""
    M = np.stack([flow.values.toarray() for flow in FLOWS.values()])
    weight = 0.9 ** np.arange(8)
    drawn = stacked(bootstrap.years(FLOWS, np.random.default_rng(3), 20_000, delta=0.1, block=1))
    moments_agree(drawn, weight.sum() * M.mean(axis=0), (weight**2).sum() * M.var(axis=0))


def test_one_block_of_all_years_is_the_stock_itself():
    drawn = stacked(bootstrap.years(FLOWS, np.random.default_rng(3), 3, delta=0.1, block=8))
    want = accumulate(FLOWS, 0.1)[2007].values.toarray()
    np.testing.assert_allclose(drawn, np.broadcast_to(want, (3, 3, 3)), rtol=1e-14)


@pytest.mark.parametrize(("T", "block"), [(1, 1), (8, 2), (9, 3), (27, 3), (28, 4)])
def test_blocks_have_the_cube_root_of_the_years(T: int, block: int):
    rng = np.random.default_rng(1)
    flows = {2000 + t: stock(rng.integers(0, 99, (2, 2))) for t in range(T)}
    default = stacked(bootstrap.years(flows, np.random.default_rng(5), 30))
    given_block = stacked(bootstrap.years(flows, np.random.default_rng(5), 30, block=block))
    assert (default == given_block).all()
    if T > 1:
        other = stacked(bootstrap.years(flows, np.random.default_rng(5), 30, block=block + 1))
        assert (default != other).any()


def test_years_in_other_orders_of_labels_are_aligned_and_bad_ones_refused():
    order = ["glass", "steel", "cars"]
    mixed = {year: flow.aligned_to(order) if year % 2 else flow for year, flow in FLOWS.items()}
    first = stacked(bootstrap.years(FLOWS, np.random.default_rng(1), 5))
    assert (stacked(bootstrap.years(mixed, np.random.default_rng(1), 5)) == first).all()
    rng = np.random.default_rng(1)
    for more, text in (
        ({"block": 9}, "1 to 8 years are possible here, got 9"),
        ({"block": 0}, "got 0"),
        ({"delta": 1.5}, "between 0 and 1, got 1.5"),
    ):
        with pytest.raises(InputError, match=text):
            bootstrap.years(FLOWS, rng, 1, **more)
    with pytest.raises(InputError, match="no year"):
        bootstrap.years({}, rng, 1)


# -- intervals -------------------------------------------------------------------------------------


def made(values: np.ndarray, singular: int = 0) -> Draws:
    frame = pd.DataFrame(values, columns=list(SECTORS[: values.shape[1]]))
    return Draws({"benefit": frame}, len(values), singular)


def test_intervals_of_1_to_99_are_the_draws_of_that_order():
    order = np.random.default_rng(1).permutation(99)
    values = np.column_stack([np.arange(1.0, 100)[order], np.full(99, 5.0)])
    table = intervals(made(values), made(np.array([[40.0, 5.0]])), 0.9).set_index("sector")
    want = {
        "estimate": 40,
        "se": np.sqrt(99 * 100 / 12),  # n (n + 1) / 12 for 1 … n, divisor n − 1
        "bias": 10,
        "percentile_low": 5,
        "percentile_high": 95,
        "basic_low": 80 - 95,
        "basic_high": 80 - 5,
        "draws": 99,
    }
    for name, number in want.items():
        assert table.loc["steel", name] == pytest.approx(number, rel=1e-13), name
    constant = table.loc["cars", ["se", "bias"]].tolist()
    assert constant == [0, 0]
    assert set(table.loc["cars", ["percentile_low", "basic_low", "basic_high"]]) == {5.0}


def test_intervals_agree_with_numpy_quantiles_of_the_same_kind():
    values = np.random.default_rng(2).normal(size=(57, 3))
    table = intervals(made(values), made(np.zeros((1, 3))))
    for name, p in (("percentile_low", 0.025), ("percentile_high", 0.975)):
        np.testing.assert_allclose(
            table[name], np.quantile(values, p, axis=0, method="weibull"), rtol=1e-12
        )
    np.testing.assert_allclose(table["se"], values.std(axis=0, ddof=1), rtol=1e-12)


@pytest.mark.parametrize("freedom", [6, 12, 40, 10_000])
def test_intervals_of_normal_draws_reach_as_far_as_students_t(freedom: int):
    sigma, count = 2.5, 99_999
    normal = stats.norm(10.0, sigma).ppf(np.arange(1, count + 1) / (count + 1))
    table = intervals(made(normal[:, None]), made(np.array([[10.0]])), freedom=freedom)
    far = stats.t(freedom).ppf(0.975) * sigma
    np.testing.assert_allclose(table["percentile_high"], 10.0 + far, rtol=1e-4)
    np.testing.assert_allclose(table["percentile_low"], 10.0 - far, rtol=1e-4)
    assert table["se"].item() == pytest.approx(sigma, rel=1e-3)


def test_ends_beyond_the_draws_are_the_outermost_and_no_freedom_is_refused():
    draws, one = made(np.arange(1.0, 100)[:, None]), made(np.array([[50.0]]))
    table = intervals(draws, one, freedom=1)
    assert table[["percentile_low", "percentile_high"]].to_numpy().tolist() == [[1.0, 99.0]]
    with pytest.raises(InputError, match="at least 1 are needed, got 0"):
        intervals(draws, one, freedom=0)


def test_singular_draws_do_not_enter_and_are_missing_in_the_count():
    values = np.random.default_rng(2).normal(size=(60, 2))
    gaps = np.insert(values, [0, 30, 60], np.nan, axis=0)
    with_gaps = intervals(made(gaps, 3), made(np.zeros((1, 2))))
    assert with_gaps["draws"].tolist() == [60, 60]
    pd.testing.assert_frame_equal(with_gaps, intervals(made(values), made(np.zeros((1, 2)))))


def test_estimates_are_matched_by_label():
    draws = made(np.random.default_rng(2).normal(size=(50, 2)))
    one = Draws({"benefit": pd.DataFrame({"cars": [2.0], "steel": [1.0]})}, 1, 0)
    assert intervals(draws, one)["estimate"].tolist() == [1.0, 2.0]


def test_too_few_draws_and_estimates_that_do_not_fit_are_refused():
    one, draws = made(np.zeros((1, 2))), made(np.zeros((38, 2)))
    with pytest.raises(InputError, match="95% needs at least 39 regular draws, got 38"):
        intervals(draws, one)
    assert len(intervals(draws, one, 0.94)) == 2
    gaps = np.zeros((60, 2))
    gaps[:25] = np.nan
    with pytest.raises(InputError, match="39 regular draws, got 35"):
        intervals(made(gaps, 25), one)
    with pytest.raises(InputError, match="level must lie between 0 and 1, got 95"):
        intervals(draws, one, 95)
    with pytest.raises(InputError, match="got 38, 0 of them singular"):
        point_of(draws, draws)
    with pytest.raises(InputError, match="got 1, 1 of them singular"):
        point_of(draws, made(np.full((1, 2), np.nan), 1))
    with pytest.raises(InputError, match="sector 'glass' is not in both"):
        point_of(draws, made(np.zeros((1, 3))))
    with pytest.raises(InputError, match="quantity 'benefit' is not in both"):
        point_of(draws, Draws({"loss": one.values["benefit"]}, 1, 0))


def only_benefit(draws: Draws) -> Draws:
    return Draws({"benefit": draws.values["benefit"]}, draws.count, draws.singular)


def test_percentile_intervals_of_multinomial_citations_cover_the_truth_nominally():
    """200 economies of 3 sectors, 199 draws each: 95% intervals, count within 1e-4 tails."""
    rng = np.random.default_rng(11)
    S = LabelledMatrix.build("S", np.full((3, 3), 0.2), SECTORS)
    P = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.3, 0.3, 0.4]])
    truth = draw_sums(S, stock(P)).values["benefit"].to_numpy()[0]
    covered = np.zeros(3)
    for _ in range(200):
        K = stock(rng.multinomial(400, P))
        draws = draw_sums(S, bootstrap.citations(K, rng, 199))
        table = intervals(*(only_benefit(found) for found in (draws, draw_sums(S, K))))
        covered += (table["percentile_low"] <= truth) & (truth <= table["percentile_high"])
    low, high = binom.ppf(1e-4, 200, 0.95), binom.ppf(1 - 1e-4, 200, 0.95)
    assert ((low <= covered) & (covered <= high)).all(), covered
