"""Flows of millions of rows, whose texts are checked once each and not once a row.

A number stands for each text of a column. Rows in which every text stands once then tell of all
rows what can be told column by column, by the same checks as ever; what is told row by row, that
keys repeat or ends are the same, is told by the numbers. Rows with an id or a year that is refused
by itself are set apart, with the reason of the same checks. Where anything else would have to be
said of a row, nothing is said here: :func:`code_rows` returns none, and the rows are gone through
one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..core.errors import InputError
from . import sql
from .checks.profile import read_how
from .checks.rows import Reading, text_of, value_of
from .coded import CodedRows
from .coded_checks import Checked, RowsRead, check_texts, drop_tables, refuse_rows
from .contract import Column, Table
from .doubts import of_values as doubts
from .files.damaged import readable
from .source import Opened
from .study import Study, TableSource

__all__ = ["code_rows"]

#: Rows of a batch that is read.
_BATCH = 1 << 20


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
        None where anything is doubtful, or a row is refused for more than an id or a year alone.
        Keys may repeat.
    """
    table = source.table
    present = [column for column in table.columns if column.name in opened.present]
    amounts = [column for column in present if column.type == "float"]
    texts = [column for column in present if column.type != "float"]
    try:
        with readable(opened.files[0]):
            read = _read_amounts(con, study, source, opened, amounts)
            rows = read and _read_rows(con, read, texts, amounts)
            checked = rows and check_texts(con, study, source, opened, rows)
            if not checked or not rows:
                return None
            values, codes = _renumber(checked, rows)
            kept = _kept(table, checked, rows, values, codes)
            refused = None
            if not kept.all():
                reading = replace(checked.reading, source=source)
                refused = refuse_rows(con, study, reading, opened, rows, np.flatnonzero(~kept))
    except InputError:  # said with the row by those who go through them all
        return None
    finally:
        drop_tables(con)
    floats = checked.reading.floats
    if kept.all():
        return CodedRows(table, values, codes, rows.amounts, rows.number, floats)
    if refused is None:
        return None
    codes, held = ({n: each[kept] for n, each in of.items()} for of in (codes, rows.amounts))
    number = int(np.count_nonzero(kept))
    return CodedRows(table, values, codes, held, number, floats, refused)


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
) -> RowsRead | None:
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
    return RowsRead(values, codes, held, len(codes[texts[0].name]))


def _exact(column: Column) -> str:
    """Return the column of an entry's view that has the number as the file has it."""
    return sql.name(f"n_{column.name}")


def _renumber(
    checked: Checked, rows: RowsRead
) -> tuple[dict[str, pa.Array], dict[str, NDArray[np.int32]]]:
    """Return what each column holds, each once, and which of them a row has, if it is good."""
    values, codes = dict(checked.values), dict(rows.codes)
    for name, good in checked.good.items():
        number = None if good.all() else np.cumsum(good, dtype=np.int32) - 1
        each = values[name].dictionary_encode()
        if len(each.dictionary) < len(each):  # two texts are one id when they are clean
            values[name], same = each.dictionary, each.indices.to_numpy()
            number = same if number is None else same[number]
        if number is not None:
            codes[name] = number[codes[name]]
    return values, codes


def _kept(
    table: Table,
    checked: Checked,
    rows: RowsRead,
    values: Mapping[str, pa.Array],
    codes: Mapping[str, NDArray[np.int32]],
) -> NDArray[np.bool_]:
    """Return which rows have no text that is refused, and no two that must differ and do not."""
    kept = np.ones(rows.number, dtype=bool)
    for name, good in checked.good.items():
        if not good.all():
            kept &= good[rows.codes[name]]
    if table.distinct and kept.any():
        one, other = table.distinct
        place = pc.index_in(values[one], value_set=values[other]).fill_null(-1).to_numpy()
        kept &= place[codes[one]] != codes[other]
    return kept
