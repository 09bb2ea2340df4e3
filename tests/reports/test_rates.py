"""Shares of ordered groups: the same on page and plate, and the caption says the numbers."""

from __future__ import annotations

import base64
import re

import pandas as pd
import pytest
from spillgraph.reports.drawing import draw_sections
from spillgraph.reports.figures import Setting
from spillgraph.reports.kit import Page, Rates, Section
from spillgraph.reports.plates import has_plates, plates
from spillgraph.reports.rates import rates_plate


def made() -> Rates:
    groups = pd.Index(["1 | 0–2%", "2 | 2–5%"])
    W = pd.DataFrame({"share": [0.04, 0.1], "n": [1200, 30], "mean": 0.06}, groups)
    S = pd.DataFrame({"share": [0.02, 0.2], "n": [700, 700], "mean": 0.11}, groups)
    return Rates("by-links", "Rates & links", "By fifths.", "linked", {"By W": W, "By S": S})


@pytest.mark.parametrize("synthetic", [True, False])
def test_page_and_plate_hold_the_same_panels(synthetic: bool) -> None:
    setting, section = Setting({}, synthetic), Section("x", "X", (made(),))
    assert has_plates(section)
    (drawn,) = draw_sections([section], setting)
    (figure,) = drawn.figures
    shown = base64.b64decode(figure.image.partition(",")[2]).decode()
    ((name, plate),) = plates(Page("T", "", "", (section,), setting))
    assert name == "by-links" and plate == rates_plate(made(), setting)
    marks = [
        re.findall(r'class="mark-(?:line|symbol)[^>]*>.*?</g>', each) for each in (shown, plate)
    ]
    assert marks[0] == marks[1] and len(marks[0]) == 4
    sides = [re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', each) for each in (shown, plate)]
    page_side, plate_side = [(float(side[1]), float(side[2])) for side in sides if side]
    assert page_side[0] / 0.75 < 420 < plate_side[0] / 0.6  # pixels of a page
    assert "By W" in plate and "2–5%" in plate and "n = 1,200" in plate
    assert ("SYNTHETIC DATA" in plate) is synthetic
    assert figure.caption.endswith(
        "By W: 1 (0–2%) 4.0% of 1,200, 2 (2–5%) 10.0% of 30; "
        "By S: 1 (0–2%) 2.0% of 700, 2 (2–5%) 20.0% of 700."
    )


def test_both_panels_have_one_scale_that_holds_the_largest_share() -> None:
    plate = rates_plate(made(), Setting({}))
    assert plate.count(">20%<") == 2 and plate.count(">0%<") == 2


def test_no_group_is_no_figure() -> None:
    section = Section("x", "X", (Rates("r", "R", "", "linked", {}),))
    assert not has_plates(section)
    assert draw_sections([section], Setting({}))[0].parts == ()
