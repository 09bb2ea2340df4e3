"""Rows of a large flow as they are read: a number for each text, and each text once.

Nearly all texts of a column of ids are ids that were accepted before, letter by letter. Where these
are plain, a row gets the place of its id in their table by a join, in which no text is looked
at twice, and nothing is left to be checked of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from . import sql
from .checks.profile import are_plain, read_how
from .checks.rows import Reading, text_of, value_of
from .contract import Column
from .doubts import of_values as doubts
from .source import Opened
from .study import Study, TableSource
from .study_model import Entry
from .values.powers import any_perhaps_power

__all__ = ["RowsRead", "ids_are_plain", "read_rows"]

#: Rows of a batch that is read.
_BATCH = 1 << 20


@dataclass(frozen=True, slots=True)
class RowsRead:
    """Rows as they were read.

    Parameters
    ----------
    texts : dict of str to pyarrow.Array
        What stands in each column, each text once; ids of ``known`` come first.
    codes : dict of str to ndarray of int32, shape (number,)
        Which of them each row has.
    amounts : dict of str to ndarray of float64, shape (number,)
        The other columns that there are; nan where one is missing.
    number : int
        How many rows.
    reading : Reading
        How the amounts were read.
    known : dict of str to ndarray of int64
        By column of ids, where those stand in the table of them all that need no checks.
    """

    texts: dict[str, pa.Array]
    codes: dict[str, NDArray[np.int32]]
    amounts: dict[str, NDArray[np.float64]]
    number: int
    reading: Reading
    known: dict[str, NDArray[np.int64]] = field(default_factory=dict)


def ids_are_plain(con: duckdb.DuckDBPyConnection, other: str, entry: Entry) -> bool:
    """Whether a text that is an id of a table, letter by letter, can mean nothing else.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the view ``ok_NAME`` of the table.
    other : str
        Its name.
    entry : Entry
        Whose texts are meant.
    """
    relation = f"ok_{other}"
    return are_plain(con, relation, "id", entry) and not any_perhaps_power(con, relation, ["id"])


def read_rows(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    source: TableSource,
    opened: Opened,
    plain: Collection[str],
) -> RowsRead | None:
    """Read the rows of an entry.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows, and the views ``ok_NAME`` of earlier tables.
    study : Study
        The study.
    source, opened : TableSource, Opened
        The entry.
    plain : collection of str
        Tables for which :func:`ids_are_plain`.

    Returns
    -------
    RowsRead or None
        None where an amount is a text that is no number, or doubtful.
    """
    present = [column for column in source.table.columns if column.name in opened.present]
    amounts = [column for column in present if column.type == "float"]
    texts = [column for column in present if column.type != "float"]
    # Nearly each amount is another: all of them are looked at.
    reading = read_how(
        con, source, replace(opened, present=frozenset(column.name for column in amounts))
    )
    if any(True for _ in doubts.of_values(con, study, source.table, reading, "", faulty=False)):
        return None
    of_table = {
        column.name: str(column.refers)
        for column in texts
        if column.refers in plain and column.name not in source.entry.clean
    }
    read = con.sql(_query(reading, texts, amounts, of_table)).to_arrow_table(_BATCH)
    if of_table:
        read = _in_order(read)
    lacking = [column for column in amounts if read.column(column.name).null_count]
    if not read.num_rows or any(_is_in_words(con, column, reading) for column in lacking):
        return None
    # -0.0 is 0.0
    held = {column.name: read.column(column.name).to_numpy() + 0.0 for column in amounts}
    rows = RowsRead({}, {}, held, read.num_rows, reading)
    ids = {
        other: con.sql(f"SELECT id FROM ok_{other}").to_arrow_table().column("id")
        for other in {*of_table.values()}
    }
    for column in texts:  # one by one, and each text goes when it has its number
        name = column.name
        text = read.column(_text(name) if name in of_table else name)
        number = read.column(name) if name in of_table else None
        read = read.drop_columns([name, _text(name)] if name in of_table else name)
        if number is None:
            rows.texts[name], rows.codes[name] = _encode(text)
        else:
            known = ids[of_table[name]]
            rows.texts[name], rows.codes[name], rows.known[name] = _place(number, text, known)
    return rows


def _is_in_words(con: duckdb.DuckDBPyConnection, column: Column, reading: Reading) -> bool:
    """Whether a text of a column is there and no number: all of them may be spelled otherwise."""
    text, raw = text_of(column, reading), sql.name(f"r_{column.name}")
    asked = (
        f"SELECT count(*) FROM (SELECT *, {text} AS {raw} FROM {reading.opened.relation}) "
        f"WHERE {raw} IS NOT NULL AND {value_of(column, reading)} IS NULL"
    )
    return bool(sql.one(con, asked)[0])


def _query(
    reading: Reading, texts: list[Column], amounts: list[Column], of_table: dict[str, str]
) -> str:
    """Return the SELECT of an entry's rows: places of known ids, other texts, and amounts."""
    exact = reading.opened.exact
    of_texts = [
        f"{_exact(c) if c.type == 'year' and c.name in exact else sql.name(c.name)} "
        f"AS {sql.name(c.name)}"
        for c in texts
    ]
    cleaned = [f"{text_of(c, reading)} AS {sql.name(f'r_{c.name}')}, {_exact(c)}" for c in amounts]
    typed = [
        f"{_exact(c) if c.name in exact else value_of(c, reading)} AS {sql.name(c.name)}"
        for c in amounts
    ]
    chosen = [f"r.{sql.name(c.name)}" for c in texts if c.name not in of_table] + typed
    joins = ""
    for number, (name, other) in enumerate(of_table.items()):
        k, text = f"k{number}", f"r.{sql.name(name)}"
        chosen += [
            f"{k}.number AS {sql.name(name)}",
            f"CASE WHEN {k}.number IS NULL THEN {text} END AS {sql.name(_text(name))}",
        ]
        joins += (
            " LEFT JOIN (SELECT id, (row_number() OVER () - 1)::INTEGER AS number "
            f"FROM ok_{other}) AS {k} ON {k}.id = {text}"
        )
    place = ["row_number() OVER () AS _at"] * bool(of_table)
    return (
        f"SELECT {', '.join([*(['r._at'] * bool(of_table)), *chosen])} FROM (SELECT "
        f"{', '.join([*place, *of_texts, *cleaned])} FROM {reading.opened.relation}) AS r{joins}"
    )


