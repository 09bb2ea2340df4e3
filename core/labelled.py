"""Anything that is a matrix, with its labels: the door of every public function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from .errors import InputError, show
from .labels import describe_difference, finite_numbers, positions, require_orientation, text_labels
from .matrix import AXES, LabelledMatrix
from .roles import flow_of, require_role

__all__ = ["MatrixLike", "as_labelled", "square"]

#: What public functions take for a matrix; see :func:`as_labelled`.
MatrixLike: TypeAlias = (
    "LabelledMatrix | pd.DataFrame | np.ndarray[Any, Any] | sparse.sparray | sparse.spmatrix | "
    "Sequence[Sequence[float]]"
)


def as_labelled(
    value: Any, name: str = "M", *, like: Any = None, role: str | None = None
) -> LabelledMatrix:
    """Return anything that is a matrix with its labels: the door of every public function.

    A frame brings its labels; an array or a sparse matrix has none, so its labels are the places
    ``0``, ``1``, … – unless the operand beside it has labels of its own: nothing is ever joined
    by position.

    Parameters
    ----------
    value : LabelledMatrix, pandas.DataFrame, array_like or sparse array, shape (R, C)
        The matrix; a LabelledMatrix is returned as it is.
    name : str
        What it is called if it has no name, and in errors.
    like : object, optional
        The operand beside it, as it was given.
    role : {"S", "W", "K", "Z"}, optional
        What it must be: production shares, citation shares, citations, flows of goods. A name, a
        unit or names of axes that say otherwise are errors.

    Returns
    -------
    LabelledMatrix, shape (R, C)

    Raises
    ------
    InputError
        If it is no matrix, a cell is no finite number, labels are missing or repeat, or what is
        known about it contradicts ``role`` or the orientation ``M[receiver, source]``.

    Examples
    --------
    >>> as_labelled(np.array([[0, 0.4], [0.25, 0]]), "W").rows
    ('0', '1')
    >>> W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], ["steel", "cars"])
    >>> as_labelled(W, role="S")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: S: the matrix given here is called 'W' ...
    """
    if isinstance(value, LabelledMatrix):
        if role:
            require_role(value.name, value.unit, role)
            _require_axes(value)
        return value
    if isinstance(value, pd.DataFrame):
        require_orientation(value, f"matrix {name}", flow=flow_of(role))
        return LabelledMatrix.build(name, value)
    matrix = LabelledMatrix.build(name, _csr(value, name))
    theirs = _labels_of(like)
    if theirs is not None and theirs != matrix.rows:
        raise InputError(
            f"matrix {name}: an array has no labels, but the operand beside it has "
            f"({', '.join(map(show, theirs[:2]))}, …). Say which sectors its rows and columns are: "
            "pd.DataFrame(array, index=labels, columns=labels)."
        )
    return matrix


def square(
    value: Any, name: str = "M", *, like: Any = None, role: str | None = None
) -> LabelledMatrix:
    """Return a matrix with its columns in the order of its rows and without stored zeros.

    Parameters
    ----------
    value, name, like, role
        As in :func:`as_labelled`; the same labels on both sides, in any order.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        The matrix itself where there is nothing to do.

    Raises
    ------
    InputError
        As :func:`as_labelled`; if there is no label at all, or receivers and sources are different
        sets.

    Examples
    --------
    >>> M = LabelledMatrix.build("K", [[4, 6], [3, 1]], ["steel", "cars"], ["cars", "steel"])
    >>> square(M).to_frame().loc["steel"].tolist()
    [6.0, 4.0]
    """
    if isinstance(value, pd.DataFrame):
        _require_one_list(value, name)
    M = as_labelled(value, name, like=like, role=role)
    if not M.rows:
        raise InputError(f"matrix {M.name}: it has no sectors; give at least one.")
    odd = "" if M.rows == M.columns else describe_difference(M.columns, M.rows)
    if odd:
        raise InputError(
            f"matrix {M.name}: its rows and columns are not the same labels (columns, {odd}). "
            "Bring both sides to one list of sectors."
        )
    ordered = M if M.rows == M.columns else M.aligned_to(M.rows)
    if ordered.values.data.all():
        return ordered
    # Graph algorithms would take a stored zero for an edge.
    values = ordered.values.copy()
    values.eliminate_zeros()
    return replace(ordered, values=values)


def _require_axes(M: LabelledMatrix) -> None:
    """Refuse a matrix that says of itself that its rows are no receivers."""
    if M.axes != AXES:
        raise InputError(
            f"matrix {M.name}: its rows are {M.axes[0]} and its columns {M.axes[1]}, but rows must "
            "be receivers (users) and columns sources (suppliers). Turn it round."
        )


def _require_one_list(frame: pd.DataFrame, name: str) -> None:
    """Refuse a frame that is no square: it was mostly read in another way than meant."""
    rows = text_labels(frame.index, f"matrix {name}, rows")
    columns = text_labels(frame.columns, f"matrix {name}, columns")
    odd = describe_difference(columns, rows)
    if not odd:
        return
    remedy = "Reindex both sides to one list of sectors, with 0 where nothing flows."
    if len(columns) == len(rows) + 1:
        remedy = "Is its first column the labels? Then read it with index_col=0."
    elif len(columns) in (2, 3) and not set(columns) & set(rows):
        remedy = "Is it a list of flows? Then use LabelledMatrix.from_long."
    raise InputError(
        f"matrix {name}: its rows and columns are not the same labels (columns, {odd}). {remedy}"
    )


def _csr(value: Any, name: str) -> sparse.csr_array:
    """Return the numbers of an array or a sparse matrix, refused where they are none."""
    for part in fields(value) if is_dataclass(value) else ():
        if isinstance(getattr(value, part.name), LabelledMatrix):
            kind = type(value).__name__
            raise InputError(
                f"matrix {name}: got a {kind}; give the matrix in it, for instance its "
                f"field {part.name!r}."
            )
    is_table = isinstance(value, np.ndarray | list | tuple) or sparse.issparse(value)
    shape: tuple[int, ...] = ()
    try:
        shape = np.shape(value) if is_table and not sparse.issparse(value) else value.shape
    except (AttributeError, ValueError, TypeError):
        is_table = False
    if not is_table or len(shape) != 2:
        got = f"an array of shape {shape}" if is_table else f"a {type(value).__name__}"
        raise InputError(
            f"matrix {name}: a LabelledMatrix, a DataFrame or an array with rows and columns is "
            f"needed; got {got}."
        )
    rows, columns = positions(shape[0]), positions(shape[1])
    table: Any = value
    if not sparse.issparse(value):
        return sparse.csr_array(finite_numbers(value, rows, columns, f"matrix {name}"))
    coo = sparse.coo_array(sparse.csr_array(table, dtype=np.float64))
    wrong = np.flatnonzero(~np.isfinite(coo.data))
    if wrong.size:
        i, j = int(coo.row[wrong[0]]), int(coo.col[wrong[0]])
        raise InputError(
            f"matrix {name}: row {show(rows[i])}, column {show(columns[j])} holds "
            f"{show(coo.data[wrong[0]])}; a finite number is needed, 0 where nothing flows."
        )
    return sparse.csr_array(coo)


def _labels_of(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, LabelledMatrix):
        return value.rows
    if isinstance(value, pd.DataFrame | pd.Series):
        return text_labels(value.index, "labels")
    return None
