"""Coagglomeration from the command line: what is planted is found, and files agree with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.space import coagglomeration
from spillgraph.cli.main import _exit_code
from spillgraph.sample import write_sample

from ..helpers.page_reader import tables_of

STUDY = """
[study]
name = "Sites"
target = "t"

[years]
report = [2020]

[outputs]
figures = []

[[tables.industries]]
file = "industries.csv"
classification = "t"

[tables.establishments]
file = "establishments.csv"
classification = "t"
{more}
"""
PAIR_COLUMNS = ["region", "year", "j", "k", "n_j", "n_k", "W", "p", "phi", "q", "r_low", "r_high"]
POOLS = [
    f"{way}_{what}"
    for what in ("size", "quality", "employment", "output")
    for way in ("outward", "inward")
]
KEYS = ["region", "year", "industry", "threshold"]
KM = 111.19492664455873  # of a degree of latitude, on a sphere


def study_in(folder: Path, sites: pd.DataFrame, more: str = "") -> Path:
    """Write a study of establishments, and nothing else."""
    codes = sorted(sites["industry"].unique())
    pd.DataFrame({"code": codes, "name": [f"Trade {c}" for c in codes]}).to_csv(
        folder / "industries.csv", index=False
    )
    sites.to_csv(folder / "establishments.csv", index=False)
    path = folder / "study.toml"
    path.write_text(STUDY.format(more=more), encoding="utf-8")
    return path


def towns(seed: int = 4, years: tuple[int, ...] = (2019, 2020)) -> pd.DataFrame:
    """Return two regions in which bakers and cafés are side by side, and others anywhere."""
    rng = np.random.default_rng(seed)
    parts = []
    for region in ("North", "South"):
        for year in years:
            bakers = rng.uniform(0, 60, (10, 2))
            places = {
                "bakers": bakers,
                "cafes": bakers + 0.2,
                "potters": rng.uniform(0, 60, (6, 2)),
                "smiths": rng.uniform(0, 60, (30, 2)),
            }
            for industry, xy in places.items():
                names = [f"{region} {industry} {i}" for i in range(len(xy))]
                x, y = xy.round(4).T
                columns = {"establishment": names, "industry": industry, "region": region}
                parts.append(pd.DataFrame(columns | {"year": year, "x": x, "y": y}))
    table = pd.concat(parts, ignore_index=True)
    n = len(table)
    return table.assign(
        employment=rng.integers(1, 50, n),
        patents=rng.integers(0, 9, n),
        patent_value=rng.random(n),
        output=rng.integers(0, 900, n),
    )


def run(path: Path, out: Path, *options: str) -> int:
    return _exit_code(
        ["coagglomeration", str(path), "--out", str(out), "--quiet", *options], debug=False
    )


def pairs_of(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "coagglomeration.parquet")


def numbers_of(out: Path) -> dict[str, Any]:
    return json.loads((out / "coagglomeration.json").read_text(encoding="utf-8"))


def links(table: pd.DataFrame) -> set[tuple[str, str]]:
    return set(table.loc[table["phi"] == 1, ["j", "k"]].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with every p, of two regions and years in km."""
    folder = tmp_path_factory.mktemp("towns")
    path = study_in(folder, towns())
    assert run(path, folder / "out", "--mode", "full", "--draws", "199") == 0
    return folder / "out"


# -- files ---------------------------------------------------------------------------------------


def test_columns_of_pairs_and_pools(found: Path) -> None:
    assert list(pairs_of(found)) == PAIR_COLUMNS
    pools = pd.read_parquet(found / "pools.parquet")
    one_way = [f"{name}_one_way" for name in POOLS]
    assert list(pools) == ["region", "year", "industry", *POOLS, *one_way, "threshold"]
    assert set(pools["threshold"]) == {0.90, 0.95, 0.99}
    assert not pools.duplicated(KEYS).any() and len(pools) == 4 * 4 * 3
    logs = pd.read_parquet(found / "pools_log.parquet")
    np.testing.assert_allclose(logs["ln1p_inward_size"], np.log1p(pools["inward_size"]))


