"""Centralities: igraph against networkx and closed forms; directions; reducible networks."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spillgraph.analytics import hub_table, hubs, psi, spectral_radius, to_igraph, to_networkx
from spillgraph.analytics.hubs._betweenness import DENSE, _on_shortest_paths
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.measures import MEASURES

quick = settings(max_examples=40, deadline=None)
# Powers of two: sums of their inverses are exact, so ties between paths are ties in any program.
weight = st.one_of(st.just(0.0), st.integers(-3, 3).map(lambda k: 2.0**k))


def labelled(values: object, **more: object) -> LabelledMatrix:
    labels = [f"s{i}" for i in range(np.shape(values)[0])]
    return LabelledMatrix.build("M", values, labels, **more)  # type: ignore[arg-type]


@st.composite
def networks(draw: st.DrawFn, *, strong: bool = False) -> LabelledMatrix:
    n = draw(st.integers(3, 7))
    row = st.lists(weight, min_size=n, max_size=n)
    values = np.array(draw(st.lists(row, min_size=n, max_size=n)))
    if strong:
        values += np.roll(np.eye(n), 1, axis=1)
    return labelled(values)


def agree(ours: pd.Series, theirs: dict[str, float]) -> None:
    want = pd.Series(theirs, dtype=float)[ours.index]
    np.testing.assert_allclose(ours, want, rtol=1e-8, atol=1e-8)


@quick
@given(networks())
def test_strengths_equal_networkx_and_row_and_column_sums(M):
    table, graph = hub_table(M), to_networkx(M)
    agree(table["in_strength"], dict(graph.in_degree(weight="weight")))
    agree(table["out_strength"], dict(graph.out_degree(weight="weight")))
    agree(table["in_strength"], M.to_frame().sum(axis=0).to_dict())
    agree(table["out_strength"], M.to_frame().sum(axis=1).to_dict())


@quick
@given(networks())
def test_pagerank_equals_networkx(M):
    theirs = nx.pagerank(to_networkx(M), alpha=0.85, tol=1e-14, max_iter=1000)
    agree(hub_table(M)["pagerank"], theirs)


@quick
@given(networks(), st.floats(0.05, 0.95))
def test_katz_bonacich_equals_networkx(M, strength):
    rho = spectral_radius(M)
    alpha = strength / rho if rho > 0 else strength
    theirs = nx.katz_centrality_numpy(
        to_networkx(M), alpha=alpha, beta=1.0, normalized=False, weight="weight"
    )
    agree(hub_table(M, katz_alpha=alpha)["katz_bonacich"], theirs)


@quick
@given(networks(strong=True))
def test_eigenvector_equals_networkx_on_strongly_connected_networks(M):
    theirs = pd.Series(nx.eigenvector_centrality_numpy(to_networkx(M), weight="weight")).abs()
    agree(hub_table(M)["eigenvector"], (theirs / theirs.max()).to_dict())


@quick
@given(networks())
def test_betweenness_equals_networkx_with_length_one_over_weight(M):
    graph = to_networkx(M)
    for _, _, edge in graph.edges(data=True):
        edge["length"] = 1 / edge["weight"]
    agree(
        hub_table(M)["betweenness"],
        nx.betweenness_centrality(graph, weight="length", normalized=False),
    )


@pytest.mark.parametrize("kind", ["strengths", "ties", "blocks"])
def test_betweenness_of_a_dense_network_goes_through_few_links_and_finds_the_same(kind):
    """All but what lies on no shortest path is left out; networkx goes through all of it."""
    rng, N = np.random.default_rng(3), 112
    values = {
        "strengths": rng.pareto(1.2, (N, 1)) * rng.pareto(1.2, N) * rng.gamma(1.0, size=(N, N)),
        "ties": 2.0 ** rng.integers(0, 3, (N, N)),
        "blocks": rng.random((N, N)),
    }[kind]
    if kind == "blocks":  # a sector that nobody reaches, and one that reaches nobody
        values[:, 0] = values[-1] = 0.0
    M = labelled(values)
    assert M.values.nnz > DENSE * N
    kept = _on_shortest_paths(M.values)[2].size
    assert kept < M.values.nnz * (1.0 if kind == "ties" else 0.6)
    graph = to_networkx(M)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    for _, _, edge in graph.edges(data=True):
        edge["length"] = 1 / edge["weight"]
    agree(
        hub_table(M, ["betweenness"])["betweenness"],
        nx.betweenness_centrality(graph, weight="length", normalized=False),
    )


@quick
@given(networks(strong=True), st.randoms(use_true_random=False))
def test_permuting_sectors_permutes_the_table(M, random):
    order = random.sample(M.rows, len(M.rows))
    first, second = hub_table(M), hub_table(M.aligned_to(order))
    assert list(second.index) == order
    np.testing.assert_allclose(second, first.loc[order], rtol=1e-8, atol=1e-8)


@quick
@given(networks())
def test_exports_keep_every_entry_and_its_direction(M):
    for graph in (to_networkx(M), to_igraph(M).to_networkx(vertex_attr_hashable="name")):
        back = nx.to_pandas_adjacency(graph, nodelist=list(M.rows), weight="weight")
        assert (back.to_numpy() == M.values.toarray()).all()


def test_exports_carry_name_unit_and_year():
    M = labelled([[0, 2], [0, 0]], unit="citations", year=1992)
    ours, theirs = to_igraph(M), to_networkx(M)
    assert theirs.graph == {"name": "M", "unit": "citations", "year": 1992}
    assert {key: ours[key] for key in ours.attributes()} == theirs.graph
    assert ours.vs["name"] == list(theirs) == ["s0", "s1"]
    assert [(e.source_vertex["name"], e.target_vertex["name"]) for e in ours.es] == [("s0", "s1")]


def test_the_source_that_all_use_leads_every_score_of_sources():
    star = np.zeros((4, 4))
    star[1:, 0] = [1, 2, 3]  # all others cite s0
    star[0, 1:] = 0.1  # and s0 cites each a little
    table = hub_table(labelled(star))
    for column in ("in_strength", "pagerank", "katz_bonacich", "eigenvector", "betweenness"):
        assert table[column].idxmax() == "s0", column
    assert table["out_strength"].idxmax() == "s3"


def test_katz_bonacich_with_alpha_one_is_the_column_sum_of_the_multiplier():
    W = labelled([[0, 0.4, 0.1], [0.25, 0, 0], [0.3, 0.3, 0]])
    result = psi(labelled(np.zeros((3, 3))), W)
    column_sums = hub_table(W, katz_alpha=1)["katz_bonacich"]
    np.testing.assert_allclose(column_sums, result.contribution["unit"], rtol=1e-14)


def test_default_katz_does_not_depend_on_the_unit():
    M = np.array([[0, 4.0, 1], [2, 0, 0], [3, 3, 0]])
    first, second = hub_table(labelled(M)), hub_table(labelled(1000 * M))
    np.testing.assert_allclose(first["katz_bonacich"], second["katz_bonacich"], rtol=1e-12)
    half = hub_table(labelled(M), katz_alpha=0.5 / spectral_radius(labelled(M)))
    np.testing.assert_allclose(first["katz_bonacich"], half["katz_bonacich"], rtol=1e-12)
    acyclic = hub_table(labelled([[0, 3.0], [0, 0]]))
    assert acyclic["katz_bonacich"].tolist() == [1, 4]  # α = 1 where nothing feeds back


@pytest.mark.parametrize("alpha", [0, -0.1, 0.5, 0.7, np.nan])
def test_katz_alpha_out_of_bounds_is_refused_naming_the_bound(alpha):
    with pytest.raises(InputError, match=r"katz_alpha: .* between 0 and 1/ρ\(M\) = 0\.5"):
        hub_table(labelled([[0, 1.0], [4.0, 0]]), katz_alpha=alpha)


def test_eigenvector_of_a_reducible_network_is_zero_where_the_leading_class_draws_nothing():
    M = np.zeros((5, 5))
    M[0, 1] = M[1, 0] = 2  # the leading class, ρ = 2
    M[1, 2] = 5  # draws on s2 …
    M[2, 3] = M[3, 2] = 1  # … which is in a class of its own, ρ = 1
    M[4, 0] = 7  # s4 only receives
    scores = hub_table(labelled(M))["eigenvector"].to_numpy()
    np.testing.assert_allclose(scores @ M, 2 * scores, atol=1e-9)
    np.testing.assert_allclose(scores, [0.3, 0.3, 1.0, 0.5, 0.0], atol=1e-9)
    assert scores[4] == 0.0


def test_eigenvector_without_a_single_answer_is_nan():
    pair = np.array([[0, 1.0], [1, 0]])
    twins = np.kron(np.eye(2), pair)
    assert hub_table(labelled(twins))["eigenvector"].isna().all()
    assert hub_table(labelled([[0, 3.0], [0, 0]]))["eigenvector"].isna().all()
    assert hub_table(labelled([[0.0]]))["eigenvector"].isna().all()


def test_eigenvector_of_a_long_ring_has_its_closed_form():
    """ARPACK gives up on it; x'M = ρx' along a ring is x_{i+1} = x_i m_{i,i+1} / ρ."""
    weights = np.random.default_rng(7).uniform(0.5, 1.5, 300)
    rho = np.exp(np.log(weights).mean())
    steps = np.log(weights) - np.log(rho)
    want = np.exp(np.concatenate([[0], np.cumsum(steps)[:-1]]))
    got = hub_table(labelled(np.roll(np.diag(weights), 1, axis=1)))["eigenvector"]
    np.testing.assert_allclose(got, want / want.max(), rtol=1e-9)


def test_a_network_without_links_has_defined_scores():
    table = hub_table(labelled(np.zeros((4, 4))))
    assert (table[["in_strength", "out_strength", "betweenness"]] == 0).all(axis=None)
    assert (table["katz_bonacich"] == 1).all()
    assert table["pagerank"].tolist() == [0.25] * 4


def test_the_diagonal_counts_as_the_matrix_has_it_but_never_in_betweenness():
    chain = np.array([[0, 1.0, 0], [0, 0, 1], [1, 0, 0]])
    plain, looped = hub_table(labelled(chain)), hub_table(labelled(chain + np.diag([0, 5.0, 0])))
    assert looped.loc["s1", "in_strength"] == plain.loc["s1", "in_strength"] + 5
    assert looped.loc["s1", "eigenvector"] == 1 and looped["eigenvector"].min() < 0.5
    assert looped["betweenness"].equals(plain["betweenness"])
    assert plain["betweenness"].tolist() == [1, 1, 1]


def test_negative_weights_are_refused_naming_the_pair():
    with pytest.raises(InputError, match="'s0' receives from 's1' is -1"):
        hub_table(labelled([[0, -1.0], [1, 0]]))


# -- upstreamness --------------------------------------------------------------------------------


def output_of(*x: float) -> dict[str, float]:
    return {f"s{i}": each for i, each in enumerate(x)}


def test_upstreamness_is_the_mean_number_of_steps_to_final_use():
    """What goes to final use after k steps counts k: the series, until nothing is left."""
    n, rng = 7, np.random.default_rng(3)
    Z = rng.random((n, n)) * (rng.random((n, n)) < 0.6)  # from i to j
    final = rng.random(n) + 0.1
    x = Z.sum(axis=1) + final
    S = (Z / x).T  # receiver, source: inputs over the receiver's output
    Delta = Z / x[:, None]  # of i's output, to j
    left, steps, k = final / x, np.zeros(n), 1
    while left.max() > 1e-18:
        steps += k * left
        left, k = Delta @ left, k + 1
    got = hub_table(labelled(S), ["upstreamness"], output=output_of(*x))
    np.testing.assert_allclose(got["upstreamness"], steps, rtol=1e-12)
    assert (got["upstreamness"] >= 1).all()


def test_upstreamness_along_a_chain_counts_the_steps():
    chain = np.diag([1.0, 1, 1], -1)  # each sells all to the next; the last to final use
    got = hub_table(labelled(chain), ["upstreamness"], output=output_of(5, 5, 5, 5))
    assert got["upstreamness"].tolist() == [4, 3, 2, 1]


def test_upstreamness_is_not_defined_without_output():
    S = labelled([[0, 0.5], [0, 0]])
    assert hub_table(S, ["upstreamness"])["upstreamness"].isna().all()
    got = hub_table(S, ["upstreamness"], output=output_of(2, 0))["upstreamness"]
    assert got["s0"] == 1
    assert math.isnan(got["s1"])


def test_only_what_is_asked_for_is_computed(monkeypatch):
    def never(*_, **__):
        raise AssertionError("betweenness was computed")

    monkeypatch.setattr("spillgraph.analytics.hubs._betweenness.betweenness", never)
    assert list(hub_table(labelled([[0, 1.0], [1, 0]]), ["pagerank"])) == ["pagerank"]


def test_a_measure_that_is_not_in_the_list_is_refused():
    with pytest.raises(InputError, match=r"no measure is called 'page_rank'.*'pagerank'"):
        hub_table(labelled([[0, 1.0], [1, 0]]), ["page_rank"])


def test_the_list_of_measures_and_their_files_are_the_same():
    folder = Path(hubs.__file__).parent
    measures = {
        file.stem[1:]
        for file in folder.glob("_*.py")
        if re.search(r"^def \w+\(network: Network\) -> Vector:", file.read_text(), re.MULTILINE)
    }
    assert measures == {each.name for each in MEASURES}


def test_the_same_matrix_gives_the_same_bytes_whatever_was_drawn_before():
    rng = np.random.default_rng(5)
    M = LabelledMatrix.build("M", 0.02 * rng.random((40, 40)), [f"s{i}" for i in range(40)])
    random.seed(7)
    wanted = random.random()
    random.seed(7)
    first = hub_table(M)
    assert random.random() == wanted  # and what others draw stays what it was
    assert hub_table(M).to_csv() == first.to_csv()
