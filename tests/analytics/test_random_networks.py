"""Random networks: what each null keeps, its law, draws as what is seen."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.analytics import draw_null
from spillgraph.analytics.nulls import NULLS
from spillgraph.analytics.nulls._curveball import sweep, trade_sparse
from spillgraph.analytics.nulls._fit import fit_links, fit_weights
from spillgraph.analytics.nulls._maxent import walk
from spillgraph.analytics.nulls._newton import scale_sparse
from spillgraph.analytics.nulls._sinkhorn import scale
from spillgraph.core.errors import InputError

STRENGTHS = ("strength", "strength_own", "strength_links", "maxent")
DENSE_AND_SPARSE = [name for name, law in NULLS.items() if law.draw_sparse]


def network(N: int, filled: float, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.exponential(size=(N, N)) * rng.lognormal(size=(N, 1)) * rng.lognormal(size=(1, N))
    return values * (rng.random((N, N)) < filled)


def drawn(values: object, null: str, draws: int = 50, seed: int = 1) -> np.ndarray:
    return np.concatenate(list(draw_null(values, null, draws=draws, seed=seed)))


def off(values: np.ndarray) -> np.ndarray:
    return values * ~np.eye(values.shape[-1], dtype=bool)


# -- what each keeps -------------------------------------------------------------------------------


@pytest.mark.parametrize("null", STRENGTHS)
@pytest.mark.parametrize(("N", "filled"), [(5, 0.9), (20, 0.3), (60, 0.8)])
def test_strengths_are_met_to_one_part_in_ten_thousand_million(null, N, filled):
    M = network(N, filled)
    D = drawn(M, null)
    for axis in (0, 1):
        want = M.sum(axis=axis)
        got = D.sum(axis=axis + 1)
        assert (np.abs(got - want) <= 1e-10 * want).all()
    assert (D >= 0).all() and D.std(axis=0).max() > 0


@pytest.mark.parametrize("null", NULLS)
def test_own_links_stay_unless_they_are_redrawn(null):
    M = network(12, 0.7)
    same = (drawn(M, null).diagonal(axis1=1, axis2=2) == M.diagonal()).all()
    assert same == (null != "strength_own")


def test_spread_keeps_the_numbers_of_each_row_and_its_column_version_those_of_each_column():
    M = network(9, 0.6)
    for null, turn in (("spread", False), ("spread_columns", True)):
        D, want = drawn(M, null), off(M)
        rows = off(D).transpose(0, 2, 1) if turn else off(D)
        assert (np.sort(rows, axis=2) == np.sort(want.T if turn else want, axis=1)).all()


@pytest.mark.parametrize("null", ["degree", "maxent"])
def test_degrees_are_those_observed_in_every_draw(null):
    M = network(15, 0.4)
    D = off(drawn(M, null)) > 0
    assert (D.sum(axis=1) == (off(M) > 0).sum(axis=0)).all()
    assert (D.sum(axis=2) == (off(M) > 0).sum(axis=1)).all()


def test_degree_takes_each_receivers_weights_along():
    M = network(15, 0.4)
    assert (np.sort(off(drawn(M, "degree")), axis=2) == np.sort(off(M), axis=1)).all()


def test_links_stay_where_only_weights_are_redrawn():
    M = network(15, 0.4)
    assert ((drawn(M, "strength_links") > 0) == (M > 0)).all()


@pytest.mark.parametrize("null", NULLS)
def test_sectors_without_links_stay_without(null):
    M = network(6, 0.8)
    M[2] = M[:, 2] = 0  # draws nothing, gives nothing
    M[4] = 0  # only gives
    D = drawn(M, null, 20)
    assert not D[:, 2].any() or null == "spread_columns"
    assert not D[:, :, 2].any() or null == "spread"
    assert not D[:, 4].any() or null == "spread_columns"


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize(
    "M",
    [
        [[3.0]],
        [[0.0]],
        [[1.0, 2], [3, 4]],
        [[0.0, 0], [5, 0]],
        [[0.0, 2, 3], [4, 0, 0], [5, 0, 0]],
    ],
    ids=["one", "nothing", "two", "one link", "star"],
)
def test_where_there_is_no_choice_every_draw_is_the_network_itself(null, M):
    D = drawn(M, null, 5)
    assert D.shape == (5, len(M), len(M)) and np.isfinite(D).all()
    if null not in ("spread", "spread_columns", "strength_own", "degree" if len(M) > 2 else ""):
        np.testing.assert_allclose(D, np.tile(M, (5, 1, 1)), atol=1e-12)


# -- laws, against all that there is ---------------------------------------------------------------


def frequencies(A: np.ndarray, allowed: list[np.ndarray]) -> np.ndarray:
    keys = {a.astype(np.uint8).tobytes(): k for k, a in enumerate(allowed)}
    found = [keys[a.tobytes()] for a in np.ascontiguousarray(A.astype(np.uint8))]
    return np.bincount(found, minlength=len(allowed))


def digraphs(rows: list[int], columns: list[int]) -> list[np.ndarray]:
    """All networks of links with these degrees and no own links."""
    N = len(rows)
    choices = []
    for i in range(N):
        masks = product((0, 1), repeat=N)
        choices.append([m for m in masks if sum(m) == rows[i] and not m[i]])
    return [
        np.array(a, dtype=bool)
        for a in product(*choices)
        if [sum(column) for column in zip(*a, strict=True)] == columns
    ]


def chi_square(counts: np.ndarray, chances: np.ndarray) -> float:
    want = counts.sum() * chances
    return float(((counts - want) ** 2 / want).sum() / (len(counts) - 1))


@pytest.mark.parametrize(
    ("rows", "columns"), [([1, 1, 1], [1, 1, 1]), ([2, 1, 1, 2], [1, 2, 2, 1])]
)
def test_rewiring_reaches_all_networks_of_the_degrees_equally_often(rows, columns):
    """The first has two networks, the two rings of three, which no swap of two links connects."""
    allowed = digraphs(rows, columns)
    A = np.tile(allowed[0], (6000, 1, 1))
    rng = np.random.default_rng(3)
    for _ in range(25):
        sweep(A, rng)
    counts = frequencies(A, allowed)
    assert chi_square(counts, np.full(len(allowed), 1 / len(allowed))) < 2.5


def test_large_rewiring_keeps_degrees_makes_no_link_twice_and_is_uniform():
    rows, columns = [2, 1, 1, 2], [1, 2, 2, 1]
    allowed = digraphs(rows, columns)
    rng, found = np.random.default_rng(3), []
    row, column = (each.astype(np.int64) for each in np.nonzero(allowed[0]))
    for _ in range(8000):
        row = trade_sparse(row, column, 4, rng)
        A = np.zeros((4, 4), dtype=bool)
        A[row, column] = True
        assert A.sum() == row.size
        found.append(A)
    counts = frequencies(np.array(found), allowed)
    assert np.abs(counts / 1000 - 1).max() < 0.12  # one chain: neighbours are alike


def test_spread_puts_a_share_on_every_partner_equally_often():
    D = drawn(np.array([[9.0, 1, 2, 3], *np.zeros((3, 4))]), "spread", 6000)
    orders = np.array(list(permutations([1.0, 2, 3])))
    counts = np.array([(D[:, 0, 1:] == order).all(axis=1).sum() for order in orders])
    assert chi_square(counts, np.full(6, 1 / 6)) < 2.5


def test_weights_of_maximal_entropy_have_the_density_of_their_law():
    """Two receivers, two sources and one amount that is free: it is uniform between its bounds."""
    M = np.zeros((4, 4))
    M[0, 2:] = 3.0, 1.0
    M[1, 2:] = 1.0, 2.0
    D = drawn(M, "maxent", 4000)
    free = D[:, 0, 2]  # from 1, where nothing flows from 1 to 3, to 4
    edges = np.histogram(free, bins=6, range=(1.0, 4.0))[0]
    assert edges.sum() == 4000 and chi_square(edges, np.full(6, 1 / 6)) < 2.5


def test_links_of_maximal_entropy_have_the_weight_of_their_law():
    """Moves between patterns go as the product of rates over links says."""
    rates = np.ones((5, 5))
    rates[0, 3] = 4.0
    M = np.zeros((5, 5))
    M[0, [2, 4]], M[1, [3, 4]] = (1.0, 2.0), (1.0, 2.0)  # 0 and 1 may swap 2 for 3
    D = walk(np.tile(M, (3000, 1, 1)), rates, 60, np.random.default_rng(2))
    share = (D[:, 0, 3] > 0).mean()
    assert share == pytest.approx(4 / 5, abs=0.025)


def test_chances_and_means_of_maximal_entropy_are_fitted_and_solve_their_equations():
    M = off(network(30, 0.3))
    links = M > 0
    p = fit_links(links.sum(1) * 1.0, links.sum(0) * 1.0, ~np.eye(30, dtype=bool))
    np.testing.assert_allclose(p.sum(axis=1), links.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(p.sum(axis=0), links.sum(axis=0), rtol=1e-8)
    inside = (p > 1e-6) & (p < 1 - 1e-6)
    odds = np.log(p[inside] / (1 - p[inside]))  # log x_i + log y_j
    i, j = np.nonzero(inside)
    design = np.zeros((len(i), 60))
    design[np.arange(len(i)), i] = design[np.arange(len(i)), 30 + j] = 1
    fit = design @ np.linalg.lstsq(design, odds, rcond=None)[0]
    np.testing.assert_allclose(fit, odds, atol=1e-6)
    flow = p * fit_weights(M.sum(axis=1), M.sum(axis=0), p)
    np.testing.assert_allclose(flow.sum(axis=1), M.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(flow.sum(axis=0), M.sum(axis=0), rtol=1e-8)


@pytest.mark.parametrize(("N", "filled"), [(37, 1.0), (94, 1.0), (37, 0.97), (12, 0.95)])
def test_maximal_entropy_of_networks_that_lack_hardly_a_link(N, filled):
    """Links that degrees force lie at infinity, where no step of Newton's method arrives."""
    M = off(network(N, filled))
    links = M > 0
    p = fit_links(links.sum(1) * 1.0, links.sum(0) * 1.0, ~np.eye(N, dtype=bool))
    np.testing.assert_allclose(p.sum(axis=1), links.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(p.sum(axis=0), links.sum(axis=0), rtol=1e-8)
    whole = links.sum(axis=1) == N - 1
    assert whole.any() and (p[whole] == 1.0 * ~np.eye(N, dtype=bool)[whole]).all()
    one = drawn(M, "maxent", 1)[0]
    np.testing.assert_allclose(one.sum(axis=1), M.sum(axis=1), rtol=1e-9)
    assert not np.allclose(one, M)


@pytest.mark.parametrize("null", DENSE_AND_SPARSE)
def test_dense_and_sparse_draws_have_the_same_law(null):
    """Means and variances of every entry."""
    M = network(5, 0.8, seed=4)
    dense = drawn(M, null, 400, seed=1)
    law = NULLS[null].draw_sparse
    assert law is not None
    rng = np.random.default_rng(2)
    one = np.stack([each.toarray() for each in law(sparse.csr_array(M), rng, 400)])
    scale = np.maximum(np.maximum(dense.std(axis=0), one.std(axis=0)), 1e-12)
    far = np.abs(dense.mean(axis=0) - one.mean(axis=0)) / scale * np.sqrt(400 / 2)
    assert far.max() < 4.5


def test_the_same_seed_gives_the_same_bytes():
    M = network(8, 0.7)
    for null in NULLS:
        assert drawn(M, null, 5).tobytes() == drawn(M, null, 5).tobytes()
        assert drawn(M, null, 5, seed=2).tobytes() != drawn(M, null, 5).tobytes()


# -- what is refused -------------------------------------------------------------------------------


def test_a_null_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"no null is called 'strengths'.*'strength'"):
        draw_null(np.ones((3, 3)), "strengths")


