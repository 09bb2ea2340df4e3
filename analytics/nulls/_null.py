"""What a null is: a law of random networks that a user can name and quote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from ..linalg import Vector

__all__ = ["LARGE", "Null", "batch_lengths", "copies", "off_diagonal", "split_sparse"]

#: Networks with more sectors are drawn one sparse network at a time.
LARGE = 3000
#: Numbers in one batch of networks: 8 MB, so that a batch stays near the processor.
BATCH = 2**20


@dataclass(frozen=True, slots=True)
class Null:
    """One law of random networks.

    Parameters
    ----------
    name : str
        What a user calls it.
    sentence : str
        What it says, to be quoted beside a p-value.
    keeps : tuple of str
        Measures of :data:`spillgraph.core.measures.MEASURES` that are the same in every draw.
    draw : callable
        ``draw(values, rng, draws)`` yields arrays, each shape (B, N, N), for values of shape
        (N, N): together so many draws.
    draw_sparse : callable or None
        The same for a ``csr_array``: yields one ``csr_array`` at a time.
    dense_only : str
        Why there is no ``draw_sparse``.
    proof : str
        Why a network of this law is refused at 5% in 5% of cases.
    labels : tuple of str
        The sectors of its draws, in their order, where it draws what a network is made of; empty
        where draws are in the order of the values that are given.
    made : ndarray, shape (N, N), or None
        The network that it is the chance of, in the order of ``labels``, where it draws what a
        network is made of: any other must not be held against it.

    Examples
    --------
    >>> from spillgraph.analytics.nulls import NULLS
    >>> NULLS["strength"].keeps
    ('in_strength', 'out_strength')
    """

    name: str
    sentence: str
    keeps: tuple[str, ...]
    draw: Callable[[Vector, np.random.Generator, int], Iterator[Vector]]
    draw_sparse: (
        Callable[[sparse.csr_array, np.random.Generator, int], Iterator[sparse.csr_array]] | None
    ) = None
    dense_only: str = ""
    proof: str = ""
    labels: tuple[str, ...] = ()
    made: Vector | None = field(default=None, compare=False, repr=False)


def batch_lengths(draws: int, N: int) -> Iterator[int]:
    """Cut draws into batches of 8 MB.

    Parameters
    ----------
    draws : int
        Number of draws.
    N : int
        Sectors.

    Examples
    --------
    >>> list(batch_lengths(250, 100))
    [104, 104, 42]
    """
    most = max(1, BATCH // max(1, N * N))
    for first in range(0, draws, most):
        yield min(most, draws - first)


def copies(values: Vector, draws: int) -> Iterator[Vector]:
    """Yield the network itself so many times: the law allows no other.

    Parameters
    ----------
    values : ndarray, shape (N, N)
        The network.
    draws : int
        Number of draws.

    Examples
    --------
    >>> [batch.shape for batch in copies(np.eye(2), 3)]
    [(3, 2, 2)]
    """
    for length in batch_lengths(draws, len(values)):
        yield np.tile(values, (length, 1, 1))


def off_diagonal(values: Vector) -> Vector:
    """Return the network without own links.

    Parameters
    ----------
    values : ndarray, shape (N, N)
        The network.

    Examples
    --------
    >>> off_diagonal(np.ones((2, 2))).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    off = np.array(values, dtype=np.float64)
    np.fill_diagonal(off, 0.0)
    return off


def split_sparse(values: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return a sparse network without own links, and these.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        The network.

    Examples
    --------
    >>> off, own = split_sparse(sparse.csr_array(np.ones((2, 2))))
    >>> off.nnz, own.toarray().tolist()
    (2, [[1.0, 0.0], [0.0, 1.0]])
    """
    coo = sparse.coo_array(values)
    here = coo.row == coo.col

    def part(kept: np.ndarray) -> sparse.csr_array:
        ends = coo.row[kept], coo.col[kept]
        return sparse.csr_array((coo.data[kept], ends), shape=values.shape)

    return part(~here), part(here)
