"""Plates: all there, the same bytes every time, whole labels, right numbers, any size."""

from __future__ import annotations

import base64
import dataclasses
import io
import re
import warnings
from itertools import pairwise, product
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import vl_convert
from PIL import Image
from spillgraph.analytics.linalg import without_identity
from spillgraph.analytics.spillovers import CHANNELS, EXACT, PRINTED, loss_percent
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.reports.bars import axis_ends
from spillgraph.reports.charts import colours
from spillgraph.reports.figures import Setting
from spillgraph.reports.heat import draw_map, reading_of, scale_of
from spillgraph.reports.kit import Bars, Cells, HeatMap, Page, Section, Stack
from spillgraph.reports.plate_bars import NARROW, WIDTH, bars_plate
from spillgraph.reports.plate_maps import map_plate
from spillgraph.reports.plate_style import convert_plate
from spillgraph.reports.plates import fonts_wanted, plates, write_plates
from spillgraph.reports.raster import STEPS, picture
from spillgraph.runs.networks import year_networks

from ..helpers.whole_report import Report, spillover_of, weighted
from .conftest import intervals_of, year_of

WEIGHTS = ("final-demand", "gross-output", "unit")
NAMES = [
    *("benefit", "loss-benefit", "modes", "years-benefit"),
    *(f"{name}-{weight}" for name in ("contribution", "loss") for weight in WEIGHTS),
    *(f"years-contribution-{weight}" for weight in WEIGHTS),
    *("S", "W", "psi", "years-psi", "own"),
]

#: Seven letters that are in no font of plates.
CUNEIFORM = "".join(chr(0x12000 + k) for k in range(7))

#: A rectangle as Vega writes it: its left and upper side, and its width.
BOX = re.compile(r"M([-\d.e]+),([-\d.e]+)h([-\d.e]+)")
HREF = "{http://www.w3.org/1999/xlink}href"
#: Where positions in a plate are rounded to thousandths of a pixel.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def words(plate: str) -> list[str]:
    """Every line of text of an SVG."""
    root = ElementTree.fromstring(plate)
    return ["".join(one.itertext()) for one in root.iter() if one.tag.endswith("}text")]


def said(plate: str | Path) -> str:
    """All text of an SVG in one line, without breaks or spaces."""
    text = plate.read_text(encoding="utf-8") if isinstance(plate, Path) else plate
    return re.sub(r"\s+", "", "".join(words(text)))


def seen(text: str) -> str:
    """How a text is found in what is said: raised and lowered letters are small ones of others."""
    return re.sub(r"\s+", "", text).replace("⁻¹", "−1").replace("ᵢ", "i")


def groups(plate: str, name: str) -> list[ElementTree.Element]:
    """What Vega has drawn under a name."""
    root = ElementTree.fromstring(plate)
    return [one for one in root.iter() if re.search(name, one.get("class", ""))]


def bars_of(plate: str, *stacks: Stack) -> list[dict[str, list[tuple[float, float]]]]:
    """Both ends of the bars of each panel by colour, from above, read off the axis."""
    found = []
    panels = groups(plate, r"role-mark concat_\d+_layer_0_marks")
    assert len(panels) == len(stacks)
    width = NARROW if stacks[1:] else WIDTH
    for panel, stack in zip(panels, stacks, strict=True):
        ends = axis_ends(stack.span)
        unit = (ends["top"] - ends["bottom"]) / width
        boxes: dict[str, list[tuple[float, float, float]]] = {}
        for one in panel:
            start, above, wide = map(float, BOX.match(one.get("d", "")).groups())
            sides = (ends["bottom"] + unit * x for x in (start, start + wide))
            boxes.setdefault(one.get("fill", ""), []).append((above, *sides))
        found.append({tone: [each[1:] for each in sorted(some)] for tone, some in boxes.items()})
    return found


def lengths(bars: dict[str, list[tuple[float, float]]]) -> dict[str, np.ndarray]:
    return {tone: np.abs(np.subtract(*np.transpose(some))) for tone, some in bars.items()}


def cells_of(plate: str) -> list[np.ndarray]:
    """The steps of colour of the cells of each map, 0 for a cell that is zero."""
    root = ElementTree.fromstring(plate)
    found = []
    for one in root.iter():
        if one.tag.endswith("}image"):
            raw = base64.b64decode(one.get(HREF, "").partition(",")[2])
            found.append(np.asarray(Image.open(io.BytesIO(raw))))
    return found


