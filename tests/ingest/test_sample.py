"""The sample keeps its promises: every planted fact is found in the files, by pandas alone."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.contract import table
from spillgraph.ingest.sample import files as sample_files
from spillgraph.ingest.sample import write_sample
from spillgraph.ingest.sample.citations import systematic
from spillgraph.ingest.sample.design import CLOSED, GROUPS, PAIRS, make_design
from spillgraph.ingest.sample.firms import Sampler
from spillgraph.ingest.study import load_study

TEXT = dict.fromkeys(("from", "to", "code", "industry"), str)


@dataclass
class Sample:
    folder: Path
    arguments: dict[str, object]
    returned: dict[str, object] = field(default_factory=dict)

    @cached_property
    def planted(self) -> dict:
        return json.loads((self.folder / "planted.json").read_text(encoding="utf-8"))

    def read(self, name: str) -> pd.DataFrame:
        path = self.folder / self.planted["files"][name]
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=TEXT)

    @cached_property
    def firms(self) -> pd.DataFrame:
        return self.read("firms").set_index("id")

    @cached_property
    def citations(self) -> pd.DataFrame:
        return self.read("firm_citations")

    @cached_property
    def trade(self) -> pd.DataFrame:
        return self.read("trade_links")

    @cached_property
    def output(self) -> pd.DataFrame:
        return self.read("io_output")

    @cached_property
    def B(self) -> pd.DataFrame:
        wide = self.read("concordance").pivot(index="from", columns="to", values="weight")
        fine, sectors = self.read("industries")["code"], self.read("sectors")["code"]
        return wide.reindex(index=fine, columns=sectors).fillna(0.0)

    def fine(self, rows: pd.DataFrame, i: str, j: str, value: str) -> pd.DataFrame:
        ends = [rows[i].map(self.firms["industry"]), rows[j].map(self.firms["industry"])]
        wide = rows.groupby(ends)[value].sum().unstack()
        return wide.reindex(index=self.B.index, columns=self.B.index).fillna(0.0)

    def by_sector(self, rows: pd.DataFrame, i: str, j: str, value: str) -> pd.DataFrame:
        """Sum to ``[i, j]`` of sectors, both ends through the weighted concordance."""
        return self.B.T @ self.fine(rows, i, j, value) @ self.B

    def S(self, year: int) -> pd.DataFrame:
        """The production matrix, ``[using, supplying]``."""
        flow = self.by_sector(self.trade[self.trade["year"] == year], "buyer", "supplier", "value")
        gross = self.output[self.output["year"] == year].set_index("industry")["gross_output"]
        return flow.div(gross, axis=0)

    @property
    def years(self) -> list[int]:
        return sorted(self.trade["year"].unique().tolist())


ORDERS = {
    "small": {"firms": 200, "citations": 5_000, "seed": 1},
    "middle": {"firms": 3_000, "citations": 60_000, "seed": 7},
    "closed": {"firms": 3_000, "citations": 60_000, "seed": 8, "closed_class": True},
}


@pytest.fixture(scope="module", params=list(ORDERS))
def sample(request, tmp_path_factory) -> Sample:
    return _made(request.param, tmp_path_factory)


@pytest.fixture(scope="module")
def middle(tmp_path_factory) -> Sample:
    return _made("middle", tmp_path_factory)


def _made(name: str, tmp_path_factory) -> Sample:
    folder = tmp_path_factory.mktemp(name) / "study"
    order = ORDERS[name]
    return Sample(folder, order, write_sample(folder, **order))


def _off_diagonal(frame: pd.DataFrame) -> pd.DataFrame:
    return frame * (1.0 - np.eye(len(frame)))


def _top_share(values: pd.Series, firms: int) -> float:
    return float(values.nlargest(firms // 100).sum() / values.sum())


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
        assert list(sample.read(name)) == [column.name for column in table(name).columns]


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


def test_firms_are_skewed(middle):
    assert _top_share(middle.firms["size"], 3_000) > 0.2
    assert middle.firms["industry"].value_counts(normalize=True).max() > 0.08


def test_citations_received_and_made_have_heavy_tails(middle):
    for side in ("cited", "citing"):
        counts = middle.citations.groupby(side)["count"].sum().reindex(middle.firms.index).fillna(0)
        assert _top_share(counts, 3_000) > 0.15
        top = counts.nlargest(61).to_numpy()
        hill = 1.0 / np.log(top[:-1] / top[-1]).mean()
        assert 0.9 < hill < 2.6


# ---- the planted facts ------------------------------------------------------------------------


def test_self_citations_are_about_fifteen_percent(sample):
    own = sample.citations["citing"] == sample.citations["cited"]
    share = sample.citations.loc[own, "count"].sum() / sample.citations["count"].sum()
    assert share == pytest.approx(sample.planted["self_citation_share"], abs=0.01)


@pytest.mark.parametrize("self_citations", [True, False])
def test_nearly_all_industries_cite_mostly_themselves(sample, self_citations):
    rows = sample.citations
    if not self_citations:
        rows = rows[rows["citing"] != rows["cited"]]
    K = sample.by_sector(rows, "citing", "cited", "count")
    K = K.drop(index=sample.planted["closed_class"])
    own = pd.Series({code: K.loc[code, code] for code in K.index}) / K.sum(axis=1)
    assert (own > 0.5).mean() > 0.9
    # Research was left out of the rule on purpose.
    assert {"33", "34"} <= set(own[own <= 0.5].index)


def test_knowledge_hub_is_cited_most_from_outside(sample):
    assert sample.planted["hubs"]["citations"] == ["20"]
    K = sample.by_sector(sample.citations, "citing", "cited", "count")
    for flows in (_off_diagonal(K), _off_diagonal(K.div(K.sum(axis=1), axis=0))):
        first, second = flows.sum(axis=0).nlargest(2).items()
        assert first[0] == "20"
        assert first[1] > 2.0 * second[1]


def test_trade_hubs_are_the_greatest_suppliers_in_order(sample):
    hubs = sample.planted["hubs"]["trade"]
    for year in sample.years:
        S = _off_diagonal(sample.S(year))
        assert list(S.sum(axis=0).nlargest(len(hubs)).index) == hubs
        rows = sample.trade[sample.trade["year"] == year]
        flow = _off_diagonal(sample.by_sector(rows, "buyer", "supplier", "value"))
        assert list(flow.sum(axis=0).nlargest(len(hubs)).index) == hubs


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
        rows = sample.trade[sample.trade["year"] == year]
        flow = sample.by_sector(rows, "buyer", "supplier", "value")
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
    K = sample.by_sector(sample.citations, "citing", "cited", "count")
    inside = K.loc[closed, closed]
    assert (K.loc[closed].sum(axis=1) == inside.sum(axis=1)).all()
    assert (np.diag(inside) == 0).all()
    assert (_off_diagonal(inside).to_numpy() > 0).sum() == 6
    # Others cite it: it is closed, not cut off.
    assert K.drop(index=closed)[closed].to_numpy().sum() > 0
    W = _off_diagonal(K.div(K.sum(axis=1), axis=0)).to_numpy()
    assert np.linalg.cond(np.eye(len(W)) - W) > 1e12


def test_without_a_closed_class_W_is_invertible(middle):
    K = middle.by_sector(middle.citations, "citing", "cited", "count")
    W = _off_diagonal(K.div(K.sum(axis=1), axis=0)).to_numpy()
    assert np.linalg.cond(np.eye(len(W)) - W) < 100


# ---- where firms are --------------------------------------------------------------------------


def _nearest_km(firms: pd.DataFrame, j: str, k: str, regions: list[str]) -> np.ndarray:
    """Great-circle distance from each firm of j to the nearest of k in the same region."""
    found = []
    for region in regions:
        here = np.radians(firms.loc[firms["region"] == region, ["lat", "lon"]])
        industry = firms.loc[firms["region"] == region, "industry"]
        a, b = here[industry == j].to_numpy(), here[industry == k].to_numpy()
        if not len(a) or not len(b):
            continue
        half = (a[:, None] - b[None]) / 2.0
        cos = np.cos(a[:, None, 0]) * np.cos(b[None, :, 0])
        h = np.sin(half[..., 0]) ** 2 + cos * np.sin(half[..., 1]) ** 2
        found.append((2.0 * 6371.0 * np.arcsin(np.sqrt(h))).min(axis=1))
    return np.concatenate(found) if found else np.empty(0)


def test_planted_pairs_are_near(sample):
    pairs = sample.planted["coagglomerated_pairs"]
    assert len(pairs) == 5 and {pair["mutual"] for pair in pairs} == {True, False}
    for pair in pairs:
        assert len(pair["regions"]) >= 2
        there = _nearest_km(sample.firms, pair["j"], pair["k"], pair["regions"])
        back = _nearest_km(sample.firms, pair["k"], pair["j"], pair["regions"])
        assert there.max() < 5.0
        if pair["mutual"]:
            assert back.max() < 5.0
        elif sample.arguments["firms"] >= 3_000:
            assert np.median(back) > 5.0 * np.median(there)


def test_planted_pairs_are_much_nearer_than_random_ones(middle):
    rng = np.random.default_rng(0)
    planted = {code for pair in PAIRS for code in pair[:2]}
    codes = middle.firms["industry"].value_counts()
    others = [code for code in codes.index if codes[code] >= 60 and code not in planted]
    regions = sorted(middle.firms["region"].unique())
    random = [
        np.median(_nearest_km(middle.firms, *rng.choice(others, 2, replace=False), regions))
        for _ in range(30)
    ]
    for pair in middle.planted["coagglomerated_pairs"]:
        there = _nearest_km(middle.firms, pair["j"], pair["k"], pair["regions"])
        assert np.median(there) < 0.25 * min(random)


def test_regions_lie_apart(middle):
    spread = middle.firms.groupby("region")[["lat", "lon"]].agg(["mean", "std"])
    centres = spread.xs("mean", axis=1, level=1).to_numpy()
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 99.0 * np.eye(len(centres))
    assert apart.min() > 5.0 * spread.xs("std", axis=1, level=1).to_numpy().max()


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
        ({"firms": 199}, "200 firms or more, 199"),
        ({"citations": 4_999}, "5000 citations or more"),
        ({"firms": 9_000, "citations": 8_000}, "9000 citations or more"),
        ({"seed": -1}, "seed"),
        ({"years": (2020, 1992)}, "first year"),
        ({"trade_links": 2_399}, "can have 2400"),
        ({"trade_links": 10**6}, "one in eight"),
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
