"""Does a chain of inputs die out? The exact combinatorial test.

A shock that travels through ``M`` dies out if and only if ρ(M) < 1. For shares (row sums at
most 1) that is a question of who reaches whom, and needs no eigenvalue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from ...core.errors import ClosedClassError, InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ._entries import require_finite
from ._labels import Vector, by_label, require_flows, series, square

__all__ = [
    "Leak",
    "closed_classes",
    "default_leak",
    "require_leakage",
    "row_leaks",
]

# A row of shares that should sum to 1 does so up to a few ulp per term; 1e-12 is far above
# that for any number of sectors and far below any share that a table prints.
ROUNDING = 1e-12
# A leak that is given must be that of the matrix; a wrong order of sectors is off by far more.
AGREEMENT = 1e-9
NAMED = 20

# In quotes: the stubs know a series of floats, pandas itself does not.
Leak: TypeAlias = "pd.Series[float] | Vector | None"


def default_leak(M: MatrixLike) -> pd.Series[float]:
    """Share of every receiver that does not come from the network: 1 − row sum.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Shares of the receiver's total.

    Returns
    -------
    pandas.Series, length N
        Shares. Exactly 0 where the row sum is within 1e-12 of 1, so that rounding does not
        look like a leak; negative where the row sums to more than 1.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> default_leak(W).tolist()
    [0.6, 0.75]
    """
    W = square(M)
    require_finite(W)
    return series(row_leaks(W), W.rows, "leak")


def row_leaks(W: LabelledMatrix) -> Vector:
    """Return :func:`default_leak` as an array, in the order of ``W.rows``.

    Parameters
    ----------
    W : LabelledMatrix, shape (N, N)
        Shares of the receiver's total.

    Returns
    -------
    ndarray, shape (N,)

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> row_leaks(W).tolist()
    [0.6, 0.75]
    """
    leak: Vector = 1.0 - np.asarray(W.values.sum(axis=1), dtype=np.float64)
    leak[np.abs(leak) <= ROUNDING] = 0.0
    return leak


def closed_classes(M: MatrixLike, leak: Leak = None) -> list[list[str]]:
    """Find the sets of sectors from which nothing leaks out.

    Every sector must reach, along positive ``m_ij``, a sector with a positive leak. Among the
    sectors that do not, the terminal strongly connected components are the closed classes:
    their members receive everything from each other, and I − M is singular. For row sums of
    at most 1 the test is exact: there is a closed class if and only if ρ(M) = 1. A row that
    sums to more than 1 counts as not leaking; then a closed class still means ρ(M) ≥ 1, but
    its absence does not promise ρ(M) < 1.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Shares of the receiver's total, not negative.
    leak : pandas.Series or ndarray, length N, optional
        Share of each receiver that leaves the network; an array is in the order of ``M.rows``.
        Any positive number is a leak, so pass the exact one where it is known, as
        ``citation_shares`` gives it. Default: :func:`default_leak`, where a row sum within
        1e-12 of 1 counts as 1.

    Returns
    -------
    list of list of str
        The closed classes in the order of their first member, members in the order of ``M``.

    Raises
    ------
    InputError
        If an entry is negative or not finite, labels disagree, or ``leak`` is not within 1e-9
        of 1 − row sums.

    References
    ----------
    The theorem is that of absorbing Markov chains: Kemeny & Snell (1976), *Finite Markov Chains*,
    ch. III. Li et al. (2024), 30th IIOA conference, §3.2, take it for granted that I − W can be
    inverted.

    Examples
    --------
    Steel and cars cite each other and never themselves; glass is not part of the circle.

    >>> labels = ["steel", "cars", "glass"]
    >>> W = LabelledMatrix.build("W", [[0, 1, 0], [1, 0, 0], [1 / 6, 1 / 6, 0]], labels)
    >>> closed_classes(W)
    [['steel', 'cars']]
    """
    W = square(M)
    require_flows(W)
    stuck = np.flatnonzero(~_reaches_leak(W.values, _leak_of(W, leak) > 0))
    if not stuck.size:
        return []
    inside = sparse.csr_array(W.values[stuck][:, stuck])
    count, member = csgraph.connected_components(inside, directed=True, connection="strong")
    edges = sparse.coo_array(inside)
    crossing = member[edges.row] != member[edges.col]
    terminal = np.ones(count, dtype=bool)
    terminal[member[edges.row[crossing]]] = False
    classes = [stuck[member == c] for c in np.flatnonzero(terminal)]
    return [[W.rows[i] for i in members] for members in sorted(classes, key=lambda c: int(c[0]))]


def _leak_of(W: LabelledMatrix, leak: Leak) -> Vector:
    """Return the leak in the order of ``W.rows``, checked against the row sums."""
    own = row_leaks(W)
    if leak is None:
        return own
    if not isinstance(leak, pd.Series | Mapping):
        if np.shape(leak) != (len(W.rows),):
            raise InputError(
                f"leak of matrix {W.name}: {len(W.rows)} numbers are needed, one for each row, "
                f"got an array of shape {np.shape(leak)}."
            )
        leak = series(np.asarray(leak, dtype=np.float64), W.rows, "leak")
    leaks = by_label(leak, W.rows, f"leak of matrix {W.name}")
    off = int(np.argmax(np.abs(leaks - own)))
    if abs(leaks[off] - own[off]) > AGREEMENT:
        raise InputError(
            f"leak of matrix {W.name}: {W.rows[off]!r} has {leaks[off]:g}, but its row sums to "
            f"{1 - own[off]:g}; the leak must be 1 − row sum. Are the sectors in order?"
        )
    return leaks


def _reaches_leak(values: sparse.csr_array, leaks: np.ndarray) -> np.ndarray:
    """Say for every node whether a path along positive entries ends in a leaking node."""
    n = values.shape[0]
    if leaks.all():
        return leaks
    edges = sparse.coo_array(values)
    # One node more, the outside: searched backwards from there, whatever is met leaks.
    start = np.concatenate([edges.col, np.full(int(leaks.sum()), n)])
    end = np.concatenate([edges.row, np.flatnonzero(leaks)])
    backwards = sparse.csr_array((np.ones(start.size), (start, end)), shape=(n + 1, n + 1))
    met = csgraph.breadth_first_order(backwards, n, return_predecessors=False)
    reached = np.zeros(n + 1, dtype=bool)
    reached[met] = True
    return reached[:n]


def require_leakage(M: MatrixLike, leak: Leak = None) -> None:
    """Refuse a matrix with a closed class, saying which sectors and what to do.

    Parameters
    ----------
    M, leak
        As in :func:`closed_classes`.

    Raises
    ------
    ClosedClassError
        If a closed class exists; ``classes`` holds all members of all of them.
    InputError
        As in :func:`closed_classes`.

    Examples
    --------
    >>> W = LabelledMatrix.build("W", [[0, 1], [1, 0]], ["steel", "cars"])
    >>> require_leakage(W)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    spillgraph.core.errors.ClosedClassError: matrix W has a closed class without leakage: \
{'steel', 'cars'}. ...
    """
    W = square(M)
    classes = closed_classes(W, leak)
    if not classes:
        return
    plural = "a closed class" if len(classes) == 1 else f"{len(classes)} closed classes"
    raise ClosedClassError(
        f"matrix {W.name} has {plural} without leakage: {'; '.join(map(_members, classes))}. "
        "These sectors receive from each other alone, so a shock among them never "
        f"dies out: I − {W.name} is singular and has no inverse. Remedy: keep each sector's own "
        "flow (own citations, value added), which is the leak; sum over more years or a coarser "
        "classification; or drop the sectors of the class.",
        classes,
    )


def _members(labels: list[str]) -> str:
    """Write a class, the first twenty members by name."""
    more = len(labels) - NAMED
    return "{" + ", ".join(map(repr, labels[:NAMED])) + (f" and {more} more" * (more > 0)) + "}"
