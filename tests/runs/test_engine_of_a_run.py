"""A run comes to the same bytes on any engine, and one that is killed goes on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import spillgraph
from distributed import LocalCluster
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError
from spillgraph.runs.folder import CELLS
from spillgraph.runs.steps import Steps

ASKED = {
    "psi": {"draws": 39},
    "hubs": {"draws": 99, "network": "W,psi,UDS"},
    "coagglomeration": {"draws": 39, "threshold": 0.9, "indices": True},
}
STUDY = """
[study]
name = "engines"
target = "s"
[years]
report = [2018, 2020]
[outputs]
figures = []
[tables.firms]
file = "firms.csv"
classification = "s"
[tables.firm_citations]
file = "citations.csv"
[tables.trade_links]
file = "trade.csv"
[tables.io_output]
file = "output.csv"
classification = "s"
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty firms of five industries in four regions, over eight years."""
    folder = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(3)
    n, years = 60, np.arange(2013, 2021)
    ids = [f"f{i:02}" for i in range(n)]
    firms = pd.DataFrame({"id": ids, "industry": [f"i{i % 5}" for i in range(n)]})
    firms["region"] = [f"r{i // 15}" for i in range(n)]
    firms["lat"], firms["lon"] = rng.uniform(30, 31, n), rng.uniform(100, 101, n)
    firms.to_csv(folder / "firms.csv", index=False)
    ends = rng.integers(0, n, (2, 900))
    citations = pd.DataFrame(
        {
            "citing": np.take(ids, ends[0]),
            "cited": np.take(ids, ends[1]),
            "year": rng.choice(years, 900),
            "count": rng.integers(1, 6, 900),
        }
    )
    keys = ["citing", "cited", "year"]
    citations.groupby(keys, as_index=False).sum().to_csv(folder / "citations.csv", index=False)
    trade = pd.DataFrame(
        {
            "supplier": np.take(ids, ends[0]),
            "buyer": np.take(ids, ends[1]),
            "year": rng.choice(years, 900),
            "value": rng.integers(1, 9, 900),
        }
    )
    keys = ["supplier", "buyer", "year"]
    trade.groupby(keys, as_index=False).sum().to_csv(folder / "trade.csv", index=False)
    index = pd.MultiIndex.from_product([[f"i{i}" for i in range(5)], years])
    output = pd.DataFrame({"gross_output": 400.0}, index.set_names(["industry", "year"]))
    output.to_csv(folder / "output.csv")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder / "study.toml"


@pytest.fixture(scope="module")
def local(study: Path) -> Path:
    spillgraph.run(study, study.parent / "local", **ASKED)
    return study.parent / "local"


def files_of(out: Path) -> dict[str, bytes]:
    """Matrices and tables: all that does not hold the time or the command."""
    endings = {".npz", ".csv", ".parquet"}
    found = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.suffix in endings and path.is_file()
    }
    for name in ASKED:
        text = (out / f"{name}.json").read_text(encoding="utf-8")
        about = json.loads(re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', text))
        told = {key: each for key, each in about.items() if key not in {"created", "command"}}
        found[f"{name}.json"] = json.dumps(told).encode()
    seconds = pd.read_csv(out / "coagglomeration" / "cells.csv").drop(columns="seconds")
    return found | {"coagglomeration/cells.csv": seconds.to_csv().encode()}


def require_same(out: Path, local: Path) -> None:
    found, wanted = files_of(out), files_of(local)
    assert found.keys() == wanted.keys()
    assert [name for name in found if found[name] != wanted[name]] == []
    assert not (out / CELLS).exists()


def test_dask_gives_the_same_bytes_though_workers_are_killed(
    study: Path, local: Path, tmp_path: Path
) -> None:
    files = files_of(local)
    assert {"matrices/W_2020.npz", "coagglomeration.parquet", "indices.parquet"} <= files.keys()
    assert {"hubs/evidence_psi_2020.csv", "hubs/change_W.csv"} <= files.keys()
    uncertain = json.loads(files["psi.json"])["years"]["2020"]["uncertainty"]
    assert [each["drawn"] for each in uncertain["bootstrap"]] == ["firms", "years"]
    assert uncertain["permuted_citations"]
    out, ended, kills = tmp_path / "out", threading.Event(), 0
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as cluster:

        def kill() -> None:
            nonlocal kills
            while not ended.wait(0.01):
                if len(list((out / CELLS).glob("[!.]*"))) > 6 * kills + 3 and kills < 2:
                    worker = list(cluster.workers.values())[kills].process
                    if worker is not None and worker.pid:
                        os.kill(worker.pid, signal.SIGKILL)
                        kills += 1

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            engine = f"dask:{cluster.scheduler_address}"
            spillgraph.run(study, out, engine=engine, **ASKED)
        finally:
            ended.set()
            killer.join()
    assert kills == 2
    require_same(out, local)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["engine"] == engine


#: Runs the study with two processes, and is killed when so many cells of a step have ended.
KILLED = """
import os, signal, sys
from contextlib import contextmanager
import spillgraph
from spillgraph.runs.steps import Steps

class Killer(Steps):
    @contextmanager
    def show(self, name):
        def report(what, share):
            if name == sys.argv[3] and what.startswith(sys.argv[4]):
                os.kill(os.getpid(), signal.SIGKILL)
        yield report

if __name__ == "__main__":
    asked = eval(sys.argv[5])
    spillgraph.run(sys.argv[1], sys.argv[2], engine="processes:2", steps=Killer(), **asked)
"""


def test_a_run_that_is_killed_goes_on_with_processes_to_the_same_bytes(
    study: Path, local: Path, tmp_path: Path
) -> None:
    out, script = tmp_path / "out", tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    asked = {key: ASKED[key] for key in ("coagglomeration", "hubs")}
    command = [sys.executable, script, study, out, "coagglomeration", "3 of 4", repr(asked)]
    ended = subprocess.run(command, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL
    cells = [path for path in (out / CELLS).iterdir() if not path.suffix]
    cells[0].write_bytes(cells[0].read_bytes()[:50])

    said: list[str] = []

    class Said(Steps):
        def say(self, text: str) -> None:
            said.append(text)

    spillgraph.run(study, out, engine="processes:2", steps=Said(), **ASKED)
    require_same(out, local)
    before = [list(map(int, re.findall(r"\d+", text))) for text in said]
    assert all(re.fullmatch(r"\d+ of \d+ cells were computed before\.", text) for text in said)
    assert sum(found for found, _ in before) == len(cells) - 1


def test_who_cannot_compute_is_told_before_work_begins(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["run", str(study), "--out", str(tmp_path / "out"), "--engine", "processes:many"]
    assert _exit_code(command, debug=False) == 2
    said = capsys.readouterr()
    assert "engine 'processes:many': the number of processes must be whole" in said.err
    assert "check" not in said.err and not (tmp_path / "out" / "tables").exists()


def test_processes_are_no_key_of_coagglomeration_any_more(study: Path, tmp_path: Path) -> None:
    old = study.with_name("old.toml")
    text = study.read_text(encoding="utf-8")
    old.write_text(f"{text}[coagglomeration]\nprocesses = 4\n", encoding="utf-8")
    with pytest.raises(InputError, match="take the key out, and say --engine processes:4"):
        spillgraph.run(old, tmp_path / "out")
