"""What the sums of ψ owe to the choices behind W: one choice changed at a time, S as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from ...analytics import Psi, citation_shares, loss_percent, psi
from ...analytics.networks import Concordance, Normalisation, Weighting, stock_of_year
from ...core.errors import InputError
from ...core.matrix import LabelledMatrix
from ...graph.aggregate import Flow
from ...graph.store import GraphStore
from ...runs.fine import concordance_of, fine_flows
from ...runs.networks import YearNetworks
from ...runs.result import Result, behind_psi
from ...runs.steps import Steps

__all__ = ["sensitivity"]


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices behind W, as the study file has them, and how the concordance weighs."""

    self_citations: str
    depreciation: float
    window: int | None
    normalisation: Normalisation
    rho: float | None
    diagonal: str
    concordance: Weighting = "given"


def sensitivity(store: GraphStore, result: Result, steps: Steps) -> dict[int, pd.DataFrame]:
    """Compute ψ of every report year under other choices, one at a time.

    Parameters
    ----------
    store : GraphStore
        The graph of the run.
    result : Result
        What the run found.
    steps : Steps
        Shows progress.

    Returns
    -------
    dict of int to DataFrame, a row for each variant
        ``option``, ``value``; ``spillover_percent``, the sum of ψ1 − 1 against the study's, in %;
        ``loss_percent``, the part of all benefit that is lost without W; for benefit and the
        first weight's contribution the rank correlation with the study's (Spearman) and the
        largest change in %, with its sector; ``remark`` where a variant has no ψ.
    """
    flow, years = behind_psi(result)
    if flow is None:
        return {}
    options = result.study.options
    base = Choices(
        options.self_citations,
        options.depreciation,
        options.window,
        options.normalisation,
        options.rho,
        options.diagonal,
    )
    with steps.step("sensitivity") as progress:
        source = _Source.read(store, result, flow)
        by_year = {}
        for number, year in enumerate(years):
            progress(str(year.year), number / len(years))
            by_year[year.year] = _of_year(source, year, base)
    return by_year


def _variants(base: Choices, source: _Source) -> list[tuple[str, str, Choices]]:
    """Return every choice that differs from the study's in one thing."""
    other = "exclude" if base.self_citations == "include" else "include"
    variants = []
    if source.firms:
        variants.append(("self_citations", other, replace(base, self_citations=other)))
    variants += [
        ("depreciation", f"{delta:g}", replace(base, depreciation=delta))
        for delta in (0.0, 0.05, 0.15)
        if delta != base.depreciation
    ]
    variants += [
        ("window", "all" if years is None else str(years), replace(base, window=years))
        for years in (None, 5, 10)
        if years != base.window
    ]
    kinds: list[tuple[str, Normalisation, float | None]] = [
        ("row", "row", None),
        ("offdiag, rho 0.5", "offdiag", 0.5),
        ("offdiag, rho 0.9", "offdiag", 0.9),
        ("column", "column", None),
    ]
    variants += [
        ("normalisation", name, replace(base, normalisation=kind, rho=rho))
        for name, kind, rho in kinds
        if (kind, rho) != (base.normalisation, base.rho)
    ]
    if source.mapped:
        turned = "keep" if base.diagonal == "split" else "split"
        variants.append(("diagonal", turned, replace(base, diagonal=turned)))
        variants.append(("concordance", "equal weights", replace(base, concordance="equal")))
        variants.append(
            ("concordance", "largest weight alone", replace(base, concordance="largest"))
        )
    return variants


@dataclass(frozen=True, slots=True)
class _Source:
    """Citations between fine industries by year, with and without self-citations, and the map."""

    result: Result
    flow: Flow
    include: dict[int, LabelledMatrix]
    exclude: dict[int, LabelledMatrix]
    firms: bool
    mapped: bool

    @classmethod
    def read(cls, store: GraphStore, result: Result, flow: Flow) -> _Source:
        economy, target = result.economy, result.study.about.target
        map = concordance_of(economy, flow.classification, target, "split")
        include, exclude = (
            fine_flows(store, flow, map, included=included) for included in (True, False)
        )
        return cls(
            result, flow, include, exclude, flow.table is None, flow.classification != target
        )

    def stock(self, t: int, choices: Choices) -> LabelledMatrix:
        """Return the stock of year t under some choices."""
        flows = self.include if choices.self_citations == "include" else self.exclude
        concordance = self._map(choices)
        n = len(concordance.fine)
        none = LabelledMatrix.build("K", sparse.csr_array((n, n)), concordance.fine)
        # all citations may be of firms to themselves
        stock = stock_of_year(flows or {t: none}, t, choices.depreciation, choices.window)
        return concordance.convert(stock)

    def _map(self, choices: Choices) -> Concordance:
        target = self.result.study.about.target
        which = self.result.economy, self.flow.classification, target, choices.diagonal
        return concordance_of(*which, weighting=choices.concordance)


def _of_year(source: _Source, year: YearNetworks, base: Choices) -> pd.DataFrame:
    estimate = year.spillover
    assert estimate is not None
    rows = [{"option": "as the study has it", "value": "", **_compare(estimate, estimate)}]
    stock = source.stock(year.year, base)
    stocks: dict[str, list[LabelledMatrix]] = {}
    for option, value, choices in _variants(base, source):
        other = source.stock(year.year, choices)
        known = stocks.setdefault(option, [stock])
        if option != "normalisation" and any(_same(other, each) for each in known):
            continue  # there is nothing of the kind in the data: it would look robust
        known.append(other)
        row: dict[str, object] = {"option": option, "value": value}
        try:
            row |= _compare(_psi_of(other, year, choices), estimate)
        except InputError as error:
            row["remark"] = str(error).split(";")[0].split(". ")[0]
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.assign(remark=table["remark"].fillna("") if "remark" in table else "")


def _same(one: LabelledMatrix, other: LabelledMatrix) -> bool:
    largest = float(abs(other.values).max()) if other.values.nnz else 0.0
    return float(abs(one.values - other.values).max()) <= 1e-12 * largest


def _psi_of(stock: LabelledMatrix, year: YearNetworks, choices: Choices) -> Psi:
    assert year.production is not None
    shares = citation_shares(stock, choices.normalisation, rho=choices.rho)
    return psi(year.production.S, shares.W, weights=year.weights, own_leak=shares.leak)


def _compare(other: Psi, base: Psi) -> Mapping[str, object]:
    """Set the sums of a variant against the study's."""
    first = str(base.contribution.columns[0])
    spillover, before = (float((each.benefit - 1.0).sum()) for each in (other, base))
    lost = 1.0 - other.benefit_without_W.sum() / other.benefit.sum()
    row: dict[str, object] = {
        "spillover_percent": 100.0 * (spillover / before - 1.0) if before > 0 else np.nan,
        "loss_percent": 100.0 * float(lost),
    }
    pairs = {
        "benefit": (other.benefit, base.benefit),
        "contribution": (other.contribution[first], base.contribution[first]),
        "loss": (loss_percent(other)[first], loss_percent(base)[first]),
    }
    for name, (new, old) in pairs.items():
        row[f"{name}_rank_correlation"] = float(new.rank().corr(old.rank()))
        if name != "loss":
            change = 100.0 * (new / old.where(old != 0) - 1.0)
            worst = change.abs().idxmax() if change.notna().any() else ""
            row[f"{name}_largest_change_percent"] = float(change.get(worst, np.nan))
            row[f"{name}_largest_change_at"] = str(worst)
    return row
