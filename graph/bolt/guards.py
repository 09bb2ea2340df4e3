"""What must hold before something is written, so that nothing has to be undone.

Each guard asks the database through ``read``, a function that runs a statement which reads, and
which puts the names of the namespace in the place of the schema's. A namespace that is given to a
guard is for names that travel as values, and for messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...core.errors import InputError, StoreError
from ..namespace import PLAIN, Namespace
from ..schema import EDGES, MARK, NODES, RESULTS
from ..store import ENDS, Batch, edge_type, node_type
from .pieces import key_of

__all__ = ["require_free", "require_loadable", "require_no_strangers", "require_ours"]

Read = Callable[[str, Mapping[str, Any]], pa.Table]

#: Keys that are looked up by one statement.
_KEYS_AT_ONCE = 100_000
#: The longest text that can be the key of a node: an index takes no more.
_KEY_BYTES = 8_164


# -- what others keep in the database -------------------------------------------------------------


def require_ours(read: Read, url: str, namespace: Namespace = PLAIN) -> None:
    """Refuse a database in which others use our labels: queries would count theirs, too."""
    labels = [node.name for node in NODES]
    # Both counts come from the server's statistics, in no time.
    of_labels = sum(_counts(read, [f"(x:{label})" for label in labels]))
    if of_labels == _counts(read, [f"(x:{MARK})"])[0]:
        return
    require_no_strangers(read, url, labels, namespace)
    raise StoreError(
        f"{url}: nodes carry the label {namespace.stored(MARK)}, or two labels of ours, that "
        "spillgraph has not written; take the labels from them."
    )


def require_no_strangers(
    read: Read, url: str, labels: Iterable[str], namespace: Namespace = PLAIN
) -> None:
    """Refuse nodes of others under some of our labels."""
    for label in labels:
        table = read(f"MATCH (n:{label}) WHERE NOT n:{MARK} RETURN count(n) AS n", {})
        count = table["n"][0].as_py()
        if count:
            raise StoreError(
                f"{url} holds {count} {namespace.stored(label)} nodes that spillgraph has not "
                "written. Queries could not tell them from its own, so nothing was loaded and they "
                f"were left as they are: give the study {'another' if namespace.name else 'a'} "
                "namespace ([graph] namespace), use another database, or give them another label."
            )


def require_free(
    read: Read,
    url: str,
    namespace: Namespace = PLAIN,
    which: str = "",
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Refuse to remove nodes of ours on which relationships of others hang: they would be lost.

    Parameters
    ----------
    read, url, namespace
        The database, and whose nodes these are.
    which : str
        Label and properties of the nodes; all of ours without it.
    parameters : mapping of str to object, optional
        Values of its parameters.
    """
    if not which and _has_only_our_edges(read):
        return
    ours = [namespace.stored(edge.name) for edge in EDGES]
    relationships = read(
        f"MATCH (n:{MARK}{which})-[r]-(other) WHERE NOT type(r) IN $ours OR NOT other:{MARK} "
        "RETURN type(r) AS type, count(DISTINCT r) AS n ORDER BY type",
        {**(parameters or {}), "ours": ours},
    ).to_pylist()
    if relationships:
        types = ", ".join(f"{row['n']} {row['type']}" for row in relationships)
        raise StoreError(
            f"relationships that spillgraph has not written are attached to its nodes in {url} "
            f"({types}); rebuilding the graph would lose them. Remove them, or keep the keys of "
            "our nodes as properties of yours, and run again."
        )


def _has_only_our_edges(read: Read) -> bool:
    """Say, from the server's statistics alone, whether our nodes certainly have our edges only."""
    every, starts, ends = (
        _counts(read, [pattern.format(f":{edge.name}") for edge in EDGES])
        for pattern in ("()-[x{}]->()", f"(:{MARK})-[x{{}}]->()", f"()-[x{{}}]->(:{MARK})")
    )
    of_any_type = _counts(read, [f"(:{MARK})-[x]->()", f"()-[x]->(:{MARK})"])
    return every == starts == ends and of_any_type == [sum(starts), sum(ends)]


def _counts(read: Read, patterns: list[str]) -> list[int]:
    """Return how often each pattern occurs; one label or type is counted by the statistics."""
    parts = [
        f"MATCH {pattern} WITH count(x) AS n RETURN {part} AS part, n"
        for part, pattern in enumerate(patterns)
    ]
    rows = read(" UNION ALL ".join(parts), {}).to_pylist()
    return [int(row["n"]) for row in sorted(rows, key=lambda row: int(row["part"]))]


# -- whether a batch can go in --------------------------------------------------------------------


def require_loadable(read: Read, batch: Batch) -> None:
    """Find out before the first piece of a batch is in whether all of them can go in."""
    if batch.ends is None:
        _require_new(read, batch)
        return
    if batch.ends not in edge_type(batch.kind).ends:
        raise StoreError(f"{batch.kind} does not join {' to '.join(batch.ends)}.")
    if batch.table.num_rows:
        columns: dict[str, list[pa.ChunkedArray]] = {}
        for name, label in zip(ENDS, batch.ends, strict=True):
            columns.setdefault(label, []).append(batch.table.column(name))
        for label, ends in columns.items():
            chunks = [chunk for column in ends for chunk in column.chunks]
            _require_ends(read, batch.kind, label, pc.unique(pa.chunked_array(chunks)))


def _require_new(read: Read, batch: Batch) -> None:
    node = node_type(batch.kind)
    if node is None:
        raise StoreError(f"the schema declares no node {batch.kind!r}.")
    if not batch.table.num_rows:
        return
    keys = batch.table.column(node.key)
    if pc.count_distinct(keys, mode="all").as_py() != len(keys):
        raise StoreError(f"{batch.kind}: {node.key} is not unique in batch {batch.id!r}.")
    longest = pc.max(pc.binary_length(keys)).as_py() or 0
    if longest > _KEY_BYTES:
        raise InputError(
            f"{batch.kind}: {node.key} of {longest:,} bytes; a server's index takes no more than "
            f"{_KEY_BYTES:,}."
        )
    if batch.kind not in RESULTS and _counts(read, [f"(x:{batch.kind})"])[0]:
        raise StoreError(
            f"{batch.kind} nodes are already in the graph from other input; "
            "run again with --rebuild."
        )


def _require_ends(read: Read, kind: str, label: str, keys: pa.Array) -> None:
    node = f"(n:{label})", f"n.{key_of(label)}"
    counting = f"MATCH {node[0]} WHERE {node[1]} IN $keys RETURN count(n) AS n"
    missing = (
        f"UNWIND $keys AS key OPTIONAL MATCH {node[0]} WHERE {node[1]} = key "
        "WITH key, n WHERE n IS NULL RETURN key LIMIT 1"
    )
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        part = keys.slice(start, _KEYS_AT_ONCE).to_pylist()
        # To count is three times as fast as to look for what is missing, which is seldom.
        if read(counting, {"keys": part})["n"][0].as_py() != len(part):
            (key,) = read(missing, {"keys": part})["key"].to_pylist()
            raise StoreError(f"{kind} could not be loaded: there is no {label} {key!r}.")
