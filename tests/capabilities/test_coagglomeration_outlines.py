"""Outlines of regions in the formats that geopandas reads."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from spillgraph.capabilities.coagglomeration._regions import read_outlines
from spillgraph.core.errors import InputError

from .test_coagglomeration import KM, pairs_of, run, study_in, towns

geopandas: Any = pytest.importorskip(
    "geopandas", reason='needs geopandas: pip install "spillgraph[geo]"'
)
pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided")


def boxes(**more: Any) -> Any:
    from shapely.geometry import box

    places = [box(109.5, -2, 111.0, 2), box(111.5, -2, 113.0, 2)]
    return geopandas.GeoDataFrame(
        {"area": ["North", "South"], **more}, geometry=places, crs="EPSG:4326"
    )


def read(path: Path, name: str = "area") -> dict[str, Any]:
    study: Any = SimpleNamespace(path=path.parent / "study.toml")
    return dict(read_outlines(study, path.name, name))


@pytest.mark.parametrize("file", ["areas.shp", "areas.gpkg", "areas.fgb"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_outlines_are_in_degrees_whatever_the_file_has(tmp_path: Path, file: str, crs: str) -> None:
    boxes().to_crs(crs).to_file(tmp_path / file)
    found = read(tmp_path / file)
    assert set(found) == {"North", "South"}
    (ring,) = found["South"]
    np.testing.assert_allclose([ring.min(axis=0), ring.max(axis=0)], [[111.5, -2], [113, 2]])


@pytest.mark.parametrize("file", ["areas.shp", "areas.gpkg"])
def test_sites_lie_in_the_regions_of_a_shapefile_and_a_geopackage(
    tmp_path: Path, file: str
) -> None:
    sites = towns(years=(2020,))
    east = sites["region"].map({"North": 110.0, "South": 112.0})
    degrees = sites.drop(columns=["x", "y", "region"]).assign(
        region="?", lat=sites["y"] / KM, lon=east + sites["x"] / KM
    )
    boxes().to_crs("EPSG:3857").to_file(tmp_path / file)
    asked = ("--draws", "99", "--outlines", file, "--outline-name", "area")
    assert run(study_in(tmp_path, degrees), tmp_path / "out", *asked) == 0
    assert set(pairs_of(tmp_path / "out")["region"]) == {"North", "South"}


def test_properties_of_any_kind_are_beside_the_name(tmp_path: Path) -> None:
    dates = np.array(["2020-01-01", "2021-01-01"], dtype="datetime64[s]")
    boxes(since=dates).to_file(tmp_path / "areas.gpkg")
    assert set(read(tmp_path / "areas.gpkg")) == {"North", "South"}
    with pytest.raises(InputError, match="has no property 'name'; it has area, since"):
        read(tmp_path / "areas.gpkg", "name")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "areas.shp").write_text("nothing")
    with pytest.raises(InputError, match=r"areas.shp: geopandas cannot read it"):
        read(tmp_path / "areas.shp")
    for layer in ("ADM_0", "ADM_1"):
        boxes().to_file(tmp_path / "areas.gpkg", layer=layer)
    with pytest.raises(InputError, match=r"it has 2 layers \('ADM_0', 'ADM_1'\)"):
        read(tmp_path / "areas.gpkg")
    metres = boxes().to_crs("EPSG:3857")
    metres.set_crs(None, allow_override=True).to_file(tmp_path / "metres.shp")
    with pytest.raises(InputError, match=r"are in degrees of longitude and latitude\. Convert"):
        read(tmp_path / "metres.shp")
