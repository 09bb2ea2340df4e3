"""What all plates share: fonts, sizes in inches, wrapped labels, title, note and watermark.

Axes stand at fixed places; title and note go where the labels leave off, and a plate is saved with
whatever it holds (``bbox_inches="tight"``), so that no label is ever cut.
"""

from __future__ import annotations

import functools
import logging
import math
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

__all__ = [
    "INK",
    "axes_at",
    "canvas",
    "chosen",
    "closed",
    "largest_alone",
    "missing_letters",
    "quiet_fonts",
    "saved",
    "style",
    "styled",
    "wrapped",
]

INK = "#22272e"
#: Of the watermark: seen on warm maps, on bars and on white.
WARNING = "#00796b"
#: Fonts with Chinese letters, for names that need them; those that the machine has are used.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "Noto Sans CJK JP",  # all that older versions of matplotlib see of Debian's fonts-noto-cjk
)
#: White around a plate, in inches, and points an inch of the pictures inside.
EDGE, DPI = 0.08, 300

P = ParamSpec("P")


@functools.cache
def style() -> tuple[str, dict[str, Any]]:
    """Return the settings of matplotlib for plates, whatever the user's are.

    Text stays text in SVG and fonts go into PDF; the salt makes ids, and so bytes, the same; a
    dollar in a name is no formula.

    Returns
    -------
    tuple
        As ``matplotlib.style.context`` takes it, as a list.

    Examples
    --------
    >>> style()[0], style()[1]["pdf.fonttype"]
    ('default', 42)
    """
    known = set(fontManager.get_font_names())
    families = ["DejaVu Sans", *(name for name in CHINESE if name in known), "sans-serif"]
    settings: dict[str, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "spillgraph",
        "pdf.fonttype": 42,
        "font.family": families,
        "font.size": 7,
        "text.parse_math": False,
        "text.hinting": "none",
        "axes.linewidth": 0.5,
        "xtick.major.width": 0.5,
        "ytick.major.width": 0.5,
        "legend.frameon": False,
    }
    inked = ("axes.edgecolor", "axes.labelcolor", "text.color", "xtick.color", "ytick.color")
    return "default", settings | dict.fromkeys(inked, INK)


def styled(draw: Callable[P, Canvas]) -> Callable[P, Canvas]:
    """Let a function draw in the style of the plates, whatever the user's settings are.

    Parameters
    ----------
    draw : callable
        Returns a plate.

    Returns
    -------
    callable
        The same function; settings of matplotlib are as before when it returns.
    """

    @functools.wraps(draw)
    def within(*args: P.args, **options: P.kwargs) -> Canvas:
        with matplotlib.style.context([*style()]), quiet_fonts():
            return draw(*args, **options)

    return within


@contextmanager
def quiet_fonts() -> Iterator[None]:
    """Keep matplotlib from telling of each letter, in each plate, that no font has.

    It is said once, by :func:`missing_letters`.
    """
    log = logging.getLogger("matplotlib.font_manager")
    before = log.level
    log.setLevel(logging.ERROR)  # of a font in another weight than asked for
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from font")
            yield
    finally:
        log.setLevel(before)


def missing_letters(texts: Iterable[str]) -> str:
    """Return the letters that no font of the plates has on this machine, each once.

    Examples
    --------
    >>> missing_letters(["01 Agriculture", "ψ, Σ and €", chr(0x10FFFF)]) == chr(0x10FFFF)
    True
    """
    with quiet_fonts():
        files = {findfont(FontProperties(family=[name])) for name in style()[1]["font.family"]}
    known = {code for file in files for code in get_font(file).get_charmap()}
    letters = dict.fromkeys(letter for text in texts for letter in text if not letter.isspace())
    return "".join(letter for letter in letters if ord(letter) not in known)


