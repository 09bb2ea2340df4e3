"""Ranks, and how far they go when records are drawn anew or links are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError
from ..inference import rank_intervals
from ..linalg._labels import Vector
from ..nulls import LARGE
from ..nulls._null import batch_lengths
from ._network import Network
from ._scores import Chunk, scores_of

__all__ = ["FEWEST", "from_missing", "from_records", "ranks", "thinned"]

# Scores this close, relative, share a place.
EQUAL = 1e-9
LEVEL = 0.95
#: Draws of the records that a confidence set of ranks takes at least, as ``rank_intervals`` has it.
FEWEST = round(2 / (1 - LEVEL)) - 1


def ranks(scores: Vector) -> Vector:
    """Places from the largest score on, ties at the better place; NaN has none.

    Examples
    --------
    >>> ranks(np.array([2.0, 5.0, np.nan, 2.0])).tolist()
    [2.0, 1.0, nan, 2.0]
    """
    known = np.sort(scores[~np.isnan(scores)])
    places = 1.0 + known.size - np.searchsorted(known, scores + EQUAL * np.abs(scores), "right")
    return np.where(np.isnan(scores), np.nan, places)


def thinned(
    network: Network, missing: float, draws: int, rng: np.random.Generator
) -> Iterator[Chunk]:
    """Yield the network without some of its links, each missing with the same chance.

    Own links stay.
    """
    values, N = network.matrix.values, len(network.matrix.rows)
    if network.large:
        coo = sparse.coo_array(values)
        for _ in range(draws):
            there = (rng.random(coo.nnz) >= missing) | (coo.row == coo.col)
            ends = coo.row[there], coo.col[there]
            yield sparse.csr_array((coo.data[there], ends), shape=values.shape)
        return
    dense, own = values.toarray(), np.eye(N, dtype=bool)
    for length in batch_lengths(draws, N):
        yield np.where(own | (rng.random((length, N, N)) >= missing), dense, 0.0)


def from_missing(
    network: Network, names: Sequence[str], chunks: Iterable[Chunk], scores: pd.DataFrame
) -> dict[str, tuple[Vector, Vector]]:
    """Lowest and highest place in the middle 95% of networks with missing links."""
    drawn: dict[str, list[Vector]] = {name: [] for name in names}
    for chunk in chunks:
        for name, rows in scores_of(chunk, names, network).items():
            drawn[name] += [ranks(row) for row in rows]
    intervals = {}
    for name in names:
        place = ranks(scores[name].to_numpy())
        # A network in which the measure is not defined could have put the sector anywhere.
        table = np.nan_to_num(np.stack(drawn[name]), nan=np.inf)
        low = np.quantile(table, (1 - LEVEL) / 2, axis=0, method="lower")
        high = np.quantile(table, (1 + LEVEL) / 2, axis=0, method="higher")
        last = float(len(place))
        high = np.minimum(high, last)
        empty = np.isnan(place)
        low, high = np.fmin(np.minimum(low, last), place), np.fmax(high, place)
        intervals[name] = np.where(empty, np.nan, low), np.where(empty, np.nan, high)
    return intervals


def from_records(
    network: Network, names: Sequence[str], chunks: Iterable[Chunk], scores: pd.DataFrame
) -> tuple[dict[str, tuple[Vector, Vector]], int]:
    """Confidence sets of ranks from bootstrap draws of the network, and how many draws there are.

    They are NaN where a measure is known of fewer draws than :data:`FEWEST`.
    """
    drawn: dict[str, list[Vector]] = {name: [] for name in names}
    count = 0
    for chunk in chunks:
        require_shape(chunk, network, "records")
        count += len(chunk) if isinstance(chunk, np.ndarray) else 1
        for name, rows in scores_of(chunk, names, network).items():
            drawn[name].append(rows)
    intervals = {}
    for name in names:
        rows = np.concatenate([np.empty((0, len(network.matrix.rows))), *drawn[name]])
        table = pd.DataFrame(rows, columns=network.matrix.rows)
        known = ~scores[name].isna()
        of_known = table.loc[:, known]
        whole = of_known.notna().all(axis=1)
        low = np.full(len(known), np.nan)
        high = low.copy()
        if known.any() and whole.sum() >= FEWEST:
            sets = rank_intervals(table.loc[whole, known], scores.loc[known, name], LEVEL)
            low[known], high[known] = sets["rank_low"], sets["rank_high"]
        intervals[name] = low, high
    return intervals, count


def require_shape(chunk: Chunk, network: Network, what: str) -> None:
    """Refuse draws that are none of a network, or no arrays.

    Parameters
    ----------
    chunk : ndarray, shape (B, N, N), or csr_array, shape (N, N)
        Some of the draws.
    network : Network
        The one observed.
    what : str
        What they are given as.
    """
    N = len(network.matrix.rows)
    shape = getattr(chunk, "shape", None)
    if shape is None or shape[-2:] != (N, N) or (N <= LARGE and len(shape) != 3):
        got = f"a {type(chunk).__name__}" if shape is None else str(shape)
        raise InputError(
            f"{what}: draws of shape (B, {N}, {N}) are needed, got {got}; give draws of "
            f"{network.matrix.name} itself, in the order of its rows."
        )
