"""``import spillgraph``: names that cost nothing, a run in three lines, a call for a command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import spillgraph
import typer
from spillgraph.cli.main import _exit_code, app
from spillgraph.graph.matrix_files import load_matrix

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def done(tmp_path_factory, tiny_in) -> spillgraph.Run:
    """A run of the tiny study, with all of ψ."""
    folder = tmp_path_factory.mktemp("python")
    tiny = tiny_in(folder / "tiny")
    tiny.replace("[options]", "[outputs]\nfigures = []\n\n[options]")
    tiny.write("sectors.csv", 'code,name\nx,"Farms <b>&"\ny,Cars\n')
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        run = spillgraph.run(tiny.path, folder / "out", psi={"draws": 39})
    assert [str(each.message) for each in told if each.category is UserWarning] == run.warnings
    return run


def test_importing_costs_nothing_until_a_name_is_used() -> None:
    code = (
        "import sys, spillgraph; heavy = {'numpy', 'pandas', 'pydantic', 'duckdb', 'neo4j'}; "
        "print(sorted(heavy & set(sys.modules))); "
        "spillgraph.LabelledMatrix; print('duckdb' in sys.modules, spillgraph.__version__)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split("\n")[:2] == ["[]", f"False {spillgraph.__version__}"]


def test_every_public_name_is_there_and_no_other_is_promised() -> None:
    assert spillgraph.__doc__ and set(spillgraph.__all__) <= set(dir(spillgraph))
    assert all(getattr(spillgraph, name) is not None for name in spillgraph.__all__)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", spillgraph.__version__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        spillgraph.nothing  # noqa: B018


def test_every_command_has_a_call_that_the_manual_names() -> None:
    group = typer.main.get_command(app)
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`spillgraph .+?) \| (`spillgraph\..+?) \|$", page, re.MULTILINE)
    named = {word for commands, _ in rows for word in re.findall(r"`spillgraph ([\w-]+)", commands)}
    assert named == set(group.commands), "the table of calls in docs/python.md"
    calls = {word for _, call in rows for word in re.findall(r"spillgraph\.(\w+)", call)}
    assert calls <= set(spillgraph.__all__)


def test_a_run_says_what_its_files_say(done: spillgraph.Run) -> None:
    record = json.loads((done.folder / "run.json").read_text(encoding="utf-8"))
    assert done.record == record and done.id == record["run"]
    assert done.years == sorted(map(int, record["years"])) and done.warnings == record["warnings"]
    year = done.years[-1]
    W = done.matrix("W")
    stored = load_matrix(done.folder / "matrices" / f"W_{year}.npz")
    assert W.rows == stored.rows and (W.values != stored.values).nnz == 0
    sums = done.sums()
    assert sums["benefit"].to_dict() == record["years"][str(year)]["benefit"]
    assert list(sums.columns) == ["name", "benefit", *record["years"][str(year)]["contribution"]]
    hubs = pd.read_csv(done.folder / "hubs" / f"psi_{year}.csv", index_col=0, dtype={0: str})
    np.testing.assert_array_equal(done.hubs("psi")["in_strength"], hubs["in_strength"])
    assert f"psi/sums_{year}" in done.tables
    np.testing.assert_array_equal(done.table(f"psi/sums_{year}")["benefit"], sums["benefit"])
    assert json.loads((done.folder / "psi.json").read_text(encoding="utf-8"))["draws"] == 39
    assert spillgraph.open_run(done.folder).record == record


def test_it_is_the_run_of_the_command_line(done: spillgraph.Run, tmp_path: Path, tiny_in) -> None:
    tiny = tiny_in(tmp_path / "tiny")
    tiny.write("sectors.csv", 'code,name\nx,"Farms <b>&"\ny,Cars\n')
    assert _exit_code(["run", str(tiny.path), "-o", str(tmp_path / "out"), "-q"], debug=True) == 0
    other = spillgraph.open_run(tmp_path / "out")
    assert other.record["years"] == done.record["years"]
    assert done.record["command"].startswith("spillgraph.run(")
    assert "psi={'draws': 39}" in done.record["command"]


def test_what_is_printed_is_short_and_in_a_notebook_escaped(done: spillgraph.Run) -> None:
    assert done.id in repr(done) and "psi_" in repr(done) and len(repr(done).splitlines()) < 14
    odd = spillgraph.LabelledMatrix.build("<M>", np.eye(9), [f"<{k}>" for k in range(9)])
    assert "9 × 9" in repr(odd) and "3 more rows" in repr(odd) and len(repr(odd).splitlines()) < 12
    for html in (done._repr_html_(), odd._repr_html_()):
        assert "<table" in html
    assert "<M>" not in odd._repr_html_() and "&lt;0&gt;" in odd._repr_html_()


def test_the_graph_is_asked_by_the_folder_of_the_run(done: spillgraph.Run) -> None:
    with spillgraph.open_store(done.folder) as store:
        assert store.query("MATCH (f:Firm) RETURN count(*) AS n").to_pylist()[0]["n"] > 0
    frame = spillgraph.query("industries_by_psi", done.folder, limit=1)
    assert len(frame) == 1 and frame["benefit"][0] in set(done.sums()["benefit"])
    spillgraph.export(done.folder, "md")
    assert (done.folder / "hubs" / f"W_{done.years[-1]}.md").exists()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda run: run.matrix("V"), "has no matrix V_"),
        (lambda run: run.matrix("W", 1066), "has no report year 1066; there are "),
        (lambda run: run.matrix("W", str(run.years[0])), "has no report year '"),
        (lambda run: run.hubs("V"), "has no table hubs/V_"),
        (lambda run: run.table("psi/some"), "has no table psi/some"),
        (lambda run: spillgraph.open_run(run.folder / "tables"), "holds no results of a run"),
        (lambda run: spillgraph.run("s.toml", "o", psy={}), "psy is not a capability"),
    ],
)
def test_what_is_not_there_is_told(done: spillgraph.Run, call, told: str) -> None:
    with pytest.raises(spillgraph.InputError, match=re.escape(told)):
        call(done)


def test_a_table_that_was_removed_is_missed_by_name(done: spillgraph.Run, tmp_path: Path) -> None:
    shutil.copytree(done.folder, tmp_path / "out", ignore=shutil.ignore_patterns("graph*"))
    copy = spillgraph.open_run(tmp_path / "out")
    (copy.folder / "hubs" / f"W_{done.years[-1]}.csv").unlink()
    with pytest.raises(spillgraph.InputError, match=r"W_\d+\.csv was removed; run the study again"):
        copy.hubs("W")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"draws": -1}, "key 'psi.draws' = -1: it must be at least 0."),
        ({"draw": 99}, "unknown key 'psi.draw'. Did you mean 'draws'?"),
        ({"draws": 5}, "intervals of 95% need 39 draws at least"),
        (True, "psi = True: its options are needed, as in psi={}"),
        (["draws"], "psi = ['draws']: its options are needed"),
    ],
)
def test_options_are_checked_as_those_of_a_study_file(tiny, tmp_path, options, told) -> None:
    with pytest.raises(spillgraph.InputError, match=re.escape(told)):
        spillgraph.run(tiny.path, tmp_path / "out", psi=options)
    assert not (tmp_path / "out" / "run.json").exists()
