"""hubs(): p-values that are right, ranks that say how sure, reasons, and words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import false_discovery_control
from spillgraph.analytics import (
    StockDraws,
    bootstrap_citations,
    draw_null,
    hub_table,
    permute_citations,
    rank_intervals,
)
from spillgraph.analytics.hubs import CLAIMED, USUAL, claims, hubs, verdicts
from spillgraph.analytics.hubs._network import Network
from spillgraph.analytics.hubs._pvalues import as_tested, upper_p
from spillgraph.analytics.hubs._ranking import ranks
from spillgraph.analytics.hubs._scores import scores_of
from spillgraph.analytics.inference import benjamini_hochberg, holm
from spillgraph.analytics.nulls import NULLS
from spillgraph.analytics.nulls._curveball import sweep, sweep_back
from spillgraph.analytics.nulls._maxent import link_weights, walk
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.measures import MEASURES


def network(N: int = 12, filled: float = 0.6, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.exponential(size=(N, N)) * rng.lognormal(size=(1, N))
    labels = [f"s{i}" for i in range(N)]
    return pd.DataFrame(values * (rng.random((N, N)) < filled), labels, labels)


def found(M: object, measures: list[str] | None = None, null: object = "strength", **more):
    return hubs(M, measures, null, **({"draws": 99, "missing": 0} | more))  # type: ignore[arg-type]


# -- calibration -----------------------------------------------------------------------------------

GROUPS, EACH = 3200, 19
# One link of each row is missing, so that rewiring has something to do.
SMALL = network(6, 1.0, 8).to_numpy() * ~np.roll(np.eye(6, dtype=bool), 2, axis=1)
#: Loops over networks, one by one: their tests are in benchmarks/null_calibration.py.
SLOW = {"betweenness", "closeness"}
DEAR = {"pagerank", "katz_bonacich", "eigenvector", "authority", "hub", "core_periphery"}
FEWER = 600


def by_group(null: str) -> np.ndarray:
    """Networks of the null, and 19 draws of each one's null, shape (groups, 20, N, N)."""
    rng, N = np.random.default_rng(12), len(SMALL)
    if null not in ("degree", "maxent"):
        # Given what is kept, a network and its draws have one law: drawn together.
        drawn = np.concatenate(list(NULLS[null].draw(SMALL, rng, GROUPS * (EACH + 1))))
        return drawn.reshape(GROUPS, EACH + 1, N, N)
    # Chains, and far too short ones: the way back from each network makes up for it.
    seen = np.concatenate(list(NULLS[null].draw(SMALL, rng, GROUPS)))
    off = seen * ~np.eye(N, dtype=bool)
    if null == "maxent":
        rates = link_weights(off[0])
        off = walk(off, rates, 60, rng)  # until they are of the law, whatever SMALL is
        middle = walk(off, rates, 2, rng, back=True)
        drawn = walk(np.repeat(middle, EACH, axis=0), rates, 2, rng)
        return np.concatenate([off[:, None], drawn.reshape(GROUPS, EACH, N, N)], axis=1)
    links = off > 0
    sweep_back(links, rng)
    links = np.repeat(links, EACH, axis=0)
    sweep(links, rng)
    drawn = np.zeros(links.shape)
    keys = np.arange(N)[:, None] + rng.random(links.shape)
    # Each receiver's weights, in a random order, on its links.
    sources = np.repeat(off, EACH, axis=0)
    order = np.argsort(np.where(sources > 0, keys, np.inf), axis=2)
    dealt = np.take_along_axis(sources, order, axis=2)
    drawn[links] = dealt[dealt > 0]
    return np.concatenate([off[:, None], drawn.reshape(GROUPS, EACH, N, N)], axis=1)


