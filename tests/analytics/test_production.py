"""Production shares: golden numbers, benchmark years, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import (
    citation_shares,
    interpolate_shares,
    production_shares,
    spectral_radius,
)
from spillgraph.analytics.networks import benchmarks
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix

AB = ["steel", "cars"]
quick = settings(max_examples=40, deadline=None)


def labelled(name: str, values: object, labels: list[str] = AB, **more: object) -> LabelledMatrix:
    return LabelledMatrix.build(name, values, labels, **more)  # type: ignore[arg-type]


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


@quick
@given(st.lists(st.integers(1990, 2020), min_size=1, max_size=5), st.integers(1980, 2030))
def test_between_benchmarks_coefficients_lie_on_the_line(years, year):
    rng = np.random.default_rng(1)
    S = {y: labelled("S", rng.random((2, 2)) / 2, year=y) for y in years}
    found = interpolate_shares(S, year)
    # The oracle: numpy's interpolation, entry by entry.
    known = sorted(S)
    for i in range(2):
        for j in range(2):
            points = [S[y].values.toarray()[i, j] for y in known]
            assert found.values.toarray()[i, j] == pytest.approx(np.interp(year, known, points))
    assert found.year == year
    inside = known[0] <= year <= known[-1]
    assert ("nearest" in found.provenance["table"]) == (not inside)


def test_a_year_with_a_table_keeps_it_to_the_last_digit():
    S = {y: labelled("S", [[0.1 * k, 0.3], [0.2, 0.4]]) for k, y in enumerate((2007, 2012, 2017))}
    assert (interpolate_shares(S, 2012).values != S[2012].values).nnz == 0
    assert benchmarks(S, 2012) == (2012, 2012, 0.0)


def test_tables_are_brought_together_by_label():
    first = labelled("S", [[0.1, 0.2], [0.3, 0.4]])
    second = labelled("S", [[0.4, 0.3], [0.2, 0.1]], ["cars", "steel"])
    between = interpolate_shares({2000: first, 2010: second}, 2005)
    assert between.values.toarray() == pytest.approx(first.values.toarray())
    with pytest.raises(InputError, match="'wool'"):
        interpolate_shares({2000: first, 2010: labelled("S", [[0.1]], ["wool"])}, 2005)
    with pytest.raises(InputError, match="at least one year with a table"):
        interpolate_shares({}, 2005)


def test_a_sector_that_uses_more_than_it_makes_is_told_with_its_amounts() -> None:
    """Its own deliveries are the cause, whether or not it buys of others that leak."""
    output = pd.Series({"a": 100.0, "b": 100.0, "c": 100.0})
    for bought in (0.0, 5.0):
        Z = pd.DataFrame([[150.0, bought, 0], [5, 10, 10], [0, 10, 0]], list("abc"), list("abc"))
        told = rf"'a' buys inputs of {150 + bought:g}, 150 of them from itself, .* output of 100:"
        with pytest.raises(ClosedClassError, match=told) as refused:
            production_shares(Z, output)
        assert refused.value.classes == [["a"]]
    Z = pd.DataFrame([[0.0, 120, 0], [110, 0, 0], [0, 10, 0]], list("abc"), list("abc"))
    told = "'a' buys inputs of 120 for a gross output of 100: .* So does 1 more. Correct"
    with pytest.raises(ClosedClassError, match=told) as refused:
        production_shares(Z, output)
    assert refused.value.classes == [["a", "b"]]
