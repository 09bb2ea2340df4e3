"""The elements of ψ and of its channels, N × N, for whoever asks for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector
from ..linalg._leakage import Leak
from ..linalg._operands import check_operands
from ..linalg._resolvent import Resolvent

__all__ = ["Elements", "elements"]

ELASTICITY = "% per %"


@dataclass(frozen=True, slots=True)
class Elements:
    """ψ, its factors and its parts, all in % per %; rows affected sectors, columns origins.

    Parameters
    ----------
    psi : LabelledMatrix, shape (N, N)
        ψ = U V. ``psi[i, j]``: a rise of 1% in the technology of origin j raises the output of i
        by so many per cent, through every chain of citations and then of inputs.
    U : LabelledMatrix, shape (N, N)
        (I − S)⁻¹, the production multiplier; ψ where W = 0.
    V : LabelledMatrix, shape (N, N)
        (I − W)⁻¹, the innovation multiplier.
    own : LabelledMatrix, shape (N, N)
        I: the rise itself.
    production : LabelledMatrix, shape (N, N)
        U − I: chains of inputs only.
    innovation : LabelledMatrix, shape (N, N)
        V − I: chains of citations only.
    interaction : LabelledMatrix, shape (N, N)
        (U − I)(V − I): chains of citations and then of inputs. These four sum to ψ; the last two
        are what is lost without the innovation network.
    T1, T2, T3 : LabelledMatrix, shape (N, N)
        The source's modes S + S², W + W² and ψ − I − T1 − T2. T3 is not interaction alone: it
        equals interaction + S³U + W³V, the long chains of the pure channels with it.
    """

    psi: LabelledMatrix
    U: LabelledMatrix
    V: LabelledMatrix
    own: LabelledMatrix
    production: LabelledMatrix
    innovation: LabelledMatrix
    interaction: LabelledMatrix
    T1: LabelledMatrix
    T2: LabelledMatrix
    T3: LabelledMatrix


def elements(S: MatrixLike, W: MatrixLike, *, own_leak: Leak = None) -> Elements:
    """Form ψ and split it: own, production, innovation, interaction; T1, T2, T3 beside it.

    Some 16 full arrays of N² doubles at once (N = 1,500: 300 MB). For the sums alone
    :func:`~spillgraph.analytics.psi` forms none.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    W : LabelledMatrix, shape (N, N)
        Citation shares, [citing, cited]; the same labels as S in any order.
    own_leak : pandas.Series or ndarray, length N, optional
        As in :func:`~spillgraph.analytics.psi`.

    Returns
    -------
    Elements
        In the order of ``S.rows``; zero exactly where no chain leads.

    Raises
    ------
    InputError, ClosedClassError
        As :func:`~spillgraph.analytics.psi`.

    References
    ----------
    T1, T2, T3: Li et al. (2024), 30th IIOA conference, §3.3, with the terms SW and SW² that the
    expansion there leaves out (erratum E-000.3). The exact split
    ψ = I + (U−I) + (V−I) + (U−I)(V−I) is not theirs: T3 = (U−I)(V−I) + S³U + W³V, with the far
    ends of both pure channels in it.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> parts = elements(S, W)
    >>> parts.psi.to_frame().mul(27).round(9).to_numpy().tolist()
    [[45.0, 36.0], [20.0, 56.0]]
    >>> parts.interaction.to_frame().mul(54).round(9).to_numpy().tolist()
    [[12.0, 12.0], [13.0, 10.0]]
    """
    S, W, _, _ = check_operands(S, W, own_leak)
    s, w, one = S.values.toarray(), W.values.toarray(), np.eye(len(S.rows))
    U = Resolvent(S.values, "dense").solve(one)
    V = Resolvent(W.values, "dense").solve(one)
    # U − I = S U, written without a difference: small chains keep all their digits.
    production, innovation = s @ U, w @ V
    interaction = production @ innovation
    return Elements(
        psi=_result("psi", U @ V, S, W),
        U=_result("U", U, S),
        V=_result("V", V, W),
        own=_result("own", one, S, W),
        production=_result("production", production, S),
        innovation=_result("innovation", innovation, W),
        interaction=_result("interaction", interaction, S, W),
        T1=_result("T1", s + s @ s, S),
        T2=_result("T2", w + w @ w, W),
        T3=_result("T3", interaction + s @ s @ production + w @ w @ innovation, S, W),
    )


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
