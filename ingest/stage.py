"""Check every row of every table: accepted rows become Parquet, refused rows a rejects file.

Each check is one SQL expression over the declared contract, so ten million rows are one set
operation. The first failing check of a row is its reason; in = loaded + rejected, always.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from ..core.errors import TotalsError
from ..core.map_cells import Pool
from ..graph.aggregate import Cells
from . import sql
from .accepted import view_of
from .checks.staged import Staged, require_usable
from .contract import SEVERAL, Table, table
from .doubts import of_values as doubts
from .one_by_one import OneByOne
from .parts import Parted, may_be_parted, write_parts
from .source import open_entries
from .study import Study

__all__ = ["Progress", "Staged", "attach", "stage"]

#: Tells a caller what is being worked on, and how much of the whole is done (0 to 1).
Progress = Callable[[str, float], None]
#: Tells how much of one table is done.
_Told = Callable[[float], None]


def stage(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    folder: Path,
    rejects: Path | None,
    progress: Progress = lambda what, share: None,
    pool: Pool | None = None,
) -> dict[str, Staged]:
    """Read, check and store every table of a study.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Where the work is done; afterwards it holds a view ``ok_NAME`` of each table.
    study : Study
        The study.
    folder : Path
        Receives ``NAME.parquet``.
    rejects : Path, optional
        Receives ``NAME.csv`` with file, row, column, value and reason of each refused row, and
        ``NAME_values.csv`` with the values that accepted rows have lost.
    progress : callable, optional
        Called with the table's name and the share done.
    pool : Pool, optional
        Who checks the parts of large flows; by default threads of this process.

    Returns
    -------
    dict of str to Staged
        By table name, in the order of the contract.

    Raises
    ------
    InputError
        If a file cannot be read or lacks a column, a table has no accepted row, or a list or a
        map has a refused one.
    TotalsError
        If rows went missing, which would be a defect of ours.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staged: dict[str, Staged] = {}
    tables = study.tables
    for number, declared in enumerate(tables):
        told = _share_of(progress, declared.name, number, len(tables))
        told(0.0)
        staged[declared.name] = _stage(con, study, declared, folder, rejects, staged, told, pool)
        require_usable(declared, staged, study.of(declared.name))
    progress("", 1.0)
    return staged | _found_elsewhere(con, staged)


def _share_of(progress: Progress, name: str, number: int, tables: int) -> _Told:
    """Return what tells how much of a table is done as a share of all tables."""
    return lambda share: progress(name, (number + share) / tables)


def _found_elsewhere(
    con: duckdb.DuckDBPyConnection, staged: dict[str, Staged]
) -> dict[str, Staged]:
    """Return tables whose owners or industries come from others: those have a partner, too."""
    mended = {}
    for (name, column), other in SEVERAL.items():
        if name in staged and other in staged and column in staged[name].unmatched:
            holder, item = table(other).key[:2]
            (rows,) = sql.one(
                con,
                f"SELECT count(*) FROM ok_{name} WHERE {column} IS NULL AND id NOT IN "
                f"(SELECT {holder} FROM ok_{other} WHERE {item} IS NOT NULL)",
            )
            rest = {other: n for other, n in staged[name].unmatched.items() if other != column}
            unmatched = rest | ({column: int(rows)} if rows else {})
            mended[name] = replace(staged[name], unmatched=unmatched)
    return mended


def attach(con: duckdb.DuckDBPyConnection, staged: dict[str, Staged]) -> None:
    """Give a connection the views ``ok_NAME`` of staged tables."""
    for audit in staged.values():
        con.execute(view_of(audit.name, audit.path))


def _stage(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    table: Table,
    folder: Path,
    rejects: Path | None,
    known: Mapping[str, Staged],
    told: _Told,
    pool: Pool | None,
) -> Staged:
    """Stage one table: in parts where it is large and nothing but refusals is to be told."""
    # Rows may lie in copies there while they are worked on.
    with tempfile.TemporaryDirectory(dir=folder) as copies:
        opened = open_entries(con, study.of(table.name), Path(copies))
        work = OneByOne(con, study, table, opened)
        path = folder / f"{table.name}.parquet"
        there = {name: audit.path for name, audit in known.items()}
        found = _in_parts(work, there, Path(copies), path, pool, told)
        if found is None:
            return work.run(path, rejects)
        staged = work.tell_refused(path, found.rejects, found.unknown, rejects)
        for of_entry in opened:
            of_entry.close(con)
        if found.sums is not None:
            return replace(staged, cells=Cells(found.sums, staged.total, 0.0))
        return replace(staged, cells=found.citations)


def _in_parts(
    work: OneByOne,
    known: Mapping[str, Path],
    folder: Path,
    path: Path,
    pool: Pool | None,
    told: _Told,
) -> Parted | None:
    """Write millions of rows in parts, if nothing but refusals is to be told of them."""
    sources, opened = work.study.of(work.table.name), work.opened
    if sources[1:] or not may_be_parted(sources[0], opened[0]):
        return None
    entry = sources[0], opened[0]
    absent = [*doubts.of_absent(work.con, work.study, work.table, opened)]
    found = write_parts(work.con, work.study, entry, known, folder, path, pool=pool, progress=told)
    if found is None:
        return None
    if found.rows + found.refused != opened[0].read:
        raise TotalsError(
            f"table {work.table.name}: {opened[0].read} rows read, but {found.rows} loaded and "
            f"{found.refused} rejected in parts; please report this."
        )
    work.con.execute(view_of(work.table.name, path))
    work.warnings += (*opened[0].warnings, *absent)
    return found
