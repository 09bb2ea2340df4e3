"""Backbones against the authors' code, the integral, brute force and their own level."""

from __future__ import annotations

from itertools import product
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, sparse, stats
from spillgraph.analytics import backbone, survivors
from spillgraph.analytics.structure._adjust import adjust
from spillgraph.analytics.structure._disparity import disparity
from spillgraph.analytics.structure._marginal_likelihood import marginal_likelihood
from spillgraph.analytics.structure._noise_corrected import noise_corrected
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

STORED = pd.read_csv(Path(__file__).parent / "stored" / "backbones.csv")


def stored(own: bool) -> tuple[LabelledMatrix, pd.DataFrame]:
    table = STORED[STORED["own"] == own].reset_index(drop=True)
    ends = table["receiver"].astype(str), table["source"].astype(str)
    return LabelledMatrix.from_long("K", *ends, table["value"], list("012345678")), table


def random_network(n: int = 40, share: float = 0.4, seed: int = 1) -> LabelledMatrix:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((n, n)) < share, rng.geometric(0.02, (n, n)), 0)
    return LabelledMatrix.build("K", values, [f"C{i:02}" for i in range(n)], unit="citations")


# -- oracles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [False, True])
def test_noise_corrected_as_printed_equals_the_authors_code(own: bool):
    M, table = stored(own)
    found = noise_corrected(M.values, as_printed=True)
    assert np.allclose(found["score"], table["score"], rtol=1e-12, atol=1e-14)
    assert np.allclose(found["sdev"], table["sdev_cij"], rtol=1e-10)


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("side", ["receiver", "source"])
def test_disparity_equals_the_authors_code(own: bool, side: str):
    M, table = stored(own)
    links = backbone(M, side=side, own="test").links
    assert np.allclose(1 - links[f"p_{side}"], table[f"of_{side}"], rtol=0, atol=1e-13)


def test_the_prior_of_noise_corrected_has_the_moments_it_is_given():
    # The printed formula has not: the erratum.
    mu, variance = 0.3, 0.01
    a = mu / variance * mu * (1 - mu) - mu
    right, printed = (mu / variance * rest - (1 - mu) for rest in ((1 - mu) ** 2, 1 - mu**2))
    mean, spread = stats.beta.stats(a, right)
    assert (mean, spread) == pytest.approx((mu, variance))
    assert stats.beta.mean(a, printed) != pytest.approx(mu, rel=0.1)


def test_noise_corrected_equals_its_formula_link_by_link():
    M = random_network(12)
    K = M.values.toarray()
    N, found = K.sum(), noise_corrected(M.values)
    for e, (i, j) in enumerate(zip(*np.nonzero(K), strict=True)):
        Ni, Nj, w = K[i].sum(), K[:, j].sum(), K[i, j]
        mu = Ni * Nj / N**2
        variance = stats.hypergeom.var(int(N), int(Ni), int(Nj)) / N**2
        total = mu * (1 - mu) / variance - 1  # of the Beta law with these moments
        p = (mu * total + w) / (total + N)

        # The lift as a function of N_ij, with which margins and total move along.
        def lift(more: float, i: int = i, j: int = j, Ni=Ni, Nj=Nj, w=w) -> float:
            k = (N + more) / ((Ni + more) * (Nj + more)) * (w + more)
            return (k - 1) / (k + 1)

        slope = (lift(1e-3) - lift(-1e-3)) / 2e-3
        assert found["score"][e] == pytest.approx(lift(0), abs=1e-12)
        assert found["sdev"][e] == pytest.approx(abs(slope) * np.sqrt(N * p * (1 - p)), rel=1e-5)
        assert found["p"][e] == pytest.approx(stats.norm.sf(lift(0) / found["sdev"][e]))


@pytest.mark.parametrize("side", ["receiver", "source"])
def test_disparity_equals_the_published_integral(side: str):
    M = random_network(8)
    K = M.values.toarray() if side == "receiver" else M.values.toarray().T
    K = K * (1 - np.eye(8))
    links = backbone(M, side=side).links.dropna()
    table = links.set_index(["receiver", "source"])["p"]
    for (receiver, source), p in table.items():
        i, j = (M.rows.index(each) for each in (receiver, source))
        i, j = (i, j) if side == "receiver" else (j, i)
        k, share = np.count_nonzero(K[i]), K[i, j] / K[i].sum()
        if k == 1:
            assert p == 1
            continue
        area = integrate.quad(lambda x, k=k: (1 - x) ** (k - 2), 0, share)[0]
        assert p == pytest.approx(1 - (k - 1) * area, abs=1e-10)


def test_either_is_the_smaller_and_both_the_larger_of_the_two_sides():
    M = random_network()
    one = {side: backbone(M, side=side) for side in ("receiver", "source", "either", "both")}
    sets = {
        side: set(zip(*each.matrix.values.nonzero(), strict=True)) for side, each in one.items()
    }
    assert sets["either"] == sets["receiver"] | sets["source"]
    assert sets["both"] == sets["receiver"] & sets["source"]


