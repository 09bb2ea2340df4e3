"""Own progress and spillovers in the growth of every sector, with the networks of one year."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pydantic import Field

from ...analytics.growth import (
    Account,
    AggregateGrowth,
    Misfit,
    Trend,
    account,
    aggregate_growth,
    by_source,
    filter_output,
    filter_tfp,
    fit_trend,
    misfit,
)
from ...core.errors import InputError
from ...core.matrix import LabelledMatrix
from ...ingest.study import Study
from ...runs.capability import Checked, Context, Options
from ...runs.networks import YearNetworks
from ._panel import log_panels

__all__ = ["Growth", "GrowthOptions", "check", "compute", "missing"]

#: Years of g that a trend of two coefficients needs.
_LEAST = 3


class GrowthOptions(Options):
    """Keys of ``[growth]``, and options of ``spillgraph growth``."""

    first: int | None = Field(None, description="Year of the first level.")
    last: int | None = Field(None, description="Year of the last level.")
    networks: int | None = Field(None, description="Report year of S and W.")


@dataclass(frozen=True, slots=True)
class Growth:
    """What growth is made of; all in log points.

    Parameters
    ----------
    column : str
        What progress was filtered from, ``tfp`` or ``output``.
    networks : int
        Report year of S and W, which hold for all years.
    account : Account
        By year, sector and channel.
    sources : LabelledMatrix or None, shape (N, N)
        Mean spillover, [receiver, source]; none where ψ itself was not formed.
    weight : str
        Weights of the aggregate; empty where the study knows none.
    aggregate : AggregateGrowth or None
        Its growth by source and channel.
    trend : Trend or None
        Of own progress; none for fewer than three years.
    misfit : Misfit or None
        Growth of output less what progress explains, where both are known.
    gap : float
        Largest difference between what was given and its parts, in log points.
    """

    column: str
    networks: int
    account: Account
    sources: LabelledMatrix | None
    weight: str
    aggregate: AggregateGrowth | None
    trend: Trend | None
    misfit: Misfit | None
    gap: float

    @property
    def span(self) -> str:
        """Years of growth, the first one being the step from the year before."""
        years = self.account.own.index
        return f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])


def missing(study: Study) -> str:
    """Return what a study lacks.

    Parameters
    ----------
    study : Study
        The study.
    """
    if study.citations_from is None or study.trade_from is None:
        return "it needs citations and deliveries: growth spreads through both"
    if not study.has("productivity"):
        return "it needs [tables.productivity]: tfp or real output of every sector, by year"
    return ""


def check(checked: Checked, options: GrowthOptions) -> None:
    """Refuse levels with a gap before anything is loaded.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : GrowthOptions
        Years.
    """
    labels = checked.economy.labels
    log_panels(checked.rows("productivity"), labels, options.first, options.last)


def compute(context: Context, options: GrowthOptions) -> Growth:
    """Filter own progress from levels and account for growth.

    With ``tfp`` g = (I − W) Δ ln A; with ``output`` alone g = (I − W)(I − S) Δ ln y.

    Parameters
    ----------
    context : Context
        The run.
    options : GrowthOptions
        Years.

    Returns
    -------
    Growth

    Raises
    ------
    InputError
        If the panel has a gap, or the year of the networks is no report year.
    """
    used = _networks(context.result.years, options.networks)
    assert used.production is not None and used.innovation is not None
    S, W = used.production.S, used.innovation.W
    logs = log_panels(context.rows("productivity"), list(S.rows), options.first, options.last)
    with context.steps.step("growth"):
        column, levels = next(iter(logs.items()))
        g = filter_tfp(levels, W) if column == "tfp" else filter_output(levels, S, W)
        parts = account(S, W, g)
        steps = {name: panel.diff().iloc[1:] for name, panel in logs.items()}
        summed = parts.own + (parts.innovation if column == "tfp" else parts.spillover)
        weight = str(next(iter(used.weights), ""))
        both = column == "tfp" and "output" in steps
        found = Growth(
            column,
            used.year,
            parts,
            by_source(S, W, g) if used.parts is not None else None,
            weight,
            aggregate_growth(S, W, g, used.weights[weight]) if weight else None,
            fit_trend(g) if len(g) >= _LEAST else None,
            misfit(steps["output"], S, W, g) if both else None,
            float((summed - steps[column]).abs().to_numpy().max()),
        )
    _warn(context, found, levels.index)
    return found


def _networks(years: list[YearNetworks], wanted: int | None) -> YearNetworks:
    """Return the networks of the report year that is asked for, or of the last."""
    known = {each.year: each for each in years if each.spillover is not None}
    if wanted is not None and wanted not in known:
        raise InputError(
            f"[growth] networks = {wanted}: S and W are known of {', '.join(map(str, known))}; "
            "name one of them, or add the year to report under [years]."
        )
    return known[max(known) if wanted is None else wanted]


def _warn(context: Context, found: Growth, years: pd.Index[int]) -> None:
    """Say so where the networks are of a time that the panel is not of."""
    if not years[0] <= found.networks <= years[-1]:
        context.warn(
            f"growth: the levels are of {years[0]} to {years[-1]}, S and W of {found.networks}; "
            "networks under [growth] names another report year."
        )
