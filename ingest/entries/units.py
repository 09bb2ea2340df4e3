"""Amounts in several units or currencies in one column: nothing is converted."""

from __future__ import annotations

import re
import unicodedata

import duckdb

from ...core.errors import show
from ..files.raw import Raw
from ..study_model import Entry
from .chosen import filter_of
from .lookup import own_text

__all__ = ["mixed_units", "says_unit"]

#: More values are no units: a column called units may hold a quantity.
_MOST = 20
#: What columns are called that say what an amount is counted in, without case, accents and signs.
_NAMES = re.compile(
    # of statistical offices: UNIT_MEASURE, Unit of measure, UNIT_MULT, PowerCode, Scale factor
    r"(obs)?units?(code|name|cd)?|units?(of)?(measure(ment)?|value|currency)(code|name)?"
    r"|unitmult(iplier)?(code|name)?|multiplier|magnitude|power(code){0,2}(name)?|scale(factor|code)?|measure"
    # currencies: Currency Code, REF_CURRENCY, curcd, ccy
    r"|(ref|reporting|local|report)?(currency|curr|cur|ccy)(code|name|cd|unit|id)?|iso4217|isocur"
    # in other languages
    r"|(mess|mass|mengen|wahrungs)?einheit(en)?|wahrung(scode)?|unidad(es)?(demedida)?|moneda"
    r"|unites?(demesure)?|devise|monnaie|unidade(demedida)?|moeda|unita(dimisura)?|valuta"
    r"|eenheid|munteenheid|multiplicador|multiplicateur|单位|计量单位|币种|货币|单位代码|通貨|単位"
)


def says_unit(name: str) -> bool:
    """Return whether a column is called as one that says what amounts are counted in.

    Parameters
    ----------
    name : str
        Its name in the file.

    Examples
    --------
    >>> [says_unit(name) for name in ("UNIT_MEASURE", "Currency Code", "Währung", "business_unit")]
    [True, True, True, False]
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    return _NAMES.fullmatch("".join(filter(str.isalnum, letters))) is not None


def mixed_units(
    con: duckdb.DuckDBPyConnection, entry: Entry, file: str, table: str, raw: Raw
) -> list[str]:
    """Warn of amounts in several units or currencies.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the table.
    entry : Entry
        Gives the filters: the rows that are taken may be those of one unit.
    file, table, raw : str, str, Raw
        The file, its rows and their columns.
    """
    warnings = []
    for name in raw.columns:
        if not says_unit(name) or name in entry.columns.values():
            continue
        kept = filter_of(entry, file, raw, {*entry.where, *entry.where_not} & {*raw.columns})
        values = con.execute(
            f"SELECT min(v) FROM (SELECT {own_text(name, raw)} AS v FROM {table} AS r{kept}) "
            f"WHERE v <> '' GROUP BY lower(v) ORDER BY 1 LIMIT {_MOST + 1}"
        ).fetchall()
        if 1 < len(values) <= _MOST:
            listed = ", ".join(show(value) for (value,) in values[:4])
            warnings.append(
                f"{file}: column {show(name)} has several values ({listed}), and nothing is "
                "converted: choose the rows of one unit with where, or give amounts in one."
            )
    return warnings
