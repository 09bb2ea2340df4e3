"""Faults of the embedded store: killed in the middle, damaged files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from spillgraph.core.errors import InputError, StoreError, StoreLockedError
from spillgraph.graph.ladybug_file import remove_graph
from spillgraph.graph.ladybug_store import ddl
from spillgraph.graph.open import open_store

_CHILD = """
import sys
import pyarrow as pa
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch

store = open_store(sys.argv[1])
store.prepare()
n = 2_000
ids = [f"F{i}" for i in range(n)]
text = pa.array([None] * n, pa.string())
number = pa.array([None] * n, pa.float64())
firms = pa.table({"id": ids, "name": ids, "industry": ids, "region": text, "country": text,
                  "lat": number, "lon": number, "size": number})
store.load(Batch("firms", "Firm", firms))
for part in range(200):
    edges = pa.table({"from": [ids[(i + part) % n] for i in range(n)], "to": ids,
                      "year": [part] * n, "count": [1.0] * n, "origin": ["x"] * n})
    store.load(Batch(f"c{part}", "CITES", edges, ("Firm", "Firm"), "count"))
    print(part, flush=True)
"""


@pytest.mark.parametrize("stop_after", range(0, 24, 4))
def test_killed_in_the_middle_every_batch_is_wholly_in_or_wholly_out(
    tmp_path: Path, stop_after: int
) -> None:
    path = tmp_path / "graph.lbug"
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) >= stop_after:
            break
    time.sleep(0.0017 * stop_after)  # each time at another point of the next batch
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    with open_store(path) as store:
        store.prepare()
        notes = store.batches()
        noted = sum(note.rows for note in notes.values() if note.kind == "CITES")
        counted = store.count("CITES", ("Firm", "Firm"), "count")
        assert counted.rows == noted == counted.total
        assert noted >= 2_000 * (stop_after + 1)


def test_a_cut_off_batch_that_is_neither_in_nor_out_is_an_error(tmp_path: Path) -> None:
    with open_store(tmp_path / "graph.lbug") as store:
        store.prepare()
        store._execute(  # type: ignore[attr-defined]
            "CREATE (:LoadedBatch {id: 'x', kind: 'Firm', between: '', rows: 5, total: 0.0, "
            "before: 3})"
        )
        with pytest.raises(StoreError, match="neither 3 nor 8; run again with --rebuild"):
            store.prepare()


def test_the_lock_ends_with_the_process(tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    code = (
        "import sys, os; from spillgraph.graph.open import open_store; "
        "s = open_store(sys.argv[1]); s.prepare(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    open_store(path).close()


def test_a_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    path.write_bytes(b"this is no graph" * 1_000)
    with pytest.raises(InputError, match="--rebuild"):
        open_store(path)
    with pytest.raises(InputError, match="is not a graph"):
        remove_graph(path)
    assert path.exists()
    remove_graph(path, damaged=True)
    with open_store(path) as store:
        store.prepare()


@pytest.mark.parametrize("name", ["graph.lbug", "a[1].lbug", "g"])
@pytest.mark.parametrize("how", ["remove", "clear"])
def test_neighbours_are_left_alone(tmp_path: Path, name: str, how: str) -> None:
    path = tmp_path / name
    endings = ("2.lbug", "_notes.csv", ".csv", ".bak", "-old", ".walnut")
    neighbours = [tmp_path / f"{name}{ending}" for ending in endings]
    for neighbour in neighbours:
        neighbour.write_text("mine")
    with open_store(path) as store:
        store.prepare()
        if how == "clear":
            store.clear()
    remove_graph(path)
    assert not path.exists()
    assert all(neighbour.read_text() == "mine" for neighbour in neighbours)


def test_a_folder_is_no_graph(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        open_store(tmp_path)
    with pytest.raises(InputError, match="folder"):
        remove_graph(tmp_path)


def test_ddl_is_what_the_schema_declares() -> None:
    text = "\n".join(ddl())
    assert "CREATE NODE TABLE IF NOT EXISTS Country(id STRING, PRIMARY KEY(id))" in text
    assert (
        "CREATE REL TABLE IF NOT EXISTS CITES(FROM Firm TO Firm, FROM Patent TO Patent, "
        "year INT64, count DOUBLE, origin STRING)"
    ) in text


def test_a_reader_beside_a_writer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    with open_store(path) as store:
        store.prepare()
        with pytest.raises(StoreLockedError, match="another process"):
            open_store(path, read_only=True)
    with open_store(path, read_only=True), pytest.raises(StoreLockedError):
        open_store(path)
