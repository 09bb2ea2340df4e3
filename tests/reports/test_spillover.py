"""Parts, losses, modes, years and intervals on the page: what is drawn is what was given."""

from __future__ import annotations

import dataclasses
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
    mode_shares,
)
from spillgraph.core.errors import InputError
from spillgraph.reports import drawing, lines, results
from spillgraph.reports.content import YearResult
from spillgraph.reports.findings import findings
from spillgraph.reports.kit import Bars
from spillgraph.reports.page import render_page
from spillgraph.reports.setting import setting_of

from ..helpers import figures as of

EVIL = "</script><script>alert(1)</script>"


def places(content, block) -> list[str]:
    codes = [row[0] for row in setting_of(content).sectors]
    return [codes[i] for i in block["i"]]


def without(content, **empty):
    years = [dataclasses.replace(year, **empty) for year in content.years]
    return dataclasses.replace(content, years=years)


def column(table, title: str) -> list[str]:
    k = [head.title for head in table.heads].index(title)
    return [row[k].text for row in table.rows]


# -- shares ------------------------------------------------------------------------------------


def test_shares_of_modes_add_up_to_100_both_ways(small):
    shares = mode_shares(small.ordered[-1].modes)
    assert np.allclose(shares[list(CHANNELS)].sum(axis=1), 100)
    assert np.allclose(shares[list(PRINTED)].sum(axis=1), 100)


def test_t3_is_interaction_and_the_long_chains_of_the_pure_channels(small):
    last = small.ordered[-1]
    S, W = (matrix.to_frame().to_numpy() for matrix in (last.S, last.W))
    unit = np.eye(37)
    U, V = np.linalg.inv(unit - S), np.linalg.inv(unit - W)
    tails = (S @ S @ S @ U + W @ W @ W @ V).sum(axis=1)
    assert np.allclose(last.modes["T3"], last.modes["interaction"] + tails)
    share = 1 - tails.sum() / last.modes["T3"].sum()
    assert math.isclose(interaction_of_third(last.modes), share)


def test_a_sector_without_spillover_has_no_shares():
    row = dict.fromkeys((*CHANNELS, *PRINTED), 0.0) | {"own": 1.0}
    modes = pd.DataFrame([row], ["steel"])
    assert mode_shares(modes).isna().all(axis=None)
    assert math.isnan(interaction_of_third(modes))


# -- bars --------------------------------------------------------------------------------------


def test_four_parts_add_up_to_benefit(small):
    figure = of.drawn(small)["benefit"]
    assert figure.payload["parts"] == list(EXACT)
    for result in small.ordered:
        block = figure.payload["blocks"][str(result.year)]
        assert len(block["v"]) == 4
        assert np.allclose(block["v"][0], 1)
        total = np.sum(block["v"], axis=0)
        assert np.allclose(total, result.benefit[places(small, block)], rtol=1e-3)


def test_benefit_has_two_parts_where_one_year_lacks_modes(small):
    first, *rest = small.years
    mixed = dataclasses.replace(small, years=[dataclasses.replace(first, modes=None), *rest])
    figures = of.drawn(mixed)
    assert figures["benefit"].payload["parts"] == ["own", "spillover"]
    assert {len(block["v"]) for block in figures["benefit"].payload["blocks"].values()} == {2}
    years = {key.split("|")[1] for key in figures["modes"].payload["blocks"]}
    assert years == {"2017", "2020"}


def test_without_modes_and_losses_there_are_no_such_figures(small):
    figures = of.drawn(without(small, modes=None, loss=None))
    assert list(figures) == ["benefit", "contribution", "years", "own", "S", "W", "psi"]


def test_loss_is_drawn_for_benefit_and_every_weight(small):
    figure = of.drawn(small)["loss"]
    assert [control.label for control in figure.controls] == ["Of", "Year"]
    assert figure.controls[0].selected == "benefit (rows)"
    for result in small.ordered:
        for name, key in (("benefit", "benefit (rows)"), ("unit", "contribution (columns): unit")):
            block = figure.payload["blocks"][f"{key}|{result.year}"]
            given = result.loss[name][places(small, block)]
            assert np.allclose(block["v"][0], given, rtol=1e-3)


def test_modes_are_bars_of_100_and_carry_the_spillover(small):
    figure = of.drawn(small)["modes"]
    assert [option for option, _ in figure.controls[0].options] == ["exact", "as printed"]
    assert DIFFERENCE in figure.caption
    for result in small.ordered:
        for split in ("exact", "as printed"):
            block = figure.payload["blocks"][f"{split}|{result.year}"]
            assert np.allclose(np.sum(block["v"], axis=0), 100, atol=0.1)
            assert np.allclose(block["t"], result.spillover[places(small, block)], rtol=1e-3)
    exact, printed = (figure.payload["sets"][key] for key in ("exact", "as printed"))
    assert exact["parts"] == list(CHANNELS)
    assert [part.split(":")[0] for part in printed["parts"]] == list(PRINTED)
    assert len(set(exact["colours"])) == len(exact["colours"]) == len(exact["parts"])


