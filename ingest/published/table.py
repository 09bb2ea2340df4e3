"""A published table as long tables in the columns of the input contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

__all__ = ["COLUMNS", "PublishedTable"]

#: Columns of each long table of a :class:`PublishedTable`.
COLUMNS: dict[str, tuple[str, ...]] = {
    "sectors": ("code", "name", "country"),
    "commodities": ("code", "name", "country"),
    "flows": ("supplier", "user", "year", "value"),
    "make": ("industry", "commodity", "year", "value"),
    "use": ("commodity", "user", "year", "value"),
    "final_demand": ("supplier", "use", "country", "kind", "year", "value"),
    "final_uses": ("use", "country", "kind"),
    "payments": ("part", "kind"),
    "value_added": ("part", "industry", "year", "value"),
    "imports": ("part", "industry", "year", "value"),
    "supply": ("part", "commodity", "year", "value"),
    "final_payments": ("part", "use", "year", "value"),
    "output": ("industry", "year", "gross_output"),
    "totals": ("block", "axis", "total", "of", "lines", "label", "printed"),
}


def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS[name]))


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A published input-output table, taken apart; money in ``unit``.

    Suppliers are rows of the printed table and users its columns. Cells of 0 are in no long table.
    A symmetric table has ``flows``; a supply-use table has ``make`` and ``use``, and its
    commodities stand in the column ``supplier`` of ``final_demand``.

    Parameters
    ----------
    format : str
        Name of the format, as :data:`FORMATS` has it.
    year : int
        The year that the table is of.
    unit : str
        Unit of all values, in words; nothing is converted.
    source : str
        The files and what they call themselves.
    sectors, commodities : pandas.DataFrame
        ``code``, ``name``, ``country``, in the file's order.
    flows : pandas.DataFrame
        ``supplier``, ``user``, ``year``, ``value``: intermediate flows between sectors.
    make, use : pandas.DataFrame
        Intermediate use and make of a supply-use table: ``industry``, ``commodity``, ``year``,
        ``value``; ``commodity``, ``user``, ``year``, ``value``.
    final_demand : pandas.DataFrame
        ``supplier``, ``use`` (label of the printed column), ``country``, ``kind``, ``year``,
        ``value``.
    final_uses : pandas.DataFrame
        ``use``, ``country``, ``kind``: all columns of final demand, those of zeros, too.
    payments : pandas.DataFrame
        ``part``, ``kind`` (``value_added`` or ``imports``): all rows below the suppliers.
    value_added : pandas.DataFrame
        ``part``, ``industry``, ``year``, ``value``: value added, and what stands beside it in the
        rows below: taxes on products, margins.
    imports : pandas.DataFrame
        ``part``, ``industry``, ``year``, ``value``: rows of imports, where they are not in the
        flows.
    supply : pandas.DataFrame
        ``part``, ``commodity``, ``year``, ``value``: imports, margins and taxes of a supply table.
    final_payments : pandas.DataFrame
        ``part``, ``use``, ``year``, ``value``: what the rows below print under final demand, such
        as taxes on what households buy.
    output : pandas.DataFrame
        ``industry``, ``year``, ``gross_output``: as printed, else the sum of all sales.
    totals : pandas.DataFrame
        ``block``, ``axis`` (``row`` or ``column``), ``total``, ``of`` (kinds or codes added
        up, with commas), ``lines`` (how many), ``label``, ``printed``: every printed total,
        cell by cell.
    cells : mapping of str to int
        Counts of cells by what became of them; ``read`` is their sum.
    empty : tuple of (str, str)
        Row and column of every cell of sectors, commodities, payments and final uses that has no
        number, where these are few: a number may be missing there.
    notes : tuple of str
        What was done that the numbers do not show.
    digit : float
        The last digit that the file prints, 1 for whole numbers: totals are exact up to it.
    model : str
        How make and use become, or became, symmetric: ``A`` to ``D``; empty is D, as nobody asked.
    domestic : bool
        Whether imports were taken out of the uses.
    exports : tuple of str
        Final uses that are exports, where it was asked which are.
    printed : PublishedTable or None
        The table as it was printed, of one that :func:`derive` made.
    made_of : PublishedTable or None
        The make and use tables that a table of products was made of.
    """

    format: str
    year: int
    unit: str
    source: str
    sectors: pd.DataFrame
    final_demand: pd.DataFrame
    value_added: pd.DataFrame
    output: pd.DataFrame
    final_uses: pd.DataFrame
    payments: pd.DataFrame
    cells: Mapping[str, int]
    digit: float
    flows: pd.DataFrame = field(default_factory=lambda: _empty("flows"))
    commodities: pd.DataFrame = field(default_factory=lambda: _empty("commodities"))
    make: pd.DataFrame = field(default_factory=lambda: _empty("make"))
    use: pd.DataFrame = field(default_factory=lambda: _empty("use"))
    imports: pd.DataFrame = field(default_factory=lambda: _empty("imports"))
    supply: pd.DataFrame = field(default_factory=lambda: _empty("supply"))
    final_payments: pd.DataFrame = field(default_factory=lambda: _empty("final_payments"))
    totals: pd.DataFrame = field(default_factory=lambda: _empty("totals"))
    empty: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    model: str = ""
    domestic: bool = False
    exports: tuple[str, ...] = ()
    printed: PublishedTable | None = None
    made_of: PublishedTable | None = None

    @property
    def is_symmetric(self) -> bool:
        """Whether flows go between sectors, and not through commodities."""
        return self.commodities.empty

    def __repr__(self) -> str:
        """Show what the table is, in a line."""
        kind = "symmetric" if self.is_symmetric else f"{len(self.commodities):,} commodities"
        countries = self.sectors["country"].nunique() if len(self.sectors) else 0
        world = f", {countries} countries" if countries > 1 else ""
        return (
            f"PublishedTable({self.format}, {self.year}, {len(self.sectors):,} sectors{world}, "
            f"{kind}, {self.unit})"
        )
