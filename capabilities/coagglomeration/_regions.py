"""Regions from a file of outlines, in place of those that the table of sites names."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from ...analytics.space import Outlines, locate_sites, outlines_of_geojson
from ...core.errors import InputError, show, show_some
from ...ingest.remote.address import is_address
from ...ingest.study import Study

__all__ = ["located", "read_outlines"]


def read_outlines(study: Study, file: str, name: str) -> Outlines:
    """Read outlines: GeoJSON by ourselves, other formats by geopandas where it is installed.

    Parameters
    ----------
    study : Study
        The study; the file is named relative to it.
    file : str
        GeoJSON, or what geopandas reads (shapefile, GeoPackage).
    name : str
        The property that names a region.
    """
    if is_address(file):
        raise InputError(
            f"[coagglomeration] outlines: {show(file, 400)} is an address, and outlines are read "
            "from a file of this machine; copy it there."
        )
    path = study.path.parent / file
    if not path.is_file():
        raise InputError(f"[coagglomeration] outlines: there is no file {path}.")
    try:
        return outlines_of_geojson(_collection(path, name), name)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _collection(path: Path, name: str) -> dict[str, Any]:
    if path.suffix.lower() in (".json", ".geojson"):
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise InputError(f"it is no GeoJSON ({error})") from None
        if not isinstance(read, dict):
            raise InputError("it is no GeoJSON FeatureCollection.")
        return read
    if find_spec("geopandas") is None:
        raise InputError(
            "only GeoJSON is read without geopandas; convert the file to GeoJSON in degrees, or "
            'pip install "spillgraph[geo]".'
        )
    return _by_geopandas(path, name)


def _by_geopandas(path: Path, name: str) -> dict[str, Any]:
    """Read another format, in degrees; of its properties the name alone, if it is there."""
    import geopandas

    try:
        layers = list(geopandas.list_layers(path)["name"])
        if layers[1:]:
            raise InputError(
                f"it has {len(layers)} layers ({show_some(layers)}), and one is needed. Convert "
                "the one that is meant to GeoJSON."
            )
        frame = geopandas.read_file(path)
    except (OSError, RuntimeError) as error:  # that of the reader is of the latter
        raise InputError(f"geopandas cannot read it ({error})") from None
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise InputError("it has no outlines; is it the table of a shapefile without its .shp?")
    if name in frame:  # others may be of kinds that JSON has not, as dates
        frame = frame[[name, frame.geometry.name]]
    else:
        frame = frame.astype(dict.fromkeys(frame.columns.drop(frame.geometry.name), "str"))
    in_degrees = frame if frame.crs is None else frame.to_crs(4326)
    collection: dict[str, Any] = json.loads(in_degrees.to_json())
    return collection


def located(table: pd.DataFrame, outlines: Outlines) -> pd.DataFrame:
    """Return sites with the region in whose outline they lie; missing where in none.

    Parameters
    ----------
    table : pandas.DataFrame
        Sites with ``lat`` and ``lon``.
    outlines : mapping
        Rings by region.
    """
    if not table["lat"].notna().any():
        raise InputError(
            "[coagglomeration] outlines: sites have no latitude and longitude, which outlines need."
        )
    return table.assign(region=locate_sites(table["lat"], table["lon"], outlines))