def test_marginal_likelihood_equals_the_law_of_every_deal():
    K = np.array([[0, 2.0], [1.0, 1.0]])
    found = marginal_likelihood(sparse.csr_array(K))
    chance = np.outer(K.sum(axis=1), K.sum(axis=0)) / 16
    cells = [(0, 1), (1, 0), (1, 1)]
    for e, cell in enumerate(cells):
        # All ways in which 4 events can fall on the four pairs.
        p = sum(
            np.prod([chance[pair] for pair in deal])
            for deal in product(np.ndindex(2, 2), repeat=4)
            if deal.count(cell) >= K[cell]
        )
        assert found["p"][e] == pytest.approx(p, rel=1e-12)


def test_marginal_likelihood_equals_the_binomial_tail():
    M = random_network()
    found = marginal_likelihood(M.values)
    N = int(M.sum())
    tail = stats.binom.sf(M.values.data - 1, N, found["expected"] / N)
    assert np.allclose(found["p"], tail, rtol=1e-8, atol=1e-300)


def test_adjusted_p_values_equal_scipy_and_the_definition():
    p = np.random.default_rng(1).random(50) ** 3
    assert np.allclose(adjust(p, "bh"), stats.false_discovery_control(p))
    order = np.argsort(p)
    holm = [max((50 - k) * p[order[k]] for k in range(place + 1)) for place in range(50)]
    assert np.allclose(adjust(p, "holm")[order], np.minimum(holm, 1))
    with_gap = np.append(p, np.nan)
    assert np.allclose(adjust(with_gap, "bonferroni")[:-1], np.minimum(50 * p, 1))


# -- calibration -----------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["receiver", "source", "both", "either"])
def test_of_links_without_meaning_alpha_is_kept(side: str):
    rng = np.random.default_rng(5)
    n, alpha = 300, 0.05
    sticks = rng.exponential(size=(n, n))  # rows and columns are broken at random
    kept = backbone(LabelledMatrix.build("K", sticks), side=side, alpha=alpha)
    share = kept.counts["kept"] / (kept.counts["links"] - kept.counts["own"])
    if side in ("receiver", "source"):
        assert share == pytest.approx(alpha, abs=0.002)
    else:
        assert (share < alpha) if side == "both" else (alpha < share < 2 * alpha)


def test_links_of_a_hub_that_survive_by_chance_have_a_uniform_p():
    rng = np.random.default_rng(6)
    p = []
    for _ in range(10):
        M = LabelledMatrix.build("K", rng.exponential(size=(100, 100)))
        kept = backbone(M, side="receiver", alpha=0.3)
        p.extend(survivors(M, kept)["p_links"])
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.02)


def test_events_dealt_at_random_are_kept_at_about_the_level():
    rng = np.random.default_rng(7)
    strengths = rng.dirichlet(np.full(50, 2.0), 2)
    K = rng.multinomial(200_000, np.outer(*strengths).ravel()).reshape(50, 50)
    M = LabelledMatrix.build("K", K)
    exact = backbone(M, "marginal_likelihood", own="test").counts
    assert 0.03 < exact["kept"] / exact["links"] < 0.05
    # The normal law of the score is an approximation, and no bound.
    near = backbone(M, "noise_corrected", own="test").counts
    assert 0.04 < near["kept"] / near["links"] < 0.08


# -- accounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["disparity", "noise_corrected", "marginal_likelihood"])
@pytest.mark.parametrize("own", ["apart", "keep", "test"])
def test_links_in_are_own_and_kept_and_dropped(method: str, own: str):
    M = random_network()
    kept = backbone(M, method, own=own)
    counts, weights = kept.counts, kept.weights
    assert counts["links"] == M.values.nnz == counts["own"] + counts["kept"] + counts["dropped"]
    assert weights["links"] == pytest.approx(weights["own"] + weights["kept"] + weights["dropped"])
    in_backbone = counts["kept"] + (counts["own"] if own == "keep" else 0)
    assert kept.matrix.values.nnz == in_backbone == kept.links["kept"].sum()
    diagonal = {"apart": 0, "keep": M.values.trace()}
    if own in diagonal:
        assert kept.matrix.values.trace() == diagonal[own]
        assert counts["own"] == np.count_nonzero(M.values.diagonal())
    rows, columns = kept.matrix.values.nonzero()
    assert (kept.matrix.values[rows, columns] == M.values[rows, columns]).all()


def test_directions_are_kept():
    M = random_network(share=0.1)
    pairs = set(zip(*M.values.nonzero(), strict=True))
    assert any((j, i) not in pairs for i, j in pairs)
    kept = backbone(M, side="receiver", own="test", alpha=0.999_999, single="keep")
    assert set(zip(*kept.matrix.values.nonzero(), strict=True)) <= pairs
    assert kept.counts["links"] == M.values.nnz


