"""Load checked tables into a graph store: in batches, resumable, verified by count and sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import duckdb
import pandas as pd
import pyarrow as pa

from ..core.errors import InputError, StoreError, TotalsError
from ..graph.aggregate import rounding
from ..graph.ask import ask
from ..graph.schema import RESULT_PROPERTIES
from ..graph.store import Batch, Counted, GraphStore, edge_type, node_type
from . import sql
from .plan import Item, plan, register
from .read_coded import read_coded
from .stage import Progress
from .study import Study

__all__ = ["BATCH_ROWS", "batches", "load", "load_items"]

#: Edges of one batch: few enough to hold in memory (about 60 bytes each), and many, because each
#: further batch of a kind is slower than the one before (the embedded store rewrites its lists).
BATCH_ROWS = 20_000_000


def load(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    store: GraphStore,
    fingerprint: str,
    *,
    industries: pd.DataFrame,
    maps: pd.DataFrame,
    progress: Progress = lambda what, share: None,
    batch_rows: int = BATCH_ROWS,
    replace: bool = False,
    rebuild: bool = False,
    coded: Mapping[str, Path] = MappingProxyType({}),
) -> list[str]:
    """Bring a store to hold exactly a study's tables.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_NAME``.
    study : Study
        The study.
    store : GraphStore
        Where to; batches of this fingerprint that are in are not loaded again, anything that
        another fingerprint left is cleared first.
    fingerprint : str
        Names the content: hashes of inputs and of the choices that shape the tables.
    industries : DataFrame, columns ``key``, ``classification``, ``code``, ``name``
        Industry nodes, residuals included.
    maps : DataFrame, columns ``from``, ``to``, ``weight``
        Concordance edges between industry keys.
    progress : callable, optional
        Called with the kind and the share done.
    batch_rows : int
        Edges of one batch.
    replace : bool
        Whether the graph may be replaced though nobody asked for it: that of another study, or
        one that no longer holds what was loaded.
    rebuild : bool
        Rebuild the graph in any case.
    coded : mapping of str to Path
        Rows of flows between firms that were written with numbers for texts, by table: they are
        read so where nobody owns the firms of another.

    Returns
    -------
    list of str
        What the user should know: that the graph held something else, say.

    Raises
    ------
    InputError
        If the store holds the graph of another study, and ``replace`` does not allow it to go.
    StoreError
        If what an earlier run loaded was changed since, and ``replace`` does not allow it to go.
    TotalsError
        If after loading the store does not hold what the tables hold.
    """
    register(con, study, industries, maps)
    store.prepare()
    if not replace:
        _require_same_study(store, study)
    notes = _clear_if_other(store, fingerprint, rebuild=rebuild)
    noted, items = store.batches(), [_coded(item, coded) for item in plan(study)]
    load_items(con, items, fingerprint, store.load, progress, batch_rows)
    wrong = _differences(con, store, items)
    if wrong and noted:
        # A half of this load survived from an earlier run, but not as it was noted: start over.
        if not replace:
            raise _error_of_change(store, wrong)
        store.clear()
        notes.append("The graph of an earlier run was damaged; it was rebuilt.")
        load_items(con, items, fingerprint, store.load, progress, batch_rows)
        wrong = _differences(con, store, items)
    if wrong:
        raise TotalsError(f"the graph does not hold what was loaded: {'; '.join(wrong)}.")
    return notes


def _clear_if_other(store: GraphStore, fingerprint: str, *, rebuild: bool) -> list[str]:
    """Clear a store of other input, or where it is asked for; return what is to be told of it."""
    noted = store.batches()
    other = any(not id.startswith(fingerprint) for id in noted)
    if not (other or (rebuild and noted)):
        return []
    store.clear()
    return ["The graph held other input; it was rebuilt." if other else "The graph was rebuilt."]


def _error_of_change(store: GraphStore, wrong: list[str]) -> StoreError:
    """Return the error of a store that somebody else has written to."""
    return StoreError(
        f"{store.namespace.at(store.url)} does not hold what was loaded into it: "
        f"{'; '.join(wrong)}. Somebody has changed our nodes, or relationships of our types "
        "between them; correct it, or rebuild the graph with --rebuild."
    )


def _require_same_study(store: GraphStore, study: Study) -> None:
    """Refuse to displace a graph that somebody else may work with."""
    for held in ask(store, "study_of_the_graph")["name"].to_pylist():
        if held != study.about.name:
            raise InputError(
                f"{store.namespace.at(store.url)} holds the graph of the study {held!r}, which "
                f"loading {study.about.name!r} would remove; give yours "
                f"{'another' if store.namespace.name else 'a'} namespace ([graph] namespace), name "
                "another store, or say --rebuild if it may go."
            )


def load_items(
    con: duckdb.DuckDBPyConnection,
    items: list[Item],
    fingerprint: str,
    take: Callable[[Batch, Callable[[float], None]], object],
    progress: Progress,
    batch_rows: int = BATCH_ROWS,
) -> None:
    """Hand every batch of a plan, in its order, to whoever takes it: a store's ``load``, say."""
    for number, item in enumerate(items):

        def show(share: float, at: int = number, label: str = item.label) -> None:
            progress(label, (at + share) / len(items))

        show(0.0)
        for batch in batches(con, item, fingerprint, batch_rows):
            take(batch, show)
    progress("", 1.0)


