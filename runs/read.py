"""What a finished run left behind: its record, and the graph that it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..core.errors import InputError, QueryError
from ..graph.aggregate import is_complete
from ..graph.ask import ask
from ..graph.open import open_store
from ..graph.schema import OF_FIRMS
from ..graph.store import GraphStore
from ..queries import Query, kinds_of, load_query
from .folder import UNFINISHED

__all__ = [
    "bind_query",
    "doubt_of",
    "open_graph",
    "record_of",
    "require_kept",
    "require_record",
    "study_values",
]

#: What run.json says in every version.
_NEEDED = ("options", "matrices")


def record_of(where: str | Path | None) -> dict[str, Any]:
    """Return run.json where a place is the folder of a run, else nothing.

    Parameters
    ----------
    where : str or Path, optional
        Folder of a run, or the address of a graph.
    """
    record = Path(where or "") / "run.json"
    if where is None or not record.is_file():
        return {}
    return dict(json.loads(record.read_text(encoding="utf-8")))


def require_record(folder: Path) -> dict[str, Any]:
    """Return run.json of the folder of a finished run.

    Parameters
    ----------
    folder : Path
        What was ``--out``.

    Raises
    ------
    InputError
        If there is none that can be read, or the run was cut off while it moved its files there.
    """
    try:
        record: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        run = {"capabilities": {}} | record | {key: record[key] for key in _NEEDED}
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{folder} holds no results of a run: there is no run.json that can be read; name the "
            "folder that was --out of 'spillgraph run'."
        ) from None
    if UNFINISHED in run:
        raise InputError(
            f"{folder}: the run there was cut off while it put its files into place, so some are "
            f"of the run before it; repeat it: {run.get('command') or 'spillgraph run'}"
        )
    return run


def open_graph(
    where: str | Path, *, read_only: bool = True, namespace: str | None = None
) -> GraphStore:
    """Open the graph that a place names: an address, a path, or the folder of a run.

    Parameters
    ----------
    where : str or Path
        The place.
    read_only : bool
        Nothing is created or written.
    namespace : str, optional
        That of the study, where it has one; the folder of a run knows it.

    Raises
    ------
    InputError
        If there is none, or it is of another namespace.
    """
    folder, record = Path(where), record_of(where)
    if "store" in record and record["store"] is None:
        raise InputError(
            f'{folder}: the run there kept no graph ([graph] keep = "nothing"); its matrices and '
            "tables are in the folder. Run again with --graph industries or --graph firms."
        )
    own = record.get("namespace")
    if record and namespace not in {None, own}:
        raise InputError(
            f"{folder} is of a run {f'in the namespace {own!r}' if own else 'without a namespace'}"
            f", not in {namespace!r}: leave out --namespace, or name the graph itself with --store."
        )
    if folder.is_dir():
        # A run names its graph; one that ended before its end has it in the usual place.
        url = str(record.get("store") or "graph.lbug")
        where = url if ":" in url else folder / url
    return open_store(where, read_only=read_only, namespace=own or namespace)


def doubt_of(graph: GraphStore, where: str | Path | None) -> str:
    """Say so where a graph is half made, or of another run than the results beside it.

    Parameters
    ----------
    graph : GraphStore
        The open graph.
    where : str or Path, optional
        The place that named it.
    """
    record = record_of(where)
    mark = record.get("fingerprint")
    if UNFINISHED in record:
        return "the run beside this graph was cut off while it put its files into place; repeat it."
    if not is_complete(graph):
        return "the run that made this graph did not finish; run it again."
    if mark is not None and not is_complete(graph, mark):
        return "this graph is from a later run than run.json and the matrices beside it."
    return ""


def require_kept(graph: GraphStore, statement: str) -> None:
    """Refuse a statement about firms where the graph has industries alone: it would find nothing.

    Parameters
    ----------
    graph : GraphStore
        The open graph.
    statement : str
        What is to be asked.

    Raises
    ------
    QueryError
        If it names a kind of node or edge that the study has not kept.
    """
    # The embedded store reads a kind in any capitals.
    within = graph.namespace
    named = {within.kind(kind) for kind in kinds_of(within.translate(statement, any_case=True))}
    lacking = sorted(OF_FIRMS & named)
    if not lacking:
        return
    try:
        kept = ask(graph, "kept_of_the_graph")["keep"].to_pylist()
    except QueryError:  # a graph of the time when all kept firms
        return
    if "industries" in kept:
        raise QueryError(
            f"the statement asks for {', '.join(lacking)}, and this graph keeps industries alone "
            '([graph] keep = "industries"); run the study with --graph firms, or ask its tables, '
            "which are in the folder of the run."
        )


def study_values(where: str | Path | None) -> dict[str, object]:
    """Return what the run whose graph is asked says of itself, as values of query parameters.

    Parameters
    ----------
    where : str or Path, optional
        Folder of a run; there is nothing to say of any other place.
    """
    record = record_of(where)
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


def bind_query(
    name: str, texts: Mapping[str, object], where: str | Path | None
) -> tuple[Query, dict[str, object]]:
    """Return a query of the library with its values: those given, else those of the run.

    Parameters
    ----------
    name : str
        Name of the query.
    texts : mapping of str to object
        Values of parameters.
    where : str or Path, optional
        The place of the graph; only the folder of a run has values to give.

    Raises
    ------
    QueryError
        If there is no such query or parameter, or a value is missing or of another type.
    """
    query = load_query(name)
    known = {parameter.name for parameter in query.parameters}
    values = {key: value for key, value in study_values(where).items() if key in known}
    if "target" in known:  # the other classification is the user's to name
        values.pop("classification", None)
    return query, dict(query.bind(values | dict(texts)))