def test_pairs_are_those_of_the_function_in_every_region_and_year(found: Path) -> None:
    pairs = pairs_of(found)
    assert len(pairs) == 4 * 4 * 3 and pairs["p"].notna().all() and pairs["q"].notna().all()
    sites = towns()
    for (region, year), here in pairs.groupby(["region", "year"]):
        own = sites[(sites["region"] == region) & (sites["year"] == year)]
        assert dict(zip(here["j"], here["n_j"], strict=True)) == dict(
            own["industry"].value_counts()
        )
        # Draws have the cell's own stream; distances need none.
        alone = coagglomeration(own[["x", "y"]], list(own["industry"]), draws=19).pairs
        np.testing.assert_allclose(here["W"], alone["W"])
        assert ((here["p"] <= 0.05) == (here["phi"] == 1)).all()
        assert {("bakers", "cafes"), ("cafes", "bakers")} <= links(here)


def test_pools_add_up_to_what_links_carry(found: Path) -> None:
    pairs, pools = pairs_of(found), pd.read_parquet(found / "pools.parquet")
    sums = (
        towns().groupby(["region", "year", "industry"])[["patents", "employment", "output"]].sum()
    )
    for (region, year), here in pairs.groupby(["region", "year"]):
        x = sums.loc[(region, year)]
        indegree = here.groupby("k")["phi"].sum()
        outdegree = here.groupby("j")["phi"].sum()
        own = pools[(pools["region"] == region) & (pools["year"] == year)]
        own = own[own["threshold"] == 0.95].set_index("industry")
        for column, name in (
            ("patents", "size"),
            ("employment", "employment"),
            ("output", "output"),
        ):
            assert own[f"outward_{name}"].sum() == (x[column] * indegree).sum()
            assert own[f"inward_{name}"].sum() == (x[column] * outdegree).sum()
            mutual = links(here) & {(k, j) for j, k in links(here)}
            one_way = sum(x.loc[k, column] for j, k in links(here) - mutual)
            assert own[f"outward_{name}_one_way"].sum() == one_way


def test_proximity_is_the_co_occurrence_of_patents(found: Path) -> None:
    """Of the cells in which j has more than its share, those in which k has, too."""
    table = pd.read_parquet(found / "proximity.parquet").set_index(["j", "k"])
    sums = towns().pivot_table("patents", ["region", "year"], "industry", aggfunc="sum")
    strong = sums.div(sums.sum(axis=1), axis=0) >= sums.sum() / sums.to_numpy().sum()
    assert len(table) == 12 and (table["cells"] == 4).all()
    for (j, k), row in table.iterrows():
        both = (strong[j] & strong[k]).sum()
        assert row["co_occurrence"] == pytest.approx(both / strong[j].sum())
    shares = pairs_of(found).groupby(["j", "k"])["phi"].mean()
    pd.testing.assert_series_equal(table["share"], shares, check_names=False)
    assert table[["citations", "inputs"]].isna().all(axis=None)


def test_cells_say_what_pairs_do(found: Path) -> None:
    told = numbers_of(found)
    assert told["source"] == "establishments" and told["choices"]["mode"] == "full"
    assert told["thresholds"] == [0.95, 0.90, 0.99] and told["direction"].startswith("j → k")
    by_cell = pairs_of(found).groupby(["region", "year"])
    assert {(c["region"], c["year"]) for c in told["cells"]} == set(by_cell.groups)
    for cell in told["cells"]:
        here = by_cell.get_group((cell["region"], cell["year"]))
        linked = links(here)
        mutual = len({(j, k) for j, k in linked if (k, j) in linked and j < k})
        assert (cell["pairs"], cell["linked"]) == (len(here), len(linked))
        assert cell["mutual_share"] == pytest.approx(mutual / (len(linked) - mutual))
        r = cell["reciprocity"]
        assert r == pytest.approx(2 * mutual / len(linked))
        assert cell["mutual_share"] == pytest.approx(r / (2 - r))
    cells = pd.read_csv(found / "coagglomeration" / "cells.csv")
    assert cells["linked"].tolist() == [c["linked"] for c in told["cells"]]


# -- options -------------------------------------------------------------------------------------


