"""Flows of millions of rows, whose texts are checked once each and not once a row.

A number stands for each text of a column. Rows in which every text stands once then tell of all
rows what can be told column by column, by the same checks as ever; what is told row by row, that
keys repeat or ends are the same, is told by the numbers. Where anything at all would have to be
said of a row, nothing is said here: :func:`code_rows` returns none, and the rows are gone through
one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..core.errors import InputError
from . import sql
from .checks.profile import read_how
from .checks.rows import Reading, text_of, typed_rows, value_of
from .contract import Column, Table
from .doubts import of_values as doubts
from .files.damaged import readable
from .source import Opened
from .study import Study, TableSource
from .study_model import Years
from .values.powers import any_perhaps_power, names_something

__all__ = ["CodedRows", "code_rows"]

#: Rows of a batch that is read, and of a group that is written: its ids stand there once.
_BATCH, _GROUP = 1 << 20, 1 << 22
_COVER = "covering"


@dataclass(frozen=True, slots=True)
class CodedRows:
    """Rows of which nothing is to be told.

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
    number : int
        How many rows.
    floats : frozenset of str
        Columns of ids that are all written as ``1001.0``, and read as ``1001``.
    """

    table: Table
    values: dict[str, pa.Array]
    codes: dict[str, NDArray[np.int32]]
    amounts: dict[str, NDArray[np.float64]]
    number: int
    floats: frozenset[str]

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
        pq.write_table(
            pa.table(columns),
            path,
            use_dictionary=[*self.codes],
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

    def places(self, con: duckdb.DuckDBPyConnection) -> dict[str, NDArray[np.int64]]:
        """Return, by column of ids, where each of its values stands in the table of them all."""
        return {
            name: _places(con, values, other)
            for name, values in self.values.items()
            if (other := self.table.column(name).refers)
        }

    def keys(
        self,
        con: duckdb.DuckDBPyConnection,
        years: Years,
        places: Mapping[str, NDArray[np.int64]],
    ) -> NDArray[np.int64] | None:
        """Return a number for the key of each row, the same wherever the key stands.

        None where there are too many keys to be numbered so.
        """
        keys, kinds = np.zeros(self.number, dtype=np.int64), 1.0
        for name in self.table.key:
            if name not in self.codes:
                continue
            if name in places:
                (most,) = sql.one(con, f"SELECT count(*) FROM ok_{self.table.column(name).refers}")
                numbers = places[name]
            else:
                most = years.last - years.first + 1
                numbers = self.values[name].to_numpy() - years.first
            kinds *= max(most, 1)
            if kinds >= 2.0**63:
                return None
            keys *= most
            keys += numbers[self.codes[name]]
        return keys

    @property
    def any_alike(self) -> bool:
        """Whether two columns that must differ are the same in a row."""
        if not self.table.distinct:
            return False
        one, other = (
            self.values[name].take(pa.array(self.codes[name])) for name in self.table.distinct
        )
        return bool(pc.any(pc.equal(one, other)).as_py())


def code_rows(
    con: duckdb.DuckDBPyConnection, study: Study, source: TableSource, opened: Opened
) -> CodedRows | None:
    """Return the rows of an entry with numbers for texts, if nothing is to be told of any.

    Of a part of an entry's rows as of all of them: what is true of each part column by column is
    true of the whole, if its ids are read in one way.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows, and the views ``ok_NAME`` of earlier tables.
    study : Study
        The study.
    source, opened : TableSource, Opened
        The entry, of flows that are taken as they stand.

    Returns
    -------
    CodedRows or None
        None where a row may be refused, or anything is doubtful. Keys may repeat.
    """
    table = source.table
    present = [column for column in table.columns if column.name in opened.present]
    amounts = [column for column in present if column.type == "float"]
    texts = [column for column in present if column.type != "float"]
    try:
        with readable(opened.files[0]):
            read = _read_amounts(con, study, source, opened, amounts)
            rows = read and _read_rows(con, read, texts, amounts)
            checked = rows and _check(con, study, source, opened, rows)
    except InputError:  # said with the row by those who go through them all
        return None
    finally:
        con.execute(f"DROP TABLE IF EXISTS {_COVER}")
    if not checked or not rows:
        return None
    values, floats = checked
    codes = dict(rows.codes)
    for name in values:
        each = values[name].dictionary_encode()
        if len(each.dictionary) < len(each):  # two texts are one id when they are clean
            values[name], codes[name] = each.dictionary, each.indices.to_numpy()[codes[name]]
    coded = CodedRows(table, values, codes, rows.amounts, rows.number, floats)
    return None if coded.any_alike else coded


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows as they were read: their texts, which of them each row has, and amounts."""

    texts: dict[str, pa.Array]
    codes: dict[str, NDArray[np.int32]]
    amounts: dict[str, NDArray[np.float64]]
    number: int


def _read_amounts(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    source: TableSource,
    opened: Opened,
    amounts: list[Column],
) -> Reading | None:
    """Say how amounts are read, of which nearly each is another; None if they are doubtful."""
    alone = replace(opened, present=frozenset(column.name for column in amounts))
    reading = read_how(con, source, alone)
    doubtful = doubts.of_values(con, study, source.table, reading, "", faulty=False)
    return None if any(True for _ in doubtful) else reading


