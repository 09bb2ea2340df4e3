"""Do the accounts of a table add up? Output against what is paid, and against what is sold.

Two identities hold in every input–output table, sector by sector: gross output is inputs, value
added and imported inputs; and it is sales to users and to final demand. No check of single rows
sees a table in another unit, turned round, or with its totals inside; these two do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, require_kind, square

__all__ = [
    "MEASURES",
    "Accounts",
    "Identity",
    "check_accounts",
    "gaps",
    "identities",
    "missed_share",
]

#: What is known of a sector's output, in the columns of a table.
MEASURES = ("gross_output", "value_added", "final_demand", "imports")


@dataclass(frozen=True, slots=True)
class Identity:
    """One of the two identities over all sectors where both sides are known.

    Parameters
    ----------
    gap : pandas.Series, indexed by sector
        Gross output less what it should be the sum of, in money; NaN where a part is missing.
    misfit : float
        Sum of the absolute gaps in the sum of gross output, of the sectors that can be checked;
        NaN where none can.
    median : float
        Median of the sectors' relative errors.
    checked : int
        Sectors that can be checked.
    """

    gap: pd.Series[float]
    misfit: float
    median: float
    checked: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the accounts of one year say.

    Parameters
    ----------
    flows : LabelledMatrix, shape (N, N)
        Z: what the row bought from the column, in money.
    table : pandas.DataFrame, indexed by sector
        ``inputs`` and ``sales`` of the flows, and the columns of :data:`MEASURES`, in money; NaN
        is missing. A sector without a row of output has NaN there, and its flows. Of make and
        use tables a study's inputs hold what is paid for scrap, too.
    paid : Identity
        Gross output = inputs + value added + imports (where they are known of any sector).
    sold : Identity
        Gross output = sales + final demand.
    """

    flows: LabelledMatrix
    table: pd.DataFrame
    paid: Identity
    sold: Identity

    @property
    def misfit(self) -> float:
        """The larger misfit of the two identities; NaN where neither can be checked."""
        known = [
            identity.misfit for identity in (self.paid, self.sold) if np.isfinite(identity.misfit)
        ]
        return max(known, default=float("nan"))

    @property
    def checked(self) -> pd.Series[bool]:
        """Whether at least one of the two identities can be checked, of sectors with an output."""
        known = self.paid.gap.notna() | self.sold.gap.notna()
        return known[self.table["gross_output"].notna()]

    @property
    def coverage(self) -> float:
        """Share of gross output of the sectors that can be checked; NaN without any output."""
        x = self.table["gross_output"].dropna().clip(lower=0.0)
        whole = float(x.sum())
        return float(x[self.checked].sum()) / whole if whole else float("nan")

    def errors(self) -> pd.DataFrame:
        """Return the relative error of every sector in both identities, columns as the fields.

        A sector without output has no relative error.
        """
        x = self.table["gross_output"].where(self.table["gross_output"] > 0)
        return pd.DataFrame({"paid": self.paid.gap / x, "sold": self.sold.gap / x})

    def worst(self, number: int = 5) -> pd.DataFrame:
        """Return the sectors whose error is largest, both errors of each, the largest first."""
        errors = self.errors()
        largest = errors.abs().max(axis=1).dropna()
        order = largest[largest > 1e-9].sort_values(ascending=False, kind="stable").index[:number]
        return errors.loc[order]


def check_accounts(Z: MatrixLike, output: pd.DataFrame) -> Accounts:
    """Hold flows against output, value added, final demand and imports, sector by sector.

    Parameters
    ----------
    Z : LabelledMatrix, frame or array, shape (N, N)
        What user i (row) bought from supplier j (column), in money. Residuals and sectors without
        output may be among the labels: their flows count as inputs and sales of the others.
    output : pandas.DataFrame, indexed by sector
        ``gross_output`` and any of ``value_added``, ``final_demand`` and ``imports``; NaN is
        missing and never 0. A column that is not there is missing in every sector; where
        ``imports`` are missing in every sector, they are part of the gap.

    Returns
    -------
    Accounts

    Raises
    ------
    InputError
        If a sector occurs twice.

    References
    ----------
    Miller & Blair (2009), *Input–Output Analysis*, 2nd ed., §2.2.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z, output
    >>> accounts = check_accounts(Z, output.assign(value_added=[50, 80]))
    >>> accounts.paid.gap.to_dict(), accounts.sold.gap.to_dict()
    ({'steel': 0.0, 'cars': 20.0}, {'steel': 0.0, 'cars': 0.0})
    >>> round(accounts.misfit, 4), accounts.errors().loc["cars", "paid"]
    (0.0667, np.float64(0.1))
    """
    require_kind(output, pd.DataFrame, "output")
    Z = square(Z, "Z", like=output, role="Z")
    _require_measures(output)
    output = output.set_axis([str(label) for label in output.index])
    if output.index.has_duplicates:
        raise InputError(f"output: {output.index[output.index.duplicated()][0]!r} occurs twice.")
    inputs = pd.Series(np.asarray(Z.values.sum(axis=1), float), list(Z.rows))
    sales = pd.Series(np.asarray(Z.values.sum(axis=0), float), list(Z.columns))
    labels = [*output.index, *(label for label in Z.rows if label not in output.index)]
    table = output.reindex(index=labels, columns=list(MEASURES)).astype(float)
    table.insert(0, "inputs", inputs.reindex(labels).fillna(0.0))
    table.insert(1, "sales", sales.reindex(labels).fillna(0.0))
    paid, sold = identities(table)
    return Accounts(Z, table, paid, sold)


