"""Industry flows leave the store: citation stocks of the report years, deliveries, residuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from scipy import sparse

from ..analytics import accumulate
from ..core.matrix import LabelledMatrix
from ..graph.aggregate import Flow
from ..graph.export import citation_stock, citations_by_year, flow_at, residual, trade_by_year
from ..graph.store import GraphStore
from ..ingest.economy import Economy
from ..ingest.study import Study

__all__ = ["Exported", "export", "yearly_citations"]


@dataclass(frozen=True, slots=True)
class Exported:
    """What the graph's sums say, as matrices.

    Parameters
    ----------
    stocks : dict of int to LabelledMatrix, each shape (N, N)
        Citation stock of each report year, with the study's depreciation and window.
    trade : dict of int to LabelledMatrix, each shape (N, N)
        Deliveries of each year that has any.
    residuals : dict of str to DataFrame
        By flow, what sectors exchange with the residual.
    unmapped : dict of str to dict of str to float
        By classification, the codes that its concordance lacks, with their flow.
    """

    stocks: dict[int, LabelledMatrix]
    trade: dict[int, LabelledMatrix]
    residuals: dict[str, pd.DataFrame]
    unmapped: dict[str, dict[str, float]]


def export(store: GraphStore, study: Study, economy: Economy, years: Sequence[int]) -> Exported:
    """Read the sums of all flows of a study.

    Parameters
    ----------
    store : GraphStore
        Holds the sums of the study.
    study : Study
        The study.
    economy : Economy
        Its labels and flows.
    years : sequence of int
        Report years.

    Returns
    -------
    Exported
    """
    stocks: dict[int, LabelledMatrix] = {}
    trade: dict[int, LabelledMatrix] = {}
    residuals: dict[str, pd.DataFrame] = {}
    target = study.about.target
    for flow in economy.flows:
        if flow.name == "citations":
            stocks = _stocks(store, study, economy, flow, years)
        elif flow.name == "trade":
            trade = trade_by_year(
                store,
                name="trade",
                classification=target,
                origin=flow.origin,
                labels=economy.labels,
                unit=study.about.money,
                provenance=_about(study, flow),
            )
        residuals[flow.name] = residual(
            store, kind=flow.kind, classification=target, origin=flow.origin
        )
    return Exported(stocks, trade, residuals, _unmapped(store, economy))


def yearly_citations(
    store: GraphStore, study: Study, economy: Economy, flow: Flow
) -> dict[int, LabelledMatrix]:
    """Return the citations made in each year that has any, between the sectors of a study.

    Parameters
    ----------
    store, study, economy
        As in :func:`export`.
    flow : Flow
        The citations among ``economy.flows``.

    Returns
    -------
    dict of int to LabelledMatrix, each shape (N, N)
        ``[citing, cited]``.
    """
    return citations_by_year(
        store,
        classification=study.about.target,
        origin=flow.origin,
        labels=economy.labels,
        self_citations=study.options.self_citations == "include",
        unit=study.about.count,
        provenance=_about(study, flow),
    )


def _stocks(
    store: GraphStore, study: Study, economy: Economy, flow: Flow, years: Sequence[int]
) -> dict[int, LabelledMatrix]:
    options = study.options
    if options.depreciation or options.window:
        flows = yearly_citations(store, study, economy, flow)
        # Stocks go on after the last year with citations, and are empty before the first.
        n = len(economy.labels)
        empty = LabelledMatrix.build(
            "citations",
            sparse.csr_array((n, n)),
            economy.labels,
            unit=study.about.count,
            provenance=_about(study, flow),
        )
        ends = {year: empty for year in (min(years), max(years)) if year not in flows}
        stocks = accumulate(flows | ends, options.depreciation, options.window)
        return {year: replace(stocks[year], name="citations") for year in years}
    return {
        year: citation_stock(
            store,
            classification=study.about.target,
            origin=flow.origin,
            year=year,
            labels=economy.labels,
            self_citations=options.self_citations == "include",
            unit=study.about.count,
            provenance=_about(study, flow),
        )
        for year in years
    }


def _about(study: Study, flow: Flow) -> dict[str, str]:
    about = {
        "study": study.about.name,
        "origin": flow.origin,
        "classification": study.about.target,
    }
    if flow.kind == "citations":
        about["self_citations"] = study.options.self_citations
    return about


def _unmapped(store: GraphStore, economy: Economy) -> dict[str, dict[str, float]]:
    """Return the flow at each code that a concordance lacks: citations before trade."""
    unmapped = {}
    for audit in economy.audits:
        flow = next((f for f in economy.flows if f.classification == audit.source), None)
        if flow is not None:
            unmapped[audit.source] = flow_at(
                store,
                kind=flow.kind,
                classification=audit.source,
                origin=flow.origin,
                codes=audit.unmapped,
            )
    return unmapped
