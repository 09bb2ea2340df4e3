"""The maps of S, W and ψ − I, of every report year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...analytics.linalg import without_identity
from ...reports.figures import FEWEST_YEARS
from ...reports.kit import Cells, HeatMap, Key
from ...reports.tables import show
from ...runs.networks import YearNetworks

__all__ = ["maps"]


def maps(years: Sequence[YearNetworks]) -> list[HeatMap]:
    """Declare a map of each matrix that there is.

    Parameters
    ----------
    years : sequence of YearNetworks
        The report years, oldest first.
    """
    declared = (_production(years), _innovation(years), _spillovers(years))
    return [each for each in declared if each.series]


def _production(years: Sequence[YearNetworks]) -> HeatMap:
    series: dict[Key, Cells] = {}
    for year in years:
        if year.production is not None:
            S = year.production.S
            own = pd.Series(S.values.diagonal(), list(S.rows), name="own share")
            note = _own_note(own, "own inputs per unit of output, the diagonal", "sectors")
            series[str(year.year),] = Cells(S, own, note)
    return HeatMap(
        "S",
        "Production network S",
        "Input of the source per unit of gross output of the receiver; own inputs on the diagonal.",
        ("receiver: using sector (row)", "source: supplying sector (column)"),
        series,
    )


def _innovation(years: Sequence[YearNetworks]) -> HeatMap:
    series: dict[Key, Cells] = {}
    for year in years:
        if year.innovation is not None:
            own = year.innovation.own.rename("own share")
            what = "citations that stay within the sector, taken out of W"
            note = _own_note(own, what, "sectors that cite")
            series[str(year.year),] = Cells(year.innovation.W, own, note)
    return HeatMap(
        "W",
        "Innovation network W",
        "Share of the receiver's citations that go to the source; own citations are taken out "
        "after division, so the diagonal is empty and a row adds to one minus the own share.",
        ("receiver: citing sector (row)", "source: cited sector (column)"),
        series,
    )


def _spillovers(years: Sequence[YearNetworks]) -> HeatMap:
    series: dict[Key, Cells] = {
        (str(year.year),): Cells(without_identity(year.parts.psi))
        for year in years
        if year.parts is not None
    }
    return HeatMap(
        "psi",
        "Spillovers ψ − I",
        "% of output that the receiver gains when technology rises by 1% in the source, through "
        "all chains of citations and then of inputs. The identity is taken off, so that the "
        "sector's own 1% does not outshine the spillovers.",
        ("receiver: affected sector (row)", "source: origin of the change (column)"),
        series,
        over_years=len(series) >= FEWEST_YEARS,
    )


def _own_note(own: pd.Series[float], what: str, of: str) -> str:
    """Say what the own shares are, and how large."""
    known = own.dropna()
    if known.empty:
        return ""
    return (
        f"Own share: {what}; median {show(float(np.median(known)), 'percent')}, above one half in "
        f"{int((known > 0.5).sum()):,} of {len(known):,} {of}."
    )
