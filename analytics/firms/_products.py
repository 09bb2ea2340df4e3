"""Products of links on disk with a vector, in threads, and what rounding may hide in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from ...core.links import Links
from ..linalg._labels import Vector
from ._cascades import has_compiler, processors

__all__ = ["EPS", "Products"]

EPS = float(np.finfo(np.float64).eps)
#: Rows are given out in so many parts of as many links; what each firm gives is summed in two,
#: whatever the number of processors, so that no digit depends on it.
_PARTS, _SUMS = 32, 2
#: Fewer links are no work for another thread.
_A_THREAD = 100_000
#: Links that SciPy takes at once where numba is not installed.
_AT_ONCE = 4_000_000


class Products:
    """Products with a network that is read where it lies.

    Parameters
    ----------
    links : Links
        N firms.
    compiled : bool, optional
        Loops of numba, or blocks of SciPy; default: numba where it is installed.

    Attributes
    ----------
    count : int
        Products so far.

    Examples
    --------
    >>> P = Products(Links.build("S", [0, 2, 4], [0, 1, 0, 1], [0.2, 0.3, 0.1, 0.4]))
    >>> P.multiply(np.ones(2)).tolist(), P.multiply(np.ones(2), transposed=True).round(12).tolist()
    ([0.5, 0.5], [0.3, 0.7])
    """

    def __init__(self, links: Links, *, compiled: bool | None = None) -> None:
        self.links = links
        self.count = 0
        self.compiled = has_compiler() if compiled is None else compiled
        self._terms: dict[bool, Any] = {}

    def multiply(self, x: Vector, *, transposed: bool = False) -> Vector:
        """Return M x, or M'x.

        Parameters
        ----------
        x : ndarray, shape (N,)
            Any unit.
        transposed : bool
            Multiply with the transpose.
        """
        self.count += 1
        if not self.compiled:
            return self._scatter_blocks(x) if transposed else self._gather_blocks(x)
        from ._link_loops import gather, scatter  # here: numba takes a second to import

        arrays = self.links.indptr, self.links.indices, self.links.data
        if transposed:
            sums = np.zeros((_SUMS, self.links.firms, 2))
            ends, few = pairwise(self._parts(_SUMS)), self.links.links < _A_THREAD
            _in_threads(lambda at, a, b: scatter(arrays, x, a, b, sums[at]), ends, alone=few)
            rest: Vector = sums[:, :, 1].sum(axis=0)
            rest += sums[:, :, 0].sum(axis=0)
            return rest
        out = np.empty(self.links.firms)
        number = min(_PARTS, self.links.links // _A_THREAD + 1)
        _in_threads(lambda _, a, b: gather(arrays, x, a, b, out), pairwise(self._parts(number)))
        return out

    def rounding(self, *, transposed: bool = False) -> Any:
        """Bound the error of a product of numbers that are not negative, as a share of it."""
        if self.compiled:
            return 4.0 * EPS
        if transposed not in self._terms:
            n = self.links.firms
            terms = np.diff(self.links.indptr)
            if transposed:
                terms = np.zeros(n, np.int64)
                for s, e in self._blocks():
                    ends = slice(self.links.indptr[s], self.links.indptr[e])
                    terms += np.bincount(self.links.indices[ends], minlength=n)
            self._terms[transposed] = EPS * (terms + 1.0)
        return self._terms[transposed]

    def _parts(self, number: int) -> list[int]:
        """Where the rows are cut, each part with as many links."""
        indptr = self.links.indptr
        cuts = np.linspace(0, float(indptr[-1]), number + 1)[1:-1]
        inner = np.searchsorted(indptr, cuts).tolist()
        return [0, *(min(cut, self.links.firms) for cut in inner), self.links.firms]

    # -- without numba -------------------------------------------------------------------------

    def _blocks(self) -> Iterable[tuple[int, int]]:
        size = max(_AT_ONCE, self.links.firms)
        return pairwise(dict.fromkeys(self._parts(self.links.links // size + 1)))

    def _block(self, first: int, last: int) -> sparse.csr_array:
        start = self.links.indptr[first : last + 1]
        ends = slice(start[0], start[-1])
        arrays = self.links.data[ends], self.links.indices[ends], start - start[0]
        return sparse.csr_array(arrays, shape=(last - first, self.links.firms))

    def _gather_blocks(self, x: Vector) -> Vector:
        out = np.zeros(self.links.firms)
        for first, last in self._blocks():
            out[first:last] = self._block(first, last) @ x
        return out

    def _scatter_blocks(self, x: Vector) -> Vector:
        out = np.zeros(self.links.firms)
        for first, last in self._blocks():
            out += self._block(first, last).T @ x[first:last]
        return out


def _in_threads(
    work: Callable[[int, int, int], None],
    parts: Iterable[tuple[int, int]],
    *,
    alone: bool = False,
) -> None:
    """Do all parts, as many at a time as there are processors for us."""
    with ThreadPoolExecutor(1 if alone else processors()) as pool:
        for done in [pool.submit(work, at, a, b) for at, (a, b) in enumerate(parts)]:
            done.result()
