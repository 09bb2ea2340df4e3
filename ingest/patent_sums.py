"""Citations between patents summed to industries from nothing but their keys.

A key of citations is two numbers that stand for patents. All citations of a citing patent are in
one basket of keys, which so knows how many it makes: no table is gone through once more, and what
is in memory does not grow with citations.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..graph.aggregate import Cells
from ..graph.schema import UNMAPPED
from .exact_sums import sum_exactly
from .part_sums import RunningSums
from .study import Study

__all__ = ["OwnedPatents", "PatentSums", "add_patent_sums", "save_patents", "sum_baskets"]

#: Sums that are held before they are added to those of the same cells.
_HELD = 1 << 22


@dataclass(frozen=True, slots=True)
class OwnedPatents:
    """What is needed of the patents of a study to sum their citations.

    Parameters
    ----------
    path : Path
        Array of int32, shape (3, number): year, industry and firm of each patent in the order of
        its table; years and industries by their number, a firm that is not known is -1.
    years : tuple of int
        Years by their number.
    industries : tuple of str
        Industries by theirs; that of no firm is the residual.
    fractional : bool
        Whether the citations of a patent count 1 together, and not each.
    """

    path: Path
    years: tuple[int, ...]
    industries: tuple[str, ...]
    fractional: bool


@dataclass(frozen=True, slots=True)
class PatentSums:
    """The sums of some citations.

    Parameters
    ----------
    table : pyarrow.Table
        ``receiver, source, year, count, self_count``.
    total, unowned : float
        Of all, and of those of which a patent has no owner.
    """

    table: pa.Table
    total: float
    unowned: float


def save_patents(con: duckdb.DuckDBPyConnection, study: Study, folder: Path) -> OwnedPatents | None:
    """Write what the sums of citations need of patents.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the views ``ok_patents`` and ``ok_firms``.
    study : Study
        The study.
    folder : Path
        For the file.

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
    years, industries = (
        rows.column(name).combine_chunks().dictionary_encode(null_encoding=nulls)
        for name, nulls in (("year", "mask"), ("industry", "encode"))
    )
    path = folder / "patents.npy"
    held = years.indices, industries.indices, rows.column("firm").combine_chunks()
    np.save(path, np.stack([each.to_numpy().astype(np.int32) for each in held]))
    names = (name or UNMAPPED for name in industries.dictionary.to_pylist())
    fractional = study.options.citation_weight == "fractional"
    return OwnedPatents(path, tuple(years.dictionary.to_pylist()), tuple(names), fractional)


def sum_baskets(patents: OwnedPatents, baskets: Iterator[NDArray[np.int64]]) -> PatentSums:
    """Sum citations by industries and the year of citing.

    Parameters
    ----------
    patents : OwnedPatents
        What is known of them.
    baskets : iterator of ndarray of int64
        Keys, ``citing * number of patents + cited``; all of a citing patent are in one basket.

    Returns
    -------
    PatentSums
    """
    year, industry, firm = np.load(patents.path, mmap_mode="r")
    shape = (len(patents.industries), len(patents.industries), len(patents.years))
    held, rows = _Held(), [(0.0, 0.0)]
    for keys in baskets:
        citing, cited = np.divmod(keys, max(len(year), 1))
        weight = np.ones(len(keys))
        if patents.fractional:
            _, number, counts = np.unique(citing, return_inverse=True, return_counts=True)
            weight /= counts[number]
        one, other = firm[citing], firm[cited]
        cell = industry[citing].astype(np.int64) * shape[1] + industry[cited]
        own = np.where((one == other) & (one >= 0), weight, 0.0)
        held.add(cell * shape[2] + year[citing], weight, own)
        rows.append((math.fsum(weight), math.fsum(weight[(one < 0) | (other < 0)])))
    cells, count, own = held.all()
    names = pa.array(patents.industries, pa.string())
    at = np.unravel_index(cells, shape)
    columns = [
        values.take(pa.array(of))
        for values, of in zip((names, names, pa.array(patents.years, pa.int64())), at, strict=True)
    ]
    names_of = ("receiver", "source", "year", "count", "self_count")
    table = pa.table(dict(zip(names_of, [*columns, count, own], strict=True)))
    return PatentSums(table, *(math.fsum(each) for each in zip(*rows, strict=True)))


class _Held:
    """Sums by cell that are added up from time to time."""

    def __init__(self) -> None:
        self._parts: list[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]] = []
        self._rows = 0

    def add(self, cell: NDArray[np.int64], *amounts: NDArray[np.float64]) -> None:
        there, number = np.unique(cell, return_inverse=True)
        one, other = (sum_exactly(number, each, len(there)) for each in amounts)
        self._parts.append((there, one, other))
        self._rows += len(there)
        if self._rows > _HELD and self._parts[1:]:
            self._parts, self._rows = [self.all()], 0

    def all(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        cell, *amounts = (np.concatenate(each) for each in zip(*self._parts, strict=True))
        there, number = np.unique(cell, return_inverse=True)
        one, other = (sum_exactly(number, each, len(there)) for each in amounts)
        return there, one, other


def add_patent_sums(parts: Sequence[PatentSums]) -> Cells:
    """Add the sums of all baskets.

    Parameters
    ----------
    parts : sequence of PatentSums
        In the order of the baskets.
    """
    sums = RunningSums()
    for number, part in enumerate(parts):
        sums.add(number, part.table)
    total, unowned = math.fsum(p.total for p in parts), math.fsum(p.unowned for p in parts)
    return Cells(sums.all(), total, unowned)
