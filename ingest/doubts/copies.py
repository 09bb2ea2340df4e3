"""One file under two names, packed and unpacked, or in two entries: where rows add up, they would
count twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb

from ...core.errors import InputError
from ...core.words import counted
from .. import sql
from ..contract import Column
from ..entries.lookup import own_text
from ..files.raw import Raw
from ..source import Opened
from ..study import TableSource
from ..study_model import Entry

__all__ = ["require_no_copies"]

#: Keys of an entry that choose rows or say how texts are read: with others the same row is meant.
_SAME_ROW = {"file", "where", "where_not", "columns", "constants", "match", "missing", "clean"}
_SAME_ROW |= {"encoding", "delimiter", "quote", "escape", "decimal", "thousands", "format", "type"}
_SAME_ROW |= {"unmatched", "repeat", "negative", "flags", "line_breaks"}

#: Rows that are looked at where files share a part of them; of more, a sample by content.
_ENOUGH = 1_000_000
#: Fewer shared rows than this, or a share of the smaller file that exceeds the share of rows with a
#: twin in their own file by less than this, are no sign of files that overlap.
_FEW, _SMALL = 10, 0.1


@dataclass(frozen=True, slots=True)
class _File:
    """A file as an entry reads it: its rows after filters, in our columns and in its own."""

    name: str
    path: Path
    entry: Entry
    relation: str
    number: int
    raw: Raw
    own: str
    dated: bool

    @property
    def rows(self) -> str:
        """Return the file's rows in our columns, as SQL."""
        return f"{self.relation} AS o WHERE o._part = {self.number}"

    def cells(self, unread: tuple[str, ...]) -> str:
        """Return a SELECT of a number for each row, the same for the same cells.

        The columns named are taken beside ours, as the file has them. The cells of a matrix share
        the row that they stand in, and have no others.
        """
        year = f"CAST({'o.year' if self.dated else 'NULL'} AS VARCHAR) AS year"
        if not unread or self.entry.wide is not None:
            return f"SELECT hash([{self.own}]) AS h, {year} FROM {self.rows}"
        texts = ", ".join(_as_number(own_text(name, self.raw)) for name in unread)
        return (
            f"SELECT hash([{self.own}, {texts}]) AS h, {year} FROM {self.relation} AS o "
            f"JOIN {self.relation}_raw{self.number} AS r USING (_row) WHERE o._part = {self.number}"
        )


