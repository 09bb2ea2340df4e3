"""Checked tables, attached to a connection of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ..ingest.economy import Economy
from ..ingest.plan import register
from ..ingest.stage import Staged, attach
from ..ingest.study import Study

__all__ = ["attach_tables", "register_tables"]


@contextmanager
def attach_tables(staged: dict[str, Staged], folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to accepted rows, of its own: what checking took in memory is given back.

    Parameters
    ----------
    staged : dict of str to Staged
        The tables.
    folder : Path
        Large queries spill into it.
    """
    with duckdb.connect() as con:
        con.execute("SET temp_directory = ?", [str(folder / ".tmp")])
        attach(con, staged)
        yield con


@contextmanager
def register_tables(
    study: Study, staged: dict[str, Staged], economy: Economy, folder: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to accepted rows and to what counts of them, as a load reads it.

    Parameters
    ----------
    study : Study
        The study.
    staged : dict of str to Staged
        Its tables.
    economy : Economy
        What they say of industries.
    folder : Path
        Large queries spill into it.
    """
    with attach_tables(staged, folder) as con:
        register(con, study, economy.industries, economy.maps)
        yield con
