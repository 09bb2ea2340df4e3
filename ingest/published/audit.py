"""Hold a published table against itself: printed totals, balance, negative entries, counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from .balances import (
    LOST,
    Identity,
    contradiction,
    empty_cells,
    identities,
    one_sided,
    power_between,
    rounding,
    sum_by,
)
from .block import COMMODITY, FINAL, IMPORTS, SECTOR, SUPPLY, VALUE_ADDED
from .table import PublishedTable

__all__ = ["Audit", "audit", "require_adds_up"]

#: A total that is off by more than this share of it is a contradiction, and no rounding.
TOO_FAR = 0.01
#: What falls short in nearly all lines, and why.
_SHORT = {
    "paid": "payments are missing: value added, taxes or imports are in no row of the file",
    "sold": "sales are missing: a final use is in no column of the file",
    "supplied": "less is supplied than used nearly everywhere: imports or margins are in no line",
    "used": "less is used than supplied nearly everywhere: a final use is in no column",
}
#: The way round a refusal.
_GO_ON = '--totals warn (totals="warn") goes on with the cells as they are.'
#: So many negative entries of a table are named in words; the frame has all.
NAMED = 3
#: So many sectors without output are named in words.
LISTED = 12


@dataclass(frozen=True, slots=True)
class Audit:
    """What a published table says of itself.

    Parameters
    ----------
    table : PublishedTable
        What was looked at.
    totals : pandas.DataFrame
        A row a printed total: ``block``, ``axis``, ``total``, ``compared`` (cells), ``differ``
        (cells off by more than rounding), ``where``, ``printed``, ``summed`` and ``difference`` of
        the cell that is off most, ``share`` (that difference over the total, 0 where cells that
        were cut to their last digit could explain it).
    balance : pandas.DataFrame
        A row an identity: ``what``, ``compared``, ``differ`` (lines off by more than rounding),
        ``misfit`` (sum of absolute gaps over the sum of output), ``where``, ``left``, ``right``,
        ``difference`` of the largest gap.
    negative : pandas.DataFrame
        A row a negative entry: ``table``, ``row``, ``column``, ``value``, most negative first.
    zero_output : tuple of str
        Sectors without output.
    identities : tuple of Identity
        What ``balance`` says of, line by line.
    """

    table: PublishedTable
    totals: pd.DataFrame
    balance: pd.DataFrame
    negative: pd.DataFrame
    zero_output: tuple[str, ...]
    identities: tuple[Identity, ...]

    def sentences(self) -> list[str]:
        """Return the audit in words, a line each."""
        return [
            *_counts(self.table),
            *(_total_words(row, self.table) for row in self.totals.to_dict("records")),
            *(_balance_words(each) for each in self.identities),
            *_not_compared(self.table),
            *_negative_words(self.negative),
            *_zero_words(self.zero_output),
            *(f"note: {note}" for note in self.table.notes),
        ]


def audit(table: PublishedTable) -> Audit:
    """Return what a published table says of itself.

    Printed totals are held against sums of the long tables, balances are: what a sector pays (
    inputs, value added, imports) and what it sells (to sectors and final demand) against its
    output and against each other; with commodities, what is supplied of each against what is used.

    Parameters
    ----------
    table : PublishedTable

    Returns
    -------
    Audit
        Nothing is raised; :func:`require_adds_up` does.
    """
    balanced = identities(table)
    return Audit(
        table=table,
        totals=_totals(table),
        balance=_balance(balanced),
        negative=_negative(table),
        zero_output=tuple(table.output.loc[table.output["gross_output"] == 0, "industry"]),
        identities=balanced,
    )


def require_adds_up(found: Audit) -> None:
    """Refuse a table whose printed totals contradict its cells, or its rows its columns.

    Parameters
    ----------
    found : Audit
        Of :func:`audit`.

    Raises
    ------
    InputError
        Names the total that is off most, or the sector or commodity whose two sums are.
    """
    _require_totals(found)
    # what compares two sums of cells says more than what compares one with an output
    for identity in reversed(found.identities):
        wrong = contradiction(identity, found.table)
        if wrong:
            raise InputError(f"{found.table.source}: {wrong} {_GO_ON}")


def _require_totals(found: Audit) -> None:
    if found.totals.empty:
        return
    worst = found.totals.iloc[int(np.argmax(found.totals["share"].to_numpy(float)))]
    if worst["share"] <= TOO_FAR:
        return
    power = power_between(worst["printed"], worst["summed"])
    cause = (
        f"The total is about {10.0**power:,g} times the sum: one of the two is in another unit."
        if power
        else "The file is damaged, a cell is in another unit, or a line is missing; fetch it again."
    )
    raise InputError(
        f"{found.table.source}: the {worst['axis']} {show(worst['total'])} says "
        f"{worst['printed']:,.15g} for {show(worst['where'])}, and the cells add up to "
        f"{worst['summed']:,.15g}. {cause}"
        f"{empty_cells(found.table, str(worst['where']))} {_GO_ON}"
    )


def _parts(table: PublishedTable, block: str) -> list[tuple[pd.DataFrame, str, str, str, str]]:
    """Return the long tables of a block: frame, its row and column, and the kinds of both."""
    below = [
        (table.value_added, "part", "industry", VALUE_ADDED, SECTOR),
        (table.imports, "part", "industry", IMPORTS, SECTOR),
        (table.final_payments, "part", "use", VALUE_ADDED, FINAL),
    ]
    if block == "make":
        return [
            (table.make, "industry", "commodity", SECTOR, COMMODITY),
            (table.supply, "part", "commodity", SUPPLY, COMMODITY),
        ]
    if block == "use":
        return [
            (table.use, "commodity", "user", COMMODITY, SECTOR),
            (table.final_demand, "supplier", "use", COMMODITY, FINAL),
            *below,
        ]
    return [
        (table.flows, "supplier", "user", SECTOR, SECTOR),
        (table.final_demand, "supplier", "use", SECTOR, FINAL),
        *below,
    ]


def _totals(table: PublishedTable) -> pd.DataFrame:
    rows = []
    for (block, axis, total, of), part in table.totals.groupby(
        ["block", "axis", "total", "of"], sort=False
    ):
        sums = _added(table, str(block), str(axis), str(of).split(","))
        rows.append((block, axis, total, *_compare(part, sums, table.digit)))
    names = ["block", "axis", "total", "compared", "differ", "where"]
    return pd.DataFrame(rows, columns=[*names, "printed", "summed", "difference", "share"])


def _added(table: PublishedTable, block: str, axis: str, added: list[str]) -> pd.Series[float]:
    """Add up the cells of the lines that a total is of, by the label across."""
    sums = pd.Series(dtype=float)
    for frame, row, column, row_kind, column_kind in _parts(table, block):
        mine = (row, row_kind, column) if axis == "row" else (column, column_kind, row)
        line, kind, across = mine
        taken = frame if kind in added else frame[frame[line].isin(added)]
        if len(taken):
            sums = sums.add(sum_by(taken, across), fill_value=0.0)
    return sums


def _compare(
    part: pd.DataFrame, summed: pd.Series[float], digit: float
) -> tuple[int, int, str, float, float, float, float]:
    printed = part.set_index("label")["printed"]
    sums = summed.reindex(printed.index).fillna(0.0)
    lines = int(part["lines"].iloc[0])
    allowed = rounding(lines + 1, digit) + printed.abs() * LOST
    off = printed - sums
    # cells that were cut, not rounded, lose up to a digit each
    cut = np.maximum(allowed, digit * lines)
    share = (off.abs() / printed.abs().where(printed != 0)).fillna(1.0).where(off.abs() > cut, 0.0)
    differ = int((off.abs() > allowed).sum())
    at = int(np.argmax(share.to_numpy() if share.any() else off.abs().to_numpy()))
    return (
        len(printed),
        differ,
        str(printed.index[at]),
        float(printed.iloc[at]),
        float(sums.iloc[at]),
        float(off.iloc[at]),
        float(share.iloc[at]),
    )


def _balance(balanced: tuple[Identity, ...]) -> pd.DataFrame:
    rows = []
    for each in balanced:
        gap = each.gap
        at = int(np.argmax(gap.abs().to_numpy()))
        sides = (float(side.iloc[at]) for side in (each.left, each.right, gap))
        rows.append((each.what, len(gap), each.differ, each.misfit, str(gap.index[at]), *sides))
    names = ["what", "compared", "differ", "misfit", "where", "left", "right", "difference"]
    return pd.DataFrame(rows, columns=names)


def _negative(table: PublishedTable) -> pd.DataFrame:
    parts = []
    for name, row, column in (
        ("flows", "supplier", "user"),
        ("make", "industry", "commodity"),
        ("use", "commodity", "user"),
        ("final_demand", "supplier", "use"),
        ("value_added", "part", "industry"),
        ("imports", "part", "industry"),
        ("supply", "part", "commodity"),
    ):
        frame = getattr(table, name)
        below = frame[frame["value"].astype(float) < 0]
        parts.append(
            pd.DataFrame(
                {
                    "table": name,
                    "row": below[row].astype(object),
                    "column": below[column].astype(object),
                    "value": below["value"].astype(float),
                }
            )
        )
    output = table.output[table.output["gross_output"] < 0]
    parts.append(
        pd.DataFrame(
            {
                "table": "output",
                "row": output["industry"].astype(object),
                "column": "",
                "value": output["gross_output"].astype(float),
            }
        )
    )
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values("value", kind="stable", ignore_index=True)


def _counts(table: PublishedTable) -> list[str]:
    parts = [f"{count:,} {name}" for name, count in table.cells.items() if name != "read"]
    return [f"cells: {table.cells['read']:,} read = {' + '.join(parts)}"]


def _total_words(row: dict[Any, Any], table: PublishedTable) -> str:
    head = (
        f"total {show(row['total'])} ({row['block']}, {row['axis']}): {row['compared']:,} compared"
    )
    largest = (
        f"largest difference {row['difference']:,.6g} at {show(row['where'])}: printed "
        f"{row['printed']:,.10g}, added {row['summed']:,.10g}"
    )
    if not row["differ"]:
        rounded = f"within rounding to {table.digit:g}" if table.digit else "to the last digit"
        return f"{head}, all equal {rounded}; {largest}"
    return f"{head}, {row['differ']:,} differ; {largest}"


def _balance_words(each: Identity) -> str:
    gap = each.gap
    at = int(np.argmax(gap.abs().to_numpy()))
    left, right = float(each.left.iloc[at]), float(each.right.iloc[at])
    short = {"left": 0, "right": 1}.get(one_sided(each), -1)
    side = "" if short < 0 else f"; {_SHORT[each.sides[short]]}"
    return (
        f"balance, {each.what}: {len(gap):,} compared, {each.differ or 'none'} off by more than "
        f"rounding, all gaps {each.misfit:.3%} of output; largest gap {left - right:,.6g} at "
        f"{show(str(gap.index[at]))} ({left:,.10g} against {right:,.10g}){side}"
    )


def _not_compared(table: PublishedTable) -> list[str]:
    lines = []
    if table.payments.empty:
        lines.append("balance, what sectors pay: not compared, the file has no payments")
    if table.final_uses.empty:
        lines.append("balance, what is sold: not compared, the file has no final uses")
    return lines


def _negative_words(negative: pd.DataFrame) -> list[str]:
    if negative.empty:
        return ["negative entries: none"]
    lines = []
    for name, part in negative.groupby("table", sort=False):
        shown = ", ".join(
            f"{' → '.join(filter(None, (row, column)))} {value:,.6g}"
            for row, column, value in part[["row", "column", "value"]].head(NAMED).to_numpy()
        )
        more = f" and {len(part) - NAMED:,} more" if len(part) > NAMED else ""
        lines.append(
            f"negative entries in {name}: {len(part):,}, sum {part['value'].sum():,.6g}: "
            f"{shown}{more}"
        )
    return lines


def _zero_words(names: tuple[str, ...]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return [f"sectors without output: {len(names):,}: {', '.join(names[:LISTED])}{more}"]
