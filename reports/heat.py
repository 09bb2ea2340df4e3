"""Heat maps of S, W and ψ − I: drawn by the page's script, or a picture where N is large."""

from __future__ import annotations

import base64
import io
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text

from ..core.matrix import LabelledMatrix
from .charts import Spec, heat_map
from .content import ReportContent, YearResult
from .figures import Figure, left_out, rounded, sector_labels, year_control
from .results import off_identity

__all__ = [
    "BANDS",
    "KINDS",
    "MOST_INTERACTIVE",
    "Kind",
    "colour_scale",
    "heat_figures",
    "packed",
    "pooled",
]

#: Sectors up to which a heat map is drawn by the script; above, it is a picture.
MOST_INTERACTIVE = 120
#: Letters of a name beside a heat map; the reader finds the whole name by pointing at a cell.
MOST_LETTERS = 84
#: Characters of heat-map data that the page takes; older years beyond it are left out.
HEAT_BUDGET = 2_200_000
#: Steps of colour of a picture, as the bands of a contour map; they keep it small, too.
BANDS = 16
#: Points along the longer side of a picture.
MOST_PIXELS = 700


@dataclass(frozen=True, slots=True)
class Kind:
    """How one of the matrices is called and read: its field, title, axes (rows first), caption."""

    name: str
    title: str
    axes: tuple[str, str]
    caption: str


#: The matrices that are drawn, in their order.
KINDS = (
    Kind(
        "S",
        "Production network S",
        ("receiver: using sector (row)", "source: supplying sector (column)"),
        "Input of the source per unit of gross output of the receiver; own inputs on the diagonal.",
    ),
    Kind(
        "W",
        "Innovation network W",
        ("receiver: citing sector (row)", "source: cited sector (column)"),
        "Share of the receiver's citations that go to the source; own citations are taken out "
        "after division, so the diagonal is empty and a row adds to one minus the own share.",
    ),
    Kind(
        "psi",
        "Spillovers ψ − I",
        ("receiver: affected sector (row)", "source: origin of the change (column)"),
        "% of output that the receiver gains when technology rises by 1% in the source, through "
        "all chains of citations and then of inputs. The identity is taken off, so that the "
        "sector's own 1% does not outshine the spillovers.",
    ),
)


def heat_figures(content: ReportContent) -> list[Figure]:
    """Return a heat map for each matrix that the study has.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    list of Figure
        In the order S, W, ψ − I. Up to 120 sectors the figure is interactive, with as many
        years, counted from the last, as fit; above, it is a picture of the last year.
    """
    found = {kind.name: _by_year(content, kind.name) for kind in KINDS}
    years = _years_that_fit(found)
    figures = []
    for kind in KINDS:
        all_years = found[kind.name]
        if not all_years:
            continue
        last = max(all_years)
        if max(all_years[last].shape) > MOST_INTERACTIVE:
            figures.append(_picture(content, kind, all_years[last], last))
            continue
        shown = {year: m for year, m in all_years.items() if year in years or year == last}
        gone = sorted(set(all_years) - set(shown))
        figures.append(_interactive(content, kind, shown, gone))
    return figures


def _by_year(content: ReportContent, name: str) -> dict[int, LabelledMatrix]:
    """Return a matrix in every year that has it; ψ without its identity."""
    found = {}
    for result in content.ordered:
        matrix = _matrix(result, name)
        if matrix is not None:
            found[result.year] = off_identity(matrix) if name == "psi" else matrix
    return found


def _matrix(result: YearResult, name: str) -> LabelledMatrix | None:
    return {"S": result.S, "W": result.W, "psi": result.psi}[name]


def _years_that_fit(found: dict[str, dict[int, LabelledMatrix]]) -> set[int]:
    """Return the years, counted from the last, whose heat maps fit the page together."""
    fit: set[int] = set()
    spent = 0
    for year in sorted({year for years in found.values() for year in years}, reverse=True):
        for years in found.values():
            if year in years and max(years[year].shape) <= MOST_INTERACTIVE:
                spent += len(json.dumps(packed(years[year], {}), separators=(",", ":")))
        if spent > HEAT_BUDGET:
            break
        fit.add(year)
    return fit


