"""Hubs of a run: every measure of every network and year, in files, on the page, in the graph."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from spillgraph.analytics import StockDraws, hub_table, strongest_paths
from spillgraph.analytics.hubs import CLAIMED, claims
from spillgraph.analytics.hubs import hubs as find
from spillgraph.analytics.nulls import NULLS, Null, null_of_chains
from spillgraph.analytics.nulls._null import copies
from spillgraph.capabilities import load
from spillgraph.capabilities.hubs._behind import recorded
from spillgraph.capabilities.hubs._chance import (
    OF_CHAINS,
    chance_of,
    step_of_ultimate,
    steps_of_psi,
)
from spillgraph.capabilities.hubs._compute import Hubs, compute, measures_of
from spillgraph.capabilities.hubs._doubts import doubts
from spillgraph.capabilities.hubs._evidence import (
    Evidence,
    _drawn,
    evidence,
    jobs_of,
    networks_of,
    records_of,
)
from spillgraph.capabilities.hubs._leading import Leading, leading
from spillgraph.capabilities.hubs._options import PLAIN, HubOptions
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.measures import scores
from spillgraph.core.shared import Shared
from spillgraph.graph.matrix_files import load_matrix
from spillgraph.reports.kit import Bars
from spillgraph.runs.capability import Context, Grid
from spillgraph.runs.networks import YearNetworks, year_networks
from spillgraph.runs.records import draw_stock
from spillgraph.runs.steps import Steps
from spillgraph.runs.ultimate import REST, ultimate_shares
from spillgraph.sample import write_sample

from ..helpers.page_reader import tables_of

CODES = ["01", "02", "03"]
Z = np.array([[20.0, 30, 10], [20, 80, 5], [5, 20, 30]])
OUTPUT = [100.0, 200, 90]


def year_of(number: int, negative: float = 5.0) -> YearNetworks:
    flows = Z.copy()
    flows[1, 2] = negative
    K = LabelledMatrix.build("citations", [[6, 4, 1], [1, 3, 2], [2, 5, 4]], CODES)
    trade = LabelledMatrix.build("trade", flows, CODES, year=number)
    index = pd.MultiIndex.from_product([[number], CODES], names=["year", "code"])
    output = pd.DataFrame({"gross_output": OUTPUT}, index)
    return year_networks(number, K, {number: trade}, output, negative="keep")


def hubs_of(*years: YearNetworks) -> Hubs:
    result = SimpleNamespace(
        years=list(years), economy=SimpleNamespace(names={}, flows=[], warnings=[])
    )
    return compute(Context(result, None, Steps()), HubOptions(**PLAIN))  # type: ignore[arg-type]


def drawn_of(*years: YearNetworks, **asked: Any) -> Hubs:
    result = SimpleNamespace(
        years=list(years), economy=SimpleNamespace(names={}, flows=[], warnings=[])
    )
    return compute(Context(result, None, Steps()), HubOptions(**asked))  # type: ignore[arg-type]


def test_progress_is_told_cell_by_cell() -> None:
    seen: list[tuple[str, float]] = []

    class Told(Steps):
        @contextmanager
        def show(self, name: str) -> Iterator[Any]:
            yield lambda what, share: seen.append((what, share))

    years = [year_of(2012), year_of(2017)]
    result = SimpleNamespace(years=years, economy=SimpleNamespace(names={}, flows=[], warnings=[]))
    compute(Context(result, None, Told()), HubOptions(draws=19))  # type: ignore[arg-type]
    told = list(dict.fromkeys(what for what, _ in seen if "cells" in what))
    assert told == [f"{done} of 10 cells done, {10 - done} left" for done in range(11)]
    shares = [share for _, share in seen]
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] == pytest.approx(0.9)
    # within each network, too: what draws do not leave to the last of its cells
    assert all(len({s for s in shares if k / 10 < s / 0.9 < (k + 1) / 10}) > 5 for k in range(10))


def test_every_network_and_year_has_a_table_and_all_its_scores() -> None:
    hubs = hubs_of(year_of(2012), year_of(2017))
    tables = load("hubs").tables(hubs)
    named = [name for name in tables if not name.startswith(("evidence", "backbone", "claims"))]
    assert named == [f"{name}_{y}" for y in (2012, 2017) for name in ("W", "S", "psi")]
    networks = ("W", "S", "psi", "UDS", "UCS")
    assert set(tables) - set(named) == {"claims_2017"} | {
        f"{kind}_{name}_2017" for kind in ("evidence", "backbone") for name in networks
    }
    S = year_of(2012).production.S  # type: ignore[union-attr]
    want = hub_table(S, list(tables["S_2012"]), output=pd.Series(OUTPUT, CODES))
    pd.testing.assert_frame_equal(tables["S_2012"], want, rtol=1e-14)
    written = load("hubs").scores(hubs)
    assert set(written) == {2012, 2017}
    assert set(written[2012]) == {each.name for each in scores() if each.by == "hubs"}
    upstream = written[2012]["S_upstreamness"].tolist()
    assert upstream == pytest.approx(want["upstreamness"], rel=1e-14)


def test_the_sums_of_psi_in_the_graph_are_those_with_a_proof() -> None:
    year = year_of(2012)
    assert year.spillover is not None
    moved = replace(year, spillover=replace(year.spillover, benefit=year.spillover.benefit * 2))
    found = load("hubs").scores(hubs_of(moved))[2012]
    assert found["psi_out_strength"].tolist() == (2 * year.spillover.benefit).tolist()
    without = replace(year, parts=None)
    found = load("hubs").scores(hubs_of(without))[2012]
    assert {"psi_in_strength", "psi_out_strength"} <= set(found)


def test_negative_entries_count_as_zero() -> None:
    year = year_of(2012, -4.0)
    kept = np.array([[20.0, 30, 10], [20, 80, 0], [5, 20, 30]]) / np.array(OUTPUT)[:, None]
    found = measures_of(year)["S"]["in_strength"]
    assert found.tolist() == pytest.approx(kept.sum(axis=0))


def test_a_run_without_networks_has_no_hubs_and_says_so() -> None:
    hubs = hubs_of()
    assert load("hubs").tables(hubs) == {} and load("hubs").scores(hubs) == {}
    section = load("hubs").section
    assert section is not None and "No hubs" in str(section(hubs, {}).parts)
    assert load("hubs").screen(hubs, {}) == []


def test_the_screen_shows_the_leading_hubs_of_every_network() -> None:
    shown = load("hubs").screen(hubs_of(year_of(2012), year_of(2017)), {"03": "Cars"})
    grid, chained, exact = shown
    assert isinstance(grid, Grid) and isinstance(exact, str) and isinstance(chained, str)
    assert chained.startswith("ψ, UDS, UCS: hubs are not tested, for the chance of sums over")
    why = "against chance (null 'spread', exact p-values, no draws)"
    assert grid.title == f"No hub can be told in 2017; nearest are these, {why}"
    assert "need draws" in exact and all(row[5] == "0 of 2" for row in grid.rows)
    assert {row[0].partition(":")[0] for row in grid.rows} == {"W", "S"}
    assert any(row[0].endswith("03 Cars") for row in grid.rows)


def test_what_ultimate_shares_leave_out_is_told_once_whoever_asks_for_them() -> None:
    """Above all numbers, and not again above those of hubs; in the file with its network."""
    economy = SimpleNamespace(names={}, flows=[], warnings=[])
    result = SimpleNamespace(years=[year_of(2017, -4.0)], economy=economy)
    context = Context(result, None, Steps())  # type: ignore[arg-type]
    hubs = compute(context, HubOptions(**PLAIN))
    context.ultimate(result.years[0])
    told = "UDS, UCS: 1 negative flows were taken for 0."
    assert economy.warnings == [f"2017: {told}"]
    section, values = load("hubs").section, load("hubs").values
    assert section is not None and values is not None
    assert told not in str(section(hubs, {}).parts)
    assert told not in str(load("hubs").screen(hubs, {}))
    chance = values(hubs)["chance"]
    assert told in chance["UDS"]["2017"]["notes"] and not chance["S"]["2017"]["notes"]
    # what final demand is by definition is no doubt
    assert REST in chance["UCS"]["2017"]["notes"] and not any(REST in w for w in economy.warnings)


def test_behind_ultimate_shares_are_final_demand_and_primary_inputs() -> None:
    hubs = drawn_of(year_of(2017), network="S,UDS,UCS", draws=199)
    behind = {
        (network, each.code): text
        for network, found in leading(hubs).items()
        for each, text in zip(
            found, recorded(hubs, network, [one.code for one in found]), strict=True
        )
    }
    final, primary = np.array(OUTPUT) - Z.sum(axis=0), np.array(OUTPUT) - Z.sum(axis=1)
    for place, code in enumerate(CODES):
        if ("UDS", code) in behind:
            assert behind["UDS", code] == f"{final[place] / final.sum():.1%} of all final demand"
        if ("UCS", code) in behind:
            assert (
                behind["UCS", code] == f"{primary[place] / primary.sum():.1%} of all primary inputs"
            )
    assert {"UDS", "UCS"} <= {network for network, _ in behind}
    assert behind["S", "02"] == "50 from 2 others"


def test_the_shock_explorer_says_along_which_paths_the_largest_gain_comes() -> None:
    year = year_of(2017)
    assert year.parts is not None and year.production is not None and year.innovation is not None
    section = load("hubs").section
    assert section is not None
    parts = section(hubs_of(year), {"03": "Cars"}).parts
    (shock,) = (part for part in parts if getattr(part, "name", "") == "shock")
    assert isinstance(shock, Bars)
    psi = year.parts.psi.to_frame()
    assert {choice.split()[0] for choice, _ in shock.series} == set(CODES)
    for (choice, _), stack in shock.series.items():
        source = choice.split()[0]
        gains = psi[source].drop(source)
        receiver = gains.idxmax()
        walks = strongest_paths(year.production.S, year.innovation.W, receiver, source, 3)
        assert stack.note.startswith(f"{receiver} Cars" if receiver == "03" else receiver)
        assert f"gains most: {gains[receiver]:.4g}%" in stack.note
        for told, share in zip(walks.told, walks.paths["share"], strict=True):
            assert f"{told} ({share:.1%})" in stack.note
        assert f"carry {walks.remainder / gains[receiver]:.1%} of it" in stack.note


def test_of_networks_without_hubs_at_most_one_in_twenty_is_said_to_have_one() -> None:
    """Both in-degrees are one claim; here each row spreads heavy tails over sectors at random."""
    rng, networks, wrong, sizes = np.random.default_rng(7), 400, 0, []
    for _ in range(networks):
        M = pd.DataFrame(rng.pareto(1.0, size=(15, 15)), *[[f"s{k}" for k in range(15)]] * 2)
        found = claims(find(M, CLAIMED, "spread", draws=1, missing=0))
        wrong += bool((found["p_claim"] <= 0.05).any())
        sizes.append(len(found))
    assert set(sizes) == {15}
    assert wrong / networks <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / networks)
    M["s3"] += M.sum(axis=1) / 5
    found = claims(find(M, CLAIMED, "spread", draws=1, missing=0))
    assert found.index[0] == "s3" and found["p_claim"].iloc[0] < 0.001


def test_a_single_sector_has_no_hubs_and_is_told_so() -> None:
    index = pd.MultiIndex.from_product([[2012], ["01"]], names=["year", "code"])
    year = year_networks(
        2012,
        LabelledMatrix.build("citations", [[6]], ["01"]),
        {2012: LabelledMatrix.build("trade", [[20]], ["01"], year=2012)},
        pd.DataFrame({"gross_output": [100.0]}, index),
    )
    hubs = hubs_of(year)
    (told,) = load("hubs").screen(hubs, {})
    assert "it takes a network of two sectors" in str(told)
    section = load("hubs").section
    assert section is not None and str(told) in str(section(hubs, {}).parts)


def test_a_null_from_which_nothing_is_drawn_is_refused() -> None:
    study = SimpleNamespace(citations_from="citations", trade_from="io_flows")
    with pytest.raises(InputError, match=r"null = 'degree': nothing is drawn .* with draws = 0"):
        load("hubs").refuse(study, HubOptions(null="degree", draws=0))  # type: ignore[arg-type]
    load("hubs").refuse(study, HubOptions(draws=0))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["hubs", "psi"])
@pytest.mark.parametrize("draws", [-1, 10**12])
def test_draws_that_no_run_would_end_with_are_refused_at_once(name: str, draws: int) -> None:
    with pytest.raises(ValidationError, match="draws"):
        load(name).options(draws=draws)


def test_firms_of_several_industries_are_not_drawn() -> None:
    """As ψ refuses it: a firm is drawn within its industry."""
    options = SimpleNamespace(normalisation="row", rho=None)
    study = SimpleNamespace(options=options, has=lambda table: table == "firm_industries")
    source = SimpleNamespace(study=study)
    rng = np.random.default_rng(1)
    for name in ("W", "citations", "psi"):
        assert records_of(name, year_of(2012), HubOptions(), source, rng) is None  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    """The hubs of the sample's last year, with draws."""
    folder = tmp_path_factory.mktemp("hubs")
    write_sample(folder / "study", firms=400, citations=30_000, seed=1)
    study = folder / "study" / "study.toml"
    text = study.read_text(encoding="utf-8").replace("[outputs]\n", "[outputs]\nfigures = []\n")
    text = re.sub(r"report = \[.*?\]", "report = [2012, 2020]", text, flags=re.DOTALL)
    study.write_text(text, encoding="utf-8")
    more = ["--network", "W,S", "--draws", "199", "--seed", "3"]
    command = ["hubs", str(study), "--out", str(folder / "out"), "-q", *more]
    assert _exit_code(command, debug=False) == 0
    return folder


