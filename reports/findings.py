"""Key findings: the headline numbers of the last year."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..analytics.spillovers import interaction_of_third
from .content import ReportContent, YearResult
from .results import last_result, sums
from .tables import show

__all__ = ["Finding", "findings"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A headline number: its title, a value, a list of (name, number), and what it means."""

    title: str
    value: str
    items: tuple[tuple[str, str], ...]
    meaning: str


def _largest(content: ReportContent, values: pd.Series[float]) -> tuple[tuple[str, str], ...]:
    """Return the three largest entries, as sector and number."""
    top = values.dropna().sort_values(ascending=False, kind="stable").head(3)
    return tuple((content.label(str(code)), show(x, "value")) for code, x in top.items())


def findings(content: ReportContent) -> list[Finding]:
    """Return the headline numbers of the last year that has results.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    list of Finding
        Empty for a study without results.
    """
    result = last_result(content, "psi", "W", "S")
    if result is None:
        return []
    found = _psi_findings(content, result) or _network_findings(content, result)
    return found + _proof_findings(content, result)


def _psi_findings(content: ReportContent, result: YearResult) -> list[Finding]:
    """Who gains, who gives, and how much of it is spillover."""
    found = []
    if result.benefit is not None:
        meaning = "% of output gained when technology rises by 1% in every sector (row sums of ψ)."
        items = _largest(content, result.benefit)
        found.append(Finding("Largest receivers", "", items, meaning))
    for weight, values in list(result.contribution.items())[:2]:
        meaning = (
            f"% gained by all sectors, weights: {weight}, when technology rises by 1% in this "
            "one (column sums of ψ)."
        )
        title = f"Largest sources, weights: {weight}"
        found.append(Finding(title, "", _largest(content, values), meaning))
    if result.benefit is not None and result.spillover is not None:
        share = result.spillover / result.benefit
        total = float(result.spillover.sum() / result.benefit.sum())
        low, high = show(share.min(), "percent"), show(share.max(), "percent")
        meaning = (
            "of all benefit is (ψ − I)1, what comes on top of the sector's own 1%; by sector from "
            f"{low} to {high}."
        )
        found.append(Finding("Spillover in benefit", show(total, "percent"), (), meaning))
    return found + _channel_findings(content, result)


def _channel_findings(content: ReportContent, result: YearResult) -> list[Finding]:
    """Who loses most without the innovation network, and what T3 is made of."""
    found = []
    if result.loss is not None and "benefit" in result.loss:
        meaning = "% of the sector's benefit that is lost where knowledge does not travel (W = 0)."
        items = _largest(content, result.loss["benefit"])
        found.append(Finding("Largest losses without W", "", items, meaning))
    if result.modes is not None:
        meaning = (
            "of T3, summed over sectors, is interaction of the two networks; the rest of what the "
            "source calls so are long chains of inputs alone and of citations alone."
        )
        share = show(interaction_of_third(result.modes), "percent")
        found.append(Finding("Interaction in T3", share, (), meaning))
    return found


def _network_findings(content: ReportContent, result: YearResult) -> list[Finding]:
    """Largest receivers and sources of a network alone."""
    found = []
    for name, verb, passive in (("W", "cites", "cited"), ("S", "uses", "used")):
        matrix = result.W if name == "W" else result.S
        if matrix is None:
            continue
        receivers = _largest(content, sums(matrix, rows=True))
        sources = _largest(content, sums(matrix, rows=False))
        meaning = f"Share that the sector {verb} of the others (row sums of {name})."
        found.append(Finding(f"Largest receivers in {name}", "", receivers, meaning))
        meaning = f"Shares in which the sector is {passive} (column sums of {name})."
        found.append(Finding(f"Largest sources in {name}", "", sources, meaning))
    return found


def _proof_findings(content: ReportContent, result: YearResult) -> list[Finding]:
    """Whether chains die out, own citations, and how much flow reached a sector."""
    found = []
    if result.spectral_radius:
        items = tuple((f"ρ({k})", show(v, "value")) for k, v in result.spectral_radius.items())
        dying = all(value < 1 for value in result.spectral_radius.values())
        meaning = "Below 1, so chains die out." if dying else "NOT below 1: chains never die out."
        if result.residual is not None:
            meaning += f" Proof by substitution leaves {show(result.residual, 'gap')}."
        found.append(Finding("Spectral radii", "", items, meaning))
    if result.own_share is not None and result.own_share.notna().any():
        own = result.own_share.dropna()
        meaning = f"median own share of citations; above one half in {(own > 0.5).sum()} of "
        meaning += f"{len(own)} sectors that cite."
        found.append(Finding("Own citations", show(own.median(), "percent"), (), meaning))
    reached = []
    for total in content.totals:
        target, rest = total.levels.get("target"), total.levels.get("unmapped") or 0.0
        if target is not None and target + rest:
            reached.append((total.flow, show(target / (target + rest), "percent")))
    if reached:
        meaning = "of the flow runs between named sectors; the rest is kept as ‘unmapped’."
        found.append(Finding("Reached the sectors", "", tuple(reached), meaning))
    return found
