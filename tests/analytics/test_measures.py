"""Measures on request: igraph = networkx = closed form or brute force; many networks as one."""

from __future__ import annotations

from itertools import combinations, product

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from spillgraph.analytics import hub_breadth, hub_table, to_igraph, to_networkx
from spillgraph.analytics.hubs._network import Network
from spillgraph.analytics.hubs._pagerank import walk
from spillgraph.analytics.hubs._scores import scores_of
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.measures import MEASURES

CASES = range(6)


def network(seed: int, n: int = 7, filled: float = 0.6) -> LabelledMatrix:
    rng = np.random.default_rng(seed)
    values = rng.exponential(size=(n, n)) * (rng.random((n, n)) < filled)
    return LabelledMatrix.build("M", values, [f"s{i}" for i in range(n)])


def one(M: LabelledMatrix, name: str) -> np.ndarray:
    return hub_table(M, [name])[name].to_numpy()


def of(values: object) -> LabelledMatrix:
    return LabelledMatrix.build("M", values)


# -- each against another program, brute force or closed form --------------------------------------


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("threshold", [2, 4])
def test_degrees_count_shares_of_the_receivers_total(case, threshold):
    M = network(case, 12)
    values = M.values.toarray()
    shares = values / np.maximum(values.sum(axis=1, keepdims=True), 1e-300)
    large = (shares >= threshold / 100) & ~np.eye(12, dtype=bool)
    assert (one(M, f"in_degree_{threshold}") == large.sum(axis=0)).all()
    assert (one(M, f"out_degree_{threshold}") == large.sum(axis=1)).all()


def test_a_share_of_exactly_the_threshold_counts():
    M = np.diag([0.98, 1, 1]) + np.array([[0, 0.02, 0], [0, 0, 0], [0, 0, 0]])
    assert one(of(M), "in_degree_2").tolist() == [0, 1, 0]
    assert one(of(M), "in_degree_4").tolist() == [0, 0, 0]