def test_the_unit_changes_nothing_of_disparity_and_events_set_the_rest():
    M = random_network()
    money = LabelledMatrix.build("Z", M.values * 1e-3, M.rows, unit="billion US$")
    assert np.allclose(backbone(M).links["p"], backbone(money).links["p"], equal_nan=True)
    total = M.sum() - M.values.trace()
    for method in ("noise_corrected", "marginal_likelihood"):
        scaled = backbone(money, method, events=total)
        assert np.allclose(scaled.links["p"], backbone(M, method).links["p"], equal_nan=True)
        assert (scaled.links["value"] == money.values.data).all()


def test_an_industry_with_a_single_link_is_stated():
    K = [[0, 9, 1], [5, 0, 0], [1, 1, 0]]
    M = LabelledMatrix.build("K", K, ["a", "b", "c"])
    dropped = backbone(M, side="receiver")
    assert (dropped.single, dropped.counts["single"]) == (("b",), 1)
    assert not dropped.links.set_index(["receiver", "source"]).loc[("b", "a"), "kept"]
    kept = backbone(M, side="receiver", single="keep")
    assert kept.links.set_index(["receiver", "source"]).loc[("b", "a"), "kept"]
    # Seen from a, b's link is one of two: from either side it is tested.
    assert backbone(M, side="either").counts["single"] == 0


@pytest.mark.parametrize("method", ["disparity", "noise_corrected", "marginal_likelihood"])
@pytest.mark.parametrize("K", [[[0.0]], [[5.0]], [[0, 0], [0, 0]], [[0, 3.0], [0, 0]]])
def test_networks_of_next_to_nothing(method: str, K: list[list[float]]):
    found = backbone(LabelledMatrix.build("K", K), method)
    assert found.counts["kept"] == 0
    assert survivors(LabelledMatrix.build("K", K), found)["survives"].sum() == 0


def test_a_star_whose_hub_has_everything_leaves_nothing_to_chance():
    M = LabelledMatrix.build("K", [[0, 0, 0], [7, 0, 0], [9, 0, 0]])
    for method in ("noise_corrected", "marginal_likelihood"):
        assert backbone(M, method).counts["kept"] == 0


# -- survivors -------------------------------------------------------------------------------------


def planted(hub: bool) -> LabelledMatrix:
    rng = np.random.default_rng(3)
    K = rng.exponential(size=(60, 60))
    if hub:
        K[:, 7] *= 12
    return LabelledMatrix.build("K", K, [f"C{i:02}" for i in range(60)])


def test_a_planted_hub_survives_and_chance_leaves_few():
    M = planted(True)
    table = survivors(M, backbone(M, side="receiver", correction="bh"), top=1)
    assert table.index[table["survives"]].tolist() == ["C07"]
    assert table.loc["C07", "p_links"] < 1e-10
    M = planted(False)
    table = survivors(M, backbone(M, side="receiver", correction="bh"), top=6)
    assert table["hub"].sum() == 6 and table["survives"].sum() == 0


def test_survivors_by_another_measure_and_of_the_wrong_network():
    M = planted(True)
    kept = backbone(M, side="receiver")
    ranked = survivors(M, kept, measure=lambda m: m.to_frame().max())
    assert ranked.loc["C07", "rank"] == 1
    with pytest.raises(InputError, match="is not of matrix K"):
        survivors(planted(False), kept)
    with pytest.raises(InputError, match="at least 1"):
        survivors(M, kept, receivers=0)


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "disparty"}, "method: got 'disparty'. Did you mean 'disparity'"),
        ({"side": "buyer"}, "side: got 'buyer'"),
        ({"own": "drop"}, "own: got 'drop'"),
        ({"alpha": 1.5}, "between 0 and 1 is needed, got 1.5"),
        ({"events": 10}, "events: the disparity filter counts none"),
        ({"method": "noise_corrected", "side": "both"}, "side: noise_corrected tests both ends"),
        ({"method": "noise_corrected", "single": "keep"}, "single: noise_corrected tests both"),
        ({"method": "marginal_likelihood", "events": 1}, "needs 2 events or more in all, got 1"),
        ({"correction": "fdr"}, "no correction is called 'fdr'"),
    ],
)
def test_what_does_not_go_together_is_refused(options: dict, message: str):
    with pytest.raises(InputError, match=message):
        backbone(random_network(), **options)


def test_shares_are_no_events():
    W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], unit="share")
    with pytest.raises(InputError, match="noise_corrected counts events, and its unit is 'share'"):
        backbone(W, "noise_corrected")
    assert backbone(W, "noise_corrected", events=400).counts["links"] == 2


def test_choices_of_many_links_have_the_binomial_law_by_hand():
    # 3 of 4 in-links at alpha 0.1: C(4,3) .1³ .9 + .1⁴
    assert comb(4, 3) * 0.1**3 * 0.9 + 0.1**4 == pytest.approx(stats.binom.sf(2, 4, 0.1))


def test_disparity_keeps_its_digits_where_shares_are_tiny():
    values = sparse.csr_array([[0, 1e-12, 1.0, 1.0]] + [[0, 0, 0, 0]] * 3)
    assert 1 - disparity(values, "receiver")["p"][0] == pytest.approx(1e-12, rel=1e-3)
