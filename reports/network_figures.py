"""Figures of the networks: S, W and the spillovers ψ − I as heat maps."""

from __future__ import annotations

import pandas as pd

from ..core.matrix import LabelledMatrix
from .content import ReportContent, YearResult
from .figures import FEWEST_YEARS
from .kit import Cells, HeatMap, Key
from .results import off_identity
from .tables import show

__all__ = ["network_figures"]


def network_figures(content: ReportContent) -> list[HeatMap]:
    """Declare a heat map of each matrix that the study has.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    list of HeatMap
        In the order S, W, ψ − I.
    """
    declare = (_production, _innovation, _spillovers)
    return [figure for each in declare if (figure := each(content)).series]


def _production(content: ReportContent) -> HeatMap:
    series: dict[Key, Cells] = {}
    for result in content.ordered:
        if result.S is not None:
            own = _diagonal(result.S)
            note = _own_note(own, "own inputs per unit of output, the diagonal", "sectors")
            series[str(result.year),] = Cells(result.S, own, note)
    return HeatMap(
        "S",
        "Production network S",
        "Input of the source per unit of gross output of the receiver; own inputs on the diagonal.",
        ("receiver: using sector (row)", "source: supplying sector (column)"),
        series,
    )


def _innovation(content: ReportContent) -> HeatMap:
    series: dict[Key, Cells] = {}
    for result in content.ordered:
        if result.W is not None:
            series[str(result.year),] = Cells(result.W, *_own_citations(result, result.W))
    return HeatMap(
        "W",
        "Innovation network W",
        "Share of the receiver's citations that go to the source; own citations are taken out "
        "after division, so the diagonal is empty and a row adds to one minus the own share.",
        ("receiver: citing sector (row)", "source: cited sector (column)"),
        series,
    )


def _spillovers(content: ReportContent) -> HeatMap:
    series: dict[Key, Cells] = {
        (str(result.year),): Cells(off_identity(result.psi))
        for result in content.ordered
        if result.psi is not None
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


def _diagonal(S: LabelledMatrix) -> pd.Series[float]:
    """Return what each sector buys from itself, 0 where it is no source."""
    place = {label: j for j, label in enumerate(S.columns)}
    own = [S.values[i, place[row]] if row in place else 0.0 for i, row in enumerate(S.rows)]
    return pd.Series(own, list(S.rows), dtype=float, name="own share")


def _own_citations(result: YearResult, W: LabelledMatrix) -> tuple[pd.Series[float] | None, str]:
    """Return the citations that stay within a sector, and what is to be said of them."""
    if result.own_share is None:
        return None, ""
    own = result.own_share.reindex(list(W.rows)).rename("own share")
    what = "citations that stay within the sector, taken out of W"
    return own, _own_note(own, what, "sectors that cite")


def _own_note(own: pd.Series[float], what: str, of: str) -> str:
    """Say what the own shares are, and how large."""
    known = own.dropna()
    if known.empty:
        return ""
    return (
        f"Own share: {what}; median {show(float(known.median()), 'percent')}, above one half in "
        f"{int((known > 0.5).sum()):,} of {len(known):,} {of}."
    )
