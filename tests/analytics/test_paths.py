"""Strongest walks and truncation of ψ: by hand, against brute force in fractions, networkx."""

from __future__ import annotations

import dataclasses
import itertools
import math
from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.linalg import spsolve
from spillgraph.analytics.spillovers import PathAttribution, strongest_paths, truncation
from spillgraph.analytics.spillovers import _paths as module
from spillgraph.core.errors import ClosedClassError, InputError
from spillgraph.core.matrix import LabelledMatrix

Rational = list[list[Fraction]]
Walk = tuple[tuple[str, ...], str]
LABELS = ("steel", "cars", "glass", "wool")
COLUMNS = ["rank", "path", "networks", "strength", "share", "cumulative"]
quick = settings(max_examples=40, deadline=None)

S2 = [[Fraction(1, 5), Fraction(3, 10)], [Fraction(1, 10), Fraction(2, 5)]]
W2 = [[Fraction(0), Fraction(2, 5)], [Fraction(1, 4), Fraction(0)]]


def labelled(name: str, values: object, labels: tuple[str, ...] | None = None) -> LabelledMatrix:
    if isinstance(values, list):
        values = [[float(x) for x in row] for row in values]
    size = values.shape[0] if hasattr(values, "shape") else len(values)  # type: ignore[arg-type]
    return LabelledMatrix.build(name, values, labels or LABELS[:size])


def close(got: object, want: object, rtol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(want, float), rtol, atol=1e-15)


def walks_of(found: PathAttribution) -> list[Walk]:
    return list(zip(found.paths["path"], found.paths["networks"], strict=True))


def shares_of(S: Rational, W: Rational, walk: Walk) -> list[Fraction]:
    """The shares along a walk, whatever produced it."""
    at = [LABELS.index(label) for label in walk[0]]
    steps = zip(itertools.pairwise(at), walk[1], strict=True)
    return [(S if network == "S" else W)[i][j] for (i, j), network in steps]


def place(walk: Walk) -> list[tuple[int, str]]:
    """What ties are broken by: the sectors in order, and S before W."""
    return [(LABELS.index(x), n) for x, n in zip(walk[0][1:], walk[1], strict=True)]


def brute_force(S: Rational, W: Rational, i: int, j: int, longest: int) -> dict[Walk, Fraction]:
    """All walks i → j of 1…longest steps, first in S and then in W, with their exact strengths."""
    n, found = len(S), {}
    for steps in range(1, longest + 1):
        for between in itertools.product(range(n), repeat=steps - 1):
            at = (i, *between, j)
            for a in range(steps + 1):
                networks = "S" * a + "W" * (steps - a)
                walk = (tuple(LABELS[x] for x in at), networks)
                strength = math.prod(shares_of(S, W, walk), start=Fraction(1))
                if strength:
                    found[walk] = strength
    return found


@st.composite
def economies(draw: st.DrawFn, most: int = 3) -> tuple[Rational, Rational, int, int]:
    """S and W of 2 to ``most`` sectors in fractions, with a leak everywhere, and a pair."""
    n = draw(st.integers(2, most))
    entry = st.one_of(st.just(0), st.integers(1, 6))
    counts = st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n)
    S, W = (
        [[Fraction(c, sum(row) + draw(st.integers(1, 9))) for c in row] for row in draw(counts)]
        for _ in range(2)
    )
    S, W = ([[x if x else Fraction(0) for x in row] for row in M] for M in (S, W))
    for i in range(n):
        W[i][i] = Fraction(0)
    return S, W, draw(st.integers(0, n - 1)), draw(st.integers(0, n - 1))


def attribution(S: Rational, W: Rational, i: int, j: int, k: int) -> PathAttribution:
    return strongest_paths(labelled("S", S), labelled("W", W), LABELS[i], LABELS[j], k)


# -- the strongest walks ---------------------------------------------------------------------------