def test_planted_hubs_are_found_and_hubs_json_says_how_sure(sample) -> None:
    said = json.loads((sample / "out" / "hubs.json").read_text(encoding="utf-8"))
    planted = json.loads((sample / "study" / "planted.json").read_text(encoding="utf-8"))["hubs"]
    for network, kind in (("W", "citations"), ("S", "trade")):
        measures = said[network]["2020"]
        fields = {"score", "rank", "p", "p_holm", "q", "rank_low", "rank_high", "survives"}
        for sectors in measures.values():
            assert all(fields <= set(row) for row in sectors.values())
        hubs = {code for code, row in measures["in_degree_4"].items() if row["p_holm"] <= 0.05}
        assert set(planted[kind]) <= hubs
        for code in planted[kind]:
            assert "is a hub of" in said["verdicts"][network]["2020"][code]
            row = measures["pagerank"][code]
            assert row["p"] == 1 / 200 and row["rank_low"] <= row["rank"] <= row["rank_high"]
    assert said["chance"]["W"]["2020"]["draws"] == 199
    assert "records" in said["chance"]["W"]["2020"]["ranks"]
    assert "missing" in said["chance"]["S"]["2020"]["ranks"]


def test_the_answer_stands_first_on_the_page(sample) -> None:
    page = _page(sample)
    places = [page.index(f'<section id="{name}"') for name in ("hubs", "findings", "psi")]
    assert places == sorted(places)


