"""What several partitions of the same nodes have in common."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector
from ._leiden import Members, belongs, leiden, renumber

__all__ = ["PAIRS_LIMIT", "adjusted_rand", "certainty", "co_assignment", "consensus"]

#: Nodes up to which all pairs are looked at.
PAIRS_LIMIT = 1500
#: Starts of the search for the median partition.
STARTS = 5
HALF = 0.5


def co_assignment(runs: Members) -> Vector:
    """Share of the runs in which two nodes are in one community.

    Parameters
    ----------
    runs : ndarray of int, shape (R, N)
        Partitions.

    Returns
    -------
    ndarray, shape (N, N)
        1 on the diagonal.

    Examples
    --------
    >>> co_assignment(np.array([[0, 0, 1], [0, 1, 1]])).tolist()
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]
    """
    together = np.zeros((runs.shape[1],) * 2)
    for members in runs:
        together += members[:, np.newaxis] == members
    return together / len(runs)


def consensus(runs: Members, seed: int) -> tuple[Members, str]:
    """Return the partition that differs least from all runs, pair by pair.

    The **median** partition (Mirkin) disagrees with the runs on as few pairs as possible. With P
    the co-assignment it is the one with the largest Σ (P_ij − 1/2) over pairs within communities,
    which Leiden looks for from several starts; the best run is a candidate, too. Where there are
    too many nodes for all their pairs, it is the **medoid**: the run that differs least from the
    other runs.

    Parameters
    ----------
    runs : ndarray of int, shape (R, N)
        Partitions.
    seed : int
        Of the search.

    Returns
    -------
    members : ndarray of int, shape (N,)
        From 0, the largest community first.
    rule : {"median", "medoid"}

    References
    ----------
    Barthélemy & Leclerc (1995), *DIMACS Series* 19, 3–34 (median partitions); Mirkin (1996),
    *Mathematical Classification and Clustering*; Lancichinetti & Fortunato (2012), *Scientific
    Reports* 2, 336 (consensus over runs).

    Examples
    --------
    >>> members, rule = consensus(np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 1, 0]]), 1)
    >>> members.tolist(), rule
    ([0, 0, 1, 1], 'median')
    """
    if runs.shape[1] > PAIRS_LIMIT:
        apart = [sum(_disagreements(one, other) for other in runs) for one in runs]
        return renumber(runs[int(np.argmin(apart))]), "medoid"
    P = co_assignment(runs)
    above = sparse.csr_array(np.triu(P, 1))
    candidates = [leiden(above, HALF, seed + start, pairs=True) for start in range(STARTS)]
    candidates.extend(runs)
    gains = [_gain(P, members) for members in candidates]
    # Up to rounding, the first of equals: no result hangs on the order of sums.
    best = int(np.argmax(np.round(gains, 9)))
    return renumber(candidates[best]), "median"


def _gain(P: Vector, members: Members) -> float:
    """Σ (P_ij − 1/2) over ordered pairs within communities."""
    order = np.argsort(members, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(members))[:-1])
    return float(sum((P[np.ix_(part, part)] - HALF).sum() - HALF * part.size for part in parts))


def _disagreements(one: Members, other: Members) -> float:
    """Ordered pairs that are together in one partition and not in the other."""
    return float(sum(_squares(*pair) for pair in ((one, one), (other, other)))) - 2 * _squares(
        one, other
    )


def _squares(one: Members, other: Members) -> float:
    """Ordered pairs, a node with itself too, that are together in both partitions."""
    pairs = one * (int(other.max()) + 1) + other
    counts = np.unique(pairs, return_counts=True)[1].astype(np.float64)
    return float(counts @ counts)


def adjusted_rand(one: Members, other: Members) -> float:
    """Agreement of two partitions: 1 if they are the same, 0 on average by chance.

    Parameters
    ----------
    one, other : ndarray of int, each shape (N,)
        Communities, from 0.

    Returns
    -------
    float
        At most 1; 1 where both leave no pair to disagree on.

    References
    ----------
    Hubert & Arabie (1985), *Journal of Classification* 2, 193–218.

    Examples
    --------
    >>> round(adjusted_rand(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])), 4)
    0.5714
    """
    n = one.size
    both, first, second = (
        (_squares(*pair) - n) / 2 for pair in ((one, other), (one, one), (other, other))
    )
    pairs = n * (n - 1) / 2
    chance = first * second / pairs if pairs else 0.0
    most = (first + second) / 2
    return 1.0 if most == chance else float((both - chance) / (most - chance))


def certainty(runs: Members, members: Members) -> tuple[Vector, Vector, Members]:
    """How often a node is with its own community, and with the nearest other one.

    Parameters
    ----------
    runs : ndarray of int, shape (R, N)
        Partitions.
    members : ndarray of int, shape (N,)
        The partition that is judged, from 0.

    Returns
    -------
    own : ndarray, shape (N,)
        Mean share of runs in which the node is with another member of its community; for a
        community of one the share of runs in which it is alone.
    other : ndarray, shape (N,)
        The same with the members of the other community for which it is largest; 0 where there
        is none. Communities of one do not count: one that stands between two communities is with
        each half of the time, which says nothing about their members.
    nearest : ndarray of int, shape (N,)
        That community, −1 where there is none.

    Examples
    --------
    >>> runs = np.array([[0, 0, 1, 1], [0, 0, 0, 1]])
    >>> [each.tolist() for each in certainty(runs, np.array([0, 0, 1, 1]))]
    [[1.0, 1.0, 0.5, 0.5], [0.25, 0.25, 0.5, 0.0], [1, 1, 0, -1]]
    """
    R, N = runs.shape
    size = np.bincount(members)
    community = belongs(members)
    met = sparse.csr_array((N, size.size))
    alone = np.zeros(N)
    for run in runs:
        together = belongs(run)
        met = met + together @ (together.T @ community)
        alone += np.bincount(run)[run] == 1
    share = sparse.coo_array(met)
    own_place = share.col == members[share.row]
    own = np.zeros(N)
    own[share.row[own_place]] = share.data[own_place] / R - 1  # less the node itself
    own = np.where(size[members] > 1, own / np.maximum(size[members] - 1, 1), alone / R)
    elsewhere = ~own_place & (size[share.col] > 1)
    rest = np.where(elsewhere, share.data / (R * size[share.col]), 0.0)
    # The largest of each row, and of equals the community of the lower number.
    order = np.lexsort((share.col, -rest, share.row))
    first = order[np.unique(share.row[order], return_index=True)[1]]
    other = rest[first]
    return own, other, np.where(other > 0, share.col[first], -1)