def test_golden_case_by_hand():
    found = attribution(S2, W2, 0, 1, 8)
    s, c = "steel", "cars"
    by_hand = [
        ((s, c), "W", "2/5"),
        ((s, c), "S", "3/10"),
        ((s, c, c), "SS", "3/25"),  # .3 · .4
        ((s, s, c), "SW", "2/25"),  # .2 · .4
        ((s, s, c), "SS", "3/50"),  # .2 · .3
        ((s, c, c, c), "SSS", "6/125"),  # .3 · .4 · .4
        ((s, c, s, c), "WWW", "1/25"),  # .4 · .25 · .4
        ((s, c, s, c), "SWW", "3/100"),  # .3 · .25 · .4
    ]
    assert walks_of(found) == [(path, networks) for path, networks, _ in by_hand]
    strengths = [Fraction(text) for _, _, text in by_hand]
    close(found.psi, 4 / 3, 1e-15)
    close(found.paths["strength"], strengths, 1e-15)
    shares = [strength / Fraction(4, 3) for strength in strengths]
    close(found.paths["share"], shares)
    close(found.paths["cumulative"], list(itertools.accumulate(shares)))
    assert found.paths["rank"].tolist() == list(range(1, 9))
    assert (found.receiver, found.source, list(found.paths.columns)) == (s, c, COLUMNS)


def test_of_a_sector_on_itself_the_rise_itself_is_no_walk():
    found = attribution(S2, W2, 0, 0, 3)
    close(found.psi, 5 / 3, 1e-15)
    close(found.spillover, 2 / 3, 1e-15)
    # S (.2); W W (.4 · .25) before the three that follow: S W (.3 · .25), S S, S S.
    assert walks_of(found)[:2] == [(("steel", "steel"), "S"), (("steel", "cars", "steel"), "WW")]
    close(found.paths["strength"], [0.2, 0.1, 0.075])
    close(found.paths["share"], [0.3, 0.15, 0.1125])


@quick
@given(economies(), st.integers(1, 25))
def test_walks_are_the_strongest_of_all_by_brute_force(economy, k: int):
    S, W, i, j = economy
    longest = 6
    every = brute_force(S, W, i, j, longest)
    # A longer walk is no stronger than the largest row sum to the power of its steps.
    beyond = max(sum(row) for row in (*S, *W)) ** (longest + 1)
    ranked = sorted(every.items(), key=lambda item: (-item[1], len(item[0][1])))
    sure = [item for item in ranked if item[1] > beyond]
    found = attribution(S, W, i, j, k)
    got = walks_of(found)
    assert len(set(got)) == len(got) and len(got) == min(k, len(got))
    if len(got) < k:  # all there are: then there is no loop, and brute force has them too
        assert set(got) == set(every)
    head = min(k, len(sure))
    assert len(got) >= head
    close(found.paths["strength"], [math.prod(shares_of(S, W, w)) for w in got])
    close(found.paths["strength"][:head], [strength for _, strength in sure[:head]])
    # Equally strong ones: fewer steps first.
    assert [len(w[1]) for w in got[:head]] == [len(w[1]) for w, _ in sure[:head]]


@quick
@given(economies(most=3), st.integers(1, 12), st.booleans())
def test_the_remainder_is_the_sum_of_all_walks_that_are_not_in_the_table(economy, k, alone):
    """By the walks one by one up to 6 steps, and ψ less the truncated series beyond."""
    S, W, i, j = economy
    nothing = [[Fraction(0)] * len(S) for _ in S]
    W = nothing if alone else W
    found = attribution(S, W, i, j, k)
    every = brute_force(S, W, i, j, 6)
    s, w = (np.array(M, dtype=float) for M in (S, W))
    exact = np.linalg.inv(np.eye(len(s)) - s) @ np.linalg.inv(np.eye(len(w)) - w)
    longer = exact[i, j] - (i == j) - float(sum(every.values()))
    listed = set(walks_of(found))
    left = sum((strength for walk, strength in every.items() if walk not in listed), Fraction(0))
    long = found.paths["networks"].str.len() > 6
    beyond = float(found.paths["strength"][long].sum())
    assert found.remainder == pytest.approx(float(left) + longer - beyond, rel=1e-9, abs=1e-12)


