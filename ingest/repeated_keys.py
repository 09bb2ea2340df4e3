"""Keys that stand twice among those of many parts, of which no two are in memory at once.

Keys are put into baskets by a hash, so that equal ones meet in one, and a basket of all parts is
small. There they go into a table of places by another hash; who is displaced from its place is
either the same key or goes on to the next table. Nothing is sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Baskets", "baskets_of", "find_later", "keys_of", "rows_of", "save_keys"]

#: Takes the number of a part and keys of it.
OfAll = Callable[[int, NDArray[np.int64]], NDArray[np.int64]]
#: Odd numbers without a pattern; the high bits of a product with one of them are a hash.
_FACTORS = tuple(
    np.uint64(factor)
    for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)
#: As the basket is one byte of a hash, numpy puts keys in order by counting.
_BASKETS = 256
#: Baskets that are looked through at a time, for several who do it.
_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Baskets:
    """Some baskets of all parts, which know nothing of the others.

    Parameters
    ----------
    paths : tuple of Path
        What :func:`save_keys` wrote.
    first : int
        The first of them.
    """

    paths: tuple[Path, ...]
    first: int


def baskets_of(paths: Sequence[Path]) -> Iterator[Baskets]:
    """Go through all baskets, some at a time.

    Parameters
    ----------
    paths : sequence of Path
        What :func:`save_keys` wrote.
    """
    for first in range(0, _BASKETS, _TOGETHER):
        yield Baskets(tuple(paths), first)


def save_keys(
    path: Path,
    keys: NDArray[np.int64],
    group: NDArray[np.int64] | None = None,
    rows: NDArray[np.int64] | None = None,
) -> None:
    """Write the keys of a part, basket by basket, behind the number in each.

    Parameters
    ----------
    path : Path
        A file, of which there is nothing but numbers.
    keys : ndarray of int64
        In any order.
    group : ndarray of int64, optional
        A number for each key, of which one basket has all keys; by default the key itself.
    rows : ndarray of int64, optional
        The number of each key's row among those of all parts, where somebody will ask for it.
    """
    basket = _hash(keys if group is None else group, _FACTORS[0], 8).astype(np.uint8)
    order = np.argsort(basket, kind="stable")
    with path.open("wb") as file:
        np.bincount(basket, minlength=_BASKETS).tofile(file)
        keys[order].tofile(file)
        if rows is not None:
            rows[order].tofile(file)


def keys_of(
    baskets: Baskets, of_all: OfAll = lambda part, keys: keys
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Go through the keys of some baskets, one basket at a time.

    Parameters
    ----------
    baskets : Baskets
        The baskets.
    of_all : callable
        Gives the keys of a part as those of all parts, where a part has its own.

    Yields
    ------
    tuple of int and ndarray of int64
        The basket, and its keys, those of one part behind those of the part before.
    """
    ends = [_ends(path) for path in baskets.paths]
    for n in range(baskets.first, baskets.first + _TOGETHER):
        parts = enumerate(zip(baskets.paths, ends, strict=True))
        yield (
            n,
            np.concatenate(
                [of_all(part, _read(path, at[n], at[n + 1])) for part, (path, at) in parts]
            ),
        )


def rows_of(baskets: Baskets, number: int) -> NDArray[np.int64]:
    """Return the rows of the keys of a basket, in the same order, if they were saved.

    Parameters
    ----------
    baskets : Baskets
        The baskets.
    number : int
        Which of them.
    """
    rows = []
    for path in baskets.paths:
        ends = _ends(path)
        first, end = ends[number : number + 2] + ends[-1] - _BASKETS
        rows.append(_read(path, first, end))
    return np.concatenate(rows)


def _ends(path: Path) -> NDArray[np.int64]:
    """Return at which number of a file each basket begins, and the last one ends."""
    sizes = np.fromfile(path, np.int64, _BASKETS)
    return np.concatenate([[_BASKETS], _BASKETS + np.cumsum(sizes)])


def _read(path: Path, first: np.int64, end: np.int64) -> NDArray[np.int64]:
    """Read some numbers of a file, and not more: what is mapped would stay in memory."""
    return np.fromfile(path, np.int64, int(end - first), offset=8 * int(first))


def find_later(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find keys that stand before.

    Parameters
    ----------
    keys : ndarray of int64, shape (n,)
        Keys in any order.

    Returns
    -------
    ndarray of int64, shape (2, number of later ones)
        Where each of those stands, and where its like stands first.

    Examples
    --------
    >>> find_later(np.array([5, 7, 5, 5]))
    array([[2, 3],
           [0, 0]])
    """
    twice = _repeated(keys)
    if not len(twice):
        return np.empty((2, 0), dtype=np.int64)
    # Few keys repeat: those that a hash takes for one of them are looked at.
    bits = len(twice).bit_length() + 4
    perhaps = np.zeros(1 << bits, dtype=bool)
    perhaps[_hash(twice, _FACTORS[1], bits)] = True
    at = np.flatnonzero(perhaps[_hash(keys, _FACTORS[1], bits)])
    at = at[np.argsort(keys[at], kind="stable")]
    first = np.ones(len(at), dtype=bool)
    first[1:] = keys[at[1:]] != keys[at[:-1]]
    return np.stack([at, at[first][np.cumsum(first) - 1]])[:, ~first]


def _repeated(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the keys that stand twice, in any number and order.

    Of the same keys one at most has the place, so that each other one is displaced: it finds
    its like there, or they are among the displaced together.
    """
    found = []
    for factor in _FACTORS[1:]:
        if len(keys) < 2:
            break
        bits = len(keys).bit_length() + 1
        place = _hash(keys, factor, bits)
        number = np.arange(len(keys))
        has_it = np.zeros(1 << bits, dtype=np.int64)
        has_it[place] = number
        displaced = has_it[place] != number
        there, keys = keys[has_it[place[displaced]]], keys[displaced]
        found.append(keys[there == keys])
        keys = keys[there != keys]
    keys = np.sort(keys)
    return np.concatenate([*found, keys[1:][keys[1:] == keys[:-1]]])


def _hash(keys: NDArray[np.int64], factor: np.uint64, bits: int) -> NDArray[np.int64]:
    """Return a number below 2**bits for each key."""
    return ((keys.view(np.uint64) * factor) >> np.uint64(64 - bits)).view(np.int64)
