"""Negative flows between industries: refused, kept as published, or turned round."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.words import amount

__all__ = ["negative_flows", "net_flows", "of_technology", "of_use", "to_themselves"]

#: Cells that a note names.
NAMED = 8
#: What rounding leaves of a flow that is 0, as a share of the largest.
ROUNDING = 1e-12


def net_flows(flows: pd.DataFrame) -> pd.DataFrame:
    """Turn negative flows round: what i delivers to j below 0 is a delivery of j to i.

    What i delivers to itself below 0 has no other side: it is left out.

    Parameters
    ----------
    flows : pandas.DataFrame, shape (N, N)
        The same industries as rows and columns, in any orientation.

    Returns
    -------
    pandas.DataFrame, shape (N, N)
        Without negative entries; every i, j keeps its balance, flow from i to j less flow back.

    Examples
    --------
    >>> table = pd.DataFrame([[1.0, -2.0], [3.0, 4.0]], ["a", "b"], ["a", "b"])
    >>> net_flows(table).to_numpy().tolist()
    [[1.0, 0.0], [5.0, 4.0]]
    """
    values = flows.reindex(columns=flows.index).to_numpy(dtype=np.float64)
    below = np.minimum(values, 0.0)
    turned = values - below - below.T
    np.fill_diagonal(turned, np.maximum(np.diag(values), 0.0))
    table = pd.DataFrame(turned, flows.index, flows.index)
    return table.reindex(columns=flows.columns)


def to_themselves(flows: pd.DataFrame, year: int) -> list[str]:
    """Name the flows of industries to themselves that :func:`net_flows` leaves out.

    Parameters
    ----------
    flows : pandas.DataFrame, shape (N, N)
        As :func:`net_flows` takes them.
    year : int
        Year of the table.

    Returns
    -------
    list of str
        A note; empty where there are none.

    Examples
    --------
    >>> table = pd.DataFrame([[-1.0, -2.0], [3.0, 4.0]], ["a", "b"], ["a", "b"])
    >>> print(*to_themselves(table, 1992))
    1992: negative flows of industries to themselves have no other side and are left out, as if \
they were 0: 'a' to 'a' (-1).
    """
    own = [(str(code), str(code), float(flows.loc[code, code])) for code in flows.index]
    return _left_out(year, [cell for cell in own if cell[2] < 0])


def of_use(
    use: pd.DataFrame,
    goods: Collection[str],
    industries: Collection[str],
    negative: Literal["refuse", "keep", "net"],
    year: int,
) -> list[str]:
    """Look for negative uses between industries; scrap and what nobody makes are in no flow.

    Parameters
    ----------
    use : pandas.DataFrame, shape (commodities and value added, industries and final users)
        The use table.
    goods : collection of str
        Commodities that industries make, scrap left out.
    industries : collection of str
        Users that are industries.
    negative : {"refuse", "keep", "net"}
        What the study wants.
    year : int
        Year of the table.

    Returns
    -------
    list of str
        A note that names them; empty where there are none.

    Raises
    ------
    InputError
        If there are any, and they are to be refused.

    Examples
    --------
    >>> use = pd.DataFrame({"cars": [5.0, -2.0], "homes": [1.0, -9.0]}, ["steel", "oil"])
    >>> of_use(use, ["steel", "oil"], ["cars"], "keep", 1992)[0]
    "1992: negative uses are kept as they are published: 'oil' by 'cars' (-2)."
    """
    rows = [row for row in use.index if row in set(goods)]
    columns = [user for user in use.columns if user in set(industries)]
    cells = _name_negative(use.loc[rows, columns])
    if not cells:
        return []
    if negative == "refuse":
        raise InputError(
            f"table use: negative uses in {year}: {cells}. Correct the file, or say under "
            '[make_use] what they are: negative = "keep" (as published) or "net" (turned round).'
        )
    how = "kept as they are published" if negative == "keep" else "turned round"
    return [f"{year}: negative uses are {how}: {cells}."]


def of_technology(
    flows: pd.DataFrame, negative: Literal["refuse", "keep", "net"], year: int
) -> list[str]:
    """Count the flows that commodity technology makes negative, and name the largest.

    Parameters
    ----------
    flows : pandas.DataFrame, shape (N, N)
        Suppliers (rows) by users.
    negative : {"refuse", "keep", "net"}
        What the study wants.
    year : int
        Year of the table.

    Returns
    -------
    list of str
        A note; empty where there are none.

    Raises
    ------
    InputError
        If there are any, and they are to be refused.

    Examples
    --------
    >>> table = pd.DataFrame([[5.0, -2.0], [3.0, 4.0]], ["a", "b"], ["a", "b"])
    >>> print(*of_technology(table, "keep", 1992))
    1992: commodity technology makes 1 of 4 flows between industries negative, -2 in all, kept as \
