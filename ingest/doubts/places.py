"""Whether latitudes and longitudes lie in the country of their row, or would if they were mended.

Both are in legal bounds where the columns are exchanged in Europe, or where a longitude has lost
its minus. A table of countries' bounds shows it wherever the country is known; where it is not,
only a latitude beyond 90 does.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import duckdb
import pandas as pd

from ...core.words import counted, verb
from .. import sql
from ..contract import Table
from ..study_model import Entry

__all__ = ["find_misplaced"]

#: Degrees by which a place may lie outside its country's bounds: small islands, rounding.
_MARGIN = 1.0
#: Other names of countries, beside ISO's codes and the English name.
_ALSO = {
    "UK": "GB", "GREAT BRITAIN": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB",
    "U.S.": "US", "U.S.A.": "US", "UNITED STATES OF AMERICA": "US", "EL": "GR", "CZECHIA": "CZ",
    "KOREA": "KR", "REPUBLIC OF KOREA": "KR", "KOREA, REPUBLIC OF": "KR", "TÜRKIYE": "TR",
    "RUSSIAN FEDERATION": "RU", "VIET NAM": "VN", "PR CHINA": "CN",
    "THE NETHERLANDS": "NL", "HOLLAND": "NL", "TAIWAN, PROVINCE OF CHINA": "TW", "ROM": "RO",
}  # fmt: skip
#: What the columns would be, (latitude, longitude), and what has happened then.
_MENDED = (
    ("lon", "lat", "lat and lon are exchanged"),
    ("lat", "-lon", "lon has lost its minus"),
    ("-lat", "lon", "lat has lost its minus"),
    ("-lat", "-lon", "lat and lon have lost their minus"),
    ("-lon", "lat", "lat and lon are exchanged, and lat has lost its minus"),
    ("lon", "-lat", "lat and lon are exchanged, and lon has lost its minus"),
    ("-lon", "-lat", "lat and lon are exchanged, and both have lost their minus"),
)


@cache
def _countries() -> pd.DataFrame:
    """Return bounds by every spelling of a country."""
    place = files("spillgraph.ingest").joinpath("data").joinpath("countries.csv")
    with place.open(encoding="utf-8") as file:
        table = pd.read_csv(file, keep_default_na=False)  # NA is Namibia
    also = pd.DataFrame({"spelled": list(_ALSO), "alpha2": list(_ALSO.values())})
    spellings = [
        table.assign(spelled=table[column].str.upper()) for column in ("alpha2", "alpha3", "name")
    ]
    return pd.concat([*spellings, also.merge(table, on="alpha2")], ignore_index=True)


def find_misplaced(
    con: duckdb.DuckDBPyConnection, table: Table, entry: Entry, rows: str, countries: str
) -> list[str]:
    """Return warnings on columns of places that look exchanged or without their sign.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    table : Table
        Their declaration.
    entry : Entry
        Gives the file's names of the two columns.
    rows : str
        SELECT of the entry's accepted rows, with ``_lost``.
    countries : str
        Of a row of ``rows`` called r, its country, as SQL; ``NULL`` where none is known.

    Returns
    -------
    list of str
    """
    warnings = [*_beyond(con, table, entry, rows), *_at_zero(con, table, rows)]
    if countries == "NULL":
        return warnings
    con.register("_countries", _countries())
    try:
        outside = _outside(con, rows, countries)
    finally:
        con.unregister("_countries")
    # The country of a plant is that of its firm, and plants lie abroad: only the exchange tells.
    own = any(column.name == "country" for column in table.columns)
    causes = _MENDED if own else _MENDED[:1]
    for number, (_, _, what) in enumerate(causes):
        of_it = outside[outside["mended"] == number]
        if len(of_it):
            warnings.append(_warning(table, entry, what, of_it))
    return warnings


def _outside(con: duckdb.DuckDBPyConnection, rows: str, countries: str) -> pd.DataFrame:
    """Return, by country whose rows mostly lie elsewhere, the first mistake that explains it."""
    inside = [
        f"({lat} BETWEEN south - {_MARGIN} AND north + {_MARGIN} AND ({lon} - west + {_MARGIN} "
        f"+ 720) % 360 <= east - west + 2 * {_MARGIN})"  # some lie on both sides of the 180th
        for lat, lon, _ in (("lat", "lon", ""), *_MENDED)
    ]
    counts = ", ".join(
        f"count(*) FILTER (NOT {inside[0]} AND {condition}) AS n{number}"
        for number, condition in enumerate(inside[1:])
    )
    mended = " ".join(f"WHEN 2 * n{n} > n THEN {n}" for n in range(len(_MENDED)))
    out = " ".join(f"WHEN 2 * n{n} > n THEN n{n}" for n in range(len(_MENDED)))
    return con.execute(
        f"SELECT *, CASE {mended} END AS mended, CASE {out} END AS out FROM ("
        f"SELECT alpha2, count(*) AS n, {counts}, "
        f"arg_min({{'file': _file, 'row': _row, 'lat': lat, 'lon': lon}}, (_part, _row)) "
        f"FILTER (NOT {inside[0]}) AS example FROM (SELECT {countries} AS country, r.* "
        f"FROM ({rows}) AS r WHERE lat IS NOT NULL AND lon IS NOT NULL) "
        "JOIN _countries ON upper(country) = spelled GROUP BY alpha2) "
        "WHERE mended IS NOT NULL ORDER BY out DESC, alpha2"
    ).df()


def _warning(table: Table, entry: Entry, what: str, outside: pd.DataFrame) -> str:
    example, listed = outside["example"].iloc[0], ", ".join(outside["alpha2"][:5])
    more = ", …" if len(outside) > 5 else ""
    where = f"lat {example['lat']:g}, lon {example['lon']:g} in row {example['row']:,}"
    mend = f" If so, {_exchange(table, entry)}" if "exchanged" in what else ""
    sign = " South and west are negative: write the minus." if "minus" in what else ""
    for name in ("lat", "lon"):
        if what == f"{name} has lost its minus" and example[name] < 0:
            what, sign = f"{name} has a minus too many", ""
    out, every = int(outside["out"].sum()), int(outside["n"].sum())
    return (
        f"{out:,} of {counted(every, 'row')} of {listed}{more} "
        f"{verb(out, 'lies outside its', 'lie outside their')} country ({where} of "
        f"{example['file']}), and inside if {what}.{mend}{sign}"
    )


def _exchange(table: Table, entry: Entry) -> str:
    lat, lon = (
        json.dumps(entry.columns.get(name) or name, ensure_ascii=False) for name in ("lat", "lon")
    )
    return f"say in [tables.{table.name}]: columns = {{ lat = {lon}, lon = {lat} }}."


def _at_zero(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> list[str]:
    """Say of places at 0° N 0° E that a missing place is often written so: there is only sea."""
    number, file, row = sql.one(
        con,
        f"SELECT count(*), arg_min(_file, (_part, _row)), min(_row) FROM ({rows}) "
        "WHERE lat = 0 AND lon = 0",
    )
    if not number:
        return []
    return [
        f"lat and lon are both 0 in {number:,} {'row' if number == 1 else 'rows'} (row {row:,} of "
        f"{file}), in the sea off Africa: a missing place is often written so. Leave both empty "
        f"there, or leave the rows of {table.name} out with where_not."
    ]


def _beyond(con: duckdb.DuckDBPyConnection, table: Table, entry: Entry, rows: str) -> list[str]:
    """Ask whether the columns are exchanged where a latitude, and no longitude, is beyond 90."""
    number, file, row, value, far, none = sql.one(
        con,
        "SELECT count(w), arg_min(_file, (_part, _row)) FILTER (w IS NOT NULL), "
        "arg_min(_row, (_part, _row)) FILTER (w IS NOT NULL), "
        "arg_min(w.value, (_part, _row)) FILTER (w IS NOT NULL), coalesce(max(abs(lon)), 0), "
        "count(*) FILTER (len(list_filter(_lost, lambda _each: _each.reason IN "
        "('lon is above 180', 'lon is below -180'))) > 0) "
        "FROM (SELECT *, list_filter(_lost, lambda _each: _each.reason IN "
        f"('lat is above 90', 'lat is below -90'))[1] AS w FROM ({rows}))",
    )
    if not number or far > 90 or none:
        return []
    return [
        f"lat is beyond 90 in {counted(number, 'row')}, lon in none ({value!r} in row {row:,} of "
        f"{file}). If lat and lon are exchanged, {_exchange(table, entry)}"
    ]
