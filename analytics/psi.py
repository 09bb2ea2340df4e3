"""The spillover operator ψ = (I − S)⁻¹ (I − W)⁻¹ and the exact split of its channels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.linalg import lu_factor, lu_solve

from ..core.errors import InputError
from ..core.matrix import LabelledMatrix
from .labels import Vector, by_label, require_flows, series, square
from .leakage import Leak, default_leak, require_leakage, spectral_radius

__all__ = ["Decomposition", "Psi", "contribution", "decompose", "psi"]

ELASTICITY = "% per %"


@dataclass(frozen=True, slots=True)
class Psi:
    """The spillover operator, its two factors, its sums and its proof.

    ``psi[i, j]``: a rise of 1% in the technology of origin j raises the output of i by so many
    per cent, through every chain of citations and then of inputs.

    Parameters
    ----------
    psi : LabelledMatrix, shape (N, N)
        ψ = U V, % per %; rows affected sectors, columns origins.
    U : LabelledMatrix, shape (N, N)
        (I − S)⁻¹, the production multiplier, % per %.
    V : LabelledMatrix, shape (N, N)
        (I − W)⁻¹, the innovation multiplier, % per %.
    benefit : pandas.Series, length N
        Row sums ψ1: what each sector gains from 1% everywhere, in %.
    contribution : pandas.Series, length N
        Column sums 1'ψ: what 1% in one sector gives to all, unweighted, in % summed over
        sectors. For weights see :func:`contribution`.
    cond_S, cond_W : float
        1-norm condition numbers of I − S and I − W: digits lost, at worst, are their log10.
    residual : float
        Largest absolute entry of (I − S) ψ (I − W) − I; 0 but for rounding.
    rho_S, rho_W : float
        Spectral radii of S and W, both below 1.
    """

    psi: LabelledMatrix
    U: LabelledMatrix
    V: LabelledMatrix
    benefit: pd.Series[float]
    contribution: pd.Series[float]
    cond_S: float
    cond_W: float
    residual: float
    rho_S: float
    rho_W: float


@dataclass(frozen=True, slots=True)
class Decomposition:
    """ψ − I by channel: exactly, and as printed in the source.

    Parameters
    ----------
    own : LabelledMatrix, shape (N, N)
        I: the rise itself, % per %, as all that follow.
    production : LabelledMatrix, shape (N, N)
        U − I: chains of inputs only.
    innovation : LabelledMatrix, shape (N, N)
        V − I: chains of citations only.
    interaction : LabelledMatrix, shape (N, N)
        (U − I)(V − I): chains of citations and then of inputs. The four sum to ψ.
    T1, T2, T3 : LabelledMatrix, shape (N, N)
        The source's modes S + S², W + W² and ψ − I − T1 − T2. T3 is not interaction alone: it
        equals interaction + S³U + W³V, the long chains of the pure channels with it.
    """

    own: LabelledMatrix
    production: LabelledMatrix
    innovation: LabelledMatrix
    interaction: LabelledMatrix
    T1: LabelledMatrix
    T2: LabelledMatrix
    T3: LabelledMatrix


def psi(S: LabelledMatrix, W: LabelledMatrix, *, own_leak: Leak = None) -> Psi:
    """Invert both networks and multiply: innovation first, production second.

    Dense: about 8 arrays of N² doubles at once (N = 1500: 150 MB).

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    W : LabelledMatrix, shape (N, N)
        Citation shares, [citing, cited]; the same labels as S in any order.
    own_leak : pandas.Series or ndarray, length N, optional
        Exact leak of W, as ``citation_shares`` returns it; an array is in the order of
        ``W.rows``. Default: 1 − row sums of W.

    Returns
    -------
    Psi
        All in the order of ``S.rows``.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite, or a spectral radius is 1 or more.
    ClosedClassError
        If I − S or I − W is singular because sectors receive everything from each other; the
        message names the matrix and the sectors.

    References
    ----------
    Li et al. (2024), 30th IIOA conference; models.md §1.2 and §1.5.

    Examples
    --------
    >>> S = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], ["steel", "cars"])
    >>> W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], ["steel", "cars"])
    >>> result = psi(S, W)
    >>> result.psi.to_frame().mul(27).round(9).to_numpy().tolist()
    [[45.0, 36.0], [20.0, 56.0]]
    >>> result.benefit.mul(27).round(9).to_dict(), result.residual < 1e-15
    ({'steel': 81.0, 'cars': 76.0}, True)
    """
    S, W, rho_S, rho_W = _checked(S, W, own_leak)
    A, B = _identity_minus(S), _identity_minus(W)
    unit = np.eye(len(S.rows))
    factors = _factor(A)
    V = _solve(_factor(B), unit)
    U, both = _solve(factors, unit), _solve(factors, V)
    operator = _result("psi", both, S, W)
    return Psi(
        psi=operator,
        U=_result("U", U, S),
        V=_result("V", V, W),
        benefit=series(both.sum(axis=1), S.rows, "benefit"),
        contribution=series(both.sum(axis=0), S.rows, "contribution"),
        cond_S=_one_norm(A) * _one_norm(U),
        cond_W=_one_norm(B) * _one_norm(V),
        residual=float(np.abs(A @ both @ B - unit).max()),
        rho_S=rho_S,
        rho_W=rho_W,
    )


def contribution(result: Psi, weights: pd.Series[float]) -> pd.Series[float]:
    """Weighted column sums w'ψ: what 1% in each origin gives to the weighted economy.

    Parameters
    ----------
    result : Psi
        Of N sectors.
    weights : pandas.Series, length N
        Weight of each affected sector, used as given. The theory's weights are shares of final
        demand (then the answer is % of real GDP per %); they need not sum to 1 here.

    Returns
    -------
    pandas.Series, length N
        By origin, in % × unit of the weights.

    Raises
    ------
    InputError
        If labels differ or a weight is not finite.

    References
    ----------
    models.md §1.2: d ln Y = b'ψ g. With W = 0 these are the Domar weights b'U of Hulten (1978).

    Examples
    --------
    >>> S = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], ["steel", "cars"])
    >>> W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], ["steel", "cars"])
    >>> b = pd.Series({"steel": 0.25, "cars": 0.75})
    >>> contribution(psi(S, W), b).mul(36).round(9).to_dict()
    {'steel': 35.0, 'cars': 68.0}
    """
    weight = by_label(weights, result.psi.rows, "weights")
    return series(weight @ result.psi.values, result.psi.columns, "contribution")


def decompose(S: LabelledMatrix, W: LabelledMatrix, *, own_leak: Leak = None) -> Decomposition:
    """Split ψ into own, production, innovation and interaction; print T1, T2, T3 beside it.

    Parameters
    ----------
    S, W, own_leak
        As in :func:`psi`.

    Returns
    -------
    Decomposition
        In the order of ``S.rows``.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`psi`.

    References
    ----------
    ψ = I + (U−I) + (V−I) + (U−I)(V−I): models.md §1.3 step 5. T1, T2, T3: Li et al. (2024),
    slide "three modes", with the terms SW and SW² that it leaves out (erratum E-000.3).

    Examples
    --------
    >>> S = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], ["steel", "cars"])
    >>> W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], ["steel", "cars"])
    >>> parts = decompose(S, W)
    >>> parts.interaction.to_frame().mul(54).round(9).to_numpy().tolist()
    [[12.0, 12.0], [13.0, 10.0]]
    """
    result = psi(S, W, own_leak=own_leak)
    W = square(W).aligned_to(result.psi.rows)
    s, w = square(S).values.toarray(), W.values.toarray()
    # U − I = S U, written without a difference: small chains keep all their digits.
    production, innovation = s @ result.U.values.toarray(), w @ result.V.values.toarray()
    interaction = production @ innovation
    T3 = interaction + s @ s @ production + w @ w @ innovation
    labelled = {
        "own": np.eye(len(s)),
        "production": production,
        "innovation": innovation,
        "interaction": interaction,
        "T1": s + s @ s,
        "T2": w + w @ w,
        "T3": T3,
    }
    return Decomposition(**{name: _result(name, M, S, W) for name, M in labelled.items()})


def _checked(
    S: LabelledMatrix, W: LabelledMatrix, own_leak: Leak
) -> tuple[LabelledMatrix, LabelledMatrix, float, float]:
    """Return S, W in one order with their spectral radii, or say why they have no inverse."""
    S, W = replace(square(S), name="S"), replace(square(W), name="W")
    # An array of leaks is in the order of W as given, so the test comes before the alignment.
    require_flows(S)
    require_flows(W)
    require_leakage(S)
    require_leakage(W, own_leak)
    W = W.aligned_to(S.rows)
    return S, W, _proven_radius(S), _proven_radius(W)


def _proven_radius(M: LabelledMatrix) -> float:
    """Spectral radius of a matrix without closed classes, refused where chains do not die out."""
    rho = spectral_radius(M)
    leak = default_leak(M)
    heavy = leak.index[leak < 0]
    # Where no row exceeds 1 the leakage test is the proof; ρ may then still round to 1.
    if rho >= 1 and len(heavy):
        raise InputError(
            f"matrix {M.name}: its spectral radius is {rho:.6g}; below 1 is needed for the chains "
            f"to die out. The rows of {', '.join(map(repr, heavy[:5]))} sum to more than 1; "
            "check them."
        )
    return rho


def _identity_minus(M: LabelledMatrix) -> Vector:
    """I − M, dense."""
    difference: Vector = np.eye(len(M.rows)) - M.values.toarray()
    return difference


def _factor(A: Vector) -> tuple[Vector, np.ndarray]:
    """LU factors of the transpose of A = I − M.

    Rows of M sum to at most 1, so the transpose is dominated by its diagonal column by column:
    LAPACK never swaps rows, and elimination and substitution only ever add numbers of one
    sign. The inverse is then never negative, zero exactly where no chain leads, and accurate
    entry by entry.
    """
    factors, pivots = lu_factor(A.T)
    return factors, pivots


def _solve(factors: tuple[Vector, np.ndarray], right: Vector) -> Vector:
    """Solve A X = right with the factors of A transposed."""
    solution: Vector = lu_solve(factors, right, trans=1)
    return solution


def _one_norm(A: Vector) -> float:
    """Largest column sum of absolute values."""
    return float(np.abs(A).sum(axis=0).max())


def _result(name: str, values: Vector, *sources: LabelledMatrix) -> LabelledMatrix:
    """Label a result; it keeps the year its sources share and says what they were."""
    years = {M.year for M in sources}
    origin = {f"{M.name}.{key}": text for M in sources for key, text in M.provenance.items()}
    return LabelledMatrix.build(
        name,
        values,
        sources[0].rows,
        unit=ELASTICITY,
        year=years.pop() if len(years) == 1 else None,
        provenance=origin,
    )
