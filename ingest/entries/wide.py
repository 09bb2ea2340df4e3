"""Turn a printed matrix into rows: row label, column label, value."""

from __future__ import annotations

import json
from dataclasses import replace

import duckdb

from ...core.errors import InputError, nearest, show
from .. import sql
from ..files.raw import Raw
from ..study import TableSource
from ..study_model import Entry
from ..values import texts
from .lookup import own_text
from .told_apart import tell_apart

__all__ = ["is_number", "melt", "split_columns"]


def melt(
    con: duckdb.DuckDBPyConnection, source: TableSource, file: str, table: str, raw: Raw
) -> Raw:
    """Replace a table of a matrix by one of its cells.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table.
    source : TableSource
        Its entry says which columns of ours labels and cells are.
    file : str
        The file, for messages.
    table : str
        Name of the table.
    raw : Raw
        Its columns.

    Returns
    -------
    Raw
        With three columns, called as ``wide`` calls them, and those that ``beside`` names.

    Raises
    ------
    InputError
        If ``wide`` names a column that the table does not have, or there are no cells.
    """
    wide = source.entry.wide
    assert wide is not None
    names = {column.name for column in source.table.columns}
    for key in (wide.rows, wide.columns, wide.values):
        if key not in names:
            raise InputError(f"{file}: 'wide' names {key!r}. {nearest(key, names)}")
    labels, beside, cells = split_columns(source.entry, file, raw)
    _require_other_labels(con, source, file, table, raw)
    _require_cells(source, file, cells)
    _require_years(source, file, cells)
    apart = tell_apart(con, source.entry, table, raw, labels)
    _require_values(con, source, file, table, raw, apart)
    kind = "DOUBLE" if all(is_number(raw.types[cell]) for cell in cells) else "VARCHAR"
    cast = ", ".join(
        f"{_as_text(c, raw, source.entry) if kind == 'VARCHAR' else f'{raw.columns[c]}::DOUBLE'} "
        f"AS {raw.columns[c]}"
        for c in cells
    )
    listed = ", ".join(raw.columns[cell] for cell in cells)
    # what stands beside the labels is that of every cell of the row
    with_all = "".join(f", {raw.columns[b]} AS b{n}" for n, b in enumerate(beside))
    kept = "".join(f", b{n}" for n in range(len(beside)))
    label = _as_column(own_text(labels, raw), cells)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_cells AS SELECT _row, l, n, v{kept} "
        f"FROM (SELECT _row, {label} AS l{with_all}, {cast} FROM {table} AS r) "
        f"UNPIVOT INCLUDE NULLS (v FOR n IN ({listed}))"
    )
    named = " ".join(f"WHEN {sql.text(raw.columns[c])} THEN {sql.text(c)}" for c in cells)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS "
        f"SELECT _row, l AS c0, CASE n {named} END AS c1, v AS c2{kept} FROM {table}_cells"
    )
    con.execute(f"DROP TABLE {table}_cells")
    columns = {wide.rows: "c0", wide.columns: "c1", wide.values: "c2"}
    types = dict.fromkeys(columns, "VARCHAR") | {wide.values: kind}
    for number, name in enumerate(beside):
        columns[name], types[name] = f"b{number}", raw.types[name]
    if labels not in names:  # the file's own name of the labels, for where
        columns[labels], types[labels] = "c0", "VARCHAR"
    return replace(raw, columns=columns, types=types, apart=apart)


def _as_text(cell: str, raw: Raw, entry: Entry) -> str:
    """Return the texts of a column; numbers are spelled as the texts of the others are."""
    text = f"CAST({raw.columns[cell]} AS VARCHAR)"
    spelled = entry.decimal == "," and is_number(raw.types[cell])
    return f"replace({text}, '.', ',')" if spelled else text


def _as_column(label: str, cells: list[str]) -> str:
    """Give a row the name of the column that differs in blanks alone: headers have one in a row."""
    bare = f"trim(regexp_replace({label}, '[\\s\\p{{Z}}]+', ' ', 'g'))"
    return f"CASE WHEN {bare} IN ({', '.join(map(sql.text, cells))}) THEN {bare} ELSE {label} END"


def split_columns(entry: Entry, file: str, raw: Raw) -> tuple[str, list[str], list[str]]:
    """Return the column of row labels, those beside it, and those of a matrix's cells.

    Parameters
    ----------
    entry : Entry
        Gives ``row_labels`` and ``beside``.
    file, raw : str, Raw
        The file, for messages, and its columns.

    Raises
    ------
    InputError
        If a column that they name is not there, has a name that is taken, or no cell is left.
    """
    for key, own in [("row_labels", entry.row_labels), *(("beside", b) for b in entry.beside)]:
        if own is not None and own not in raw.columns:
            raise InputError(
                f"{file}: there is no column {show(own)} ({key}). {nearest(own, raw.columns)}"
            )
    if entry.row_labels in entry.beside:
        raise InputError(
            f"{file}: {show(str(entry.row_labels))} is named by 'row_labels' and by 'beside'; "
            "take it out of 'beside'."
        )
    if entry.wide and (taken := {entry.wide.rows, entry.wide.columns, entry.wide.values}):
        for own in entry.beside:
            if own in taken:
                raise InputError(
                    f"{file}: 'beside' names {show(own)}, which 'wide' gives to another column; "
                    "rename it in the file."
                )
    rest = [name for name in raw.columns if name not in entry.beside]
    labels = entry.row_labels or (rest[0] if rest else "")
    cells = [name for name in rest if name != labels]
    if not cells:
        raise InputError(f"{file}: a matrix needs a column of labels and at least one of values.")
    return labels, list(dict.fromkeys(entry.beside)), cells


