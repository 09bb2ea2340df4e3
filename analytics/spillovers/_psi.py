"""The sums of the spillover operator ψ = (I − S)⁻¹ (I − W)⁻¹, with their proof.

Nothing here forms an inverse: each network is factored once or multiplied with, and solved for
the sums. The elements of ψ are in :mod:`.elements`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, require_kind, series, weights_by_label
from ..linalg._leakage import Leak
from ..linalg._operands import Bounds, check_operands
from ..linalg._resolvent import Method, Resolvent, choose_method

__all__ = ["ErrorBounds", "Psi", "loss_percent", "psi"]

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class ErrorBounds:
    """Why the sums of ψ can be believed.

    Parameters
    ----------
    rho_S, rho_W : (float, float)
        Bounds of the spectral radii of S and W.
    cond_S, cond_W : float
        Condition numbers of I − S and I − W in the maximum norm: the digits lost, at worst, are
        their log10.
    residual : float
        Largest entry of (I − W)(I − S) ψ1 − 1 and, relative to the largest weight, of its
        transpose with the contributions; 0 but for rounding.
    error_benefit : float
        Bound of the relative error of every row sum, rounding included.
    error_contribution : float
        Bound of the errors of the column sums, added up over sectors and relative to the sum of
        their absolute values; the worst weight.
    method : str
        How both networks were solved: ``dense``, ``sparse`` or ``iterative``.
    products : int
        Products of a network with one vector.
    """

    rho_S: Bounds
    rho_W: Bounds
    cond_S: float
    cond_W: float
    residual: float
    error_benefit: float
    error_contribution: float
    method: str
    products: int


@dataclass(frozen=True, slots=True)
class Psi:
    """Row and column sums of ψ, of ψ without the innovation network, and of its modes.

    Parameters
    ----------
    benefit : pandas.Series, length N
        Row sums ψ1: what each sector gains from 1% everywhere, in %.
    benefit_without_W : pandas.Series, length N
        U1, the same where knowledge does not travel (W = 0), in %.
    contribution : pandas.DataFrame, shape (N, K), a column for each weight
        Weighted column sums w'ψ: what 1% in one sector gives to the weighted economy, in
        % × unit of the weights.
    contribution_without_W : pandas.DataFrame, shape (N, K)
        w'U; with weights of final demand these are Domar weights.
    modes : pandas.DataFrame, shape (N, 7)
        Row sums in %: ``own`` (1), ``production`` (U − I), ``innovation`` (V − I) and
        ``interaction`` (U − I)(V − I), which add up to ψ1; beside them the source's modes ``T1``
        (S + S²), ``T2`` (W + W²) and ``T3`` (ψ − I − T1 − T2). T3 is not interaction alone: it
        holds the long chains of the pure channels, S³U + W³V, too.
    proof : ErrorBounds
        Bounds of errors, spectral radii, condition numbers.
    """

    benefit: pd.Series[float]
    benefit_without_W: pd.Series[float]
    contribution: pd.DataFrame
    contribution_without_W: pd.DataFrame
    modes: pd.DataFrame
    proof: ErrorBounds


def psi(
    S: MatrixLike,
    W: MatrixLike,
    *,
    weights: pd.DataFrame | pd.Series[float] | None = None,
    own_leak: Leak = None,
    method: Method | None = None,
) -> Psi:
    """Sum the spillover operator over receivers and sources without forming it.

    Three solves and two for each weight, whatever the number of sectors.

    Parameters
    ----------
    S : LabelledMatrix, pandas.DataFrame or array, shape (N, N)
        Production shares of gross output, [user, supplier].
    W : LabelledMatrix, pandas.DataFrame or array, shape (N, N)
        Citation shares, [citing, cited]; the same labels as S in any order.
    weights : pandas.DataFrame, shape (N, K), optional
        Weights of the affected sectors, a column each, used as given. The theory's weights are
        shares of final demand: then a column sum is % of real GDP per %. A column ``unit`` of
        ones is always added.
    own_leak : pandas.Series or ndarray, length N, optional
        Exact leak of W, as ``citation_shares`` returns it; an array is in the order of
        ``W.rows``. Default: 1 − row sums of W.
    method : {"dense", "sparse", "iterative"}, optional
        LU, sparse LU, or products alone. Default: LU up to 3,000 sectors, products beyond.

    Returns
    -------
    Psi
        In the order of ``S.rows``.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite, a spectral radius is 1 or more, or
        a weight is not finite.
    ClosedClassError
        If I − S or I − W is singular because sectors receive everything from each other; the
        message names the matrix and the sectors.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2; sums: slides "ψ = (I − S)⁻¹(I − W)⁻¹" (2) and
    (3), which say only "weighted sum". Final demand follows from their model: d ln Y = b'ψ g; with
    W = 0 these are the Domar weights b'U of Hulten (1978), *Review of Economic Studies* 45.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W, b
    >>> result = psi(S, W, weights=b)
    >>> result.benefit.mul(27).round(9).to_dict()
    {'steel': 81.0, 'cars': 76.0}
    >>> result.contribution["final demand"].mul(9).round(9).to_dict()
    {'steel': 10.0, 'cars': 16.0}
    >>> result.modes.loc["steel"].mul(9).round(9).to_dict()["interaction"]
    4.0
    >>> result.proof.error_benefit < 1e-14, result.proof.residual < 1e-15
    (True, True)
    """
    S, W, rho_S, rho_W = check_operands(S, W, own_leak)
    frame = weights_by_label(weights, S.rows)
    how = method or choose_method(len(S.rows))
    U, V = Resolvent(S.values, how), Resolvent(W.values, how)
    chained = V.multiply(V.reach)  # W V 1, the chains of citations
    gained = U.solve(chained)  # U W V 1 = ψ1 − U1
    w = frame.to_numpy()
    demanded = U.solve(w, transposed=True)  # U'w
    cited = V.multiply(demanded, transposed=True)
    spread = V.solve(cited, transposed=True)  # ψ'w − U'w
    benefit, contribution = U.reach + gained, demanded + spread
    return Psi(
        series(benefit, S.rows, "benefit"),
        series(U.reach, S.rows, "benefit_without_W"),
        _to_frame(contribution, frame),
        _to_frame(demanded, frame),
        _modes(U, V, chained, gained, S.rows),
        ErrorBounds(
            rho_S,
            rho_W,
            U.condition,
            V.condition,
            put_back(U, V, benefit, contribution, w),
            _error_benefit(U, V, chained, gained, benefit),
            _error_contribution(U, V, w, demanded, cited, spread),
            U.method if U.method == V.method else f"{U.method} and {V.method}",
            U.products + V.products,
        ),
    )


def loss_percent(result: Psi) -> pd.DataFrame:
    """Return what would be lost without the innovation network, in per cent.

    Parameters
    ----------
    result : Psi
        Of N sectors and K weights.

    Returns
    -------
    pandas.DataFrame, shape (N, 1 + K)
        ``benefit``, 100 (1 − (U1)_i / (ψ1)_i), and a column for each weight,
        100 (1 − (w'U)_j / (w'ψ)_j); NaN where a weighted column sum is 0.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, slides "Counterfactual Analysis" (2) and (3).

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> loss_percent(psi(S, W)).round(3).to_dict("list")
    {'benefit': [33.333, 28.947], 'unit': [35.385, 28.261]}
    """
    require_kind(result, Psi, "loss_percent")
    whole = result.contribution.where(result.contribution != 0)
    columns = 100.0 * (1.0 - result.contribution_without_W / whole)
    columns.insert(0, "benefit", 100.0 * (1.0 - result.benefit_without_W / result.benefit))
    return columns


def _index(labels: tuple[str, ...]) -> pd.Index:
    return pd.Index(labels, name="label")


def _to_frame(values: Vector, like: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(values, index=like.index, columns=like.columns)


def _modes(
    U: Resolvent, V: Resolvent, chained: Vector, gained: Vector, labels: tuple[str, ...]
) -> pd.DataFrame:
    """Row sums of the channels, without a difference: small ones keep all their digits."""
    ones = np.ones_like(gained)
    production, interaction = U.multiply(U.reach), U.multiply(gained)
    first_S, first_W = U.multiply(ones), V.multiply(ones)
    tails = U.multiply(U.multiply(production)) + V.multiply(V.multiply(chained))
    columns = {
        "own": ones,
        "production": production,
        "innovation": chained,
        "interaction": interaction,
        "T1": first_S + U.multiply(first_S),
        "T2": first_W + V.multiply(first_W),
        "T3": interaction + tails,
    }
    return pd.DataFrame(columns, index=_index(labels))


# -- the proof -------------------------------------------------------------------------------------


def put_back(U: Resolvent, V: Resolvent, benefit: Vector, contribution: Vector, w: Vector) -> float:
    """Put sums of ψ back through both networks: rows give 1, columns the weights.

    Parameters
    ----------
    U, V : Resolvent
        Of S and of W.
    benefit : ndarray, shape (N,)
        Row sums ψ1.
    contribution, w : ndarray, shape (N, K)
        Weighted column sums, and their weights.

    Returns
    -------
    float
        The largest entry that is left: of (I − W)(I − S) ψ1 − 1, and of its transpose with the
        contributions, relative to the largest weight.
    """
    back = benefit - U.multiply(benefit)
    rows = float(np.abs(back - V.multiply(back) - 1.0).max())
    back = contribution - V.multiply(contribution, transposed=True)
    off = np.abs(back - U.multiply(back, transposed=True) - w).max(axis=0)
    size = np.abs(w).max(axis=0)
    return max(rows, float((off / np.where(size > 0, size, 1.0)).max()))


def _error_benefit(
    U: Resolvent, V: Resolvent, chained: Vector, gained: Vector, benefit: Vector
) -> float:
    """Bound the relative error of every row sum, (U1)_i and (U W V 1)_i together.

    A vector whose entries are off by at most e changes its image under U by at most e (U1)_i.
    """
    rows = float(np.asarray(V.M.sum(axis=1)).max(initial=0.0))
    before = V.slack / (1.0 - V.slack) * rows * float(V.reach.max())
    before += float((V.rounding() * chained).max(initial=0.0))
    off = U.slack + before + float(U.residual(gained, chained).max(initial=0.0))
    return float((U.span / np.abs(benefit)).max()) * off / (1.0 - U.slack) + 2 * EPS


def _error_contribution(
    U: Resolvent, V: Resolvent, w: Vector, demanded: Vector, cited: Vector, spread: Vector
) -> float:
    """Bound the errors of the column sums added up, relative to their absolute sum."""
    first = U.error_transposed(demanded, w)
    # An error e before V' is at most max (W y) · 1'|e| after it, y the row sums of V.
    passed = float(V.multiply(V.reach).max(initial=0.0)) / (1.0 - V.slack) * first
    # Of numbers of both signs a sum may cancel, and its rounding does not.
    mixed = demanded.min(initial=0.0) < 0
    size = V.multiply(np.abs(demanded), transposed=True) if mixed else cited
    rounded = (V.reach * V.rounding(transposed=True)) @ size / (1.0 - V.slack)
    second = V.error_transposed(spread, cited) + rounded
    whole = np.abs(demanded + spread).sum(axis=0)
    return float(((first + passed + second) / np.where(whole > 0, whole, 1.0)).max()) + 2 * EPS
