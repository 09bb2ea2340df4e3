"""Citations between fine industries, and the concordance that carries them to sectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from ..analytics.networks import Concordance, Weighting
from ..core.matrix import LabelledMatrix
from ..graph.aggregate import Flow
from ..graph.export import citations_by_year
from ..graph.schema import UNMAPPED
from ..graph.store import GraphStore
from ..ingest.economy import Economy

__all__ = ["concordance_of", "fine_flows"]


def concordance_of(
    economy: Economy,
    classification: str,
    target: str,
    diagonal: str,
    *,
    weighting: Weighting = "given",
) -> Concordance:
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
        As :meth:`~spillgraph.analytics.networks.Concordance.weighed` takes it.

    Returns
    -------
    Concordance
        Without the residuals.
    """
    industries = economy.industries
    mine = industries["classification"] == classification
    fine = [str(c) for c in industries.loc[mine, "code"] if c != UNMAPPED]
    if classification == target:
        n = len(economy.labels)
        order = pd.Index(fine).get_indexer(pd.Index(economy.labels))
        B = sparse.csr_array((np.ones(n), (order, np.arange(n))), shape=(len(fine), n))
        weighting = "given"
    else:
        B = _weights(economy.maps, classification, target, fine, economy.labels)
    weights = LabelledMatrix.build("B", B, fine, economy.labels, unit="share")
    return Concordance(weights, diagonal == "keep").reweigh(weighting)


def fine_flows(
    store: GraphStore, flow: Flow, map: Concordance, *, included: bool
) -> dict[int, LabelledMatrix]:
    """Return the citations between fine industries, a matrix for each year with any.

    Parameters
    ----------
    store : GraphStore
        Holds the sums of the study.
    flow : Flow
        The citations.
    map : Concordance
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
