"""Hypothetical extraction: what is lost where sectors are no longer there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, nearest, show
from ...core.labelled import MatrixLike
from ...core.labels import text_labels
from ..linalg._labels import Vector, by_label, series
from ..linalg._operands import check_production
from ..linalg._resolvent import Resolvent, choose_method

__all__ = ["Extraction", "extract", "extraction_losses"]

#: Right sides that are solved for at once where only the diagonal is kept.
BLOCK = 512
#: A full matrix of so many sectors takes 1.8 GB; larger networks are factored as they are, sparse.
FULL = 15_000


@dataclass(frozen=True, slots=True)
class Extraction:
    """What is lost when a set of sectors leaves the economy.

    Parameters
    ----------
    sectors : tuple of str
        The set.
    output : pandas.Series, length N
        Gross output before, U'f, in the unit of final demand.
    loss : pandas.Series, length N
        Output before less output after, in the same unit; of the set itself all of it.
    total : float
        Sum of the losses.
    percent : float
        100 × total / sum of output; NaN where there is no output.
    """

    sectors: tuple[str, ...]
    output: pd.Series[float]
    loss: pd.Series[float]
    total: float
    percent: float


def extract(S: MatrixLike, final_demand: Any, sectors: Sequence[Any] | str) -> Extraction:
    """Take sectors out: their inputs, their sales, and their final demand.

    What the others bought of them is then imported. With r for those that remain, and k for the
    set, x_r − x̄_r = (I − A_rr)⁻¹ A_rk x_k, A = S': no difference is taken.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    final_demand : pandas.Series, length N
        Final demand f of each sector's product, in money.
    sectors : str, or sequence of str
        The set; not all sectors.

    Returns
    -------
    Extraction

    Raises
    ------
    InputError
        If labels differ, a sector is not there or named twice, none or all are named, an entry
        is negative or not finite, or the spectral radius is 1 or more.
    ClosedClassError
        If sectors buy everything from each other.

    References
    ----------
    Dietzenbacher & van der Linden (1997), *Journal of Regional Science* 37, 235–257; Miller &
    Blair (2009), *Input–Output Analysis*, 2nd ed., §12.2.6.

    Examples
    --------
    Without steel, cars no longer buy it; steel no longer buys 30 of cars:

    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> found = extract(S, output["final_demand"], "steel")
    >>> found.loss.round(9).to_dict(), round(found.percent, 9)
    ({'steel': 100.0, 'cars': 50.0}, 50.0)
    """
    S = check_production(S)
    f = by_label(final_demand, S.rows, "final_demand")
    gone = places_of(S.rows, sectors)
    U = Resolvent(S.values, choose_method(len(f)))
    x = U.solve(f, transposed=True)
    left = ~gone
    S_kr, S_rr = S.values[gone][:, left], S.values[left][:, left]
    A_rk = sparse.csr_array(S_kr).T
    rest = Resolvent(sparse.csr_array(S_rr), choose_method(int(left.sum())))
    loss = x.copy()
    loss[left] = rest.solve(A_rk @ x[gone], transposed=True)
    total, whole = float(loss.sum()), float(x.sum())
    return Extraction(
        tuple(label for label, out in zip(S.rows, gone, strict=True) if out),
        series(x, S.rows, "output"),
        series(loss, S.rows, "loss"),
        total,
        100.0 * total / whole if whole else np.nan,
    )


def places_of(labels: tuple[str, ...], sectors: Sequence[Any] | str) -> np.ndarray:
    """Return a mask of the sectors of a set, or name what is wrong with the set."""
    named = text_labels([sectors] if isinstance(sectors, str | int) else sectors, "sectors")
    strangers = [label for label in named if label not in labels]
    if strangers:
        raise InputError(
            f"sectors: there is no sector {show(strangers[0])}. {nearest(strangers[0], labels)}"
        )
    if not 0 < len(named) < len(labels):
        raise InputError(
            f"sectors: at least one is to leave and one to stay, got {len(named)} of {len(labels)}."
        )
    return np.isin(np.asarray(labels, dtype=object), np.asarray(named, dtype=object))


def extraction_losses(S: MatrixLike, final_demand: Any) -> pd.Series[float]:
    """Loss of gross output if a sector alone is extracted, for every sector.

    One formula for all of them: (1'U')_k x_k / U_kk, from the multiplier, the output and the
    diagonal of U; no sector is taken out.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    final_demand : pandas.Series, length N
        Final demand f of each sector's product, in money.

    Returns
    -------
    pandas.Series, length N
        In % of gross output of all sectors, as :func:`extract` gives it for one. The losses of
        all sectors do not add up to 100%: a chain through several is lost with each. NaN where
        there is no output.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`extract`.

    Notes
    -----
    The diagonal takes N right sides, solved with the one factorisation: time N³, memory 512 N
    beside it. Above 15,000 sectors the factors are sparse.

    References
    ----------
    As :func:`extract`. The formula is the inverse of a matrix without a row and a column, by
    blocks: (I − A_rr)⁻¹ = L_rr − L_rk L_kr / L_kk.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, output
    >>> extraction_losses(S, output["final_demand"]).round(9).to_dict()
    {'steel': 50.0, 'cars': 75.0}
    """
    S = check_production(S)
    f = by_label(final_demand, S.rows, "final_demand")
    U = Resolvent(S.values, choose_method(len(f)))
    x = U.solve(f, transposed=True)
    return series(lose_each(U, x), S.rows, "extraction_loss")


def lose_each(U: Resolvent, x: Vector) -> Vector:
    """Return the loss, in % of all output x, if each sector alone is extracted."""
    whole = float(x.sum())
    losses: Vector = U.reach * x / diagonal(U)
    return 100.0 * losses / whole if whole else np.full(len(x), np.nan)


def factored(U: Resolvent) -> Resolvent:
    """Return a resolvent that N right sides are cheap for: products alone would take days."""
    if U.method != "iterative":
        return U
    return Resolvent(U.M, "dense" if U.M.shape[0] <= FULL else "sparse")


def diagonal(U: Resolvent) -> Vector:
    """Return the diagonal of (I − M)⁻¹, a block of columns at a time."""
    U, n = factored(U), U.M.shape[0]
    found: Vector = np.empty(n)
    for block, unit in unit_blocks(n):
        found[block] = U.solve(unit)[block].diagonal()
    return found


def unit_blocks(n: int) -> Iterator[tuple[slice, Vector]]:
    """Yield the columns of the identity, a block at a time, and which they are."""
    for first in range(0, n, BLOCK):
        size = min(BLOCK, n - first)
        yield slice(first, first + size), np.eye(n, size, -first)
