"""Closed classes by brute force and by eigenvalues."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.analytics import (
    citation_shares,
    closed_classes,
    default_leak,
    require_leakage,
    spectral_radius,
)
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix


def labelled(values: object, name: str = "W") -> LabelledMatrix:
    n = np.shape(values)[0]
    return LabelledMatrix.build(name, values, [f"s{i}" for i in range(n)])


def sparse_counts(rng: np.random.Generator, n: int) -> np.ndarray:
    """Sparse whole-number citations; a good part of such cases has a closed class."""
    density, keep = rng.uniform(-0.2, 0.4), rng.uniform(0, 0.4)
    counts = rng.integers(1, 4, (n, n)) * (rng.random((n, n)) < density)
    counts[np.arange(n), rng.integers(0, n, n)] += 1  # few rows are empty
    counts[np.arange(n), np.arange(n)] *= rng.random(n) < keep  # most own shares are zero
    return counts


def test_leak_criterion_equals_eigenvalue_criterion():
    rng = np.random.default_rng(1)
    verdicts = []
    for _ in range(2000):
        shares = citation_shares(labelled(sparse_counts(rng, rng.integers(1, 8)), "K"))
        closed = bool(closed_classes(shares.W, shares.leak))
        radius = np.abs(np.linalg.eigvals(shares.W.values.toarray())).max()
        assert closed == (radius > 1 - 1e-9), shares.W.to_frame()
        assert closed == bool(closed_classes(shares.W))
        verdicts.append(closed)
    assert 400 < sum(verdicts) < 1600  # both answers are common, so both are tested


def minimal_closed_sets(counts: np.ndarray) -> list[list[str]]:
    """Brute force over all sets whose members cite, without own citations, only inside."""
    n = len(counts)
    sets = chain.from_iterable(combinations(range(n), k) for k in range(1, n + 1))
    closed = [
        set(members)
        for members in sets
        if all(
            counts[i, i] == 0
            and counts[i].sum() > 0
            and counts[i].sum() == counts[i, list(members)].sum()
            for i in members
        )
    ]
    minimal = [c for c in closed if not any(other < c for other in closed)]
    return [[f"s{i}" for i in sorted(c)] for c in sorted(minimal, key=min)]


def test_closed_classes_are_the_minimal_closed_sets_with_all_members():
    rng = np.random.default_rng(2)
    sizes = set()
    for _ in range(400):
        counts = sparse_counts(rng, rng.integers(1, 7))
        shares = citation_shares(labelled(counts, "K"))
        found = closed_classes(shares.W, shares.leak)
        assert found == minimal_closed_sets(counts)
        sizes.add(len(found))
    assert {0, 1, 2} <= sizes


def test_golden_closed_class_names_members_meaning_and_remedy():
    shares = citation_shares(labelled([[0, 5, 0], [3, 0, 0], [1, 1, 4]], "K"))
    assert closed_classes(shares.W, shares.leak) == [["s0", "s1"]]
    with pytest.raises(ClosedClassError) as caught:
        require_leakage(shares.W, shares.leak)
    for needed in ("matrix W", "{'s0', 's1'}", "I − W is singular", "Remedy", "own"):
        assert needed in str(caught.value)
    assert caught.value.classes == [["s0", "s1"]]


def test_a_long_class_is_cut_in_the_message_but_whole_in_the_error():
    ring = np.roll(np.eye(30), 1, axis=1)
    with pytest.raises(ClosedClassError, match=r"'s19' and 10 more\}") as caught:
        require_leakage(labelled(ring))
    assert caught.value.classes == [[f"s{i}" for i in range(30)]]


def test_row_sums_within_rounding_of_one_do_not_leak():
    assert closed_classes(labelled([[0, 1 - 1e-13], [1, 0]])) == [["s0", "s1"]]
    assert closed_classes(labelled([[0, 1 - 1e-10], [1, 0]])) == []
    assert default_leak(labelled([[0.3, 0.7 - 1e-13], [0.5, 0]])).tolist() == [0.0, 0.5]


def test_an_exact_leak_overrules_the_tolerance():
    W = labelled([[0, 1 - 1e-13], [1, 0]])
    assert closed_classes(W, np.array([1e-13, 0])) == []
    assert closed_classes(W, pd.Series({"s1": 0.0, "s0": 1e-13})) == []


def test_a_leak_that_is_not_the_matrix_s_is_refused():
    W = labelled([[0, 0.5], [0.25, 0]])
    with pytest.raises(InputError, match=r"'s0' has 0.75, but its row sums to 0.5"):
        closed_classes(W, np.array([0.75, 0.5]))
    with pytest.raises(InputError, match=r"2 numbers are needed.*\(3,\)"):
        closed_classes(W, np.zeros(3))
    with pytest.raises(InputError, match="'steel'"):
        closed_classes(W, pd.Series({"s0": 0.5, "steel": 0.75}))


def test_columns_in_another_order_are_matched_by_label():
    W = LabelledMatrix.build("W", [[1, 0], [0, 1]], ["a", "b"], ["b", "a"])
    assert closed_classes(W) == [["a", "b"]]
    assert spectral_radius(W) == pytest.approx(1)


def test_a_stored_zero_is_no_link():
    values = sparse.csr_array(([0.0, 1.0, 1.0], ([0, 0, 1], [2, 1, 0])), shape=(3, 3))
    W = LabelledMatrix("W", values, ("a", "b", "c"), ("a", "b", "c"))
    assert closed_classes(W) == [["a", "b"]]
