"""Pools against sums over pairs, one by one, and their exact identities."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse
from spillgraph.analytics import knowledge_pools, pool
from spillgraph.analytics.steel_and_cars import S, W
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

N = 6
LABELS = [f"i{n}" for n in range(N)]
BOTH = ["patents_outward", "patents_inward"]
VERDICTS = arrays.arrays(float, (N, N), elements=st.sampled_from([0.0, 1.0]))
GAPS = arrays.arrays(float, (N, N), elements=st.sampled_from([0.0, 1.0, np.nan]))
# Whole numbers, so that sums are exact whatever their order.
SIZES = arrays.arrays(float, N, elements=st.integers(0, 1000).map(float))
UNKNOWN = arrays.arrays(float, N, elements=st.sampled_from([0.0, 1.0, 5.0, np.nan]))


def frame(phi: np.ndarray) -> pd.DataFrame:
    phi = phi.copy()
    np.fill_diagonal(phi, 0.0)
    return pd.DataFrame(phi, LABELS, LABELS)


def of(x: np.ndarray, name: str = "patents") -> pd.DataFrame:
    """Values under their labels, in another order than the matrix."""
    return pd.DataFrame({name: x}, LABELS).iloc[::-1]


def term(m: float, x: float) -> float:
    """One term as the rule says it: no link needs no value, and no verdict leaves no sum."""
    if math.isnan(m):
        return math.nan
    return 0.0 if m == 0 else m * x


@given(GAPS, UNKNOWN)
def test_a_pool_is_the_sum_over_sources(M: np.ndarray, x: np.ndarray):
    table = pd.DataFrame(M, LABELS, LABELS)
    found = pool(table, of(x)["patents"])
    filled = pool(table, of(x)["patents"], missing="zero")
    for j in range(N):
        wanted = sum(term(M[j, k], x[k]) for k in range(N))
        assert found[LABELS[j]] == pytest.approx(wanted, nan_ok=True)
        assert filled[LABELS[j]] == sum(
            np.nan_to_num(M[j, k]) * np.nan_to_num(x[k]) for k in range(N)
        )


@given(GAPS, UNKNOWN)
def test_knowledge_pools_are_sums_over_pairs(phi: np.ndarray, x: np.ndarray):
    table = frame(phi)
    found = knowledge_pools(table, of(x))
    p = table.to_numpy()
    for j in range(N):
        others = [k for k in range(N) if k != j]
        wanted = [
            sum(term(p[j, k], x[k]) for k in others),
            sum(term(p[k, j], x[k]) for k in others),
        ]
        assert found.loc[LABELS[j]].tolist() == pytest.approx(wanted, nan_ok=True)


@given(GAPS, UNKNOWN)
def test_without_mutual_pairs_a_verdict_is_what_all_completions_agree_on(
    phi: np.ndarray, x: np.ndarray
):
    """φ_jk (1 − φ_kj) under every way to fill in what is not known; NaN where they differ."""
    p = frame(phi).to_numpy()

    def verdict(j: int, k: int) -> float:
        mine, back = ([0.0, 1.0] if math.isnan(v) else [v] for v in (p[j, k], p[k, j]))
        found = {a * (1 - b) for a in mine for b in back}
        return found.pop() if len(found) == 1 else math.nan

    found = knowledge_pools(frame(phi), of(x), mutual="exclude")
    for j in range(N):
        others = [k for k in range(N) if k != j]
        wanted = [
            sum(term(verdict(j, k), x[k]) for k in others),
            sum(term(verdict(k, j), x[k]) for k in others),
        ]
        assert found.loc[LABELS[j]].tolist() == pytest.approx(wanted, nan_ok=True)


@given(VERDICTS, SIZES)
def test_outward_pools_sum_to_patents_times_indegree(phi: np.ndarray, p: np.ndarray):
    table = frame(phi)
    found = knowledge_pools(table, of(p))
    assert found["patents_outward"].sum() == (p * table.to_numpy().sum(axis=0)).sum()
    assert found["patents_inward"].sum() == (p * table.to_numpy().sum(axis=1)).sum()


@given(VERDICTS, SIZES, SIZES)
def test_pools_of_a_sum_are_sums_of_pools(phi: np.ndarray, p: np.ndarray, q: np.ndarray):
    for mutual in ("include", "exclude"):
        a, b, both = (knowledge_pools(frame(phi), of(x), mutual=mutual) for x in (p, q, p + q))
        assert (a + b).equals(both)


@given(VERDICTS, SIZES)
def test_symmetric_verdicts_have_equal_pools_and_none_one_way(phi: np.ndarray, p: np.ndarray):
    table = frame(np.maximum(phi, phi.T))
    found = knowledge_pools(table, of(p))
    assert found["patents_outward"].tolist() == found["patents_inward"].tolist()
    assert not knowledge_pools(table, of(p), mutual="exclude").to_numpy().any()


@given(VERDICTS, SIZES)
def test_turning_phi_round_exchanges_outward_and_inward(phi: np.ndarray, p: np.ndarray):
    for mutual in ("include", "exclude"):
        found = knowledge_pools(frame(phi), of(p), mutual=mutual)
        turned = knowledge_pools(frame(phi.T), of(p), mutual=mutual)
        assert found[BOTH].to_numpy().tolist() == turned[BOTH[::-1]].to_numpy().tolist()


@given(VERDICTS, SIZES)
def test_all_pools_are_one_way_pools_and_mutual_pools(phi: np.ndarray, p: np.ndarray):
    table = frame(phi)
    mutual = knowledge_pools(table * table.T, of(p))
    rest = knowledge_pools(table, of(p), mutual="exclude")
    assert (mutual + rest).equals(knowledge_pools(table, of(p)))


@given(GAPS, UNKNOWN)
def test_with_zeros_for_missing_it_is_as_if_they_had_been_written(phi: np.ndarray, x: np.ndarray):
    for mutual in ("include", "exclude"):
        found = knowledge_pools(frame(phi), of(x), mutual=mutual, missing="zero")
        written = knowledge_pools(frame(np.nan_to_num(phi)), of(np.nan_to_num(x)), mutual=mutual)
        assert found.equals(written)


def test_labels_join_by_name_and_every_form_is_one():
    x = pd.Series({"cars": 100.0, "steel": 40.0})
    expected = {"steel": 0.2 * 40 + 0.3 * 100, "cars": 0.1 * 40 + 0.4 * 100}
    turned = S.to_frame().loc[["cars", "steel"], ["steel", "cars"]]
    for form in (S, turned, turned.iloc[:, ::-1]):
        assert pool(form, x).to_dict() == pytest.approx(expected)
    assert pool(S.values, [40.0, 100.0]).tolist() == pytest.approx(list(expected.values()))
    assert pool(W, x).to_dict() == {"steel": 40.0, "cars": 10.0}


def test_a_matrix_of_two_lists_of_labels_has_pools_too():
    shares = pd.DataFrame([[0.25, 0.75, 0.0]], ["France"], ["Germany", "Italy", "USA"])
    found = pool(shares, {"USA": 9.0, "Italy": 4.0, "Germany": 8.0})
    assert found.to_dict() == {"France": 5.0}


def test_a_labelled_matrix_and_an_array_may_hold_nan():
    values = np.array([[0.0, np.nan], [1.0, 0.0]])
    M = LabelledMatrix.build("Phi", values, ["steel", "cars"])
    assert pool(M, {"steel": 2, "cars": 3}).isna().tolist() == [True, False]
    assert pool(values, [2.0, 3.0]).isna().tolist() == [True, False]
    assert pool(values, [2.0, 3.0], missing="zero").tolist() == [0.0, 2.0]
    assert np.isnan(values[0, 1]) and np.isnan(M.values.data).any()


def test_an_industry_without_links_has_pools_of_zero_whatever_is_not_known_of_others():
    phi = pd.DataFrame(0.0, LABELS, LABELS)
    assert not knowledge_pools(phi, of(np.full(N, np.nan))).to_numpy().any()


def test_every_quantity_has_two_columns():
    values = pd.DataFrame({"patents": [1.0, 2.0], "output": [10.0, 20.0]}, ["steel", "cars"])
    phi = pd.DataFrame([[np.nan, True], [False, np.nan]], ["steel", "cars"], ["steel", "cars"])
    found = knowledge_pools(phi, values)
    assert found.to_dict("index") == {
        "steel": dict(zip([*BOTH, "output_outward", "output_inward"], [2, 0, 20, 0], strict=True)),
        "cars": dict(zip([*BOTH, "output_outward", "output_inward"], [0, 1, 0, 10], strict=True)),
    }


PHI = pd.DataFrame([[0.0, 1.0], [0.0, 0.0]], ["steel", "cars"], ["steel", "cars"])
VALUES = pd.DataFrame({"patents": [1.0, 2.0]}, ["steel", "cars"])
WRONG = {
    "an index in place of a verdict": (
        lambda: knowledge_pools(PHI * 0.97, VALUES),
        r"row 'steel', column 'cars' holds 0.97; verdicts of 0 or 1",
    ),
    "with itself": (
        lambda: knowledge_pools(PHI + np.eye(2) - PHI, VALUES),
        r"'steel' is linked with itself.*Set the diagonal to 0",
    ),
    "negative patents": (
        lambda: knowledge_pools(PHI, VALUES - 2),
        r"values: row 'steel', column 'patents' holds -1; a number that is not negative",
    ),
    "text": (
        lambda: knowledge_pools(PHI, VALUES.replace({1.0: "1,0"})),
        r"values 'patents': 'steel' has 1,0, a finite number",
    ),
    "infinite": (lambda: pool(PHI, {"steel": np.inf, "cars": 1}), r"x: 'steel' has inf"),
    "infinite entry": (
        lambda: pool(
            LabelledMatrix.build("M", [[0.0, np.inf]], ["a"], ["a", "b"]), {"a": 1, "b": 1}
        ),
        r"row 'a' and column 'b' is inf; entries must be finite",
    ),
    "another industry": (
        lambda: knowledge_pools(PHI, VALUES.rename({"cars": "cras"})),
        r"values 'patents'.*missing: 'cars'; unknown: 'cras'",
    ),
    "no labels": (lambda: pool(PHI, [1.0, 2.0]), r"x: 2 numbers without labels"),
    "a matrix without labels": (lambda: pool(PHI.to_numpy(), VALUES), r"an array has no labels"),
    "a sparse gap": (
        lambda: pool(sparse.csr_array([[np.nan]]), [1.0]),
        r"row '0', column '0' holds 'nan'",
    ),
    "a rule": (lambda: pool(PHI, VALUES, missing="drop"), r"missing: got 'drop'. Valid"),
    "another rule": (
        lambda: knowledge_pools(PHI, VALUES, mutual="excluded"),
        r"mutual: got 'excluded'. Did you mean 'exclude'",
    ),
    "a series": (
        lambda: knowledge_pools(PHI, VALUES["patents"]),
        r"values: .*a DataFrame is needed, got a Series",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_makes_no_pool_is_one_clear_error(fault: str):
    call, message = WRONG[fault]
    with pytest.raises(InputError, match=message):
        call()