def test_a_sector_that_gains_nothing_has_no_bar_of_modes(small):
    last = small.ordered[-1]
    modes = last.modes.copy()
    modes.loc["05"] = [1.0, *[0.0] * 6]
    content = dataclasses.replace(small, years=[dataclasses.replace(last, modes=modes)])
    block = of.drawn(content)["modes"].payload["blocks"]["exact|2020"]
    assert len(block["i"]) == 36
    assert "05" not in places(content, block)


def test_bars_of_years_that_do_not_fit_are_named(small, monkeypatch):
    monkeypatch.setattr(drawing, "BUDGETS", {Bars: ("bars", 6_000)})
    figures = of.drawn(small)
    for name in ("benefit", "contribution", "loss", "modes", "own"):
        figure = figures[name]
        assert {key.rsplit("|", 1)[-1] for key in figure.payload["blocks"]} == {"2020"}, name
        assert "The bars of 2012–2017 are left out" in figure.caption
        (years,) = (one for one in figure.controls if one.label == "Year")
        assert years.options == (("2020", "2020"),)


# -- years -------------------------------------------------------------------------------------


def test_years_are_drawn_from_three_on_with_the_largest_first(small):
    figure = of.drawn(small)["years"]
    weights = [f"contribution: {name}" for name in ("unit", "final demand")]
    assert list(figure.payload["blocks"]) == ["benefit", *weights]
    block = figure.payload["blocks"]["benefit"]
    assert block["x"] == [2012, 2017, 2020]
    frame = pd.DataFrame(block["v"], places(small, block), block["x"])
    for result in small.ordered:
        given = result.benefit[frame.index]
        assert np.allclose(frame[result.year], given, rtol=1e-3)
        assert block["domain"][0] < given.min() <= given.max() < block["domain"][1]
    assert frame[2020].is_monotonic_decreasing
    assert "years" not in of.drawn(dataclasses.replace(small, years=small.years[1:]))


def test_names_of_small_charts_are_wrapped_and_whole(small):
    figure = of.drawn(small)["years"]
    rows = setting_of(small).sectors
    for place, label in figure.payload["labels"].items():
        assert label.replace("\n", " ") == rows[int(place)][1]
        assert max(map(len, label.split("\n"))) <= lines.LETTERS


def test_a_sector_that_a_year_lacks_is_a_gap(small):
    first, *rest = small.years
    shorter = dataclasses.replace(first, benefit=first.benefit.drop("07"))
    content = dataclasses.replace(small, years=[shorter, *rest])
    block = of.drawn(content)["years"].payload["blocks"]["benefit"]
    row = block["v"][places(content, block).index("07")]
    assert row[0] is None
    assert None not in row[1:]
    assert math.isnan(of.declared(content)["years"].series["benefit"].loc["07", 2012])


def test_many_sectors_are_cut_to_the_largest_and_said_so(small, monkeypatch):
    monkeypatch.setattr(lines, "MOST_LINES", 20)
    figure = of.drawn(small)["years"]
    assert "Only the 20 largest are here." in figure.caption
    assert len(figure.payload["blocks"]["benefit"]["v"]) == 20
    assert figure.controls[-1].options[-1] == ("0", "all 20")


# -- tables and findings -----------------------------------------------------------------------


def test_sector_table_holds_losses_and_shares(small):
    last = small.ordered[-1]
    table = results.sector_table(small)
    for title, values in (
        ("Lost without W, %: benefit", last.loss["benefit"]),
        ("Lost without W, %: contribution, final demand", last.loss["final demand"]),
    ):
        assert [float(text) for text in column(table, title)] == pytest.approx(values, rel=1e-3)
    shares = mode_shares(last.modes)
    for name in (*CHANNELS, *PRINTED):
        texts = column(table, f"Share of spillover: {name}")
        assert [float(t.rstrip("%")) for t in texts] == pytest.approx(shares[name], abs=0.051)


def test_findings_tell_what_is_lost_and_what_t3_holds(small):
    last = small.ordered[-1]
    found = {one.title: one for one in findings(small)}
    share = last.modes["interaction"].sum() / last.modes["T3"].sum()
    assert found["Interaction in T3"].value == f"{100 * share:.1f}%"
    worst = last.loss["benefit"].idxmax()
    assert found["Largest losses without W"].items[0][0] == small.label(worst)
    fewer = {one.title for one in findings(without(small, modes=None, loss=None))}
    assert set(found) - fewer == {"Interaction in T3", "Largest losses without W"}


