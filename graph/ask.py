"""Ask a store a query of ours by name; the answer has the declared types on every store."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ..queries import Query, load_query
from .store import GraphStore

__all__ = ["ask", "ask_by_slices", "declared"]

_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
}


def ask(store: GraphStore, name: str, given: Mapping[str, object] | None = None) -> pa.Table:
    """Run a query by its name.

    Parameters
    ----------
    store : GraphStore
        The graph.
    name : str
        See :func:`spillgraph.queries.load_query`.
    given : mapping of str to object, optional
        Values of its parameters; the others have their defaults.

    Returns
    -------
    pyarrow.Table
        The declared columns with the declared types.

    Raises
    ------
    QueryError
        If a value is missing or of another type.
    """
    query = load_query(name)
    return declared(store.query(query.text, query.bind(given or {})), query)


def ask_by_slices(
    store: GraphStore, name: str, kind: str, given: Mapping[str, object] | None = None
) -> pa.Table:
    """Run a query that sums over the nodes of a kind, a slice of them at a time.

    Parameters
    ----------
    store : GraphStore
        The graph.
    name : str
        A query with the parameters ``low`` and ``high``, bounds of a node's key. Its float columns
        are sums, the others say of what.
    kind : str
        Kind of the nodes.
    given : mapping of str to object, optional
        Values of the other parameters.

    Returns
    -------
    pyarrow.Table
        Sums over all slices, in the order of the columns that say of what; where there are none,
        a row for each slice.
    """
    query = load_query(name)
    values = [
        query.bind({**(given or {}), "low": low, "high": high}) for low, high in store.slices(kind)
    ]
    table = pa.concat_tables(
        [declared(table, query) for table in store.query_each(query.text, values)]
    )
    measures = [column.name for column in query.columns if column.type == "float"]
    keys = [column.name for column in query.columns if column.type != "float"]
    if not keys:
        return table
    if len(values) > 1:
        # One thread: the same slices give the same last digit.
        sums = table.group_by(keys, use_threads=False).aggregate(
            [(measure, "sum") for measure in measures]
        )
        table = sums.rename_columns([*keys, *measures])
    return table.sort_by([(key, "ascending") for key in keys])


def declared(table: pa.Table, query: Query) -> pa.Table:
    """Give a query's answer the types that its header declares.

    A store without types of its own takes a sum over nothing for a whole number, and a column
    without values for anything.
    """
    fields = [pa.field(column.name, _TYPES[column.type]) for column in query.columns]
    return table.cast(pa.schema(fields))
