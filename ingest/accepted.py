"""Accepted rows of a table, where later tables and steps read them."""

from __future__ import annotations

from pathlib import Path

from . import sql

__all__ = ["view_of"]


def view_of(name: str, path: Path) -> str:
    """Return the statement that makes the view ``ok_NAME`` of a table's accepted rows.

    Parameters
    ----------
    name : str
        The table.
    path : Path
        A Parquet file, or a folder of its parts.
    """
    files = sql.path(path) + ("/*.parquet" if path.is_dir() else "")
    return (
        f"CREATE OR REPLACE TEMP VIEW ok_{name} AS SELECT * FROM "
        f"read_parquet({sql.text(files)}, hive_partitioning = false)"
    )
