"""Runs into one folder again and again: nothing of others is lost, and no two runs are mixed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import spillgraph as package
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.graph.open import open_store
from spillgraph.runs.read import doubt_of

STUDY = """
[study]
name = "again"
target = "s"
[outputs]
figures = []
[tables.industry_citations]
file = "cites.csv"
classification = "s"
[tables.io_flows]
file = "flows.csv"
classification = "s"
[tables.io_output]
file = "output.csv"
classification = "s"
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    codes = ["01", "02", "03"]
    cites = [
        f"{a},{b},2000,{1 + i + 2 * j}" for i, a in enumerate(codes) for j, b in enumerate(codes)
    ]
    flows = [f"{a},{b},2000,{5 + i}" for i, a in enumerate(codes) for b in codes]
    (tmp_path / "cites.csv").write_text("citing,cited,year,count\n" + "\n".join(cites))
    (tmp_path / "flows.csv").write_text("supplier,user,year,value\n" + "\n".join(flows))
    (tmp_path / "output.csv").write_text(
        "industry,year,gross_output\n" + "\n".join(f"{a},2000,100" for a in codes)
    )
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path / "study.toml"


def spillgraph(command: str, study: Path, *more: str) -> int:
    out = str(study.parent / "out")
    return _exit_code([command, str(study), "--out", out, "-q", *more], debug=False)


def record(study: Path) -> dict:
    return dict(json.loads((study.parent / "out" / "run.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("place", ["accounts/notes.txt", "figures/a"])
def test_what_no_run_has_written_is_not_replaced_in_the_folder_of_a_run_either(
    study: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    assert spillgraph("run", study) == 0
    mine = study.parent / "out" / place
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    command = "accounts" if "accounts" in place else "psi"
    assert spillgraph(command, study) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"would replace {place.split('/')[0]} there, which no run has written" in told
    assert spillgraph("run", study) == 0  # which writes nothing there
    assert mine.read_text() == "mine"
    assert "also holds" not in " ".join(record(study)["notes"])
    shutil.rmtree(mine.parent) if "/" in place else mine.unlink()
    assert spillgraph(command, study) == 0
    assert spillgraph(command, study) == 0  # its own files are replaced


def test_files_that_are_gone_are_not_said_to_be_there(study: Path) -> None:
    assert spillgraph("accounts", study) == 0
    shutil.rmtree(study.parent / "out" / "accounts")
    (study.parent / "out" / "accounts.json").unlink()
    assert spillgraph("run", study) == 0
    run = record(study)
    assert "accounts" not in run["capabilities"]
    assert not [place for place in run["outputs"] if place.startswith("accounts")]
    assert "also holds" not in " ".join(run["notes"])


@pytest.mark.parametrize("moves", [1, 3])
def test_a_run_that_is_cut_off_while_it_moves_its_files_says_so(
    study: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    out = study.parent / "out"
    assert spillgraph("psi", study) == 0
    assert spillgraph("accounts", study) == 0
    text = (study.parent / "cites.csv").read_text()
    (study.parent / "cites.csv").write_text(text.replace("01,01,2000,1\n", "01,01,2000,9\n"))

    done = []

    def cut(path: Path, target: Path) -> Path:
        if path.parent.name == ".new":
            if len(done) == moves:
                raise KeyboardInterrupt
            done.append(path)
        return Path(path.replace(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", cut)
        assert spillgraph("accounts", study, "--replace") == 1
    with pytest.raises(InputError, match="was cut off while it put its files into place"):
        package.open_run(out)
    assert _exit_code(["export", str(out), "--as", "md"], debug=False) == 2
    with open_store(str(out / "graph.lbug"), read_only=True) as graph:
        assert "cut off" in doubt_of(graph, out)
    assert spillgraph("run", study) == 0  # of neither run anything is left
    run = record(study)
    assert not (out / "psi").exists() and not (out / "accounts").exists()
    assert not (out / "accounts.json").exists()
    assert list(run["capabilities"]) == ["hubs"] and package.open_run(out).matrix("W", 2000)


def test_the_page_of_a_run_says_that_the_hubs_in_the_folder_may_be_others(study: Path) -> None:
    assert spillgraph("hubs", study, "--null", "degree", "--draws", "19", "--network", "S") == 0
    assert spillgraph("run", study) == 0
    told = "Of hubs the page shows what every run finds, without draws"
    assert told in " ".join(record(study)["notes"])
    assert told in (study.parent / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [(), ("--replace",)])
def test_beside_a_damaged_run_json_no_folder_is_left_that_the_next_one_does_not_list(
    study: Path, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert spillgraph("accounts", study) == 0
    out = study.parent / "out"
    (out / "run.json").write_text('{"fingerprint": ', encoding="utf-8")
    for command in ("run", "accounts"):
        assert spillgraph(command, study, *options) == 2
        told = " ".join(capsys.readouterr().err.split())
        assert "run.json there is damaged" in told and "accounts, accounts.json" in told
    shutil.rmtree(out / "accounts")
    (out / "accounts.json").unlink()
    assert spillgraph("run", study, *options) == 0
    assert not [place for place in record(study)["outputs"] if place.startswith("accounts")]