def test_one_claim_a_sector_is_the_same_in_table_json_verdict_and_page(sample) -> None:
    said = json.loads((sample / "out" / "hubs.json").read_text(encoding="utf-8"))
    file = sample / "out" / "hubs" / "claims_2020.csv"
    table = pd.read_csv(file, dtype={"code": str}).set_index(["network", "code"])
    shown = tables_of(_page(sample))["Leading hubs, with the evidence, 2020"]
    hubs = {(k.split(":")[0], k.split()[1]) for k, row in shown.items() if row["Hub"] == "yes"}
    assert hubs == set(table.index[table["is_hub"] == "yes"]) and len(hubs) > 5
    for (network, code), row in table.iterrows():
        claim = said["claims"][network]["2020"][code]
        assert claim["hub"] == (row["is_hub"] == "yes") == (row["p_claim"] <= 0.05)
        assert claim["p_claim"] == pytest.approx(row["p_claim"])
        text = said["verdicts"][network]["2020"][code]
        assert (("is a hub of" in text) == claim["hub"] and "is no hub of" in text) or claim["hub"]
        assert f"by {row['above']} of {row['tested']} measures" in text
        few, many = row["above_low"], row["above_high"]
        assert few <= row["above"] <= many
        assert (f"(more draws may find {few} to {many})" in text) == (few < many)
    assert (table["above_low"] < table["above_high"]).any()  # 199 draws leave much open


