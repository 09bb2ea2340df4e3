"""The boundary between labels and arrays: every check that a public function owes its labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ..core.errors import InputError
from ..core.matrix import LabelledMatrix

__all__ = [
    "KEPT",
    "NEGATIVE",
    "Vector",
    "absolute",
    "by_label",
    "named",
    "require_flows",
    "require_same_labels",
    "rows_divided",
    "series",
    "square",
    "texts_by_label",
    "weights_by_label",
]

Vector = NDArray[np.float64]

#: What the provenance of a matrix says whose negative entries are meant.
NEGATIVE, KEPT = "negative entries", "kept"


def absolute(M: LabelledMatrix) -> LabelledMatrix:
    """Return ``M`` with the absolute values of its entries, and itself where none is negative.

    Parameters
    ----------
    M : LabelledMatrix, shape (R, C)
        Any unit.

    Returns
    -------
    LabelledMatrix, shape (R, C)

    Examples
    --------
    >>> S = LabelledMatrix.build("S", [[0.2, -0.1]], ["steel"], ["steel", "cars"])
    >>> absolute(S).values.toarray().tolist()
    [[0.2, 0.1]]
    """
    if not (M.values.data < 0).any():
        return M
    return replace(M, values=sparse.csr_array(abs(M.values)))


def square(M: LabelledMatrix) -> LabelledMatrix:
    """Return ``M`` with its columns in the order of its rows and without stored zeros.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Any unit; the same labels on both sides, in any order.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        ``M`` itself where there is nothing to do.

    Raises
    ------
    InputError
        If there is no label at all, or receivers and sources are different sets.

    Examples
    --------
    >>> M = LabelledMatrix.build("K", [[4, 6], [3, 1]], ["steel", "cars"], ["cars", "steel"])
    >>> square(M).to_frame().loc["steel"].tolist()
    [6.0, 4.0]
    """
    if not M.rows:
        raise InputError(f"matrix {M.name}: it has no sectors; give at least one.")
    ordered = M if M.rows == M.columns else M.aligned_to(M.rows)
    if ordered.values.data.all():
        return ordered
    # Graph algorithms would take a stored zero for an edge.
    values = ordered.values.copy()
    values.eliminate_zeros()
    return replace(ordered, values=values)


def require_flows(M: LabelledMatrix) -> None:
    """Refuse negative or non-finite entries, naming the first pair, row by row.

    Parameters
    ----------
    M : LabelledMatrix, shape (R, C)
        Any unit.

    Raises
    ------
    InputError
        If an entry is negative, infinite or not a number.

    Examples
    --------
    >>> require_flows(LabelledMatrix.build("K", [[0, 1], [-2, 0]], ["steel", "cars"]))
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: matrix K: the flow that 'cars' receives from 'steel' is -2; \
flows must be finite and not negative. Mend or leave out that row of the input.
    """
    if not M.values.nnz or (M.values.data.min() >= 0 and np.isfinite(M.values.data.max())):
        return
    coo = sparse.coo_array(M.values)
    bad = np.flatnonzero(~(np.isfinite(coo.data) & (coo.data >= 0)))
    first = bad[np.lexsort((coo.col[bad], coo.row[bad]))[0]]
    receiver, source = M.rows[coo.row[first]], M.columns[coo.col[first]]
    raise InputError(
        f"matrix {M.name}: the flow that {receiver!r} receives from {source!r} is "
        f"{coo.data[first]:g}; flows must be finite and not negative. "
        "Mend or leave out that row of the input."
    )


def by_label(values: pd.Series[float], labels: tuple[str, ...], what: str) -> Vector:
    """Return the numbers of a series in the order of ``labels``.

    Parameters
    ----------
    values : pandas.Series, length N
        Indexed by label.
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
        If a label repeats, the two sets of labels differ, or a number is not finite.

    Examples
    --------
    >>> by_label(pd.Series({"cars": 2.0, "steel": 1.0}), ("steel", "cars"), "weights").tolist()
    [1.0, 2.0]
    """
    numbers: Vector = np.asarray(values, dtype=np.float64)[_positions(values, labels, what)]
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if wrong.size:
        raise InputError(
            f"{what}: {labels[wrong[0]]!r} has {numbers[wrong[0]]}, a finite number is needed."
        )
    return numbers


def weights_by_label(weights: pd.DataFrame | None, labels: tuple[str, ...]) -> pd.DataFrame:
    """Return weights of sectors in the order of ``labels``, with a column of ones at the end.

    Parameters
    ----------
    weights : pandas.DataFrame or None, shape (N, K)
        A column for each weight, indexed by label.
    labels : tuple of str, length N
        The order wanted.

    Returns
    -------
    pandas.DataFrame, shape (N, K + 1)
        The last column is ``unit``.

    Raises
    ------
    InputError
        As :func:`by_label`; if a column ``unit`` holds anything but ones.

    Examples
    --------
    >>> b = pd.DataFrame({"final demand": {"cars": 0.75, "steel": 0.25}})
    >>> weights_by_label(b, ("steel", "cars")).to_dict("list")
    {'final demand': [0.25, 0.75], 'unit': [1.0, 1.0]}
    """
    given = pd.DataFrame() if weights is None else weights
    columns = {str(name): by_label(given[name], labels, f"weights {name!r}") for name in given}
    if not (columns.pop("unit", np.ones(1)) == 1.0).all():
        raise InputError("weights 'unit': this name is that of ones; give the column another.")
    ones = {"unit": np.ones(len(labels))}
    return pd.DataFrame(columns | ones, index=pd.Index(labels, name="label"))


def texts_by_label(values: pd.Series[str], labels: tuple[str, ...], what: str) -> np.ndarray:
    """Return the texts of a series in the order of ``labels``.

    Parameters
    ----------
    values : pandas.Series, length N
        Indexed by label.
    labels : tuple of str, length N
        The order wanted.
    what : str
        What the series is, for the error.

    Returns
    -------
    ndarray of str, shape (N,)

    Raises
    ------
    InputError
        If a label repeats, the two sets of labels differ, or a text is missing.

    Examples
    --------
    >>> texts_by_label(pd.Series({"cars": "DE", "steel": "US"}), ("steel", "cars"), "country")
    array(['US', 'DE'], dtype='<U2')
    """
    texts = values.iloc[_positions(values, labels, what)]
    if texts.isna().any():
        raise InputError(f"{what}: {labels[int(np.argmax(texts.isna()))]!r} has none; give one.")
    return np.asarray(texts.astype(str), dtype=str)


def require_same_labels(
    index: pd.Index, labels: tuple[str, ...], what: str, whose: str, remedy: str
) -> None:
    """Refuse labels that repeat or are not, in any order, the ones that are needed.

    Parameters
    ----------
    index : pandas.Index of str
        The labels that came.
    labels : tuple of str
        The labels that are needed.
    what, whose, remedy : str
        For the error: what has the labels, whose they should be, what to do.

    Raises
    ------
    InputError
        If a label repeats, or the two sets differ.

    Examples
    --------
    >>> require_same_labels(pd.Index(["cars", "steel"]), ("steel", "cars"), "weights", "S's", "")
    """
    if index.has_duplicates:
        raise InputError(f"{what}: label {index[index.duplicated()][0]!r} occurs twice.")
    odd = sorted(set(index) ^ set(labels))
    if odd:
        raise InputError(
            f"{what}: its labels differ from {whose} (for instance "
            f"{', '.join(map(repr, odd[:5]))}); {remedy}."
        )


def _positions(values: pd.Series[Any], labels: tuple[str, ...], what: str) -> np.ndarray:
    """Return where each label is in a series, or say how its labels differ."""
    index = pd.Index([str(label) for label in values.index])
    remedy = "give one number for every sector and no other"
    require_same_labels(index, labels, what, "the matrix's", remedy)
    positions: np.ndarray = index.get_indexer(pd.Index(labels))
    return positions


def series(values: Vector, labels: tuple[str, ...], name: str) -> pd.Series[float]:
    """Put labels on an array.

    Parameters
    ----------
    values : ndarray, shape (N,)
        Any unit.
    labels : tuple of str, length N
        One for each number.
    name : str
        What the numbers are.

    Returns
    -------
    pandas.Series, length N
        Indexed by ``label``.

    Examples
    --------
    >>> series(np.array([0.6, 0.75]), ("steel", "cars"), "own")["cars"]
    np.float64(0.75)
    """
    return pd.Series(values, index=pd.Index(labels, name="label"), name=name, dtype=np.float64)


def named(mask: np.ndarray, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels where a mask is true, in order.

    Parameters
    ----------
    mask : ndarray of bool, shape (N,)
        One for each label.
    labels : tuple of str, length N
        The labels.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> named(np.array([False, True]), ("steel", "cars"))
    ('cars',)
    """
    return tuple(labels[i] for i in np.flatnonzero(mask))


def rows_divided(values: sparse.csr_array, by: Vector) -> sparse.csr_array:
    """Divide each row by its number; rows whose number is 0 must have no entries and stay so.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (R, C)
        Any unit.
    by : ndarray, shape (R,)
        One number for each row.

    Returns
    -------
    scipy.sparse.csr_array, shape (R, C)

    Examples
    --------
    >>> rows_divided(sparse.csr_array([[6.0, 4.0], [0.0, 0.0]]), np.array([10.0, 0.0])).toarray()
    array([[0.6, 0.4],
           [0. , 0. ]])
    """
    divided = values.copy()
    # Divided, not multiplied by the inverse: 3 / 10 is one rounding, 3 · (1 / 10) two.
    divided.data = values.data / np.repeat(by, np.diff(values.indptr))
    return divided
