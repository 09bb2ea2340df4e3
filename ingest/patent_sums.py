"""Citations between patents summed to industries from nothing but their keys.

A key of citations is two numbers that stand for patents. All citations of a citing patent are in
one basket of keys, which so knows how many it makes: no table is gone through once more, and what
is in memory does not grow with citations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..graph.aggregate import Cells
from ..graph.schema import UNMAPPED
from .exact_sums import sum_exactly
from .part_sums import RunningSums, name_cells, number_cells
from .study import Study
from .unknown_ids import UnknownIds

__all__ = ["CitationSums", "OwnedPatents", "add_citations", "save_patents"]

#: Citations that are held before they are summed.
_HELD = 1 << 22


@dataclass(frozen=True, slots=True)
class OwnedPatents:
    """What is needed of the patents of a study to sum their citations.

    Parameters
    ----------
    path : Path
        Array of int32, shape (3, number + 1): year, industry and firm of each patent in the order
        of its table; years and industries by their number, a firm that is not known is -1. The last
        one stands for all patents that are in no table.
    years : tuple of int
        Years by their number.
    industries : tuple of str
        Industries by theirs; that of no firm is the residual.
    fractional : bool
        Whether the citations of a patent count 1 together, and not each.
    ids : int
        How many patents there are, those that are in no table included.
    """

    path: Path
    years: tuple[int, ...]
    industries: tuple[str, ...]
    fractional: bool
    ids: int


def save_patents(
    con: duckdb.DuckDBPyConnection, study: Study, folder: Path, unknown: UnknownIds | None
) -> OwnedPatents | None:
    """Write what the sums of citations need of patents.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_patents`` and ``ok_firms``.
    study : Study
        The study.
    folder : Path
        For the file.
    unknown : UnknownIds, optional
        Cited patents that are in no table, where they are kept.

    Returns
    -------
    OwnedPatents or None
        None where nobody asks for these sums, for the graph makes them, or where they need more
        than who owns a patent: shares, or lags.
    """
    if study.keeps_firms or study.has_shares or study.options.lag is not None:
        return None
    rows = con.sql(
        "SELECT p.year, f.industry, coalesce(f.number, -1)::INTEGER AS firm FROM "
        "(SELECT firm, year, row_number() OVER () AS place FROM ok_patents) AS p LEFT JOIN "
        "(SELECT id, industry, row_number() OVER () AS number FROM ok_firms) AS f ON f.id = p.firm "
        "ORDER BY p.place"
    ).to_arrow_table()
    known = rows.num_rows
    nobody = pa.table({"year": rows["year"].slice(0, 1), "industry": [None], "firm": [-1]})
    rows = pa.concat_tables([rows, nobody.cast(rows.schema)])
    years, industries = (
        rows.column(name).combine_chunks().dictionary_encode(null_encoding=nulls)
        for name, nulls in (("year", "mask"), ("industry", "encode"))
    )
    path = folder / "patents.npy"
    held = years.indices, industries.indices, rows.column("firm").combine_chunks()
    np.save(path, np.stack([each.to_numpy().astype(np.int32) for each in held]))
    names = (name or UNMAPPED for name in industries.dictionary.to_pylist())
    fractional = study.options.citation_weight == "fractional"
    found = tuple(years.dictionary.to_pylist())
    return OwnedPatents(path, found, tuple(names), fractional, unknown.ids if unknown else known)


class CitationSums:
    """Citations summed by industries and the year of citing, some at a time.

    Parameters
    ----------
    patents : OwnedPatents
        What is known of those who cite and are cited.
    """

    def __init__(self, patents: OwnedPatents) -> None:
        self._patents = patents
        self._year, self._industry, self._firm = np.load(patents.path, mmap_mode="r")
        self._sums, self._folded = RunningSums(), 0
        self._held: list[NDArray[np.float64]] = []

    def add(self, keys: NDArray[np.int64]) -> None:
        """Take citations.

        Parameters
        ----------
        keys : ndarray of int64
            ``citing * number of patents + cited``; all citations of those that cite.
        """
        citing, cited = np.divmod(keys, self._patents.ids)
        cited = np.minimum(cited, len(self._year) - 1)
        weight = np.ones(len(keys))
        if self._patents.fractional:
            _, number, counts = np.unique(citing, return_inverse=True, return_counts=True)
            weight /= counts[number]
        one, other = self._firm[citing], self._firm[cited]
        cell = self._industry[citing].astype(np.int64) * len(self._patents.industries)
        cell = (cell + self._industry[cited]) * len(self._patents.years) + self._year[citing]
        own = np.where((one == other) & (one >= 0), weight, 0.0)
        unowned = np.where((one < 0) | (other < 0), weight, 0.0)
        self._held.append(np.stack([cell.astype(np.float64), weight, own, unowned]))
        if sum(each.shape[1] for each in self._held) > _HELD:
            self._fold()

    def all(self) -> pa.Table:
        """Return ``receiver, source, year, count, self_count, unowned`` of all that was taken."""
        if self._held or not self._folded:
            self._fold()
        table = self._sums.all()
        assert table is not None
        return table

    def _fold(self) -> None:
        """Sum what is held."""
        rows = np.concatenate([np.empty((4, 0)), *self._held], axis=1)
        industries = pa.array(self._patents.industries, pa.string())
        years = pa.array(self._patents.years, pa.int64())
        most = len(industries) ** 2 * len(years)
        there, number = number_cells(rows[0].astype(np.int64), most)
        names = ("count", "self_count", "unowned")
        sums = {n: sum_exactly(number, w, len(there)) for n, w in zip(names, rows[1:], strict=True)}
        self._sums.add(self._folded, name_cells(there, industries, years, sums))
        self._folded += 1
        self._held = []


def add_citations(parts: Sequence[pa.Table]) -> Cells:
    """Add the sums of all citations.

    Parameters
    ----------
    parts : sequence of pyarrow.Table
        As :meth:`CitationSums.all` gives them, in an order that is the same each time.
    """
    sums = RunningSums()
    for number, part in enumerate(parts):
        sums.add(number, part)
    table = sums.all()
    assert table is not None
    total, unowned = (math.fsum(table.column(name).to_numpy()) for name in ("count", "unowned"))
    return Cells(table.drop_columns("unowned"), total, unowned)
