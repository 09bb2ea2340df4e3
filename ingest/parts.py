"""A flow of millions of rows in parts that know nothing of each other.

Each is read from its file, checked and written by itself, here or elsewhere, in memory that does
not grow with the rows of the whole. What alone is known of all parts together is which keys stand
in two of them, and how many others a patent cites.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from ..core.map_cells import Pool, map_cells
from ..graph.aggregate import Cells
from . import sql
from .doubts.two_units import perhaps_apart
from .keys_of_parts import KeysOfParts, check_keys
from .later_rows import LaterRows, deal_out
from .one_part import Part, Span, Written, write_part
from .part_sums import RunningSums
from .patent_sums import add_citations, save_patents
from .read_texts import ids_are_plain
from .repeated_keys import baskets_of
from .source import Opened
from .study import Study, TableSource
from .unknown_ids import number_unknown

__all__ = ["Parted", "may_be_parted", "write_parts"]

#: Rows of a part, at least, and how often an id should stand in it: each is looked at once a part.
_ROWS, _OFTEN = 1 << 21, 16
#: Rows of a part, at most, whatever the ids.
_MOST = 1 << 23
#: Bytes that a part holds, and those of each id of its table (measured).
_PART, _ID = 5e8, 220
#: How often ids must stand in a table for anything to be gained.
_WORTH = 2


@dataclass(frozen=True, slots=True)
class Parted:
    """A flow that was written in parts.

    Parameters
    ----------
    rows : int
        How many were accepted.
    refused : int
        How many were not.
    rejects : tuple of Path
        Where those are, as :func:`~spillgraph.ingest.checks.rows.typed_rows` has them.
    sums : pyarrow.Table or None
        Of a flow between firms, as :class:`~spillgraph.ingest.part_sums.RunningSums` has them.
    citations : Cells or None
        Sums of citations between patents, where a study needs them.
    unknown : Path or None
        Parquet file of the ids that are in no table and are kept, ``id``, where any may be.
    """

    rows: int
    refused: int
    rejects: tuple[Path, ...]
    sums: pa.Table | None
    citations: Cells | None
    unknown: Path | None


def may_be_parted(source: TableSource, opened: Opened) -> bool:
    """Whether an entry is a flow that is taken as it stands, from large files that are read where
    they lie.

    Parameters
    ----------
    source, opened : TableSource, Opened
        The only entry of a table.
    """
    table = source.table
    return (
        source.as_it_stands
        and opened.lies
        # without amounts rows are events, and add up
        and (table.measure is None or table.measure in opened.present)
        and not {"first_year", "last_year"} & opened.present
        and not opened.joined
    )


def write_parts(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    entry: tuple[TableSource, Opened],
    known: Mapping[str, Path],
    folder: Path,
    path: Path,
    *,
    pool: Pool | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Parted | None:
    """Check, write and sum the rows of a large flow, if nothing is to be told of any but that it is
    refused: for an id, a year or an amount, or because an earlier row counts in its place.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the entry's rows.
    study : Study
        The study.
    entry : tuple of TableSource and Opened
        The entry, which :func:`may_be_parted`.
    known : mapping of str to Path
        Accepted rows of earlier tables.
    folder : Path
        For parts, in the file system of ``path``.
    path : Path
        What becomes a Parquet file, or a folder of several.
    pool : Pool, optional
        Who does the parts; by default threads of this process.
    progress : callable
        Called with the share of the parts that are done.

    Returns
    -------
    Parted or None
        None, and nothing is written, where anything else is to be told of a row, or ids stand in so
        few rows each that nothing is gained.
    """
    (ids,) = sql.one(con, f"SELECT count(*) FROM ok_{entry[0].table.between}")
    rows = entry[1].read
    if not rows or rows < _WORTH * ids:  # nothing is gained
        return None
    folder = folder.absolute()
    (folder / "rows").mkdir()
    if pool is not None:
        pool.require_files([raw.place for raw in entry[1].raws if raw.place is not None])
    length = min(max(_ROWS, _OFTEN * ids), _MOST)
    sizes = [
        int(sql.one(con, f"SELECT count(*) FROM {entry[1].relation}_raw{file}")[0])
        for file in range(len(entry[1].files))
    ]
    parts = list(_parts(con, study, *entry, known, folder, _spans(sizes, length)))
    with ExitStack() as stack:
        workers = pool or stack.enter_context(ThreadPoolExecutor(_at_a_time(ids)))
        done = _write(parts, workers, progress)
        if done is None:
            return None
        unknown = None
        if entry[0].kept is not None:
            unknown = number_unknown(con, ids, [part.unknown for part in parts], folder)
        of_patents = entry[0].table.between == "patents"
        patents = save_patents(con, study, folder, unknown) if of_patents else None
        first = entry[0].first_counts
        baskets = baskets_of([part.keys for part in parts])
        keys = [KeysOfParts(each, patents, first, unknown) for each in baskets]
        looked = dict(map_cells(check_keys, keys, workers, name=_called_keys))
        if repeated := [each.later for each in keys if looked[each].repeated]:
            if not first:
                return None
            begins = [part.begin for part in parts]
            later = deal_out(repeated, begins, entry[1].files, sizes)
            done = _write_without(later, parts, done, workers)
            if done is None:
                return None
    only, *others = parts
    (folder / "rows" if others else only.path).replace(path)
    citations = [own for each in keys if (own := looked[each].sums) is not None]
    return Parted(
        sum(each.rows for each in done.parts.values()),
        sum(each.refused for each in done.parts.values()),
        tuple(part.refused for part in parts if part.refused.exists()),
        done.sums,
        add_citations(citations) if citations else None,
        unknown.path if unknown else None,
    )


@dataclass(frozen=True, slots=True)
class _Done:
    """What was written of some parts, by their numbers, and the sums of them all."""

    parts: dict[int, Written]
    sums: pa.Table | None


def _write_without(
    later: Sequence[LaterRows], parts: Sequence[Part], done: _Done, workers: Pool | Executor
) -> _Done | None:
    """Write parts once more without some of their rows."""
    # Sums were added part after part: where there are any, all of them are others.
    again = [
        replace(part, later=each)
        for part, each in zip(parts, later, strict=True)
        if done.sums is not None or len(each.at)
    ]
    written = _write(again, workers, lambda share: None)
    return written and _Done(done.parts | written.parts, written.sums)


def _write(
    parts: Sequence[Part], workers: Pool | Executor, progress: Callable[[float], None]
) -> _Done | None:
    """Check and write parts; none if more is to be told of any than which rows are refused."""
    written: dict[int, Written] = {}
    sums = RunningSums()
    for number, (part, found) in enumerate(map_cells(write_part, parts, workers, name=_called)):
        if found is not None:
            written[part.number] = replace(found, sums=None)
            if found.sums is not None:
                sums.add(part.number, found.sums)
        progress((number + 1) / len(parts))
    ways = {each.floats for each in written.values()}  # in which ids are read
    sizes = sum((Counter(each.sizes) for each in written.values()), Counter[int]())
    if len(written) < len(parts) or len(ways) > 1 or perhaps_apart(sizes):
        return None
    return _Done(written, sums.all())


def _at_a_time(ids: int) -> int:
    """Return how many parts are done at a time: most of what takes time runs beside Python.

    No more than eight, and no more than half of the memory has room for.
    """
    known = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    most = min(known or 1, 8)
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        most = min(most, int(memory / 2 / (_PART + ids * _ID)))
    return max(most, 1)


def _called(part: Part) -> str:
    (begin, first, _), (end, _, last) = part.rows[0], part.rows[-1]
    files = part.opened.files
    to = f"{last:,}" if begin == end else f"{files[end]}, row {last:,}"
    return f"{files[begin]}, rows {first:,} to {to}"


def _called_keys(keys: KeysOfParts) -> str:
    return f"keys of all rows, from basket {keys.baskets.first}"


def _parts(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    source: TableSource,
    opened: Opened,
    known: Mapping[str, Path],
    folder: Path,
    spans: Iterable[tuple[Span, ...]],
) -> Iterator[Part]:
    there = {name: path.absolute() for name, path in known.items()}
    referred = {column.refers for column in source.table.columns if column.refers in known}
    plain = frozenset(name for name in referred if name and ids_are_plain(con, name, source.entry))
    begin = 0
    for number, rows in enumerate(spans):
        own = opened.only({file for file, _, _ in rows})
        part = Part(study, source, own, there, plain, rows, folder, number, begin)
        begin += part.length
        yield part


def _spans(sizes: Sequence[int], length: int) -> Iterator[tuple[Span, ...]]:
    """Cut the rows of all files, one after the other, into parts of one length.

    Two who do them are done at the same time, whether a table is one file or a thousand.

    Examples
    --------
    >>> list(_spans([5, 1, 0, 2], 3))
    [((0, 1, 2),), ((0, 3, 4),), ((0, 5, 5), (1, 1, 1)), ((3, 1, 2),)]
    """
    total = sum(sizes)
    number = max(1, -(-total // length))
    equal = -(-total // (number + (number > 1 and number % 2)))
    part: list[Span] = []
    room = equal
    for file, rows in enumerate(sizes):
        first = 1
        while first <= rows:
            last = min(first + room - 1, rows)
            part.append((file, first, last))
            room -= last - first + 1
            first = last + 1
            if not room:
                yield tuple(part)
                part, room = [], equal
    if part:
        yield tuple(part)