@pytest.mark.parametrize("null", NULLS)
def test_five_in_a_hundred_tests_refuse_at_five_per_cent(null):
    """Every measure: 19,200 tests of each, 3,600 where time is dear.

    Ties are broken at random, for only then is p uniform. Scores of one network are dependent, and
    cores the same for many sectors: hence so many.
    """
    names = [
        each.name
        for each in MEASURES
        if each.name not in SLOW and each.name not in NULLS[null].keeps
    ]
    drawn = by_group(null)
    S = drawn / (1.1 * drawn.sum(axis=3).max())  # rows below 1, for upstreamness
    flat = S.reshape(-1, *SMALL.shape)
    seen = Network(LabelledMatrix.build("M", SMALL), None, np.ones(len(SMALL)))
    rng = np.random.default_rng(3)
    for name in names:
        part = flat[: FEWER * (EACH + 1)] if name in DEAR else flat
        scores = as_tested(name, scores_of(part, [name], seen)[name], seen)
        table = np.nan_to_num(scores, nan=np.inf).reshape(-1, EACH + 1, len(SMALL))
        first, rest = table[:, :1], table[:, 1:]
        close = 1e-9 * np.abs(np.where(np.isfinite(first), first, 0.0))
        above = (rest > first + close).sum(axis=1)
        tied = ((rest == first) | (np.abs(rest - first) <= close)).sum(axis=1)
        refused = (above + rng.integers(0, tied + 1) == 0).mean()
        assert 0.04 <= refused <= 0.06, (name, refused)


def test_the_p_value_of_hubs_is_that_of_the_scores_of_the_draws():
    M = network()
    table = found(M, ["pagerank", "betweenness"], draws=39, seed=5).table
    drawn = np.concatenate(list(NULLS["strength"].draw(M.to_numpy(), rng_of(5), 39)))
    for name in ("pagerank", "betweenness"):
        scores = np.array([hub_table(each, [name])[name] for each in drawn])
        p = upper_p(hub_table(M, [name])[name].to_numpy(), scores)
        np.testing.assert_allclose(table.loc[name, "p"], p, rtol=1e-12)


def rng_of(seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, 0])


@pytest.mark.parametrize("null", ["strength", "degree"])
def test_planted_hubs_are_found_and_none_are_found_where_none_are_planted(null):
    """Two sectors on which others draw in place of what their strengths or degrees say."""
    N, wrong = 20, 0
    for seed in range(12):
        plain = network(N, 0.7, 100 + seed)
        drawn = next(draw_null(plain, null, draws=1, seed=seed))[0]
        table = found(drawn, ["pagerank", "eigenvector"], null, draws=399, seed=seed).table
        wrong += bool((table.loc["pagerank", "p_holm"] <= 0.05).any())
    assert wrong <= 3  # of 12; five in a hundred are expected
    rng = np.random.default_rng(4)
    M = rng.exponential(size=(N, N))
    if null == "strength":
        M[:, 1:3] *= 20  # all draw on 1 and 2, and these on 0: more than its strength says
        M[1:3], M[1:3, 0] = 0.01, 10.0
    else:
        M[:, 0] *= 30
    table = found(M, ["pagerank"], null, draws=999).table.loc["pagerank"]
    assert table.index[table["p_holm"] <= 0.05].tolist() == ["0"]


def test_breadth_under_spread_is_exact_and_near_its_simulation():
    M = network(15, 0.9)
    exact = found(M, ["in_degree_4"], "spread").table.loc["in_degree_4"]
    assert set(exact["why"]) == {"exact, without draws"}
    simulated = found(M, ["in_degree_4"], given(M, "spread", 4000)).table.loc["in_degree_4"]
    np.testing.assert_allclose(exact["p"], simulated["p"], atol=0.04)


def given(M: pd.DataFrame, null: str, draws: int) -> StockDraws:
    labels = tuple(M.index)
    return StockDraws(labels, draw_null(M, null, draws=draws, seed=9))


# -- what cannot be tested -------------------------------------------------------------------------


def test_no_p_value_is_zero_however_broad_a_hub() -> None:
    """600 sectors that draw on one alone have it by chance with (1/599)^599, below all doubles."""
    N = 600
    M = np.zeros((N, N))
    M[:, 0], M[0, 1] = 1.0, 1.0
    p = hubs(M, ["in_degree_2"], "spread", 1, missing=0).table["p"]
    assert p.iloc[0] == 1e-300 and (p > 0).all()


@pytest.mark.parametrize("null", NULLS)
def test_what_a_null_keeps_has_no_p_but_a_reason_and_truly_is_the_same_in_every_draw(null):
    M = network()
    kept = list(NULLS[null].keeps)
    table = found(M, kept, null).table
    assert table["p"].isna().all() and table["p_holm"].isna().all() and table["q"].isna().all()
    assert (table["why"] == f"kept by the null {null!r}: it is the same in every draw").all()
    drawn = np.concatenate(list(draw_null(M, null, draws=20)))
    for name, scores in scores_of(drawn, kept, Network(LabelledMatrix.build("M", M))).items():
        np.testing.assert_allclose(scores, np.tile(hub_table(M, [name])[name], (20, 1)), rtol=1e-9)


