"""Pictures of coagglomeration: each number in them against the files of the run."""

from __future__ import annotations

import base64
import json
import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.space import project_sites
from spillgraph.capabilities.coagglomeration import _linkages, _maps, _pictures, _section
from spillgraph.capabilities.coagglomeration._compute import Coagglomerated
from spillgraph.cli.main import _exit_code
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.matrix_files import load_matrix
from spillgraph.reports.kit import HeatMap, Rates, Section, SiteMap
from spillgraph.sample import write_sample

from ..helpers.page_reader import figures_of, tables_of

STUDY = """
[study]
name = "Made places"
target = "s"

[years]
report = [2019]

[[tables.industries]]
file = "industries.csv"
classification = "s"

[tables.establishments]
file = "sites.csv"
classification = "s"

[coagglomeration]
draws = 99
threshold = 0.8
mode = "full"
"""
CODES = list("abcdef")


def made(folder: Path) -> Path:
    """Sites of two regions and years; b lies beside a in the north, c everywhere."""
    random, rows = np.random.default_rng(4), []
    for region, lat in (("North", 60.0), ("South", 30.0)):
        for year in (2018, 2019):
            centres = random.uniform(-0.4, 0.4, (5, 2))
            for code in CODES:
                near = code in "ab" and region == "North"
                places = centres[:, :2] if near else random.uniform(-0.5, 0.5, (9, 2))
                for n, (y, x) in enumerate(places + random.normal(0, 0.002, places.shape)):
                    site = f"{region}{code}{n}"
                    rows.append((site, year, code, region, lat + y, 10 + x, 10 * (n + 1)))
    heads = ["establishment", "year", "industry", "region", "lat", "lon", "employment"]
    pd.DataFrame(rows, columns=heads).to_csv(folder / "sites.csv", index=False)
    names = [f"Industry {code}" for code in CODES]
    pd.DataFrame({"code": CODES, "name": names}).to_csv(folder / "industries.csv", index=False)
    (folder / "study.toml").write_text(STUDY)
    return folder / "study.toml"


