"""Tables of pymrio and MARIO in and out; both are imported only where one of theirs is made.

pymrio is under the LGPL and MARIO under the GPL: neither is a part of spillgraph or needed by it.
Through them the readers of both are open: whatever they parse becomes a :class:`PublishedTable`.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest, show
from .block import COMMODITY, EVERYTHING, FINAL, SECTOR, TOTAL, VALUE_ADDED, Block, Line, Numbers
from .melt import About, supply_use, symmetric
from .table import PublishedTable
from .years import the_year, years_in

__all__ = ["from_mario", "from_pymrio", "to_mario", "to_pymrio"]

#: Extensions of pymrio that hold payments, in the order in which they are looked for.
_PAYMENTS = ("factor_inputs", "factor_input", "VA", "value_added", "primary_inputs")
#: The region of tables that have no countries.
_NOWHERE = "all"
_LEVELS = ["Region", "Level", "Item"]


def from_pymrio(
    io: Any,
    *,
    payments: str | None = None,
    year: int | None = None,
    unit: str | None = None,
) -> PublishedTable:
    """Return a table that pymrio has read, or made.

    Parameters
    ----------
    io : pymrio.IOSystem
        With ``Z`` and ``Y``; ``x``, where it is there, is gross output.
    payments : str, optional
        Name of the extension that holds value added; default: ``factor_inputs`` or its like.
    year : int, optional
        The year, where the object's name and description do not say it.
    unit : str, optional
        The unit, where that of the object is another.

    Returns
    -------
    PublishedTable

    Raises
    ------
    InputError
        If Z or Y is missing, no such extension is there, or the year is not known.
    """
    for name in ("Z", "Y"):
        if getattr(io, name, None) is None:
            raise InputError(f"the pymrio object has no {name}; call its calc_all() first.")
    own = payments or next((name for name in _PAYMENTS if getattr(io, name, None)), None)
    if payments is not None and getattr(io, payments, None) is None:
        there = list(io.get_extensions()) if hasattr(io, "get_extensions") else []
        raise InputError(f"there is no extension {show(payments)}. {nearest(payments, there)}")
    paid = getattr(io, own).F if own else io.Z.iloc[:0]
    units = [] if getattr(io, "unit", None) is None else io.unit["unit"].astype(str)
    about = _about("pymrio", io.meta, year, unit, units)
    made = None if io.x is None else io.x.iloc[:, 0]
    return symmetric(_block("flows", SECTOR, SECTOR, io.Z, io.Y, paid, made), about)


def to_pymrio(table: PublishedTable) -> Any:
    """Return a symmetric table as an object of pymrio.

    Parameters
    ----------
    table : PublishedTable
        With flows between sectors.

    Returns
    -------
    pymrio.IOSystem
        ``Z``, ``Y``, ``x``, ``unit``, and value added as extension ``factor_inputs``.

    Raises
    ------
    InputError
        If pymrio is not installed, or the table goes through commodities.
    """
    pymrio = _imported("pymrio", "pymrio")
    if not table.is_symmetric:
        raise InputError("pymrio holds sectors by sectors; this table has commodities.")
    sectors = _lines(table.sectors, ["region", "sector"])
    uses = _uses(table, ["region", "category"])
    parts = _names(table.payments["part"], "inputtype")
    paid = pd.concat([table.value_added, table.imports], ignore_index=True)
    codes = list(table.sectors["code"])
    F = _dense(paid, "part", "industry", list(parts), codes)
    money = {"unit": table.unit}
    return pymrio.IOSystem(
        Z=pd.DataFrame(_dense(table.flows, "supplier", "user", codes, codes), sectors, sectors),
        Y=pd.DataFrame(_demand(table, codes), sectors, uses),
        x=pd.DataFrame({"indout": table.output["gross_output"].to_numpy(float)}, sectors),
        unit=pd.DataFrame(money, sectors),
        name=f"{table.format} {table.year}",
        description=f"{table.source}, {table.year}",
        factor_inputs={
            "name": "Factor Inputs",
            "F": pd.DataFrame(F, parts, sectors),
            "unit": pd.DataFrame(money, parts),
        },
    )


def from_mario(db: Any, *, year: int | None = None, unit: str | None = None) -> PublishedTable:
    """Return a table that MARIO has read, or made: ``IOT`` or ``SUT``.

    Parameters
    ----------
    db : mario.Database
        Its matrices Z, Y and V of the baseline.
    year : int, optional
        The year, where the object's name and year do not say it.
    unit : str, optional
        The unit, where that of the object is another.

    Returns
    -------
    PublishedTable

    Raises
    ------
    InputError
        If the year is not known, or the levels of the matrices are not those of MARIO.
    """
    Z, Y, V = db.Z, db.Y, db.V
    levels = set(Z.index.get_level_values(1))
    key = "Sector" if "Sector" in levels else "Commodity"
    units = db.units[key]["unit"].astype(str) if key in db.units else []
    about = _about("mario", db.meta, year, unit, units)
    if levels == {"Sector"}:
        return symmetric(_block("flows", SECTOR, SECTOR, Z, Y, V, None), about)
    if levels != {"Activity", "Commodity"}:
        raise InputError(
            f"the levels of MARIO's Z are {', '.join(sorted(map(str, levels)))}; 'Sector', or "
            "'Activity' and 'Commodity', are needed."
        )
    makers = Z.index.get_level_values(1) == "Activity"
    users = Z.columns.get_level_values(1) == "Activity"
    paid = V.loc[:, V.columns.get_level_values(1) == "Activity"]
    goods = Y.loc[Y.index.get_level_values(1) == "Commodity"]
    none = Y.iloc[:0, :0]
    make = _block("make", SECTOR, COMMODITY, Z.loc[makers, ~users], none, V.iloc[:0], None)
    use = _block("use", COMMODITY, SECTOR, Z.loc[~makers, users], goods, paid, None)
    return supply_use(make, use, about)


def to_mario(table: PublishedTable) -> Any:
    """Return a symmetric table as a database of MARIO.

    Parameters
    ----------
    table : PublishedTable
        With flows between sectors.

    Returns
    -------
    mario.Database
        Of the kind ``IOT``, with value added as factors of production.

    Raises
    ------
    InputError
        If MARIO is not installed, or the table goes through commodities.
    """
    mario = _imported("mario", "mariopy")
    if not table.is_symmetric:
        raise InputError("only tables of sectors by sectors go to MARIO; this has commodities.")
    codes = list(table.sectors["code"])
    sectors = _three(_lines(table.sectors, ["Region", "Item"]), "Sector")
    uses = _three(_uses(table, ["Region", "Item"]), "Consumption category")
    paid = pd.concat([table.value_added, table.imports], ignore_index=True)
    parts = _names(table.payments["part"], "Item")
    none = pd.Index(["-"], name="Item")
    V = pd.DataFrame(_dense(paid, "part", "industry", list(parts), codes), parts, sectors)
    items = pd.Index(dict.fromkeys(sectors.get_level_values(2)))
    return mario.Database(
        name=f"{table.format} {table.year}",
        table="IOT",
        source=table.source,
        Z=pd.DataFrame(_dense(table.flows, "supplier", "user", codes, codes), sectors, sectors),
        Y=pd.DataFrame(_demand(table, codes), sectors, uses),
        V=V,
        E=pd.DataFrame(0.0, none, sectors),
        EY=pd.DataFrame(0.0, none, uses),
        units={
            "Sector": pd.DataFrame({"unit": table.unit}, items),
            "Factor of production": pd.DataFrame({"unit": table.unit}, parts),
            "Satellite account": pd.DataFrame({"unit": "-"}, none),
        },
    )


def _imported(module: str, package: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise InputError(
            f"{module} is not installed; it is not part of spillgraph: pip install {package}."
        ) from error


def _about(
    format: str, meta: Any, year: int | None, unit: str | None, units: Iterable[str]
) -> About:
    """Return what an object says of itself."""
    name = str(getattr(meta, "name", None) or "")
    texts = [name, str(getattr(meta, "description", None) or "")]
    said = [*years_in(str(getattr(meta, "year", None) or "")), *years_in(" ".join(texts))]
    own = sorted(set(units))
    found = the_year(f"the {format} object {show(name)}", {"its description": said}, year)
    return About(format, found, unit or ", ".join(own) or "money units", f"{format}: {name}")


def _block(
    name: str,
    row_kind: str,
    column_kind: str,
    inner: pd.DataFrame,
    demand: pd.DataFrame,
    paid: pd.DataFrame,
    output: pd.Series[float] | None,
) -> Block:
    """Put matrices with labels of several levels into one block."""
    rows = [_line(row_kind, label, f"row {at + 1:,}") for at, label in enumerate(inner.index)]
    columns = [
        _line(column_kind, label, f"column {at + 1:,}") for at, label in enumerate(inner.columns)
    ]
    columns += [
        _line(FINAL, label, f"column {at + 1:,} of Y") for at, label in enumerate(demand.columns)
    ]
    rows += [
        Line(VALUE_ADDED, _text(label), _text(label), "", f"row {at + 1:,} of payments")
        for at, label in enumerate(paid.index)
    ]
    values = np.full((len(rows), len(columns)), np.nan)
    n, k = inner.shape
    values[:n, :k] = inner.to_numpy(float)
    if demand.shape[1]:
        values[:n, k:] = demand.reindex(inner.index).to_numpy(float)
    if len(paid):
        values[n:, :k] = paid.reindex(columns=inner.columns).to_numpy(float)
    if output is not None:
        made = np.full(len(rows), np.nan)
        made[:n] = output.reindex(inner.index).to_numpy(float)
        values = np.column_stack([values, made])
        columns.append(Line(TOTAL, "x", "output", "", "x", EVERYTHING))
    return Block(name, name, tuple(rows), tuple(columns), values)


def _line(kind: str, label: Any, place: str) -> Line:
    """Return a line of (region, sector), or MARIO's (region, level, item)."""
    parts = [str(part) for part in label] if isinstance(label, tuple) else [_NOWHERE, str(label)]
    region, item = parts[0], parts[-1]
    if region == _NOWHERE:
        return Line(kind, item, item, "", place)
    return Line(kind, f"{region}_{item}", item, region, place)


