"""Nulls of ψ, UDS and UCS from the matrices that they are made of, labels in and labels out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.errors import InputError
from ...core.labelled import MatrixLike, square
from ..leontief import cost_step, demand_step
from ..linalg._labels import Vector, by_label, require_flows
from ._chains import Direct, null_of_chains
from ._null import LARGE, Null

__all__ = ["null_of_psi", "null_of_ucs", "null_of_uds"]


def null_of_psi(
    S: MatrixLike | None,
    W: MatrixLike | None,
    null: str | Null = "spread",
    *,
    output: Any = None,
    cited: Any = None,
) -> Null:
    """Return the chance that hubs of ψ are held against: S and W are drawn, each by itself.

    To shuffle ψ is no chance, for all sectors draw on what is upstream of all. Of U = (I − S)⁻¹
    give S alone, of V = (I − W)⁻¹ W alone, and None for the other.

    Parameters
    ----------
    S : LabelledMatrix or None, shape (N, N)
        Production shares, ``[user, supplier]``, not negative.
    W : LabelledMatrix or None, shape (N, N)
        Citation shares, ``[citing, cited]``.
    null : str, default "spread"
        One of :data:`~spillgraph.analytics.nulls.CHAINED`.
    output : pandas.Series, shape (N,), optional
        Gross output in money: deliveries are drawn then, so that nulls that keep strengths keep
        what every sector sells. Without it shares are drawn.
    cited : pandas.Series, shape (N,), optional
        Citations that every sector makes, own ones included; likewise.

    Returns
    -------
    Null
        To be given to :func:`~spillgraph.analytics.hubs.hubs`, which brings its draws to the order
        of the matrix.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite, neither matrix is given, there are
        more than 3,000 sectors, the chains never end, or the null does not keep what leaves them.

    Examples
    --------
    >>> from spillgraph.analytics import elements
    >>> from spillgraph.analytics.hubs import hubs
    >>> from spillgraph.analytics.steel_and_cars import S, W
    >>> chance = null_of_psi(S, W, "spread")
    >>> hubs(elements(S, W).psi, ["in_degree_4"], chance, draws=19, missing=0).null
    'spread of W and S'
    """
    if S is None and W is None:
        raise InputError("null_of_psi: give S, W or both; nothing else is drawn.")
    shares = {}
    for role, M, beside in (("S", S, W), ("W", W, S)):
        if M is not None:
            shares[role] = square(M, role, like=beside, role=role)
            require_flows(shares[role])
    labels = next(iter(shares.values())).rows
    _require_small(labels)
    totals = {"S": (output, "output"), "W": (cited, "cited")}
    for role, (amounts, called) in totals.items():
        if role not in shares and amounts is not None:
            raise InputError(f"{called}: nothing comes of it without {role}.")
    steps = [
        Direct(M.aligned_to(labels).values.toarray(), _amounts(*totals[role], labels))
        for role, M in shares.items()
    ]
    name = {"S": "U", "W": "V", "SW": "psi"}["".join(shares)]
    return null_of_chains(name, steps, null, labels=labels)


def null_of_uds(FLOW: MatrixLike, final: Any, null: str | Null = "spread") -> Null:
    """Return the chance that hubs of UDS are held against: what sellers deliver is drawn.

    Parameters
    ----------
    FLOW, final
        What :func:`~spillgraph.analytics.uds` takes: rows upstream, columns downstream.
    null : str, default "spread"
        One of :data:`~spillgraph.analytics.nulls.CHAINED`; sellers are its receivers.

    Returns
    -------
    Null
        Output and final sales of every sector stay.

    Raises
    ------
    InputError
        As :func:`~spillgraph.analytics.uds`, and if the null does not keep what leaves the chains.

    Examples
    --------
    >>> import pandas as pd
    >>> from spillgraph.analytics import uds
    >>> from spillgraph.analytics.hubs import hubs
    >>> labels = ["rubber", "tyres", "cars"]
    >>> FLOW = pd.DataFrame([[0, 10, 0], [0, 0, 75], [0, 5, 0]], labels, labels)
    >>> final = {"rubber": 0, "tyres": 25, "cars": 50}
    >>> chance = null_of_uds(FLOW, final)
    >>> hubs(uds(FLOW, final), ["in_degree_4"], chance, draws=19, missing=0).null
    'spread of deliveries'
    """
    D, total, share = demand_step(FLOW, final)
    _require_small(D.rows)
    step = Direct(D.values.toarray(), total)
    return null_of_chains("UDS", [step], null, share, labels=D.rows)


def null_of_ucs(FLOWCOST: MatrixLike, primary: Any, null: str | Null = "spread") -> Null:
    """Return the chance that hubs of UCS are held against: what buyers use is drawn.

    Parameters
    ----------
    FLOWCOST, primary
        What :func:`~spillgraph.analytics.ucs` takes: rows upstream, columns downstream.
    null : str, default "spread"
        One of :data:`~spillgraph.analytics.nulls.CHAINED`; buyers are its receivers.

    Returns
    -------
    Null
        Output and primary inputs of every sector stay. Its draws are turned round,
        ``[downstream, upstream]``, as :func:`~spillgraph.analytics.hubs.hubs` turns UCS.

    Raises
    ------
    InputError
        As :func:`~spillgraph.analytics.ucs`, and if the null does not keep what leaves the chains.

    Examples
    --------
    >>> import pandas as pd
    >>> labels = ["metals", "semis", "phones"]
    >>> FLOWCOST = pd.DataFrame([[0, 40, 0], [0, 0, 70], [0, 0, 0]], labels, labels)
    >>> null_of_ucs(FLOWCOST, {"metals": 100, "semis": 60, "phones": 30}).labels
    ('metals', 'semis', 'phones')
    """
    D, total, share = cost_step(FLOWCOST, primary)
    _require_small(D.rows)
    step = Direct(D.values.toarray(), total)
    return null_of_chains("UCS", [step], null, share, labels=D.rows)


def _require_small(labels: tuple[str, ...]) -> None:
    if len(labels) > LARGE:
        raise InputError(
            f"a null of sums over chains: {len(labels):,} sectors are too many for it, for each of "
            f"its draws takes an inverse; up to {LARGE:,} are drawn so. Hold W and S against "
            "chance, each by itself."
        )


def _amounts(amounts: Any, name: str, labels: tuple[str, ...]) -> Vector:
    """Return what a share of 1 is; where that is not known, or 0, shares are drawn as they are."""
    if amounts is None:
        return np.ones(len(labels))
    totals = by_label(amounts, labels, name)
    wrong = np.flatnonzero(totals < 0)
    if wrong.size:
        raise InputError(
            f"{name}: {labels[wrong[0]]!r} has {totals[wrong[0]]:g}; 0 or more is needed."
        )
    return np.where(totals > 0, totals, 1.0)
