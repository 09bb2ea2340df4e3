"""Communities against all partitions, networkx, planted groups and themselves."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.analytics import StockDraws, communities
from spillgraph.analytics.nulls import draw_null
from spillgraph.analytics.structure._consensus import (
    adjusted_rand,
    certainty,
    co_assignment,
    consensus,
)
from spillgraph.analytics.structure._leiden import leiden, renumber
from spillgraph.analytics.structure._modularity import modularity
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix


def partitions(n: int) -> Iterator[np.ndarray]:
    """All partitions of n things."""

    def grow(members: list[int]) -> Iterator[list[int]]:
        if len(members) == n:
            yield members
            return
        for c in range(max(members, default=-1) + 2):
            yield from grow([*members, c])

    return map(np.array, grow([]))


def planted(sizes: tuple[int, ...] = (12, 9, 6), inside: float = 6.0, seed: int = 1):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    mean = np.where(group[:, None] == group, inside, 1.0)
    K = rng.poisson(mean).astype(float)
    order = rng.permutation(group.size)
    labels = [f"C{i:02}" for i in range(group.size)]
    return LabelledMatrix.build("K", K[order][:, order], labels), group[order]


# -- oracles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("resolution", [0.5, 1.0, 2.0])
def test_modularity_equals_networkx(resolution: float):
    rng = np.random.default_rng(2)
    K = np.where(rng.random((15, 15)) < 0.3, rng.integers(1, 9, (15, 15)), 0.0)
    members = renumber(rng.integers(0, 4, 15))
    graph = nx.from_numpy_array(K, create_using=nx.DiGraph)
    groups = [set(np.flatnonzero(members == c).tolist()) for c in np.unique(members)]
    theirs = nx.community.modularity(graph, groups, resolution=resolution)
    assert modularity(sparse.csr_array(K), members, resolution) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_leiden_finds_the_best_of_all_partitions(seed: int):
    rng = np.random.default_rng(seed)
    K = np.where(rng.random((7, 7)) < 0.5, rng.integers(1, 9, (7, 7)), 0.0)
    np.fill_diagonal(K, 0)
    values = sparse.csr_array(K)
    best = max(modularity(values, members) for members in partitions(7))
    found = max(modularity(values, leiden(values, 1.0, start)) for start in range(5))
    assert found == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_the_consensus_disagrees_least_of_all_partitions(seed: int):
    rng = np.random.default_rng(seed)
    runs = rng.integers(0, 3, (7, 7))

    def disagreements(members: np.ndarray) -> int:
        together = members[:, None] == members
        return sum(np.count_nonzero(together != (run[:, None] == run)) for run in runs)

    members, rule = consensus(runs, 1)
    assert rule == "median"
    assert disagreements(members) == min(disagreements(each) for each in partitions(7))


def test_the_medoid_disagrees_least_of_all_runs(monkeypatch: pytest.MonkeyPatch):
    runs = np.random.default_rng(3).integers(0, 3, (6, 20))
    monkeypatch.setattr("spillgraph.analytics.structure._consensus.PAIRS_LIMIT", 5)
    together = runs[:, :, None] == runs[:, None, :]
    apart = [np.count_nonzero(together != each) for each in together]
    members, rule = consensus(runs, 1)
    assert rule == "medoid" and (members == renumber(runs[int(np.argmin(apart))])).all()


def test_agreement_is_that_of_the_published_example_and_of_all_pairs():
    # Hubert & Arabie (1985), Table 1 and page 200 give the index from counts of pairs.
    rng = np.random.default_rng(4)
    one, other = rng.integers(0, 3, 30), rng.integers(0, 4, 30)
    upper = np.triu_indices(30, 1)
    a, b = ((each[:, None] == each)[upper] for each in (one, other))
    pairs, both = a.size, np.count_nonzero(a & b)
    chance = a.sum() * b.sum() / pairs
    expected = (both - chance) / ((a.sum() + b.sum()) / 2 - chance)
    assert adjusted_rand(one, other) == pytest.approx(expected)
    assert adjusted_rand(one, (one + 1) % 3) == 1
    mean = np.mean([adjusted_rand(rng.permutation(one), other) for _ in range(500)])
    assert mean == pytest.approx(0, abs=0.01)


def test_certainty_is_the_mean_of_the_co_assignment():
    rng = np.random.default_rng(5)
    runs, members = rng.integers(0, 4, (9, 20)), renumber(rng.integers(0, 3, 20))
    members[-1] = 3  # alone, so nobody's other
    own, other, near = certainty(runs, members)
    P = co_assignment(runs)
    for i in range(20):
        means = {c: P[i, (members == c) & (np.arange(20) != i)].mean() for c in range(3)}
        mine = means.pop(members[i]) if i < 19 else None
        if mine is None:
            mine = np.mean([np.count_nonzero(run == run[i]) == 1 for run in runs])
        assert own[i] == pytest.approx(mine)
        assert other[i] == pytest.approx(max(means.values()))
        assert means[near[i]] == pytest.approx(other[i])


# -- what it says ----------------------------------------------------------------------------------


@pytest.mark.parametrize("perturbation", ["resample", "missing", "none"])
def test_planted_communities_are_found_and_sure(perturbation: str):
    M, group = planted()
    found = communities(M, runs=20, perturbation=perturbation)
    assert adjusted_rand(found.table["community"].to_numpy(), group) == 1
    assert found.communities["size"].tolist() == [12, 9, 6]
    assert (found.table["certainty"] > 0.5).all() and found.agreement > 0.8
    between = M.sum() - M.values.trace()
    sums = found.communities.sum()
    assert sums["inside"] + sums["drawn"] == pytest.approx(between)
    assert sums["drawn"] == sums["given"]


def test_one_that_stands_between_two_is_unsure():
    K = np.kron(np.eye(2), np.ones((5, 5)) * 9)
    K = np.pad(K, (0, 1))
    K[-1, :10] = K[:10, -1] = 1.0  # draws on all alike
    found = communities(LabelledMatrix.build("K", K), runs=60)
    sure = found.table["certainty"]
    assert sure.iloc[-1] < 0.2 < 0.9 < sure.iloc[:10].min()
    assert found.table["nearest"].iloc[-1] > 0


def test_without_structure_p_is_uniform_and_with_it_small():
    rng = np.random.default_rng(8)
    p = []
    for _ in range(30):
        null = rng.poisson(2.0, (10, 10, 10))
        p.append(
            communities(LabelledMatrix.build("K", null[0]), runs=1, draws=null[1:]).p_modularity
        )
    assert 0.3 < np.mean(p) < 0.7 and np.mean(np.array(p) <= 0.1) < 0.3
    M, _ = planted()
    draws = rng.poisson(M.values.toarray().mean(), (19, 27, 27))
    found = communities(M, runs=1, draws=StockDraws(M.rows, iter([draws[:10], draws[10:]])))
    assert found.p_modularity == pytest.approx(0.05)
    assert found.null_modularity.size == 19 and found.null_modularity.max() < found.found_modularity


def test_draws_of_a_named_null_are_taken_as_they_come():
    M, _ = planted()
    found = communities(M, runs=1, draws=draw_null(M, "strength", draws=19))
    assert found.null_modularity.size == 19 and found.p_modularity == pytest.approx(0.05)


def test_the_same_seed_gives_the_same_result_and_own_links_change_nothing():
    M, _ = planted(inside=2.0)
    one, again = (communities(M, runs=10, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, again.table)
    pd.testing.assert_frame_equal(one.runs, again.runs)
    other = communities(M, runs=10, seed=4)
    assert not one.runs.equals(other.runs)
    own = sparse.csr_array(M.values + sparse.diags_array(np.full(27, 100.0)))
    with_own = communities(LabelledMatrix.build("K", own, M.rows), runs=10, seed=3)
    pd.testing.assert_frame_equal(one.table, with_own.table)


def test_isolated_industries_are_in_no_community():
    K = np.pad(np.ones((3, 3)), (0, 2))
    K[4, 4] = 5.0  # uses its own
    found = communities(LabelledMatrix.build("K", K, list("abcde")), runs=5)
    assert found.table["community"].tolist() == [1, 1, 1, 0, 0]
    assert found.table["certainty"].isna().tolist() == [False] * 3 + [True] * 2
    assert found.runs.columns.tolist() == list("abc")


@pytest.mark.parametrize("K", [[[0.0]], [[5.0]], [[0, 0], [0, 0]], [[0, 3.0], [0, 0]]])
def test_networks_of_next_to_nothing(K: list[list[float]]):
    found = communities(LabelledMatrix.build("K", K), runs=3)
    linked = np.array(K).sum() > np.trace(K)
    assert (found.table["community"] > 0).tolist() == [linked] * len(K)
    assert np.isnan(found.modularity) != linked


def test_networks_of_ones_own_are_runs():
    M, group = planted()
    mixed = M.to_frame().iloc[::-1, ::-1]
    found = communities(M, networks=[mixed, M, M.values])
    assert len(found.runs) == 3
    assert adjusted_rand(found.table["community"].to_numpy(), group) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resolution": 0}, "resolution: a number above 0 is needed, got 0"),
        ({"runs": 0}, "runs: at least 1"),
        ({"perturbation": "mising"}, "perturbation: got 'mising'. Did you mean 'missing'"),
        ({"missing": 1}, "missing: a probability below 1"),
        ({"networks": []}, "networks: at least one"),
        ({"draws": []}, "draws: at least one"),
        ({"draws": [np.ones((2, 2))]}, r"draws: each must be 27 × 27.*got \(2, 2\)"),
    ],
)
def test_what_cannot_be_is_refused(options: dict, message: str):
    with pytest.raises(InputError, match=message):
        communities(planted()[0], **({"runs": 2} | options))
