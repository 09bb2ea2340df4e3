"""Hubs by size alone do not remain hubs where everybody gives as much as they do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.capabilities import load
from spillgraph.capabilities.hubs._compute import Hubs, compute
from spillgraph.capabilities.hubs._doubts import doubts
from spillgraph.capabilities.hubs._evidence import AS_DRAWS, AS_MANY, evidence, jobs_of
from spillgraph.capabilities.hubs._options import HubOptions
from spillgraph.capabilities.hubs._remaining import remaining
from spillgraph.capabilities.hubs._second import second_chance, second_of
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.part_done import hear_parts
from spillgraph.reports.tables import Table
from spillgraph.runs.capability import Context, Grid
from spillgraph.runs.networks import YearNetworks, year_networks
from spillgraph.runs.steps import Steps
from spillgraph.runs.ultimate import ultimate_shares

N = 16
CODES = [f"{k:02}" for k in range(N)]


def year_of_sizes() -> YearNetworks:
    """Three give twelve times as much as others; from 03 everybody draws 6%, small as it is."""
    size = np.where(np.arange(N) < 3, 12.0, 1.0)
    cited = size[None] * np.random.default_rng(1).exponential(size=(N, N))
    cited[:, 3] = 0.0
    cited[:, 3] = 0.06 * (cited.sum(axis=1) - cited.diagonal())
    np.fill_diagonal(cited, 1.0)
    return year_networks(2017, LabelledMatrix.build("citations", cited, CODES), {}, None)


def ring(n: int) -> LabelledMatrix:
    """Everybody draws on the two that follow."""
    at = np.arange(n)
    ends = np.tile(at, 2), np.concatenate([(at + 1) % n, (at + 2) % n])
    values = sparse.csr_array((np.repeat([0.7, 0.3], n), ends), shape=(n, n))
    return LabelledMatrix.build("W", values, [f"{k:04}" for k in range(n)])


def hubs_of(*years: YearNetworks, **asked: Any) -> Hubs:
    economy = SimpleNamespace(names={}, flows=[], warnings=[])
    result = SimpleNamespace(years=[*years] or [year_of_sizes()], economy=economy)
    return compute(Context(result, None, Steps()), HubOptions(**asked))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def hubs() -> Hubs:
    return hubs_of(draws=40 * N - 1)


def test_hubs_by_size_alone_do_not_remain_and_every_place_says_so(hubs) -> None:
    claim = hubs.claims[2017]["W"]
    table = load("hubs").tables(hubs)["claims_2017"].set_index("code")
    remains = table["remains"]
    assert set(table.index[table["is_hub"] == "yes"]) == {"00", "01", "02", "03"}
    assert remains[["00", "01", "02", "03"]].tolist() == ["no", "no", "no", "yes"]
    assert set(remains.drop(["00", "01", "02", "03"])) == {""}
    assert set(table["second_null"]) == {"strength"}
    values, section = load("hubs").values, load("hubs").section
    assert values is not None and section is not None
    said = values(hubs)
    for code, row in table.iterrows():
        one = said["claims"]["W"]["2017"][code]
        assert one["p_second"] == row["p_second"]
        assert one["remains"] == {"yes": True, "no": False, "": None}[row["remains"]]
    assert said["chance"]["W"]["2017"]["second"]["draws"] == 639
    assert (
        f"remains one: null 'strength', 639 draws, after Holm p = {table['p_second']['03']:.3g}"
        in (claim.sentences["03"])
    )
    assert "Under a second null it is none: null 'strength'" in claim.sentences["00"]
    assert "second null" not in claim.sentences["09"]  # that is no hub under the first
    told = "1 of the 4 hubs of W remains a hub under the second null, 'strength' (639 draws)."
    grid, *more = load("hubs").screen(hubs, {})
    assert isinstance(grid, Grid) and grid.heads[-1] == "2nd" and told in more
    assert {row[0].split()[1]: row[-1] for row in grid.rows}[
        "03"
    ] == "yes?"  # no draw came near, but 639 are few
    parts = section(hubs, {}).parts
    assert told in str(parts) and "Second null 'strength': Every sector draws" in str(parts)
    assert "size does not count" not in str(parts)  # the second null says what it comes to
    (leading,) = (p for p in parts if isinstance(p, Table) and p.caption.startswith("Leading"))
    assert "2nd null" in [head.title for head in leading.heads]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"W": "yyn", "S": "n", "psi": ""}, "2 of the 3 hubs of W and 0 of 1 hub of S remain hubs"),
        ({"W": "nn"}, "0 of the 2 hubs of W remain hubs"),
        ({"psi": "y"}, "1 of 1 hub of ψ remains a hub"),
    ],
)
def test_how_many_remain_is_said_as_one_says_it(found: dict[str, str], told: str) -> None:
    claims = {
        name: SimpleNamespace(
            claims=pd.DataFrame({"remains": pd.array([c == "y" for c in each], dtype="boolean")}),
            second=None,
        )
        for name, each in found.items()
    }
    hubs = SimpleNamespace(claims={2017: claims}, last=2017, options=HubOptions())
    assert remaining(hubs) == f"{told} under the second null, 'strength'."  # type: ignore[arg-type]


def test_it_is_the_claim_of_a_run_with_that_null(hubs) -> None:
    """Adjusted for all sectors, not for the hubs alone, which were chosen by the same scores."""
    first = hubs_of(draws=40 * N - 1, null="strength", second_null="none")
    again, own = hubs.claims[2017]["W"].claims, first.claims[2017]["W"].claims
    pd.testing.assert_series_equal(
        again["p_second"].sort_index(), own["p_claim"].sort_index(), check_names=False
    )
    assert first.claims[2017]["W"].second is None
    assert load("hubs").screen(first, {})[0].heads[-1] == "measures"  # type: ignore[union-attr]


def test_what_few_draws_do_not_settle_is_marked_and_told_everywhere() -> None:
    """With the fewest that can find anything no draw came near: one more draw could turn it."""
    asked: dict[str, Any] = {"network": "W", "null": "strength", "second_null": "none"}
    few, many = (hubs_of(draws=draws, **asked) for draws in (639, 9_999))
    for hubs, settled in ((few, False), (many, True)):
        claim = hubs.claims[2017]["W"]
        row = claim.claims.loc["03"]
        assert row["hub"] and row["settled"] == settled
        assert row["p_low"] <= row["p_claim"] <= row["p_high"]
        assert (row["p_high"] <= 0.05) == settled
        table = load("hubs").tables(hubs)["claims_2017"].set_index("code")
        assert table.loc["03", ["is_hub", "settled"]].tolist() == [
            "yes",
            "yes" if settled else "no",
        ]
        assert table["draws"].unique().tolist() == [claim.draws]
        values, section = load("hubs").values, load("hubs").section
        assert values is not None and section is not None
        said = values(hubs)["claims"]["W"]["2017"]["03"]
        assert said["hub"] and said["settled"] == settled
        open_ = "which more draws may put anywhere between 0 and"
        assert (open_ in claim.sentences["03"]) != settled
        told = [text for text in doubts(hubs) if "Not settled, for more draws" in text]
        assert (told == []) == settled
        assert all("(draws = 6399)" in text and text.endswith("5%: W 03.") for text in told)
        page = str(section(hubs, {}).parts)
        assert ("(not settled)" in page) != settled and ("yes?" in page) != settled
        grid, *_ = load("hubs").screen(hubs, {})
        assert isinstance(grid, Grid)
        assert grid.rows[0][1] == ("hub" if settled else "hub?")


def test_too_few_draws_to_find_anything_are_not_made_and_that_is_told() -> None:
    hubs = hubs_of(draws=40 * N - 2)
    second = hubs.claims[2017]["W"].second
    assert second is not None and second.found is None
    why = (
        "W: hubs are not tested under the second null 'strength', for it needs 639 draws for 16 "
        "sectors; ask for them with draws = 639."
    )
    assert why in doubts(hubs)
    assert hubs.claims[2017]["W"].claims["remains"].isna().all()


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("spread", "strength", "for 3,001 sectors are too many for it, for it links every sector"),
        ("spread", "maxent", "for 3,001 sectors are too many for it, for its moves need every"),
        ("strength_links", "spread", "for it needs 120,039 draws for 3,001 sectors; ask for them"),
        ("spread", "degree", "for it needs 120,039 draws for 3,001 sectors; ask for them"),
    ],
)
def test_of_many_sectors_the_second_null_is_refused_for_what_it_cannot_do(
    first: Any, second: Any, why: str
) -> None:
    asked = HubOptions(null=first, second_null=second)
    chance = second_chance("W", ring(3001), year_of_sizes(), asked, lambda _: None)
    assert chance is not None and chance.untested.startswith(why)


@pytest.mark.parametrize("null", ["spread", "spread_columns", "strength_links", "degree"])
def test_of_many_sectors_sparse_networks_are_drawn(null: Any, monkeypatch) -> None:
    monkeypatch.setattr(HubOptions, "needed_for", lambda self, N: 1)
    M, asked = ring(3001), HubOptions(null="strength", second_null=null, draws=1)
    chance = second_chance("W", M, year_of_sizes(), asked, lambda _: None)
    assert chance is not None
    found = second_of(M, chance, asked).found
    assert found is not None and found.null == null and found.draws == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"second_null": "none"},
        {"null": "strength"},
        {"draws": 40 * N - 2},
        {"second_null": "maxent", "draws": 40 * N - 2},
    ],
)
def test_a_second_null_that_is_not_drawn_has_no_share_of_the_bar(asked: dict[str, Any]) -> None:
    heard: list[float] = []
    options = HubOptions(network="W", **asked)
    (job,) = jobs_of(year_of_sizes(), options, {}, None, ultimate_shares)
    with hear_parts(heard.append):
        evidence(job)
    draws = options.draws_for(N)
    if options.null == "strength" and options.draws is None:  # the claim takes draws of its own
        draws += options.draws_of_claim(N, "strength") / AS_MANY
    assert heard == sorted(heard)
    assert any(np.isclose(heard, draws / (draws + AS_DRAWS)))
    assert heard[-1] == 1.0


def test_hubs_of_chains_are_held_against_what_a_run_with_that_null_draws() -> None:
    """All cite 00, and buy of it, an eighth as much as of all others, who are few for each."""
    flows = np.random.default_rng(1).exponential(size=(N, N)) ** 3 * (1 - np.eye(N))
    flows[:, 0] = 0.0
    flows[1:, 0] = 0.12 * flows[1:].sum(axis=1)
    flows /= flows.sum(axis=1, keepdims=True)
    index = pd.MultiIndex.from_product([[2017], CODES], names=["year", "code"])
    output = pd.DataFrame({"gross_output": 4.0}, index)
    K = LabelledMatrix.build("citations", flows + 2 * np.eye(N), CODES)
    trade = LabelledMatrix.build("trade", flows, CODES, year=2017)
    year = year_networks(2017, K, {2017: trade}, output)
    asked: dict[str, Any] = {"network": "psi", "draws": 40 * N - 1}
    both = hubs_of(year, **asked).claims[2017]["psi"]
    alone = hubs_of(year, null="strength", second_null="none", **asked).claims[2017]["psi"]
    assert both.second is not None and both.second.called == "strength of W and S"
    assert both.claims["hub"]["00"] and 0.05 < both.claims["p_second"]["00"] < 1
    again, own = both.claims["p_second"].sort_index(), alone.claims["p_claim"].sort_index()
    pd.testing.assert_series_equal(again, own, check_names=False)


def test_the_second_null_asks_for_size_where_the_first_does_not_and_the_other_way_round() -> None:
    asked = {"strength": ["spread", "spread_columns", "degree"]}
    asked["spread"] = ["strength", "strength_own", "strength_links", "maxent"]
    for second, firsts in asked.items():
        assert {HubOptions(null=first).second for first in firsts} == {second}  # type: ignore[arg-type]
    assert HubOptions(second_null="degree").second == "degree"
    assert HubOptions(second_null="none").second == HubOptions(draws=0).second == ""


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"second_null": "spread"}, "hubs are held against it already"),
        ({"second_null": "degree", "draws": 0}, "nothing is drawn from it with draws = 0"),
    ],
)
def test_a_second_null_that_says_nothing_is_refused(asked: dict[str, Any], words: str) -> None:
    study = SimpleNamespace(citations_from="citations", trade_from=None)
    with pytest.raises(InputError, match=words):
        load("hubs").refuse(study, HubOptions(**asked))  # type: ignore[arg-type]
