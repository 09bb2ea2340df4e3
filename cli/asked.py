"""Which graph ``--store`` asks, and what the run that made it says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..core.errors import InputError
from ..graph.aggregate import is_complete
from ..graph.open import open_store
from ..graph.store import GraphStore
from .console import err

__all__ = ["opened", "study_values", "warn"]


def study_values(store: str | None) -> dict[str, object]:
    """Return what the run whose graph is asked says of itself, as values of query parameters."""
    record = _record_of(store)
    if "options" not in record:
        return {}
    options = record["options"]
    values = {
        "origin": options["citations_from"],
        "citation_origin": options["citations_from"],
        "trade_origin": options["trade_from"],
        "classification": options["target"],
        "target": options["target"],
        "drop_self": options["self_citations"] == "exclude",
        "run": record.get("run"),
        "year": max(map(int, record["years"]), default=None),
    }
    return {name: value for name, value in values.items() if value is not None}


def _record_of(store: str | None) -> dict[str, Any]:
    """Return run.json where ``--store`` is the folder of a run, else nothing."""
    record = Path(store or "") / "run.json"
    if store is None or not record.is_file():
        return {}
    return dict(json.loads(record.read_text(encoding="utf-8")))


def opened(store: str | None, *, read_only: bool = True) -> GraphStore:
    """Open the graph that ``--store`` names: an address, a path, or the folder of a run.

    Raises
    ------
    InputError
        If there is none.
    """
    if store is None:
        raise InputError(
            "which graph? Give --store with the folder of a run, or set SPILLGRAPH_STORE."
        )
    folder = Path(store)
    # A run names its graph; one that ended before its end has it in the usual place.
    url = str(_record_of(store).get("store") or "graph.lbug")
    if folder.is_dir():
        return open_store(url if ":" in url else folder / url, read_only=read_only)
    return open_store(store, read_only=read_only)


def warn(graph: GraphStore, store: str | None) -> None:
    """Say so where a graph is half made, or of another run than the results beside it."""
    mark = _record_of(store).get("fingerprint")
    if not is_complete(graph):
        err.print("Warning: the run that made this graph did not come to its end; run it again.")
    elif mark is not None and not is_complete(graph, mark):
        err.print("Warning: this graph is of a later run than run.json and the matrices beside it.")
