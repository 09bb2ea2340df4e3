"""Rows of a printed table that are the sum of others: totals and subtotals, found by their numbers.

A name proves nothing ("Total" may be a place, "T007" says nothing); a sum does, if enough of its
addends differ from it. One row that equals one other is no sum.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..linalg._labels import Vector, require_kind

__all__ = ["Total", "find_totals"]

#: Positions that no single addend explains, from which on a sum is proven by itself.
PROVEN = 4
#: The same of a block of neighbours: there are many blocks.
PROVEN_BLOCK = 10
#: The same where something else agrees: the column is a sum as well, or so is the output.
SUPPORTED = 2
# Printed numbers are rounded; a misfit is taken for rounding up to this share of the total.
ROUNDED = 2e-3
# Published tables hold a few cells that are off by more (one of 412 in the BEA's detail of 2012).
MISPRINTED = 0.01
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Total:
    """A row that equals the sum of others.

    Parameters
    ----------
    label : str
        Its label.
    first, last : str
        The first and last label of what it sums.
    addends : int
        How many rows it sums.
    whole : bool
        Whether these are all others, or all others of a group; else they are a block of neighbours.
    positions : int
        Columns in which no single addend explains the sum.
    """

    label: str
    first: str
    last: str
    addends: int
    whole: bool
    positions: int

    @property
    def proven(self) -> bool:
        """Whether the sum is no coincidence, whatever else agrees with it."""
        return self.positions >= (PROVEN if self.whole else PROVEN_BLOCK)


def find_totals(table: pd.DataFrame, groups: Sequence[Collection[str]] = ()) -> list[Total]:
    """Find rows that are the sum of all others, of a group, or of the block just above or below.

    Give the transposed table to find columns. A total that is found is left out before the next is
    looked for, so a grand total is found behind its subtotals.

    Parameters
    ----------
    table : pandas.DataFrame, shape (R, C)
        Amounts in the printed order; a cell that is not there is 0. A column with the label of a
        row is left out of the comparison of that row: it may be the total of the columns.
    groups : sequence of collections of str
        Labels that belong together, such as the industries among all columns of a use table.

    Returns
    -------
    list of Total
        With at least :data:`SUPPORTED` positions; it is for the caller to say what supports those
        below :data:`PROVEN`.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"A": [10, 15, 0, 25], "B": [20, 0, 12, 32], "Total": [30, 15, 12, 57]},
    ...     index=["A", "B", "C", "Total"])
    >>> [(total.label, total.addends, total.positions) for total in find_totals(table)]
    [('Total', 3, 2)]
    """
    require_kind(table, pd.DataFrame, "flows")
    values = table.fillna(0.0).to_numpy(dtype=np.float64)
    rows = [str(label) for label in table.index]
    columns = np.array([str(label) for label in table.columns], dtype=object)
    unit = _unit(values)
    place = {label: i for i, label in enumerate(rows)}
    sets = [np.array([place[label] for label in group if label in place], int) for group in groups]
    left, totals = np.arange(len(rows)), list[Total]()
    while (total := _next_total(values, rows, columns, left, unit, sets)) is not None:
        totals.append(total)
        left = left[left != rows.index(total.label)]
    return totals


def _next_total(
    values: Vector,
    rows: list[str],
    columns: np.ndarray,
    left: np.ndarray,
    unit: float,
    sets: list[np.ndarray],
) -> Total | None:
    """Return the total with the most positions among the rows that are left, if there is one."""
    best: tuple[bool, int, int, np.ndarray] | None = None
    sums, size = values.sum(axis=1), np.abs(values).sum()
    groups = [left, *(np.intersect1d(group, left) for group in sets)]
    for place, t in enumerate(left):
        counted = columns != rows[t]
        whole = sums - values[:, ~counted].sum(axis=1)
        slack = max(EXACT * size, ROUNDED * abs(whole[t]) if unit else 0.0)
        for addends, grouped in _candidates(whole, place, left, groups, slack):
            positions = _positions(values[t, counted], values[addends][:, counted], unit)
            # Sums of groups first: a block may hold a total that is one itself.
            rank = grouped, positions
            if positions >= SUPPORTED and (best is None or rank > best[:2]):
                best = grouped, positions, int(t), addends
    if best is None:
        return None
    grouped, positions, t, addends = best
    named = [rows[i] for i in addends]
    return Total(rows[t], named[0], named[-1], len(named), grouped, positions)


def _candidates(
    sums: Vector, place: int, left: np.ndarray, groups: list[np.ndarray], slack: float
) -> Iterator[tuple[np.ndarray, bool]]:
    """Yield sets of rows that add up to the one at a place of ``left``, and whether it is a group.

    Only sums of whole rows are compared here, so that a table of a thousand rows is quick.
    """
    t = left[place]
    if sums[t] == 0:
        return
    for group in groups:
        others = group[group != t]
        if len(others) > 1 and abs(sums[others].sum() - sums[t]) <= slack:
            yield others, True
    for beside in (left[:place][::-1], left[place + 1 :]):
        ends = np.flatnonzero(np.abs(np.cumsum(sums[beside]) - sums[t]) <= slack)
        yield from ((np.sort(beside[: end + 1]), False) for end in ends if end > 0)


def _positions(row: Vector, addends: Vector, unit: float) -> int:
    """Count the columns in which the row is a sum that no single addend explains; 0 if it is none.

    An addend that equals the row where both are alone is explained by a copy; the best single
    addend is taken off.
    """
    wanted = addends.sum(axis=0)
    several = (addends != 0).sum(axis=0)
    allowed = EXACT * np.abs(addends).sum(axis=0) + np.where(
        several > 1, 0.5 * unit * (several + 1), 0.0
    )
    off = np.abs(row - wanted)
    wrong = int((off > allowed).sum())
    if wrong > MISPRINTED * len(row) or off.sum() > ROUNDED * np.abs(row).sum():
        return 0
    tight = (off <= np.maximum(EXACT, ROUNDED) * np.abs(wanted)) & (wanted != 0)
    copied = (np.abs(addends - row) <= EXACT * np.abs(row)) & tight
    return int(tight.sum() - copied.sum(axis=1).max(initial=0))


def _unit(values: Vector) -> float:
    """Return the last decimal place of printed numbers; 0 where they are not rounded."""
    size = np.abs(values).max(initial=0.0)
    for unit in (1.0, 0.1, 0.01, 0.001):
        scaled = values / unit
        if np.abs(scaled - np.round(scaled)).max(initial=0.0) <= 1e-9 * max(size / unit, 1.0):
            return unit
    return 0.0
