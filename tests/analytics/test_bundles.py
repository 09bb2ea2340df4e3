"""Exchanged bundles: what is kept, the law of chance, and the size and power of both nulls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from spillgraph.analytics import draw_sums, null_pvalues, permute_bundles, permute_citations
from spillgraph.analytics.inference._bundles import _popularity
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

N, DRAWS, ECONOMIES = 6, 39, 60


def economy(
    rng: np.random.Generator, times: float, planted: float = 0.0
) -> tuple[LabelledMatrix, pd.Series]:
    """Firms that pick targets by popularity alone, and cite each of them some times over."""
    popular = rng.dirichlet(np.full(N, 3.0))
    rows, homes = [], []
    for a in range(N):
        chance = np.where(np.arange(N) == a, 0.0, popular)
        chance = (1 - planted) * chance / chance.sum()
        chance[(a + 1) % N] += planted
        for _ in range(rng.integers(8, 30)):
            picked = rng.choice(N, 1 + rng.poisson(4), p=chance)
            row = np.bincount(picked, rng.geometric(1 / times, picked.size), N)
            row[a] = rng.poisson(row.sum() * 0.3)
            rows.append(row)
            homes.append(a)
    sectors, firms = [f"s{i}" for i in range(N)], [f"f{k}" for k in range(len(rows))]
    F = LabelledMatrix.build("F", np.array(rows), firms, sectors)
    return F, pd.Series([sectors[a] for a in homes], firms)


def stock(F: LabelledMatrix, home: pd.Series) -> LabelledMatrix:
    B = (home.to_numpy()[:, None] == np.array(F.columns)).astype(float)
    return LabelledMatrix.build("K", B.T @ F.values.toarray(), F.columns)


def test_own_citations_totals_made_and_times_cited_are_kept() -> None:
    F, home = economy(np.random.default_rng(3), 5.0)
    K = stock(F, home).values.toarray()
    drawn = np.concatenate(list(permute_bundles(F, home, np.random.default_rng(1), 50)))
    np.testing.assert_array_equal(drawn.diagonal(axis1=1, axis2=2), [np.diag(K)] * 50)
    np.testing.assert_allclose(drawn.sum(axis=2), [K.sum(axis=1)] * 50, rtol=1e-12)
    np.testing.assert_allclose(drawn.sum(axis=1), [K.sum(axis=0)] * 50, rtol=1e-5)
    assert drawn.std(axis=0)[~np.eye(N, dtype=bool)].min() > 0


def test_same_seed_same_numbers_whatever_the_chunk() -> None:
    F, home = economy(np.random.default_rng(3), 5.0)
    whole, cut = (
        np.concatenate(list(permute_bundles(F, home, np.random.default_rng(1), 7, chunk=chunk)))
        for chunk in (None, 3)
    )
    np.testing.assert_array_equal(whole, cut)


def test_popularity_is_that_of_quasi_independence() -> None:
    q, made = np.array([0.5, 0.3, 0.15, 0.05]), np.array([100.0, 400.0, 50.0, 10.0])
    law = q / (1 - q)[:, None]
    np.fill_diagonal(law, 0.0)
    cited = made @ law
    np.testing.assert_allclose(_popularity(made, cited), q, rtol=1e-4)


def test_draws_follow_the_law_of_chance_where_industries_differ_in_popularity() -> None:
    """Single citations of firms of one size: the mean of the draws is that of the other null."""
    rng = np.random.default_rng(8)
    popular = np.array([0.5, 0.3, 0.15, 0.05])
    rows, home = [], np.repeat(np.arange(4), 60)
    for a in home:
        chance = np.where(np.arange(4) == a, 0.0, popular)
        rows.append(rng.multinomial(10, chance / chance.sum()))
    firms = [f"f{k}" for k in range(len(rows))]
    F = LabelledMatrix.build("F", np.array(rows), firms, list("abcd"))
    industry = pd.Series([F.columns[a] for a in home], firms)
    K = stock(F, industry)
    ours = np.concatenate(list(permute_bundles(F, industry, rng, 400)))
    theirs = np.concatenate(list(permute_citations(K, rng, 400, sweeps=30)))
    error = np.sqrt((ours.var(axis=0) + theirs.var(axis=0)) / 400)
    assert (np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) <= 5 * error + 0.6).all()


def rejected(
    times: float, planted: float = 0.0, nulls: tuple[str, ...] = ("bundles", "citations")
) -> dict[str, np.ndarray]:
    """Per economy and null: share of tests at 5% that reject, and whether there is a finding."""
    found: dict[str, list[list[float]]] = {null: [] for null in nulls}
    for k in range(ECONOMIES):
        rng = np.random.default_rng([17, k])
        F, home = economy(rng, times, planted)
        S = LabelledMatrix.build("S", 0.5 * rng.dirichlet(np.ones(N), N), F.columns)
        K = stock(F, home)
        observed = draw_sums(S, K)
        for null, drawn in (
            ("bundles", permute_bundles(F, home, rng, DRAWS)),
            ("citations", permute_citations(K, rng, DRAWS, sweeps=12)),
        ):
            if null not in nulls:
                continue
            table = null_pvalues(observed, draw_sums(S, drawn))
            one = table[(table["quantity"] == "benefit") & (table["sector"] == "s0")]
            p = float(one["p_two_sided"].iloc[0])
            found[null].append([p <= 0.05, (table["p_familywise"] <= 0.05).any()])
    return {null: np.array(rows).mean(axis=0) for null, rows in found.items()}


#: Of 60 tests with a true size of 5%, more than this many reject once in a thousand times.
MOST = binom.isf(1e-3, ECONOMIES, 0.05) / ECONOMIES


@pytest.mark.parametrize("times", [1.0, 6.0])
def test_bundles_keep_their_size_and_single_citations_only_where_independent(times: float) -> None:
    found = rejected(times)
    assert (found["bundles"] <= MOST).all()
    if times == 1:
        assert (found["citations"] <= MOST).all()
    else:  # what was wrong with them
        assert found["citations"][0] > 0.25 and found["citations"][1] > 0.6


def test_a_planted_pattern_is_found() -> None:
    assert rejected(2.0, planted=0.5, nulls=("bundles",))["bundles"][1] > 0.6


def test_industries_that_are_no_column_and_firms_that_differ_are_refused() -> None:
    F, home = economy(np.random.default_rng(3), 5.0)
    rng = np.random.default_rng(1)
    with pytest.raises(InputError, match="firm 'f0' is in 'wool', which is not a column"):
        permute_bundles(F, home.replace("s0", "wool"), rng, 1)
    with pytest.raises(InputError, match="industry of firms"):
        permute_bundles(F, home.drop("f0"), rng, 1)
