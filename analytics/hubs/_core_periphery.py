"""Core and periphery, continuous and directed (Boyd, Fitzgerald, Mahutga & Smith 2010)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..linalg._labels import Vector
from ._network import Network
from ._power import left_product, product

__all__ = ["batch", "core_periphery"]

# Rounds of least squares, and the change of a vector with largest entry 1 at which they end.
ROUNDS, STILL = 300, 1e-13
DENSE = 3000


def core_periphery(network: Network) -> Vector:
    """Coreness as a source: v of the nearest u v' off the diagonal, largest entry 1.

    Borgatti & Everett (1999) for networks with directions: a link is as large as the coreness of
    its receiver, u, times that of its source, v; own links are left out (MINRES). u and v are
    found in turn by least squares, from v = column sums. NaN where there is no link.
    """
    values = network.matrix.values
    if values.shape[0] <= DENSE:
        return np.asarray(batch(values.toarray()[None], network)[0])
    coo = sparse.coo_array(values)
    others = coo.row != coo.col
    ends = coo.row[others], coo.col[others]
    off = sparse.csr_array((coo.data[others], ends), shape=values.shape)
    turned = sparse.csr_array(off.T)
    v: Vector = np.asarray(off.sum(axis=0), dtype=np.float64)[None]
    if not v.any():
        return np.full(values.shape[0], np.nan)
    v = v / v.max()
    for _ in range(ROUNDS):
        u = _fit((off @ v[0])[None], v)
        new = _scaled(_fit((turned @ u[0])[None], u))
        still = np.abs(new - v).max() <= 1e-10
        v = new
        if still:
            break
    return np.asarray(v[0])


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks."""
    off = M * ~np.eye(M.shape[1], dtype=bool)
    v = off.sum(axis=1)
    empty = ~v.any(axis=1)
    v = _scaled(v)
    open_, part, w = np.arange(len(M)), off, v.copy()
    for count in range(1, ROUNDS + 1):
        u = _fit(product(part, w), w)
        new = _scaled(_fit(left_product(u, part), u))
        done = np.abs(new - w).max(axis=1, initial=0.0) <= STILL
        w = new
        if done.all() or count % 16 == 0:
            v[open_] = w
            if done.all():
                break
            open_, part, w = open_[~done], part[~done], w[~done]
    v[open_] = w
    v[empty] = np.nan
    return v


def _fit(above: Vector, other: Vector) -> Vector:
    """Least squares of each row of the network on the others' coreness, its own left out."""
    squares = other**2
    below = np.maximum(squares.sum(axis=1, keepdims=True) - squares, 0.0)
    fitted: Vector = np.divide(above, below, out=np.zeros(above.shape), where=below > 0)
    return fitted


def _scaled(v: Vector) -> Vector:
    largest = v.max(axis=1, initial=0.0)
    scaled: Vector = v / np.where(largest > 0, largest, 1.0)[:, None]
    return scaled
