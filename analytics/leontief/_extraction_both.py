"""Hypothetical extraction from both networks at once: what ψ loses without a sector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, series, weights_by_label
from ..linalg._leakage import Leak
from ..linalg._operands import check_operands
from ..linalg._resolvent import Resolvent, choose_method
from ._extraction import factored, places_of, unit_blocks

__all__ = ["JointExtraction", "extract_both", "extraction_losses_both"]


@dataclass(frozen=True, slots=True)
class JointExtraction:
    """What the others lose when a set of sectors leaves production and innovation at once.

    Parameters
    ----------
    sectors : tuple of str
        The set.
    benefit : pandas.Series, length N
        ψ1 before, in %: what each sector gains from 1% everywhere.
    loss : pandas.DataFrame, a row for each sector that remains
        What it gains less, in %: ``inputs``, chains whose inputs meet the set and whose citations
        do not; ``knowledge``, the other way round; ``both``; and ``total``, their sum.
    gone : pandas.Series
        Benefit of the sectors of the set, which leaves with them, in %.
    percent : float
        What those that remain lose, in % of their benefit.
    """

    sectors: tuple[str, ...]
    benefit: pd.Series[float]
    loss: pd.DataFrame
    gone: pd.Series[float]
    percent: float


def extract_both(
    S: MatrixLike, W: MatrixLike, sectors: Sequence[Any] | str, *, own_leak: Leak = None
) -> JointExtraction:
    """Take sectors out of both networks: nobody buys from them, sells to them or cites them.

    A chain of ψ = U V is one of inputs and then one of citations; the sector where they meet is
    part of both. With Ũ, Ṽ for the networks without the set,
    ψ − ŨṼ = (U − Ũ) Ṽ + Ũ (V − Ṽ) + (U − Ũ)(V − Ṽ), in every row that remains, nothing negative.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    W : LabelledMatrix, shape (N, N)
        Citation shares, [citing, cited]; the same labels as S in any order. Shares stay what they
        are: what was cited of the set is not cited elsewhere.
    sectors : str, or sequence of str
        The set; not all sectors.
    own_leak : pandas.Series or ndarray, length N, optional
        As in :func:`~spillgraph.analytics.psi`.

    Returns
    -------
    JointExtraction

    Raises
    ------
    InputError
        If labels differ, a sector is not there, none or all are named, an entry is negative or
        not finite, or a spectral radius is 1 or more.
    ClosedClassError
        If sectors receive everything from each other.

    References
    ----------
    Extraction: Dietzenbacher & van der Linden (1997), *Journal of Regional Science* 37, 235–257.
    ψ: Li et al. (2024), 30th IIOA conference, §3.2. Extraction from ψ is not theirs.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> found = extract_both(S, W, "cars")
    >>> found.loss.mul(36).round(9).loc["steel"].to_dict()
    {'inputs': 27.0, 'knowledge': 25.0, 'both': 11.0, 'total': 63.0}
    >>> left = found.benefit["steel"] - found.loss.loc["steel", "total"]
    >>> round(float(left), 9)  # 1 / (1 − 0.2)
    1.25
    """
    S, W, _, _ = check_operands(S, W, own_leak)
    gone = places_of(S.rows, sectors)
    left = ~gone
    how, how_left = choose_method(len(gone)), choose_method(int(left.sum()))
    U, V = Resolvent(S.values, how), Resolvent(W.values, how)
    U_left, V_left = (Resolvent(_cut(M, left, left), how_left) for M in (S.values, W.values))
    S_rk, W_rk = (_cut(M, left, gone) for M in (S.values, W.values))
    known = np.ones(len(gone))
    known[left] = V_left.reach  # Ṽ1
    lost = (W.values @ V.reach).copy()  # (V − Ṽ)1: of the set itself all its chains
    lost[left] = V_left.solve(W_rk @ V.reach[gone])
    parts = {
        "inputs": U_left.solve(S_rk @ U.solve(known)[gone]),
        "knowledge": U_left.solve(lost[left]),
        "both": U_left.solve(S_rk @ U.solve(lost)[gone]),
    }
    labels = np.asarray(S.rows, dtype=object)
    loss = pd.DataFrame(parts, index=pd.Index(labels[left], name="label"))
    loss["total"] = loss.sum(axis=1)
    benefit = series(U.solve(V.reach), S.rows, "benefit")
    return JointExtraction(
        tuple(labels[gone]),
        benefit,
        loss,
        benefit[gone].rename("gone"),
        float(100.0 * loss["total"].sum() / benefit[left].sum()),
    )


def _cut(M: sparse.csr_array, rows: np.ndarray, columns: np.ndarray) -> sparse.csr_array:
    part = M[rows][:, columns]
    return sparse.csr_array(part)


def extraction_losses_both(
    S: MatrixLike,
    W: MatrixLike,
    weights: pd.DataFrame | pd.Series[float] | None = None,
    *,
    own_leak: Leak = None,
) -> pd.DataFrame:
    """What the others lose if a sector alone leaves both networks, for every sector.

    From row and column sums of U, V and ψ and their diagonals; no sector is taken out.

    Parameters
    ----------
    S, W, own_leak
        As in :func:`extract_both`.
    weights : pandas.Series, length N, optional
        Weights w of the sectors that lose. Default: 1 each.

    Returns
    -------
    pandas.DataFrame, N rows
        - ``inputs``, ``knowledge``, ``both``, ``total``: sum of w times the losses of all other
          sectors, in % × unit of the weights.
        - ``percent``: 100 × total / what the others have before, w'ψ1 without the sector's own;
          NaN where they have nothing.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`extract_both`.

    Notes
    -----
    The diagonals take N right sides of each network: time N³.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> extraction_losses_both(S, W).loc["cars"].mul(36).round(9).to_dict()["total"]
    63.0
    """
    S, W, _, _ = check_operands(S, W, own_leak)
    w = weights_by_label(weights, S.rows).iloc[:, 0].to_numpy()
    how = choose_method(len(w))
    U, V = Resolvent(S.values, how), Resolvent(W.values, how)
    benefit = U.solve(V.reach)
    users = U.solve(w, transposed=True)  # w'U
    gainers = V.solve(users, transposed=True)  # w'ψ
    parts = _split(w, benefit, users, gainers, V.reach, _diagonals(U, V))
    frame = pd.DataFrame(parts, index=pd.Index(S.rows, name="label"))
    frame["total"] = frame.sum(axis=1)
    others = w @ benefit - w * benefit
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["percent"] = np.where(others != 0, 100.0 * frame["total"] / others, np.nan)
    return frame


def _split(
    w: Vector,
    benefit: Vector,
    users: Vector,
    gainers: Vector,
    reach: Vector,
    diagonals: tuple[Vector, Vector, Vector],
) -> dict[str, Vector]:
    """Sums over all other sectors of the three parts of :func:`extract_both`.

    Without sector k, for r ≠ k: (U − Ũ)_r· = U_rk U_k· / U_kk and (V − Ṽ)_r· = V_rk V_k· / V_kk;
    Ṽ_k· is that of a sector without citations.
    """
    dU, dV, dP = diagonals
    through = (users - w * dU) / dU  # Σ w_r U_rk / U_kk
    cited = dP * reach / dV - dU  # U_k· (V − Ṽ)1
    return {
        "inputs": through * (benefit - dP * reach / dV + dU),
        "knowledge": (gainers - w * dP) * reach / dV - (users - w * dU) - through * cited,
        "both": through * cited,
    }


def _diagonals(U: Resolvent, V: Resolvent) -> tuple[Vector, Vector, Vector]:
    """Return the diagonals of U, of V and of U V, a block of columns at a time."""
    U, V, n = factored(U), factored(V), U.M.shape[0]
    dU, dV, dP = np.empty((3, n))
    for block, unit in unit_blocks(n):
        rows = U.solve(unit, transposed=True)  # row k of U, as a column
        columns = V.solve(unit)
        dU[block], dV[block] = rows[block].diagonal(), columns[block].diagonal()
        dP[block] = np.einsum("ij,ij->j", rows, columns)
    return dU, dV, dP