def test_no_draws_and_too_many_sectors_are_refused():
    with pytest.raises(InputError, match="draws: a whole number from 1 to"):
        draw_null(np.ones((3, 3)), draws=0)
    with pytest.raises(InputError, match=r"arrays of 3,001 sectors are too large"):
        draw_null(sparse.csr_array((3001, 3001)))


def test_negative_entries_are_refused_naming_the_pair():
    M = pd.DataFrame([[0, -1.0], [1, 0]], ["a", "b"], ["a", "b"])
    with pytest.raises(InputError, match="'a' receives from 'b' is -1"):
        draw_null(M)


def test_one_array_is_scaled_as_many_are():
    """There is one array with given cross ratios and margins; both ways find it."""
    rng = np.random.default_rng(5)
    for density in (1.0, 0.4):
        M = rng.lognormal(sigma=2, size=(12, 12)) * (rng.random((12, 12)) < density)
        X = rng.exponential(size=M.shape) * (M > 0)
        many = X[None].copy()
        scale(many, M.sum(axis=1), M.sum(axis=0))
        one = scale_sparse(sparse.csr_array(X), M.sum(axis=1), M.sum(axis=0))
        np.testing.assert_allclose(one.toarray(), many[0], rtol=1e-8, atol=1e-14 * M.max())


