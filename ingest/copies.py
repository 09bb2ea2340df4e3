"""One file under two names, packed and unpacked, or in two entries: where rows add up, they would
count twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb

from ..core.errors import InputError
from . import sql
from .files.raw import Raw
from .lookup import own_text
from .source import Opened
from .study import TableSource
from .study_model import Entry

__all__ = ["require_no_copies"]

#: Keys of an entry that choose rows or say how texts are read: with others the same row is meant.
_SAME_ROW = {"file", "where", "where_not", "columns", "constants", "match", "missing", "clean"}
_SAME_ROW |= {"encoding", "delimiter", "quote", "escape", "decimal", "thousands", "format", "type"}
_SAME_ROW |= {"unmatched", "repeat", "negative", "flags", "line_breaks"}

#: Rows that are looked at where files share a part of them; of more, a sample by content.
_ENOUGH = 1_000_000
#: Shared rows below this number, or share, are no sign of files that overlap.
_FEW, _SMALL = 10, 0.1


@dataclass(frozen=True, slots=True)
class _File:
    """A file as an entry reads it: its rows after filters, in our columns and in its own."""

    shown: str
    path: Path
    entry: Entry
    relation: str
    number: int
    raw: Raw
    own: str

    @property
    def rows(self) -> str:
        """Return the file's rows in our columns, as SQL."""
        return f"{self.relation} AS o WHERE o._part = {self.number}"

    def cells(self, unread: tuple[str, ...]) -> str:
        """Return a SELECT of a number for each row, the same for the same cells.

        The columns named are taken beside ours, as the file has them. The cells of a matrix share
        the row that they stand in, and have no others.
        """
        if not unread or self.entry.wide is not None:
            return f"SELECT hash([{self.own}]) AS h FROM {self.rows}"
        texts = ", ".join(f"CAST({own_text(name, self.raw)} AS VARCHAR)" for name in unread)
        return (
            f"SELECT hash([{self.own}, {texts}]) AS h FROM {self.relation} AS o "
            f"JOIN {self.relation}_raw{self.number} AS r USING (_row) WHERE o._part = {self.number}"
        )


def require_no_copies(
    con: duckdb.DuckDBPyConnection, sources: list[TableSource], opened: list[Opened]
) -> Iterator[str]:
    """Refuse a file whose rows another file of the table has, all of them and no others.

    What lies on the disk may differ: one is packed, has other line ends, or a column more that is
    not read. Entries that read other columns of one file are meant, and so are filters that take
    other rows of it.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the rows of the files.
    sources : list of TableSource
        Entries of one table.
    opened : list of Opened
        The same, opened.

    Yields
    ------
    str
        Warnings of files that share a part of their rows.

    Raises
    ------
    InputError
        Naming both files.
    """
    files = list(_files(sources, opened))
    if len(files) < 2:
        return
    key = f"[tables.{sources[0].table.name}]"
    if len(sources) > 1:
        _require_apart(con, key, files)
    rows = _require_others(con, key, files)
    if sources[0].entry.repeat is None:
        yield from _overlaps(con, files, rows)


def _files(sources: list[TableSource], opened: list[Opened]) -> Iterator[_File]:
    for source, each in zip(sources, opened, strict=True):
        own = ", ".join(f"CAST(o.{sql.name(c.name)} AS VARCHAR)" for c in source.table.columns)
        for number, (shown, path) in enumerate(source.files):
            raw = each.raws[number]
            yield _File(shown, path.resolve(), source.entry, each.relation, number, raw, own)


def _require_apart(con: duckdb.DuckDBPyConnection, key: str, files: list[_File]) -> None:
    """Refuse filters of two entries that take the same row of one file, or of its copy."""
    takers = defaultdict(list)
    for each in files:
        named = {ours: own for ours, own in each.entry.columns.items() if ours != own}
        how = each.entry.model_dump_json(exclude=_SAME_ROW)
        place = how, tuple(sorted(named.items())), _whole(con, each)
        takers[place].append(each)
    for alike in takers.values():
        for one, other in combinations(alike, 2):
            both = " INTERSECT ".join(f"SELECT _row, {f.own} FROM {f.rows}" for f in (one, other))
            number, first = sql.one(con, f"SELECT count(*), min(_row) FROM ({both})")
            if number and one.relation != other.relation:
                same = "" if one.path == other.path else f", which is {other.shown} once more"
                raise InputError(
                    f"[{key}]: two entries take row {first} of {one.shown}{same} ({number:,} rows "
                    "in all), which would count twice. Let 'where' of one leave out what the other "
                    "takes."
                )


