"""Imports out of the uses of a use table: from an import matrix, or in proportion."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ...analytics.accounts import MakeAndUse, imports_apart
from ...core.errors import InputError, show, show_some
from .frames import naming, tables_of
from .import_matrix import read_import_matrix, require_same_imports
from .table import COLUMNS, PublishedTable
from .traded import is_export, is_import

__all__ = ["IMPORTED", "domestic_use"]

#: What the row of imports is called.
IMPORTED = "imports"
#: So many cells are named.
NAMED = 3
#: What is left of imports by rounding, as a share of them.
SMALL = 1e-9


def domestic_use(
    table: PublishedTable,
    matrix: str | Path | None = None,
    scrap: Collection[str] = (),
    imports: Collection[str] = (),
    exports: Collection[str] = (),
    totals: str = "stop",
) -> PublishedTable:
    """Take imports out of the uses; they become the row ``imports``.

    Parameters
    ----------
    table : PublishedTable
        Make and use tables whose uses are of goods from home and abroad.
    matrix : str or Path, optional
        A file of imports by commodity and user. Without it all uses at home have the same share of
        imports: imports by commodity over use at home. Exports hold none, but of commodities of
        which more is imported than used at home.
    scrap : collection of str
        Commodities that are scrap, beside those known: they are in no flow, and stay as they are.
    imports, exports : collection of str
        Columns that hold imports or exports, where their names do not say it.
    totals : str
        ``"warn"`` takes a matrix whose imports are not those of the columns, too.

    Returns
    -------
    PublishedTable
        Uses of what is made here. Columns of imports hold what could not be parted, so that
        commodities balance as before.

    Raises
    ------
    InputError
        If no column of imports is there, or the matrix does not fit the tables.
    """
    columns = [
        code
        for frame, name in ((table.final_demand, "use"), (table.supply, "part"))
        for code in dict.fromkeys(frame[name])
        if (code in imports if imports else is_import(table, code))
    ]
    both = next((code for code in imports if code in exports), None)
    if both is not None:
        raise InputError(f"{table.source}: {show(both)} is named as imports and as exports.")
    for code in [*imports, *exports]:
        if code not in {*table.final_demand["use"], *table.supply["part"]}:
            raise InputError(f"{table.source}: no column of final uses or supply is {show(code)}.")
    if not columns:
        finals = show_some(list(dict.fromkeys(table.final_demand["use"])))
        raise InputError(
            f"{table.source}: no column holds imports by commodity. They are a final use below 0 "
            "(F050, P7, imports) or a column of the supply table (MCIF, IMP); final uses are "
            f"{finals}. Name it by --import-column, or leave --domestic out: uses are then of "
            "domestic goods already, or cannot be parted."
        )
    with naming(table):
        tables = tables_of(table, scrap)
    total = -tables.final_uses[columns].sum(axis=1)
    if not total.sum() > 0:
        raise InputError(
            f"{table.source}: imports ({', '.join(columns)}) are {-total.sum():,.6g} in all; they "
            "are a final use below 0, or above 0 in a supply table. Change their sign, or name "
            "another column by --import-column."
        )
    abroad = [
        code
        for code in map(str, tables.final_uses.columns)
        if (code in exports if exports else is_export(table, code))
    ]
    if matrix is None:
        with naming(table):
            added = [part for part in dict.fromkeys(table.supply["part"]) if part not in columns]
            parts = _in_proportion(tables, total, columns, abroad, added)
    else:
        parts = _as_said(tables, total, columns, Path(matrix), table, totals)
    imported = parts.uses
    left = (1 - imported.sum(axis=1) / total.where(total != 0)).fillna(1.0)
    taken = _rows(imported, table.year)
    inside = taken["user"].isin(set(table.sectors["code"]))
    final = taken[~inside].rename(columns={"commodity": "supplier", "user": "use"})
    demand = _left(table.final_demand, "use", "supplier", columns, left)
    payments = pd.DataFrame([(IMPORTED, "imports")], columns=list(COLUMNS["payments"]))
    return replace(
        table,
        use=_less(table.use, taken[inside], ("commodity", "user")),
        final_demand=_less_final(demand, final, table.final_uses),
        supply=_left(table.supply, "part", "commodity", columns, left),
        payments=pd.concat([table.payments, payments], ignore_index=True),
        imports=_sums(taken[inside], "user", "industry", table.year),
        final_payments=pd.concat(
            [table.final_payments, _sums(taken[~inside], "user", "use", table.year)],
            ignore_index=True,
        ),
        totals=table.totals.iloc[:0],
        notes=(*table.notes, *_told(parts, total, table, columns)),
        domestic=True,
        exports=tuple(abroad),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Imports by commodity and user, how they were found, and cells with more imports than use."""

    uses: pd.DataFrame
    how: str
    above: pd.DataFrame
    notes: tuple[str, ...] = ()


