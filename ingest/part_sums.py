"""Flows between firms summed to industries part by part: the map from firms to industries is small
and goes to the parts, and what they send back does not grow with their rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..graph.schema import UNMAPPED
from . import sql
from .coded_rows import CodedRows
from .exact_sums import sum_exactly

__all__ = ["RunningSums", "name_cells", "number_cells", "sum_rows"]

#: Columns that say which sum it is.
_CELL = ("receiver", "source", "year")
#: Parts that are added at a time.
_TOGETHER = 32


def sum_rows(con: duckdb.DuckDBPyConnection, rows: CodedRows) -> pa.Table:
    """Sum rows of a flow between firms to fine industries and years.

    They are at hand with numbers for firms: read again, with a text each, they would take eight
    times as long.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the view ``ok_firms``.
    rows : CodedRows
        Citations or deliveries between firms.

    Returns
    -------
    pyarrow.Table
        ``receiver, source, year``, and ``count, self_count`` or ``value``, each rounded once.
    """
    of_firms = f"SELECT coalesce(industry, {sql.text(UNMAPPED)}) AS industry FROM ok_firms"
    known = con.sql(of_firms).to_arrow_table().column("industry").combine_chunks()
    industries = known.dictionary_encode()
    names, years = industries.dictionary, rows.values["year"]
    shape = (len(names), len(names), len(years))
    # A number for the industry of each firm, and so for the cell of each row.
    receiver, source = (industries.indices.to_numpy()[rows.places[end]] for end in rows.table.ends)
    one, other = (rows.codes[end] for end in rows.table.ends)
    cell = (receiver.astype(np.int64) * (shape[1] * shape[2]))[one]
    cell += (source.astype(np.int64) * shape[2])[other]
    cell += rows.codes["year"]
    measure = str(rows.table.measure)
    amounts = rows.amounts[measure]
    if not amounts.all():  # rows of nothing make no sum
        some = np.flatnonzero(amounts)
        cell, one, other, amounts = cell[some], one[some], other[some], amounts[some]
    there, cell = number_cells(cell, math.prod(shape))
    sums = {measure: sum_exactly(cell, amounts, len(there))}
    if measure == "count":
        citing, cited = (rows.places[end] for end in rows.table.ends)
        own = np.flatnonzero(citing[one] == cited[other])
        sums["self_count"] = sum_exactly(cell[own], amounts[own], len(there))
    return name_cells(there, names, years, sums)


def number_cells(
    cells: NDArray[np.int64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cells that there are in their order, and which of them each row has.

    Parameters
    ----------
    cells : ndarray of int64
        The cell of each row.
    most : int
        How many there may be.

    Examples
    --------
    >>> number_cells(np.array([7, 3, 7]), 10)
    (array([3, 7]), array([1, 0, 1]))
    """
    if most > len(cells):
        there, number = np.unique(cells, return_inverse=True)
        return there, number
    there = np.flatnonzero(np.bincount(cells, minlength=most))
    number = np.zeros(most, dtype=np.int64)
    number[there] = np.arange(len(there))
    return there, number[cells]


def name_cells(
    cells: NDArray[np.int64],
    industries: pa.Array,
    years: pa.Array,
    sums: Mapping[str, NDArray[np.float64]],
) -> pa.Table:
    """Return the sums of cells as a table.

    Parameters
    ----------
    cells : ndarray of int64, shape (n,)
        ``(receiver * industries + source) * years + year``, numbers each.
    industries, years : pyarrow.Array
        What the numbers stand for.
    sums : mapping of str to ndarray of float64, shape (n,)
        Sums by name.
    """
    at = np.unravel_index(cells, (len(industries), len(industries), len(years)))
    columns = (
        values.take(pa.array(of))
        for values, of in zip((industries, industries, years), at, strict=True)
    )
    return pa.table(dict(zip(_CELL, columns, strict=True)) | dict(sums))


class RunningSums:
    """The sums of a flow's parts, added in the order of its rows, whoever has done a part first.

    All digits are the same each time, and what is held does not grow with the number of parts.
    """

    def __init__(self) -> None:
        self._early: dict[int, pa.Table] = {}
        self._next = 0
        self._held: list[pa.Table] = []

    def add(self, number: int, sums: pa.Table) -> None:
        """Take what :func:`sum_rows` gives of a part.

        Parameters
        ----------
        number : int
            The part's, from 0 on.
        sums : pyarrow.Table
            Its sums.
        """
        self._early[number] = sums
        while self._next in self._early:
            self._held.append(self._early.pop(self._next))
            self._next += 1
            if len(self._held) == _TOGETHER:
                self._held = [_add(self._held)]

    def all(self) -> pa.Table | None:
        """Return the sums of all parts, in the order of their cells; nothing of no part."""
        return _add(self._held) if self._held else None


def _add(parts: Sequence[pa.Table]) -> pa.Table:
    """Add sums one after the other, with what each addition loses."""
    sums = ", ".join(
        f"fsum({name}) AS {name}" for name in parts[0].column_names if name not in _CELL
    )
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("_parts", pa.concat_tables(parts))
        return con.sql(
            f"SELECT {', '.join(_CELL)}, {sums} FROM _parts GROUP BY ALL ORDER BY ALL"
        ).to_arrow_table()
