"""Mutual pairs counted one by one, and the identity between the two shares."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from spillgraph.analytics import Reciprocity, reciprocity
from spillgraph.core.errors import InputError

N = 6
GAPS = arrays.arrays(float, (N, N), elements=st.sampled_from([0.0, 1.0, np.nan]))


@given(GAPS)
def test_pairs_are_counted_one_by_one_and_b_is_r_over_two_minus_r(phi: np.ndarray):
    np.fill_diagonal(phi, np.nan)
    pairs = [(phi[j, k], phi[k, j]) for j in range(N) for k in range(j)]
    known = [pair for pair in pairs if not math.isnan(sum(pair))]
    linked, mutual = sum(map(sum, known)), sum(pair == (1, 1) for pair in known)
    found = reciprocity(phi)
    assert found == Reciprocity(int(linked), mutual, len(pairs) - len(known))
    if not linked:
        assert math.isnan(found.b) and math.isnan(found.r)
        return
    assert found.b == mutual / sum(max(pair) for pair in known)
    assert found.b == pytest.approx(found.r / (2 - found.r), rel=1e-15)


def test_edge_reciprocity_is_that_of_networkx():
    rng = np.random.default_rng(4)
    phi = (rng.random((40, 40)) < 0.3).astype(float)
    np.fill_diagonal(phi, 0.0)
    graph = nx.from_numpy_array(phi, create_using=nx.DiGraph)
    assert reciprocity(phi).r == pytest.approx(nx.overall_reciprocity(graph), rel=1e-14)


def test_the_share_of_the_source_is_one_or_the_other():
    """35.6% as b is an r of 52.5%, and as r a b of 21.7%: in whole pairs."""
    as_b = Reciprocity(linked=1000 + 356, mutual=356, unknown=0)
    assert as_b.b == 0.356 and round(as_b.r, 3) == 0.525
    as_r = Reciprocity(linked=1000, mutual=178, unknown=0)
    assert as_r.r == 0.356 and round(as_r.b, 3) == 0.217


def test_an_index_is_no_verdict():
    with pytest.raises(InputError, match="verdicts of 0 or 1 are needed"):
        reciprocity(np.array([[0.0, 0.97], [0.2, 0.0]]))
