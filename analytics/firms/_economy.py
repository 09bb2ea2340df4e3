"""Firms and their links as a cascade needs them: arrays, made once for all cascades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError, show
from ...core.labelled import MatrixLike
from ..linalg._labels import Vector, by_label, require_flows, square, texts_by_label
from ._classes import ESSENTIAL, IGNORED, Classes, class_table

__all__ = ["Economy", "build_economy"]

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Economy:
    """N firms, their links, and what each input means for its user.

    Parameters
    ----------
    labels : tuple of str, length N
        The firms.
    down : scipy.sparse.csr_array, shape (G, N)
        A row a group of inputs of one customer: each essential industry by itself, all
        non-essential inputs together. Entry: the share of the customer's production that hangs
        on a supplier, through this group. Rows are ordered by customer.
    customer : ndarray, shape (G,)
        Whose group it is.
    up : scipy.sparse.csr_array, shape (N, N)
        [supplier, customer]: share of the customer in the supplier's sales.
    output : ndarray, shape (N,)
        Deliveries to other firms, in money.
    market : ndarray, shape (N,)
        The market in which a firm's customers look for another supplier; −1 where in none.
    market_output : ndarray, shape (markets,)
        Deliveries of a market's firms together, in money.
    weight : ndarray, shape (N,)
        Share of a firm in what is lost; sums to 1.
    """

    labels: tuple[str, ...]
    down: sparse.csr_array
    customer: Places
    up: sparse.csr_array
    output: Vector
    market: Places
    market_output: Vector
    weight: Vector


def build_economy(
    deliveries: MatrixLike,
    industry: Any,
    classes: Classes,
    *,
    market: Any = "industry",
    weight: Any = None,
    revenue: Any = None,
    costs: Any = None,
) -> Economy:
    """Check everything that a cascade needs and lay it out.

    Parameters
    ----------
    deliveries, industry, classes, market, weight, revenue, costs
        As in :func:`spillgraph.analytics.systemic_risk`.

    Returns
    -------
    Economy

    Raises
    ------
    InputError
        As :func:`spillgraph.analytics.systemic_risk`.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> own = {"steel": "metal", "cars": "vehicles"}
    >>> build_economy(Z, own, "linear").up.toarray().tolist()
    [[0.5, 0.5], [0.2727272727272727, 0.7272727272727273]]
    """
    M = square(deliveries, "deliveries", role="Z")
    require_flows(M)
    if not M.values.nnz:
        raise InputError(f"matrix {M.name}: no firm delivers to another; give deliveries.")
    code, industries = _codes(industry, M.rows, "industry")
    table = class_table(classes, industries)
    coo = M.values.tocoo()
    buyer, seller, value = coo.row, coo.col, coo.data
    size = len(M.rows)
    given, output = _sums(buyer, value, size), _sums(seller, value, size)
    bought = _at_least(costs, given, M.rows, "costs")
    sold = _at_least(revenue, output, M.rows, "revenue")
    down, customer = _groups(buyer, seller, value, code, table, given, bought)
    up = sparse.csr_array((value / sold[seller], (seller, buyer)), shape=(size, size))
    markets, names = _market(market, code, industries, M.rows)
    inside = markets >= 0
    return Economy(
        labels=M.rows,
        down=down,
        customer=customer,
        up=up,
        output=output,
        market=markets.astype(np.int32),
        market_output=_sums(markets[inside], output[inside], len(names)),
        weight=_weight(weight, output, M.rows),
    )


def _codes(values: Any, labels: tuple[str, ...], what: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return places of each firm's text among the distinct ones, and these."""
    codes, names = pd.factorize(texts_by_label(values, labels, what), sort=True)
    return codes, tuple(map(str, names))


def _sums(place: np.ndarray, value: Vector, size: int) -> Vector:
    return np.bincount(place, value, size).astype(np.float64)


def _at_least(given: Any, seen: Vector, labels: tuple[str, ...], what: str) -> Vector:
    """What a firm sells or buys in all: as given, and no less than its links say."""
    return seen if given is None else np.maximum(by_label(given, labels, what), seen)


def _groups(
    buyer: np.ndarray,
    seller: np.ndarray,
    value: Vector,
    code: np.ndarray,
    table: NDArray[np.int8],
    given: Vector,
    bought: Vector,
) -> tuple[sparse.csr_array, Places]:
    """Return the groups of inputs of every customer, ordered by customer, and whose they are."""
    kind = table[code[buyer], code[seller]]
    felt = kind != IGNORED
    buyer, seller, value, kind = buyer[felt], seller[felt], value[felt], kind[felt]
    essential = kind == ESSENTIAL
    # The non-essential inputs of a customer share one group behind its essential industries.
    key = buyer.astype(np.int64) * (len(table) + 1)
    key += np.where(essential, code[seller], len(table))
    keys, group = np.unique(key, return_inverse=True)
    inside = np.bincount(group, value, len(keys))[group]
    # Where a firm's costs are more than its links show, the links matter so much less.
    whole = np.where(essential, inside, given[buyer])
    share = value / whole * (given[buyer] / bought[buyer])
    shape = (len(keys), len(code))
    down = sparse.csr_array((share, (group, seller)), shape=shape)
    return down, (keys // (len(table) + 1)).astype(np.int32)


def _market(
    market: Any, code: np.ndarray, industries: tuple[str, ...], labels: tuple[str, ...]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the place of each firm's market, −1 where nobody replaces it, and all markets."""
    if market is None:
        return np.full(len(labels), -1), ()
    if isinstance(market, str):
        if market != "industry":
            raise InputError(
                f"market: {show(market)} is none; needed is 'industry', a market of every firm "
                "by label, or None where no firm can be replaced."
            )
        return code, industries
    return _codes(market, labels, "market")


def _weight(weight: Any, output: Vector, labels: tuple[str, ...]) -> Vector:
    """Return what each firm counts for, as a share."""
    numbers = output if weight is None else by_label(weight, labels, "weight")
    odd = np.flatnonzero(numbers < 0)
    if odd.size or not numbers.sum() > 0:
        first = labels[int(odd[0])] if odd.size else labels[0]
        raise InputError(
            f"weight: {show(first)} has {numbers[int(odd[0]) if odd.size else 0]:g}; weights must "
            "not be negative, and one at least positive."
        )
    return np.asarray(numbers / numbers.sum(), dtype=np.float64)
