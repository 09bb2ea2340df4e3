"""Flows between fine industries go to sectors by their shares, whichever way they are carried."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import accumulate
from spillgraph.analytics.networks import Concordance, stock_of_year
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

FINE, SECTORS = ["b1", "a2", "c3", "d4"], ["x", "y"]
seeds = st.integers(0, 10**6)


def drawn(seed: int, keep: bool) -> tuple[Concordance, LabelledMatrix]:
    rng = np.random.default_rng(seed)
    B = rng.dirichlet([1, 1], 4) * rng.choice([0, 0.5, 1], (4, 1), p=[0.2, 0.3, 0.5])
    B[rng.random((4, 2)) < 0.3] = 0
    K = rng.poisson(3, (4, 4)).astype(float)
    flows = LabelledMatrix.build("K", K, FINE, unit="citations", year=2001)
    return Concordance(LabelledMatrix.build("B", B, FINE, SECTORS), keep), flows


def by_hand(concordance: Concordance, flows: LabelledMatrix) -> np.ndarray:
    """One flow at a time: to pairs of sectors; one within an industry, if kept, to one sector."""
    B, K, found = concordance.weights.to_frame(), flows.to_frame(), np.zeros((2, 2))
    for a in FINE:
        for b in FINE:
            for i, k in enumerate(SECTORS):
                for j, m in enumerate(SECTORS):
                    share = B.loc[a, k] * B.loc[b, m]
                    if concordance.keep_own and a == b:
                        share = B.loc[a, k] * (k == m)
                    found[i, j] += share * K.loc[a, b]
    return found


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seeds, st.booleans())
def test_flows_go_to_sectors_by_their_shares(seed, keep):
    concordance, flows = drawn(seed, keep)
    found = concordance.convert(flows.aligned_to(FINE[::-1]))
    np.testing.assert_allclose(found.values.toarray(), by_hand(concordance, flows), atol=1e-12)
    assert (found.rows, found.unit, found.year) == (tuple(SECTORS), "citations", 2001)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seeds, st.booleans())
def test_the_cells_carry_many_flows_as_convert_carries_one(seed, keep):
    concordance, flows = drawn(seed, keep)
    flat = flows.values.toarray().ravel() @ concordance.cells().toarray()
    np.testing.assert_allclose(flat.reshape(2, 2), by_hand(concordance, flows), atol=1e-12)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seeds, st.sampled_from(["given", "equal", "largest"]))
def test_other_weights_leave_to_nobody_what_was_nobodys(seed, weighting):
    concordance, _ = drawn(seed, keep=False)
    old = concordance.weights.values.toarray()
    new = concordance.reweigh(weighting).weights.values.toarray()
    np.testing.assert_allclose(new.sum(axis=1), old.sum(axis=1), atol=1e-15)
    assert ((new > 0) <= (old > 0)).all()
    for one, other in zip(old, new, strict=True):
        if weighting == "equal":
            assert len(set(np.round(other[one > 0], 12))) <= 1
        elif weighting == "largest" and one.any():
            assert other[one.argmax()] == pytest.approx(one.sum())


def test_industries_of_one_side_alone_are_refused():
    concordance, flows = drawn(1, keep=False)
    other = LabelledMatrix.build("K", flows.values, ["b1", "a2", "c3", "z9"])
    with pytest.raises(InputError, match="industry 'd4' is in the flows or in the concordance"):
        concordance.convert(other)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seeds, st.sampled_from([0.0, 0.15, 1.0]), st.sampled_from([None, 1, 3]))
def test_the_stock_of_a_year_is_what_accumulation_gives_of_it(seed, delta, window):
    rng = np.random.default_rng(seed)
    flows = {
        year: LabelledMatrix.build("M", rng.poisson(2, (3, 3)), ["a", "b", "c"])
        for year in (1999, 2000, 2003)
    }
    for year, stock in accumulate(flows, delta, window).items():
        one = stock_of_year(flows, year, delta, window)
        np.testing.assert_allclose(one.values.toarray(), stock.values.toarray(), rtol=1e-14)
