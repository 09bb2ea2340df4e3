"""Counterfactuals: establishments dealt out anew over the sites that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from ..linalg._labels import Vector
from ._envelopes import Envelope, envelope
from ._inputs import Codes, Establishments, Pair

__all__ = ["Pool", "hold_against_chance", "require_draws", "require_pool", "sites_of_pool"]

#: Whose sites are dealt out: those of all industries, or of the two that are compared.
Pool = Literal["all", "pair"]


def hold_against_chance(
    curve: Callable[[Codes], Vector],
    at: Vector,
    found: Establishments,
    pair: Pair,
    pool: Pool,
    draws: int,
    level: float,
    seed: int,
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
    pool : {"all", "pair"}
    draws, level, seed
        As in :func:`~spillgraph.analytics.space.envelope`; the same seed gives the same draws.

    Returns
    -------
    Envelope

    Examples
    --------
    >>> from spillgraph.analytics.space._inputs import read_establishments
    >>> found = read_establishments([[x, 0] for x in range(8)], list("aabbcccc"))
    >>> far = lambda order: found.sites[order[:2], 0].max(keepdims=True)
    >>> at, pair = np.array([1.0]), ("a", "b")
    >>> hold_against_chance(far, at, found, pair, "all", 99, 0.05, 0).curve["observed"].tolist()
    [1.0]
    """
    require_draws(draws)
    place = sites_of_pool(found, pair, pool)
    rng = np.random.default_rng(seed)
    order = np.arange(len(found.sites))
    observed = pd.Series(curve(order), pd.Index(at, name="distance"))
    curves = np.empty((draws, len(at)))
    for each in curves:
        order[place] = rng.permutation(place)
        each[:] = curve(order)
    return envelope(observed, curves, level)


def sites_of_pool(found: Establishments, pair: Pair, pool: Pool) -> Codes:
    """Return the establishments whose sites are dealt out.

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
        If the pool is another word, or that of one industry alone, whose sites leave no choice.

    Examples
    --------
    >>> from spillgraph.analytics.space._inputs import read_establishments
    >>> found = read_establishments([[0, 0], [1, 1], [2, 2]], ["a", "b", "c"])
    >>> sites_of_pool(found, ("a", "c"), "pair").tolist()
    [0, 2]
    """
    require_pool(pool)
    if pool == "all":
        return np.arange(len(found.sites))
    if pair[0] == pair[1]:
        raise InputError(
            f"pool: the sites of {show(pair[0])} alone leave no choice; compare an industry with "
            "itself among all sites (pool='all')."
        )
    return np.sort(np.concatenate([found.members(label) for label in pair]))


def require_draws(draws: int) -> None:
    """Refuse a number of counterfactuals that is none.

    Parameters
    ----------
    draws : int

    Raises
    ------
    InputError
        If it is below 1.

    Examples
    --------
    >>> require_draws(999)
    """
    if draws < 1:
        raise InputError(f"draws: at least 1 is needed, got {draws}.")


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
