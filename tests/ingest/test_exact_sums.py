"""Sums by group have the digits of the exact sum."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spillgraph.ingest.exact_sums import sum_exactly

_FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


@given(st.lists(st.tuples(st.integers(0, 3), _FINITE), max_size=60))
def test_each_sum_is_the_exact_one_rounded_once(rows: list[tuple[int, float]]) -> None:
    groups = np.array([group for group, _ in rows], dtype=np.int64)
    values = np.array([value for _, value in rows], dtype=np.float64)
    found = sum_exactly(groups, values, 4)
    for group in range(4):
        exact = sum((Fraction(value) for at, value in rows if at == group), Fraction(0))
        error = abs(Fraction(float(found[group])) - exact)
        sizes = sum((abs(Fraction(value)) for at, value in rows if at == group), Fraction(0))
        assert error <= Fraction(math.ulp(float(exact))) + sizes / 2**100
    assert values.tolist() == [value for _, value in rows]  # and nothing is changed


@pytest.mark.parametrize("largest", [5, 10_000_000])
def test_counts_and_cents_have_every_digit_whatever_their_order(largest: int) -> None:
    rng = np.random.default_rng(largest)
    groups = rng.integers(0, 7, 50_000)
    cents = rng.integers(0, largest, 50_000)
    for values in (cents.astype(float), cents / 100):
        found = sum_exactly(groups, values, 7)
        exact = [math.fsum(values[groups == group]) for group in range(7)]
        assert found.tolist() == exact
        order = rng.permutation(len(values))
        assert sum_exactly(groups[order], values[order], 7).tolist() == exact


def test_large_amounts_do_not_drown_small_ones() -> None:
    groups = np.repeat([0, 1], 100_001)
    values = np.concatenate([[1e15], np.full(100_000, 0.1), [0.0], np.full(100_000, 0.1)])
    exact = [math.fsum(values[groups == group]) for group in range(2)]
    assert sum_exactly(groups, values, 2).tolist() == exact
    assert np.bincount(groups, values).tolist() != exact


def test_what_is_left_when_large_amounts_cancel_is_not_lost() -> None:
    left = [-0.540525411015077, -0.35961029803996514, 0.9745229327037539, -1.0197792092952256]
    values = np.array([*left, 0.9453919856465138, -0.0, 7.4e-37])
    none = np.zeros(len(values), dtype=np.int64)
    assert sum_exactly(none, values, 1).tolist() == [math.fsum(values)] == [7.4e-37]


def test_of_nothing_the_sum_is_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert sum_exactly(none, none.astype(float), 3).tolist() == [0, 0, 0]
    assert sum_exactly(none, none.astype(float), 0).tolist() == []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("at", [0, 1])
def test_what_is_no_number_is_refused(value: float, at: int) -> None:
    values = np.ones(2)
    values[at] = value
    with pytest.raises(ValueError, match="only finite numbers"):
        sum_exactly(np.zeros(2, dtype=np.int64), values, 1)
