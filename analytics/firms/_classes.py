"""Which inputs an industry cannot do without: the classes of the generalised Leontief function."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.errors import InputError, show
from ...core.labels import text_labels
from ...core.matrix import LabelledMatrix
from ..linalg._labels import require_kind, square

__all__ = ["ESSENTIAL", "IGNORED", "NON_ESSENTIAL", "Classes", "class_table", "input_classes"]

IGNORED, NON_ESSENTIAL, ESSENTIAL = 0, 1, 2
_NAMES = {"ignored": IGNORED, "non-essential": NON_ESSENTIAL, "essential": ESSENTIAL}
_COLUMNS = ("user", "supplier", "class")
#: What public functions take: a matrix [user, supplier] of industries, or one class for all.
Classes = Any


def input_classes(
    table: pd.DataFrame,
    industries: Iterable[Any],
    *,
    other: Literal["essential", "non-essential", "ignored"] = "non-essential",
) -> LabelledMatrix:
    """Classes of inputs from a list: which industry needs what from which.

    Parameters
    ----------
    table : pandas.DataFrame, with columns ``user``, ``supplier``, ``class``
        Industries, and ``essential`` (2), ``non-essential`` (1) or ``ignored`` (0): production
        stops without an essential input, shrinks by the cost share of a non-essential one, and
        does not feel an ignored one. ``*`` stands for every industry; later rows win.
    industries : iterable of label, length K
        All industries.
    other : {"essential", "non-essential", "ignored"}
        The class of pairs that are not listed.

    Returns
    -------
    LabelledMatrix, shape (K, K)
        ``classes[user, supplier]``: 2, 1 or 0.

    Raises
    ------
    InputError
        If a column is missing, an industry or a class unknown.

    References
    ----------
    Diem, Borsos, Reisch, Kertész and Thurner (2022), Methods.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [["cars", "steel", "essential"], ["steel", "*", "ignored"]],
    ...     columns=["user", "supplier", "class"],
    ... )
    >>> input_classes(table, ["steel", "cars"]).to_frame().to_numpy().tolist()
    [[0.0, 0.0], [2.0, 1.0]]
    """
    require_kind(table, pd.DataFrame, "classes of inputs: columns user, supplier, class")
    lacking = [name for name in _COLUMNS if name not in table.columns]
    if lacking:
        raise InputError(
            f"classes of inputs: column {show(lacking[0])} is missing; needed are user, supplier "
            "and class."
        )
    labels = text_labels(industries, "industries")
    index = pd.Index(labels)
    numbers = np.full((len(labels), len(labels)), float(_class_of(other, "other")))
    for user, supplier, name in zip(*(table[column] for column in _COLUMNS), strict=True):
        pair = f"user {show(user)}, supplier {show(supplier)}"
        rows, columns = _places(user, index, pair), _places(supplier, index, pair)
        numbers[np.ix_(rows, columns)] = _class_of(name, pair)
    return LabelledMatrix.build("classes", numbers, labels, unit="class")


def _places(industry: Any, index: pd.Index, pair: str) -> NDArray[np.intp]:
    """Where an industry stands; everywhere for ``*``."""
    if str(industry) == "*":
        return np.arange(len(index))
    (label,) = text_labels([industry], "classes of inputs")
    if label not in index:
        raise InputError(
            f"classes of inputs: {pair}: {show(label)} is not among the industries; correct the "
            "code or leave the row out."
        )
    return np.flatnonzero(index == label)


def _class_of(name: Any, where: str) -> int:
    """Return the number of a class that is given by name or number."""
    if str(name) in _NAMES:
        return _NAMES[str(name)]
    if name in (IGNORED, NON_ESSENTIAL, ESSENTIAL):
        return int(name)
    raise InputError(
        f"classes of inputs: {where}: class {show(name)} is none; needed is essential (2), "
        "non-essential (1) or ignored (0)."
    )


def class_table(classes: Classes, industries: tuple[str, ...]) -> NDArray[np.int8]:
    """Return classes as an array [user, supplier] in the order of the industries.

    Parameters
    ----------
    classes : {"leontief", "linear"} or LabelledMatrix, shape (K', K')
        One class for all pairs, essential or non-essential; or [user, supplier] with 0, 1, 2,
        for at least the industries that are needed.
    industries : tuple of str, length K
        The industries of the firms.

    Returns
    -------
    ndarray of int8, shape (K, K)

    Raises
    ------
    InputError
        If an industry has no classes, or a class is none of 0, 1, 2.

    Examples
    --------
    >>> class_table("leontief", ("steel", "cars")).tolist()
    [[2, 2], [2, 2]]
    """
    if isinstance(classes, str):
        if classes not in ("leontief", "linear"):
            raise InputError(
                f"classes: {show(classes)} is no production function; needed is 'leontief', "
                "'linear' or a matrix [user, supplier] of industries."
            )
        same = ESSENTIAL if classes == "leontief" else NON_ESSENTIAL
        return np.full((len(industries), len(industries)), same, dtype=np.int8)
    matrix = square(classes, "classes")
    odd = np.flatnonzero(~np.isin(matrix.values.data, (NON_ESSENTIAL, ESSENTIAL)))
    if odd.size:
        coo = matrix.values.tocoo()
        user, supplier = matrix.rows[coo.row[odd[0]]], matrix.columns[coo.col[odd[0]]]
        raise InputError(
            f"matrix classes: user {show(user)}, supplier {show(supplier)} has "
            f"{coo.data[odd[0]]:g}; needed is 2 (essential), 1 (non-essential) or 0 (ignored)."
        )
    places = pd.Index(matrix.rows).get_indexer(pd.Index(industries))
    if (places < 0).any():
        raise InputError(
            f"matrix classes: industry {show(industries[int(np.argmin(places))])} has firms and no "
            "classes of inputs; add its row and column."
        )
    return np.asarray(matrix.values.toarray()[np.ix_(places, places)], dtype=np.int8)
