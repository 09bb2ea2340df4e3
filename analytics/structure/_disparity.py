"""The disparity filter (Serrano, Boguñá & Vespignani 2009), for links with a direction."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector
from ._margins import ends

__all__ = ["SIDES", "disparity"]

#: From which end a link is tested, and what makes one p of two.
SIDES = ("receiver", "source", "either", "both")


def disparity(values: sparse.csr_array, side: str) -> dict[str, Vector]:
    """Test every link against a strength that is spread at random over the links of one end.

    An end with k links and strength s breaks a stick of length s in k places at random. A link
    of weight w then reaches w/s or more with probability (k − 1) ∫ from w/s to 1 of
    (1 − x)^(k − 2) dx = (1 − w/s)^(k − 1). Of one link alone nothing can be said: its p is 1.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Weights, positive, row by row; any unit.
    side : {"receiver", "source", "either", "both"}
        ``receiver`` tests a link among all that its receiver draws (row), ``source`` among all
        that its source gives (column). ``either`` takes the smaller p of the two, as published
        for directed networks, ``both`` the larger.

    Returns
    -------
    dict of str to ndarray, each shape (E,)
        ``p_receiver`` and ``p_source`` where they are asked for, and ``p``.

    References
    ----------
    Serrano, Boguñá & Vespignani (2009), *PNAS* 106, 6483–6488, equation (2); directed: *ibid.*,
    Supporting Information.

    Examples
    --------
    >>> values = sparse.csr_array([[0, 3.0, 1.0], [2.0, 0, 0], [0, 0, 0]])
    >>> {name: p.tolist() for name, p in disparity(values, "either").items()}
    {'p_receiver': [0.25, 0.75, 1.0], 'p_source': [1.0, 1.0, 1.0], 'p': [0.25, 0.75, 1.0]}
    """
    columns = {}
    receiver, source = ends(values)
    if side != "source":
        columns["p_receiver"] = _spread(values.data, receiver, values.shape[0])
    if side != "receiver":
        columns["p_source"] = _spread(values.data, source, values.shape[1])
    pick = np.maximum if side == "both" else np.minimum
    columns["p"] = pick.reduce(list(columns.values()))
    return columns


def _spread(weight: Vector, end: np.ndarray, size: int) -> Vector:
    """Return (1 − w/s)^(k − 1), through logarithms: 1 − x of a small x loses digits."""
    links = np.bincount(end, minlength=size)[end]
    share = weight / np.bincount(end, weight, size)[end]
    alone = links == 1
    # 0.5 stands for the share of 1, whose logarithm would be −∞ × 0.
    p: Vector = np.exp((links - 1) * np.log1p(-np.where(alone, 0.5, share)))
    return p
