"""Random moves among networks of links with the same degrees, many networks at once."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["sweep", "sweep_back", "trade_sparse"]

Links: TypeAlias = NDArray[np.bool_]


def sweep(A: Links, rng: np.random.Generator) -> None:
    """Let all receivers trade sources in pairs, then turn round some rings of three, in place.

    Both moves are symmetric, so networks that are equally likely stay so. Trades alone do not
    turn a ring of three round where own links are ruled out (Rao, Jana & Bandyopadhyay 1996).

    Parameters
    ----------
    A : ndarray of bool, shape (B, N, N)
        Links without own ones; changed in place, each network by draws of its own.
    rng : numpy.random.Generator
        Source of all randomness.

    References
    ----------
    Carstens, Berger & Strona (2018), *MethodsX* 5, 773–780 (global curveball); Rao, Jana &
    Bandyopadhyay (1996), *Sankhyā A* 58, 225–242.

    Examples
    --------
    >>> A = np.array([[[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0]]], dtype=bool)
    >>> sweep(A, np.random.default_rng(1))
    >>> A.sum(axis=2).tolist(), A.sum(axis=1).tolist(), bool(A.diagonal(axis1=1, axis2=2).any())
    ([[1, 1, 1, 2]], [[1, 2, 1, 1]], False)
    """
    _trade(A, rng)
    _turn(A, rng)


def sweep_back(A: Links, rng: np.random.Generator) -> None:
    """Do a sweep in the other order: the same chain, seen backward in time.

    Parameters
    ----------
    A, rng
        As in :func:`sweep`.

    Examples
    --------
    >>> A = ~np.eye(3, dtype=bool)[None]
    >>> sweep_back(A, np.random.default_rng(1))
    >>> int(A.sum())
    6
    """
    _turn(A, rng)
    _trade(A, rng)


def _groups(A: Links, size: int, rng: np.random.Generator) -> list[NDArray[np.intp]]:
    """Put the sectors of each network into groups at random; each array has one member of each."""
    order = np.argsort(rng.random(A.shape[:2]), axis=1)
    number = A.shape[1] // size
    return [order[:, k * number : (k + 1) * number] for k in range(size)]


def _trade(A: Links, rng: np.random.Generator) -> None:
    """Deal the sources that only one of a pair of receivers has out anew."""
    i, k = _groups(A, 2, rng)
    b, p = np.arange(len(A))[:, None], np.arange(i.shape[1])[None, :]
    one, other = A[b, i], A[b, k]
    open_ = one ^ other
    open_[b, p, i] = open_[b, p, k] = False  # nobody gets itself
    number = (one & open_).sum(axis=2)
    keys = rng.random(open_.shape)
    keys[~open_] = 2.0
    last = np.take_along_axis(np.sort(keys, axis=2), np.maximum(number - 1, 0)[:, :, None], axis=2)
    mine = (keys <= last) & (number > 0)[:, :, None]
    A[b, i] = np.where(open_, mine, one)
    A[b, k] = np.where(open_, ~mine, other)


def _turn(A: Links, rng: np.random.Generator) -> None:
    """Give rings of three among disjoint triples a direction at random."""
    if A.shape[1] < 3:
        return
    i, j, k = _groups(A, 3, rng)
    b = np.arange(len(A))[:, None]
    ahead = (A[b, i, j], A[b, j, k], A[b, k, i])
    back = (A[b, j, i], A[b, k, j], A[b, i, k])
    some, none = ahead[0] & ahead[1] & ahead[2], ~(ahead[0] | ahead[1] | ahead[2])
    some_back, none_back = back[0] & back[1] & back[2], ~(back[0] | back[1] | back[2])
    ring = (some & none_back) | (some_back & none)
    flip = ring & (rng.random(ring.shape) < 0.5)
    for (x, y), forward, backward in zip(((i, j), (j, k), (k, i)), ahead, back, strict=True):
        A[b, x, y] = np.where(flip, backward, forward)
        A[b, y, x] = np.where(flip, forward, backward)


def trade_sparse(
    row: NDArray[np.int64], column: NDArray[np.int64], N: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Let all receivers of one large network trade sources in pairs.

    Parameters
    ----------
    row, column : ndarray of int, each shape (E,)
        Ends of the links, own ones left out.
    N : int
        Sectors.
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    ndarray of int, shape (E,)
        The receivers, in the order of the links.

    Examples
    --------
    >>> row, column = np.array([0, 0, 1, 2, 3]), np.array([1, 2, 3, 3, 0])
    >>> new = trade_sparse(row, column, 4, np.random.default_rng(1))
    >>> np.bincount(new).tolist(), bool((new == column).any())
    ([2, 1, 1, 1], False)
    """
    order = rng.permutation(N)
    pairs = N // 2
    pair, role = np.full(N, pairs), np.zeros(N, dtype=np.int64)
    pair[order[:pairs]] = pair[order[pairs : 2 * pairs]] = np.arange(pairs)
    role[order[pairs : 2 * pairs]] = 1
    ends = np.column_stack([order[:pairs], order[pairs : 2 * pairs]])
    of = pair[row]
    key = of * np.int64(N) + column
    by = np.argsort(key, kind="stable")
    twice = np.zeros(row.size, dtype=bool)
    same = key[by][1:] == key[by][:-1]
    twice[by[1:]] |= same
    twice[by[:-1]] |= same
    open_ = np.flatnonzero((of < pairs) & ~twice)
    open_ = open_[(ends[of[open_]] != column[open_, None]).all(axis=1)]
    group = of[open_]
    number = np.bincount(group[role[row[open_]] == 0], minlength=pairs + 1)
    shuffled = np.argsort(group + rng.random(group.size))
    size = np.bincount(group, minlength=pairs + 1)
    begin = np.cumsum(size) - size
    place = np.arange(group.size) - begin[group[shuffled]]
    new = row.copy()
    new[open_[shuffled]] = ends[group[shuffled], (place >= number[group[shuffled]]).astype(int)]
    return new
