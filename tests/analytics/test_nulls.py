"""Permuted citations: the exact law by enumeration, margins kept, and p-values by hand."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from math import factorial, prod

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare
from spillgraph.analytics.inference import (
    Draws,
    draw_sums,
    null_pvalues,
    permute_citations,
    sweeps_needed,
)
from spillgraph.analytics.inference import _nulls as nulls
from spillgraph.analytics.inference._margin_moves import crowd, log_weight, sweep
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

quick = settings(max_examples=40, deadline=None)


def stock(values: object) -> LabelledMatrix:
    return LabelledMatrix.build("K", values, [f"s{i}" for i in range(len(values))])


def drawn(K: object, draws: int, seed: int = 1, **more: object) -> np.ndarray:
    return np.concatenate(
        list(permute_citations(stock(K), np.random.default_rng(seed), draws, **more))
    )


def tables(rows: list[int], columns: list[int], own: list[int]) -> Iterator[np.ndarray]:
    """All tables of whole numbers with these sums and this diagonal, cell after cell."""
    n = len(rows)

    def fill(done: list[int], left: list[int], room: list[int]) -> Iterator[list[int]]:
        if len(done) == n * n:
            if not any(left) and not any(room):
                yield done
            return
        i, j = divmod(len(done), n)
        most = min(left[i], room[j])
        # The last cell of a row takes all that is left of it.
        choices = {own[i]} if i == j else set(range(most + 1))
        for c in choices & (set(range(most + 1)) if j < n - 1 else {left[i]}):
            if c <= most:
                less, tighter = left.copy(), room.copy()
                less[i] -= c
                tighter[j] -= c
                yield from fill([*done, c], less, tighter)

    for found in fill([], rows, columns):
        yield np.array(found).reshape(n, n)


def exact_law(K: np.ndarray) -> dict[tuple[int, ...], float]:
    """Probability of every table: 1 / Π K_ij! off the diagonal, normalised."""
    law: dict[tuple[int, ...], Fraction] = {}
    for table in tables(K.sum(axis=1).tolist(), K.sum(axis=0).tolist(), np.diag(K).tolist()):
        product = prod(factorial(int(table[i, j])) for i, j in permutations(range(len(K)), 2))
        weight = Fraction(1, product)
        law[tuple(table.ravel().tolist())] = weight
    total = sum(law.values())
    return {key: float(weight / total) for key, weight in law.items()}


def follows(draws: np.ndarray, law: dict[tuple[int, ...], float]) -> None:
    """Chi-square against the law, rare tables together; and the mean of every cell."""
    got = Counter(tuple(table.ravel().astype(int).tolist()) for table in draws)
    assert set(got) <= set(law)
    expected = np.array(list(law.values())) * len(draws)
    observed = np.array([got[key] for key in law])
    rare = expected < 8
    if rare.any():
        expected = np.append(expected[~rare], expected[rare].sum())
        observed = np.append(observed[~rare], observed[rare].sum())
    if len(expected) > 1:
        assert chisquare(observed, expected).pvalue > 1e-3
    cells, p = np.array(list(law)), np.array(list(law.values()))
    mean = p @ cells
    error = np.sqrt((p @ (cells - mean) ** 2) / len(draws))
    off = np.abs(draws.reshape(len(draws), -1).mean(axis=0) - mean)
    assert (off <= 4.5 * error + 1e-9).all()


THREE = {
    "small": [[4, 2, 1], [0, 3, 2], [3, 0, 1]],
    "one cycle": [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
    "uneven": [[5, 9, 0], [1, 0, 6], [12, 3, 2]],
    "large": [[0, 60, 35], [20, 9, 80], [70, 15, 0]],
}


@pytest.mark.parametrize("name", THREE)
def test_three_sectors_follow_the_exact_law(name: str):
    """No 2 × 2 move exists here: one turn of the cycles is a draw from the law itself."""
    K = np.array(THREE[name])
    law = exact_law(K)
    assert len(law) > 1
    follows(drawn(K, 20_000, sweeps=1), law)


FOUR = {
    "sparse": [[3, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 2], [1, 0, 1, 1]],
    "small": [[1, 2, 0, 1], [1, 0, 1, 0], [0, 2, 2, 0], [1, 0, 1, 0]],
    "a hub": [[2, 1, 1, 1], [4, 0, 0, 0], [3, 0, 1, 1], [2, 1, 0, 0]],
    "cycles only": [[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 5]],
}


@pytest.mark.parametrize("name", FOUR)
def test_four_sectors_follow_the_exact_law(name: str):
    K = np.array(FOUR[name])
    law = exact_law(K)
    assert len(law) > 1
    follows(drawn(K, 5000, sweeps=12), law)


def test_one_sweep_keeps_the_exact_law():
    """Tables drawn from the law by enumeration still follow it after one sweep of each."""
    K = np.array(FOUR["small"])
    law = exact_law(K)
    rng = np.random.default_rng(1)
    keys = np.array(list(law))
    begin = keys[rng.choice(len(keys), 6000, p=list(law.values()))].reshape(-1, 4, 4)
    parts = np.split(begin, 300)  # pairs are the same within a part
    for part in parts:
        sweep(part, rng)
    follows(np.concatenate(parts), law)


def test_permuting_the_ends_themselves_gives_the_same_law():
    """The definition: shuffle the cited ends of all citations, keep what has the diagonal."""
    K = np.array([[1, 2, 0], [1, 0, 1], [0, 1, 1]])
    citing = np.repeat(np.repeat(np.arange(3), 3), K.ravel())
    cited = np.repeat(np.tile(np.arange(3), 3), K.ravel())
    rng = np.random.default_rng(1)
    kept = []
    for _ in range(40_000):
        table = np.bincount(3 * citing + rng.permutation(cited), minlength=9).reshape(3, 3)
        if (np.diag(table) == np.diag(K)).all():
            kept.append(table)
    assert len(kept) > 1000
    law = exact_law(K)
    follows(np.array(kept), law)
    follows(drawn(K, 3000), law)


def test_free_diagonals_have_the_mean_of_random_tables_and_the_margins():
    K = np.array([[9, 2, 0], [1, 3, 4], [5, 0, 6]])
    draws = drawn(K, 20_000, keep_own=False)
    rows, columns, n = K.sum(axis=1), K.sum(axis=0), K.sum()
    assert (draws.sum(axis=2) == rows).all() and (draws.sum(axis=1) == columns).all()
    mean = np.outer(rows, columns) / n
    variance = mean * np.outer(n - rows, n - columns) / (n * (n - 1))
    assert (np.abs(draws.mean(axis=0) - mean) < 4.5 * np.sqrt(variance / 20_000)).all()
    assert len(np.unique(np.trace(draws, axis1=1, axis2=2))) > 3


def test_free_tables_have_the_margins_whichever_sectors_cite():
    """scipy's own draw has none of them where the last sector alone cites: 10, 20 and −20."""
    for n in (1, 2, 3):
        for cells in itertools.product((0, 7), repeat=n * n):
            K = np.array(cells).reshape(n, n)
            free = drawn(K, 2, keep_own=False)
            assert (free.sum(axis=2) == K.sum(axis=1)).all(), K
            assert (free.sum(axis=1) == K.sum(axis=0)).all() and (free >= 0).all(), K
    K = np.array([[0, 0, 0], [0, 0, 0], [10, 20, 20]])
    assert (drawn(K, 3, keep_own=False) == K).all()