def test_where_only_one_network_has_the_strengths_p_is_one_and_says_why():
    star = pd.DataFrame([[0, 2, 3], [4, 0, 0], [5, 0, 0]], list("abc"), list("abc"))
    table = found(star, ["pagerank"]).table
    assert (table["p"] == 1).all() and (table["p_holm"] == 1).all()
    assert (table["why"] == "every network that the null allows gives this score").all()


def test_a_measure_that_is_not_defined_has_no_number_but_a_reason():
    chain = pd.DataFrame([[0, 1.0, 1], [0, 0, 1], [0, 0, 0]], list("abc"), list("abc"))
    table = found(chain, ["eigenvector", "upstreamness"]).table
    assert table[["score", "rank", "p"]].isna().all(axis=None)
    assert (table["why"] == "the measure is not defined here").all()


@pytest.mark.parametrize("null", NULLS)
def test_one_sector_alone_and_sectors_without_links_are_no_errors(null):
    for M in (pd.DataFrame([[2.0]], ["a"], ["a"]), pd.DataFrame(np.zeros((3, 3)))):
        table = found(M, ["pagerank", "in_degree_2", "core_periphery"], null, missing=0.1).table
        assert (table["p"].dropna() == 1).all()


# -- ranks -----------------------------------------------------------------------------------------


def test_ranks_share_a_place_where_scores_are_equal():
    assert ranks(np.array([1.0, 3, 3 + 1e-12, np.nan, 2])).tolist()[:3] == [4, 1, 1]


def test_with_links_missing_at_random_ranks_are_between_quantiles_of_the_ranks():
    M = network()
    result = found(M, ["in_strength"], missing=0.3, missing_draws=500)
    table = result.table.loc["in_strength"]
    assert "missing at random" in result.ranks and "30%" in result.ranks
    rng, places = np.random.default_rng(7), []
    for _ in range(500):
        there = (rng.random(M.shape) > 0.3) | np.eye(len(M), dtype=bool)
        places.append(M.where(there, 0).sum().rank(ascending=False, method="min"))
    low, high = np.quantile(places, [0.025, 0.975], axis=0)
    assert np.abs(table["rank_low"].astype(float) - low).max() <= 2
    assert np.abs(table["rank_high"].astype(float) - high).max() <= 2
    assert (table["rank_low"] <= table["rank"]).all() and (
        table["rank"] <= table["rank_high"]
    ).all()


def test_with_records_ranks_have_the_confidence_sets_of_rank_intervals():
    K = LabelledMatrix.build("K", np.random.default_rng(2).poisson(20, (6, 6)))
    draws = list(bootstrap_citations(K, np.random.default_rng(1), 199))
    result = found(K, ["in_strength"], records=StockDraws(K.rows, iter(draws)))
    sums = pd.DataFrame(np.concatenate(draws).sum(axis=1), columns=K.rows)
    want = rank_intervals(sums, pd.Series(np.asarray(K.values.sum(axis=0)), K.rows))
    table = result.table.loc["in_strength"]
    assert table["rank_low"].tolist() == want["rank_low"].tolist()
    assert table["rank_high"].tolist() == want["rank_high"].tolist()
    assert "bootstrap draws of the records" in result.ranks


def test_records_and_draws_in_another_order_are_brought_to_that_of_the_matrix():
    M = network(6)
    order = [3, 1, 0, 5, 4, 2]
    one, other = given(M, "degree", 20), given(M, "degree", 20)
    turned = StockDraws(
        tuple(M.index[order]), (chunk[:, order][:, :, order] for chunk in other.chunks)
    )
    first, second = (found(M, ["pagerank"], each).table for each in (one, turned))
    pd.testing.assert_frame_equal(first, second)
    wrong = StockDraws(("a",) * 6, iter([]))
    with pytest.raises(InputError, match="draws: label 'a' occurs twice"):
        found(M, ["pagerank"], wrong)


def test_records_of_another_shape_are_refused():
    with pytest.raises(InputError, match=r"records: draws of shape \(B, 12, 12\) are needed"):
        found(network(), ["in_strength"], records=[np.ones((3, 4, 4))])


