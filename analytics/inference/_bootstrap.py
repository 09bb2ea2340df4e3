"""Bootstrap draws of the citation stock: over citations, over firms, over years."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError
from ...core.labelled import MatrixLike, as_labelled
from ...core.labels import text_labels
from ...core.matrix import LabelledMatrix
from ..linalg._labels import (
    Vector,
    by_label,
    require_flows,
    require_kind,
    require_same_labels,
    series_of,
    square,
)
from ..networks._stocks import accumulate
from ._draws import StockDraws, chunk_lengths

__all__ = ["citations", "clusters", "firms", "years"]

# A total that is a sum of many weights may miss a whole number by this, relative.
WHOLE = 1e-9


def citations(
    K: MatrixLike,
    rng: np.random.Generator,
    draws: int,
    *,
    effective: pd.Series[float] | None = None,
    chunk: int | None = None,
) -> StockDraws:
    """Draw every citation anew: each receiver's row is multinomial with the observed shares.

    The citations of a receiver are taken to be independent, and their number to be given. Firms
    cite in bundles, so intervals are too narrow as a rule; :func:`firms` allows for that.

    Counts need not be whole: concordances split a citation and depreciation shrinks it. A row
    then has ``effective`` citations, and the draw is scaled back to the row's total. The default
    is the total rounded down, at least 1. It errs on the safe side: with weights w of at most 1
    the effective number (Σw)² / Σw² (Kish 1965) is never below the total Σw. For whole counts it
    is the total itself.

    Parameters
    ----------
    K : LabelledMatrix, shape (N, N)
        Citations (flow or stock) that receiver i made to source j.
    rng : numpy.random.Generator
        Source of all randomness.
    draws : int
        Number of draws.
    effective : pandas.Series, length N, optional
        Independent citations in the row of each receiver, whole numbers, at least 1 where the row
        is not empty.
    chunk : int, optional
        Draws made at once; it changes no number. Default: 8 MB of them.

    Returns
    -------
    StockDraws
        In the order of ``K.rows`` and the unit of K. Row totals are those of K in every draw.

    Raises
    ------
    InputError
        If a count is negative or not finite, labels differ, or a number of citations or draws is
        not a whole number of at least 1.

    References
    ----------
    Efron & Tibshirani (1993), *An Introduction to the Bootstrap*, ch. 6; Kish (1965), *Survey
    Sampling*, §11.7 (effective number).

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K
    >>> (chunk,) = citations(K, np.random.default_rng(1), 3)
    >>> chunk.shape, chunk.sum(axis=2).tolist()
    ((3, 2, 2), [[10.0, 4.0], [10.0, 4.0], [10.0, 4.0]])
    """
    counts = square(K, "K", like=effective, role="K")
    require_flows(counts)
    stock = counts.values.toarray()
    total = stock.sum(axis=1)
    number = np.where(total > 0, np.maximum(1, np.floor(total * (1 + WHOLE))), 0)
    if effective is not None:
        number = by_label(effective, counts.rows, "effective citations")
        wrong = np.flatnonzero((number != np.rint(number)) | (number < (total > 0)))
        if wrong.size:
            raise InputError(
                f"effective citations: {counts.rows[wrong[0]]!r} has {number[wrong[0]]:g}; whole "
                "numbers are needed, at least 1 where the sector cites at all."
            )
    shares = np.divide(
        stock, total[:, np.newaxis], out=np.eye(len(stock)), where=total[:, np.newaxis] > 0
    )
    unit = np.divide(total, number, out=np.zeros_like(total), where=total > 0)
    lengths = chunk_lengths(draws, len(stock), chunk)

    def chunks() -> Iterator[Vector]:
        for length in lengths:
            drawn = rng.multinomial(number.astype(np.int64), shares, (length, len(stock)))
            yield drawn * unit[:, np.newaxis]

    return StockDraws(counts.rows, chunks())


def firms(
    F: MatrixLike,
    B: MatrixLike,
    strata: pd.Series[str],
    rng: np.random.Generator,
    draws: int,
    *,
    chunk: int | None = None,
) -> StockDraws:
    """Draw the citing firms anew, within strata: firms with all their citations, K = BᵀF.

    A firm that is drawn twice brings all its citations twice, so whatever ties the citations of
    one firm together is in the intervals. Of n firms of a stratum n − 1 are drawn, each with weight
    n/(n − 1) (Rao and Wu), so that sums vary as they should where firms are few: n of n would vary
    too little by (n − 1)/n. Totals of citations vary. A stratum of one firm does not vary at all.
    Give all firms of an industry, those that cite nobody too: their number is part of the chance.

    Parameters
    ----------
    F : LabelledMatrix, shape (firms, N)
        Citations that each firm made to each sector.
    B : LabelledMatrix, shape (firms, N)
        Sector weights of each firm: one 1, or the concordance's weights, or nothing for a firm
        without a sector. The same labels as F in any order.
    strata : pandas.Series of str, length firms
        Stratum of each firm, as a rule its industry, indexed by firm.
    rng, draws, chunk
        As in :func:`citations`; the default chunk keeps the weights of the firms small, too.

    Returns
    -------
    StockDraws
        In the order of ``F.columns`` and the unit of F.

    Raises
    ------
    InputError
        If labels differ, a firm has no stratum, a number is negative or not finite, or no draw
        was asked for.

    References
    ----------
    Davison & Hinkley (1997), *Bootstrap Methods and their Application*, §3.2 (strata) and §3.8
    (clusters); Rao & Wu (1988), *Journal of the American Statistical Association* 83, 231–241.

    Examples
    --------
    >>> sectors = ["steel", "cars"]
    >>> F = LabelledMatrix.build("F", [[6, 0], [0, 4], [1, 3]], ["a", "b", "c"], sectors)
    >>> B = LabelledMatrix.build("B", [[1, 0], [1, 0], [0, 1]], ["a", "b", "c"], sectors)
    >>> strata = pd.Series({"a": "steel", "b": "steel", "c": "cars"})
    >>> (chunk,) = firms(F, B, strata, np.random.default_rng(1), 4)
    >>> chunk[:, 1].tolist()  # the only car maker
    [[1.0, 3.0], [1.0, 3.0], [1.0, 3.0], [1.0, 3.0]]
    """
    operands = F, B
    F, B = as_labelled(F, "F", like=operands[1]), as_labelled(B, "B", like=operands[0])
    return clusters(_products(F, B), F.columns, F.rows, strata, rng, draws, chunk=chunk)


def clusters(
    cells: sparse.csr_array,
    sectors: tuple[str, ...],
    firms: tuple[str, ...],
    strata: pd.Series[str],
    rng: np.random.Generator,
    draws: int,
    *,
    chunk: int | None = None,
) -> StockDraws:
    """Draw firms anew, within strata, whatever it is that each adds to K.

    :func:`firms` is the case in which a firm adds B_f ⊗ F_f. This is for any other, for instance
    where a citation within one fine industry stays within one sector.

    Parameters
    ----------
    cells : scipy.sparse.csr_array, shape (N², firms)
        What each firm (column) adds to each cell of K, row by row; their sum is K.
    sectors : tuple of str, length N
        Labels of K.
    firms : tuple of str
        Labels of the columns.
    strata, rng, draws, chunk
        As in :func:`firms`.

    Returns
    -------
    StockDraws
        In the order of ``sectors``.

    Raises
    ------
    InputError
        If labels differ, a firm has no stratum, or no draw was asked for.

    Examples
    --------
    >>> cells = sparse.csr_array([[6.0, 0.0], [0.0, 4.0], [1.0, 0.0], [0.0, 3.0]])
    >>> labels = ("steel", "cars"), ("a", "b"), pd.Series({"a": "x", "b": "y"})
    >>> (chunk,) = clusters(cells, *labels, np.random.default_rng(1), 1)
    >>> chunk.tolist()  # no stratum has two firms: nothing varies
    [[[6.0, 4.0], [1.0, 3.0]]]
    """
    require_kind(cells, sparse.csr_array, "cells of K by firms")
    first, size, order = _strata(strata, firms)
    outer = cells[:, order]
    # One draw less than there are firms in each stratum, a lone firm excepted.
    kept = np.flatnonzero((np.arange(len(firms)) != first) | (size == 1))
    weight = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
    N, n = len(sectors), len(firms)
    lengths = chunk_lengths(draws, max(N, math.isqrt(n) // 2), chunk)

    def chunks() -> Iterator[Vector]:
        for length in lengths:
            times = np.empty((n, length))
            for d in range(length):
                drawn = first[kept] + (rng.random(kept.size) * size[kept]).astype(np.int64)
                times[:, d] = np.bincount(drawn, minlength=n) * weight
            yield np.ascontiguousarray((outer @ times).T).reshape(length, N, N)

    return StockDraws(sectors, chunks())


def _strata(
    strata: pd.Series[str], labels: tuple[str, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.intp]]:
    """Put firms in order of stratum: where each one's stratum begins, its size, the order."""
    column = series_of(strata, labels, "strata")
    index = pd.Index(text_labels(column.index, "strata"), dtype=object)
    _require_same(index, labels, "strata")
    code, _ = pd.factorize(np.asarray(column, dtype=object)[index.get_indexer(pd.Index(labels))])
    missing = np.flatnonzero(code < 0)
    if missing.size:
        raise InputError(
            f"strata: firm {labels[missing[0]]!r} has none; give every firm one, for instance "
            "'unmapped'."
        )
    order = np.argsort(code, kind="stable")
    sizes = np.bincount(code)
    begin = np.cumsum(sizes) - sizes
    return begin[code[order]], sizes[code[order]], order


