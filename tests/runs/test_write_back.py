"""What capabilities find of a sector is in the graph as it is in their files, and stays there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.capabilities.studies import asked_of, read_study
from spillgraph.cli.main import _exit_code
from spillgraph.core.measures import scores
from spillgraph.graph.open import open_store
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps

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
