"""What the figures draw is what the matrices and series hold."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.linalg import without_identity
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.reports import drawing, heat, raster
from spillgraph.reports.bars import draw_bars
from spillgraph.reports.figures import Setting
from spillgraph.reports.heat import colour_scale
from spillgraph.reports.kit import Bars, HeatMap, Stack

from ..helpers.whole_report import weighted


def unpacked(block, size):
    dense = np.zeros((size, size))
    for row, (places, values) in zip(block["r"], block["cells"], strict=True):
        at = block["c"] if places is None else [block["c"][k] for k in places]
        dense[row, at] = values
    return dense


def heat_maps(content):
    return [content.drawn[name] for name in ("S", "W", "psi")]


def test_heat_maps_hold_every_cell_of_every_year(small):
    figures = {figure.id: figure for figure in heat_maps(small)}
    assert list(figures) == ["figure-S", "figure-W", "figure-psi"]
    for result in small.years:
        for name in ("S", "W", "psi"):
            matrix = result.matrices()[name]
            matrix = without_identity(matrix) if name == "psi" else matrix
            block = figures[f"figure-{name}"].payload["blocks"][str(result.year)]
            given = matrix.values.toarray()
            assert np.allclose(unpacked(block, 37), given, rtol=5.1e-4, atol=0)


def test_only_cells_that_are_not_zero_travel(small):
    figure = small.drawn["W"]
    block = figure.payload["blocks"]["2020"]
    count = sum(len(values) for _, values in block["cells"])
    assert count == small.last.innovation.W.values.nnz


def test_rows_are_receivers_and_columns_are_sources(small):
    for figure in heat_maps(small):
        for spec in (figure.payload["wide"], figure.payload["narrow"]):
            assert "receiver" in spec["encoding"]["y"]["title"]
            assert "(row)" in spec["encoding"]["y"]["title"]
            assert "source" in spec["encoding"]["x"]["title"]
            assert "(column)" in spec["encoding"]["x"]["title"]
    W = LabelledMatrix.build("W", [[0, 0.4], [0, 0]], ["a", "b"])
    assert heat.pack_matrix(W, {"a": 0, "b": 1})["cells"] == [[[1], [0.4]], [[], []]]


def test_psi_is_drawn_without_the_identity_and_says_so(small):
    figure = small.drawn["psi"]
    assert "ψ − I" in figure.title
    assert "identity is taken off" in figure.caption


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2, 4], "linear"),
        ([1, 1, 1, 100], "sqrt"),
        ([1e-5, 1e-5, 1e-5, 1], "log"),
        ([], "linear"),
        ([0.0], "linear"),
    ],
)
def test_the_scale_lets_small_cells_be_seen(values, kind):
    name, scale = colour_scale(np.array(values, dtype=float))
    assert scale["type"] == kind
    assert name.startswith({"linear": "linear", "sqrt": "square", "log": "logarithmic"}[kind])
    assert scale["domain"][0] < scale["domain"][1]


def test_years_that_do_not_fit_are_named(small, monkeypatch):
    monkeypatch.setattr(drawing, "BUDGETS", {HeatMap: ("maps", 40_000)})
    for figure in heat_maps(small.replace()):
        assert list(figure.payload["blocks"]) == ["2020"]
        assert "2012–2017 are left out" in figure.caption


def test_above_120_sectors_the_map_is_a_picture_with_the_same_bytes(report):
    content = report(130, (2019, 2020))
    figures = heat_maps(content)
    assert [figure.payload for figure in figures] == [{}, {}, {}]
    assert all(figure.image.startswith("data:image/svg+xml;base64,") for figure in figures)
    assert "2020 alone" in figures[0].caption
    assert [one.image for one in heat_maps(content)] == [one.image for one in figures]


def test_pooling_never_loses_the_largest_cell():
    random = np.random.default_rng(1)
    dense = random.random((1500, 1499))
    pooled, block = raster.pool_cells(dense, heat.MOST_PIXELS)
    assert block == 3
    assert pooled.shape == (500, 500)
    assert pooled.max() == dense.max()
    assert pooled[3, 7] == dense[9:12, 21:24].max()


def test_bars_add_up_to_benefit(small):
    figure = small.drawn["benefit"]
    codes = [row[0] for row in small.setting.sectors]
    for result in small.years:
        block = figure.payload["blocks"][str(result.year)]
        total = np.sum(block["v"], axis=0)
        benefit = result.spillover.benefit[[codes[i] for i in block["i"]]]
        assert np.allclose(total, benefit, rtol=1e-3)
        assert block["top"] > benefit.max()
        assert block["bottom"] == 0


def test_bars_of_no_sector_of_the_page_are_told_by_their_code():
    stack = Stack([pd.Series({"01": 1.0, "02": 2.0})])
    bars = Bars("x", "X", "", "%", {"": ["all"]}, {("2020",): stack})
    with pytest.raises(ValueError, match="'02' is no sector of the page's setting, which has 1"):
        draw_bars(bars, Setting({"01": "01 Steel"}))


def test_negative_weights_keep_their_bars(small):
    year = small.last
    values = year.spillover.contribution["unit"] * 0 + [-0.5, 2.0, *[1.0] * 35]
    figure = small.replace(years=[weighted(year, {"final demand": values})]).drawn["contribution"]
    block = figure.payload["blocks"]["final demand|2020"]
    assert block["bottom"] < -0.5 < 2 < block["top"]
    assert block["v"][0][:2] == [-0.5, 2.0]


def test_contribution_may_be_weighted(small):
    figure = small.drawn["contribution"]
    assert [control.label for control in figure.controls] == ["Weights", "Year"]
    assert figure.controls[0].selected == "final demand"
    assert set(figure.payload["blocks"]) == {
        f"{weight}|{year}"
        for weight in ("final demand", "gross output", "unit")
        for year in (2012, 2017, 2020)
    }


def test_no_name_is_cut_in_a_bar(report):
    content = report(37, (2020,))
    long = "x" * 300 + " of a sector with a very long name " * 4
    content = content.replace(names=content.names | {"05": long})
    for code, label, wide, narrow in content.setting.sectors:
        for lines, width in ((wide, 84), (narrow, 48)):
            assert lines.replace("\n", "").replace(" ", "") == label.replace(" ", "")
            assert max(map(len, lines.split("\n"))) <= width
        assert label.startswith(code)
    spec = content.drawn["benefit"].payload["wide"]
    assert spec["layer"][0]["encoding"]["y"]["axis"]["labelLimit"] == 0


def test_a_sector_that_never_cites_has_no_bar_of_own_citations(small):
    block = small.drawn["own"].payload["blocks"]["2020"]
    assert len(block["i"]) == 36
    assert 2 not in block["i"]


def test_specifications_name_no_address(small):
    for figure in small.drawn.values():
        assert "http" not in json.dumps(figure.payload)
