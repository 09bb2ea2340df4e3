"""Marcon and Puech's M: an industry's relative share among all within a radius."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..linalg._labels import Vector
from ._envelopes import Envelope
from ._inputs import Codes, Establishments, Pair, read_establishments, read_grid, read_pairs
from ._neighbours import AXES, curves_of_pairs, relative, row_blocks, share_of_rest, weights_within
from ._relabelling import Chance, Curve, Pool, hold_against_chance, pairs_to_hold, pvalues

__all__ = ["marcon_puech", "marcon_puech_envelope", "marcon_puech_pvalues"]


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
        share = np.column_stack(
            [share_of_rest(found, reference, other) for other in found.industries]
        )
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
    return curves_of_pairs(values, wanted, radii)


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
    chance = Chance(pool, draws, level, seed)
    (both,) = read_pairs([pair], found.industries, ordered=True)
    curve = _curve(found, both, radii, _fixed(found, radii))
    return hold_against_chance(curve, radii, found, both, chance)


def marcon_puech_pvalues(
    sites: Any,
    industry: Any,
    distances: Any,
    *,
    pairs: Iterable[Sequence[Any]] | None = None,
    weights: Any = None,
    pool: Pool = "all",
    draws: int = 999,
    level: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    """Hold M of many pairs against chance, as :func:`marcon_puech_envelope` does each.

    Without weights, and among all sites, pairs of the same numbers of establishments share their
    counterfactuals, which takes a fraction of the time.

    Parameters
    ----------
    sites, industry, distances, pairs, weights
        As in :func:`marcon_puech`. Adjust p for the number of pairs.
    pool, draws, level, seed
        As in :func:`marcon_puech_envelope`. With pool ``pair``, only pairs of different industries.

    Returns
    -------
    pandas.DataFrame, index (``reference``, ``neighbour``)
        ``establishments`` of the reference and ``others``, those of the neighbour; ``p``,
        ``p_above`` and ``p_below``; ``localized`` and ``dispersed`` (see :class:`Envelope`). p is
        NaN where there is no curve, or too few counterfactuals have one.

    Raises
    ------
    InputError
        As :func:`marcon_puech_envelope`.

    References
    ----------
    Marcon & Puech (2010), *Journal of Economic Geography* 10, 745–762; see :func:`envelope`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> sites = rng.uniform(0, 100, (60, 2))
    >>> industry = np.where(np.hypot(*(sites - 50).T) < 25, "centre", "rest")
    >>> pairs = [("centre", "centre"), ("rest", "centre")]
    >>> found = marcon_puech_pvalues(sites, industry, [20, 40], pairs=pairs, draws=99)
    >>> found[["p_above", "p_below"]].to_numpy().tolist()
    [[0.01, 1.0], [0.06, 0.02]]
    """
    found = read_establishments(sites, industry, weights)
    radii = read_grid(distances)
    chance = Chance(pool, draws, level, seed)
    wanted = pairs_to_hold(pairs, found, chance, ordered=True)
    fixed = _fixed(found, radii)
    return pvalues(
        lambda pair: _curve(found, pair, radii, fixed), radii, found, wanted, chance, AXES
    )


def _fixed(found: Establishments, radii: Vector) -> Vector | None:
    """Return the neighbourhood of each site, if it is the same whoever is there."""
    if not found.equal:
        return None
    every = np.arange(len(found.sites))
    return weights_within(found.sites, found.sites, radii, found.weights, every)


def _curve(found: Establishments, pair: Pair, radii: Vector, fixed: Vector | None) -> Curve:
    """Return M of a pair as a function of where establishments are."""
    reference, neighbour = (found.members(label) for label in pair)
    itself = np.arange(len(reference)) if pair[0] == pair[1] else None
    share = share_of_rest(found, reference, pair[1])
    place, w = found.sites, found.weights

    def M(order: Codes) -> Vector:
        here = order[reference]
        around = weights_within(place[here], place[order[neighbour]], radii, w[neighbour], itself)
        if fixed is not None:
            return relative(around, fixed[here], share)
        total = weights_within(place[here], place[order], radii, w, reference)
        return relative(around, total, share)

    return M
