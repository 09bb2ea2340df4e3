"""Variances and covariances of R&D and output, within and across industries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
from pydantic import Field

from ...analytics import comovement as numerics
from ...core.errors import show_some
from ...core.words import counted, verb
from ...ingest.study import Study
from ...runs.capability import Checked, Context, Options
from ._panel import GIVEN, Panels, read_panels, years_of

__all__ = ["ComovementOptions", "Level", "Moving", "check", "compute", "missing"]

_TABLE = "industry_panel"


class ComovementOptions(Options):
    """Keys of ``[comovement]``, and options of ``spillgraph comovement``."""

    growth: Literal["log", "pct", "given"] = Field(
        "log", description="Differences of logs, relative changes, or the table holds growth."
    )
    first: int | None = Field(None, ge=1500, le=2200, description="First year of the table.")
    last: int | None = Field(None, ge=1500, le=2200, description="Last year of the table.")
    gaps: Literal["total", "leave", "refuse"] = Field(
        "total", description="Missing rd: filled in by the growth of rd_total, left, or an error."
    )


@dataclass(frozen=True, slots=True)
class Level:
    """What is found of industries, or of groups of them.

    Parameters
    ----------
    shares : pandas.DataFrame, shape (N, 2)
        Long-run shares ``rd_share`` and ``output_share``.
    decomposition : CovDecomposition
        Within and across.
    correlations : Correlations
        Who moves with whom.
    comovement : Comovement
        Who carries what is across.
    """

    shares: pd.DataFrame
    decomposition: numerics.CovDecomposition
    correlations: numerics.Correlations
    comovement: numerics.Comovement


@dataclass(frozen=True, slots=True)
class Moving:
    """How R&D and output move together.

    Parameters
    ----------
    levels : dict of str to Level
        ``industries``, and ``groups`` where the table names them.
    growth : str
        Kind of growth, as in the options.
    first, last : int
        Years of growth.
    correlation : float
        Of the growth of aggregate R&D and output, over the years in which both are known.
    filled, left : pandas.Series of int
        Gaps by sector, filled in and not.
    """

    levels: dict[str, Level]
    growth: str
    first: int
    last: int
    correlation: float
    filled: pd.Series[int]
    left: pd.Series[int]

    @property
    def span(self) -> str:
        """Years of growth."""
        return f"{self.first}–{self.last}"

    @property
    def whole(self) -> Level:
        """What is found of industries."""
        return self.levels["industries"]


def missing(study: Study) -> str:
    """Return what a study lacks.

    Parameters
    ----------
    study : Study
        The study.
    """
    needed = f"it needs [tables.{_TABLE}]: R&D and output of sectors, by year"
    return "" if study.has(_TABLE) else needed


def check(checked: Checked, options: ComovementOptions) -> None:
    """Refuse a panel of which no numbers come, and say what of it is missing.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : ComovementOptions
        Growth, years and gaps.
    """
    labels, rows = checked.economy.labels, checked.rows(_TABLE)
    panels = _read(rows, labels, options)["industries"]
    checked.economy.warnings.extend(
        [*_doubts(panels, labels, options), *_doubts_of_rows(rows, options)]
    )


def compute(context: Context, options: ComovementOptions) -> Moving:
    """Decompose, correlate and say who carries comovement.

    Parameters
    ----------
    context : Context
        The run.
    options : ComovementOptions
        Growth, years and gaps.
    """
    with context.steps.step("comovement"):
        labels = context.result.economy.labels
        panels = _read(context.rows(_TABLE), labels, options)
        levels = {name: _level(each) for name, each in panels.items()}
        each = panels["industries"]
        if lost := levels["industries"].correlations.dropped:
            context.warn(
                f"comovement: {counted(lost, 'pair')} of industries {verb(lost, 'has', 'have')} no "
                "correlation, because fewer than three years are common or one of the two does not "
                "vary; they are left out."
            )
        years = each.growth["rd"].index
        return Moving(
            levels,
            options.growth,
            int(years[0]),
            int(years[-1]),
            levels["industries"].decomposition.correlation,
            each.filled,
            each.left,
        )


def _read(rows: pd.DataFrame, labels: list[str], options: ComovementOptions) -> dict[str, Panels]:
    return read_panels(rows, labels, options.growth, options.gaps, (options.first, options.last))


def _level(panels: Panels) -> Level:
    R, Y = panels.growth["rd"], panels.growth["output"]
    sR, sY = panels.shares["rd"], panels.shares["output"]
    totals = {"R_total": panels.totals.get("rd"), "Y_total": panels.totals.get("output")}
    return Level(
        pd.DataFrame({"rd_share": sR, "output_share": sY}),
        numerics.decompose_cov(R, Y, sR, sY, **totals),
        numerics.correlate(R, Y),
        numerics.comove(R, Y, sR, sY),
    )


def _doubts(panels: Panels, labels: list[str], options: ComovementOptions) -> list[str]:
    """Return what must be known of the panel before any number."""
    texts = []
    have = list(panels.filled.index)
    if lacking := [label for label in labels if label not in set(have)]:
        texts.append(
            f"comovement: {len(lacking):,} of {len(labels):,} sectors ({show_some(lacking)}) "
            f"{verb(len(lacking), 'has', 'have')} no rows in {_TABLE}; aggregates are those of the "
            "others."
        )
    if filled := int(panels.filled.sum()):
        names = list(panels.filled.index[panels.filled > 0])
        texts.append(
            f"comovement: {counted(filled, 'missing value')} of rd ({show_some(names)}) "
            f"{verb(filled, 'was', 'were')} filled in with the growth of rd_total."
        )
    if left := int(panels.left.sum()):
        names = list(panels.left.index[panels.left > 0])
        texts.append(
            f"comovement: {counted(left, 'value')} of rd or output ({show_some(names)}) "
            f"{verb(left, 'is', 'are')} missing; each pair of industries is taken over the years "
            "that both have."
        )
    positive = [(each.fillna(0.0) >= 0).all(axis=None) for each in panels.growth.values()]
    if options.growth == GIVEN and all(positive):
        texts.append(
            f"comovement: no number of {_TABLE} is below 0, as growth rates of some year are. They "
            "were read as growth: are they levels?"
        )
    return texts


def _doubts_of_rows(rows: pd.DataFrame, options: ComovementOptions) -> list[str]:
    """Return what is doubtful of the rows themselves: years asked for, columns exchanged."""
    texts = []
    low, high = years_of(rows)
    for name, asked, beyond in (
        ("first", options.first, options.first is not None and options.first < low),
        ("last", options.last, options.last is not None and options.last > high),
    ):
        if beyond:
            texts.append(
                f"comovement: {name} = {asked} under [comovement], and {_TABLE} has {low} to "
                f"{high}: the years that it has are taken."
            )
    sums = rows.dropna(subset=["rd", "output"]).groupby("year")[["rd", "output"]].sum()
    if options.growth != GIVEN and len(sums) and (sums["rd"] > sums["output"]).all():
        texts.append(
            f"comovement: the sum of rd is above that of output in every year of {_TABLE}. If the "
            "two columns are exchanged, so is who carries what; if they are in different units, "
            "nothing changes."
        )
    return texts
