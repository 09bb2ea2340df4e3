"""Structural decomposition: a change between two years by what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, by_label, series
from ..linalg._operands import check_operands, check_production
from ..linalg._resolvent import Resolvent, choose_method

__all__ = ["StructuralDecomposition", "structural_decomposition"]


@dataclass(frozen=True, slots=True)
class StructuralDecomposition:
    """A change between two years, split by what changed; N sectors, two or three factors.

    Parameters
    ----------
    before, after : pandas.Series, length N
        The level in both years, in the unit of final demand: output U'f, or ψ'f with W.
    change : pandas.Series, length N
        ``after`` − ``before``.
    effects : pandas.DataFrame, a column for each factor
        ``technology`` (S), ``final_demand`` (f), with W also ``knowledge``: mean of the two polar
        decompositions. Rows sum to ``change`` but for rounding.
    low, high : pandas.DataFrame, as ``effects``
        Smallest and largest effect over all orders in which the factors may change.
    orders : int
        How many orders there are: 2, or 6 with W.
    """

    before: pd.Series[float]
    after: pd.Series[float]
    change: pd.Series[float]
    effects: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    orders: int


def structural_decomposition(
    S0: MatrixLike,
    f0: Any,
    S1: MatrixLike,
    f1: Any,
    W0: MatrixLike | None = None,
    W1: MatrixLike | None = None,
) -> StructuralDecomposition:
    """Split the change of output between two years into technology and final demand.

    What a factor has done depends on whether the others changed before it or after it. The polar
    decompositions change the factors in one order and in the reverse; their mean is near to that
    of all orders, whose range is given beside it.

    Parameters
    ----------
    S0, S1 : LabelledMatrix, shape (N, N)
        Production shares of gross output in both years, [user, supplier]. Both years in the
        prices of one year, or prices are part of the effects.
    f0, f1 : pandas.Series, length N
        Final demand of both years, in money.
    W0, W1 : LabelledMatrix, shape (N, N), optional
        Citation shares of both years, [citing, cited]. With them what is split is ψ'f, what 1% in
        a sector is worth to final demand through both networks (per 1%).

    Returns
    -------
    StructuralDecomposition
        In the order of ``S0.rows``.

    Raises
    ------
    InputError
        If labels differ, one of W0 and W1 is missing, an entry is negative or not finite, or a
        spectral radius is 1 or more.
    ClosedClassError
        If sectors receive everything from each other.

    References
    ----------
    Dietzenbacher & Los (1998), *Economic Systems Research* 10, 307–324; Miller & Blair (2009),
    *Input–Output Analysis*, 2nd ed., ch. 13. Knowledge as a factor is not theirs.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> f = output["final_demand"]
    >>> less = LabelledMatrix.build("S", [[0.2, 0.3], [0.05, 0.4]], ["steel", "cars"])
    >>> found = structural_decomposition(S, f, less, 1.1 * f)
    >>> found.effects.round(2).to_numpy().tolist()
    [[-13.55, 9.35], [-6.77, 19.68]]
    >>> bool(np.allclose(found.effects.sum(axis=1), found.change, rtol=1e-12))
    True
    """
    if (W0 is None) != (W1 is None):
        raise InputError("structural_decomposition: give W of both years, or of none.")
    first = _read(S0, f0, W0, None)
    second = _read(S1, f1, W1, first[0].rows)
    years = (first, second)
    how = choose_method(len(first[0].rows))
    names = ("final_demand", "technology") if W0 is None else _THREE
    apply = {
        "final_demand": [_constant(f) for _, f, _ in years],
        "technology": [_solver(S, how) for S, _, _ in years],
        "knowledge": [_solver(W, how) for _, _, W in years if W is not None],
    }
    corners = _levels(names, apply)
    return _split(names, corners, first[0].rows)


_THREE = ("final_demand", "technology", "knowledge")
_Corner = tuple[int, ...]


def _read(
    S: MatrixLike, f: Any, W: MatrixLike | None, labels: tuple[str, ...] | None
) -> tuple[LabelledMatrix, Vector, LabelledMatrix | None]:
    """Return S, f and W of a year in one order of sectors."""
    other = None
    if W is None:
        S = check_production(S)
    else:
        S, other, _, _ = check_operands(S, W, None)
    if labels is not None:
        S = S.aligned_to(labels)
        other = None if other is None else other.aligned_to(labels)
    return S, by_label(f, S.rows, "final demand"), other


def _constant(f: Vector) -> Callable[[Vector], Vector]:
    return lambda _: f


def _solver(M: LabelledMatrix, how: Any) -> Callable[[Vector], Vector]:
    inverse = Resolvent(M.values, how)
    return lambda right: inverse.solve(right, transposed=True)


def _levels(
    names: tuple[str, ...], apply: dict[str, list[Callable[[Vector], Vector]]]
) -> dict[_Corner, Vector]:
    """Return the level for each choice of a year (0 or 1) for each factor."""
    corners = {}
    for corner in product((0, 1), repeat=len(names)):
        level: Vector = np.empty(0)
        for name, year in zip(names, corner, strict=True):
            level = apply[name][year](level)
        corners[corner] = level
    return corners


def _split(
    names: tuple[str, ...], corners: dict[_Corner, Vector], labels: tuple[str, ...]
) -> StructuralDecomposition:
    """Walk from the first year's corner to the second's in every order of the factors."""
    count = len(names)
    orders = list(permutations(range(count)))
    effects = np.array([_walk(order, corners) for order in orders])
    polar = [orders.index(tuple(range(count))), orders.index(tuple(reversed(range(count))))]
    before, after = corners[(0,) * count], corners[(1,) * count]
    index = pd.Index(labels, name="label")
    shown = sorted(range(count), key=lambda k: _SHOWN.index(names[k]))

    def frame(values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame({names[k]: values[k] for k in shown}, index=index)

    return StructuralDecomposition(
        series(before, labels, "before"),
        series(after, labels, "after"),
        series(after - before, labels, "change"),
        frame(effects[polar].mean(axis=0)),
        frame(effects.min(axis=0)),
        frame(effects.max(axis=0)),
        len(orders),
    )


_SHOWN = ("technology", "final_demand", "knowledge")


def _walk(order: tuple[int, ...], corners: dict[_Corner, Vector]) -> list[Vector]:
    """Change one factor after the other; return what each change has done, by factor."""
    at = [0] * len(order)
    effects: dict[int, Vector] = {}
    for factor in order:
        before = corners[tuple(at)]
        at[factor] = 1
        effects[factor] = corners[tuple(at)] - before
    return [effects[factor] for factor in range(len(order))]