def canvas(width: float, height: float) -> Canvas:
    """Return an empty white plate of a size in inches.

    Examples
    --------
    >>> canvas(4, 3).get_size_inches().tolist()
    [4.0, 3.0]
    """
    plate = Canvas(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(plate)
    return plate


def axes_at(plate: Canvas, left: float, top: float, width: float, height: float) -> Axes:
    """Return axes at a place in inches from the upper left corner.

    Examples
    --------
    >>> axes_at(canvas(4, 2), 1, 0.5, 2, 1).get_position().extents.tolist()
    [0.25, 0.25, 0.75, 0.75]
    """
    whole, high = plate.get_size_inches()
    box = (left / whole, 1 - (top + height) / high, width / whole, height / high)
    return plate.add_axes(box)


def wrapped(text: str, letters: int) -> str:
    """Break a text into lines of so many letters; nothing is cut.

    Examples
    --------
    >>> wrapped("Electrical Machinery and Apparatus", 20).split(chr(10))
    ['Electrical Machinery', 'and Apparatus']
    """
    return "\n".join(textwrap.wrap(text, letters)) or text


def chosen(title: str, choice: str, key: Sequence[str]) -> str:
    """Return a title with what is chosen and the year.

    Examples
    --------
    >>> chosen("Contribution", "Weights", ("unit", "2020")), chosen("Benefit", "", ("2020",))
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


def closed(
    plate: Canvas, panels: Sequence[Axes], title: str, note: str, *, synthetic: bool
) -> Canvas:
    """Put title, note and warning where the labels leave off.

    Parameters
    ----------
    plate : matplotlib.figure.Figure
        All is drawn but these.
    panels : sequence of Axes
        Where the watermark goes, if the data are invented.
    title, note : str
        Above and below; the note is wrapped to the width of the plate.
    synthetic : bool
        Whether any input is invented.

    Returns
    -------
    matplotlib.figure.Figure
        The same plate.
    """
    if synthetic:
        for axes in panels:
            _watermark(axes)
        title += "  –  SYNTHETIC DATA: an invented economy"
    plate.draw_without_rendering()  # labels of axes find their places
    box = plate.get_tightbbox()
    whole, high = plate.get_size_inches()
    letters = max(30, int(box.width * 72 / (6.5 * 0.58)))
    below: dict[str, Any] = {"va": "top", "fontsize": 6.5, "linespacing": 1.35}
    plate.text(box.x0 / whole, (box.y0 - 0.12) / high, wrapped(note, letters), **below)
    above: dict[str, Any] = {"va": "bottom", "fontsize": 10}
    letters = max(24, int(box.width * 72 / (10 * 0.62)))
    plate.text(box.x0 / whole, (box.y1 + 0.12) / high, wrapped(title, letters), **above)
    return plate


def saved(plate: Canvas, paths: Mapping[str, Path]) -> None:
    """Write a plate with all that it holds, the same bytes every time.

    Parameters
    ----------
    plate : matplotlib.figure.Figure
        A closed plate.
    paths : dict of str to Path
        Format (``svg``, ``pdf`` or ``png``) to file.
    """
    # What would make a file differ from run to run is left out of it.
    dated: dict[str, dict[str, str | None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with matplotlib.style.context([*style()]), quiet_fonts():
        box = plate.get_tightbbox().padded(EDGE)
        for form, path in paths.items():
            metadata = dated.get(form, {"Software": None})
            plate.savefig(path, format=form, dpi=DPI, bbox_inches=box, metadata=metadata)


def _watermark(axes: Axes) -> None:
    """Write across the axes, as large as they allow."""
    box = axes.get_window_extent()
    wide, high = (72 * side / axes.figure.dpi for side in (box.width, box.height))
    angle = min(30.0, math.degrees(math.atan2(high, wide)))
    size = min(wide, 2 * high) / 11
    options: dict[str, Any] = {"ha": "center", "va": "center", "rotation": angle, "fontsize": size}
    options |= {"color": WARNING, "alpha": 0.5, "zorder": 10, "clip_on": True}
    axes.text(0.5, 0.5, "SYNTHETIC DATA", transform=axes.transAxes, **options)
