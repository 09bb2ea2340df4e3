"""Which region a site lies in, by the outlines of regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.errors import InputError, show
from ..linalg._labels import Vector
from ._cell import Matrix

__all__ = ["Outlines", "locate_sites", "outlines_of_geojson"]

#: Rings (M × 2, longitude and latitude) of each region; a point inside an odd number is inside.
Outlines = Mapping[str, Sequence[Matrix]]


def outlines_of_geojson(collection: Mapping[str, Any], name: str) -> dict[str, list[Matrix]]:
    """Return the outlines of a GeoJSON collection, features of one name together.

    Parameters
    ----------
    collection : mapping
        A FeatureCollection of polygons and multipolygons, in degrees (RFC 7946).
    name : str
        The property that names the region.

    Returns
    -------
    dict of str to list of ndarray, each of shape (M, 2)
        Rings by region, holes among them.

    Raises
    ------
    InputError
        If it is no collection, a feature has no such property, is no polygon, or is not in degrees.

    Examples
    --------
    >>> ring = [[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]
    >>> north = {"properties": {"name": "N"}}
    >>> north["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    >>> outlines_of_geojson({"features": [north]}, "name")["N"][0].shape
    (5, 2)
    """
    features = collection.get("features")
    if not isinstance(features, list) or not features:
        raise InputError("regions: no features; give a GeoJSON FeatureCollection of polygons.")
    outlines: dict[str, list[Matrix]] = {}
    for place, feature in enumerate(features):
        properties = feature.get("properties") or {}
        if properties.get(name) in (None, ""):
            has = ", ".join(map(str, properties)) or "none"
            raise InputError(
                f"regions: feature {place} has no property {show(name)}; it has {has}."
            )
        geometry: Any = feature.get("geometry") or {}
        kind: Any = geometry.get("type")
        rings: Any = geometry.get("coordinates")
        if kind == "Polygon":
            rings = [rings]
        elif kind != "MultiPolygon":
            what = f"is {show(kind)}; give polygons" if kind else "has no outline; leave it out"
            raise InputError(f"regions: feature {place} ({properties[name]}) {what}.")
        read = [np.array(ring, dtype=float)[:, :2] for polygon in rings for ring in polygon]
        _require_degrees(read, place, str(properties[name]))
        outlines.setdefault(str(properties[name]), []).extend(read)
    return outlines


def _require_degrees(rings: Sequence[Matrix], place: int, name: str) -> None:
    """Refuse outlines on another plane, in which no site would lie."""
    far = np.abs(np.concatenate(rings)).max(axis=0)
    # A border may run along a meridian twice, to close a ring across the date line.
    if far[0] > 2 * 180 or far[1] > 90:
        raise InputError(
            f"regions: feature {place} ({name}) reaches {far[0]:,.0f} and {far[1]:,.0f}; outlines "
            "are in degrees of longitude and latitude. Convert them to EPSG:4326 (a shapefile says "
            "what it is in with its .prj)."
        )


def locate_sites(lat: Any, lon: Any, outlines: Outlines) -> NDArray[np.object_]:
    """Return the region in which each site lies.

    Parameters
    ----------
    lat, lon : array_like, shape (N,)
        Degrees.
    outlines : mapping of str to sequence of ndarray, each of shape (M, 2)
        Rings of longitude and latitude by region; edges are straight between them in degrees.

    Returns
    -------
    ndarray of object, shape (N,)
        Names; None where a site lies in no region or has no place. Of regions that overlap, the
        first.

    Examples
    --------
    >>> square = np.array([[0, 0], [2, 0], [2, 2], [0, 2]])
    >>> locate_sites([1.0, 3.0], [1.0, 1.0], {"N": [square]}).tolist()
    ['N', None]
    """
    y, x = np.asarray(lat, dtype=float), np.asarray(lon, dtype=float)
    region = np.full(len(x), None, dtype=object)
    for name, rings in outlines.items():
        points = np.concatenate(rings)
        low, high = points.min(axis=0), points.max(axis=0)
        near = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
        free = np.array([each is None for each in region], dtype=bool)
        some = np.flatnonzero(near & free)
        inside = np.zeros(len(some), dtype=bool)
        for ring in rings:
            inside ^= _inside(x[some], y[some], ring)
        region[some[inside]] = name
    return region


def _inside(x: Vector, y: Vector, ring: Matrix) -> NDArray[np.bool_]:
    """Whether a ray to the east crosses the ring an odd number of times."""
    odd = np.zeros(len(x), dtype=bool)
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if ay != by:
            crosses = (ay > y) != (by > y)
            odd ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return odd