def test_draws_are_as_many_as_the_claim_needs_where_nobody_says_how_many() -> None:
    for N in (37, 94):
        one, needed = HubOptions().draws_for(N), HubOptions().needed_for(N)
        assert N / (one + 1) <= 0.05  # of a single measure
        assert 2 * N / (needed + 1) <= 0.05 < 2 * N / needed
        assert HubOptions().draws_of_claim(N, "strength") == 10 * (needed + 1) - 1
        assert HubOptions().draws_of_claim(N, "degree") == needed
    assert HubOptions().draws_for(500) == 999  # p-values of in-degrees are exact
    assert HubOptions().draws_of_claim(20, "degree") == 999
    assert HubOptions().draws_of_claim(3_000, "strength") == 39_999
    assert HubOptions().draws_of_claim(3_000, "maxent") == 9_999
    few = HubOptions(draws=40)
    assert few.draws_for(94) == few.draws_of_claim(94, "strength") == 40


def test_slopes_that_few_years_do_not_bound_are_empty_so_that_stata_takes_the_table() -> None:
    years = [year_of(t) for t in (2012, 2014, 2016, 2018)]
    result = SimpleNamespace(years=years, economy=SimpleNamespace(names={}, flows=[], warnings=[]))
    hubs = compute(Context(result, None, Steps()), HubOptions(draws=19))  # type: ignore[arg-type]
    table = load("hubs").tables(hubs)["change_S"]
    assert {"slope_low", "slope_high"} <= set(table)
    assert not np.isinf(table.select_dtypes(float).to_numpy()).any()


def test_every_hub_is_told_however_many_there_are() -> None:
    """20 of 60 sectors are drawn on by all; the screen shows the surest and says how many."""
    codes = [f"{k:02}" for k in range(60)]
    rng = np.random.default_rng(3)
    K = np.full((60, 60), 0.01) + np.where(np.arange(60) < 20, 5.0, 0) * rng.uniform(
        0.9, 1.1, (60, 60)
    )
    year = year_networks(2012, LabelledMatrix.build("citations", K, codes), {}, None)
    hubs = hubs_of(year)
    assert sum(each.hub for each in leading(hubs)["W"]) == 20
    section = load("hubs").section
    assert section is not None
    assert "and 16 more are hubs" in str(section(hubs, {}).parts)
    grid, *told = load("hubs").screen(hubs, {})
    assert isinstance(grid, Grid) and len(grid.rows) == 8
    assert "W: 20 hubs, of which the surest 8 are shown." in told


def test_files_and_json_of_the_evidence_agree(sample) -> None:
    said = json.loads((sample / "out" / "hubs.json").read_text(encoding="utf-8"))["W"]["2020"]
    file = sample / "out" / "hubs" / "evidence_W_2020.csv"
    table = pd.read_csv(file, dtype={"industry": str}).set_index(["measure", "industry"])
    for (measure, code), row in table.iterrows():
        for name in ("score", "p", "q", "rank", "rank_low"):
            given = said[measure][code][name]
            assert given is None if np.isnan(row[name]) else given == pytest.approx(row[name])
    groups = pd.read_csv(sample / "out" / "hubs" / "communities_W_2020.csv", dtype={"code": str})
    assert len(groups) == 37 and {"community", "certainty"} <= set(groups)


def test_change_of_hubs_is_that_of_the_matrices_with_a_test(sample) -> None:
    said = json.loads((sample / "out" / "hubs.json").read_text(encoding="utf-8"))["change"]
    assert set(said) == {"W"}  # two years leave no test where there are no records
    said_not = json.loads((sample / "out" / "hubs.json").read_text(encoding="utf-8"))["untested"]
    assert set(said_not) == {"S"} and "a trend needs 4 report years, not 2" in said_not["S"]
    assert f"No change is tested of S: {said_not['S']}." in _page(sample)
    assert (said["W"]["from"], said["W"]["to"], said["W"]["test"]) == (2012, 2020, "draws")
    file = sample / "out" / "hubs" / "change_W.csv"
    table = pd.read_csv(file, dtype={"code": str}).set_index("code")
    for year, column in ((2012, "score_from"), (2020, "score_to")):
        W = load_matrix(sample / "out" / "matrices" / f"W_{year}.npz").to_frame()
        np.testing.assert_allclose(table.loc[W.columns, column], W.sum(axis=0), rtol=1e-10)
    assert table["p"].between(0, 1).all() and (table["p_holm"] >= table["p"]).all()
    assert (table["change_low"] <= table["change"]).all()
    for code, row in table.iterrows():
        assert said["W"]["industries"][code]["p"] == pytest.approx(row["p"])