def packed(matrix: LabelledMatrix, place: dict[str, int]) -> Spec:
    """Return the nonzero cells, row by row, in few characters.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (R, C)
        Any unit.
    place : dict of str to int
        Number of each code; a code that is missing gets its own position.

    Returns
    -------
    dict
        ``r`` and ``c``: numbers of the rows and columns; ``cells``: for every row a pair of
        positions in ``c`` (``None`` for all of them) and values, to four significant digits.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> packed(W, {"steel": 0, "cars": 1})["cells"]
    [[[1], [0.4]], [[0], [0.25]]]
    """
    csr = matrix.values
    cells: list[list[object]] = []
    for i in range(len(matrix.rows)):
        start, end = int(csr.indptr[i]), int(csr.indptr[i + 1])
        order = np.argsort(csr.indices[start:end], kind="stable")
        values = rounded(csr.data[start:end][order])
        full = end - start == len(matrix.columns)
        cells.append([None if full else csr.indices[start:end][order].tolist(), values])
    return {
        "r": [place.get(code, i) for i, code in enumerate(matrix.rows)],
        "c": [place.get(code, i) for i, code in enumerate(matrix.columns)],
        "cells": cells,
    }


def colour_scale(values: np.ndarray) -> tuple[str, Spec]:
    """Choose a scale on which the small cells are seen beside the large ones.

    Parameters
    ----------
    values : numpy.ndarray, shape (K,)
        The nonzero cells, not negative.

    Returns
    -------
    str, dict
        Name of the scale, and its ``type`` and ``domain``: linear where the largest cell is
        below 8 times the median, logarithmic above 2,500 times, else by square roots.

    Examples
    --------
    >>> colour_scale(np.array([0.1, 0.2, 0.4]))
    ('linear scale', {'type': 'linear', 'domain': [0, 0.4]})
    >>> colour_scale(np.array([0.01, 0.01, 0.4]))[0]
    'square-root scale'
    """
    positive = values[values > 0]
    if not positive.size:
        return "linear scale", {"type": "linear", "domain": [0, 1]}
    top = float(f"{positive.max():.4g}")
    ratio = top / float(np.median(positive))
    if ratio < 8:
        return "linear scale", {"type": "linear", "domain": [0, top]}
    if ratio < 2500:
        return "square-root scale", {"type": "sqrt", "domain": [0, top]}
    low = float(f"{top / 1e4:.4g}")
    return f"logarithmic scale, below {low:g} as {low:g}", {"type": "log", "domain": [low, top]}


def _heading(content: ReportContent, kind: Kind, matrix: LabelledMatrix) -> tuple[str, str]:
    unit = f" Unit: {matrix.unit}." if matrix.unit else ""
    caption = (
        f"Rows receive, columns are the source. {kind.caption}{unit} "
        "White cells are zero; darker is larger."
    )
    return kind.title, caption


def _union(sides: Sequence[tuple[str, ...]]) -> list[str]:
    """Return all labels, those of the last year first."""
    return list(dict.fromkeys(label for side in reversed(sides) for label in side))


