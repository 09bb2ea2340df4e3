"""The command line as a user meets it: exit codes, messages, files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph.capabilities import QUESTIONS, load
from spillgraph.cli.main import _exit_code
from spillgraph.graph.aggregate import start
from spillgraph.graph.open import open_store
from spillgraph.ingest.study import load_study
from spillgraph.ingest.study_model import StudyFile
from spillgraph.runs.folder import claim
from spillgraph.runs.pipeline import compute_study
from spillgraph.runs.steps import Steps


def spillgraph(*arguments: str) -> int:
    return _exit_code(list(arguments), debug=False)


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> tuple[Path, Path]:
    """A sample economy that was run once: (study folder, results)."""
    base = tmp_path_factory.mktemp("sample")
    study, out = base / "study", base / "out"
    arguments = ["--firms", "400", "--citations", "8000", "--seed", "7", "--out", str(study)]
    assert spillgraph("sample", *arguments) == 0
    assert spillgraph("run", str(study / "study.toml"), "--out", str(out)) == 0
    return study, out


def test_run_writes_what_other_scripts_rely_on(sample: tuple[Path, Path]) -> None:
    study, out = sample
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert {"tables", "totals", "matrices", "inputs", "options", "versions", "seconds"} <= set(run)
    for name, table in run["tables"].items():
        assert {"read", "loaded", "rejected"} <= set(table)
        assert (out / "rejects" / f"{name}.csv").is_file()
    for flow in ("citations", "trade"):
        assert {"input", "firm", "fine", "target", "unmapped"} <= set(run["totals"][flow])
    assert run["totals"]["citations"]["input"] == 8000
    for name in ("W", "S", "psi", "citations", "trade"):
        for year in (2007, 2012, 2017, 2020):
            about = run["matrices"][f"{name}_{year}"]
            assert {"file", "unit", "shape", "sum", "spectral_radius"} <= set(about)
            assert about["file"] == f"matrices/{name}_{year}.npz"
            values = sparse.load_npz(out / about["file"])
            with np.load(out / about["file"]) as stored:
                assert stored["row_labels"].tolist() == stored["col_labels"].tolist()
            assert values.shape == (37, 37)
            assert values.sum() == pytest.approx(about["sum"], rel=1e-12)
            radius = max(abs(np.linalg.eigvals(values.toarray())))
            assert radius == pytest.approx(about["spectral_radius"], rel=1e-8)
    assert set(run["inputs"]) == {path.name for path in study.iterdir()} - {"planted.json"}
    text = (out / "run.json").read_text(encoding="utf-8").replace(run["command"], "")
    assert str(out) not in text and str(study) not in text
    assert run["command"] == f"spillgraph run {study / 'study.toml'} --out {out}"


def test_matrices_reconcile_with_the_input_to_the_last_citation(sample) -> None:
    study, out = sample
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    counted = pd.read_csv(study / "citations.csv")["count"].sum()
    assert run["totals"]["citations"]["input"] == counted
    assert sparse.load_npz(out / "matrices" / "citations_2020.npz").sum() == pytest.approx(
        counted - run["totals"]["citations"]["unmapped"], rel=1e-12
    )
    psi, S, W = (
        sparse.load_npz(out / "matrices" / f"{name}_2020.npz").toarray()
        for name in ("psi", "S", "W")
    )
    unit = np.eye(37)
    np.testing.assert_allclose((unit - S) @ psi @ (unit - W), unit, atol=1e-12)


def test_the_page_says_that_it_is_synthetic(sample) -> None:
    page = (sample[1] / "report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC" in page.upper()
    assert "Communication Equipment, Computer and Other Electronic Equipment" in page


def test_planted_hubs_are_found(sample) -> None:
    study, out = sample
    hubs = pd.read_csv(out / "hubs" / "W_2020.csv", dtype={"label": str}, index_col="label")
    tables = [path.name for path in (out / "hubs").iterdir() if path.suffix == ".csv"]
    claims = [name for name in tables if name.startswith(("backbone_", "claims_", "evidence_"))]
    assert len(tables) - len(claims) == 12 and len(claims) == 11
    planted = json.loads((study / "planted.json").read_text(encoding="utf-8"))
    with np.load(out / "matrices" / "W_2020.npz") as stored:
        labels = stored["col_labels"]
    W = sparse.load_npz(out / "matrices" / "W_2020.npz").toarray()
    assert labels[W.sum(axis=0).argmax()] == planted["hubs"]["citations"][0]
    assert hubs["in_strength"].idxmax() == planted["hubs"]["citations"][0]
    np.testing.assert_allclose(hubs["in_strength"], W.sum(axis=0), rtol=1e-12)


def test_a_closed_class_ends_with_2_and_names_its_members(tmp_path: Path, capsys) -> None:
    study = tmp_path / "study"
    arguments = ["--firms", "400", "--citations", "8000", "--closed-class", "--out", str(study)]
    assert spillgraph("sample", *arguments) == 0
    assert spillgraph("run", str(study / "study.toml"), "--out", str(tmp_path / "out"), "-q") == 2
    planted = json.loads((study / "planted.json").read_text(encoding="utf-8"))["closed_class"]
    message = capsys.readouterr().err
    assert all(f"'{code}'" in message for code in planted)
    assert "Traceback" not in message
    assert not (tmp_path / "out" / "run.json").exists()
    assert not (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize("name", ["top_cited_firms", "who_an_industry_learns_from"])
def test_library_queries_take_the_studys_own_values(sample, capsys, name: str) -> None:
    industry = "C39" if name == "top_cited_firms" else "20"
    arguments = ["--param", f"industry={industry}", "--store", str(sample[1]), "--format", "json"]
    assert spillgraph("query", name, *arguments) == 0
    assert len(json.loads(capsys.readouterr().out)) > 1


def test_query_formats_agree(sample, capsys, tmp_path: Path) -> None:
    ask = ["query", "firms_of_a_region", "-p", "region=Agglomeration 01", "--store", str(sample[1])]
    assert spillgraph(*ask, "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert spillgraph(*ask, "--format", "csv", "--out", str(tmp_path / "q.csv")) == 0
    assert spillgraph(*ask, "--format", "parquet", "--out", str(tmp_path / "q.parquet")) == 0
    assert spillgraph(*ask) == 0
    shown = capsys.readouterr().out
    assert pd.read_parquet(tmp_path / "q.parquet").to_dict("records") == rows
    assert pd.read_csv(tmp_path / "q.csv").shape == (len(rows), len(rows[0]))
    assert f"{len(rows)} rows" in shown and str(next(iter(rows[0].values()))) in shown


def test_cypher_reads(sample, capsys) -> None:
    assert spillgraph("cypher", "MATCH (f:Firm) RETURN count(*) AS firms", "--store",
                      str(sample[1] / "graph.lbug"), "-f", "csv") == 0  # fmt: skip
    assert capsys.readouterr().out.split() == ['"firms"', "400"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "none.toml", "--out", "x"], ["none.toml", "spillgraph init"]),
        (["check", "none.toml"], ["none.toml"]),
        (["check", "interrupted.toml"], ["interrupted.toml"]),
        (["query", "top_cited_firm", "--store", "{out}"], ["top_cited_firms"]),
        (["query", "top_cited_firms", "--store", "{out}"], ["industry"]),
        (["query", "top_cited_firms", "-p", "industri=C39", "--store", "{out}"], ["'industry'"]),
        (["query", "top_cited_firms", "-p", "industry", "--store", "{out}"], ["name=value"]),
        (
            [
                "query",
                "top_cited_firms",
                "-p",
                "industry=C39",
                "-p",
                "limit=many",
                "--store",
                "{out}",
            ],
            ["limit", "many"],
        ),
        (["query", "top_cited_firms", "-p", "industry=C39"], ["--store"]),
        (["query", "top_cited_firms", "-p", "industry=C39", "--store", "{out}/no"], ["no graph"]),
        (["cypher", "MATCH (f:Firm) DETACH DELETE f", "--store", "{out}"], ["DETACH"]),
        (
            ["cypher", "MATCH (f:Firm) WHERE f.id = $x RETURN f.id AS id", "--store", "{out}"],
            ["$x"],
        ),
        (["cypher", "MATCH (f:Firm) RETURN f", "-f", "csv", "--store", "{out}"], ["'f'", "json"]),
        (["cypher", "MATCH (f:Firm RETURN f", "--store", "{out}"], ["cannot run"]),
        (["cypher", "MATCH (f:Firm) RETURN f.id AS id", "-f", "xml", "--store", "{out}"], ["xml"]),
        (
            ["cypher", "MATCH (f:Firm) RETURN f.id AS id", "-f", "parquet", "--store", "{out}"],
            ["--out"],
        ),
        (["sample", "--firms", "3", "--out", "{tmp}/s"], ["200"]),
        (["sample", "--out", "{out}"], ["empty"]),
        (["run", "{study}", "--out", "{study}"], ["is a file"]),
        (
            ["run", "{study}", "--out", "{tmp}/x", "--store", "neo4j://localhost"],
            ["needs a password", "NEO4J_PASSWORD"],
        ),
        (["query", "runs", "--store", "bolt://localhost"], ["needs a password"]),
        (
            ["run", "{study}", "--out", "{tmp}/x", "--store", "neo4j://me:secret@localhost"],
            ["holds a user or a password"],
        ),
        (["query", "runs", "--store", "http://localhost"], ["of an unknown kind"]),
        (["clean", "--run", "r1", "--store", "{out}"], ["no run 'r1'", "it holds: "]),
        (["clean", "--run", "r1", "--store", "{tmp}"], ["there is no graph"]),
        (["clean", "--run", "r1"], ["--store"]),
        (["clean", "--store", "{out}"], ["--run with its id, or --study with its name"]),
        (["clean", "--study", "x", "--store", "{out}"], ["not 'x'; nothing was removed"]),
    ],
)
def test_what_is_refused_ends_with_2_and_one_sentence(
    sample,
    capsys,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: list[str],
) -> None:
    for name in ("NEO4J_PASSWORD", "NEO4J_CREDENTIALS", "SPILLGRAPH_STORE"):
        monkeypatch.delenv(name, raising=False)
    study, out = sample
    places = {"out": out, "study": study / "study.toml", "tmp": tmp_path}
    assert spillgraph(*(each.format(**places) for each in arguments)) == 2
    message = capsys.readouterr().err
    assert message.count("Error: ") == 1
    assert "Traceback" not in message and "secret" not in message
    for word in words:
        assert word in message


@pytest.mark.parametrize("arguments", [["frobnicate"], ["run"], ["run", "x", "--nope"]])
def test_usage_errors_end_with_2(arguments: list[str], capsys) -> None:
    assert spillgraph(*arguments) == 2
    assert "Usage" in capsys.readouterr().err


def test_anything_else_ends_with_1_and_a_traceback_only_with_debug(
    sample, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr("spillgraph.capabilities.studies.load_study", broken)
    arguments = ["check", str(sample[0] / "study.toml")]
    assert spillgraph(*arguments) == 1
    assert "no such luck" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        _exit_code(arguments, debug=True)


def test_debug_may_stand_anywhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "spillgraph.cli.main", "check", "none.toml", "--debug"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert "Traceback" in result.stderr
    result = subprocess.run(command[:-1], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 2 and "Traceback" not in result.stderr


def test_init_writes_a_study_that_the_reader_understands(tmp_path: Path, capsys) -> None:
    path = tmp_path / "study.toml"
    assert spillgraph("init", str(path)) == 0
    assert spillgraph("init", str(path)) == 2
    assert "is there already" in capsys.readouterr().err
    assert spillgraph("check", str(path)) == 2  # its files are not there yet: the first is named
    assert "industries.csv" in capsys.readouterr().err


def test_every_key_that_init_comments_out_is_one(tmp_path: Path) -> None:
    """What a user takes the sign from must be read, whichever tables stay."""
    path = tmp_path / "study.toml"
    assert spillgraph("init", str(path)) == 0
    plain = tomllib.loads(path.read_text(encoding="utf-8"))
    assert "production" not in plain["options"]  # it has trade links alone
    head = path.read_text(encoding="utf-8").partition("# Lists of industries")[0]
    lines = re.sub(r"^# (\w+ = )", r"\1", head, flags=re.MULTILINE)
    given = tomllib.loads(lines)
    assert given["graph"] == {"keep": "industries", "namespace": "mine"}
    assert given["options"]["production"] == "trade_links"
    StudyFile.model_validate({**given, "tables": plain["tables"]})


def test_check_shows_rejects_and_audit_and_writes_nothing(tiny, capsys) -> None:
    tiny.append("citations.csv", "1,9,2001,5\n")
    before = sorted(tiny.folder.iterdir())
    assert spillgraph("check", str(tiny.path)) == 0
    shown = capsys.readouterr().out
    assert "1 row refused: cited is not in table firms" in shown
    assert "Concordance f → t" in shown
    assert sorted(tiny.folder.iterdir()) == before


def test_a_failed_run_leaves_earlier_results_whole(tiny, tiny_out: Path) -> None:
    out = tiny_out
    before = (out / "run.json").read_bytes()
    tiny.write("map.csv", "from,to\nA,x\nB,y\nC,y\n")
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2000,4\n2,1,2001,1\n")
    assert spillgraph("run", str(tiny.path), "--out", str(out), "-q") == 2
    assert (out / "run.json").read_bytes() == before
    assert sorted(path.name for path in (out / "matrices").iterdir())


def test_rebuild_mends_a_damaged_graph(tiny, tiny_out: Path, capsys) -> None:
    out = tiny_out
    (out / "graph.lbug").write_bytes(b"rubbish" * 5_000)
    assert spillgraph("run", str(tiny.path), "--out", str(out), "-q") == 2
    assert "--rebuild" in capsys.readouterr().err
    assert spillgraph("run", str(tiny.path), "--out", str(out), "-q", "--rebuild") == 0


def test_a_run_never_replaces_what_no_run_has_written(tiny, capsys) -> None:
    mine = tiny.folder / "matrices" / "mine.csv"
    mine.parent.mkdir()
    mine.write_text("my own work")
    assert spillgraph("run", str(tiny.path), "--out", str(tiny.folder), "-q") == 2
    assert "would replace matrices there" in capsys.readouterr().err
    mine.unlink()
    mine.parent.rmdir()
    before = {path.name for path in tiny.folder.iterdir()}
    assert spillgraph("run", str(tiny.path), "--out", str(tiny.folder), "-q") == 0
    assert spillgraph("run", str(tiny.path), "--out", str(tiny.folder), "-q") == 0
    assert before < {path.name for path in tiny.folder.iterdir()}


def test_a_run_never_replaces_its_own_input(tiny, capsys) -> None:
    folder = tiny.folder / "tables"
    folder.mkdir()
    pd.read_csv(tiny.folder / "firms.csv").to_parquet(folder / "firms.parquet")
    tiny.replace('file = "firms.csv"', 'file = "tables/firms.parquet"')
    before = (folder / "firms.parquet").read_bytes()
    assert spillgraph("run", str(tiny.path), "--out", str(tiny.folder), "-q") == 2
    assert "would replace the input" in capsys.readouterr().err
    assert (folder / "firms.parquet").read_bytes() == before


def test_other_input_in_the_same_place_is_said(tiny, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    assert spillgraph("run", str(tiny.path), "--out", str(out), "-q") == 0
    assert "rebuilt" not in capsys.readouterr().out
    tiny.append("citations.csv", "1,3,2002,100\n")
    assert spillgraph("run", str(tiny.path), "--out", str(out), "-q") == 0
    assert "The graph held other input; it was rebuilt." in capsys.readouterr().out


def test_a_value_that_nothing_has_gives_a_hint(sample, capsys) -> None:
    ask = ["query", "firms_of_a_region", "-p", "region=Nowhere", "--store", str(sample[1])]
    assert spillgraph(*ask, "-f", "json") == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == [] and "No rows" in shown.err


def test_a_second_run_in_the_same_folder_waits_for_the_first(tiny, tiny_out: Path, capsys) -> None:
    out = tiny_out
    before = {path: path.read_bytes() for path in sorted((out / "tables").iterdir())}
    tiny.append("citations.csv", "1,3,2002,100\n")
    with claim(out, []):
        assert spillgraph("run", str(tiny.path), "--out", str(out), "-q") == 2
    assert "another run is at work" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in sorted((out / "tables").iterdir())} == before


@pytest.mark.parametrize("place", ["{tmp}/file/x", "/proc/x"])
def test_a_folder_that_cannot_be_made_is_refused(tiny, tmp_path: Path, capsys, place: str) -> None:
    (tmp_path / "file").write_text("")
    assert spillgraph("run", str(tiny.path), "--out", place.format(tmp=tmp_path), "-q") == 2
    assert "cannot be written to" in capsys.readouterr().err


def test_a_graph_whose_run_was_cut_off_is_not_taken_for_whole(tiny, tiny_out: Path, capsys) -> None:
    out = tiny_out
    ask = ["cypher", "MATCH (f:Firm) RETURN count(*) AS n", "--store", str(out), "-f", "csv"]
    assert spillgraph(*ask) == 0
    assert capsys.readouterr().err == ""
    # loads, and fails after it: a closed class
    tiny.write("map.csv", "from,to\nA,x\nB,y\nC,y\n")
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2000,4\n2,1,2001,1\n")
    assert spillgraph("run", str(tiny.path), "--out", str(out), "-q") == 2
    capsys.readouterr()
    assert spillgraph(*ask) == 0
    assert "from a later run" in capsys.readouterr().err
    with open_store(out / "graph.lbug") as store:
        start(store)
    assert spillgraph(*ask) == 0
    assert "did not finish" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--rebuild"], []])
def test_a_store_that_is_somebodys_file_is_refused(tiny, tmp_path: Path, options) -> None:
    mine = tmp_path / "firms.csv"
    mine.write_text("my own work")
    arguments = ["--out", str(tmp_path / "out"), "--store", str(mine), "-q", *options]
    assert spillgraph("run", str(tiny.path), *arguments) == 2
    assert mine.read_text() == "my own work"


def test_sums_of_other_choices_are_of_a_later_run(tiny, tiny_out: Path, capsys) -> None:
    out = tiny_out
    ask = ["cypher", "RETURN 1 AS one", "--store", str(out)]
    assert spillgraph(*ask) == 0
    assert capsys.readouterr().err == ""
    tiny.replace("[options]", '[options]\ndiagonal = "keep"')  # same input, other sums
    with compute_study(load_study(tiny.path), out, Steps()):
        pass  # and cut off before run.json
    assert spillgraph(*ask) == 0
    assert "from a later run" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["matrices/g.lbug", "tables/g.lbug", "hubs/g.lbug"])
def test_a_graph_among_the_results_is_refused(tiny, tmp_path: Path, capsys, place: str) -> None:
    out = tmp_path / "out"
    arguments = ["--out", str(out), "--store", str(out / place), "-q"]
    assert spillgraph("run", str(tiny.path), *arguments) == 2
    assert "name another" in capsys.readouterr().err


def test_check_refuses_what_run_refuses(tiny) -> None:
    tiny.write("trade.csv", "supplier,buyer,year,value\n1,99,2001,10\n")
    assert spillgraph("check", str(tiny.path)) == 2


def test_ctrl_c_is_one_sentence(tiny, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("spillgraph.capabilities.studies.load_study", stopped)
    assert spillgraph("check", str(tiny.path)) == 1
    assert capsys.readouterr().err.startswith("Stopped.")


def test_a_code_is_shown_as_it_is_and_no_picture(tiny, tmp_path: Path, capsys) -> None:
    tiny.append("fine.csv", "US:x:2,\n")
    tiny.append("citations.csv", ":x:,2,2001,1\n")
    assert _exit_code(["run", str(tiny.path), "--out", str(tmp_path / "o"), "-q"], debug=True) == 0
    assert "':x:' in row" in capsys.readouterr().out


def test_help_waits_for_no_library_that_it_does_not_need() -> None:
    heavy = {"altair", "duckdb", "ladybug", "neo4j", "numpy", "pandas", "pyarrow", "pydantic"}
    code = "import sys, spillgraph.cli.main; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(found.stdout.split())


def test_a_study_waits_for_no_library_of_what_it_does_not_ask() -> None:
    slow = {"igraph", "numba", "scipy.optimize", "scipy.stats", "xlsxwriter"}
    code = "import sys, spillgraph.runs.run, spillgraph.capabilities as c\n"
    code += "from spillgraph.reports import drawing, page, plates\n"
    code += "[c.load(name) for name in c.QUESTIONS]; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not slow & set(found.stdout.split())


@pytest.mark.parametrize("name", QUESTIONS)
def test_help_says_a_default_where_there_is_one(name: str, capsys) -> None:
    assert spillgraph(name, "--help") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Default: ." not in text and "Default: None" not in text
    shown = [field.default for field in load(name).options.model_fields.values()]
    assert text.count("Default: ") == sum(each not in (None, "") for each in shown)


def test_a_hint_ends_its_sentence_once(tiny, tmp_path: Path, capsys) -> None:
    """A question needs no full stop behind its mark."""
    assert spillgraph("hubs", str(tiny.path), "--out", str(tmp_path / "o"), "--network", "s") == 2
    said = " ".join(capsys.readouterr().err.split())
    assert said.endswith("Did you mean 'S'?")
    assert not re.search(r"[.?!]\.(?!\.)", said)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert spillgraph("--version") == 0
    assert capsys.readouterr().out == f"spillgraph {metadata.version('spillgraph')}\n"


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--draws", "-3", "'--draws': '-3': it must be at least 0."),
        ("--draws", "x", "'--draws': 'x': a whole number is needed."),
        ("--null", "foo", "'--null': 'foo' is not one of 'spread', 'spread_columns',"),
    ],
)
def test_wrong_values_of_options_are_refused_in_our_words(
    option: str, value: str, said: str, capsys
) -> None:
    asked = ["hubs", "study.toml", "--out", "results", option, value]
    assert _exit_code(asked, debug=False) == 2
    assert said in " ".join(capsys.readouterr().err.split())
