"""Which final uses are exports, imports and changes of stocks, by what each format calls them."""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

from ...analytics.accounts import technology_table
from .frames import naming, tables_of
from .table import PublishedTable

__all__ = [
    "countries_of",
    "final_use_of",
    "is_export",
    "is_import",
    "is_world",
    "sold_as",
    "traded_uses",
]

#: What is told apart, as table ``io_output`` calls it.
NAMES = ("exports", "product_imports", "inventories")
#: Columns of imports and exports of any national table.
IMPORT = re.compile(r"F050\w*|P7\w*|MCIF|IMP|imports?\b.*", re.IGNORECASE)
EXPORT = re.compile(r"F040\w*|P6\w*|EXP(_fob)?|exports?\b.*", re.IGNORECASE)
#: What a supply table takes off imports again: margins from abroad that are a service from here.
_ADJUSTED = "MADJ"
#: Changes of stocks: Bureau of Economic Analysis; FIGARO and Eurostat (P52, P5M, P52_P53); WIOD and
#: OECD; EXIOBASE ("Changes in inventories"), Eora ("… P.52") and any other table in words. Where
#: valuables have a column of their own they are no stocks.
_STOCKS = re.compile(
    r"F030\w*|P\.?52( P\.?53)?|P5M|INVEN|INVNT"
    r"|(net )?(changes?|increases?) (in|of) (\w+ )?(inventories|stocks?)\b.*"
    r"|(inventory|stock) changes?|inventories|stocks",
    re.IGNORECASE,
)
#: The same by the numbers of columns: releases of 2013 and 2016 of the World Input-Output Database.
_NUMBERED = {"wiod": ("c42", "c61"), "wiod-wide": ("c42", "c61")}
#: Tables of the Bureau of Economic Analysis of the SIC era: final uses and rows of value added that
#: they all have, and what three of them are.
_SIC_USES = {"91", "92", "93", "94", "95"}
_SIC_PAYMENTS = {"88", "89", "90"}
_SIC = {"93": "inventories", "94": "exports", "95": "product_imports"}


def countries_of(table: PublishedTable) -> list[str]:
    """Return the countries of the sectors, in the table's order.

    Parameters
    ----------
    table : PublishedTable

    Returns
    -------
    list of str
    """
    return [code for code in dict.fromkeys(map(str, table.sectors["country"])) if code]


def is_world(table: PublishedTable) -> bool:
    """Whether a table has several countries, and says of which of them final users are.

    Parameters
    ----------
    table : PublishedTable

    Returns
    -------
    bool
    """
    return len(countries_of(table)) > 1 and bool((table.final_uses["country"] != "").any())


def traded_uses(table: PublishedTable) -> dict[str, list[str]]:
    """Return the labels of exports, imports and changes of stocks.

    Parameters
    ----------
    table : PublishedTable

    Returns
    -------
    dict of str to list of str
        ``exports``, ``product_imports``, ``inventories``, as table ``io_output`` calls them, each
        where the table has such a column that is not all 0. A table of several countries has
        changes of stocks alone, for it holds both ends of its trade. Imports are named where they
        are below 0 and the uses hold them: not after ``--domestic``.
    """
    pairs = table.final_demand[["use", "kind"]].astype("object").drop_duplicates()
    kinds = dict(zip(map(str, pairs["use"]), map(str, pairs["kind"]), strict=True))
    kinds |= {part: part for part in dict.fromkeys(map(str, table.supply["part"]))}
    found: dict[str, list[str]] = {}
    for use, kind in kinds.items():
        if what := _what(table, use, kind):
            found.setdefault(what, []).append(use)
    if len(countries_of(table)) > 1:
        found = {name: codes for name, codes in found.items() if name == "inventories"}
    if "product_imports" in found and not _holds_imports(table, found["product_imports"]):
        del found["product_imports"]
    return {name: found[name] for name in NAMES if name in found}


def _holds_imports(table: PublishedTable, codes: list[str]) -> bool:
    """Whether uses hold what these columns take off again."""
    if (table.made_of or table).domestic:
        return False
    return bool(table.supply["part"].isin(codes).any() or sold_as(table, codes).sum() < 0)


def _what(table: PublishedTable, use: str, kind: str) -> str:
    """Return what a final use is: one of the three, or nothing."""
    plain = " ".join(kind.replace("_", " ").split())
    if _STOCKS.fullmatch(plain) or kind in _NUMBERED.get(table.format, ()):
        return "inventories"
    if use in (table.made_of or table).exports or is_export(table, kind):
        return "exports"
    if is_import(table, kind) or kind == _ADJUSTED:
        return "product_imports"
    return _of_sic(table, kind)


def is_export(table: PublishedTable, kind: str) -> bool:
    """Whether a kind of final use is exports, by its name.

    Parameters
    ----------
    table : PublishedTable
    kind : str
        As the column is called, without a country.

    Returns
    -------
    bool
    """
    return bool(EXPORT.fullmatch(kind)) or _of_sic(table, kind) == "exports"


def is_import(table: PublishedTable, kind: str) -> bool:
    """Whether a kind of final use, or a column of a supply table, is imports, by its name.

    Parameters
    ----------
    table : PublishedTable
    kind : str
        As the column is called, without a country.

    Returns
    -------
    bool
    """
    return bool(IMPORT.fullmatch(kind)) or _of_sic(table, kind) == "product_imports"


def _of_sic(table: PublishedTable, kind: str) -> str:
    """Return what a column of the Bureau's tables of the SIC era is; else nothing."""
    return _SIC.get(kind, "") if kind in _SIC and _is_sic(table) else ""


def _is_sic(table: PublishedTable) -> bool:
    whole = table.made_of or table
    paid, uses = set(whole.payments["part"]), set(whole.final_uses["use"])
    return paid >= _SIC_PAYMENTS and uses >= _SIC_USES


def sold_as(table: PublishedTable, codes: list[str]) -> pd.Series[float]:
    """Return the sum of some final uses by supplier.

    Parameters
    ----------
    table : PublishedTable
    codes : list of str
        Labels of final uses.

    Returns
    -------
    pandas.Series, indexed by supplier
    """
    mine = table.final_demand[table.final_demand["use"].isin(codes)]
    return mine["value"].astype(float).groupby(mine["supplier"].astype(object)).sum()


def final_use_of(table: PublishedTable, scrap: Collection[str] = ()) -> pd.DataFrame:
    """Return who uses what finally of make and use tables: final use of the products of industries.

    Parameters
    ----------
    table : PublishedTable
        Make and use of several countries.
    scrap : collection of str
        Commodities that are scrap, beside those known.

    Returns
    -------
    pandas.DataFrame
        ``industry``, ``use``, ``country``, ``year``, ``value``: by the model that makes S.
    """
    with naming(table):
        uses = technology_table(tables_of(table, scrap), table.model or "D").final_uses
    country = dict(zip(table.final_uses["use"], table.final_uses["country"], strict=True))
    cells = uses.melt(var_name="use", ignore_index=False).rename_axis("industry").reset_index()
    cells = cells[cells["value"] != 0].assign(year=table.year)
    cells["country"] = cells["use"].map(country).fillna("")
    cells = cells[cells["country"] != ""]  # margins and taxes of a supply table are nobody's use
    return cells[["industry", "use", "country", "year", "value"]].reset_index(drop=True)
