"""From degrees to kilometres: a plane of its own for each region."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.errors import InputError
from ..linalg._labels import Vector
from ._cell import Matrix
from ._read import read_known

__all__ = ["project_sites", "require_degrees"]


def project_sites(lat: Any, lon: Any, about: tuple[Any, Any] | None = None) -> Matrix:
    """Return sites in km on a plane that touches the Earth in their middle.

    The projection is azimuthal equidistant on the WGS 84 ellipsoid, about the middle of the sites'
    box: within 500 km of it distances between sites are right to .1%, within 1,250 km to 1%.

    Parameters
    ----------
    lat, lon : array_like, shape (N,)
        Degrees. A pair with a missing value stays missing.
    about : tuple of array_like, optional
        Latitudes and longitudes of the sites whose middle the plane touches, e.g. to put an outline
        on the plane of the sites in it; default: the sites themselves.

    Returns
    -------
    ndarray, shape (N, 2)
        x to the east and y to the north, km.

    Raises
    ------
    InputError
        If a latitude is outside ±90 or a longitude outside ±180, one is a text, or there are not
        as many of both.

    Examples
    --------
    A degree of longitude at 60° north is half of one at the equator.

    >>> xy = project_sites([60.0, 60.0], [10.0, 11.0])
    >>> round(float(xy[1, 0] - xy[0, 0]), 1)
    55.8

    What is not among the sites, on their plane:

    >>> project_sites([60.0], [10.5], about=([60.0, 60.0], [10.0, 11.0])).round(6).tolist()
    [[0.0, 0.0]]
    """
    from pyproj import Proj  # here: it takes a fifth of a second to import

    pair = [read_known(lat, "latitude"), read_known(lon, "longitude")]
    if pair[0].ndim != 1 or pair[0].shape != pair[1].shape:
        raise InputError(
            f"latitude and longitude: got shapes {pair[0].shape} and {pair[1].shape}; give one of "
            "each a site."
        )
    degrees = np.stack(pair)
    require_degrees(*degrees)
    there = np.isfinite(degrees).all(axis=0)
    out = np.full((degrees.shape[1], 2), np.nan)
    if there.any():
        lats, lons = degrees[:, there]
        middle = _middle(lats, lons) if about is None else _middle(*_known(about))
        plane = Proj(proj="aeqd", ellps="WGS84", lat_0=middle[0], lon_0=middle[1])
        out[there] = np.stack(plane(lons, lats), axis=1) / 1000.0
    return out


def require_degrees(lats: Vector, lons: Vector) -> None:
    """Refuse what is no latitude or no longitude, of those that are known."""
    degrees = np.stack([lats, lons])
    there = np.isfinite(degrees).all(axis=0)
    for name, values, most in (("latitude", degrees[0], 90), ("longitude", degrees[1], 180)):
        wrong = np.flatnonzero(there & (np.abs(np.where(there, values, 0)) > most))
        if len(wrong):
            swapped = name == "latitude" and (np.abs(degrees[1][there]) <= 90).all()
            remedy = " Latitude and longitude seem to be exchanged." if swapped else ""
            raise InputError(
                f"{name} of site {wrong[0] + 1:,}: got {values[wrong[0]]:g}; degrees lie between "
                f"−{most} and {most}.{remedy}"
            )


def _known(about: tuple[Any, Any]) -> Matrix:
    """Return the latitudes and longitudes of sites that have both."""
    degrees = np.stack([np.asarray(each, dtype=float) for each in about])
    return degrees[:, np.isfinite(degrees).all(axis=0)]


def _middle(lats: Vector, lons: Vector) -> tuple[float, float]:
    """Return the middle of a box, which across the date line is the shorter way round."""
    turn = 360.0 if np.ptp(lons) > 180 else 0.0
    east = np.where(lons < 0, lons + turn, lons)
    return float((lats.min() + lats.max()) / 2), float((east.min() + east.max()) / 2)