@st.composite
def counts(draw: st.DrawFn) -> np.ndarray:
    n = draw(st.integers(1, 7))
    entry = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 100_000))
    return np.array(draw(st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n)))


@quick
@given(counts(), st.integers(0, 9))
def test_strengths_and_own_citations_are_kept_and_counts_stay_whole(K: np.ndarray, seed: int):
    draws = drawn(K, 5, seed, sweeps=2)
    assert (draws.sum(axis=2) == K.sum(axis=1)).all()
    assert (draws.sum(axis=1) == K.sum(axis=0)).all()
    assert (np.diagonal(draws, axis1=1, axis2=2) == np.diag(K)).all()
    assert (draws >= 0).all() and (draws == np.rint(draws)).all()
    if len(K) < 3:  # margins and diagonal leave no choice
        assert (draws == K).all()
    free = drawn(K, 5, seed, keep_own=False)
    assert (free.sum(axis=2) == K.sum(axis=1)).all() and (free.sum(axis=1) == K.sum(axis=0)).all()
    assert (free >= 0).all()
    far = np.tile(K, (2, 1, 1))
    crowd(far, np.random.default_rng(seed))
    assert (far.sum(axis=2) == K.sum(axis=1)).all() and (far.sum(axis=1) == K.sum(axis=0)).all()
    assert (far >= 0).all()


