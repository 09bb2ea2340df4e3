"""Domestic and imported inputs apart: from an import matrix, from import totals, by country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...core.errors import InputError, nearest, show
from ...core.labelled import MatrixLike, square
from ...core.labels import describe_difference, finite_numbers, text_labels
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, require_kind, texts_by_label
from ._make_and_use import MakeAndUse, require_output

__all__ = ["ImportsApart", "ImportsBySource", "imports_apart", "imports_by_source"]


@dataclass(frozen=True, slots=True)
class ImportsApart:
    """Inputs from home and from abroad, per unit of output.

    Parameters
    ----------
    S : LabelledMatrix, shape (N, N)
        All inputs of user i (row) of what supplier j (column) makes, home or abroad: domestic and
        imported add up to it.
    domestic, imported : LabelledMatrix, shape (N, N)
        The two parts. Imported goods are those of the industry that would make them here.
    imported_uses : pandas.DataFrame, shape (M, N + F)
        Imports of each commodity by user, in the tables' money.
    shares : pandas.Series, length M
        Imports in domestic use, by commodity.
    above_use : pandas.DataFrame
        Cells in which more is imported than used: ``commodity``, ``user``, ``imports``, ``use``;
        the domestic part of such a cell is negative. Kept, and listed here.
    proportional : bool
        Whether every user was given the same import share of a commodity.
    """

    S: LabelledMatrix
    domestic: LabelledMatrix
    imported: LabelledMatrix
    imported_uses: pd.DataFrame
    shares: pd.Series[float]
    above_use: pd.DataFrame
    proportional: bool


def imports_apart(
    tables: MakeAndUse,
    imports: pd.DataFrame | pd.Series[Any],
    *,
    exports: Sequence[str] = (),
    import_columns: Sequence[str] = (),
) -> ImportsApart:
    """Split inputs into domestic and imported ones.

    With an import matrix the split is what it says. With import totals every user at home takes
    the same share of imports of a commodity: imports over domestic use (the import proportionality
    assumption). Exports then hold no imports.

    Parameters
    ----------
    tables : MakeAndUse
        Checked tables; uses are of goods from home and abroad together.
    imports : pandas.DataFrame, shape (M, N or N + F); or pandas.Series, length M
        Imports in the tables' money, not negative in sum: by commodity and user, or by commodity.
        Commodities that are left out are not imported; more than the tables have are ignored, for
        they are in no flow.
    exports : sequence of str
        Final columns that go abroad; used with import totals alone.
    import_columns : sequence of str
        Final columns that hold imports as negative uses; they are no users.

    Returns
    -------
    ImportsApart
        ``S`` is that of ``technology_table(tables, "D")``.

    Raises
    ------
    InputError
        If a column is unknown, or a commodity is imported and no user at home takes any.

    References
    ----------
    Miller & Blair (2009), *Input–Output Analysis*, 2nd ed., §4.3 (competitive and other imports).
    BEA, *Concepts and Methods of the U.S. Input–Output Accounts* (2009), ch. 12, for the
    proportionality that its import matrices rest on.

    Examples
    --------
    >>> from spillgraph.analytics import make_and_use
    >>> make = pd.DataFrame({"steel": [90.0, 0], "cars": [10.0, 200]}, index=["steel", "cars"])
    >>> use = pd.DataFrame(
    ...     {"steel": [20.0, 21], "cars": [30.0, 84], "homes": [40, 115], "abroad": [9, 20],
    ...      "imports": [-9.0, -30]},
    ...     index=["steel", "cars"],
    ... )
    >>> tables = make_and_use(make, use, industries=["steel", "cars"],
    ...                       final_columns=["homes", "abroad", "imports"])
    >>> parts = imports_apart(tables, pd.Series({"steel": 9.0, "cars": 30.0}),
    ...                       exports=["abroad"], import_columns=["imports"])
    >>> parts.shares.round(4).to_dict()
    {'steel': 0.1, 'cars': 0.1364}
    """
    require_kind(tables, MakeAndUse, "make and use tables")
    for column in [*exports, *import_columns]:
        if column not in tables.final_uses.columns:
            raise InputError(
                f"{show(column)}: this final column is not in the use table. "
                f"{nearest(str(column), tables.final_uses.columns)}"
            )
    final = tables.final_uses.drop(columns=list(import_columns))
    uses = pd.concat([tables.use, final], axis=1).rename_axis(columns="user")
    proportional = isinstance(imports, pd.Series)
    if isinstance(imports, pd.Series):
        M = _spread(imports, uses, exports)
    else:
        M = _matrix(imports, uses, import_columns)
    home = uses.drop(columns=list(exports)).sum(axis=1)
    shares = (M.sum(axis=1) / home.where(home != 0)).rename("imports_in_use")
    goods, q = require_output(tables), tables.commodity_output.to_numpy()
    g: Vector = np.asarray(tables.gross_output, dtype=np.float64)
    T = sparse.csr_array((g / goods)[:, None] * tables.make.to_numpy() / q)
    industries = list(tables.industries)
    parts = {
        name: _shares_of(T, table[industries].to_numpy(), g, tables.industries, name)
        for name, table in (("S", uses), ("domestic", uses - M), ("imported", M))
    }
    return ImportsApart(
        parts["S"],
        parts["domestic"],
        parts["imported"],
        M,
        shares,
        _above(M, uses),
        proportional,
    )


def _shares_of(
    T: sparse.csr_array, U: Vector, g: Vector, labels: tuple[str, ...], name: str
) -> LabelledMatrix:
    flows = T @ U / np.where(g == 0, 1.0, g)
    return LabelledMatrix.build(name, flows.T, labels, unit="share")


def _spread(imports: pd.Series[Any], uses: pd.DataFrame, exports: Sequence[str]) -> pd.DataFrame:
    """Imports by user, in proportion to the uses at home."""
    given = imports.set_axis(text_labels(imports.index, "imports"))
    total = given.reindex(uses.index).fillna(0.0).astype(np.float64)
    home = uses.copy()
    home[list(exports)] = 0.0
    supply = home.sum(axis=1)
    nobody = total.index[((total != 0) & (supply == 0)).to_numpy()]
    if len(nobody):
        raise InputError(
            f"imports: {total[nobody[0]]:,.6g} of commodity {show(nobody[0])} come in and no user "
            "at home takes any; correct the imports, or name fewer exports."
        )
    return home.mul((total / supply.where(supply != 0, 1.0)).to_numpy(), axis=0)


def _matrix(imports: Any, uses: pd.DataFrame, negative: Sequence[str]) -> pd.DataFrame:
    """Read an import matrix in the order of the uses; what it has no cell for is 0."""
    require_kind(imports, pd.DataFrame, "imports")
    rows = text_labels(imports.index, "imports, rows")
    columns = text_labels(imports.columns, "imports, columns")
    strangers = [c for c in columns if c not in {*uses.columns, *negative}]
    if strangers:
        raise InputError(
            f"imports: {show(strangers[0])} is a column of the import matrix and no user of the "
            f"use table; leave out totals. {nearest(strangers[0], uses.columns)}"
        )
    if not set(rows) & set(uses.index):
        odd = describe_difference(rows, list(uses.index))
        raise InputError(f"imports: no row is a commodity of the tables ({odd}).")
    numbers = pd.DataFrame(finite_numbers(imports, rows, columns, "imports"), rows, columns)
    return numbers.reindex(index=uses.index, columns=uses.columns).fillna(0.0)


def _above(M: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """Cells with more imports than use, beyond rounding."""
    m, u = M.to_numpy(), uses.to_numpy()
    i, j = np.nonzero((m > 0) & (m - u > 1e-9 * np.maximum(np.abs(m), np.abs(u))))
    return pd.DataFrame(
        {
            "commodity": uses.index[i],
            "user": uses.columns[j],
            "imports": m[i, j],
            "use": u[i, j],
        }
    )


@dataclass(frozen=True, slots=True)
class ImportsBySource:
    """Inputs of country-sectors from home and from each country.

    Parameters
    ----------
    domestic, imported : LabelledMatrix, shape (N, N)
        Inputs from the user's own country, and from all others; they add up to the matrix.
    by_country : pandas.DataFrame, shape (N, countries)
        Inputs of each user (rows) from each country (columns), all sectors together; its own
        country's column is domestic.
    by_sector : pandas.DataFrame, shape (N, sectors)
        Imported inputs of each user from each sector, all foreign countries together. Empty if no
        sectors were given.
    """

    domestic: LabelledMatrix
    imported: LabelledMatrix
    by_country: pd.DataFrame
    by_sector: pd.DataFrame


def imports_by_source(M: MatrixLike, country: Any, sector: Any = None) -> ImportsBySource:
    """Split a table of many countries into home and abroad, with foreign blocks added up.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Flows or shares of country-sectors, ``[user, supplier]``.
    country : pandas.Series, length N
        Country of each country-sector.
    sector : pandas.Series, length N, optional
        Sector of each, the same names in all countries.

    Returns
    -------
    ImportsBySource
        In the unit of M.

    Raises
    ------
    InputError
        If labels disagree or a country-sector has no country.

    References
    ----------
    OECD, *Inter-Country Input–Output Tables*, layout of the blocks.

    Examples
    --------
    >>> S = LabelledMatrix.build("S", [[0.2, 0.3], [0.1, 0.4]], ["DE_cars", "FR_cars"])
    >>> parts = imports_by_source(S, pd.Series({"DE_cars": "DE", "FR_cars": "FR"}))
    >>> parts.by_country.loc["DE_cars"].to_dict(), parts.imported.sum()
    ({'DE': 0.2, 'FR': 0.3}, 0.4)
    """
    A = square(M, "S")
    homes = texts_by_label(country, A.rows, "country")
    coo = sparse.coo_array(A.values)
    abroad = homes[coo.row] != homes[coo.col]
    parts = []
    for keep, name in ((~abroad, "domestic"), (abroad, "imported")):
        values = sparse.csr_array((coo.data[keep], (coo.row[keep], coo.col[keep])), coo.shape)
        parts.append(replace(A, name=f"{A.name}, {name}", values=values))
    index = pd.Index(A.rows, name="user")
    by_sector = pd.DataFrame(index=index)
    if sector is not None:
        by_sector = _sum_columns(parts[1], texts_by_label(sector, A.rows, "sector"), index)
    return ImportsBySource(parts[0], parts[1], _sum_columns(A, homes, index), by_sector)


def _sum_columns(M: LabelledMatrix, names: np.ndarray, index: pd.Index) -> pd.DataFrame:
    """Add up columns of one name; names in the order of their first column."""
    codes, distinct = pd.factorize(names)
    ones = np.ones(len(codes))
    sums = M.values @ sparse.csr_array(
        (ones, (np.arange(len(codes)), codes)), (len(codes), len(distinct))
    )
    return pd.DataFrame(sums.toarray(), index, pd.Index(distinct))
