"""Checks of rows by their texts: each text once, and each row that one of them has refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from . import sql
from .checks.profile import read_how
from .checks.repeats import fault_of_later
from .checks.rows import LARGEST, SMALLEST, Reading, text_of, typed_rows
from .contract import Column
from .doubts import of_values as doubts
from .read_texts import RowsRead
from .source import Opened
from .study import Study, TableSource
from .values.powers import any_perhaps_power, names_something

__all__ = ["Checked", "check_texts", "drop_tables", "refuse_rows"]

_COVER, _REFUSED, _IDS = "covering", "coded_refused", "coded_ids"
#: Rows that are refused at a time.
_SLICE = 1 << 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What the texts of some rows mean.

    Parameters
    ----------
    values : dict of str to pyarrow.Array
        Of each good text of a column what it means.
    good : dict of str to ndarray of bool
        Which texts are good; the others are refused wherever they stand.
    amounts : ndarray of bool
        Of each row whether its amounts are.
    reading : Reading
        How they were read.
    """

    values: dict[str, pa.Array]
    good: dict[str, NDArray[np.bool_]]
    amounts: NDArray[np.bool_]
    reading: Reading


def check_texts(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    source: TableSource,
    opened: Opened,
    rows: RowsRead,
) -> Checked | None:
    """Check rows in which every text stands once.

    Parameters
    ----------
    con, study, source, opened
        As in :func:`~spillgraph.ingest.read_texts.read_rows`.
    rows : RowsRead
        Its rows.

    Returns
    -------
    Checked or None
        None if anything is to be said but that some texts or amounts are refused.
    """
    # Of ids that need no checks one stands for all. It has to: whether all ids are 1001.0 is asked
    # of a whole column, which must not lose its good texts.
    first = {name: max(len(rows.known.get(name, ())) - 1, 0) for name in rows.texts}
    texts = {name: each.slice(first[name]) for name, each in rows.texts.items()}
    # Nobody has to look for ids where all are known.
    found_all = {name for name, ids in rows.known.items() if len(ids) == len(rows.texts[name])}
    columns = tuple(
        replace(c, refers=None) if c.name in found_all else c for c in source.table.columns
    )
    # Texts that happen to stand in one row here need not differ.
    table = replace(source.table, columns=columns, distinct=())
    amounts = np.ones(rows.number, dtype=bool)
    for name, each in rows.amounts.items():
        amounts &= _within_bounds(source.table.column(name), each)
    held = rows.amounts
    if not amounts.all():
        held = {name: each[amounts] for name, each in held.items()}
    found = _check(con, study, replace(source, table=table), opened, texts, held)
    if found is None:
        return None
    values, good, reading = found
    any_good = all(each.any() for each in good.values())  # else no row is without a fault
    for name, number in first.items():
        good[name] = np.concatenate([np.full(number, any_good), good[name]])
        if number and any_good:
            values[name] = pa.concat_arrays([rows.texts[name].slice(0, number), values[name]])
    return Checked(values, good, amounts, reading)


def _check(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    source: TableSource,
    opened: Opened,
    texts: dict[str, pa.Array],
    amounts: dict[str, NDArray[np.float64]],
) -> tuple[dict[str, pa.Array], dict[str, NDArray[np.bool_]], Reading] | None:
    """Check texts in rows in which each stands once."""
    # Amounts are numbers by now, and the ends of their range tell of all of them.
    ends = {name: pa.array(_ends(values)) for name, values in amounts.items()}
    covering = replace(opened, relation=_COVER, numeric=opened.numeric | set(amounts))
    _cover(con, source, texts | ends)
    table = source.table
    reading = _among_few(con, study, read_how(con, source, covering))
    ids = [name for name in texts if names_something(table.column(name))]
    if any_perhaps_power(con, _COVER, ids):
        return None
    checked = f"({typed_rows(study, reading, 0)})"
    doubtful = doubts.of_values(
        con, study, table, reading, f"SELECT * FROM {checked}", faulty=False
    )
    if any(True for _ in doubtful):
        return None
    lost = "".join(
        f" OR {sql.name(f'lost_{column.name}')} IS NOT NULL"
        for column in table.columns
        if column.keep and column.name != source.kept
    )
    names = ", ".join(sql.name(name) for name in texts)
    asked = (
        f"SELECT _row, {names}, _why, _why IS NULL AND (len(_lost) > 0{lost}) AS lost "
        f"FROM {checked} ORDER BY _row"
    )
    good = {name: np.ones(len(each), dtype=bool) for name, each in texts.items()}
    while True:
        found = con.sql(asked).to_arrow_table()
        if any(chunk.true_count for chunk in found.column("lost").chunks):
            return None
        faults = found.filter(pc.is_valid(found.column("_why")))
        if not faults.num_rows:
            break
        if not _set_apart(faults, good):
            return None
        left = {name: each.filter(pa.array(good[name])) for name, each in texts.items()}
        if not all(map(len, left.values())):
            nothing = {name: found.column(name).combine_chunks().slice(0, 0) for name in good}
            return nothing, {name: np.zeros_like(each) for name, each in good.items()}, reading
        # A row tells its first fault alone: that of another column shows when this text is gone.
        _cover(con, source, left | ends)
    if any(found.column(name).null_count for name in texts):
        return None
    values = {
        name: found.column(name).combine_chunks().slice(0, np.count_nonzero(each))
        for name, each in good.items()
    }
    return values, good, reading


