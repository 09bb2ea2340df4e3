"""Samples of any size: what is written is whole, runs, and claims no more than it shows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from spillgraph.cli.main import _exit_code
from spillgraph.ingest.contract import table
from spillgraph.ingest.study import load_study
from spillgraph.sample import write_sample

SIZES = [
    (10, 1, 0),
    (10, 50, 1),
    (20, 100, 2),
    (37, 300, 3),
    (50, 500, 4),
    (100, 1_000, 5),
    (155, 2_000, 6),
    (156, 2_000, 7),
    (199, 5_000, 8),
    (200, 300, 9),
    (1_000, 1_500, 10),
]
RUN = [SIZES[i] for i in (0, 2, 4, 6, 9)]
NONE = "None, the sample is too small: "


@pytest.fixture(params=SIZES, ids=str)
def small(request, written):
    firms, citations, seed = request.param
    return written(firms=firms, citations=citations, seed=seed)


@pytest.fixture(params=[(40, 6, 0), (41, 700, 1), (200, 4_999, 2)], ids=str)
def closed(request, written):
    firms, citations, seed = request.param
    return written(firms=firms, citations=citations, seed=seed, closed_class=True)


def _stuck(K: pd.DataFrame) -> list[str]:
    """Sectors from which no chain of citations leads to one that cites itself, or nobody."""
    values = K.to_numpy()
    free = (np.diag(values) > 0) | (values.sum(axis=1) == 0)
    for _ in values:
        free = free | (values[:, free] > 0).any(axis=1)
    return list(K.index[~free])


def test_totals_keys_and_firms(small):
    firms, citations = small.arguments["firms"], small.arguments["citations"]
    sizes = small.planted["sizes"]
    assert small.citations["count"].sum() == citations == sizes["firm_citations"]["sum"]
    assert (small.citations["count"] >= 1).all()
    assert len(small.firms) == firms
    assert small.firms["industry"].nunique() == min(78, firms // 2)
    assert small.firms["industry"].value_counts().min() >= 2
    for name, size in sizes.items():
        rows = small.read(name)
        assert len(rows) == size["rows"]
        key = table("industries" if name == "sectors" else name).key
        assert not rows.duplicated(list(key)).any(), name
    ends = [small.citations[["citing", "cited"]], small.trade[["supplier", "buyer"]]]
    assert all(set(each.to_numpy().ravel()) <= set(small.firms.index) for each in ends)


def test_deliveries_are_between_different_firms_at_most_half_of_all_pairs(small):
    firms = small.arguments["firms"]
    assert len(small.trade) == small.planted["arguments"]["trade_links"]
    assert (small.trade["supplier"] != small.trade["buyer"]).all()
    assert (small.trade["value"] > 0).all()
    assert len(small.trade) <= firms * (firms - 1) // 2 * len(small.years)


def test_sectors_without_firms_have_nothing_and_the_others_everything(small):
    reached = small.B.loc[sorted(set(small.firms["industry"]))].sum(axis=0) > 0
    assert list(reached.index[reached]) == list(small.planted["input_share"])
    planned = pd.Series(small.planted["input_share"]).reindex(reached.index).fillna(0.0)
    for year in small.years:
        output = small.output[small.output["year"] == year].set_index("industry")
        assert list(output.index) == list(small.B.columns)
        assert (output.loc[~reached, ["gross_output", "value_added", "final_demand"]] == 0).all(
            axis=None
        )
        assert (output.loc[reached] > 0).all(axis=None)
        assert np.abs(small.S(year).sum(axis=1) - planned).max() < 1e-5


def test_only_what_was_planted_and_is_found_is_claimed(small):
    planted, how = small.planted, small.planted["how"]
    received = small.W(small.years[-1]).sum(axis=0).nlargest(2)
    shown = received.index[0] == "20" and received.iloc[0] > received.iloc[1]
    assert planted["hubs"]["citations"] == (["20"] if shown else [])
    hubs = planted["hubs"]["trade"]
    for year in small.years:
        for sold in (small.S(year), small.flow(year)):
            order = small.off_diagonal(sold).sum(axis=0).sort_values(ascending=False).index
            assert list(order[: len(hubs)]) == hubs
    own = small.citations["citing"] == small.citations["cited"]
    share = small.citations.loc[own, "count"].sum() / small.arguments["citations"]
    near = abs(share - 0.15) <= 0.01
    assert planted["self_citation_share"] == (0.15 if near else None)
    assert planted["closed_class"] == []
    assert how["hubs.citations"].startswith(NONE) is not shown
    assert how["hubs.trade"].startswith(NONE) is not bool(hubs)
    assert how["self_citation_share"].startswith(NONE) is not near


def test_pairs_that_are_claimed_are_near(small):
    pairs = small.planted["coagglomerated_pairs"]
    assert small.planted["how"]["coagglomerated_pairs"].startswith(NONE) is not bool(pairs)
    for pair in pairs:
        j, k, regions = pair["j"], pair["k"], pair["regions"]
        there, back = small.nearest_km(j, k, regions), small.nearest_km(k, j, regions)
        assert there.max() < 5.0
        assert back.max() < 5.0 if pair["mutual"] else np.median(back) > 5.0


def test_more_is_planted_the_larger_the_sample(written):
    found = [written(firms=f, citations=c, seed=s).planted for f, c, s in SIZES]
    pairs = [len(each["coagglomerated_pairs"]) for each in found]
    assert pairs == sorted(pairs) and pairs[0] == 0 and pairs[-1] >= 4
    assert found[0]["hubs"] == {"citations": [], "trade": ["12", "27", "30"]}
    assert all(each["hubs"]["trade"] == ["12", "14", "27", "30"] for each in found[2:])
    assert all(each["hubs"]["citations"] == ["20"] for each in found[4:])


@pytest.mark.parametrize("self_citations", [True, False])
def test_no_sectors_cite_only_each_other_in_any_year(small, self_citations):
    for year in range(1992, 2021):
        assert _stuck(small.K(year, self_citations=self_citations)) == []
    assert load_study(small.folder / "study.toml").years.report == small.years


def test_closed_class_is_closed_in_every_report_year(closed):
    assert closed.planted["closed_class"] == ["23", "24", "25"]
    assert closed.citations["count"].sum() == closed.arguments["citations"]
    for year in closed.years:
        assert _stuck(closed.K(year)) == ["23", "24", "25"]
        W = closed.W(year).to_numpy()
        assert np.linalg.cond(np.eye(len(W)) - W) > 1e12


@pytest.mark.parametrize("links", [84, 180])
def test_as_few_and_as_many_trade_links_as_ten_firms_can_have(written, links):
    few = written(firms=10, citations=20, seed=3, trade_links=links)
    assert len(few.trade) == links
    assert not few.trade.duplicated(["supplier", "buyer", "year"]).any()


def test_years_before_the_first_citation_leave_the_header_alone(tmp_path):
    write_sample(tmp_path / "s", firms=10, citations=1, seed=0, years=(1600, 2020))
    text = (tmp_path / "s" / "citations.csv").read_text(encoding="utf-8")
    assert text.startswith("citing,cited,year,count\n") and text.count("\n") == 2


@pytest.mark.parametrize("size", RUN, ids=str)
def test_the_whole_pipeline_runs(written, tmp_path, size):
    firms, citations, seed = size
    study = written(firms=firms, citations=citations, seed=seed).folder / "study.toml"
    assert _exit_code(["run", str(study), "--out", str(tmp_path / "out"), "-q"], debug=True) == 0
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["totals"]["citations"]["input"] == citations
    for totals in run["totals"].values():
        for level in ("firm", "fine", "target"):
            assert totals[level] == pytest.approx(totals["input"], rel=1e-12)
        assert totals["unmapped"] == 0
    assert all(rows["rejected"] == 0 for rows in run["tables"].values())
    radii = {
        key: each["spectral_radius"] for key, each in run["matrices"].items() if key[0] in "SW"
    }
    assert len(radii) == 8 and all(0 <= radius < 1 for radius in radii.values())
    assert all(radius > 0 for key, radius in radii.items() if key[0] == "S")
