"""The records behind W: citations by year, at both levels and by firm, and draws of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ..analytics import StockDraws, bootstrap_citations, bootstrap_clusters
from ..analytics.networks import Concordance, year_weights
from ..core.errors import TotalsError
from ..core.matrix import LabelledMatrix
from ..graph.aggregate import Flow
from ..graph.store import GraphStore
from ..ingest.study import Study
from .export import yearly_citations
from .fine import concordance_of, fine_flows
from .firms import ask_firms, industry_of_firms
from .result import Result

__all__ = ["Source", "draw_stock", "firm_cells"]


@dataclass(frozen=True, slots=True)
class Source:
    """What is drawn from: citations by year, at both levels and by firm."""

    study: Study
    map: Concordance
    cells: sparse.csr_array
    yearly: dict[int, LabelledMatrix]
    fine: dict[int, LabelledMatrix]
    firms: pd.DataFrame | None  # firm, source, year, count
    industry: pd.Series[str] | None  # of each firm

    @classmethod
    def read(cls, store: GraphStore, result: Result, flow: Flow) -> Source:
        study, economy = result.study, result.economy
        map = concordance_of(
            economy, flow.classification, study.about.target, study.options.diagonal
        )
        fine = fine_flows(store, flow, map, included=study.options.self_citations == "include")
        yearly = yearly_citations(store, study, economy, flow)
        if flow.table is not None:
            return cls(study, map, map.cells(), yearly, fine, None, None)
        firms = ask_firms(store, result, "citing_firm_to_fine_citations")
        if study.options.self_citations == "exclude":
            firms["count"] -= firms["self_count"]
        named = industry_of_firms(store, result)
        known = named[named.isin(map.fine)]
        return cls(study, map, map.cells(), yearly, fine, firms, known)

    def weight(self, t: int, years: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
        """Weight of citations of some years in the stock of year t."""
        options = self.study.options
        return year_weights(t, years, options.depreciation, options.window)

    def by_firm(self, t: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Return firm, cited industry and count of what counts in the stock of year t."""
        assert self.firms is not None and self.industry is not None
        table = self.firms
        firm = pd.Index(self.industry.index).get_indexer(pd.Index(table["firm"]))
        cited = pd.Index(self.map.fine).get_indexer(pd.Index(table["source"]))
        count = table["count"].to_numpy() * self.weight(t, table["year"].to_numpy())
        kept = (firm >= 0) & (cited >= 0) & (count > 0)
        return firm[kept], cited[kept], count[kept]

    def within(self, t: int, flows: dict[int, LabelledMatrix]) -> dict[int, LabelledMatrix]:
        """Those of the years with flows that count in year t."""
        kept = self.weight(t, list(flows)) > 0
        return {s: M for (s, M), keep in zip(flows.items(), kept, strict=True) if keep}


def draw_stock(
    source: Source, t: int, K: LabelledMatrix, draws: int, rng: np.random.Generator
) -> StockDraws:
    """Draw the stock of year t anew: whole firms with all that they cite, else single citations.

    Parameters
    ----------
    source : Source
        The records.
    t : int
        A report year.
    K : LabelledMatrix, shape (N, N)
        Its stock.
    draws : int
        How many.
    rng : numpy.random.Generator
        Source of all randomness.

    Raises
    ------
    TotalsError
        If the citations by firm are not those of the run.
    """
    if source.firms is None:
        return bootstrap_citations(K, rng, draws)
    cells, firms, strata = firm_cells(source, t, K)
    return bootstrap_clusters(cells, K.rows, firms, strata, rng, draws)


def firm_cells(
    source: Source, t: int, K: LabelledMatrix
) -> tuple[sparse.csr_array, tuple[str, ...], pd.Series[str]]:
    """Return what each firm adds to each cell of the stock of year t, the firms, their industries.

    Parameters
    ----------
    source : Source
        The records, with firms.
    t : int
        A report year.
    K : LabelledMatrix, shape (N, N)
        Its stock.

    Raises
    ------
    TotalsError
        If they do not add up to the stock.
    """
    assert source.firms is not None and source.industry is not None
    map, industry = source.map, source.industry
    firm, cited, count = source.by_firm(t)
    n = len(map.fine)
    citing = pd.Index(map.fine).get_indexer(pd.Index(industry))
    pair = citing[firm] * n + cited
    by_pair = sparse.csr_array((count, (firm, pair)), shape=(len(industry), n * n))
    cells = sparse.csr_array((by_pair @ source.cells).T)
    total = np.asarray(cells.sum(axis=1)).reshape(K.shape)
    stock = K.values.toarray()
    if not np.allclose(
        total, stock, rtol=1e-9, atol=1e-9 * max(1.0, float(stock.max(initial=0.0)))
    ):
        raise TotalsError(
            f"{t}: the citations by firm sum to {total.sum():g}, the stock to {stock.sum():g}; the "
            "graph is of another run. Run again with --rebuild."
        )
    return cells, tuple(str(each) for each in industry.index), industry
