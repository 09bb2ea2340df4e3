"""One file under two names, or packed and unpacked: where rows add up, they would count twice."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import duckdb

from ..core.errors import InputError
from . import sql
from .source import Opened
from .study import TableSource

__all__ = ["require_no_copies"]


def require_no_copies(
    con: duckdb.DuckDBPyConnection, sources: list[TableSource], opened: list[Opened]
) -> None:
    """Refuse a file whose rows another file of the table has, all of them and no others.

    What lies on the disk may differ: one is packed, or has other line ends. Entries that read one
    file in two ways are meant, and so are filters that take other rows of it.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows of the files.
    sources : list of TableSource
        Entries of one table.
    opened : list of Opened
        The same, opened.

    Raises
    ------
    InputError
        Naming both files.
    """
    _require_apart(con, sources, opened)
    alike = defaultdict(list)
    for source, each in zip(sources, opened, strict=True):
        if source.entry.partitions:  # a part of the rows stands in the folder's name
            continue
        how = source.entry.model_dump_json(exclude={"file", "member"})
        for number, (shown, _) in enumerate(source.files):
            table, columns = f"{each.relation}_raw{number}", each.raws[number].columns
            (rows,) = sql.one(con, f"SELECT count(*) FROM {table}")
            if rows:  # months without data are no copies
                names = tuple(sorted(columns))
                alike[how, rows, names].append((shown, table, [columns[name] for name in names]))
    for files in alike.values():
        known: dict[int, str] = {}
        for shown, table, cells in files if files[1:] else ():
            content = _content(con, table, cells)
            if content in known:
                raise InputError(
                    f"[tables.{sources[0].table.name}]: {shown} is {known[content]} once more, row "
                    "by row, and its rows would count twice. Leave one of them out."
                )
            known[content] = shown


def _require_apart(
    con: duckdb.DuckDBPyConnection, sources: list[TableSource], opened: list[Opened]
) -> None:
    """Refuse filters of two entries that take the same row of one file."""
    takers = defaultdict(list)
    for source, each in zip(sources, opened, strict=True):
        how = source.entry.model_dump_json(exclude={"file", "where", "where_not"})
        for number, (shown, path) in enumerate(source.files):
            rows = f"SELECT _row FROM {each.relation} WHERE _part = {number}"
            takers[path.resolve(), how].append((shown, rows))
    for files in takers.values():
        for (shown, one), (_, other) in combinations(files, 2):
            number, first = sql.one(
                con, f"SELECT count(*), min(_row) FROM ({one} INTERSECT {other})"
            )
            if number:
                raise InputError(
                    f"[[tables.{sources[0].table.name}]]: two entries take row {first} of {shown} "
                    f"({number:,} rows in all), which would count twice. Let 'where' of one leave "
                    "out what the other takes."
                )


def _content(con: duckdb.DuckDBPyConnection, table: str, cells: list[str]) -> int:
    """Return a number that is the same for the same rows in whatever order."""
    texts = ", ".join(f"CAST({cell} AS VARCHAR)" for cell in cells)
    (found,) = sql.one(con, f"SELECT sum(hash([{texts}])::HUGEINT) FROM {table}")
    return int(found)
