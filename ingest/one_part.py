"""One part of a large flow: checked, summed and written by who knows nothing of the others."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from .accepted import view_of
from .code_rows import code_rows
from .doubts.two_units import perhaps_apart, sizes_of
from .later_rows import LaterRows
from .part_sums import sum_rows
from .repeated_keys import save_keys
from .source import Opened
from .study import Study, TableSource
from .unknown_ids import save_unknown

__all__ = ["Part", "Span", "Written", "write_part"]

#: Rows of one file: its number, the first and the last.
Span = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of some files, and all that is needed to check and write them.

    Parameters
    ----------
    study : Study
        The study.
    source, opened : TableSource, Opened
        The entry, with the files that the part needs.
    known : dict of str to Path
        Accepted rows of earlier tables.
    plain : frozenset of str
        Tables whose ids need no checks: :func:`~spillgraph.ingest.read_texts.ids_are_plain`.
    rows : tuple of Span
        Which rows.
    folder : Path
        What is written goes there.
    number : int
        Its place among all parts.
    begin : int
        How many rows all parts before it have.
    later : LaterRows, optional
        Rows that are refused because an earlier row has their key.
    """

    study: Study
    source: TableSource
    opened: Opened
    known: Mapping[str, Path]
    plain: frozenset[str]
    rows: tuple[Span, ...]
    folder: Path
    number: int
    begin: int
    later: LaterRows | None = None

    @property
    def length(self) -> int:
        """How many rows it has."""
        return sum(last - first + 1 for _, first, last in self.rows)

    @property
    def path(self) -> Path:
        """The file of accepted rows."""
        return self.folder / "rows" / f"part-{self.number:05}.parquet"

    @property
    def keys(self) -> Path:
        """The file of their keys."""
        return self.folder / f"keys-{self.number:05}"

    @property
    def unknown(self) -> Path:
        """The file of ids that are in no table, if any are kept."""
        return self.folder / f"unknown-{self.number:05}.parquet"

    @property
    def refused(self) -> Path:
        """The file of refused rows, if there are any."""
        return self.folder / f"refused-{self.number:05}.parquet"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of a part.

    Parameters
    ----------
    rows, refused : int
        How many were accepted, and how many were not.
    floats : frozenset of str
        Which of its ids are read as whole numbers.
    sums : pyarrow.Table or None
        Between industries, if it is a flow between firms.
    sizes : dict of int to int
        Of its amounts, how many there are: :func:`~spillgraph.ingest.doubts.two_units.sizes_of`.
    """

    rows: int
    refused: int
    floats: frozenset[str]
    sums: pa.Table | None
    sizes: Mapping[int, int]


def write_part(part: Part) -> Written | None:
    """Check and write a part.

    Parameters
    ----------
    part : Part
        The part.

    Returns
    -------
    Written or None
        None where more is to be told of it, or of one before, than which rows are refused.
    """
    opened, doubtful = part.opened, part.folder / "doubtful"
    if doubtful.exists():
        return None
    with ExitStack() as stack:
        # One thread each: there are as many parts at work as there are processors.
        con = stack.enter_context(duckdb.connect(config={"threads": 1}))
        con.execute("SET temp_directory = ?", [str(part.folder / f"spill-{part.number:05}")])
        for statement in opened.view_of(part.rows, "part"):
            con.execute(statement)
        for name, path in part.known.items():
            con.execute(view_of(name, path))
        opened = replace(opened, relation="part")
        checked = con, part.study, part.source, opened, part.plain, part.refused
        rows = code_rows(*checked, part.later)
        kept = part.source.kept
        keys = rows.keys(con, part.study.years, kept) if rows else None
        amounts = rows.amounts.get(str(rows.table.measure)) if rows else None
        sizes = {} if amounts is None else sizes_of(amounts)
        if rows is None or keys is None or perhaps_apart(sizes):
            doubtful.touch()
            return None
        of_firms = rows.table.between == "firms"
        sums = sum_rows(con, rows) if of_firms else None
        rows.write(part.path)
        if kept is not None:
            save_unknown(part.unknown, rows.unknown(kept))
    if part.later is None:  # else the keys of all parts are known
        # All citations of a patent go into one basket, where they are counted.
        citing = rows.table.ends[0]
        group = None if of_firms else rows.places[citing][rows.codes[citing]]
        at = rows.at + part.begin if part.source.first_counts else None
        save_keys(part.keys, keys, group, at)
    return Written(rows.number, rows.refused, rows.floats, sums, sizes)
