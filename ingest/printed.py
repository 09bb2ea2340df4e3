"""Take totals by industry out of a printed input-output table: its rows and columns have them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from ..core.errors import InputError, nearest, show
from .files.raw import Raw
from .lookup import own_text
from .numbers import number, without_flags
from .study_model import Entry
from .texts import minus
from .wide import parted

__all__ = ["read_printed"]


def read_printed(
    con: duckdb.DuckDBPyConnection, entry: Entry, shown: str, table: str, raw: Raw
) -> Raw:
    """Replace a printed table by one row an industry.

    An industry is a label that both a row and a column have. ``printed`` names, by column of ours,
    the rows or columns that add up to it, e.g. ``final_demand = ["HFCE", "INVNT"]``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table; its first column holds the labels of rows, or the one of ``row_labels``.
    entry : Entry
        Gives ``printed``, and how numbers are spelled.
    shown, table : str, str
        The file, for messages; name of the table.
    raw : Raw
        Its columns.

    Returns
    -------
    Raw
        ``industry`` and the columns that ``printed`` names; missing where all parts are.

    Raises
    ------
    InputError
        If a label is no row and no column, or both, or a cell is no number.
    """
    labels, beside, columns = parted(entry, shown, raw)
    cells = ", ".join(f"{own_text(c, raw)} AS {raw.columns[c]}" for c in raw.columns)
    frame = con.execute(f"SELECT {cells} FROM {table} AS r ORDER BY _row").df()
    frame = frame.rename(columns={own: name for name, own in raw.columns.items()})
    frame = frame.set_index(frame[labels].fillna("").str.strip())
    year = entry.columns.get("year") or "year"  # beside the labels: a table for each
    groups = frame.groupby(year, sort=False) if year in beside else [(None, frame)]
    parts = [
        _of_one(con, entry, shown, part[columns]).assign(**({} if one is None else {year: one}))
        for one, part in groups
    ]
    made = pd.concat(parts, ignore_index=True)
    rows = pa.Table.from_pandas(made, preserve_index=False)
    con.register("_printed", rows.rename_columns([f"c{n}" for n in range(len(made.columns))]))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT row_number() OVER () AS _row, * "
        "FROM _printed"
    )
    con.unregister("_printed")
    own = {str(name): f"c{place}" for place, name in enumerate(made.columns)}
    types = dict.fromkeys(own, "DOUBLE") | dict.fromkeys({"industry", year} & {*own}, "VARCHAR")
    return replace(raw, columns=own, types=types)


def _of_one(
    con: duckdb.DuckDBPyConnection, entry: Entry, shown: str, frame: pd.DataFrame
) -> pd.DataFrame:
    """Return one row an industry of a table whose rows have their labels."""
    if frame.index.has_duplicates:
        twice = frame.index[frame.index.duplicated()][0]
        raise InputError(f"{shown}: two rows are called {show(twice)}; printed needs one of each.")
    parts = {part for named in entry.printed.values() for part in named}
    industries = [name for name in frame.columns if name in frame.index and name not in parts]
    if not industries:
        raise InputError(
            f"{shown}: no label is that of a row and of a column: no industry is there."
        )
    made: dict[str, pd.Series[Any]] = {"industry": pd.Series(industries, industries)}
    for column, named in entry.printed.items():
        found = [_line(frame, part, industries, f"{shown} (printed.{column})") for part in named]
        made[column] = _added(con, pd.concat(found, axis=1), entry, shown)
    return pd.DataFrame(made)


def _line(frame: pd.DataFrame, label: str, industries: list[str], place: str) -> pd.Series[Any]:
    """Return a row or a column of the table, by industry."""
    row, column = label in frame.index, label in frame.columns
    if row and column:
        raise InputError(f"{place}: {show(label)} is a row and a column; rename one.")
    if not row and not column:
        hint = nearest(label, [*frame.index, *frame.columns])
        raise InputError(f"{place}: there is no row or column {show(label)}. {hint}")
    cells = frame.loc[label, industries] if row else frame.loc[industries, label]
    return pd.Series(cells.to_numpy(), industries, name=label)


def _added(
    con: duckdb.DuckDBPyConnection, cells: pd.DataFrame, entry: Entry, shown: str
) -> pd.Series[Any]:
    """Add the cells of each industry; nothing if all are empty."""
    long = cells.stack().str.strip().reset_index()
    long.columns = pd.Index(["industry", "part", "text"])
    long = long[long["text"] != ""]
    con.register("_cells", pa.Table.from_pandas(long, preserve_index=False))
    read = con.execute(
        f"SELECT *, {number(without_flags(minus('text'), entry), entry)} AS value FROM _cells"
    ).df()
    con.unregister("_cells")
    bad = read[read["value"].isna()]
    if len(bad):
        first = bad.iloc[0]
        raise InputError(
            f"{shown}: {show(first['text'])} of {show(first['industry'])} in {show(first['part'])} "
            "is not a number."
        )
    return read.groupby("industry")["value"].sum(min_count=1).reindex(cells.index)
