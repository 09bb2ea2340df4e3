"""How much one industry depends on another's inputs, both ways, pair by pair."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...core.labelled import MatrixLike
from ..linalg._labels import square

__all__ = ["io_linkage"]


def io_linkage(S: MatrixLike) -> pd.DataFrame:
    """Return how much j's output depends on k's input, and k's on j's, of all ordered pairs.

    IO_{j→k} = S_jk is the share of k's input in j's gross output, so that j is *downstream* of k;
    IO_{j←k} = IO_{k→j} = S_kj.

    Parameters
    ----------
    S : DataFrame, LabelledMatrix, array_like or sparse array, shape (N, N)
        Production shares: users in rows, suppliers in columns.

    Returns
    -------
    pandas.DataFrame, N · (N − 1) rows
        ``j``, ``k``; ``j_on_k`` (IO_{j→k}) and ``k_on_j`` (IO_{j←k}), in money of input per money
        of gross output. j ≠ k: an industry's own inputs are no linkage.

    Raises
    ------
    InputError
        If labels of rows and columns differ, or it is no matrix of production shares.

    References
    ----------
    Chen and Liu (2025), *Frontiers of Economics in China* 20(3), 344–375, equation (8). Their table
    6 calls j upstream under IO_{j→k}, which their definition contradicts (erratum E-004.1).

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S
    >>> io_linkage(S)
           j      k  j_on_k  k_on_j
    0  steel   cars     0.3     0.1
    1   cars  steel     0.1     0.3
    """
    shares = square(S, "S", role="S")
    values = shares.values.toarray()
    j, k = np.nonzero(~np.eye(len(shares.rows), dtype=bool))
    labels = np.asarray(shares.rows, dtype=object)
    return pd.DataFrame(
        {"j": labels[j], "k": labels[k], "j_on_k": values[j, k], "k_on_j": values[k, j]}
    )
