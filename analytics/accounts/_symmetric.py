"""From a printed input–output table, industry by industry, to what S is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...core.errors import InputError
from ...core.labels import finite_numbers, require_printed, text_labels
from ...core.matrix import LabelledMatrix
from ..linalg._labels import require_kind
from ._totals import find_totals

__all__ = ["SymmetricTable", "symmetric_table"]


@dataclass(frozen=True, slots=True)
class SymmetricTable:
    """A symmetric table in the orientation of this project.

    Parameters
    ----------
    Z : LabelledMatrix, shape (N, N)
        What user i (row) bought from supplier j (column): the printed table, turned round.
    gross_output : pandas.Series, length N
        Sales of each industry: to users and to final demand, in the table's money.
    final_demand : pandas.Series, length N
        Its sales to final demand.
    value_added : pandas.Series, length N
        Its payments that are no inputs: the value-added rows.
    imbalance : pandas.Series, length N
        Payments (inputs and value added) less sales; 0 in a balanced table.
    """

    Z: LabelledMatrix
    gross_output: pd.Series[float]
    final_demand: pd.Series[float]
    value_added: pd.Series[float]
    imbalance: pd.Series[float]


def symmetric_table(
    table: pd.DataFrame,
    *,
    final_demand: Sequence[str],
    value_added: Sequence[str],
    left_out: Sequence[str] = (),
    unit: str = "",
    year: int | None = None,
) -> SymmetricTable:
    """Take a printed table apart: rows are suppliers, columns users, as statistical offices print.

    Parameters
    ----------
    table : pandas.DataFrame
        Industries and value-added rows by industries and final-demand columns, in money.
    final_demand : sequence of str
        Columns that are final demand.
    value_added : sequence of str
        Rows that are value added; imported inputs, too, if they are one row.
    left_out : sequence of str
        Rows and columns that are neither, such as totals.
    unit : str
        Money unit.
    year : int, optional
        Year of the table.

    Returns
    -------
    SymmetricTable
        Industries in the order of the columns; :func:`~spillgraph.analytics.production_shares`
        takes ``Z`` and ``gross_output``.

    Raises
    ------
    InputError
        If a label repeats, a named row or column is not there, or the rest of rows and columns
        are not the same industries: no line of the table is dropped without a word.

    References
    ----------
    Miller & Blair (2009), *Input–Output Analysis*, 2nd ed., §2.2. Li et al. (2024), 30th IIOA
    conference, §3.1: S is the transpose of the printed coefficients.

    Examples
    --------
    >>> printed = pd.DataFrame(
    ...     {"steel": [20.0, 30, 50], "cars": [20.0, 80, 100], "homes": [60.0, 90, 0]},
    ...     index=["steel", "cars", "wages"],
    ... )
    >>> parts = symmetric_table(printed, final_demand=["homes"], value_added=["wages"])
    >>> parts.Z.to_frame().loc["steel", "cars"], parts.gross_output.to_dict()
    (np.float64(30.0), {'steel': 100.0, 'cars': 200.0})
    """
    require_kind(table, pd.DataFrame, "symmetric table")
    require_printed(table, "symmetric table")
    rows = text_labels(table.index, "symmetric table, rows")
    columns = text_labels(table.columns, "symmetric table, columns")
    final_demand, value_added, left_out = (
        text_labels([names] if isinstance(names, str) else names, what)
        for names, what in (
            (final_demand, "final demand"),
            (value_added, "value added"),
            (left_out, "left out"),
        )
    )
    _require_labels(final_demand, columns, "final demand", "column")
    _require_labels(value_added, rows, "value added", "row")
    _require_labels(left_out, [*rows, *columns], "left out", "row or column")
    users = [label for label in columns if label not in {*final_demand, *left_out}]
    suppliers = [label for label in rows if label not in {*value_added, *left_out}]
    _require_same_industries(users, suppliers)
    used = table.set_axis(rows).set_axis(columns, axis=1)
    used = used.loc[[*suppliers, *value_added], [*users, *final_demand]]
    # Where payments meet final demand a printed table is often empty, and nothing is read there.
    used.loc[list(value_added), list(final_demand)] = 0.0
    numbers = pd.DataFrame(
        finite_numbers(used, [*used.index], [*used.columns], "symmetric table"),
        index=used.index,
        columns=used.columns,
    )
    _refuse_totals(numbers.loc[suppliers, users], numbers.loc[[*suppliers, *value_added], users])
    flows = numbers.loc[users, users]
    demand = numbers.loc[users, list(final_demand)].sum(axis=1)
    added = numbers.loc[list(value_added), users].sum(axis=0)
    sales = flows.sum(axis=1) + demand
    return SymmetricTable(
        LabelledMatrix.build("Z", flows.to_numpy().T, users, unit=unit, year=year),
        sales.rename("gross_output"),
        demand.rename("final_demand"),
        added.rename("value_added"),
        (flows.sum(axis=0) + added - sales).rename("imbalance"),
    )


def _refuse_totals(flows: pd.DataFrame, payments: pd.DataFrame) -> None:
    """Refuse a row of totals that was taken for an industry: it would count everything twice."""
    for whole in (flows, payments):
        total = whole.sum(axis=0)
        twice = (2.0 * flows - total).abs().max(axis=1) <= 1e-9 * total.abs().max()
        if twice.any() and len(flows) > 2:
            raise InputError(
                f"symmetric table: row {twice.idxmax()!r} is the sum of the others; name it as "
                "left out."
            )
    for side, table in (("row", flows), ("column", flows.T)):
        for sum_ in filter(lambda candidate: candidate.proven, find_totals(table)):
            raise InputError(
                f"symmetric table: {side} {sum_.label!r} is the sum of {sum_.addends} others, "
                f"{sum_.first!r} to {sum_.last!r}; name it as left out."
            )


def _require_same_industries(users: Sequence[str], suppliers: Sequence[str]) -> None:
    odd = sorted(set(users) ^ set(suppliers))
    if odd:
        raise InputError(
            "symmetric table: the rest of its rows and columns must be the same industries; "
            f"{', '.join(map(repr, odd[:5]))} is only one of the two. Name it as final demand, "
            "value added or left out."
        )


def _require_labels(named: Sequence[str], there: Sequence[str], what: str, side: str) -> None:
    missing = [label for label in named if label not in set(there)]
    if missing:
        raise InputError(f"symmetric table: {what} {missing[0]!r} is not a {side} of the table.")
