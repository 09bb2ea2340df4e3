"""What is doubtful about where establishments are, before anything is made of it.

Signs and exchanged columns of degrees are looked for in :mod:`spillgraph.ingest.doubts.places`, as
in every table of places.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import radians, sin

import duckdb

from ...core.errors import show, show_some
from ...core.words import counted, verb
from .. import sql
from ..contract import Table
from ..study_model import Entry
from ..values.likeness import likeness

__all__ = ["doubts_of_sites", "doubts_of_spread"]

#: No two places on earth are farther apart, in km.
_FARTHEST = 20_038.0
#: Sites within so many "km" whose numbers could be degrees, with so many decimals, are in degrees.
_NARROW, _DECIMALS = 20.0, 3
#: Radius of the earth, km; distances that are off by more are told, up to so many radians.
_RADIUS, _OFF, _HALF_ROUND = 6_371.0, 0.01, 2.5
#: One in so many sites of a region may lie in one point, one in so many may have no place.
_AT_ONE_POINT, _NO_PLACE = 3, 10
#: Of fewer sites several in one point, or one far from the others, say nothing.
_FEW = 10
#: Sites are far that are so many km from the middle of their region, and so many times as far as
#: half, and three quarters, of those outside of that very point.
_FAR, _HALF, _QUARTERS = 300.0, 10.0, 5.0
#: Where more than one in so many are, they are a part of the region.
_PART = 10
#: Far sites that are named.
_NAMED = 3

#: A place, whichever pair of columns gives it.
_PLACE = (
    "CASE WHEN coalesce(lat, x) IS NOT NULL AND coalesce(lon, y) IS NOT NULL "
    "THEN (coalesce(lat, x), coalesce(lon, y)) END"
)


def doubts_of_sites(
    con: duckdb.DuckDBPyConnection, table: Table, entries: Sequence[Entry], checked: str
) -> Iterator[str]:
    """Yield warnings on places, years and regions of a table of sites.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the checked rows.
    table : Table
        Their declaration.
    entries : sequence of Entry
        Give the files' names of columns.
    checked : str
        Name of the checked rows, before rows that repeat a key are refused.

    Yields
    ------
    str
    """
    rows = f"(SELECT * FROM {checked} WHERE _why IS NULL)"
    yield from _no_degrees(con, table, entries[0], rows)
    yield from _no_km(con, table, entries[0], rows)
    yield from _of_years(con, rows)
    yield from doubts_of_spread(con, rows, "'row ' || format('{:,}', _row) || ' of ' || _file")


def doubts_of_spread(con: duckdb.DuckDBPyConnection, rows: str, named: str) -> Iterator[str]:
    """Yield warnings on sites without a place and on how they lie in their regions.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the sites.
    rows : str
        SELECT of them, or a name: ``region``, ``year``, ``industry``, ``lat``, ``lon``, ``x`` and
        ``y``.
    named : str
        What a site is called, as SQL of their columns.

    Yields
    ------
    str
    """
    placed = f"(SELECT region, year, industry, {_PLACE} AS place FROM {rows})"
    without, number = sql.one(
        con, f"SELECT count(*) FILTER (place IS NULL), count(*) FROM {placed}"
    )
    if _NO_PLACE * without > number:
        yield (
            f"{without:,} of {counted(number, 'site')} {verb(without, 'has', 'have')} no place: "
            f"{verb(without, 'it counts', 'they count')} among the sites of "
            f"{verb(without, 'its', 'their')} industry and {verb(without, 'is', 'are')} left out "
            "wherever distances are."
        )
    if 2 * without > number:  # what else is strange follows from it
        return
    yield from _spelled_in_two_ways(con, rows)
    yield from _too_wide(con, rows)
    yield from _far_away(con, rows, named)
    known = f"{placed} WHERE place IS NOT NULL AND region IS NOT NULL AND industry IS NOT NULL"
    yield from _at_one_point(con, f"(SELECT * FROM {known})")
    yield from _of_one_industry(con, f"(SELECT * FROM {known})")


def _own(entry: Entry, name: str) -> str:
    return json.dumps(entry.columns.get(name) or name, ensure_ascii=False)


def _no_degrees(
    con: duckdb.DuckDBPyConnection, table: Table, entry: Entry, rows: str
) -> Iterator[str]:
    """Yield a warning of latitudes and longitudes that are mostly both beyond any degree."""
    beyond = " AND ".join(
        "len(list_filter(_lost, lambda _each: _each.reason IN "
        f"('{c} is above {most}', '{c} is below -{most}'))) > 0"
        for c, most in (("lat", 90), ("lon", 180))
    )
    number, all_rows, file, row = sql.one(
        con,
        f"SELECT count(*) FILTER ({beyond}), count(*), arg_min(_file, (_entry, _part, _row)) "
        f"FILTER ({beyond}), arg_min(_row, (_entry, _part, _row)) FILTER ({beyond}) FROM {rows}",
    )
    if 2 * number > all_rows:
        x, y = _own(entry, "lon"), _own(entry, "lat")
        yield (
            f"lat and lon are beyond 90 and 180 in {number:,} of {counted(all_rows, 'row')} (row "
            f"{row:,} of {file}): these are no degrees. If they are km, say in "
            f"[tables.{table.name}]: columns "
            f'= {{ lat = "", lon = "", x = {x}, y = {y} }}.'
        )


def _no_km(con: duckdb.DuckDBPyConnection, table: Table, entry: Entry, rows: str) -> Iterator[str]:
    """Yield warnings of distances that are degrees, in metres, or all 0."""
    number, west, east, south, north, decimals, at_zero, of_zero = sql.one(
        con,
        "SELECT count(*), min(x), max(x), min(y), max(y), count(*) FILTER (round(x, 2) <> x AND "
        f"round(y, 2) <> y), count(*) FILTER (x = 0 AND y = 0), min({{'row': _row, 'file': "
        f"_file}}) FILTER (x = 0 AND y = 0) FROM {rows} WHERE x IS NOT NULL AND y IS NOT NULL",
    )
    if not number:
        return
    wide, high = east - west, north - south
    most = max(abs(west), abs(east), abs(south), abs(north))
    where = f"x runs from {west:g} to {east:g}, y from {south:g} to {north:g}"
    degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if number > 1 and degrees and max(wide, high) < _NARROW and 2 * decimals > number:
        lat, lon = _own(entry, "y"), _own(entry, "x")
        yield (
            f"{where}, with {_DECIMALS} decimals and more: all sites would lie within "
            f"{max(wide, high):.3g} km. If these are degrees, say in [tables.{table.name}]: "
            f'columns = {{ x = "", y = "", lat = {lat}, lon = {lon} }}.'
        )
    if max(wide, high, most) > _FARTHEST:
        yield (
            f"{where}: no two places on earth are more than {_FARTHEST:,.0f} km apart. If these "
            "are metres, write km: divide them by 1,000 in the file."
        )
    if at_zero > 1:
        yield (
            f"x and y are both 0 in {at_zero:,} rows (row {of_zero['row']:,} of "
            f"{of_zero['file']}): a missing place is often written so. If it is, leave both "
            "empty there."
        )


def _of_years(con: duckdb.DuckDBPyConnection, rows: str) -> Iterator[str]:
    """Yield a warning of rows without a year, beside others or in several of one site."""
    without, with_year, repeated, first = sql.one(
        con,
        "SELECT coalesce(sum(n) FILTER (year IS NULL), 0), coalesce(sum(n) FILTER (year IS NOT "
        "NULL), 0), count(*) FILTER (year IS NULL AND n > 1), min(establishment) FILTER (year IS "
        "NULL AND n > 1) FROM "
        f"(SELECT establishment, year, count(*) AS n FROM {rows} GROUP BY ALL)",
    )
    if without and with_year:
        one, its = without == 1, verb(without, "its", "their")
        yield (
            f"{without:,} of {without + with_year:,} rows {'has' if one else 'have'} no year and "
            f"{'is a site' if one else 'are sites'} in every year in which {its} establishment has "
            f"no other. If that is not meant, write {its} {'year' if one else 'years'}."
        )
    if repeated and not with_year:
        yield (
            f"{counted(repeated, 'establishment')} (as {show(first)}) "
            f"{verb(repeated, 'stands', 'stand')} in several rows without a year, of which "
            "the first counts. If these are years, map the column that has them with "
            'columns = { year = "…" }.'
        )


def _at_one_point(con: duckdb.DuckDBPyConnection, known: str) -> Iterator[str]:
    """Yield a warning of regions with more than a third of their sites in one point."""
    found = con.execute(
        "SELECT region, year, place, n, total FROM (SELECT *, sum(n) OVER (PARTITION BY region, "
        "year) AS total FROM "
        f"(SELECT region, year, place, count(*) AS n FROM {known} GROUP BY ALL)) "
        f"WHERE {_AT_ONE_POINT} * n > total AND total >= {_FEW} "
        "ORDER BY n / total DESC, region, year, place"
    ).fetchall()
    if found:
        region, year, place, n, total = found[0]
        regions = len({row[0] for row in found})
        many = f"; so in {regions:,} regions" if regions > 1 else ""
        yield (
            f"{n:,} of {total:,} sites of {_named(region, year)} lie at one point "
            f"({', '.join(f'{value:g}' for value in place)}){many}. Is it the middle of a town or "
            "of a postcode? Distances within it are 0."
        )


def _spelled_in_two_ways(con: duckdb.DuckDBPyConnection, rows: str) -> Iterator[str]:
    """Yield a warning of regions whose names are one but for their spelling."""
    asked = f"SELECT region, count(*) FROM {rows} WHERE region IS NOT NULL GROUP BY region"
    sites = {str(region): int(n) for region, n in con.execute(asked).fetchall()}
    alike: dict[str, list[str]] = {}
    for region, key in sorted(likeness(con, sorted(sites)).items()):
        alike.setdefault(key, []).append(region)
    several = [names for names in alike.values() if len(names) > 1]
    if not several:
        return
    names = max(several, key=lambda group: sum(sites[name] for name in group))
    named = ", ".join(f"{_quoted(name)} ({sites[name]:,} sites)" for name in names)
    more = f"; so with {len(several):,} names" if several[1:] else ""
    capitals = len({name.upper() for name in names}) == 1
    mend = ', or say clean = { region = { case = "upper" } }' if capitals else ""
    yield (
        f"regions {named} differ in spelling alone{more}: each is a region of its own, and its "
        f"sites are compared with none of the other. If they are one, write them in one way{mend}."
    )


def _quoted(name: str) -> str:
    """Return a name in quotes, with signs that look like others as their code points."""
    return show(name) if name.isascii() else ascii(name)


def _too_wide(con: duckdb.DuckDBPyConnection, rows: str) -> Iterator[str]:
    """Yield a warning of regions so wide that their distances on a plane are not those on earth.

    On an azimuthal equidistant plane a circle about its middle is too long by c / sin c, with c the
    angle to it.
    """
    spans = (
        "SELECT region, max(lat) - min(lat) AS high, (max(lat) + min(lat)) / 2 AS middle, "
        # across the date line the shorter way round
        "least(max(lon) - min(lon), max((lon + 360) % 360) - min((lon + 360) % 360)) AS wide "
        f"FROM {rows} WHERE lat IS NOT NULL AND lon IS NOT NULL AND region IS NOT NULL "
        "AND NOT (lat = 0 AND lon = 0) GROUP BY region"  # those are told as missing
    )
    found = con.execute(
        f"SELECT region, radians(sqrt(high ** 2 + (wide * cos(radians(middle))) ** 2)) / 2 AS c "
        f"FROM ({spans}) ORDER BY c DESC, region"
    ).fetchall()
    wide = [(region, c) for region, c in found if _stretch(c) > _OFF]
    if wide:
        region, c = wide[0]
        more = f"; {len(wide):,} of {len(found):,} regions are so" if wide[1:] else ""
        yield (
            f"region {show(region)} is {2 * c * _RADIUS:,.0f} km wide{more}: sites are put on a "
            f"plane, on which distances so far apart are off by up to {_stretch(c):.0%}. Is a "
            "place wrong, or is the region too large to compare sites in?"
        )


def _far_away(con: duckdb.DuckDBPyConnection, rows: str, named: str) -> Iterator[str]:
    """Yield a warning of sites far from all others of their region.

    How far, is from the medians of both coordinates, and beside the median of these distances:
    neither moves with the sites that are looked for.
    """
    degree = radians(_RADIUS)
    # across the date line the shorter way round
    places = (
        f"SELECT region, lat, x, y, {named} AS who, lat IS NOT NULL AS on_earth, "
        "CASE WHEN max(lon) OVER of - min(lon) OVER of > 180 THEN (lon + 360) % 360 ELSE lon END "
        f"AS lon FROM {rows} WHERE region IS NOT NULL AND coalesce(lat, x) IS NOT NULL AND "
        "coalesce(lon, y) IS NOT NULL AND NOT coalesce(lat = 0 AND lon = 0, false) "  # as missing
        "WINDOW of AS (PARTITION BY region)"
    )
    away = (
        f"SELECT region, who, CASE WHEN on_earth THEN {degree} * sqrt((lat - median(lat) OVER of) "
        "** 2 + ((lon - median(lon) OVER of) * cos(radians((lat + median(lat) OVER of) / 2))) ** 2)"
        " ELSE sqrt((x - median(x) OVER of) ** 2 + (y - median(y) OVER of) ** 2) END AS km "
        f"FROM ({places}) WINDOW of AS (PARTITION BY region)"
    )
    usual = (
        "SELECT *, quantile_cont(nullif(km, 0), 0.5) OVER of AS half, quantile_cont(nullif(km, 0), "
        f"0.75) OVER of AS quarters FROM ({away}) WINDOW of AS (PARTITION BY region)"
    )
    least = f"greatest({_FAR}, {_HALF} * half, {_QUARTERS} * quarters)"
    far = f"SELECT *, km > {least} AS far FROM ({usual})"
    found = con.execute(
        "SELECT region, count(*) FILTER (far) AS n, count(*) AS sites, max(km), any_value(half), "
        "list({'who': who, 'km': km} ORDER BY km DESC, who) FILTER (far) "
        f"FROM ({far}) GROUP BY region HAVING n > 0 AND sites >= {_FEW} AND {_PART} * n <= sites "
        "ORDER BY n DESC, region"
    ).fetchall()
    if not found:
        return
    region, n, sites, most, half, each = found[0]
    examples = ", ".join(f"{one['who']}: {one['km']:,.0f} km" for one in each[:_NAMED])
    every = sum(row[1] for row in found)
    more = f"; in all {every:,} sites of {len(found):,} regions do so" if found[1:] else ""
    yield (
        f"{n:,} of {sites:,} sites of region {show(region)} lie up to {most:,.0f} km from the "
        f"middle of its sites ({examples}), half of these within {half:,.0f} km{more}. Is a place "
        "or a region wrong? Distances are means, which few such sites move: correct them, leave "
        "their places empty, or give them a region of their own."
    )


def _stretch(c: float) -> float:
    """Return by which share a circle at an angle of c from the middle of its plane is too long."""
    angle = min(c, _HALF_ROUND)
    return angle / sin(angle) - 1 if angle > 0 else 0.0


def _of_one_industry(con: duckdb.DuckDBPyConnection, known: str) -> Iterator[str]:
    """Yield a warning of regions with one industry, and of industries with one site."""
    kinds = f"SELECT region, count(DISTINCT industry) AS n FROM {known} GROUP BY ALL"
    regions, number = sql.one(
        con, f"SELECT list(region ORDER BY region) FILTER (n = 1), count(*) FROM ({kinds})"
    )
    if regions:
        yield (
            f"{len(regions):,} of {number:,} regions ({show_some(regions)}) "
            f"{'have' if regions[1:] else 'has'} sites of one industry: it lies beside no other "
            "there, and no pair of industries can be looked at."
        )
    sites = f"SELECT count(*) AS n FROM {known} GROUP BY region, year, industry"
    single, cells = sql.one(con, f"SELECT count(*) FILTER (n = 1), count(*) FROM ({sites})")
    if 2 * single > cells:
        yield (
            f"{single:,} of {cells:,} industries by region and year have a single site: whom it "
            "lies beside says little."
        )


def _named(region: str, year: int | None) -> str:
    return f"region {show(region)}" + (f" in {year}" if year is not None else "")
