"""Numbers of which some are not known: what is known, with zeros elsewhere, and where that is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, nearest, show
from ...core.labelled import as_labelled
from ...core.labels import refuse_mask
from ...core.matrix import LabelledMatrix
from ..linalg._entries import require_finite
from ..linalg._labels import Vector, by_label, series_of

__all__ = ["Missing", "read_matrix", "read_values", "require_missing"]

#: What becomes of a sum of which a term is not known: it is not known either, or the term is 0.
Missing: TypeAlias = Literal["nan", "zero"]


def require_missing(missing: str) -> None:
    """Refuse what is no rule for missing numbers.

    Parameters
    ----------
    missing : str
        The rule.

    Raises
    ------
    InputError
        Unless it is ``nan`` or ``zero``.

    Examples
    --------
    >>> require_missing("drop")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: missing: got 'drop'. Valid names: nan, zero.
    """
    if missing not in ("nan", "zero"):
        raise InputError(f"missing: got {show(missing)}. {nearest(str(missing), ('nan', 'zero'))}")


def read_matrix(
    value: Any, name: str, *, like: Any = None
) -> tuple[LabelledMatrix, LabelledMatrix]:
    """Return a matrix with 0 where an entry is not known, and a matrix with 1 there.

    A labelled matrix is sparse, and what is absent from it is 0; what is not known therefore
    comes in a frame, or in an array.

    Parameters
    ----------
    value : pandas.DataFrame, LabelledMatrix, array_like or sparse array, shape (R, C)
        NaN, None or NA is an entry that is not known.
    name : str
        What it is called, for the error.
    like : object, optional
        The operand beside it, as it was given.

    Returns
    -------
    known, unknown : LabelledMatrix, each shape (R, C)
        With the same labels in the same order.

    Raises
    ------
    InputError
        As :func:`spillgraph.core.labelled.as_labelled`, but for entries that are not known.

    Examples
    --------
    >>> phi = pd.DataFrame([[0, None], [1, 0]], ["steel", "cars"], ["steel", "cars"])
    >>> known, unknown = read_matrix(phi, "phi")
    >>> known.values.toarray().tolist(), unknown.values.toarray().tolist()
    ([[0.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.0, 0.0]])
    """
    refuse_mask(value, f"matrix {name}")
    gaps: Any = np.zeros((0, 0), dtype=bool)
    if isinstance(value, LabelledMatrix):
        gaps, numbers = value.values.copy(), value.values.copy()
        gaps.data = np.isnan(gaps.data).astype(np.float64)
        numbers.data = np.where(gaps.data > 0, 0.0, numbers.data)
        value = replace(value, values=numbers)
    elif isinstance(value, pd.DataFrame):
        gaps = value.isna().to_numpy()
        if gaps.any():
            cells = np.where(gaps, 0.0, value.to_numpy(dtype=object))
            value = pd.DataFrame(cells, value.index, value.columns)
    elif isinstance(value, np.ndarray) and value.ndim == 2:
        gaps = np.asarray(pd.isna(value))
        value = np.where(gaps, 0.0, value) if gaps.any() else value
    known = as_labelled(value, name, like=like)
    require_finite(known)
    if gaps.shape != known.shape:  # a list or a sparse array, in which every entry is known
        gaps = sparse.csr_array(known.shape)
    unknown = LabelledMatrix.build(f"unknown {name}", gaps, known.rows, known.columns)
    return known, unknown


def read_values(values: Any, labels: tuple[str, ...], what: str) -> Vector:
    """Return the numbers of a series in the order of ``labels``, NaN where one is not known.

    Parameters
    ----------
    values : pandas.Series or mapping, length N; or array_like
        Indexed by label, as in :func:`spillgraph.analytics.linalg._labels.by_label`; NaN, None or
        NA is a number that is not known.
    labels : tuple of str, length N
        The order wanted.
    what : str
        What the series is, for the error.

    Returns
    -------
    ndarray, shape (N,)
        In the unit of ``values``.

    Raises
    ------
    InputError
        If a label repeats, the two sets of labels differ, or what is there is no finite number.

    Examples
    --------
    >>> patents = pd.Series({"cars": None, "steel": 7})
    >>> read_values(patents, ("steel", "cars"), "patents").tolist()
    [7.0, nan]
    """
    column = series_of(values, labels, what)
    gaps = column.isna()
    if not gaps.any():
        return by_label(column, labels, what)
    cells = np.where(gaps, 0.0, column.to_numpy(dtype=object))
    numbers = by_label(pd.Series(cells, column.index), labels, what)
    numbers[by_label(gaps, labels, what) > 0] = np.nan
    return numbers