@dataclass
class Run:
    """What was computed, its section, and the page that a reader has."""

    found: Coagglomerated
    section: Section
    folder: Path

    @property
    def page(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    def part(self, name: str) -> Any:
        (part,) = [each for each in self.section.parts if getattr(each, "name", "") == name]
        return part


def run(study: Path, folder: Path) -> Run:
    from spillgraph.capabilities.coagglomeration import CAPABILITY

    kept: list[bytes] = []

    def keep(found: Any, names: Any) -> Section:
        kept.append(pickle.dumps((found, dict(names))))
        return _section.section(found, names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(CAPABILITY), "__setattr__", object.__setattr__)
        patch.setattr(CAPABILITY, "section", keep)
        given = ["coagglomeration", str(study), "--out", str(folder), "-q"]
        assert _exit_code(given, debug=False) == 0
    found, names = pickle.loads(kept[0])
    return Run(found, _section.section(found, names), folder)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("places")
    return run(made(folder), folder / "out")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A synthetic study with citations and deliveries, its sites 800 firms."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "study", firms=800, citations=6_000, seed=3)
    path = folder / "study" / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n[coagglomeration]\ndraws = 39\nmin_size = 3\n", encoding="utf-8")
    return run(path, folder / "out")


# -- maps ------------------------------------------------------------------------------------------


def test_the_map_of_a_pair_shows_its_sites_and_its_verdict(places: Run) -> None:
    site_map: SiteMap = places.part("coagglomeration_map")
    key = ("a → b, North", "2019")
    spots = site_map.series[key]
    pairs = pd.read_parquet(places.folder / "coagglomeration.parquet")
    row = pairs[(pairs["region"] == "North") & (pairs["year"] == 2019)].set_index(["j", "k"])
    ab, ba = row.loc[("a", "b")], row.loc[("b", "a")]
    assert ab["phi"] == 1
    want = f"a → b, North, 2019: linked, p = {ab['p']:.3g}, {ab['W']:.4g} km"
    assert spots.title == want
    assert spots.note.startswith(
        f"a Industry a coagglomerates with b Industry b: p = {ab['p']:.3g}"
    )
    assert ("holds, too" in spots.note) == bool(ba["phi"]) and f"{ba['p']:.3g}." in spots.note
    sites = pd.read_csv(places.folder.parent / "sites.csv")
    north = sites[sites["region"] == "North"]
    xy = project_sites(north["lat"], north["lon"])
    xy -= np.median(xy, axis=0)
    of_year = (north["year"] == 2019).to_numpy()
    for group, codes in {"other sites": list("cdef"), "j: a": ["a"], "k: b": ["b"]}.items():
        chosen = xy[of_year & north["industry"].isin(codes).to_numpy()]
        drawn = spots.places[group].sort_values("x").to_numpy()
        assert drawn == pytest.approx(chosen[np.argsort(chosen[:, 0])])
    assert ("a → b, North", "2018") in site_map.series
    assert len({choice for choice, _ in site_map.series}) <= 6


def test_a_pair_is_shown_where_it_is_clearest(places: Run) -> None:
    pairs = places.found.pairs
    for choice, _ in places.part("coagglomeration_map").series:
        pair, region = choice.split(", ")
        j, k = pair.split(" → ")
        own = pairs[(pairs["j"] == j) & (pairs["k"] == k)].set_index(["region", "year"])
        met = sum(own["p"] <= 1 - level + 1e-12 for level in places.found.thresholds)
        by_region = (met * own["phi"]).groupby("region").sum()
        assert by_region[region] == by_region.max() > 0


def test_a_pair_and_its_reverse_share_a_map(places: Run) -> None:
    chosen = _maps._chosen(places.found)
    assert len({frozenset(pair) for pair in chosen}) == len(chosen)


def test_bounds_of_p_stand_where_not_all_draws_were_needed(sample: Run) -> None:
    site_map: SiteMap = sample.part("coagglomeration_map")
    pairs = sample.found.pairs.set_index(["region", "j", "k"])
    for (choice, year), spots in site_map.series.items():
        pair, region = choice.split(", ")
        row = pairs.loc[(region, *pair.split(" → "))]
        most = (1 + row["r_high"]) / 40
        shown = f"p = {row['p']:.3g}" if pd.notna(row["p"]) else f"p ≤ {most:.3g}"
        assert f", {region}: linked, {shown}, " in spots.title and year == "all"


def test_an_outline_lies_on_the_plane_of_the_sites(places: Run) -> None:
    ring = np.array([[9.4, 59.4], [10.6, 59.4], [10.6, 60.6], [9.4, 60.6]])
    found = replace(places.found, outlines={"North": [ring]})
    site_map = _maps.site_map(found, "all")
    assert site_map is not None
    for (choice, _), spots in site_map.series.items():
        assert len(spots.outline) == choice.endswith("North")
        if len(spots.outline):
            low, high = spots.outline[0].min(axis=0), spots.outline[0].max(axis=0)
            for frame in spots.places.values():
                assert (frame.min() > low).all() and (frame.max() < high).all()
            assert high[1] - low[1] == pytest.approx(134, abs=2)  # 1.2 degrees of latitude


def test_outlines_of_a_file_are_on_the_page(tmp_path: Path) -> None:
    boxes = {"Upper": (9.0, 59.0, 11.0, 61.0), "Lower": (9.0, 29.0, 11.0, 31.0)}
    features = []
    for name, (west, south, east, north) in boxes.items():
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"properties": {"name": name}, "geometry": geometry})
    study = made(tmp_path)
    (tmp_path / "boxes.json").write_text(json.dumps({"features": features}))
    text = study.read_text(encoding="utf-8")
    study.write_text(text + 'outlines = "boxes.json"\n', encoding="utf-8")
    assert (
        _exit_code(
            ["coagglomeration", str(study), "--out", str(tmp_path / "out"), "-q"], debug=False
        )
        == 0
    )
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    data = page[page.index('id="page-data">') + len('id="page-data">') :]
    figures = json.loads(data[: data.index("</script>")])["figures"]
    blocks = figures["figure-coagglomeration_map"]["blocks"]
    assert "a → b, Upper|2019" in blocks
    for block in blocks.values():
        ((x, y),) = block["outline"]
        assert (len(x), x[0], y[0]) == (5, x[-1], y[-1])
        assert max(y) - min(y) == pytest.approx(222, abs=2)  # two degrees of latitude
        assert all(min(x) < one < max(x) for xs in block["x"] for one in xs)


# -- verdicts by region ----------------------------------------------------------------------------


def test_verdicts_by_region_are_shares_of_its_years(places: Run) -> None:
    heat: HeatMap = places.part("phi")
    assert [key[0] for key in heat.series] == ["all regions", "South", "North"]  # by sites
    pairs = pd.read_parquet(places.folder / "coagglomeration.parquet")
    for region, some in [("all regions", pairs), *pairs.groupby("region")]:
        want = some.groupby(["j", "k"])["phi"].mean()
        shown = heat.series[str(region), "2018–2019"].matrix.to_frame()
        for (j, k), share in want.items():
            if j in shown.index and k in shown.index:
                assert shown.at[j, k] == pytest.approx(share), (region, j, k)


def test_regions_and_industries_of_the_matrix_are_few(sample: Run) -> None:
    heat: HeatMap = sample.part("phi")
    assert 2 < len(heat.series) <= 13
    assert {len(cells.matrix.rows) for cells in heat.series.values()} == {
        len(heat.shown.matrix.rows)
    }
    assert len(heat.shown.matrix.rows) <= 40


