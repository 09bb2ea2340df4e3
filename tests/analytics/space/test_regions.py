"""Sites in outlines: holes, islands, borders, odd files."""

from __future__ import annotations

import numpy as np
import pytest
from spillgraph.analytics.space import locate_sites, outlines_of_geojson
from spillgraph.core.errors import InputError


def feature(name, *polygons):
    geometry = {"type": "MultiPolygon", "coordinates": list(polygons)}
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def square(x, y, half):
    return [
        [x - half, y - half],
        [x + half, y - half],
        [x + half, y + half],
        [x - half, y + half],
        [x - half, y - half],
    ]


def test_holes_islands_and_neighbours():
    collection = {
        "features": [
            feature("ring", [square(0, 0, 4), square(0, 0, 2)], [square(0, 0, 1)]),
            feature("lake", [square(0, 0, 2), square(0, 0, 1)]),
            feature("ring", [square(10, 0, 1)]),
        ]
    }
    outlines = outlines_of_geojson(collection, "name")
    lon = np.array([3.0, 1.5, 0.0, 10.0, 6.0, np.nan])
    found = locate_sites(np.zeros(6), lon, outlines)
    assert found.tolist() == ["ring", "lake", "ring", "ring", None, None]


def test_a_polygon_of_many_corners_is_a_disc():
    turns = np.linspace(0, 2 * np.pi, 721)[:-1]
    disc = np.stack([10 + 3 * np.cos(turns), 50 + 3 * np.sin(turns)], axis=1)
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(5, 15, 4000), rng.uniform(45, 55, 4000)
    far = np.hypot(lon - 10, lat - 50)
    clear = abs(far - 3) > 0.01
    inside = locate_sites(lat, lon, {"disc": [disc]}) == "disc"
    assert (inside[clear] == (far < 3)[clear]).all()


def test_each_site_between_two_regions_is_in_one():
    west, east = np.array(square(0, 0, 1)), np.array(square(2, 0, 1))
    lat = np.linspace(-0.99, 0.99, 50)
    found = locate_sites(lat, np.ones(50), {"west": [west], "east": [east]})
    assert set(found) <= {"west", "east"}


@pytest.mark.parametrize(
    ("collection", "words"),
    [
        ({}, "no features"),
        ({"features": [feature("", [square(0, 0, 1)])]}, "feature 0 has no property 'name'"),
        (
            {
                "features": [
                    {
                        "properties": {"name": "a"},
                        "geometry": {"type": "Point", "coordinates": [0, 0]},
                    }
                ]
            },
            r"feature 0 \(a\) is 'Point'; give polygons",
        ),
        (
            {"features": [{"properties": {"name": "a"}, "geometry": None}]},
            r"feature 0 \(a\) has no outline; leave it out",
        ),
        (
            {"features": [feature("a", [square(500_000, 4_000_000, 9)])]},
            r"feature 0 \(a\) reaches 500,0\d\d and 4,000,0\d\d; outlines are in degrees",
        ),
    ],
)
def test_what_is_no_outline_is_refused(collection, words):
    with pytest.raises(InputError, match=words):
        outlines_of_geojson(collection, "name")
