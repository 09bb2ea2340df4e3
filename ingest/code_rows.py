"""Flows of millions of rows, whose texts are checked once each and not once a row.

A number stands for each text of a column. Rows in which every text stands once then tell of all
rows what can be told column by column, by the same checks as ever; what is told row by row, that
keys repeat or ends are the same, is told by the numbers. Rows with an id, a year or an amount that
is refused by itself are set apart, with the reason of the same checks. Where anything else would
have to be said of a row, nothing is said here: :func:`code_rows` returns none, and the rows are
gone through one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..core.errors import InputError
from .coded_rows import CodedRows
from .contract import Table
from .files.damaged import readable
from .later_rows import LaterRows
from .read_texts import RowsRead, read_rows
from .source import Opened
from .study import Study, TableSource
from .text_checks import Checked, check_texts, drop_tables, refuse_rows

__all__ = ["code_rows"]

#: What DuckDB raises over a statement that is wrong, whatever the file.
_OURS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


def code_rows(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    source: TableSource,
    opened: Opened,
    plain: Collection[str],
    refused: Path,
    later: LaterRows | None = None,
) -> CodedRows | None:
    """Return the accepted rows of an entry with numbers for texts, and write the refused ones.

    Of a part of an entry's rows as of all of them: what is true of each part column by column is
    true of the whole, if its ids are read in one way.

    Parameters
    ----------
    con, study, source, opened, plain
        As in :func:`~spillgraph.ingest.read_texts.read_rows`; the entry's rows are flows that are
        taken as they stand.
    refused : Path
        Becomes the Parquet file of the rows that are refused for an id, a year or an amount, if
        there are any, as :func:`~spillgraph.ingest.checks.rows.typed_rows` has them.
    later : LaterRows, optional
        Good rows that are refused, too: an earlier row has their key.

    Returns
    -------
    CodedRows or None
        None where anything is doubtful, or a row is refused for more than that. Keys may repeat.
    """
    table = source.table
    try:
        with readable(opened.files[0]):
            rows = read_rows(con, study, source, opened, plain)
            checked = rows and check_texts(con, study, source, opened, rows)
            if not checked or not rows:
                return None
            values, codes = _renumber(checked, rows)
            places = _places(con, table, rows, values)
            kept = _kept(table, checked, rows, codes, places)
            if later is not None or not kept.all():
                asked = con, study, replace(checked.reading, source=source), opened, rows
                faults = refuse_rows(*asked, np.flatnonzero(~kept))
                if later is not None:
                    kept[later.at] = False
                    faults = chain(faults, refuse_rows(*asked, later.at, later.first))
                if not _write(faults, refused):
                    return None
                codes = {name: each[kept] for name, each in codes.items()}
    except InputError as error:
        if isinstance(error.__cause__, _OURS):
            raise
        return None  # said with the row by those who go through them all
    finally:
        drop_tables(con)
    number, held = int(np.count_nonzero(kept)), rows.amounts
    if number < rows.number:
        held = {name: each[kept] for name, each in held.items()}
    floats = checked.reading.floats
    return CodedRows(table, values, codes, held, places, number, kept, floats)


def _write(refused: Iterator[pa.Table], path: Path) -> bool:
    """Write refused rows; whether each has a reason, which it must."""
    with ExitStack() as stack:
        writer = None
        for rows in refused:
            if rows.column("_why").null_count:
                return False
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(path, rows.schema))
            writer.write_table(rows)
    return True


def _renumber(
    checked: Checked, rows: RowsRead
) -> tuple[dict[str, pa.Array], dict[str, NDArray[np.int32]]]:
    """Return what each column holds, each once, and which of them a row has, if it is good."""
    values, codes = dict(checked.values), dict(rows.codes)
    for name, good in checked.good.items():
        if not good.all():
            codes[name] = (np.cumsum(good, dtype=np.int32) - 1)[codes[name]]
        if len(values[name]) == len(rows.known.get(name, ())):  # ids, each once
            continue
        each = values[name].dictionary_encode()
        if len(each.dictionary) < len(each):  # two texts are one id when they are clean
            values[name], codes[name] = each.dictionary, each.indices.to_numpy()[codes[name]]
    return values, codes


def _places(
    con: duckdb.DuckDBPyConnection, table: Table, rows: RowsRead, values: Mapping[str, pa.Array]
) -> dict[str, NDArray[np.int64]]:
    """Return, by column of ids, where each stands in the table of them all; -1 for nowhere."""
    places = {}
    for name, ids in values.items():
        if other := table.column(name).refers:
            known = rows.known.get(name, np.array([], dtype=np.int64))[: len(ids)]
            rest = ids.slice(len(known))
            places[name] = np.concatenate([known, _look_up(con, rest, other)]) if rest else known
    return places


def _look_up(con: duckdb.DuckDBPyConnection, ids: pa.Array, other: str) -> NDArray[np.int64]:
    """Return where some ids stand in a table; -1 for those that it has not."""
    con.register("_ids", pa.table({"_at": np.arange(len(ids)), "id": ids}))
    known = f"SELECT id, row_number() OVER () - 1 AS number FROM ok_{other}"
    found = con.sql(
        f"SELECT coalesce(number, -1) AS number FROM _ids LEFT JOIN ({known}) USING (id) "
        "ORDER BY _at"
    ).to_arrow_table()
    con.unregister("_ids")
    return np.asarray(found.column("number").to_numpy(), dtype=np.int64)


def _kept(
    table: Table,
    checked: Checked,
    rows: RowsRead,
    codes: Mapping[str, NDArray[np.int32]],
    places: Mapping[str, NDArray[np.int64]],
) -> NDArray[np.bool_]:
    """Return which rows have no text or amount that is refused, and no ids that must differ and do
    not."""
    kept = checked.amounts.copy()
    for name, good in checked.good.items():
        if not good.all():
            kept &= good[rows.codes[name]]
    if table.distinct and kept.any():
        one, other = (places[name][codes[name]] for name in table.distinct)
        kept &= one != other
    return kept
