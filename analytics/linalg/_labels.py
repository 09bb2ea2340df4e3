"""The boundary between labels and arrays: every check that a public function owes its labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError, show
from ...core.labelled import square
from ...core.labels import as_numbers, describe_difference, positions, text_labels
from ...core.matrix import LabelledMatrix

__all__ = [
    "Vector",
    "by_label",
    "labels_where",
    "require_flows",
    "require_kind",
    "require_same_labels",
    "series",
    "series_of",
    "square",
    "texts_by_label",
    "weights_by_label",
]

Vector = NDArray[np.float64]


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
flows must be finite and not negative. Correct or leave out that row of the input.
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
        "Correct or leave out that row of the input."
    )


def require_kind(value: object, kind: type, what: str) -> None:
    """Refuse what is not the result, or the frame, that is needed.

    Parameters
    ----------
    value : object
        What was given.
    kind : type
        What is needed.
    what : str
        What it is, for the error.

    Raises
    ------
    InputError
        If it is something else.

    Examples
    --------
    >>> require_kind(3, pd.DataFrame, "g: years by sectors")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: g: years by sectors: a DataFrame is needed, got a int.
    """
    if not isinstance(value, kind):
        raise InputError(f"{what}: a {kind.__name__} is needed, got a {type(value).__name__}.")


def by_label(values: Any, labels: tuple[str, ...], what: str) -> Vector:
    """Return the numbers of a series in the order of ``labels``.

    Parameters
    ----------
    values : pandas.Series or mapping, length N; or array_like
        Indexed by label. An array has no labels; it is taken only where the sectors have none
        either and are called ``0``, ``1``, ….
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
    column = series_of(values, labels, what)
    index = text_labels(column.index, what)
    require_same_labels(pd.Index(index, dtype=object), labels, what, "the matrix's", _REMEDY)
    order = pd.Index(index, dtype=object).get_indexer(pd.Index(labels))
    cells = column.to_numpy()[order]
    numbers = as_numbers(cells)
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if wrong.size:
        raise InputError(
            f"{what}: {labels[wrong[0]]!r} has {cells[wrong[0]]}, a finite number is needed."
        )
    return numbers


def weights_by_label(weights: Any, labels: tuple[str, ...]) -> pd.DataFrame:
    """Return weights of sectors in the order of ``labels``, with a column of ones at the end.

    Parameters
    ----------
    weights : pandas.DataFrame or None, shape (N, K); or pandas.Series, length N
        A column for each weight, indexed by label. A series is one weight.
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
    >>> from spillgraph.analytics.steel_and_cars import b
    >>> weights_by_label(b, ("cars", "steel")).to_dict("list")
    {'final demand': [0.6, 0.4], 'unit': [1.0, 1.0]}
    """
    if weights is None:
        frame = pd.DataFrame()
    elif isinstance(weights, pd.DataFrame):
        frame = weights
    else:
        frame = series_of(weights, labels, "weights").to_frame()
    names = text_labels(frame.columns, "weights") if len(frame.columns) else ()
    columns = {
        name: by_label(frame.iloc[:, k], labels, f"weights {show(name)}")
        for k, name in enumerate(names)
    }
    if not (columns.pop("unit", np.ones(1)) == 1.0).all():
        raise InputError("weights 'unit': this name is kept for weights of 1; rename the column.")
    ones = {"unit": np.ones(len(labels))}
    return pd.DataFrame(columns | ones, index=pd.Index(labels, name="label"))


def texts_by_label(values: Any, labels: tuple[str, ...], what: str) -> np.ndarray:
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
    column = series_of(values, labels, what)
    index = pd.Index(text_labels(column.index, what), dtype=object)
    require_same_labels(index, labels, what, "the matrix's", _REMEDY)
    texts = column.iloc[index.get_indexer(pd.Index(labels))]
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
        The labels given.
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
        raise InputError(f"{what}: label {show(index[index.duplicated()][0])} occurs twice.")
    odd = describe_difference(index, labels)
    if odd:
        raise InputError(f"{what}: its labels differ from {whose} ({odd}); {remedy}.")


_REMEDY = "give one number for every sector and no other"


def series_of(values: Any, labels: tuple[str, ...], what: str) -> pd.Series[Any]:
    """Return a series with labels, refused where there are none to go by.

    Parameters
    ----------
    values : pandas.Series, mapping, frame of one column, or array_like, length N
        An array is taken only where the sectors have no labels either.
    labels : tuple of str, length N
        The sectors.
    what : str
        What the series is, for the error.

    Returns
    -------
    pandas.Series, length N
        In the order of ``values``.

    Raises
    ------
    InputError
        If there are no labels, or it is no series at all.

    Examples
    --------
    >>> series_of({"cars": 1}, ("steel", "cars"), "weights").index.tolist()
    ['cars']
    >>> series_of([1, 2], ("steel", "cars"), "weights")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: weights: 2 numbers without labels for 2 sectors ('steel', \
'cars', …). Say whose each is: pd.Series(numbers, index=labels).
    """
    if isinstance(values, pd.Series):
        return values
    if isinstance(values, Mapping):
        return pd.Series(dict(values), name=what)
    if isinstance(values, pd.DataFrame) and values.shape[1] == 1:
        return values.iloc[:, 0]
    if not isinstance(values, np.ndarray | list | tuple) or np.ndim(values) != 1:
        raise InputError(
            f"{what}: a Series with the labels of the sectors is needed, got a "
            f"{type(values).__name__}."
        )
    places = positions(len(labels))
    if labels != places or len(values) != len(labels):
        raise InputError(
            f"{what}: {len(values)} numbers without labels for {len(labels)} sectors "
            f"({', '.join(map(show, labels[:2]))}, …). Say whose each is: "
            "pd.Series(numbers, index=labels)."
        )
    return pd.Series(values, index=places, name=what)


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


def labels_where(mask: np.ndarray, labels: tuple[str, ...]) -> tuple[str, ...]:
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
    >>> labels_where(np.array([False, True]), ("steel", "cars"))
    ('cars',)
    """
    return tuple(labels[i] for i in np.flatnonzero(mask))
