"""The shares between millions of firms, row by row, in arrays that may lie on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import InputError

__all__ = ["Links", "leaks"]

#: A row of shares that should sum to 1 does so up to this.
ROUNDING = 1e-12


def _nothing() -> None:
    """Find nothing that has changed."""


@dataclass(frozen=True, slots=True)
class Links:
    """Shares ``M[receiver, source]`` of N firms as compressed rows, without labels.

    A :class:`~spillgraph.core.matrix.LabelledMatrix` holds a text for every row and its numbers in
    memory; of ten million firms neither can be had for the asking.

    Parameters
    ----------
    name : str
        ``S`` or ``W``.
    indptr : ndarray of int64, shape (N + 1,)
        Links of firm i are ``indptr[i]:indptr[i + 1]``.
    indices : ndarray of int32 or int64, shape (L,)
        Place of the source of each link, ascending within a row.
    data : ndarray of float64 or float32, shape (L,)
        Shares, above 0.
    leak : ndarray of float64, shape (N,)
        1 − row sum, exactly 0 where nothing leaks.
    rounding : float
        δ: the share that is meant lies within ``data`` · (1 ± δ). 0 where ``data`` is meant.
    label : callable
        Takes a place, returns the id of the firm.
    unchanged : callable
        Refuses files behind the arrays that have changed since they were opened.

    Raises
    ------
    InputError
        If the lengths do not fit.

    Examples
    --------
    >>> W = Links.build("W", [0, 1, 2], [1, 0], [0.4, 0.25])
    >>> W.firms, W.links, W.leak.tolist()
    (2, 2, [0.6, 0.75])
    """

    name: str
    indptr: NDArray[np.int64]
    indices: NDArray[Any]
    data: NDArray[Any]
    leak: NDArray[np.float64]
    rounding: float = 0.0
    label: Callable[[int], str] = str
    unchanged: Callable[[], None] = _nothing

    def __post_init__(self) -> None:
        links = len(self.indices)
        if len(self.leak) + 1 != len(self.indptr) or links != len(self.data):
            raise InputError(
                f"network {self.name}: {len(self.indptr) - 1:,} firms and {links:,} links do not "
                f"fit {len(self.leak):,} leaks and {len(self.data):,} shares."
            )

    @classmethod
    def build(cls, name: str, indptr: Any, indices: Any, data: Any) -> Links:
        """Make a network from arrays in memory, with the leak that follows from its rows."""
        start, shares = np.asarray(indptr, np.int64), np.asarray(data, np.float64)
        leak = leaks(np.diff(start), shares)
        return cls(name, start, np.asarray(indices, np.int32), shares, leak)

    @property
    def firms(self) -> int:
        """Number of firms, N."""
        return len(self.indptr) - 1

    @property
    def links(self) -> int:
        """Number of links, L."""
        return len(self.indices)


def leaks(counts: NDArray[Any], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what rows leave of 1, exactly 0 where that is nothing but rounding.

    Parameters
    ----------
    counts : ndarray of int, shape (R,)
        Links of each row.
    shares : ndarray of float64, shape (sum of counts,)
        Shares, row after row.

    Examples
    --------
    >>> leaks(np.array([2, 0, 1]), np.array([0.5, 0.25, 1.0])).tolist()
    [0.25, 1.0, 0.0]
    """
    row = np.repeat(np.arange(len(counts)), counts)
    leak = np.ones(len(counts))
    leak -= np.bincount(row, shares, minlength=len(counts))
    leak[np.abs(leak) <= ROUNDING] = 0.0
    return leak
