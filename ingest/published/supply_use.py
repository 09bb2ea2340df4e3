"""What the lines of make, supply and use tables are, by their codes and what they hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...core.errors import InputError, show
from .block import (
    COMMODITY,
    EVERYTHING,
    FINAL,
    MEMO,
    SECTOR,
    SUPPLY,
    TOTAL,
    VALUE_ADDED,
    Block,
    Line,
    Numbers,
)

__all__ = ["Label", "Labelled", "make_block", "scrap_in", "use_block"]

#: What adds to domestic output in a supply table of the Bureau of Economic Analysis.
_SUPPLY = ("mcif", "madj", "trade", "trans", "mdty", "top", "sub")
#: The same in words, in tables of any source.
_ADDS = re.compile(
    r"imports?\b.*|cif\b.*|.*\bmargins?|(net )?taxes\b.*|(less:? )?subsidies\b.*"
    r"|P7|IMP|OTTM|TLS|D21X31",
    re.IGNORECASE,
)
#: Totals by code or name, and the kinds (or codes) of lines that they add up.
_MAKE_ROWS = {"t007": (SECTOR,), "total commodity output": (SECTOR,)}
_MAKE_COLUMNS = {
    "t008": EVERYTHING,
    "t017": EVERYTHING,
    "total industry output": EVERYTHING,
    "total industry supply": EVERYTHING,
}
_SUPPLY_COLUMNS = {
    "t007": (SECTOR,),
    "total commodity output": (SECTOR,),
    "t013": (SECTOR, "MCIF", "MADJ"),
    "t014": ("TRADE", "TRANS", "Trade", "Trans"),
    "t015": ("MDTY", "TOP", "SUB"),
    "t016": EVERYTHING,
    "total supply": EVERYTHING,
}
_USE_ROWS = {
    "t005": (COMMODITY,),
    "total intermediate": (COMMODITY,),
    "t006": (VALUE_ADDED,),
    "vabas": (VALUE_ADDED,),
    "total value added": (VALUE_ADDED,),
    "t008": EVERYTHING,
    "t018": EVERYTHING,
    "total industry output": EVERYTHING,
}
_USE_COLUMNS = {
    "t001": (SECTOR,),
    "total intermediate": (SECTOR,),
    "t004": (FINAL,),
    "total final uses (gdp)": (FINAL,),
    "total final uses": (FINAL,),
    "t007": EVERYTHING,
    "t019": EVERYTHING,
    "total commodity output": EVERYTHING,
    "total use": EVERYTHING,
}
#: Rows of a use table at purchasers' prices that lead on to value added at producers' prices.
_MEMO = ("t00top", "t00sub", "vapro")
_PART = re.compile(r"V\d{3,5}|T00O(TOP|SUB)|VA", re.IGNORECASE)
#: Scrap and used goods in tables of the Bureau of Economic Analysis since 1997.
_SCRAP = ("Used", "S00401", "S00402")


@dataclass(frozen=True, slots=True)
class Label:
    """A line of a file, before it is known what it is."""

    code: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A matrix of a file with its labels, before it is known what they are, and its unit."""

    file: str
    rows: Sequence[Label]
    columns: Sequence[Label]
    values: Numbers
    unit: str = ""

    def turned(self) -> Labelled:
        """Return the matrix turned round."""
        return Labelled(self.file, self.columns, self.rows, self.values.T, self.unit)


def make_block(table: Labelled, *, supply: bool) -> Block:
    """Say what the lines of a make table are, or of a supply table, which is turned round.

    Parameters
    ----------
    table : Labelled
        Industries in rows; a supply table has commodities there.
    supply : bool
        Whether it is a supply table.

    Returns
    -------
    Block
    """
    mine = table.turned() if supply else table
    row_totals: Mapping[str, tuple[str, ...]] = _SUPPLY_COLUMNS if supply else _MAKE_ROWS
    rows = [
        _total(label, row_totals)
        or Line(
            SUPPLY if supply and _adds(label) else SECTOR,
            label.code,
            label.name,
            "",
            label.place,
        )
        for label in mine.rows
    ]
    columns = [
        _total(label, _MAKE_COLUMNS) or Line(COMMODITY, label.code, label.name, "", label.place)
        for label in mine.columns
    ]
    return Block("make", mine.file, tuple(rows), tuple(columns), np.ascontiguousarray(mine.values))


def _adds(label: Label) -> bool:
    """Whether a column of a supply table adds to what industries make."""
    return label.code.lower() in _SUPPLY or any(
        _ADDS.fullmatch(text) for text in (label.code, label.name)
    )


def use_block(
    table: Labelled, make: Block, value_added: Collection[str] = (), strict: bool = False
) -> Block:
    """Say what the lines of a use table are, beside its make table.

    Parameters
    ----------
    table : Labelled
        Commodities in rows.
    make : Block
        Of :func:`make_block`.
    value_added : collection of str
        Rows that are value added. Without it: what no industry makes and no final user takes,
        and the codes of the Bureau of Economic Analysis.
    strict : bool
        Whether a final use must have a code of the Bureau of Economic Analysis, ``F…``.

    Returns
    -------
    Block

    Raises
    ------
    InputError
        If a column is neither an industry of the make table nor a final use.
    """
    industries = {line.code for line in make.rows if line.kind == SECTOR}
    made = {line.code for line in make.columns if line.kind == COMMODITY}
    columns = [
        _total(label, _USE_COLUMNS) or _user(label, industries, strict, table.file, make.file)
        for label in table.columns
    ]
    final = [line.kind == FINAL for line in columns]
    taken = (np.nan_to_num(table.values[:, final]) != 0).any(axis=1)
    rows = []
    for label, used in zip(table.rows, taken, strict=True):
        kind = COMMODITY
        if label.code in value_added or _PART.fullmatch(label.code):
            kind = VALUE_ADDED
        elif label.code.lower() in _MEMO:
            kind = MEMO
        elif label.code not in made and not used and not value_added and not strict:
            kind = VALUE_ADDED
        rows.append(_total(label, _USE_ROWS) or Line(kind, label.code, label.name, "", label.place))
    return Block("use", table.file, tuple(rows), tuple(columns), table.values)


def scrap_in(make: Block) -> list[str]:
    """Return the commodities of a make table that are known to be scrap and used goods."""
    return [line.code for line in make.columns if line.kind == COMMODITY and line.code in _SCRAP]


def _total(label: Label, known: Mapping[str, tuple[str, ...]]) -> Line | None:
    for text in (label.code, label.name):
        plain = re.sub(r"\s+", " ", text).strip().lower()
        if plain in known:
            return Line(TOTAL, label.code, label.name, "", label.place, known[plain])
    if re.fullmatch(r"T\d{3}", label.code):
        return Line(MEMO, label.code, label.name, "", label.place)
    return None


def _user(label: Label, industries: set[str], strict: bool, file: str, make: str) -> Line:
    if label.code in industries:
        return Line(SECTOR, label.code, label.name, "", label.place)
    if strict and not re.fullmatch(r"F\d\w*", label.code):
        raise InputError(
            f"{file}: {label.place} ({show(label.code)}) is no industry of {make} and no final "
            "use, which are called F010 or F01000. Give make and use tables of one year, level "
            "and edition."
        )
    return Line(FINAL, label.code, label.name, "", label.place)
