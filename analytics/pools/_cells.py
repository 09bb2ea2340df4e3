"""Cells of a table that must not be negative."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.errors import InputError, show
from ..linalg._labels import Vector

__all__ = ["require_not_negative"]


def require_not_negative(
    cells: Vector, rows: Sequence[str], columns: Sequence[str], what: str
) -> None:
    """Refuse a table with a negative cell, naming the first, row by row.

    Parameters
    ----------
    cells : ndarray, shape (R, C)
        Numbers; NaN passes.
    rows, columns : sequence of str
        Their labels.
    what : str
        What they are, for the error.

    Raises
    ------
    InputError
        If a cell is below 0.

    Examples
    --------
    >>> require_not_negative(np.array([[3.0], [-2.0]]), ["steel", "cars"], ["patents"], "values")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: values: row 'cars', column 'patents' holds -2; a number \
that is not negative is needed. Correct it, or leave it empty if it is not known.
    """
    low = np.argwhere(cells < 0)
    if len(low):
        i, j = low[0]
        raise InputError(
            f"{what}: row {show(rows[i])}, column {show(columns[j])} holds {cells[i, j]:g}; a "
            "number that is not negative is needed. Correct it, or leave it empty if it is not "
            "known."
        )
