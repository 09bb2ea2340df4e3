"""Communities: who trades or cites mostly among themselves, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, nearest
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ...core.numbers import whole_number
from ...core.part_done import tell_draws
from ..inference import StockDraws
from ..linalg._labels import require_flows, square
from ._consensus import PAIRS_LIMIT, adjusted_rand, certainty, co_assignment, consensus
from ._leiden import Members, leiden
from ._margins import ends
from ._modularity import modularity
from ._perturb import PERTURBATIONS, networks_of, perturb, without_own

__all__ = ["Communities", "communities"]

Perturbation: TypeAlias = Literal["resample", "missing", "none"]
Networks: TypeAlias = "StockDraws | Iterable[Any]"
#: Seeds of Leiden are below this.
SEEDS = 2**31 - 100


@dataclass(frozen=True, slots=True)
class Communities:
    """A partition of the industries, and how sure it is.

    Parameters
    ----------
    table : pandas.DataFrame, shape (N, 5), indexed by ``label``
        ``community``, from 1, the largest first; 0 for an industry without links to others, which
        is in none. ``own``, the mean share of runs in which it is with another member of its
        community; ``other``, the largest such share with another community of two or more, and
        ``nearest``, that community (0: none). ``certainty`` = own − other: 1 if no run ever put it
        elsewhere, 0 or less if it could as well be there. NaN for those in none.
    communities : pandas.DataFrame, indexed by ``community``
        ``size``; ``inside``, ``drawn`` and ``given``, the weight of links within, from others,
        and to others, in the unit of the network; ``certainty``, the mean of its members.
    modularity : float
        Of the partition, directed, own links left out; NaN without links.
    resolution : float
        γ of modularity.
    agreement : float
        Mean adjusted Rand index of the runs with the partition: 1 if all are the same.
    rule : str
        ``median``: of all runs, pair by pair; ``medoid``: the run nearest to the others, above
        1,500 industries.
    runs : pandas.DataFrame, shape (R, N)
        Community of every linked industry in every run, numbers from 0 that mean nothing across
        runs.
    co_assignment : LabelledMatrix or None, shape (N, N)
        Share of runs in which two linked industries are together, 1 on the diagonal; None above
        1,500 industries.
    p_modularity : float
        With draws of a null: the probability that a network of the null has communities as clear
        as these; NaN without.
    null_modularity : pandas.Series
        Modularity of one run of Leiden on every draw of the null; empty without.
    found_modularity : float
        That of one run on the network itself, with which the draws are compared; NaN without.
    """

    table: pd.DataFrame
    communities: pd.DataFrame
    modularity: float
    resolution: float
    agreement: float
    rule: str
    runs: pd.DataFrame
    co_assignment: LabelledMatrix | None
    p_modularity: float
    null_modularity: pd.Series[float]
    found_modularity: float


def communities(
    M: MatrixLike,
    resolution: float = 1.0,
    *,
    runs: int = 100,
    seed: int = 0,
    perturbation: Perturbation = "resample",
    missing: float = 0.1,
    networks: Networks | None = None,
    draws: Networks | None = None,
) -> Communities:
    """Find communities by Leiden, on networks as they might have been recorded.

    Each run perturbs the network and looks for the partition with the largest directed
    modularity. The result is the partition that differs least from all runs, and says of every
    industry how often the runs put it there. Own links count in none of it.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Flows or shares, not negative; rows receivers, columns sources.
    resolution : float, default 1
        γ > 0: links count against γ times what strengths explain; larger finds smaller
        communities.
    runs : int, default 100
        How many.
    seed : int, default 0
        Of everything: the same seed gives the same result. One stream a run.
    perturbation : {"resample", "missing", "none"}, default "resample"
        As many links as there are drawn with replacement; each link missing with the probability
        ``missing``; or the same network, so that only the search varies.
    missing : float, default 0.1
        From 0 to 1, below 1.
    networks : StockDraws, or iterable of matrices, optional
        Your own perturbed networks, for instance of :func:`bootstrap_firms`, a run each; then
        ``runs`` and ``perturbation`` are not used.
    draws : StockDraws, or iterable of matrices, optional
        Networks of a null, for instance with the same strengths. On each Leiden runs once, and
        once on M: p = (1 + #{Q_b ≥ Q}) / (B + 1).

    Returns
    -------
    Communities

    Raises
    ------
    InputError
        If receivers and sources differ, an entry is negative or not finite, an option is out of
        bounds, there is no draw at all, or draws have other labels.

    References
    ----------
    Traag, Waltman & van Eck (2019), *Scientific Reports* 9, 5233; Leicht & Newman (2008),
    *Physical Review Letters* 100, 118703; Reichardt & Bornholdt (2006), *Physical Review E* 74,
    016110 (γ).

    Examples
    --------
    >>> labels = ["steel", "cars", "tyres", "milk", "cheese"]
    >>> metal = [[0, 9, 8, 0, 1], [9, 0, 7, 0, 0], [8, 9, 0, 1, 0]]
    >>> K = LabelledMatrix.build("K", [*metal, [0, 0, 0, 0, 9], [1, 0, 0, 8, 0]], labels)
    >>> found = communities(K, runs=50)
    >>> found.table["community"].to_dict()
    {'steel': 1, 'cars': 1, 'tyres': 1, 'milk': 2, 'cheese': 2}
    >>> bool((found.table["certainty"] > 0.5).all()), round(found.modularity, 2)
    (True, 0.35)
    """
    matrix = square(M)
    require_flows(matrix)
    _check(resolution, runs, perturbation, missing)
    values = without_own(matrix.values)
    linked = _linked(values)
    streams = np.random.SeedSequence(whole_number(seed, "seed")).spawn(3)
    if networks is None:
        given = _perturbed(values, perturbation, missing, streams[0], runs)
    else:
        given = networks_of(networks, matrix.rows, "networks")
    searches = _searches(streams[1])
    counted = tell_draws(given, runs)
    found = np.array([leiden(each, resolution, next(searches))[linked] for each in counted])
    if not len(found):
        raise InputError("networks: at least one is needed, got none.")
    part, rule = np.zeros(0, dtype=np.int64), "median"
    if linked.size:
        part, rule = consensus(found, next(searches))
    Q, null, p = _test(values, resolution, matrix.rows, draws, _searches(streams[2]))
    members = np.zeros(len(matrix.rows), dtype=np.int64)
    members[linked] = part + 1
    table = _table(matrix.rows, members, linked, found, part)
    few = linked.size <= PAIRS_LIMIT
    agreement = np.mean([adjusted_rand(run, part) for run in found]) if linked.size else np.nan
    return Communities(
        table=table,
        communities=_sums(values, members, table["certainty"]),
        modularity=modularity(values, members, resolution),
        resolution=resolution,
        agreement=float(agreement),
        rule=rule,
        runs=pd.DataFrame(found, columns=pd.Index(np.array(matrix.rows, object)[linked])),
        co_assignment=_together(matrix, linked, found) if few else None,
        p_modularity=p,
        null_modularity=null,
        found_modularity=Q,
    )


def _check(resolution: float, runs: int, perturbation: str, missing: float) -> None:
    if not 0 < resolution < np.inf:
        raise InputError(f"resolution: a number above 0 is needed, got {resolution}.")
    if runs < 1:
        raise InputError(f"runs: at least 1 is needed, got {runs}.")
    if perturbation not in PERTURBATIONS:
        raise InputError(
            f"perturbation: got {perturbation!r}. {nearest(perturbation, PERTURBATIONS)}"
        )
    if not 0 <= missing < 1:
        raise InputError(f"missing: a probability below 1 is needed, got {missing}.")


def _linked(values: sparse.csr_array) -> np.ndarray:
    """Places of those that draw from others or give to them."""
    receiver, source = ends(values)
    return np.unique(np.concatenate([receiver, source]))


def _perturbed(
    values: sparse.csr_array,
    how: str,
    missing: float,
    stream: np.random.SeedSequence,
    runs: int,
) -> Iterable[sparse.csr_array]:
    for child in stream.spawn(runs):
        yield perturb(values, how, missing, np.random.default_rng(child))


def _searches(stream: np.random.SeedSequence) -> Iterator[int]:
    """Seeds of Leiden, one after the other."""
    rng = np.random.default_rng(stream)
    while True:
        yield int(rng.integers(SEEDS))


def _test(
    values: sparse.csr_array,
    resolution: float,
    labels: tuple[str, ...],
    draws: Networks | None,
    searches: Iterator[int],
) -> tuple[float, pd.Series[float], float]:
    """Modularity of one run here, of one run on every draw, and p."""

    def best(network: sparse.csr_array) -> float:
        return modularity(network, leiden(network, resolution, next(searches)), resolution)

    if draws is None:
        return float("nan"), pd.Series(name="modularity", dtype=np.float64), float("nan")
    Q = best(values)
    null = [best(each) for each in networks_of(draws, labels, "draws")]
    series = pd.Series(null, name="modularity", dtype=np.float64)
    if not null:
        raise InputError("draws: at least one is needed, got none.")
    # A draw without links has no modularity, and counts as at least as clear.
    clear = ~(series < Q)
    return Q, series, float((1 + clear.sum()) / (len(null) + 1))


def _table(
    labels: tuple[str, ...], members: Members, linked: np.ndarray, found: Members, part: Members
) -> pd.DataFrame:
    N = len(labels)
    columns = {name: np.full(N, np.nan) for name in ("own", "other")}
    near = np.zeros(N, dtype=np.int64)
    if linked.size:
        columns["own"][linked], columns["other"][linked], nearest_one = certainty(found, part)
        near[linked] = nearest_one + 1
    return pd.DataFrame(
        {
            "community": members,
            "certainty": columns["own"] - columns["other"],
            **columns,
            "nearest": near,
        },
        index=pd.Index(labels, name="label"),
    )


def _sums(values: sparse.csr_array, members: Members, sure: pd.Series[float]) -> pd.DataFrame:
    """Size, weights and certainty of every community."""
    receiver, source = (members[end] for end in ends(values))
    count = int(members.max(initial=0)) + 1
    within = receiver == source
    inside = np.bincount(receiver[within], values.data[within], count)
    table = pd.DataFrame(
        {
            "size": np.bincount(members, minlength=count),
            "inside": inside,
            "drawn": np.bincount(receiver, values.data, count) - inside,
            "given": np.bincount(source, values.data, count) - inside,
            "certainty": sure.groupby(members).mean().reindex(range(count)).to_numpy(),
        },
        index=pd.RangeIndex(count, name="community"),
    )
    return table.drop(index=0)


def _together(matrix: LabelledMatrix, linked: np.ndarray, found: Members) -> LabelledMatrix:
    labels = tuple(np.array(matrix.rows, object)[linked])
    values = sparse.csr_array(co_assignment(found))
    return replace(
        matrix,
        name="co_assignment",
        values=values,
        rows=labels,
        columns=labels,
        unit="share of runs",
    )
