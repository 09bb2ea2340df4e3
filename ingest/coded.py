"""Flows of millions of rows, whose texts are checked once each and not once a row.

A number stands for each text of a column. Rows in which every text stands once then tell of all
rows what can be told column by column, by the same checks as ever; what is told row by row, that
keys repeat or ends are the same, is told by the numbers. Where anything at all would have to be
said of the rows, nothing is said here: :func:`code_rows` returns none, and the rows are gone
through one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..core.errors import InputError
from . import sql
from .checks.profile import read_how
from .checks.rows import Reading, text_of, typed_rows, value_of
from .contract import Column, Table
from .doubts import of_values as doubts
from .files.damaged import readable
from .files.read import LARGE
from .source import Opened
from .study import Study, TableSource

__all__ = ["CodedRows", "code_rows", "may_be_coded"]

#: Rows that are read, and written, at a time.
_BATCH = 1 << 20
#: What an entry may say: nothing that tells rows apart, or has amounts mean something else.
_SAID = frozenset(
    {"file", "columns", "constants", "clean", "type", "delimiter", "encoding", "quote", "escape"}
    | {"skip", "comment", "header", "names", "decimal", "thousands", "member", "repeat"}
)
_COVER = "covering"


@dataclass(frozen=True, slots=True)
class CodedRows:
    """Rows of which nothing is to be told.

    Parameters
    ----------
    table : Table
        Their declaration.
    values : dict of str to pyarrow.Array
        What each column holds, by name; of ids, codes and years.
    codes : dict of str to ndarray of int32, (rows,)
        Which of them each row has.
    amounts : dict of str to ndarray of float64, (rows,)
        The other columns that there are.
    number : int
        How many rows.
    """

    table: Table
    values: dict[str, pa.Array]
    codes: dict[str, NDArray[np.int32]]
    amounts: dict[str, NDArray[np.float64]]
    number: int

    def write(self, path: Path) -> None:
        """Write the rows as Parquet, in their order."""
        kinds = {"string": pa.string(), "year": pa.int64(), "float": pa.float64()}
        columns = [(column.name, kinds[column.type]) for column in self.table.columns]
        written = pa.schema(
            [
                (name, pa.dictionary(pa.int32(), kind) if name in self.codes else kind)
                for name, kind in columns
            ]
        )
        # Readers find texts and numbers, as in every other table, and no dictionaries.
        with pq.ParquetWriter(
            path, written, use_dictionary=[*self.codes], store_schema=False
        ) as file:
            for begin in range(0, self.number, _BATCH):
                part = slice(begin, min(begin + _BATCH, self.number))
                batch = [self._part(name, kind, part) for name, kind in columns]
                file.write_batch(pa.record_batch(batch, schema=written))

    def _part(self, name: str, kind: pa.DataType, part: slice) -> pa.Array:
        if name in self.codes:
            return pa.DictionaryArray.from_arrays(self.codes[name][part], self.values[name])
        if name in self.amounts:
            return pa.array(self.amounts[name][part])
        return pa.nulls(part.stop - part.start, kind)


def may_be_coded(table: Table, sources: Sequence[TableSource], opened: Sequence[Opened]) -> bool:
    """Whether a table is a flow between firms or patents, large, and read as it stands.

    Parameters
    ----------
    table : Table
        Its declaration.
    sources, opened : sequence of TableSource, sequence of Opened
        Its entries.
    """
    if len(opened) != 1 or not table.between or table.tags:
        return False
    (rows,), (entry,) = opened, [source.entry for source in sources]
    return (
        rows.read >= LARGE
        and entry.model_fields_set <= _SAID
        and entry.repeat != "add"
        # without amounts rows are events, and add up
        and (table.measure is None or table.measure in rows.present)
        and not {"first_year", "last_year"} & rows.present
        and not rows.malformed
        and not rows.joined
    )


def code_rows(
    con: duckdb.DuckDBPyConnection, study: Study, source: TableSource, opened: Opened
) -> CodedRows | None:
    """Return the rows of an entry with numbers for texts, if nothing is to be told of any.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows, and the views ``ok_NAME`` of earlier tables.
    study : Study
        The study.
    source, opened : TableSource, Opened
        The entry, for which :func:`may_be_coded` holds.

    Returns
    -------
    CodedRows or None
        None where a row may be refused, a key repeats, or anything is doubtful.
    """
    table = source.table
    present = [column for column in table.columns if column.name in opened.present]
    amounts = [column for column in present if column.type == "float"]
    texts = [column for column in present if column.type != "float"]
    try:
        with readable(opened.files[0]):
            read = _read_amounts(con, study, source, opened, amounts)
            rows = read and _read_rows(con, read, texts, amounts)
        found = rows and _values(con, study, source, opened, rows)
    except InputError:  # said with the row by those who go through them all
        return None
    finally:
        con.execute(f"DROP TABLE IF EXISTS {_COVER}")
    if not found or not rows:
        return None
    codes = {}
    for name, values in found.items():
        kept, of_values = _one_each(values)
        found[name], codes[name] = kept, of_values[rows.codes[name]]
    coded = CodedRows(table, found, codes, rows.amounts, rows.number)
    return None if _any_alike(table, coded) or _any_repeated(table, coded) else coded


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
    """Read rows in batches; None where anything is missing or an amount no number."""
    exact = reading.opened.exact
    of_texts = [
        f"{_number(column) if column.name in exact else sql.name(column.name)} "
        f"AS {sql.name(column.name)}"
        for column in texts
    ]
    cleaned = [f"{text_of(c, reading)} AS {sql.name(f'r_{c.name}')}, {_number(c)}" for c in amounts]
    typed = [
        f"{_number(c) if c.name in exact else value_of(c, reading)} AS {sql.name(c.name)}"
        for c in amounts
    ]
    query = (
        f"SELECT {', '.join([*(sql.name(c.name) for c in texts), *typed])} FROM "
        f"(SELECT {', '.join([*of_texts, *cleaned])} FROM {reading.opened.relation})"
    )
    batches: list[pa.RecordBatch] = []
    held: dict[str, list[NDArray[np.float64]]] = {column.name: [] for column in amounts}
    for batch in con.sql(query).to_arrow_reader(_BATCH):
        if any(column.null_count for column in batch.columns):
            return None
        for name, parts in held.items():
            parts.append(batch.column(name).to_numpy())
        coded = [batch.column(column.name).dictionary_encode() for column in texts]
        batches.append(pa.record_batch(coded, [column.name for column in texts]))
    unified = pa.Table.from_batches(batches).unify_dictionaries()
    del batches
    return _Rows(
        {c.name: unified.column(c.name).chunk(0).dictionary for c in texts},
        {c.name: _concatenate(unified.column(c.name)) for c in texts},
        {name: np.concatenate(parts) for name, parts in held.items()},
        unified.num_rows,
    )


def _number(column: Column) -> str:
    """Return the column of an entry's view that has the number."""
    return sql.name(f"n_{column.name}")