def _as_said(
    tables: MakeAndUse,
    total: pd.Series[float],
    columns: list[str],
    path: Path,
    table: PublishedTable,
    totals: str,
) -> _Parts:
    """Return imports by user as a file says."""
    goods = [*tables.commodities, *tables.unsupplied.index]
    goods += [code for code in table.commodities["code"] if code not in goods]
    users = [*tables.industries, *map(str, tables.final_uses.columns)]
    matrix = read_import_matrix(path, table.year, goods, users)
    mine = matrix.drop(columns=[code for code in columns if code in matrix])
    if totals == "stop":
        require_same_imports(str(path), mine, total)
    with naming(table):
        found = imports_apart(tables, matrix, import_columns=columns)
    notes = []
    nowhere = mine.drop(index=[code for code in tables.commodities if code in mine.index])
    nowhere = nowhere[(nowhere != 0).any(axis=1)]
    if len(nowhere):
        notes.append(
            f"{path.name}: imports of {nowhere.to_numpy().sum():,.6g} are of commodities that no "
            f"industry makes, or scrap, and stay as they are: {show_some(list(nowhere.index))}"
        )
    cells = pd.Series(found.imported_uses.stack())
    below = cells[cells < 0].sort_values(kind="stable")
    if len(below):
        named = ", ".join(
            f"{row} → {user} {value:,.6g}"
            for (row, user), value in zip(below.index[:NAMED], below, strict=False)
        )
        notes.append(
            f"{path.name}: {len(below):,} imports are below 0, {below.sum():,.6g} in all, and add "
            f"to domestic uses: {named}"
        )
    return _Parts(found.imported_uses, f"as {path.name} says", found.above_use, tuple(notes))


def _in_proportion(
    tables: MakeAndUse,
    total: pd.Series[float],
    columns: list[str],
    exports: list[str],
    added: list[str],
) -> _Parts:
    """Return imports by user, the same share of a commodity's imports for all at home.

    Margins and taxes that a supply table adds stand among the uses, below 0, and are no users.
    """
    others = tables.final_uses.drop(columns=[*columns, *exports, *added])
    home = tables.use.sum(axis=1) + others.sum(axis=1)
    whole = home + tables.final_uses[exports].sum(axis=1)
    plain = total.where((total > 0) & (total <= home), 0.0)
    through = total.where((total > home) & (total > 0) & (total <= whole * (1 + 1e-6)), 0.0)
    first = imports_apart(tables, plain, exports=[*exports, *added], import_columns=columns)
    second = imports_apart(tables, through, exports=added, import_columns=columns)
    above = pd.concat([first.above_use, second.above_use], ignore_index=True)
    how = (
        "every user at home with the same share of a commodity's imports, exports "
        f"({', '.join(exports) or 'none is known'}) with none"
    )
    if through.any():
        how += (
            f"; of {show_some([str(code) for code in through.index[through > 0]])} more comes in "
            "than is used at home, and exports have their share"
        )
    return _Parts(first.imported_uses + second.imported_uses, how, above)


