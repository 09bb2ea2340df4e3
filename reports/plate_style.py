"""What all plates share: the page's specification made still, title and note, fonts, formats.

Vega draws the figure as on the page, in the page's sizes; title and note are written around it, and
the whole is scaled to the sizes of print. PDF and PNG are made of the SVG.
"""

from __future__ import annotations

import base64
import functools
import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import vl_convert

from .charts import INK, Spec

__all__ = [
    "CHINESE",
    "convert_plate",
    "draw_plate",
    "heading",
    "largest_alone",
    "mark_synthetic",
    "missing_letters",
    "picture_of",
    "title_of",
    "wrap_text",
]

#: The converter brings this font with it, so that a plate needs none of the machine.
FONT = "Liberation Sans"
#: Fonts with Chinese letters, for plates that need them; the first that the machine has is used.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
)
#: From the ideographs on, kana, hangul and full-width letters among them.
WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\uffef\U00020000-\U0003ffff]")
#: Points of print for a pixel of the page, and pixels around a plate.
SCALE, EDGE = 0.6, 8
#: Points an inch of PNG, if nothing else is asked for.
DPI = 300
#: Sizes of letters in pixels of the page, and their mean width in units of that.
TITLE, NOTE, LETTER = 15, 11, 0.52
#: Of the watermark: seen on warm maps, on bars and on white.
WARNING = "#00796b"
#: Attempts at a PDF: of several fonts the converter writes a random one first.
MOST_TRIES = 200


def wrap_text(text: str, letters: int) -> str:
    """Break a text into lines of so many letters; nothing is cut.

    Examples
    --------
    >>> wrap_text("Electrical Machinery and Apparatus", 20).split(chr(10))
    ['Electrical Machinery', 'and Apparatus']
    """
    return "\n".join(textwrap.wrap(text, letters)) or text


def title_of(title: str, choice: str, key: Sequence[str]) -> str:
    """Return a title with what is chosen and the year.

    Examples
    --------
    >>> title_of("Contribution", "Weights", ("unit", "2020")), title_of("Benefit", "", ("2020",))
    ('Contribution, weights unit, 2020', 'Benefit, 2020')
    """
    return ", ".join([title, *(f"{choice.lower()} {one}" for one in key[:-1]), key[-1]])


def largest_alone(shown: int, of: int) -> str:
    """Say how many sectors are left out, if any, behind another sentence.

    Examples
    --------
    >>> largest_alone(60, 1435), largest_alone(37, 37)
    (' The 60 largest of 1,435 sectors.', '')
    """
    return f" The {shown} largest of {of:,} sectors." if of > shown else ""


def heading(text: str) -> Spec:
    """Return the heading of one of several views.

    Examples
    --------
    >>> heading("2020")["title"]["text"]
    '2020'
    """
    place: Spec = {"anchor": "start", "frame": "group", "offset": 6}
    return {"title": place | {"text": text, "fontSize": 12, "fontWeight": "normal", "color": INK}}


def mark_synthetic(view: Spec, *, synthetic: bool) -> Spec:
    """Return a view of layers with the watermark above them, if the data are invented.

    Examples
    --------
    >>> view = {"width": 300, "height": 200, "layer": [{"mark": "bar"}]}
    >>> [len(mark_synthetic(view, synthetic=each)["layer"]) for each in (True, False)]
    [2, 1]
    """
    if not synthetic:
        return view
    wide, high = view["width"], view["height"]
    mark: Spec = {"type": "text", "text": "SYNTHETIC DATA", "color": WARNING, "opacity": 0.5}
    mark |= {"x": wide / 2, "y": high / 2, "align": "center", "baseline": "middle"}
    mark |= {"angle": -min(30.0, math.degrees(math.atan2(high, wide)))}
    mark |= {"fontSize": min(wide, 2 * high) / 11}
    return view | {"layer": [*view["layer"], {"data": {"values": [{}]}, "mark": mark}]}


def draw_plate(spec: Spec, title: str, note: str, *, synthetic: bool, scale: float = SCALE) -> str:
    """Draw a specification, with title and note around it.

    Parameters
    ----------
    spec : dict
        A Vega-Lite specification with its data; its tooltips are left out.
    title, note : str
        Above and below, wrapped to the width of the plate.
    synthetic : bool
        Whether any input is invented; the title then says so.
    scale : float
        Points for a pixel of the specification; those of print, if nothing else is asked for.

    Returns
    -------
    str
        The plate as SVG; text is text.

    Examples
    --------
    >>> bar = {"data": {"values": [{"x": 1}]}, "mark": "bar", "encoding": {"x": {"field": "x"}}}
    >>> plate = draw_plate(bar, "Cost < $1", "How it is read.", synthetic=False)
    >>> plate[:4], "Cost &lt; $1" in plate
    ('<svg', True)
    """
    still = _without_tooltips(spec)
    config = {"font": _family(repr(spec)), "aria": False, "padding": 0}
    still["config"] = still.get("config", {}) | config
    inner = vl_convert.vegalite_to_svg(still)
    inner = re.sub(r'((?:\bid="|url\(#|href="#)(?:clip|gradient_))(\d+)', _renumber(), inner)
    found = re.match(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"', inner)
    assert found is not None
    width, height = (float(side) for side in found.groups())
    title += "  –  SYNTHETIC DATA: an invented economy" if synthetic else ""
    head = _lines(title, TITLE, width)
    foot = _lines(note, NOTE, width)
    top = EDGE + 1.3 * TITLE * len(head) + 8
    end = top + height + 14
    whole, high = width + 2 * EDGE, end + 1.35 * NOTE * len(foot) + EDGE
    family = _family(repr(spec) + title + note)
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{scale * whole:.2f}pt" '
        f'height="{scale * high:.2f}pt" viewBox="0 0 {whole:.2f} {high:.2f}">',
        '<rect width="100%" height="100%" fill="white"/>',
        *_write_lines(head, EDGE + TITLE, 1.3 * TITLE, TITLE, family),
        inner.replace("<svg ", f'<svg x="{EDGE}" y="{top:.2f}" ', 1),
        *_write_lines(foot, end + NOTE, 1.35 * NOTE, NOTE, family),
        "</svg>\n",
    ]
    return "\n".join(pieces)


