"""Random moves among tables with the same margins and diagonal, many tables at once.

The law is that of citation ends that are permuted at random: P(K) ∝ 1 / Π_{i≠j} K_ij!, given row
sums, column sums and diagonal. Each move redraws some cells from their law given all others, so
the law is kept whatever moves are made, and in whatever order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from ..linalg._labels import Vector

__all__ = ["calm", "crowd", "log_weight", "sweep"]

Tables: TypeAlias = NDArray[np.int64]
# How many of ``need`` ends fall on ``good`` places rather than ``bad`` ones.
Share: TypeAlias = Callable[[Tables, Tables, Tables], Tables]


def sweep(K: Tables, rng: np.random.Generator) -> None:
    """Redraw nearly all cells once, in place: by pairs of rows, of columns, and by triples.

    Two rows i and i' exchange among the columns other than i and i': given their sums the law is
    multivariate hypergeometric. That holds every move on a 2 × 2 table off the diagonal. With the
    cycles i → j → k → i against i → k → j → i they reach every table with these margins.

    Parameters
    ----------
    K : ndarray of int, shape (tables, N, N)
        Counts; changed in place. Pairs and triples are the same for all tables.
    rng : numpy.random.Generator
        Source of all randomness.

    References
    ----------
    Diaconis & Sturmfels (1998), *Annals of Statistics* 26, 363–397; Aoki & Takemura (2005),
    *Journal of Statistical Computation and Simulation* 75, 777–796: for a square table with its
    diagonal fixed, 2 × 2 moves and these cycles connect all tables, and both are needed.

    Examples
    --------
    >>> K = np.array([[[5, 2, 0], [0, 0, 2], [1, 0, 1]]])
    >>> sweep(K, np.random.default_rng(3))
    >>> K.tolist(), K.sum(axis=2).tolist()
    ([[[5, 1, 1], [1, 0, 1], [0, 1, 1]]], [[7, 2, 2]])
    """
    _pair_up(K, rng, rng.hypergeometric)
    if K.shape[1] > 2:
        _turn(K, _groups(K.shape[1], 3, rng), rng)


def calm(K: Tables, rng: np.random.Generator, sweeps: int) -> None:
    """Go near the middle of the law, in place: pairs of rows and columns take rounded means.

    Parameters
    ----------
    K, rng
        As in :func:`sweep`.
    sweeps : int
        How many times all rows and columns are paired.

    Examples
    --------
    >>> K = np.array([[[0, 9, 0, 0], [9, 0, 0, 0], [0, 0, 0, 9], [0, 0, 9, 0]]])
    >>> calm(K, np.random.default_rng(1), 9)
    >>> K.sum(axis=1).tolist(), int(K.max()) < 6
    ([[9, 9, 9, 9]], True)
    """
    for _ in range(sweeps):
        _pair_up(K, rng, _take_mean)


def crowd(K: Tables, rng: np.random.Generator) -> None:
    """Go to a far corner, in place: pairs of rows and columns put all they can into few cells.

    Parameters
    ----------
    K, rng
        As in :func:`sweep`.

    Examples
    --------
    >>> K = np.ones((1, 4, 4), dtype=np.int64)
    >>> crowd(K, np.random.default_rng(1))
    >>> K.sum(axis=1).tolist(), K.sum(axis=2).tolist(), int(K.max()) > 1
    ([[4, 4, 4, 4]], [[4, 4, 4, 4]], True)
    """
    for _ in range(3):
        _pair_up(K, rng, _take_all)
    if K.shape[1] > 2:
        _, b, put = _cycles(K, _groups(K.shape[1], 3, rng))
        put(b.min(axis=-1))


def log_weight(K: Tables) -> Vector:
    """Logarithm of the law but for a constant: −Σ ln K_ij! off the diagonal, of each table.

    Parameters
    ----------
    K : ndarray of int, shape (tables, N, N)
        Counts.

    Returns
    -------
    ndarray, shape (tables,)
        A pure number.

    Examples
    --------
    >>> log_weight(np.array([[[9, 2], [1, 9]]])).round(6).tolist()
    [-0.693147]
    """
    logs = gammaln(K + 1.0)
    diagonal = np.trace(logs, axis1=1, axis2=2)
    return np.asarray(diagonal - logs.sum(axis=(1, 2)), dtype=np.float64)


def _take_all(good: Tables, bad: Tables, need: Tables) -> Tables:
    return np.minimum(good, need)


def _take_mean(good: Tables, bad: Tables, need: Tables) -> Tables:
    mean = np.rint(good * (need / np.maximum(good + bad, 1))).astype(np.int64)
    move: Tables = np.minimum(np.maximum(mean, need - bad), np.minimum(good, need))
    return move


def _groups(N: int, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Put labels into groups at random; up to size − 1 of them are left over."""
    return rng.permutation(N)[: N // size * size].reshape(-1, size)


def _pair_up(K: Tables, rng: np.random.Generator, share: Share) -> None:
    """Let rows exchange pair by pair, then columns, where there is a choice at all."""
    N = K.shape[1]
    if N > 3:  # with fewer, two rows have but one column to exchange in
        for side in (K, K.swapaxes(1, 2)):
            _exchange(side, _groups(N, 2, rng), share)


def _exchange(K: Tables, pairs: NDArray[np.int64], share: Share) -> None:
    """Redraw rows i and i' of each pair in the columns other than i and i'.

    A multivariate hypergeometric draw is one univariate draw after the other: how many of the
    first row's ends fall on this column, how many on the columns that are left.
    """
    one, other = K[:, pairs[:, 0]], K[:, pairs[:, 1]]
    stays = (np.arange(K.shape[2])[:, np.newaxis] == pairs.ravel()).reshape(-1, len(pairs), 2)
    free = ~stays.any(axis=2).T
    # Columns first: each is one contiguous array over tables and pairs.
    pool = np.ascontiguousarray(np.moveaxis((one + other) * free, 2, 0))
    need, left = (one * free).sum(axis=2), pool.sum(axis=0)
    drawn = np.empty_like(pool)
    for j, column in enumerate(pool):
        left = left - column
        drawn[j] = share(column, left, need)
        need = need - drawn[j]
    new = np.moveaxis(drawn, 0, 2)
    both = one + other
    K[:, pairs[:, 0]] = np.where(free, new, one)
    K[:, pairs[:, 1]] = np.where(free, both - new, other)


def _turn(K: Tables, triples: NDArray[np.int64], rng: np.random.Generator) -> None:
    """Redraw by how much each cycle i → j → k → i gains what i → k → j → i loses."""
    a, b, put = _cycles(K, triples)
    shape = a.shape[:2]
    put(_log_concave(a.reshape(-1, 3), b.reshape(-1, 3), rng).reshape(shape))


def _cycles(
    K: Tables, triples: NDArray[np.int64]
) -> tuple[Tables, Tables, Callable[[Tables], None]]:
    """Counts of both cycles of each triple, and a function that moves ``t`` between them."""
    after, before = np.roll(triples, -1, axis=1), np.roll(triples, 1, axis=1)
    a, b = K[:, triples, after], K[:, triples, before]

    def put(t: Tables) -> None:
        K[:, triples, after] = a + t[..., np.newaxis]
        K[:, triples, before] = b - t[..., np.newaxis]

    return a, b, put


def _log_concave(a: Tables, b: Tables, rng: np.random.Generator) -> Tables:
    """Draw t with P(t) ∝ 1 / Π (a + t)! (b − t)!, one for each row, exactly, by rejection.

    The law is log-concave: relative to its mode it lies below 1, and beyond any point below the
    geometric curve through the mode and that point. About 3 of 4 proposals are taken.
    """
    low, high = -a.min(axis=1), b.min(axis=1)
    mode = _mode(a, b, low, high)
    top = _log_law(a, b, mode)
    width = (1 / (a + mode[:, np.newaxis] + 1) + 1 / (b - mode[:, np.newaxis] + 1)).sum(axis=1)
    # Two steps at least: a neighbour of the mode may be as likely as the mode.
    width = np.maximum(2, np.ceil(1 / np.sqrt(width))).astype(np.int64)
    sides = []
    for sign, room in ((1, high - mode), (-1, mode - low)):
        edge = np.minimum(width, room)
        sides.append((edge, *_tail(top - _log_law(a, b, mode + sign * edge), edge, room)))
    hat = np.array([*sides[0], *sides[1]])
    t = mode.copy()
    todo = np.flatnonzero(high > low)
    while todo.size:
        step, bound = _propose(hat[:, todo], rng)
        x = mode[todo] + step
        inside = (x >= low[todo]) & (x <= high[todo])
        law = _log_law(a[todo], b[todo], np.where(inside, x, mode[todo])) - top[todo]
        taken = inside & (np.log1p(-rng.random(todo.size)) + bound <= law)
        t[todo[taken]] = x[taken]
        todo = todo[~taken]
    return t


def _propose(hat: Vector, rng: np.random.Generator) -> tuple[Tables, Vector]:
    """Draw steps from the mode under a hat, and its logarithm there.

    The hat is flat from −left to right and geometric beyond.
    """
    right, fall_right, mass_right, left, fall_left, mass_left = hat
    flat = left + right + 1
    place = rng.random(flat.size) * (flat + mass_right + mass_left)
    jump = -np.log1p(-rng.random(flat.size))
    in_tail, is_left = place >= flat, place >= flat + mass_right
    fall, edge = np.where(is_left, fall_left, fall_right), np.where(is_left, left, right)
    # A far jump is refused anyway: it must only stay a number.
    away = edge + 1 + np.floor(np.minimum(jump / fall, 2.0**40))
    tail = np.where(is_left, -away, away)
    step = np.where(in_tail, tail, np.minimum(np.floor(place), flat - 1) - left)
    return step.astype(np.int64), np.where(in_tail, -fall * away, 0.0)


def _tail(drop: Vector, width: Tables, room: Tables) -> tuple[Vector, Vector]:
    """Fall per step beyond ``width`` and mass there, relative to the mode; none without room."""
    there = room > width
    fall = np.where(there, drop / np.maximum(width, 1), 1.0)
    mass = np.exp(-fall * (width + 1)) / -np.expm1(-fall)
    return fall, np.where(there, mass, 0.0)


def _log_law(a: Tables, b: Tables, t: Tables) -> Vector:
    """−ln Π (a + t)! (b − t)! of each row."""
    shift = t[:, np.newaxis]
    law: Vector = -(gammaln(a + shift + 1.0) + gammaln(b - shift + 1.0)).sum(axis=1)
    return law


def _mode(a: Tables, b: Tables, low: Tables, high: Tables) -> Tables:
    """Smallest t from which on the law does not rise: Π (b − t) ≤ Π (a + t + 1); by bisection."""
    low, high = low.copy(), high.copy()
    while (low < high).any():
        t = (low + high) // 2
        shift = t[:, np.newaxis].astype(np.float64)
        falls = (b - shift).prod(axis=1) <= (a + shift + 1).prod(axis=1)
        high = np.where(falls, t, high)
        low = np.where(falls, low, np.minimum(t + 1, high))
    return low
