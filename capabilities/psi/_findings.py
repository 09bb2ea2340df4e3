"""Headline numbers of ψ: who gains, who gives, and how much of it is spillover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ...analytics import Psi
from ...analytics.spillovers import CHANNELS, interaction_of_third, loss_percent
from ...reports.kit import Finding
from ...reports.tables import largest, show
from ._intervals import Intervals
from ._sums import spillover_of

__all__ = ["findings"]


#: What the channels carry, as a reader says it.
_CARRIED = {"production": "inputs alone", "innovation": "knowledge alone", "interaction": "both"}


def findings(
    psi: Psi, year: int, names: Mapping[str, str], intervals: Intervals
) -> Iterator[Finding]:
    """Return the headline numbers of a year.

    Parameters
    ----------
    psi : Psi
        Sums of ψ.
    year : int
        The year that they are of.
    names : mapping of str to str
        Names of the sectors, by code.
    intervals : Intervals
        What draws say of them, where there are any.
    """

    def first(title: str, quantity: str, values: pd.Series[float], meaning: str) -> Finding:
        drawn = intervals.of(year, quantity)
        if drawn is None:
            return Finding(title, "", largest(values, names), meaning)
        return Finding(title, "", _with_ranks(values, drawn, names), f"{meaning} {_noise(drawn)}")

    yield first(
        "Largest receivers",
        "benefit",
        psi.benefit,
        "% of output gained when technology rises by 1% in every sector (row sums of ψ).",
    )
    for weight in map(str, psi.contribution.columns[:2]):
        yield first(
            f"Largest sources, weights: {weight}",
            f"contribution: {weight}",
            psi.contribution[weight],
            f"% gained by all sectors, weights: {weight}, when technology rises by 1% in this one "
            "(column sums of ψ).",
        )
    spillover = spillover_of(psi)
    share = spillover / psi.benefit
    total = float(spillover.sum() / psi.benefit.sum())
    low, high = show(share.min(), "percent"), show(share.max(), "percent")
    yield Finding(
        "Spillover in benefit",
        show(total, "percent"),
        (),
        "of all benefit is (ψ − I)1, what comes on top of the sector's own 1%; by sector from "
        f"{low} to {high}.",
    )
    if total > 0 and spillover.sum() > 0:
        parts = psi.modes[list(CHANNELS)].sum() / spillover.sum()
        yield Finding(
            "Channels of spillover",
            "",
            tuple((_CARRIED[name], show(parts[name], "percent")) for name in CHANNELS),
            "of all spillover, summed over sectors: what comes through chains of inputs, of "
            "citations, and of first one and then the other.",
        )
    yield first(
        "Largest losses without W",
        "loss",
        loss_percent(psi)["benefit"],
        "% of the sector's benefit that is lost where knowledge does not travel (W = 0).",
    )
    yield Finding(
        "Interaction in T3",
        show(interaction_of_third(psi.modes), "percent"),
        (),
        "of T3, summed over sectors, is interaction of the two networks; the rest of what the "
        "source calls so are long chains of inputs alone and of citations alone.",
    )


def _with_ranks(
    values: pd.Series[float], drawn: pd.DataFrame, names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return the largest entries, each with the ranks that the draws leave open."""
    top = values.dropna().sort_values(ascending=False, kind="stable").index[:3]
    ranks = drawn.loc[top, ["rank_low", "rank_high"]].astype(int)
    return tuple(
        (sector, f"{number} (rank {low}–{high})" if low < high else f"{number} (rank {low})")
        for (sector, number), (low, high) in zip(
            largest(values, names), ranks.to_numpy().tolist(), strict=True
        )
    )


def _noise(drawn: pd.DataFrame) -> str:
    """Say whether draws tell the first from the others."""
    first = drawn.sort_values("rank", kind="stable").iloc[0]
    open_to = int((drawn["rank_low"] <= 1).sum())
    if first["rank_high"] <= 1:
        return "The draws leave no other in the first place."
    return f"The draws leave {open_to} sectors in the first place: their order is within noise."