def _products(F: LabelledMatrix, B: LabelledMatrix) -> sparse.csr_array:
    """What each firm adds to K, B_f ⊗ F_f: one row for each cell of K, one column for each firm."""
    require_flows(F)
    require_flows(B)
    _require_same(pd.Index(B.rows), F.rows, f"matrix {B.name}")
    _require_same(pd.Index(B.columns), F.columns, f"columns of matrix {B.name}")
    firm = pd.Index(B.rows).get_indexer(pd.Index(F.rows))
    sector = pd.Index(B.columns).get_indexer(pd.Index(F.columns))
    weights = sparse.coo_array(B.values[firm][:, sector])
    cited, N = F.values, F.shape[1]
    # Every weight of a firm meets every entry of its row of F.
    entries = np.diff(cited.indptr)[weights.row]
    pair = np.repeat(np.arange(weights.nnz), entries)
    within = np.arange(pair.size) - np.repeat(np.cumsum(entries) - entries, entries)
    at = cited.indptr[weights.row[pair]] + within
    cell = weights.col[pair].astype(np.int64) * N + cited.indices[at]
    values = weights.data[pair] * cited.data[at]
    return sparse.csr_array((values, (cell, weights.row[pair])), shape=(N * N, F.shape[0]))


def _require_same(index: pd.Index, labels: tuple[str, ...], what: str) -> None:
    """Refuse labels that repeat or are not those of F."""
    whose = "those of the firms' citations"
    require_same_labels(index, labels, what, whose, "give both the same")