def test_one_region_and_year_have_the_numbers_they_have_among_all(
    found: Path, tmp_path: Path
) -> None:
    path = study_in(tmp_path, towns())
    out = tmp_path / "out"
    asked = ("--mode", "full", "--draws", "199")
    assert run(path, out, *asked, "--region", "South", "--year", "2019") == 0
    whole = pairs_of(found)
    there = whole[(whole["region"] == "South") & (whole["year"] == 2019)].reset_index(drop=True)
    # q is of the region and year, too.
    pd.testing.assert_frame_equal(pairs_of(out), there)

    # Another question in the same folder takes the place of the first, of all of it.
    assert run(path, out, *asked, "--engine", "processes:2") == 0
    pd.testing.assert_frame_equal(pairs_of(out), whole)
    assert len(pd.read_csv(out / "coagglomeration" / "cells.csv")) == 4

    assert run(path, out, *asked, "--resample", "source") == 0
    turned = pairs_of(out).rename(columns={"j": "k", "k": "j"})
    key = ["region", "year", "j", "k"]
    both = turned.merge(whole, on=key, suffixes=("_turned", ""))
    assert (both["phi_turned"] == both["phi"]).all() and (both["p_turned"] == both["p"]).all()
    assert numbers_of(out)["direction"] != numbers_of(found)["direction"]


def test_weights_and_sizes(tmp_path: Path) -> None:
    sites = towns(years=(2020,))
    # All who work at a smithy work beside a potter.
    smiths = sites.index[sites["industry"] == "smiths"]
    beside = [smiths[i] for i in range(6)] + [smiths[30 + i] for i in range(6)]
    potters = sites.index[sites["industry"] == "potters"]
    sites.loc[beside, ["x", "y"]] = sites.loc[potters, ["x", "y"]].to_numpy() + 0.1
    sites.loc[smiths.difference(beside), "employment"] = 0
    path, out = study_in(tmp_path, sites), tmp_path / "out"
    assert run(path, out, "--draws", "199", "--weights", "employment") == 0
    table = pairs_of(out)
    assert ("potters", "smiths") in links(table)
    assert numbers_of(out)["cells"][0]["dropped"] == {"no weight": 24}
    assert run(path, out, "--draws", "199", "--min-size", "10") == 0
    table = pairs_of(out)
    assert set(table["j"]) == {"bakers", "cafes", "smiths"}
    assert numbers_of(out)["cells"][0]["excluded"] == {"potters": 6}


def test_nearest_sites_have_a_distance_of_their_own_in_each_direction(tmp_path: Path) -> None:
    path, out = study_in(tmp_path, towns(years=(2020,))), tmp_path / "out"
    options = ("--draws", "199", "--distance", "nearest", "--pool", "exclude_fixed")
    assert run(path, out, *options) == 0
    assert numbers_of(out)["choices"]["pool"] == "exclude_fixed"
    pairs = pairs_of(out)
    assert {("bakers", "cafes"), ("cafes", "bakers")} <= links(pairs)
    assert pairs["p"].notna().all()  # all draws are finished
    distance = pairs[pairs["region"] == "North"].set_index(["j", "k"])["W"]
    assert distance["smiths", "potters"] > 1.2 * distance["potters", "smiths"]


def test_degrees_give_the_verdicts_of_km(found: Path, tmp_path: Path) -> None:
    sites = towns()
    lat, lon = sites["y"] / KM, sites["x"] / KM  # at the equator
    degrees = sites.drop(columns=["x", "y"]).assign(lat=lat.round(6), lon=lon.round(6))
    out = tmp_path / "out"
    assert run(study_in(tmp_path, degrees), out, "--mode", "full", "--draws", "199") == 0
    there, here = pairs_of(found), pairs_of(out)
    np.testing.assert_allclose(here["W"], there["W"], rtol=0.01)  # the Earth is no sphere
    assert abs(here["p"] - there["p"]).max() <= 0.05
    assert links(here) == links(there)


def test_a_section_with_nothing_in_it_asks_run_for_it(tmp_path: Path) -> None:
    path = study_in(tmp_path, towns(years=(2020,)).drop(columns="year"), "[coagglomeration]\n")
    assert _exit_code(["check", str(path)], debug=False) == 0
    asked = ["run", str(path), "--out", str(tmp_path / "out"), "--quiet"]
    assert _exit_code(asked, debug=False) == 0
    pairs = pairs_of(tmp_path / "out")
    assert pairs["year"].isna().all() and pairs["p"].isna().any()
    assert numbers_of(tmp_path / "out")["cells"][0]["year"] is None


