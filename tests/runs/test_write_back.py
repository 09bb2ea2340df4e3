"""What capabilities find of a sector is in the graph as it is in their files, and stays there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spillgraph.capabilities.studies import asked_of, read_study
from spillgraph.cli.main import _exit_code
from spillgraph.core.measures import scores
from spillgraph.graph.open import open_store
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps

pytestmark = pytest.mark.usefixtures("no_page")

SECTORS = ["US:A", "US:B", "DE:A", "DE:B"]
STUDY = """
[study]
name = "Two countries"
target = "world"

[years]
report = [2005, 2006]

[outputs]
figures = []

[tables.industries]
file = "industries.csv"
classification = "world"

[tables.industry_citations]
file = "flows.csv"
classification = "world"
columns = { citing = "user", cited = "supplier", count = "citations" }

[tables.io_flows]
file = "flows.csv"
classification = "world"
columns = { value = "goods" }

[tables.io_output]
file = "output.csv"
classification = "world"

[tables.productivity]
file = "output.csv"
classification = "world"
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    rng = np.random.default_rng(7)
    pairs = [(a, b, year) for year in (2005, 2006) for a in SECTORS for b in SECTORS]
    flows = pd.DataFrame(pairs, columns=["supplier", "user", "year"])
    flows["goods"] = rng.gamma(1.0, 10.0, len(flows)).round(3)
    flows["citations"] = rng.poisson(9.0, len(flows)) + 1
    flows.to_csv(tmp_path / "flows.csv", index=False)
    output = flows.groupby(["supplier", "year"])["goods"].sum() + 200.0
    output = output.rename_axis(["industry", "year"]).rename("gross_output").reset_index()
    output["tfp"] = 100 * np.exp(rng.normal(0.02, 0.02, len(output)))
    output.to_csv(tmp_path / "output.csv", index=False)
    industries = pd.DataFrame({"code": SECTORS, "country": [code[:2] for code in SECTORS]})
    industries.to_csv(tmp_path / "industries.csv", index=False)
    return say(tmp_path / "study.toml", "")


def say(path: Path, more: str) -> Path:
    path.write_text(f"{STUDY}\n{more}\n")
    return path


def spillgraph(*arguments: object) -> None:
    assert _exit_code([*map(str, arguments), "-q"], debug=False) == 0


def in_graph(out: Path) -> dict[int, pd.DataFrame]:
    """By year, the scores of the sectors; columns without any are left out."""
    columns = ", ".join(f"s.{each.name} AS {each.name}" for each in scores())
    with open_store(str(out / "graph.lbug"), read_only=True) as store:
        table = store.query(
            f"MATCH (r:Run)-[s:SCORES]->(i:Industry) RETURN s.year AS year, i.code AS code, "
            f"{columns} ORDER BY year, code"
        ).to_pandas()
    parts = table.set_index("code").groupby("year")
    return {int(year): part.drop(columns="year").dropna(axis=1) for year, part in parts}  # type: ignore[call-overload]


def assert_as_filed(out: Path) -> None:
    found = in_graph(out)
    for year, table in found.items():
        benefit = pd.read_csv(out / "borders" / f"benefit_{year}.csv", index_col=0)
        for name in ("domestic", "production", "innovation", "both"):
            wanted = benefit[name].loc[table.index]
            np.testing.assert_allclose(table[f"borders_{name}"], wanted, rtol=1e-12)
    growth = pd.read_csv(out / "growth" / "sectors.csv", index_col=0)
    for name in ("own", "production", "innovation", "interaction"):
        wanted = growth[name].loc[found[2006].index]
        np.testing.assert_allclose(found[2006][f"growth_{name}"], wanted, rtol=1e-12)
        assert f"growth_{name}" not in found[2005]  # its networks are those of 2006


def test_the_graph_has_what_the_files_have(study: Path, tmp_path: Path) -> None:
    say(study, "[growth]\n[borders]")
    spillgraph("run", study, "--out", tmp_path / "out")
    assert_as_filed(tmp_path / "out")


