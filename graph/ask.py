"""Ask a store a query of ours by name; the answer has the declared types on every store."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ..queries import Query, load_query
from .store import GraphStore

__all__ = ["ask", "ask_by_slices", "cast_answer", "of_all_years"]

_SLICE = re.compile(r"WHERE \w+\.year % \$slices = \$slice(?:\n|(?P<more> AND ))")

_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "strings": pa.list_(pa.string()),
    "integers": pa.list_(pa.int64()),
    "floats": pa.list_(pa.float64()),
}


def ask(store: GraphStore, name: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """Run a query by its name.

    Parameters
    ----------
    store : GraphStore
        The graph.
    name : str
        See :func:`spillgraph.queries.load_query`.
    parameters : mapping of str to object, optional
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
    return cast_answer(store.query(query.text, query.bind(parameters or {})), query)


def ask_by_slices(store: GraphStore, name: str) -> pa.Table:
    """Run a query that sums by year, the years dealt out to the sessions of the store.

    Parameters
    ----------
    store : GraphStore
        The graph.
    name : str
        A query with the parameters ``slices`` and ``slice`` alone, which answers for the years with
        ``year % slices = slice``, said in a line that :func:`of_all_years` takes out where one
        session answers. Columns of lists stand for one row a list entry: a server
        sends a long list sooner than as many rows.

    Returns
    -------
    pyarrow.Table
        The rows of all years, lists rolled out, in the order of the columns from the left. No sum
        is in two slices, so it has the same last digit however many sessions there are.
    """
    query = load_query(name)
    n = store.sessions
    values = [query.bind({"slices": n, "slice": number}) for number in range(n)]
    text = query.text
    if n == 1:
        text, values = of_all_years(text), [{}]
    answers = store.query_each(text, values)
    table = pa.concat_tables([_unnest(cast_answer(answer, query)) for answer in answers])
    return table.sort_by([(column, "ascending") for column in table.column_names])


def of_all_years(text: str) -> str:
    """Return a statement that answers by slices as one that answers at once.

    A condition that lets every edge pass costs a third of a sum over millions; and the embedded
    store takes it for one that lets few pass, and puts the edges, not the nodes, into its table.

    Examples
    --------
    >>> of_all_years("MATCH ()-[c:CITES]->()\\nWHERE c.year % $slices = $slice AND c.count > 1")
    'MATCH ()-[c:CITES]->()\\nWHERE c.count > 1'
    """
    return _SLICE.sub(lambda found: "WHERE " if found["more"] else "", text)


def _unnest(table: pa.Table) -> pa.Table:
    """Give each entry of the lists in a row a row of its own."""
    lists = [field.name for field in table.schema if pa.types.is_list(field.type)]
    if not lists:
        return table
    table = table.combine_chunks()
    row = pc.list_parent_indices(table[lists[0]])
    columns = {
        name: pc.list_flatten(table[name]) if name in lists else table[name].take(row)
        for name in table.column_names
    }
    return pa.table(columns)


def cast_answer(table: pa.Table, query: Query) -> pa.Table:
    """Give a query's answer the types that its header declares.

    A store without types of its own takes a sum over nothing for a whole number, and a column
    without values for anything.
    """
    schema = pa.schema([(column.name, _TYPES[column.type]) for column in query.columns])
    return table.cast(schema) if table.num_rows else schema.empty_table()
