"""Own progress and spillovers in the growth of every sector, with the networks of one year."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from ...analytics import growth as numerics
from ...core.errors import InputError
from ...core.matrix import LabelledMatrix
from ...ingest.study import Study
from ...runs.capability import Checked, Context, Options
from ...runs.networks import YearNetworks
from ._panel import doubts, log_panels

__all__ = ["Growth", "GrowthOptions", "check", "compute", "missing"]

#: The table of levels.
_LEVELS = "productivity"


class GrowthOptions(Options):
    """Keys of ``[growth]``, and options of ``spillgraph growth``."""

    first: int | None = Field(None, ge=1500, le=2200, description="Year of the first level.")
    last: int | None = Field(None, ge=1500, le=2200, description="Year of the last level.")
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
    account: numerics.Account
    sources: LabelledMatrix | None
    weight: str
    aggregate: numerics.AggregateGrowth | None
    trend: numerics.Trend | None
    misfit: numerics.Misfit | None
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
    needed = "it needs [tables.productivity]: tfp or real output of every sector, by year"
    return "" if study.has(_LEVELS) else needed


def refuse(study: Study, options: GrowthOptions) -> None:
    """Refuse networks of a year that the study does not report, before any work.

    Parameters
    ----------
    study : Study
        The study.
    options : GrowthOptions
        Years.
    """
    years, wanted = sorted(study.years.report), options.networks
    if years and wanted is not None and wanted not in years:
        raise InputError(
            f"[growth] networks = {wanted}: the report years are {', '.join(map(str, years))}; "
            "name one of them, or add the year to report under [years]."
        )


def check(checked: Checked, options: GrowthOptions) -> None:
    """Refuse levels with a gap, and say what is doubtful of them, before anything is loaded.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : GrowthOptions
        Years.
    """
    rows, labels = checked.rows(_LEVELS), checked.economy.labels
    for name, panel in log_panels(rows, labels, options.first, options.last).items():
        checked.economy.warnings.extend(doubts(name, panel))


def compute(context: Context, options: GrowthOptions) -> Growth:
    """Filter own progress from levels and account for growth.

    With ``tfp`` g = (I − W) Δ ln A; with ``output`` alone g = (I − W)(I − S) Δ ln y.

    Parameters
    ----------
    context : Context
        The run.
    options : GrowthOptions
        Years.
    """
    used = _networks(context.result.years, options.networks)
    assert used.production is not None and used.innovation is not None
    S, W = used.production.S, used.innovation.W
    logs = log_panels(context.rows(_LEVELS), list(S.rows), options.first, options.last)
    column, levels = next(iter(logs.items()))
    if not levels.index[0] <= used.year <= levels.index[-1]:
        context.warn(
            f"growth: the levels are for {levels.index[0]} to {levels.index[-1]}, S and W of "
            f"{used.year}; networks under [growth] names another report year."
        )
    with context.steps.step("growth"):
        if column == "tfp":
            g, others = numerics.filter_tfp(levels, W), "innovation"
        else:
            g, others = numerics.filter_output(levels, S, W), "spillover"
        parts = numerics.account(S, W, g)
        steps = {name: panel.diff().iloc[1:] for name, panel in logs.items()}
        left = parts.own + getattr(parts, others) - steps[column]
        weight = str(next(iter(used.weights), ""))
        return Growth(
            column,
            used.year,
            parts,
            numerics.by_source(S, W, g) if used.parts is not None else None,
            weight,
            numerics.aggregate_growth(S, W, g, used.weights[weight]) if weight else None,
            numerics.fit_trend(g) if len(g) > 2 else None,
            numerics.misfit(steps["output"], S, W, g) if len(steps) > 1 else None,
            float(left.abs().to_numpy().max()),
        )


def _networks(years: list[YearNetworks], wanted: int | None) -> YearNetworks:
    """Return the networks of the report year that is asked for, or of the last."""
    known = {each.year: each for each in years if each.spillover is not None}
    if wanted is not None and wanted not in known:
        raise InputError(
            f"[growth] networks = {wanted}: S and W are known for {', '.join(map(str, known))}; "
            "name one of them, or add the year to report under [years]."
        )
    return known[max(known) if wanted is None else wanted]