def test_walks_of_S_alone_are_those_with_a_network_that_nobody_cites_in():
    S = labelled("S", S2)
    alone = strongest_paths(S, None, "steel", "cars", 9)
    beside = strongest_paths(S, labelled("W", np.zeros((2, 2))), "steel", "cars", 9)
    assert alone.paths.equals(beside.paths)
    close(alone.psi, 2 / 3, 1e-15)
    close(alone.remainder + alone.paths["strength"].sum(), 2 / 3)
    with pytest.raises(ClosedClassError, match="matrix S has a closed class"):
        strongest_paths(labelled("S", np.array([[0, 1.0], [1, 0]])), None, "steel", "cars")


@quick
@given(economies(), st.integers(1, 40))
def test_walks_of_the_same_shares_are_in_the_order_of_sectors_and_s_before_w(economy, k: int):
    S, W, i, j = economy
    got = walks_of(attribution(S, W, i, j, k))
    alike: dict[tuple[Fraction, ...], list[Walk]] = {}
    for walk in got:
        alike.setdefault(tuple(sorted(shares_of(S, W, walk))), []).append(walk)
    for walks in alike.values():
        assert walks == sorted(walks, key=place)


@quick
@given(economies(), st.integers(1, 30), st.integers(1, 30))
def test_fewer_walks_are_the_head_of_more(economy, few: int, more: int):
    few, more = sorted((few, more))
    first, second = attribution(*economy, few), attribution(*economy, more)
    assert first.paths.equals(second.paths.head(few))
    assert (first.psi, first.spillover) == (second.psi, second.spillover)


@quick
@given(economies(most=4))
def test_psi_is_the_element_of_the_inverse_and_all_shares_stay_below_one(economy):
    S, W, i, j = economy
    found = attribution(S, W, i, j, 50)
    s, w = (np.array(M, dtype=float) for M in (S, W))
    one = np.eye(len(s))
    want = (np.linalg.inv(one - s) @ np.linalg.inv(one - w))[i, j]
    np.testing.assert_allclose(found.psi, want, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.spillover, want - (i == j), rtol=1e-10, atol=1e-12)
    assert (np.diff(found.paths["strength"]) <= 1e-10 * found.paths["strength"][:-1]).all()
    assert found.paths["cumulative"].max() <= 1 + 1e-12 or found.paths.empty
    close(found.paths["share"] * found.spillover, found.paths["strength"])


@quick
@given(economies(most=4))
def test_without_loops_the_shares_of_all_walks_sum_to_one(economy):
    S, W, _, j = economy
    n = len(S)
    S, W = ([[x if c > r else Fraction(0) for c, x in enumerate(row)] for r, row in enumerate(M)]
            for M in (S, W))  # fmt: skip
    every = brute_force(S, W, 0, j, n)
    found = attribution(S, W, 0, j, 1000)
    assert set(walks_of(found)) == set(every)
    if every:
        close(found.paths["cumulative"].iloc[-1], 1.0)
        close(found.spillover, sum(every.values()))


def test_labels_not_positions_bring_the_networks_together():
    S, W = labelled("S", S2), labelled("W", W2)
    order = ("cars", "steel")
    first = strongest_paths(S, W, "steel", "cars", 12)
    for other in (
        strongest_paths(S, W.aligned_to(order), "steel", "cars", 12),
        strongest_paths(S.aligned_to(order), W, "steel", "cars", 12),
    ):
        close(other.psi, first.psi)
        close(other.paths["strength"], first.paths["strength"])
        assert walks_of(other)[:8] == walks_of(first)[:8]  # no two of these are equally strong


def test_no_walk_gives_an_empty_frame_and_the_identity():
    S, W = [[0.5, 0, 0], [0.25, 0.5, 0], [0, 0, 0]], [[0, 0, 0], [0.5, 0, 0], [0, 0, 0]]
    found = strongest_paths(labelled("S", S), labelled("W", W), "steel", "cars")
    assert found.paths.empty and list(found.paths.columns) == COLUMNS
    assert (found.psi, found.spillover) == (0.0, 0.0)
    alone = strongest_paths(labelled("S", S), labelled("W", W), "glass", "glass")
    assert alone.paths.empty and (alone.psi, alone.spillover) == (1.0, 0.0)