def _toml(names: list[str]) -> str:
    return json.dumps(names, ensure_ascii=False)


def _require_other_labels(
    con: duckdb.DuckDBPyConnection, source: TableSource, file: str, table: str, raw: Raw
) -> None:
    """Refuse a first column of names where a later one has the names of the columns."""
    entry = source.entry
    labels, _, cells = split_columns(entry, file, raw)
    if entry.row_labels is not None:
        return
    listed = ", ".join(sql.text(cell) for cell in cells)

    def names_cells(column: str) -> bool:
        own = f"trim({own_text(column, raw)})"
        named, rows = sql.one(
            con,
            f"SELECT count(DISTINCT {own}) FILTER ({own} IN ({listed})), count(*) "
            f"FROM {table} AS r WHERE {own} <> ''",
        )
        return bool(2 * named >= rows and named > 1)

    if names_cells(labels):
        return
    for number, cell in enumerate(cells[:5]):
        if names_cells(cell):
            raise InputError(
                f"{file}: column {show(cell)} has the names of the matrix's columns, and the rows "
                f"were to be called by {show(labels)}. Say row_labels = "
                f"{json.dumps(cell, ensure_ascii=False)}, beside = "
                f"{_toml([*entry.beside, labels, *cells[:number]])}."
            )


def _require_cells(source: TableSource, file: str, cells: list[str]) -> None:
    """Refuse a column of ours among the cells: a year beside the labels is no sector."""
    wide, entry = source.entry.wide, source.entry
    assert wide is not None
    left_out = entry.where_not.get(wide.columns, [])
    kept = entry.where.get(wide.columns)
    for column in source.table.columns:
        if column.name in {wide.rows, wide.columns, wide.values}:
            continue
        theirs = entry.columns.get(column.name) or column.name
        for cell in cells:
            same = cell.casefold() == theirs.casefold()
            if not same or cell in left_out or (kept is not None and cell not in kept):
                continue
            mapped = (
                "" if cell == theirs else f", columns = {{ {column.name} = {_toml([cell])[1:-1]} }}"
            )
            raise InputError(
                f"{file}: column {show(cell)} stands among the values of the matrix. Say beside = "
                f"{_toml([*entry.beside, cell])}{mapped}: it stands beside the labels, and holds "
                f"for all values of its row."
            )


def _require_years(source: TableSource, file: str, cells: list[str]) -> None:
    """Refuse a column without any digit among those of years: a name beside the labels is none."""
    wide, entry = source.entry.wide, source.entry
    assert wide is not None
    if source.table.column(wide.columns).type != "year":
        return
    left_out, kept = entry.where_not.get(wide.columns, []), entry.where.get(wide.columns, cells)
    used = [cell for cell in cells if cell in kept and cell not in left_out]
    words = [cell for cell in used if not any(sign.isdigit() for sign in cell)]
    if words and len(words) < len(used):
        raise InputError(
            f"{file}: column {show(words[0])} stands among those of years. Say beside = "
            f"{_toml([*entry.beside, *words])}: it stands beside the labels, and is not read "
            "unless 'columns' names it."
        )


def _require_values(
    con: duckdb.DuckDBPyConnection,
    source: TableSource,
    file: str,
    table: str,
    raw: Raw,
    apart: str,
) -> None:
    """Refuse a second column of labels: it would be a user whose cells are no numbers."""
    wide, entry = source.entry.wide, source.entry
    assert wide is not None
    labels, _, cells = split_columns(entry, file, raw)
    left_out = entry.where_not.get(wide.columns, [])
    if wide.columns in entry.where or cells[0] in left_out or is_number(raw.types[cells[0]]):
        return
    own = f"trim(CAST({raw.columns[cells[0]]} AS VARCHAR))"
    names = f"regexp_full_match({own}, '\\p{{L}}[\\p{{L}} ,.;/&()-]*')"
    names += f" AND length({own}) > 2"  # letters in place of numbers are remarks: c, s, (p)
    names += "".join(f" AND {own} <> {sql.text(text)}" for text in texts.missing_of(entry))
    named, different, filled = sql.one(
        con,
        f"SELECT count(*) FILTER ({names}), count(DISTINCT {own}) FILTER ({names}), count(*) "
        f"FROM {table} WHERE {own} <> ''",
    )
    if len(cells) > 1 and different > 1 and 2 * named > filled:
        problem = f"{file}: column {show(cells[0])} holds names where 'wide' has values."
        if apart:  # it is needed, or the next one is
            raise InputError(f"{problem} Rows have one label several times. {apart.strip()}")
        raise InputError(
            f"{problem} If it names the rows together with {show(labels)}, say label_columns = "
            f"{entry.label_columns + 1} (they are joined by _); else leave it out: beside = "
            f"{_toml([*entry.beside, cells[0]])}."
        )


def is_number(kind: str) -> bool:
    """Whether a DuckDB type is a number."""
    return "INT" in kind or kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL")
