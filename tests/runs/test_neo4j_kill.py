"""Server or client killed in the middle of a run, then run again: the same graph, no row twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j_server as rig
import pandas as pd
import pyarrow as pa
import pytest
from neo4j import Driver, GraphDatabase
from spillgraph.cli.main import _exit_code
from spillgraph.graph.open import open_store
from spillgraph.graph.schema import EDGES, NODES, RESULTS, Property
from spillgraph.graph.store import GraphStore
from spillgraph.sample import write_sample

pytestmark = pytest.mark.usefixtures("no_page")

# The command line with small pieces of one kind, so that there is a middle to be killed in; it says
# how many rows of which kind are in before each piece. 30 seconds is how long the driver itself
# waits for a server that is away.
_RUN = """
import sys, neo4j
from spillgraph.cli.main import main
from spillgraph.graph.bolt import pieces, store
from spillgraph.runs import record
record.render_page = lambda *_: ""
load, cut, whole = store.BoltStore.load, store.cut, pieces._PIECE_ROWS
def loud(self, batch, *more):
    def said(table, start=0):
        for start, piece in cut(table, start):
            print(batch.kind, start, flush=True)
            yield start, piece
    store.cut = said
    pieces._PIECE_ROWS = int(sys.argv[1]) if batch.kind == sys.argv[2] else whole
    return load(self, batch, *more)
store.BoltStore.load = loud
connect = neo4j.GraphDatabase.driver
def impatient(*given, **named):
    return connect(*given, **named, max_transaction_retry_time=float(sys.argv[3]))
neo4j.GraphDatabase.driver = impatient
main(sys.argv[4:])
"""

_TYPES = {"string": pa.string(), "integer": pa.int64(), "float": pa.float64()}

# What a run is in the middle of: the kind of a batch that is in by this many rows, and not wholly.
NODES_LOAD = ("Firm", 5)
EDGES_BEGIN = ("CITES", 300)
EDGES_END = ("CITES", 2_000)
AGGREGATION = ("INDUSTRY_CITES", 100)
RESULTS_GO_BACK = ("W", 100)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed") / "study"
    write_sample(folder, firms=100, citations=4_000, seed=3)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[outputs]\n", "[outputs]\nfigures = []\n"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a run that nobody killed, with its graph in the embedded store."""
    out = tmp_path_factory.mktemp("whole")
    assert _exit_code(["run", str(study), "--out", str(out), "-q"], debug=True) == 0
    return out


