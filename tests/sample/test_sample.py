"""The sample keeps its promises: every planted fact is found in the files, by pandas alone."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.contract import table
from spillgraph.ingest.economy import TRADED
from spillgraph.ingest.study import load_study
from spillgraph.sample import files as sample_files
from spillgraph.sample import write_sample
from spillgraph.sample.citations import systematic
from spillgraph.sample.design import (
    CITED,
    CLOSED,
    FIRST,
    GROUPS,
    PAIRS,
    SUPPLIERS,
    make_design,
)
from spillgraph.sample.firms import Sampler

# ---- the tables -------------------------------------------------------------------------------


def test_total_of_citations_is_the_number_asked_for(sample):
    assert sample.citations["count"].sum() == sample.arguments["citations"]
    assert (sample.citations["count"] >= 1).all()
    assert sample.citations["year"].between(1992, 2020).all()


def test_keys_are_unique(sample):
    for name in ("firms", "firm_citations", "trade_links", "io_output", "concordance"):
        key = list(table(name).key)
        assert not sample.read(name).duplicated(key).any(), name


def test_columns_are_those_of_the_contract(sample):
    for name in ("firms", "firm_citations", "trade_links", "io_output", "industries"):
        # The economy of the sample trades with nobody and stores nothing, its links last no longer
        # than a year, and its industries are of one country.
        absent = {"first_year", "last_year", "imports", *TRADED}
        absent |= {"country"} if name == "industries" else set()
        wanted = [c.name for c in table(name).columns if c.name not in absent]
        assert list(sample.read(name)) == wanted


def test_every_firm_and_industry_is_known(sample):
    known = set(sample.firms.index)
    assert len(known) == sample.arguments["firms"]
    for rows, ends in (
        (sample.citations, ["citing", "cited"]),
        (sample.trade, ["supplier", "buyer"]),
    ):
        for end in ends:
            assert set(rows[end]) <= known
    assert set(sample.firms["industry"]) == set(sample.B.index)
    assert sample.firms["industry"].value_counts().min() >= 2
    assert sample.firms["name"].str.startswith("Synthetic Firm ").all()
    assert sample.firms["region"].nunique() <= 21
    assert set(sample.firms["country"]) == {"Synthetica"}


def test_concordance_weights_sum_to_one(sample):
    assert np.allclose(sample.B.sum(axis=1), 1.0, atol=1e-12)


def test_sizes_in_planted_are_those_of_the_files(sample):
    sizes = sample.planted["sizes"]
    for name, size in sizes.items():
        assert len(sample.read(name)) == size["rows"], name
    own = sample.citations["citing"] == sample.citations["cited"]
    assert sample.citations["count"].sum() == sizes["firm_citations"]["sum"]
    assert sample.citations.loc[own, "count"].sum() == sizes["firm_citations"]["self_citations"]
    sums = sample.trade.groupby("year")["value"].sum()
    for year, total in sizes["trade_links"]["sum"].items():
        assert sums[int(year)] == pytest.approx(total, abs=1e-3)


def test_citations_grow(middle):
    by_year = middle.citations.groupby("year")["count"].sum()
    slope = np.polyfit(by_year.index, np.log(by_year), 1)[0]
    assert 0.10 < slope < 0.14


# ---- the planted facts ------------------------------------------------------------------------


def test_self_citations_are_about_fifteen_percent(sample):
    own = sample.citations["citing"] == sample.citations["cited"]
    share = sample.citations.loc[own, "count"].sum() / sample.citations["count"].sum()
    assert share == pytest.approx(sample.planted["self_citation_share"], abs=0.01)


@pytest.mark.parametrize("self_citations", [True, False])
def test_nearly_all_industries_cite_mostly_themselves(sample, self_citations):
    K = sample.K(self_citations=self_citations).drop(index=sample.planted["closed_class"])
    own = pd.Series({code: K.loc[code, code] for code in K.index}) / K.sum(axis=1)
    assert (own > 0.5).mean() > 0.9
    # Research was left out of the rule on purpose.
    assert {"33", "34"} <= set(own[own <= 0.5].index)


def test_knowledge_hub_is_cited_most_from_outside(sample):
    assert sample.planted["hubs"]["citations"] == ["20"]
    for flows in (sample.off_diagonal(sample.K()), sample.W()):
        first, second = flows.sum(axis=0).nlargest(2).items()
        assert first[0] == "20"
        assert first[1] > 2.0 * second[1]


def test_trade_hubs_are_the_greatest_suppliers_in_order(sample):
    hubs = sample.planted["hubs"]["trade"]
    for year in sample.years:
        for sold in (sample.S(year), sample.flow(year)):
            sums = sample.off_diagonal(sold).sum(axis=0)
            assert list(sums.nlargest(len(hubs)).index) == hubs


def test_row_sums_of_S_are_the_planned_ones(sample):
    planned = pd.Series(sample.planted["input_share"])
    assert planned.between(0.45, 0.80).all()
    for year in sample.years:
        rows = sample.S(year).sum(axis=1)
        assert rows.between(0.45, 0.80).all()
        assert np.abs(rows - planned).max() < 1e-5


def test_diagonal_of_S_is_heavy(sample):
    S = sample.S(sample.years[-1])
    assert (S.idxmax(axis=1) == S.index).mean() > 0.9


def test_output_is_what_is_bought_and_added_and_what_is_sold_and_used(sample):
    for year, output in sample.output.groupby("year"):
        output = output.set_index("industry")
        flow = sample.flow(year)
        gross = output["gross_output"]
        assert list(output.index) == list(flow.index)
        assert np.allclose(flow.sum(axis=1) + output["value_added"], gross, rtol=0, atol=1e-4)
        assert np.allclose(flow.sum(axis=0) + output["final_demand"], gross, rtol=0, atol=1e-4)
        assert (output["final_demand"] > 0).all() and (output["value_added"] > 0).all()
        assert (flow.sum(axis=0) > 0).all() and (flow.sum(axis=1) > 0).all()


def test_trade_has_no_firm_with_itself_and_keeps_its_number(tmp_path):
    write_sample(tmp_path / "s", firms=200, citations=5_000, seed=3, trade_links=3_001)
    trade = pd.read_csv(tmp_path / "s" / "trade.csv")
    assert len(trade) == 3_001
    assert (trade["supplier"] != trade["buyer"]).all()
    assert (trade["value"] > 0).all()
    assert set(trade["year"]) == {2007, 2012, 2017, 2020}


@pytest.mark.parametrize("links", [4 * 600, 4 * (200 * 199 // 8)])
def test_as_few_and_as_many_trade_links_as_allowed(tmp_path, links):
    write_sample(tmp_path / "s", firms=200, citations=5_000, seed=3, trade_links=links)
    trade = pd.read_csv(tmp_path / "s" / "trade.csv")
    assert len(trade) == links and not trade.duplicated(["supplier", "buyer", "year"]).any()


def test_closed_class_cites_only_itself_and_never_its_own_sector(sample):
    closed = sample.planted["closed_class"]
    if not sample.arguments.get("closed_class"):
        assert closed == []
        return
    assert closed == ["23", "24", "25"]
    K = sample.K()
    inside = K.loc[closed, closed]
    assert (K.loc[closed].sum(axis=1) == inside.sum(axis=1)).all()
    assert (np.diag(inside) == 0).all()
    assert (sample.off_diagonal(inside).to_numpy() > 0).sum() == 6
    # Others cite it: it is closed, not cut off.
    assert K.drop(index=closed)[closed].to_numpy().sum() > 0
    assert np.linalg.cond(np.eye(len(K)) - sample.W().to_numpy()) > 1e12


def test_without_a_closed_class_W_is_invertible(middle):
    W = middle.W().to_numpy()
    assert np.linalg.cond(np.eye(len(W)) - W) < 100


# ---- the study and the files ------------------------------------------------------------------


def test_study_is_read_by_our_own_reader(sample):
    study = load_study(sample.folder / "study.toml")
    assert study.about.synthetic and study.about.target == "io37"
    assert study.about.description.startswith("SYNTHETIC")
    assert study.about.money == "million yuan"
    assert study.options.self_citations == "include"
    assert study.citations_from == "firm_citations" and study.trade_from == "trade_links"
    assert study.years.report == sample.years


def test_everything_says_that_it_is_synthetic_and_nothing_names_the_machine(sample):
    text = (sample.folder / "study.toml").read_text(encoding="utf-8")
    assert text.startswith("# SYNTHETIC")
    assert tomllib.loads(text)["study"]["synthetic"] is True
    assert sample.planted["synthetic"] is True and "SYNTHETIC" in sample.planted["note"]
    assert str(sample.folder) not in text + json.dumps(sample.planted)
    assert sample.returned == sample.planted
    assert set(sample.planted["how"]) >= {"hubs.citations", "hubs.trade", "coagglomerated_pairs"}


def _bytes(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


@pytest.mark.parametrize("parquet", [False, True])
def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path, monkeypatch, parquet):
    if parquet:
        monkeypatch.setattr(sample_files, "PARQUET_FROM", 1_000)
    order = {"firms": 250, "citations": 6_000}
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_sample(tmp_path / name, seed=seed, **order)
    a, b, c = (_bytes(tmp_path / name) for name in "abc")
    assert a == b
    ending = "parquet" if parquet else "csv"
    for name in ("firms.csv", f"citations.{ending}", f"trade.{ending}", "output.csv", "study.toml"):
        assert a[name] != c[name]


def test_parquet_holds_the_same_rows_as_csv(tmp_path, monkeypatch):
    order = {"firms": 250, "citations": 6_000, "seed": 5}
    write_sample(tmp_path / "csv", **order)
    monkeypatch.setattr(sample_files, "PARQUET_FROM", 1_000)
    write_sample(tmp_path / "parquet", **order)
    for name in ("citations", "trade"):
        text = pd.read_csv(tmp_path / "csv" / f"{name}.csv")
        binary = pd.read_parquet(tmp_path / "parquet" / f"{name}.parquet")
        assert not isinstance(binary.iloc[:, 0].dtype, pd.CategoricalDtype)
        pd.testing.assert_frame_equal(text, binary, check_dtype=False)
    assert load_study(tmp_path / "parquet" / "study.toml").has("trade_links")


def test_progress_rises_from_zero_to_one(tmp_path):
    seen: list[tuple[str, float]] = []
    write_sample(
        tmp_path / "s",
        firms=200,
        citations=5_000,
        seed=0,
        progress=lambda stage, done: seen.append((stage, done)),
    )
    shares = [done for _, done in seen]
    assert shares[0] == 0.0 and shares[-1] == 1.0 and shares == sorted(shares)
    assert {"firms", "citations", "trade"} <= {stage for stage, _ in seen}


def test_years_without_benchmarks_use_the_last(tmp_path):
    planted = write_sample(tmp_path / "s", firms=200, citations=5_000, seed=0, years=(1995, 2001))
    assert list(planted["sizes"]["trade_links"]["sum"]) == ["2001"]
    assert load_study(tmp_path / "s" / "study.toml").years.report == [2001]
    assert pd.read_csv(tmp_path / "s" / "citations.csv")["year"].between(1995, 2001).all()


# ---- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"firms": 9}, "10 firms or more, got 9.* two firms"),
        ({"citations": 0}, "1 citation or more, got 0"),
        ({"closed_class": True, "firms": 39}, "closed class needs 40 firms or more, got 39"),
        ({"closed_class": True, "citations": 5}, "6 citations or more, got 5.* every report year"),
        ({"seed": -1}, "seed"),
        ({"years": (2020, 1992)}, "first year"),
        ({"trade_links": 2_399}, "can have 2400"),
        ({"trade_links": 10**6}, "one in eight"),
        ({"firms": 10, "trade_links": 83}, r"can have 84 .* to 180 \(half of the pairs"),
        ({"firms": 10, "trade_links": 181}, "can have 84 .* to 180"),
    ],
)
def test_an_order_that_cannot_be_kept_is_refused(tmp_path, change, words):
    order = {"firms": 200, "citations": 5_000, "seed": 0} | change
    with pytest.raises(InputError, match=words):
        write_sample(tmp_path / "s", **order)
    assert not (tmp_path / "s").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"not empty.*another folder"):
        write_sample(tmp_path, firms=200, citations=5_000, seed=0)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(InputError, match="is a file"):
        write_sample(tmp_path / "mine.txt", firms=200, citations=5_000, seed=0)


# ---- the parts --------------------------------------------------------------------------------


def test_design_covers_every_industry_once_and_its_shares_sum_to_one():
    design = make_design()
    listed = [code for group in GROUPS.values() for code in group.codes.split()]
    assert sorted(listed) == sorted(design.fine)
    for shares in (design.firm_share, design.final, design.citations.ravel()):
        assert shares.sum() == pytest.approx(1.0, abs=1e-12) and (shares >= 0).all()
    assert np.allclose(design.inputs.sum(axis=1), 1.0)
    paired = [code for pair in PAIRS for code in pair[:2]]
    assert len(set(paired)) == len(paired)
    assert sorted(FIRST) == sorted([CITED[0], *SUPPLIERS, *paired])


@pytest.mark.parametrize("most", [5, 20, 77])
def test_design_of_few_industries_has_shares_among_them(most):
    design = make_design(closed_class=most >= 20, most=most)
    assert len(design.fine) == most == len(design.B)
    for shares in (design.firm_share, design.final, design.citations.ravel()):
        assert shares.sum() == pytest.approx(1.0, abs=1e-12) and (shares >= 0).all()
    assert design.citations.shape == (most, most + 1) and design.inputs.shape == (most, most)
    assert np.allclose(design.inputs.sum(axis=1), 1.0)
    assert set(design.fine) <= set(FIRST) if most == 5 else set(FIRST) <= set(design.fine)


def test_closed_class_is_made_of_one_to_one_sectors():
    design = make_design(closed_class=True)
    for code in CLOSED:
        sector = design.B[design.fine.index(code)].argmax()
        assert design.B[:, sector].tolist() == np.eye(78)[design.fine.index(code)].tolist()


def test_systematic_split_is_within_one_and_exact():
    rng = np.random.default_rng(0)
    share = rng.dirichlet(np.full(500, 0.3))
    for total in (0, 1, 777, 10**7):
        parts = systematic(share, total, rng)
        assert parts.sum() == total and (parts >= 0).all()
        assert np.abs(parts - share * total).max() <= 1.0 + 1e-6
        assert np.abs(np.cumsum(parts) - np.cumsum(share) * total).max() <= 1.0 + 1e-6


def test_sampler_keeps_to_the_industry_follows_strength_and_avoids_the_firm_itself():
    rng = np.random.default_rng(0)
    industry = np.array([1, 0, 1, 0, 1])
    sampler = Sampler(industry, np.array([1.0, 1e9, 2.0, 1.0, 1.0]), 2)
    drawn = sampler.draw(rng, np.full(40_000, 1))
    assert set(drawn.tolist()) == {0, 2, 4}
    assert (drawn == 2).mean() == pytest.approx(0.5, abs=0.02)
    # Firm 1 dominates industry 0, yet somebody else is found when it must not be itself.
    other = sampler.draw_other(rng, np.zeros(1_000, np.int64), np.ones(1_000, np.int64))
    assert set(other.tolist()) == {3}


def test_planted_trends_of_own_progress_are_in_the_levels(sample):
    levels = sample.read("productivity").pivot(index="year", columns="industry", values="tfp")
    assert list(levels.columns) == list(sample.B.columns) and levels.index[-1] == sample.years[-1]
    W = sample.W(sample.years[-1]).loc[levels.columns, levels.columns]
    g = np.diff(np.log(levels.to_numpy()), axis=0) @ (np.eye(len(W)) - W.to_numpy()).T
    Gamma2, Gamma1 = np.polyfit(np.arange(1, len(levels)), g, 1)
    planted = pd.DataFrame(sample.planted["growth"]).loc[levels.columns]
    np.testing.assert_allclose(Gamma1, planted["Gamma1"], atol=1e-12)
    np.testing.assert_allclose(Gamma2, planted["Gamma2"], atol=1e-12)
    assert (g - np.polyval([Gamma2, Gamma1], np.arange(1, len(levels))[:, None])).std() > 1e-3


def test_planted_comovement_is_in_the_panel(sample):
    rows = sample.read("industry_panel")
    levels = {x: rows.pivot(index="year", columns="industry", values=x) for x in ("rd", "output")}
    R, Y = (np.log(levels[x]).diff().iloc[1:] for x in ("rd", "output"))
    sR, sY = (levels[x].div(levels[x].sum(axis=1), axis=0).mean() for x in ("rd", "output"))
    n = R.shape[1]
    omega = np.cov(R.to_numpy().T, Y.to_numpy().T)[:n, n:] * np.outer(sR, sY)
    across = omega - np.diag(np.diag(omega))
    planted = sample.planted["comovement"]
    assert across.sum() / omega.sum() == pytest.approx(planted["share"], abs=1e-10)
    found = pd.Series(across.sum(axis=1) / across.sum(), R.columns)
    for code, fraction in planted["R_fraction"].items():
        assert found[code] == pytest.approx(fraction, abs=1e-10)
    assert len(planted["R_fraction"]) == 5 and sum(planted["R_fraction"].values()) > 0.5
