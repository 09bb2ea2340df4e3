"""The contract that every graph store keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import StoreError
from .namespace import Namespace
from .schema import EDGES, NODES, EdgeType, NodeType

__all__ = [
    "ENDS",
    "Batch",
    "Counted",
    "GraphStore",
    "Loaded",
    "Progress",
    "edge_type",
    "no_progress",
    "node_type",
]

#: Columns with the keys of an edge's ends.
ENDS = ("from", "to")
#: Called with the share of a batch that is in, 0 to 1.
Progress = Callable[[float], None]


def no_progress(share: float) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of nodes or edges, small enough to hold in memory and to load again.

    Parameters
    ----------
    id : str
        Names the content, rows and their order: the same id is never loaded twice, and a load
        that was cut off may go on behind the rows that are in.
    kind : str
        Name of a node or edge type of :mod:`spillgraph.graph.schema`.
    table : pyarrow.Table
        One column per property, in the schema's order; edges begin with ``from`` and ``to``,
        the keys of their ends, which may have numbers for texts (dictionaries). Nothing but the end
        columns and keys needs to be filled.
    ends : tuple of str, optional
        Kinds of the two ends, for edges.
    measure : str, optional
        Column whose sum is kept beside the row count, to verify the load.
    """

    id: str
    kind: str
    table: pa.Table
    ends: tuple[str, str] | None = None
    measure: str | None = None

    def written_out(self) -> Batch:
        """Return the same with a text for each end."""
        if self.ends is None:
            return self
        text = pa.string()
        fields = [pa.field(f.name, text) if f.name in ENDS else f for f in self.table.schema]
        return replace(self, table=self.table.cast(pa.schema(fields)))

    @property
    def total(self) -> float:
        """Sum of the measure over the batch, 0 where there is none."""
        if self.measure is None or not self.table.num_rows:
            return 0.0
        return float(pc.sum(self.table.column(self.measure)).as_py() or 0.0)


class GraphStore(Protocol):
    """What the rest of spillgraph may ask of a graph store.

    Promises, kept by every store and held by one contract suite:

    1. ``prepare`` may be called any number of times.
    2. Every row is in once. After ``kill -9`` and ``prepare`` a batch is wholly in and noted, or
       wholly out, or noted as being in up to a row behind which the next ``load`` of the same
       batch goes on. Loading a batch that is wholly in changes nothing and returns ``False``; a
       batch that cannot be loaded leaves nothing behind.
    3. Nodes of a kind arrive in one batch, before the edges that join them.
    4. An edge whose end does not exist is an error; nothing is dropped silently.
    5. ``query`` never changes the store, whatever text it is given.
    6. ``query`` returns the columns in the order of the statement, numbers as ``int64`` or
       ``double`` and text as ``string``: never a decimal. The type of a column without any value
       is the store's guess; :func:`spillgraph.graph.ask.ask` gives the declared one.
    7. Values travel as parameters, never inside the statement's text.
    8. What others keep in the same database is neither counted, changed nor removed, studies of
       other namespaces among it. Our nodes, and relationships of our types between two of them,
       are ours whoever has written them.
    9. There is one writer at a time; a second one is refused at once. Where a store has room for
       more, it is one for each namespace.
    10. Results of a run (``schema.RESULTS``) go as a whole. A store may hold those of many runs,
        or of the last one only: loading a ``Run`` then displaces the one before.
    """

    url: str
    #: How kinds are called in the store; statements are given with the names of the schema.
    namespace: Namespace
    #: How many statements run side by side; one where a statement uses all cores anyway.
    sessions: int

    def prepare(self) -> None:
        """Create what the schema declares, where it is not there yet."""

    def load(self, batch: Batch, progress: Progress = no_progress) -> bool:
        """Load one batch; return whether it was new."""

    def update(self, kind: str, table: pa.Table) -> None:
        """Set properties of nodes: a row a node, its first column the key; null removes one."""

    def drop_edges(self, kind: str) -> None:
        """Remove all edges of a kind, and the notes of their batches, all or nothing."""

    def drop_run(self, run: str) -> None:
        """Remove what a run wrote back, if it is there, and the notes of its batches."""

    def query(self, statement: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Run a statement that reads, and return its rows."""

    def query_each(
        self, statement: str, parameters: Sequence[Mapping[str, object]]
    ) -> list[pa.Table]:
        """Run a statement that reads once for each set of values, :attr:`sessions` at a time."""

    def batches(self) -> dict[str, Loaded]:
        """Return what was loaded, wholly or in part, by batch id."""

    def namespaces(self) -> list[str]:
        """Return the namespaces of all studies that are loaded; '' is a study without one."""

    def count(self, kind: str, ends: tuple[str, str] | None, measure: str | None) -> Counted:
        """Count what the store holds of a kind, and sum a measure over it."""

    def clear(self) -> None:
        """Remove everything that spillgraph wrote."""

    def remove(self) -> None:
        """Remove the same, and the file or the tables that it lay in; then close the store."""

    def close(self) -> None:
        """Let go of the store. Closing twice is allowed."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """The note of a batch: its kind, rows and total, and whether it is wholly in."""

    kind: str
    rows: int
    total: float
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of a kind in the store, and the sum of a measure over them (0 without one)."""

    rows: int
    total: float


def node_type(kind: str) -> NodeType | None:
    """Return the declaration of a kind of node, or ``None`` if there is none.

    Examples
    --------
    >>> node_type("Firm").key
    'id'
    """
    return next((node for node in NODES if node.name == kind), None)


def edge_type(kind: str) -> EdgeType:
    """Return the declaration of a kind of edge.

    Raises
    ------
    StoreError
        If the schema knows no such edge.
    """
    for edge in EDGES:
        if edge.name == kind:
            return edge
    raise StoreError(f"the schema declares no edge {kind!r}.")
