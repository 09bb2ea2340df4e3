"""Where the sectors of a drawn network lie: one place each, in all years and layers."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.spatial import KDTree

from ..core.matrix import LabelledMatrix

__all__ = ["place_sectors"]

#: Sectors of a row at the foot, where those without a link stand.
ABREAST = 30
#: Links of a sector that pull, its strongest: all of a dense network pull everybody into one heap.
PULLING = 4
#: How far the middle, where hubs gather, is spread: 0 not at all, 1 until all rows and columns of
#: the drawing hold equally many sectors.
SPREAD = 0.6
#: Height of a drawing by its width, and the part of a sector's room that no other may enter.
HIGH, OWN_ROOM = 0.66, 0.66
#: No two sectors need be further apart than this, however few there are.
FAR = 0.06
#: How often sectors that are too near push each other.
PUSHES = 200


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
    Fruchterman & Reingold (1991), on the strongest links in both directions; the middle is then
    spread, and sectors that lie on each other are pushed apart.

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
        drawn = _apart(_spread(_spring(_strongest(links[linked][:, linked]))))
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


def _strongest(links: sparse.csr_array) -> sparse.csr_array:
    """Return the links that are among the strongest of one of their two ends."""
    coo = links.tocoo()
    order = np.lexsort((coo.col, -coo.data, coo.row))
    rows, columns, values = coo.row[order], coo.col[order], coo.data[order]
    begins = np.searchsorted(rows, rows)  # where each row begins
    kept = np.arange(len(rows)) - begins < PULLING
    mine = sparse.csr_array((values[kept], (rows[kept], columns[kept])), links.shape)
    return sparse.csr_array(mine.maximum(mine.T))


def _spread(places: np.ndarray) -> np.ndarray:
    """Give crowded parts more room: move every side towards its rank among all."""
    ranks = np.column_stack([_ranks(side) for side in places.T]) / len(places)
    return _to_edges((1.0 - SPREAD) * places + SPREAD * ranks)


def _ranks(side: np.ndarray) -> np.ndarray:
    """Return ranks from 0.5; those on one place share the mean. SciPy's take a second to import."""
    _, place, many = np.unique(side, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(many) - many / 2)[place]
    return ranks


def _apart(places: np.ndarray) -> np.ndarray:
    """Push sectors apart that are too near to be told from each other."""
    least = min(FAR, OWN_ROOM * (HIGH / len(places)) ** 0.5)
    places = places * [1.0, HIGH]
    for _ in range(PUSHES):
        pairs = KDTree(places).query_pairs(least, output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort(pairs.T)]  # sums depend on their order
        i, j = pairs.T
        gap = places[i] - places[j]
        far = np.hypot(*gap.T)
        same = far == 0.0  # any direction will do, but not the same for all
        gap[same] = np.column_stack([np.cos(i[same]), np.sin(i[same])])
        push = gap / np.where(same, 1.0, far)[:, None] * ((1.02 * least - far) / 2)[:, None]
        np.add.at(places, i, push)
        np.add.at(places, j, -push)
    return _to_edges(places)


def _to_edges(places: np.ndarray) -> np.ndarray:
    """Return places from 0 to 1 on both sides."""
    span = np.ptp(places, axis=0)
    scaled: np.ndarray = (places - places.min(axis=0)) / np.where(span > 0, span, 1.0)
    return scaled


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
    return _to_edges(np.array(drawn.coords))
