"""Amounts in two units in one column: two groups of them, far apart, and nothing between.

Amounts of firms and industries reach from small to large without a gap. Where each of two groups is
a good part of the rows and a factor of 64 or more lies between them, the files of two years, or of
two offices, were likely put together, one of which counts in thousands or millions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import duckdb
import numpy as np
from numpy.typing import NDArray

from ...core.words import amount, counted
from .. import sql
from ..contract import Table

__all__ = ["amounts_in_two_units", "perhaps_apart", "sizes_of"]

#: Factor between the groups, at least, and its power of two.
_FACTOR, _POWER = 64.0, 6
#: Rows of the smaller group, and its share of all, at least.
_FEW, _SHARE = 20, 0.05


def sizes_of(values: NDArray[np.float64]) -> dict[int, int]:
    """Count amounts by the power of two that they reach; 0 has none.

    Parameters
    ----------
    values : ndarray of float64
        Finite numbers.

    Returns
    -------
    dict of int to int

    Examples
    --------
    >>> sizes_of(np.array([0.0, 1.0, 1.5, -2.0, 1e6]))
    {0: 2, 1: 1, 19: 1}
    """
    powers = np.frexp(values)[1][values != 0] - 1
    kinds, counts = np.unique(powers, return_counts=True)
    return dict(zip(kinds.tolist(), counts.tolist(), strict=True))


def perhaps_apart(sizes: Mapping[int, int]) -> bool:
    """Whether there may be two groups of amounts: those who have all of them at hand must look.

    Parameters
    ----------
    sizes : mapping of int to int
        How many amounts there are, as :func:`sizes_of` counts them.

    Examples
    --------
    >>> perhaps_apart({0: 50, 1: 30, 20: 40}), perhaps_apart({0: 50, 1: 30, 20: 2})
    (True, False)
    """
    # what is next to a power of two may be counted with it or not
    return any(True for _ in _gaps(sizes, _POWER - 2))


def _gaps(sizes: Mapping[int, int], apart: int) -> Iterator[int]:
    """Yield the powers at which a second group of amounts may begin, so far from those below."""
    powers, total, below = sorted(sizes), sum(sizes.values()), 0
    for one, other in pairwise(powers):
        below += sizes[one]
        if other - one >= apart and min(below, total - below) >= max(_FEW, _SHARE * total):
            yield other


def amounts_in_two_units(
    con: duckdb.DuckDBPyConnection, table: Table, checked: str
) -> Iterator[str]:
    """Yield a warning of amounts of a table that stand in two groups far apart.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    table : Table
        Declaration of the table.
    checked : str
        Name of the checked rows.

    Yields
    ------
    str
        At most one, with both groups and the first row of the smaller.
    """
    if table.measure is None:
        return
    size = f"abs({sql.name(table.measure)})"
    rows = f"{checked} WHERE _why IS NULL AND {size} > 0"
    power = f"floor(log2({size}))::INTEGER"
    asked = f"SELECT {power}, count(*), min({size}), max({size}) FROM {rows} GROUP BY 1"
    ends = {kind: (number, low, high) for kind, number, low, high in con.execute(asked).fetchall()}
    for begins in _gaps({kind: number for kind, (number, _, _) in ends.items()}, _POWER):
        below = max(high for kind, (_, _, high) in ends.items() if kind < begins)
        above = min(low for kind, (_, low, _) in ends.items() if kind >= begins)
        if above < _FACTOR * below:
            continue
        place = "min_by((_file, _row), (_entry, _part, _row))"
        (few, low, high, one, (file, row)), (many, least, most, other, _) = con.execute(
            f"SELECT count(*) AS n, min({size}), max({size}), median({size}), {place} FROM {rows} "
            f"GROUP BY {power} >= {begins} ORDER BY n, 2"
        ).fetchall()
        times = float(f"{max(one / other, other / one):.2g}")
        yield (
            f"{table.measure} is {amount(low)} to {amount(high)} in {counted(few, 'row')} (the "
            f"first is row {row:,} of {file}), {amount(least)} to {amount(most)} in the other "
            f"{many:,}, and nothing between: the middle of one is {times:,.0f} times that of the "
            "other, as where two units are mixed. All are added up as they are: write all in one "
            "unit, and 0 where a small number only stands for nothing."
        )
        return
