"""A small study through the checks of its tables, and keys for its study file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study

__all__ = ["keys", "staged"]


def staged(study: Any, folder: Path) -> dict[str, Staged]:
    """Check every table of a study; whatever is in it, no row vanishes."""
    with duckdb.connect() as con:
        found = stage(con, load_study(study.path), folder / "tables", folder / "rejects")
    for table in found.values():
        assert table.read == table.loaded + table.rejected
    return found


def keys(study: Any, file: str, text: str) -> None:
    """Add keys to the entry of a file."""
    study.replace(f'file = "{file}"', f'file = "{file}"\n{text}')