def test_log_weight_is_the_logarithm_of_the_law():
    law = exact_law(np.array(FOUR["small"]))
    values = log_weight(np.array(list(law)).reshape(-1, 4, 4)) - np.log(list(law.values()))
    np.testing.assert_allclose(values, values[0], rtol=1e-12)


@pytest.mark.parametrize("keep_own", [True, False])
def test_same_seed_gives_same_numbers_in_chunks_of_any_size(keep_own: bool):
    K = np.random.default_rng(1).poisson(4, (6, 6))
    more = {"keep_own": keep_own, "sweeps": 3}
    whole = drawn(K, 300, **more)
    assert whole.shape == (300, 6, 6)
    for chunk in (1, 7, 256, 999):
        assert (drawn(K, 300, chunk=chunk, **more) == whole).all()
    assert (drawn(K, 300, seed=2, **more) != whole).any()
    assert (drawn(K, 20, **more) == whole[:20]).all()
    named = permute_citations(stock(K), np.random.default_rng(1), 3, **more)
    assert named.labels == tuple(f"s{i}" for i in range(6))


def test_chains_that_need_more_sweeps_get_more(monkeypatch: pytest.MonkeyPatch):
    """Counts with heavy tails: what one pair of sectors exchanges, others must carry on."""
    easy = np.full((4, 4), 3)
    assert sweeps_needed(stock(easy), np.random.default_rng(1)) == nulls.LEAST_SWEEPS
    hard = np.floor(np.random.default_rng(1).pareto(0.8, (16, 16)) * 20)
    needed = sweeps_needed(stock(hard), np.random.default_rng(1))
    assert needed > nulls.LEAST_SWEEPS
    # Twice as many change no mean beyond chance: the default is enough.
    once, twice = (drawn(hard, 256, seed, sweeps=s) for seed, s in ((1, needed), (2, 2 * needed)))
    gap = np.abs(once.mean(axis=0) - twice.mean(axis=0))
    error = np.sqrt((once.var(axis=0) + twice.var(axis=0)) / 256)
    assert (gap <= 4.5 * error + 1e-9).all()
    monkeypatch.setattr(nulls, "PILOT_SWEEPS", 1)
    with pytest.raises(InputError, match=r"still differ after 1 sweeps; give `sweeps`"):
        sweeps_needed(stock(hard), np.random.default_rng(1))


def test_counts_that_cannot_be_permuted_are_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(InputError, match=r"'s1' receives from 's0' is 1.25.*fine industries"):
        permute_citations(stock([[2, 1], [1.25, 1]]), rng, 1)
    with pytest.raises(InputError, match=r"'s0' makes 1.5e\+09 citations; below 1e9"):
        permute_citations(stock([[1, 1.5e9], [1, 1]]), rng, 1)
    with pytest.raises(InputError, match="receives from 's0' is -1"):
        permute_citations(stock([[2, 1], [-1, 1]]), rng, 1)
    with pytest.raises(InputError, match="at least 1 sweep is needed, got 0"):
        permute_citations(stock([[2, 1], [1, 1]]), rng, 1, sweeps=0)
    # What adding up weights leaves behind a whole number is no fraction.
    assert (drawn(np.array([[2, 1], [3 * (1 / 3), 1]]) + 1e-12, 1) == [[2, 1], [1, 1]]).all()