def test_proof_names_the_norm_and_the_residual_of_the_sums(small):
    table = results.diagnostics_table(small)
    assert "maximum norm" in table.note
    assert "(I − W)(I − S) ψ1 − 1" in table.note
    assert all(float(text.replace("−", "-")) < 1e-12 for text in column(table, "Residual"))


# -- intervals ---------------------------------------------------------------------------------


def test_without_intervals_nothing_tells_of_them(small):
    page = render_page(small)
    assert "Ranks with intervals" not in page
    assert "Whiskers" not in page
    assert '"w":' not in page


def test_whiskers_are_the_intervals_and_the_axis_reaches_them(drawn):
    figures = of.drawn(drawn)
    for name, key, quantity in (
        ("benefit", "2017", "benefit"),
        ("contribution", "unit|2017", "contribution: unit"),
    ):
        figure = figures[name]
        block = figure.payload["blocks"][key]
        given = drawn.ordered[1].intervals[quantity].loc[places(drawn, block)]
        assert np.allclose(block["w"], [given["low"], given["high"]], rtol=1e-3)
        assert block["top"] > given["high"].max()
        assert drawn.uncertainty in figure.caption
    assert "w" not in figures["contribution"].payload["blocks"]["final demand|2017"]
    assert "w" not in figures["loss"].payload["blocks"]["benefit (rows)|2017"]


def test_a_sector_without_an_interval_keeps_its_bar(drawn):
    last = drawn.ordered[-1]
    frame = last.intervals["benefit"].drop("04")
    year = dataclasses.replace(last, intervals={"benefit": frame})
    content = dataclasses.replace(drawn, years=[year])
    block = of.drawn(content)["benefit"].payload["blocks"]["2020"]
    k = places(content, block).index("04")
    assert [side[k] for side in block["w"]] == [None, None]
    assert len(block["i"]) == 37


def test_ranks_with_intervals_are_tables_of_the_last_year(drawn):
    first, second = results.interval_tables(drawn)
    assert first.caption == "Ranks with intervals: benefit, 2020"
    assert second.caption == "Ranks with intervals: contribution: unit, 2020"
    assert column(first, "Rank") == [str(k) for k in range(1, 38)]
    assert column(first, "Rank, worst") == [str(k + 2) for k in range(1, 38)]
    low, high = ([float(text) for text in column(first, title)] for title in ("Low", "High"))
    given = drawn.ordered[-1].benefit.sort_values(ascending=False)
    assert low == pytest.approx(0.9 * given, rel=1e-3)
    assert high == pytest.approx(1.1 * given, rel=1e-3)
    assert first.note == drawn.uncertainty
    assert "p" not in [head.title for head in first.heads]


def test_a_p_value_is_a_column_where_there_is_one(drawn):
    last = drawn.ordered[-1]
    frame = last.intervals["benefit"].assign(p=0.25)
    year = dataclasses.replace(last, intervals={"benefit": frame})
    (table,) = results.interval_tables(dataclasses.replace(drawn, years=[year]))
    assert set(column(table, "p")) == {"0.2500"}


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"modes": pd.DataFrame({"own": [1.0]})}, "modes have no column 'production'"),
        (
            {"intervals": {"benefit": pd.DataFrame({"estimate": [1.0]})}},
            "intervals of benefit have no column 'low'",
        ),
    ],
)
def test_a_missing_column_is_named(part, message):
    with pytest.raises(InputError, match=message):
        YearResult(2020, **part)


def test_no_name_of_a_weight_or_a_draw_can_break_out(drawn):
    years = [
        dataclasses.replace(
            year,
            loss=year.loss.rename(columns={"unit": EVIL}),
            contribution={EVIL: year.contribution["unit"]},
            intervals={f"contribution: {EVIL}": year.intervals["benefit"]},
        )
        for year in drawn.years
    ]
    page = render_page(
        dataclasses.replace(drawn, years=years, uncertainty=EVIL, names=drawn.names | {"01": EVIL})
    )
    assert "alert(1)</script>" not in page
    assert html.escape(EVIL) in page
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL).group(1))
    figures = data["figures"]
    assert f"contribution (columns): {EVIL}|2020" in figures["figure-loss"]["blocks"]
    assert f"contribution: {EVIL}" in figures["figure-years"]["blocks"]
    shown = figures["figure-years"]["labels"]["0"].replace("\n", "")
    assert shown.replace(" ", "") == f"01 {EVIL}".replace(" ", "")


def test_the_page_says_that_every_figure_is_synthetic(drawn):
    page = render_page(drawn)
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL).group(1))
    for name, figure in data["figures"].items():
        specs = [figure[kind] for kind in ("wide", "narrow", "chart") if kind in figure]
        assert specs
        assert all("invented economy" in spec["title"]["subtitle"] for spec in specs), name
    assert "figure-years" in data["figures"]
