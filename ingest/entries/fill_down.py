"""Merged cells: the blank cells below a value have it, too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import duckdb

from ...core.errors import InputError, nearest, show
from ...core.words import counted
from .. import sql
from ..files.raw import Filled, Raw
from ..study_model import Entry
from ..values import texts

__all__ = ["fill_down", "filled_doubts", "filled_notes"]


def fill_down(con: duckdb.DuckDBPyConnection, entry: Entry, file: str, table: str, raw: Raw) -> Raw:
    """Carry the values of some columns down into the blank cells below, as merged cells mean.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table.
    entry : Entry
        Gives ``fill_down``.
    file, table, raw : str, str, Raw
        The file, for messages; name of the table, and its columns.

    Returns
    -------
    Raw
        With ``filled``.

    Raises
    ------
    InputError
        If there is no such column, or the value above may stand in a row that could not be read.
    """
    carried, filled = [], []
    for name in dict.fromkeys(entry.fill_down):
        if name not in raw.columns:
            hint = nearest(name, raw.columns)
            raise InputError(f"{file}: there is no column {name!r} (fill_down). {hint}")
        own, value = raw.columns[name], _value(name, raw)
        if raw.malformed:
            _require_known_above(con, f"({value})", name, table, raw)
        filled.append(_count_filled(con, entry, file, table, raw, name))
        carried.append(f"last_value({value} IGNORE NULLS) OVER (ORDER BY _row) AS {own}")
    if carried:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE ({', '.join(carried)}) "
            f"FROM {table} ORDER BY _row"
        )
    return replace(raw, filled=tuple(filled))


def filled_notes(raws: Iterable[Raw]) -> list[str]:
    """Return how many cells of which column have the value above now.

    Parameters
    ----------
    raws : iterable of Raw
        Files of an entry.
    """
    cells: dict[str, int] = {}
    for filled in (filled for raw in raws for filled in raw.filled):
        cells[filled.column] = cells.get(filled.column, 0) + filled.cells
    return [f"{_describe_fill(column, count)}." for column, count in cells.items()]


def filled_doubts(raws: Iterable[Raw]) -> list[str]:
    """Return a warning of each column whose blank cells may mean that there is none.

    Parameters
    ----------
    raws : iterable of Raw
        Files of an entry.
    """
    by_column: dict[str, list[Filled]] = {}
    for filled in (filled for raw in raws for filled in raw.filled):
        by_column.setdefault(filled.column, []).append(filled)
    doubts = []
    for column, files in by_column.items():
        cells, repeats = (sum(getattr(filled, n) for filled in files) for n in ("cells", "repeats"))
        if cells and repeats:
            first = next(filled for filled in files if filled.repeats)
            times = f"; {repeats:,} times" if repeats > 1 else ""
            doubts.append(
                f"{_describe_fill(column, cells)}, but filled cells repeat the one right above "
                f"them ({show(first.value)} in row {first.row:,} of {first.file}{times}), which "
                "merged cells never do. If a blank means that there is none, take "
                f"{show(column)} out of 'fill_down'."
            )
    return doubts


def _describe_fill(column: str, cells: int) -> str:
    blank = counted(cells, "blank cell")
    return f"fill_down gave {blank} of {show(column)} the value above"


def _value(name: str, raw: Raw) -> str:
    """Return a column as SQL, NULL where its cell is blank."""
    own = raw.columns[name]
    text = raw.types[name] == "VARCHAR"
    return f"CASE WHEN {texts.clean(own)} <> '' THEN {own} END" if text else own


def _count_filled(
    con: duckdb.DuckDBPyConnection, entry: Entry, file: str, table: str, raw: Raw, name: str
) -> Filled:
    """Count the cells to be filled, and rows that repeat the value above as merged cells do not.

    Below a cell of a column to the left that begins anew, a value may well come again.
    """
    names = list(raw.columns)
    outer = [
        outer_name for outer_name in names[: names.index(name)] if outer_name in entry.fill_down
    ]
    begins = " OR ".join(f"({_value(other, raw)}) IS NOT NULL" for other in outer) or "false"
    others = [other for other in names if other != name]
    line = " OR ".join(f"({_value(other, raw)}) IS NOT NULL" for other in others) or "false"
    cells, repeats, row, value = sql.one(
        con,
        "SELECT count(*) FILTER (v IS NULL AND carried IS NOT NULL AND line), "
        "count(*) FILTER (v = above AND NOT begins), "
        "coalesce(min(_row) FILTER (v = above AND NOT begins), 0), "
        "coalesce(arg_min(v, _row) FILTER (v = above AND NOT begins)::VARCHAR, '') FROM ("
        "SELECT *, lag(v) OVER (ORDER BY _row) AS above, "
        "last_value(v IGNORE NULLS) OVER (ORDER BY _row) AS carried "
        f"FROM (SELECT _row, {_value(name, raw)} AS v, {begins} AS begins, {line} AS line "
        f"FROM {table}) AS r) AS r",
    )
    return Filled(file, name, int(cells), int(repeats), int(row), str(value))


def _require_known_above(
    con: duckdb.DuckDBPyConnection, value: str, name: str, table: str, raw: Raw
) -> None:
    """Refuse a blank cell below a row that could not be read: its value may stand there."""
    broken = {line.row: line for line in raw.malformed}
    rows = con.execute(
        f"SELECT bad, _row FROM (SELECT _row, {value} IS NULL AS blank, last_value(CASE WHEN "
        f"{value} IS NOT NULL THEN _row END IGNORE NULLS) OVER (ORDER BY _row) AS above "
        f"FROM {table}) AS r JOIN unnest(?::BIGINT[]) AS b(bad) "
        "ON bad > coalesce(above, 0) AND bad < _row WHERE blank ORDER BY ALL LIMIT 1",
        [list(broken)],
    ).fetchall()
    if rows:
        bad, row = rows[0]
        line = broken[bad]
        raise InputError(
            f"{line.file}, row {bad:,}: {line.reason}: {show(line.value)}. Column {show(name)} is "
            f"blank below it, in row {row:,}, and fill_down would take a value from above row "
            f"{bad:,}. Correct that row in the file."
        )
