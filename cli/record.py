"""Write down what a run found: matrices, run.json and the report, complete or not at all."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..analytics import hub_table, spectral_radius
from ..core.errors import InputError
from ..graph.aggregate import Totals
from ..graph.matrix_files import save_matrix
from ..ingest.study import summary
from ..reports.content import (
    ConcordanceAudit,
    FlowTotals,
    Provenance,
    ReportContent,
    TableCount,
    YearResult,
)
from ..reports.page import render_page
from .console import Steps
from .networks import YearNetworks
from .pipeline import Result

__all__ = ["record"]

_PACKAGES = ("duckdb", "igraph", "ladybug", "numpy", "pandas", "pyarrow", "scipy", "spillgraph")


def record(result: Result, out: Path, steps: Steps, *, command: str) -> dict[str, Any]:
    """Write matrices, report and run.json of a run.

    Everything is written beside its place first and moved when all of it is there, run.json last.

    Parameters
    ----------
    result : Result
        What the run found.
    out : Path
        Folder of the run.
    steps : Steps
        Shows progress; its seconds go into run.json.
    command : str
        The command line, for the provenance.

    Returns
    -------
    dict
        What run.json holds.
    """
    fresh = out / ".matrices"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    with steps.step("write"):
        matrices = _write_matrices(result, fresh)
    created = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    with steps.step("report"):
        page = render_page(_content(result, matrices, steps, command, created))
    run = {
        "study": result.study.about.name,
        "synthetic": result.study.about.synthetic,
        "created": created,
        "command": command,
        "store": _shown_store(result.store, out),
        "tables": {
            name: {
                "read": table.read,
                "loaded": table.loaded,
                "rejected": table.rejected,
                "reasons": table.reasons,
                "without_partner": table.unmatched,
            }
            for name, table in result.staged.items()
        },
        "totals": {name: _levels(totals) for name, totals in result.totals.items()},
        "totals_agree_to": 1e-12,
        "matrices": matrices,
        "concordances": [_audit(audit) for audit in result.economy.audits],
        "notes": result.economy.notes,
        "years": {str(year.year): _year(year) for year in result.years},
        "inputs": result.inputs,
        "options": dict(summary(result.study)),
        "versions": _versions(),
        "seconds": dict(steps.seconds),
    }
    text = json.dumps(run, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    _move(fresh, out, {"report.html": page, "run.json": text})
    return run


def _write_matrices(result: Result, folder: Path) -> dict[str, Any]:
    described = {}
    for year in result.years:
        for name, matrix in year.matrices().items():
            key = f"{name}_{year.year}"
            files = save_matrix(matrix, folder / key, list(result.study.outputs.formats))
            described[key] = {
                "file": f"matrices/{files[0].name}",
                "unit": matrix.unit,
                "shape": list(matrix.shape),
                "sum": matrix.sum(),
                "spectral_radius": _radius(year, name),
                "year_of_data": matrix.year,
                "files": [f"matrices/{file.name}" for file in files],
            }
    return described


def _radius(year: YearNetworks, name: str) -> float:
    if year.spillover is not None and name in {"S", "W"}:
        return year.spillover.rho_S if name == "S" else year.spillover.rho_W
    return spectral_radius(year.matrices()[name])


def _levels(totals: Totals) -> dict[str, Any]:
    return {
        "input": totals.input,
        "firm": totals.firm,
        "fine": totals.fine,
        "target": totals.target,
        "unmapped": totals.unmapped,
        "self_citations": totals.self_citations,
        "lost": totals.lost,
    }


def _audit(audit: Any) -> dict[str, Any]:
    return {
        "source": audit.source,
        "target": audit.target,
        "codes": len(audit.codes),
        "unmapped": list(audit.unmapped),
        "uneven": audit.uneven,
        "ties": {code: list(ends) for code, ends in audit.ties.items()},
        "equal_split": list(audit.equal_split),
    }


def _year(year: YearNetworks) -> dict[str, Any]:
    found: dict[str, Any] = {"notes": year.notes}
    if year.innovation is not None:
        found["zero_rows"] = list(year.innovation.zero_rows)
    if year.spillover is not None:
        found |= {
            "condition": {"I - S": year.spillover.cond_S, "I - W": year.spillover.cond_W},
            "residual": year.spillover.residual,
            "benefit": year.spillover.benefit.to_dict(),
            "contribution": {name: c.to_dict() for name, c in year.contributions.items()},
        }
    return found


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    return versions | {name: importlib.metadata.version(name) for name in _PACKAGES}


def _shown_store(url: str, out: Path) -> str:
    """Name the graph relative to the run's folder where it lies in it."""
    try:
        return str(Path(url).resolve().relative_to(out.resolve()))
    except ValueError:
        return url


