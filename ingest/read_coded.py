"""Rows of a flow between firms, read with numbers for their texts, as they were written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .contract import Table

__all__ = ["read_coded"]

#: Rows that are read at a time: the texts of each group of rows are looked at once then.
_ROWS = 1 << 22


def read_coded(path: Path, table: Table) -> pa.RecordBatchReader:
    """Read rows that :meth:`~spillgraph.ingest.coded_rows.CodedRows.write` wrote, in their order.

    Parameters
    ----------
    path : Path
        A Parquet file, or a folder of its parts.
    table : Table
        Their declaration, of a flow between firms.

    Returns
    -------
    pyarrow.RecordBatchReader
        ``from, to, year`` and the table's measure; ends are dictionaries, rows of nothing are left
        out.
    """
    (one, other), measure = table.key[:2], str(table.measure)
    text = pa.dictionary(pa.int32(), pa.string())
    names = {one: ("from", text), other: ("to", text), "year": ("year", pa.int64())}
    names |= {measure: (measure, pa.float64())}
    schema = pa.schema([*names.values()])
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]

    def batches() -> Iterator[pa.RecordBatch]:
        for file in files:
            with pq.ParquetFile(file, read_dictionary=[one, other]) as rows:
                for batch in rows.iter_batches(_ROWS, columns=[*names]):
                    found = batch.select([*names]).rename_columns(schema.names).cast(schema)
                    some = pc.not_equal(found[measure], 0)
                    yield found if pc.all(some).as_py() else found.filter(some)

    return pa.RecordBatchReader.from_batches(schema, batches())