def test_permuted_citations_are_a_null_too():
    K = pd.DataFrame([[6, 4, 0], [1, 3, 2], [2, 0, 1]], list("abc"), list("abc"))
    draws = permute_citations(K, np.random.default_rng(1), 30, sweeps=12)
    result = found(K, ["pagerank"], draws)
    assert result.null == "given" and result.draws == 30


def test_a_hub_survives_if_the_backbone_ranks_it_as_high():
    M = network()
    whole = found(M, ["in_strength"], backbone=M > 0).table
    assert whole["survives"].all()
    first = whole["rank"].astype(int).idxmin()[1]
    backbone = (M > 0).astype(float)
    backbone[first] = 0.0
    table = found(M, ["in_strength"], backbone=backbone).table
    assert not table.loc[("in_strength", first), "survives"]
    assert found(M, ["in_strength"]).table["survives"].isna().all()


def test_who_has_no_link_in_the_backbone_does_not_survive_and_without_links_nobody_is_judged():
    """All that are left out tie for the last place, which their interval may reach."""
    M = network(5)
    one = (M * 0).astype(float)
    one.iloc[1, 0] = 1.0  # s1 draws on s0
    table = found(M, ["in_degree_2", "out_degree_2", "katz_bonacich"], backbone=one).table
    lasting = table["survives"].fillna(False)
    sources = {code for name in ("in_degree_2", "katz_bonacich") for code in _kept(lasting, name)}
    assert sources <= {M.index[0]} and _kept(lasting, "out_degree_2") <= {M.index[1]}
    one.iloc[1, 0], one.iloc[2, 2] = 0.0, 1.0  # an own link alone
    table = found(M, ["in_degree_2", "pagerank"], "spread", draws=19, backbone=one).table
    assert table["survives"].isna().all()
    assert table["why"].str.endswith("the backbone keeps no link").all()
    assert table.loc["in_degree_2", "why"].str.startswith("exact, without draws; ").all()


def _kept(lasting, name):
    rows = lasting.loc[name]
    return set(rows.index[rows])


def test_what_survives_may_be_said_by_the_caller():
    M = network()
    said = pd.Series(np.arange(len(M)) % 2 == 0, M.index).iloc[::-1]
    table = found(M, ["in_strength", "pagerank"], survives=said).table
    assert table.loc["pagerank", "survives"].tolist() == said[M.index].tolist()
    frame = pd.DataFrame({"pagerank": said})
    table = found(M, ["in_strength", "pagerank"], survives=frame).table
    assert table.loc["in_strength", "survives"].isna().all()
    assert table.loc["pagerank", "survives"].tolist() == said[M.index].tolist()
    with pytest.raises(InputError, match="a backbone or what survives it, not both"):
        found(M, ["pagerank"], survives=said, backbone=M > 0)


def test_a_hub_of_UDS_and_one_of_UCS_is_an_industry_on_which_others_depend():
    M = network(6)
    axes = ("upstream", "downstream")
    UDS, UCS = (LabelledMatrix.build(name, M, axes=axes) for name in ("UDS", "UCS"))
    for matrix, sums in ((UDS, M.sum(axis=0)), (UCS, M.sum(axis=1))):
        # sums over chains are not shuffled themselves
        same = StockDraws(matrix.rows, iter([M.to_numpy()[None]]))
        score = found(matrix, ["in_strength"], same).table.loc["in_strength", "score"]
        np.testing.assert_allclose(score, sums)


# -- many tests together ---------------------------------------------------------------------------


def test_holm_and_benjamini_hochberg_equal_the_published_example():
    """Benjamini & Hochberg (1995), §3: 15 tests; Holm refuses 3 and their procedure 4 at 5%."""
    small = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p = np.array([*small, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000])
    assert (holm(p) <= 0.05).sum() == 3 and (benjamini_hochberg(p) <= 0.05).sum() == 4
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), rtol=1e-14)


def test_holm_refuses_what_stepping_down_refuses():
    rng = np.random.default_rng(1)
    for _ in range(50):
        p, level = rng.random(8) ** 3, rng.random()
        order, refused = np.argsort(p), set()
        for step, k in enumerate(order):
            if p[k] > level / (8 - step):
                break
            refused.add(int(k))
        assert set(np.flatnonzero(holm(p) <= level).tolist()) == refused


