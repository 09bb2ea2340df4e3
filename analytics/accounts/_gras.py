"""Balancing a table to given margins, negative entries included: GRAS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, show
from ...core.labelled import MatrixLike, as_labelled
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, by_label, series

__all__ = ["Balanced", "balance_gras"]

#: Sums of the two margins may differ by rounding.
AGREEMENT = 1e-9


@dataclass(frozen=True, slots=True)
class Balanced:
    """A table with the margins that were asked for.

    Parameters
    ----------
    Z : LabelledMatrix, shape (R, C)
        The table; every entry has the sign it had, and 0 stays 0.
    row_factors : pandas.Series, length R
        r: positive entries are multiplied by r s, negative ones by 1/(r s).
    column_factors : pandas.Series, length C
        s.
    rounds : int
        Rounds over rows and columns.
    residual : float
        Largest distance from a margin, in money.
    negative : int
        How many entries are negative.
    """

    Z: LabelledMatrix
    row_factors: pd.Series[float]
    column_factors: pd.Series[float]
    rounds: int
    residual: float
    negative: int


def balance_gras(
    Z: MatrixLike,
    row_totals: Any,
    column_totals: Any,
    *,
    tolerance: float = 1e-10,
    rounds: int = 10_000,
) -> Balanced:
    """Change a table as little as possible so that rows and columns have given totals.

    Minimises Σ |aᵢⱼ| zᵢⱼ (ln zᵢⱼ − 1), where zᵢⱼ = xᵢⱼ/aᵢⱼ, so that negative entries stay negative
    and positive ones positive: x = a r s where a > 0, and x = a/(r s) where a < 0. Without negative
    entries it is RAS.

    Parameters
    ----------
    Z : LabelledMatrix, shape (R, C)
        a: the table to begin with, in money; it need not be square.
    row_totals : pandas.Series, length R
        What each row must sum to.
    column_totals : pandas.Series, length C
        What each column must sum to; the same sum as the rows.
    tolerance : float
        Largest distance from a margin, as a share of the largest margin.
    rounds : int
        At most so many rounds.

    Returns
    -------
    Balanced

    Raises
    ------
    InputError
        If margins and table do not fit together (the sums differ; a total that the signs of its
        row or column do not allow, named), or the margins are not met within ``rounds``: the
        distance that is left, and where, is in the message.

    References
    ----------
    Junius & Oosterhaven (2003), The solution of updating or regionalizing a matrix with both
    positive and negative entries, *Economic Systems Research* 15, 87–96, with the target function
    of Lenzen, Wood & Gallego (2007), *ibid.* 19, 461–465; rows without positive entries as in
    Temurshoev, Miller & Bouwmeester (2013), *ibid.* 25, 361–367.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> table = balance_gras(Z, {"steel": 60, "cars": 100}, {"steel": 40, "cars": 120})
    >>> table.Z.to_frame().round(3).to_numpy().tolist()
    [[22.079, 37.921], [17.921, 82.079]]
    """
    A = as_labelled(Z, "Z")
    a = A.values.copy()
    a.eliminate_zeros()
    u = by_label(row_totals, A.rows, "row totals")
    v = by_label(column_totals, A.columns, "column totals")
    P = sparse.csr_array(a.maximum(0))
    N = sparse.csr_array((-a).maximum(0))
    _require_possible(P, N, u, A.rows, "row")
    _require_possible(P.T.tocsr(), N.T.tocsr(), v, A.columns, "column")
    scale = max(float(np.abs(u).max(initial=0.0)), float(np.abs(v).max(initial=0.0)), 1e-300)
    if abs(u.sum() - v.sum()) > AGREEMENT * max(np.abs(u).sum(), np.abs(v).sum()):
        raise InputError(
            f"margins: the row totals sum to {u.sum():,.12g} and the column totals to "
            f"{v.sum():,.12g}; they must be equal. Scale one of the two."
        )
    r, s, count, gap = _iterate(P, N, u, v, tolerance * scale, rounds)
    if not max(np.abs(gap[0]).max(initial=0), np.abs(gap[1]).max(initial=0)) <= tolerance * scale:
        raise InputError(_not_met(gap, A, count))
    x = P.multiply(r[:, None]).multiply(s[None, :]) - N.multiply(1 / r[:, None]).multiply(
        1 / s[None, :]
    )
    return Balanced(
        replace(A, values=sparse.csr_array(x)),
        series(r, A.rows, "row_factors"),
        series(s, A.columns, "column_factors"),
        count,
        float(max(np.abs(gap[0]).max(initial=0), np.abs(gap[1]).max(initial=0))),
        int(N.nnz),
    )


def _iterate(
    P: sparse.csr_array, N: sparse.csr_array, u: Vector, v: Vector, target: float, rounds: int
) -> tuple[Vector, Vector, int, tuple[Vector, Vector]]:
    """Meet rows and columns in turn until both are met; the last gaps come along."""
    r, s = np.ones(len(u)), np.ones(len(v))
    PT, NT = P.T.tocsr(), N.T.tocsr()
    gap = (u, v)
    for count in range(1, rounds + 1):
        r = _factor(P @ s, N @ (1 / s), u)
        p, n = PT @ r, NT @ (1 / r)
        s = _factor(p, n, v)
        gap = (r * (P @ s) - (N @ (1 / s)) / r - u, s * p - n / s - v)
        if max(np.abs(gap[0]).max(initial=0.0), np.abs(gap[1]).max(initial=0.0)) <= target:
            return r, s, count, gap
    return r, s, rounds, gap


def _factor(p: Vector, n: Vector, total: Vector) -> Vector:
    """The positive root of p x² − t x − n = 0; without positive entries x = −n/t."""
    x = np.ones(len(total))
    root = np.sqrt(total * total + 4.0 * p * n)
    # Of the two ways to write the root, the one that does not subtract equals.
    up = total >= 0
    both = p > 0
    x[both & up] = ((total + root) / np.where(both, 2 * p, 1.0))[both & up]
    down = ~up & (n > 0)
    x[down] = (2.0 * n / np.where(down, root - total, 1.0))[down]
    return x


def _require_possible(
    P: sparse.csr_array, N: sparse.csr_array, totals: Vector, labels: tuple[str, ...], side: str
) -> None:
    """Refuse a total that no factor can reach with the signs of its row or column."""
    positive, negative = P.sum(axis=1) > 0, N.sum(axis=1) > 0
    for wrong, holds, remedy in (
        (~positive & ~negative & (totals != 0), "nothing but 0", "0"),
        (positive & ~negative & (totals <= 0), "no negative entry", "a total above 0"),
        (~positive & negative & (totals >= 0), "no positive entry", "a total below 0"),
    ):
        if wrong.any():
            k = int(np.argmax(wrong))
            raise InputError(
                f"{side} {show(labels[k])}: its total must be {totals[k]:g}, but it has {holds}; "
                f"{remedy} is all it can have. Correct the total, or leave the {side} out."
            )


def _not_met(gap: tuple[Vector, Vector], A: LabelledMatrix, rounds: int) -> str:
    worst = [np.abs(each).max(initial=0.0) for each in gap]
    side = int(np.argmax(worst))
    k = int(np.argmax(np.abs(gap[side])))
    label = (A.rows, A.columns)[side][k]
    return (
        f"balance: after {rounds:,} rounds the {('row', 'column')[side]} {show(label)} is still "
        f"{gap[side][k]:+.4g} off its total. The zeros of the table may not allow these margins; "
        "correct them, or fill in cells; in Python, rounds= lets it go on."
    )
