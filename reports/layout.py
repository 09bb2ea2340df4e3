"""Where the sectors of a drawn network lie: one place each, in all years and layers."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from ..core.matrix import LabelledMatrix

__all__ = ["place_sectors"]

#: Sectors of a row at the foot, where those without a link stand.
ABREAST = 30


def place_sectors(
    matrices: Sequence[LabelledMatrix], codes: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Place sectors so that those with strong links lie near each other.

    Parameters
    ----------
    matrices : sequence of LabelledMatrix, each shape (N, N)
        Links of every year and layer; each counts the same, whatever its unit.
    codes : sequence of str
        The sectors, in the order of the classification.

    Returns
    -------
    dict of str to tuple of float
        x and y of each, from 0 to 1. Sectors without any link stand in rows at the foot. The same
        links give the same places.

    References
    ----------
    Fruchterman & Reingold (1991), on the sum of links in both directions.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K
    >>> places = place_sectors([K], ["steel", "cars", "rail"])
    >>> sorted(places), places["rail"][1]
    (['cars', 'rail', 'steel'], 0.0)
    """
    links = _both_ways(matrices, codes)
    linked = np.flatnonzero(np.asarray(links.sum(axis=1)).ravel() > 0)
    alone = [k for k in range(len(codes)) if k not in set(linked.tolist())]
    rows = -(-len(alone) // ABREAST)
    foot = 0.05 * rows + 0.03 if alone else 0.0
    places = np.zeros((len(codes), 2))
    for place, k in enumerate(alone):
        row, column = divmod(place, ABREAST)
        places[k] = (column + 0.5) / min(len(alone), ABREAST), 0.05 * row
    if linked.size:
        drawn = _spring(links[linked][:, linked])
        drawn[:, 1] = foot + (1.0 - foot) * drawn[:, 1]
        places[linked] = drawn
    return {code: (float(x), float(y)) for code, (x, y) in zip(codes, places, strict=True)}


def _both_ways(matrices: Sequence[LabelledMatrix], codes: Sequence[str]) -> sparse.csr_array:
    """Return the sum of all links in both directions, each matrix scaled to one."""
    at = {code: k for k, code in enumerate(codes)}
    total = sparse.csr_array((len(codes), len(codes)))
    for matrix in matrices:
        coo = matrix.values.tocoo()
        i = np.array([at[code] for code in matrix.rows], dtype=int)[coo.row]
        j = np.array([at[code] for code in matrix.columns], dtype=int)[coo.col]
        values = np.where(i == j, 0.0, np.maximum(coo.data, 0.0))
        if values.sum() > 0:
            one = sparse.coo_array((values / values.sum(), (i, j)), total.shape)
            total = total + one + one.T
    total.eliminate_zeros()
    return sparse.csr_array(total)


def _spring(links: sparse.csr_array) -> np.ndarray:
    """Return places from 0 to 1, every connected part in one drawing."""
    import igraph  # half a second that most commands need not wait

    upper = sparse.triu(links, k=1).tocoo()
    graph = igraph.Graph(len(range(links.shape[0])), np.column_stack([upper.row, upper.col]))
    # A strong link is not to draw two sectors onto each other: roots bring weights together.
    weights = np.sqrt(upper.data / upper.data.max()) if upper.nnz else None
    try:
        igraph.set_random_number_generator(random.Random(1))  # the same drawing every time
        drawn = graph.layout_fruchterman_reingold(weights=weights, niter=1500, grid=False)
    finally:
        igraph.set_random_number_generator(random)
    places = np.array(drawn.coords)
    span = np.ptp(places, axis=0)
    scaled: np.ndarray = (places - places.min(axis=0)) / np.where(span > 0, span, 1.0)
    return scaled