def test_what_is_not_tested_does_not_count():
    p = np.array([0.01, np.nan, 0.02])
    assert holm(p)[[0, 2]].tolist() == [0.02, 0.02] and np.isnan(holm(p)[1])
    assert benjamini_hochberg(p)[[0, 2]].tolist() == [0.02, 0.02]
    assert np.isnan(holm(np.array([np.nan]))).all() and holm(np.empty(0)).size == 0


# -- large graphs ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large() -> LabelledMatrix:
    N, E = 4000, 20_000
    rng = np.random.default_rng(1)
    ends = rng.integers(0, N, E), (N * rng.random(E) ** 2).astype(int)
    values = sparse.csr_array((rng.exponential(size=E), ends), shape=(N, N))
    return LabelledMatrix.build("firms", values)


def test_a_large_graph_has_the_measures_that_are_feasible(large):
    result = found(large, null="degree", draws=3, missing=0.1, missing_draws=2)
    names = result.table.index.unique("measure").tolist()
    assert names == [name for name in USUAL if name != "eigenvector"]
    assert result.table.loc["pagerank", "p"].between(0.25, 1).all()


@pytest.mark.parametrize("name", ["betweenness", "closeness", "eigenvector", "s_core_in"])
def test_a_large_graph_refuses_the_others_and_says_why(large, name):
    with pytest.raises(InputError, match=rf"measure '{name}': 4,000 sectors are too many for it"):
        found(large, [name], "degree")


@pytest.mark.parametrize("null", [name for name, law in NULLS.items() if not law.draw_sparse])
def test_a_null_that_needs_all_pairs_refuses_a_large_graph_and_says_which_does_not(large, null):
    with pytest.raises(InputError, match=r"4,000 sectors are too many.*'strength_links'"):
        found(large, ["pagerank"], null)


# -- words and refusals ----------------------------------------------------------------------------


def test_verdicts_say_hub_of_what_against_which_chance_how_sure_and_on_what_it_rests():
    N, rng = 8, np.random.default_rng(4)
    M = pd.DataFrame(rng.exponential(size=(N, N)), [f"s{i}" for i in range(N)])
    M.columns = M.index
    M["s0"] *= 50
    result = hubs(M, ["in_strength", "pagerank"], "degree", 399, backbone=M > 1, missing_draws=19)
    said = verdicts(result, {"s0": "Electronics"})
    assert list(said) == list(M.index)
    for part in (
        "Electronics is a hub of M by 2 of 2 measures that chance could move",
        "(null 'degree', 399 draws): in-strength, rank 1",
        "after Holm p = 0.02",
        "In the backbone it stays one by 2 of them.",
        "10% of the links are missing at random",
    ):
        assert part in said["s0"]
    assert said["s1"].startswith("s1 is no hub of M: by none of 2 measures")


def test_verdicts_say_where_draws_are_too_few_to_find_anything():
    said = verdicts(found(network(), ["pagerank"], draws=99))
    assert "With 99 draws no sector can be above chance, after Holm; 239 are needed." in said["s0"]


def test_what_draws_are_too_few_for_does_not_touch_exact_p_values():
    """19 draws give no p below 1/20, so of 12 sectors none after Holm; in-degrees need none."""
    M = network()
    M["s0"] = M.to_numpy().sum(axis=1)
    np.fill_diagonal(M.values, 0.0)
    result = found(M, ["in_degree_4", "pagerank"], "spread", draws=19)
    text = (
        "With 19 draws no sector can be above chance by a measure other than in-degree at 4%, "
        "after Holm; 239 are needed."
    )
    assert result.lacking() == text
    assert any(text in each for each in verdicts(result).values())
    one = found(M, ["pagerank"], "spread", draws=1)
    assert one.lacking() == "With 1 draw no sector can be above chance, after Holm; 239 are needed."
    assert one.chance == "null 'spread', 1 draw"
    exact = found(M, ["in_degree_4"], "spread", draws=19)
    assert exact.lacking() == "" and exact.chance == "null 'spread'"
    M.iloc[:, 1:] = np.where(M.iloc[:, 1:] > 0, 0.001, 0.0)
    said = verdicts(found(M, ["in_degree_4"], "spread"))
    assert found(M, ["in_degree_4", "pagerank"], "spread", draws=239).lacking() == ""
    assert all("draw" not in each.split(". Ranks")[0] for each in said.values())