def test_firms_that_carry_a_hub_are_those_of_the_records(sample) -> None:
    """Summed from the study's own files; a firm counts where most of its industry goes."""
    study = sample / "study"
    firms = pd.read_csv(study / "firms.csv", dtype=str).set_index("id")
    maps = pd.read_csv(study / "concordance.csv", dtype={"from": str, "to": str})
    order = maps.sort_values(["weight", "to"], ascending=[False, True], kind="stable")
    sector = firms["industry"].map(order.drop_duplicates("from").set_index("from")["to"])
    cited = pd.read_csv(study / "citations.csv")
    cited = cited[(cited["citing"] != cited["cited"]) & (cited["year"] <= 2020)]
    sold = pd.read_csv(study / "trade.csv")
    sold = sold[(sold["supplier"] != sold["buyer"]) & (sold["year"] == 2020)]
    shown = tables_of(_page(sample))["Firms that carry the leading hubs, 2020"]
    assert {key.split(":")[0] for key in shown} == {"W", "S"}
    for network, amount in (
        ("W", cited.groupby("cited")["count"].sum()),
        ("S", sold.groupby("supplier")["value"].sum()),
    ):
        file = sample / "out" / "hubs" / f"carriers_{network}_2020.csv"
        table = pd.read_csv(file, dtype={"code": str})
        for code, part in table.groupby("code"):
            want = amount[amount.index.map(sector) == code].sort_values(ascending=False)
            np.testing.assert_allclose(part["amount"], want.head(10))
            np.testing.assert_allclose(part["share"], want.head(10) / want.sum())
            np.testing.assert_allclose(part["hhi"], ((want / want.sum()) ** 2).sum())
            np.testing.assert_allclose(amount[part["firm"]], part["amount"])
            assert (firms["name"][part["firm"]].to_numpy() == part["firm_name"]).all()
            row = next((r for k, r in shown.items() if k.startswith(f"{network}: {code} ")), None)
            if row is not None:
                first = part.iloc[0]
                assert row["Firms with most"].startswith(first["firm_name"])
                assert f"{100 * first['share']:.1f}%" in row["Firms with most"]
                assert float(row["HHI"]) == pytest.approx(first["hhi"], rel=1e-3)


def test_brokers_are_those_of_the_backbone_and_stand_on_the_page(sample) -> None:
    """A path of two links whose ends have none of their own, counted one by one."""
    shown = tables_of(_page(sample))["Brokers between communities, 2020"]
    expected = {}
    for network in ("W", "S"):
        folder = sample / "out" / "hubs"
        file = folder / f"brokers_{network}_2020.csv"
        table = pd.read_csv(file, dtype={"code": str, "community": str}).set_index("code")
        kept = pd.read_csv(folder / f"backbone_{network}_2020.csv", dtype=str)
        links = set(zip(kept["source"], kept["receiver"], strict=True))
        group = table["community"]
        between = dict.fromkeys(table.index, 0)
        for source, broker in links:
            for other, receiver in links:
                ends_meet = (source, receiver) in links or source == receiver
                if other != broker or ends_meet or len({source, broker, receiver}) < 3:
                    continue
                between[broker] += len({group[source], group[broker], group[receiver]}) > 1
        assert table["between"].to_dict() == between
        assert table["between"].is_monotonic_decreasing and table["between"].iloc[0] > 0
        for code, row in table[table["between"] > 0].head(5).iterrows():
            expected[network, str(code)] = str(row["between"])
    found = {(key.split(":")[0], key.split()[1]): row for key, row in shown.items()}
    assert {key: row["Paths between"] for key, row in found.items()} == expected


def test_an_unknown_network_is_refused_with_the_nearest(sample, capsys) -> None:
    study = sample / "study" / "study.toml"
    command = ["hubs", str(study), "--out", str(sample / "other"), "--network", "UDC", "-q"]
    assert _exit_code(command, debug=False) == 2
    assert "UDC" in capsys.readouterr().err
    assert not (sample / "other" / "graph.lbug").exists()


@pytest.mark.parametrize(("value", "named"), [("s", "this"), ("W, s", "'s'")])
def test_an_unknown_network_is_named_once(value: str, named: str) -> None:
    """The message of a study file has the value in front."""
    with pytest.raises(ValidationError, match=f"{named} is no network. Did you mean 'S'"):
        HubOptions(network=value)


@pytest.mark.parametrize(
    ("network", "need"), [("W", "citations"), ("S,psi", "citations and deliveries")]
)
def test_a_network_that_the_study_does_not_have_is_refused(network: str, need: str) -> None:
    study = SimpleNamespace(citations_from=None, trade_from="io_flows")
    with pytest.raises(InputError, match=f"it is made of {need}, which the study does not have"):
        load("hubs").refuse(study, HubOptions(network=network))  # type: ignore[arg-type]
    for fine in ("S,UDS", None):
        load("hubs").refuse(study, HubOptions(network=fine))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["", " , "])
def test_an_empty_name_of_a_network_is_refused(value: str, sample, capsys) -> None:
    """It is what a shell makes of a variable that is not set."""
    study = sample / "study" / "study.toml"
    command = ["hubs", str(study), "--out", str(sample / "other"), "--network", value, "-q"]
    assert _exit_code(command, debug=False) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "no network is named. Valid names: W, S, psi, UDS, UCS, trade, citations." in told


def test_a_link_of_the_backbone_is_heavier_than_chance_makes_it(sample) -> None:
    """Serrano, Boguñá & Vespignani (2009): (1 − w)^(k − 1) for a share w of k links."""
    S = load_matrix(sample / "out" / "matrices" / "S_2020.npz").values.toarray()
    np.fill_diagonal(S, 0.0)
    count, total = (S > 0).sum(axis=1, keepdims=True), S.sum(axis=1, keepdims=True)
    p = (1 - S / total) ** (count - 1)
    kept = pd.read_csv(sample / "out" / "hubs" / "backbone_S_2020.csv")
    assert len(kept) == ((p < 0.05) & (S > 0)).sum()