def _concatenate(column: pa.ChunkedArray) -> NDArray[np.int32]:
    return np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])


def _values(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    source: TableSource,
    opened: Opened,
    rows: _Rows,
) -> dict[str, pa.Array] | None:
    """Check rows in which every text stands once; return what they hold, if nothing is said."""
    # Texts that happen to stand in one row here need not differ.
    table = replace(source.table, distinct=())
    _cover(con, source, rows)
    # Amounts are numbers by now, and the ends of their range tell of all of them.
    covering = replace(opened, relation=_COVER, numeric=opened.numeric | set(rows.amounts))
    reading = read_how(con, replace(source, table=table), covering)
    if any(True for _ in doubts.of_ids(con, table, covering)):
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
    of_values = doubts.of_values(
        con, study, table, reading, f"SELECT * FROM {checked}", faulty=False
    )
    if any(True for _ in of_values):
        return None
    return {
        name: found.column(name).combine_chunks().slice(0, len(texts))
        for name, texts in rows.texts.items()
    }


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
    """Return the amounts that pass every bound if all of them do: no number is one of them."""
    if not len(values):
        return values
    least, most = values.min(), values.max()  # nan if there is one
    sizes = np.abs(values)
    smallest = sizes.min(where=sizes > 0, initial=np.inf)
    return np.array([least, most] + [smallest] * bool(np.isfinite(smallest)))


def _one_each(values: pa.Array) -> tuple[pa.Array, NDArray[np.int32]]:
    """Return different values, and which of them each is: two texts may be one id when clean."""
    kept = values.dictionary_encode()
    return kept.dictionary, kept.indices.to_numpy()


def _any_alike(table: Table, coded: CodedRows) -> bool:
    """Whether two columns that must differ are the same in a row."""
    if not table.distinct:
        return False
    one, other = table.distinct
    known = pd.Index(coded.values[one].to_pandas())
    same = known.get_indexer(coded.values[other].to_pandas())[coded.codes[other]]
    return bool((same == coded.codes[one]).any())


def _any_repeated(table: Table, coded: CodedRows) -> bool:
    """Whether a key stands in two rows."""
    held = [name for name in table.key if name in coded.codes]
    if np.prod([float(len(coded.values[name])) for name in held]) >= 2.0**63:
        return True  # not known
    keys = np.zeros(coded.number, dtype=np.int64)
    for name in held:
        keys *= len(coded.values[name])
        keys += coded.codes[name]
    keys.sort()
    return bool((keys[1:] == keys[:-1]).any())
