"""Flows between groups of industries, capital goods included: the tables behind UDS and UCS.

These tables keep the paper's orientation: rows are ``upstream`` (who supplies), columns
``downstream`` (who uses).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...core.errors import InputError, nearest, show
from ._groups import add_up, read_groups
from ._make_use import _text_labels

__all__ = ["REMOVED_1992", "IndustryTables", "industry_tables"]

#: What the paper leaves out of the tables of 1992, in the codes of 94 industries: owner-occupied
#: dwellings, noncomparable imports, scrap and used goods, general government, rest of the world,
#: households, inventory valuation; value added; private investment, inventories, exports, imports.
REMOVED_1992 = ("71A", "80", "81", "82", "83", "84", "85", "88", "89", "90", "92", "93", "94", "95")


@dataclass(frozen=True, slots=True)
class IndustryTables:
    """Flows between groups of industries and to final users, in the tables' money.

    Parameters
    ----------
    FLOW : pandas.DataFrame, shape (n, n + f)
        Intermediate and capital goods: group i (row, upstream) to user j (column, downstream).
    FLOWCOST : pandas.DataFrame, shape (n, n)
        Intermediate goods and rental costs of capital.
    USE, CFLOW : pandas.DataFrame, shape (n, n + f)
        The two parts of FLOW; CFLOW is 0 without capital flows.
    imports, compensation : pandas.Series, length n
        What each group pays for noncomparable imports and to its employees.
    groups : tuple of str, length n
        Producing groups.
    final : tuple of str, length f
        Users that do not produce.
    removed : dict of str to float
        Codes that were left out, and the money in their rows and columns of the use table.
    left_out_capital : float
        Capital goods of users that were left out, such as real estate.
    has_capital, has_rental : bool
        Whether capital flows and rental costs are part of FLOW and FLOWCOST.
    """

    FLOW: pd.DataFrame
    FLOWCOST: pd.DataFrame
    USE: pd.DataFrame
    CFLOW: pd.DataFrame
    imports: pd.Series[float]
    compensation: pd.Series[float]
    groups: tuple[str, ...]
    final: tuple[str, ...]
    removed: dict[str, float]
    left_out_capital: float
    has_capital: bool
    has_rental: bool

    @property
    def between(self) -> pd.DataFrame:
        """FLOW between producing groups, what :func:`~spillgraph.analytics.uds` takes first."""
        return self.FLOW[list(self.groups)]

    @property
    def to_final(self) -> pd.Series[float]:
        """What each group sells to final users, what ``uds`` takes beside it."""
        return self.FLOW[list(self.final)].sum(axis=1).rename("final")

    @property
    def primary(self) -> pd.Series[float]:
        """Imports and compensation: :func:`~spillgraph.analytics.ucs` takes it with FLOWCOST."""
        return (self.imports + self.compensation).rename("primary")


def industry_tables(
    make: pd.DataFrame,
    use: pd.DataFrame,
    capital_flow: pd.DataFrame | None = None,
    *,
    groups: Any,
    rental: pd.DataFrame | None = None,
    removed: Sequence[str] = REMOVED_1992,
    imports: Sequence[str] = ("80",),
    compensation: Sequence[str] = ("88",),
    real_estate: Sequence[str] = ("71B",),
) -> IndustryTables:
    """Build FLOW and FLOWCOST of groups from make, use and capital-flow tables.

    Rows and columns are added up to groups; codes that are no group's and not removed are final
    users. The make table, its columns divided by their sums, turns commodities into industries:
    USE = MAKE · use (A1), CFLOW = MAKE · capital flows (A2), FLOW = USE + CFLOW (A3),
    FLOWCOST = USE + rental costs (A13).

    Parameters
    ----------
    make : pandas.DataFrame, shape (industries, commodities)
        As it is printed, in money.
    use : pandas.DataFrame, shape (commodities and value added, industries and final users)
        As it is printed.
    capital_flow : pandas.DataFrame, shape (commodities, industries), optional
        Capital goods (rows) by industry that buys them. Where its users are coarser, spread them
        first with :func:`~spillgraph.analytics.accounts.spread_columns`.
    groups : mapping of str to str, or pandas.DataFrame
        Group of each code of industries and commodities; a frame with ``code``, ``group`` and
        ``weight`` splits a code.
    rental : pandas.DataFrame, shape (industries, industries), optional
        Rental cost of capital made by industry i (row) in use by j, see
        :func:`~spillgraph.analytics.rental_cost`.
    removed : sequence of str
        Codes that are left out of rows and columns; the default is the paper's list for 1992.
    imports, compensation : sequence of str
        Rows of the use table that are noncomparable imports, and compensation of employees.
    real_estate : sequence of str
        Users whose capital goods are left out.

    Returns
    -------
    IndustryTables

    Raises
    ------
    InputError
        If a code is unknown, a group is made by nobody and used, or a row of the use table is in no
        group and was not removed.

    References
    ----------
    Ouyang & Chang (2011), *Pro-cyclical Aggregate R&D: Timing or Propagation?*, data appendix,
    equations (A1)–(A3), (A8), (A13), after Shea (1991), NBER Technical Working Paper 107.

    Examples
    --------
    >>> make = pd.DataFrame({"37": [90.0, 0], "59A": [10.0, 200]}, index=["37", "59A"])
    >>> use = pd.DataFrame(
    ...     {"37": [20.0, 21, 59], "59A": [30.0, 84, 86], "91": [40.0, 105, 0]},
    ...     index=["37", "59A", "88"],
    ... )
    >>> tables = industry_tables(make, use, groups={"37": "steel", "59A": "cars"},
    ...                          removed=["88"], imports=[], real_estate=[])
    >>> tables.FLOW.round(9).to_numpy().tolist(), tables.compensation.to_dict()
    ([[21.0, 34.0, 45.0], [20.0, 80.0, 100.0]], {'steel': 59.0, 'cars': 86.0})
    """
    made, used = _text_labels(make, "make"), _text_labels(use, "use")
    weights, cut = read_groups(groups), set(removed)
    U = add_up(_without(used, cut), weights, "use", rows=True, columns=True)
    V = add_up(_without(made, cut), weights, "make", rows=True, columns=True)
    names = [group for group in weights.columns if group in V.index]
    _require_grouped(U, V, names)
    shares = _market_shares(V.loc[names], U)
    final = [code for code in U.columns if code not in set(names)]
    columns = pd.Index([*names, *final], name="downstream")
    USE = (shares @ U.reindex(index=shares.columns, columns=columns, fill_value=0.0)).rename_axis(
        index="upstream", columns="downstream"
    )
    CFLOW, cost, left_out = USE * 0.0, USE[names].rename_axis(columns="downstream"), 0.0
    no_capital = {*cut, *real_estate}
    if capital_flow is not None:
        bought = _text_labels(capital_flow, "capital flows")
        outside = [code for code in bought.columns if code in no_capital]
        left_out = float(bought[outside].to_numpy().sum())
        kept = _of_groups(bought, weights, no_capital, names, "capital flows")
        flows = shares @ kept.reindex(index=shares.columns, columns=columns, fill_value=0.0)
        CFLOW = flows.rename_axis(index="upstream", columns="downstream")
    if rental is not None:
        rents = _text_labels(rental, "rental costs")
        kept = _of_groups(rents, weights, no_capital, names, "rental costs")
        cost = cost + kept.reindex(index=names, columns=names, fill_value=0.0)
    industries = [code for code in made.index if code in weights.index and code not in cut]
    return IndustryTables(
        USE + CFLOW,
        cost,
        USE,
        CFLOW,
        _paid(used, imports, industries, weights, names).rename("imports"),
        _paid(used, compensation, industries, weights, names).rename("compensation"),
        tuple(names),
        tuple(final),
        {code: _money(used, code) for code in removed},
        left_out,
        capital_flow is not None,
        rental is not None,
    )


def _paid(
    use: pd.DataFrame,
    rows: Sequence[str],
    industries: list[str],
    weights: pd.DataFrame,
    names: list[str],
) -> pd.Series[float]:
    """Sum rows of the use table by group of the industries that pay."""
    strangers = [code for code in rows if code not in use.index]
    if strangers:
        raise InputError(
            f"imports and compensation: {show(strangers[0])} is no row of the use table. "
            f"{nearest(strangers[0], use.index)}"
        )
    table = add_up(use.loc[list(rows), industries], weights, "use", rows=False, columns=True)
    return table.sum(axis=0).reindex(pd.Index(names, name="downstream"), fill_value=0.0)


def _without(table: pd.DataFrame, codes: set[str]) -> pd.DataFrame:
    return table.loc[
        [code for code in table.index if code not in codes],
        [code for code in table.columns if code not in codes],
    ]


def _money(use: pd.DataFrame, code: str) -> float:
    """Absolute money in the row and the column of a code; 0 where the table has neither."""
    row = use.loc[[code] if code in use.index else []].to_numpy()
    column = use[[code] if code in use.columns else []].to_numpy()
    return float(abs(row).sum() + abs(column).sum())


def _require_grouped(U: pd.DataFrame, V: pd.DataFrame, names: list[str]) -> None:
    for what, labels in (
        ("row of the use table", U.index),
        ("row of the make table", V.index),
        ("column of the make table", V.columns),
    ):
        odd = [code for code in labels if code not in set(names)]
        if odd:
            raise InputError(
                f"groups: {show(odd[0])}, a {what}, is in no group; give it one, or name it among "
                "the removed."
            )


def _market_shares(V: pd.DataFrame, U: pd.DataFrame) -> pd.DataFrame:
    """MAKE: each column divided by its sum."""
    q = V.sum(axis=0)
    nobody = [code for code in U.index if q.get(code, 0.0) == 0 and (U.loc[code] != 0).any()]
    if nobody:
        raise InputError(
            f"make table: nobody makes {show(nobody[0])}, and {U.loc[nobody[0]].sum():,.6g} of it "
            "are used; name its codes among the removed, or merge the group with another."
        )
    made = V.loc[:, q != 0]
    return made / made.sum(axis=0)


def _of_groups(
    table: pd.DataFrame, weights: pd.DataFrame, cut: set[str], names: list[str], what: str
) -> pd.DataFrame:
    """Add a table up to groups, and refuse what is in none."""
    added = add_up(_without(table, cut), weights, what, rows=True, columns=True)
    for side, labels in (("row", added.index), ("column", added.columns)):
        odd = [code for code in labels if code not in set(names)]
        if odd:
            raise InputError(
                f"{what}: {side} {show(odd[0])} is in no group; spread or rename it, or name it "
                "among the removed."
            )
    return added
