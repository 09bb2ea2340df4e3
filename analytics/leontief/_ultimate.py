"""Ultimate demand shares and ultimate cost shares: where output ends, where cost begins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, show
from ...core.labelled import MatrixLike, square
from ...core.labels import require_printed
from ...core.matrix import AXES, LabelledMatrix
from ..linalg._entries import divide_rows
from ..linalg._labels import Vector, by_label
from ..linalg._resolvent import Resolvent, choose_method
from ._closed import refuse_closed

__all__ = ["PRINTED", "cost_step", "demand_step", "ucs", "uds"]

#: What rows and columns of the paper's matrices are.
PRINTED = ("upstream", "downstream")


def uds(FLOW: MatrixLike, final: Any) -> LabelledMatrix:
    """Ultimate demand shares: in whose final sales the output of an industry ends.

    Deliveries to oneself are left out; of what is left, a share ``f_i`` goes to non-producing
    users and ``DDS_ij`` to industry j, which passes it on in the same way:
    UDS = (I − DDS)⁻¹ diag(f).

    Parameters
    ----------
    FLOW : LabelledMatrix, pandas.DataFrame or array, shape (N, N)
        What industry i (row, upstream) delivered to industry j (column, downstream), inputs and
        capital goods, in money. This is how tables are printed, and not ``M[receiver, source]``.
    final : pandas.Series, length N
        What industry i delivered to non-producing users, in the same money.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        ``UDS[upstream, downstream]``, shares; rows sum to 1: what of i's output final users get
        as products of j.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite (the cell is named), or an industry
        sells nothing to others and nothing to final users.
    ClosedClassError
        If industries sell to each other alone: their output never ends.

    References
    ----------
    Ouyang & Chang (2011), *Pro-cyclical Aggregate R&D: Timing or Propagation?*, appendix, A4–A7.
    Their text has i and j exchanged in words (erratum E-001.2): UDS_ij is of j for i.

    Examples
    --------
    Rubber goes to tyres, tyres for three quarters into cars:

    >>> labels = ["rubber", "tyres", "cars"]
    >>> FLOW = pd.DataFrame([[0, 10, 0], [0, 0, 75], [0, 0, 0]], labels, labels)
    >>> uds(FLOW, {"rubber": 0, "tyres": 25, "cars": 50}).to_frame().loc["rubber"].to_dict()
    {'rubber': 0.0, 'tyres': 0.25, 'cars': 0.75}
    """
    D, _, share = demand_step(FLOW, final)
    refuse_closed(
        D,
        share,
        "sell to each other alone and nothing to final users, so that their output never ends",
        "Add what they sell to final users, or merge them with an industry that does.",
    )
    values = Resolvent(D.values, choose_method(len(share))).solve(np.diag(share))
    return _printed("UDS", values, D)


def ucs(FLOWCOST: MatrixLike, primary: Any) -> LabelledMatrix:
    """Ultimate cost shares: in which industries the cost of a product begins.

    Own inputs are left out; of what is left of j's cost, a share ``sh_j`` is imports and pay, and
    ``DCS_ij`` inputs and rent of capital from industry i, whose cost is traced in the same way:
    UCS = diag(sh) (I − DCS)⁻¹.

    Parameters
    ----------
    FLOWCOST : LabelledMatrix, pandas.DataFrame or array, shape (N, N)
        What industry j (column, downstream) pays for what comes from industry i (row, upstream),
        inputs and rental cost of capital, in money; not ``M[receiver, source]``.
    primary : pandas.Series, length N
        Imports and compensation of employees of industry j, in the same money.

    Returns
    -------
    LabelledMatrix, shape (N, N)
        ``UCS[upstream, downstream]``, shares; columns sum to 1: what of j's cost was paid for
        imports and labour in i.

    Raises
    ------
    InputError
        If labels differ, an entry is negative or not finite (the cell is named), or an industry
        has no cost at all but its own product.
    ClosedClassError
        If industries buy from each other alone: their cost begins nowhere.

    References
    ----------
    Ouyang & Chang (2011), *Pro-cyclical Aggregate R&D: Timing or Propagation?*, appendix, A13–A16.
    With S = DCS' (own inputs left out) and v = 1 − S1: UCS = (U diag(v))', U = (I − S)⁻¹.

    Examples
    --------
    Semiconductors buy metals for 40, phones semiconductors for 70:

    >>> labels = ["metals", "semis", "phones"]
    >>> FLOWCOST = pd.DataFrame([[0, 40, 0], [0, 0, 70], [0, 0, 0]], labels, labels)
    >>> shares = ucs(FLOWCOST, {"metals": 100, "semis": 60, "phones": 30}).to_frame()
    >>> shares["phones"].round(12).to_dict()
    {'metals': 0.28, 'semis': 0.42, 'phones': 0.3}
    """
    D, _, share = cost_step(FLOWCOST, primary)
    refuse_closed(
        D,
        share,
        "buy from each other alone, without imports and labour, so that their cost begins nowhere",
        "Add what they pay for imports and labour, or merge them with an industry that does.",
    )
    values = Resolvent(D.values, choose_method(len(share))).solve(np.diag(share))
    return _printed("UCS", values.T, D)


def demand_step(FLOW: MatrixLike, final: Any) -> tuple[LabelledMatrix, Vector, Vector]:
    """Return one step of the chains that output goes: DDS without own deliveries.

    Parameters
    ----------
    FLOW, final
        As in :func:`uds`.

    Returns
    -------
    D : LabelledMatrix, shape (N, N)
        ``[seller, buyer]``, shares of what each sells to others and to final users.
    total : ndarray, shape (N,)
        What that is in money.
    share : ndarray, shape (N,)
        The share of final users.
    """
    flows = _read_printed(FLOW, "FLOW", final)
    f = _read_amounts(final, flows.rows, "final")
    return _divide(flows, f, "sells nothing to others and nothing to final users")


def cost_step(FLOWCOST: MatrixLike, primary: Any) -> tuple[LabelledMatrix, Vector, Vector]:
    """Return one step of the chains that cost comes: DCS' without own inputs.

    Parameters
    ----------
    FLOWCOST, primary
        As in :func:`ucs`.

    Returns
    -------
    D : LabelledMatrix, shape (N, N)
        ``[buyer, seller]``, shares of what each pays to others and for imports and labour.
    total : ndarray, shape (N,)
        What that is in money.
    share : ndarray, shape (N,)
        The share of imports and labour.
    """
    flows = _read_printed(FLOWCOST, "FLOWCOST", primary)
    p = _read_amounts(primary, flows.rows, "primary")
    users = replace(flows, name="FLOWCOST", values=sparse.csr_array(flows.values.T))
    return _divide(users, p, "has no cost but for its own product")


def _read_printed(flows: MatrixLike, name: str, beside: Any) -> LabelledMatrix:
    """Return flows [upstream, downstream], refused where they say that they are turned round."""
    if isinstance(flows, pd.DataFrame):
        require_printed(flows, name)
        flows = flows.rename_axis(index=None, columns=None)
    elif isinstance(flows, LabelledMatrix) and flows.axes != PRINTED:
        _require_own_name(flows, name)
    M = square(flows, name, like=beside)
    wrong = np.flatnonzero(M.values.data < 0)
    if wrong.size:
        coo = sparse.coo_array(M.values)
        i, j = M.rows[coo.row[wrong[0]]], M.rows[coo.col[wrong[0]]]
        raise InputError(
            f"{name}: what {show(i)} delivers to {show(j)} is {coo.data[wrong[0]]:g}; a share of "
            "a negative amount means nothing. Set it to 0, or move it to the other side."
        )
    return M


def _require_own_name(M: LabelledMatrix, name: str) -> None:
    """Refuse the program's own flows and shares, whose rows are users."""
    if M.name.partition("_")[0] in ("Z", "S", "trade", "W", "K", "citations"):
        raise InputError(
            f"{name}: matrix {M.name} is M[receiver, source], but here rows are upstream and "
            "columns downstream. Turn it round: M.to_frame().T."
        )


