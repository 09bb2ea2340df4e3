"""Ids of a large flow that are in no table and are kept all the same, as cited patents may be.

Each part numbers its own. When all parts are done the same id gets the same number in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from . import sql

__all__ = ["MOST", "UnknownIds", "number_unknown", "save_unknown"]

#: Unknown ids of a part, at most: more than it has rows.
MOST = 1 << 24


@dataclass(frozen=True, slots=True)
class UnknownIds:
    """All ids that are in no table.

    Parameters
    ----------
    known : int
        How many ids the table has.
    number : int
        How many there are that it has not.
    path : Path
        Parquet file of these, each once: ``id``.
    parts : tuple of Path or None
        Of each part an array with the number of each of its ids, if it has any.
    """

    known: int
    number: int
    path: Path
    parts: tuple[Path | None, ...]

    @property
    def ids(self) -> int:
        """How many ids there are, of both kinds."""
        return self.known + self.number

    def of_all(self, part: int, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return keys of a part as those of all parts.

        Parameters
        ----------
        part : int
            The number of the part.
        keys : ndarray of int64
            ``known id * (known + MOST) + id``, in which ids that are not known come behind those
            that are.

        Returns
        -------
        ndarray of int64
            ``known id * ids + id``.
        """
        one, other = np.divmod(keys, self.known + MOST)
        path = self.parts[part]
        if path is not None:
            strange = np.flatnonzero(other >= self.known)
            numbers = np.load(path, mmap_mode="r")
            other[strange] = numbers[other[strange] - self.known] + self.known
        return one * self.ids + other


def save_unknown(path: Path, ids: pa.Array) -> None:
    """Write the unknown ids of a part, if there are any.

    Parameters
    ----------
    path : Path
        Becomes a Parquet file.
    ids : pyarrow.Array
        The ids in the order of their numbers, each once.
    """
    if len(ids):
        columns = {"at": np.arange(len(ids)), "id": ids.cast(pa.string())}
        pq.write_table(pa.table(columns), path)


def number_unknown(
    con: duckdb.DuckDBPyConnection, known: int, parts: Sequence[Path], folder: Path
) -> UnknownIds:
    """Number the unknown ids of all parts.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the work is done.
    known : int
        How many ids the table has.
    parts : sequence of Path
        What :func:`save_unknown` has written of each part, if anything.
    folder : Path
        For the numbers.

    Returns
    -------
    UnknownIds
    """
    path, there = folder / "unknown.parquet", [part for part in parts if part.exists()]
    if not there:
        pq.write_table(pa.table({"id": pa.array([], pa.string())}), path)
        return UnknownIds(known, 0, path, (None,) * len(parts))
    files = ", ".join(sql.text(sql.path(part)) for part in there)
    (number,) = sql.one(
        con, f"COPY (SELECT DISTINCT id FROM read_parquet([{files}])) TO {sql.text(sql.path(path))}"
    )
    numbered = (
        "SELECT row_number() OVER () - 1 AS number, id "
        f"FROM read_parquet({sql.text(sql.path(path))})"
    )
    for part in there:
        found = con.sql(
            f"SELECT n.number FROM read_parquet({sql.text(sql.path(part))}) AS p "
            f"JOIN ({numbered}) AS n USING (id) ORDER BY p.at"
        ).to_arrow_table()
        np.save(part.with_suffix(".npy"), found.column("number").to_numpy().astype(np.int64))
    numbers = tuple(part.with_suffix(".npy") if part in there else None for part in parts)
    return UnknownIds(known, int(number), path, numbers)
