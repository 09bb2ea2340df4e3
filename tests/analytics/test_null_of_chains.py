"""Nulls of ψ, UDS and UCS: what they are made of is drawn, and networks of chance have no hubs."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.analytics import elements, ucs, uds
from spillgraph.analytics.hubs import CLAIMED, claims, hubs
from spillgraph.analytics.hubs._in_degree_4 import batch as in_degree_4
from spillgraph.analytics.hubs._network import Network
from spillgraph.analytics.hubs._pvalues import upper_p
from spillgraph.analytics.nulls import (
    CHAINED,
    NULLS,
    Direct,
    Null,
    null_of_chains,
    null_of_psi,
    null_of_ucs,
    null_of_uds,
)
from spillgraph.analytics.nulls._null import copies
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

#: A network, the steps of its chains, and the shares that leave them.
Made = tuple[np.ndarray, list[Direct], np.ndarray | None]
N = 10


def flows(rng: np.random.Generator, N: int, planted: float = 0.0) -> np.ndarray:
    """Heavy tails on a quarter of the links, spread at random; of sector 3 all draw a part."""
    F = rng.pareto(1.5, (N, N)) * (rng.random((N, N)) < 0.25)
    F[:, 3] += planted * F.sum(axis=1)
    np.fill_diagonal(F, 0.0)
    return F


def psi(rng: np.random.Generator, N: int = N, planted: float = 0.0) -> Made:
    K, Z = flows(rng, N), flows(rng, N, planted)
    cited = K.sum(axis=1) / rng.uniform(0.3, 0.5, N) + 1e-9  # half are own citations
    x = Z.sum(axis=1) / rng.uniform(0.4, 0.6, N) + 1e-9
    S, W, one = Z / x[:, None], K / cited[:, None], np.eye(N)
    made = np.linalg.inv(one - S) @ np.linalg.inv(one - W)
    return made, [Direct(S, x), Direct(W, cited)], None


def ultimate(rng: np.random.Generator, N: int = N, planted: float = 0.0) -> Made:
    F = flows(rng, N, planted)
    last = rng.uniform(0.3, 0.6, N)
    last[F.sum(axis=1) == 0] = 1.0
    total = np.divide(F.sum(axis=1), 1 - last, out=np.ones(N), where=last < 1)
    D = F / total[:, None]
    return np.linalg.inv(np.eye(N) - D) * last, [Direct(D, total)], last


KINDS: list[tuple[str, Callable[..., Made]]] = [("psi", psi), ("UDS", ultimate), ("UCS", ultimate)]


@functools.cache
def of_chance(name: str, null: str = "spread", networks: int = 100) -> tuple[float, float, float]:
    """Of networks with random steps: refused sectors, networks with hubs, the same if shuffled."""
    made_by = dict(KINDS)[name]
    rng = np.random.default_rng([1, *name.encode()])
    draws, refused, wrong, shuffled = 40 * N - 1, 0, 0, 0
    for seed in range(networks):
        M, steps, last = made_by(rng)
        law = null_of_chains(name, steps, null, last)
        found = hubs(M, CLAIMED, law, draws, seed, missing=0)
        wrong += bool((claims(found)["p_claim"] <= 0.05).any())
        # Ties broken at random make p of counts uniform.
        network = Network(LabelledMatrix.build("M", M, [str(k) for k in range(N)]))
        drawn = np.concatenate(list(law.draw(M, np.random.default_rng([seed, 2]), 99)))
        p = upper_p(in_degree_4(M[None], network)[0], in_degree_4(drawn, network), rng)
        refused += int((p <= 0.05).sum())
        found = hubs(M, CLAIMED, "spread", 1, missing=0)
        shuffled += bool((claims(found)["p_claim"] <= 0.05).any())
    return refused / networks / N, wrong / networks, shuffled / networks


@pytest.mark.parametrize("name", ["psi", "UDS", "UCS"])
def test_networks_of_random_steps_have_hubs_in_one_of_twenty_at_most(name: str) -> None:
    """A sector is refused at 5% in 5%; shuffled themselves, networks have hubs in most cases."""
    refused, wrong, shuffled = of_chance(name)
    assert abs(refused - 0.05) <= 0.02
    assert wrong <= 0.07
    assert shuffled >= 0.15


@pytest.mark.parametrize(("name", "make"), KINDS)
def test_a_hub_that_is_planted_in_what_a_network_is_made_of_is_found(
    name: str, make: Callable[..., Made]
) -> None:
    for seed in range(3):
        M, steps, last = make(np.random.default_rng(seed), 30, 0.4)
        law = null_of_chains(name, steps, "spread", last)
        table = claims(hubs(M, CLAIMED, law, 40 * 30 - 1, seed, missing=0))
        # whom the hub draws on most may be one, too
        assert table.index[0] == "3" and table["p_claim"].iloc[0] <= 0.05
        assert (table["p_claim"] <= 0.05).sum() <= 3


@pytest.mark.parametrize("null", CHAINED)
def test_what_leaves_the_chains_is_the_same_in_every_draw(null: str) -> None:
    """So rows of ultimate shares sum to 1, and U v = 1 with value added v = 1 − S1."""
    rng = np.random.default_rng(3)
    _, (step,), last = ultimate(rng)
    assert last is not None
    law = null_of_chains("UCS", [step], null, last)
    assert (
        law.keeps == () and law.name == f"{null} of inputs" and NULLS[null].sentence in law.sentence
    )
    drawn = np.concatenate(list(law.draw(np.empty((N, N)), rng, 7)))
    assert drawn.shape == (7, N, N) and (drawn >= 0).all() and np.ptp(drawn, axis=0).max() > 0
    np.testing.assert_allclose(drawn.sum(axis=2), 1.0, rtol=1e-9)
    # the steps of every draw, found back from it, have the same rows; and under what keeps
    # strengths the same columns, in money
    D = np.eye(N) - np.linalg.inv(drawn / last)
    np.testing.assert_allclose(D.sum(axis=2), np.tile(step.shares.sum(axis=1), (7, 1)), atol=1e-8)
    sold = (D * step.totals[:, None]).sum(axis=1)
    want = (step.shares * step.totals[:, None]).sum(axis=0)
    if "in_strength" in NULLS[null].keeps:
        np.testing.assert_allclose(sold, np.tile(want, (7, 1)), rtol=1e-6, atol=1e-8)


def test_both_steps_of_psi_are_drawn_each_by_itself() -> None:
    _, (S, W), _ = psi(np.random.default_rng(4))
    none = Direct(np.zeros((N, N)), np.ones(N))
    for steps in ([S, none], [none, W]):
        law = null_of_chains("psi", steps)
        drawn = np.concatenate(list(law.draw(S.shares, np.random.default_rng(5), 3)))
        leak = 1 - (S if steps[0] is S else W).shares.sum(axis=1)
        np.testing.assert_allclose(drawn @ leak, 1.0, rtol=1e-10)
    assert null_of_chains("psi", [S, W]).name == "spread of W and S"


@pytest.mark.parametrize("null", sorted(set(NULLS) - set(CHAINED)))
def test_a_null_under_which_chains_might_never_end_is_refused(null: str) -> None:
    step = Direct(np.zeros((2, 2)), np.ones(2))
    with pytest.raises(InputError, match=f"{null}.* does not keep what leaves the chains of psi"):
        null_of_chains("psi", [step, step], null)


def test_draws_without_an_inverse_are_drawn_again() -> None:
    """Sector 0 alone leaks; where 1 and 2 draw on each other alone, chains never end."""
    D = np.array([[0.0, 0.5, 0.0, 0.0], [1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 0]])
    none = Direct(0 * D, np.ones(4))
    law = null_of_chains("psi", [Direct(D, np.ones(4)), none])
    drawn = np.concatenate(list(law.draw(D, np.random.default_rng(1), 500)))
    assert drawn.shape == (500, 4, 4)
    np.testing.assert_allclose(drawn @ (1 - D.sum(axis=1)), 1.0, rtol=1e-12)
    # 0 draws on any one, 1 to 3 on a sector each, in a tree into 0: of 27 ways 16, all as often
    ways = (np.eye(4) - np.linalg.inv(drawn))[:, 1:]
    assert len(np.unique(ways.round(6), axis=0)) == 16


def test_what_never_ends_in_any_draw_gives_none() -> None:
    D = np.array([[0.0, 1.0], [1.0, 0.0]])
    law = null_of_chains("UCS", [Direct(D, np.ones(2))], "spread", np.zeros(2))
    assert list(law.draw(D, np.random.default_rng(1), 5)) == []


def test_a_step_with_rows_above_one_is_drawn_where_its_chains_end() -> None:
    """Value added of sector 0 is below 0, and (I − S) has an inverse none the less."""
    S = np.array([[0.0, 1.1, 0.0], [0.0, 0.0, 0.9], [0.1, 0.0, 0.0]])
    same = Null("spread", "", (), NULLS["spread"].draw)
    law = null_of_chains("psi", [Direct(S, np.ones(3)), Direct(0 * S, np.ones(3))], same)
    drawn = np.concatenate(list(law.draw(S, np.random.default_rng(1), 200)))
    assert len(drawn) == 200
    back = np.eye(3) - np.linalg.inv(drawn)
    assert (np.abs(np.linalg.eigvals(back)).max(axis=1) < 1).all()


LABELS = [f"s{k}" for k in range(N)]


def named(name: str, rng: np.random.Generator) -> tuple[LabelledMatrix, Callable[[str], Null]]:
    """Return a matrix of the name, and what gives its null."""
    order = rng.permutation(N)
    if name in ("UDS", "UCS"):
        F = pd.DataFrame(flows(rng, N), LABELS, LABELS)
        end = pd.Series(rng.uniform(1, 5, N), LABELS)
        shares, law = (uds, null_of_uds) if name == "UDS" else (ucs, null_of_ucs)
        M = shares(F, end)
        return M, lambda null: law(F.iloc[order, order], end, null)
    _, (S, W), _ = psi(rng)
    s, w = (
        LabelledMatrix.build(called, step.shares, LABELS) for called, step in (("S", S), ("W", W))
    )
    M = getattr(elements(s, w), name)
    frames = [each.to_frame().iloc[order, order] for each in (s, w)]
    given = {"psi": frames, "U": [frames[0], None], "V": [None, frames[1]]}[name]
    return M, lambda null: null_of_psi(*given, null)  # type: ignore[misc]


@pytest.mark.parametrize("name", ["psi", "U", "V", "UDS", "UCS"])
def test_a_sum_over_chains_is_not_shuffled_itself_and_the_error_names_what_draws_it(
    name: str,
) -> None:
    """What is given under the way that the error names has draws in the order of the matrix."""
    M, law = named(name, np.random.default_rng(7))
    for null in ("spread", "strength", NULLS["degree"]):
        with pytest.raises(InputError, match=f"hubs: {name} is a sum over chains.*null_of_"):
            hubs(M, CLAIMED, null, 19, missing=0)
    found = hubs(M, CLAIMED, law("strength"), 19, missing=0)
    assert found.null.startswith("strength of ") and found.draws == 19
    same = Null("spread", "", (), lambda values, rng, draws: copies(values, draws))
    kept = hubs(M, ["pagerank"], law(same), 19, missing=0).table  # type: ignore[arg-type]
    assert (kept["p"] == 1).all() and kept["why"].str.contains("every network").all()


@pytest.mark.parametrize("name", ["psi", "U", "V", "UDS", "UCS"])
def test_a_chance_is_that_of_the_network_that_it_draws_and_of_no_other(name: str) -> None:
    """Of another year, of another network, or turned round: a p-value would mean nothing."""
    M, law = named(name, np.random.default_rng(7))
    other, of_other = named(name, np.random.default_rng(8))
    values = M.values.toarray()
    for wrong, chance in (
        (M, of_other("spread")),
        (pd.DataFrame(values.T if name != "UCS" else values, LABELS, LABELS), law("spread")),
        (LabelledMatrix.build("S", 0.9 * np.eye(N), LABELS), law("spread")),
    ):
        with pytest.raises(InputError, match=r"is the chance of another network than .*: row 's"):
            hubs(wrong, CLAIMED, chance, 19, missing=0)
    assert hubs(other, CLAIMED, of_other("spread"), 19, missing=0).draws == 19


def test_a_network_whose_chains_never_end_has_no_chance() -> None:
    """All draws fail with it, and p of no draw would be 1."""
    ring = pd.DataFrame([[0.0, 1.0], [1.0, 0.0]], ["a", "b"], ["a", "b"])
    none = {"a": 0.0, "b": 0.0}
    for law in (
        lambda: null_of_psi(ring, None),
        lambda: null_of_psi(0.5 * ring, 1.2 * ring),
        lambda: null_of_uds(ring, none),
        lambda: null_of_ucs(ring, none),
    ):
        with pytest.raises(InputError, match="chains never end"):
            law()


def test_where_no_draw_has_an_inverse_there_is_no_p_value_and_the_reason_is_told() -> None:
    S = pd.DataFrame([[0.0, 0.5], [0.5, 0.0]], ["a", "b"], ["a", "b"])
    stuck = Null("spread", "", (), lambda values, rng, draws: copies(2 * values, draws))
    found = hubs(elements(S, 0 * S).U, ["pagerank"], null_of_psi(S, None, stuck), 19, missing=0)
    assert found.draws == 0 and found.table["p"].isna().all()
    assert (found.table["why"] == "in none of the networks drawn do chains end").all()


def test_a_chance_of_psi_says_what_it_lacks() -> None:
    _, (S, W), _ = psi(np.random.default_rng(4))
    s, w = (pd.DataFrame(each.shares, LABELS, LABELS) for each in (S, W))
    with pytest.raises(InputError, match="give S, W or both"):
        null_of_psi(None, None)
    with pytest.raises(InputError, match="output: 's0' has -1; 0 or more"):
        null_of_psi(s, w, output=pd.Series([-1.0] + [1.0] * (N - 1), LABELS))
    with pytest.raises(InputError, match="s9"):
        null_of_psi(s, w.drop(index="s9", columns="s9"))
    with pytest.raises(InputError, match="cited: nothing comes of it without W"):
        null_of_psi(s, None, cited=pd.Series(1.0, LABELS))
    with pytest.raises(InputError, match=r"spread_columns.*does not keep"):
        null_of_psi(s, w, "spread_columns")
    money = null_of_psi(s, w, "strength", output=pd.Series(S.totals, LABELS))
    (drawn,) = money.draw(np.empty((N, N)), np.random.default_rng(1), 3)
    assert drawn.shape == (3, N, N)


def test_a_graph_of_firms_is_too_large_for_sums_over_chains_and_says_so() -> None:
    large = LabelledMatrix.build("S", sparse.csr_array((200_000, 200_000)))
    with pytest.raises(InputError, match="200,000 sectors are too many for it, for each of its"):
        null_of_psi(large, None)
