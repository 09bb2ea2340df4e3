"""Headline numbers of ψ: who gains, who gives, and how much of it is spillover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ...analytics import Psi
from ...analytics.spillovers import interaction_of_third, loss_percent
from ...reports.kit import Finding
from ...reports.tables import largest, show
from ._sums import spillover_of

__all__ = ["findings"]


def findings(psi: Psi, names: Mapping[str, str]) -> Iterator[Finding]:
    """Return the headline numbers of a year.

    Parameters
    ----------
    psi : Psi
        Sums of ψ.
    names : mapping of str to str
        Names of the sectors, by code.
    """

    def first(title: str, values: pd.Series[float], meaning: str) -> Finding:
        return Finding(title, "", largest(values, names), meaning)

    yield first(
        "Largest receivers",
        psi.benefit,
        "% of output gained when technology rises by 1% in every sector (row sums of ψ).",
    )
    for weight in map(str, psi.contribution.columns[:2]):
        yield first(
            f"Largest sources, weights: {weight}",
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
    yield first(
        "Largest losses without W",
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