def _read_rows(
    con: duckdb.DuckDBPyConnection, reading: Reading, texts: list[Column], amounts: list[Column]
) -> _Rows | None:
    """Read rows; None where anything is missing or an amount no number."""
    exact = reading.opened.exact
    of_texts = [
        f"{_exact(column) if column.name in exact else sql.name(column.name)} "
        f"AS {sql.name(column.name)}"
        for column in texts
    ]
    cleaned = [f"{text_of(c, reading)} AS {sql.name(f'r_{c.name}')}, {_exact(c)}" for c in amounts]
    typed = [
        f"{_exact(c) if c.name in exact else value_of(c, reading)} AS {sql.name(c.name)}"
        for c in amounts
    ]
    query = (
        f"SELECT {', '.join([*(sql.name(c.name) for c in texts), *typed])} FROM "
        f"(SELECT {', '.join([*of_texts, *cleaned])} FROM {reading.opened.relation})"
    )
    read = con.sql(query).to_arrow_table(_BATCH)
    if not read.num_rows or any(column.null_count for column in read.columns):
        return None
    held = {column.name: read.column(column.name).to_numpy() for column in amounts}
    values: dict[str, pa.Array] = {}
    codes: dict[str, NDArray[np.int32]] = {}
    for column in texts:  # one by one, and each text goes when it has its number
        coded = read.column(column.name).dictionary_encode()
        read = read.drop_columns(column.name)
        values[column.name] = coded.chunk(0).dictionary
        codes[column.name] = np.concatenate([chunk.indices.to_numpy() for chunk in coded.chunks])
    return _Rows(values, codes, held, len(codes[texts[0].name]))


def _exact(column: Column) -> str:
    """Return the column of an entry's view that has the number as the file has it."""
    return sql.name(f"n_{column.name}")


def _check(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    source: TableSource,
    opened: Opened,
    rows: _Rows,
) -> tuple[dict[str, pa.Array], frozenset[str]] | None:
    """Check rows in which every text stands once; return what texts mean, if nothing is said."""
    # Texts that happen to stand in one row here need not differ.
    table = replace(source.table, distinct=())
    _cover(con, source, rows)
    # Amounts are numbers by now, and the ends of their range tell of all of them.
    covering = replace(opened, relation=_COVER, numeric=opened.numeric | set(rows.amounts))
    reading = read_how(con, replace(source, table=table), covering)
    ids = [name for name in rows.texts if names_something(table.column(name))]
    if any_perhaps_power(con, _COVER, ids):
        return None
    checked = f"({typed_rows(study, reading, 0)})"
    lost = "".join(
        f" OR {sql.name(f'lost_{column.name}')} IS NOT NULL"
        for column in table.columns
        if column.keep
    )
    names = ", ".join(sql.name(name) for name in rows.texts)
    found = con.sql(
        f"SELECT {names}, _why IS NOT NULL OR len(_lost) > 0{lost} AS bad FROM {checked} "
        "ORDER BY _row"
    ).to_arrow_table()
    if any(chunk.true_count for chunk in found.column("bad").chunks):
        return None
    if any(found.column(name).null_count for name in rows.texts):
        return None
    doubtful = doubts.of_values(
        con, study, table, reading, f"SELECT * FROM {checked}", faulty=False
    )
    if any(True for _ in doubtful):
        return None
    values = {
        name: found.column(name).combine_chunks().slice(0, len(texts))
        for name, texts in rows.texts.items()
    }
    return values, reading.floats


def _cover(con: duckdb.DuckDBPyConnection, source: TableSource, rows: _Rows) -> None:
    """Make the table of rows in which every text stands once, and the ends of each amount."""
    held = rows.texts | {name: pa.array(_ends(values)) for name, values in rows.amounts.items()}
    number = max(map(len, held.values()))
    columns = {
        name: values.take(pa.array(np.minimum(np.arange(number), len(values) - 1)))
        for name, values in held.items()
    }
    texts = {name: values.cast(pa.string()) for name, values in columns.items()}
    con.register("_covering", pa.table({"_row": np.arange(1, number + 1), **texts}))
    absent = [c.name for c in source.table.columns if c.name not in columns]
    nothing = "".join(f", NULL::VARCHAR AS {sql.name(name)}" for name in absent)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {_COVER} AS SELECT 0 AS _part, "
        f"{sql.text(source.files[0][0])} AS _file, *{nothing} FROM _covering"
    )
    con.unregister("_covering")


def _ends(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the amounts that pass every bound if all of them do; they are nan if any is."""
    sizes = np.abs(values)
    smallest = sizes.min(where=sizes > 0, initial=np.inf)
    return np.array([values.min(), values.max()] + [smallest] * bool(np.isfinite(smallest)))


def _places(con: duckdb.DuckDBPyConnection, ids: pa.Array, other: str) -> NDArray[np.int64]:
    """Return where each id stands in the table that has them all."""
    con.register("_ids", pa.table({"_at": np.arange(len(ids)), "id": ids}))
    known = f"SELECT id, row_number() OVER () - 1 AS number FROM ok_{other}"
    found = con.sql(
        f"SELECT number FROM _ids JOIN ({known}) USING (id) ORDER BY _at"
    ).to_arrow_table()
    con.unregister("_ids")
    return np.asarray(found.column("number").to_numpy(), dtype=np.int64)
