"""Printed blocks as long tables: what is 0 goes, totals are kept apart, every cell is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, show
from .block import (
    COMMODITY,
    EVERYTHING,
    FINAL,
    IMPORTS,
    MEMO,
    SECTOR,
    SUPPLY,
    TOTAL,
    VALUE_ADDED,
    Block,
    Line,
    Numbers,
    require_once,
)
from .table import COLUMNS, PublishedTable
from .upright import require_one_spelling, require_same_industries

__all__ = ["About", "supply_use", "symmetric"]

#: Digits behind the point that are looked at to see how exact a file is.
_DIGITS = 6
#: More cells without a number are no gap: the file leaves out what is 0.
FEW = 20


@dataclass(frozen=True, slots=True)
class About:
    """What holds for a whole table, see :class:`PublishedTable`.

    ``cells`` counts those of the file that are not in its blocks, by what became of them.
    """

    format: str
    year: int
    unit: str
    source: str
    notes: tuple[str, ...] = ()
    cells: Mapping[str, int] = field(default_factory=dict)


def symmetric(block: Block, about: About) -> PublishedTable:
    """Return a printed symmetric table, sectors by sectors, as long tables.

    Parameters
    ----------
    block : Block
        All of the table: sectors, final demand at the right, payments below, totals.
    about : About
        What holds for all of it.

    Returns
    -------
    PublishedTable

    Raises
    ------
    InputError
        If a sector is a row and no column, or the reverse, or a label stands twice.
    """
    _require_sound(block)
    _require_square(block)
    cells = _count(block) + Counter(about.cells)
    flows = _long(block, (SECTOR,), (SECTOR,), ("supplier", "user"), about.year)
    return PublishedTable(
        format=about.format,
        year=about.year,
        unit=about.unit,
        source=about.source,
        sectors=_labels([line for line in block.rows if line.kind == SECTOR]),
        flows=flows,
        **_final(block, SECTOR, about.year),
        **_below(block, about.year),
        output=_output(block, about.year),
        totals=_totals(block),
        cells=_all(cells),
        empty=_empty(block),
        digit=last_digit(block.values),
        notes=about.notes,
    )


def supply_use(make: Block, use: Block, about: About) -> PublishedTable:
    """Return a printed make (or supply) and use table as long tables.

    Parameters
    ----------
    make : Block
        Industries (``sector``) in rows, commodities in columns; ``supply`` rows hold what adds to
        domestic output.
    use : Block
        Commodities in rows, industries in columns; value added below, final use at the right.
    about : About
        What holds for both.

    Returns
    -------
    PublishedTable

    Raises
    ------
    InputError
        If an industry is in one of them alone, or a label stands twice.
    """
    for block in (make, use):
        _require_sound(block)
    require_same_industries(make, use)
    require_one_spelling(make, use)
    cells = _count(make) + _count(use) + Counter(about.cells)
    return PublishedTable(
        format=about.format,
        year=about.year,
        unit=about.unit,
        source=about.source,
        sectors=_labels(_named(make.rows, use.columns, SECTOR)),
        commodities=_commodities(make, use),
        make=_long(make, (SECTOR,), (COMMODITY,), ("industry", "commodity"), about.year),
        supply=_long(make, (SUPPLY,), (COMMODITY,), ("part", "commodity"), about.year),
        use=_long(use, (COMMODITY,), (SECTOR,), ("commodity", "user"), about.year),
        **_final(use, COMMODITY, about.year),
        **_below(use, about.year),
        output=_output(make, about.year),
        totals=pd.concat([_totals(make), _totals(use)], ignore_index=True),
        cells=_all(cells),
        empty=(*_empty(make), *_empty(use)),
        digit=min(last_digit(make.values), last_digit(use.values)),
        notes=about.notes,
    )


def last_digit(values: Numbers) -> float:
    """Return the last digit that a table prints: 1 for whole numbers, 0 for more than six.

    Examples
    --------
    >>> last_digit(np.array([[1.0, 20.0]])), last_digit(np.array([[1.25, 20.0]]))
    (1.0, 0.01)
    """
    known = values[np.isfinite(values)]
    for digits in range(_DIGITS + 1):
        off = np.abs(np.round(known, digits) - known)
        if (off <= np.abs(known) * 1e-12).all():
            return float(10.0**-digits)
    return 0.0


def _require_sound(block: Block) -> None:
    require_once(block.rows, block.file)
    require_once(block.columns, block.file)


def _require_square(block: Block) -> None:
    rows = {line.code: line for line in block.rows if line.kind == SECTOR}
    columns = {line.code: line for line in block.columns if line.kind == SECTOR}
    if not rows or not columns:
        raise InputError(f"{block.file}: no sector stands in {'columns' if rows else 'rows'}.")
    both = len(rows.keys() & columns.keys())
    for mine, other, what in ((rows, columns, "column"), (columns, rows, "row")):
        line = next((line for code, line in mine.items() if code not in other), None)
        if line is not None:
            raise InputError(
                f"{block.file}: the sector {show(line.code)} ({line.place}) has no {what}: of "
                f"{len(rows):,} rows and {len(columns):,} columns of sectors {both:,} have both. "
                "The file is cut off, or its header is shifted; fetch it again."
            )


def _long(
    block: Block,
    row_kinds: Sequence[str],
    column_kinds: Sequence[str],
    names: tuple[str, str],
    year: int,
) -> pd.DataFrame:
    """Return the cells between lines of these kinds that are neither empty nor 0."""
    part = block.at(row_kinds, column_kinds)
    at = np.nonzero(np.nan_to_num(part.values))
    row, column = (pd.Index([line.code for line in lines]) for lines in (part.rows, part.columns))
    return pd.DataFrame(
        {
            names[0]: pd.Categorical.from_codes(at[0], row),
            names[1]: pd.Categorical.from_codes(at[1], column),
            "year": np.full(len(at[0]), year, dtype=np.int64),
            "value": part.values[at],
        }
    )


def _final(block: Block, supplier: str, year: int) -> dict[str, Any]:
    """Return final demand, and all of its columns."""
    lines = [line for line in block.columns if line.kind == FINAL]
    labels = [(line.code, line.country, _kind(line)) for line in lines]
    uses = pd.DataFrame(labels, columns=list(COLUMNS["final_uses"])).astype("str")
    frame = _long(block, (supplier,), (FINAL,), ("supplier", "use"), year)
    for name in ("country", "kind"):
        frame[name] = frame["use"].map(dict(zip(uses["use"], uses[name], strict=True)))
    return {"final_demand": frame[list(COLUMNS["final_demand"])], "final_uses": uses}


def _kind(line: Line) -> str:
    """Return a final use without its country."""
    return line.code.removeprefix(f"{line.country}_") if line.country else line.code


def _below(block: Block, year: int) -> dict[str, Any]:
    """Return the rows below the suppliers: value added, imports, and both under final demand."""
    below = (VALUE_ADDED, IMPORTS)
    lines = [(line.code, line.kind) for line in block.rows if line.kind in below]
    return {
        "payments": pd.DataFrame(lines, columns=list(COLUMNS["payments"])).astype("str"),
        "value_added": _long(block, (VALUE_ADDED,), (SECTOR,), ("part", "industry"), year),
        "imports": _long(block, (IMPORTS,), (SECTOR,), ("part", "industry"), year),
        "final_payments": _long(block, below, (FINAL,), ("part", "use"), year),
    }


def _output(block: Block, year: int) -> pd.DataFrame:
    """Return gross output: the printed column, else the printed row, else what is sold.

    Where there is no final use, what is sold is not all: then it is what is paid.
    """
    sold = block.at((SECTOR,), EVERYTHING)
    codes = [line.code for line in sold.rows]
    output = pd.Series(np.nansum(sold.values, axis=1), codes)
    if block.name == "flows" and not any(line.kind == FINAL for line in block.columns):
        paid = block.at(EVERYTHING, (SECTOR,))
        if len(paid.rows) > len(codes):
            columns = [line.code for line in paid.columns]
            output = pd.Series(np.nansum(paid.values, axis=0), columns).reindex(codes)
    whole = _printed(block, codes)
    output = whole.combine_first(output) if whole is not None else output
    return pd.DataFrame(
        {
            "industry": pd.Series(codes, dtype="str"),
            "year": np.full(len(codes), year, dtype=np.int64),
            "gross_output": output.reindex(codes).to_numpy(float),
        }
    )


def _printed(block: Block, codes: list[str]) -> pd.Series[float] | None:
    column = next((at for at, line in enumerate(block.columns) if _is_output(line)), None)
    if column is not None:
        labels = [line.code for line in block.rows]
        found = pd.Series(block.values[:, column], labels)
        return found[[line.kind == SECTOR for line in block.rows]].reindex(codes)
    row = next((at for at, line in enumerate(block.rows) if _is_output(line)), None)
    if row is None or block.name != "flows":
        return None
    found = pd.Series(block.values[row], [line.code for line in block.columns])
    return found[[line.kind == SECTOR for line in block.columns]].reindex(codes)


def _is_output(line: Line) -> bool:
    return line.kind == TOTAL and set(EVERYTHING) <= set(line.of)


def _totals(block: Block) -> pd.DataFrame:
    """Return every printed total, under its label and with what it adds up."""
    rows: list[tuple[Any, ...]] = []
    for axis, lines, across, values in (
        ("row", block.rows, block.columns, block.values),
        ("column", block.columns, block.rows, block.values.T),
    ):
        for at, line in enumerate(lines):
            if line.kind != TOTAL or not line.of:
                continue
            added = sum(each.kind in line.of or each.code in line.of for each in lines)
            about = (block.name, axis, line.code, ",".join(line.of), added)
            rows += [
                (*about, other.code, float(value))
                for other, value in zip(across, values[at], strict=True)
                if other.kind not in (TOTAL, MEMO) and np.isfinite(value)
            ]
    return pd.DataFrame(rows, columns=list(COLUMNS["totals"]))


def _count(block: Block) -> Counter[str]:
    """Count cells by what becomes of them."""
    kinds = {
        (SECTOR, SECTOR): "flows",
        (SECTOR, COMMODITY): "make",
        (SUPPLY, COMMODITY): "supply",
        (COMMODITY, SECTOR): "use",
        (SECTOR, FINAL): "final_demand",
        (COMMODITY, FINAL): "final_demand",
        (VALUE_ADDED, SECTOR): "value_added",
        (IMPORTS, SECTOR): "imports",
        (VALUE_ADDED, FINAL): "final_payments",
        (IMPORTS, FINAL): "final_payments",
    }
    counts: Counter[str] = Counter()
    row_kinds = np.array([line.kind for line in block.rows], dtype=object)
    column_kinds = np.array([line.kind for line in block.columns], dtype=object)
    for row_kind in set(row_kinds):
        rows = block.values[row_kinds == row_kind]
        for column_kind in set(column_kinds):
            part = rows[:, column_kinds == column_kind]
            empty = int(np.isnan(part).sum())
            zero = int((part == 0).sum())
            total = TOTAL in (row_kind, column_kind)
            where = "totals" if total else kinds.get((row_kind, column_kind), "aside")
            counts["empty"] += empty
            counts["totals" if total else "zero"] += zero
            counts[where] += part.size - empty - zero
    return counts


def _empty(block: Block) -> tuple[tuple[str, str], ...]:
    """Return the cells without a number, unless they are so many that empty means 0."""
    below, aside = (VALUE_ADDED, IMPORTS), (TOTAL, MEMO)
    empty = np.isnan(block.values)
    for lines, cells in ((block.rows, empty), (block.columns, empty.T)):
        cells[[line.kind in aside for line in lines]] = False
    paid = [line.kind in below for line in block.rows]
    final = [line.kind == FINAL for line in block.columns]
    empty[np.ix_(paid, final)] = False  # where nothing is printed in most tables
    if empty.sum() > FEW:
        return ()
    return tuple((block.rows[i].code, block.columns[j].code) for i, j in np.argwhere(empty))


def _all(counts: Counter[str]) -> dict[str, int]:
    found = {name: count for name, count in sorted(counts.items()) if count}
    return {"read": sum(found.values()), **found}


def _labels(lines: Sequence[Line]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [(line.code, line.name, line.country) for line in lines], columns=list(COLUMNS["sectors"])
    )
    return frame.astype("str")


def _commodities(make: Block, use: Block) -> pd.DataFrame:
    """Return the commodities of both blocks, those that are made first."""
    lines = {line.code: line for line in _named(make.columns, use.rows, COMMODITY)}
    for line in use.rows:
        if line.kind == COMMODITY:
            lines.setdefault(line.code, line)
    return _labels(list(lines.values()))


def _named(lines: Sequence[Line], others: Sequence[Line], kind: str) -> list[Line]:
    """Return the lines of a kind, with names of the other block where they have none."""
    names = {line.code: line.name for line in others if line.kind == kind}
    return [
        replace(line, name=names.get(line.code, line.name))
        if line.name in ("", line.code)
        else line
        for line in lines
        if line.kind == kind
    ]
