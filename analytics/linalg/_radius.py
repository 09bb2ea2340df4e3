"""The spectral radius of a network, between two bounds that are proven."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from scipy import sparse
from scipy.linalg import eigvals
from scipy.sparse import csgraph
from scipy.sparse.linalg import ArpackError, eigs

from ...core.labelled import MatrixLike
from ._entries import require_finite
from ._labels import Vector, require_flows, square
from ._perron import collatz, noda, perron, ratio_bounds

__all__ = ["class_radii", "radius_bounds", "spectral_radius"]

# Up to here Noda's iteration on the full block takes about a second.
DENSE_LIMIT = 3000
# Up to here the eigenvalues of a full block take LAPACK seconds at most.
EXACT_LIMIT = 1000
# Networks that ARPACK can do need a few dozen; the others are better handed over early.
ARPACK_RESTARTS = 300
# Power steps for the bounds of larger blocks: until they agree so well, or so many.
CLOSE, PRODUCTS, KEPT = 1e-7, 100, 0.05


def spectral_radius(M: MatrixLike) -> float:
    """Largest absolute value of an eigenvalue, ρ(M).

    The eigenvalues of a matrix are those of its strongly connected components, so each
    component is solved alone: exactly 0 for an acyclic network, exactly the largest diagonal
    entry where no sector feeds back on another.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Any unit: shares, or raw counts.

    Returns
    -------
    float
        In the unit of ``M``; the middle of :func:`radius_bounds` where no entry is negative.

    Raises
    ------
    InputError
        If receivers and sources differ, or an entry is not finite.

    References
    ----------
    Horn & Johnson (2013), *Matrix Analysis*, 2nd ed., §8.3 and §8.4 (Perron root).

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> round(spectral_radius(W) ** 2, 12)  # the round trip steel → cars → steel
    0.1
    """
    return float(class_radii(M)[1].max())


def radius_bounds(M: MatrixLike) -> tuple[float, float]:
    """Two numbers between which ρ(M) lies, rounding included.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Not negative; any unit.

    Returns
    -------
    low, high : float
        In the unit of ``M``. In components of up to 3,000 sectors they agree to 1e-12, or as
        far as rounding lets them where entries differ by many orders of magnitude; in larger
        ones to 1e-7, or as far as 100 products with ``M`` bring them.

    Raises
    ------
    InputError
        If receivers and sources differ, or an entry is negative or not finite.

    References
    ----------
    Collatz (1942), *Mathematische Zeitschrift* 48, 221–226; Wielandt (1950), ibid. 52, 642–648:
    min (Mx)_i/x_i ≤ ρ ≤ max (Mx)_i/x_i for every positive x, component by component.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S
    >>> low, high = radius_bounds(S)
    >>> low <= 0.5 <= high, high - low < 1e-12
    (True, True)
    """
    M = square(M)
    require_flows(M)
    A = M.values
    low = high = float(A.diagonal().max())  # a component of one sector is its own bound
    for _, inside in _components(A)[1]:
        bounds = _block_bounds(A, inside)
        low, high = max(low, bounds[0]), max(high, bounds[1])
    return low, high


def class_radii(M: MatrixLike) -> tuple[np.ndarray, Vector]:
    """Strongly connected component of every sector, and spectral radius of every component.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Any unit.

    Returns
    -------
    member : ndarray of int, shape (N,)
        Number of the component of each sector, in the order of ``M.rows``.
    radii : ndarray, shape (components,)
        Spectral radius of each component alone, in the unit of ``M``.

    Raises
    ------
    InputError
        If receivers and sources differ, or an entry is not finite.

    Examples
    --------
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> M = LabelledMatrix.build("K", [[0, 3], [0, 2]], ["steel", "cars"])
    >>> member, radii = class_radii(M)
    >>> float(radii[member[0]]), float(radii[member[1]])
    (0.0, 2.0)
    """
    A = _require_finite_square(M)
    member, components = _components(A)
    radii = np.zeros(member.max() + 1)
    # A component of one sector has its diagonal entry for an eigenvalue.
    np.maximum.at(radii, member, np.abs(A.diagonal()))
    for c, inside in components:
        radii[c] = _block_radius(_block(A, inside))
    return member, radii


def _require_finite_square(M: MatrixLike) -> sparse.csr_array:
    matrix = square(M)
    require_finite(matrix)
    return matrix.values


def _components(A: sparse.csr_array) -> tuple[np.ndarray, Iterator[tuple[int, np.ndarray]]]:
    """Return the component of every sector, and the members of those with two sectors or more."""
    _, member = csgraph.connected_components(A, directed=True, connection="strong")
    order = np.argsort(member, kind="stable")
    ends = np.cumsum(np.bincount(member))
    large = np.flatnonzero(np.diff(ends, prepend=0) > 1)
    return member, ((int(c), order[ends[c - 1] if c else 0 : ends[c]]) for c in large)


def _block(A: sparse.csr_array, inside: np.ndarray) -> sparse.csr_array:
    """Return the flows within a component, at a cost that its own size decides."""
    if inside.size == A.shape[0]:
        return A
    part = A[inside]
    rows = sparse.coo_array(part)
    column = np.searchsorted(inside, rows.col)  # members are in ascending order
    kept = inside[np.minimum(column, inside.size - 1)] == rows.col
    entries = rows.data[kept], (rows.row[kept], column[kept])
    return sparse.csr_array(entries, shape=(inside.size, inside.size))


def _block_radius(B: sparse.csr_array) -> float:
    """Spectral radius of one strongly connected block."""
    positive = bool((B.data >= 0).all())
    if B.shape[0] > DENSE_LIMIT:
        large = _arpack(B)
        if large is not None:
            return large
    proven = perron(B) if positive else None
    return proven[0] if proven is not None else float(np.abs(eigvals(B.toarray())).max())


def _block_bounds(A: sparse.csr_array, inside: np.ndarray) -> tuple[float, float]:
    """Bounds of ρ for one strongly connected component without negative entries."""
    if inside.size > DENSE_LIMIT:
        return _power_bounds(A, inside)
    B = _block(A, inside)
    return collatz(B, noda(B)[2])


def _power_bounds(A: sparse.csr_array, inside: np.ndarray) -> tuple[float, float]:
    """Bounds by power steps on the whole matrix: cutting a large component out costs many."""
    whole: Vector = np.zeros(A.shape[0])
    x: Vector = np.ones(inside.size)
    terms = int(np.diff(A.indptr).max(initial=0))
    low, high = 0.0, np.inf
    for _ in range(PRODUCTS):
        whole[inside] = x
        product = (A @ whole)[inside]
        bounds = ratio_bounds(product, x, terms)
        low, high = max(low, bounds[0]), min(high, bounds[1])
        if high - low <= CLOSE * high:
            break
        # The part of x that is kept stops a network with a rhythm, a ring, from going in circles.
        x = product + KEPT * high * x
        x /= x.max()
    return low, high


def _arpack(B: sparse.csr_array) -> float | None:
    """Radius by ARPACK, or None where it does not converge."""
    # An irreducible nonnegative block may have several eigenvalues of the largest modulus, but
    # only one of the largest real part, and that is ρ (Perron–Frobenius).
    which: Literal["LR", "LM"] = "LR" if (B.data >= 0).all() else "LM"
    start = np.ones(B.shape[0])  # fixed, so that the same input gives the same digits
    try:
        values = eigs(
            B, k=1, which=which, v0=start, maxiter=ARPACK_RESTARTS, return_eigenvectors=False
        )
    except ArpackError:  # not converged, or broken down: the next method takes over
        return None
    return float(np.abs(values).max())
