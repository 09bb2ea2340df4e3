"""Parts, losses, modes, years and intervals on the page: what is drawn is what was given."""

from __future__ import annotations

import html
import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.spillovers import (
    CHANNELS,
    DIFFERENCE,
    EXACT,
    PRINTED,
    interaction_of_third,
    loss_percent,
    mode_shares,
)
from spillgraph.capabilities.psi._findings import findings
from spillgraph.capabilities.psi._intervals import Intervals
from spillgraph.capabilities.psi._page_tables import rank_tables
from spillgraph.reports import drawing, lines
from spillgraph.reports.kit import Bars
from spillgraph.reports.page import render_page

from ..helpers.whole_report import spillover_of, weighted, with_sums

EVIL = "</script><script>alert(1)</script>"


def places(content, block) -> list[str]:
    codes = [row[0] for row in content.setting.sectors]
    return [codes[i] for i in block["i"]]


def column(table, title: str) -> list[str]:
    k = [head.title for head in table.heads].index(title)
    return [row[k].text for row in table.rows]


# -- shares ------------------------------------------------------------------------------------


def test_shares_of_modes_add_up_to_100_both_ways(small):
    shares = mode_shares(small.last.spillover.modes)
    assert np.allclose(shares[list(CHANNELS)].sum(axis=1), 100)
    assert np.allclose(shares[list(PRINTED)].sum(axis=1), 100)


def test_t3_is_interaction_and_the_long_chains_of_the_pure_channels(small):
    last = small.last
    S, W = (matrix.to_frame().to_numpy() for matrix in (last.production.S, last.innovation.W))
    unit = np.eye(37)
    U, V = np.linalg.inv(unit - S), np.linalg.inv(unit - W)
    tails = (S @ S @ S @ U + W @ W @ W @ V).sum(axis=1)
    assert np.allclose(last.spillover.modes["T3"], last.spillover.modes["interaction"] + tails)
    share = 1 - tails.sum() / last.spillover.modes["T3"].sum()
    assert math.isclose(interaction_of_third(last.spillover.modes), share)


def test_a_sector_without_spillover_has_no_shares():
    row = dict.fromkeys((*CHANNELS, *PRINTED), 0.0) | {"own": 1.0}
    modes = pd.DataFrame([row], ["steel"])
    assert mode_shares(modes).isna().all(axis=None)
    assert math.isnan(interaction_of_third(modes))


# -- bars --------------------------------------------------------------------------------------


def test_four_parts_add_up_to_benefit(small):
    figure = small.drawn["benefit"]
    assert figure.payload["parts"] == list(EXACT)
    for result in small.years:
        block = figure.payload["blocks"][str(result.year)]
        assert len(block["v"]) == 4
        assert np.allclose(block["v"][0], 1)
        total = np.sum(block["v"], axis=0)
        assert np.allclose(total, result.spillover.benefit[places(small, block)], rtol=1e-3)


def test_loss_is_drawn_for_benefit_and_every_weight(small):
    figure = small.drawn["loss"]
    assert [control.label for control in figure.controls] == ["Of", "Year"]
    assert figure.controls[0].selected == "benefit (rows)"
    for result in small.years:
        for name, key in (("benefit", "benefit (rows)"), ("unit", "contribution (columns): unit")):
            block = figure.payload["blocks"][f"{key}|{result.year}"]
            given = loss_percent(result.spillover)[name][places(small, block)]
            assert np.allclose(block["v"][0], given, rtol=1e-3)


def test_modes_are_bars_of_100_and_carry_the_spillover(small):
    figure = small.drawn["modes"]
    assert [option for option, _ in figure.controls[0].options] == ["exact", "as printed"]
    assert DIFFERENCE in figure.caption
    for result in small.years:
        for split in ("exact", "as printed"):
            block = figure.payload["blocks"][f"{split}|{result.year}"]
            assert np.allclose(np.sum(block["v"], axis=0), 100, atol=0.1)
            given = spillover_of(result)[places(small, block)]
            assert np.allclose(block["t"], given, rtol=1e-3)
    exact, printed = (figure.payload["sets"][key] for key in ("exact", "as printed"))
    assert exact["parts"] == list(CHANNELS)
    assert [part.split(":")[0] for part in printed["parts"]] == list(PRINTED)
    assert len(set(exact["colours"])) == len(exact["colours"]) == len(exact["parts"])


def test_a_sector_that_gains_nothing_has_no_bar_of_modes(small):
    last = small.last
    modes = last.spillover.modes.copy()
    modes.loc["05"] = [1.0, *[0.0] * 6]
    content = small.replace(years=[with_sums(last, modes=modes)])
    block = content.drawn["modes"].payload["blocks"]["exact|2020"]
    assert len(block["i"]) == 36
    assert "05" not in places(content, block)


