"""How far the sums of ψ would move: draws of the citations behind W, and what chance alone gives.

S stays as it is. What is drawn depends on the study: citing firms with all their citations where
firms are known, else single citations; years, too, where there are enough of them.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from ...core.part_done import tell_draws
from ...core.shared import Shared
from ...runs.capability import Context
from ...runs.networks import YearNetworks
from ...runs.records import Source, firm_cells
from ...runs.result import behind_psi
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
    context: Context,
    *,
    draws: int,
    seed: int,
    null: Chance | None = None,
) -> dict[int, YearUncertainty]:
    """Draw the citations of every report year anew, many times, and permute them.

    Parameters
    ----------
    context : Context
        The run.
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
    flow, years = behind_psi(context.result)
    if flow is None:
        return {}
    if len(context.result.economy.labels) > MOST_DRAWN:
        note = f"No draws: they are made for up to {MOST_DRAWN} sectors."
        return {year.year: YearUncertainty([], None, [note]) for year in years}
    with context.steps.step("draws") as progress:
        source = Source.read(context.store, context.result, flow)
        if null == "bundles" and source.firms is None:
            raise InputError(NO_BUNDLES)
        null = null or ("citations" if source.firms is None else "bundles")
        shared = context.share(source)
        jobs = [
            _Job(of_year, shared, kind, draws, seed, null)
            for year in years
            for of_year in [context.share(year)]
            for kind in _kinds(source, year.year)
        ]
        cells = context.map_cells(_of_kind, jobs, progress, name=lambda job: job.called)
        found = {(job.year.value.year, job.kind): drawn for job, drawn in cells}
    return {year.year: _of_year(source, year, found, null) for year in years}


@dataclass(frozen=True, slots=True)
class _Job:
    """Draws of one kind and year, with a stream of chance of their own."""

    year: Shared[YearNetworks]
    source: Shared[Source]
    kind: str  # firms, citations, years or null
    draws: int
    seed: int
    null: Chance

    @property
    def called(self) -> str:
        return f"{self.year.value.year}, draws of {self.kind}"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What came of draws: numbers, or why there are none."""

    spread: Spread | None = None
    null: pd.DataFrame | None = None
    why: str = ""
    strata: dict[str, float] = field(default_factory=dict)


def _kinds(source: Source, year: int) -> list[str]:
    """Return what is drawn of a year, whatever costs most first."""
    kinds = ["null", "citations" if source.firms is None else "firms"]
    return kinds + ["years"] * (_years_in(source, year) >= LEAST_YEARS)


def _years_in(source: Source, year: int) -> int:
    return len(source.within(year, source.yearly))


def _of_kind(job: _Job) -> _Drawn:
    """Draw one kind, and sum up what its draws say."""
    source, year = job.source.value, job.year.value
    assert year.production is not None and year.citations is not None
    S, K = year.production.S, year.citations
    rng = _rng(job.seed, year.year, job.kind)
    estimate = draw_sums(S, K, year.weights)
    if job.kind == "null":
        compared = chance(source, year, job.draws, rng, estimate, job.null)
        if isinstance(compared, str):
            return _Drawn(why=compared)
        return _Drawn(null=compared)
    thin: dict[str, float] = {}
    freedom = None
    if job.kind == "firms":
        cells, firms, strata = firm_cells(source, year.year, K)
        thin = thin_strata(strata, np.asarray(cells.sum(axis=0)))
        freedom = int(thin["freedom"])
        made = bootstrap_clusters(cells, K.rows, firms, strata, rng, job.draws)
    elif job.kind == "citations":
        made = bootstrap_citations(K, rng, job.draws)
    else:
        flows = source.within(year.year, source.yearly)
        made = bootstrap_years(flows, rng, job.draws, delta=source.study.options.depreciation)
    counted = StockDraws(made.labels, tell_draws(made, job.draws))
    drawn = draw_sums(S, counted, year.weights)
    try:
        return _Drawn(_spread(job.kind, drawn, estimate, freedom), strata=thin)
    except InputError as error:  # of the draws too few have an inverse
        return _Drawn(why=str(error), strata=thin)


def _of_year(
    source: Source, year: YearNetworks, found: Mapping[tuple[int, str], _Drawn], null: Chance
) -> YearUncertainty:
    """Put together what was drawn of a year, with all that is to be said of it."""
    assert year.production is not None
    kinds = sorted(set(_kinds(source, year.year)) - {"null"})  # firms or citations before years
    drawn = {kind: found[year.year, kind] for kind in kinds}
    notes: list[str] = []
    thin = drawn["firms"].strata if "firms" in drawn else {}
    if thin:
        notes.append(describe_thin_strata(thin))
        if thin["thin_share"] > GRAVE:
            year.warnings.append(describe_thin_strata(thin))
    if "years" not in drawn:
        number = _years_in(source, year.year)
        notes.append(f"Years are not drawn: there are {number}, {LEAST_YEARS} are needed.")
    for kind, of_kind in drawn.items():
        if of_kind.why:
            notes.append(f"No intervals from draws of {kind}: {of_kind.why}")
    if len(year.production.S.rows) > MOST_RANKED:
        notes.append(f"Ranks have no intervals above {MOST_RANKED} sectors.")
    spreads = [of_kind.spread for of_kind in drawn.values() if of_kind.spread is not None]
    compared = found[year.year, "null"]
    if compared.why:
        notes.append(f"No comparison with permuted citations: {compared.why}.".replace("..", "."))
        return YearUncertainty(spreads, None, notes, strata=thin)
    notes.append(f"Chance: {ASSUMES[null]}.")
    return YearUncertainty(spreads, compared.null, notes, null, thin)


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
