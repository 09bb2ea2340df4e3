"""How far the sums of ψ would move: draws of the citations behind W, and what chance alone gives.

S stays as it is. What is drawn depends on the study: citing firms with all their citations where
firms are known, else single citations; years, too, where there are enough of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...analytics import (
    Draws,
    StockDraws,
    bootstrap_citations,
    bootstrap_clusters,
    bootstrap_years,
    draw_sums,
    intervals,
    rank_intervals,
)
from ...analytics.inference import GRAVE, describe_thin_strata, thin_strata
from ...core.errors import InputError
from ...graph.store import GraphStore
from ...runs.networks import YearNetworks
from ...runs.records import Source, firm_cells
from ...runs.result import Result, behind_psi
from ...runs.steps import Steps
from ._chance import ASSUMES, chance
from ._options import Chance

__all__ = ["LEAST_DRAWS", "LEVEL", "Spread", "YearUncertainty", "uncertainty"]

LEVEL = 0.95
LEAST_DRAWS = 39
#: Each draw is a system of equations of its own: here a quarter of a second.
MOST_DRAWN = 2_000
#: Ranks compare every sector with every other in every draw.
MOST_RANKED = 500
#: A bootstrap over years needs some.
LEAST_YEARS = 8
NO_BUNDLES = (
    "--null bundles: the study knows citations between industries only, no firms that cite; use "
    "--null citations, which assumes independent citations, or give the citations of firms."
)


@dataclass(frozen=True, slots=True)
class Spread:
    """Draws of one kind, summed up.

    Parameters
    ----------
    drawn : str
        What was drawn: ``firms``, ``citations`` or ``years``.
    draws, singular : int
        Draws in all, and those without an inverse.
    table : DataFrame
        As :func:`~spillgraph.analytics.intervals` gives it.
    ranks : dict of str to DataFrame
        By quantity, as :func:`~spillgraph.analytics.rank_intervals` gives it.
    """

    drawn: str
    draws: int
    singular: int
    table: pd.DataFrame
    ranks: dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class YearUncertainty:
    """The uncertainty of one report year.

    Parameters
    ----------
    spreads : list of Spread
        The first is the one to quote; none where too few draws have an inverse.
    null : DataFrame or None
        p-values against permuted citations, as :func:`~spillgraph.analytics.null_pvalues` gives
        them.
    notes : list of str
        What could not be done, and why; what p-values assume.
    chance : {"bundles", "citations"} or None
        What was exchanged at random for p-values.
    strata : dict of str to float
        As :func:`~spillgraph.analytics.inference.thin_strata` gives it; empty where no firms are
        drawn.
    """

    spreads: list[Spread]
    null: pd.DataFrame | None = None
    notes: list[str] = field(default_factory=list)
    chance: Chance | None = None
    strata: dict[str, float] = field(default_factory=dict)


def uncertainty(
    store: GraphStore,
    result: Result,
    steps: Steps,
    *,
    draws: int,
    seed: int,
    null: Chance | None = None,
) -> dict[int, YearUncertainty]:
    """Draw the citations of every report year anew, many times, and permute them.

    Parameters
    ----------
    store : GraphStore
        The graph of the run.
    result : Result
        What the run found.
    steps : Steps
        Shows progress.
    draws : int
        Draws of each kind; 39 at least for intervals of 95%.
    seed : int
        Same seed, same numbers, year by year.
    null : {"bundles", "citations"}, optional
        What is exchanged at random for p-values. Default: bundles where firms are known.

    Returns
    -------
    dict of int to YearUncertainty
        For the report years that have ψ.

    Raises
    ------
    TotalsError
        If the citations by firm are not those of the run.
    """
    flow, years = behind_psi(result)
    if flow is None:
        return {}
    if len(result.economy.labels) > MOST_DRAWN:
        note = f"No draws: they are made for up to {MOST_DRAWN} sectors."
        return {year.year: YearUncertainty([], None, [note]) for year in years}
    with steps.step("draws") as progress:
        source = Source.read(store, result, flow)
        if null == "bundles" and source.firms is None:
            raise InputError(NO_BUNDLES)
        by_year = {}
        for number, year in enumerate(years):
            progress(str(year.year), number / len(years))
            by_year[year.year] = _of_year(source, year, draws, seed, null)
    return by_year


def _of_year(
    source: Source, year: YearNetworks, draws: int, seed: int, null: Chance | None
) -> YearUncertainty:
    assert year.production is not None and year.citations is not None
    S, K = year.production.S, year.citations
    notes: list[str] = []
    thin: dict[str, float] = {}
    samplers: dict[str, Callable[[np.random.Generator], StockDraws]] = {}
    if source.firms is not None:
        cells, firms, strata = firm_cells(source, year.year, K)
        thin = thin_strata(strata, np.asarray(cells.sum(axis=0)))
        notes.append(describe_thin_strata(thin))
        if thin["thin_share"] > GRAVE:
            year.warnings.append(describe_thin_strata(thin))
        samplers["firms"] = lambda rng: bootstrap_clusters(cells, K.rows, firms, strata, rng, draws)
    else:
        samplers["citations"] = lambda rng: bootstrap_citations(K, rng, draws)
    flows = source.within(year.year, source.yearly)
    if len(flows) >= LEAST_YEARS:
        delta = source.study.options.depreciation
        samplers["years"] = lambda rng: bootstrap_years(flows, rng, draws, delta=delta)
    else:
        notes.append(f"Years are not drawn: there are {len(flows)}, {LEAST_YEARS} are needed.")
    estimate = draw_sums(S, K, year.weights)
    spreads = []
    for name, make in samplers.items():
        drawn = draw_sums(S, make(_rng(seed, year.year, name)), year.weights)
        try:
            freedom = int(thin["freedom"]) if name == "firms" else None
            spreads.append(_spread(name, drawn, estimate, freedom))
        except InputError as error:  # of the draws too few have an inverse
            notes.append(f"No intervals from draws of {name}: {error}")
    if len(S.rows) > MOST_RANKED:
        notes.append(f"Ranks have no intervals above {MOST_RANKED} sectors.")
    if null is None:
        null = "citations" if source.firms is None else "bundles"
    compared = chance(source, year, draws, _rng(seed, year.year, "null"), estimate, null)
    if isinstance(compared, str):
        notes.append(f"No comparison with permuted citations: {compared}.".replace("..", "."))
        return YearUncertainty(spreads, None, notes, strata=thin)
    notes.append(f"Chance: {ASSUMES[null]}.")
    return YearUncertainty(spreads, compared, notes, null, thin)


def _rng(seed: int, year: int, what: str) -> np.random.Generator:
    """One stream for each kind and year: what is drawn does not depend on what else is."""
    return np.random.default_rng([seed, year, *what.encode()])


def _spread(name: str, drawn: Draws, estimate: Draws, freedom: int | None) -> Spread:
    few = drawn.values["benefit"].shape[1] <= MOST_RANKED
    ranked = [
        name
        for name in drawn.values
        if few and (name in {"benefit", "loss_percent"} or name.startswith("contribution["))
    ]
    return Spread(
        name,
        drawn.count,
        drawn.singular,
        intervals(drawn, estimate, LEVEL, freedom=freedom),
        {
            quantity: rank_intervals(
                drawn.values[quantity], estimate.values[quantity].iloc[0], LEVEL
            )
            for quantity in ranked
        },
    )
