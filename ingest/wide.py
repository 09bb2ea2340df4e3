"""Turn a printed matrix into rows: row label, column label, value."""

from __future__ import annotations

import json
from dataclasses import replace

import duckdb

from ..core.errors import InputError, nearest, show
from . import sql, texts
from .files.raw import Raw
from .study import TableSource

__all__ = ["is_number", "melt"]


def melt(
    con: duckdb.DuckDBPyConnection, source: TableSource, shown: str, table: str, raw: Raw
) -> Raw:
    """Replace a table of a matrix by one of its cells.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table.
    source : TableSource
        Its entry says which columns of ours labels and cells are.
    shown : str
        The file, for messages.
    table : str
        Name of the table.
    raw : Raw
        Its columns.

    Returns
    -------
    Raw
        With three columns, called as ``wide`` calls them.

    Raises
    ------
    InputError
        If ``wide`` names a column that the table does not have, or there are no cells.
    """
    wide = source.entry.wide
    assert wide is not None
    names = {column.name for column in source.table.columns}
    for each in (wide.rows, wide.columns, wide.values):
        if each not in names:
            raise InputError(f"{shown}: 'wide' names {each!r}. {nearest(each, names)}")
    labels, *cells = raw.columns
    if not cells:
        raise InputError(f"{shown}: a matrix needs a column of labels and at least one of values.")
    _require_values(con, source, shown, table, raw)
    kind = "DOUBLE" if all(is_number(raw.types[cell]) for cell in cells) else "VARCHAR"
    cast = ", ".join(f"CAST({raw.columns[c]} AS {kind}) AS {raw.columns[c]}" for c in cells)
    listed = ", ".join(raw.columns[cell] for cell in cells)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_cells AS SELECT _row, l, n, v "
        f"FROM (SELECT _row, CAST({raw.columns[labels]} AS VARCHAR) AS l, {cast} FROM {table}) "
        f"UNPIVOT INCLUDE NULLS (v FOR n IN ({listed}))"
    )
    named = " ".join(f"WHEN {sql.text(raw.columns[c])} THEN {sql.text(c)}" for c in cells)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS "
        f"SELECT _row, l AS c0, CASE n {named} END AS c1, v AS c2 FROM {table}_cells"
    )
    con.execute(f"DROP TABLE {table}_cells")
    columns = {wide.rows: "c0", wide.columns: "c1", wide.values: "c2"}
    types = dict.fromkeys(columns, "VARCHAR") | {wide.values: kind}
    return replace(raw, columns=columns, types=types)


def _require_values(
    con: duckdb.DuckDBPyConnection, source: TableSource, shown: str, table: str, raw: Raw
) -> None:
    """Refuse a second column of labels: it would be a user whose cells are no numbers."""
    wide, entry = source.entry.wide, source.entry
    assert wide is not None
    labels, *cells = raw.columns
    left_out = entry.where_not.get(wide.columns, [])
    if wide.columns in entry.where or cells[0] in left_out or is_number(raw.types[cells[0]]):
        return
    own = f"trim(CAST({raw.columns[cells[0]]} AS VARCHAR))"
    missing = texts.MISSING if entry.missing is None else entry.missing
    names = f"regexp_full_match({own}, '\\p{{L}}[\\p{{L}} ,.;/&()-]*')"
    names += "".join(f" AND {own} <> {sql.text(each)}" for each in missing)
    named, different, filled = sql.one(
        con,
        f"SELECT count(*) FILTER ({names}), count(DISTINCT {own}) FILTER ({names}), count(*) "
        f"FROM {table} WHERE {own} <> ''",
    )
    if len(cells) > 1 and different > 1 and 2 * named > filled:
        alone = json.dumps(cells[0], ensure_ascii=False)
        raise InputError(
            f"{shown}: column {show(cells[0])} holds names where 'wide' has values. If it names "
            f"the rows together with {show(labels)}, say label_columns = "
            f"{entry.label_columns + 1} (they are joined by _); else leave it out: where_not = "
            f"{{ {wide.columns} = [{alone}] }}."
        )


def is_number(kind: str) -> bool:
    """Whether a DuckDB type is a number."""
    return "INT" in kind or kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL")