def picture_of(spec: Spec, title: str, *, synthetic: bool) -> str:
    """Draw a specification as a picture of the page, which writes title and caption itself.

    Parameters
    ----------
    spec, title, synthetic
        As in :func:`draw_plate`.

    Returns
    -------
    str
        SVG as a data address.
    """
    # Three quarters of a point are a pixel of the page.
    plate = draw_plate(spec, title, "", synthetic=synthetic, scale=0.75)
    return "data:image/svg+xml;base64," + base64.b64encode(plate.encode()).decode("ascii")


def _without_tooltips(spec: Any) -> Any:
    """Leave out what only a reader with a mouse sees."""
    if isinstance(spec, dict):
        return {key: _without_tooltips(part) for key, part in spec.items() if key != "tooltip"}
    return [_without_tooltips(part) for part in spec] if isinstance(spec, list) else spec


def _renumber() -> Any:
    """Return a replacement that numbers ids from 0, which Vega counts through a whole process."""
    numbers: dict[str, int] = {}
    return lambda place: f"{place[1]}{numbers.setdefault(place[2], len(numbers))}"


def _family(text: str) -> str:
    """Return the fonts of a plate, those with Chinese letters first where it has any."""
    fonts = [FONT, "Arial", "Helvetica", "sans-serif"]
    return ", ".join([*CHINESE, *fonts] if WIDE.search(text) else fonts)


def _lines(text: str, size: float, width: float) -> list[str]:
    return textwrap.wrap(text, max(24, int(width / (LETTER * size))))


def _write_lines(
    lines: Sequence[str], start: float, step: float, size: float, family: str
) -> Iterable[str]:
    """Write lines of text, the first on a baseline."""
    for k, line in enumerate(lines):
        yield (
            f'<text x="{EDGE}" y="{start + k * step:.2f}" font-family="{family}" '
            f'font-size="{size}" fill="{INK}">{_raise_signs(escape(line), size)}</text>'
        )


def _raise_signs(line: str, size: float) -> str:
    """Write ⁻¹ and ᵢ, which the font does not have, with its small letters."""
    made, at = "", 0.0
    for piece in re.split("(⁻¹|⁻|ᵢ)", line):
        want = {"⁻": -0.35, "ᵢ": 0.2}.get(piece[:1], 0.0) * size
        small = f' font-size="{0.7 * size:.2f}"' if want else ""
        text = piece.translate({0x207B: "−", 0xB9: "1", 0x1D62: "i"}) if want else piece
        if piece:
            made += f'<tspan dy="{want - at:.2f}"{small}>{text}</tspan>' if want or at else piece
            at = want
    return made


def convert_plate(plate: str, form: str, dpi: int = DPI) -> bytes:
    """Return a plate in a format, the same bytes every time.

    Parameters
    ----------
    plate : str
        As :func:`draw_plate` gives it.
    form : str
        ``svg``, ``pdf`` or ``png``.
    dpi : int
        Points an inch of PNG.

    Returns
    -------
    bytes
        What is to be in the file.
    """
    if form == "svg":
        return plate.encode()
    # The converter takes the points of SVG for 4/3 of a pixel, and a pixel for a point.
    plain = re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2"', plate, count=2)
    if form == "png":
        return vl_convert.svg_to_png(plain, ppi=dpi)
    # It also lists fonts and pictures in random order, and writes several fonts in one.
    raw = b""
    for _ in range(MOST_TRIES):
        raw = vl_convert.svg_to_pdf(plain)
        fonts = re.findall(rb"/BaseFont /([A-Z]{6}\+)", raw)
        if fonts == sorted(fonts):
            break
    named = rb"(?: +/[a-z]+\d+ \d+ 0 R\n)+"
    return re.sub(named, lambda each: b"".join(sorted(each[0].splitlines(keepends=True))), raw)


def missing_letters(texts: Iterable[str]) -> str:
    """Return the letters that no font of this machine has, each once.

    Examples
    --------
    >>> missing_letters(["01 Agriculture", "ψ, Σ and €", chr(0x10FFFF)]) == chr(0x10FFFF)
    True
    """
    letters = dict.fromkeys(letter for text in texts for letter in text if ord(letter) > 0xFF)
    return "".join(each for each in letters if _picture_of(each) == _picture_of(chr(0x10FFFF)))


@functools.cache
def _picture_of(letter: str) -> bytes:
    """Return the picture of a letter; those that no font has are all the same box."""
    text = f'<text y="12" font-family="{FONT}" font-size="12">{letter}</text>'
    return vl_convert.svg_to_png(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">{text}</svg>'
    )