def _require_measures(output: pd.DataFrame) -> None:
    """Refuse a frame of which nothing could be checked: its columns are called otherwise."""
    names = [str(name) for name in output.columns]
    others = [name for name in names if name not in MEASURES]
    if "gross_output" not in names:
        hint = f" Its columns are {', '.join(map(repr, names[:5]))}." if names else ""
        raise InputError(
            f"output: a column 'gross_output' is needed; rename the one that holds it.{hint}"
        )
    if others and not {"value_added", "final_demand"} & set(names):
        raise InputError(
            f"output: there is neither a column 'value_added' nor 'final_demand'. If "
            f"{', '.join(map(repr, others[:5]))} is one of them, rename it; else leave it out."
        )


def identities(table: pd.DataFrame) -> tuple[Identity, Identity]:
    """Return both identities of a table with the columns of :class:`Accounts`.

    Parameters
    ----------
    table : DataFrame
        ``inputs``, ``sales`` and the columns of :data:`MEASURES`.

    Returns
    -------
    paid, sold : Identity

    Examples
    --------
    >>> nothing = [float("nan")]
    >>> paid, sold = identities(pd.DataFrame({"inputs": [6.0], "sales": [3.0],
    ...     "gross_output": [10.0], "value_added": [4.0], "final_demand": [6.0],
    ...     "imports": nothing}))
    >>> paid.misfit, sold.misfit
    (0.0, 0.1)
    """
    columns = {str(name): table[name].to_numpy(dtype=np.float64) for name in table}
    x = columns["gross_output"]
    first, second = (_identity(table.index, x, gap) for gap in gaps(columns))
    return first, second


def gaps(columns: Mapping[str, Vector]) -> tuple[Vector, Vector]:
    """Return what is missing to gross output in both identities.

    Parameters
    ----------
    columns : mapping of str to ndarray, each of length N
        The columns of :class:`Accounts`.

    Returns
    -------
    paid, sold : ndarray, length N
        NaN where a part is missing; imports that are missing in every sector are part of the gap.

    Examples
    --------
    >>> names = ("gross_output", "inputs", "value_added", "imports", "sales", "final_demand")
    >>> gaps({name: np.array([amount]) for name, amount in zip(names, (9., 4., 3., 1., 6., 2.))})
    (array([1.]), array([1.]))
    """
    x, imports = columns["gross_output"], columns["imports"]
    if np.isnan(imports).all():  # nobody looked: else the one without has no number, and not none
        imports = np.zeros(len(x))
    paid = x - columns["inputs"] - columns["value_added"] - imports
    return paid, x - columns["sales"] - columns["final_demand"]


def missed_share(x: Vector, gap: Vector) -> float:
    """Return the sum of absolute gaps as a share of output, where they are known.

    Parameters
    ----------
    x, gap : ndarray, length N
        Gross output, and a gap of :func:`gaps`.

    Returns
    -------
    float
        NaN where nothing is known.

    Examples
    --------
    >>> missed_share(np.array([6.0, 4.0, 9.0]), np.array([1.0, -1.0, np.nan]))
    0.2
    """
    known = ~np.isnan(gap)
    total, size = float(np.abs(gap[known]).sum()), float(np.abs(x[known]).sum())
    return total / size if size else (float("inf") if total else float("nan"))


def _identity(index: pd.Index, x: Vector, gap: Vector) -> Identity:
    known = ~np.isnan(gap)
    counted = known & (x > 0)
    median = float(np.median(np.abs(gap[counted] / x[counted]))) if counted.any() else float("nan")
    return Identity(pd.Series(gap, index), missed_share(x, gap), median, int(known.sum()))