def _coded(item: Item, coded: Mapping[str, Path]) -> Item:
    """Have an item be read from its table's coded rows, if there are any."""
    return replace(item, coded=coded.get(item.table.name)) if item.table else item


def batches(
    con: duckdb.DuckDBPyConnection, item: Item, fingerprint: str, batch_rows: int = BATCH_ROWS
) -> Iterator[Batch]:
    """Yield what an item puts into the graph: the same batches whatever the store.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the tables, see :func:`plan`.
    item : Item
        One of the plan.
    fingerprint : str
        Begins the batches' ids.
    batch_rows : int
        Edges of a batch.

    Yields
    ------
    Batch
    """
    # Nodes come in one batch: a store may take them only into an empty table.
    rows = batch_rows if item.ends else None
    if item.table is not None and item.coded is not None:
        reader = read_coded(item.coded, item.table)
    else:
        reader = con.sql(item.select).to_arrow_reader(100_000)
    for part, table in enumerate(_tables(reader, rows)):
        id = f"{fingerprint}:{item.label}:{part}"
        yield Batch(id, item.kind, _cast(item, table), item.ends, item.measure)


def _tables(reader: pa.RecordBatchReader, rows: int | None) -> Iterator[pa.Table]:
    """Yield what is read in tables of ``rows`` rows, or in one."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in reader:
        held.append(batch)
        count += batch.num_rows
        while rows is not None and count >= rows:
            table = pa.Table.from_batches(held)
            yield table.slice(0, rows)
            rest = table.slice(rows)
            held, count = rest.to_batches(), rest.num_rows
    if held or rows is None:
        yield pa.Table.from_batches(held, schema=reader.schema)


def _cast(item: Item, table: pa.Table) -> pa.Table:
    """Give every column the type that the schema declares, and refuse a forgotten one."""
    types = {"string": pa.string(), "integer": pa.int64(), "float": pa.float64()}
    node = node_type(item.kind)
    properties = node.properties if node else edge_type(item.kind).properties
    fields = [] if node else [_end(table, "from"), _end(table, "to")]
    fields += [pa.field(prop.name, types[prop.type]) for prop in properties]
    for field in fields:
        if node and field.name in RESULT_PROPERTIES and field.name not in table.column_names:
            table = table.append_column(
                field, pa.nulls(table.num_rows, field.type)
            )  # of no run yet
    return table.select([field.name for field in fields]).cast(pa.schema(fields))


def _end(table: pa.Table, name: str) -> pa.Field:
    """Return the type of an end of edges: texts, or numbers that stand for them."""
    there = table.schema.field(name).type
    return pa.field(name, there if pa.types.is_dictionary(there) else pa.string())


def _differences(con: duckdb.DuckDBPyConnection, store: GraphStore, items: list[Item]) -> list[str]:
    """Compare the store with the tables, by count and by sum."""
    wrong = []
    for item in items:
        measure = f"coalesce(fsum({item.measure}), 0.0)" if item.measure else "0.0"
        row = sql.one(con, f"SELECT count(*), {measure} FROM ({item.select})")
        wanted = Counted(int(row[0]), float(row[1]))
        held = store.count(item.kind, item.ends, item.measure)
        tolerance = rounding(wanted.rows) * abs(wanted.total)
        if held.rows != wanted.rows or abs(held.total - wanted.total) > tolerance:
            wrong.append(
                f"{item.label}: {wanted.rows} rows adding to {wanted.total:.15g} were to be "
                f"loaded, the graph holds {held.rows} adding to {held.total:.15g}"
            )
    if any(item.kind == "IN_INDUSTRY" for item in items):
        stray = ask(store, "firms_off_their_industry")["firms"][0].as_py()
        if stray:
            wrong.append(f"{stray} firms have another industry as property than as edge")
    return wrong
