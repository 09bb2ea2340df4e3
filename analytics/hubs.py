"""Hubs: which sectors the others draw on, by six centralities of one graph.

The graph of ``M[receiver, source]`` has an edge row → column for every entry that is not 0: it
points from the receiver to its source, as ``CITES`` does. A sector is a hub when edges point
at it. The diagonal is kept as the matrix has it (W has none, S has own inputs).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import splu

from ..core.errors import InputError
from ..core.labelled import MatrixLike
from ..core.matrix import LabelledMatrix
from .entries import require_finite
from .labels import Vector, require_flows, square
from .perron import perron
from .radius import class_radii

if TYPE_CHECKING:  # imported where they are used: half a second that most commands need not wait
    import igraph
    import networkx

__all__ = ["hub_table", "to_igraph", "to_networkx"]

DAMPING = 0.85


def hub_table(M: MatrixLike, *, katz_alpha: float | None = None) -> pd.DataFrame:
    """Six centralities of every sector; in all but one a high score is a much-used source.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Flows or shares, not negative; rows receivers, columns sources.
    katz_alpha : float, optional
        How much of a link's strength is passed on at each step, 0 < α < 1/ρ(M), in one over
        the unit of ``M``. Default 0.5/ρ(M), so that tables of matrices in different units
        compare; 1 where ρ(M) = 0. For W, α = 1 gives the column sums of V.

    Returns
    -------
    pandas.DataFrame, shape (N, 6), indexed by ``label``
        - ``in_strength``: weight of the edges that point at the sector, its column sum: what
          the others (and itself) take from it, as a source. Unit of ``M``.
        - ``out_strength``: weight of the edges that leave it, its row sum: what it takes, as
          a receiver. Unit of ``M``.
        - ``pagerank``: weighted, damping 0.85, sums to 1; a receiver without sources jumps
          anywhere.
        - ``katz_bonacich``: column sums of (I − αM)⁻¹, not normalised, at least 1.
        - ``eigenvector``: left Perron vector x'M = ρx', largest entry 1. Where M is reducible:
          if one strongly connected component alone reaches ρ, the vector is still unique; it
          is positive on that component and on all that it draws on, directly or not, and 0
          elsewhere. If several reach ρ, or ρ = 0 (no feedback at all), there is no single
          answer: NaN throughout.
        - ``betweenness``: number of shortest directed paths between two others through the
          sector, ties shared, length 1/weight (a strong link is short), not normalised.
          Time N·E: minutes above some 10,000 sectors.

    Raises
    ------
    InputError
        If receivers and sources differ, an entry is negative or not finite, or α is out of
        bounds.

    References
    ----------
    Katz (1953) and Bonacich (1987); Brin & Page (1998); Brandes (2001) for betweenness.
    models.md §2.3: hubs next to strengths, Katz–Bonacich, PageRank and eigenvector.

    Examples
    --------
    >>> W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], ["steel", "cars"])
    >>> table = hub_table(W, katz_alpha=1)
    >>> table["in_strength"].to_dict(), table["out_strength"].to_dict()
    ({'steel': 0.25, 'cars': 0.4}, {'steel': 0.4, 'cars': 0.25})
    >>> table["katz_bonacich"].mul(18).round(9).to_dict()
    {'steel': 25.0, 'cars': 28.0}
    """
    matrix = square(M)
    require_flows(matrix)
    graph = to_igraph(matrix)
    weights = graph.es["weight"]
    member, radii = class_radii(matrix)
    return pd.DataFrame(
        {
            "in_strength": graph.strength(mode="in", weights=weights),
            "out_strength": graph.strength(mode="out", weights=weights),
            "pagerank": graph.pagerank(directed=True, damping=DAMPING, weights=weights),
            "katz_bonacich": _katz(matrix, katz_alpha, float(radii.max())),
            "eigenvector": _eigenvector(graph, matrix, member, radii),
            "betweenness": graph.betweenness(directed=True, weights=[1 / w for w in weights]),
        },
        index=pd.Index(matrix.rows, name="label"),
        dtype=np.float64,
    )


def _katz(M: LabelledMatrix, alpha: float | None, rho: float) -> Vector:
    """Column sums of (I − αM)⁻¹, from one sparse LU."""
    if alpha is None:
        alpha = 0.5 / rho if rho > 0 else 1.0
    if not (alpha > 0 and alpha * rho < 1):
        bound = 1 / rho if rho > 0 else np.inf
        raise InputError(
            f"katz_alpha: {alpha:g} came, but it must lie between 0 and 1/ρ({M.name}) = "
            f"{bound:g} for the chains to die out; take a smaller one, or leave it out."
        )
    n = len(M.rows)
    # Column sums x' = 1'(I − αM)⁻¹ solve the transposed system.
    A = sparse.csc_array(sparse.eye_array(n) - alpha * M.values.T)
    return splu(A).solve(np.ones(n))


def _eigenvector(
    graph: igraph.Graph, M: LabelledMatrix, member: np.ndarray, radii: Vector
) -> Vector:
    """Left Perron vector with largest entry 1, or NaN where it is not unique."""
    import igraph

    rho = float(radii.max())
    leading = np.flatnonzero(radii >= rho * (1 - 1e-9))
    if rho == 0 or leading.size > 1:
        return np.full(len(M.rows), np.nan)
    start = int(np.flatnonzero(member == leading[0])[0])
    support = csgraph.breadth_first_order(M.values, start, return_predecessors=False)
    # Only where it is positive: outside, ARPACK would leave rounding instead of zeros.
    part = graph.induced_subgraph(support.tolist())
    scores = np.zeros(len(M.rows))
    inside = np.sort(support)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # said again by the error
            scores[inside] = part.eigenvector_centrality(
                directed=True, scale=True, weights=part.es["weight"]
            )
    except igraph.InternalError:  # ARPACK gives up where eigenvalues crowd, as on a long ring
        proven = perron(sparse.csr_array(M.values[inside][:, inside].T))
        scores[inside] = np.nan if proven is None else proven[1]
    return scores


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
    >>> K = LabelledMatrix.build("K", [[6, 4], [1, 3]], ["steel", "cars"], unit="citations")
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
    >>> K = LabelledMatrix.build("K", [[6, 4], [1, 3]], ["steel", "cars"], unit="citations")
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