# -- what is not known, and what is refused --------------------------------------------------------


def test_pools_of_what_nobody_has_are_not_known(
    tmp_path: Path,
) -> None:
    """Not even of those who crowd around nobody: a panel must not keep these zeros alone."""
    sites = towns().drop(columns="patent_value")
    sites["patents"] = sites["patents"].where(sites["year"] == 2020)
    assert run(study_in(tmp_path, sites), tmp_path / "out", "--draws", "99") == 0
    told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["warnings"]
    wanted = "no site has patent_value, so that nothing is known of pools of quality."
    assert f"coagglomeration: {wanted}" in told
    pools = pd.read_parquet(tmp_path / "out" / "pools.parquet")
    assert pools[[c for c in pools if "quality" in c]].isna().all(axis=None)
    dated = pools["year"] == 2020
    assert pools.loc[dated, "outward_size"].notna().all()
    assert pools.loc[~dated, [c for c in pools if "size" in c]].isna().all(axis=None)
    assert pools["outward_employment"].notna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--year", "2018"], "year 2018: no site is of that year. There are 2019, 2020."),
        (["--region", "Nort"], "region 'Nort': no site is there. Did you mean 'North'?"),
        (["--draws", "18"], "threshold 0.95 with 18 draws: no pair could ever be found; give at"),
        (["--min-size", "50"], "no region and year has a pair of industries to compare"),
    ],
)
def test_what_is_asked_and_cannot_be(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(study_in(tmp_path, towns()), tmp_path / "out", *options) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out" / "coagglomeration.json").exists()


def test_a_study_of_sites_alone_is_told_who_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = study_in(tmp_path, towns())
    assert _exit_code(["run", str(path), "--out", str(tmp_path / "out")], debug=False) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "ask spillgraph coagglomeration, or add a section [coagglomeration]." in told


def test_weights_that_nobody_gave(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites = towns().drop(columns="employment")
    assert run(study_in(tmp_path, sites), tmp_path / "out", "--weights", "employment") == 2
    assert 'weights = "employment": no row of establishments has any' in " ".join(
        capsys.readouterr().err.split()
    )


# -- the sample ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The sample's firms as establishments, and the pairs that are planted among them."""
    folder = tmp_path_factory.mktemp("sample")
    sample: dict[str, Any] = write_sample(folder / "sample", firms=2000, citations=100, seed=1)
    firms = pd.read_csv(folder / "sample" / "firms.csv", dtype={"industry": str})
    sites = firms.rename(columns={"id": "establishment", "size": "employment"})
    keep = ["establishment", "industry", "region", "lat", "lon", "employment"]
    pairs = sample["coagglomerated_pairs"]
    there = sites["region"].isin({region for pair in pairs for region in pair["regions"]})
    return study_in(folder, sites.loc[there, keep]), pairs


def test_planted_pairs_are_found(planted: tuple[Path, list[dict[str, Any]]]) -> None:
    """Mutual ones both ways in each of their regions, the others one way in most of them."""
    path, pairs = planted
    assert {pair["mutual"] for pair in pairs} == {True, False}
    assert run(path, path.parent / "out") == 0
    table = pairs_of(path.parent / "out")
    phi = table.set_index(["region", "j", "k"])["phi"]
    one_way = []
    for pair in pairs:
        for region in pair["regions"]:
            there, back = phi[region, pair["j"], pair["k"]], phi[region, pair["k"], pair["j"]]
            if pair["mutual"]:
                assert there == back == 1, (pair, region)
            else:
                one_way.append((there, back))
    assert len(one_way) >= 8
    assert np.mean(one_way, axis=0)[0] >= 0.75 and np.mean(one_way, axis=0)[1] <= 0.25
    assert table["phi"].mean() < 0.05  # of the others no more than by chance


def outlines(folder: Path, **boxes: tuple[float, float]) -> None:
    """Write outlines of boxes, from one longitude to another."""
    features = [
        {
            "properties": {"area": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[w, 29], [e, 29], [e, 32], [w, 32], [w, 29]]],
            },
        }
        for name, (w, e) in boxes.items()
    ]
    (folder / "areas.geojson").write_text(json.dumps({"features": features}), encoding="utf-8")


