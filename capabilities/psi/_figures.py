"""The figures of ψ's sums: benefit, contribution, what is lost without W, modes, years."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...analytics import Psi
from ...analytics.spillovers import (
    CHANNELS,
    DIFFERENCE,
    EXACT,
    PRINTED,
    interaction_of_third,
    loss_percent,
    mode_shares,
)
from ...reports.figures import FEWEST_YEARS
from ...reports.kit import Bars, Key, Lines, Stack
from ...reports.tables import show
from ._intervals import Intervals
from ._sums import Sums, spillover_of

__all__ = ["figures"]

#: What the source's modes are, as the legend has them.
PRINTED_NAMES = ("T1: S + S²", "T2: W + W²", "T3: all else")
#: The two splits of spillover, by the value of their choice.
SPLITS = {"exact": (CHANNELS, CHANNELS), "as printed": (PRINTED, PRINTED_NAMES)}


def figures(sums: Sums, intervals: Intervals) -> Iterator[Bars | Lines]:
    """Declare the figures of ψ, in the order of the page.

    Parameters
    ----------
    sums : dict of int to Psi
        By report year, oldest first; at least one.
    intervals : Intervals
        Whiskers, where there are any.
    """
    yield _benefit(sums, intervals)
    yield _contribution(sums, intervals)
    yield _loss(sums)
    yield _modes(sums)
    if len(sums) >= FEWEST_YEARS:
        yield _over_years(sums)


def _benefit(sums: Sums, intervals: Intervals) -> Bars:
    caption = (
        "How much the output of a sector rises, in %, when technology rises by 1% in every sector. "
        "Four parts add up to it exactly: the sector's own 1% (grey), chains of inputs alone, "
        "chains of citations alone, and chains of both (interaction)."
    )
    series: dict[Key, Stack] = {
        (str(year),): Stack(
            [psi.modes[name] for name in EXACT], interval=intervals.of(year, "benefit")
        )
        for year, psi in sums.items()
    }
    return Bars(
        "benefit",
        "Benefit: row sums of ψ",
        caption,
        "% of the sector's output",
        {"": EXACT},
        series,
        whiskers=intervals.sentence,
    )


def _contribution(sums: Sums, intervals: Intervals) -> Bars:
    series: dict[Key, Stack] = {
        (str(weight), str(year)): Stack(
            [values], interval=intervals.of(year, f"contribution: {weight}")
        )
        for year, psi in sums.items()
        for weight, values in psi.contribution.items()
    }
    caption = (
        "How much the weighted sum of all outputs rises, in %, when technology rises by 1% in this "
        "sector alone. Weights ‘unit’ add the sectors up; with final-demand shares the sum is real "
        "GDP."
    )
    return Bars(
        "contribution",
        "Contribution: column sums of ψ",
        caption,
        "% of the weighted sum of outputs",
        {"": ("contribution",)},
        series,
        "Weights",
        whiskers=intervals.sentence,
    )


def _loss(sums: Sums) -> Bars:
    series: dict[Key, Stack] = {}
    plates: dict[str, list[str]] = {}
    for year, psi in sums.items():
        for name, values in loss_percent(psi).items():
            note = _of_all(psi, values) if name == "benefit" else ""
            series[_part(str(name)), str(year)] = Stack([values], note=note)
            plates[f"loss-{name}"] = [_part(str(name))]
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


def _of_all(psi: Psi, lost: pd.Series[float]) -> str:
    """Say what all sectors together lose of the benefit; contributions do not add up."""
    whole = float((lost * psi.benefit).sum() / psi.benefit.sum()) / 100
    return f"Of all sectors' benefit: {show(whole, 'percent')}."


def _part(name: str) -> str:
    """Call a column of the loss what it is about."""
    return "benefit (rows)" if name == "benefit" else f"contribution (columns): {name}"


def _modes(sums: Sums) -> Bars:
    """Shares of the channels in spillover, exactly and as the source prints them."""
    series: dict[Key, Stack] = {}
    for year, psi in sums.items():
        shares, total = mode_shares(psi.modes), spillover_of(psi)
        share = show(interaction_of_third(psi.modes), "percent")
        note = f"Summed over sectors, {share} of T3 is interaction."
        for split, (columns, _) in SPLITS.items():
            bars = [shares[column] for column in columns]
            series[split, str(year)] = Stack(bars, total, note=note)
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


def _over_years(sums: Sums) -> Lines:
    quantities: dict[str, dict[int, pd.Series[float]]] = {}
    for year, psi in sums.items():
        quantities.setdefault("benefit", {})[year] = psi.benefit
        for weight, values in psi.contribution.items():
            quantities.setdefault(f"contribution: {weight}", {})[year] = values
    frames = {}
    for name, years in quantities.items():
        frame = pd.DataFrame(years).dropna(how="all")
        if len(years) >= FEWEST_YEARS and len(frame):
            frames[name] = frame.sort_values(frame.columns[-1], ascending=False, kind="stable")
    return Lines(
        "years",
        "Over the years",
        "Benefit (row sums of ψ) and contribution (column sums) of each sector by report year, in "
        "%, the largest of the last year first. All small charts share one scale.",
        frames,
    )
