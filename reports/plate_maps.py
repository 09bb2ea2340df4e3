"""Plates of the matrices: S, W and ψ − I in a year, and ψ − I over the years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure as Canvas
from matplotlib.image import AxesImage

from ..core.matrix import LabelledMatrix
from .content import ReportContent, YearResult
from .heat import BANDS, KINDS, MOST_INTERACTIVE, Kind, pooled
from .plate_style import INK, axes_at, canvas, closed, styled, wrapped
from .results import off_identity
from .tables import show

__all__ = ["map_plate", "map_years_plate"]

#: Sectors up to which rows carry names; up to MOST_INTERACTIVE they carry codes, then nothing.
MOST_NAMES = 60
#: Side of a map, at least and at most, and of a cell, in inches.
SIDE, MOST_SIDE, CELL = 4.2, 10.0, 0.083
#: Points along a side of a map, and of a small one.
MOST_POINTS, MOST_SMALL = 480, 160
#: Small maps side by side, and their side in inches.
ABREAST, SMALL = 4, 1.55


@styled
def map_plate(content: ReportContent, name: str, result: YearResult) -> Canvas:
    """Draw one matrix of a year, with the own shares beside it.

    Parameters
    ----------
    content : ReportContent
        Names, and whether the data are invented.
    name : {"S", "W", "psi"}
        Which matrix; ψ is drawn without its identity.
    result : YearResult
        A year that has it.

    Returns
    -------
    matplotlib.figure.Figure
        Rows are receivers. A colour is a step of the square root. Up to 60 sectors rows carry
        names, up to 120 codes, above no labels.
    """
    kind = next(kind for kind in KINDS if kind.name == name)
    matrix = _matrix(result, name)
    size = max(matrix.shape)
    side = min(max(SIDE, CELL * size), MOST_SIDE)
    plate = canvas(side + 3, side + 1)
    axes = axes_at(plate, 2, 0.5, side, side)
    dense, block = pooled(matrix.values.toarray(), MOST_POINTS)
    top = float(dense.max(initial=0.0))
    image = _image(axes, dense, top)
    _label(axes, content, matrix, kind, side)
    own = _own(result, matrix, name)
    if own is not None:
        _strip(plate, axes, own, dense.shape[0] / matrix.shape[0], side)
    place = axes_at(plate, 2, side + 0.68, side * 0.6, 0.1)
    _legend(plate, place, image, top, f"{matrix.unit or kind.title}, square-root scale")
    note = f"Rows receive, columns are the source. {kind.caption} White cells are zero."
    if block > 1:
        note += f" {size:,} sectors: a point shows the largest of {block} × {block} cells."
    note += _own_note(own, name)
    title = f"{kind.title}, {result.year}"
    return closed(plate, [axes], title, note, synthetic=content.synthetic)


def _matrix(result: YearResult, name: str) -> LabelledMatrix:
    matrix: LabelledMatrix = getattr(result, name)
    return off_identity(matrix) if name == "psi" else matrix


def _image(axes: Axes, dense: np.ndarray, top: float) -> AxesImage:
    """Draw the cells above zero in bands of the square root up to ``top``."""
    return axes.imshow(
        np.ma.masked_less_equal(dense, 0),
        cmap=colormaps["magma_r"].resampled(BANDS),
        norm=PowerNorm(0.5, vmin=0, vmax=top or 1.0),
        interpolation="nearest",
        aspect="auto",
    )


def _label(
    axes: Axes, content: ReportContent, matrix: LabelledMatrix, kind: Kind, side: float
) -> None:
    """Name rows on the left and columns above, as far as there is room."""
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_ylabel(kind.axes[0])
    axes.set_xlabel(kind.axes[1])
    size = max(matrix.shape)
    if size > MOST_INTERACTIVE:
        axes.set_xticks([])
        axes.set_yticks([])
        return
    letter = min(6.0, max(4.0, 72 * side / size - 1))
    rows: Sequence[str] = matrix.rows
    if size <= MOST_NAMES:
        # Two lines of a name have to fit beside a cell.
        letters = 44 if 72 * side / size > 2.2 * letter else 1000
        rows = [wrapped(content.label(code), letters) for code in matrix.rows]
    axes.set_yticks(range(len(rows)), rows, linespacing=0.9)
    axes.set_xticks(range(len(matrix.columns)), matrix.columns, rotation=90)
    axes.tick_params(length=0, labelsize=letter)


def _own(result: YearResult, matrix: LabelledMatrix, name: str) -> np.ndarray | None:
    """Return own shares by row: citations that stay within, inputs from within."""
    if name == "S":
        place = {label: j for j, label in enumerate(matrix.columns)}
        dense = matrix.values.toarray()
        return np.array(
            [dense[i, place[row]] if row in place else 0.0 for i, row in enumerate(matrix.rows)]
        )
    if name == "W" and result.own_share is not None:
        return result.own_share.reindex(list(matrix.rows)).to_numpy(dtype=np.float64)
    return None


def _strip(plate: Canvas, axes: Axes, own: np.ndarray, scale: float, side: float) -> None:
    """Draw own shares beside the rows, on a scale from 0 to 1."""
    strip = axes_at(plate, 2 + side + 0.08, 0.5, 0.45, side)
    edges = np.arange(len(own) + 1) * scale - 0.5
    strip.stairs(np.nan_to_num(own), edges, orientation="horizontal", fill=True, color="#1c5a8a")
    strip.set_ylim(axes.get_ylim())
    strip.set_xlim(0, 1)
    strip.set_yticks([])
    strip.set_xticks([0, 0.5, 1], ["0", ".5", "1"], fontsize=5.5)
    strip.axvline(0.5, color=INK, linewidth=0.4, linestyle=":")
    strip.xaxis.tick_top()
    strip.xaxis.set_label_position("top")
    strip.set_xlabel("own share", fontsize=6)


def _own_note(own: np.ndarray | None, name: str) -> str:
    """Say what the own shares are, and how large."""
    known = own[np.isfinite(own)] if own is not None else np.array([])
    if not known.size:
        return ""
    half, what = int((known > 0.5).sum()), "own inputs per unit of output, the diagonal"
    if name == "W":
        what = "citations that stay within the sector, taken out of W"
    return (
        f" Own share: {what}; median {show(float(np.median(known)), 'percent')}, above one half in "
        f"{half:,} of {known.size:,} sectors{' that cite' if name == 'W' else ''}."
    )


def _legend(plate: Canvas, place: Axes, image: AxesImage, top: float, title: str) -> None:
    """Draw the colour scale, and label every fourth band."""
    plate.colorbar(image, cax=place, orientation="horizontal")
    ticks = [(top or 1.0) * (k / 4) ** 2 for k in range(5)]
    place.set_xticks(ticks, [f"{tick:.2g}" for tick in ticks], fontsize=6)
    place.set_xticks([], minor=True)
    place.set_xlabel(title, fontsize=6.5)


@styled
def map_years_plate(content: ReportContent, name: str = "psi") -> Canvas:
    """Draw one matrix in every year that has it, side by side on one scale.

    Parameters
    ----------
    content : ReportContent
        At least one of its years has the matrix.
    name : {"psi", "S", "W"}
        Which matrix; ψ is drawn without its identity.

    Returns
    -------
    matplotlib.figure.Figure
        The oldest year first; no labels of sectors.
    """
    kind = next(kind for kind in KINDS if kind.name == name)
    years = [result for result in content.ordered if getattr(result, name) is not None]
    small, block, unit = [], 1, ""
    for result in years:
        matrix = _matrix(result, name)
        dense, block = pooled(matrix.values.toarray(), MOST_SMALL)
        small.append(dense)
        unit = matrix.unit
    top = max(float(dense.max(initial=0.0)) for dense in small)
    rows, step = -(-len(years) // ABREAST), SMALL + 0.3
    columns = min(len(years), ABREAST)
    plate = canvas(columns * step + 1, rows * step + 1)
    panels = []
    for k, (result, dense) in enumerate(zip(years, small, strict=True)):
        axes = axes_at(plate, (k % ABREAST) * step + 0.3, (k // ABREAST) * step + 0.3, SMALL, SMALL)
        image = _image(axes, dense, top)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_title(str(result.year), loc="left", fontsize=7, pad=3)
        panels.append(axes)
    place = axes_at(plate, 0.3, rows * step + 0.25, SMALL * 1.5, 0.09)
    _legend(plate, place, image, top, f"{unit or kind.title}, square-root scale")
    note = "Rows receive, columns are the source, in the order of the classification; one colour "
    note += "scale for all years. White cells are zero."
    if block > 1:
        note += f" A point shows the largest of {block} × {block} cells."
    title = f"{kind.title}, {years[0].year}–{years[-1].year}"
    return closed(plate, panels, title, note, synthetic=content.synthetic)