def test_one_after_the_other_all_are_there_and_a_plain_run_leaves_them(
    study: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for command in ("borders", "growth", "run"):
        spillgraph(command, study, "--out", out)
        assert "psi_pagerank" in in_graph(out)[2005]
    assert_as_filed(out)
    with open_store(str(out / "graph.lbug"), read_only=True) as store:
        last = store.query(
            "MATCH (i:Industry) WHERE i.classification = 'world' AND i.code <> 'unmapped' "
            "RETURN i.code AS code, i.growth_own AS own, i.scores_year AS year"
        ).to_pandas()
    assert set(last["year"]) == {2006}
    own = in_graph(out)[2006]["growth_own"]
    assert last.set_index("code")["own"].to_dict() == own.to_dict()


def test_asked_again_with_other_options_its_scores_are_those_of_the_last(
    study: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    spillgraph("growth", study, "--out", out, "--networks", 2005)
    assert "growth_own" in in_graph(out)[2005]
    spillgraph("borders", study, "--out", out)
    spillgraph("growth", study, "--out", out)
    assert_as_filed(out)


def test_scores_of_other_choices_do_not_stay(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    spillgraph("growth", study, "--out", out)
    say(study, '[options]\ndiagonal = "keep"\n')
    spillgraph("run", study, "--out", out, "--replace")
    assert not (out / "growth").exists()
    assert not [name for name in in_graph(out)[2006] if name.startswith("growth")]


def test_a_graph_that_is_made_anew_says_whose_scores_are_gone(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    spillgraph("borders", study, "--out", out)
    spillgraph("growth", study, "--out", out, "--rebuild")
    told = "borders: its files are of this run, but its scores are not in the graph"
    assert told in " ".join(capsys.readouterr().out.split())
    spillgraph("borders", study, "--out", out)
    assert told not in " ".join(capsys.readouterr().out.split())
    assert_as_filed(out)


def test_run_json_has_the_hash_of_every_file_and_keeps_that_of_what_stays(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    say(study, "[psi]")
    spillgraph("growth", study, "--out", out)
    spillgraph("run", study, "--out", out)
    others = ("rejects/", "graph.lbug", "run.json", ".spillgraph")
    there = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    wanted = {
        place: hashlib.sha256(path.read_bytes()).hexdigest()
        for place, path in there.items()
        if not place.startswith(others)
    }
    assert json.loads((out / "run.json").read_text())["outputs"] == wanted
    with (out / "growth" / "sectors.csv").open("a") as file:
        file.write("US:C,1,1,1,1,1,1\n")
    spillgraph("run", study, "--out", out)  # which leaves it as it is
    assert _exit_code(["export", str(out), "-q"], debug=False) == 2
    assert "sectors.csv: it was changed" in capsys.readouterr().err


# -- links and pools -----------------------------------------------------------------------------

SITES = """
[tables.establishments]
file = "sites.csv"
classification = "fine"

[tables.concordance]
file = "map.csv"
from_classification = "fine"
to_classification = "world"
"""
OPTIONS = ("--draws", 39, "--threshold", 0.9)


@pytest.fixture
def sites(study: Path, tmp_path: Path) -> Path:
    """Industries that no flow has; b lies beside a in the North, and by itself in the South."""
    rng = np.random.default_rng(3)
    rows = []
    for region, at in (("North", {"b": (0, 0)}), ("South", {"b": (90, 90)})):
        for industry, centre in ({"a": (0, 0), "c": (60, 0), "d": (0, 70)} | at).items():
            for x, y in np.array(centre) + rng.normal(0, 2, (6, 2)):
                rows.append((industry, region, x, y, rng.integers(1, 9)))
    table = pd.DataFrame(rows, columns=["industry", "region", "x", "y", "patents"])
    table.rename_axis("establishment").to_csv(tmp_path / "sites.csv")
    (tmp_path / "map.csv").write_text("from,to,weight\na,US:A,1\nb,US:B,1\n")  # not c, d
    return say(study, SITES)


def assert_links_as_filed(out: Path, store: str | None = None, prefix: str = "fine:") -> None:
    pairs = pd.read_parquet(out / "coagglomeration.parquet")
    linked = pairs[pairs["phi"] == 1]
    assert 0 < len(linked) < len(pairs)
    pools = pd.read_parquet(out / "pools.parquet")
    pools = pools[pools["threshold"] == pools["threshold"].iloc[0]]
    with open_store(store or str(out / "graph.lbug"), read_only=True) as graph:
        (run_id,) = graph.query("MATCH (r:Run) RETURN r.id AS id")["id"].to_pylist()
        links = graph.query(
            "MATCH (j:Industry)-[c:COAGGLOMERATES]->(k:Industry) WHERE c.run = $run "
            "RETURN c.region AS region, j.key AS j, k.key AS k, c.p AS p, c.year AS year",
            {"run": run_id},
        ).to_pylist()
        own = graph.query(
            "MATCH (x:IndustryRegion)-[:OF_INDUSTRY]->(i:Industry) WHERE x.run = $run "
            "RETURN x.region AS region, i.key AS key, x.size AS own, x.outward_size AS pool, "
            "x.sites AS sites",
            {"run": run_id},
        ).to_pandas()
    found = {(row["region"], row["j"], row["k"], row["p"]) for row in links}
    p = linked["p"].astype(object).where(linked["p"].notna(), None)
    ends = prefix + linked["j"], prefix + linked["k"]
    assert found == set(zip(linked["region"], *ends, p, strict=True))
    assert len(links) == len(linked)
    assert all(row["year"] is None for row in links)
    # a pool is what those around whom the industry crowds have: summed here along the edges
    size = own.set_index(["region", "key"])["own"]
    sums = dict.fromkeys(size.index, 0.0)
    for row in links:
        sums[row["region"], row["j"]] += size[row["region"], row["k"]]
    pool = own.set_index(["region", "key"])["pool"]
    assert pool.to_dict() == pytest.approx(sums)
    filed = pools.assign(key=prefix + pools["industry"]).set_index(["region", "key"])
    assert filed["outward_size"].to_dict() == pytest.approx(sums)


def count_links(out: Path) -> int:
    with open_store(str(out / "graph.lbug"), read_only=True) as store:
        return store.count("COAGGLOMERATES", ("Industry", "Industry"), None).rows


@pytest.mark.parametrize("server", [False, True], ids=["ladybug", "neo4j"])
def test_links_and_pools_are_there_and_a_plain_run_leaves_them(
    sites: Path, tmp_path: Path, server: bool, request: pytest.FixtureRequest
) -> None:
    out = tmp_path / "out"
    store = str(request.getfixturevalue("neo4j").address) if server else None
    given = ("--out", out, *(("--store", store) if store else ()))
    spillgraph("coagglomeration", sites, *given, *OPTIONS)
    assert_links_as_filed(out, store)
    spillgraph("growth", sites, *given)
    spillgraph("run", sites, *given)
    assert_links_as_filed(out, store)
    spillgraph("coagglomeration", sites, *given, *OPTIONS, "--mode", "full", "--seed", 2)
    assert pd.read_parquet(out / "coagglomeration.parquet")["p"].notna().all()
    assert_links_as_filed(out, store)


def test_industries_of_sites_are_nodes_and_no_sectors(sites: Path, tmp_path: Path) -> None:
    spillgraph("run", sites, "--out", tmp_path / "out")
    with open_store(str(tmp_path / "out" / "graph.lbug"), read_only=True) as store:
        keys = store.query("MATCH (i:Industry) RETURN i.key AS key")["key"].to_pylist()
    fine = {f"fine:{code}" for code in ["a", "b", "c", "d", "unmapped"]}
    assert set(keys) == fine | {f"world:{code}" for code in [*SECTORS, "unmapped"]}
    stored = np.load(tmp_path / "out" / "matrices" / "W_2006.npz")
    assert sorted(stored["row_labels"]) == sorted(SECTORS)


def test_links_between_sectors_join_the_sectors(sites: Path, tmp_path: Path) -> None:
    table = pd.read_csv(tmp_path / "sites.csv")
    codes = dict(zip("abcd", SECTORS, strict=True))
    table.assign(industry=table["industry"].map(codes)).to_csv(tmp_path / "sites.csv", index=False)
    say(sites, SITES.partition("\n[tables.conc")[0].replace("fine", "world"))
    spillgraph("coagglomeration", sites, "--out", tmp_path / "out", *OPTIONS, "--level", "sector")
    assert_links_as_filed(tmp_path / "out", prefix="world:")


def test_links_go_with_other_choices_with_clean_and_with_a_new_graph(
    sites: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    spillgraph("coagglomeration", sites, "--out", out, *OPTIONS)
    assert count_links(out)
    spillgraph("run", sites, "--out", out, "--rebuild")
    told = "coagglomeration: its files are of this run, but its links are not in the graph"
    assert told in " ".join(capsys.readouterr().out.split())
    assert not count_links(out)
    spillgraph("coagglomeration", sites, "--out", out, *OPTIONS)
    assert count_links(out)
    say(sites, f'{SITES}\n[options]\ndiagonal = "keep"\n')
    spillgraph("run", sites, "--out", out, "--replace")
    assert not count_links(out)
    spillgraph("coagglomeration", sites, "--out", out, *OPTIONS)
    told_run = json.loads((out / "run.json").read_text())["run"]
    assert _exit_code(["clean", "--run", told_run, "--store", str(out)], debug=False) == 0
    assert not count_links(out)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda found: {"W": found["COAGGLOMERATES"]}, "graph/schema.py declares no W of it"),
        (
            lambda found: {"COAGGLOMERATES": found["COAGGLOMERATES"].replace("fine:a", "fine:z")},
            "the graph has no 'fine:z'",
        ),
    ],
)
def test_a_link_without_a_place_is_refused_before_any_file(
    sites: Path, tmp_path: Path, spoil: Any, told: str
) -> None:
    asked = asked_of(read_study(sites), {"coagglomeration": {"draws": 39, "threshold": 0.9}})
    at = [each.capability.name for each in asked].index("coagglomeration")
    right = asked[at].capability.graph
    wrong = replace(asked[at].capability, graph=lambda found, run: spoil(right(found, run)))
    asked[at] = replace(asked[at], capability=wrong)
    with pytest.raises(ValueError, match=f"capability coagglomeration: {told}"):
        run(read_study(sites), tmp_path / "out", Steps(), asked)
    assert not (tmp_path / "out" / "run.json").exists()
    assert not (tmp_path / "out" / "coagglomeration.parquet").exists()


# -- what has no place ---------------------------------------------------------------------------

SPOILED = {
    "score 'growth_own'": lambda table: table.assign(growth_own=1.0),
    "sector 'US:C'": lambda table: table.rename(index={"US:A": "US:C"}),
}


@pytest.mark.parametrize("what", [*SPOILED, "report year 2001"])
def test_a_score_without_a_place_is_refused_before_any_file(
    study: Path, tmp_path: Path, what: str
) -> None:
    asked = asked_of(read_study(study), {"borders": {}})
    at = [each.capability.name for each in asked].index("borders")
    right = asked[at].capability.scores
    spoil = SPOILED.get(what, lambda table: table)

    def wrong(found: object) -> dict[int, pd.DataFrame]:
        shift = 4 if what.startswith("report") else 0
        return {year - shift: spoil(table) for year, table in right(found).items()}

    asked[at] = replace(asked[at], capability=replace(asked[at].capability, scores=wrong))
    out = tmp_path / "out"
    with pytest.raises(ValueError, match=f"capability borders: the graph has no {what}"):
        run(read_study(study), out, Steps(), asked)
    assert not (out / "run.json").exists()
    assert not (out / "borders").exists()
