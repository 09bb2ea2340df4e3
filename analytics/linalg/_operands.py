"""What ψ is made of: S and W in one order, refused where their chains do not die out."""

from __future__ import annotations

from dataclasses import replace

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ._entries import NEGATIVE, absolute
from ._labels import labels_where, require_flows, square
from ._leakage import Leak, require_leakage, row_leaks
from ._radius import radius_bounds

__all__ = ["Bounds", "check_operands", "check_production", "prove_radius"]

Bounds = tuple[float, float]


def check_operands(
    S: MatrixLike, W: MatrixLike, own_leak: Leak
) -> tuple[LabelledMatrix, LabelledMatrix, Bounds, Bounds]:
    """Bring S and W into one order and prove that both can be inverted.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier]; negative entries only as
        ``production_shares`` marks them.
    W : LabelledMatrix, shape (N, N)
        Citation shares, [citing, cited]; the same labels as S in any order.
    own_leak : pandas.Series or ndarray, length N, optional
        Exact leak of W; an array is in the order of ``W.rows``. Default: 1 − row sums of W.

    Returns
    -------
    S, W : LabelledMatrix, shape (N, N)
        In the order of ``S.rows``, called S and W.
    rho_S, rho_W : (float, float)
        Bounds of the spectral radii; of |S| where S has negative entries.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite, or a spectral radius is 1 or more.
    ClosedClassError
        If sectors receive everything from each other.

    Examples
    --------
    >>> S = LabelledMatrix.build("inputs", [[0.2, 0.3], [0.1, 0.4]], ["steel", "cars"])
    >>> W = LabelledMatrix.build("W", [[0, 0.25], [0.4, 0]], ["cars", "steel"])
    >>> S, W, rho_S, rho_W = check_operands(S, W, None)
    >>> S.name, W.rows, round(rho_S[1], 12), round(rho_W[1] ** 2, 12)
    ('S', ('steel', 'cars'), 0.5, 0.1)
    """
    operands = S, W
    S = _rename(square(S, "S", like=operands[1], role="S"), "S")
    W = _rename(square(W, "W", like=operands[0], role="W"), "W")
    # Chains of negative shares die out if those of their absolute values do.
    size = absolute(S) if NEGATIVE in S.provenance else S
    # An array of leaks is in the order of W as given, so the test comes before the alignment.
    require_flows(size)
    require_flows(W)
    require_leakage(size)
    require_leakage(W, own_leak)
    if W.rows != S.rows:
        W = W.aligned_to(S.rows)
    return S, W, prove_radius(size), prove_radius(W)


def check_production(S: MatrixLike) -> LabelledMatrix:
    """Prove that I − S can be inverted, where production is all there is.

    Where no row sums to more than 1 the leakage test is the proof, and no radius is computed.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier]; negative entries only as
        ``production_shares`` marks them.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        Called S, columns in the order of its rows.

    Raises
    ------
    InputError
        If an entry is negative or not finite, or the spectral radius is 1 or more.
    ClosedClassError
        If sectors buy everything from each other.

    Examples
    --------
    >>> S = LabelledMatrix.build("inputs", [[0.2, 0.3], [0.1, 0.4]], ["steel", "cars"])
    >>> check_production(S).name
    'S'
    """
    S = _rename(square(S, "S", role="S"), "S")
    size = absolute(S) if NEGATIVE in S.provenance else S
    require_flows(size)
    require_leakage(size)
    if (row_leaks(size) < 0).any():
        prove_radius(size)
    return S


def _rename(M: LabelledMatrix, name: str) -> LabelledMatrix:
    return M if M.name == name else replace(M, name=name)


def prove_radius(M: LabelledMatrix) -> Bounds:
    """Bound ρ of a matrix without closed classes, refused where chains do not die out.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Shares, not negative.

    Returns
    -------
    (float, float)

    Raises
    ------
    InputError
        If the spectral radius is 1 or more, as only rows that sum to more than 1 make it.

    Examples
    --------
    >>> prove_radius(LabelledMatrix.build("S", [[1.25]], ["steel"]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: matrix S: its spectral radius is 1.25; below 1 is needed ...
    """
    low, high = radius_bounds(M)
    heavy = labels_where(row_leaks(M) < 0, M.rows)
    # Where no row exceeds 1 the leakage test is the proof; ρ may then still round to 1.
    if low >= 1 and len(heavy):
        raise InputError(
            f"matrix {M.name}: its spectral radius is {low:.6g}; below 1 is needed for the chains "
            f"to die out. The rows of {', '.join(map(repr, heavy[:5]))} sum to more than 1; "
            "check them."
        )
    return low, high
