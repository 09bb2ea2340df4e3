"""Marcon and Puech's M and Lang, Marcon and Puech's m: an industry's share among neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._envelopes import Envelope
from ._inputs import Codes, Establishments, Pair, read_establishments, read_grid, read_pairs
from ._neighbours import kernel_weights, row_blocks, weights_within
from ._pair_distances import PairDistances, silverman
from ._relabelling import Pool, hold_against_chance

__all__ = [
    "lang_marcon_puech",
    "lang_marcon_puech_envelope",
    "marcon_puech",
    "marcon_puech_envelope",
]

# Below this part of one neighbour's kernel there is no neighbour at that distance, but rounding.
FAINT = 1e-8
_AXES = ["reference", "neighbour"]


def marcon_puech(
    sites: Any,
    industry: Any,
    distances: Any,
    *,
    pairs: Iterable[Sequence[Any]] | None = None,
    weights: Any = None,
) -> pd.DataFrame:
    """Measure an industry's share among the neighbours of another, relative to its share in all.

    M_jk(r) = Σ_a [Σ_b w_b 1(d_ab ≤ r, b in k) / Σ_b w_b 1(d_ab ≤ r)] / Σ_a [W_k / (W − w_a)], where
    a goes through the establishments of j (the reference) that have any neighbour within r, b
    through all others, W_k is the weight of industry k and W that of all; where k is j itself, W_k
    is without w_a. M_jk = 2 says that within r of the establishments of j industry k has twice the
    share that it has in the whole region.

    Parameters
    ----------
    sites : array_like, shape (n, 2)
        Planar coordinates in km. Never degrees: project them first.
    industry : sequence of label, length n
        Industry of each establishment.
    distances : sequence of float, length D
        Radii r, km, increasing.
    pairs : iterable of (reference, neighbour), optional
        Default: all, in both orders, and each industry with itself. M_jk ≠ M_kj.
    weights : sequence of float, length n, optional
        Employment. Default: 1.

    Returns
    -------
    pandas.DataFrame, shape (pairs, D)
        Rows (``reference``, ``neighbour``), columns ``distance`` in km; pure numbers, 1 where the
        industry is among neighbours as it is on the whole. NaN where no establishment of the
        reference has a neighbour within r, or there is no other establishment of the neighbour.

    Raises
    ------
    InputError
        If lengths differ, a coordinate, label or weight is missing, a pair is not known, or
        distances do not increase.

    References
    ----------
    Marcon & Puech (2010), *Journal of Economic Geography* 10, 745–762; ``Mhat`` in the R package
    dbmss (Marcon, Traissac, Puech & Lang 2015, *Journal of Statistical Software* 67(3)).

    Examples
    --------
    >>> sites = [[0, 0], [1, 0], [2, 0], [50, 0], [51, 0], [52, 0]]
    >>> industry = ["cars", "steel", "cars", "glass", "glass", "steel"]
    >>> marcon_puech(sites, industry, [1, 100], pairs=[("cars", "steel")]).to_numpy().tolist()
    [[2.5, 1.0]]
    """
    found = read_establishments(sites, industry, weights)
    radii = read_grid(distances)
    wanted = read_pairs(pairs, found.industries, ordered=True)
    J = len(found.industries)
    values = np.empty((len(wanted), len(radii)))
    for label in dict.fromkeys(label for label, _ in wanted):
        reference = found.members(label)
        local, expected = np.zeros((len(radii), J)), np.zeros((len(radii), J))
        share = np.column_stack([_share(found, reference, other) for other in found.industries])
        for rows in row_blocks(len(reference), max(len(found.sites), len(radii) * J)):
            some = reference[rows]
            w, code = found.weights, found.code
            around = weights_within(found.sites[some], found.sites, radii, w, some, code)
            total = around.sum(axis=2, keepdims=True)
            any_neighbour = total > 0
            local += np.divide(around, total, out=np.zeros_like(around), where=any_neighbour).sum(0)
            expected += any_neighbour[:, :, 0].T @ share[rows]
        M = np.divide(local, expected, out=np.full(local.shape, np.nan), where=expected > 0)
        for row, (first, other) in zip(values, wanted, strict=True):
            if first == label:
                row[:] = M[:, found.industries.index(other)]
    return _frame(values, wanted, radii)


def marcon_puech_envelope(
    sites: Any,
    industry: Any,
    pair: Sequence[Any],
    distances: Any,
    *,
    weights: Any = None,
    pool: Pool = "all",
    draws: int = 999,
    level: float = 0.05,
    seed: int = 0,
) -> Envelope:
    """Hold M against that of establishments that were dealt out anew over the sites.

    Parameters
    ----------
    sites, industry, distances, weights
        As in :func:`marcon_puech`.
    pair : (reference, neighbour)
        Two industries, or the same twice.
    pool : {"all", "pair"}, default "all"
        Whose sites are dealt out: those of all industries, or of the two alone.
    draws : int, default 999
    level : float, default 0.05
    seed : int, default 0
        Same seed, same numbers.

    Returns
    -------
    Envelope
        Distances at which M of a draw is not defined are left out.

    Raises
    ------
    InputError
        As :func:`marcon_puech` and :func:`envelope`; for the pool of one industry alone.

    References
    ----------
    Marcon & Puech (2010), *Journal of Economic Geography* 10, 745–762; see :func:`envelope`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> sites = rng.uniform(0, 100, (60, 2))
    >>> industry = np.where(np.hypot(*(sites - 50).T) < 25, "centre", "rest")
    >>> found = marcon_puech_envelope(sites, industry, ("centre", "centre"), [20, 40], draws=99)
    >>> found.p, found.p_above
    (0.01, 0.01)
    """
    found = read_establishments(sites, industry, weights)
    radii = read_grid(distances)
    ((label, other),) = read_pairs([pair], found.industries, ordered=True)
    reference, neighbour = found.members(label), found.members(other)
    itself = np.arange(len(reference)) if label == other else None
    share = _share(found, reference, other)
    place, w = found.sites, found.weights
    every = np.arange(len(place))
    # Where all weigh the same, a site has the same neighbourhood whoever is there.
    fixed = weights_within(place, place, radii, w, every) if found.equal else None

    def curve(order: Codes) -> Vector:
        here = order[reference]
        around = weights_within(place[here], place[order[neighbour]], radii, w[neighbour], itself)
        if fixed is not None:
            return _relative(around, fixed[here], share)
        total = weights_within(place[here], place[order], radii, w, reference)
        return _relative(around, total, share)

    return hold_against_chance(curve, radii, found, (label, other), pool, draws, level, seed)


def lang_marcon_puech(
    sites: Any,
    industry: Any,
    distances: Any,
    *,
    pairs: Iterable[Sequence[Any]] | None = None,
    weights: Any = None,
    bandwidth: float | None = None,
) -> pd.DataFrame:
    """Measure an industry's share among those at a distance from another, relative to all.

    m_jk(r) = Σ_a [Σ_b w_b f_ab 1(b in k) / Σ_b w_b f_ab] / Σ_a [W_k / (W − w_a)], where
    f_ab = f((r − d_ab)/h) and f is Gaussian: as :func:`marcon_puech`, of neighbours about r km away
    instead of within r.

    Parameters
    ----------
    sites, industry, distances, pairs, weights
        As in :func:`marcon_puech`.
    bandwidth : float, optional
        h, km. Default: Silverman's of the distances of each pair's establishments, as for
        :func:`k_density`. One for all pairs takes far less time.

    Returns
    -------
    pandas.DataFrame, shape (pairs, D)
        As of :func:`marcon_puech`. An establishment without any neighbour about r km away (all
        farther than some six bandwidths from r) does not count at r. NaN also where there is no
        bandwidth: of fewer than two distances, or where all are equal.

    Raises
    ------
    InputError
        As :func:`marcon_puech`; if the bandwidth is not positive.

    References
    ----------
    Lang, Marcon & Puech (2020), *Annals of Regional Science* 64, 243–265; ``mhat`` in the R package
    dbmss, whose bandwidth leaves out distances of more than twice the largest r.

    Examples
    --------
    >>> sites = [[0, 0], [1, 0], [2, 0], [50, 0], [51, 0], [52, 0]]
    >>> industry = ["cars", "steel", "cars", "glass", "glass", "steel"]
    >>> found = lang_marcon_puech(
    ...     sites, industry, [1, 50], pairs=[("cars", "steel")], bandwidth=1
    ... )
    >>> found.round(3).to_numpy().tolist()
    [[1.556, 0.815]]
    """
    found = read_establishments(sites, industry, weights)
    radii = read_grid(distances)
    _require_bandwidth(bandwidth)
    wanted = read_pairs(pairs, found.industries, ordered=True)
    order = np.arange(len(found.sites))
    known: dict[str, Vector] = {}
    values = np.empty((len(wanted), len(radii)))
    for row, (label, other) in zip(values, wanted, strict=True):
        if bandwidth is not None and label not in known:
            known = {label: _all_around(found, found.members(label), order, radii, bandwidth)}
        row[:] = _m(found, (label, other), order, radii, bandwidth, known.get(label))
    return _frame(values, wanted, radii)


def lang_marcon_puech_envelope(
    sites: Any,
    industry: Any,
    pair: Sequence[Any],
    distances: Any,
    *,
    weights: Any = None,
    bandwidth: float | None = None,
    pool: Pool = "all",
    draws: int = 999,
    level: float = 0.05,
    seed: int = 0,
) -> Envelope:
    """Hold m against that of establishments that were dealt out anew over the sites.

    Parameters
    ----------
    sites, industry, distances, weights, bandwidth
        As in :func:`lang_marcon_puech`. By default each counterfactual has a bandwidth of its own,
        and all kernels are summed anew; with one that is given, and without weights, it takes a
        fraction of the time.
    pair, pool, draws, level, seed
        As in :func:`marcon_puech_envelope`.

    Returns
    -------
    Envelope

    Raises
    ------
    InputError
        As :func:`lang_marcon_puech` and :func:`envelope`.

    References
    ----------
    Lang, Marcon & Puech (2020), *Annals of Regional Science* 64, 243–265; see :func:`envelope`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> sites = rng.uniform(0, 100, (60, 2))
    >>> industry = np.where(np.hypot(*(sites - 50).T) < 25, "centre", "rest")
    >>> pair = ("centre", "centre")
    >>> lang_marcon_puech_envelope(sites, industry, pair, [5, 20, 40], draws=99).p
    0.02
    """
    found = read_establishments(sites, industry, weights)
    radii = read_grid(distances)
    _require_bandwidth(bandwidth)
    ((label, other),) = read_pairs([pair], found.industries, ordered=True)
    reference = found.members(label)
    every = np.arange(len(found.sites))
    fixed = None
    if bandwidth is not None and found.equal:
        fixed = _all_around(found, every, every, radii, bandwidth)

    def curve(order: Codes) -> Vector:
        total = None if fixed is None else fixed[order[reference]]
        return _m(found, (label, other), order, radii, bandwidth, total)

    return hold_against_chance(curve, radii, found, (label, other), pool, draws, level, seed)


def _m(
    found: Establishments,
    pair: Pair,
    order: Codes,
    radii: Vector,
    bandwidth: float | None,
    total: Vector | None,
) -> Vector:
    """Return m of a pair; establishment e is at site ``order[e]``."""
    reference, neighbour = (found.members(label) for label in pair)
    own = pair[0] == pair[1]
    here, there = found.sites[order[reference]], found.sites[order[neighbour]]
    h = silverman(PairDistances(here, None if own else there)) if bandwidth is None else bandwidth
    if not h > 0:
        return np.full(len(radii), np.nan)
    itself = np.arange(len(reference)) if own else None
    w = None if found.equal else found.weights[neighbour]
    around = kernel_weights(here, there, radii, h, w, itself)
    if total is None:
        total = _all_around(found, reference, order, radii, h)
    faint = FAINT * (1.0 if found.equal else float(found.weights.max()))
    return _relative(around, total, _share(found, reference, pair[1]), faint)


def _all_around(
    found: Establishments, reference: Codes, order: Codes, radii: Vector, h: float
) -> Vector:
    """Return the kernel weights of all others around some establishments."""
    w = None if found.equal else found.weights
    here, there = found.sites[order[reference]], found.sites[order]
    return kernel_weights(here, there, radii, h, w, reference)


def _share(found: Establishments, reference: Codes, other: str) -> Vector:
    """Return the share of an industry in all but each establishment of reference."""
    w = found.weights[reference]
    of = found.code == found.industries.index(other)
    # Weights of a single industry's establishments cancel exactly only where it is alone.
    rest = found.weights.sum() - w
    share = found.weights[of].sum() - np.where(of[reference], w, 0.0)
    alone = of[reference] & (np.count_nonzero(of) == 1)
    share[alone] = 0.0
    part: Vector = np.divide(share, rest, out=np.full(len(w), np.nan), where=rest > 0)
    return part


def _relative(around: Vector, total: Vector, share: Vector, faint: float = 0.0) -> Vector:
    """Return the sum of shares around the reference, over that of shares in the whole region."""
    any_neighbour = total > faint
    local = np.divide(around, total, out=np.zeros_like(around), where=any_neighbour).sum(axis=0)
    expected = any_neighbour.T @ share
    m: Vector = np.divide(local, expected, out=np.full(len(local), np.nan), where=expected > 0)
    return m


def _require_bandwidth(bandwidth: float | None) -> None:
    if bandwidth is not None and not (np.isfinite(bandwidth) and bandwidth > 0):
        raise InputError(f"bandwidth: a positive number of km is needed, got {bandwidth}.")


def _frame(values: Vector, wanted: list[Pair], radii: Vector) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(wanted, names=_AXES)
    return pd.DataFrame(values, index, pd.Index(radii, name="distance"))