@contextmanager
def running(
    study: Path,
    out: Path,
    server: rig.Server,
    *,
    piece: int = 0,
    of: tuple[str, int] = ("", 0),
    patience: float = 30,
) -> Iterator[subprocess.Popen[str]]:
    """Run a study on a server, in a process of its own; what it is killed in goes in in pieces."""
    kind, _ = of
    options = [str(piece), kind, str(patience), "run", str(study), "--out", str(out)]
    child = subprocess.Popen(
        [sys.executable, "-c", _RUN, *options, "--store", server.address, "-q"],
        env=os.environ | {"NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


@contextmanager
def connected(server: rig.Server) -> Iterator[Driver]:
    auth = (server.username, server.password)
    with GraphDatabase.driver(
        server.address, auth=auth, notifications_min_severity="OFF"
    ) as driver:
        yield driver


def wait_until(point: tuple[str, int], child: subprocess.Popen[str]) -> None:
    """Wait until a run says that it has come to a point."""
    kind, rows = point
    assert child.stdout is not None
    late = threading.Timer(60, child.kill)
    late.start()
    for line in child.stdout:
        said, _, start = line.partition(" ")
        if said == kind and int(start) >= rows:
            late.cancel()
            return
    late.cancel()
    raise AssertionError(f"the run does not come to {point}: {child.communicate()}")


def assert_in_the_middle(server: rig.Server, point: tuple[str, int]) -> None:
    """A batch is in by what its note says, and not wholly: so the kill came in time."""
    kind, rows = point
    with connected(server) as driver:
        notes = driver.execute_query(
            "MATCH (b:LoadedBatch {kind: $kind}) RETURN b.before AS before, b.rows AS rows",
            kind=kind,
        ).records
        pattern = f"()-[x:{kind}]->()" if kind.isupper() else f"(x:{kind})"
        held = driver.execute_query(f"MATCH {pattern} RETURN count(x) AS n").records[0]["n"]
    parts = [note["before"] for note in notes if note["before"] != -1]
    assert len(parts) == 1 and parts[0] >= rows
    assert held == sum(parts) + sum(note["rows"] for note in notes if note["before"] == -1)


def assert_same(out: Path, server: rig.Server, wanted: Path, monkeypatch) -> None:
    """Same nodes, same edges as often, same totals as the run that nobody killed."""
    totals = [json.loads((each / "run.json").read_text())["totals"] for each in (out, wanted)]
    for level in ("input", "firm", "fine", "target", "unmapped"):
        for flow in ("citations", "trade"):
            ours, theirs = (each[flow][level] for each in totals)
            assert ours == pytest.approx(theirs, rel=1e-12)
    monkeypatch.setenv("NEO4J_PASSWORD", server.password)
    with (
        open_store(server.address, read_only=True) as store,
        open_store(wanted / "graph.lbug", read_only=True) as reference,
    ):
        assert all(note.whole for note in store.batches().values())
        ours = set(store.batches())
        assert {_plain(id) for id in ours} == {_plain(id) for id in reference.batches()}
        for node in NODES:
            if node.name not in {"LoadedBatch", "Run"}:
                _assert_equal(store, reference, f"(x:{node.name})", node.properties, node.name)
        for edge in EDGES:
            for start, end in edge.ends:
                pattern = f"(a:{start})-[x:{edge.name}]->(b:{end})"
                _assert_equal(store, reference, pattern, edge.properties, edge.name)


def _plain(id: str) -> str:
    """Take the id of the run out of a batch's."""
    parts = id.split(":")
    return ":".join([*parts[:2], *parts[3:]] if parts[1] == "run" else parts)


def _assert_equal(
    store: GraphStore,
    reference: GraphStore,
    pattern: str,
    properties: tuple[Property, ...],
    kind: str,
) -> None:
    scores = {each.name for edge in EDGES if edge.name == "SCORES" for each in edge.properties}
    known = [each for each in properties if each.name != "run"]
    columns = [f"x.{each.name} AS {each.name}" for each in known]
    fields = [pa.field(each.name, _TYPES[each.type]) for each in known]
    if "]->" in pattern:
        ends = {end: next(n.key for n in NODES if f"({end}:{n.name})" in pattern) for end in "ab"}
        skip = "a" if kind == "SCORES" else ""  # its start is the run
        columns += [f"{end}.{key} AS end_{end}" for end, key in ends.items() if end != skip]
        fields += [pa.field(f"end_{end}", pa.string()) for end in ends if end != skip]
    frames = []
    for each in (store, reference):
        table = each.query(f"MATCH {pattern} RETURN {', '.join(columns)}").cast(pa.schema(fields))
        exact = [field.name for field in fields if field.type != pa.float64()]
        rest = [field.name for field in fields if field.type == pa.float64()]
        order = [(name, "ascending") for name in exact + rest]
        frames.append(table.sort_by(order).to_pandas())
    # Scores are solutions of equations, all else is sums.
    loose = kind in RESULTS or scores & {field.name for field in fields} - {"year"}
    pd.testing.assert_frame_equal(*frames, rtol=1e-9 if loose else 1e-12, atol=1e-12 * bool(loose))


def ended_with_one_error(child: subprocess.Popen[str], server: rig.Server) -> str:
    said, error = child.communicate(timeout=60)
    assert child.returncode == 1, error
    assert error.startswith("Error: ") and error.count("\n") == 1
    assert "Traceback" not in error and server.password not in said + error
    return error


def test_server_killed_at_four_points_and_each_time_the_next_run_goes_on(
    study: Path, undisturbed: Path, neo4j_home_factory, tmp_path: Path, monkeypatch
) -> None:
    server, out = neo4j_home_factory(), tmp_path / "out"
    for point, piece in [(NODES_LOAD, 5), (EDGES_END, 30), (AGGREGATION, 100)]:
        with running(study, out, server, piece=piece, of=point, patience=0) as child:
            wait_until(point, child)
            rig.kill(server)
            error = ended_with_one_error(child, server)
            assert "no graph server answers" in error and "run the same command again" in error
        assert not (out / "run.json").exists()
        server = neo4j_home_factory(server.home)
        assert_in_the_middle(server, point)
    # At last the server comes back within the time that the driver waits: nobody runs anything.
    with running(study, out, server, piece=100, of=RESULTS_GO_BACK) as child:
        wait_until(RESULTS_GO_BACK, child)
        rig.kill(server)
        assert child.poll() is None  # it was killed in the middle, and not after the end
        server = neo4j_home_factory(server.home)
        _, error = child.communicate(timeout=120)
        assert child.returncode == 0, error
    assert_same(out, server, undisturbed, monkeypatch)


def test_client_killed_at_two_points_and_each_time_the_next_run_goes_on_at_once(
    study: Path, undisturbed: Path, neo4j: rig.Server, tmp_path: Path, monkeypatch
) -> None:
    out = tmp_path / "out"
    for point, piece in ((EDGES_BEGIN, 30), (AGGREGATION, 100)):
        # Nobody waits for anything here: the lock of the one that was killed is gone at once.
        with running(study, out, neo4j, piece=piece, of=point) as child:
            wait_until(point, child)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        assert_in_the_middle(neo4j, point)
    with running(study, out, neo4j) as child:
        _, error = child.communicate(timeout=120)
        assert child.returncode == 0, error
    assert_same(out, neo4j, undisturbed, monkeypatch)


def test_beside_a_run_whoever_reads_is_served_and_whoever_writes_is_told(
    study: Path, undisturbed: Path, neo4j: rig.Server, tmp_path: Path, capsys
) -> None:
    out = tmp_path / "out"
    with running(study, out, neo4j, piece=5, of=EDGES_BEGIN) as child:
        wait_until(EDGES_BEGIN, child)
        command = ["run", str(study), "--out", str(tmp_path / "other"), "--store", neo4j.address]
        began = time.monotonic()
        assert _exit_code([*command, "-q"], debug=False) == 2
        assert time.monotonic() - began < 10
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "another process writes to" in error
        count = "MATCH (f:Firm) RETURN count(*) AS n"
        command = ["cypher", count, "--store", neo4j.address, "--format", "json"]
        assert _exit_code(command, debug=False) == 0
        said, error = capsys.readouterr()
        assert json.loads(said) == [{"n": 100}]
        assert "Warning: the run that made this graph did not finish" in error
        assert child.poll() is None
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    began = time.monotonic()
    open_store(neo4j.address).close()  # nobody has to remove a lock of the one that was killed
    assert time.monotonic() - began < 5
