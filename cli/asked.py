"""Which graph ``--store`` asks, and what is doubtful of it."""

from __future__ import annotations

from ..core.errors import InputError
from ..graph.store import GraphStore
from ..runs.read import doubt_of, open_graph
from .console import err

__all__ = ["open_asked", "warn"]


def open_asked(
    store: str | None, namespace: str | None = None, *, read_only: bool = True
) -> GraphStore:
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
    return open_graph(store, read_only=read_only, namespace=namespace)


def warn(graph: GraphStore, store: str | None) -> None:
    """Say so where a graph is half made, or of another run than the results beside it."""
    if doubt := doubt_of(graph, store):
        err.print(f"Warning: {doubt}")
