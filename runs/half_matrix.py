"""Half of a table without direction: each pair of sectors stands once, and none both ways."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.errors import show
from ..core.matrix import LabelledMatrix

__all__ = ["half_matrix"]

#: Fewer pairs of sectors may all go one way by chance.
FEW = 10
#: From so many pairs both ways that chance alone would give on, none is no chance.
EXPECTED = 2.5


def half_matrix(M: LabelledMatrix, what: str) -> list[str]:
    """Warn where each pair of sectors stands once, as in half of a symmetric table.

    It is told where so many pairs would not all go one way by chance, or where all go from what
    comes first in the order of the codes to what comes later, or all back. A sparse table of
    firms that has neither is not suspected.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Amounts between sectors.
    what : str
        What they are, e.g. ``"citations"``.

    Returns
    -------
    list of str
        One warning, or none.

    Examples
    --------
    >>> M = LabelledMatrix.build("Z", np.triu(np.ones((6, 6))), list("abcdef"))
    >>> print(half_matrix(M, "citations")[0].partition(":")[0])
    citations: each of the 15 pairs of sectors stands once ('a'–'b', never 'b'–'a')
    """
    entries = M.values.tocoo()
    off = (entries.row != entries.col) & (entries.data != 0)
    receivers, sources = entries.row[off], entries.col[off]
    n, m = len(M.rows), len(receivers)
    if m < FEW or not set(zip(receivers, sources, strict=True)).isdisjoint(
        zip(sources, receivers, strict=True)
    ):
        return []
    in_use = len({*receivers, *sources})
    by_text = np.empty(n, dtype=np.int64)
    by_text[sorted(range(n), key=lambda i: str(M.rows[i]))] = np.arange(n)
    ordered = any(_one_way(place[receivers], place[sources]) for place in (np.arange(n), by_text))
    if not ordered and m * m / (2.0 * in_use * (in_use - 1)) < EXPECTED:
        return []
    one, other = (show(str(M.rows[ends[0]])) for ends in (receivers, sources))
    return [
        f"{what}: each of the {m:,} pairs of sectors stands once ({one}–{other}, never "
        f"{other}–{one}), as in half of a table without direction. If the relation has no "
        "direction, give each row both ways: name the file twice, the second time with the two "
        "columns exchanged and without rows of a sector to itself."
    ]


def _one_way(a: NDArray[np.int64], b: NDArray[np.int64]) -> bool:
    """Whether all pairs have the same order."""
    return bool((a < b).all() or (a > b).all())
