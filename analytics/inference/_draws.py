"""All spillover sums for many draws of the citation stock, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.labels import positions
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, require_kind, square, weights_by_label
from ..linalg._operands import check_operands

__all__ = ["Draws", "StockDraws", "chunk_lengths", "draw_sums", "draws_to_long", "has_inverse"]

# Numbers in one batch of matrices: 8 MB, so that a batch stays near the processor.
BATCH = 2**20

# What is known even where I − W has no inverse.
NO_INVERSE = ("benefit_without_W", "contribution_without_W", "production", "T1", "T2")

Batch: TypeAlias = dict[str, Vector]


@dataclass(frozen=True, slots=True)
class StockDraws:
    """Draws of the citation stock, in chunks, to be read once.

    Parameters
    ----------
    labels : tuple of str, length N
        Order of rows and columns of every draw.
    chunks : iterator of ndarray, each shape (draws in the chunk, N, N)
        ``K[draw, receiver, source]`` in the unit of the stock that was drawn from.

    Examples
    --------
    >>> draws = StockDraws(("steel", "cars"), iter([np.ones((3, 2, 2)), np.ones((1, 2, 2))]))
    >>> sum(len(chunk) for chunk in draws)
    4
    """

    labels: tuple[str, ...]
    chunks: Iterator[Vector]

    def __iter__(self) -> Iterator[Vector]:
        """Go through the chunks."""
        return self.chunks


@dataclass(frozen=True, slots=True)
class Draws:
    """All sums of ψ for every draw.

    Parameters
    ----------
    values : dict of str to pandas.DataFrame, each shape (D, N)
        By quantity: rows are draws, columns are sectors in the order of ``S.rows``.

        ``benefit`` ψ1, ``benefit_without_W`` U1 and ``loss`` ψ1 − U1, in % for 1% everywhere;
        ``loss_percent`` 100 (ψ1 − U1) / ψ1, in % of the benefit;
        ``contribution[w]`` w'ψ, ``contribution_without_W[w]`` w'U and ``contribution_loss[w]``
        w'ψ − w'U for every weight w, in % × unit of the weight;
        ``contribution_loss_percent[w]`` 100 (w'ψ − w'U) / w'ψ, NaN where w'ψ is 0;
        ``production`` (U − I)1, ``innovation`` (V − I)1 and ``interaction`` (U − I)(V − I)1, the
        exact channels, and ``T1``, ``T2``, ``T3``, the modes as printed, in %.

        A draw whose K has a closed class is NaN in all that needs (I − W)⁻¹.
    count : int
        D, the number of draws, singular ones among them.
    singular : int
        Draws whose K has a closed class, or is too near to one, so that I − W has no inverse.
    """

    values: dict[str, pd.DataFrame]
    count: int
    singular: int


@dataclass(frozen=True, slots=True)
class _Production:
    """What does not change from draw to draw, dense and in the order of ``labels``."""

    labels: tuple[str, ...]
    S: Vector
    U: Vector
    weights: Vector  # a row for each weight
    names: tuple[str, ...]


def draw_sums(
    S: MatrixLike,
    K_draws: LabelledMatrix
    | pd.DataFrame
    | StockDraws
    | NDArray[np.float64]
    | Iterable[NDArray[np.float64]],
    weights: pd.DataFrame | None = None,
) -> Draws:
    """Compute all row and column sums of ψ for every draw of K, with S fixed.

    Each draw goes the way of ``citation_shares`` and ``psi``: rows over all citations first, then
    an empty diagonal, then (I − W)⁻¹. No inverse is formed: two solves a draw give all sums. A
    draw's numbers do not depend on the chunk it came in.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        Production shares of gross output, [user, supplier].
    K_draws : LabelledMatrix, StockDraws, ndarray or iterable of ndarray
        A matrix is one draw: the estimate. Arrays, shape (draws, N, N), are citations
        ``K[draw, receiver, source]`` **in the order of** ``S.rows``; a StockDraws has labels of
        its own and may be in any order.
    weights : pandas.DataFrame, shape (N, K), optional
        Weights of the affected sectors, a column each, as for ``psi``. A column ``unit`` of ones
        is always added.

    Returns
    -------
    Draws
        Sectors in the order of ``S.rows``.

    Raises
    ------
    InputError
        If labels differ, a draw has another shape, a number is negative or not finite, there is
        no draw at all, or ρ(S) is 1 or more.
    ClosedClassError
        If S has a closed class. One in a draw of K is no error: it is counted.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, slides "ψ = (I − S)⁻¹(I − W)⁻¹" (2) and (3), for the
    sums; the draws are not theirs.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import S
    >>> K = np.array([[[6, 4], [1, 3]], [[0, 4], [1, 0]]])
    >>> draws = draw_sums(S, K)
    >>> draws.count, draws.singular
    (2, 1)
    >>> draws.values["benefit"].mul(27).round(9).to_numpy().tolist()
    [[81.0, 76.0], [nan, nan]]
    """
    fixed = _production(S, weights)
    parts: list[Batch] = []
    singular = 0
    for chunk in _chunks(K_draws, fixed.labels):
        for piece in _pieces(chunk):
            sums, closed = _sums(piece, fixed)
            parts.append(sums)
            singular += closed
    if not parts:
        raise InputError("draws: at least one draw of K is needed, got none.")
    columns = pd.Index(fixed.labels, name="sector")
    count = sum(len(part["benefit"]) for part in parts)
    index = pd.RangeIndex(count, name="draw")
    values = {
        name: pd.DataFrame(np.concatenate([part[name] for part in parts]), index, columns)
        for name in parts[0]
    }
    return Draws(values, count, singular)


def draws_to_long(draws: Draws) -> pd.DataFrame:
    """Put all draws into one frame, a number a row.

    Parameters
    ----------
    draws : Draws
        Of D draws, N sectors and Q quantities.

    Returns
    -------
    pandas.DataFrame, shape (D × N × Q, 4)
        ``quantity``, ``draw``, ``sector``, ``value``; units as in :class:`Draws`.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K, S
    >>> draws_to_long(draw_sums(S, K)).query("quantity == 'benefit'").value.tolist()
    [3.0, 2.814814814814815]
    """
    require_kind(draws, Draws, "draws")
    frames = []
    for name, frame in draws.values.items():
        long = frame.reset_index().melt("draw", var_name="sector")
        long.insert(0, "quantity", name)
        frames.append(long)
    return pd.concat(frames, ignore_index=True)


def chunk_lengths(draws: int, N: int, chunk: int | None = None) -> list[int]:
    """Cut a number of draws into chunks.

    Parameters
    ----------
    draws : int
        Number of draws in all.
    N : int
        Number of sectors.
    chunk : int, optional
        Draws in a chunk. Default: as many N × N matrices as fit into 8 MB, at least 1.

    Returns
    -------
    list of int
        Draws in each chunk.

    Raises
    ------
    InputError
        If ``draws`` or ``chunk`` is below 1.

    Examples
    --------
    >>> chunk_lengths(1000, 37), chunk_lengths(25, 37, chunk=10)
    ([765, 235], [10, 10, 5])
    """
    if draws < 1 or (chunk is not None and chunk < 1):
        what, number = ("the number of draws", draws) if draws < 1 else ("a chunk", chunk)
        raise InputError(f"draws: {what} must be at least 1, got {number}.")
    length = chunk or max(1, BATCH // N**2)
    return [min(length, draws - start) for start in range(0, draws, length)]


def _production(S: MatrixLike, weights: pd.DataFrame | None) -> _Production:
    """Check S and the weights; invert I − S once."""
    S = square(S, "S", role="S")
    nothing = LabelledMatrix.build("W", np.zeros(S.shape), S.rows, S.rows)
    S = check_operands(S, nothing, None)[0]
    frame = weights_by_label(weights, S.rows)
    dense = S.values.toarray()
    # The transpose is dominated by its diagonal column by column: elimination swaps no rows.
    U = np.linalg.solve((np.eye(len(dense)) - dense).T, np.eye(len(dense))).T
    return _Production(S.rows, dense, U, frame.to_numpy().T, tuple(map(str, frame)))


def _chunks(
    draws: LabelledMatrix
    | pd.DataFrame
    | StockDraws
    | NDArray[np.float64]
    | Iterable[NDArray[np.float64]],
    labels: tuple[str, ...],
) -> Iterator[Vector]:
    """Go through the draws as arrays in the order of ``labels``, checked."""
    order = None
    source: Iterable[NDArray[np.float64]]
    bare = isinstance(draws, np.ndarray) and draws.ndim == 2 and labels == positions(len(labels))
    if bare or sparse.issparse(draws) or isinstance(draws, LabelledMatrix | pd.DataFrame):
        beside = pd.DataFrame(index=pd.Index(labels))
        estimate = square(draws, "K", like=beside, role="K").aligned_to(labels)
        source = [estimate.values.toarray()[np.newaxis]]
    elif isinstance(draws, StockDraws):
        order, source = _positions(draws.labels, labels), draws
    else:
        require_kind(draws, Iterable, "draws of K")
        source = [draws] if isinstance(draws, np.ndarray) else draws
    N = len(labels)
    for chunk in source:
        K: Vector = np.asarray(chunk, dtype=np.float64)
        if K.ndim != 3 or K.shape[1:] != (N, N):
            raise InputError(
                f"draws: arrays of shape (draws, {N}, {N}) are needed, one row and column for "
                f"every sector of S; got {K.shape}."
            )
        if K.size and not (np.isfinite(K).all() and K.min() >= 0):
            raise InputError("draws: citations must be finite and not negative in every draw.")
        # One layout in memory, so that sums are taken in one order, whatever the layout of K.
        yield np.ascontiguousarray(K if order is None else K[:, order[:, np.newaxis], order])


def _pieces(chunk: Vector) -> Iterator[Vector]:
    """Cut a chunk of any length into batches of bounded memory."""
    start = 0
    for length in chunk_lengths(len(chunk), chunk.shape[1]) if len(chunk) else []:
        yield chunk[start : start + length]
        start += length


def _positions(have: tuple[str, ...], want: tuple[str, ...]) -> NDArray[np.intp] | None:
    """Where the wanted labels are among those at hand; None where the order is the same."""
    if have == want:
        return None
    odd = sorted(set(have) ^ set(want))
    if odd or len(have) != len(want):
        raise InputError(
            "draws: their sectors differ from those of S (for instance "
            f"{', '.join(map(repr, odd[:5]))}); bring both to one classification."
        )
    return pd.Index(have).get_indexer(pd.Index(want))


def _sums(K: Vector, fixed: _Production) -> tuple[Batch, int]:
    """All sums of a batch of draws, and how many of them are singular."""
    W, A, V1, closed = _solved(K)
    columns, columns_lost = _solve(A.swapaxes(1, 2), (fixed.weights @ fixed.U).T)
    closed = closed | columns_lost
    sums = _row_sums(W, V1, fixed) | _column_sums(W, columns, fixed)
    for name, values in sums.items():
        if not name.startswith(NO_INVERSE):
            values[closed] = np.nan
    return sums, int(closed.sum())


def has_inverse(K: Vector) -> NDArray[np.bool_]:
    """Say for every draw of citations whether I − W has an inverse that can be proved.

    Parameters
    ----------
    K : ndarray, shape (B, N, N)
        ``K[draw, receiver, source]``, not negative.

    Returns
    -------
    ndarray of bool, shape (B,)

    Examples
    --------
    >>> has_inverse(np.array([[[6.0, 4], [1, 3]], [[0, 4], [1, 0]]])).tolist()
    [True, False]
    """
    return ~_solved(K)[3]


def _solved(K: Vector) -> tuple[Vector, Vector, Vector, NDArray[np.bool_]]:
    """Return W, I − W and V1 = (I − W)⁻¹ 1 of every draw, and which have no proven inverse."""
    total = K.sum(axis=2)
    W = np.zeros_like(K)
    np.divide(K, total[..., np.newaxis], out=W, where=total[..., np.newaxis] > 0)
    own = np.diagonal(K, axis1=1, axis2=2)
    closed = _has_closed_class((own > 0) | (total == 0), K)
    places = np.arange(K.shape[1])
    W[:, places, places] = 0.0
    A = -W
    A[:, places, places] = 1.0
    A[closed] = np.eye(K.shape[1])  # any regular matrix: the answer is not used
    one = np.ones((K.shape[1], 1))
    V1, lost = _solve(A, one)
    # As psi: row sums that do not satisfy their own equations are no proof of an inverse.
    rounding = np.finfo(np.float64).eps * (K.shape[1] + 3) * (1 + 2 * np.abs(V1))
    near = (np.abs(A @ V1 - one) + rounding).max(axis=(1, 2)) >= 0.5
    return W, A, V1, closed | lost | near | ~(V1.min(axis=(1, 2)) > 0)


def _row_sums(W: Vector, V1: Vector, fixed: _Production) -> Batch:
    """Row sums: benefit, loss, exact channels and modes as printed.

    Differences are written as products (V1 − 1 = W V1), which lose no digits.
    """
    S, one = fixed.S, np.ones((W.shape[1], 1))
    w1 = W @ one
    production, innovation = S @ (fixed.U @ one), W @ V1
    loss = fixed.U @ innovation
    benefit = 1 + production + loss
    interaction = S @ loss
    shape = w1.shape
    sums = {
        "benefit": benefit,
        "benefit_without_W": np.broadcast_to(1 + production, shape),
        "loss": loss,
        "loss_percent": 100 * loss / benefit,
        "production": np.broadcast_to(production, shape),
        "innovation": innovation,
        "interaction": interaction,
        "T1": np.broadcast_to(S @ one + S @ (S @ one), shape),
        "T2": w1 + W @ w1,
        "T3": interaction + S @ (S @ production) + W @ (W @ innovation),
    }
    return {name: values[..., 0] for name, values in sums.items()}


def _column_sums(W: Vector, columns: Vector, fixed: _Production) -> Batch:
    """Weighted column sums; ``columns`` holds w'ψ, one column for each weight."""
    lost = W.swapaxes(1, 2) @ columns  # w'ψ − w'U = w'ψ W
    domar = fixed.weights @ fixed.U
    percent = np.full_like(columns, np.nan)
    np.divide(100 * lost, columns, out=percent, where=columns != 0)
    sums: Batch = {}
    for k, name in enumerate(fixed.names):
        sums[f"contribution[{name}]"] = columns[..., k]
        sums[f"contribution_without_W[{name}]"] = np.broadcast_to(domar[k], columns.shape[:2])
        sums[f"contribution_loss[{name}]"] = lost[..., k]
        sums[f"contribution_loss_percent[{name}]"] = percent[..., k]
    return sums


