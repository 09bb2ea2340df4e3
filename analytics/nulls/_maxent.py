"""Maximum entropy: strengths and degrees as they are, all else chance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..linalg import Vector
from ._fit import fit_links, fit_weights
from ._null import Null, batch_lengths, off_diagonal

__all__ = ["MAXENT", "link_weights", "walk"]

# Steps from the observed network to the middle, and from there to each draw. Their number decides
# how far draws are from each other, not whether the p-value is right.
STEPS = 20
# An own link, which is left alone, is neither there nor missing.
OWN = -1.0


def walk(
    W: Vector, rates: Vector, steps: int, rng: np.random.Generator, *, back: bool = False
) -> Vector:
    """Move links and weights at random among networks with the same strengths and degrees.

    In each step all receivers do two things in pairs i, k. Where only i draws on j, only k on l,
    and both on m, they swap j for l, and m makes up for the difference. Where both draw on j and
    on l, a random amount goes round the four. Both moves keep the law P ∝ Π (β_i + γ_j) over the
    links, as to links, and uniform, as to weights: that of links and weights of maximal entropy
    given strengths and degrees.

    Parameters
    ----------
    W : ndarray, shape (B, N, N)
        Networks; own links are left alone.
    rates : ndarray, shape (N, N)
        β_i + γ_j, above 0.
    steps : int
        How many.
    rng : numpy.random.Generator
        Source of all randomness.
    back : bool, default False
        The same chain seen backward in time: each step in the other order.

    Returns
    -------
    ndarray, shape (B, N, N)
        Other networks with the same row and column sums, off the diagonal, and the same numbers of
        links in each row and column.

    Examples
    --------
    >>> W = np.array([[[0, 5.0, 1, 2], [1, 0, 0, 3], [2, 2, 0, 0], [0, 4, 1, 0]]])
    >>> drawn = walk(W, np.ones((4, 4)), 50, np.random.default_rng(1))
    >>> drawn.sum(axis=2).round(9).tolist(), drawn.sum(axis=1).round(9).tolist()
    ([[8.0, 4.0, 4.0, 5.0]], [[3.0, 11.0, 2.0, 5.0]])
    >>> (drawn > 0).sum(axis=2).tolist()
    [[3, 2, 2, 2]]
    """
    X, logs, every = W.copy(), np.log(rates), np.arange(W.shape[1])
    X[:, every, every] = OWN
    for _ in range(steps):
        for swapping in (not back, back):
            if swapping:
                _swap(X, logs, rng)
            else:
                _turn(X, rng)
    X[:, every, every] = W[:, every, every]
    return X


def _swap(X: Vector, logs: Vector, rng: np.random.Generator) -> None:
    """Swap sources that only one of a pair of receivers has, in place."""
    (b, i, k), one, two = _pairs(X, rng)
    there, there_too = one > 0, two > 0
    kind = np.full(one.shape, 3)
    kind[there & (two == 0)], kind[there_too & (one == 0)], kind[there & there_too] = 0, 1, 2
    order = np.argsort(kind + rng.random(kind.shape), axis=2)
    n = [(kind == which).sum(axis=2)[:, :, None] for which in range(3)]
    most = np.minimum(np.minimum(n[0], n[1]), n[2])
    r = np.arange(most.max(initial=0))
    last = X.shape[1] - 1
    j, l_, m = (
        np.take_along_axis(order, np.minimum(first + r, last), axis=2)
        for first in (0 * most, n[0], n[0] + n[1])
    )
    gap = np.take_along_axis(one, j, axis=2) - np.take_along_axis(two, l_, axis=2)
    swap = (r < most) & (np.take_along_axis(one, m, axis=2) + gap > 0)
    swap &= np.take_along_axis(two, m, axis=2) - gap > 0
    i_, k_ = i[:, :, None], k[:, :, None]
    gain = logs[i_, l_] + logs[k_, j] - logs[i_, j] - logs[k_, l_]
    swap &= np.log(rng.random(swap.shape)) < gain
    s, p, at = np.nonzero(swap)
    j, l_, m = j[s, p, at], l_[s, p, at], m[s, p, at]
    gap = gap[s, p, at]
    two[s, p, j], one[s, p, l_] = one[s, p, j], two[s, p, l_]
    one[s, p, j] = two[s, p, l_] = 0.0
    one[s, p, m] += gap
    two[s, p, m] -= gap
    X[b, i], X[b, k] = one, two


def _turn(X: Vector, rng: np.random.Generator) -> None:
    """Send random amounts round two receivers and two of their common sources, in place."""
    (b, i, k), one, two = _pairs(X, rng)
    both = (one > 0) & (two > 0)
    order = np.argsort(~both + rng.random(both.shape), axis=2)
    half = both.sum(axis=2)[:, :, None] // 2
    r = np.arange(half.max(initial=0))
    s, p, at = np.nonzero(np.broadcast_to(r < half, (*half.shape[:2], r.size)))
    j, l_ = order[s, p, at], order[s, p, half[s, p, 0] + at]
    low = np.minimum(one[s, p, j], two[s, p, l_])
    high = np.minimum(one[s, p, l_], two[s, p, j])
    shift = rng.random(low.shape) * (low + high) - low
    one[s, p, j] += shift
    two[s, p, l_] += shift
    one[s, p, l_] -= shift
    two[s, p, j] -= shift
    X[b, i], X[b, k] = one, two


def _pairs(
    X: Vector, rng: np.random.Generator
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]], Vector, Vector]:
    """Put the receivers of each network in pairs at random; return places, and their rows."""
    number = X.shape[1] // 2
    order = np.argsort(rng.random(X.shape[:2]), axis=1)
    b, i, k = np.arange(len(X))[:, None], order[:, :number], order[:, number : 2 * number]
    return (b, i, k), X[b, i], X[b, k]


def link_weights(off: Vector) -> Vector:
    """β_i + γ_j of the conditional reconstruction method, from strengths and degrees alone.

    Parameters
    ----------
    off : ndarray, shape (N, N)
        The network without own links.

    Returns
    -------
    ndarray, shape (N, N)
        1 where there is no link to speak of.

    Examples
    --------
    >>> off = np.array([[0, 2.0, 2], [2, 0, 2], [2, 2, 0]])
    >>> link_weights(off)[0, 1].round(9)
    np.float64(0.5)
    """
    links = off > 0
    p = fit_links(
        links.sum(axis=1).astype(np.float64),
        links.sum(axis=0).astype(np.float64),
        ~np.eye(len(off), dtype=bool),
    )
    mean = fit_weights(off.sum(axis=1), off.sum(axis=0), p)
    rates: Vector = np.divide(1.0, mean, out=np.ones(off.shape), where=mean > 0)
    return rates


def _draw(values: Vector, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
    """Go back to a middle, and from there on a path of its own to each draw."""
    off, own = off_diagonal(values), np.diag(values.diagonal())
    rates = link_weights(off)
    middle = walk(off[None], rates, STEPS, rng, back=True)
    for length in batch_lengths(draws, len(values)):
        start = np.tile(middle, (length, 1, 1))
        yield walk(start, rates, STEPS, rng) + own


MAXENT = Null(
    "maxent",
    "Links and weights are as random as can be, with as many sources and receivers and as much "
    "drawn and given by every sector as there is; own links stay.",
    keeps=("in_strength", "out_strength"),
    draw=_draw,
    dense_only="its moves need every pair of sectors at hand; take 'degree' or 'strength_links'",
    proof=(
        "The law is that of the conditional reconstruction method given its strengths and degrees, "
        "on which alone its parameters depend. Moves are reversible. From the observed network the "
        "chain is run back to a middle, and from there forward to each draw on a path of its own, "
        "each as long as the way back: seen from the middle the observed network is one draw more "
        "(Besag & Clifford 1989), however short the chains are."
    ),
)
