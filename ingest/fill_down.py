"""Merged cells: the blank cells below a value have it, too."""

from __future__ import annotations

import duckdb

from ..core.errors import InputError, nearest, show
from . import texts
from .files.raw import Raw
from .study_model import Entry

__all__ = ["fill_down"]


def fill_down(
    con: duckdb.DuckDBPyConnection, entry: Entry, shown: str, table: str, raw: Raw
) -> None:
    """Carry the values of some columns down into the blank cells below, as merged cells mean.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table.
    entry : Entry
        Gives ``fill_down``.
    shown, table, raw : str, str, Raw
        The file, for messages; name of the table, and its columns.

    Raises
    ------
    InputError
        If there is no such column, or the value above may stand in a row that could not be read.
    """
    filled = []
    for name in dict.fromkeys(entry.fill_down):
        if name not in raw.columns:
            hint = nearest(name, raw.columns)
            raise InputError(f"{shown}: there is no column {name!r} (fill_down). {hint}")
        own = raw.columns[name]
        text = raw.types[name] == "VARCHAR"
        value = f"CASE WHEN {texts.clean(own)} <> '' THEN {own} END" if text else own
        if raw.malformed:
            _require_known_above(con, f"({value})", name, table, raw)
        filled.append(f"last_value({value} IGNORE NULLS) OVER (ORDER BY _row) AS {own}")
    if filled:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE ({', '.join(filled)}) "
            f"FROM {table} ORDER BY _row"
        )


def _require_known_above(
    con: duckdb.DuckDBPyConnection, value: str, name: str, table: str, raw: Raw
) -> None:
    """Refuse a blank cell below a row that could not be read: its value may stand there."""
    broken = {each.row: each for each in raw.malformed}
    found = con.execute(
        f"SELECT bad, _row FROM (SELECT _row, {value} IS NULL AS blank, last_value(CASE WHEN "
        f"{value} IS NOT NULL THEN _row END IGNORE NULLS) OVER (ORDER BY _row) AS above "
        f"FROM {table}) AS r JOIN unnest(?::BIGINT[]) AS b(bad) "
        "ON bad > coalesce(above, 0) AND bad < _row WHERE blank ORDER BY ALL LIMIT 1",
        [list(broken)],
    ).fetchall()
    if found:
        bad, row = found[0]
        each = broken[bad]
        raise InputError(
            f"{each.file}, row {bad}: {each.reason}: {show(each.value)}. Column {show(name)} is "
            f"blank below it, in row {row}, and fill_down would take a value from above row {bad}. "
            "Mend that row in the file."
        )
