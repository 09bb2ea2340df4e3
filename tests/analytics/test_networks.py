"""Stocks and shares: closed forms, golden numbers, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import (
    accumulate,
    citation_shares,
    closed_classes,
    production_shares,
    spectral_radius,
)
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix

AB = ["steel", "cars"]
quick = settings(max_examples=40, deadline=None)


def labelled(name: str, values: object, labels: list[str] = AB, **more: object) -> LabelledMatrix:
    return LabelledMatrix.build(name, values, labels, **more)  # type: ignore[arg-type]


@st.composite
def counts(draw: st.DrawFn) -> LabelledMatrix:
    n = draw(st.integers(1, 5))
    row = st.lists(st.one_of(st.just(0), st.integers(0, 9)), min_size=n, max_size=n)
    values = draw(st.lists(row, min_size=n, max_size=n))
    return labelled("K", values, [f"s{i}" for i in range(n)], unit="citations", year=2000)


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
@given(counts())
def test_citation_shares_and_own_share_sum_to_one_on_rows_that_cite(K):
    shares = citation_shares(K)
    sums = shares.W.to_frame().sum(axis=1)
    total = K.to_frame().sum(axis=1).to_numpy()
    np.testing.assert_allclose((sums + shares.own)[total > 0], 1, rtol=1e-14)
    assert shares.zero_rows == tuple(np.array(K.rows)[total == 0])
    assert shares.own[list(shares.zero_rows)].isna().all()
    assert (shares.leak[list(shares.zero_rows)] == 1).all()
    assert (sums[list(shares.zero_rows)] == 0).all()
    assert shares.leak[total > 0].equals(shares.own[total > 0].rename("leak"))
    assert (shares.W.values.diagonal() == 0).all()
    assert (shares.W.unit, shares.W.year) == ("share", 2000)


@quick
@given(counts(), st.integers(2, 1000))
def test_citation_shares_do_not_depend_on_how_much_a_sector_cites(K, factor):
    scaled = K.to_frame()
    scaled.iloc[0] *= factor
    again = citation_shares(labelled("K", scaled.to_numpy(), list(K.rows)))
    np.testing.assert_allclose(
        again.W.values.toarray(), citation_shares(K).W.values.toarray(), rtol=1e-14
    )


@quick
@given(counts(), st.randoms(use_true_random=False))
def test_permuting_sectors_permutes_shares(K, random):
    order = random.sample(K.rows, len(K.rows))
    first, second = citation_shares(K), citation_shares(K.aligned_to(order))
    pd.testing.assert_frame_equal(second.W.to_frame(), first.W.to_frame().loc[order, order])
    pd.testing.assert_series_equal(second.leak, first.leak[order])
    assert set(second.zero_rows) == set(first.zero_rows)


def test_golden_citations_normalise_before_the_diagonal_is_emptied():
    shares = citation_shares(labelled("K", [[6, 4], [1, 3]]))
    assert shares.W.values.toarray().tolist() == [[0, 2 / 5], [1 / 4, 0]]
    # The reversed order gives rows that sum to 1, and a closed class whatever the data.
    reversed_order = labelled("W", [[0, 1], [1, 0]])
    assert closed_classes(shares.W) == [] and closed_classes(reversed_order) == [AB]


def test_golden_production_shares_are_exact():
    Z = labelled("Z", [[20, 30], [20, 80]], unit="US$", year=1992)
    shares = production_shares(Z, pd.Series({"cars": 200.0, "steel": 100.0}))
    assert shares.S.values.toarray().tolist() == [[0.2, 0.3], [0.1, 0.4]]
    assert shares.value_added.to_dict() == {"steel": 0.5, "cars": 0.5}
    assert (shares.zero_output, shares.heavy_rows, shares.S.year) == ((), (), 1992)


def test_shares_divide_by_the_output_of_the_user():
    Z = labelled("Z", [[0, 30], [0, 0]])  # steel buys 30 from cars
    shares = production_shares(Z, pd.Series({"steel": 60.0, "cars": 1e9}))
    assert shares.S.to_frame().loc["steel", "cars"] == 0.5


def test_output_of_zero_or_less_is_flagged_where_there_are_no_inputs():
    Z = labelled("Z", [[1, 1, 1], [0, 0, 0], [0, 0, 0]], ["a", "b", "c"])
    shares = production_shares(Z, pd.Series({"a": 4.0, "b": 0.0, "c": -5.0}))
    assert shares.zero_output == ("b", "c")
    assert shares.S.to_frame().loc[["b", "c"]].to_numpy().sum() == 0
    assert shares.value_added.to_dict() == {"a": 0.25, "b": 1.0, "c": 1.0}


@pytest.mark.parametrize("output", [0.0, -1.0])
def test_inputs_without_output_are_refused_naming_the_sector(output):
    Z = labelled("Z", [[1, 1], [1, 1]])
    with pytest.raises(
        InputError, match=f"'cars' buys inputs of 2 but has an output of {output:g}"
    ):
        production_shares(Z, pd.Series({"steel": 4.0, "cars": output}))


def test_heavy_rows_are_flagged_and_refused_only_where_chains_grow():
    Z = labelled("Z", [[0, 15], [5, 0]])
    shares = production_shares(Z, pd.Series({"steel": 10.0, "cars": 10.0}))
    assert shares.heavy_rows == ("steel",)
    assert shares.value_added["steel"] == pytest.approx(-0.5)
    assert spectral_radius(shares.S) == pytest.approx(np.sqrt(0.75))
    with pytest.raises(InputError, match=r"radius is 1.22474.*'steel'"):
        production_shares(
            labelled("Z", [[0, 30], [5, 0]]), pd.Series({"steel": 10.0, "cars": 10.0})
        )
    with pytest.raises(ClosedClassError, match=r"'steel', 'cars'"):
        production_shares(
            labelled("Z", [[0, 10], [10, 0]]), pd.Series({"steel": 10.0, "cars": 10.0})
        )


def test_a_row_of_thirds_that_sums_to_one_in_fractions_is_heavy():
    Z = labelled("Z", [[1, 1, 1], [0, 1, 0], [0, 0, 1]], ["a", "b", "c"])
    shares = production_shares(Z, pd.Series({"a": 3.0, "b": 2.0, "c": 2.0}))
    assert shares.heavy_rows == ("a",)
    assert shares.value_added["a"] == 0.0


def test_flows_and_outputs_are_refused_naming_what_is_wrong():
    good = pd.Series({"steel": 10.0, "cars": 10.0})
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(InputError, match="'steel' receives from 'cars'"):
            production_shares(labelled("Z", [[0, wrong], [wrong, 0]]), good)
        with pytest.raises(InputError, match="'steel' receives from 'cars'"):
            citation_shares(labelled("K", [[0, wrong], [wrong, 0]]))
    Z = labelled("Z", [[1, 1], [1, 1]])
    with pytest.raises(InputError, match=r"gross output: .*'wool'"):
        production_shares(Z, pd.Series({"steel": 10.0, "cars": 10.0, "wool": 1.0}))
    with pytest.raises(InputError, match=r"gross output: .*'cars'"):
        production_shares(Z, pd.Series({"steel": 10.0}))
    with pytest.raises(InputError, match=r"gross output: label 'steel' occurs twice"):
        production_shares(Z, pd.Series([1.0, 2.0, 3.0], ["steel", "steel", "cars"]))
    with pytest.raises(InputError, match=r"gross output: 'cars' has nan"):
        production_shares(Z, pd.Series({"steel": 10.0, "cars": np.nan}))