def _among_few(con: duckdb.DuckDBPyConnection, study: Study, reading: Reading) -> Reading:
    """Have ids of some rows be looked for among those that these may name, which are found once."""
    columns: dict[str, list[Column]] = {}
    for column in reading.source.table.columns:
        if column.refers and column.name in reading.opened.present and study.has(column.refers):
            columns.setdefault(column.refers, []).append(column)
    ids = {}
    for other, referring in columns.items():
        ids[other] = f"{_IDS}_{other}"
        rows = reading.opened.relation
        texts = " UNION ".join(f"SELECT {text_of(c, reading)} FROM {rows}" for c in referring)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {ids[other]} AS SELECT id FROM ok_{other} "
            f"WHERE id IN ({texts})"
        )
    return replace(reading, ids=ids)


def _set_apart(faults: pa.Table, good: dict[str, NDArray[np.bool_]]) -> bool:
    """Mark the texts for which rows are refused; whether that is all."""
    columns = faults.column("_why").combine_chunks().field("column")
    for name in columns.unique().to_pylist():
        if name not in good:
            return False
        row = faults.column("_row").filter(pc.equal(columns, name)).to_numpy()
        left = np.flatnonzero(good[name])  # of the texts that are left row n has the nth
        good[name][left[np.minimum(row, len(left)) - 1]] = False
    return True


def _cover(con: duckdb.DuckDBPyConnection, source: TableSource, held: dict[str, pa.Array]) -> None:
    """Make the table of rows in which every text stands once, and the ends of each amount."""
    number = max(map(len, held.values()))
    columns = {
        name: values.take(pa.array(np.minimum(np.arange(number), len(values) - 1)))
        for name, values in held.items()
    }
    place = {"_part": 0, "_file": source.files[0][0]}
    whole = {name: pa.repeat(value, number) for name, value in place.items()}
    whole["_row"] = pa.array(np.arange(1, number + 1))
    _hold(con, _COVER, source, whole | columns)


def _hold(
    con: duckdb.DuckDBPyConnection, name: str, source: TableSource, columns: dict[str, pa.Array]
) -> None:
    """Make a table of rows with a text for each column, as those of an entry have them."""
    texts = {c.name for c in source.table.columns}
    held = {n: each.cast(pa.string()) if n in texts else each for n, each in columns.items()}
    con.register("_held", pa.table(held))
    nothing = "".join(f", NULL::VARCHAR AS {sql.name(n)}" for n in sorted(texts - {*held}))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT *{nothing} FROM _held")
    con.unregister("_held")


def refuse_rows(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    reading: Reading,
    opened: Opened,
    rows: RowsRead,
    at: NDArray[np.int64],
    first: pa.Table | None = None,
) -> Iterator[pa.Table]:
    """Check some rows one by one, and yield them with the reason for which each is refused.

    Parameters
    ----------
    con, study, opened, rows
        As in :func:`check_texts`.
    reading : Reading
        How the entry is read.
    at : ndarray of int64
        Which of the rows, from 0 on, in their order.
    first : pyarrow.Table, optional
        Where the first row of each one's key stands, as
        :class:`~spillgraph.ingest.later_rows.LaterRows` has it, if they are refused for that.

    Yields
    ------
    pyarrow.Table
        As :func:`~spillgraph.ingest.checks.rows.typed_rows` has them, so many at a time that they
        take little memory.
    """
    reading = _with_amounts(reading, replace(opened, relation=_REFUSED), rows.reading)
    cells = ", ".join(sql.name(name) for name in ("_part", "_file", "_row", *rows.amounts))
    for begin in range(0, len(at), _SLICE):
        some = at[begin : begin + _SLICE]
        con.register("_asked", pa.table({"_at": some + 1}))
        place = con.sql(
            f"SELECT {cells} FROM (SELECT {cells}, row_number() OVER () AS _at "
            f"FROM {opened.relation}) JOIN _asked USING (_at) ORDER BY _at"
        ).to_arrow_table()
        con.unregister("_asked")
        columns = {name: place.column(name).combine_chunks() for name in place.column_names}
        columns |= {n: texts.take(pa.array(rows.codes[n][some])) for n, texts in rows.texts.items()}
        if first is not None:
            of_keys = first.slice(begin, len(some)).combine_chunks()
            columns |= {name: of_keys.column(name).chunk(0) for name in of_keys.column_names}
        _hold(con, _REFUSED, reading.source, columns)
        checked = typed_rows(study, _among_few(con, study, reading), 0)
        if first is not None:
            checked = (
                f"SELECT c.* REPLACE ({fault_of_later(reading.source.table)} AS _why) "
                f"FROM ({checked}) AS c JOIN {_REFUSED} AS t "
                "ON c._part = t._part AND c._row = t._row"
            )
        yield con.sql(checked).to_arrow_table()


def _with_amounts(reading: Reading, opened: Opened, amounts: Reading) -> Reading:
    """Return how texts are read, with amounts as the file has them."""
    own = amounts.opened.present
    return replace(
        reading,
        opened=opened,
        plain=reading.plain - own | amounts.plain & own,
        filled=reading.filled - own | amounts.filled & own,
    )


def _within_bounds(column: Column, amounts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which amounts are good; every other one is looked at by the checks of all rows."""
    sizes = np.abs(amounts)
    good: NDArray[np.bool_] = (sizes == 0) | ((sizes >= SMALLEST) & (sizes <= LARGEST))
    if column.minimum is not None:
        good &= amounts >= column.minimum
    return good


def _ends(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the amounts that pass every bound if all of them do; of none a good one."""
    if not len(values):
        return np.ones(1)
    sizes = np.abs(values)
    smallest = sizes.min(where=sizes > 0, initial=np.inf)
    return np.array([values.min(), values.max()] + [smallest] * bool(np.isfinite(smallest)))


def drop_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Remove what the checks have made on a connection."""
    for begin in (_COVER, _REFUSED, _IDS):
        asked = "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, ?)"
        for (name,) in con.execute(asked, [begin]).fetchall():
            con.execute(f"DROP TABLE {sql.name(name)}")
