"""One run of Leiden (Traag, Waltman & van Eck 2019), the same for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ._margins import ends

__all__ = ["Members", "belongs", "leiden", "renumber"]

Members = NDArray[np.int64]
#: Passes of Leiden: until nothing improves, and so many above the limit. Where a large network has
#: no structure, the last per cent of modularity takes ten times the time.
UNTIL_STABLE, PASSES, LIMIT = -1, 10, 1500


def leiden(
    values: sparse.csr_array, resolution: float, seed: int, *, pairs: bool = False
) -> Members:
    """Find communities of a weighted network by Leiden.

    It passes over the network until nothing improves; above 1,500 nodes 10 times.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (N, N)
        Weights of directed links, positive.
    resolution : float
        γ of modularity, or of the pairs.
    seed : int
        Below 2³¹.
    pairs : bool, default False
        Take ``values`` for weights of unordered pairs (upper triangle), and look for the most of
        Σ (w_ij − γ) over pairs within communities (constant Potts model) instead of modularity.

    Returns
    -------
    ndarray of int, shape (N,)
        Numbers of communities, from 0; a node without links is one of its own.

    References
    ----------
    Traag, Waltman & van Eck (2019), *Scientific Reports* 9, 5233; Leicht & Newman (2008),
    *Physical Review Letters* 100, 118703 (directed modularity).

    Examples
    --------
    >>> values = sparse.csr_array([[0, 5.0, 1, 0], [5, 0, 0, 0], [0, 0, 0, 5], [0, 0, 5, 0]])
    >>> leiden(values, 1.0, 1).tolist()
    [0, 0, 1, 1]
    """
    import igraph  # half a second that most commands need not wait
    import leidenalg

    n = values.shape[0]
    graph = igraph.Graph(n=n, edges=np.column_stack(ends(values)).tolist(), directed=not pairs)
    kind: Any = leidenalg.CPMVertexPartition if pairs else leidenalg.RBConfigurationVertexPartition
    if not values.nnz:
        return np.arange(n)
    found = leidenalg.find_partition(
        graph,
        kind,
        weights=values.data.tolist(),
        n_iterations=UNTIL_STABLE if n <= LIMIT else PASSES,
        seed=seed,
        resolution_parameter=resolution,
    )
    return np.array(found.membership, dtype=np.int64)


def belongs(members: Members) -> sparse.csr_array:
    """Return who is in which community, 1 or nothing.

    Parameters
    ----------
    members : ndarray of int, shape (N,)
        Communities, from 0.

    Returns
    -------
    scipy.sparse.csr_array, shape (N, communities)

    Examples
    --------
    >>> belongs(np.array([0, 1, 0])).toarray().tolist()
    [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    """
    return sparse.csr_array((np.ones(members.size), (np.arange(members.size), members)))


def renumber(members: Members) -> Members:
    """Number communities from 0, the largest first, ties in the order of their first members.

    Parameters
    ----------
    members : ndarray of int, shape (N,)
        Any numbers.

    Returns
    -------
    ndarray of int, shape (N,)

    Examples
    --------
    >>> renumber(np.array([7, 2, 2, 9])).tolist()
    [1, 0, 0, 2]
    """
    _, first, inside, size = np.unique(
        members, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -size))
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return place[inside]
