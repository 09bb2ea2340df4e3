"""The entries of a matrix: finite or refused, without their signs, divided row by row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from ...core.errors import InputError, show
from ...core.matrix import LabelledMatrix
from ._labels import Vector

__all__ = [
    "KEPT",
    "NEGATIVE",
    "absolute",
    "divide_rows",
    "require_finite",
    "without_identity",
]

#: What the provenance of a matrix says whose negative entries are meant.
NEGATIVE, KEPT = "negative entries", "kept"
#: What rounding leaves of 1 − 1.
ROUNDING = 1e-14


def absolute(M: LabelledMatrix) -> LabelledMatrix:
    """Return ``M`` with the absolute values of its entries, and itself where none is negative.

    Parameters
    ----------
    M : LabelledMatrix, shape (R, C)
        Any unit.

    Returns
    -------
    LabelledMatrix, shape (R, C)

    Examples
    --------
    >>> S = LabelledMatrix.build("S", [[0.2, -0.1]], ["steel"], ["steel", "cars"])
    >>> absolute(S).values.toarray().tolist()
    [[0.2, 0.1]]
    """
    if not (M.values.data < 0).any():
        return M
    return replace(M, values=sparse.csr_array(abs(M.values)))


def require_finite(M: LabelledMatrix) -> None:
    """Refuse entries that are no finite numbers, naming the first pair, row by row.

    Parameters
    ----------
    M : LabelledMatrix, shape (R, C)
        Any unit.

    Raises
    ------
    InputError
        If an entry is infinite or not a number.

    Examples
    --------
    >>> require_finite(LabelledMatrix.build("K", [[0, np.nan]], ["steel"], ["steel", "cars"]))
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: matrix K: the entry of row 'steel' and column 'cars' is \
nan; entries must be finite. Correct or leave out that row of the input.
    """
    if np.isfinite(M.values.data).all():
        return
    coo = sparse.coo_array(M.values)
    bad = np.flatnonzero(~np.isfinite(coo.data))
    first = bad[np.lexsort((coo.col[bad], coo.row[bad]))[0]]
    raise InputError(
        f"matrix {M.name}: the entry of row {show(M.rows[coo.row[first]])} and column "
        f"{show(M.columns[coo.col[first]])} is {coo.data[first]:g}; entries must be finite. "
        "Correct or leave out that row of the input."
    )


def divide_rows(values: sparse.csr_array, by: Vector) -> sparse.csr_array:
    """Divide each row by its number; rows whose number is 0 must have no entries and stay so.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (R, C)
        Any unit.
    by : ndarray, shape (R,)
        One number for each row.

    Returns
    -------
    scipy.sparse.csr_array, shape (R, C)

    Examples
    --------
    >>> divide_rows(sparse.csr_array([[6.0, 4.0], [0.0, 0.0]]), np.array([10.0, 0.0])).toarray()
    array([[0.6, 0.4],
           [0. , 0. ]])
    """
    divided = values.copy()
    # Divided, not multiplied by the inverse: 3 / 10 is one rounding, 3 · (1 / 10) two.
    divided.data = values.data / np.repeat(by, np.diff(values.indptr))
    return divided


def without_identity(M: LabelledMatrix) -> LabelledMatrix:
    """Return ``M − I``, without what is nothing but rounding.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        For example ψ, in % per %.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        For ψ the spillovers: what each sector has from others, and from itself through them.

    Examples
    --------
    >>> psi = LabelledMatrix.build("psi", [[1.5, 0.25], [0, 1]], ["steel", "cars"])
    >>> without_identity(psi).to_frame().to_numpy().tolist()
    [[0.5, 0.25], [0.0, 0.0]]
    """
    rest = (M.values - sparse.eye_array(len(M.rows), format="csr")).tocsr()
    rest.data[np.abs(rest.data) < ROUNDING] = 0.0
    rest.eliminate_zeros()
    return replace(M, name=f"{M.name} - I", values=rest)
