"""Brokers against networkx, loops over all triads, and closed forms."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.analytics import brokers, communities
from spillgraph.analytics.structure import _triples
from spillgraph.analytics.structure._constraint import constraint
from spillgraph.analytics.structure._roles import ROLES
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

LABELS = [f"C{i:02}" for i in range(14)]


def network(share: float, seed: int) -> tuple[LabelledMatrix, pd.Series]:
    rng = np.random.default_rng(seed)
    K = np.where(rng.random((14, 14)) < share, rng.integers(1, 9, (14, 14)), 0.0)
    K[13] = K[:, 13] = 0.0
    K[13, 13] = 5.0  # nobody but itself
    return LabelledMatrix.build("K", K, LABELS), pd.Series(rng.integers(0, 3, 14), LABELS)


def brute(K: np.ndarray, group: np.ndarray, b: int) -> dict[str, tuple[int, float]]:
    """Count and weigh all triads s → b → r."""
    found = {role: [0, 0.0] for role in ROLES}
    for s, r in permutations(np.delete(np.arange(len(K)), b), 2):
        if K[b, s] and K[r, b] and not K[r, s]:
            if group[s] == group[b] == group[r]:
                role = "coordinator"
            elif group[b] == group[r]:
                role = "gatekeeper"
            elif group[b] == group[s]:
                role = "representative"
            else:
                role = "consultant" if group[s] == group[r] else "liaison"
            found[role][0] += 1
            found[role][1] += K[b, s] * K[r, b]
    return {role: (count, weight) for role, (count, weight) in found.items()}


@pytest.mark.parametrize("block", [2**23, 20])
@pytest.mark.parametrize("share", [0.15, 0.5, 1.0])
def test_roles_equal_the_loop_over_all_triads(
    share: float, block: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(_triples, "BLOCK", block)
    M, group = network(share, 1)
    table = brokers(M, group)
    for b, label in enumerate(LABELS):
        expected = brute(M.values.toarray(), group.to_numpy(), b)
        for role, (count, weight) in expected.items():
            assert table.loc[label, role] == count
            assert table.loc[label, f"{role}_weight"] == pytest.approx(weight, rel=1e-12)
        assert table.loc[label, "paths"] == sum(count for count, _ in expected.values())


@pytest.mark.parametrize("block", [2**23, 20])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.9])
def test_constraint_equals_networkx(share: float, block: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_triples, "BLOCK", block)
    M, _ = network(share, 2)
    K = M.values.toarray() * (1 - np.eye(14))
    graph = nx.from_numpy_array(K, create_using=nx.DiGraph)
    theirs = nx.constraint(graph, weight="weight")
    found = constraint(sparse.csr_array(K))
    assert np.allclose(found, list(theirs.values()), rtol=0, atol=1e-12, equal_nan=True)
    assert np.isnan(found[13])


def test_participation_and_z_equal_their_formulas():
    M, group = network(0.4, 3)
    K, groups = M.values.toarray() * (1 - np.eye(14)), group.to_numpy()
    table = brokers(M, group)
    for side, weights in (("in", K.T), ("out", K)):
        inside = np.array([weights[i, groups == groups[i]].sum() for i in range(14)])
        for i, label in enumerate(LABELS[:-1]):
            shares = [weights[i, groups == c].sum() / weights[i].sum() for c in range(3)]
            spread = 1 - np.square(shares).sum()
            assert table.loc[label, f"participation_{side}"] == pytest.approx(spread)
            peers = inside[groups == groups[i]]
            z = (inside[i] - peers.mean()) / peers.std()
            assert table.loc[label, f"within_z_{side}"] == pytest.approx(z)
    assert np.isnan(table.loc["C13", "participation_in"])


def test_even_links_with_m_communities_participate_by_one_less_one_over_m():
    K = np.zeros((5, 5))
    K[0, 1:] = 2.0
    table = brokers(LabelledMatrix.build("K", K), pd.Series([0, 1, 2, 3, 4], list("01234")))
    assert table.loc["0", "participation_out"] == 0.75
    assert table["constraint"].tolist() == [0.25, 1, 1, 1, 1]


def test_a_bridge_between_two_communities_is_their_broker():
    rng = np.random.default_rng(4)
    K = np.kron(np.eye(2), rng.integers(5, 9, (6, 6)))
    K[6, 0] = K[0, 6] = 3.0
    M = LabelledMatrix.build("K", K, LABELS[:12])
    table = brokers(M, communities(M, runs=10))
    between = table["gatekeeper"] + table["representative"]
    assert between[between > 0].index.tolist() == ["C00", "C06"]
    assert (between[between > 0] == 10).all()  # 5 members, each way
    assert table["participation_in"].nlargest(2).index.tolist() == ["C00", "C06"]
    assert table["constraint"].nsmallest(2).index.tolist() == ["C00", "C06"]
    assert set(table.loc[between == 0, "role"]) == {""}


def test_networks_of_next_to_nothing():
    for K in ([[0.0]], [[3.0]], [[0, 0], [0, 0]]):
        M = LabelledMatrix.build("K", K)
        table = brokers(M, pd.Series("a", M.rows))
        assert (table["paths"] == 0).all() and table["constraint"].isna().all()


def test_an_industry_without_a_community_is_named():
    M, group = network(0.5, 5)
    with pytest.raises(InputError, match="'C03'"):
        brokers(M, group.drop("C03"))
