"""A small study through the checks of its tables, and keys for its study file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study

__all__ = ["connect", "keys", "staged"]


#: What is made on a cursor is temporary, and goes with it: a database of its own takes as long to
#: open as a small table takes to be checked. To wake a second thread takes longer than a few
#: rows do.
_DATABASE = duckdb.connect(config={"threads": 1})


def connect() -> duckdb.DuckDBPyConnection:
    """Return a connection that finds nothing of what others have made: all of it is temporary."""
    return _DATABASE.cursor()


def staged(study: Any, folder: Path) -> dict[str, Staged]:
    """Check every table of a study; whatever is in it, no row vanishes."""
    with connect() as con:
        found = stage(con, load_study(study.path), folder / "tables", folder / "rejects")
    for table in found.values():
        assert table.read == table.loaded + table.rejected
    return found


def keys(study: Any, file: str, text: str) -> None:
    """Add keys to the entry of a file."""
    study.replace(f'file = "{file}"', f'file = "{file}"\n{text}')