def _interactive(
    content: ReportContent,
    kind: Kind,
    years: dict[int, LabelledMatrix],
    gone: Sequence[int],
) -> Figure:
    """Return the heat map that the page's script draws."""
    last = years[max(years)]
    title, caption = _heading(content, kind, last)
    if gone:
        caption += f" {left_out('maps', gone)}"
    rows = _union([matrix.rows for matrix in years.values()])
    columns = _union([matrix.columns for matrix in years.values()])
    scale, colour = colour_scale(np.concatenate([m.values.data for m in years.values()]))
    labels = {
        code: textwrap.shorten(content.label(code), MOST_LETTERS, placeholder=" …") for code in rows
    }
    legend = f"{last.unit or title}, {scale}"
    wide, narrow = (
        heat_map(
            rows, columns, kind.axes, legend, colour, labels=named, synthetic=content.synthetic
        )
        for named in (labels, None)
    )
    place = {row[0]: i for i, row in enumerate(sector_labels(content))}
    payload: Spec = {
        "kind": "heat",
        "title": title,
        "shape": [len(rows), len(columns)],
        "letters": [max(map(len, texts), default=0) for texts in (labels, labels.values())],
        "wide": wide,
        "narrow": narrow,
        "blocks": {str(year): packed(matrix, place) for year, matrix in years.items()},
    }
    controls = (year_control(list(years)),)
    return Figure(f"figure-{kind.name}", title, caption, controls, payload)


def _picture(content: ReportContent, kind: Kind, matrix: LabelledMatrix, year: int) -> Figure:
    """Return the heat map as a picture, by square roots."""
    title, caption = _heading(content, kind, matrix)
    caption += f" With {max(matrix.shape):,} sectors the map is a picture, of {year} alone."
    dense, block = pooled(matrix.values.toarray())
    if block > 1:
        caption += f" A point shows the largest of {block} × {block} cells."
    canvas = Canvas(figsize=(9, 8.4), dpi=120, layout="constrained", facecolor="white")
    axes = canvas.add_subplot()
    norm = PowerNorm(0.5, vmin=0, vmax=float(dense.max(initial=0)) or 1.0)
    masked = np.ma.masked_less_equal(dense, 0)
    image = axes.imshow(
        masked, cmap=colormaps["magma_r"].resampled(BANDS), norm=norm, interpolation="nearest"
    )
    for axis, text, labels in zip(
        (axes.yaxis, axes.xaxis), kind.axes, (matrix.rows, matrix.columns), strict=True
    ):
        at = range(0, len(labels), max(1, len(labels) // 25))
        axis.set_ticks([i / block for i in at], labels=[labels[i][:14] for i in at])
        axis.set_tick_params(labelsize=7)
        axis.set_label_text(text)
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", rotation=90)
    canvas.colorbar(image, ax=axes, shrink=0.7).set_label(
        f"{matrix.unit or title}, square-root scale"
    )
    warning = "  –  SYNTHETIC DATA" if content.synthetic else ""
    axes.set_title(f"{title}, {year}{warning}", loc="left", fontsize=11)
    return Figure(f"figure-{kind.name}", f"{title}, {year}", caption, image=_address(canvas))


def pooled(dense: np.ndarray, most: int = MOST_PIXELS) -> tuple[np.ndarray, int]:
    """Return the largest cell of every square block, so that none is lost between pixels.

    Parameters
    ----------
    dense : numpy.ndarray, shape (R, C)
        Any unit, not negative.
    most : int
        Points along the longer side, at most.

    Returns
    -------
    numpy.ndarray, int
        The points, and the cells along a side of a block.

    Examples
    --------
    >>> pooled(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), 2)
    (array([[5, 6],
           [8, 9]]), 2)
    """
    block = -(-max(dense.shape) // most)
    if block == 1:
        return dense, 1
    padded = np.pad(dense, [(0, -size % block) for size in dense.shape])
    rows, columns = (size // block for size in padded.shape)
    return padded.reshape(rows, block, columns, block).max(axis=(1, 3)), block


def _address(canvas: Canvas) -> str:
    """Return a picture as a data address, the same bytes every time."""
    for text in canvas.findobj(Text):
        text.set_parse_math(False)  # a dollar in a unit or a code is no formula
    store = io.BytesIO()
    FigureCanvasAgg(canvas)
    canvas.savefig(store, format="png", metadata={"Software": None})
    return "data:image/png;base64," + base64.b64encode(store.getvalue()).decode("ascii")
