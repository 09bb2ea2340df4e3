"""A table that gives each pair once: half of a matrix of what has no direction.

Co-patenting and co-classification have none, and are printed as one half. Read as citations, the
half makes W triangular: chains end in the last sector, and the first one is cited by all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from ...core.errors import show
from ...graph.aggregate import Flow
from ...graph.schema import UNMAPPED
from ..owners.cells import cells_of

__all__ = ["half_matrices"]

#: Of so many pairs that chance alone would give both ways, none is.
_EXPECTED = 5.0
#: So many pairs have the codes of both ends in the same order: the half above the diagonal.
_ORDERED = 20


def half_matrices(flows: Iterable[Flow]) -> Iterator[str]:
    """Yield a warning of each flow between industries of which no pair occurs both ways.

    Citations between patents run back in time and firms may never cite each other, so pairs are
    those of industries.

    Parameters
    ----------
    flows : iterable of Flow
        What is aggregated.

    Yields
    ------
    str
    """
    for flow in flows:
        pairs = _pairs(flow)
        if pairs is None or not _one_way(pairs):
            continue
        receiver, source = map(str, pairs.iloc[0][["receiver", "source"]])
        yield (
            f"{flow.origin}: each of the {len(pairs):,} pairs of industries with a flow has it in "
            f"one direction (as {show(receiver)} from {show(source)}), and none in both. If the "
            "relation has no direction, as joint patents, the table is one half of a matrix: give "
            "every row both ways, with the file a second time and its two columns exchanged, the "
            "diagonal once. Else look whether rows are missing."
        )


def _pairs(flow: Flow) -> pd.DataFrame | None:
    """Return the pairs of different industries with a flow, in the order of their codes."""
    cells = cells_of(flow)
    if cells is None:
        return None
    rows = cells[["receiver", "source"]].dropna().drop_duplicates()
    ends = rows[["receiver", "source"]]
    kept = (ends != UNMAPPED).all(axis=1) & (ends["receiver"] != ends["source"])
    return rows[kept].sort_values(["receiver", "source"])


def _one_way(pairs: pd.DataFrame) -> bool:
    """Whether no pair occurs both ways, though chance would give some, or all are in one order.

    Examples
    --------
    >>> pairs = [(a, b) for a in "abcdef" for b in "abcdef" if a < b]
    >>> _one_way(pd.DataFrame(pairs, columns=["receiver", "source"]))
    True
    >>> _one_way(pd.DataFrame([*pairs, ("b", "a")], columns=["receiver", "source"]))
    False
    >>> _one_way(pd.DataFrame(pairs[:5], columns=["receiver", "source"]))
    False
    """
    ends = set(zip(pairs["receiver"], pairs["source"], strict=True))
    n = len({end for pair in ends for end in pair})
    if n < 2 or any((source, receiver) in ends for receiver, source in ends):
        return False
    orders = {receiver < source for receiver, source in ends}
    many = len(ends) ** 2 >= _EXPECTED * n * (n - 1)
    return many or (len(orders) == 1 and len(ends) >= _ORDERED)
