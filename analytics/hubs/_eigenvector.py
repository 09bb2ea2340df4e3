"""Eigenvector centrality: the left Perron vector."""

from __future__ import annotations

import random
import warnings

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector
from ..linalg._perron import perron
from ._network import Network
from ._power import dominant, in_doubt, left_product

__all__ = ["batch", "eigenvector"]


def eigenvector(network: Network) -> Vector:
    """Left Perron vector with largest entry 1, or NaN where it is not unique.

    Where M is reducible: if one strongly connected component alone reaches ρ, the vector is still
    unique; it is positive on that component and on all that it draws on, directly or not, and 0
    elsewhere. If several reach ρ, or ρ = 0 (no feedback at all), there is no single answer.
    """
    import igraph

    graph, M, rho = network.graph, network.matrix, network.radius
    member, radii = network.classes
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
            # ARPACK begins at random: from a fixed seed, so that a run gives the same bytes again.
            igraph.set_random_number_generator(random.Random(1))
            scores[inside] = part.eigenvector_centrality(
                directed=True, scale=True, weights=part.es["weight"]
            )
    except igraph.InternalError:  # ARPACK gives up where eigenvalues crowd, as on a long ring
        proven = perron(sparse.csr_array(M.values[inside][:, inside].T))
        scores[inside] = np.nan if proven is None else proven[1]
    finally:
        igraph.set_random_number_generator(random)  # what everybody else draws from
    return scores


def batch(M: Vector, network: Network) -> Vector:
    """The same of many networks, by products; those that do not settle by :func:`eigenvector`."""
    x, growth, still = dominant(M, left_product)
    x[growth <= 0] = np.nan
    for k in np.flatnonzero(in_doubt(M, growth, still)):
        one = LabelledMatrix("M", sparse.csr_array(M[k]), network.matrix.rows, network.matrix.rows)
        x[k] = eigenvector(Network(one))
    return x
