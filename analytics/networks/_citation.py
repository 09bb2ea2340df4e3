"""Citation shares W: whose knowledge a sector builds on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._entries import divide_rows
from ..linalg._labels import Vector, by_label, labels_where, require_flows, series, square
from ..linalg._leakage import closed_classes, row_leaks
from ..linalg._radius import radius_bounds

__all__ = ["CitationShares", "Normalisation", "citation_shares"]

Normalisation: TypeAlias = Literal["row", "offdiag", "column", "patents"]


@dataclass(frozen=True, slots=True)
class CitationShares:
    """Citation shares with what is needed to invert them.

    Parameters
    ----------
    W : LabelledMatrix, shape (N, N)
        What of source j ≠ i enters the knowledge of receiver i; zero diagonal. With the ``row``
        normalisation the share of i's citations that go to j, row sums at most 1.
    own : pandas.Series, length N
        Share of its own in the citations of i, whatever the normalisation; NaN where i cites
        nobody.
    zero_rows : tuple of str
        Sectors that cite nobody: they have no knowledge input, and their row of W is zero.
    leak : pandas.Series, length N
        1 − row sum of W, exactly: with ``row`` the own share, and 1 for a zero row. Negative
        where a row sums to more than 1, which only ``column`` and ``patents`` allow.
    """

    W: LabelledMatrix
    own: pd.Series[float]
    zero_rows: tuple[str, ...]
    leak: pd.Series[float]


def citation_shares(
    K: MatrixLike,
    normalisation: Normalisation = "row",
    *,
    rho: float | None = None,
    patents: pd.Series[float] | None = None,
) -> CitationShares:
    """Turn citation counts into shares W: normalise first, then empty the diagonal.

    The order matters. Dividing by all citations, own ones included, leaves the own share out
    of the row sum; that leak is what makes I − W invertible. Emptying the diagonal first
    makes every row sum to 1 and I − W singular: ``offdiag`` therefore needs a factor ρ < 1.

    Parameters
    ----------
    K : LabelledMatrix, shape (N, N)
        Citations (flow or stock) that receiver i made to source j, own ones on the diagonal.
    normalisation : {"row", "offdiag", "column", "patents"}
        - ``row`` (the source's): w_ij = K_ij / Σ_l K_il. ρ(W) < 1 unless there is a closed class.
        - ``offdiag``: w_ij = ρ K_ij / Σ_{l≠i} K_il. ρ(W) ≤ ρ < 1, always.
        - ``column``: w_ij = K_ij / Σ_k K_kj, the share of i in the citations that j receives.
          ρ(W) ≤ 1.
        - ``patents``: w_ij = K_ij / P_j, citations for each patent of j. No bound.
    rho : float, optional
        The factor of ``offdiag``, 0 < ρ < 1; there is no default.
    patents : pandas.Series, length N, optional
        Patent stock P_j, for ``patents``; positive wherever j is cited.

    Returns
    -------
    CitationShares
        W in shares (``patents``: citations per patent); own shares; zero rows; leaks.

    Raises
    ------
    InputError
        If receivers and sources differ, a count is negative or not finite, an option is missing
        or has no meaning for the normalisation, or chains do not die out (ρ(W) ≥ 1) under
        ``column`` or ``patents``.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, slide "Innovation Network", for ``row``: the rows are
    normalised first, then the diagonal is set to zero. The others are not theirs.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import K
    >>> shares = citation_shares(K)
    >>> shares.W.to_frame().to_numpy().tolist(), shares.own.tolist()
    ([[0.0, 0.4], [0.25, 0.0]], [0.6, 0.75])
    >>> citation_shares(K, "offdiag", rho=0.5).W.to_frame().to_numpy().tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    _require_options(normalisation, rho, patents)
    counts = square(K, "K", like=patents, role="K")
    require_flows(counts)
    total = np.asarray(counts.values.sum(axis=1), dtype=np.float64)
    own = np.full(total.shape, np.nan)
    np.divide(counts.values.diagonal(), total, out=own, where=total > 0)
    if normalisation == "row":
        values, leak = (
            _empty_diagonal(divide_rows(counts.values, total)),
            np.nan_to_num(own, nan=1.0),
        )
    elif rho is not None:
        others = _empty_diagonal(counts.values)
        sums = np.asarray(others.sum(axis=1), dtype=np.float64)
        values, leak = divide_rows(others, sums) * rho, np.where(sums > 0, 1.0 - rho, 1.0)
    else:
        by = _count_received(counts) if patents is None else _patent_stock(counts, patents)
        values, leak = _empty_diagonal(divide_rows(counts.values.T.tocsr(), by).T.tocsr()), None
    about = {
        **counts.provenance,
        "normalisation": normalisation if rho is None else f"offdiag {rho:g}",
    }
    W = LabelledMatrix.build(
        "W", values, counts.rows, unit=UNITS[normalisation], year=counts.year, provenance=about
    )
    if leak is None:
        _require_dying_out(W, normalisation, counts)
        leak = row_leaks(W)
    return CitationShares(
        W,
        series(own, counts.rows, "own"),
        labels_where(total == 0, counts.rows),
        series(leak, counts.rows, "leak"),
    )


UNITS = {
    "row": "share",
    "offdiag": "share",
    "column": "share of citations received",
    "patents": "citations per patent",
}


def _require_options(
    normalisation: str, rho: float | None, patents: pd.Series[float] | None
) -> None:
    if normalisation not in UNITS:
        raise InputError(
            f"normalisation {normalisation!r} is unknown; take one of {', '.join(UNITS)}."
        )
    if (normalisation == "offdiag") != (rho is not None):
        raise InputError(
            "normalisation 'offdiag' and a factor rho below 1 go together: with rows that sum to "
            "1 the matrix I − W would be singular."
        )
    if rho is not None and not 0 < rho < 1:
        raise InputError(f"rho must lie between 0 and 1, got {rho:g}.")
    if (normalisation == "patents") != (patents is not None):
        raise InputError("normalisation 'patents' and the patent stock of each sector go together.")


def _empty_diagonal(values: sparse.csr_array) -> sparse.csr_array:
    coo = sparse.coo_array(values)
    off = coo.row != coo.col
    return sparse.csr_array((coo.data[off], (coo.row[off], coo.col[off])), shape=values.shape)


def _count_received(counts: LabelledMatrix) -> Vector:
    return np.asarray(counts.values.sum(axis=0), dtype=np.float64)


def _patent_stock(counts: LabelledMatrix, patents: pd.Series[float]) -> Vector:
    stock = by_label(patents, counts.rows, "patent stock")
    bad = np.flatnonzero((stock <= 0) & (_count_received(counts) > 0))
    if bad.size:
        raise InputError(
            f"patent stock: {counts.rows[bad[0]]!r} is cited but has {stock[bad[0]]:g} patents; a "
            "positive number is needed."
        )
    return stock


def _require_dying_out(W: LabelledMatrix, normalisation: str, counts: LabelledMatrix) -> None:
    """Refuse what only the ``row`` normalisation rules out."""
    if normalisation == "column":
        # Columns sum to 1 at most: the exact test, receivers and sources in each other's place.
        received = _count_received(counts)
        own = np.ones_like(received)
        np.divide(counts.values.diagonal(), received, out=own, where=received > 0)
        closed = closed_classes(LabelledMatrix.build("W", W.values.T, W.rows), own)
        why = f"the citations that {closed[0]} receive are their own" if closed else ""
    else:
        low, high = radius_bounds(W)
        why = f"its spectral radius lies between {low:.6g} and {high:.6g}" if low >= 1 else ""
    if why:
        raise InputError(
            f"matrix W: with the normalisation {normalisation!r} chains do not die out, for {why}. "
            "Take 'row', with which they do wherever own citations leak."
        )