def test_a_large_network_of_few_links_is_scaled_where_fitting_row_by_row_forgets_too_slowly():
    """After 2,000 steps of fitting a margin is still missed; Newton steps meet all to 1e-10."""
    rng, N = np.random.default_rng(1), 20_000
    hubs = (np.arange(N) + 1.0) ** -0.6
    ends = rng.integers(0, N, 5 * N), rng.choice(N, 5 * N, p=hubs / hubs.sum())
    M = sparse.csr_array((rng.lognormal(0, 2, 5 * N), ends), shape=(N, N))
    rows, columns = np.asarray(M.sum(axis=1)), np.asarray(M.sum(axis=0))
    X = M.copy()
    X.data = rng.exponential(size=X.nnz)
    v = columns
    for _ in range(2_000):
        u = np.divide(rows, X @ v, out=np.zeros(N), where=rows > 0)
        v = np.divide(columns, X.T @ u, out=np.zeros(N), where=columns > 0)
    missed = np.abs(u * (X @ v) - rows)[rows > 0] / rows[rows > 0]
    assert missed.max() > 1e-8
    Y = scale_sparse(X, rows, columns)
    np.testing.assert_allclose(np.asarray(Y.sum(axis=1)), rows, rtol=1e-10)
    np.testing.assert_allclose(np.asarray(Y.sum(axis=0)), columns, rtol=1e-10)


def test_margins_that_no_scaling_meets_in_time_are_refused():
    """One sector draws all but a trace of what the others give, and gives it back."""
    M = np.full((4, 4), 1e-9)
    M[0, 1:] = M[1:, 0] = 1.0
    M[1, 2] = 2e-7
    try:
        D = drawn(off(M), "strength", 2)
    except InputError as error:
        assert "nearly all of the network" in str(error)
    else:
        np.testing.assert_allclose(D.sum(axis=1), np.tile(off(M).sum(axis=0), (2, 1)), rtol=1e-10)
