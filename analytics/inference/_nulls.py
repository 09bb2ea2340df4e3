"""What the sums of ψ would be if citations were made at random between the same strengths."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, require_flows, square
from ._draws import Draws, StockDraws, chunk_lengths
from ._intervals import point_of
from ._margin_moves import Tables, calm, crowd, log_weight, sweep
from ._multiple import benjamini_hochberg

__all__ = ["null_pvalues", "permute_citations", "sweeps_needed"]

# Counts in one block of chains: 32 MB; and no more chains than this.
BLOCK_COUNTS, BLOCK_CHAINS = 2**22, 256
# Sweeps from K to the table where chains begin.
CALM_SWEEPS = 100
# Chains of each of the two groups that must meet, and the sweeps they are given for it.
PILOT_CHAINS, PILOT_SWEEPS = 64, 4096
# Part of a distance that may be left; and the least number of sweeps.
LEFT, LEAST_SWEEPS = 0.005, 12
# A count that is a sum of many weights may miss a whole number by this.
WHOLE = 1e-6
# Bound of the hypergeometric draws of numpy.
LARGEST = 10**9
# Draws this close to the observed number, relative, are taken to equal it.
EQUAL = 1e-9


def permute_citations(
    K: MatrixLike,
    rng: np.random.Generator,
    draws: int,
    *,
    keep_own: bool = True,
    sweeps: int | None = None,
    chunk: int | None = None,
) -> StockDraws:
    """Permute the cited ends of all citations; strengths stay as they are.

    Every sector makes and receives as many citations as in K, and whom it cites is chance. With
    ``keep_own`` the own citations stay too, and with them the leak of every row: the law is then
    P ∝ 1 / Π_{i≠j} K_ij! on all tables with these margins and this diagonal. Each draw is the
    end of a chain of its own (``margin_moves``), which begins near the middle of the law. Without
    ``keep_own`` the draw is direct.

    Parameters
    ----------
    K : LabelledMatrix, shape (N, N)
        Citations that receiver i made to source j, whole numbers.
    rng : numpy.random.Generator
        Source of all randomness.
    draws : int
        Number of draws.
    keep_own : bool, default True
        Keep the diagonal.
    sweeps : int, optional
        Sweeps of each chain. Default: :func:`sweeps_needed`.
    chunk : int, optional
        Draws handed out at once; it changes no number. Default: 8 MB of them.

    Returns
    -------
    StockDraws
        In the order of ``K.rows`` and the unit of K; row and column sums are those of K.

    Raises
    ------
    InputError
        If a count is negative, not finite or not whole, a row or column has 10⁹ citations or
        more, a number of draws or sweeps is below 1, or the chains do not settle.

    References
    ----------
    Keller (1997), World Bank Policy Research Working Paper 1831, equations (4.3) and (4.6),
    permutes the shares of each row; here the strengths of both ends stay. Diaconis & Sturmfels
    (1998), *Annals of Statistics* 26, 363–397; Patefield (1981), *Applied Statistics* 30, 91–97
    (without ``keep_own``).

    Examples
    --------
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> labels = ["steel", "cars", "glass"]
    >>> K = LabelledMatrix.build("K", [[6, 4, 0], [1, 3, 2], [2, 0, 1]], labels)
    >>> (chunk,) = permute_citations(K, np.random.default_rng(1), 3)
    >>> chunk.sum(axis=2).tolist()[0], chunk.sum(axis=1).tolist()[0]
    ([10.0, 6.0, 3.0], [9.0, 7.0, 3.0])
    >>> chunk.diagonal(axis1=1, axis2=2).tolist()[0]
    [6.0, 3.0, 1.0]
    """
    labels, counts = _require_whole(K)
    lengths = chunk_lengths(draws, len(labels), chunk)
    if sweeps is not None and sweeps < 1:
        raise InputError(f"permutations: at least 1 sweep is needed, got {sweeps}.")
    tables = _chains(counts, rng, draws, sweeps) if keep_own else _draw_directly(counts, rng, draws)
    return StockDraws(labels, _regroup(tables, lengths))


def sweeps_needed(K: MatrixLike, rng: np.random.Generator) -> int:
    """Say how many sweeps a chain needs to forget where it began.

    Two groups of 64 chains, one from where all chains begin and one from a far corner (few, large
    counts), are compared after 1, 2, 3, … sweeps, in ever larger steps: the mean of every count,
    and of the logarithm of the law, by t-tests at 1% for all together (Bonferroni). When no
    difference is left that the test can see, they have met. Distances fall geometrically: from
    the one at the start and the one that the test can see follow the sweeps after which 0.5% of
    any distance is left. Chains begin within about one standard deviation of the middle, so a
    mean is then off by some 0.005 standard deviations at most. 12 sweeps are the least.

    Parameters
    ----------
    K : LabelledMatrix, shape (N, N)
        As in :func:`permute_citations`.
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    int
        Sweeps of each chain.

    Raises
    ------
    InputError
        As :func:`permute_citations`; if the groups have not met after 4,096 sweeps.

    References
    ----------
    Gelman & Rubin (1992), *Statistical Science* 7, 457–472 (chains from scattered starts).

    Examples
    --------
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> K = LabelledMatrix.build("K", [[600, 400], [100, 300]], ["steel", "cars"])
    >>> sweeps_needed(K, np.random.default_rng(1))  # two sectors leave nothing to permute
    12
    """
    _, counts = _require_whole(K)
    return _pilot(_begin(counts, rng), rng)


def null_pvalues(observed: Draws, draws: Draws) -> pd.DataFrame:
    """Compare the observed sums with those of permuted citations.

    Parameters
    ----------
    observed : Draws
        One draw, the stock itself: ``draw_sums(S, K, weights)``.
    draws : Draws
        Of :func:`permute_citations` or :func:`permute_bundles` stocks. A singular draw has no
        sums and counts as at least as extreme as the observed, on every side: its p can only be too
        large.

    Returns
    -------
    pandas.DataFrame, shape (Q × N, 10)
        ``quantity``, ``sector``, ``observed`` and ``null_median`` in the unit of the quantity,
        and pure numbers: ``p_greater`` and ``p_less``, (1 + #{T_b ≥ T}) / (B + 1) and
        its mirror image; ``p_two_sided``, the same for |T − median of the draws|;
        ``q_two_sided``, adjusted over the sectors of the quantity (Benjamini–Hochberg);
        ``p_familywise``, adjusted over all sectors of all quantities (Westfall–Young, step-down
        maxT): of tables without any pattern 5% have one below 0.05; and ``draws``, the regular
        ones. Quantities that permuting cannot change have p = 1.

    Raises
    ------
    InputError
        If ``observed`` is not one regular draw, or quantities or sectors differ.

    References
    ----------
    Davison & Hinkley (1997), *Bootstrap Methods and their Application*, §4.2.5 (p is never 0);
    Benjamini & Hochberg (1995), *Journal of the Royal Statistical Society B* 57, 289–300; Westfall
    & Young (1993), *Resampling-Based Multiple Testing*, §2.8.

    Examples
    --------
    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> from spillgraph.analytics.inference._draws import draw_sums
    >>> labels = ["steel", "cars", "glass"]
    >>> S = LabelledMatrix.build("S", np.diag([0.5, 0.5, 0.5]), labels)
    >>> K = LabelledMatrix.build("K", [[6, 4, 0], [1, 3, 2], [2, 0, 1]], labels)
    >>> draws = draw_sums(S, permute_citations(K, np.random.default_rng(1), 99))
    >>> table = null_pvalues(draw_sums(S, K), draws).set_index(["quantity", "sector"])
    >>> table.loc[("production", "steel"), "p_two_sided"]
    np.float64(1.0)
    """
    points = point_of(draws, observed)
    frames = []
    for name, frame in draws.values.items():
        comparison = _compare(points[name], frame.to_numpy())
        frames.append(pd.DataFrame({"quantity": name, "sector": frame.columns, **comparison}))
    table = pd.concat(frames, ignore_index=True)
    every = np.hstack([frame.to_numpy() for frame in draws.values.values()])
    table.insert(7, "p_familywise", _familywise(table["observed"].to_numpy(), every))
    return table


def _familywise(T: Vector, values: Vector) -> Vector:
    """Step-down maxT over all numbers at once: the largest of those that are left, every time.

    Centre and scale are those of draws and observation together, so that under the null none of
    them stands out. A draw without an inverse is the largest everywhere.
    """
    together = np.vstack([T, values])
    regular = np.isfinite(together)
    count = np.maximum(regular.sum(axis=0), 1)
    middle = np.where(regular, together, 0.0).sum(axis=0) / count
    off = np.where(regular, np.abs(together - middle), 0.0)
    scale = np.sqrt((off**2).sum(axis=0) / count)
    moves = scale > EQUAL * np.maximum(np.abs(middle), np.abs(T))
    far = off / np.where(moves, scale, 1.0)
    far = np.where(regular, far, np.inf)
    far[:, ~moves] = 0.0
    order = np.argsort(-far[0], kind="stable")
    left = np.maximum.accumulate(far[1:, order[::-1]], axis=1)[:, ::-1]
    p = (1 + (left >= far[0, order] * (1 - EQUAL)).sum(axis=0)) / (len(values) + 1)
    adjusted = np.empty(len(T))
    adjusted[order] = np.maximum.accumulate(p)
    return adjusted


def _compare(T: Vector, values: Vector) -> dict[str, Vector]:
    """Columns of one quantity; ``values`` has draws in rows, NaN where there is no sum."""
    regular = np.isfinite(values)
    middle = np.full(T.shape, np.nan)
    some = regular.any(axis=0)
    middle[some] = np.nanmedian(values[:, some], axis=0)
    close = EQUAL * np.maximum(np.abs(T), np.abs(np.where(some, middle, 0.0)))
    far, farther = np.abs(T - middle), np.abs(values - middle)
    sides = {
        "p_greater": values >= T - close,
        "p_less": values <= T + close,
        "p_two_sided": farther >= far - close,
    }
    p = {
        name: (1 + (as_extreme | ~regular).sum(axis=0)) / (len(values) + 1)
        for name, as_extreme in sides.items()
    }
    return {
        "observed": T,
        "null_median": middle,
        **p,
        "q_two_sided": benjamini_hochberg(p["p_two_sided"]),
        "draws": regular.sum(axis=0),
    }


def _require_whole(K: MatrixLike) -> tuple[tuple[str, ...], Tables]:
    """Return labels and counts, refused where they are not whole."""
    M = square(K, "K", role="K")
    require_flows(M)
    values = M.values.toarray()
    counts = np.rint(values)
    off = np.argwhere(np.abs(values - counts) > WHOLE)
    if off.size:
        i, j = off[0]
        raise InputError(
            f"matrix {M.name}: the count that {M.rows[i]!r} receives from {M.rows[j]!r} is "
            f"{values[i, j]:.6g}; citations can be permuted only where they are whole, and "
            "rounding would change the strengths. Permute the counts of the fine industries, "
            "before any concordance, depreciation or fractional weights, and bring each draw to "
            "sectors with the concordance."
        )
    for side, sums in (("makes", counts.sum(axis=1)), ("receives", counts.sum(axis=0))):
        if sums.max() >= LARGEST:
            raise InputError(
                f"matrix {M.name}: {M.rows[int(sums.argmax())]!r} {side} {sums.max():.6g} "
                "citations; below 1e9 are needed. Take fewer years or finer sectors."
            )
    return M.rows, counts.astype(np.int64)


def _chains(
    counts: Tables, rng: np.random.Generator, draws: int, sweeps: int | None
) -> Iterator[Vector]:
    """Go through blocks of chains, each of one length whatever is asked for at once."""
    begin = _begin(counts, rng)
    if sweeps is None:
        sweeps = _pilot(begin, rng)
    block = _block(counts)
    for _ in range(0, draws, block):
        K = np.tile(begin, (block, 1, 1))
        for _ in range(sweeps):
            sweep(K, rng)
        yield K.astype(np.float64)


def _draw_directly(counts: Tables, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
    """Go through blocks of tables whose diagonal is free."""
    from scipy.stats import random_table

    law = random_table(counts.sum(axis=1), counts.sum(axis=0), seed=rng)
    block = _block(counts)
    for _ in range(0, draws, block):
        # One citing sector leaves no choice; scipy 1.17 returns noise where it is the last.
        free = np.count_nonzero(counts.any(axis=1)) > 1
        tables = law.rvs(block) if free else np.tile(counts, (block, 1, 1))
        yield np.asarray(tables, dtype=np.float64)


def _block(counts: Tables) -> int:
    """Tables made at once: always the same number, so that chunks change nothing."""
    return max(1, min(BLOCK_CHAINS, BLOCK_COUNTS // counts.size))


def _begin(counts: Tables, rng: np.random.Generator) -> Tables:
    """Return a table with the margins and diagonal of the counts, near the middle of the law."""
    K = counts[np.newaxis].copy()
    calm(K, rng, CALM_SWEEPS)
    table: Tables = K[0]
    return table


def _regroup(blocks: Iterator[Vector], lengths: list[int]) -> Iterator[Vector]:
    """Hand out blocks in chunks of these lengths; what is left of the last block is dropped."""
    held = np.empty((0, 0, 0))
    for length in lengths:
        parts = []
        while length:
            held = held if len(held) else next(blocks)
            parts.append(held[:length])
            held, length = held[length:], length - len(parts[-1])
        yield np.concatenate(parts)


def _pilot(begin: Tables, rng: np.random.Generator) -> int:
    """Run both groups until they have met; see :func:`sweeps_needed`."""
    near = np.tile(begin, (PILOT_CHAINS, 1, 1))
    far = near.copy()
    crowd(far, rng)
    start, _ = _gap(near, far)
    from scipy.stats import t

    critical = float(t.isf(0.005 / start.size, 2 * PILOT_CHAINS - 2))
    done = 0
    while done < PILOT_SWEEPS:
        for _ in range(1 + done // 4):
            sweep(near, rng)
            sweep(far, rng)
            done += 1
        gap, error = _gap(near, far)
        if (gap <= critical * error + EQUAL).all():
            distance = float((start / np.where(error > 0, error, np.inf)).max())
            times = math.log(LEFT) / -math.log(max(distance / critical, 2.0))
            return max(LEAST_SWEEPS, math.ceil(done * times))
    raise InputError(
        f"permutations: chains from two starts still differ after {PILOT_SWEEPS:,} sweeps; give "
        "`sweeps` yourself and compare with twice as many, or merge sectors with few citations."
    )


def _gap(near: Tables, far: Tables) -> tuple[Vector, Vector]:
    """Differences of all means between the two groups, and their standard errors."""
    groups = [
        np.column_stack([K.reshape(len(K), -1), log_weight(K)]).astype(np.float64)
        for K in (near, far)
    ]
    gap: Vector = np.abs(groups[0].mean(axis=0) - groups[1].mean(axis=0))
    variance = groups[0].var(axis=0, ddof=1) + groups[1].var(axis=0, ddof=1)
    return gap, np.sqrt(variance / PILOT_CHAINS)
