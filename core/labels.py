"""Labels and numbers as people's frames hold them: texts for labels, refused where they mislead.

A matrix is ``M[receiver, source]``; a frame whose axes say otherwise is not turned round in
silence, and two sets of labels are never joined by position.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .errors import InputError, show

__all__ = [
    "as_numbers",
    "describe_difference",
    "finite_numbers",
    "positions",
    "refuse_mask",
    "require_orientation",
    "require_printed",
    "text_labels",
]

#: Names of an axis that say which side it is; beside them, whether goods or citations flow.
RECEIVERS = frozenset({"receiver", "user", "citing", "buyer", "purchaser"})
SOURCES = frozenset({"source", "supplier", "cited", "seller"})
GOODS = frozenset({"supplier", "buyer", "seller", "purchaser"})
CITATIONS = frozenset({"citing", "cited"})
#: So many labels on each side are named where two sets differ.
NAMED = 5


def text_labels(labels: Iterable[Any], what: str) -> tuple[str, ...]:
    """Return labels as texts.

    Texts stay as they are. A whole number becomes its decimal text, also where pandas has made
    a float of it (``3514.0`` is ``"3514"``). The levels of a MultiIndex are joined by ``_``:
    ``("USA", "C26")`` is ``"USA_C26"``.

    Parameters
    ----------
    labels : iterable
        An index, or a list of labels.
    what : str
        What has the labels, for the error.

    Returns
    -------
    tuple of str
        In the same order.

    Raises
    ------
    InputError
        If a label is missing, empty or bytes, or two become the same text.

    Examples
    --------
    >>> text_labels(pd.Index([3514.0, 685.0]), "rows"), text_labels([("USA", "C26"), 7], "rows")
    (('3514', '685'), ('USA_C26', '7'))
    >>> text_labels(["steel", None], "rows of W")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: rows of W: number 2 has no label; give it one or leave it \
out.
    """
    items = list(labels)
    texts = tuple(
        label if type(label) is str and label else _text(label, n, what)
        for n, label in enumerate(items, start=1)
    )
    if len(set(texts)) < len(texts):
        index = pd.Index(texts)
        raise InputError(f"{what}: label {show(index[index.duplicated()][0])} occurs twice.")
    return texts


def _text(label: Any, n: int, what: str) -> str:
    """Return one label as a text; ``n`` is its place, counted from 1."""
    if isinstance(label, tuple):
        return "_".join(_text(level, n, what) for level in label)
    if isinstance(label, bytes):
        raise InputError(f"{what}: label {label!r} is bytes, not text; decode it first.")
    if (pd.api.types.is_scalar(label) and pd.isna(label)) or not str(label).strip():
        raise InputError(f"{what}: number {n} has no label; give it one or leave it out.")
    if isinstance(label, float | np.floating) and float(label).is_integer():
        return str(int(label))
    return str(label)


def positions(count: int) -> tuple[str, ...]:
    """Labels of an array that stands alone: the places of its rows, counted from 0 as in pandas.

    Parameters
    ----------
    count : int
        Number of rows.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> positions(3)
    ('0', '1', '2')
    """
    return tuple(map(str, range(count)))


def describe_difference(have: Sequence[str] | pd.Index, want: Sequence[str] | pd.Index) -> str:
    """Say how two sets of labels differ; empty where they do not.

    Parameters
    ----------
    have, want : sequence of str
        Labels at hand, and those that are needed.

    Returns
    -------
    str
        The first five labels of each side, and how many more there are.

    Examples
    --------
    >>> describe_difference(["cars", "steel "], ["steel", "cars"])
    "missing: 'steel'; unknown: 'steel '"
    >>> describe_difference(["cars", "steel"], ["steel", "cars"])
    ''
    """
    mine, wanted = set(have), set(want)
    sides = (
        ("missing", [label for label in want if label not in mine]),
        ("unknown", [label for label in have if label not in wanted]),
    )
    return "; ".join(f"{side}: {_list_labels(labels)}" for side, labels in sides if labels)


def _list_labels(labels: Sequence[str]) -> str:
    more = len(labels) - NAMED
    return ", ".join(map(show, labels[:NAMED])) + (f" and {more:,} more" if more > 0 else "")


def finite_numbers(
    values: Any, rows: Sequence[str], columns: Sequence[str], what: str
) -> NDArray[np.float64]:
    """Return a table of finite numbers, or name the first cell that is none.

    Parameters
    ----------
    values : array_like or pandas.DataFrame, shape (R, C)
        The cells.
    rows, columns : sequence of str
        Their labels, for the error.
    what : str
        What they are, for the error.

    Returns
    -------
    ndarray, shape (R, C)

    Raises
    ------
    InputError
        If a cell is missing, infinite, or no number.

    Examples
    --------
    >>> cells = pd.DataFrame({"steel": [1.0], "cars": ["2,5"]})
    >>> finite_numbers(cells, ["steel"], ["steel", "cars"], "matrix W")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: matrix W: row 'steel', column 'cars' holds '2,5'; \