def _read_amounts(values: Any, labels: tuple[str, ...], name: str) -> Vector:
    amounts = by_label(values, labels, name)
    wrong = np.flatnonzero(amounts < 0)
    if wrong.size:
        raise InputError(
            f"{name}: {show(labels[wrong[0]])} has {amounts[wrong[0]]:g}; an amount of 0 or more "
            "is needed. Leave out what makes it negative, such as falling stocks."
        )
    return amounts


def _divide(
    flows: LabelledMatrix, outside: Vector, nothing: str
) -> tuple[LabelledMatrix, Vector, Vector]:
    """Divide rows without their own entries, and what leaves, by the total of both."""
    others = sparse.csr_array(flows.values - sparse.diags_array(flows.values.diagonal()))
    others.eliminate_zeros()
    total = np.asarray(others.sum(axis=1), dtype=np.float64) + outside
    empty = np.flatnonzero(total <= 0)
    if empty.size:
        raise InputError(
            f"{flows.name}: industry {show(flows.rows[empty[0]])} {nothing}; its shares are not "
            "defined. Leave it out, or merge it with another."
        )
    D = replace(flows, values=divide_rows(others, total), unit="share", axes=AXES)
    return D, total, outside / total


def _printed(name: str, values: Vector, like: LabelledMatrix) -> LabelledMatrix:
    return LabelledMatrix.build(
        name,
        values,
        like.rows,
        unit="share",
        year=like.year,
        provenance=like.provenance,
        axes=PRINTED,
    )