they are: 'a' to 'b' (-2).
    """
    values = flows.to_numpy(dtype=np.float64)
    places = np.argwhere(values < -ROUNDING * np.abs(values).max(initial=0.0))
    if not len(places):
        return []
    below = [(str(flows.index[i]), str(flows.columns[j]), float(values[i, j])) for i, j in places]
    below.sort(key=lambda cell: cell[2])
    what = (
        f"commodity technology makes {len(below):,} of {values.size:,} flows between industries "
        f"negative, {amount(sum(cell[2] for cell in below))} in all"
    )
    if negative == "refuse":
        raise InputError(
            f"make and use tables of {year}: {what}: {_list_cells(below, 'to')}. Take technology = "
            '"industry" under [make_use], or say what to do with them: negative = "keep" or "net".'
        )
    how = "kept as they are" if negative == "keep" else "turned round"
    return [f"{year}: {what}, {how}: {_list_cells(below, 'to')}."]


def negative_flows(
    rows: pd.DataFrame, negative: Literal["refuse", "keep", "net"] | None
) -> tuple[pd.DataFrame, list[str]]:
    """Keep or turn round the negative rows of a long table of flows.

    Parameters
    ----------
    rows : pandas.DataFrame, columns ``receiver``, ``source``, ``year``, ``value``
        Flows between industries.
    negative : {"refuse", "keep", "net"}, optional
        What the study wants; none is ``refuse``.

    Returns
    -------
    DataFrame
        The rows; turned round and added up with ``net``, those of a sector to itself left out.
    list of str
        A note for each year that has some.

    Raises
    ------
    InputError
        If there are any, and they are to be refused.

    Examples
    --------
    >>> rows = pd.DataFrame({"receiver": ["b", "a"], "source": ["a", "b"], "year": 1, "value":
    ...                      [-2.0, 3.0]})
    >>> negative_flows(rows, "net")[0].values.tolist()
    [['a', 'b', 1, 5.0]]
    """
    below = rows[rows["value"] < 0]
    if below.empty:
        return rows, []
    notes = []
    own = below["receiver"] == below["source"]
    for year, part in below.groupby("year"):
        cells = _cells(part)
        if negative not in {"keep", "net"}:
            raise InputError(
                f"table io_flows: negative flows in {year}: {_list_cells(cells, 'to')}. Correct "
                'the file, or say in [tables.io_flows] what they are: negative = "keep" or "net" '
                "(turned round)."
            )
        if negative == "keep":
            notes.append(
                f"{year}: negative flows are kept as they are: {_list_cells(cells, 'to')}."
            )
            continue
        others = [cell for cell in cells if cell[0] != cell[1]]
        if others:
            notes.append(f"{year}: negative flows are turned round: {_list_cells(others, 'to')}.")
        notes += _left_out(int(str(year)), [cell for cell in cells if cell[0] == cell[1]])
    if negative == "keep":
        return rows, notes
    turned = below[~own].rename(columns={"receiver": "source", "source": "receiver"})
    turned["value"] = -turned["value"]
    whole = pd.concat([rows[rows["value"] > 0], turned], ignore_index=True)
    keys = ["receiver", "source", "year"]
    added = whole.groupby(keys, sort=True)["value"].sum().reset_index()
    return added[[*keys, "value"]], notes


_Cells = list[tuple[str, str, float]]


def _left_out(year: int, cells: _Cells) -> list[str]:
    if not cells:
        return []
    return [
        f"{year}: negative flows of industries to themselves have no other side and are left out, "
        f"as if they were 0: {_list_cells(cells, 'to')}."
    ]


def _cells(rows: pd.DataFrame) -> _Cells:
    return [
        (str(source), str(receiver), float(value))
        for source, receiver, value in zip(
            rows["source"], rows["receiver"], rows["value"], strict=True
        )
    ]


def _name_negative(table: pd.DataFrame) -> str:
    values = table.to_numpy(dtype=np.float64)
    places = np.argwhere(values < 0)
    cells = [(str(table.index[i]), str(table.columns[j]), float(values[i, j])) for i, j in places]
    return _list_cells(cells, "by")


def _list_cells(cells: _Cells, word: str) -> str:
    named = [f"{one!r} {word} {other!r} ({amount(value)})" for one, other, value in cells[:NAMED]]
    more = len(cells) - NAMED
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")
