"""Whether chains die out, and how exactly the sums of ψ are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ...reports.kit import Finding, Paragraph, Part, Section
from ...reports.tables import Head, Table, label, make_table, show
from ..networks import YearNetworks

__all__ = ["proof_section"]


def proof_section(
    years: Sequence[YearNetworks], matrices: Mapping[str, Any], names: Mapping[str, str]
) -> Section:
    """Return spectral radii, condition numbers, residuals and notes of every year.

    Parameters
    ----------
    years : sequence of YearNetworks
        The report years.
    matrices : mapping of str to mapping
        What run.json says of each matrix, with its spectral radius.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    parts: list[Part] = [
        Paragraph(
            Markup(
                "Chains of citations and of inputs die out where the spectral radius ρ is below 1. "
                "A condition number of 10<sup>k</sup> (in the maximum norm) costs up to k of the "
                "16 digits."
            )
        )
    ]
    radii = {year.year: _radii(year, matrices) for year in years}
    if years:
        parts.append(_diagnostics(years, radii))
    else:
        parts.append(Paragraph("There are no results by year to prove."))
    if notes := _notes(years, names):
        parts.append(notes)
    findings = _findings(years[-1], radii[years[-1].year]) if years else ()
    return Section("proof", "Proof", tuple(parts), findings=findings)


def _radii(year: YearNetworks, matrices: Mapping[str, Any]) -> dict[str, float]:
    """Return the spectral radius of S and W, or its bounds where nothing better is known."""
    radii: dict[str, float] = {}
    for name in ("S", "W"):
        about = matrices[f"{name}_{year.year}"] if name in year.matrices() else {}
        if "spectral_radius_bounds" in about:
            low, high = about["spectral_radius_bounds"]
            radii |= {f"{name}, at least": low, f"{name}, at most": high}
        elif about:
            radii[name] = about["spectral_radius"]
    return radii


def _findings(year: YearNetworks, radii: Mapping[str, float]) -> tuple[Finding, ...]:
    if not radii:
        return ()
    items = tuple((f"ρ({name})", show(value, "value")) for name, value in radii.items())
    dying = all(value < 1 for value in radii.values())
    meaning = "Below 1, so chains die out." if dying else "NOT below 1: chains never die out."
    if year.spillover is not None:
        residual = show(year.spillover.proof.residual, "gap")
        meaning += f" Proof by substitution leaves {residual}."
    return (Finding("Spectral radii", "", items, meaning),)


def _diagnostics(years: Sequence[YearNetworks], radii: Mapping[int, Mapping[str, float]]) -> Table:
    names = list(dict.fromkeys(name for each in radii.values() for name in each))
    proofs = {year.year: year.spillover.proof for year in years if year.spillover is not None}
    heads = [Head("Year", "year"), *(Head(f"ρ({name})", "value") for name in names)]
    if proofs:
        heads += [Head(f"cond(I\u00a0−\u00a0{name})", "power") for name in ("S", "W")]
    heads += [
        Head("Residual", "gap", "largest entry of (I − W)(I − S) ψ1 − 1, and the same for columns"),
        Head("Sectors that never cite", "count"),
        Head("Citations between sectors", "total"),
        Head("Trade between sectors", "total"),
    ]
    rows = []
    for year in years:
        proof = proofs.get(year.year)
        row: list[object] = [year.year, *(radii[year.year].get(name) for name in names)]
        if proofs:
            row += [proof.cond_S, proof.cond_W] if proof else [None, None]
        row += [proof.residual if proof else None]
        row += [len(year.innovation.zero_rows) if year.innovation else None]
        row += [None if flow is None else flow.sum() for flow in (year.citations, year.trade)]
        rows.append(row)
    note = (
        "Condition numbers are in the maximum norm. The residual is what is left when the sums are "
        "put back: the largest entry of (I − W)(I − S) ψ1 − 1 and, relative to the largest weight, "
        "of the same for the columns. It is 0 but for rounding."
    )
    return make_table("Spectral radii, condition numbers and residuals", heads, rows, note=note)


def _notes(years: Sequence[YearNetworks], names: Mapping[str, str]) -> Table | None:
    """Return the notes on the results, each once with its years."""
    years_of: dict[str, list[str]] = {}
    for year in years:
        zero = year.innovation.zero_rows if year.innovation else ()
        silent = "; ".join(label(code, names) for code in zero)
        texts = [f"Never cite, so no knowledge input: {silent}."] if silent else []
        for text in (*texts, *year.notes):
            years_of.setdefault(text, []).append(str(year.year))
    rows = [[text, ", ".join(those)] for text, those in years_of.items()]
    return make_table("Notes", [Head("Note"), Head("Years")], rows) if rows else None
