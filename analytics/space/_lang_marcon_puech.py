"""Lang, Marcon and Puech's m: an industry's relative share among all at a distance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._envelopes import Envelope
from ._inputs import Codes, Establishments, Pair, read_establishments, read_grid, read_pairs
from ._neighbours import AXES, curves_of_pairs, kernel_weights, relative, share_of_rest
from ._pair_distances import PairDistances, silverman
from ._relabelling import Chance, Curve, Pool, hold_against_chance, pairs_to_hold, pvalues

__all__ = ["lang_marcon_puech", "lang_marcon_puech_envelope", "lang_marcon_puech_pvalues"]

# Below this part of one neighbour's kernel there is no neighbour at that distance, but rounding.
FAINT = 1e-8


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
    return curves_of_pairs(values, wanted, radii)


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
    0.01
    """
    found = read_establishments(sites, industry, weights)
    radii = read_grid(distances)
    _require_bandwidth(bandwidth)
    chance = Chance(pool, draws, level, seed)
    (both,) = read_pairs([pair], found.industries, ordered=True)
    curve = _curve(found, both, radii, bandwidth, _fixed(found, radii, bandwidth))
    return hold_against_chance(curve, radii, found, both, chance)


def lang_marcon_puech_pvalues(
    sites: Any,
    industry: Any,
    distances: Any,
    *,
    pairs: Iterable[Sequence[Any]] | None = None,
    weights: Any = None,
    bandwidth: float | None = None,
    pool: Pool = "all",
    draws: int = 999,
    level: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    """Hold m of many pairs against chance, as :func:`lang_marcon_puech_envelope` does each.

    Without weights, and among all sites, pairs of the same numbers of establishments share their
    counterfactuals, which takes a fraction of the time.

    Parameters
    ----------
    sites, industry, distances, pairs, weights, bandwidth
        As in :func:`lang_marcon_puech`. Adjust p for the number of pairs.
    pool, draws, level, seed
        As in :func:`lang_marcon_puech_envelope`. With pool ``pair``, only pairs of different
        industries.

    Returns
    -------
    pandas.DataFrame, index (``reference``, ``neighbour``)
        ``establishments`` of the reference and ``others``, those of the neighbour; ``p``,
        ``p_above`` and ``p_below``; ``localized`` and ``dispersed`` (see :class:`Envelope`). p is
        NaN where there is no curve, or too few counterfactuals have one.

    Raises
    ------
    InputError
        As :func:`lang_marcon_puech_envelope`.

    References
    ----------
    Lang, Marcon & Puech (2020), *Annals of Regional Science* 64, 243–265; see :func:`envelope`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> sites = rng.uniform(0, 100, (60, 2))
    >>> industry = np.where(np.hypot(*(sites - 50).T) < 25, "centre", "rest")
    >>> pairs = [("centre", "centre"), ("rest", "centre")]
    >>> found = lang_marcon_puech_pvalues(sites, industry, [20, 40], pairs=pairs, draws=99)
    >>> found[["p_above", "p_below"]].to_numpy().tolist()
    [[0.02, 0.14], [0.02, 0.42]]
    """
    found = read_establishments(sites, industry, weights)
    radii = read_grid(distances)
    _require_bandwidth(bandwidth)
    chance = Chance(pool, draws, level, seed)
    wanted = pairs_to_hold(pairs, found, chance, ordered=True)
    fixed = _fixed(found, radii, bandwidth)
    curve_of = lambda pair: _curve(found, pair, radii, bandwidth, fixed)  # noqa: E731
    return pvalues(curve_of, radii, found, wanted, chance, AXES)


def _fixed(found: Establishments, radii: Vector, bandwidth: float | None) -> Vector | None:
    """Return the neighbourhood of each site, if it is the same whoever is there."""
    if bandwidth is None or not found.equal:
        return None
    every = np.arange(len(found.sites))
    return _all_around(found, every, every, radii, bandwidth)


def _curve(
    found: Establishments,
    pair: Pair,
    radii: Vector,
    bandwidth: float | None,
    fixed: Vector | None,
) -> Curve:
    """Return m of a pair as a function of where establishments are."""
    reference = found.members(pair[0])

    def m(order: Codes) -> Vector:
        total = None if fixed is None else fixed[order[reference]]
        return _m(found, pair, order, radii, bandwidth, total)

    return m


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
    return relative(around, total, share_of_rest(found, reference, pair[1]), faint)


def _all_around(
    found: Establishments, reference: Codes, order: Codes, radii: Vector, h: float
) -> Vector:
    """Return the kernel weights of all others around some establishments."""
    w = None if found.equal else found.weights
    here, there = found.sites[order[reference]], found.sites[order]
    return kernel_weights(here, there, radii, h, w, reference)


def _require_bandwidth(bandwidth: float | None) -> None:
    if bandwidth is not None and not (np.isfinite(bandwidth) and bandwidth > 0):
        raise InputError(f"bandwidth: a positive number of km is needed, got {bandwidth}.")