def test_one_region_is_no_choice(places: Run) -> None:
    cells = [cell for cell in places.found.cells if cell.region == "North"]
    heat = _section._matrix(replace(places.found, cells=cells))
    assert [len(key) for key in heat.series] == [1]


# -- pools -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["places", "sample"])
def test_bars_add_up_to_the_pools(which: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(which)
    pools = pd.read_parquet(run.folder / "pools.parquet")
    pools = pools[pools["threshold"] == run.found.thresholds[0]]
    bars = run.part("coagglomeration_pools")
    (name,) = {"patents" if "patents" in bars.title else "employment"}
    column = {"patents": "size", "employment": "employment"}[name]
    drawn = 0
    for (way, year), stack in bars.series.items():
        of_year = pools if year == "all" else pools[pools["year"] == int(year)]
        whole = of_year.groupby("industry")[f"{way}_{column}"].sum()
        alone = of_year.groupby("industry")[f"{way}_{column}_one_way"].sum()
        mutual, one_way = stack.parts
        for code in stack.whole.index:
            assert stack.whole[code] == pytest.approx(whole[code])
            assert one_way[code] == pytest.approx(alone[code])
            assert mutual[code] >= 0
            drawn += 1
        assert whole.max() == stack.whole.max()
    assert drawn > 4


def test_sources_of_a_pool_add_up_to_it(sample: Run, places: Run) -> None:
    for run in (sample, places):
        sums = _pictures.pool_sources(run.found).groupby("j")["value"].sum()
        column = "outward_" + _pictures._quantity(run.found)[0]  # type: ignore[index]
        pools = run.found.pools[run.found.pools["threshold"] == run.found.thresholds[0]]
        last = pools["year"].max()
        pools = pools if pd.isna(last) else pools[pools["year"] == last]
        want = pools.groupby("industry")[column].sum()
        assert len(sums) > 2
        for code, value in sums.items():
            assert value == pytest.approx(want[code])


def test_the_page_says_which_sources_are_largest(places: Run) -> None:
    table = tables_of(places.page)["Where outward pools of employment come from, 2019"]
    sources = _pictures.pool_sources(places.found)
    for industry, row in table.items():
        own = sources[sources["j"] == industry[0]].set_index("k")["value"]
        assert float(row["Outward pool"]) == pytest.approx(own.sum())
        assert float(row["From the first five"]) == pytest.approx(own.nlargest(5).sum() / own.sum())
        first = row["Largest sources"].split(";")[0]
        share = float(first.rsplit(" ", 1)[1].rstrip("%")) / 100
        assert share == pytest.approx(own.max() / own.sum(), abs=6e-4)
        assert own[first[0]] == own.max()


def test_without_patents_and_employment_there_are_no_pools(places: Run) -> None:
    nothing = dict.fromkeys(["patents", "employment"], np.nan)
    found = replace(places.found, used=places.found.used.assign(**nothing))
    assert _pictures.pool_parts(found, "all") is None
    assert _pictures.pool_sources_table(found) is None


# -- citations and inputs --------------------------------------------------------------------------


def by_hand(run: Run, name: str) -> Iterator[tuple[float, float]]:
    """Yield link and mean verdict of every pair of sectors."""
    M = load_matrix(run.folder / "matrices" / f"{name}_2020.npz").to_frame()
    table = run.found.used.dropna(subset=["sector"]).drop_duplicates("industry")
    sector = table.set_index("industry")["sector"]
    verdicts: dict[tuple[str, str], list[int]] = {}
    for row in run.found.pairs.itertuples():
        verdicts.setdefault((sector[row.j], sector[row.k]), []).append(row.phi)
    for (j, k), phi in verdicts.items():
        if j != k:
            yield M.at[j, k], float(np.mean(phi))


@pytest.mark.parametrize("name", ["W", "S"])
def test_fifths_hold_every_pair_of_sectors_once(sample: Run, name: str) -> None:
    groups = sample.found.linkages
    groups = groups[groups["network"] == name]
    pairs = list(by_hand(sample, name))
    assert groups["pairs"].sum() == len(pairs) and sample.found.networks_of == 2020
    for row in groups.itertuples():
        inside = [phi for link, phi in pairs if row.low <= link <= row.high]
        assert len(inside) == row.pairs
        assert row.linked_share == pytest.approx(np.mean(inside))
        assert row.mean == pytest.approx(np.mean([phi for _, phi in pairs]))
    assert (groups["high"].iloc[:-1].to_numpy() < groups["low"].iloc[1:].to_numpy()).all()


def test_the_page_and_coagglomeration_json_have_the_fifths(sample: Run) -> None:
    rates: Rates = sample.part("coagglomeration_linkages")
    assert list(rates.series) == ["By citations, W, 2020", "By inputs, S, 2020"]
    said = json.loads((sample.folder / "coagglomeration.json").read_text(encoding="utf-8"))
    groups = said["linkages"]["groups"]
    shown = [row for table in rates.series.values() for row in table.itertuples()]
    assert said["linkages"]["year"] == 2020 and len(groups) == len(shown)
    for group, row in zip(groups, shown, strict=True):
        assert (group["pairs"], group["linked_share"]) == (row.n, row.share)
        assert f"{row.share:.1%} of {row.n:,}" in sample.page


def test_linkages_of_pairs_are_those_of_their_sectors(sample: Run) -> None:
    table = pd.read_parquet(sample.folder / "proximity.parquet")
    assert list(table) == ["j", "k", "cells", "share", "co_occurrence", "citations", "inputs"]
    pairs = pd.read_parquet(sample.folder / "coagglomeration.parquet")
    of_phi = pairs.groupby(["j", "k"])["phi"]
    np.testing.assert_allclose(table["share"], of_phi.mean().to_numpy())
    assert (table["cells"] == of_phi.size().to_numpy()).all()
    used = sample.found.used
    W = load_matrix(sample.folder / "matrices" / "W_2020.npz").to_frame()
    S = load_matrix(sample.folder / "matrices" / "S_2020.npz").to_frame()
    sector = used.drop_duplicates("industry").set_index("industry")["sector"]
    for row in table.iloc[::37].itertuples():
        j, k = sector[row.j], sector[row.k]
        wanted = [np.nan, np.nan] if j == k else [W.at[j, k], S.at[j, k]]
        np.testing.assert_allclose([row.citations, row.inputs], wanted)
    assert table["co_occurrence"].isna().all() and table["citations"].notna().mean() > 0.5


def test_without_patents_and_networks_nothing_is_known_of_linkages(places: Run) -> None:
    table = pd.read_parquet(places.folder / "proximity.parquet")
    assert len(table) == 30 and table[["co_occurrence", "citations", "inputs"]].isna().all(
        axis=None
    )


def test_crowding_around_those_who_are_cited_is_seen() -> None:
    codes = [str(k) for k in range(12)]
    cells = np.random.default_rng(1).random((12, 12))
    pairs = [(j, k, int(cells[int(j), int(k)] > 0.8)) for j in codes for k in codes if j != k]
    table = pd.DataFrame(pairs, columns=["j", "k", "phi"])
    same = {code: code for code in codes}
    W = LabelledMatrix.build("W", cells, codes)
    found = _linkages.linkages_of(table, {"W": W}, same)
    assert found["linked_share"].is_monotonic_increasing and len(found) == 5
    assert found["linked_share"].iloc[0] == 0 and found["linked_share"].iloc[-1] > 0.8
    turned = LabelledMatrix.build("W", cells.T, codes)  # who is cited does not crowd
    assert _linkages.linkages_of(table, {"W": turned}, same)["linked_share"].iloc[-1] < 0.5


def test_without_networks_there_is_no_such_figure(places: Run) -> None:
    assert places.found.linkages.empty and places.found.networks_of is None
    assert not [part for part in places.section.parts if isinstance(part, Rates)]
    said = json.loads((places.folder / "coagglomeration.json").read_text(encoding="utf-8"))
    assert said["linkages"] == {"year": None, "groups": []}


def test_a_network_of_one_value_has_no_fifths() -> None:
    table = pd.DataFrame({"j": ["a", "b"], "k": ["b", "a"], "phi": [1, 0]})
    W = LabelledMatrix.build("W", np.array([[0, 0.5], [0.5, 0]]), ["a", "b"])
    assert _linkages.linkages_of(table, {"W": W}, {"a": "a", "b": "b"}).empty
    assert _linkages.linkages_of(table, {}, {"a": "a", "b": "b"}).empty


# -- page and files --------------------------------------------------------------------------------


def test_every_picture_is_on_the_page_and_a_file(sample: Run, places: Run) -> None:
    for run in (sample, places):
        numbers = figures_of(run.page)
        ids = {place[0] for place in numbers}
        folder = run.folder / "coagglomeration"
        plates = {path.stem for path in folder.glob("*.svg")}
        assert plates == {path.stem for path in folder.glob("*.pdf")}
        for name in (
            "coagglomeration_map",
            "coagglomeration_links",
            "phi",
            "coagglomeration_pools",
        ):
            assert f"figure-{name}" in ids
            assert any(plate.startswith(name) for plate in plates), name
        assert ("coagglomeration_linkages" in plates) == (run is sample)
    images = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]*)" alt="([^"]*)"', sample.page)
    (image,) = [image for image, text in images if text.startswith("Links, citations and inputs.")]
    assert base64.b64decode(image).startswith(b"<svg")
