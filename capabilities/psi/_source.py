"""What is drawn from: citations by year, at both levels and by firm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...analytics.networks import Concordance, year_weights
from ...core.matrix import LabelledMatrix
from ...graph.aggregate import Flow
from ...graph.ask import ask, ask_by_slices
from ...graph.store import GraphStore
from ...ingest.study import Study
from ...runs.export import yearly_citations
from ...runs.result import Result
from ._fine import concordance_of, fine_flows

__all__ = ["Source"]


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
        firms = ask_by_slices(store, "citing_firm_to_fine_citations").to_pandas()
        if study.options.self_citations == "exclude":
            firms["count"] -= firms["self_count"]
        named = ask(store, "industry_of_firms").to_pandas().set_index("firm")["industry"]
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
