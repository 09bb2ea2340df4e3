"""Depreciation for tax, capital stocks and rental costs: golden numbers and closed forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import capital_stock, pv_depreciation, rental_cost
from spillgraph.analytics.accounts import deductions
from spillgraph.core.errors import InputError

quick = settings(max_examples=50, deadline=None)

#: By life: deductions counted at the end and at the beginning of the year, r = 7.01%.
GOLDEN = {
    3: (0.9077302951, 0.9713621887),
    5: (0.8602253268, 0.9205271222),
    7: (0.8172056736, 0.8744917913),
    10: (0.7589972889, 0.8122029988),
    11: (0.7067833268, 0.756328838),
    15: (0.6359229841, 0.6805011853),
    20: (0.562192806, 0.6016025218),
    21: (0.5155630894, 0.551704062),
    30: (0.4132195287, 0.4421862177),
    39: (0.3397362558, 0.3635517673),
}


@pytest.mark.parametrize("life", GOLDEN)
def test_present_values_are_the_golden_ones(life: int) -> None:
    end, begin = GOLDEN[life]
    assert pv_depreciation(life, 0.0701, "end") == pytest.approx(end, abs=6e-11)
    assert pv_depreciation(life, 0.0701, "begin") == pytest.approx(begin, abs=6e-11)


@pytest.mark.parametrize(("life", "rate"), [(21, 0.0701), (30, 0.0701), (39, 0.03), (50, -0.01)])
def test_straight_line_has_a_closed_form(life: int, rate: float) -> None:
    closed = (1 - (1 + rate) ** -life) / (rate * life)
    assert pv_depreciation(life, rate) == pytest.approx(closed, rel=1e-13)


@quick
@given(st.floats(0.1, 60), st.floats(0, 0.5))
def test_deductions_sum_to_one_and_come_in_as_many_years_as_the_life(life: float, r: float) -> None:
    taken = deductions(life)
    assert len(taken) == np.ceil(life)
    assert taken.sum() == pytest.approx(1, abs=1e-12) and (taken >= 0).all()
    end, begin = pv_depreciation(life, r), pv_depreciation(life, r, "begin")
    assert begin == pytest.approx(end * (1 + r), rel=1e-12) and 0 < end <= 1 + 1e-12
    assert pv_depreciation(life, 0.0) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("life", range(1, 21))
def test_declining_balance_turns_into_a_straight_line_and_never_back(life: int) -> None:
    taken = deductions(life)
    speed = 2.0 if life <= 10 else 1.5
    left = 1 - np.concatenate([[0], np.cumsum(taken)[:-1]])
    declining = np.minimum(speed / life * left, left)
    straight = left / (life - np.arange(life))
    np.testing.assert_allclose(taken, np.maximum(declining, straight), atol=1e-12)
    switched = straight > declining + 1e-12
    assert (np.diff(switched.astype(int)) >= 0).all()


def test_steady_growth_reproduces_the_flow() -> None:
    """K grows by g, and the flow is what keeps it growing: F = K − (1 − δ) K/(1 + g)."""
    rng = np.random.default_rng(1)
    flows = pd.DataFrame(rng.uniform(0, 9, (3, 4)), list("abc"), list("WXYZ"))
    g = pd.Series(rng.uniform(-0.02, 0.08, 4), list("ZYXW"))
    delta = pd.Series([0.03, 0.1, 0.2], list("abc"))
    stock = capital_stock(flows, g, delta)
    rates = g[list("WXYZ")].to_numpy()
    before = stock / (1 + rates)
    np.testing.assert_allclose(stock - before.mul(1 - delta, axis=0), flows, rtol=1e-12)
    assert (stock.index.name, stock.columns.name) == ("upstream", "downstream")


def test_rental_cost_without_tax_is_interest_and_depreciation() -> None:
    stock = pd.DataFrame({"cars": [100.0, 50]}, index=["machines", "halls"])
    delta, life = (
        pd.Series({"halls": 0.03, "machines": 0.1}),
        pd.Series({"machines": 7, "halls": 39}),
    )
    plain = rental_cost(stock, delta, life, r=0.05, tax=0.0)
    assert plain["cars"].round(12).tolist() == [15.0, 4.0]
    # With z = 1, at no interest, the tax falls out; a credit comes off the price.
    free = rental_cost(stock, delta, life, r=0.0, tax=0.34)
    assert free["cars"].round(12).tolist() == [10.0, 1.5]
    credit = rental_cost(stock, delta, life, r=0.05, tax=0.0, credit=0.1)
    np.testing.assert_allclose(credit, 0.9 * plain)
    taxed = rental_cost(stock, delta, life)
    by_hand = (0.0701 + 0.1) * (1 - 0.34 * 0.8172056736) / 0.66 * 100
    assert taxed.loc["machines", "cars"] == pytest.approx(by_hand, rel=1e-10)


def test_a_capital_good_without_a_life_is_named() -> None:
    stock = pd.DataFrame({"cars": [100.0, 0]}, index=["machines", "halls"])
    with pytest.raises(InputError, match="capital good 'machines' is in use and has no life"):
        rental_cost(stock, 0.1, pd.Series({"halls": 39}))
    with pytest.raises(InputError, match="'machines' is in use and has no life"):
        rental_cost(stock, 0.1, pd.Series({"machines": np.nan}))
    # What nobody uses needs none.
    assert rental_cost(stock, 0.1, pd.Series({"machines": 7})).loc["halls", "cars"] == 0
    with pytest.raises(InputError, match=r"capital good 'machines': life: '-1\.0' years"):
        rental_cost(stock, 0.1, pd.Series({"machines": -1}))


def test_a_stock_that_has_no_bound_is_named() -> None:
    flows = pd.DataFrame({"cars": [1.0], "steel": [0.0]}, index=["machines"])
    with pytest.raises(InputError, match=r"'machines' used by 'cars': growth -0.1 .*sum to 0"):
        capital_stock(flows, -0.1, 0.1)
    # No flow, no stock, whatever the rates.
    growth = pd.Series({"cars": 0.0, "steel": -0.5})
    assert capital_stock(flows, growth, 0.1).to_numpy().tolist() == [[10, 0]]
    with pytest.raises(InputError, match="growth: capital good 'machines' used by 'cars' has none"):
        capital_stock(flows, pd.Series({"steel": 0.1}), 0.1)
    with pytest.raises(InputError, match=r"depreciation: its labels differ .*'halls'"):
        capital_stock(flows, 0.0, pd.DataFrame({"cars": [0.1], "steel": [0.1]}, index=["halls"]))
    with pytest.raises(InputError, match=r"depreciation: a number.*got a str"):
        capital_stock(flows, 0.0, "0.1")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pv_depreciation(0), "life: '0' years"),
        (lambda: pv_depreciation(float("nan")), "life: 'nan' years"),
        (lambda: pv_depreciation(5, -1), "r: '-1'"),
        (lambda: pv_depreciation(5, 0.07, "middle"), "timing: 'middle'"),  # type: ignore[arg-type]
        (lambda: pv_depreciation(pd.Series({"halls": np.nan})), "capital good 'halls'"),
        (lambda: rental_cost(pd.DataFrame({"a": [1.0]}), 0.1, pd.Series([3]), tax=1), "tax: '1'"),
    ],
)
def test_numbers_out_of_range_are_refused(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
