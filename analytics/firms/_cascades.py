"""Many cascades at once: compiled and in threads where it can be, else one after another."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError, show
from ..linalg._labels import Vector
from ._economy import Economy
from ._steps import run_steps

__all__ = ["Engine", "Shocks", "has_compiler", "processors", "run_cascades", "single_failures"]

Engine = Literal["auto", "compiled", "numpy"]
#: Where the firms of each scenario stand, and what they lose at the start.
Shocks = tuple[NDArray[np.int64], NDArray[np.int64], Vector]
Compressed = tuple[NDArray[np.int64], NDArray[np.int32], Vector]
#: Fewer cascades are no work for another thread.
_A_THREAD = 32
#: What the lanes of one thread may take.
_LANES_BYTES = 200_000_000


def run_cascades(
    economy: Economy, shocks: Shocks, tolerance: float, max_steps: int, engine: Engine = "auto"
) -> Vector:
    """Run cascades and sum up what each costs.

    Parameters
    ----------
    economy : Economy
        N firms.
    shocks : (start, firms, sizes), ndarrays of shapes (C + 1,), (E,), (E,)
        Firms ``firms[start[c]:start[c + 1]]`` lose ``sizes`` at the start of cascade c.
    tolerance, max_steps, engine
        As in :func:`systemic_risk`.

    Returns
    -------
    ndarray, shape (C, 5)
        Losses of both, downstream and upstream as shares of all; steps; the last change.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> from spillgraph.analytics.firms._economy import build_economy
    >>> two = build_economy(Z, {"steel": "a", "cars": "b"}, "linear")
    >>> run_cascades(two, single_failures(np.arange(2)), 0.5, 9)[:, 3].tolist()
    [1.0, 2.0]
    """
    if engine not in ("auto", "compiled", "numpy"):
        raise InputError(f"engine: {show(engine)} is none; needed: auto, compiled or numpy.")
    if engine == "compiled" and not has_compiler():
        raise InputError("engine 'compiled': numba is needed; pip install 'spillgraph[fast]'.")
    start, firms, sizes = shocks
    if engine == "numpy" or not has_compiler():
        result = np.empty((len(start) - 1, 5))
        for c, (first, last) in enumerate(pairwise(start)):
            shock = np.zeros(len(economy.labels))
            shock[firms[first:last]] = sizes[first:last]
            down, up, *ended = run_steps(economy, shock, tolerance, max_steps)
            lost = economy.weight @ np.column_stack([np.maximum(down, up), down, up])
            result[c] = *lost, *ended
        return result
    from ._spread import spread  # here: numba takes a second to import

    size = len(economy.labels)
    own = np.arange(size, dtype=np.int32)
    downward = (*_both_ways(economy.down), economy.customer, _runs(economy.customer, size))
    upward = (*_both_ways(economy.up), own, _runs(own, size))
    sums = economy.output, economy.market, economy.market_output, economy.weight
    arrays: Any = [_plain(each) for each in (downward, upward, sums)]

    def run(part: Shocks) -> Vector:
        lanes = _lanes(size, len(part[0]) - 1)
        return np.asarray(
            spread(_plain(part), *arrays, float(tolerance), int(max_steps), lanes), np.float64
        )

    threads = min(processors(), (len(start) - 1) // _A_THREAD + 1)
    if threads == 1:
        return run(shocks)
    result = np.empty((len(start) - 1, 5))
    with ThreadPoolExecutor(threads) as pool:
        parts = [slice(t, None, threads) for t in range(threads)]
        for part, found in zip(
            parts, pool.map(run, [_every(shocks, p) for p in parts]), strict=True
        ):
            result[part] = found
    return result


def _every(shocks: Shocks, part: slice) -> Shocks:
    """Return some of the scenarios."""
    start, firms, sizes = shocks
    chosen = np.arange(len(start) - 1)[part]
    length = (start[1:] - start[:-1])[chosen]
    ends = np.cumsum(length)
    places = np.arange(length.sum()) + np.repeat(start[chosen] - (ends - length), length)
    return np.concatenate([[0], ends]).astype(np.int64), firms[places], sizes[places]


def _lanes(firms: int, cascades: int) -> int:
    """How many cascades read all links together: of those at hand, and as many as memory holds."""
    room = max(8, _LANES_BYTES // (3 * 8 * firms))
    return int(min(32, room, -(-cascades // 8) * 8))


def processors() -> int:
    """How many processors this process may use.

    Examples
    --------
    >>> processors() > 0
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _plain(value: Any) -> Any:
    """Return arrays of one kind each, whatever they were made of: other kinds compile anew."""
    if isinstance(value, tuple):
        return tuple(_plain(each) for each in value)
    kind = np.float64 if value.dtype.kind == "f" else value.dtype
    return np.require(value, kind, ["C", "W", "A"])


def has_compiler() -> bool:
    """Whether numba is installed.

    Examples
    --------
    >>> has_compiler() in (True, False)
    True
    """
    return find_spec("numba") is not None


def single_failures(firms: NDArray[np.int64]) -> Shocks:
    """Make a scenario of each firm: it fails alone.

    Parameters
    ----------
    firms : ndarray of int, shape (C,)
        Where they stand.

    Returns
    -------
    (start, firms, sizes)

    Examples
    --------
    >>> single_failures(np.array([4, 2]))[0].tolist()
    [0, 1, 2]
    """
    return np.arange(len(firms) + 1, dtype=np.int64), firms.astype(np.int64), np.ones(len(firms))


def _both_ways(M: sparse.csr_array) -> tuple[Compressed, Compressed]:
    """Return a matrix compressed by column and by row: starts, the other end, entries."""
    by_column, by_row = M.tocsc(), M
    return (
        (by_column.indptr.astype(np.int64), by_column.indices.astype(np.int32), by_column.data),
        (by_row.indptr.astype(np.int64), by_row.indices.astype(np.int32), by_row.data),
    )


def _runs(owner: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Where the groups of each firm start; they are ordered by firm."""
    return np.searchsorted(owner, np.arange(size + 1)).astype(np.int64)
