"""A labelled matrix as a graph of igraph or networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from ...core.labelled import MatrixLike
from ..linalg._entries import require_finite
from ..linalg._labels import square

if TYPE_CHECKING:  # imported where they are used: half a second that most commands need not wait
    import igraph
    import networkx

__all__ = ["to_igraph", "to_networkx"]


def to_igraph(M: MatrixLike) -> igraph.Graph:
    """Export to igraph: an edge receiver → source for every entry that is not 0.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Any unit.

    Returns
    -------
    igraph.Graph
        Directed; vertices in the order of ``M.rows`` with attribute ``name``; edges with
        ``weight`` in the unit of ``M``; graph attributes ``name``, ``unit``, ``year``.

    Raises
    ------
    InputError
        If receivers and sources differ.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K
    >>> graph = to_igraph(K)
    >>> graph.es[graph.get_eid("steel", "cars")]["weight"], graph["unit"]
    (4.0, 'citations')
    """
    matrix = square(M)
    require_finite(matrix)
    coo = sparse.coo_array(matrix.values)
    import igraph

    return igraph.Graph(
        n=len(matrix.rows),
        edges=np.column_stack([coo.row, coo.col]).tolist(),
        directed=True,
        graph_attrs={"name": matrix.name, "unit": matrix.unit, "year": matrix.year},
        vertex_attrs={"name": list(matrix.rows)},
        edge_attrs={"weight": coo.data.tolist()},
    )


def to_networkx(M: MatrixLike) -> networkx.DiGraph:
    """Export to networkx: an edge receiver → source for every entry that is not 0.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Any unit.

    Returns
    -------
    networkx.DiGraph
        Nodes are the labels, in the order of ``M.rows``; edges carry ``weight`` in the unit of
        ``M``; graph attributes ``name``, ``unit``, ``year``.

    Raises
    ------
    InputError
        If receivers and sources differ.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K
    >>> to_networkx(K)["steel"]["cars"]["weight"]
    4.0
    """
    matrix = square(M)
    require_finite(matrix)
    import networkx

    graph = networkx.DiGraph(name=matrix.name, unit=matrix.unit, year=matrix.year)
    graph.add_nodes_from(matrix.rows)
    long = matrix.to_long()
    graph.add_weighted_edges_from(
        zip(long["receiver"], long["source"], long["value"].tolist(), strict=True)
    )
    return graph