def _whole(con: duckdb.DuckDBPyConnection, file: _File) -> object:
    """Return what tells files apart by all their cells, before any filter."""
    table, columns = f"{file.relation}_raw{file.number}", sorted(file.raw.columns)
    texts = ", ".join(f"CAST({own_text(name, file.raw)} AS VARCHAR)" for name in columns)
    found = sql.one(con, f"SELECT count(*), sum(hash([{texts}])::HUGEINT) FROM {table} AS r")
    return (*columns, *found)


def _require_others(con: duckdb.DuckDBPyConnection, key: str, files: list[_File]) -> int:
    """Refuse a file that has the rows of another in our columns, and in all that both have.

    Return the rows of all files.
    """
    alike, rows = defaultdict(list), 0
    for each in files:
        content = _content(con, each, ())
        rows += content[0]
        if content[0]:  # months without data are no copies
            alike[content].append(each)
    for found in alike.values():
        for one, other in combinations(found, 2):
            both = tuple(name for name in one.raw.columns if name in other.raw.columns)
            if _content(con, one, both) == _content(con, other, both):
                raise InputError(
                    f"{key}: {other.shown} is {one.shown} once more, row by row, and its rows "
                    "would count twice. Leave one of them out."
                )
    return rows


def _content(
    con: duckdb.DuckDBPyConnection, file: _File, unread: tuple[str, ...]
) -> tuple[int, int]:
    """Return the number of rows, and one that is the same for the same rows in whatever order."""
    rows, content = sql.one(con, f"SELECT count(*), sum(h::HUGEINT) FROM ({file.cells(unread)})")
    return int(rows), int(content or 0)


def _overlaps(con: duckdb.DuckDBPyConnection, files: list[_File], total: int) -> Iterator[str]:
    """Yield warnings of files that share more rows than repeat within them."""
    common = tuple(sorted(set.intersection(*(set(each.raw.columns) for each in files))))
    part = max(1, total // _ENOUGH)
    rows = " UNION ALL ".join(
        f"SELECT {number} AS file, h FROM ({each.cells(common)}) WHERE h % {part} = 0"
        for number, each in enumerate(files)
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS SELECT file, h, count(*) AS n FROM ({rows}) "
        "GROUP BY ALL"
    )
    own = "SELECT file, sum(n) AS n, sum(n) FILTER (n > 1) / sum(n) AS twins FROM cells GROUP BY 1"
    shared = (
        "SELECT a.file AS one, b.file AS other, sum(least(a.n, b.n)) AS n FROM cells AS a "
        "JOIN cells AS b ON a.h = b.h AND a.file < b.file GROUP BY ALL"
    )
    found = con.execute(
        f"WITH own AS ({own}) SELECT s.one, s.other, s.n * {part} FROM ({shared}) AS s "
        "JOIN own AS a ON a.file = s.one JOIN own AS b ON b.file = s.other WHERE "
        f"s.n >= {_FEW} AND s.n / least(a.n, b.n) > "
        f"{_SMALL} + 2 * greatest(coalesce(a.twins, 0), coalesce(b.twins, 0)) ORDER BY ALL"
    ).fetchall()
    con.execute("DROP TABLE cells")
    if found:
        one, other, number = found[0]
        more = f" ({len(found) - 1:,} more pairs do so)" if found[1:] else ""
        about = "about " if part > 1 else ""
        yield (
            f"{files[one].shown} and {files[other].shown} share {about}{int(number):,} rows, far "
            f"more than repeat within either{more}: where files overlap, rows count twice. Take "
            'them out with where, or say repeat = "add" if each row is a citation of its own.'
        )
