"""What chance gives where firms cite in bundles: bundles exchanged between industries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError
from ...core.labelled import MatrixLike, as_labelled
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, require_flows, require_kind, require_same_labels
from ._draws import StockDraws, chunk_lengths

__all__ = ["permute_bundles"]

Places = NDArray[np.int64]

# Firms that exchange are of like size, within a factor of two, unless they would be so few.
LEAST_EXCHANGING = 10
# Steps of the raking at most, and how near the times cited are to come, relative.
RAKES, RAKED = 200, 1e-6
# A sum that is smaller than this part of the one wanted cannot be brought back.
UNDONE = 1e-9
TINY = np.finfo(np.float64).tiny
# Draws of another target until it is neither of two; after that it is the first of them.
TRIES = 100


@dataclass(frozen=True, slots=True)
class _Bundles:
    """Citations of firms to industries other than their own, one entry for each firm and target."""

    own: Vector  # (n,), stays
    firm: Places  # of each entry, among the firms with a bundle
    target: Places  # of each entry
    share: Vector  # of each entry in the bundle of its firm
    industry: Places  # of each firm with a bundle
    size: Vector  # of each firm with a bundle
    classes: list[Places]  # firms that exchange
    popular: Vector  # (n,), chance of being cited, if nobody had an industry of its own


def permute_bundles(
    F: MatrixLike,
    industry: pd.Series[str],
    rng: np.random.Generator,
    draws: int,
    *,
    chunk: int | None = None,
) -> StockDraws:
    """Exchange the bundles of citations of firms of like size, whatever industry they are in.

    The bundle of a firm is all that it cites outside its industry. The null hypothesis: within a
    class of like size, bundles are drawn from one law whatever the industry that cites; what ties
    the citations of one firm together stays tied. A bundle from industry b that falls to a firm of
    industry a is stretched to that firm's size. What it cites in a, which would become an own
    citation, goes to b, or to others by their popularity, all of one target together, so that the
    law of chance (popularity among all but one's own) holds for the new owner as for the old. Own
    citations, the size of every firm and the total that every industry makes are those of F in
    every draw; how often every industry is cited is brought back by raking (iterated proportional
    fitting off the diagonal).

    Parameters
    ----------
    F : LabelledMatrix or frame, shape (firms, n)
        Citations that each firm made to each industry; they need not be whole.
    industry : pandas.Series of str, length firms
        Industry of each firm, one of the columns of F; indexed by firm.
    rng : numpy.random.Generator
        Source of all randomness.
    draws : int
        Number of draws.
    chunk : int, optional
        Draws handed out at once; it changes no number. Default: 8 MB of them.

    Returns
    -------
    StockDraws
        K between industries, in the order of ``F.columns`` and the unit of F.

    Raises
    ------
    InputError
        If labels differ, a number is negative or not finite, a firm's industry is not a column of
        F, or no draw was asked for.

    References
    ----------
    Good (2005), *Permutation, Parametric and Bootstrap Tests of Hypotheses*, ch. 3 (exchangeable
    units); Deming & Stephan (1940), *Annals of Mathematical Statistics* 11, 427–444 (raking).

    Examples
    --------
    >>> industries = ["steel", "cars", "glass"]
    >>> F = LabelledMatrix.build("F", [[6, 4, 0], [1, 3, 4], [2, 2, 1]], list("abc"), industries)
    >>> home = pd.Series(industries, list("abc"))
    >>> (chunk,) = permute_bundles(F, home, np.random.default_rng(1), 2)
    >>> chunk.sum(axis=2).round(9).tolist()[0], chunk.diagonal(axis1=1, axis2=2).tolist()[0]
    ([10.0, 8.0, 5.0], [6.0, 3.0, 1.0])
    """
    require_kind(industry, pd.Series, "industry of firms")
    F = as_labelled(F, "F")
    bundles = _bundles(F, industry)
    tables = _draws(bundles, rng)
    lengths = chunk_lengths(draws, len(F.columns), chunk)
    return StockDraws(F.columns, (np.stack([next(tables) for _ in range(n)]) for n in lengths))


def _bundles(F: LabelledMatrix, industry: pd.Series[str]) -> _Bundles:
    require_flows(F)
    index = pd.Index([str(label) for label in industry.index])
    whose = "those of the firms' citations"
    require_same_labels(index, F.rows, "industry of firms", whose, "give both the same")
    named = np.asarray(industry, dtype=object)[index.get_indexer(pd.Index(F.rows))]
    home = pd.Index(F.columns).get_indexer(pd.Index(named))
    odd = np.flatnonzero(home < 0)
    if odd.size:
        raise InputError(
            f"industry of firms: firm {F.rows[odd[0]]!r} is in {named[odd[0]]!r}, which is not a "
            f"column of matrix {F.name}; leave the firm out or add the industry."
        )
    cells = sparse.coo_array(F.values)
    mine = home[cells.row] == cells.col
    n, amounts = len(F.columns), cells.data.astype(np.float64)
    own = np.bincount(cells.col[mine], amounts[mine], n).astype(np.float64)
    kept = ~mine & (amounts > 0)
    active, firm = np.unique(cells.row[kept], return_inverse=True)
    size = np.bincount(firm, amounts[kept], len(active)).astype(np.float64)
    target = cells.col[kept].astype(np.int64)
    table = np.bincount(home[active][firm] * n + target, amounts[kept], n * n).reshape(n, n)
    return _Bundles(
        own=own,
        firm=firm.astype(np.int64),
        target=target,
        share=amounts[kept] / size[firm],
        industry=home[active].astype(np.int64),
        size=size,
        classes=_classes(size),
        popular=_popularity(table.sum(axis=1), table.sum(axis=0)),
    )


def _popularity(citing: Vector, cited: Vector) -> Vector:
    """Chances q with which rows q_j / (1 − q_i), j ≠ i, give everybody as cited as it is."""
    q: Vector = cited / max(cited.sum(), 1.0)
    for _ in range(RAKES):
        per = citing / np.maximum(1.0 - q, TINY)
        expected = q * (per.sum() - per)
        new = q * np.divide(cited, expected, out=np.zeros_like(q), where=expected > 0)
        new /= max(new.sum(), TINY)
        if np.abs(new - q).max(initial=0.0) <= RAKED * q.max(initial=0.0):
            break
        q = new
    return q


def _classes(size: Vector) -> list[Places]:
    """Firms by factors of two of their size; few large ones join those that are next."""
    order = np.argsort(-size, kind="stable").astype(np.int64)
    classes: list[Places] = []
    start = 0
    while start < len(order):
        like = int((size[order[start:]] > size[order[start]] / 2).sum())
        end = min(len(order), start + max(like, LEAST_EXCHANGING))
        classes.append(order[start:end])
        start = end
    if len(classes) > 1 and len(classes[-1]) < LEAST_EXCHANGING:
        last = classes.pop()
        classes[-1] = np.concatenate([classes[-1], last])
    return classes


def _draws(bundles: _Bundles, rng: np.random.Generator) -> Iterator[Vector]:
    """Go through tables without end, each from an exchange of its own."""
    n = len(bundles.own)
    observed = _table(bundles, np.arange(len(bundles.size)), rng)
    citing, cited = observed.sum(axis=1), observed.sum(axis=0)
    while True:
        to = np.arange(len(bundles.size))
        for firms in bundles.classes:
            to[firms] = rng.permutation(firms)
        K = _rake(_table(bundles, to, rng), citing, cited)
        K[np.arange(n), np.arange(n)] = bundles.own
        yield K


def _table(bundles: _Bundles, to: Places, rng: np.random.Generator) -> Vector:
    """Citations between industries, diagonal empty, when firm f's bundle falls to firm to[f]."""
    n = len(bundles.own)
    receiver = to[bundles.firm]
    citing, came_from = bundles.industry[receiver], bundles.industry[bundles.firm]
    target = _redirect(bundles, citing, came_from, rng)
    count = bundles.share * bundles.size[receiver]
    K = np.bincount(citing * n + target, count, n * n).astype(np.float64)
    return K.reshape(n, n)


def _redirect(bundles: _Bundles, a: Places, b: Places, rng: np.random.Generator) -> Places:
    """Targets of bundles that industry a has from b: none in a, b as likely as its popularity.

    From the law q_j / (1 − q_b), j ≠ b, to q_j / (1 − q_a), j ≠ a, moving as little as can be.
    """
    target, q = bundles.target.copy(), bundles.popular
    qa, qb, chance = q[a], q[b], rng.random(len(target))
    clash = (target == a) & (a != b)
    # b is cited the more by a the more popular it is: all that was in a, and some of the rest …
    pulled = ~clash & (a != b) & (chance * (1 - qa) < qb - qa)
    # … or, where b is the less popular, only a part of what was in a.
    rest = clash & (qa > qb) & (chance * qa * (1 - qa) >= qb * (1 - qb))
    target[clash | pulled] = b[clash | pulled]
    left = np.flatnonzero(rest)
    ladder = np.cumsum(q)
    for _ in range(TRIES):
        drawn = np.searchsorted(ladder, rng.random(left.size) * ladder[-1], side="right")
        drawn = np.minimum(drawn, len(q) - 1)
        fits = (drawn != a[left]) & (drawn != b[left])
        target[left[fits]] = drawn[fits]
        left = left[~fits]
        if not left.size:
            break
    return target


def _rake(K: Vector, citing: Vector, cited: Vector) -> Vector:
    """Bring columns, then rows to these sums, until both hold; rows hold in any case."""
    for _ in range(RAKES):
        columns = K.sum(axis=0)
        if np.abs(columns - cited).max(initial=0.0) <= RAKED * cited.max(initial=0.0):
            break
        K = K * _factors(cited, columns)
        K = K * _factors(citing, K.sum(axis=1))[:, np.newaxis]
    return K


def _factors(wanted: Vector, current: Vector) -> Vector:
    """What brings sums to those wanted; what nobody is left to do stays undone."""
    out: Vector = np.ones_like(current)
    np.divide(wanted, current, out=out, where=current > UNDONE * wanted)
    return out
