"""Redefinitions: secondary output moved, with its inputs, to the industry whose product it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest, show
from ..linalg._labels import require_kind
from ._make_use import _text_labels

__all__ = ["Redefined", "redefine", "secondary_output"]


@dataclass(frozen=True, slots=True)
class Redefined:
    """Make and use tables after redefinitions.

    Parameters
    ----------
    make, use : pandas.DataFrame
        The tables, in the layout they had.
    moved : pandas.DataFrame
        ``commodity``, ``from``, ``to``, ``amount``: output that was moved, in money.
    negatives : pandas.DataFrame
        ``row``, ``industry``, ``value``: uses that fell below 0, because more inputs were moved
        than the industry had; none is set to 0.
    """

    make: pd.DataFrame
    use: pd.DataFrame
    moved: pd.DataFrame
    negatives: pd.DataFrame


def secondary_output(make: pd.DataFrame, primary: Mapping[str, str] | None = None) -> pd.DataFrame:
    """List what industries make beside their own products, the largest first.

    Parameters
    ----------
    make : pandas.DataFrame, shape (N, commodities)
        Output of each industry (rows) by commodity (columns), in money.
    primary : mapping of str to str, optional
        The industry whose product each commodity is. Default: the industry of the same code, else
        its largest maker.

    Returns
    -------
    pandas.DataFrame
        ``commodity``, ``from`` (who makes it), ``to`` (whose product it is), ``amount`` (money):
        what :func:`redefine` takes.

    Raises
    ------
    InputError
        If a label repeats, a number is missing, or ``primary`` names no row of the table.

    References
    ----------
    BEA, *Concepts and Methods of the U.S. Input–Output Accounts* (2009), ch. 4.

    Examples
    --------
    >>> make = pd.DataFrame({"steel": [90.0, 0], "cars": [10.0, 200]}, index=["steel", "cars"])
    >>> secondary_output(make).values.tolist()
    [['cars', 'steel', 'cars', 10.0]]
    """
    table = _text_labels(make, "make")
    chosen = {str(key): str(value) for key, value in (primary or {}).items()}
    owners = {
        c: chosen.get(c, c if c in table.index else str(table[c].idxmax())) for c in table.columns
    }
    for commodity, owner in owners.items():
        if owner not in table.index:
            raise InputError(
                f"primary: {show(owner)}, whose product {show(commodity)} is said to be, is no row "
                f"of the make table. {nearest(owner, table.index)}"
            )
    values = table.to_numpy()
    i, j = np.nonzero(values)
    found = pd.DataFrame(
        {
            "commodity": table.columns[j],
            "from": table.index[i],
            "to": [owners[c] for c in table.columns[j]],
            "amount": values[i, j],
        }
    )
    found = found[found["from"] != found["to"]]
    order = np.argsort(-found["amount"].abs().to_numpy(), kind="stable")
    return found.iloc[order].reset_index(drop=True)


def redefine(make: pd.DataFrame, use: pd.DataFrame, moves: pd.DataFrame) -> Redefined:
    """Move secondary output, with its inputs, to the industry whose product it is.

    The inputs that go along, value added included, are those of the receiving industry per unit of
    its output: a hotel's restaurant meals are made as restaurants make them. Outputs and uses of
    commodities stay what they were, and every industry stays in balance.

    Parameters
    ----------
    make : pandas.DataFrame, shape (N, commodities)
        Output of each industry (rows) by commodity (columns), in money.
    use : pandas.DataFrame, shape (commodities and value added, N and final users)
        As it is printed; value-added rows move as inputs do.
    moves : pandas.DataFrame
        ``commodity``, ``from``, ``to`` and ``amount``, as :func:`secondary_output` lists them:
        choose the rows whose inputs differ from those of the maker's own product.

    Returns
    -------
    Redefined
        All moves are of the tables as given, not one after the other.

    Raises
    ------
    InputError
        If a code is unknown, more is moved than is made, or the receiving industry makes nothing.

    References
    ----------
    BEA, *Concepts and Methods of the U.S. Input–Output Accounts* (2009), ch. 4. Its own
    redefinitions are made at finer detail than it publishes, with inputs that it knows better.

    Examples
    --------
    >>> make = pd.DataFrame({"steel": [90.0, 0], "cars": [10.0, 200]}, index=["steel", "cars"])
    >>> use = pd.DataFrame(
    ...     {"steel": [20.0, 21, 59], "cars": [30.0, 84, 86]}, index=["steel", "cars", "wages"])
    >>> after = redefine(make, use, secondary_output(make))
    >>> after.make.to_numpy().tolist(), after.use["steel"].tolist()
    ([[90.0, 0.0], [0.0, 210.0]], [18.5, 16.8, 54.7])
    """
    made, used = _text_labels(make, "make"), _text_labels(use, "use")
    require_kind(moves, pd.DataFrame, "moves")
    listed = _read_moves(moves, made, used)
    output = made.sum(axis=1)
    new_make, new_use = made.copy(), used.copy()
    for commodity, source, target, amount in listed.itertuples(index=False):
        new_make.loc[source, commodity] -= amount
        new_make.loc[target, commodity] += amount
    # Summed by pair first: a few columns change, however many products move.
    pairs = listed.groupby(["from", "to"], sort=False)["amount"].sum()
    for key, amount in pairs.items():
        source, target = map(str, key)  # type: ignore[call-overload]
        inputs = used[target] * (amount / output[target])
        new_use[source] -= inputs
        new_use[target] += inputs
    fell = (new_use.to_numpy() < -1e-9 * used.abs().to_numpy().max(initial=0.0)) & (
        used.to_numpy() >= 0
    )
    i, j = np.nonzero(fell)
    negatives = pd.DataFrame(
        {
            "row": used.index[i],
            "industry": used.columns[j],
            "value": new_use.to_numpy()[i, j],
        }
    ).sort_values("value", kind="stable", ignore_index=True)
    return Redefined(new_make, new_use, listed, negatives)


def _read_moves(moves: pd.DataFrame, make: pd.DataFrame, use: pd.DataFrame) -> pd.DataFrame:
    """Check moves against the tables."""
    wanted = ["commodity", "from", "to", "amount"]
    missing = [name for name in wanted if name not in moves.columns]
    if missing:
        raise InputError(
            f"moves: column {show(missing[0])} is missing; commodity, from, to and amount are "
            "needed, see secondary_output."
        )
    listed = moves[wanted].copy()
    valid: dict[str, Any] = {"commodity": make.columns, "from": make.index, "to": make.index}
    for name, codes in valid.items():
        listed[name] = listed[name].map(str)
        odd = [code for code in listed[name] if code not in set(codes)]
        if odd:
            raise InputError(
                f"moves: {name} {show(odd[0])} is not in the make table. {nearest(odd[0], codes)}"
            )
    listed["amount"] = listed["amount"].astype(np.float64)
    sums = listed.groupby(["commodity", "from"], sort=False)["amount"].sum()
    for key, amount in sums.items():
        commodity, source = map(str, key)  # type: ignore[call-overload]
        there = float(make[commodity][source])
        if abs(amount) > abs(there) * (1 + 1e-9) or amount * there < 0:
            raise InputError(
                f"moves: {amount:,.6g} of commodity {show(commodity)} are moved from industry "
                f"{show(source)}, which makes {there:,.6g}."
            )
    output = make.sum(axis=1)
    for target in listed["to"].unique():
        if output[target] == 0 or target not in use.columns:
            raise InputError(
                f"moves: industry {show(target)} makes nothing or has no column in the use table, "
                "so there are no inputs to go along."
            )
    return listed