@pytest.mark.parametrize("case", CASES)
def test_closeness_equals_networkx_and_igraph(case):
    M = network(case, filled=0.3)
    graph = to_networkx(M)
    for _, _, edge in graph.edges(data=True):
        edge["length"] = 1 / edge["weight"]
    theirs = nx.closeness_centrality(graph, distance="length", wf_improved=True)
    np.testing.assert_allclose(one(M, "closeness"), list(theirs.values()), rtol=1e-8)
    whole = network(case, filled=0.9)  # all reach all: igraph has no factor for pieces
    lengths = [1 / w for w in to_igraph(whole).es["weight"]]
    plain = to_igraph(whole).closeness(mode="in", weights=lengths, normalized=True)
    np.testing.assert_allclose(one(whole, "closeness"), plain, rtol=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_hubs_and_authorities_equal_networkx_igraph_and_the_singular_vectors(case):
    M = network(case)
    left, _, right = np.linalg.svd(M.values.toarray())
    graph = to_igraph(M)
    theirs = nx.hits(to_networkx(M), max_iter=10_000, tol=1e-14)
    for name, vector, igraph, networkx in (
        ("authority", right[0], graph.authority_score, theirs[1]),
        ("hub", left[:, 0], graph.hub_score, theirs[0]),
    ):
        found = one(M, name)
        np.testing.assert_allclose(found, np.abs(vector) / np.abs(vector).max(), atol=1e-8)
        np.testing.assert_allclose(found, igraph(weights="weight"), atol=1e-8)
        walked = np.array(list(networkx.values()))
        np.testing.assert_allclose(found, walked / walked.max(), atol=1e-8)


def test_an_authority_that_is_not_unique_is_nan():
    assert np.isnan(one(of(np.eye(2)), "authority")).all()
    assert np.isnan(one(of(np.zeros((2, 2))), "hub")).all()


@pytest.mark.parametrize("case", CASES)
def test_core_and_periphery_is_the_least_squares_fit_off_the_diagonal(case):
    M = network(case, 5, 0.9)
    values, others = M.values.toarray(), ~np.eye(5, dtype=bool)

    def misfit(x: np.ndarray) -> float:
        return float(((values - np.outer(x[:5], x[5:])) ** 2)[others].sum())

    rng = np.random.default_rng(case)
    fits = [minimize(misfit, rng.random(10) + 0.1, tol=1e-14) for _ in range(8)]
    best = min(fits, key=lambda fit: fit.fun)
    v = np.abs(best.x[5:])
    np.testing.assert_allclose(one(M, "core_periphery"), v / v.max(), atol=1e-4)


def test_core_and_periphery_finds_the_factors_of_a_network_that_has_them():
    u, v = np.array([3.0, 1, 2, 5]), np.array([0.2, 1, 0.7, 0.4])
    found = one(of(np.outer(u, v) - np.diag(u * v) + np.diag([9.0, 0, 0, 9])), "core_periphery")
    np.testing.assert_allclose(found, v / v.max(), atol=1e-10)


def cores(values: np.ndarray, side: str) -> np.ndarray:
    """Largest k by trying all sets of sectors."""
    n, off = len(values), values * ~np.eye(len(values), dtype=bool)
    best = np.zeros(n)
    for size in range(1, n + 1):
        for members in map(list, combinations(range(n), size)):
            inside = off[np.ix_(members, members)].sum(axis=0 if side == "in" else 1)
            best[members] = np.maximum(best[members], inside.min())
    return best


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("side", ["in", "out"])
def test_cores_are_the_largest_over_all_sets_of_sectors(case, side):
    M = network(case, 6, 0.5)
    values = M.values.toarray()
    np.testing.assert_allclose(one(M, f"s_core_{side}"), cores(values, side), atol=1e-12)
    links = cores((values > 0).astype(float), side)
    assert (one(M, f"k_core_{side}") == links).all()


# -- many networks at once -------------------------------------------------------------------------


def test_many_networks_at_once_are_each_measured_as_alone():
    names = [each.name for each in MEASURES]
    x = np.array([3.0, 1, 2, 5, 4, 1, 2])
    stack = [network(case).values.toarray() / 9 for case in CASES]
    ring = np.roll(np.diag(np.arange(1.0, 8)), 1, axis=1) / 9
    chain = np.triu(np.ones((7, 7)), 1) / 9
    blocks = np.kron(np.diag([2.0, 1, 1]), np.ones((2, 2)))
    stack += [ring, chain, np.pad(blocks, (0, 1)) / 9, np.zeros((7, 7))]
    many = scores_of(np.stack(stack), names, Network(network(0), None, x))
    for k, values in enumerate(stack):
        alone = hub_table(values, names, output=x)
        for name in names:
            if name == "authority" and k >= 6:
                continue  # ring: several of the same size or none, said by NaN alone
            want = alone[name].to_numpy()
            if np.isnan(want).any():
                continue
            np.testing.assert_allclose(many[name][k], want, rtol=1e-8, atol=1e-8, err_msg=name)


def test_the_walk_on_a_large_network_equals_pagerank():
    M = network(3, 60, 0.1)
    np.testing.assert_allclose(walk(M.values), one(M, "pagerank"), atol=1e-9)


def test_measures_of_a_large_network_equal_those_by_the_usual_way(monkeypatch):
    M = network(3, 60, 0.2)
    names = [
        "in_strength",
        "out_strength",
        "pagerank",
        "katz_bonacich",
        "authority",
        "hub",
        "core_periphery",
    ]
    usual = hub_table(M, names)
    monkeypatch.setattr(Network, "large", True)
    monkeypatch.setattr("spillgraph.analytics.hubs._hits.DENSE", 10)
    monkeypatch.setattr("spillgraph.analytics.hubs._core_periphery.DENSE", 10)
    np.testing.assert_allclose(hub_table(M, names), usual, rtol=1e-7, atol=1e-8)


def test_what_is_computed_on_request_is_in_no_run_unless_named():
    table = hub_table(network(1))
    assert not {each.name for each in MEASURES if each.on_request} & set(table)
    assert list(hub_table(network(1), ["hub"])) == ["hub"]


# -- breadth ---------------------------------------------------------------------------------------


def shares(n: int, seed: int) -> pd.DataFrame:
    labels = [f"s{i}" for i in range(n)]
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.dirichlet(np.full(n, 0.25), n), labels, labels)