def test_bars_of_years_that_do_not_fit_are_named(small, monkeypatch):
    monkeypatch.setattr(drawing, "BUDGETS", {Bars: ("bars", 6_000)})
    figures = small.replace().drawn
    for name in ("benefit", "contribution", "loss", "modes", "own"):
        figure = figures[name]
        assert {key.rsplit("|", 1)[-1] for key in figure.payload["blocks"]} == {"2020"}, name
        assert "The bars of 2012–2017 are left out" in figure.caption
        (years,) = (one for one in figure.controls if one.label == "Year")
        assert years.options == (("2020", "2020"),)


# -- years -------------------------------------------------------------------------------------


def test_years_are_drawn_from_three_on_with_the_largest_first(small):
    figure = small.drawn["years"]
    weights = [f"contribution: {name}" for name in ("final demand", "gross output", "unit")]
    assert list(figure.payload["blocks"]) == ["benefit", *weights]
    block = figure.payload["blocks"]["benefit"]
    assert block["x"] == [2012, 2017, 2020]
    frame = pd.DataFrame(block["v"], places(small, block), block["x"])
    for result in small.years:
        given = result.spillover.benefit[frame.index]
        assert np.allclose(frame[result.year], given, rtol=1e-3)
        assert block["domain"][0] < given.min() <= given.max() < block["domain"][1]
    assert frame[2020].is_monotonic_decreasing
    assert "years" not in small.replace(years=small.years[1:]).drawn


def test_names_of_small_charts_are_wrapped_and_whole(small):
    figure = small.drawn["years"]
    rows = small.setting.sectors
    for place, label in figure.payload["labels"].items():
        assert label.replace("\n", " ") == rows[int(place)][1]
        assert max(map(len, label.split("\n"))) <= lines.LETTERS


def test_a_sector_that_a_year_lacks_is_a_gap(small):
    first, *rest = small.years
    shorter = with_sums(first, benefit=first.spillover.benefit.drop("07"))
    content = small.replace(years=[shorter, *rest])
    block = content.drawn["years"].payload["blocks"]["benefit"]
    row = block["v"][places(content, block).index("07")]
    assert row[0] is None
    assert None not in row[1:]
    assert math.isnan(content.declared["years"].series["benefit"].loc["07", 2012])


def test_many_sectors_are_cut_to_the_largest_and_said_so(small, monkeypatch):
    monkeypatch.setattr(lines, "MOST_LINES", 20)
    figure = small.replace().drawn["years"]
    assert "Only the 20 largest are here." in figure.caption
    assert len(figure.payload["blocks"]["benefit"]["v"]) == 20
    assert figure.controls[-1].options[-1] == ("0", "all 20")


# -- tables and findings -----------------------------------------------------------------------


def test_sector_table_holds_losses_and_shares(small):
    last = small.last
    table = small.table("Sectors, 2020")
    for title, values in (
        ("Lost without W, %: benefit", loss_percent(last.spillover)["benefit"]),
        (
            "Lost without W, %: contribution, final demand",
            loss_percent(last.spillover)["final demand"],
        ),
    ):
        assert [float(text) for text in column(table, title)] == pytest.approx(values, rel=1e-3)
    shares = mode_shares(last.spillover.modes)
    for name in (*CHANNELS, *PRINTED):
        texts = column(table, f"Share of spillover: {name}")
        assert [float(t.rstrip("%")) for t in texts] == pytest.approx(shares[name], abs=0.051)


def test_findings_tell_what_is_lost_and_what_t3_holds(small):
    last = small.last
    found = {
        one.title: one for one in findings(last.spillover, last.year, small.names, Intervals())
    }
    share = last.spillover.modes["interaction"].sum() / last.spillover.modes["T3"].sum()
    assert found["Interaction in T3"].value == f"{100 * share:.1f}%"
    worst = loss_percent(last.spillover)["benefit"].idxmax()
    assert found["Largest losses without W"].items[0][0] == small.label(worst)
    spillover = spillover_of(last)
    goods = last.spillover.modes["production"].sum() / spillover.sum()
    assert found["Channels of spillover"].items[0] == ("inputs alone", f"{100 * goods:.1f}%")
    shares = [float(text.rstrip("%")) for _, text in found["Channels of spillover"].items]
    assert sum(shares) == pytest.approx(100, abs=0.15)


