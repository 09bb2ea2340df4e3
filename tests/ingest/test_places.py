"""Places that do not lie in the country of their row are told, with what would mend them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from spillgraph.ingest.doubts.places import _countries
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study
from staging import connect

#: Real cities: country in three spellings, latitude, longitude.
CITIES = {
    "Berlin": (("DE", "DEU", "Germany"), 52.52, 13.40),
    "Munich": (("DE", "deu", "GERMANY"), 48.14, 11.58),
    "Paris": (("FR", "FRA", "France"), 48.86, 2.35),
    "Washington": (("US", "USA", "United States of America"), 38.90, -77.04),
    "Palo Alto": (("US", "USA", "U.S.A."), 37.44, -122.14),
    "Santiago": (("CL", "CHL", "Chile"), -33.45, -70.67),
    "Sydney": (("AU", "AUS", "Australia"), -33.87, 151.21),
    "Tokyo": (("JP", "JPN", "Japan"), 35.68, 139.69),
    "Beijing": (("CN", "CHN", "China"), 39.90, 116.40),
    "London": (("GB", "GBR", "UK"), 51.51, -0.13),
    "Windhoek": (("NA", "NAM", "Namibia"), -22.56, 17.07),
    "São Paulo": (("BR", "BRA", "Brazil"), -23.55, -46.63),
    "Reykjavík": (("IS", "ISL", "Iceland"), 64.15, -21.94),
    "Auckland": (("NZ", "NZL", "New Zealand"), -36.85, 174.76),
    "Seoul": (("KR", "KOR", "South Korea"), 37.57, 126.98),
    "Maputo": (("MZ", "MOZ", "Mozambique"), -25.97, 32.57),
    "Lisbon": (("PT", "PRT", "Portugal"), 38.72, -9.14),
}


def staged(tiny, tmp_path: Path) -> dict[str, Staged]:
    with connect() as con:
        return stage(con, load_study(tiny.path), tmp_path / "tables", tmp_path / "rejects")


def with_places(tiny, tmp_path: Path, rows: list[tuple[str, float, float]]) -> list[str]:
    """Return what is said of places when firms lie there."""
    lines = [f"{n},A,{c},{lat},{lon}" for n, (c, lat, lon) in enumerate(rows, start=1)]
    more = [f"{n},A,,," for n in range(len(rows) + 1, 5)]  # the tiny study has four firms
    tiny.write("firms.csv", "\n".join(["id,industry,country,lat,lon", *lines, *more, ""]))
    warnings = staged(tiny, tmp_path)["firms"].warnings
    return [text for text in warnings if "lat" in text or "lon" in text]


@pytest.mark.parametrize("spelling", range(3))
def test_places_in_their_country_are_no_alarm(tiny, tmp_path, spelling) -> None:
    rows = [(names[spelling], lat, lon) for names, lat, lon in CITIES.values()]
    assert with_places(tiny, tmp_path, rows) == []


@pytest.mark.parametrize("spelling", range(3))
@pytest.mark.parametrize("city", ["Berlin", "Paris", "Washington", "Lisbon", "Reykjavík"])
def test_exchanged_columns_in_legal_bounds_are_told_and_the_remedy_holds(
    tiny, tmp_path, city, spelling
) -> None:
    names, lat, lon = CITIES[city]
    (text,) = with_places(tiny, tmp_path, [(names[spelling], lon, lat)])
    assert text == (
        f"1 of 1 row of {names[0]} lies outside its country (lat {lon:g}, lon {lat:g} in row 1 "
        "of firms.csv), and inside if lat and lon are exchanged. If so, say in [tables.firms]: "
        'columns = { lat = "lon", lon = "lat" }.'
    )
    tiny.replace('file = "firms.csv"', 'file = "firms.csv"\n' + text.split(": ")[1].rstrip("."))
    found = staged(tiny, tmp_path)["firms"]
    assert found.warnings == ()
    assert pd.read_parquet(found.path).loc[0, ["lat", "lon"]].tolist() == [lat, lon]


@pytest.mark.parametrize(
    ("city", "what", "of"),
    [
        ("Washington", "lon has lost its minus", lambda lat, lon: (lat, -lon)),
        ("Sydney", "lat has lost its minus", lambda lat, lon: (-lat, lon)),
        ("Santiago", "lat and lon have lost their minus", lambda lat, lon: (-lat, -lon)),
        ("Washington", "exchanged, and lon has lost its minus", lambda lat, lon: (-lon, lat)),
        ("Maputo", "exchanged, and lat has lost its minus", lambda lat, lon: (lon, -lat)),
        ("Santiago", "exchanged, and both have lost their minus", lambda lat, lon: (-lon, -lat)),
    ],
)
def test_a_lost_sign_is_told(tiny, tmp_path, city, what, of) -> None:
    (country, *_), lat, lon = CITIES[city]
    (text,) = with_places(tiny, tmp_path, [(country, *of(lat, lon))])
    assert f"inside if {'lat and lon are ' if 'exch' in what else ''}{what}." in text
    assert "South and west are negative: write the minus." in text
    assert ("columns = {" in text) is ("exchanged" in what)


def test_a_country_without_its_sign_among_others_is_told(tiny, tmp_path) -> None:
    rows = [(names[0], lat, lon) for names, lat, lon in CITIES.values()]
    wrong = [(c, lat, abs(lon) if c == "US" else lon) for c, lat, lon in rows]
    (text,) = with_places(tiny, tmp_path, wrong)
    assert text.startswith("2 of 2 rows of US lie outside their country (lat 38.9, lon 77.04")


def test_one_firm_abroad_and_unknown_countries_are_no_alarm(tiny, tmp_path) -> None:
    berlin, munich, paris = [(n[0], *at) for n, *at in (CITIES[c] for c in list(CITIES)[:3])]
    abroad = ("DE", paris[2], paris[1])  # one row of three
    assert with_places(tiny, tmp_path, [berlin, munich, abroad]) == []
    assert with_places(tiny, tmp_path, [("Land", 13.4, 52.5), ("", 13.4, 52.5)]) == []


def test_without_a_country_a_latitude_beyond_90_is_told_however_rare(tiny, tmp_path) -> None:
    rows = [("", lon, lat) for _, lat, lon in CITIES.values() if abs(lon) < 90] * 4
    (text,) = with_places(tiny, tmp_path, [*rows, ("", 116.4, 39.9)])
    assert text == (
        f"lat is beyond 90 in 1 row, lon in none ('116.4' in row {len(rows) + 1} of firms.csv). "
        'If lat and lon are exchanged, say in [tables.firms]: columns = { lat = "lon", lon = '
        '"lat" }.'
    )
    assert with_places(tiny, tmp_path, [*rows, ("", 139.9, 39.9), ("", 39.9, 116.4)]) == []


def test_establishments_lie_in_the_country_of_their_firm(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry,country\n1,A,DE\n2,B,DE\n3,C,US\n4,,\n")
    rows = "a,1,A,r,13.4,52.5\nb,2,B,r,9.9,53.6\nc,1,A,r,11.6,48.1\nd,2,B,r,7,51\n"
    tiny.write("est.csv", f"establishment,firm,industry,region,breadth,length\n{rows}")
    tiny.replace(
        "[tables.trade_links]",
        '[tables.establishments]\nfile = "est.csv"\nclassification = "f"\n'
        'columns = { lat = "breadth", lon = "length" }\n\n[tables.trade_links]',
    )
    (text,) = staged(tiny, tmp_path)["establishments"].warnings
    assert text.endswith('[tables.establishments]: columns = { lat = "length", lon = "breadth" }.')


def test_plants_abroad_are_no_alarm(tiny, tmp_path) -> None:
    tiny.write("firms.csv", "id,industry,country\n1,A,CN\n2,B,CN\n3,C,US\n4,,\n")
    rows = "a,1,A,r,40.7,-74\nb,2,B,r,37.8,-122.4\nc,1,A,r,41.9,-88\nd,2,B,r,34,-118\n"
    tiny.write("est.csv", f"establishment,firm,industry,region,lat,lon\n{rows}")
    tiny.replace(
        "[tables.trade_links]",
        '[tables.establishments]\nfile = "est.csv"\nclassification = "f"\n\n[tables.trade_links]',
    )
    (text,) = staged(tiny, tmp_path)["establishments"].warnings
    assert "region 'r' is 4,334 km wide" in text  # and nothing of countries


def test_both_sides_of_the_180th_meridian_are_one_country(tiny, tmp_path) -> None:
    rows = [("RU", 64.7, -177.5), ("RU", 55.8, 37.6), ("NZ", -43.9, -176.5), ("NZ", -36.8, 174.8)]
    assert with_places(tiny, tmp_path, [*rows, ("RU", 66.0, -172.0)]) == []
    (text,) = with_places(tiny, tmp_path, [("DE", 52.5, -13.4), ("DE", 48.1, -11.6)])
    assert text.endswith("and inside if lon has a minus too many.")


def test_bounds_are_bounds() -> None:
    table = _countries()
    assert (table["south"] < table["north"]).all() and (table["west"] < table["east"]).all()
    assert table["south"].ge(-90).all() and table["north"].le(90).all()
    assert table["west"].ge(-180).all() and table["east"].le(190.5).all()
    assert table["spelled"].is_unique and table.loc[table["spelled"] == "NA", "alpha3"].all()
