"""kill -9 in the middle of a run, then run again: the same graph, nothing twice, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from spillgraph.capabilities.studies import asked_of
from spillgraph.graph.aggregate import Totals
from spillgraph.graph.open import open_store
from spillgraph.ingest.study import load_study
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps
from spillgraph.sample import write_sample

pytestmark = pytest.mark.usefixtures("no_page")

_RUN = """
import sys
from pathlib import Path
from spillgraph.capabilities.studies import asked_of
from spillgraph.runs.steps import Steps
from spillgraph.runs.run import run
from spillgraph.graph.ladybug_store import LadybugStore
from spillgraph.ingest.study import load_study
from spillgraph.runs import record

record.render_page = lambda *_: ""
load = LadybugStore.load
def loud(self, batch, *more):
    print(batch.id, flush=True)
    return load(self, batch, *more)
LadybugStore.load = loud
study = load_study(Path(sys.argv[1]))
run(study, Path(sys.argv[2]), Steps(), asked_of(study), batch_rows=1_000)
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("resume") / "study"
    write_sample(folder, firms=400, citations=12_000, seed=3)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[outputs]\n", "[outputs]\nfigures = []\n"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(study: Path, tmp_path_factory):
    return run(
        load_study(study), tmp_path_factory.mktemp("whole"), Steps(), asked_of(load_study(study))
    )


def assert_same(totals: dict[str, Totals], wanted: dict[str, Totals]) -> None:
    """Whole citations add up exactly; money to rounding, which depends on the order of rows."""
    assert totals["citations"] == wanted["citations"]
    for level in ("input", "firm", "fine", "target", "unmapped"):
        one, other = getattr(totals["trade"], level), getattr(wanted["trade"], level)
        assert one == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize("batch", [1, 6, 9, 13, 17])
def test_a_killed_run_is_finished_by_the_next(
    study: Path, undisturbed, tmp_path: Path, batch: int
) -> None:
    command = [sys.executable, "-c", _RUN, str(study), str(tmp_path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for number, _ in enumerate(child.stdout, start=1):
        if number == batch:
            break
    time.sleep(0.004)  # inside the batch that was announced
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    with open_store(tmp_path / "graph.lbug") as store:
        store.prepare()
        survived = set(store.batches())
    assert len(survived) >= batch - 1
    result = run(
        load_study(study), tmp_path, Steps(), asked_of(load_study(study)), batch_rows=1_000
    )
    assert_same(result.totals, undisturbed.totals)
    with open_store(tmp_path / "graph.lbug", read_only=True) as store:
        assert survived <= set(store.batches())  # gone on with, not started over
        counted = store.count("CITES", ("Firm", "Firm"), "count")
    assert counted.total == 12_000
    assert counted.rows == result.staged["firm_citations"].loaded


def test_a_note_without_its_rows_starts_the_load_over(study: Path, undisturbed, tmp_path) -> None:
    """What a store might be left with by a fault that we do not know: verified, not trusted."""
    run(load_study(study), tmp_path, Steps(), asked_of(load_study(study)))
    with open_store(tmp_path / "graph.lbug") as store:
        store._execute("DROP TABLE CITES")  # type: ignore[attr-defined]
        store.prepare()
        assert store.count("CITES", ("Firm", "Firm"), "count").rows == 0
    result = run(load_study(study), tmp_path, Steps(), asked_of(load_study(study)))
    assert_same(result.totals, undisturbed.totals)
