"""Whether a hub is still one when only the backbone is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import betainc

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, by_label, require_flows, require_kind, square
from ._backbone import Backbone
from ._perturb import without_own

__all__ = ["survivors"]

Measure: TypeAlias = Callable[[LabelledMatrix], "pd.Series[float]"]
#: A tenth of the industries are at the top, unless the caller says how many.
TOP_SHARE = 0.1


def survivors(
    M: MatrixLike,
    kept: Backbone,
    *,
    top: int | None = None,
    receivers: int = 2,
    measure: Measure | None = None,
) -> pd.DataFrame:
    """Say of every industry whether it is a hub of the network and still one of the backbone.

    A hub is among the ``top`` industries by the measure. It **survives** if it is among them in
    the backbone, too, and at least ``receivers`` receivers still draw on it there: a rank alone
    may rest on one heavy link, and a number of links alone on industries that count little. Own
    links count in neither, unless the backbone tested or kept them.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        The network of which ``kept`` is the backbone.
    kept : Backbone
        Of :func:`backbone`.
    top : int, optional
        How many industries are at the top; ties at the last place all are. Default: a tenth of
        those on which anybody draws, at least 1.
    receivers : int, default 2
        The least number of receivers.
    measure : callable, optional
        Takes a LabelledMatrix and returns a number for every industry, indexed by label, the
        larger the more of a hub. Default: in-strength, the column sums.

    Returns
    -------
    pandas.DataFrame, shape (N, 11), indexed by ``label``
        ``score`` and ``score_backbone`` in the unit of the measure, ``rank`` and
        ``rank_backbone`` (1 is the largest; ties share the better rank; NaN where the score is 0
        or NaN); ``in_links`` and ``in_links_kept``; ``share_kept`` of the weight of its in-links;
        ``p_links``, the probability that so many of its tested in-links or more pass where none
        has a meaning, each with probability alpha: exact for ``disparity`` from the side of the
        receiver without correction, where the in-links of an industry are tested in different
        rows, and a guide for the others; ``hub``, ``survives`` (both of bool; an industry that is
        no hub does not survive), and ``rose``: no hub of the network, but one of the backbone.

    Raises
    ------
    InputError
        If the backbone is of another network, or a number is below 1.

    Examples
    --------
    >>> from spillgraph.analytics import backbone
    >>> labels = ["steel", "cars", "glass", "tyres"]
    >>> flows = [[0, 90, 5, 5], [90, 0, 5, 5], [99, 1, 0, 1], [8, 1, 1, 0]]
    >>> M = LabelledMatrix.build("K", flows, labels)
    >>> table = survivors(M, backbone(M, side="receiver"), top=1)
    >>> int(table.loc["steel", "in_links_kept"]), bool(table.loc["steel", "survives"])
    (3, True)
    """
    matrix = square(M)
    require_flows(matrix)
    require_kind(kept, Backbone, "kept")
    _require_backbone_of(matrix, kept)
    if receivers < 1 or (top is not None and top < 1):
        raise InputError(f"survivors: top and receivers are at least 1, got {top}, {receivers}.")
    network = matrix if kept.own != "apart" else _without_own(matrix)
    score, left = _score(network, measure), _score(kept.matrix, measure)
    before, after = _ranks(score), _ranks(left)
    if top is None:
        top = max(1, round(TOP_SHARE * int(np.isfinite(before).sum())))
    links, links_kept = _in_links(network.values), _in_links(kept.matrix.values)
    weight, weight_kept = _in_weight(network.values), _in_weight(kept.matrix.values)
    hub = before <= top
    still = (after <= top) & (links_kept >= receivers)
    return pd.DataFrame(
        {
            "score": score,
            "rank": before,
            "in_links": links,
            "score_backbone": left,
            "rank_backbone": after,
            "in_links_kept": links_kept,
            "share_kept": np.divide(
                weight_kept, weight, out=np.full(weight.size, np.nan), where=weight > 0
            ),
            "p_links": _p_links(kept, matrix.rows),
            "hub": hub,
            "survives": hub & still,
            "rose": ~hub & still,
        },
        index=pd.Index(matrix.rows, name="label"),
    )


def _require_backbone_of(matrix: LabelledMatrix, kept: Backbone) -> None:
    """Refuse a backbone of another network: same labels, and its links are links here."""
    same = kept.matrix.rows == matrix.rows and kept.counts["links"] == matrix.values.nnz
    if same:
        same = np.array_equal(kept.links["value"].to_numpy(), matrix.values.data)
    if not same:
        raise InputError(
            f"survivors: the backbone given is not of matrix {matrix.name}; give "
            f"backbone({matrix.name}, …)."
        )


def _without_own(matrix: LabelledMatrix) -> LabelledMatrix:
    values = without_own(matrix.values)
    return LabelledMatrix(matrix.name, values, matrix.rows, matrix.columns, matrix.unit)


def _score(matrix: LabelledMatrix, measure: Measure | None) -> Vector:
    if measure is None:
        return _in_weight(matrix.values)
    scores: Any = measure(matrix)
    column = pd.Series(scores) if not isinstance(scores, pd.Series) else scores
    return by_label(column.fillna(0.0), matrix.rows, "measure")


def _ranks(score: Vector) -> Vector:
    """1 for the largest, ties sharing the better rank; NaN for 0: nobody draws on it."""
    column = pd.Series(np.where(score > 0, score, np.nan))
    return np.asarray(column.rank(method="min", ascending=False), dtype=np.float64)


def _in_links(values: sparse.csr_array) -> np.ndarray:
    return np.bincount(values.indices, minlength=values.shape[1])


def _in_weight(values: sparse.csr_array) -> Vector:
    weight: Vector = np.bincount(values.indices, values.data, values.shape[1]).astype(np.float64)
    return weight


def _p_links(kept: Backbone, labels: tuple[str, ...]) -> Vector:
    """P(Bin(n, α) ≥ k) for the k of n tested in-links of an industry that passed."""
    source = pd.Index(labels).get_indexer(pd.Index(kept.links["source"]))
    p = kept.links["p"].to_numpy()
    tested = p < 1  # a link alone in its row cannot pass; one that was not tested has NaN
    passed = tested & (kept.links["p_adjusted"].to_numpy() < kept.alpha)
    n = np.bincount(source[tested], minlength=len(labels))
    k = np.bincount(source[passed], minlength=len(labels))
    tail: Vector = np.where(k > 0, betainc(np.maximum(k, 1), n - k + 1.0, kept.alpha), 1.0)
    return tail