def _text(label: Any) -> str:
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _lines(frame: pd.DataFrame, names: list[str]) -> pd.MultiIndex:
    pairs = [
        (country or _NOWHERE, code.removeprefix(f"{country}_") if country else code)
        for code, country in zip(frame["code"], frame["country"], strict=True)
    ]
    return pd.MultiIndex.from_tuples(pairs, names=names)


def _uses(table: PublishedTable, names: list[str]) -> pd.MultiIndex:
    pairs = [
        (country or _NOWHERE, kind)
        for country, kind in zip(table.final_uses["country"], table.final_uses["kind"], strict=True)
    ]
    return pd.MultiIndex.from_tuples(pairs, names=names)


def _demand(table: PublishedTable, codes: list[str]) -> Numbers:
    return _dense(table.final_demand, "supplier", "use", codes, list(table.final_uses["use"]))


def _dense(
    frame: pd.DataFrame, row: str, column: str, rows: list[str], columns: list[str]
) -> Numbers:
    values = np.zeros((len(rows), len(columns)))
    at = pd.Index(rows).get_indexer(pd.Index(frame[row].astype(object)))
    to = pd.Index(columns).get_indexer(pd.Index(frame[column].astype(object)))
    values[at, to] = frame["value"].to_numpy(float)
    return values


def _names(labels: Iterable[str], name: str) -> pd.Index[str]:
    return pd.Index(dict.fromkeys(labels), name=name)


def _three(lines: pd.MultiIndex, level: str) -> pd.MultiIndex:
    """Return labels as MARIO has them, with the kind of line between region and item."""
    triples = [(region, level, item) for region, item in lines]
    return pd.MultiIndex.from_tuples(triples, names=_LEVELS)