def _rows(matrix: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the cells of imports by commodity and user, a row a cell."""
    values = matrix.to_numpy(float)
    row, column = np.nonzero(values)
    return pd.DataFrame(
        {
            "commodity": np.asarray(matrix.index, dtype=object)[row],
            "user": np.asarray(matrix.columns, dtype=object)[column],
            "year": np.full(len(row), year, dtype=np.int64),
            "value": values[row, column],
        }
    )


def _less(frame: pd.DataFrame, taken: pd.DataFrame, keys: tuple[str, str]) -> pd.DataFrame:
    """Subtract cells from those of a long table; what is 0 then goes."""
    names = [*keys, "year", "value"]
    plain = frame[names].astype({keys[0]: object, keys[1]: object, "value": float})
    both = pd.concat([plain, taken[names].assign(value=-taken["value"])], ignore_index=True)
    size = both["value"].abs().groupby([both[key] for key in keys], sort=False).max()
    added = both.groupby(list(keys), sort=False)["value"].sum()
    kept = added[added.abs() > 1e-12 * size].reset_index()
    kept.insert(2, "year", int(plain["year"].iloc[0]) if len(plain) else 0)
    return kept


def _less_final(demand: pd.DataFrame, taken: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    left = _less(demand, taken, ("supplier", "use"))
    about = uses.set_index("use")
    for name in ("country", "kind"):
        left[name] = left["use"].map(about[name]).fillna("")
    return left[list(COLUMNS["final_demand"])]


def _sums(taken: pd.DataFrame, by: str, name: str, year: int) -> pd.DataFrame:
    """Return what each user imports, as a row of payments."""
    sums = taken.groupby(by, sort=False)["value"].sum()
    return pd.DataFrame(
        {"part": IMPORTED, name: sums.index, "year": year, "value": sums.to_numpy(float)}
    )


def _left(
    frame: pd.DataFrame, column: str, row: str, columns: list[str], left: pd.Series[float]
) -> pd.DataFrame:
    """Return a long table whose columns of imports hold what could not be parted."""
    of = frame[column].isin(columns)
    share = frame[row].astype(object).map(left).fillna(1.0).where(of, 1.0)
    share = share.where(share.abs() > SMALL, 0.0)
    values = frame["value"].astype(float) * share
    return frame.assign(value=values)[values != 0].reset_index(drop=True)


def _told(
    parts: _Parts, total: pd.Series[float], table: PublishedTable, columns: list[str]
) -> list[str]:
    imported = parts.uses.sum(axis=1)
    inside = float(parts.uses[list(table.sectors["code"])].to_numpy().sum())
    lines = [
        f"domestic: imports of {imported.sum():,.6g} are taken out of the uses ({inside:,.6g} out "
        f"of those of industries) and stand in the row '{IMPORTED}', {parts.how}; columns of "
        f"imports: {', '.join(columns)}"
    ]
    left = total - imported
    far = left.abs() > SMALL * total.abs().max()
    if far.any():
        worst = left[far].abs().sort_values(ascending=False).index[:NAMED]
        named = ", ".join(f"{code} {left[code]:,.6g}" for code in worst)
        more = f" and {far.sum() - NAMED:,} more" if far.sum() > NAMED else ""
        lines.append(f"imports that are in no use, and stay in their column: {named}{more}")
    above = parts.above
    if len(above):
        largest = above.assign(by=above["imports"] - above["use"]).nlargest(NAMED, "by")
        cells = zip(largest["commodity"], largest["user"], largest["by"], strict=True)
        named = ", ".join(f"{row} → {user} {-value:,.6g}" for row, user, value in cells)
        lines.append(
            f"more is imported than used in {len(above):,} cells, which are negative: {named}"
        )
    return [*lines, *parts.notes]
