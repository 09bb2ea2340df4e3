"""Who is around each establishment: weights within radii, or weighed by a kernel of distance."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from ..linalg._labels import Vector
from ._inputs import Codes
from ._kernel_sums import kernel_sums
from ._pair_distances import BLOCK

__all__ = ["kernel_weights", "row_blocks", "weights_within"]


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