a finite number is needed, 0 where nothing flows.
    """
    refuse_mask(values, what)
    cells = values.to_numpy() if isinstance(values, pd.DataFrame) else np.asarray(values)
    numbers = as_numbers(cells)
    wrong = np.argwhere(~np.isfinite(numbers))
    if len(wrong):
        i, j = (int(place) for place in wrong[0])
        raise InputError(
            f"{what}: row {show(rows[i])}, column {show(columns[j])} holds {show(cells[i, j])}; "
            "a finite number is needed, 0 where nothing flows."
        )
    return numbers


def refuse_mask(values: object, what: str) -> None:
    """Refuse an array of which some cells are masked: what is under a mask would be used.

    Parameters
    ----------
    values : object
        Anything; only NumPy's masked arrays have a mask.
    what : str
        For the error.

    Examples
    --------
    >>> refuse_mask(np.ma.masked_less([[0.0, 1.0]], 0.5), "matrix S")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: matrix S: the cell in row 1, column 1 is masked, and what \
is under a mask would be used. Say what it is: array.filled(0.0) where nothing flows.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.getmaskarray(values).any():
        place = np.argwhere(np.ma.getmaskarray(values))[0] + 1
        where = ", ".join(f"{axis} {n}" for axis, n in zip(("row", "column"), place, strict=False))
        raise InputError(
            f"{what}: the cell in {where} is masked, and what is under a mask would be used. Say "
            "what it is: array.filled(0.0) where nothing flows."
        )


def as_numbers(cells: NDArray[Any]) -> NDArray[np.float64]:
    """Return numbers of cells of any kind, NaN where a cell is none.

    Parameters
    ----------
    cells : ndarray
        Numbers, truth values, or objects. A text that looks like a number is none: it was not
        read as one, and its column may hold others that do not even look so.

    Returns
    -------
    ndarray
        Of the same shape.

    Examples
    --------
    >>> as_numbers(np.array([2, True, "2.5", None], dtype=object)).tolist()
    [2.0, 1.0, nan, nan]
    """
    if cells.dtype.kind in "buif":
        return cells.astype(np.float64)
    numbers = np.full(cells.shape, np.nan)
    for place, cell in np.ndenumerate(cells):
        if isinstance(cell, str | bytes | complex | np.complexfloating | np.datetime64):
            continue
        with suppress(TypeError, ValueError):
            numbers[place] = float(cell)
    return numbers


def require_orientation(frame: pd.DataFrame, what: str, *, flow: str = "") -> None:
    """Refuse a frame whose axes are called by the wrong side, or by another kind of flow.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows receivers, columns sources.
    what : str
        What it is, for the error.
    flow : {"", "goods", "citations"}
        Which kind of flow it must be.

    Raises
    ------
    InputError
        If the rows are called ``supplier``, ``cited``, ``source`` or the like, or the columns
        ``user``, ``citing``, ``receiver``; or citations came where goods are needed.

    Examples
    --------
    >>> axes = pd.Index(["steel"], name="supplier"), pd.Index(["steel"], name="user")
    >>> require_orientation(pd.DataFrame([[1.0]], *axes), "matrix Z")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: matrix Z: its rows are called 'supplier' and its columns \
'user', but ...
    """
    rows, columns = _words(frame.index), _words(frame.columns)
    named = f"{what}: its rows are called {_names(frame.index)} and its columns "
    named += f"{_names(frame.columns)}"
    turned = rows & SOURCES and not rows & RECEIVERS
    if turned or (columns & RECEIVERS and not columns & SOURCES):
        raise InputError(
            f"{named}, but rows must be receivers (users, citing) and columns sources (suppliers, "
            "cited). Turn it round (.T), or correct the names."
        )
    if (rows | columns) & {"goods": CITATIONS, "citations": GOODS}.get(flow, frozenset()):
        raise InputError(
            f"{named}, but flows of {flow} are needed here. Are two arguments exchanged?"
        )


def require_printed(frame: pd.DataFrame, what: str) -> None:
    """Refuse a printed table whose axes say that it was turned round: rows supply, columns use.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table as statistical offices print it.
    what : str
        What it is, for the error.

    Raises
    ------
    InputError
        If its rows are called ``user`` or the like, or its columns ``supplier``.

    Examples
    --------
    >>> axes = pd.Index(["steel"], name="supplier"), pd.Index(["steel"], name="user")
    >>> require_printed(pd.DataFrame([[1.0]], *axes), "use table")
    """
    rows, columns = _words(frame.index), _words(frame.columns)
    turned = rows & RECEIVERS and not rows & SOURCES
    if turned or (columns & SOURCES and not columns & RECEIVERS):
        raise InputError(
            f"{what}: its rows are called {_names(frame.index)} and its columns "
            f"{_names(frame.columns)}, but in a printed table rows supply and columns use. "
            "Turn it round (.T), or correct the names."
        )


def _words(index: pd.Index) -> set[str]:
    text = " ".join(str(name) for name in index.names if name is not None).lower()
    return {word.removesuffix("s") for word in re.findall("[a-z]+", text)}


def _names(index: pd.Index) -> str:
    names = [str(name) for name in index.names if name is not None]
    return show("_".join(names)) if names else "nothing"
