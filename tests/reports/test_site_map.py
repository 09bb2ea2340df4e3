"""Maps of sites: every site drawn or counted, equal axes, the same places on page and plate."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from spillgraph.reports.drawing import draw_sections
from spillgraph.reports.figures import Setting
from spillgraph.reports.kit import Page, Section, SiteMap, Spots
from spillgraph.reports.page import render_page
from spillgraph.reports.plates import has_plates, plates
from spillgraph.reports.site_map import MOST_COMPARED, MOST_OTHERS, pick_spots

from ..helpers.page_reader import figures_of
from .test_browser import BROWSER, browse

HOSTILE = "</script><b>"


def spread(seed: int, number: int, wide: float = 40.0, high: float = 20.0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    places = random.uniform([0, 0], [wide, high], (number, 2)).round(1)
    return pd.DataFrame(places, columns=["x", "y"])


def spots(places: dict[str, pd.DataFrame], year: str = "2020") -> Spots:
    return Spots(
        places, f"a → b, North, {year}: linked, p = 0.01", f"Sentence of {year} {HOSTILE}."
    )


def site_map(places: dict[str, pd.DataFrame]) -> SiteMap:
    series = {("a → b, North", year): spots(places, year) for year in ("2012", "2020")}
    return SiteMap("where", "Where", "A plane.", ("km to the east", "km north"), series, "Pair")


def page_of(one: SiteMap, *, synthetic: bool = False) -> Page:
    return Page("T", "", "", (Section("x", "X", (one,)),), Setting({}, synthetic))


def block_of(places: dict[str, pd.DataFrame]) -> dict:
    page = page_of(site_map(places))
    (section,) = draw_sections(page.sections, page.setting)
    return section.figures[0].payload["blocks"]["a → b, North|2020"]


GROUPS = {"other sites": spread(1, 300), "j: a": spread(2, 12), "k: b": spread(3, 9)}


def test_every_place_is_on_the_page_and_on_the_plate() -> None:
    page = page_of(site_map(GROUPS))
    block = block_of(GROUPS)
    assert block["groups"] == ["other sites (300)", "j: a (12)", "k: b (9)"]
    numbers = figures_of(render_page(page))
    for rank, (name, places) in enumerate(GROUPS.items()):
        want = set(map(tuple, places.drop_duplicates().to_numpy().tolist()))
        assert set(zip(block["x"][rank], block["y"][rank], strict=True)) == want
        key = "figure-where", "a → b, North|2020", block["groups"][rank]
        read = [(numbers[(*key, str(k), "x")], numbers[(*key, str(k), "y")])
                for k in range(len(want))]  # fmt: skip
        assert set(read) == want, name
    ((name, plate),) = plates(page)
    assert name == "where-a-b-north" and has_plates(page.sections[0])
    drawn = len(re.findall(r'<path[^>]*transform="translate', plate.split("mark-symbol")[1]))
    assert drawn == sum(map(len, block["x"]))
    assert "a → b, North, 2020: linked, p = 0.01" in plate and "A plane. Sentence of 2020" in plate
    assert (name, plate) == next(iter(plates(page)))


def test_a_kilometre_is_as_long_to_the_east_as_to_the_north() -> None:
    (left, right), (bottom, top) = block_of(GROUPS)["ends"]
    ((_, plate),) = plates(page_of(site_map(GROUPS)))
    frame = r'role-frame root"[^>]*><g[^>]*><path class="background"[^>]* d="M0[.5]*,0[.5]*'
    view = re.search(frame + r"h([\d.]+)v([\d.]+)", plate)
    assert view is not None
    assert float(view[1]) / (right - left) == pytest.approx(float(view[2]) / (top - bottom))


def test_sites_on_a_line_or_at_one_point_have_a_map() -> None:
    for places in (spread(1, 5, high=0.0), spread(1, 5, wide=0.0, high=0.0)):
        (left, right), (bottom, top) = block_of({"other sites": places, "j": places})["ends"]
        assert 0 < (top - bottom) <= (right - left) < np.inf


def test_sites_far_outside_are_counted_and_leave_the_others_to_be_seen() -> None:
    wrong = pd.DataFrame({"x": [4000.0, 3900.0], "y": [10.0, -2500.0]})
    block = block_of(GROUPS | {"other sites": pd.concat([GROUPS["other sites"], wrong])})
    assert block["groups"][0] == "other sites (302, 2 far outside)"
    assert len(block["x"][0]) == len(GROUPS["other sites"].drop_duplicates())
    assert block["ends"][0][1] < 100
    lost = block_of(GROUPS | {"k: b": pd.concat([GROUPS["k: b"], wrong])})
    assert lost["groups"][2] == "k: b (11, 2 far outside)"


def test_many_places_are_a_sample_that_says_so() -> None:
    many = {"other sites": spread(1, 9_000), "j: a": spread(2, 4_000), "k: b": spread(3, 9)}
    block = block_of(many)
    assert [len(xs) for xs in block["x"]] == [MOST_OTHERS, MOST_COMPARED, 9]
    distinct = [len(places.drop_duplicates()) for places in many.values()]
    assert block["groups"][0] == f"other sites (9,000, 2,000 of {distinct[0]:,} places drawn)"
    assert block["groups"][1] == f"j: a (4,000, 1,000 of {distinct[1]:,} places drawn)"
    assert block == block_of(many)
    picked = pick_spots(many["other sites"], 1, MOST_OTHERS)
    assert abs(picked["x"].mean() - many["other sites"]["x"].mean()) < 1.5


def test_an_outline_is_drawn_and_ends_the_map() -> None:
    turn = np.linspace(0, 2 * np.pi, 5_000, endpoint=False)
    ring = 100 * np.column_stack([np.cos(turn), np.sin(turn)])
    one = Spots(GROUPS, "a → b: linked", outline=[ring, ring / 50])
    page = page_of(SiteMap("where", "Where", "A plane.", ("x", "y"), {("2020",): one}))
    (section,) = draw_sections(page.sections, page.setting)
    block = section.figures[0].payload["blocks"]["2020"]
    assert block["ends"] == [pytest.approx([-106, 106], abs=0.1)] * 2
    for (x, y), radius in zip(block["outline"], (100, 2), strict=True):
        assert (x[0], y[0]) == (x[-1], y[-1]) and len(x) < 2_000
        assert np.hypot(x, y) == pytest.approx(radius, abs=0.1)
    ((_, plate),) = plates(page)
    lines = re.findall(r'mark-line[^>]*><path[^>]* d="(M[^"]*)"', plate)
    assert [line.count("L") + 1 for line in lines] == [len(x) for x, _ in block["outline"]]


def test_old_years_are_left_out_where_maps_are_many() -> None:
    groups = {"other sites": spread(1, 9_000), "j: a": spread(2, 900), "k: b": spread(3, 900)}
    series = {("a → b, North", str(year)): spots(groups, str(year)) for year in range(1990, 2021)}
    page = page_of(SiteMap("where", "Where", "A plane.", ("x", "y"), series, "Pair"))
    (section,) = draw_sections(page.sections, page.setting)
    (figure,) = section.figures
    kept = list(figure.payload["blocks"])
    assert kept[-1].endswith("|2020") and 1 < len(kept) < 31
    first = int(kept[0].rsplit("|", 1)[1])
    assert f"The maps of sites of 1990–{first - 1} are left out" in figure.caption


def test_no_pair_is_no_figure() -> None:
    empty = SiteMap("where", "Where", "", ("x", "y"), {}, "Pair")
    page = page_of(empty)
    assert dict(plates(page)) == {}
    assert draw_sections(page.sections, page.setting)[0].parts == ()


@pytest.mark.parametrize("synthetic", [True, False])
def test_plates_carry_the_warning(synthetic: bool) -> None:
    ((_, plate),) = plates(page_of(site_map(GROUPS), synthetic=synthetic))
    assert ("SYNTHETIC DATA" in plate) is synthetic
    assert HOSTILE not in plate


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome on the PATH")
@pytest.mark.parametrize("width", [1300, 390])
def test_the_browser_draws_the_sites_and_another_year(tmp_path, width):
    body = """
      const host = document.getElementById("figure-where");
      const look = () => ({ sites: host.querySelectorAll(".mark-symbol.role-mark path").length,
        legend: [...host.querySelectorAll(".role-legend-label text")].map((one) => one.textContent),
        title: host.querySelector(".role-title-text").textContent });
      const answer = { before: look() };
      const box = host.querySelector("svg").getBoundingClientRect();
      const view = host.querySelector(".root > g > path.background").getBoundingClientRect();
      answer.fits = box.right <= document.documentElement.clientWidth;
      answer.view = [view.width, view.height];
      const year = host.closest("figure").querySelectorAll("select")[1];
      year.value = "2012";
      year.dispatchEvent(new Event("change"));
      await pause(400);
      answer.after = look();
      answer.note = host.closest("figure").querySelector("[data-role=note]").textContent;
      return answer;
    """
    answer = browse(render_page(page_of(site_map(GROUPS))), tmp_path, body, width=width)
    block = block_of(GROUPS)
    assert answer["seen"] == [] and answer["fits"]
    assert answer["before"]["sites"] == sum(map(len, block["x"]))
    assert answer["before"]["legend"] == block["groups"]
    (left, right), (bottom, top) = block["ends"]
    wide, high = answer["view"]
    assert wide / (right - left) == pytest.approx(high / (top - bottom), rel=0.02)
    assert "2020" in answer["before"]["title"] and "2012" in answer["after"]["title"]
    assert answer["note"] == f"Sentence of 2012 {HOSTILE}."
