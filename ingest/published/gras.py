"""A table that does not balance, changed as little as possible until it does: GRAS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...analytics.accounts import Balanced, balance_gras
from ...core.errors import InputError
from ...core.matrix import LabelledMatrix
from .balances import identities, sum_by, unit_between
from .table import COLUMNS, PublishedTable

__all__ = ["balanced"]

#: A cell that changes by more than this share of itself is counted.
MUCH = 0.01
#: Changes of so little of all cells are rounding.
NOTHING = 1e-9
#: What lines are called: a sector sells and pays, and rows of payments and final uses stand beside.
SOLD, BOUGHT, PAID, USED = "sales of ", "costs of ", "payment ", "final use "
_Cells = pd.DataFrame


def balanced(table: PublishedTable) -> PublishedTable:
    """Change the cells as little as possible until rows and columns add up.

    What sectors sell and pay becomes their output, what is used of a commodity what is supplied of
    it; make and supply tables stay. Columns of final uses keep their totals, and rows of payments
    theirs but for one factor, which brings both sides of the table to one sum.

    Parameters
    ----------
    table : PublishedTable

    Returns
    -------
    PublishedTable
        Signs stay, and 0 stays 0.

    Raises
    ------
    InputError
        If there are no payments or final uses, or zeros and signs do not allow the totals.
    """
    if table.payments.empty or table.final_uses.empty:
        missing = "payments (value added)" if table.payments.empty else "final uses"
        raise InputError(
            f"{table.source}: --balance needs rows of payments and columns of final uses, and the "
            f"file has no {missing}."
        )
    _require_one_unit(table)
    cells = _cells(table)
    rows, columns = (cells[name].to_numpy(dtype=object) for name in ("row", "column"))
    values = cells["value"].to_numpy(float)
    row_sums = pd.Series(values).groupby(rows).sum()
    column_sums = pd.Series(values).groupby(columns).sum()
    output = table.output.set_index("industry")["gross_output"].astype(float)
    supplied, between = output, identities(table)[-1]
    if not table.is_symmetric:
        output, supplied = sum_by(table.make, "industry"), between.left
    up = _targets(row_sums, supplied, SOLD, between.rounded)
    across = _targets(column_sums, output, BOUGHT, between.rounded)
    paid = [label for label in up.index if label.startswith(PAID)]
    whole = float(up[paid].sum())
    factor = (float(across.sum()) - float(up.sum()) + whole) / whole if whole else float("nan")
    if not factor > 0:
        raise InputError(
            f"{table.source}: --balance: final uses sum to "
            f"{across.sum() - output.sum():,.6g} and payments to {whole:,.6g}; no factor brings "
            "them to one sum. Correct the table first."
        )
    up[paid] *= factor
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # where it is not met
            found = balance_gras(_matrix(cells, up.index, across.index), up, across)
    except InputError as error:
        raise InputError(f"{table.source}: --balance: {error}") from None
    after = _values(found, cells, up.index, across.index)
    return _changed(table, cells.assign(after=after), factor, found)


def _require_one_unit(table: PublishedTable) -> None:
    """Refuse tables whose parts are in different units: balanced cells would be off by powers."""
    for identity in identities(table):
        if power := unit_between(identity):
            raise InputError(
                f"{table.source}: --balance: {identity.what}: {identity.left.sum():,.6g} against "
                f"{identity.right.sum():,.6g}, {10.0 ** abs(power):,g} times as much on one side. "
                "Bring the table into one unit first."
            )


def _cells(table: PublishedTable) -> _Cells:
    """Return all cells that may change, with the long table that each is of."""
    inputs = ("flows", "supplier", "user") if table.is_symmetric else ("use", "commodity", "user")
    parts = []
    for name, row, column, row_kind, column_kind in (
        (*inputs, SOLD, BOUGHT),
        ("final_demand", "supplier", "use", SOLD, USED),
        ("value_added", "part", "industry", PAID, BOUGHT),
        ("imports", "part", "industry", PAID, BOUGHT),
        ("final_payments", "part", "use", PAID, USED),
    ):
        frame = getattr(table, name)
        parts.append(
            pd.DataFrame(
                {
                    "of": name,
                    "row": row_kind + frame[row].astype(object),
                    "column": column_kind + frame[column].astype(object),
                    "cell": frame[row].astype(object) + " → " + frame[column].astype(object),
                    "value": frame["value"].astype(float),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _targets(
    sums: pd.Series[float], wanted: pd.Series[float], kind: str, rounded: float
) -> pd.Series[float]:
    """Return the totals that lines shall have: those wanted, others as they are.

    A line without a cell cannot be changed; what rounding explains is no reason to refuse it.
    """
    given = wanted.set_axis([f"{kind}{label}" for label in wanted.index])
    given = given[(given.abs() > rounded) | given.index.isin(sums.index)]
    return given.combine_first(sums.astype(float))


def _places(cells: _Cells, rows: pd.Index, columns: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    sides = ((rows, "row"), (columns, "column"))
    at, to = (index.get_indexer(pd.Index(cells[name])) for index, name in sides)
    return at, to


def _matrix(cells: _Cells, rows: pd.Index, columns: pd.Index) -> LabelledMatrix:
    at = _places(cells, rows, columns)
    values = sparse.csr_array((cells["value"], at), (len(rows), len(columns)))
    return LabelledMatrix.build("Z", values, list(rows), list(columns))


def _values(found: Balanced, cells: _Cells, rows: pd.Index, columns: pd.Index) -> np.ndarray:
    """Return the balanced values of cells: a r s where they are above 0, a/(r s) below."""
    at, to = _places(cells, rows, columns)
    by = found.row_factors.to_numpy()[at] * found.column_factors.to_numpy()[to]
    values = cells["value"].to_numpy(float)
    after: np.ndarray = np.where(values >= 0, values * by, values / by)
    return after


def _changed(
    table: PublishedTable, cells: _Cells, factor: float, found: Balanced
) -> PublishedTable:
    parts: dict[str, Any] = {}
    for name in dict.fromkeys(cells["of"]):
        own = cells.loc[cells["of"] == name, "after"].to_numpy()
        parts[name] = getattr(table, name).assign(value=own)
    return replace(
        table,
        **parts,
        totals=table.totals.iloc[:0].reindex(columns=list(COLUMNS["totals"])),
        notes=(*table.notes, *_told(table, cells, factor, found)),
    )


def _told(table: PublishedTable, cells: _Cells, factor: float, found: Balanced) -> Sequence[str]:
    off = max((each.misfit for each in identities(table)), default=0.0)
    change = (cells["after"] - cells["value"]).abs()
    whole = float(cells["value"].abs().sum())
    if float(change.sum()) <= NOTHING * whole:
        return ("balanced by GRAS: rows and columns add up already, and no cell is changed",)
    much = change > MUCH * cells["value"].abs()
    worst = cells.iloc[int(np.argmax(change.to_numpy()))]
    return (
        f"balanced by GRAS in {found.rounds:,} rounds: gaps were {off:.3%} of output; all changes "
        f"are {change.sum() / whole:.3%} of all cells, {int(much.sum()):,} of "
        f"{len(cells):,} cells change by more than {MUCH:.0%}, most {worst['cell']} from "
        f"{worst['value']:,.6g} to {worst['after']:,.6g}; payments times {factor:.6g}",
    )
