"""Backbones: the links of a weighted, directed network that chance does not explain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, nearest
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, labels_where, require_flows, square
from ._adjust import adjust
from ._disparity import SIDES, disparity
from ._marginal_likelihood import marginal_likelihood
from ._margins import ends
from ._noise_corrected import noise_corrected

__all__ = ["Backbone", "backbone"]

Method: TypeAlias = Literal["disparity", "noise_corrected", "marginal_likelihood"]
Side: TypeAlias = Literal["receiver", "source", "either", "both"]
Own: TypeAlias = Literal["apart", "keep", "test"]
Correction: TypeAlias = Literal["none", "bonferroni", "holm", "bh"]

METHODS = ("disparity", "noise_corrected", "marginal_likelihood")
OWN = ("apart", "keep", "test")
#: Fewer events than these leave no variance to be estimated.
LEAST_EVENTS = 2.0
#: Units of which nothing can be counted.
SHARES = ("share", "% per %")


@dataclass(frozen=True, slots=True)
class Backbone:
    """The links that were kept, and the evidence for every link.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (N, N)
        The links that were kept, with the weights that they had; all industries, linked or not.
    links : pandas.DataFrame, one row a link of the network, row by row
        ``receiver``, ``source``, ``value`` in the unit of the network; what the method computes
        (``p_receiver``, ``p_source``; ``score``, ``sdev``, ``expected``; see the methods); ``p``;
        ``p_adjusted``, for the number of links; ``kept``. Links of an industry with itself that
        were set apart have NaN for p.
    method : str
        ``disparity``, ``noise_corrected`` or ``marginal_likelihood``.
    side : str
        From which end links were tested (disparity); empty for the others.
    alpha : float
        Level: links with ``p_adjusted`` below it are kept.
    correction : str
        What was done about the number of tests.
    own : str
        What was done with the links of an industry with itself.
    counts : dict of str to int
        ``links`` of the network = ``own`` (set apart, untested) + ``kept`` + ``dropped``, where
        kept and dropped are of those that were tested; ``single``, those of them that are the only
        link of the end, or of both ends, from which they were tested, of which a disparity filter
        can say nothing.
    weights : dict of str to float
        The same sums of weights, in the unit of the network: ``links``, ``own``, ``kept``,
        ``dropped``.
    share_kept : float
        Weight kept over weight tested; NaN where nothing was tested.
    single : tuple of str
        Industries with one tested link only at an end from which links were tested.
    """

    matrix: LabelledMatrix
    links: pd.DataFrame
    method: str
    side: str
    alpha: float
    correction: str
    own: str
    counts: dict[str, int]
    weights: dict[str, float]
    share_kept: float
    single: tuple[str, ...]


def backbone(
    M: MatrixLike,
    method: Method = "disparity",
    *,
    alpha: float = 0.05,
    side: Side | None = None,
    own: Own = "apart",
    single: Literal["drop", "keep"] = "drop",
    correction: Correction = "none",
    events: float | None = None,
) -> Backbone:
    """Keep the links that are heavier than chance would make them; directions and weights stay.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Flows or shares, not negative; rows receivers, columns sources.
    method : {"disparity", "noise_corrected", "marginal_likelihood"}
        ``disparity`` holds a link against the other links of its receiver or source: any unit.
        The other two hold it against the strengths of both ends, and take weights for numbers of
        events: citations, deliveries.
    alpha : float, default 0.05
        Level of each test, between 0 and 1.
    side : {"receiver", "source", "either", "both"}, optional
        For ``disparity``: whose links a link is held against. Default ``either``, as published;
        a link without meaning then passes with a probability of up to 2α, two tests being made.
    own : {"apart", "keep", "test"}, default "apart"
        Links of an industry with itself: set apart before any strength is summed, and left out;
        set apart, and put back into the backbone; or tested like any other.
    single : {"drop", "keep"}, default "drop"
        For ``disparity``: what becomes of a link that is the only one wherever it was tested.
    correction : {"none", "bonferroni", "holm", "bh"}, default "none"
        Adjustment for the number of links. Published backbones have none: of links without
        meaning a share of alpha is kept.
    events : float, optional
        For the methods that count: so many independent events stand behind the whole of what is
        tested. Weights are scaled to that total for the test alone. Without it a weight of 1 is
        an event; amounts of money then have as many events as their unit makes of them.

    Returns
    -------
    Backbone

    Raises
    ------
    InputError
        If receivers and sources differ, an entry is negative or not finite, a name is not in its
        list, an option belongs to another method, or a method that counts gets shares, or fewer
        than 2 events in all.

    References
    ----------
    Serrano, Boguñá & Vespignani (2009), *PNAS* 106, 6483–6488; Coscia & Neffke (2017), *IEEE
    33rd International Conference on Data Engineering*, 425–436; Dianati (2016), *Physical
    Review E* 93, 012304.

    Examples
    --------
    >>> labels = ["steel", "cars", "glass", "tyres"]
    >>> flows = [[0, 90, 5, 5], [40, 0, 30, 30], [1, 0, 0, 0], [20, 20, 20, 0]]
    >>> M = LabelledMatrix.build("K", flows, labels, unit="citations")
    >>> kept = backbone(M, side="receiver")
    >>> kept.links.loc[kept.links["kept"], ["receiver", "source", "value"]].to_numpy().tolist()
    [['steel', 'cars', 90.0]]
    >>> kept.counts, kept.single
    ({'links': 10, 'own': 0, 'kept': 1, 'dropped': 9, 'single': 1}, ('glass',))
    >>> backbone(M, "noise_corrected").links["score"].round(2).tolist()[:3]
    [0.36, -0.62, -0.46]
    """
    matrix = square(M)
    require_flows(matrix)
    end = _check(method, alpha, side, own, single, events)
    receiver, source = ends(matrix.values)
    tested = np.ones(receiver.size, dtype=bool) if own == "test" else receiver != source
    weighed = _only(matrix.values, tested)
    evidence = _evidence(matrix, weighed, method, end, events)
    evidence["p_adjusted"] = adjust(evidence["p"], correction)
    passed = evidence["p_adjusted"] < alpha
    lone, alone = _single(weighed, end)
    if single == "keep":
        passed |= lone
    kept = np.full(tested.size, own == "keep")
    kept[tested] = passed
    counts, weights = _account(matrix.values.data, tested, passed, lone)
    return Backbone(
        matrix=replace(matrix, values=_only(matrix.values, kept)),
        links=_table(matrix, receiver, source, tested, evidence, kept),
        method=method,
        side=end,
        alpha=alpha,
        correction=correction,
        own=own,
        counts=counts,
        weights=weights,
        share_kept=weights["kept"] / weighed.data.sum() if weighed.nnz else float("nan"),
        single=labels_where(alone, matrix.rows),
    )


def _check(
    method: str, alpha: float, side: str | None, own: str, single: str, events: float | None
) -> str:
    """Refuse what is not in the lists; return the side, which is empty where there is none."""
    lists = (("method", method, METHODS), ("own", own, OWN), ("single", single, ("drop", "keep")))
    for what, value, valid in lists:
        if value not in valid:
            raise InputError(f"{what}: got {value!r}. {nearest(str(value), valid)}")
    if not 0 < alpha < 1:
        raise InputError(f"alpha: a level between 0 and 1 is needed, got {alpha}.")
    if method == "disparity":
        if events is not None:
            raise InputError("events: the disparity filter counts none; leave it out.")
        if side is not None and side not in SIDES:
            raise InputError(f"side: got {side!r}. {nearest(side, SIDES)}")
        return side or "either"
    if side is not None or single == "keep":
        option = "single" if side is None else "side"
        raise InputError(f"{option}: {method} tests both ends of a link at once; leave it out.")
    return ""


def _only(values: sparse.csr_array, chosen: np.ndarray) -> sparse.csr_array:
    """Return the entries that are chosen, at their places."""
    if chosen.all():
        return values
    before = np.concatenate([[0], np.cumsum(chosen)])[values.indptr]
    entries = (values.data[chosen], values.indices[chosen], before)
    return sparse.csr_array(entries, shape=values.shape)


def _evidence(
    matrix: LabelledMatrix, weighed: sparse.csr_array, method: str, side: str, events: float | None
) -> dict[str, Vector]:
    """Scores and p-values of the links that are tested."""
    if side:
        return disparity(weighed, side)
    total = float(weighed.data.sum())
    if events is None and matrix.unit in SHARES:
        raise InputError(
            f"matrix {matrix.name}: {method} counts events, and its unit is {matrix.unit!r}; give "
            "the flows behind it, or `events`, the number of independent records behind it."
        )
    number = total if events is None else float(events)
    if weighed.nnz and not LEAST_EVENTS <= number < np.inf:
        raise InputError(
            f"matrix {matrix.name}: {method} needs 2 events or more in all, got {number:g}; give "
            "the flows in units that count, or `events`."
        )
    scale = number / total if weighed.nnz else 1.0
    counts = sparse.csr_array(
        (weighed.data * scale, weighed.indices, weighed.indptr), shape=weighed.shape
    )
    return noise_corrected(counts) if method == "noise_corrected" else marginal_likelihood(counts)


def _single(weighed: sparse.csr_array, side: str) -> tuple[np.ndarray, np.ndarray]:
    """Which links are the only one wherever they were tested; which industries have just one."""
    lone, alone = [], np.zeros(weighed.shape[0], dtype=bool)
    if not side:
        return np.zeros(weighed.nnz, dtype=bool), alone
    row, column = ends(weighed)
    for end, other in ((row, "source"), (column, "receiver")):
        if side != other:
            links = np.bincount(end, minlength=weighed.shape[0])
            lone.append(links[end] == 1)
            alone |= links == 1
    return np.logical_and.reduce(lone), alone


def _table(
    matrix: LabelledMatrix,
    receiver: np.ndarray,
    source: np.ndarray,
    tested: np.ndarray,
    evidence: dict[str, Vector],
    kept: np.ndarray,
) -> pd.DataFrame:
    """All links with their evidence; NaN for those that were not tested."""
    labels = pd.Index(matrix.rows)
    columns = {
        "receiver": labels.take(receiver),
        "source": labels.take(source),
        "value": matrix.values.data,
    }
    for name, numbers in evidence.items():
        column = numbers
        if not tested.all():
            column = np.full(tested.size, np.nan)
            column[tested] = numbers
        columns[name] = column
    return pd.DataFrame(columns | {"kept": kept})


def _account(
    weight: Vector, tested: np.ndarray, passed: np.ndarray, lone: np.ndarray
) -> tuple[dict[str, int], dict[str, float]]:
    """Counts and weights: in = own + kept + dropped."""
    of_tested = weight if tested.all() else weight[tested]
    counts = {
        "links": int(tested.size),
        "own": int(tested.size - of_tested.size),
        "kept": int(passed.sum()),
        "dropped": int(passed.size - passed.sum()),
        "single": int(lone.sum()),
    }
    weights = {
        "links": float(weight.sum()),
        "own": float(weight[~tested].sum()),
        "kept": float(of_tested[passed].sum()),
        "dropped": float(of_tested[~passed].sum()),
    }
    return counts, weights