def _has_closed_class(leaks: NDArray[np.bool_], K: Vector) -> NDArray[np.bool_]:
    """Say for every draw whether some sector reaches no leak: the exact test of ``leakage``."""
    closed: NDArray[np.bool_] = np.logical_not(leaks.all(axis=1))
    doubtful = np.flatnonzero(closed)
    if doubtful.size:
        reached, links = leaks[doubtful], K[doubtful] > 0
        for _ in range(K.shape[1]):
            more = reached | (links & reached[:, np.newaxis, :]).any(axis=2)
            if (more == reached).all():
                break
            reached = more
        closed[doubtful] = ~reached.all(axis=1)
    return closed


def _solve(A: Vector, right: Vector) -> tuple[Vector, NDArray[np.bool_]]:
    """Solve every system of the batch; say which are singular to the last digit."""
    right = np.broadcast_to(right, (*A.shape[:2], right.shape[1]))
    lost = np.zeros(len(A), dtype=bool)
    try:
        return np.asarray(np.linalg.solve(A, right), dtype=np.float64), lost
    except np.linalg.LinAlgError:  # a leak below rounding: find out whose
        solutions = np.full(right.shape, np.nan)
        for d in range(len(A)):
            try:
                solutions[d] = np.linalg.solve(A[d], right[d])
            except np.linalg.LinAlgError:
                lost[d] = True
        return solutions, lost
