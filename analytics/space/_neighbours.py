"""Who is around each establishment, and how that compares with who is in the whole region."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from ..linalg._labels import Vector
from ._inputs import Codes, Establishments, Pair
from ._kernel_sums import kernel_sums
from ._pair_distances import BLOCK

__all__ = [
    "AXES",
    "curves_of_pairs",
    "kernel_weights",
    "relative",
    "row_blocks",
    "share_of_rest",
    "weights_within",
]

#: What the two industries of a pair are: whose neighbours, and which of them.
AXES = ["reference", "neighbour"]


def row_blocks(count: int, cells: int) -> list[slice]:
    """Cut rows into blocks, so that all cells of a block can be held at once.

    Parameters
    ----------
    count : int
        Rows.
    cells : int
        Numbers in each.

    Returns
    -------
    list of slice

    Examples
    --------
    >>> row_blocks(3, BLOCK // 2)
    [slice(0, 2, None), slice(2, 4, None)]
    """
    step = max(1, BLOCK // max(1, cells))
    return [slice(start, start + step) for start in range(0, count, step)]


def weights_within(
    sites: Vector,
    neighbours: Vector,
    radii: Vector,
    weights: Vector,
    same: Codes | None = None,
    code: Codes | None = None,
) -> Vector:
    """Sum the weights of neighbours within radii of sites.

    Parameters
    ----------
    sites : ndarray, shape (R, 2)
        Coordinates in km.
    neighbours : ndarray, shape (n, 2)
    radii : ndarray, shape (D,)
        km, increasing; a neighbour at the very radius is within.
    weights : ndarray, shape (n,)
        Of the neighbours.
    same : ndarray of int, shape (R,), optional
        Which neighbour each site is itself, so that it is left out.
    code : ndarray of int, shape (n,), optional
        Kinds of neighbours, 0 to J − 1, which are summed apart.

    Returns
    -------
    ndarray, shape (R, D), or (R, D, J) with ``code``

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    >>> radii, itself = np.array([1.0, 2.0]), np.arange(3)
    >>> weights_within(line, line, radii, np.array([1.0, 5.0, 7.0]), itself).tolist()
    [[5.0, 5.0], [1.0, 8.0], [0.0, 5.0]]
    """
    kinds = np.zeros(len(neighbours), dtype=np.int64) if code is None else code
    J, D = int(kinds.max(initial=0)) + 1, len(radii)
    sums = np.empty((len(sites), D, J))
    for rows in row_blocks(len(sites), max(len(neighbours), D * J)):
        d = _distances(sites[rows], neighbours, None if same is None else same[rows])
        # One more ring holds all that is beyond the last radius.
        place = np.searchsorted(radii, d) * J + kinds
        place += np.arange(len(d))[:, np.newaxis] * ((D + 1) * J)
        w = np.broadcast_to(weights, d.shape)
        rings = np.bincount(place.ravel(), w.ravel(), len(d) * (D + 1) * J)
        sums[rows] = np.cumsum(rings.reshape(len(d), D + 1, J)[:, :D], axis=1)
    return sums[:, :, 0] if code is None else sums


def kernel_weights(
    sites: Vector,
    neighbours: Vector,
    radii: Vector,
    h: float,
    weights: Vector | None,
    same: Codes | None = None,
) -> Vector:
    """Sum the weights of neighbours, weighed by a Gaussian kernel around each radius.

    Parameters
    ----------
    sites, neighbours, radii, same
        As in :func:`weights_within`.
    h : float
        Bandwidth, km.
    weights : ndarray, shape (n,), or None
        Of the neighbours. None: 1.

    Returns
    -------
    ndarray, shape (R, D)
        Σ_b w_b φ((r − d_b)/h).

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [1.0, 0.0]])
    >>> kernel_weights(line, line, np.array([1.0]), 1.0, None, np.arange(2)).round(6).tolist()
    [[0.398942], [0.398942]]
    """
    sums = np.empty((len(sites), len(radii)))
    for rows in row_blocks(len(sites), len(neighbours)):
        d = _distances(sites[rows], neighbours, None if same is None else same[rows])
        sums[rows] = kernel_sums(d, weights, radii, h)
    return sums


def _distances(sites: Vector, neighbours: Vector, same: Codes | None) -> Vector:
    """Return distances, infinite from each site to itself: it is no neighbour of its own."""
    d: Vector = cdist(sites, neighbours)
    if same is not None:
        d[np.arange(len(d)), same] = np.inf
    return d


def share_of_rest(found: Establishments, reference: Codes, other: str) -> Vector:
    """Return the share of an industry in all weights but that of each establishment.

    Parameters
    ----------
    found : Establishments
    reference : ndarray of int, shape (R,)
        Those that are left out, each from its own share.
    other : str
        The industry.

    Returns
    -------
    ndarray, shape (R,)
        NaN where there is no other establishment.

    Examples
    --------
    >>> from spillgraph.analytics.space._inputs import read_establishments
    >>> found = read_establishments([[0, 0], [1, 1], [2, 2]], ["a", "a", "b"], [2, 1, 1])
    >>> share_of_rest(found, np.array([0, 2]), "a").tolist()
    [0.5, 1.0]
    """
    w = found.weights[reference]
    of = found.code == found.industries.index(other)
    # Weights of a single industry's establishments cancel exactly only where it is alone.
    rest = found.weights.sum() - w
    share = found.weights[of].sum() - np.where(of[reference], w, 0.0)
    alone = of[reference] & (np.count_nonzero(of) == 1)
    share[alone] = 0.0
    part: Vector = np.divide(share, rest, out=np.full(len(w), np.nan), where=rest > 0)
    return part


def relative(around: Vector, total: Vector, share: Vector, faint: float = 0.0) -> Vector:
    """Return the sum of shares around the reference, over that of shares in the whole region.

    Parameters
    ----------
    around, total : ndarray, shape (R, D)
        Weights of an industry and of all around each establishment.
    share : ndarray, shape (R,)
        The industry's share in all but the establishment.
    faint : float
        Where ``total`` is no more than this, there is no neighbour, and none counts.

    Returns
    -------
    ndarray, shape (D,)
        NaN where no establishment has a neighbour.

    Examples
    --------
    >>> around, total = np.array([[1.0], [0.0]]), np.array([[2.0], [0.0]])
    >>> relative(around, total, np.array([0.25, 0.25])).tolist()
    [2.0]
    """
    any_neighbour = total > faint
    local = np.divide(around, total, out=np.zeros_like(around), where=any_neighbour).sum(axis=0)
    expected = any_neighbour.T @ share
    m: Vector = np.divide(local, expected, out=np.full(len(local), np.nan), where=expected > 0)
    return m


def curves_of_pairs(values: Vector, wanted: list[Pair], radii: Vector) -> pd.DataFrame:
    """Return curves with their labels.

    Parameters
    ----------
    values : ndarray, shape (pairs, D)
    wanted : list of (reference, neighbour)
    radii : ndarray, shape (D,)

    Returns
    -------
    pandas.DataFrame, shape (pairs, D)

    Examples
    --------
    >>> curves_of_pairs(np.ones((1, 1)), [("a", "b")], np.array([5.0])).loc[("a", "b"), 5.0].item()
    1.0
    """
    index = pd.MultiIndex.from_tuples(wanted, names=AXES)
    return pd.DataFrame(values, index, pd.Index(radii, name="distance"))
