"""The leak test in words of the accounts: which industries trade with each other alone."""

from __future__ import annotations

from ...core.errors import ClosedClassError, show_some
from ...core.matrix import LabelledMatrix
from ..linalg import closed_classes
from ..linalg._labels import Vector

__all__ = ["refuse_closed"]


def refuse_closed(M: LabelledMatrix, leak: Vector | None, does: str, remedy: str) -> None:
    """Refuse a matrix of shares with a closed class, and name it.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Shares of the row's total, not negative.
    leak : ndarray, shape (N,), or None
        What of each row's total leaves; None is 1 − row sum.
    does, remedy : str
        What industries of such a class do, and what helps: ends of two sentences.

    Raises
    ------
    ClosedClassError
        If there is a closed class; ``classes`` holds all members of all of them.

    Examples
    --------
    >>> D = LabelledMatrix.build("D", [[0, 1], [1, 0]], ["steel", "cars"])
    >>> refuse_closed(D, None, "sell to each other alone", "Add final demand.")
    Traceback (most recent call last):
    spillgraph.core.errors.ClosedClassError: matrix D: 'steel', 'cars' sell to each other alone. \
Add final demand.
    """
    classes = closed_classes(M, leak)
    if classes:
        more = f" (and {len(classes) - 1} more such sets)" if len(classes) > 1 else ""
        raise ClosedClassError(
            f"matrix {M.name}: {show_some(classes[0])} {does}{more}. {remedy}", classes
        )