# -- shares of 1 and above -------------------------------------------------------------------------


def test_shares_of_exactly_one_are_steps_like_others_and_ties_take_s_first():
    chain = [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    found = strongest_paths(labelled("S", chain), labelled("W", chain), "steel", "glass")
    path = ("steel", "cars", "glass")
    assert walks_of(found) == [(path, "SS"), (path, "SW"), (path, "WW")]
    assert found.paths["strength"].tolist() == [1.0, 1.0, 1.0]
    close((found.psi, *found.paths["cumulative"]), [3, 1 / 3, 2 / 3, 1])


def test_of_equally_strong_walks_the_shorter_comes_first():
    # 1/16 at once, 1/4 · 1/4 by one stop, (1/2)⁴ by three rounds of the loop before.
    S = [[Fraction(1, 2), Fraction(1, 16), Fraction(1, 4)], [Fraction(0)] * 3, [Fraction(0)] * 3]
    S[2][1] = Fraction(1, 4)
    found = attribution(S, [[Fraction(0)] * 3] * 3, 0, 1, 4)
    assert walks_of(found) == [
        (("steel", "cars"), "S"),
        (("steel", "glass", "cars"), "SS"),
        (("steel", "steel", "cars"), "SS"),
        (("steel", "steel", "glass", "cars"), "SSS"),
    ]
    assert found.paths["strength"].tolist() == [1 / 16, 1 / 16, 1 / 32, 1 / 32]


def test_where_all_shares_are_equal_walks_come_by_steps_then_sectors_then_s_before_w():
    share = Fraction(1, 8)
    S = [[share] * 3 for _ in range(3)]
    W = [[share if i != j else Fraction(0) for j in range(3)] for i in range(3)]
    for i, j in ((0, 2), (1, 1)):
        every = brute_force(S, W, i, j, 4)
        ordered = sorted(every, key=lambda walk: (len(walk[1]), place(walk)))
        assert walks_of(attribution(S, W, i, j, len(every))) == ordered


def test_a_longer_walk_that_is_stronger_by_a_ten_billionth_comes_first():
    S = labelled("S", [[0, 0.25 * (1 - 1e-10), 0.5], [0, 0, 0], [0, 0.5, 0]])
    found = strongest_paths(S, labelled("W", np.zeros((3, 3))), "steel", "cars")
    assert found.paths["networks"].tolist() == ["SS", "S"]


def test_a_row_above_one_makes_longer_walks_stronger():
    S = [[Fraction(0), Fraction(3), Fraction(0)], [Fraction(1, 10), Fraction(0), Fraction(1, 5)]]
    S.append([Fraction(0)] * 3)
    W = [[Fraction(0)] * 3, [Fraction(9, 10), Fraction(0), Fraction(0)], [Fraction(0)] * 3]
    for i, j in itertools.product(range(3), repeat=2):
        every = sorted(brute_force(S, W, i, j, 7).values(), reverse=True)[:3]
        found = attribution(S, W, i, j, 3)
        close(found.paths["strength"], every)
    # S W from steel to itself: 3 · 0.9 is more than the rise itself, though ρ(S) and ρ(W) < 1.
    own = attribution(S, W, 0, 0, 2)
    assert walks_of(own)[0] == (("steel", "cars", "steel"), "SW")
    close(own.paths["strength"], [2.7, 0.81])


def test_a_loop_that_costs_nothing_but_its_steps_still_ends():
    # −ln(1 − 2⁻⁴⁶) is less than half a unit: the shorter walks come first all the same.
    W = labelled("W", [[0, 0], [0, 0]])
    S = labelled("S", [[1 - 2.0**-46, 2.0**-47], [0, 0]])
    found = strongest_paths(S, W, "steel", "cars", 3)
    assert found.paths["networks"].tolist() == ["S", "SS", "SSS"]
    close(found.psi, 0.5)
    S = labelled("S", [[1 - 2.0**-53, 2.0**-54], [0, 0]])
    with pytest.raises(InputError, match="too near to a closed class"):
        strongest_paths(S, W, "steel", "cars", 3)


def test_walks_below_the_smallest_double_are_left_out():
    S = labelled("S", [[0, 1e-200, 0.5], [0, 0, 1e-200], [0, 0, 0]])
    W = labelled("W", np.zeros((3, 3)))
    found = strongest_paths(S, W, "steel", "glass")
    assert found.paths["networks"].tolist() == ["S"]
    assert strongest_paths(S, W, "cars", "glass").paths["strength"].tolist() == [1e-200]


# -- large networks --------------------------------------------------------------------------------


def sparse_economy(n: int, links: int, seed: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Two random networks of so many links a row, rows summing to at most 0.6."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(2):
        i, j = np.repeat(np.arange(n), links), rng.integers(0, n, n * links)
        share = rng.pareto(1.2, n * links) + 0.01
        share *= 0.6 / np.bincount(i, share)[i]
        made.append(sparse.csr_array((share, (i, j)), shape=(n, n)))
    W = made[1].tolil()
    W.setdiag(0)
    return made[0], sparse.csr_array(W)


def layered(S: sparse.csr_array, W: sparse.csr_array) -> nx.DiGraph:
    """Graph of (sector, phase) with lengths −ln share."""
    G = nx.DiGraph()
    for M, network, phases in ((S, "S", "S"), (W, "W", "SW")):
        coo = M.tocoo()
        for i, j, x in zip(coo.row.tolist(), coo.col.tolist(), coo.data.tolist(), strict=True):
            G.add_weighted_edges_from(((i, p), (j, network), -math.log(x)) for p in phases)
    return G


@pytest.mark.parametrize("seed", range(3))
def test_first_walk_is_the_shortest_path_of_networkx(seed: int):
    n = 300
    S, W = sparse_economy(n, 4, seed)
    labels = tuple(map(str, range(n)))
    G = layered(S, W)
    for i, j in np.random.default_rng(seed).integers(0, n, (6, 2)).tolist():
        found = strongest_paths(
            labelled("S", S, labels), labelled("W", W, labels), str(i), str(j), 3
        )
        lengths = nx.single_source_dijkstra_path_length(G, (i, "S"))
        ends = [lengths[(j, phase)] for phase in "SW" if (j, phase) in lengths]
        if i != j:  # at the start itself networkx has the walk of no step
            close(found.paths["strength"][0], math.exp(-min(ends)))


def test_ten_walks_of_ten_thousand_sectors_agree_with_networkx_and_a_direct_solve():
    n = 10_000
    # Sectors buy from near ones only, so that the direct solve fills in little.
    rng = np.random.default_rng(7)
    made = []
    for _ in range(2):
        i = np.repeat(np.arange(n), 5)
        j = np.clip(i + rng.integers(-3, 4, i.size), 0, n - 1)
        share = rng.random(i.size)
        made.append(sparse.csr_array((share * 0.7 / np.bincount(i, share)[i], (i, j)), (n, n)))
    S, W = made
    labels = tuple(map(str, range(n)))
    found = strongest_paths(
        labelled("S", S, labels), labelled("W", W, labels), "5000", "5012", 1000
    )
    lengths = nx.single_source_dijkstra_path_length(
        layered(S[4900:5200][:, 4900:5200], W[4900:5200][:, 4900:5200]), (100, "S")
    )
    close(found.paths["strength"][0], math.exp(-min(lengths[(112, p)] for p in "SW")))
    one = sparse.eye_array(n, format="csc")
    unit = np.zeros(n)
    unit[5012] = 1.0
    want = spsolve(one - S.tocsc(), spsolve(one - W.tocsc(), unit))[5000]
    close(found.psi, want, 1e-10)
    assert len(set(walks_of(found))) == 1000
    assert (np.diff(found.paths["strength"]) <= 1e-10 * found.paths["strength"][:-1]).all()
    assert 0 < found.paths["cumulative"].iloc[-1] < 1


def test_dense_solve_series_and_sparse_factors_agree_entry_by_entry(monkeypatch):
    # A long chain with loops: entries from 1 down to 1e-60, each with all its digits.
    n = 200
    M = sparse.diags_array([np.full(n, 0.3), np.full(n - 1, 0.3), np.full(n - 1, 0.1)],
                           offsets=[0, 1, -1], format="csr")  # fmt: skip
    right = np.zeros(n)
    right[50] = 1.0
    dense = module.apply_inverse(M, right)
    monkeypatch.setattr(module, "choose_method", lambda n: "iterative")
    by_series = module.apply_inverse(M, right)
    monkeypatch.setattr(module, "TERMS", 3)
    factored = module.apply_inverse(M, right)
    assert 0 < dense.min() < 1e-60
    np.testing.assert_allclose(by_series, dense, rtol=1e-12, atol=0)
    np.testing.assert_allclose(factored, dense, rtol=1e-12, atol=0)


# -- truncation ------------------------------------------------------------------------------------


def sum_of_walks(S: Rational, W: Rational, i: int, j: int, longest: int) -> Fraction:
    return sum(brute_force(S, W, i, j, longest).values(), Fraction(i == j))


@quick
@given(economies())
def test_strengths_of_all_walks_of_n_steps_sum_to_the_truncated_element(economy):
    S, W, i, j = economy
    pair = (LABELS[i], LABELS[j])
    table = truncation(labelled("S", S), labelled("W", W), 4, element=pair)
    want = [sum_of_walks(S, W, i, j, n) for n in range(5)]
    close(table["captured"][:5], want)
    psi = attribution(S, W, i, j, 1).psi
    if psi == 0:
        assert table[["share", "spillover_share", "error"]].isna().all(axis=None)
        return
    close(table["share"][:5] * psi, want)
    close(table["share"] + table["error"], np.ones(7))


@quick
@given(economies(most=4), st.integers(0, 8))
def test_truncated_sums_and_errors_are_those_of_matrix_powers(economy, orders: int):
    S, W, _, _ = economy
    s, w = (np.array(M, dtype=float) for M in (S, W))
    one, power = np.eye(len(s)), np.linalg.matrix_power
    psi = np.linalg.inv(one - s) @ np.linalg.inv(one - w)
    want = [
        sum(power(s, a) @ power(w, b) for a in range(n + 1) for b in range(n + 1 - a))
        for n in range(orders + 1)
    ]
    both = (one + s + s @ s) @ (one + w + w @ w)
    want += [both, one + w + w @ w + s + s @ s + s @ s @ w + s @ s @ w @ w]
    table = truncation(labelled("S", S), labelled("W", W), orders)
    assert table["walks"].tolist() == ["all"] * (orders + 1) + ["paper", "slide"]
    assert table["steps"].tolist() == [*range(orders + 1), 4, 4]
    np.testing.assert_allclose(table["captured"], [M.sum() for M in want], rtol=1e-10)
    np.testing.assert_allclose(table["share"], [M.sum() / psi.sum() for M in want], rtol=1e-10)
    errors = [((psi - M).sum(axis=1) / psi.sum(axis=1)).max() for M in want]
    np.testing.assert_allclose(table["error"], errors, atol=1e-12)
    spillover = psi.sum() - len(s)
    if spillover > 1e-9:
        shares = [(M.sum() - len(s)) / spillover for M in want]
        np.testing.assert_allclose(table["spillover_share"], shares, rtol=1e-8, atol=1e-12)


def test_truncation_of_the_golden_case_in_fractions():
    table = truncation(labelled("S", S2), labelled("W", W2), 2)
    # Σψ = 3 + 76/27; I; S + W by rows .9 and .75; S² .25, .25; S W .155, .14; W² .1, .1.
    total = Fraction(157, 27)
    captured = [Fraction(2), Fraction(365, 100), Fraction(365, 100) + Fraction(995, 1000)]
    close(table["captured"][:3], captured)
    close(table["share"][:3], [c / total for c in captured])
    close(table["spillover_share"][:3], [(c - 2) / (total - 2) for c in captured])
    close(table["error"][:2], [Fraction(2, 3), 1 - Fraction(175, 100) * Fraction(27, 76)])


def test_captured_sum_is_that_of_the_elements():
    S, W = labelled("S", S2), labelled("W", W2)
    elements = [
        truncation(S, W, 6, element=pair)["captured"]
        for pair in itertools.product(LABELS[:2], repeat=2)
    ]
    close(sum(elements), truncation(S, W, 6)["captured"])


def test_a_small_error_keeps_its_digits():
    # One sector, ψ = 1/(1 − s): what more than n steps carry is sⁿ⁺¹ of it.
    S, W = labelled("S", [[0.1]]), labelled("W", [[0.0]])
    table = truncation(S, W, 40)
    close(table["error"][:41] * 10.0 ** np.arange(1, 42), np.ones(41))
    close(table["error"][41:] * 1e3, [1, 1])


def test_without_spillovers_the_identity_captures_all():
    nothing = np.zeros((2, 2))
    table = truncation(labelled("S", nothing), labelled("W", nothing), 1)
    assert table["share"].tolist() == [1.0] * 4 and table["error"].tolist() == [0.0] * 4
    assert table["spillover_share"].isna().all()


# -- refusals --------------------------------------------------------------------------------------


def test_unknown_sectors_are_refused_with_the_nearest_name():
    S, W = labelled("S", S2), labelled("W", W2)
    with pytest.raises(InputError, match=r"receiver: .*'stele'.* Did you mean 'steel'\?"):
        strongest_paths(S, W, "stele", "cars")
    with pytest.raises(InputError, match=r"source: .*'card'.* Did you mean 'cars'\?"):
        strongest_paths(S, W, "steel", "card")
    with pytest.raises(InputError, match=r"source: .*'zinc'.* Valid names: cars, steel"):
        truncation(S, W, element=("steel", "zinc"))


def test_numbers_that_make_no_sense_are_refused():
    S, W = labelled("S", S2), labelled("W", W2)
    with pytest.raises(InputError, match="at least 1, got 0"):
        strongest_paths(S, W, "steel", "cars", 0)
    with pytest.raises(InputError, match="at least 0, got -1"):
        truncation(S, W, -1)


def test_networks_that_do_not_die_out_are_refused():
    closed = labelled("W", [[0, 1.0], [1.0, 0]])
    for ask in (lambda: strongest_paths(labelled("S", S2), closed, "steel", "cars"),
                lambda: truncation(labelled("S", S2), closed)):  # fmt: skip
        with pytest.raises(ClosedClassError, match=r"matrix W .*'steel', 'cars'"):
            ask()
    with pytest.raises(InputError, match=r"matrix S: .*radius is 1.2247"):
        strongest_paths(labelled("S", [[0, 3.0], [0.5, 0]]), labelled("W", W2), "steel", "cars")
    with pytest.raises(InputError, match="labels differ"):
        truncation(labelled("S", S2), labelled("W", W2, ("steel", "wool")))


def test_an_exact_own_share_below_rounding_still_counts_as_a_leak():
    S, W = labelled("S", [[0, 0], [0, 0]]), labelled("W", [[0, 1 - 2.0**-44], [1 - 2.0**-44, 0]])
    with pytest.raises(ClosedClassError):
        strongest_paths(S, W, "steel", "cars")
    leak = np.full(2, 2.0**-44)
    found = strongest_paths(S, W, "steel", "cars", 2, own_leak=leak)
    assert found.paths["networks"].tolist() == ["W", "WWW"]
    close(found.psi, 2.0**43, 1e-2)


def test_the_result_is_frozen():
    found = attribution(S2, W2, 0, 1, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.psi = 0.0  # type: ignore[misc]
