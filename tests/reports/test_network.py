"""Drawn networks: every link of the matrix, the same place in every year, found by a reader."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.reports.drawing import draw_sections
from spillgraph.reports.figures import Setting
from spillgraph.reports.kit import Bars, Cells, HeatMap, Links, Network, Page, Section, Stack
from spillgraph.reports.layout import _ranks, place_sectors
from spillgraph.reports.network_links import named_first
from spillgraph.reports.page import render_page
from spillgraph.reports.plates import plates
from spillgraph.reports.raster import level_colours, picture

from .test_browser import BROWSER, browse

CODES = [f"{k:02d}" for k in range(30)]
NAMES = {code: f"{code} Sector <{code}>" for code in CODES}


def matrix_of(seed: int) -> LabelledMatrix:
    random = np.random.default_rng(seed)
    cells = random.pareto(1.5, (30, 30)) * (random.random((30, 30)) < 0.12)
    cells[-2:] = cells[:, -2:] = 0  # two sectors without a link
    return LabelledMatrix.build("W", cells, CODES, unit="share")


def network() -> Network:
    series = {}
    for seed, key in enumerate([("W", "2012"), ("W", "2020"), ("S", "2020")]):
        M = matrix_of(seed)
        size = pd.Series(np.asarray(M.values.sum(axis=0)).ravel(), CODES, name="in-strength")
        group = pd.Series([f"community {k % 3}" for k in range(30)], CODES)
        series[key] = Links(M, size, group if key[0] == "W" else None)
    return Network("backbone", "Backbone", "What is left.", series, "Layer")


def page() -> Page:
    return Page("T", "", "", (Section("hubs", "Hubs", (network(),)),), Setting(NAMES))


def test_a_sector_has_one_place_and_the_same_links_give_the_same_places():
    matrices = [links.matrix for links in network().series.values()]
    places = place_sectors(matrices, CODES)
    assert places == place_sectors(matrices, CODES)
    spots = np.array(list(places.values()))
    assert spots.min() >= 0 and spots.max() <= 1
    apart = np.linalg.norm(spots[:, None] - spots[None], axis=2) + np.eye(30)
    assert apart.min() > 0.005
    assert places["28"][1] == places["29"][1] == 0.0


def test_strong_links_bring_sectors_together():
    cells = np.full((20, 20), 0.01)
    cells[:10, :10] = cells[10:, 10:] = 1.0
    codes = CODES[:20]
    places = place_sectors([LabelledMatrix.build("W", cells, codes)], codes)
    spots = np.array([places[code] for code in codes])
    apart = np.linalg.norm(spots[:, None] - spots[None], axis=2)
    assert apart[:10, :10].mean() < apart[:10, 10:].mean()


def test_the_page_holds_every_link_and_size():
    (section,) = draw_sections(page().sections, Setting(NAMES))
    (figure,) = section.figures
    for key, links in network().series.items():
        block = figure.payload["blocks"]["|".join(key)]
        long = links.matrix.to_long()
        long = long[long["receiver"] != long["source"]]
        drawn = {
            (CODES[r], CODES[c]): v
            for r, c, v in zip(block["r"], block["c"], block["v"], strict=True)
        }
        assert len(drawn) == len(long)
        for row in long.itertuples():
            assert drawn[row.receiver, row.source] == pytest.approx(row.value, rel=1e-3)
        assert block["s"] == pytest.approx(links.size.tolist(), rel=1e-3)
        assert ("g" in block) == (links.group is not None)


def test_plates_are_of_the_last_year_in_every_layer_and_the_same_each_time():
    drawn = dict(plates(page()))
    assert list(drawn) == ["backbone-w", "backbone-s"]
    assert drawn == dict(plates(page()))
    for layer in ("W", "S"):
        plate = drawn[f"backbone-{layer.lower()}"]
        off = network().series[layer, "2020"].matrix.values.copy()
        off.setdiag(0)
        off.eliminate_zeros()
        assert len(re.findall(r'class="mark-trail[^>]*><path', plate)) == off.nnz


@pytest.mark.parametrize(("groups", "told"), [(7, False), (8, True)])
def test_grey_is_explained_where_groups_are_more_than_colours(groups, told):
    values = np.ones((16, 16)) - np.eye(16)
    codes = CODES[:16]
    links = Links(
        LabelledMatrix.build("W", values, codes),
        pd.Series(1.0, codes),
        pd.Series([f"g{k % groups}" for k in range(16)], codes),
    )
    drawn = Network("x", "X", "", {("2020",): links})
    whole = Page(
        "T", "", "", (Section("x", "X", (drawn,)),), Setting({code: code for code in codes})
    )
    (section,) = draw_sections(whole.sections, whole.setting)
    assert ("Grey are those beyond the 7 largest" in section.figures[0].caption) is told
    assert ("Grey are those" in dict(plates(whole))["x"]) is told


def test_a_network_without_links_is_left_out():
    M = LabelledMatrix.build("W", np.zeros((2, 2)), ["a", "b"])
    empty = Network("x", "X", "", {("2020",): Links(M, pd.Series({"a": 0.0, "b": 0.0}))})
    whole = Page("T", "", "", (Section("x", "X", (empty,)),), Setting({"a": "a", "b": "b"}))
    assert dict(plates(whole)) == {}
    assert draw_sections(whole.sections, whole.setting)[0].parts == ()


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome on the PATH")
def test_the_browser_draws_links_and_finds_a_sector(tmp_path):
    body = """
      const host = document.getElementById("figure-backbone");
      const shown = () => [...host.querySelectorAll(".mark-text text")]
        .filter((text) => +(text.getAttribute("opacity") || 1) > 0).length;
      const red = () => host.querySelectorAll('.mark-symbol path[stroke="#b3261e"]').length;
      const answer = { links: host.querySelectorAll(".mark-trail path").length,
        sectors: host.querySelectorAll(".mark-symbol path").length, before: [shown(), red()] };
      const field = host.querySelector("input");
      // Of each sector, how far the name reaches into its disc, in pixels.
      const words = [...host.querySelectorAll(".role-mark.mark-text")].pop();
      const names = words.querySelectorAll("text");
      const discs = host.querySelectorAll(".mark-symbol path");
      answer.hidden = Math.max(...[...discs].map((disc, k) =>
        names[k].getBoundingClientRect().bottom - disc.getBoundingClientRect().top));
      field.value = "sector <07";
      field.dispatchEvent(new Event("input"));
      await pause(300);
      answer.after = [shown(), red()];
      return answer;
    """
    answer = browse(render_page(page()), tmp_path, body)
    assert answer["seen"] == []
    links = network().series["W", "2020"].matrix.values
    assert answer["links"] == links.nnz - np.count_nonzero(links.diagonal())
    assert answer["sectors"] == 30
    assert answer["hidden"] < 4  # the descent of letters, of which codes have none
    assert answer["before"][1] == 0 and answer["after"][1] == 1


def test_levels_are_steps_of_colour_on_page_and_plate():
    cells = np.array([[0.0, 0.019], [0.02, 0.5]])
    M = LabelledMatrix.build("UDS", cells, ["a", "b"], unit="share")
    heat = HeatMap("uds", "UDS", "A cell.", ("upstream", "downstream"), {("2020",): Cells(M)},
                   levels=(0.02, 0.04), reading="Rows are upstream.")  # fmt: skip
    setting = Setting({"a": "a", "b": "b"})
    whole = Page("T", "", "", (Section("x", "X", (heat,)),), setting)
    (section,) = draw_sections(whole.sections, setting)
    spec = section.figures[0].payload["wide"]
    assert spec["encoding"]["color"]["scale"]["domain"] == [0.02, 0.04]
    assert spec["encoding"]["color"]["scale"]["range"] == ["#ffffff", *level_colours(2)]
    assert section.figures[0].caption == (
        "Rows are upstream. A cell. Unit: share. Levels: 0.02, 0.04; white cells are below the "
        "first."
    )
    titles = [tip["title"] for tip in spec["encoding"]["tooltip"]]
    assert titles == ["upstream", "downstream", "value"]
    assert "Levels: 0.02, 0.04" in dict(plates(whole))["uds"]
    scale = {"type": "threshold", "domain": [0.02, 0.04], "range": ["#ffffff", *level_colours(2)]}
    assert len({picture(np.full((1, 1), value), scale, 1) for value in (0, 0.02, 0.5)}) == 3
    assert picture(np.full((1, 1), 0.019), scale, 1) == picture(np.zeros((1, 1)), scale, 1)


def test_points_stand_in_the_order_of_ranks(tmp_path):
    rank = pd.Series([3.0, 1.0, 2.0], ["00", "01", "02"])
    interval = pd.DataFrame({"low": [2, 1, 1], "high": [3, 2, 3]}, rank.index)
    bars = Bars("rank", "Rank", "How sure.", "rank", {"": ("rank",)},
                {("2020",): Stack([rank], interval=interval)}, points=True)  # fmt: skip
    whole = Page("T", "", "", (Section("x", "X", (bars,)),), Setting(NAMES))
    plate = dict(plates(whole))["rank"]
    assert re.findall(r">(0\d) Sector", plate) == ["01", "02", "00"]
    assert plate.count("mark-symbol") == 1
    if BROWSER is not None:
        body = """return { names: [...document.querySelectorAll("#figure-rank text")]
          .map((text) => text.textContent).filter((text) => text.includes("Sector")) };"""
        answer = browse(render_page(whole), tmp_path, body)
        assert answer["seen"] == []
        assert [name[:2] for name in answer["names"]] == ["01", "02", "00"]


def crowd(size: int = 60) -> Network:
    """Everybody is linked to everybody, and draws most on the first three."""
    codes = [f"s{k:03d}" for k in range(size)]
    cells = np.random.default_rng(5).pareto(1.5, (size, size))
    cells[:, :3] += 30.0
    cells[-1] = cells[:, -1] = 0.0
    M = LabelledMatrix.build("W", cells, codes)
    drawn = pd.Series(np.asarray(M.values.sum(axis=0)).ravel(), codes, name="drawn from it")
    series = {("W", "2020"): Links(M, drawn, leading=("s002", "s001", "s040"))}
    return Network("crowd", "Crowd", "All.", series, "Layer")


def page_of(network: Network) -> Page:
    codes = next(iter(network.series.values())).matrix.rows
    setting = Setting({code: f"{code} N" for code in codes})
    return Page("T", "", "", (Section("x", "X", (network,)),), setting)


def test_of_many_links_the_strongest_of_every_sector_are_drawn_first_and_the_rest_is_counted():
    whole = page_of(crowd())
    (figure,) = draw_sections(whole.sections, whole.setting)[0].figures
    block = figure.payload["blocks"]["W|2020"]
    links, first = len(block["v"]), set(block["d"])
    assert links == 59 * 58 and 59 <= len(first) <= 300
    for mine in ("r", "c"):
        for sector in range(59):  # links are in order, the weakest first
            assert max(k for k in range(links) if block[mine][k] == sector) in first
    told = f"{len(first)} of 3,422 links are drawn, the strongest of every sector; "
    assert block["note"].startswith(f"{told}{links - len(first):,} weaker links are not.")
    assert block["n"] == [2, 1, 40]  # of more than 45 only those that lead have a name
    plate = dict(plates(whole))["crowd-w"]
    assert len(re.findall(r'class="mark-trail[^>]*><path', plate)) == len(first)
    assert told in " ".join(re.sub(r"<[^>]+>", " ", plate).split())
    assert sorted(re.findall(r">(s\d{3})</text>", plate)) == sorted(["s001", "s002", "s040"] * 2)


def test_ranks_of_places_are_those_of_scipy_with_ties_in_the_middle():
    side = np.array([0.3, 0.1, 0.3, 0.9, 0.1, 0.3])
    assert np.array_equal(_ranks(side), rankdata(side) - 0.5)


def test_names_that_would_lie_on_each_other_are_not_both_shown():
    links = crowd().series["W", "2020"]
    places = {code: (k / 60, 0.5) for k, code in enumerate(links.matrix.rows)}
    assert named_first(links, places) == ["s002", "s040"]  # s001 is 14 pixels from s002


def test_no_sector_lies_on_another_and_hubs_do_not_gather_in_one_heap():
    links = crowd(120).series["W", "2020"]
    places = np.array(list(place_sectors([links.matrix], links.matrix.rows).values()))
    apart = np.linalg.norm((places[:, None] - places[None]) * [1, 0.66], axis=2)
    assert (apart + np.eye(120)).min() > 0.5 * np.sqrt(0.66 / 120)
    inner = np.abs(places - places.mean(axis=0)).max(axis=1) < 0.25
    assert inner.mean() < 0.5  # a quarter of the room holds less than half of all


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome on the PATH")
def test_a_sector_that_is_pointed_at_clicked_or_found_shows_all_its_links(tmp_path):
    body = """
      const host = document.getElementById("figure-crowd");
      const all = (selector) => [...host.querySelectorAll(selector)];
      const state = () => [all(".mark-trail path").length,
        all(".mark-trail path").filter((path) => path.getAttribute("opacity") > 0.8).length,
        all(".mark-symbol path").filter((path) => path.getAttribute("opacity") > 0.9).length];
      const answer = { first: state() };
      const disc = () => all(".mark-symbol path")[40];
      const fire = async (type) => {
        const box = disc().getBoundingClientRect();
        const [clientX, clientY] = [box.left + box.width / 2, box.top + box.height / 2];
        const at = { bubbles: true, clientX, clientY };
        disc().dispatchEvent(new (type === "click" ? MouseEvent : PointerEvent)(type, at));
        await pause(200);
        return state();
      };
      answer.over = await fire("pointerover");
      answer.out = await fire("pointerout");
      answer.click = await fire("click");
      const empty = host.querySelector("svg .background");
      empty.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      await pause(200);
      answer.cleared = state();
      const field = host.querySelector("input");
      field.value = "S040 n";
      field.dispatchEvent(new Event("input"));
      await pause(200);
      answer.found = state();
      return answer;
    """
    whole = page_of(crowd())
    answer = browse(render_page(whole), tmp_path, body)
    assert answer["seen"] == []
    (figure,) = draw_sections(whole.sections, whole.setting)[0].figures
    block = figure.payload["blocks"]["W|2020"]
    own = {k for k in range(len(block["v"])) if 40 in (block["r"][k], block["c"][k])}
    first = set(block["d"])
    assert answer["first"] == answer["out"] == answer["cleared"] == [len(first), 0, 60]
    chosen = [len(first | own), len(own), 59]  # all but the one without a link are partners
    assert answer["over"] == answer["click"] == answer["found"] == chosen