def steps_of(values: np.ndarray, colour: dict) -> np.ndarray:
    """Which step of colour a cell has to have."""
    power = {"linear": 1.0, "sqrt": 0.5}[colour["type"]]
    share = (values / colour["domain"][1]) ** power
    return np.where(values > 0, 1 + np.rint((STEPS - 1) * share), 0)


@pytest.fixture(scope="module")
def drawn(report) -> Report:
    """Twelve sectors are drawn faster than 37, with intervals of benefit and one contribution."""
    content = report(12, (2012, 2017, 2020))
    return content.replace(intervals=intervals_of(content.years))


@pytest.fixture(scope="module")
def folder(drawn, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("plates")
    write_plates(drawn.page, place)
    return place


def test_every_plate_is_a_file_in_every_format(folder):
    expected = {f"{name}.{form}" for name in NAMES for form in ("svg", "pdf")}
    assert {path.name for path in folder.iterdir()} == expected


def test_the_same_content_gives_the_same_bytes(drawn, folder, tmp_path):
    for path in write_plates(drawn.page, tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_several_fonts_and_pictures_give_the_same_bytes():
    picture_of = picture(np.eye(2), {"type": "linear", "domain": [0, 1]}, 4)
    plate = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    plate += 'width="90pt" height="90pt" viewBox="0 0 90 90">'
    for k, weight in enumerate(("normal", "bold")):
        plate += f'<text y="{20 + k}" opacity="0.{5 + k}" font-family="Liberation Sans" '
        plate += f'font-weight="{weight}">text</text>'
        plate += f'<image x="{40 * k}" width="4" height="4" xlink:href="{picture_of}"/>'
    plate += "</svg>"
    assert len({convert_plate(plate, "pdf") for _ in range(12)}) == 1
    assert convert_plate(plate, "pdf").count(b"/FontFile2") == 2


def test_no_file_knows_when_it_was_made(folder):
    for path in folder.iterdir():
        raw = path.read_bytes()
        assert b"CreationDate" not in raw
        assert b"dc:date" not in raw


def test_fonts_are_in_the_pdf(folder):
    for path in folder.glob("*.pdf"):
        raw = path.read_bytes()
        assert b"/FontFile2" in raw, path.name
        assert b"/Type3" not in raw


def test_labels_are_text_and_whole(drawn, folder):
    last = drawn.last
    for name in ("S", "W", "psi", "benefit", "loss-unit", "modes"):
        text = said(folder / f"{name}.svg")
        for code in last.spillover.benefit.index:
            assert seen(drawn.label(code)) in text, (name, code)


def test_nothing_is_cut_at_an_edge(drawn):
    for name, plate in plates(drawn.page):
        pixels = np.asarray(Image.open(io.BytesIO(convert_plate(plate, "png", 100))).convert("RGB"))
        for edge in (pixels[:3], pixels[-3:], pixels[:, :3], pixels[:, -3:]):
            assert edge.min() == 255, name


def test_notes_carry_the_numbers(drawn, folder):
    last = drawn.last
    share = last.spillover.modes["interaction"].sum() / last.spillover.modes["T3"].sum()
    assert seen(f"{100 * share:.1f}% of T3 is interaction") in said(folder / "modes.svg")
    own = last.innovation.own.dropna()
    W = said(folder / "W.svg")
    assert seen(f"median {100 * own.median():.1f}%, above one half in {(own > 0.5).sum()}") in W
    inside = np.median(last.production.S.values.diagonal())
    assert seen(f"median {100 * inside:.1f}%") in said(folder / "S.svg")
    U = np.linalg.inv(np.eye(12) - last.production.S.to_frame())
    kept = 1 - U.sum() / last.spillover.benefit.sum()
    assert seen(f"Of all sectors' benefit: {100 * kept:.1f}%") in said(folder / "loss-benefit.svg")
    for name in ("benefit", "contribution-unit"):
        assert seen(drawn.intervals.sentence) in said(folder / f"{name}.svg")
    assert "Whiskers" not in said(folder / "contribution-gross-output.svg")


def test_synthetic_is_written_across_every_plate(drawn, folder, tmp_path):
    for path in folder.glob("*.svg"):
        assert "SYNTHETIC DATA" in words(path.read_text(encoding="utf-8"))
    real = drawn.replace(synthetic=False, years=drawn.years[-1:])
    for path in write_plates(real.page, tmp_path, ("svg",)):
        assert "synthetic" not in said(path).lower()


def test_bars_of_benefit_are_its_four_parts(small):
    last, bars = small.last, small.declared["benefit"]
    key = (str(last.year),)
    (found,) = map(lengths, bars_of(bars_plate(bars, small.setting, key), bars.series[key]))
    order = last.spillover.benefit.sort_values(ascending=False, kind="stable").index
    for name, colour in zip(EXACT, colours(EXACT), strict=True):
        assert np.allclose(found[colour], last.spillover.modes[name][order], **CLOSE)
    assert np.allclose(np.sum(list(found.values()), axis=0), last.spillover.benefit[order], **CLOSE)


def test_the_axis_says_how_long_bars_are(small):
    bars, key = small.declared["benefit"], (str(small.last.year),)
    ends = axis_ends(bars.series[key].span)
    (ticks,) = groups(bars_plate(bars, small.setting, key), "role-axis-label")[:1]
    assert len(ticks) > 2
    for tick in ticks:
        place = float(tick.get("transform", "").partition("(")[2].partition(",")[0])
        share = (float(tick.text or "") - ends["bottom"]) / (ends["top"] - ends["bottom"])
        assert place == pytest.approx(share * WIDTH, abs=1)


def test_captions_are_those_of_the_page(drawn, folder):
    figures = drawn.drawn
    plates = {name: name for name in ("benefit", "modes", "own", "S", "W", "psi")}
    plates |= {f"{name}-unit": name for name in ("contribution", "loss")}
    plates |= {"years-benefit": "years", "years-psi": "psi"}
    for plate, name in plates.items():
        assert seen(figures[name].caption) in said(folder / f"{plate}.svg"), plate


def test_bars_of_a_capability_are_plates_too(drawn, tmp_path):
    codes = list(drawn.last.spillover.benefit.index)
    home, abroad = (pd.Series(np.arange(12.0) + k, codes) for k in (1, 2))
    interval = pd.DataFrame({"low": home, "high": home + 2 * abroad})
    series = {
        ("2017",): Stack([home, home]),
        ("2020",): Stack([home, abroad], interval=interval),
    }
    bars = Bars("trade", "Trade", "How it is read.", "% of all", {"": ("home", "abroad")}, series)
    more = [Section("trade", "Trade", (bars,))]
    written = write_plates(drawn.replace(more=more).page, tmp_path, ("svg",))
    (path,) = (path for path in written if path.stem == "trade")
    text = said(path)
    assert path.name == "trade.svg"
    for part in ("Trade, 2020", "How it is read. Whiskers are", "% of all", "home", "abroad"):
        assert seen(part) in text
    plate = bars_plate(bars, drawn.setting, ("2020",))
    (found,) = map(lengths, bars_of(plate, series["2020",]))
    assert np.allclose(list(found.values()), [home[::-1], abroad[::-1]], **CLOSE)
    whiskers = groups(plate, r"mark-rule role-mark concat_0_layer_\d_marks")
    assert [len(each) for each in whiskers] == [12, 12]  # light below dark


def test_parts_below_zero_hide_no_other_and_a_span_of_years_is_a_plate(drawn, tmp_path):
    codes = list(drawn.last.spillover.benefit.index)
    own = pd.Series(np.where(np.arange(len(codes)) % 2, -1.0, 2.0), codes)
    other, more = own * 0 + 5.0, own * 0 + 3.0
    spans = ("mean 2017\u20132020", "2020", "2017")
    series = {(span,): Stack([own, other, more]) for span in spans}
    parts = {"": ("own", "production", "innovation")}
    bars = Bars("growth", "Growth", "", "% a year", parts, series)
    assert bars.periods == list(spans)
    whole = drawn.replace(more=[Section("g", "G", (bars,))])
    (path,) = (
        path for path in write_plates(whole.page, tmp_path, ("svg",)) if "growth" in path.stem
    )
    assert seen("Growth, mean 2017\u20132020") in said(path)
    (found,) = bars_of(bars_plate(bars, drawn.setting, (spans[0],)), series[spans[0],])
    assert len(found) == 3
    for boxes in zip(*found.values(), strict=True):
        ends = sorted(sorted(box) for box in boxes)
        assert all(one[1] <= two[0] + 1e-4 for one, two in pairwise(ends))


def test_bars_of_modes_add_up_to_100_exact_beside_printed(small):
    last = small.last
    keys = [(split, str(last.year)) for split in ("exact", "as printed")]
    bars = small.declared["modes"]
    plate = bars_plate(bars, small.setting, *keys)
    panels = bars_of(plate, *(bars.series[key] for key in keys))
    whole = spillover_of(last).sort_values(ascending=False, kind="stable")
    order = whole.index
    texts = groups(plate, r"mark-text role-mark concat_\d_layer_1_marks")
    for found, names, numbers in zip(map(lengths, panels), (CHANNELS, PRINTED), texts, strict=True):
        assert np.allclose(np.sum(list(found.values()), axis=0), 100, **CLOSE)
        for name, colour in zip(names, colours(names), strict=True):
            share = 100 * last.spillover.modes[name][order] / whole
            assert np.allclose(found[colour], share, rtol=1e-4, atol=1e-3)
        assert np.allclose([float(each.text) for each in numbers], whole, rtol=5e-3)


def test_bars_of_loss_are_sorted(small):
    last, bars = small.last, small.declared["loss"]
    key = ("contribution (columns): final demand", str(last.year))
    (found,) = map(lengths, bars_of(bars_plate(bars, small.setting, key), bars.series[key]))
    lost = loss_percent(last.spillover)["final demand"].sort_values(ascending=False)
    assert np.allclose(*found.values(), lost, **CLOSE)


def test_maps_hold_the_matrix_with_receivers_as_rows(small):
    last = small.last
    matrices = last.matrices() | {"psi": without_identity(last.parts.psi)}
    for name, given in ((name, matrices[name]) for name in ("S", "W", "psi")):
        heat = small.declared[name]
        plate = map_plate(heat, small.setting, (str(last.year),))
        (drawn,) = cells_of(plate)
        times = len(drawn) // 37
        assert drawn.shape == (37 * times, 37 * times)
        steps = steps_of(given.values.toarray(), scale_of(heat)[1])
        assert np.array_equal(drawn, steps.repeat(times, axis=0).repeat(times, axis=1))
        titles = ["".join(each.itertext()) for each in groups(plate, "role-axis-title")]
        assert "source" in titles[0]
        assert "receiver" in titles[1]
        columns, rows = groups(plate, "role-axis-label")[:2]
        assert [each.text for each in columns] == list(given.columns)
        first = ["".join(each.itertext()).split()[0] for each in rows]
        assert first == list(given.rows)


@pytest.mark.parametrize("kind", ["linear", "sqrt", "log"])
def test_cells_have_the_colours_of_the_page(kind):
    values = [0.01, 0.02, 0.1, 0.3, 0.99, 1.0]
    scale = {"type": kind, "domain": [0.01 if kind == "log" else 0, 1]}
    spec = {
        "data": {"values": [{"v": value} for value in values]},
        "mark": "rect",
        "encoding": {
            "x": {"field": "v", "type": "ordinal"},
            "color": {
                "field": "v",
                "type": "quantitative",
                "scale": {"scheme": "magma", "reverse": True} | scale,
            },
        },
    }
    wanted = re.findall(r'fill="rgb\((\d+), (\d+), (\d+)\)"', vl_convert.vegalite_to_svg(spec))
    raw = base64.b64decode(picture(np.array([values]), scale, 6).partition(",")[2])
    (drawn,) = np.asarray(Image.open(io.BytesIO(raw)).convert("RGB")).astype(int)
    assert np.abs(drawn - np.array(wanted, dtype=int)).max() <= 6  # half a step


def test_a_map_has_the_colours_of_the_page_in_every_year_and_choice(small):
    codes = ["01", "02"]
    found = {
        (choice, year): Cells(LabelledMatrix.build("X", [[0, top], [0.25, 0]], codes, unit="US$"))
        for top, (choice, year) in enumerate(product(("goods", "ideas"), ("2012", "2020")), start=1)
    }
    heat = HeatMap("x", "X", "A cell.", ("buyer", "seller"), found, "Of what", over_years=True)
    figure = draw_map(heat, small.setting)
    assert [control.selected for control in figure.controls] == ["goods", "2020"]
    assert set(figure.payload["blocks"]) == {"|".join(key) for key in found}
    scale = figure.payload["wide"]["encoding"]["color"]["scale"]
    drawn = dict(plates(small.replace(more=[Section("x", "X", (heat,))]).page))
    names = {"x-goods", "x-ideas", "years-x-goods", "years-x-ideas"}
    assert names <= set(drawn)
    assert scale["domain"] == [0, 4]
    for name in names:
        for cells in cells_of(drawn[name]):
            (top,) = set(np.unique(cells)) - {0, steps_of(np.array([0.25]), scale)[0]}
            assert top in steps_of(np.arange(1.0, 5.0), scale)
    last = cells_of(drawn["x-ideas"])[0]
    assert last.max() == STEPS


def test_letters_that_no_font_has_are_told_once_and_in_words(drawn, tmp_path):
    content = drawn.replace(names=drawn.names | {"01": CUNEIFORM}, years=[drawn.last])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_plates(content.page, tmp_path, ("svg", "pdf"))
    assert CUNEIFORM in said(tmp_path / "benefit.svg")
    (sentence,) = fonts_wanted(content.names.values(), ("svg", "pdf"))
    for part in (" ".join(CUNEIFORM[:5]), "and 2 more letters", "Noto Sans CJK SC"):
        assert part in sentence
    assert fonts_wanted(content.names.values(), ("svg",)) == []
    assert fonts_wanted(drawn.names.values(), ("pdf",)) == []


def test_names_are_neither_formulas_nor_markup(drawn, tmp_path):
    names = drawn.names | {
        "01": "cost in $ or $x_1$",
        "02": "</text><script>alert(1)</script> & <b>",
    }
    content = drawn.replace(names=names, years=drawn.years[-1:])
    for path in write_plates(content.page, tmp_path, ("svg",)):
        raw = path.read_text(encoding="utf-8")
        assert "<script" not in raw
        if path.stem == "benefit":
            assert seen("01 cost in $ or $x_1$") in said(path)
            assert seen(names["02"]) in said(path)


def test_names_with_unseen_signs_or_like_ids_are_drawn_as_they_are(tmp_path):
    """A converter that meets some control characters ends the whole process."""
    labels = {"01": "Ste\x07el", "02": "Videoclip7 maker", "03": "gradient_9\ufffe"}
    values = pd.Series([3.0, 2.0, 1.0], list(labels))
    bars = Bars("b", "B", "", "%", {"": ["x"]}, {("2020",): Stack([values])})
    page = Page("T", "", "", (Section("s", "S", (bars,)),), Setting(labels))
    write_plates(page, tmp_path, ["svg", "pdf", "png"])
    assert {"Ste el", "Videoclip7 maker", "gradient_9"} <= set(
        words((tmp_path / "b.svg").read_text())
    )
    assert fonts_wanted(page.setting.labels.values(), ["pdf"]) == []


def test_cells_below_zero_are_told_for_they_are_white():
    shares = LabelledMatrix.build("S", [[0.5, -0.25], [0, 0.1]], ["a", "b"])
    note = reading_of(HeatMap("S", "S", "", ("user", "supplier"), {("2020",): Cells(shares)}))
    assert "White cells are zero or below zero (1 of them, the smallest -0.25)" in note


def test_weights_that_would_share_a_file_get_one_each(drawn, tmp_path):
    year = drawn.last
    values = year.spillover.contribution["unit"]
    odd = {"a b": values, "a-b": values, "../../x": values, "…": values}
    content = drawn.replace(years=[weighted(year, odd)])
    found = [path.name for path in write_plates(content.page, tmp_path / "in", ("svg",))]
    assert found[1:5] == [f"contribution-{end}.svg" for end in ("a-b", "a-b-2", "x", "other")]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_format_that_is_unknown_is_named(small, tmp_path):
    with pytest.raises(InputError, match="'gif' is not a format; use svg, pdf, png"):
        write_plates(small.page, tmp_path / "no", ("svg", "gif"))
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    ("empty", "expected"),
    [
        ({"spillover": None, "parts": None}, ["S", "W", "own"]),
        ({"spillover": None, "parts": None, "innovation": None}, ["S"]),
    ],
)
def test_plates_are_of_what_is_there(small, empty, expected):
    year = dataclasses.replace(small.last, **empty)
    assert [name for name, _ in plates(small.replace(years=[year]).page)] == expected


def test_sectors_without_numbers_are_no_error():
    K = LabelledMatrix.build("citations", np.zeros((2, 2)), ["a", "b"])
    years = [year_networks(year, K, {}, None) for year in (2018, 2019, 2020)]
    assert [name for name, _ in plates(Report(years=years).page)] == ["W"]


def large(n: int, years: range) -> Report:
    """Sectors of many countries, the same in every year."""
    codes = [f"R{k:04d}" for k in range(n)]
    one = year_of(codes, 2009, 0.3)
    return Report(years=[dataclasses.replace(one, year=year) for year in years], hubs=False)


def test_1435_sectors_fit_into_small_files(tmp_path):
    content = large(1435, range(2009, 2012))
    paths = write_plates(content.page, tmp_path, ("svg",))
    assert len(paths) == len(NAMES)
    assert max(path.stat().st_size for path in paths) < 3_000_000
    for name in ("S", "W", "psi"):
        text = said(tmp_path / f"{name}.svg")
        assert "R0000" not in text  # no labels of 1,435 rows
        assert seen("1,435 sectors: a point shows the largest of 3 × 3 cells") in text
    text = said(tmp_path / "benefit.svg")
    assert seen("The 60 largest of 1,435 sectors.") in text
    assert content.last.spillover.benefit.idxmax() in text
    assert content.last.spillover.benefit.idxmin() not in text
