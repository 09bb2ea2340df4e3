"""Spectral radii on every path, and the bounds that prove them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from spillgraph.analytics import radius_bounds, spectral_radius
from spillgraph.analytics.linalg import _radius as radius
from spillgraph.analytics.linalg._perron import collatz, perron
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix


def labelled(values: object, name: str = "W") -> LabelledMatrix:
    n = np.shape(values)[0]
    return LabelledMatrix.build(name, values, [f"s{i}" for i in range(n)])


def test_different_receivers_and_sources_are_refused():
    with pytest.raises(InputError, match="'c'"):
        spectral_radius(LabelledMatrix.build("W", [[1, 0], [0, 1]], ["a", "b"], ["a", "c"]))
    with pytest.raises(InputError, match="no sectors"):
        spectral_radius(LabelledMatrix.build("W", np.zeros((0, 0)), []))


def test_spectral_radius_equals_largest_eigenvalue_of_raw_counts():
    rng = np.random.default_rng(3)
    for _ in range(300):
        n = rng.integers(1, 9)
        counts = rng.integers(1, 4, (n, n)) * (rng.random((n, n)) < 0.3) * 1000.0
        want = np.abs(np.linalg.eigvals(counts)).max()
        # LAPACK on the whole matrix sees a Jordan block of size n only to 1e-16 ** (1 / n).
        assert spectral_radius(labelled(counts)) == pytest.approx(want, rel=1e-9, abs=30)
        lifted = counts + 1.0  # irreducible: both are accurate
        want = np.abs(np.linalg.eigvals(lifted)).max()
        assert spectral_radius(labelled(lifted)) == pytest.approx(want, rel=1e-12)


def test_an_acyclic_network_has_radius_exactly_zero():
    rng = np.random.default_rng(4)
    order = rng.permutation(30)
    acyclic = np.triu(rng.random((30, 30)), 1)[np.ix_(order, order)]
    assert spectral_radius(labelled(acyclic)) == 0.0
    loops = acyclic + np.diag(np.linspace(0.1, 0.7, 30))
    assert spectral_radius(labelled(loops)) == 0.7


def test_components_far_apart_in_size_keep_the_larger_radius():
    blocks = np.zeros((5, 5))
    blocks[:2, :2] = [[0, 2], [8, 0]]  # radius 4
    blocks[2:, 2:] = np.roll(np.eye(3), 1, axis=1) * 3  # radius 3
    blocks[0, 4] = 1e6  # between components: no matter
    assert spectral_radius(labelled(blocks)) == pytest.approx(4, rel=1e-14)


@pytest.mark.parametrize("sign", [1, -1])
def test_large_components_by_arpack_agree_with_all_eigenvalues(monkeypatch, sign):
    monkeypatch.setattr(radius, "DENSE_LIMIT", 10)
    rng = np.random.default_rng(5)
    A = sign * rng.random((60, 60))  # the largest eigenvalue is near 30, or near −30
    want = np.abs(np.linalg.eigvals(A)).max()
    assert spectral_radius(labelled(A)) == pytest.approx(want, rel=1e-12)


def weighted_ring(n: int) -> np.ndarray:
    """One cycle: eigenvalues all of one modulus, the geometric mean of its weights."""
    return np.roll(np.diag(np.random.default_rng(6).uniform(0.5, 1.5, n)), 1, axis=1)


def test_a_long_ring_that_arpack_cannot_do_is_proven_by_noda(monkeypatch):
    ring = weighted_ring(400)
    exact = np.exp(np.log(ring[ring > 0]).mean())
    assert radius._arpack(sparse.csr_array(ring)) is None
    monkeypatch.setattr(radius, "DENSE_LIMIT", 10)
    # LAPACK would also do it; with it out of reach the answer must come from the iteration.
    monkeypatch.setattr(radius, "eigvals", None)
    assert spectral_radius(labelled(ring)) == pytest.approx(exact, rel=1e-12)


def test_perron_vector_of_a_ring_has_its_closed_form():
    ring = weighted_ring(50)
    found = perron(sparse.csr_array(ring))
    assert found is not None
    root, x = found
    np.testing.assert_allclose(ring @ x, root * x, rtol=1e-11)
    assert x.min() > 0 and x.max() == 1.0
    assert perron(sparse.csr_array(ring), steps=1) is None


# -- bounds ----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.floats(0.05, 1.0))
def test_the_largest_eigenvalue_lies_between_the_bounds(seed: int, n: int, density: float):
    rng = np.random.default_rng(seed)
    A = rng.random((n, n)) * (rng.random((n, n)) < density)
    low, high = radius_bounds(labelled(A))
    want = spectral_radius(labelled(A))
    assert low <= want * (1 + 1e-15) and want * (1 - 1e-15) <= high
    assert high - low <= 1e-12 * high


def test_bounds_enclose_a_radius_known_in_closed_form():
    for n in (2, 3, 50):
        low, high = radius_bounds(labelled(np.full((n, n), 1 / 3)))
        assert low <= n / 3 <= high and high - low < 1e-13 * n
    assert radius_bounds(labelled(np.triu(np.ones((4, 4)), 1))) == (0.0, 0.0)


@pytest.mark.parametrize("shape", ["random", "ring"])
def test_bounds_of_large_components_enclose_the_radius(monkeypatch, shape):
    rng = np.random.default_rng(7)
    A = rng.random((60, 60)) if shape == "random" else weighted_ring(400)
    want = np.abs(np.linalg.eigvals(A)).max()
    monkeypatch.setattr(radius, "DENSE_LIMIT", 10)
    low, high = radius_bounds(labelled(A))
    assert low <= want * (1 + 1e-12) and want * (1 - 1e-12) <= high
    if shape == "random":
        assert high - low < 2e-7 * high


def test_any_positive_vector_bounds_the_radius():
    rng = np.random.default_rng(8)
    A = rng.random((20, 20))
    rho = np.abs(np.linalg.eigvals(A)).max()
    for _ in range(20):
        low, high = collatz(sparse.csr_array(A), rng.random(20) + 0.1)
        assert low <= rho <= high


def test_bounds_of_a_negative_network_are_refused():
    with pytest.raises(InputError, match="not negative"):
        radius_bounds(labelled([[0.1, -0.1], [0, 0]]))


def test_links_of_any_smallness_are_no_fault():
    """Old citations fade: 19 sectors in a ring whose links are 1e-20, one pair at 0.5."""
    for faint in (1e-20, 1e-30, 1e-60):
        A = np.roll(np.diag(np.full(19, faint)), 1, axis=1)
        A[3, 4], A[4, 3] = 0.5, 0.5
        low, high = radius_bounds(labelled(A))
        assert low <= 0.5 * (1 + 1e-12) and high * (1 + 1e-12) >= 0.5 and high < 1
        assert spectral_radius(labelled(A)) == pytest.approx(0.5, rel=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_bounds_stay_near_where_counts_differ_by_eight_orders(seed: int):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(40, 200))
    counts = 10.0 ** rng.uniform(0, 8, (n, n)) * (rng.random((n, n)) < 0.08)
    W = counts / np.maximum(counts.sum(axis=1), 1e-300)[:, None]
    np.fill_diagonal(W, 0.0)
    low, high = radius_bounds(labelled(W))
    want = np.abs(np.linalg.eigvals(W)).max()
    assert low <= want * (1 + 1e-7) and want * (1 - 1e-7) <= high
    assert high - low <= 1e-5 * high


@pytest.mark.parametrize(("n", "faint"), [(12, 1e-3), (12, 1e-30), (40, 1e-12), (300, 1e-8)])
def test_a_chain_with_one_faint_link_back_is_not_given_up_half_way(n: int, faint: float):
    A = np.diag(np.full(n - 1, 0.9), 1)
    A[-1, 0] = faint
    exact = np.exp(((n - 1) * np.log(0.9) + np.log(faint)) / n)  # the only cycle
    low, high = radius_bounds(labelled(A))
    assert low <= exact * (1 + 1e-13) and exact * (1 - 1e-13) <= high
    assert high - low <= 1e-10 * exact
    assert spectral_radius(labelled(A)) == pytest.approx(exact, rel=1e-10)