def test_verdicts_say_which_p_value_is_exact():
    M = pd.DataFrame(0.01, [f"s{i}" for i in range(30)], [f"s{i}" for i in range(30)])
    M["s0"] = 1.0
    said = verdicts(found(M, ["in_degree_4", "pagerank"], "spread", draws=599))
    assert "in-degree at 4%, rank 1" in said["s0"] and "(exact); PageRank" in said["s0"]


def test_with_a_claim_it_alone_makes_a_hub_and_the_others_stand_beside_it():
    M = pd.DataFrame(0.01, [f"s{i}" for i in range(30)], [f"s{i}" for i in range(30)])
    M["s0"] = 1.0
    M.iloc[:3, 1] = 30.0  # much from few: no in-degree, but in-strength
    result = found(M, ["in_degree_2", "in_degree_4", "in_strength"], "spread", draws=1199)
    alone, claimed = verdicts(result), verdicts(result, claim=CLAIMED)
    table = claims(result)
    for label, text in claimed.items():
        holds = table.loc[label, "p_claim"] <= 0.05
        assert text.startswith(f"{label} is {'a' if holds else 'no'} hub of M: in-degree at ")
        assert f"after Holm {table.loc[label, 'p_claim']:.3g} (exact, null 'spread')" in text
    assert "rank 1 of 30" in claimed["s0"]
    assert "by 2 of 3 measures, each for itself: in-degree at 2%, in-degree" in claimed["s0"]
    assert alone["s1"].startswith("s1 is a hub") and claimed["s1"].startswith("s1 is no hub")
    few = "above chance by 1 of 3 measures, each for itself (more draws may find 0 to 1)"
    assert f"{few}: in-strength." in claimed["s1"]
    both = result.table.loc[list(CLAIMED), "p"]
    worst = holm(both.to_numpy())
    assert table.loc["s0", "p_claim"] == pytest.approx(
        worst[both.index.get_loc(("in_degree_2", "s0"))]
    )


def test_verdicts_say_where_nothing_was_tested():
    said = verdicts(found(network(), ["in_strength"]))
    assert said["s0"].startswith("s0 was not tested in M (null 'strength'): kept by the null")


def test_numbers_out_of_bounds_and_unknown_names_are_refused():
    M = network(4)
    for more, message in (
        ({"draws": 0}, "draws: a whole number from 1 to 1,000,000 is needed, got '0'"),
        ({"missing": 1.0}, r"share of missing links must be in \[0, 1\), got 1"),
        ({"null": "strengths"}, "no null is called 'strengths'"),
        ({"null": None}, "null: a name or a Null is needed, got a NoneType"),
        ({"null": [np.ones((4, 4))]}, r"null: draws of shape \(B, 4, 4\) are needed, got \(4, 4\)"),
        ({"measures": ["page_rank"]}, "no measure is called 'page_rank'"),
        ({"measures": [3]}, "no measure is called 3"),
        ({"measures": []}, "at least one measure is needed"),
        ({"draws": "9"}, "draws: .* got '9', a str"),
        ({"draws": 2.5}, "draws: .* got '2.5'"),
        ({"draws": 10**9}, "draws: a whole number from 1 to 1,000,000 is needed"),
        ({"missing_draws": None}, "missing_draws: .* got 'None', a NoneType"),
        ({"seed": -1}, "seed: a whole number from 0 on is needed, got '-1'"),
        ({"seed": True}, "seed: .* got 'True'"),
    ):
        with pytest.raises(InputError, match=message):
            hubs(M, **more)
    with pytest.raises(InputError, match="result of hubs"):
        verdicts(M)  # type: ignore[arg-type]


def test_one_name_and_a_number_of_R_are_taken_as_they_are_meant():
    M = network(4)
    one, meant = hubs(M, "pagerank", draws=19.0), hubs(M, ["pagerank"], draws=19)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(one.table, meant.table)
    assert one.draws == 19


def test_the_same_seed_gives_the_same_bytes_and_other_measures_change_nothing():
    M = network()
    first = hubs(M, draws=49, missing_draws=9, seed=3).table
    assert first.to_csv() == hubs(M, draws=49, missing_draws=9, seed=3).table.to_csv()
    alone = hubs(M, ["pagerank"], draws=49, missing_draws=9, seed=3).table
    pd.testing.assert_frame_equal(alone, first.loc[["pagerank"]])
