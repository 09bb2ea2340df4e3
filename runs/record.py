"""Write down what a run found, complete or not at all: matrices, hubs, run.json, report."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..analytics import spectral_radius
from ..analytics.linalg import EXACT_LIMIT
from ..graph.aggregate import Totals
from ..graph.matrix_files import save_matrix
from ..graph.open import embedded_path
from ..ingest.concordance import Audit
from ..ingest.study import summary
from ..reports.page import render_page
from .accounts_json import accounts_json
from .capability import Answer, Capability
from .figures import write_figures
from .folder import FRESH, UNFINISHED, answered_in, half_moved, places_of
from .identity import hash_file
from .networks import YearNetworks
from .page import page_of
from .plain import columns
from .read import record_of
from .result import Result
from .steps import Steps

__all__ = ["record"]

#: Bounds of a spectral radius that are as near as this, relative, are one number.
RADIUS_KNOWN = 1e-6
#: What the JSON file of a capability repeats of run.json.
_ABOUT = ("study", "synthetic", "created", "command", "fingerprint", "run", "options", "versions")
_PACKAGES = (
    "duckdb",
    "igraph",
    "ladybug",
    "neo4j",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "spillgraph",
)


def record(
    result: Result,
    out: Path,
    steps: Steps,
    *,
    command: str,
    engine: str,
    kept: Mapping[str, list[str]],
    capabilities: Sequence[Capability] = (),
) -> dict[str, Any]:
    """Write matrices, hub tables, report and run.json of a run, and what capabilities have found.

    Everything is written beside its place first and moved when all of it is there, run.json last.
    What other capabilities have left of the same run stays; of any other run it is removed.

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
    engine : str
        Who computed cells.
    kept : mapping of str to list of str
        The files that capabilities have left of the same run, by capability; they are not written
        again.
    capabilities : sequence of Capability
        What else the page shows, in its order: what they found, or their overview.

    Returns
    -------
    dict
        What run.json holds.
    """
    fresh = out / FRESH  # its tables are there
    shutil.rmtree(fresh / ".tmp", ignore_errors=True)
    (fresh / "matrices").mkdir(parents=True)
    with steps.step("write"):
        matrices = _write_matrices(result, fresh / "matrices")
        written = {name: each for name, each in result.answers.items() if name not in kept}
        files = {name: _write_answer(each, result, fresh) for name, each in written.items()}
    run = _run(result, matrices, out, command) | {"engine": engine, "seconds": dict(steps.seconds)}
    run["capabilities"] = {**kept, **files}
    run["unasked"] = [name for name, each in written.items() if each.unasked]
    texts = {}
    with steps.step("report"):
        page = page_of(result, run, capabilities)
        texts["report.html"] = render_page(page)
    formats = result.study.outputs.figures
    figures, doubts = write_figures(page, result.answers, fresh, formats, steps)
    run["warnings"] += doubts
    for name, answer in written.items():
        files[name] += figures.get(name, [])
        if answer.capability.values is not None:
            about = {key: run[key] for key in _ABOUT}
            texts[f"{name}.json"] = _text(about | answer.capability.values(answer.value))
            files[name].append(f"{name}.json")
    run["outputs"] = {
        **_hashes_before(out, [place for each in kept.values() for place in each]),
        **{path.relative_to(fresh).as_posix(): hash_file(path) for path in _files(fresh)},
        **{name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()},
    }
    run["seconds"] = dict(steps.seconds)
    old = {place for each in answered_in(out)[1].values() for place in places_of(each)}
    stay = {place for each in kept.values() for place in places_of(each)}
    gone = {*old, *half_moved(out)} - stay - {"run.json"}
    moved = sorted({*gone, *texts, *(each.name for each in fresh.iterdir())})
    # Were the run cut off now, the folder would hold files of two runs: run.json says so.
    halfway = run | {"capabilities": dict(kept), UNFINISHED: moved}
    _write_over(out / "run.json", _text(halfway))
    _move(fresh, out, texts | {"run.json": _text(run)}, gone)
    return run


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _hashes_before(out: Path, places: Sequence[str]) -> dict[str, str]:
    """Return the hashes of files that stay, as the run that wrote them had them."""
    before = record_of(out).get("outputs", {}) if places else {}
    return {place: before[place] for place in places if place in before}


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _run(result: Result, matrices: dict[str, Any], out: Path, command: str) -> dict[str, Any]:
    return {
        "study": result.study.about.name,
        "synthetic": result.study.about.synthetic,
        "created": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": command,
        "store": _shown_store(result, out),
        "namespace": result.study.graph.namespace,
        "fingerprint": result.fingerprint,
        "run": result.run,
        "tables": {
            name: {
                "read": table.read,
                "loaded": table.loaded,
                "rejected": table.rejected,
                "reasons": table.reasons,
                "without_partner": table.unmatched,
                "values_lost": table.lost,
                "examples": {
                    why: [str(one) for one in some] for why, some in table.examples.items()
                },
            }
            for name, table in result.staged.items()
        },
        "totals": {name: _levels(totals) for name, totals in result.totals.items()},
        "totals_agree_to": max((t.difference for t in result.totals.values()), default=0.0),
        "matrices": matrices,
        "accounts": accounts_json(result.economy.accounts),
        "concordances": [_audit(audit) for audit in result.economy.audits],
        "warnings": result.warnings,
        "notes": result.notes,
        "years": {str(year.year): _year(year) for year in result.years},
        "inputs": result.inputs,
        "options": dict(summary(result.study)),
        "versions": _versions(),
    }


def _write_matrices(result: Result, folder: Path) -> dict[str, Any]:
    described = {}
    for year in result.years:
        for name, matrix in year.matrices().items():
            key = f"{name}_{year.year}"
            formats = list(result.study.outputs.formats)
            files = save_matrix(matrix, folder / key, formats, result.economy.names)
            described[key] = {
                "file": f"matrices/{files[0].name}",
                "unit": matrix.unit,
                "shape": list(matrix.shape),
                "sum": matrix.sum(),
                **_radius(year, name),
                "year_of_data": matrix.year,
                "files": [f"matrices/{file.name}" for file in files],
            }
    return described


def _write_answer(answer: Answer, result: Result, fresh: Path) -> list[str]:
    """Write tables and matrices of a capability into a folder of its own; return their places."""
    folder = fresh / answer.capability.name
    folder.mkdir()
    formats = list(result.study.outputs.formats)
    files = []
    for name, table in answer.tables.items():
        _require_named(answer.capability.name, name, table)
        files.append(folder / f"{name}.csv")
        table.to_csv(files[-1], index=any(table.index.names))
    for name, matrix in answer.capability.matrices(answer.value).items():
        files += save_matrix(matrix, folder / name, formats, result.economy.names)
    if not files:
        folder.rmdir()
    places = [f"{folder.name}/{path.name}" for path in files]
    for name, table in answer.capability.parquet(answer.value).items():
        _write_parquet(table, fresh / f"{name}.parquet", answer.capability.meaning)
        places.append(f"{name}.parquet")
    return places


def _write_parquet(table: pd.DataFrame, path: Path, meaning: Callable[[str], str]) -> None:
    """Write a long table whose columns say what they are."""
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    said = [field.with_metadata({"description": meaning(field.name)}) for field in arrow.schema]
    pq.write_table(arrow.cast(pa.schema(said, metadata=arrow.schema.metadata)), path)


def _require_named(capability: str, name: str, table: pd.DataFrame) -> None:
    """Refuse codes that would be lost: an index without a name is not written."""
    if table.index.inferred_type == "string" and not any(table.index.names):
        raise ValueError(
            f"capability {capability}: the index of table {name} holds codes and has no name, and "
            'would not be written; name it, as in table.rename_axis(index="code").'
        )


def _radius(year: YearNetworks, name: str) -> dict[str, Any]:
    """One number where it is known to six digits, else none, and the bounds that are proven."""
    matrix = year.matrices()[name]
    signed = bool((matrix.values.data < 0).any())  # the proof's bounds are then those of |S|
    if year.spillover is None or name not in {"S", "W"} or signed:
        return {"spectral_radius": spectral_radius(matrix)}
    proof = year.spillover.proof
    low, high = proof.rho_S if name == "S" else proof.rho_W
    if high - low <= RADIUS_KNOWN * high:
        return {"spectral_radius": 0.5 * (low + high)}
    if matrix.shape[0] <= EXACT_LIMIT:
        return {"spectral_radius": spectral_radius(matrix)}
    return {"spectral_radius": None, "spectral_radius_bounds": [low, high]}


def _levels(totals: Totals) -> dict[str, Any]:
    return {
        "input": totals.input,
        "firm": totals.firm,
        "fine": totals.fine,
        "target": totals.target,
        "unmapped": totals.unmapped,
        "self_citations": totals.self_citations,
        "difference": totals.difference,
        "lost": totals.lost,
    }


def _audit(audit: Audit) -> dict[str, Any]:
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
    about: dict[str, Any] = {"notes": year.notes}
    if year.production is not None:
        about["leaks"] = columns(year.production.leaks)
    if year.innovation is not None:
        about["zero_rows"] = list(year.innovation.zero_rows)
    if year.spillover is not None:
        proof = year.spillover.proof
        about |= {
            "condition": {"I - S": proof.cond_S, "I - W": proof.cond_W},
            "residual": proof.residual,
            "benefit": year.spillover.benefit.to_dict(),
            "contribution": year.spillover.contribution.to_dict(),
        }
    return about


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    return versions | {name: importlib.metadata.version(name) for name in _PACKAGES}


def _shown_store(result: Result, out: Path) -> str | None:
    """Name a graph relative to the run's folder where it lies in it, else by its whole path."""
    if result.study.graph.keep == "nothing":
        return None
    graph = embedded_path(result.store)
    if graph is None:
        return result.store
    path = graph.resolve()
    inside = path.is_relative_to(out.resolve())
    return str(path.relative_to(out.resolve())) if inside else str(path)


def _write_over(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _move(fresh: Path, out: Path, texts: dict[str, str], gone: Collection[str]) -> None:
    """Put what is new into its place, and remove what other runs have left there."""
    for name, text in texts.items():
        (out / f".{name}").write_text(text, encoding="utf-8")
    new = [each.name for each in fresh.iterdir()]
    for place in {*gone, *new}:
        if (out / place).is_dir():
            shutil.rmtree(out / place)
        elif place not in texts:
            (out / place).unlink(missing_ok=True)
    for name in new:
        (fresh / name).rename(out / name)
    fresh.rmdir()
    for name in texts:
        (out / f".{name}").replace(out / name)
