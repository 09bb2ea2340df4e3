"""The page in a real browser: it draws, sorts, switches, fits and stays silent."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from spillgraph.analytics.spillovers import loss_percent
from spillgraph.reports.page import render_page

from ..helpers.whole_report import spillover_of

NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome on the PATH")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=30000",
)

LISTEN = """<script>window.seen = [];
for (const level of ["error", "warn"]) {
  console[level] = (...words) => window.seen.push(level + ": " + words.join(" "));
}
window.alert = (text) => window.seen.push("alert: " + text);
window.addEventListener("error", (event) => window.seen.push("thrown: " + event.message));
window.addEventListener("unhandledrejection", (event) => window.seen.push("lost: " + event.reason));
document.addEventListener("securitypolicyviolation",
  (event) => window.seen.push("policy: " + event.blockedURI));
</script>"""

PROBE = """<script>(async function () {
  const drawn = () => !document.querySelector(".draw:not([data-drawn])");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  for (let k = 0; k < 200 && !drawn(); k++) await pause(50);
  const answer = await (async function () { BODY })();
  answer.seen = window.seen;
  window.top.postMessage(JSON.stringify(answer), "*");
})();</script>"""

FRAME = """<!doctype html><body style="margin:0"><pre id="answer" hidden></pre>
<iframe src="page.html" style="border:0;width:WIDTHpx;height:HEIGHTpx"></iframe>
<script>addEventListener("message", (event) => {
  document.getElementById("answer").textContent = event.data;
});</script></body>"""

LOOK = """
  const ink = (canvas) => {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = new Set();
    for (let k = 0; k < data.length; k += 4) seen.add(data.slice(k, k + 3).join());
    return seen.size;
  };
  const root = document.documentElement;
  const inside = (box, part) => {
    const a = box.getBoundingClientRect(), b = part.getBoundingClientRect();
    return b.left >= a.left - 1 && b.right <= a.right + 1;
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const words = (id) => all(`#${id} svg.marks text`).map((text) => text.textContent);
  const answer = {
    drawn: Object.fromEntries(all(".draw").map((d) => [d.id, +d.dataset.drawn])),
    bars: all(".draw svg.marks").map((s) => s.querySelectorAll(".mark-rect path").length),
    texts: words("figure-benefit"),
    colours: all(".draw canvas").map(ink),
    overflow: root.scrollWidth - root.clientWidth,
    outside: all(".plot").filter((plot) =>
      [...plot.querySelectorAll("canvas, svg.marks, text")].some((c) => !inside(plot, c))).length,
    loaded: performance.getEntriesByType("resource").map((entry) => entry.name),
  };
"""


USE = """
  const choose = (figure, role, value) => {
    const host = document.getElementById(figure);
    const select = host.closest("figure").querySelectorAll("select")[role];
    select.value = value;
    host.removeAttribute("data-drawn");
    select.dispatchEvent(new Event("change"));
  };
  choose("figure-benefit", 0, "2012");
  choose("figure-contribution", 0, "final demand");
  choose("figure-modes", 0, "as printed");
  choose("figure-loss", 0, "contribution (columns): unit");
  choose("figure-years", 1, "0");
  for (let k = 0; k < 100 && !drawn(); k++) await pause(50);
  answer.switched = [words("figure-benefit"), words("figure-contribution")];
  answer.chosen = { modes: words("figure-modes"), loss: words("figure-loss") };
  answer.years = words("figure-years");
  answer.notes = Object.fromEntries(all(".draw").map((d) =>
    [d.id, d.closest("figure").querySelector("[data-role=note]").textContent]));
  const table = all("#hubs table")[0];
  const column = (k) => [...table.tBodies[0].rows].map((row) => row.cells[k].textContent);
  const buttons = table.tHead.querySelectorAll("button");
  answer.sorted = [];
  for (const k of [4, 4, 1, 1]) {
    buttons[k].click();
    answer.sorted.push([buttons[k].parentElement.getAttribute("aria-sort"), column(k)]);
  }
  return answer;
"""


def browse(
    page: str, folder: Path, body: str, *, width: int = 1280, height: int = 900
) -> dict[str, Any]:
    """Open the page in a frame of a given width, run the body in it, return its answer."""
    end = page.rindex("</body>")
    probe = PROBE.replace("BODY", body)
    page = page[:end] + probe + page[end:]
    page = page.replace("<head>", "<head>" + LISTEN, 1)
    (folder / "page.html").write_text(page, encoding="utf-8")
    frame = FRAME.replace("WIDTH", str(width)).replace("HEIGHT", str(height))
    (folder / "frame.html").write_text(frame, encoding="utf-8")
    dom = run(folder, f"--window-size={width + 20},{height}", "--dump-dom")
    found = re.search(r'<pre id="answer"[^>]*>(.*?)</pre>', dom, re.DOTALL)
    assert found is not None
    assert found.group(1), "the page never answered"
    answer: dict[str, Any] = json.loads(html.unescape(found.group(1)))
    return answer


def run(folder: Path, *options: str) -> str:
    assert BROWSER is not None
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", *options]
    done = subprocess.run(
        [*command, (folder / "frame.html").as_uri()],
        capture_output=True, text=True, timeout=180, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def answer(small, tmp_path_factory) -> dict[str, Any]:
    """What the browser saw at the width of a desktop."""
    return browse(render_page(small.page), tmp_path_factory.mktemp("desktop"), LOOK + USE)


def test_the_console_is_silent_and_nothing_is_loaded(answer):
    assert answer["seen"] == []
    assert answer["loaded"] == []


def test_every_chart_is_drawn_inside_its_card(small, answer):
    last = small.last
    assert answer["overflow"] == 0
    assert answer["outside"] == 0
    assert answer["drawn"]["figure-benefit"] == 4 * 37
    assert answer["drawn"]["figure-loss"] == 37
    assert answer["drawn"]["figure-modes"] == 3 * 37
    assert answer["drawn"]["figure-years"] == 3 * 12
    assert answer["drawn"]["figure-own"] == 36
    assert answer["drawn"]["figure-W"] == last.innovation.W.values.nnz
    assert answer["bars"][0] >= 4 * 37
    assert len(answer["colours"]) == 3
    assert min(answer["colours"]) > 50


def test_bars_carry_whole_names_and_numbers(small, answer):
    last = small.last
    for code in last.spillover.benefit.index:
        assert small.label(code) in answer["texts"]
    assert f"{last.spillover.benefit.max():.2f}" in answer["texts"]


def test_year_and_weights_switch_the_numbers(small, answer):
    first, weighted = answer["switched"]
    assert f"{small.years[0].spillover.benefit.max():.2f}" in first
    assert any("final demand, 2020" in text for text in weighted)


def test_modes_switch_to_those_of_the_source(small, answer):
    modes = answer["chosen"]["modes"]
    assert {"T1: S + S²", "T2: W + W²", "T3: all else"} <= set(modes)
    assert "interaction" not in modes
    assert f"{spillover_of(small.last).max():.2f}" in modes
    assert any("as printed, 2020" in text for text in modes)


def test_what_is_said_of_one_choice_is_below_it_alone(small, answer):
    modes = small.declared["modes"].series["as printed", "2020"].note
    assert modes and answer["notes"]["figure-modes"] == modes
    assert answer["notes"]["figure-benefit"] == ""


def test_loss_switches_to_columns(small, answer):
    lost = loss_percent(small.last.spillover)["unit"]
    assert f"{lost.max():.1f}" in answer["chosen"]["loss"]


def test_every_sector_has_a_small_chart_of_the_years(small, answer):
    told = "".join(answer["years"]).replace(" ", "")
    for code in small.last.spillover.benefit.index:
        assert small.label(code).replace(" ", "") in told
    assert "2012" in answer["years"]


def test_tables_sort_both_ways(answer):
    (down, numbers), (up, risen), (by_name, names), (_, back) = answer["sorted"]
    assert (down, up, by_name) == ("descending", "ascending", "ascending")
    values = [float(text) for text in numbers]
    assert values == sorted(values, reverse=True)
    assert risen == numbers[::-1]
    assert names == back[::-1]
    assert names[0].startswith("Agriculture")


MEASURE = """
  const rules = (id) => all(`#${id} svg.marks .mark-rule line`).filter(
    (line) => line.getAttribute("stroke") === "#22272e").map((line) => line.getBBox().width);
  answer.whiskers = [rules("figure-benefit"), rules("figure-contribution"), rules("figure-loss")];
  return answer;
"""


@pytest.mark.parametrize("width", [1280, 390])
def test_whiskers_are_as_long_as_the_intervals(drawn, tmp_path, width):
    answer = browse(render_page(drawn.page), tmp_path, LOOK + MEASURE, width=width)
    assert answer["seen"] == []
    assert answer["overflow"] == 0
    assert answer["outside"] == 0
    benefit, contribution, loss = answer["whiskers"]
    values = drawn.last.spillover.benefit.sort_values(ascending=False).to_numpy()
    lengths = [length for length in benefit if length > 0]
    # From 90% to 110% of the bar: in proportion to it.
    assert len(lengths) == len(values) == 37
    assert [one / lengths[0] for one in lengths] == pytest.approx(values / values[0], rel=0.02)
    assert len(contribution) == 37
    assert loss == []


def test_telephone_and_hostile_names(report, tmp_path):
    content = report(37, (2012, 2017, 2020))
    names = content.names | {
        "01": "</script><script>alert(1)</script><img src=x onerror=alert(2)>",
        "02": "\"quoted\" 'name' & " + "unbreakable" * 20,
    }
    hostile = content.replace(names=names, title="W" * 80)
    answer = browse(render_page(hostile.page), tmp_path, LOOK + "return answer;", width=390)
    assert answer["seen"] == []
    assert answer["loaded"] == []
    assert answer["overflow"] == 0
    assert answer["outside"] == 0
    assert min(answer["colours"]) > 50
    picture = tmp_path / "picture.png"
    run(tmp_path, "--window-size=500,1200", f"--screenshot={picture}")
    pixels = np.asarray(Image.open(picture)) / 255
    assert pixels.shape[0] >= 1200
    assert pixels[:, :390].std() > 0.05