def test_breadth_has_the_exact_law_of_all_ways_to_spread_the_shares():
    """Four industries: all 3!^4 ways, and P(count ≥ observed) by counting them."""
    UDS = shares(4, 2)
    table = hub_breadth(UDS, UDS.T, 0.2)
    large = (UDS.to_numpy() >= 0.2) & ~np.eye(4, dtype=bool)
    ways = [
        [set(c) for c in combinations([j for j in range(4) if j != i], large[i].sum())]
        for i in range(4)
    ]
    for j in range(4):
        counts = [sum(j in chosen for chosen in way) for way in product(*ways)]
        p = np.mean(np.array(counts) >= large[:, j].sum())
        assert table["p_demand"].iloc[j] == pytest.approx(p, rel=1e-12)
    assert (table["demand_breadth"] == large.sum(axis=0) / 3).all()


def test_breadth_equals_a_simulation_of_spread_shares():
    UDS = shares(22, 5)
    table = hub_breadth(UDS, UDS.T, 0.04)
    large = (UDS.to_numpy() >= 0.04) & ~np.eye(22, dtype=bool)
    others = np.tile(large[~np.eye(22, dtype=bool)].reshape(22, 21), (20_000, 1, 1))
    drawn = np.random.default_rng(1).permuted(others, axis=2)
    j = 21  # the last of the others of all industries but itself
    counts = drawn[:, :21, 20].sum(axis=1)
    simulated = (counts >= large[:, j].sum()).mean()
    assert table["p_demand"].iloc[j] == pytest.approx(simulated, abs=0.01)


def test_breadth_by_size_equals_counting_sets_by_the_product_of_their_sizes():
    UDS, size = shares(4, 2), pd.Series([1.0, 2, 5, 3], [f"s{i}" for i in range(4)])
    table = hub_breadth(UDS, UDS.T, 0.2, size=size)
    large = (UDS.to_numpy() >= 0.2) & ~np.eye(4, dtype=bool)
    w = size.to_numpy()
    ways = []
    for i in range(4):
        sets = list(combinations([j for j in range(4) if j != i], large[i].sum()))
        weight = np.array([np.prod(w[list(each)]) for each in sets])
        ways.append(list(zip(sets, weight / weight.sum(), strict=True)))
    for j in range(4):
        p = 0.0
        for way in product(*ways):
            if sum(j in chosen for chosen, _ in way) >= large[:, j].sum():
                p += np.prod([chance for _, chance in way])
        assert table["p_demand"].iloc[j] == pytest.approx(p, rel=1e-12)
    equal = hub_breadth(UDS, UDS.T, 0.2, size=pd.Series(7.0, size.index))
    np.testing.assert_allclose(equal["p_demand"], hub_breadth(UDS, UDS.T, 0.2)["p_demand"])


def test_breadth_of_supply_is_that_of_demand_turned_round():
    UDS, UCS = shares(9, 2), shares(9, 3).T
    table, turned = hub_breadth(UDS, UCS), hub_breadth(UCS.T, UDS.T)
    assert (table["supply_breadth"] == turned["demand_breadth"]).all()
    assert (table["p_supply_holm"] == turned["p_demand_holm"]).all()
    assert (table["hub_score"] == table[["demand_breadth", "supply_breadth"]].min(axis=1)).all()


def test_a_planted_hub_of_demand_and_supply_is_found_and_no_other():
    n = 22
    U = np.full((n, n), 0.0)
    rng = np.random.default_rng(3)
    for i in range(n):
        others = rng.choice(np.delete(np.arange(n), i), 3, replace=False)
        U[i, others], U[i, i] = 0.03, 0.7
    U[:, 4] = 0.06
    U[4, 4] = 0.9
    table = hub_breadth(U, U.T)
    assert table.index[table["is_hub"]].tolist() == ["4"]


def test_breadth_refuses_what_it_cannot_take():
    UDS = shares(4, 2)
    with pytest.raises(InputError, match="threshold above 0 and at most 1 are needed, got 4 and 0"):
        hub_breadth(UDS, UDS, 0)
    with pytest.raises(InputError, match="size: 's1' has 0; sizes must be above 0"):
        hub_breadth(UDS, UDS, size=pd.Series([1.0, 0, 1, 1], UDS.index))
