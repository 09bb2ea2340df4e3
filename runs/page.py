"""The page of a run: its sections, those of capabilities among them, and what stands before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..graph.aggregate import rounding
from ..ingest.economy import Economy
from ..ingest.study import Study
from ..reports.figures import Setting
from ..reports.kit import (
    Bars,
    HeatMap,
    Histograms,
    Lines,
    Network,
    Page,
    Rates,
    Section,
    SiteMap,
)
from ..reports.tables import label
from .capability import Capability
from .result import Result, without_partner
from .sections import (
    FlowTotals,
    accounts_parts,
    concordance_parts,
    findings_section,
    proof_section,
    provenance_section,
    reached_finding,
    rows_parts,
    totals_parts,
)

__all__ = ["page_of"]

#: Causes for which a concordance loses flow.
BY_CONCORDANCE = ("no concordance", "weights below 1")


def page_of(result: Result, run: dict[str, Any], capabilities: Sequence[Capability]) -> Page:
    """Put together what the page shows.

    Parameters
    ----------
    result : Result
        What the run found, and its capabilities.
    run : dict
        What run.json will hold.
    capabilities : sequence of Capability
        In the order of the page: what each found, or its overview.

    Returns
    -------
    Page
    """
    about, names, years = result.study.about, result.economy.names, result.years
    sections = [section for each in capabilities if (section := _section(each, result))]
    _require_other_names(sections)
    sections += [_data(result), proof_section(years, run["matrices"], names)]
    findings = findings_section(sections, years[-1].year if years else None)
    # What every run is asked first leads: its answer stands above the cards.
    lead = [each for each in sections[:1] if capabilities and each.id == capabilities[0].name]
    study = result.study.path.name
    span = "–".join(dict.fromkeys(str(years[k].year) for k in (0, -1))) if years else ""
    return Page(
        title=about.name,
        description=about.description,
        byline=" · ".join(each for each in (study, run["created"], span) if each),
        sections=(*lead, findings, *sections[len(lead) :], provenance_section(run, study)),
        setting=Setting(_labels(result.economy, sections), about.synthetic),
        planted=_planted(result.study),
        warnings=_warnings(result),
    )


def _labels(economy: Economy, sections: Sequence[Section]) -> dict[str, str]:
    """Return what figures draw: sectors first, in their order, and what else sections know."""
    more = {code: text for section in sections for code, text in section.labels.items()}
    sectors = {code: label(code, economy.names) for code in economy.labels}
    return sectors | {code: text for code, text in more.items() if code not in sectors}


def _section(capability: Capability, result: Result) -> Section | None:
    """Return what a capability found as the page shows it, or its overview."""
    answer = result.answers.get(capability.name)
    if answer is None or capability.section is None:
        return capability.overview(result)
    section = capability.section(answer.value, result.economy.names)
    if section.id != capability.name:
        raise ValueError(f"capability {capability.name}: its section has the id {section.id!r}")
    return section


def _require_other_names(sections: Sequence[Section]) -> None:
    """Refuse two figures of one name: it is their place on the page, and their file."""
    owner: dict[str, str] = {}
    for section in sections:
        for part in section.parts:
            if isinstance(part, Bars | HeatMap | Histograms | Lines | Network | Rates | SiteMap):
                if part.name in owner:
                    raise ValueError(
                        f"capability {section.id}: a figure of {owner[part.name]} is called "
                        f"{part.name!r}, too"
                    )
                owner[part.name] = section.id


def _data(result: Result) -> Section:
    economy, about = result.economy, result.study.about
    flows = [
        FlowTotals(
            flow.name,
            about.count if flow.name == "citations" else about.money,
            result.totals[flow.name],
            max(1e-9, rounding(flow.rows)),
        )
        for flow in economy.flows
    ]
    parts = [
        *rows_parts(list(result.staged.values())),
        *totals_parts(flows, result.flows.residuals, economy.names),
        *accounts_parts(economy.accounts, economy.names),
        *concordance_parts(economy.audits, result.flows.unmapped, _lost(result)),
    ]
    title = "Data: loaded, mapped, lost"
    return Section("data", title, tuple(parts), findings=tuple(reached_finding(flows)))


def _lost(result: Result) -> dict[str, dict[str, float]]:
    """Return what the map of a classification loses of each flow, as a share of it."""
    lost: dict[str, dict[str, float]] = {}
    for flow in result.economy.flows:
        totals = result.totals[flow.name]
        if totals.input:
            amount = sum(totals.lost.get(cause, 0.0) for cause in BY_CONCORDANCE)
            lost.setdefault(flow.classification, {})[flow.name] = amount / totals.input
    return lost


def _planted(study: Study) -> str:
    """Return the answers that the sample planted, from the file beside a synthetic study."""
    path = study.path.parent / "planted.json"
    if not study.about.synthetic or not path.is_file():
        return ""
    planted = json.loads(path.read_text(encoding="utf-8"))
    pairs = [f"{pair['j']}-{pair['k']}" for pair in planted["coagglomerated_pairs"]]
    facts = {
        "Knowledge hub: sector": planted["hubs"]["citations"],
        "Supplier hubs: sectors": planted["hubs"]["trade"],
        "Coagglomerated pairs:": pairs,
        "Closed class: sectors": planted["closed_class"],
    }
    return " ".join(f"{what} {', '.join(codes)}." for what, codes in facts.items() if codes)


def _warnings(result: Result) -> list[str]:
    """Return what must be known before any number; each once."""
    partners = [
        without_partner(table.name, column, rows, table.loaded)
        for table in result.staged.values()
        for column, rows in table.unmatched.items()
    ]
    return list(dict.fromkeys([*result.warnings, *result.notes, *partners]))