def test_records_turned_into_networks_are_those_of_a_run() -> None:
    """A draw that is the stock itself gives W, ψ and the citations of the run."""
    year = year_of(2017)
    assert year.citations is not None and year.parts is not None and year.innovation is not None
    K = year.citations.values.toarray()[None]
    for name, want in (
        ("citations", year.citations),
        ("W", year.innovation.W),
        ("psi", year.parts.psi),
    ):
        (drawn,) = _drawn(name, year, StockDraws(tuple(CODES), iter([K])))
        np.testing.assert_allclose(drawn[0], want.values.toarray(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("draws", [0, 19])
def test_networks_without_links_or_final_demand_stop_no_run(draws: int) -> None:
    """What has nothing to test is left out, or says so; every run asks for hubs."""
    year = year_of(2012)
    codes = list(CODES)
    nobody = LabelledMatrix.build("citations", np.zeros((3, 3)), codes)
    closed = np.array([[0.0, 50, 0], [100, 0, 0], [10, 10, 0]])
    trade = LabelledMatrix.build("trade", closed, codes, year=2012)
    index = pd.MultiIndex.from_product([[2012], codes], names=["year", "code"])
    output = pd.DataFrame({"gross_output": [100.0, 110, 30]}, index)
    bare = year_networks(2012, nobody, {2012: trade}, output)
    result = SimpleNamespace(years=[bare], economy=SimpleNamespace(names={}, flows=[], warnings=[]))
    options = HubOptions(draws=draws)
    hubs = compute(Context(result, None, Steps()), options)  # type: ignore[arg-type]
    section = load("hubs").section
    assert section is not None and section(hubs, {}).parts
    values = load("hubs").values
    assert values is not None and set(values(hubs)) >= {"W", "S", "verdicts"}
    assert year.year == 2012


def test_what_every_run_finds_of_hubs_does_not_take_the_place_of_what_was_asked_for(
    sample, tmp_path
) -> None:
    """Draws are not lost to a run without any, nor removed without a word by another study."""
    out, study = tmp_path / "out", sample / "study" / "study.toml"
    shutil.copytree(sample / "out", out)
    before = {path: path.read_bytes() for path in _files(out)}
    assert len(before) > 10
    for command in ("run", "accounts"):
        assert _exit_code([command, str(study), "--out", str(out), "-q"], debug=False) == 0
        assert {path: path.read_bytes() for path in _files(out)} == before
        told = json.loads((out / "run.json").read_text(encoding="utf-8"))
        assert set(told["capabilities"]["hubs"]) == {
            path.relative_to(out).as_posix() for path in before
        }
        assert told["unasked"] == [] and "also holds what hubs " in " ".join(told["notes"])
    other = tmp_path / "study"
    shutil.copytree(sample / "study", other)
    text = (other / "study.toml").read_text(encoding="utf-8").replace("2012, 2020", "2020")
    (other / "study.toml").write_text(text, encoding="utf-8")
    again = ["run", str(other / "study.toml"), "--out", str(out), "-q"]
    assert _exit_code(again, debug=False) == 2
    assert {path: path.read_bytes() for path in _files(out)} == before
    assert _exit_code([*again, "--replace"], debug=False) == 0
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["unasked"] == ["hubs"]
    assert _exit_code(again, debug=False) == 0  # nobody asked for what is there now


def _page(sample: Path) -> str:
    return html.unescape((sample / "out" / "report.html").read_text(encoding="utf-8"))


def _files(out: Path) -> list[Path]:
    return [*(path for path in (out / "hubs").rglob("*") if path.is_file()), out / "hubs.json"]


def circle(own: int) -> tuple[YearNetworks, SimpleNamespace]:
    """Two sectors that cite each other and rarely themselves: many a draw loses the only leak."""
    K = np.array([[own, 3.0, 0], [3, own, 0], [2, 0, 0]])
    year = year_of(2017)
    stock = LabelledMatrix.build("citations", K, CODES)
    assert year.trade is not None
    index = pd.MultiIndex.from_product([[2017], CODES], names=["year", "code"])
    output = pd.DataFrame({"gross_output": OUTPUT}, index)
    made = year_networks(2017, stock, {2017: year.trade}, output, negative="keep")
    options = SimpleNamespace(normalisation="row", rho=None)
    study = SimpleNamespace(options=options, has=lambda name: False)
    return made, SimpleNamespace(study=study, firms=None)


def evidence_of(
    year: YearNetworks, options: HubOptions, source: SimpleNamespace
) -> dict[str, Evidence]:
    shared: Shared[Any] = Shared(source)
    jobs = jobs_of(year, options, {}, shared, ultimate_shares)
    return {job.name: evidence(job) for job in jobs}


def test_draws_without_an_inverse_are_left_out_and_counted() -> None:
    year, source = circle(1)
    options = HubOptions(network="psi,W", draws=199)
    found = evidence_of(year, options, source)
    told = found["psi"].found.ranks
    lost = int(re.findall(r"Left out: (\d+) draws without an inverse of I − W", told)[0])
    rng = np.random.default_rng([1, 2017, *b"hubs"])
    assert year.citations is not None
    stock = np.concatenate(list(draw_stock(source, 2017, year.citations, 199, rng)))  # type: ignore[arg-type]
    # closed, as the two cite each other: neither has own citations, nor cites nobody
    assert lost == int(((stock[:, 0, 0] == 0) & (stock[:, 1, 1] == 0)).sum()) > 0
    assert "Left out" not in found["W"].found.ranks
    table = found["psi"].found.table
    assert table["rank_low"].notna().all() and (table["rank_low"] <= table["rank"]).all()


@pytest.mark.parametrize(("draws", "given"), [(19, False), (38, False), (39, True)])
def test_ranks_of_few_records_have_no_interval_and_say_so(draws: int, given: bool) -> None:
    year, source = circle(9)
    options = HubOptions(network="W", draws=draws)
    found = evidence_of(year, options, source)["W"].found
    assert found.table.loc["in_strength", "rank_low"].notna().all() == given
    assert (f"take 39 draws of the records, got {draws}." in found.ranks) != given
    assert ("95% confidence sets" in found.ranks) == given


@pytest.mark.parametrize("name", OF_CHAINS)
def test_what_chance_draws_is_what_a_network_is_made_of(name: str) -> None:
    """Steps that are drawn as they are give the network of the run."""
    same = Null("spread", "", (), lambda values, rng, draws: copies(values, draws))
    year = year_of(2017)
    (M,) = networks_of(year, (name,), ultimate_shares).values()
    if name == "psi":
        law = null_of_chains(name, steps_of_psi(year, M.rows), same)
    else:
        step, last = step_of_ultimate(name, ultimate_shares(year), M.rows)
        law = null_of_chains(name, [step], same, last)
    (drawn,) = law.draw(M.values.toarray(), np.random.default_rng(1), 2)
    np.testing.assert_allclose(drawn[1], M.values.toarray(), rtol=1e-12, atol=1e-15)


def test_flows_are_drawn_not_shares_so_that_accounts_stay() -> None:
    """Under 'strength' sales and purchases of every sector, and citations made and received."""
    year = year_of(2017)
    S, W = steps_of_psi(year, tuple(CODES))
    flows = S.shares * S.totals[:, None]
    np.testing.assert_allclose(flows * sum(OUTPUT), Z, rtol=1e-12)
    cited = np.array([[0, 4, 1], [1, 0, 2], [2, 5, 0]])
    np.testing.assert_allclose(W.shares * W.totals[:, None], cited, rtol=1e-12)
    for name, outside in (("UDS", Z.sum(axis=0)), ("UCS", Z.sum(axis=1))):
        step, last = step_of_ultimate(name, ultimate_shares(year), tuple(CODES))
        moved = (Z if name == "UCS" else Z.T) * (1 - np.eye(3))
        got = step.shares * step.totals[:, None] * sum(OUTPUT)
        np.testing.assert_allclose(got, moved, rtol=1e-12)
        left = np.array(OUTPUT) - outside
        np.testing.assert_allclose(last, left / (left + moved.sum(axis=1)), rtol=1e-12)


def test_screen_page_and_files_say_which_chance_a_network_was_held_against() -> None:
    hubs = drawn_of(year_of(2012), draws=199)
    nulls = {
        "W": "spread",
        "S": "spread",
        "psi": "spread of W and S",
        "UDS": "spread of deliveries",
        "UCS": "spread of inputs",
    }
    values, section = load("hubs").values, load("hubs").section
    assert values is not None and section is not None
    said = values(hubs)["chance"]
    assert {name: each["2012"]["null"] for name, each in said.items()} == nulls
    table = load("hubs").tables(hubs)["claims_2012"]
    assert table.groupby(level="network")["null"].unique().map(list).to_dict() == {
        name: [null] for name, null in nulls.items()
    }
    grid, *told = load("hubs").screen(hubs, {})
    assert isinstance(grid, Grid) and "null 'spread', exact p-values; other measures" in grid.title
    assert "Chance of ψ: null 'spread of W and S', 199 draws." in told
    page = str(section(hubs, {}).parts)
    assert "W, S: null 'spread'. Each receiver spreads" in page
    assert "ψ: null 'spread of W and S'. Citations and deliveries are drawn" in page
    assert "(null 'spread of inputs', 199 draws)" in str(hubs.claims[2012]["UCS"].sentences)
    assert "sums over chains" not in str(told)


def test_what_draws_cannot_say_is_said_of_the_networks_that_it_is_of() -> None:
    """S and W have hubs by exact p-values on the same page: it is not they that cannot have any."""
    told = doubts(drawn_of(year_of(2012), draws=19))
    few = "with 19 draws no sector can be above chance"
    others = "a measure other than in-degree at 2% and in-degree at 4%"
    assert f"W, S: {few} by {others}, after Holm; 59 are needed." in told
    assert f"ψ, UDS, UCS: {few}, after Holm; 119 are needed." in told
    assert "ψ, UDS, UCS: hubs are not tested" in str(doubts(hubs_of(year_of(2012))))


def test_networks_that_the_study_has_not_and_nulls_without_a_choice_are_told() -> None:
    codes = ["01", "02"]
    K = LabelledMatrix.build("citations", np.array([[3.0, 4], [5, 6]]), codes)
    told = doubts(drawn_of(year_networks(2012, K, {}, None), draws=79))
    assert "Without deliveries there are no hubs of S, ψ, UDS and UCS." in told
    assert any(text.startswith("W: every p is 1: chance always makes") for text in told)
    whole = doubts(drawn_of(year_of(2012), draws=79))
    assert not [text for text in whole if text.startswith("Without")]
    asked = drawn_of(year_networks(2012, K, {}, None), draws=79, network="W")
    assert not [text for text in doubts(asked) if text.startswith("Without")]


@pytest.mark.parametrize(
    ("few", "many", "told"),
    [(5, 7, ("6 (5–7) of 7", "6? of 7")), (6, 6, ("6 of 7", "6 of 7"))],
)
def test_counts_of_measures_say_what_more_draws_may_find(few: int, many: int, told: Any) -> None:
    counted = {"above": 6, "above_low": few, "above_high": many, "tested": 7}
    one = Leading("01", True, "in_degree_2", pd.Series(counted))
    assert (one.measures, one.measures_in_short) == told


def test_hubs_of_both_networks_are_named_together() -> None:
    section = load("hubs").section
    assert section is not None
    rng = np.random.default_rng(1)
    cited, bought = (rng.exponential(size=(30, 30)) ** 3 for _ in range(2))
    for flows, hub in ((cited, 4), (cited, 9), (bought, 4), (bought, 7)):
        flows[:, hub] += flows.sum(axis=1)
    codes = [f"{k:02}" for k in range(30)]
    index = pd.MultiIndex.from_product([[2017], codes], names=["year", "code"])
    output = pd.DataFrame({"gross_output": 3 * bought.sum()}, index)
    trade = LabelledMatrix.build("trade", bought, codes, year=2017)
    K = LabelledMatrix.build("citations", cited, codes)
    found = hubs_of(year_networks(2017, K, {2017: trade}, output))
    page = str(section(found, {"04": "Steel"}).parts)
    assert "Through both W and S, each by itself: 04 Steel." in page


def test_a_null_that_knows_no_size_says_so_on_the_page() -> None:
    section = load("hubs").section
    assert section is not None
    for null, told in (("spread", True), ("strength", False)):
        page = str(section(drawn_of(year_of(2012), draws=19, null=null), {}).parts)
        assert ("size does not count" in page) is told


def test_a_page_without_the_shock_explorer_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    section = load("hubs").section
    assert section is not None
    assert "The shock explorer is" not in str(section(hubs_of(year_of(2017)), {}).parts)
    monkeypatch.setattr("spillgraph.capabilities.hubs._figures.MOST_ORIGINS", 2)
    page = section(hubs_of(year_of(2017)), {}).parts
    assert "The shock explorer is left out: 3 sectors are too many" in str(page)
    assert not [part for part in page if getattr(part, "name", "") == "shock"]


@pytest.mark.parametrize("null", sorted(set(NULLS) - {"spread_columns", "strength_own"}))
def test_sums_over_chains_are_tested_under_every_null_that_keeps_what_leaves_them(
    null: str,
) -> None:
    hubs = drawn_of(year_of(2012), null=null, draws=19)
    for name in OF_CHAINS:
        claim = hubs.claims[2012][name]
        assert not claim.untested and claim.found.draws == 19
        table = claim.found.table
        assert table["p"].between(1 / 20, 1).all() and not table["why"].str.contains("kept").any()


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"draws": 0}, "has to be drawn: spillgraph hubs does, unless draws = 0"),
        ({"draws": 19, "null": "spread_columns"}, "'spread_columns' does not keep what leaves"),
        ({"draws": 19, "null": "strength_own"}, "take spread, strength, strength_links, degree"),
    ],
)
def test_what_cannot_be_tested_says_why_on_screen_page_and_in_the_file(
    asked: dict[str, Any], why: str
) -> None:
    """Nothing is claimed of it, nor that it is no hub; scores and ranks stay."""
    hubs = drawn_of(year_of(2012), **asked)
    values, section = load("hubs").values, load("hubs").section
    assert values is not None and section is not None
    assert any(
        str(text).startswith("ψ, UDS, UCS: hubs are not tested") and why in str(text)
        for text in load("hubs").screen(hubs, {})
    )
    assert why in str(section(hubs, {}).parts)
    said, files = values(hubs), load("hubs").tables(hubs)
    assert set(files["claims_2012"].index) == {"W", "S"}
    for name in OF_CHAINS:
        assert any(why in note for note in said["chance"][name]["2012"]["notes"])
        assert said["claims"][name]["2012"] == {}
        assert all(
            "was not tested" in text and why in text
            for text in said["verdicts"][name]["2012"].values()
        )
        table = files[f"evidence_{name}_2012"]
        assert table["p"].isna().all() and table["score"].notna().all()
        assert table["rank"].notna().all() and table["why"].str.contains(re.escape(why)).all()
    alone = drawn_of(year_of(2012), network="psi,UCS", **asked)
    shown = load("hubs").screen(alone, {})
    assert not any(isinstance(each, Grid) for each in shown) and why in str(shown)
    assert section(alone, {}).parts and len(load("hubs").tables(alone)["claims_2012"]) == 0