def require_no_copies(
    con: duckdb.DuckDBPyConnection, sources: list[TableSource], opened: list[Opened]
) -> Iterator[str]:
    """Refuse a file whose rows another file of the table has, all of them and no others.

    Where the study file says that each row counts, it is a warning.

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
    meant = sources[0].entry.repeat == "add"
    rows, copies = _others(con, files)
    if meant:
        yield from (f"{copy}." for copy in copies)
    elif copies:
        raise InputError(
            f'{key}: {copies[0]}. Leave one of them out, or say repeat = "add" if each row counts.'
        )
    else:
        yield from _overlaps(con, files, rows)


def _files(sources: list[TableSource], opened: list[Opened]) -> Iterator[_File]:
    for source, of_entry in zip(sources, opened, strict=True):
        own = ", ".join(map(_cell, source.table.columns))
        for number, (name, path) in enumerate(source.files):
            raw = of_entry.raws[number]
            dated = "year" in {column.name for column in source.table.columns}
            yield _File(
                name, path.resolve(), source.entry, of_entry.relation, number, raw, own, dated
            )


def _cell(column: Column) -> str:
    """Return the text of a cell of ours."""
    text = f"o.{sql.name(column.name)}"
    return _as_number(text) if column.type == "float" else f"trim(CAST({text} AS VARCHAR))"


def _as_number(text: str) -> str:
    """Return a text that is the same where 12.0 and '12 ' stand for 12."""
    bare = f"trim(CAST({text} AS VARCHAR))"
    return f"coalesce(CAST(try_cast({bare} AS DOUBLE) AS VARCHAR), {bare})"


def _require_apart(con: duckdb.DuckDBPyConnection, key: str, files: list[_File]) -> None:
    """Refuse filters of two entries that take the same row of one file, or of its copy."""
    takers = defaultdict(list)
    for file in files:
        named = {ours: own for ours, own in file.entry.columns.items() if ours != own}
        how = file.entry.model_dump_json(exclude=_SAME_ROW)
        place = how, tuple(sorted(named.items())), _whole(con, file)
        takers[place].append(file)
    for alike in takers.values():
        for one, other in combinations(alike, 2):
            both = " INTERSECT ".join(f"SELECT _row, {f.own} FROM {f.rows}" for f in (one, other))
            number, first = sql.one(con, f"SELECT count(*), min(_row) FROM ({both})")
            if number and one.relation != other.relation:
                same = "" if one.path == other.path else f", which is {other.name} once more"
                raise InputError(
                    f"[{key}]: two entries take row {first:,} of {one.name}{same} "
                    f"({counted(number, 'row')} in all), which would count twice. Let 'where' of "
                    "one leave out what the other takes."
                )


def _whole(con: duckdb.DuckDBPyConnection, file: _File) -> object:
    """Return what tells files apart by all their cells, before any filter."""
    table, columns = f"{file.relation}_raw{file.number}", sorted(file.raw.columns)
    texts = ", ".join(f"CAST({own_text(name, file.raw)} AS VARCHAR)" for name in columns)
    content = sql.one(con, f"SELECT count(*), sum(hash([{texts}])::HUGEINT) FROM {table} AS r")
    return (*columns, *content)


def _others(con: duckdb.DuckDBPyConnection, files: list[_File]) -> tuple[int, list[str]]:
    """Find files that have the rows of another in our columns, and in all that both have.

    Return the rows of all files, and a sentence on each such pair.
    """
    alike, rows, copies = defaultdict(list), 0, []
    for file in files:
        content = _content(con, file, ())
        rows += content[0]
        if content[0]:  # months without data are no copies
            alike[content].append(file)
    for same in alike.values():
        for one, other in combinations(same, 2):
            both = tuple(name for name in one.raw.columns if name in other.raw.columns)
            if _content(con, one, both) == _content(con, other, both):
                copies.append(
                    f"{other.name} is {one.name} once more, row by row, and its rows count twice"
                )
    return rows, copies


def _content(
    con: duckdb.DuckDBPyConnection, file: _File, unread: tuple[str, ...]
) -> tuple[int, int]:
    """Return the number of rows, and one that is the same for the same rows in whatever order."""
    rows, content = sql.one(con, f"SELECT count(*), sum(h::HUGEINT) FROM ({file.cells(unread)})")
    return int(rows), int(content or 0)


def _overlaps(con: duckdb.DuckDBPyConnection, files: list[_File], total: int) -> Iterator[str]:
    """Yield warnings of files that share more rows than repeat within them."""
    common = tuple(sorted(set.intersection(*(set(file.raw.columns) for file in files))))
    part = max(1, total // _ENOUGH)
    rows = " UNION ALL ".join(
        f"SELECT {number} AS file, h, year FROM ({file.cells(common)}) WHERE h % {part} = 0"
        for number, file in enumerate(files)
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE cells AS SELECT file, year, h, count(*) AS n "
        f"FROM ({rows}) GROUP BY ALL"
    )
    pairs = con.execute(_SAME_YEAR).fetchall() or con.execute(_SHARED).fetchall()
    con.execute("DROP TABLE cells")
    if pairs:
        one, other, year, number = pairs[0]
        more = f" ({len(pairs) - 1:,} more do so)" if pairs[1:] else ""
        rows = f"{'about ' if part > 1 else ''}{counted(int(number) * part, 'row')}"
        rows = f"all {rows} of {year}" if year else f"{rows}, far more than repeat within either"
        yield (
            f"{files[one].name} and {files[other].name} share {rows}{more}: where files overlap, "
            'rows count twice. Take them out with where, or say repeat = "add" if each row is a '
            "citation of its own."
        )


#: Files whose rows of a year are the same, all of them.
_SAME_YEAR = f"""
    WITH years AS (
        SELECT file, year, sum(n) AS n, sum(h::HUGEINT * n) AS content, count(*) AS kinds
        FROM cells WHERE year IS NOT NULL GROUP BY file, year
    )
    SELECT a.file, b.file, year, n
    FROM years AS a JOIN years AS b USING (year, n, content)
    WHERE a.file < b.file AND n >= {_FEW} AND a.kinds > 1 ORDER BY ALL
"""

#: Files that share more rows than chance explains: were both drawn from the same pairs, a row of
#: the smaller would be found in the larger as often as a row of the larger has a twin there.
_SHARED = f"""
    WITH own AS (
        SELECT file, sum(n) AS n, coalesce(sum(n) FILTER (n > 1), 0) / sum(n) AS twins
        FROM cells GROUP BY file
    ), shared AS (
        SELECT a.file AS one, b.file AS other, sum(least(a.n, b.n)) AS n
        FROM cells AS a JOIN cells AS b ON a.h = b.h AND a.file < b.file GROUP BY ALL
    ), compared AS (
        SELECT one, other, s.n, least(a.n, b.n) AS rows, greatest(a.twins, b.twins) AS twins
        FROM shared AS s JOIN own AS a ON a.file = one JOIN own AS b ON b.file = other
    )
    SELECT one, other, NULL AS year, n FROM compared
    WHERE n >= {_FEW}
      AND n / rows > twins + {_SMALL} * (1 - twins) + 3 * sqrt(twins * (1 - twins) / rows)
    ORDER BY ALL
"""
