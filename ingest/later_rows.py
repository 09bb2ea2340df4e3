"""Rows of a large flow whose key an earlier row has, where the first one counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["LaterRows", "deal_out"]


@dataclass(frozen=True, slots=True)
class LaterRows:
    """Later rows of one part, and where the first row of each one's key stands.

    Parameters
    ----------
    at : ndarray of int64, shape (n,)
        The rows, counted in the part from 0 on, in their order.
    first : pyarrow.Table
        ``first_file, first_row`` of each.
    """

    at: NDArray[np.int64]
    first: pa.Table


def deal_out(
    paths: Iterable[Path], begins: Sequence[int], files: Sequence[str], sizes: Sequence[int]
) -> list[LaterRows]:
    """Return the later rows of each part.

    Parameters
    ----------
    paths : iterable of Path
        Arrays of later rows and the first ones of their keys, shape (2, number of later rows), both
        counted over all files, from 0 on.
    begins : sequence of int
        How many rows stand before each part.
    files, sizes : sequence of str and of int
        What the files are called, and how many rows each has.
    """
    rows, first = np.concatenate([np.load(path) for path in paths], axis=1)
    order = np.argsort(rows)
    rows, first = rows[order], first[order]
    ends = np.cumsum(sizes)
    file = np.searchsorted(ends, first, side="right")
    place = pa.table(
        {
            "first_file": pa.DictionaryArray.from_arrays(file.astype(np.int32), list(files)),
            "first_row": first - (ends - sizes)[file] + 1,
        }
    )
    cuts = np.searchsorted(rows, [*begins, ends[-1]])
    return [
        LaterRows(rows[one:end] - begin, place.slice(one, end - one))
        for begin, (one, end) in zip(begins, pairwise(cuts), strict=True)
    ]
