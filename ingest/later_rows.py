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
    paths: Iterable[Path], parts: Sequence[int], files: Sequence[str], sizes: Sequence[int]
) -> dict[int, LaterRows]:
    """Return the later rows of each part that has any.

    Parameters
    ----------
    paths : iterable of Path
        Arrays of later rows and the first ones of their keys, shape (2, number of later rows), both
        counted over all files, from 0 on.
    parts : sequence of int
        How many rows each part has.
    files, sizes : sequence of str and of int
        What the files are called, and how many rows each has.

    Returns
    -------
    dict of int to LaterRows
        By the number of the part.
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
    begins = np.cumsum([0, *parts])
    cuts = np.searchsorted(rows, begins)
    return {
        number: LaterRows(rows[one:end] - begins[number], place.slice(one, end - one))
        for number, (one, end) in enumerate(pairwise(cuts))
        if one < end
    }
