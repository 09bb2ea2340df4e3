"""Tables of the embedded store, made from the schema's one declaration.

Nodes that edges join have a hidden number, ``_row``, as their primary key, and edges are copied by
it: that takes half the time of copying them by the text of a key. An index on the schema's key
comes after the copy; the library's own would cost more than half of the file. Citations, of which
there are most, are kept from the citing end alone (``storage_direction='fwd'``): a third of the
time and half of the file. A MATCH may still point either way (``<-[:CITES]-``), but it needs its
arrow, and from a node that an earlier part of the statement has found it leads to what that node
cites only. Supply chains are walked upstream, so deliveries are kept from both ends.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import StoreError
from .namespace import PLAIN, Namespace
from .schema import EDGES, NODES, EdgeType, NodeType, Property

__all__ = [
    "ONE_WAY",
    "ROW",
    "TYPES",
    "columns_ddl",
    "ddl",
    "edge_ddl",
    "index_ddl",
    "is_numbered",
    "node_ddl",
    "number_ends",
    "number_nodes",
]

ROW = "_row"
TYPES = {"string": "STRING", "integer": "INT64", "float": "DOUBLE"}

#: Kinds of node that edges join.
_JOINED = frozenset(end for edge in EDGES for ends in edge.ends for end in ends)
#: Edges that are kept from their first end alone.
ONE_WAY = frozenset({"CITES"})


def ddl(namespace: Namespace = PLAIN) -> list[str]:
    """Return the statements that create the schema, from its one declaration.

    Examples
    --------
    >>> print(next(each for each in ddl() if " Region(" in each))
    CREATE NODE TABLE IF NOT EXISTS Region(_row INT64, id STRING, PRIMARY KEY(_row))
    """
    nodes = [node_ddl(node, namespace) for node in NODES]
    return nodes + [edge_ddl(edge, namespace) for edge in EDGES]


def node_ddl(node: NodeType, namespace: Namespace = PLAIN) -> str:
    """Return the statement that creates the table of a kind of node."""
    columns, key = columns_ddl(node.properties), node.key
    if is_numbered(node.name):
        columns, key = f"{ROW} INT64, {columns}", ROW
    name = namespace.stored(node.name)
    return f"CREATE NODE TABLE IF NOT EXISTS {name}({columns}, PRIMARY KEY({key}))"


def edge_ddl(edge: EdgeType, namespace: Namespace = PLAIN) -> str:
    """Return the statement that creates the table of a kind of edge."""
    name = namespace.stored
    parts = [f"FROM {name(start)} TO {name(end)}" for start, end in edge.ends]
    parts += [columns_ddl(edge.properties)] if edge.properties else []
    how = " WITH (storage_direction='fwd')" if edge.name in ONE_WAY else ""
    return f"CREATE REL TABLE IF NOT EXISTS {name(edge.name)}({', '.join(parts)}){how}"


def columns_ddl(properties: tuple[Property, ...]) -> str:
    """Return columns with their types."""
    return ", ".join(f"{column.name} {TYPES[column.type]}" for column in properties)


def index_ddl(node: NodeType, namespace: Namespace = PLAIN) -> str:
    """Return the statement that makes the index on the schema's key, once the nodes are in."""
    name = namespace.stored(node.name)
    return f"CREATE ART INDEX {name}_{node.key} FOR (n:{name}) ON (n.{node.key})"


def is_numbered(kind: str) -> bool:
    """Whether nodes of the kind are copied with a number, and edges on them by it."""
    return kind in _JOINED


def number_nodes(node: NodeType, table: pa.Table) -> pa.Table:
    """Return nodes with their number; two of one key are refused, as a primary key would.

    Raises
    ------
    StoreError
        If a key is missing or comes twice.
    """
    keys = table[node.key]
    if keys.null_count:
        raise StoreError(f"{node.name}: a node has no {node.key}.")
    if pc.count_distinct(keys).as_py() < table.num_rows:
        counts = pc.value_counts(keys)
        twice = next(each for each in counts.to_pylist() if each["counts"] > 1)
        raise StoreError(f"{node.name}: {node.key} {twice['values']!r} is there twice.")
    return table.add_column(0, ROW, pa.array(range(table.num_rows), pa.int64()))


def number_ends(kind: str, keys: pa.ChunkedArray, nodes: pa.Table) -> pa.ChunkedArray:
    """Return the numbers of the nodes at one end of edges.

    Parameters
    ----------
    kind : str
        Kind of node at this end.
    keys : pyarrow.ChunkedArray
        Their keys, one an edge; numbers may stand for texts (dictionaries).
    nodes : pyarrow.Table, columns ``key`` and ``_row``
        All nodes of the kind.

    Raises
    ------
    StoreError
        If a node is not there: names the first.
    """
    known, rows = nodes["key"], nodes[ROW].combine_chunks()
    if pa.types.is_dictionary(keys.type):  # each text is looked for once, and not once an edge
        numbers = pa.chunked_array(
            [
                rows.take(pc.index_in(chunk.dictionary, value_set=known)).take(chunk.indices)
                for chunk in keys.chunks
            ],
            rows.type,
        )
    else:
        numbers = rows.take(pc.index_in(keys, value_set=known))
    if numbers.null_count:
        lacking = keys.filter(pc.is_null(numbers))[0].as_py()
        raise StoreError(f"no {kind} {lacking!r} is in the graph.")
    return numbers
