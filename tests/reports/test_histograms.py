"""Histograms: every sector is in one bin, and page and plate are one drawing."""

from __future__ import annotations

import base64

import numpy as np
import pandas as pd
import pytest
from spillgraph.reports.drawing import draw_sections
from spillgraph.reports.figures import Setting
from spillgraph.reports.histograms import bin_counts, histograms_plate
from spillgraph.reports.kit import Histograms, Page, Section
from spillgraph.reports.plates import has_plates, plates
from spillgraph.reports.raster import picture

CODES = [f"{k:02d}" for k in range(30)]


def made(edges: list[float]) -> Histograms:
    rng = np.random.default_rng(2)
    values = pd.Series(rng.uniform(-1, 1, 30), CODES)
    series = {"R&D": values, "output": values.iloc[:10].reindex(CODES)}
    return Histograms("spread", "Spread", "How it is read.", "mean, −1 to 1", series, edges)


def test_every_number_is_in_one_bin_and_what_is_none_in_no_bin() -> None:
    counts = bin_counts(made([-1, -0.5, 0, 0.5, 1]))
    assert counts.sum().to_dict() == {"R&D": 30, "output": 10}
    values = made([-1, 1]).series["R&D"]
    assert counts.loc[0.0, "R&D"] == ((values >= 0) & (values < 0.5)).sum()


@pytest.mark.parametrize("synthetic", [True, False])
def test_page_and_plate_are_one_drawing(synthetic: bool) -> None:
    setting = Setting({code: code for code in CODES}, synthetic)
    section = Section("x", "X", (made([-1, -0.5, 0, 0.5, 1]),))
    assert has_plates(section)
    (drawn,) = draw_sections([section], setting)
    (figure,) = drawn.figures
    shown = base64.b64decode(figure.image.partition(",")[2]).decode()
    ((name, plate),) = plates(Page("T", "", "", (section,), setting))
    assert name == "spread" and plate == histograms_plate(section.parts[0], setting)  # type: ignore[arg-type]
    bars = [each[each.index("<svg x=") : each.index("</svg>")] for each in (shown, plate)]
    assert bars[0] == bars[1]
    assert "share of sectors" in plate and "mean, −1 to 1" in plate and "R&amp;D" in plate
    assert ("SYNTHETIC DATA" in plate) is synthetic
    assert "R&D -1 to -0.5: " in figure.caption


def test_nothing_to_show_is_an_empty_histogram() -> None:
    empty = Histograms("h", "H", "", "n", {"R&D": pd.Series([np.nan], ["01"])}, [0, 1])
    assert bin_counts(empty)["R&D"].tolist() == [0]
    assert histograms_plate(empty, Setting({})).startswith("<svg")


def test_a_cell_of_zero_is_white_though_levels_lie_below_it() -> None:
    scale = {"type": "threshold", "domain": [-0.2, 0.2], "range": ["#ffffff", "#ff0000", "#00ff00"]}
    white = picture(np.zeros((2, 2)), scale, 2)
    assert picture(np.full((2, 2), -0.3), scale, 2) == white
    assert picture(np.full((2, 2), -0.1), scale, 2) != white
