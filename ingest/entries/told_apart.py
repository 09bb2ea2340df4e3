"""Which column beside the labels of a matrix tells rows apart that have one label."""

from __future__ import annotations

import duckdb

from ...core.errors import show
from .. import sql
from ..files.raw import Raw
from ..study_model import Entry
from .lookup import own_text

__all__ = ["tell_apart"]

#: Columns behind the first that may name rows, too: code, name, country, unit.
_NEAR = 4


def tell_apart(
    con: duckdb.DuckDBPyConnection, entry: Entry, table: str, raw: Raw, labels: str
) -> str:
    """Return what would tell rows with one label apart, or nothing.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the matrix.
    entry : Entry
        How it is read.
    table : str
        Its name.
    raw : Raw
        Its columns, before it is made rows.
    labels : str
        The column of row labels.

    Returns
    -------
    str
        A sentence with the key, and a blank behind it. Only of columns that stand beside the
        labels and of which nothing is read; none where labels are different.
    """
    first, *others = raw.columns
    if first != labels or entry.repeat is not None:
        return ""
    label, used = f"trim({own_text(labels, raw)})", {*entry.columns.values(), *entry.where}
    rows = f"(SELECT * FROM {table} AS r WHERE {label} <> '')"
    for number, name in enumerate(others[:_NEAR], start=1):
        own = f"trim({own_text(name, raw)})"
        asked = f"count(*) FILTER ({_is_name(own)}), count(*) FILTER ({own} <> '')"
        names, filled = sql.one(con, f"SELECT {asked} FROM {rows} AS r")
        if 2 * names <= filled:
            return ""  # from here on there are values
        count, alone, both = sql.one(
            con,
            f"SELECT count(*), count(DISTINCT {label}), count(DISTINCT ({label}, {own})) "
            f"FROM {rows} AS r",
        )
        if alone == count:
            return ""
        if both == count and name not in used and not _are_columns(con, rows, label, others):
            more = "; take row_labels out" if entry.row_labels else ""
            beside = [name for name in entry.beside if name in others[:number]]
            more += f"; take {', '.join(map(show, beside))} out of beside" if beside else ""
            return (
                f"Column {show(name)} beside the labels tells such rows apart: say label_columns = "
                f"{entry.label_columns + number}, and the first columns are joined by '_'{more}. "
            )
    return ""


def _are_columns(con: duckdb.DuckDBPyConnection, rows: str, label: str, others: list[str]) -> bool:
    """Whether most labels are names of columns as they are: joined ones would not be."""
    (known, all) = sql.one(
        con,
        f"SELECT count(*) FILTER (list_contains([{', '.join(map(sql.text, others))}], v)), "
        f"count(*) FROM (SELECT DISTINCT {label} AS v FROM {rows} AS r)",
    )
    return bool(2 * known > all)


def _is_name(text: str) -> str:
    """Whether a text is no number, nor a mark in place of one."""
    return f"regexp_matches({text}, '\\p{{L}}{{2}}')"
