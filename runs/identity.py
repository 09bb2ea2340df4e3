"""What names a run: its input files, and the choices that shape the graph and the results."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from ..graph.schema import SCHEMA_VERSION
from ..ingest.find import partition_values
from ..ingest.stage import Progress
from ..ingest.study import Study, summary

__all__ = ["fingerprint", "fingerprint_of_run", "hash_file", "hash_inputs", "run_id"]


def hash_inputs(study: Study, progress: Progress = lambda what, share: None) -> dict[str, str]:
    """Return the SHA-256 of every input file and of the study file itself."""
    files = {study.path.name: study.path, **study.files()}
    hashes = {}
    for number, (name, path) in enumerate(files.items()):
        progress(name, number / len(files))
        hashes[name] = hash_file(path)
    return hashes


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, which need not fit into memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(study: Study, inputs: dict[str, str]) -> str:
    """Name what the tables put into the graph: same name, same content."""
    shaping = {
        "study": study.about.name,
        "version": SCHEMA_VERSION,
        "inputs": {name: digest for name, digest in inputs.items() if name != study.path.name},
        "tables": [
            [source.table.name, source.entry.model_dump(mode="json")] for source in study.sources
        ],
        # The same bytes under other folders are other rows.
        "folders": [
            [name, partition_values(path, name, source.entry.partitions)]
            for source in study.sources
            for name, path in source.files
            if source.entry.partitions
        ],
        "years": [study.years.first, study.years.last],
        "target": study.about.target,
        "citation_weight": study.options.citation_weight,
        "counted": [study.options.lag, study.options.interval],
        "make_use": study.make_use.described() if study.make_use else None,
        "graph": study.keeps_firms,
    }
    return _digest(shaping)


def fingerprint_of_run(study: Study, mark: str) -> str:
    """Name what a run finds: the :func:`fingerprint` of its graph, and the choices behind it.

    Report years are among the choices; where the study names none they follow from the input.
    What is asked of a capability changes its own answer alone: its section is left out, and not the
    option that may have the same name, as ``accounts`` has.
    """
    return f"{mark}:{_digest(dict(summary(replace(study, sections={}))))}"


def run_id(whole: str) -> str:
    """Name a run by its input and its choices: short enough to type."""
    return _digest(whole)[:12]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
