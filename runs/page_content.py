"""What the report shows of a run: the results in the report's own plain types."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from ..analytics import ErrorBounds, Psi, loss_percent
from ..analytics.accounts import Accounts, balance
from ..analytics.spillovers import CHANNELS
from ..graph.aggregate import rounding
from ..ingest.study import Study
from ..reports.account_year import AccountYear
from ..reports.content import (
    LEVELS,
    ConcordanceAudit,
    FlowTotals,
    Provenance,
    ReportContent,
    TableCount,
    YearResult,
)
from .capability import Intervals
from .networks import YearNetworks
from .result import Result, without_partner

__all__ = ["page_content"]

#: Causes for which a concordance loses flow.
BY_CONCORDANCE = ("no concordance", "weights below 1")


def page_content(
    result: Result,
    run: dict[str, Any],
    hubs: dict[str, pd.DataFrame],
    intervals: Intervals | None = None,
) -> ReportContent:
    """Put together what the page shows.

    Parameters
    ----------
    result : Result
        What the run found.
    run : dict
        What run.json will hold.
    hubs : dict of str to DataFrame
        Hub tables of the last year, by network.
    intervals : Intervals, optional
        Whiskers and ranks.

    Returns
    -------
    ReportContent
    """
    about, economy = result.study.about, result.economy
    drawn = intervals.years if intervals else {}
    return ReportContent(
        title=about.name,
        description=about.description,
        synthetic=about.synthetic,
        names=economy.names,
        tables=[
            TableCount(t.name, t.read, t.loaded, t.rejected, t.reasons)
            for t in result.staged.values()
        ],
        totals=_totals(result, run["totals"]),
        concordances=_audits(result),
        years=[
            _year_result(year, run["matrices"], drawn.get(year.year, {})) for year in result.years
        ],
        hubs=hubs,
        planted=_planted(result.study),
        provenance=Provenance(
            study=result.study.path.name,
            command=run["command"],
            created=run["created"],
            inputs=run["inputs"],
            versions=run["versions"],
            options=run["options"],
            seconds=run["seconds"],
        ),
        warnings=_warnings(result),
        unmapped_flows=result.flows.residuals,
        uncertainty=intervals.told if intervals else "",
        accounts=[_account(year, each) for year, each in economy.accounts.items()],
    )


def _account(year: int, each: Accounts) -> AccountYear:
    return AccountYear(
        year,
        each.paid.misfit,
        each.sold.misfit,
        each.paid.median,
        each.sold.median,
        int(each.checked.sum()),
        each.worst(),
        balance(each),
        len(each.checked),
    )


def _planted(study: Study) -> str | None:
    """Return the answers that the sample planted, from the file beside a synthetic study."""
    path = study.path.parent / "planted.json"
    if not study.about.synthetic or not path.is_file():
        return None
    planted = json.loads(path.read_text(encoding="utf-8"))
    pairs = [f"{pair['j']}-{pair['k']}" for pair in planted["coagglomerated_pairs"]]
    facts = {
        "Knowledge hub: sector": planted["hubs"]["citations"],
        "Supplier hubs: sectors": planted["hubs"]["trade"],
        "Coagglomerated pairs:": pairs,
        "Closed class: sectors": planted["closed_class"],
    }
    return " ".join(f"{what} {', '.join(codes)}." for what, codes in facts.items() if codes) or None


def _totals(result: Result, totals: dict[str, Any]) -> list[FlowTotals]:
    return [
        FlowTotals(
            flow.name,
            _unit(result, flow.name),
            {level: totals[flow.name][level] for level in LEVELS},
            totals[flow.name]["lost"],
            max(1e-9, rounding(flow.rows)),
        )
        for flow in result.economy.flows
    ]


def _unit(result: Result, flow: str) -> str:
    about = result.study.about
    return about.count if flow == "citations" else about.money


def _audits(result: Result) -> list[ConcordanceAudit]:
    lost = {
        name: sum(totals.lost.get(cause, 0.0) for cause in BY_CONCORDANCE) / totals.input
        for name, totals in result.totals.items()
        if totals.input
    }
    return [
        ConcordanceAudit(
            audit.source,
            audit.target,
            len(audit.codes),
            result.flows.unmapped.get(audit.source, dict.fromkeys(audit.unmapped, 0.0)),
            audit.uneven,
            {code: list(ends) for code, ends in audit.ties.items()},
            list(audit.equal_split),
            {
                flow.name: lost[flow.name]
                for flow in result.economy.flows
                if flow.classification == audit.source and flow.name in lost
            },
        )
        for audit in result.economy.audits
    ]


def _year_result(
    year: YearNetworks, matrices: dict[str, Any], intervals: dict[str, pd.DataFrame]
) -> YearResult:
    found, spillover = year.matrices(), year.spillover
    radius: dict[str, float] = {}
    for name in ("S", "W"):
        about = matrices[f"{name}_{year.year}"] if name in found else {}
        if "spectral_radius_bounds" in about:  # nobody knows it better than this
            low, high = about["spectral_radius_bounds"]
            radius |= {f"{name}, at least": low, f"{name}, at most": high}
        elif about:
            radius[name] = about["spectral_radius"]
    return YearResult(
        year=year.year,
        W=found.get("W"),
        S=found.get("S"),
        psi=found.get("psi"),
        citations=found.get("citations"),
        trade=found.get("trade"),
        own_share=year.innovation.own if year.innovation else None,
        zero_rows=list(year.innovation.zero_rows) if year.innovation else [],
        benefit=spillover.benefit if spillover else None,
        spillover=_spillover_part(spillover) if spillover else None,
        contribution=_columns(spillover.contribution) if spillover else {},
        spectral_radius=radius,
        condition=_condition(spillover.proof) if spillover else {},
        residual=spillover.proof.residual if spillover else None,
        notes=year.notes,
        modes=spillover.modes if spillover else None,
        loss=loss_percent(spillover) if spillover else None,
        intervals=intervals,
        leaks=year.production.leaks if year.production else None,
    )


def _spillover_part(result: Psi) -> pd.Series[float]:
    total: pd.Series[float] = result.modes[list(CHANNELS)].sum(axis=1)
    return total


def _columns(table: pd.DataFrame) -> dict[str, pd.Series[float]]:
    return {str(name): table[name] for name in table}


def _condition(proof: ErrorBounds) -> dict[str, float]:
    return {"I - S": proof.cond_S, "I - W": proof.cond_W}


def _warnings(result: Result) -> list[str]:
    partners = [
        without_partner(table, column)
        for table in result.staged.values()
        for column in table.unmatched
    ]
    return list(dict.fromkeys([*result.warnings, *result.notes, *partners]))
