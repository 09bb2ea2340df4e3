"""Panels of years × sectors, and the networks of their years: every check that growth owes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ...core.labelled import MatrixLike, square
from ...core.labels import as_numbers, describe_difference, text_labels
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, require_flows, require_kind

__all__ = [
    "Labels",
    "Network",
    "Panel",
    "check_panel",
    "networks_of",
    "require_same_years",
    "to_panel",
]

Panel: TypeAlias = pd.DataFrame
Labels: TypeAlias = "Sequence[str] | pd.Index[str]"
# One network for all years, or one for each; in quotes for the reader of the signature.
Network: TypeAlias = "MatrixLike | Mapping[int, MatrixLike]"


#: Networks whose names say what they must be; ``inputs`` and ``s`` of Solow may be called anything.
ROLES = {"S": "S", "W": "W"}


def check_panel(
    panel: Panel, what: str, labels: Labels | None = None, *, at_least: int = 1
) -> Panel:
    """Return a panel of finite numbers, its years consecutive and its sectors in order.

    Parameters
    ----------
    panel : pandas.DataFrame, shape (T, N)
        Any unit; years (whole numbers, each one more than the last) by sectors.
    what : str
        What the panel is, for the error.
    labels : sequence of str, length N, optional
        The order of sectors wanted. Default: that of the panel.
    at_least : int, default 1
        How many years are needed.

    Returns
    -------
    pandas.DataFrame, shape (T, N)
        Index ``year``, columns ``label``.

    Raises
    ------
    InputError
        If years are too few, not whole or not consecutive, a label repeats, labels differ, or
        a number is not finite.

    Examples
    --------
    >>> panel = pd.DataFrame({"cars": [2, 3], "steel": [1, 1]}, index=[2000, 2001])
    >>> check_panel(panel, "lnA", ["steel", "cars"]).loc[2001].tolist()
    [1.0, 3.0]
    """
    require_kind(panel, pd.DataFrame, f"{what}: years by sectors")
    if len(panel) < at_least or not panel.shape[1]:
        raise InputError(
            f"{what}: at least {at_least} year(s) and one sector are needed, got a panel of shape "
            f"{panel.shape}. Years are rows, sectors columns."
        )
    years = _years(panel, what)
    columns = pd.Index(text_labels(panel.columns, f"{what}, sectors"), name="label")
    order = columns if labels is None else pd.Index(labels, name="label")
    odd = describe_difference(columns, order)
    if odd:
        raise InputError(
            f"{what}: its sectors differ from those of the other operand ({odd}); bring both to "
            "one classification."
        )
    cells = panel.to_numpy()[:, columns.get_indexer(order)]
    numbers = as_numbers(cells)
    wrong = np.argwhere(~np.isfinite(numbers))
    if len(wrong):
        t, i = wrong[0]
        raise InputError(
            f"{what}: {show(order[i])} has {cells[t, i]} in {years[t]}; a finite number is needed. "
            "Fill it in, shorten the panel, or leave the sector out."
        )
    return pd.DataFrame(numbers, index=years, columns=order)


def _years(panel: Panel, what: str) -> pd.Index[int]:
    """Return the years of a panel, refused where they are not consecutive whole numbers."""
    if not pd.api.types.is_integer_dtype(panel.index):
        raise InputError(
            f"{what}: its index must be years as whole numbers, got {panel.index.dtype}; years "
            "are rows, sectors columns."
        )
    years: pd.Index[int] = pd.Index(panel.index.to_numpy(dtype=np.int64).tolist(), name="year")
    jump = np.flatnonzero(np.diff(years) != 1)
    if len(jump):
        before, after = years[jump[0]], years[jump[0] + 1]
        raise InputError(
            f"{what}: {after} follows {before}; years must be consecutive and ascending. Fill in "
            "what is missing, or take one side of the gap."
        )
    return years


def require_same_years(panel: Panel, years: pd.Index[int], what: str) -> None:
    """Refuse a panel whose years are not those wanted.

    Parameters
    ----------
    panel : pandas.DataFrame, shape (T, N)
        As :func:`check_panel` returns it.
    years : pandas.Index of int
        The years wanted.
    what : str
        What the panel is, for the error.

    Raises
    ------
    InputError
        If they differ.

    Examples
    --------
    >>> panel = pd.DataFrame({"steel": [1.0, 2.0]}, index=[2000, 2001])
    >>> require_same_years(panel, panel.index, "g")
    """
    if not panel.index.equals(years):
        raise InputError(
            f"{what}: years {years[0]} to {years[-1]} are needed, got {panel.index[0]} "
            f"to {panel.index[-1]}; take the years that all operands share."
        )


def networks_of(
    M: Network, years: Sequence[int] | pd.Index[int], labels: Labels, what: str
) -> list[LabelledMatrix]:
    """Return the network of each year in one order of sectors.

    Parameters
    ----------
    M : LabelledMatrix or mapping of int to LabelledMatrix, each shape (N, N)
        One network for all years, or one for each; further years are not looked at.
    years : sequence of int, length T
        The years wanted.
    labels : sequence of str, length N
        The order of sectors wanted.
    what : str
        Name of the matrix, for errors and for the result.

    Returns
    -------
    list of LabelledMatrix, length T
        Years that were given the same object share one again.

    Raises
    ------
    InputError
        If a year is missing, labels differ, or an entry is negative or not finite.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> first, second = networks_of(W, [2000, 2001], ["cars", "steel"], "W")
    >>> first is second, first.rows
    (True, ('cars', 'steel'))
    """
    matrices: dict[Any, MatrixLike] = dict(M) if isinstance(M, Mapping) else {None: M}
    keys = [int(year) if isinstance(M, Mapping) else None for year in years]
    missing = [key for key in keys if key not in matrices]
    if missing:
        raise InputError(
            f"matrix {what}: the network of {missing[0]} is missing; one is needed for every year "
            f"from {years[0]} to {years[-1]}. Interpolate it, or shorten the panel."
        )
    ready: dict[int, LabelledMatrix] = {}
    for key in keys:
        network = matrices[key]
        if id(network) not in ready:
            ready[id(network)] = _check_network(
                network, labels, what if key is None else f"{what} of {key}"
            )
    return [ready[id(matrices[key])] for key in keys]


def _check_network(value: MatrixLike, labels: Labels, what: str) -> LabelledMatrix:
    """One network, checked and in order; its errors say which it is."""
    beside = pd.DataFrame(index=pd.Index(labels))  # the panel has labels, so an array needs them
    M = square(value, what, like=beside, role=ROLES.get(what[:1]))
    named = LabelledMatrix(what, M.values, M.rows, M.columns, M.unit, M.year, M.provenance)
    require_flows(named)
    return square(named.aligned_to(tuple(labels)))


def to_panel(values: Vector, years: pd.Index[int], labels: Labels) -> Panel:
    """Put years and sectors on an array.

    Parameters
    ----------
    values : ndarray, shape (T, N)
        Any unit.
    years : pandas.Index of int, length T
        One for each row.
    labels : sequence of str, length N
        One for each column.

    Returns
    -------
    pandas.DataFrame, shape (T, N)
        Index ``year``, columns ``label``.

    Examples
    --------
    >>> to_panel(np.eye(2), pd.Index([2000, 2001]), ["steel", "cars"]).loc[2001, "cars"]
    np.float64(1.0)
    """
    return pd.DataFrame(
        values, index=pd.Index(years, name="year"), columns=pd.Index(labels, name="label")
    )
