"""The page: safe, the same every time, self-contained, small, and whole when parts are missing."""

from __future__ import annotations

import dataclasses
import doctest
import html.parser
import importlib
import itertools
import json
import pkgutil
import re

import pytest
import spillgraph.reports
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.reports.charts import script_bundle
from spillgraph.reports.page import render_page
from spillgraph.runs.networks import YearNetworks, year_networks

from ..helpers.whole_report import Report, weighted
from .conftest import staged

EVIL = "</script><script>alert(1)</script>"
QUOTES = """a"b'c<i>&amp;{{ 7 * 7 }}"""
MODULES = [
    info.name for info in pkgutil.iter_modules(spillgraph.reports.__path__, "spillgraph.reports.")
]


class Reader(html.parser.HTMLParser):
    """Notes elements, ids, and whatever could load something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.scripts.append(data)
        elif inside != "style":
            self.text.append(data)

    def values(self, name: str) -> list[str]:
        return [
            value or "" for _, attrs in self.tags for key, value in attrs.items() if key == name
        ]


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.fixture(scope="module")
def page(small) -> str:
    return render_page(small.page)


@pytest.mark.parametrize("module", MODULES)
def test_examples(module):
    outcome = doctest.testmod(importlib.import_module(module))
    assert outcome.failed == 0


def evil_report(report) -> Report:
    """Every text of the page is an attack."""
    content = report(6, (2019, 2020))
    years = [
        dataclasses.replace(
            weighted(year, dict.fromkeys((EVIL, QUOTES), year.spillover.contribution["unit"])),
            notes=[EVIL],
            innovation=dataclasses.replace(
                year.innovation, W=dataclasses.replace(year.innovation.W, unit=EVIL)
            ),
        )
        for year in content.years
    ]
    run = {"command": EVIL, "created": QUOTES, "inputs": {EVIL: "00", QUOTES: "11"}}
    run |= {"options": {EVIL: QUOTES}, "versions": {EVIL: EVIL}, "seconds": {EVIL: 1.0}}
    return content.replace(
        title=EVIL,
        description=f"{EVIL}\n\n{QUOTES}",
        names={"01": EVIL, "02": QUOTES},
        run=run,
        study=QUOTES,
        years=years,
        totals=[dataclasses.replace(one, flow=EVIL, unit=QUOTES) for one in content.totals[:1]],
        tables=[staged(EVIL, 2, {QUOTES: 1})],
        planted=EVIL,
        warnings=[EVIL, QUOTES],
        exchanged={EVIL: content.exchanged["citations"]},
        audits=[dataclasses.replace(one, source=EVIL, target=QUOTES) for one in content.audits],
    )


def test_no_text_can_break_out(report):
    content = evil_report(report)
    page = render_page(content.page)
    reader = read(page)
    plain = read(render_page(report(6, (2019, 2020)).page))
    # No attack made an element: only the number of rows and words differs.
    assert len(reader.scripts) == len(plain.scripts)
    assert "alert(1)</script>" not in page
    assert not any(key.startswith("on") for _, attrs in reader.tags for key in attrs)
    assert {tag for tag, _ in reader.tags} <= {tag for tag, _ in plain.tags}
    text = "".join(reader.text)
    assert EVIL in text
    assert QUOTES in text
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL).group(1))
    assert data["sectors"][0][1] == f"01 {EVIL}"
    assert data["sectors"][1][1] == f"02 {QUOTES}"


def test_the_same_content_gives_the_same_bytes(small, page):
    assert render_page(small.page) == page


def test_ids_are_unique_and_every_link_stays_on_the_page(page):
    reader = read(page)
    ids = reader.values("id")
    assert len(ids) == len(set(ids))
    for target in reader.values("href"):
        assert target == "data:," or target.removeprefix("#") in ids


def test_the_page_loads_nothing(page):
    reader = read(page)
    assert not reader.values("src")
    assert not reader.values("srcset")
    tags = {tag for tag, _ in reader.tags}
    assert not tags & {"iframe", "object", "embed", "base", "audio", "video"}
    styles = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
    assert "url(" not in styles
    assert "@import" not in styles
    # And the browser is told to refuse whatever a script might try.
    (policy,) = (
        attrs["content"]
        for _, attrs in reader.tags
        if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    own = page.replace(script_bundle(), "")
    assert not re.findall(r"https?://", own)


def test_the_script_bundle_is_there_once(page):
    assert page.count(script_bundle()) == 1
    assert "</script" not in script_bundle()


def test_94_sectors_and_ten_years_stay_below_5_mb(report):
    content = report(94, tuple(range(2011, 2021)))
    assert len(render_page(content.page).encode("utf-8")) < 5_000_000


def test_tables_can_be_read_by_machines_and_ears(page):
    reader = read(page)
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("table") == tags.count("caption") > 8
    assert all("scope" in attrs for tag, attrs in reader.tags if tag == "th")
    assert "<html lang" in page
    headings = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert headings.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(headings))


def test_numbers_of_the_content_are_on_the_page(small, page):
    text = " ".join(read(page).text)
    for number in ("2,804,004", "2,803,311", "111,413.750", "84,310,220.500", "60,000"):
        assert number in text
    for digest in small.run["inputs"].values():
        assert digest in text
    assert "The totals agree at every level" in text
    assert "read = loaded + rejected in all 3 tables" in text
    assert small.run["created"] in text


def test_totals_that_do_not_agree_are_shouted(small):
    totals = dataclasses.replace(small.totals[1].totals, target=1.0)
    wrong = [dataclasses.replace(small.totals[1], totals=totals)]
    lost = [staged("firms", 5, {"no id": 1}, missing=1)]
    page = render_page(small.replace(totals=wrong, tables=lost).page)
    assert "The totals do NOT agree for: trade" in page
    assert "Rows are NOT accounted for in: firms" in page
    assert "The totals agree" not in page


def test_synthetic_is_impossible_to_miss(small, page):
    assert "[SYNTHETIC]" in page
    assert 'class="synthetic"' in page
    assert page.count("synthetic data: an invented economy") >= 10
    real = render_page(small.replace(synthetic=False, planted="").page)
    assert "[SYNTHETIC]" not in real
    assert 'class="synthetic"' not in real
    assert "an invented economy" not in real


PSI = ("spillover", "parts")


@pytest.mark.parametrize(
    "missing",
    [
        ("production", "trade", *PSI),
        ("innovation", "citations", *PSI),
        ("citations", "trade"),
        ("parts",),
        ("production", "innovation", "trade", "citations", *PSI),
    ],
)
def test_parts_may_be_missing(report, missing):
    content = report(5, (2019, 2020))
    years = [dataclasses.replace(year, **dict.fromkeys(missing)) for year in content.years]
    page = render_page(content.replace(years=years).page)
    for name, part in (("S", "production"), ("W", "innovation"), ("psi", "parts")):
        assert (f'id="figure-{name}"' in page) == (part not in missing)
    assert ("This study has no ψ" in page) == ("spillover" in missing)
    assert ("No hubs were computed" in page) == ({"production", "innovation"} <= {*missing})


def test_an_empty_report_is_a_page_without_charts():
    page = render_page(Report(title="Nothing", synthetic=False).page)
    assert "No input tables were reported" in page
    assert len(page) < 50_000
    assert "vega" not in page.split("</head>")[1].lower()


def test_years_may_have_different_sectors_and_series_may_have_gaps():
    def year(number: int, codes: list[str]) -> YearNetworks:
        counts = [[0, 0, 0], [1, 2, 1], [1, 0, 3]]
        K = LabelledMatrix.build("citations", counts, codes, year=number)
        return year_networks(number, K, {}, None)

    years = [year(2019, ["z", "a", "b"]), year(2020, ["z", "b", "c"])]
    page = render_page(Report(title="T", synthetic=False, years=years).page)
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL).group(1))
    assert [row[0] for row in data["sectors"]] == ["z", "b", "c", "a"]
    assert data["figures"]["figure-W"]["blocks"]["2019"]["r"] == [0, 3, 1]
    assert data["figures"]["figure-own"]["blocks"]["2019"]["i"] == [3, 1]
