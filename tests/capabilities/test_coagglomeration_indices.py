"""Other indices beside φ: each number against its own function, and what the page makes of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from spillgraph.analytics import space
from spillgraph.capabilities.coagglomeration._agreement import by_fifths
from spillgraph.cli.main import _exit_code

from ..helpers.page_reader import tables_of
from .test_coagglomeration import numbers_of, run, study_in, towns

KM = 6.0
PAIRS = ["ellison_glaeser_kerr", "colocation", "M", "m", "K", "K_p", "K_localized"]
KEYS = ["region", "year", "j", "k"]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indices")
    asked = ("--draws", "199", "--indices", "--indices-km", str(KM), "--indices-draws", "39")
    assert run(study_in(folder, towns()), folder / "out", *asked) == 0
    return folder / "out"


def one_cell() -> tuple[pd.DataFrame, np.ndarray, list[str], list[str]]:
    sites = towns()
    here = sites[(sites["region"] == "South") & (sites["year"] == 2019)]
    xy = here[["x", "y"]].to_numpy()
    squares = [f"{int(x // KM)} {int(y // KM)}" for x, y in xy]
    return here, xy, list(here["industry"]), squares


def test_indices_are_those_of_their_functions(found: Path) -> None:
    table = pd.read_parquet(found / "indices.parquet")
    assert list(table) == [*KEYS, "W", "phi", *PAIRS]
    verdicts = pd.read_parquet(found / "coagglomeration.parquet")
    pd.testing.assert_frame_equal(table[[*KEYS, "W", "phi"]], verdicts[[*KEYS, "W", "phi"]])
    _, xy, industry, squares = one_cell()
    own = table[(table["region"] == "South") & (table["year"] == 2019)].set_index(["j", "k"])
    kerr = space.ellison_glaeser_kerr(squares, industry).to_frame()
    together = space.colocation(squares, industry, draws=1)["colocation"]
    M = space.marcon_puech(xy, industry, [KM])[KM]
    m = space.lang_marcon_puech(xy, industry, [KM], bandwidth=KM / 2)[KM]
    held = space.k_density_pvalues(xy, industry, draws=39, seed=1)
    grid = np.linspace(0, KM, 4001)
    K = space.k_density(xy, industry, grid).K
    for (j, k), row in own.iterrows():
        once = (j, k) if (j, k) in K.index else (k, j)
        want = [kerr.loc[j, k], together[once], M[j, k], m[j, k], np.trapezoid(K.loc[once], grid)]
        np.testing.assert_allclose(row[PAIRS[:5]].astype(float), want, rtol=1e-6, atol=1e-12)
        assert row["K_p"] == held.loc[once, "p"]
        assert bool(row["K_localized"]) == held.loc[once, "localized"]
    assert own["M"]["bakers", "smiths"] != own["M"]["smiths", "bakers"]


def test_industries_have_theirs_and_regions_are_areas_of_quotients(found: Path) -> None:
    table = pd.read_csv(found / "coagglomeration" / "indices.csv")
    assert len(table) == 16 and set(table["year"]) == {2019, 2020}
    here, xy, industry, squares = one_cell()
    own = table[(table["region"] == "South") & (table["year"] == 2019)].set_index("industry")
    assert own["sites"].to_dict() == dict(here["industry"].value_counts())
    gamma = space.ellison_glaeser(squares, industry)["gamma"]
    M = space.marcon_puech(xy, industry, [KM], pairs=[(code, code) for code in own.index])[KM]
    np.testing.assert_allclose(own["ellison_glaeser"], gamma[own.index])
    np.testing.assert_allclose(own["M"], [M[code, code] for code in own.index])
    assert (own["K"] > 0).all() and own["K_p"].between(0, 1).all()
    sites = towns()
    year = sites[sites["year"] == 2019]
    quotients = space.location_quotients(list(year["region"]), list(year["industry"]))
    np.testing.assert_allclose(own["location_quotient"], quotients.loc["South", own.index])


def test_rank_correlations_are_means_over_regions_and_years(found: Path) -> None:
    table = pd.read_parquet(found / "indices.parquet")
    told = {row["index"]: row for row in numbers_of(found)["indices"]["agreement"]}
    assert set(told) == set(PAIRS[:5]) and numbers_of(found)["indices"]["km"] == KM
    for name, row in told.items():
        cells = [
            (len(cell), spearmanr(cell[name], cell["phi"])[0], spearmanr(cell[name], -cell["W"])[0])
            for _, cell in table.dropna(subset=[name]).groupby(["region", "year"])
        ]
        n, phi, near = np.array(cells).T
        assert row["pairs"] == n.sum()
        assert row["correlation_phi"] == pytest.approx(np.average(phi, weights=n))
        assert row["correlation_near"] == pytest.approx(np.average(near, weights=n))
    written = pd.read_csv(found / "coagglomeration" / "indices_agreement.csv")
    assert list(written["index"]) == list(told)


def test_labels_in_stata_are_those_of_the_table(found: Path, tmp_path: Path) -> None:
    """``linked`` counts regions in one table and is a share in another; ``M`` is j's own in one."""
    out = shutil.copytree(found, tmp_path / "out")
    assert _exit_code(["export", str(out), "--as", "dta"], debug=False) == 0
    told = {}
    for path in (out / "coagglomeration").glob("*.dta"):
        with pd.read_stata(path, iterator=True) as reader:
            told[path.stem] = reader.variable_labels()
    assert told["cells"]["linked"] == "ordered pairs with j → k"
    assert told["cells"]["sites"] == "sites of the region and year"
    assert told["pairs"]["linked"] == "regions and years in which j → k"
    assert told["indices_agreement"]["linked"] == "share of linked pairs in all"
    assert told["indices"]["sites"] == "sites of the industry in the region and year"
    assert "around itself" in told["indices"]["M"] and "around itself" in told["indices"]["m"]
    assert "within the industry" in told["indices"]["K"]