def in_degrees(sites: pd.DataFrame) -> pd.DataFrame:
    """Put both regions beside each other, each a degree wide."""
    west = np.where(sites["region"] == "North", 110.0, 112.0)
    cosine = np.cos(np.radians(30.0))
    lat, lon = 30 + sites["y"] / KM, west + sites["x"] / KM / cosine
    return sites.drop(columns=["x", "y"]).assign(lat=lat, lon=lon)


def test_outlines_take_the_place_of_regions(tmp_path: Path) -> None:
    """Sites get the region in whose outline they lie; those in none are left out and counted."""
    sites = in_degrees(towns(years=(2020,)))
    assert run(study_in(tmp_path, sites), tmp_path / "named", "--draws", "99") == 0
    path = study_in(tmp_path, sites.assign(region="all"))
    outlines(tmp_path, North=(109.5, 111.0), South=(111.5, 113.0))
    asked = ["--draws", "99", "--outlines", "areas.geojson", "--outline-name", "area"]
    assert run(path, tmp_path / "outlined", *asked) == 0
    pd.testing.assert_frame_equal(pairs_of(tmp_path / "named"), pairs_of(tmp_path / "outlined"))
    outlines(tmp_path, South=(111.5, 113.0))
    assert run(path, tmp_path / "half", *asked) == 0
    said = json.loads((tmp_path / "half" / "coagglomeration.json").read_text(encoding="utf-8"))
    assert said["left_out"] == {"no region": (sites["region"] == "North").sum()}
    assert sum(cell["sites"] for cell in said["cells"]) == (sites["region"] == "South").sum()


@pytest.mark.parametrize(
    ("file", "name", "words"),
    [
        ("none.geojson", "area", "there is no file"),
        ("areas.geojson", "region", "feature 0 has no property 'region'; it has area"),
        ("study.toml", "area", "geopandas"),  # which is not there, or cannot read it
        ("broken.json", "area", "no GeoJSON"),
    ],
)
def test_outlines_that_cannot_be_read_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, name: str, words: str
) -> None:
    path = study_in(tmp_path, in_degrees(towns(years=(2020,))))
    outlines(tmp_path, North=(109.5, 111.0))
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert run(path, tmp_path / "out", "--outlines", file, "--outline-name", name) == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_outlines_need_degrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = study_in(tmp_path, towns(years=(2020,)))
    outlines(tmp_path, North=(109.5, 111.0))
    asked = ["--outlines", "areas.geojson", "--outline-name", "area"]
    assert run(path, tmp_path / "out", *asked) == 2
    assert "no latitude and longitude" in " ".join(capsys.readouterr().err.split())


def test_what_misleads_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites = towns(years=(2020,)).drop(columns="year")
    sites.loc[:4, "employment"] = np.nan
    path = study_in(tmp_path, sites)
    asked = ("--draws", "19", "--distance", "nearest", "--resample", "source")
    assert run(path, tmp_path / "out", *asked) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "5 of 112 sites have no employment; in sums of an industry they count as 0" in said
    assert 'pool = "exclude_fixed" leaves those sites out' in said
    assert "in 2 regions, of establishments" in said
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "regions and years" not in page and "region and year" not in page
    cells = tables_of(page)["Regions"]
    assert set(cells) == {"North", "South"} and "Year" not in cells["North"]
    assert "the mean distance from k's sites to the nearest of j" in said
    assert run(path, tmp_path / "apart", *asked, "--pool", "exclude_fixed") == 0
    assert "leaves those sites out" not in capsys.readouterr().out


def test_codes_stay_text_in_exports(tmp_path: Path) -> None:
    """A region 01 and an industry 001 are no numbers, whatever they look like."""
    sites = towns(years=(2020,)).replace({"North": "01", "South": "02", "bakers": "001"})
    path = study_in(tmp_path, sites.replace({"cafes": "002", "potters": "003", "smiths": "004"}))
    assert run(path, tmp_path / "out", "--draws", "19") == 0
    assert _exit_code(["export", str(tmp_path / "out"), "--as", "xlsx"], debug=False) == 0
    (file,) = tmp_path.glob("out/**/*.xlsx")
    book = pd.read_excel(file, sheet_name=None, engine="calamine", header=None)
    cells = {str(cell) for sheet in book.values() for cell in sheet.to_numpy().ravel()}
    assert {"01", "02", "001", "002"} <= cells
