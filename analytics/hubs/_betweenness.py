"""Betweenness (Brandes 2001)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from ..linalg._labels import Vector
from ..nulls import LARGE
from ._network import Network

__all__ = ["betweenness"]

Places: TypeAlias = "NDArray[np.signedinteger]"

#: From so many links a sector on it pays to look first which can lie on a shortest path.
DENSE = 100
#: Strongest links of each sector, out and in, by whose paths the others are judged.
STRONGEST = 20
#: Lengths this close, relative, may tie: wider than the 1e-10 that igraph takes for equal.
CLOSE = 1e-9


def betweenness(network: Network) -> Vector:
    """Shortest directed paths through a sector; a strong link is short."""
    values, N = network.matrix.values, len(network.matrix.rows)
    if N > LARGE or values.nnz <= DENSE * N:
        graph = network.graph
        lengths = [1 / weight for weight in graph.es["weight"]]
        return np.array(graph.betweenness(directed=True, weights=lengths), dtype=float)
    import igraph

    receiver, source, length = _on_shortest_paths(values)
    edges = np.column_stack([receiver, source]).tolist()
    graph = igraph.Graph(n=N, edges=edges, directed=True)
    return np.array(graph.betweenness(directed=True, weights=length.tolist()), dtype=float)


def _on_shortest_paths(values: sparse.csr_array) -> tuple[Places, Places, Vector]:
    """Return receivers, sources and lengths of the links that can lie on a shortest path.

    A link longer than some path between its ends lies on none. The paths are those of the strongest
    links, so few remain to be gone through, and none is missing: of a dense ψ one in ten.
    """
    weights = values.toarray()
    lengths = np.divide(1.0, weights, out=np.full(weights.shape, np.inf), where=weights > 0)
    np.fill_diagonal(lengths, np.inf)
    strong = np.zeros(lengths.shape, dtype=bool)
    for axis in (0, 1):
        first = np.argpartition(lengths, STRONGEST, axis=axis).take(range(STRONGEST), axis=axis)
        np.put_along_axis(strong, first, True, axis=axis)
    strong &= np.isfinite(lengths)
    known = csgraph.dijkstra(sparse.csr_array(np.where(strong, lengths, 0.0)), directed=True)
    receiver, source = np.nonzero(np.isfinite(lengths) & (lengths <= known * (1.0 + CLOSE)))
    return receiver, source, lengths[receiver, source]
