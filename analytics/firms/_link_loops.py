"""Products with the links of millions of firms: loops for numba, which read each link once.

Sums are kept with what rounding takes from them (Knuth's two-sum), so that the bound of their error
does not grow with the links of a firm: a hub has millions. Imported where numba is installed, and
only there.
"""

from __future__ import annotations

from typing import Any

import numba

__all__ = ["gather", "scatter"]

_compile: Any = numba.njit(cache=True, nogil=True)


@_compile
def gather(links: Any, x: Any, first: int, last: int, out: Any) -> None:
    """Rows ``first`` to ``last`` of M x: every firm sums over its sources.

    Parameters
    ----------
    links : (indptr, indices, data)
        M, compressed row by row.
    x : ndarray, shape (N,)
        Any unit.
    first, last : int
        Rows that are done.
    out : ndarray, shape (N,)
        Filled in.

    Examples
    --------
    >>> gather.__name__
    'gather'
    """
    indptr, indices, data = links
    for i in range(first, last):
        total = lost = 0.0
        for k in range(indptr[i], indptr[i + 1]):
            term = data[k] * x[indices[k]]
            new = total + term
            part = new - total
            lost += (total - (new - part)) + (term - part)
            total = new
        out[i] = total + lost


@_compile
def scatter(links: Any, x: Any, first: int, last: int, out: Any) -> None:
    """What rows ``first`` to ``last`` give to M'x: sums in ``out[:, 0]``, the rest beside them.

    Parameters
    ----------
    links, x, first, last
        As for :func:`gather`.
    out : ndarray, shape (N, 2)
        Added to.

    Examples
    --------
    >>> scatter.__name__
    'scatter'
    """
    indptr, indices, data = links
    for i in range(first, last):
        own = x[i]
        if own == 0.0:
            continue
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            term, total = data[k] * own, out[j, 0]
            new = total + term
            part = new - total
            out[j, 1] += (total - (new - part)) + (term - part)
            out[j, 0] = new
