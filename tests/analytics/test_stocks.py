"""Stocks: closed forms, windows, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import (
    accumulate,
)
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

AB = ["steel", "cars"]
quick = settings(max_examples=40, deadline=None)


def labelled(name: str, values: object, labels: list[str] = AB, **more: object) -> LabelledMatrix:
    return LabelledMatrix.build(name, values, labels, **more)  # type: ignore[arg-type]


flows_by_year = st.dictionaries(
    st.integers(1992, 1999),
    st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=2),
    min_size=1,
)


@quick
@given(flows_by_year, st.floats(0, 1))
def test_stock_equals_its_closed_form(flows, delta):
    stocks = accumulate({t: labelled("M", values) for t, values in flows.items()}, delta)
    assert list(stocks) == list(range(min(flows), max(flows) + 1))
    for t, stock in stocks.items():
        terms = ((1 - delta) ** (t - s) * np.array(v, float) for s, v in flows.items() if s <= t)
        want = sum(terms, np.zeros((2, 2)))
        np.testing.assert_allclose(stock.values.toarray(), want, rtol=1e-12, atol=1e-12)
        assert stock.year == t


@quick
@given(flows_by_year)
def test_stock_without_depreciation_is_the_cumulative_sum_exactly(flows):
    stocks = accumulate({t: labelled("M", values) for t, values in flows.items()})
    for t, stock in stocks.items():
        want = np.sum([v for s, v in flows.items() if s <= t], axis=0)
        assert (stock.values.toarray() == want).all()


def test_years_with_labels_in_another_order_add_up_by_label():
    first = labelled("M", [[1, 2], [3, 4]], unit="citations")
    second = labelled("M", [[40, 30], [20, 10]], ["cars", "steel"], unit="citations")
    stock = accumulate({2001: second, 2000: first})[2001]
    assert stock.rows == ("steel", "cars")
    assert stock.values.toarray().tolist() == [[11, 22], [33, 44]]
    assert stock.unit == "citations"


def test_stocks_share_no_numbers_with_each_other_or_with_the_flows():
    flow = labelled("M", [[1, 2], [3, 4]])
    stocks = accumulate({2000: flow, 2002: flow}, delta=0.0)
    stocks[2000].values.data[:] = -1
    assert flow.sum() == 10
    assert [stocks[2001].sum(), stocks[2002].sum()] == [10, 20]


def test_stocks_refuse_what_does_not_add_up():
    good = labelled("M", [[1, 2], [3, 4]], unit="citations")
    with pytest.raises(InputError, match="no year"):
        accumulate({})
    for delta in (-0.1, 1.1, np.nan):
        with pytest.raises(InputError, match="between 0 and 1"):
            accumulate({2000: good}, delta)
    with pytest.raises(InputError, match=r"M of 2001.*'wool'"):
        accumulate({2000: good, 2001: labelled("M", [[1]], ["wool"], unit="citations")})
    with pytest.raises(InputError, match=r"M of 2001: its unit is 'US\$'"):
        accumulate({2000: good, 2001: labelled("M", [[1, 2], [3, 4]], unit="US$")})
    with pytest.raises(InputError, match=r"M of 2001: .*'cars' receives from 'steel' is -3"):
        accumulate({2000: good, 2001: labelled("M", [[1, 2], [-3, -4]], unit="citations")})


@quick
@given(flows_by_year, st.floats(0, 1), st.integers(1, 9))
def test_a_window_sums_its_years_alone(flows, delta, window):
    stocks = accumulate({t: labelled("M", v) for t, v in flows.items()}, delta, window)
    for t, stock in stocks.items():
        inside = {s: np.array(v, float) for s, v in flows.items() if t - window < s <= t}
        want = sum(((1 - delta) ** (t - s) * v for s, v in inside.items()), np.zeros((2, 2)))
        np.testing.assert_allclose(stock.values.toarray(), want, rtol=1e-12, atol=1e-12)


@quick
@given(flows_by_year, st.floats(0, 1))
def test_a_window_as_long_as_the_data_changes_nothing(flows, delta):
    matrices = {t: labelled("M", v) for t, v in flows.items()}
    windowed, whole = accumulate(matrices, delta, 99), accumulate(matrices, delta)
    for t, stock in whole.items():
        want = stock.values.toarray()
        np.testing.assert_allclose(windowed[t].values.toarray(), want, rtol=1e-12, atol=1e-300)


def test_a_window_of_nothing_is_refused():
    with pytest.raises(InputError, match="at least one year, got 0"):
        accumulate({2000: labelled("M", [[1, 2], [3, 4]])}, window=0)