# -- p-values --------------------------------------------------------------------------------------


def made(columns: dict[str, list[float]], singular: int = 0) -> Draws:
    frame = pd.DataFrame(columns, dtype=float)
    return Draws({"benefit": frame}, len(frame), singular)


def test_p_values_are_those_counted_by_hand():
    draws = made({"a": [1, 2, 3, 4, 5, 6, 7, 8, 9], "b": [9, 9, 9, 1, 1, 1, 5, 5, 5], "c": [2] * 9})
    table = null_pvalues(made({"c": [2.0], "a": [8.0], "b": [0.0]}), draws).set_index("sector")
    want = {
        # sector: median, draws ≥ T, draws ≤ T, draws at least as far from the median
        "a": (5, 2, 8, 4),  # 8, 9 above; 1, 2 as far below
        "b": (5, 9, 0, 0),
        "c": (2, 9, 9, 9),
    }
    for sector, (median, greater, less, two) in want.items():
        row = table.loc[sector]
        assert row["null_median"] == median
        expected = [(1 + count) / 10 for count in (greater, less, two)]
        assert row[["p_greater", "p_less", "p_two_sided"]].tolist() == pytest.approx(expected)
        assert row["draws"] == 9
    # Benjamini–Hochberg of 0.5, 0.1, 1.0: 0.1 × 3/1, 0.5 × 3/2, 1.0 × 3/3.
    assert table["q_two_sided"].tolist() == pytest.approx([0.75, 0.3, 1.0])
    assert table["observed"].to_dict() == {"a": 8, "b": 0, "c": 2}


def test_draws_that_equal_the_observed_but_for_rounding_count_as_equal():
    table = null_pvalues(made({"a": [0.3]}), made({"a": [0.1 + 0.2] * 4}))
    assert table[["p_greater", "p_less", "p_two_sided"]].to_numpy().tolist() == [[1, 1, 1]]


def test_singular_draws_count_as_extreme_on_every_side():
    nan = float("nan")
    table = null_pvalues(made({"a": [10.0]}), made({"a": [1, 2, 3, nan]}, 1))
    row = table.iloc[0]
    assert row[["p_greater", "p_less", "p_two_sided"]].tolist() == [2 / 5, 5 / 5, 2 / 5]
    assert (row["draws"], row["null_median"]) == (3, 2)


def test_observed_must_be_one_regular_draw_of_the_same_quantities():
    with pytest.raises(InputError, match="one draw with an inverse is needed, got 2"):
        null_pvalues(made({"a": [1, 2]}), made({"a": [1, 2]}))


def test_p_values_of_a_stock_that_was_permuted_are_uniform_or_larger():
    """The observed table is itself a draw: p ≤ 0.1 in at most a tenth of 150 cases."""
    K = np.random.default_rng(1).poisson(5, (4, 4)) + np.eye(4, dtype=int)
    S = LabelledMatrix.build("S", np.full((4, 4), 0.1), [f"s{i}" for i in range(4)])
    values = draw_sums(S, permute_citations(stock(K), np.random.default_rng(2), 150 * 20)).values[
        "loss"
    ]
    small = 0
    for group in np.split(values["s0"].to_numpy(), 150):
        table = null_pvalues(made({"s0": group[:1]}), made({"s0": group[1:]}))
        small += table.loc[0, "p_greater"] <= 0.1
    # 15 expected; 29 is the upper 1e-4 tail of the binomial.
    assert small <= 29
