"""Breadth of demand and supply: how many others an industry is of note to, on both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ..inference import holm
from ..linalg._labels import Vector, by_label, require_flows, square
from ._degrees import ROUNDING
from ._poisson_binomial import upper_tail

__all__ = ["hub_breadth"]


def hub_breadth(
    UDS: MatrixLike,
    UCS: MatrixLike,
    threshold: float = 0.02,
    *,
    size: Any = None,
    level: float = 0.05,
) -> pd.DataFrame:
    """Hubs of demand and supply at once, each breadth with an exact p-value.

    Demand breadth is the share of other industries of whose output at least ``threshold`` ends up
    with the industry, supply breadth the share of other industries of whose cost at least
    ``threshold`` begins with it. Under the null each industry spreads its shares over the others
    at random: c_i of them, those of at least the threshold, fall on the industry with chance
    c_i/(N − 1), so a count is Poisson-binomial and its law a convolution.

    Parameters
    ----------
    UDS : LabelledMatrix, shape (N, N)
        Ultimate demand shares ``[upstream, downstream]``; rows sum to 1.
    UCS : LabelledMatrix, shape (N, N)
        Ultimate cost shares ``[upstream, downstream]``; columns sum to 1.
    threshold : float, default 0.02
        From which share on a partner counts; above 0 and at most 1.
    size : pandas.Series, shape (N,), optional
        Sizes of industries, in any unit, above 0. With them, the null draws the c_i partners with
        chance in proportion to the product of their sizes, as small industries are found by
        fewer; without, all partners are alike and a large industry is a hub by size alone.
    level : float, default 0.05
        Of ``is_hub``.

    Returns
    -------
    pandas.DataFrame, shape (N, 10), indexed by ``label``
        ``demand_breadth``, ``supply_breadth``, ``hub_score`` (the smaller one), shares of the
        N − 1 others; ``demand_mean``, ``supply_mean``, mean shares over the others; ``p_demand``,
        ``p_supply``, exact and one-sided; ``p_demand_holm``, ``p_supply_holm``, over the N
        industries; ``is_hub``, whether both of the latter are below ``level``.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite, there is one industry only, or a
        threshold or size is out of bounds.

    References
    ----------
    Chen, Dempster & Liu (1994), *Biometrika* 81, 457–469 (draws in proportion to products of
    sizes).

    Examples
    --------
    >>> labels = ["steel", "cars", "food"]
    >>> UDS = pd.DataFrame([[0.1, 0.9, 0], [0, 1, 0], [0, 0.1, 0.9]], labels, labels)
    >>> UCS = pd.DataFrame([[1, 0.2, 0], [0, 0.8, 0.1], [0, 0, 0.9]], labels, labels)
    >>> table = hub_breadth(UDS, UCS)
    >>> table[["demand_breadth", "supply_breadth", "p_demand"]].loc["cars"].tolist()
    [1.0, 0.5, 0.25]
    """
    down = square(UDS, "UDS")
    up = square(UCS, "UCS", like=UDS).aligned_to(down.rows)
    for each in (down, up):
        require_flows(each)
    N = len(down.rows)
    if N < 2 or not 0 < threshold <= 1:
        raise InputError(
            f"breadth: two industries and a threshold above 0 and at most 1 are needed, got {N} "
            f"and {threshold:g}."
        )
    sizes = None if size is None else _sizes(size, down.rows)
    columns: dict[str, Vector] = {}
    for side, shares in (("demand", down.values.toarray()), ("supply", up.values.toarray().T)):
        np.fill_diagonal(shares, 0.0)
        large = shares >= threshold * (1 - ROUNDING)
        count = large.sum(axis=0).astype(np.float64)
        p = upper_tail(count, _chances(large.sum(axis=1), N, sizes))
        columns[f"{side}_breadth"] = count / (N - 1)
        columns[f"{side}_mean"] = shares.sum(axis=0) / (N - 1)
        columns[f"p_{side}"], columns[f"p_{side}_holm"] = p, holm(p)
    table = pd.DataFrame(columns, index=pd.Index(down.rows, name="label"))
    table["hub_score"] = table[["demand_breadth", "supply_breadth"]].min(axis=1)
    table["is_hub"] = (table[["p_demand_holm", "p_supply_holm"]] < level).all(axis=1)
    order = ["demand_breadth", "supply_breadth", "hub_score", "demand_mean", "supply_mean"]
    return table[[*order, "p_demand", "p_supply", "p_demand_holm", "p_supply_holm", "is_hub"]]


def _sizes(size: Any, labels: tuple[str, ...]) -> Vector:
    sizes = by_label(size, labels, "size")
    wrong = np.flatnonzero(~(sizes > 0))
    if wrong.size:
        raise InputError(
            f"size: {labels[wrong[0]]!r} has {sizes[wrong[0]]:g}; sizes must be above 0."
        )
    scaled: Vector = sizes / np.exp(np.log(sizes).mean())
    return scaled


def _chances(number: np.ndarray, N: int, sizes: Vector | None) -> Vector:
    """Chance that each industry (row) counts each other one (column) among its partners."""
    if sizes is None:
        chances = np.repeat(number[:, None] / (N - 1), N, axis=1)
    else:
        chances = np.stack([_drawn(sizes, i, int(c)) for i, c in enumerate(number)])
    np.fill_diagonal(chances, 0.0)
    return chances


def _drawn(sizes: Vector, own: int, number: int) -> Vector:
    """Chance to be among so many, drawn without ``own`` in proportion to products of sizes.

    With e_k the sum of the products of all sets of k sizes, it is w_j e_(k−1)(without j) / e_k. All
    terms are positive: the sums without j are added up anew, not divided out.
    """
    if number == 0:
        return np.zeros(len(sizes))
    without = np.zeros((len(sizes), number + 1))  # row j: sums without own and without j
    whole = np.zeros(number + 1)
    without[:, 0] = whole[0] = 1.0
    for other, w in enumerate(sizes):
        if other == own:
            continue
        before = without[other].copy()
        without[:, 1:] += w * without[:, :-1]
        without[other] = before
        whole[1:] += w * whole[:-1]
    chances: Vector = sizes * without[:, number - 1] / whole[number]
    return chances