def _exact(column: Column) -> str:
    """Return the column of an entry's view that has the number as the file has it."""
    return sql.name(f"n_{column.name}")


def _text(name: str) -> str:
    """Return the column of the texts that are no known ids."""
    return f"text_{name}"


def _in_order(read: pa.Table) -> pa.Table:
    """Return rows in the order of the file, whichever side of a join was gone through."""
    at = read.column("_at").to_numpy()
    read = read.drop_columns("_at")
    return read if (at[1:] > at[:-1]).all() else read.take(pa.array(np.argsort(at)))


def _encode(text: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int32]]:
    """Return the texts, each once, and which of them each row has; nothing is one, too."""
    coded = text.dictionary_encode(null_encoding="encode")
    codes = [chunk.indices.to_numpy() for chunk in coded.chunks]
    return coded.chunk(0).dictionary, np.concatenate(codes)


def _place(
    number: pa.ChunkedArray, text: pa.ChunkedArray, ids: pa.ChunkedArray
) -> tuple[pa.Array, NDArray[np.int32], NDArray[np.int64]]:
    """Return the ids and other texts that there are, which each row has, and the ids' places."""
    place = number.fill_null(-1).to_numpy()
    others = np.flatnonzero(place < 0)
    there = np.bincount(place if not len(others) else place[place >= 0], minlength=len(ids))
    used = np.flatnonzero(there)
    code_of = np.zeros(len(ids) + 1, dtype=np.int32)
    code_of[used] = np.arange(len(used), dtype=np.int32)
    codes, texts = code_of[place], ids.take(pa.array(used)).combine_chunks()
    if len(others):
        more, codes_of = _encode(text.take(pa.array(others)))
        codes[others] = codes_of + len(used)
        texts = pa.concat_arrays([texts, more])
    return texts, codes, used
