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

from .. import sql
from ..contract import Table

__all__ = ["amounts_in_two_units", "apart", "perhaps_apart", "sizes_of"]

#: Powers of two without any amount, at least: with the two beside them a factor of 64 to 256.
_EMPTY = 6
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

    What is next to a power of two may be counted with it or not.

    Parameters
    ----------
    sizes : mapping of int to int
        How many amounts there are, as :func:`sizes_of` counts them.
    """
    return apart(sizes, empty=_EMPTY - 2) is not None


def apart(sizes: Mapping[int, int], *, empty: int = _EMPTY) -> int | None:
    """Return the power of two at which a second group of amounts begins, if there are two.

    Parameters
    ----------
    sizes : mapping of int to int
        How many amounts there are, as :func:`sizes_of` counts them.
    empty : int
        Powers between the groups without any amount, at least.

    Returns
    -------
    int or None

    Examples
    --------
    >>> apart({0: 50, 1: 30, 20: 40})
    20
    >>> apart({0: 50, 1: 30, 6: 40}), apart({0: 50, 1: 30, 20: 2})
    (None, None)
    """
    powers, total, below = sorted(sizes), sum(sizes.values()), 0
    for one, next_one in pairwise(powers):
        below += sizes[one]
        if next_one - one > empty and min(below, total - below) >= max(_FEW, _SHARE * total):
            return next_one
    return None


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
    counts = con.execute(f"SELECT {power}, count(*) FROM {rows} GROUP BY 1").fetchall()
    begins = apart({int(each): int(number) for each, number in counts})
    if begins is None:
        return
    place = "min_by((_file, _row), (_entry, _part, _row))"
    groups = con.execute(
        f"SELECT count(*) AS n, min({size}), max({size}), {place} FROM {rows} "
        f"GROUP BY {power} >= {begins} ORDER BY n, 2"
    ).fetchall()
    (few, low, high, (file, row)), (many, *ends, _) = groups
    yield (
        f"{table.measure} is {low:,.6g} to {high:,.6g} in {few:,} rows (the first is row {row:,} "
        f"of {file}), {ends[0]:,.6g} to {ends[1]:,.6g} in the other {many:,}, and nothing between: "
        "these may be two units. Nothing is converted; write all in one, and 0 where a small "
        "number stands for it."
    )
