"""Figures of the spillovers: sums of ψ, what is lost without W, modes, years, own citations."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from ..analytics.spillovers import (
    CHANNELS,
    DIFFERENCE,
    EXACT,
    PRINTED,
    interaction_of_third,
    mode_shares,
)
from .content import ReportContent, YearResult
from .figures import FEWEST_YEARS
from .kit import Bars, Key, Lines, Stack
from .tables import show

__all__ = ["spillover_figures"]

#: What the source's modes are, as the legend has them.
PRINTED_NAMES = ("T1: S + S²", "T2: W + W²", "T3: all else")
#: The two splits of spillover, by the value of their choice.
SPLITS = {"exact": (CHANNELS, CHANNELS), "as printed": (PRINTED, PRINTED_NAMES)}


def spillover_figures(content: ReportContent) -> list[Bars | Lines]:
    """Declare the figures of sums of ψ that the content allows.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    list of Bars or Lines
        Of ``benefit``, ``contribution``, ``loss``, ``modes``, ``years`` and ``own``, in this
        order.
    """
    declare = (_benefit, _contribution, _loss, _modes, _years, _own)
    return [figure for each in declare if (figure := each(content)).series]


def _benefit(content: ReportContent) -> Bars:
    """Declare the row sums of ψ, parted as far as the parts are known in all years."""
    years = [result for result in content.ordered if result.benefit is not None]
    both = all(result.spillover is not None for result in years)
    four = all(result.modes is not None for result in years)
    series: dict[Key, Stack] = {}
    for result in years:
        parts = _benefit_parts(result, four=four, both=both)
        series[(str(result.year),)] = Stack(parts, interval=result.intervals.get("benefit"))
    caption = "How much the output of a sector rises, in %, when technology rises by 1% in every "
    caption += "sector. "
    if four:
        caption += "Four parts add up to it exactly: the sector's own 1% (grey), chains of inputs "
        caption += "alone, chains of citations alone, and chains of both (interaction)."
    elif both:
        caption += "The grey part is the sector's own 1%; the rest is spillover."
    names = EXACT if four else ("own", "spillover") if both else ("benefit",)
    title = "Benefit: row sums of ψ"
    return Bars("benefit", title, caption, "% of the sector's output", {"": names}, series)


def _benefit_parts(result: YearResult, *, four: bool, both: bool) -> list[pd.Series[float]]:
    """Return the parts of the benefit of a year, which add up to it."""
    assert result.benefit is not None
    if four and result.modes is not None:
        return [result.modes[name] for name in EXACT]
    if both and result.spillover is not None:
        return [result.benefit - result.spillover, result.spillover]
    return [result.benefit]


def _contribution(content: ReportContent) -> Bars:
    """Declare the weighted column sums of ψ."""
    series: dict[Key, Stack] = {
        (weight, str(result.year)): Stack(
            [values], interval=result.intervals.get(f"contribution: {weight}")
        )
        for result in content.ordered
        for weight, values in result.contribution.items()
    }
    return Bars(
        "contribution",
        "Contribution: column sums of ψ",
        "How much the weighted sum of all outputs rises, in %, when technology rises by 1% in "
        "this sector alone. Weights ‘unit’ add the sectors up; with final-demand shares the sum "
        "is real GDP.",
        "% of the weighted sum of outputs",
        {"": ("contribution",)},
        series,
        "Weights",
    )


def _loss(content: ReportContent) -> Bars:
    """Declare what is lost without the innovation network."""
    series: dict[Key, Stack] = {}
    plates: dict[str, list[str]] = {}
    for result in content.ordered:
        for name, values in {} if result.loss is None else result.loss.items():
            series[_lost(str(name)), str(result.year)] = Stack([values], note=_of_all(result, name))
            plates[f"loss-{name}"] = [_lost(str(name))]
    return Bars(
        "loss",
        "Loss without the innovation network",
        "What would be lost, in %, if knowledge did not travel (W = 0, so ψ = U = (I − S)⁻¹): of "
        "the sector's benefit (rows), 100 (1 − (U1)ᵢ / (ψ1)ᵢ), or of its contribution (columns) "
        "with the same weights.",
        "% lost",
        {"": ("loss",)},
        series,
        "Of",
        plates,
    )


def _of_all(result: YearResult, name: Hashable) -> str:
    """Say what all sectors together lose of the benefit; contributions do not add up."""
    if name != "benefit" or result.loss is None or result.benefit is None:
        return ""
    whole = float((result.loss["benefit"] * result.benefit).sum() / result.benefit.sum()) / 100
    return f"Of all sectors' benefit: {show(whole, 'percent')}."


def _lost(name: str) -> str:
    """Call a column of the loss what it is about."""
    return "benefit (rows)" if name == "benefit" else f"contribution (columns): {name}"


def _modes(content: ReportContent) -> Bars:
    """Declare the shares of the channels in spillover, exactly and as the source prints them."""
    series: dict[Key, Stack] = {}
    for result in content.ordered:
        if result.modes is None:
            continue
        shares = mode_shares(result.modes)
        total = result.modes[list(CHANNELS)].sum(axis=1)
        share = show(interaction_of_third(result.modes), "percent")
        note = f"Summed over sectors, {share} of T3 is interaction."
        for split, (columns, _) in SPLITS.items():
            bars = [shares[column] for column in columns]
            series[(split, str(result.year))] = Stack(bars, total, note=note)
    return Bars(
        "modes",
        "Modes of spillover",
        "How the spillover of a sector, (ψ − I)1, comes to it, in % of it; the number beside a bar "
        "is the spillover itself, in % of output. Exact: inputs alone (U − I), citations alone "
        "(V − I), both, (U − I)(V − I). As printed in the source: T1 = S + S², T2 = W + W², "
        f"T3 = ψ − I − T1 − T2, there called interaction. {DIFFERENCE}",
        "% of the sector's spillover",
        {split: tuple(titles) for split, (_, titles) in SPLITS.items()},
        series,
        "Split",
        {"modes": tuple(SPLITS)},
    )


def _years(content: ReportContent) -> Lines:
    """Declare benefit and contributions over the years, where there are at least three."""
    found: dict[str, dict[int, pd.Series[float]]] = {}
    for result in content.ordered:
        if result.benefit is not None:
            found.setdefault("benefit", {})[result.year] = result.benefit
        for weight, values in result.contribution.items():
            found.setdefault(f"contribution: {weight}", {})[result.year] = values
    frames = {}
    for name, years in found.items():
        frame = pd.DataFrame(years).dropna(how="all")
        if len(years) >= FEWEST_YEARS and len(frame):
            frames[name] = frame.sort_values(frame.columns[-1], ascending=False, kind="stable")
    return Lines(
        "years",
        "Over the years",
        "Benefit (row sums of ψ) and contribution (column sums) of each sector by report year, in "
        "%, the largest of the last year first. All small charts share one scale, which does not "
        "start at zero.",
        frames,
    )


def _own(content: ReportContent) -> Bars:
    """Declare the shares of own citations."""
    series: dict[Key, Stack] = {
        (str(result.year),): Stack([100 * result.own_share])
        for result in content.ordered
        if result.own_share is not None and result.own_share.notna().any()
    }
    return Bars(
        "own",
        "Own citations",
        "Share of a sector's citations that stay within it. They are taken out of W after its "
        "rows are divided by all citations. Sectors that never cite are left out.",
        "% of the sector's citations",
        {"": ("own citations",)},
        series,
    )
