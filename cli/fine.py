"""How citations between fine industries land in the cells of the sector matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from ..core.matrix import LabelledMatrix
from ..graph.aggregate import Flow
from ..graph.export import citations_by_year
from ..graph.schema import UNMAPPED
from ..graph.store import GraphStore
from ..ingest.economy import Economy

__all__ = ["FineMap", "Weighting", "fine_flows", "fine_map"]

Weighting: TypeAlias = Literal["given", "equal", "largest"]


@dataclass(frozen=True, slots=True)
class FineMap:
    """The concordance, from pairs of fine industries to pairs of sectors.

    Parameters
    ----------
    fine : list of str, length n
        Fine industries, without the residual.
    target : list of str, length N
        Sectors.
    B : scipy.sparse.csr_array, shape (n, N)
        Share of each fine industry that belongs to each sector.
    keep : bool
        Whether a citation within one fine industry stays within one sector.
    """

    fine: list[str]
    target: list[str]
    B: sparse.csr_array
    keep: bool

    def mapped(self, K: sparse.csr_array) -> sparse.csr_array:
        """Carry citations between fine industries, shape (n, n), over to sectors, (N, N)."""
        if not self.keep:
            return sparse.csr_array(self.B.T @ K @ self.B)
        own = K.diagonal()
        across = sparse.csr_array(self.B.T @ (K - sparse.diags_array(own)) @ self.B)
        return sparse.csr_array(across + sparse.diags_array(self.B.T @ own))

    def cells(self) -> sparse.csr_array:
        """Return the same as a matrix, shape (n², N²), for many K at once.

        Share of a citation from fine industry a to b (row a·n + b) that is one from sector k to
        l (column k·N + l).
        """
        cells = sparse.csr_array(sparse.kron(self.B, self.B))
        return _kept(cells, self.B) if self.keep else cells


def fine_map(
    economy: Economy,
    classification: str,
    target: str,
    diagonal: str,
    *,
    weighting: Weighting = "given",
) -> FineMap:
    """Return where citations between fine industries land, as the aggregation has it.

    Parameters
    ----------
    economy : Economy
        Its industries and concordances.
    classification, target : str
        From where to where.
    diagonal : {"split", "keep"}
        Whether a citation within one fine industry stays within one sector.
    weighting : {"given", "equal", "largest"}
        Weights of the concordance; or the same for all sectors of an industry; or all for its
        largest one. What the concordance does not cover stays uncovered.

    Returns
    -------
    FineMap
    """
    industries = economy.industries
    mine = industries["classification"] == classification
    fine = [str(c) for c in industries.loc[mine, "code"] if c != UNMAPPED]
    if classification == target:
        n = len(economy.labels)
        order = pd.Index(fine).get_indexer(pd.Index(economy.labels))
        B = sparse.csr_array((np.ones(n), (order, np.arange(n))), shape=(len(fine), n))
    else:
        B = _weights(economy.maps, classification, target, fine, economy.labels)
        B = _weighted(B, weighting)
    return FineMap(fine, list(economy.labels), B, diagonal == "keep")


def fine_flows(
    store: GraphStore, flow: Flow, map: FineMap, *, included: bool
) -> dict[int, LabelledMatrix]:
    """Return the citations between fine industries, a matrix for each year with any.

    Parameters
    ----------
    store : GraphStore
        Holds the sums of the study.
    flow : Flow
        The citations.
    map : FineMap
        Names the fine industries.
    included : bool
        Whether firms that cite themselves count.

    Returns
    -------
    dict of int to LabelledMatrix, each shape (n, n)
    """
    return citations_by_year(
        store,
        classification=flow.classification,
        origin=flow.origin,
        labels=map.fine,
        self_citations=included,
    )


def _weights(
    maps: pd.DataFrame, classification: str, target: str, fine: list[str], labels: list[str]
) -> sparse.csr_array:
    """Return the concordance as a matrix, residuals left out."""
    a = pd.Index([f"{classification}:{code}" for code in fine]).get_indexer(pd.Index(maps["from"]))
    k = pd.Index([f"{target}:{code}" for code in labels]).get_indexer(pd.Index(maps["to"]))
    both = (a >= 0) & (k >= 0)
    weight = maps["weight"].to_numpy(dtype=np.float64)[both]
    return sparse.csr_array((weight, (a[both], k[both])), shape=(len(fine), len(labels)))


def _weighted(B: sparse.csr_array, weighting: Weighting) -> sparse.csr_array:
    """Weigh the sectors of each industry otherwise, its sum as it is."""
    if weighting == "given":
        return B
    total = np.asarray(B.sum(axis=1))
    marks = B.toarray()
    if weighting == "equal":
        marks = (marks > 0).astype(np.float64)
    else:
        largest = marks.argmax(axis=1)  # the first of several equal ones
        marks = (np.arange(B.shape[1]) == largest[:, None]) & (marks > 0)
    size = marks.sum(axis=1)
    return sparse.csr_array(marks * (total / np.where(size > 0, size, 1.0))[:, None])


def _kept(cells: sparse.csr_array, B: sparse.csr_array) -> sparse.csr_array:
    """Put citations within one fine industry on the diagonal, by its share of each sector."""
    n, N = B.shape
    split = sparse.coo_array(cells)
    across = split.row // n != split.row % n
    share = sparse.coo_array(B)
    row = np.concatenate([split.row[across], share.row * (n + 1)])
    column = np.concatenate([split.col[across], share.col * (N + 1)])
    values = np.concatenate([split.data[across], share.data])
    return sparse.csr_array((values, (row, column)), shape=cells.shape)
