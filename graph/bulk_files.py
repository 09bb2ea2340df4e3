"""A graph as the files that ``neo4j-admin database import full`` reads.

The content is that of an online load, the notes of the batches included: a run on the imported
database finds everything loaded. What shapes this file, tried with 5.26:

- An empty field is an absent property, ``""`` is empty text. So all text is quoted. Within quotes
  nothing is trimmed, and a backslash, ``#`` or ``;`` is a plain character.
- A line break within a value needs ``--multiline-fields=true``, which slows the import down: it is
  asked for only if there is one. (Its second format, which takes a list of files, fails on files
  of more than 4 MiB.)
- Without ``--strict`` an edge to nowhere may be hung on another node. Every end is looked up here,
  too, so that it is told before the database is gone; and since it has been found, edges name
  nodes by number: with texts for ids ``--strict`` takes a fifth of an import, with numbers nothing.
- A report of refused rows is written to the current folder, or the import fails; in a container
  that folder cannot be written to. Here the first bad row ends the import.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ..core.errors import StoreError
from .bolt.pieces import WHOLE, key_of
from .namespace import PLAIN, Namespace
from .schema import MARK, Property
from .store import Batch, Progress, edge_type, no_progress, node_type

__all__ = ["BulkFile", "BulkFiles"]

_PIECE_ROWS = 100_000
_CSV = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed", batch_size=8192)
_TYPES = {"string": "", "integer": ":long", "float": ":double"}
#: The tool's own buffer, and what it must hold: one row.
_BUFFER_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class BulkFile:
    """One kind of node or edge on disk: names of its two files, its rows and their total."""

    kind: str
    ends: tuple[str, str] | None
    rows: int
    total: float
    namespace: Namespace = PLAIN

    @property
    def name(self) -> str:
        """Name without ending, e.g. ``Firm`` or ``CITES.Firm-Firm``."""
        return self.kind if self.ends is None else f"{self.kind}.{'-'.join(self.ends)}"

    @property
    def files(self) -> tuple[str, str]:
        """Names of the files of header and data."""
        return f"{self.name}.header.csv", f"{self.name}.csv"

    @property
    def option(self) -> str:
        """Return the tool's option that names the files.

        Examples
        --------
        >>> BulkFile("Firm", None, 2, 0.0).option
        '--nodes=Firm:Spillgraph=Firm.header.csv,Firm.csv'
        >>> BulkFile("OWNS", ("Firm", "Patent"), 2, 0.0).option
        '--relationships=OWNS=OWNS.Firm-Patent.header.csv,OWNS.Firm-Patent.csv'
        >>> BulkFile("Firm", None, 2, 0.0, Namespace("steel")).option
        '--nodes=steel_Firm:steel_Spillgraph=Firm.header.csv,Firm.csv'
        """
        stored = self.namespace.stored
        what = f"relationships={stored(self.kind)}"
        if self.ends is None:
            what = f"nodes={stored(self.kind)}:{stored(MARK)}"
        return f"--{what}={','.join(self.files)}"


class BulkFiles:
    """Writes batches to a folder, in the order in which a store would load them.

    Parameters
    ----------
    folder : Path
        An empty folder.
    namespace : Namespace
        How kinds are called in the database; files are called by the kinds of the schema.

    Examples
    --------
    >>> import tempfile
    >>> table = pa.table({"id": ["", 'say "a"'], "name": pa.array([None, ""], pa.string())})
    >>> with tempfile.TemporaryDirectory() as name, BulkFiles(Path(name)) as bulk:
    ...     _ = bulk.load(Batch("f:Region:0", "Region", table.select(["id"])))
    ...     bulk.finish()
    ...     print((Path(name) / "Region.csv").read_text(), end="")
    ...     print((Path(name) / "LoadedBatch.csv").read_text(), end="")
    ...     print(bulk.options()[-2:])
    0,""
    1,"say ""a\"""
    0,"f:Region:0","Region","",2,0,-1
    ['--nodes=Region:Spillgraph=Region.header.csv,Region.csv', \
'--nodes=LoadedBatch:Spillgraph=LoadedBatch.header.csv,LoadedBatch.csv']
    """

    def __init__(self, folder: Path, namespace: Namespace = PLAIN) -> None:
        self._folder = folder
        self._namespace = namespace
        self._files: dict[str, BulkFile] = {}
        self._open: dict[str, BinaryIO] = {}
        self._keys: dict[str, pa.Array] = {}
        self._notes: list[dict[str, object]] = []
        self._breaks = False  # a line break within a value
        self._longest = 0  # bytes of a row, at most

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._open.values():
            file.close()
        self._open.clear()

    @property
    def files(self) -> list[BulkFile]:
        """What has been written, in this order."""
        return list(self._files.values())

    def load(self, batch: Batch, progress: Progress = no_progress) -> bool:
        """Write one batch and note it; return whether it was new, which it is.

        Raises
        ------
        StoreError
            If nodes of the kind are there already, a key is not unique, or an edge's end is not
            among the nodes that were written before.
        """
        self._write(batch, self._number(batch), progress)
        self._notes.append(
            {
                "id": batch.id,
                "kind": batch.kind,
                "between": "-".join(batch.ends or ()),
                "rows": batch.table.num_rows,
                "total": batch.total,
                "before": WHOLE,
            }
        )
        return True

    def finish(self) -> None:
        """Write the notes of all batches: with them a run knows that everything is loaded."""
        table = pa.Table.from_pylist(
            self._notes,
            pa.schema(
                [(name, pa.string()) for name in ("id", "kind", "between")]
                + [("rows", pa.int64()), ("total", pa.float64()), ("before", pa.int64())]
            ),
        )
        notes = Batch("", "LoadedBatch", table)
        self._write(notes, self._number(notes), no_progress)
        self.__exit__(None, None, None)

    def options(self) -> list[str]:
        """Return the options of ``neo4j-admin database import full``, with names in the folder."""
        options = ["--overwrite-destination", "--id-type=integer", "--bad-tolerance=0"]
        options += ["--strict=true", "--report-file=/dev/null"]
        if self._breaks:
            options.append("--multiline-fields=true")
        if self._longest > _BUFFER_BYTES:
            options.append(f"--read-buffer-size={self._longest}")
        # None without rows: the tool knows no ends of a kind of which there are none.
        named = [file for file in self._files.values() if file.rows]
        nodes_first = sorted(named, key=lambda file: file.ends is not None)
        return options + [file.option for file in nodes_first]

    # -- one batch -----------------------------------------------------------------------------

    def _write(self, batch: Batch, numbered: pa.Table, progress: Progress) -> None:
        rows, about = batch.table.num_rows, (batch.kind, batch.ends)
        file = BulkFile(*about, rows, batch.total, self._namespace)
        known = self._files.get(file.name)
        if known is None:
            header, data = (self._folder / name for name in file.files)
            header.write_text(_header(batch) + "\n", encoding="utf-8")
            self._open[file.name] = data.open("wb")
        else:
            total = known.total + file.total
            file = BulkFile(*about, known.rows + rows, total, self._namespace)
        for start in range(0, numbered.num_rows, _PIECE_ROWS):
            piece = numbered.slice(start, _PIECE_ROWS)
            self._open[file.name].write(self._text(piece))
            progress(min(1.0, (start + _PIECE_ROWS) / numbered.num_rows))
        self._files[file.name] = file

    def _text(self, piece: pa.Table) -> bytes:
        """Return rows as CSV, and see whether the tool needs to know more of them."""
        sink = pa.BufferOutputStream()
        pyarrow.csv.write_csv(piece, sink, _CSV)
        text: bytes = sink.getvalue().to_pybytes()
        self._breaks = self._breaks or b"\r" in text or text.count(b"\n") != piece.num_rows
        if len(text) > _BUFFER_BYTES:
            self._longest = max(self._longest, _bound_row_bytes(piece))
        return text

    # -- nodes by number, and what the tool would not refuse, or too late ----------------------

    def _number(self, batch: Batch) -> pa.Table:
        """Return nodes with a number before each, edges with numbers for their ends."""
        if batch.ends is None:
            return self._number_nodes(batch)
        if batch.ends not in edge_type(batch.kind).ends:
            raise StoreError(f"{batch.kind} does not join {' to '.join(batch.ends)}.")
        table = batch.table
        for i, label in enumerate(batch.ends):
            table = table.set_column(i, table.field(i).name, self._numbers(batch, i, label))
        return table

    def _number_nodes(self, batch: Batch) -> pa.Table:
        key = key_of(batch.kind)
        if batch.kind in self._keys:
            raise StoreError(
                f"{batch.kind} nodes must come in one batch, got a second one, {batch.id!r}."
            )
        keys = batch.table.column(key).combine_chunks()
        if pc.count_distinct(keys, mode="all").as_py() != len(keys):
            raise StoreError(f"{batch.kind}: the key is not unique in batch {batch.id!r}.")
        self._keys[batch.kind] = keys
        return batch.table.add_column(0, "number", pa.array(np.arange(len(keys))))

    def _numbers(self, batch: Batch, column: int, label: str) -> pa.ChunkedArray:
        ends = batch.table.column(column)
        known = self._keys.get(label, pa.array([], pa.string()))
        numbers = pc.index_in(ends, value_set=known)
        if numbers.null_count:
            missing = ends.filter(pc.is_null(numbers))[0].as_py()
            raise StoreError(f"{batch.kind} could not be written: there is no {label} {missing!r}.")
        return numbers


def _header(batch: Batch) -> str:
    """Return the tool's header: name and type of every column."""
    if batch.ends is None:
        node = node_type(batch.kind)
        assert node is not None
        return ",".join([f":ID({batch.kind})", *map(_field, node.properties)])
    start, end = batch.ends
    fields = [f":START_ID({start})", f":END_ID({end})"]
    return ",".join(fields + [_field(column) for column in edge_type(batch.kind).properties])


def _field(column: Property) -> str:
    return column.name + _TYPES[column.type]


def _bound_row_bytes(piece: pa.Table) -> int:
    """Return a bound for the bytes of one row: each character may be a doubled quote."""
    widths = [40 * piece.num_columns]
    for column in piece.columns:
        if pa.types.is_string(column.type):
            widths.append(2 * (pc.max(pc.binary_length(column)).as_py() or 0))
    return sum(widths)
