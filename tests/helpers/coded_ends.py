"""Edges whose ends are numbers that stand for texts."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
from spillgraph.graph.store import Batch

__all__ = ["coded"]


def coded(batch: Batch) -> Batch:
    """The same batch with numbers for the texts of ends, in two chunks of other numbers."""
    table, half = batch.table, batch.table.num_rows // 2
    parts = [table.slice(0, half), table.slice(half)]
    for name in ("from", "to"):
        chunks = [part[name].combine_chunks().dictionary_encode() for part in parts]
        ends = pa.chunked_array(chunks)
        table = table.set_column(table.column_names.index(name), name, ends)
    return replace(batch, table=table)
