"""Howard, Newman and Tarp's colocation index: how often two industries share an area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.numbers import whole_number
from ..linalg._labels import Vector
from ._areas import AreaTable, read_areas
from ._inputs import Codes, Pair, read_pairs
from ._relabelling import Pool, require_draws, require_pool

__all__ = ["colocation"]

# Counterfactuals this close, relative, equal the observed index.
EQUAL = 1e-9


def colocation(
    area: Any,
    industry: Any,
    weights: Any = None,
    *,
    pairs: Iterable[Sequence[Any]] | None = None,
    pool: Pool = "all",
    draws: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure how often establishments of two industries share an area, and what chance gives.

    CL_jk = Σ_a Σ_b w_a w_b C_ab / (Σ_a w_a Σ_b w_b), where a goes through the establishments of j,
    b through those of k, and C_ab is 1 where both are in one area: the chance that one of each,
    drawn at random, share it. XCL = CL − E(CL) is the excess over the counterfactual, in which the
    establishments of the pool are dealt out anew over their places, each area keeping its number.

    The paper takes the mean of simulated counterfactuals; it is known exactly: two different
    establishments share an area with probability Σ_m n_m (n_m − 1) / (n (n − 1)), where n_m are
    those of the pool in area m, whatever they weigh. Only p is simulated.

    Parameters
    ----------
    area, industry : sequence of label, length n
        Of each establishment.
    weights : sequence of float, length n, optional
        Employment: the index is then that of two employees. A counterfactual keeps industry and
        weight together. Default: 1.
    pairs : iterable of (label, label), optional
        Default: all of two different industries, each once. CL_jk = CL_kj.
    pool : {"all", "pair"}, default "all"
        Whose places are dealt out: those of all industries, or of the two alone.
    draws : int, default 999
        Counterfactuals, shared by all pairs where the pool is all.
    seed : int, default 0
        Same seed, same numbers.

    Returns
    -------
    pandas.DataFrame, index (``industry``, ``other``)
        ``establishments`` and ``others``, their numbers; ``colocation`` CL, ``expected`` E(CL) and
        ``excess`` XCL, shares of 0 to 1; ``p`` = (1 + #{CL* ≥ CL}) / (draws + 1). All NaN where one
        of the two has no employees.

    Raises
    ------
    InputError
        If lengths differ, a label is missing, a weight is negative or missing, a pair is not known
        or is an industry with itself, or an option is out of bounds.

    References
    ----------
    Howard, Newman & Tarp (2016), *Journal of Economic Geography* 16, 1055–1078.

    Examples
    --------
    >>> found = colocation(list("XXXYYX"), list("ABABAB"), pool="pair", draws=99)
    >>> found[["colocation", "expected", "excess"]].round(4).to_dict("records")
    [{'colocation': 0.5556, 'expected': 0.4667, 'excess': 0.0889}]
    """
    require_draws(draws)
    require_pool(pool)
    table = read_areas(area, industry, weights)
    wanted = _wanted(pairs, table)
    row = np.array([[table.industries.index(label) for label in pair] for pair in wanted])
    row = row.reshape(-1, 2)
    count = np.bincount(table.industry, minlength=len(table.industries))
    CL = _of_pairs(table.employment, row)
    rng = np.random.default_rng(whole_number(seed, "seed"))
    if pool == "all":
        expected = np.full(len(wanted), _chance(np.bincount(table.area)))
        high = np.zeros(len(wanted))
        for E in _draw_all(table, draws, rng):
            high += ~(_of_pairs(E, row) < CL * (1 - EQUAL))
    else:
        plants = table.sums(np.ones(len(table.area)))
        expected = np.array([_chance(plants[:, pair].sum(axis=1)) for pair in row])
        high = np.array(
            [_draw_pair(table, pair, draws, rng, cl) for pair, cl in zip(row, CL, strict=True)]
        )
    known = np.isfinite(CL)
    columns = {
        "establishments": count[row[:, 0]],
        "others": count[row[:, 1]],
        "colocation": CL,
        "expected": np.where(known, expected, np.nan),
        "excess": CL - expected,
        "p": np.where(known, (1 + high) / (draws + 1), np.nan),
    }
    index = pd.MultiIndex.from_tuples(wanted, names=["industry", "other"])
    return pd.DataFrame(columns, index)


def _wanted(pairs: Iterable[Sequence[Any]] | None, table: AreaTable) -> list[Pair]:
    wanted = read_pairs(pairs, table.industries, ordered=False)
    if pairs is None:
        wanted = [pair for pair in wanted if pair[0] != pair[1]]
    for pair in wanted:
        if pair[0] == pair[1]:
            raise InputError(
                f"pairs: {pair[0]!r} is compared with itself; colocation is of two industries."
            )
    if not wanted:
        raise InputError(f"industry: at least two are needed, got {len(table.industries)}.")
    return wanted


def _of_pairs(E: Vector, row: Codes) -> Vector:
    """Return CL of pairs of columns of employment by area and industry."""
    total = E.sum(axis=0)
    s = np.divide(E, total, out=np.full(E.shape, np.nan), where=total > 0)
    together: Vector = (s.T @ s)[row[:, 0], row[:, 1]]
    return together


def _chance(n: Codes) -> float:
    """Return the chance that two different establishments share an area."""
    total = n.sum()
    return float((n * (n - 1.0)).sum() / (total * (total - 1.0))) if total > 1 else np.nan


def _draw_all(table: AreaTable, draws: int, rng: np.random.Generator) -> Iterator[Vector]:
    """Go through employment by area and industry of establishments that were dealt out anew."""
    shape = len(table.areas), len(table.industries)
    for _ in range(draws):
        place = rng.permutation(table.area) * shape[1] + table.industry
        E = np.bincount(place, table.weights, shape[0] * shape[1]).reshape(shape)
        yield E.astype(np.float64)


def _draw_pair(
    table: AreaTable, pair: Codes, draws: int, rng: np.random.Generator, cl: float
) -> int:
    """Count counterfactuals of two industries alone that are as colocated."""
    of = [np.flatnonzero(table.industry == each) for each in pair]
    w = [table.weights[each] for each in of]
    area, split = table.area[np.concatenate(of)], len(of[0])
    M, scale = len(table.areas), w[0].sum() * w[1].sum()
    if not scale > 0:
        return 0
    high = 0
    for _ in range(draws):
        places = rng.permutation(area)
        first = np.bincount(places[:split], w[0], M)
        second = np.bincount(places[split:], w[1], M)
        high += not first @ second / scale < cl * (1 - EQUAL)
    return high