def _move(fresh: Path, out: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (out / f".{name}").write_text(text, encoding="utf-8")
    shutil.rmtree(out / "matrices", ignore_errors=True)
    fresh.rename(out / "matrices")
    for name in texts:
        (out / f".{name}").replace(out / name)


# -- what the page shows -----------------------------------------------------------------------


def _content(
    result: Result, matrices: dict[str, Any], steps: Steps, command: str, created: str
) -> ReportContent:
    study, economy = result.study, result.economy
    last = result.years[-1]
    return ReportContent(
        title=study.about.name,
        description=study.about.description,
        synthetic=study.about.synthetic,
        names=economy.names,
        tables=[
            TableCount(t.name, t.read, t.loaded, t.rejected, t.reasons)
            for t in result.staged.values()
        ],
        totals=[
            FlowTotals(name, _unit(result, name), _five(totals), totals.lost)
            for name, totals in result.totals.items()
        ],
        concordances=_audits(result),
        years=[_year_result(year, matrices) for year in result.years],
        hubs={
            name: hub_table(matrix)
            for name, matrix in last.matrices().items()
            if name in {"W", "S", "psi"}
        },
        planted=None,
        provenance=Provenance(
            study=study.path.name,
            command=command,
            created=created,
            inputs=result.inputs,
            versions=_versions(),
            options=dict(summary(study)),
            seconds=dict(steps.seconds),
        ),
        warnings=_warnings(result),
        unmapped_flows=result.residuals,
    )


def _unit(result: Result, flow: str) -> str:
    return "citations" if flow == "citations" else result.study.about.money


def _five(totals: Totals) -> dict[str, float | None]:
    return {
        "input": totals.input,
        "firm": totals.firm,
        "fine": totals.fine,
        "target": totals.target,
        "unmapped": totals.unmapped,
    }


def _audits(result: Result) -> list[ConcordanceAudit]:
    lost = {
        name: totals.lost.get("no concordance", 0.0) / totals.input
        for name, totals in result.totals.items()
        if totals.input
    }
    return [
        ConcordanceAudit(
            audit.source,
            audit.target,
            len(audit.codes),
            result.unmapped.get(audit.source, dict.fromkeys(audit.unmapped, 0.0)),
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


def _year_result(year: YearNetworks, matrices: dict[str, Any]) -> YearResult:
    found, spillover = year.matrices(), year.spillover
    radius: dict[str, float] = {
        name: matrices[f"{name}_{year.year}"]["spectral_radius"]
        for name in ("S", "W")
        if name in found
    }
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
        spillover=_spillover_part(spillover.psi) if spillover else None,
        contribution=year.contributions,
        spectral_radius=radius,
        condition={"I - S": spillover.cond_S, "I - W": spillover.cond_W} if spillover else {},
        residual=spillover.residual if spillover else None,
        notes=year.notes,
    )


def _spillover_part(psi: Any) -> Any:
    return psi.to_frame().sum(axis=1) - 1.0


def _warnings(result: Result) -> list[str]:
    found = list(result.economy.notes)
    for table in result.staged.values():
        for column, rows in table.unmatched.items():
            share = rows / table.loaded if table.loaded else 0.0
            found.append(
                f"{table.name}: {rows:,} of {table.loaded:,} loaded rows ({share:.0%}) have no "
                f"{'known ' if column == 'cited' else ''}{column}."
            )
    return found


def require_folder(out: Path) -> None:
    """Refuse an output folder that is a file, or that holds somebody's other work."""
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out} is a file; name a folder.")