def years(
    flows: Mapping[int, MatrixLike],
    rng: np.random.Generator,
    draws: int,
    *,
    delta: float = 0.0,
    block: int | None = None,
    chunk: int | None = None,
) -> StockDraws:
    """Draw the years anew, in moving blocks: K = Σ_s (1−δ)^(t−s) M^(year drawn for s).

    Each position s keeps its weight in the stock; what flowed there is drawn, in runs of
    ``block`` consecutive years, so that dependence within a run stays. Years are taken to be
    alike: where citations grow, late flows also land in early years, and the level of the stock
    varies much more than its shares.

    Parameters
    ----------
    flows : mapping of int to LabelledMatrix, each shape (N, N)
        Flow of each year up to the year of the stock, all with the same labels and unit. As in
        ``accumulate``, a year between that is missing has no flow.
    rng, draws, chunk
        As in :func:`citations`.
    delta : float, default 0
        Depreciation per year, from 0 to 1.
    block : int, optional
        Years in a block, from 1 to T. Default: T^(1/3) rounded up.

    Returns
    -------
    StockDraws
        In the order of the first year's labels and the unit of the flows.

    Raises
    ------
    InputError
        As ``accumulate``; if ``block`` is outside 1…T or no draw was asked for.

    References
    ----------
    Künsch (1989), *Annals of Statistics* 17, 1217–1241 (moving blocks); Hall, Horowitz & Jing
    (1995), *Biometrika* 82, 561–574 (length T^(1/3) for variances).

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K as M
    >>> (chunk,) = years({2000: M, 2001: M}, np.random.default_rng(1), 2, delta=0.5)
    >>> chunk[0].tolist()
    [[9.0, 6.0], [1.5, 4.5]]
    """
    if not 0 <= delta <= 1:
        raise InputError(f"stocks: depreciation must lie between 0 and 1, got {delta}.")
    # Without memory a stock is the flow itself, checked, ordered, and zero where a year is missing.
    yearly = accumulate(flows, delta=1.0)
    labels = yearly[min(yearly)].rows
    content = np.stack([M.values.toarray().ravel() for M in yearly.values()])
    T, N = len(content), len(labels)
    run = math.ceil(round(T ** (1 / 3), 9)) if block is None else block
    if not 1 <= run <= T:
        raise InputError(f"blocks of years: 1 to {T} years are possible here, got {run}.")
    weight = (1.0 - delta) ** np.arange(T - 1, -1, -1)
    lengths = chunk_lengths(draws, N, chunk)

    def chunks() -> Iterator[Vector]:
        for length in lengths:
            start = rng.integers(0, T - run + 1, (length, -(-T // run)))
            drawn = (start[..., np.newaxis] + np.arange(run)).reshape(length, -1)[:, :T]
            at = drawn + T * np.arange(length)[:, np.newaxis]
            share = np.bincount(at.ravel(), np.tile(weight, length), length * T)
            yield (share.reshape(length, 1, T) @ content).reshape(length, N, N)

    return StockDraws(labels, chunks())
