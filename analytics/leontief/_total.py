"""Total requirements: the Leontief inverse, where it is asked for."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._operands import check_production
from ..linalg._resolvent import Resolvent, choose_method

__all__ = ["total_requirements"]


def total_requirements(S: MatrixLike) -> LabelledMatrix:
    """Leontief inverse U = (I − S)⁻¹: what each user draws on each supplier, directly and through
    others.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].

    Returns
    -------
    LabelledMatrix, shape (N, N)
        ``total_requirements[user, supplier]``, output of the supplier per unit of final demand
        for the user's product. The textbooks' L = (I − A)⁻¹ is its transpose.

    Raises
    ------
    InputError
        If S has other users than suppliers, or an entry is not finite or negative.
    ClosedClassError
        If sectors without value added buy only from each other.

    References
    ----------
    Miller & Blair (2009), *Input–Output Analysis*, §2.2; Bureau of Economic Analysis (2009),
    *Concepts and Methods of the U.S. Input–Output Accounts*, ch. 12.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S
    >>> total_requirements(S).to_frame().mul(9).round(9).to_numpy().tolist()
    [[12.0, 6.0], [2.0, 16.0]]
    """
    shares = check_production(S)
    count = len(shares.rows)
    U = Resolvent(shares.values, choose_method(count)).solve(np.eye(count))
    return LabelledMatrix(
        "total_requirements",
        sparse.csr_array(U),
        shares.rows,
        shares.rows,
        "output per unit of final demand",
        shares.year,
        shares.provenance,
    )
