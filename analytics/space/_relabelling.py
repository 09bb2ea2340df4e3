"""Counterfactuals: establishments dealt out anew over the sites that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ...core.numbers import whole_number
from ...core.part_done import tell_part
from ..linalg._labels import Vector
from ._envelopes import Envelope, envelope, require_level, where_defined
from ._inputs import Codes, Establishments, Pair, read_pairs

__all__ = [
    "Chance",
    "Curve",
    "Pool",
    "hold_against_chance",
    "pairs_to_hold",
    "pvalues",
    "require_draws",
    "require_pool",
    "sites_of_pool",
]

#: Whose sites are dealt out: those of all industries, or of the two that are compared.
Pool: TypeAlias = Literal["all", "pair"]
#: From sites (establishment e is at ``order[e]``) to a curve over distances.
Curve: TypeAlias = Callable[[Codes], Vector]


@dataclass(frozen=True, slots=True)
class Chance:
    """Which counterfactuals a curve is held against.

    Parameters
    ----------
    pool : {"all", "pair"}
        Whose sites are dealt out.
    draws : int
        Number of counterfactuals.
    level : float
        Of the envelopes.
    seed : int
        Same seed, same draws.

    Raises
    ------
    InputError
        If the pool has another name, or the draws are too few for the level.
    """

    pool: Pool
    draws: int
    level: float
    seed: int

    def __post_init__(self) -> None:
        require_pool(self.pool)
        require_draws(self.draws)
        require_level(self.level, self.draws)


def hold_against_chance(
    curve: Curve, at: Vector, found: Establishments, pair: Pair, chance: Chance
) -> Envelope:
    """Return a curve with its envelope: the same function of sites that were dealt out anew.

    An establishment keeps its industry and its weight, and gets the site of another: industry and
    size go together from place to place, as in Duranton and Overman (2005) and in Marcon and Puech
    (2010). Without weights this is random labelling. All sites of the pool stay occupied, once.

    Parameters
    ----------
    curve : function
        From ``order`` (establishment e is at site ``order[e]``) to a curve, shape (D,).
    at : ndarray, shape (D,)
        Its distances, km.
    found : Establishments
    pair : (str, str)
        The industries that are compared.
    chance : Chance

    Returns
    -------
    Envelope

    Examples
    --------
    >>> from spillgraph.analytics.space._inputs import read_establishments
    >>> found = read_establishments([[x, 0] for x in range(8)], list("aabbcccc"))
    >>> far = lambda order: found.sites[order[:2], 0].max(keepdims=True)
    >>> chance = Chance("all", 99, 0.05, 0)
    >>> against = hold_against_chance(far, np.array([1.0]), found, ("a", "b"), chance)
    >>> against.curve["observed"].item()
    1.0
    """
    observed = pd.Series(curve(np.arange(len(found.sites))), pd.Index(at, name="distance"))
    return envelope(observed, _draw(curve, len(at), found, pair, chance), chance.level)


def pvalues(
    curve_of: Callable[[Pair], Curve],
    at: Vector,
    found: Establishments,
    pairs: list[Pair],
    chance: Chance,
    axes: Sequence[str],
) -> pd.DataFrame:
    """Hold the curves of many pairs against chance, and keep what a table can hold of each.

    Where all weigh the same and all sites are dealt out, what chance does depends on the numbers of
    establishments alone: pairs of the same numbers share their draws.

    Parameters
    ----------
    curve_of : function
        From a pair to its curve, as in :func:`hold_against_chance`.
    at, found, chance
        As in :func:`hold_against_chance`.
    pairs : list of (str, str)
        As :func:`pairs_to_hold` gives them.
    axes : sequence of two str
        What the first and the second of a pair are called.

    Returns
    -------
    pandas.DataFrame, a row a pair, in the order of ``pairs``, indexed by ``axes``
        ``establishments``, ``others``, ``p``, ``p_above``, ``p_below``, ``localized``,
        ``dispersed``; p is NaN where there is no curve, or too few counterfactuals have one.

    Examples
    --------
    >>> from spillgraph.analytics.space._inputs import read_establishments
    >>> found = read_establishments([[x, 0] for x in range(8)], list("aabbcccc"))
    >>> far = lambda pair: lambda order: found.sites[order[:2], 0].max(keepdims=True)
    >>> chance = Chance("all", 99, 0.05, 0)
    >>> pvalues(far, np.array([1.0]), found, [("a", "b")], chance, ["j", "k"])["p_above"].tolist()
    [1.0]
    """
    shared = found.equal and chance.pool == "all"
    counts = np.bincount(found.code, minlength=len(found.industries))
    sizes = {label: int(n) for label, n in zip(found.industries, counts, strict=True)}
    kinds = [(sizes[j], sizes[k], j == k) for j, k in pairs]
    rows: list[tuple[object, ...]] = [()] * len(pairs)
    drawn, kind = np.empty((0, 0)), None
    for done, n in enumerate(sorted(range(len(pairs)), key=kinds.__getitem__)):
        tell_part(done / len(pairs))
        curve = curve_of(pairs[n])
        observed = pd.Series(curve(np.arange(len(found.sites))), at)
        rows[n] = (*kinds[n][:2], np.nan, np.nan, np.nan, False, False)
        if observed.isna().all():
            continue
        if not shared or kind != kinds[n]:
            drawn, kind = _draw(curve, len(at), found, pairs[n], chance), kinds[n]
        kept, known = where_defined(np.asarray(observed, dtype=np.float64), drawn)
        if known.any() and chance.level * (len(kept) + 1) >= 2:
            of = envelope(observed, kept, chance.level)
            rows[n] = (*kinds[n][:2], of.p, of.p_above, of.p_below, of.localized, of.dispersed)
    columns = ["establishments", "others", "p", "p_above", "p_below", "localized", "dispersed"]
    return pd.DataFrame(rows, pd.MultiIndex.from_tuples(pairs, names=list(axes)), columns)


def pairs_to_hold(
    pairs: Iterable[Sequence[Any]] | None, found: Establishments, chance: Chance, *, ordered: bool
) -> list[Pair]:
    """Return the pairs that are held against chance: by default all that it can tell apart.

    Parameters
    ----------
    pairs, ordered
        As in :func:`read_pairs`.
    found, chance
        As in :func:`hold_against_chance`. Among the sites of one industry alone, chance changes
        nothing.

    Returns
    -------
    list of (str, str)

    Examples
    --------
    >>> from spillgraph.analytics.space._inputs import read_establishments
    >>> found = read_establishments([[0, 0], [1, 0]], ["a", "b"])
    >>> pairs_to_hold(None, found, Chance("pair", 99, 0.05, 0), ordered=True)
    [('a', 'b'), ('b', 'a')]
    """
    wanted = read_pairs(pairs, found.industries, ordered=ordered)
    if pairs is None and chance.pool == "pair":
        return [pair for pair in wanted if pair[0] != pair[1]]
    return wanted


def _draw(curve: Curve, length: int, found: Establishments, pair: Pair, chance: Chance) -> Vector:
    """Return the curves of counterfactuals, shape (draws, D)."""
    place = sites_of_pool(found, pair, chance.pool)
    sites = np.sort(place)
    rng = np.random.default_rng(whole_number(chance.seed, "seed"))
    order = np.arange(len(found.sites))
    curves = np.empty((chance.draws, length))
    for each in curves:
        order[place] = rng.permutation(sites)
        each[:] = curve(order)
    return curves


def sites_of_pool(found: Establishments, pair: Pair, pool: Pool) -> Codes:
    """Return the establishments whose sites are dealt out, those of the pair first.

    Parameters
    ----------
    found : Establishments
    pair : (str, str)
    pool : {"all", "pair"}

    Returns
    -------
    ndarray of int

    Raises
    ------
    InputError
        If the pool is that of one industry alone, whose sites leave no choice.

    Examples
    --------
    >>> from spillgraph.analytics.space._inputs import read_establishments
    >>> found = read_establishments([[0, 0], [1, 1], [2, 2]], ["a", "b", "c"])
    >>> sites_of_pool(found, ("c", "a"), "pair").tolist()
    [2, 0]
    """
    both = np.concatenate([found.members(label) for label in dict.fromkeys(pair)])
    if pool == "all":
        return np.concatenate([both, np.setdiff1d(np.arange(len(found.sites)), both)])
    if pair[0] == pair[1]:
        raise InputError(
            f"pool: the sites of {show(pair[0])} alone leave no choice; compare an industry with "
            "itself among all sites (pool='all')."
        )
    return both


def require_draws(draws: int) -> None:
    """Refuse a number of counterfactuals that is none.

    Parameters
    ----------
    draws : int

    Raises
    ------
    InputError
        If it is no whole number from 1 on.

    Examples
    --------
    >>> require_draws(999)
    """
    whole_number(draws, "draws", 1)


def require_pool(pool: str) -> None:
    """Refuse a pool of another name.

    Parameters
    ----------
    pool : {"all", "pair"}

    Raises
    ------
    InputError

    Examples
    --------
    >>> require_pool("pairs")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: pool: 'all' or 'pair' is needed, got 'pairs'.
    """
    if pool not in ("all", "pair"):
        raise InputError(f"pool: 'all' or 'pair' is needed, got {show(pool)}.")