def test_draws_that_many_sectors_need_are_made_only_where_they_are_asked_for() -> None:
    M = LabelledMatrix.build("psi", np.eye(251), [f"{k:03}" for k in range(251)])
    year = year_of(2012)
    found = chance_of("psi", M, year, HubOptions(), ultimate_shares)
    assert found.untested == (
        "for 251 sectors take 10,039 draws, each with an inverse; ask for them with draws = 10039"
    )
    assert not chance_of("W", M, year, HubOptions(), ultimate_shares).untested
    S = networks_of(year, ("psi",), ultimate_shares)["psi"]
    asked = chance_of("psi", S, year, HubOptions(draws=10_039), ultimate_shares)
    assert (asked.untested, asked.draws) == ("", 10_039)


def test_what_draws_of_psi_leave_out_of_S_is_told_with_its_number_and_size() -> None:
    """The flow of -3 from 685 to 31 is one of nine entries of S."""
    year = year_of(2017, negative=-3.0)
    assert year.production is not None
    S = year.production.S.to_frame().to_numpy()
    share = -S[S < 0].sum() / np.abs(S).sum()
    said = doubts(drawn_of(year, network="psi,W", draws=19))
    (told,) = [text for text in said if "negative entr" in text]
    assert told == (
        f"ψ: 1 negative entry counts as 0 in the draws of S, {share:.3%} of all that it holds."
    )
    for asked in ({"network": "W", "draws": 19}, {"network": "psi", "draws": 0}):
        assert "entry counts" not in " ".join(doubts(drawn_of(year, **asked)))
    assert "entry counts" not in " ".join(doubts(drawn_of(year_of(2017), draws=19)))