def test_a_ranking_within_noise_is_no_finding(small):
    last = small.last
    benefit = last.spillover.benefit.sort_values(ascending=False)
    drawn = pd.DataFrame({"rank": range(1, len(benefit) + 1)}, benefit.index)
    drawn["rank_low"], drawn["rank_high"] = drawn["rank"], drawn["rank"]
    for many, words in ((1, "no other in the first place"), (4, "4 sectors in the first place")):
        drawn.iloc[:many, 1:] = [1, many]
        sure = Intervals({last.year: {"benefit": drawn}}, "40 draws.")
        first, *_ = findings(last.spillover, last.year, small.names, sure)
        assert words in first.meaning
        ranks = f"rank 1–{many}" if many > 1 else "rank 1"
        assert first.items[0] == (small.label(benefit.index[0]), f"{benefit.iloc[0]:.3f} ({ranks})")


def test_proof_names_the_norm_and_the_residual_of_the_sums(small):
    table = small.table("Spectral radii")
    assert "maximum norm" in table.note
    assert "(I − W)(I − S) ψ1 − 1" in table.note
    assert all(float(text.replace("−", "-")) < 1e-12 for text in column(table, "Residual"))


# -- intervals ---------------------------------------------------------------------------------


def test_without_intervals_nothing_tells_of_them(small):
    page = render_page(small.page)
    assert "Ranks with intervals" not in page
    assert "Whiskers" not in page
    assert '"w":' not in page


def test_whiskers_are_the_intervals_and_the_axis_reaches_them(drawn):
    figures = drawn.drawn
    for name, key, quantity in (
        ("benefit", "2017", "benefit"),
        ("contribution", "unit|2017", "contribution: unit"),
    ):
        figure = figures[name]
        block = figure.payload["blocks"][key]
        given = drawn.intervals.of(2017, quantity).loc[places(drawn, block)]
        assert np.allclose(block["w"], [given["low"], given["high"]], rtol=1e-3)
        assert block["top"] > given["high"].max()
        assert drawn.intervals.sentence in figure.caption
    assert "w" not in figures["contribution"].payload["blocks"]["gross output|2017"]
    assert "w" not in figures["loss"].payload["blocks"]["benefit (rows)|2017"]


def test_a_sector_without_an_interval_keeps_its_bar(drawn):
    frame = drawn.intervals.of(2020, "benefit").drop("04")
    content = drawn.replace(years=[drawn.last], intervals=Intervals({2020: {"benefit": frame}}))
    block = content.drawn["benefit"].payload["blocks"]["2020"]
    k = places(content, block).index("04")
    assert [side[k] for side in block["w"]] == [None, None]
    assert len(block["i"]) == 37


def test_ranks_with_intervals_are_tables_of_the_last_year(drawn):
    first, second, _ = rank_tables(drawn.intervals, drawn.names)
    assert first.caption == "Ranks with intervals: benefit, 2020"
    assert second.caption == "Ranks with intervals: contribution: unit, 2020"
    assert column(first, "Rank") == [str(k) for k in range(1, 38)]
    assert column(first, "Rank, worst") == [str(k + 2) for k in range(1, 38)]
    low, high = ([float(text) for text in column(first, title)] for title in ("Low", "High"))
    given = drawn.last.spillover.benefit.sort_values(ascending=False)
    assert low == pytest.approx(0.9 * given, rel=1e-3)
    assert high == pytest.approx(1.1 * given, rel=1e-3)
    assert first.note == drawn.intervals.sentence
    assert "p" not in [head.title for head in first.heads]


def test_a_p_value_is_a_column_where_there_is_one(drawn):
    frame = drawn.intervals.of(2020, "benefit").assign(p=0.25)
    (table,) = rank_tables(Intervals({2020: {"benefit": frame}}), drawn.names)
    assert set(column(table, "p")) == {"0.2500"}


def test_no_name_of_a_weight_or_a_draw_can_break_out(drawn):
    years = [weighted(y, {EVIL: y.spillover.contribution["unit"]}) for y in drawn.years]
    frames = {y: {f"contribution: {EVIL}": f["benefit"]} for y, f in drawn.intervals.years.items()}
    names = drawn.names | {"01": EVIL}
    evil = drawn.replace(years=years, intervals=Intervals(frames, EVIL), names=names)
    page = render_page(evil.page)
    assert "alert(1)</script>" not in page
    assert html.escape(EVIL) in page
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL).group(1))
    figures = data["figures"]
    assert f"contribution (columns): {EVIL}|2020" in figures["figure-loss"]["blocks"]
    assert f"contribution: {EVIL}" in figures["figure-years"]["blocks"]
    shown = figures["figure-years"]["labels"]["0"].replace("\n", "")
    assert shown.replace(" ", "") == f"01 {EVIL}".replace(" ", "")


def test_the_page_says_that_every_figure_is_synthetic(drawn):
    page = render_page(drawn.page)
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL).group(1))
    for name, figure in data["figures"].items():
        specs = [figure[kind] for kind in ("wide", "narrow", "chart") if kind in figure]
        assert specs
        assert all("invented economy" in spec["title"]["subtitle"] for spec in specs), name
    assert "figure-years" in data["figures"]