def test_the_page_holds_phi_beside_each_index_and_says_what_each_looked_at(found: Path) -> None:
    page = (found / "report.html").read_text(encoding="utf-8")
    assert "squares of 6 km within each region and year" in page
    cells = tables_of(page)
    correlations = cells["Rank correlations with other indices"]
    assert len(cells["Linked, where other indices see little"]) > 0
    assert len(cells["How concentrated industries are"]) == 4
    own = pd.read_csv(found / "coagglomeration" / "indices.csv")
    smiths = own[own["industry"] == "smiths"]
    shown = cells["How concentrated industries are"]["smiths Trade smiths"]
    gamma = np.average(smiths["ellison_glaeser"], weights=smiths["sites"])
    assert float(shown["Ellison–Glaeser"]) == pytest.approx(gamma)
    largest = smiths.loc[smiths["location_quotient"].idxmax()]
    assert float(shown["Location quotient"]) == pytest.approx(largest["location_quotient"])
    assert shown["there"] == largest["region"]
    told = {row["index"]: row for row in numbers_of(found)["indices"]["agreement"]}
    row = correlations["M, Marcon–Puech"]
    assert float(row["with φ"]) == pytest.approx(told["M"]["correlation_phi"])
    assert float(row["Linked, highest group"]) == pytest.approx(told["M"]["linked_highest"])
    table = pd.read_parquet(found / "indices.parquet")
    groups = by_fifths(table.dropna(subset=["M"]), "M")
    first = f"M, Marcon–Puech: 1 (lowest) {groups['share'].iloc[0]:.1%} of {groups['n'].iloc[0]}"
    assert first in page


def test_processes_and_weights(found: Path, tmp_path: Path) -> None:
    asked = ("--draws", "99", "--indices", "--indices-km", str(KM))
    path = study_in(tmp_path, towns())
    assert run(path, tmp_path / "two", *asked, "--engine", "processes:2") == 0
    columns = [*KEYS, *PAIRS[:5]]
    whole = pd.read_parquet(found / "indices.parquet")
    two = pd.read_parquet(tmp_path / "two" / "indices.parquet")
    pd.testing.assert_frame_equal(two[columns], whole[columns])
    assert two["K_p"].isna().all() and two["K_localized"].isna().all()
    assert run(path, tmp_path / "by", *asked, "--weights", "employment", "--region", "South") == 0
    by = pd.read_parquet(tmp_path / "by" / "indices.parquet")
    here, xy, industry, _ = one_cell()
    M = space.marcon_puech(xy, industry, [KM], weights=here["employment"])[KM]
    own = by[by["year"] == 2019]
    np.testing.assert_allclose(own["M"], [M[pair] for pair in zip(own["j"], own["k"], strict=True)])
    alone = pd.read_csv(tmp_path / "by" / "coagglomeration" / "indices.csv")
    assert alone["location_quotient"].isna().all()  # of one region there is no other to compare


def test_sites_in_one_square_have_no_index_of_areas(tmp_path: Path) -> None:
    asked = ("--draws", "99", "--indices", "--indices-km", "1000")
    sites = towns(years=(2020,))
    assert run(study_in(tmp_path, sites), tmp_path / "out", *asked) == 0
    table = pd.read_parquet(tmp_path / "out" / "indices.parquet")
    assert table["ellison_glaeser_kerr"].isna().all() and (table["colocation"] == 1).all()
    assert [row["index"] for row in numbers_of(tmp_path / "out")["indices"]["agreement"]] == [
        "colocation", "M", "m", "K"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--indices-draws", "99"), "indices_draws needs the indices: add indices = true"),
        (("--indices", "--indices-draws", "20"), "needs 39 or more"),
    ],
)
def test_what_no_envelope_comes_of_is_refused(
    tmp_path: Path, capsys: Any, options: tuple[str, ...], said: str
) -> None:
    assert run(study_in(tmp_path, towns(years=(2020,))), tmp_path / "out", *options) == 2
    assert said in capsys.readouterr().err


def test_without_the_option_there_is_no_other_index(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(study_in(tmp_path, towns(years=(2020,))), out, "--draws", "99") == 0
    assert not (out / "indices.parquet").exists() and numbers_of(out)["indices"] is None


def test_equal_pairs_stay_in_one_group() -> None:
    table = pd.DataFrame(
        {"region": "N", "year": 1, "M": [0.0] * 8 + [1.0, 2.0], "phi": [0] * 9 + [1]}
    )
    groups = by_fifths(table, "M")
    assert groups["n"].tolist() == [8, 2] and groups["share"].tolist() == [0.0, 0.5]
