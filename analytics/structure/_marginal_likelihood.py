"""The marginal likelihood filter (Dianati 2016)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.special import betainc

from ..linalg._labels import Vector
from ._margins import margins

__all__ = ["marginal_likelihood"]


def marginal_likelihood(values: sparse.csr_array) -> dict[str, Vector]:
    """Test every link against as many single events that are dealt at random to the strengths.

    Each of N events joins receiver i to source j with probability N_i N_j / N². A link of w
    events has p = P(Bin(N, N_i N_j / N²) ≥ w).

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Counts, positive, row by row. Between whole counts the law is carried on by the
        incomplete Beta function, P = I(w, N − w + 1).

    Returns
    -------
    dict of str to ndarray, each shape (E,)
        ``expected``, N_i N_j / N, and ``p``.

    References
    ----------
    Dianati (2016), *Physical Review E* 93, 012304, equations (2) and (14), directed.

    Examples
    --------
    >>> found = marginal_likelihood(sparse.csr_array([[0, 2.0], [1.0, 0]]))
    >>> (27 * found["p"]).round(9).tolist()  # of 3 events: 2 or more at 4/9, 1 or more at 1/9
    [11.259259259, 8.037037037]
    """
    Ni, Nj, N = margins(values)
    chance = Ni * Nj / N**2
    w = values.data
    p: Vector = np.where(chance < 1, betainc(w, np.maximum(N - w, 0) + 1, np.minimum(chance, 1)), 1)
    return {"expected": N * chance, "p": p}
