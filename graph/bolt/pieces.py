"""What happens in one transaction: a piece of a batch goes in together with its note.

The note, a LoadedBatch, says how many rows of the batch are in (``before``), or that all are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from neo4j.exceptions import IncompleteCommit

from ...core.errors import StoreError
from ..schema import MARK
from ..store import ENDS, Batch, node_type
from .names import Named

__all__ = [
    "ALL",
    "WHOLE",
    "add",
    "create",
    "cut",
    "forget_drop",
    "key_of",
    "note_drop",
    "read_notes",
    "retry",
    "run_count",
]

#: ``before`` of a batch that is wholly in, and the kind of a drop of everything.
WHOLE = -1
ALL = "*"

#: Rows and bytes of one transaction: few enough for a small heap, enough to be fast.
_PIECE_ROWS = 20_000
_PIECE_BYTES = 8 << 20

#: How often a transaction is begun whose commit gets no answer.
_ATTEMPTS = 5


def retry(attempt: Callable[[], Any]) -> Any:
    """Repeat what broke off between commit and answer: nobody knows whether it was done.

    The driver repeats a transaction that failed in any other way while the server was away; this
    one it cannot, because it may have been done. What is written here looks first.
    """
    for _ in range(1, _ATTEMPTS):
        with suppress(IncompleteCommit):
            return attempt()
    return attempt()


def key_of(label: str) -> str:
    """Return the key of a kind of node that the schema declares."""
    node = node_type(label)
    if node is None:
        raise StoreError(f"the schema declares no node {label!r}.")
    return node.key


def create(batch: Batch) -> str:
    """Return the statement that creates a piece from one list a column: no keys in every row."""
    columns = batch.table.column_names
    if batch.ends is None:
        values = ", ".join(f"{name}: $`{name}`[i]" for name in columns)
        return f"UNWIND range(0, $rows - 1) AS i CREATE (:{batch.kind}:{MARK} {{{values}}})"
    start, end = batch.ends
    values = ", ".join(f"{name}: $`{name}`[i]" for name in columns if name not in ENDS)
    return (
        "UNWIND range(0, $rows - 1) AS i "
        f"MATCH (a:{start} {{{key_of(start)}: $`from`[i]}}) "
        f"MATCH (b:{end} {{{key_of(end)}: $`to`[i]}}) "
        f"CREATE (a)-[:{batch.kind} {{{values}}}]->(b)"
    )


def cut(table: pa.Table, start: int = 0) -> Iterator[tuple[int, pa.Table]]:
    """Cut a table into what goes into one transaction each, from a row on.

    Where a piece ends follows from its own rows alone, so whoever goes on behind one cuts the rest
    as it would have been cut.

    Parameters
    ----------
    table : pyarrow.Table
        Text, whole numbers and doubles.
    start : int
        Rows that are in already.

    Yields
    ------
    int
        The row with which a piece starts.
    pyarrow.Table
        The piece; of a table without rows it is that table.
    """
    while start < max(table.num_rows, 1):
        piece = table.slice(start, _PIECE_ROWS)
        while piece.num_rows > 1 and _size(piece) > _PIECE_BYTES:
            piece = piece.slice(0, piece.num_rows // 2)
        yield start, piece
        start += max(piece.num_rows, 1)


def _size(table: pa.Table) -> int:
    """Return the bytes of a table's values; how it came to lie in memory does not matter."""
    return sum(
        (pc.sum(pc.binary_length(column)).as_py() or 0)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        else 8 * len(column)
        for column in table.columns
    )


def add(
    transaction: Named,
    statement: str,
    batch: Batch,
    piece: pa.Table,
    start: int,
    after: int,
) -> None:
    """Write one piece and note it; do nothing if it is in already."""
    note = transaction.run(
        f"MATCH (b:LoadedBatch:{MARK} {{id: $id}}) RETURN b.before AS before", id=batch.id
    ).single()
    before = 0 if note is None else note["before"]
    if before == WHOLE or start < after <= before:
        return  # written by this very transaction, whose answer got lost
    if before != start:
        raise StoreError(
            f"{batch.kind}: the graph has lost rows that were in; another process has written to "
            "it meanwhile. Run the same command again."
        )
    if piece.num_rows:
        columns = {name: piece.column(name).to_pylist() for name in piece.column_names}
        counters = transaction.run(statement, columns, rows=piece.num_rows).consume().counters
        created = counters.nodes_created if batch.ends is None else counters.relationships_created
        if created != piece.num_rows:
            raise StoreError(
                f"{batch.kind} could not be loaded: {piece.num_rows - created} of {piece.num_rows} "
                "rows name an end that is not in the graph."
            )
    transaction.run(
        "MERGE (b:LoadedBatch {id: $id}) ON CREATE SET "
        f"b:{MARK}, b.kind = $kind, b.between = $between, b.rows = $n, b.total = $total "
        "SET b.before = $after",
        id=batch.id,
        kind=batch.kind,
        between="-".join(batch.ends or ()),
        n=batch.table.num_rows,
        total=batch.total,
        after=after,
    ).consume()


def note_drop(transaction: Named, kind: str) -> None:
    """Forget the batches of a kind, and note that their rows are on their way out."""
    transaction.run(
        f"MATCH (b:LoadedBatch:{MARK}) WHERE $kind IN [b.kind, '{ALL}'] DELETE b", kind=kind
    ).consume()
    transaction.run(
        f"CREATE (:LoadedBatch:{MARK} {{id: $id, kind: $kind, between: '', rows: 0, "
        "total: 0.0, before: 0})",
        id=f"drop:{kind}",
        kind=kind,
    ).consume()


def forget_drop(transaction: Named, kind: str) -> None:
    transaction.run(
        f"MATCH (b:LoadedBatch:{MARK} {{id: $id}}) DELETE b", id=f"drop:{kind}"
    ).consume()


def read_notes(transaction: Named) -> dict[str, int]:
    """Return how far each batch has come: whoever loads or removes something changes it."""
    rows = transaction.run(f"MATCH (b:LoadedBatch:{MARK}) RETURN b.id AS id, b.before AS before")
    return {row["id"]: row["before"] for row in rows}


def run_count(transaction: Named, statement: str, parameters: Mapping[str, object]) -> int:
    (number,) = transaction.run(statement, parameters).value("n")
    return int(number)
