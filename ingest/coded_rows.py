"""Rows of a large flow with a number for each text, as they are summed and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from . import sql
from .contract import Table
from .study_model import Years
from .unknown_ids import MOST

__all__ = ["CodedRows"]

#: Rows of a group that is written: its ids stand there once.
_GROUP = 1 << 22
#: How often values stand in a part, at least, for each to be written once.
_EACH = 4


@dataclass(frozen=True, slots=True)
class CodedRows:
    """Accepted rows with numbers for texts.

    Parameters
    ----------
    table : Table
        Their declaration.
    values : dict of str to pyarrow.Array
        What each column holds, by name; of ids and years.
    codes : dict of str to ndarray of int32, shape (number,)
        Which of them each row has.
    amounts : dict of str to ndarray of float64, shape (number,)
        The other columns that there are.
    places : dict of str to ndarray of int64
        By column of ids, where each of its values stands in the table of them all; -1 for one that
        is in none and kept all the same.
    number : int
        How many rows.
    kept : ndarray of bool, optional
        Which of the rows that were read they are, if they are not all.
    floats : frozenset of str
        Columns of ids that are all written as ``1001.0``, and read as ``1001``.
    """

    table: Table
    values: dict[str, pa.Array]
    codes: dict[str, NDArray[np.int32]]
    amounts: dict[str, NDArray[np.float64]]
    places: dict[str, NDArray[np.int64]]
    number: int
    kept: NDArray[np.bool_] | None = None
    floats: frozenset[str] = frozenset()

    @property
    def at(self) -> NDArray[np.int64]:
        """Which of the rows that were read each is, from 0 on."""
        return np.arange(self.number) if self.kept is None else np.flatnonzero(self.kept)

    @property
    def refused(self) -> int:
        """How many of them were not kept."""
        return 0 if self.kept is None else len(self.kept) - self.number

    def write(self, path: Path) -> None:
        """Write the rows as Parquet, in their order."""
        kinds = {"string": pa.string(), "year": pa.int64(), "float": pa.float64()}
        columns = {
            column.name: self._column(column.name, kinds[column.type])
            for column in self.table.columns
        }
        # Readers find texts and numbers, as in every other table, and no dictionaries. The ends of
        # ids would take half of the time, and nobody looks for ids by their range.
        numbers = [column.name for column in self.table.columns if column.type != "string"]
        often = [n for n, values in self.values.items() if _EACH * len(values) <= self.number]
        pq.write_table(
            pa.table(columns),
            path,
            use_dictionary=often,
            write_statistics=numbers,
            row_group_size=_GROUP,
            store_schema=False,
        )

    def _column(self, name: str, kind: pa.DataType) -> pa.Array:
        if name in self.codes:
            return pa.DictionaryArray.from_arrays(self.codes[name], self.values[name])
        if name in self.amounts:
            return pa.array(self.amounts[name])
        return pa.nulls(self.number, kind)

    def unknown(self, name: str) -> pa.Array:
        """Return the ids of a column that are in no table, each once."""
        return self.values[name].filter(pa.array(self.places[name] < 0))

    def keys(
        self, con: duckdb.DuckDBPyConnection, years: Years, kept: str | None = None
    ) -> NDArray[np.int64] | None:
        """Return a number for the key of each row, the same wherever the key stands.

        Ids of the column ``kept`` that are in no table are numbered behind the others, as
        :func:`unknown` has them: keys with them are those of these rows alone.

        None where there are too many keys to be numbered so.
        """
        keys, kinds = np.zeros(self.number, dtype=np.int64), 1.0
        for name in self.table.key:
            if name not in self.codes:
                continue
            if name in self.places:
                (most,) = sql.one(con, f"SELECT count(*) FROM ok_{self.table.column(name).refers}")
                numbers = self.places[name]
                if name == kept:
                    strange = numbers < 0
                    numbers = np.where(strange, most - 1 + np.cumsum(strange), numbers)
                    most += MOST
            else:
                most = years.last - years.first + 1
                numbers = self.values[name].to_numpy() - years.first
            kinds *= max(most, 1)
            if kinds >= 2.0**63:
                return None
            keys *= most
            keys += numbers[self.codes[name]]
        return keys
