"""Matrices as pictures: a point a cell, or a block of cells, in the colours of the page."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["level_colours", "picture", "pool_cells"]

#: Vega's colours "magma", dark to light, with which the page's script draws heat maps.
MAGMA = (
    "0000040404130b0924150e3720114b2c11603b0f704a107957157e651a80721f817f24828c29819a2e80a8327db6377a"
    "c43c75d1426fde4968e95462f1605df76f5cfa7f5efc8f65fe9f6dfeaf78febf84fece91fddea0fcedaffcfdbf"
)
#: Steps of colour, so that a picture stays small.
STEPS = 48


def picture(dense: np.ndarray, colour: Mapping[str, Any], most: int) -> str:
    """Return cells as a picture, zeros white.

    Parameters
    ----------
    dense : numpy.ndarray, shape (R, C)
        The cells, not negative, in any unit.
    colour : dict
        ``type`` and ``domain`` of the scale, as ``colour_scale`` of ``heat`` has them.
    most : int
        Points along the longer side, at least half of them: all cells are enlarged by one whole
        number, so that no viewer smooths their edges.

    Returns
    -------
    str
        A PNG as a data address, the same bytes every time.

    Examples
    --------
    >>> picture(np.eye(2), {"type": "linear", "domain": [0, 1]}, 4)[:22]
    'data:image/png;base64,'
    """
    times = max(1, most // max(dense.shape))
    if colour["type"] == "threshold":
        steps = np.searchsorted(colour["domain"], dense, side="right").astype(np.uint8)
        steps[dense == 0] = 0  # the page draws no cell of zero, whatever levels lie below it
        tones = [list(bytes.fromhex(tone[1:])) for tone in colour["range"]]
        return _png(_enlarge(steps, times), np.array(tones, dtype=np.uint8))
    low, high = colour["domain"]
    cells = np.clip(dense, low or 0.0, high)
    shares = np.zeros(dense.shape)
    if colour["type"] == "log":
        shares = np.log(cells / low) / np.log(high / low)
    else:
        shares = (cells / high) ** (0.5 if colour["type"] == "sqrt" else 1.0)
    steps = np.where(dense > 0, 1 + np.rint(shares * (STEPS - 1)), 0).astype(np.uint8)
    return _png(_enlarge(steps, times), _palette())


def level_colours(many: int) -> list[str]:
    """Return a colour for each level, from light to dark.

    Parameters
    ----------
    many : int
        Levels, at least one.

    Examples
    --------
    >>> level_colours(2)
    ['#fec286', '#2e1162']
    """
    palette = _palette()[1:]
    places = np.rint(np.linspace(STEPS // 8, STEPS - STEPS // 5, many)).astype(int)
    return [f"#{bytes(palette[place]).hex()}" for place in places]


def _enlarge(steps: np.ndarray, times: int) -> np.ndarray:
    return steps.repeat(times, axis=0).repeat(times, axis=1)


def _palette() -> np.ndarray:
    """Return white, and colours from light to dark; shape (1 + STEPS, 3)."""
    stops = np.frombuffer(bytes.fromhex(MAGMA), dtype=np.uint8).reshape(-1, 3)[::-1]
    places = np.linspace(0, len(stops) - 1, STEPS)
    tones = [np.interp(places, np.arange(len(stops)), stops[:, k]) for k in range(3)]
    return np.vstack([[255, 255, 255], np.rint(np.transpose(tones))]).astype(np.uint8)


def _png(points: np.ndarray, palette: np.ndarray) -> str:
    """Write numbers of colours as a PNG; each row of points begins with 0, for no filter."""
    rows = np.pad(points, [(0, 0), (1, 0)]).tobytes()
    high, wide = points.shape
    head = struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n"
    for kind, data in (
        (b"IHDR", head),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ):
        check = struct.pack(">I", zlib.crc32(kind + data))
        raw += struct.pack(">I", len(data)) + kind + data + check
    return "data:image/png;base64," + base64.b64encode(raw).decode("ascii")


def pool_cells(dense: np.ndarray, most: int) -> tuple[np.ndarray, int]:
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
    >>> pool_cells(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), 2)
    (array([[5, 6],
           [8, 9]]), 2)
    """
    block = -(-max(dense.shape) // most)
    if block == 1:
        return dense, 1
    padded = np.pad(dense, [(0, -size % block) for size in dense.shape])
    rows, columns = (size // block for size in padded.shape)
    return padded.reshape(rows, block, columns, block).max(axis=(1, 3)), block
