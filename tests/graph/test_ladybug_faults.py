"""Faults of the embedded store: killed in the middle, damaged files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import ladybug
import numpy as np
import pyarrow as pa
import pytest
from spillgraph.core.errors import InputError, QueryError, StoreError, StoreLockedError
from spillgraph.graph.ask import ask
from spillgraph.graph.ladybug_file import remove_graph
from spillgraph.graph.ladybug_store import LadybugStore
from spillgraph.graph.ladybug_tables import ddl
from spillgraph.graph.open import open_store
from spillgraph.graph.schema import NODES
from spillgraph.graph.store import Batch

_CHILD = """
import sys
import numpy as np
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
                      "year": [part] * n, "count": [1.0] * n})
    store.load(Batch(f"c{part}", "CITES", edges, ("Firm", "Firm"), "count"))
    print(part, flush=True)
"""


_CHILD_OF_NODES = """
import os, signal, sys
import numpy as np
import pyarrow as pa
from spillgraph.graph.ladybug_store import LadybugStore
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch

store, honest = open_store(sys.argv[1]), LadybugStore._execute
store.prepare()

def execute(self, statement, parameters=None):
    found = honest(self, statement, parameters)
    if statement.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return found

LadybugStore._execute = execute
store.load(Batch("r", "Region", pa.table({"id": [f"R{i}" for i in range(2_000)]})))
"""


@pytest.mark.parametrize("then", ["open", "remove"])
@pytest.mark.parametrize("at", ["COPY", "CHECKPOINT", "CREATE ART", "MATCH (b:LoadedBatch {id"])
def test_killed_as_nodes_are_copied_nothing_is_left_beside_the_graph(
    tmp_path: Path, at: str, then: str
) -> None:
    path = tmp_path / "graph.lbug"
    command = [sys.executable, "-c", _CHILD_OF_NODES, str(path), at]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    if then == "remove":
        remove_graph(path)
        assert {each.name for each in tmp_path.iterdir()} == {"graph.lbug.lock"}
        return
    regions = pa.table({"id": [f"R{i}" for i in range(2_000)]})
    with open_store(path) as store:
        store.prepare()
        store.load(Batch("r", "Region", regions))
        found = store.query("MATCH (r:Region {id: 'R7'}) RETURN r.id AS id")
        assert found["id"].to_pylist() == ["R7"]
        assert store.count("Region", None, None).rows == 2_000
        made = store._execute("CALL show_indexes() RETURN index_name AS made")["made"]
        assert "Region_id" in made.to_pylist()
    assert {each.name for each in tmp_path.iterdir()} == {"graph.lbug", "graph.lbug.lock"}


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


def _firms(*ids: str) -> Batch:
    columns = {"id": pa.array(ids), "name": pa.array(ids), "industry": pa.array(ids)}
    columns |= {name: pa.nulls(len(ids), pa.string()) for name in ("region", "country")}
    columns |= {name: pa.nulls(len(ids), pa.float64()) for name in ("lat", "lon", "size")}
    return Batch("firms", "Firm", pa.table(columns))


def _indexes(store: LadybugStore) -> list[str]:
    return store._execute("CALL show_indexes() RETURN index_name AS n")["n"].to_pylist()


def test_an_index_that_a_kill_has_left_out_is_made_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "graph.lbug"

    def die(store: LadybugStore, node: object) -> None:
        raise KeyboardInterrupt

    with LadybugStore(path) as store, monkeypatch.context() as patched:
        store.prepare()
        patched.setattr(LadybugStore, "_index_nodes", die)
        with pytest.raises(KeyboardInterrupt):
            store.load(_firms("a", "b"))
        assert "Firm_id" not in _indexes(store)
    with LadybugStore(path) as store:
        store.prepare()
        assert "Firm_id" in _indexes(store)
        assert store.load(_firms("a", "b")) is False
        rows = store.query("MATCH (f:Firm) WHERE f.id = $id RETURN f.name AS name", {"id": "b"})
        assert rows.to_pylist() == [{"name": "b"}]


def test_a_graph_of_the_time_before_numbers_is_opened_and_cleared(tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    with LadybugStore(path) as store:
        for statement in ddl():
            old = statement.replace("_row INT64, ", "").partition(" WITH (")[0]
            node = next((n for n in NODES if f" {n.name}(" in statement), None)
            store._execute(old if node is None else old.replace("(_row)", f"({node.key})"))
        store._execute("CREATE (:Firm {id: 'a', name: 'A'})")
    with LadybugStore(path) as store:
        store.prepare()
        read = "MATCH (f:Firm) RETURN f.id AS id"
        assert store.query(read).to_pylist() == [{"id": "a"}]
        store.clear()
        assert store.load(_firms("b", "c"))
        assert store.query(read + " ORDER BY id")["id"].to_pylist() == ["b", "c"]


def test_a_pattern_without_an_arrow_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.prepare()
        store.load(_firms("a", "b"))
        with pytest.raises(QueryError, match=r"write -\[:CITES\]-> or <-\[:CITES\]-, and"):
            store.query("MATCH (f:Firm)-[:CITES]-(g:Firm) RETURN f.id AS id")


def test_who_cites_is_found_or_refused_never_missed(tmp_path: Path) -> None:
    """Citations are kept from the citing end alone."""
    rows = {"from": ["a", "b", "c"], "to": ["b", "c", "b"], "year": [2000] * 3, "count": [1.0] * 3}
    edges = pa.table(rows)
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.prepare()
        store.load(_firms("a", "b", "c"))
        store.load(Batch("c", "CITES", edges, ("Firm", "Firm"), "count"))
        for statement in (
            "MATCH (f:Firm)<-[:CITES]-(g:Firm) WHERE f.id = 'b' RETURN g.id AS id ORDER BY id",
            "MATCH (f:Firm) WHERE f.id = 'b' MATCH (g:Firm)-[:CITES]->(f) RETURN g.id AS id "
            "ORDER BY id",
        ):
            assert store.query(statement)["id"].to_pylist() == ["a", "c"]
        for statement in (
            "MATCH (f:Firm) WITH f MATCH (g:Firm)-[:CITES]->(f) RETURN g.id AS id",
            "MATCH (f:Firm) OPTIONAL MATCH (g:Firm)-[:CITES]->(f) RETURN g.id AS id",
            "MATCH (f:Firm) WHERE EXISTS { MATCH (g:Firm)-[:CITES]->(f) } RETURN f.id AS id",
        ):
            with pytest.raises(QueryError, match="name both ends in a MATCH before any WITH"):
                store.query(statement)


_BACK = (
    "MATCH (f:Firm) WITH f MATCH (f)<-[:CITES*1..2]-(g:Firm) RETURN g.id AS id",
    "MATCH (f:Firm) WITH f AS h MATCH (g:Firm)-[:CITES*1..2]->(h) RETURN g.id AS id",
    "MATCH (f:Firm)<-[:CITES]-(g:Firm) WITH f MATCH (f)<-[:CITES*1..2]-(g) RETURN g.id AS id",
    "MATCH (f:Firm) WITH f MATCH (f)<-[c*1..2]-(g) RETURN count(*) AS n",
    "MATCH (f:Firm) WITH f MATCH (f)<-[:SUPPLIES|cites*1..2]-(g) RETURN count(*) AS n",
    "MATCH (f:Firm) WITH f MATCH (f)<-[:CITES* SHORTEST 1..3]-(g:Firm) RETURN count(*) AS n",
    "MATCH (f:Firm) OPTIONAL MATCH (f)<-[:CITES*1..2]-(g:Firm) RETURN count(*) AS n",
    "MATCH (f:Firm) WHERE EXISTS { MATCH (f)<-[:CITES*1..2]-(g:Firm) } RETURN count(*) AS n",
    "MATCH (f:Firm) WHERE (f)<-[:CITES*1..2]-(:Firm {id: 'a'}) RETURN count(*) AS n",
    "MATCH (f:Firm) RETURN count { MATCH (f)<-[:CITES*1..2]-(g:Firm) } AS n",
)
_ON = {
    "MATCH (f:Firm {id: 'b'})<-[:CITES*1..2]-(g:Firm) RETURN count(*) AS n": 3,
    "MATCH (f:Firm {id: 'b'}) MATCH (f)<-[:CITES*1..2]-(g:Firm) RETURN count(*) AS n": 3,
    "MATCH (f:Firm {id: 'b'}) WITH f MATCH (f)-[:CITES*1..2]->(g:Firm) RETURN count(*) AS n": 2,
    "MATCH (f:Firm {id: 'b'}) WITH f MATCH (f)<-[:SUPPLIES*1..2]-(g:Firm) RETURN count(*) AS n": 0,
    "MATCH (f:Firm {id: 'b'}), (g:Firm) WITH f, g MATCH (f)<-[:CITES*1..2]-(g) "
    "RETURN count(*) AS n": 3,
    "MATCH (f:Firm {id: 'b'}) OPTIONAL MATCH (f)-[:CITES*1..2]->(g:Firm) RETURN count(g) AS n": 2,
    "MATCH (f:Firm {id: 'b'})<-[:CITES*1..2]-(g:Firm) RETURN count(*) AS n UNION ALL "
    "MATCH (f:Firm {id: 'b'})<-[:CITES*1..2]-(g:Firm) RETURN count(*) AS n": 3,
}


def test_a_chain_back_over_citations_is_refused_and_ends_no_process(tmp_path: Path) -> None:
    """The library crashes where it says of a single citation that it cannot."""
    rows = {"from": ["a", "b", "c"], "to": ["b", "c", "b"], "year": [2000] * 3, "count": [1.0] * 3}
    edges = pa.table(rows)
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.prepare()
        store.load(_firms("a", "b", "c"))
        store.load(Batch("c", "CITES", edges, ("Firm", "Firm"), "count"))
        for statement, found in _ON.items():
            assert set(store.query(statement)["n"].to_pylist()) == {found}, statement
        for statement in _BACK:
            with pytest.raises(QueryError, match="name both ends in a MATCH before any WITH"):
                store.query(statement)


def test_a_graph_without_what_it_keeps_is_told_as_an_older_one(tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.prepare()
        store._execute("ALTER TABLE Study DROP keep")
        with pytest.raises(QueryError, match="an older version has written lacks it"):
            store.query("MATCH (s:Study) RETURN s.keep AS keep")


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
    assert (
        "CREATE NODE TABLE IF NOT EXISTS Country(_row INT64, id STRING, PRIMARY KEY(_row))" in text
    )
    assert (
        "CREATE REL TABLE IF NOT EXISTS CITES(FROM Firm TO Firm, FROM Patent TO Patent, "
        "year INT64, count DOUBLE) WITH (storage_direction='fwd')"
    ) in text
    # Supply chains are walked upstream: deliveries are kept from both ends.
    assert text.count("storage_direction") == 1


def test_a_reader_beside_a_writer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    with open_store(path) as store:
        store.prepare()
        with pytest.raises(StoreLockedError, match="another process"):
            open_store(path, read_only=True)
    with open_store(path, read_only=True), pytest.raises(StoreLockedError):
        open_store(path)


def test_the_same_load_gives_the_same_last_digits(tmp_path: Path) -> None:
    """Threads would store the edges of a COPY as they come, and sums follow the order of edges."""
    rng = np.random.default_rng(5)
    n, places = 100_000, [f"A:{code:03}" for code in range(80)]
    nodes = {"key": places, "classification": ["A"] * 80, "code": places, "name": places}
    ends = [pa.array(places).take(pa.array(rng.integers(0, 80, n))) for _ in range(2)]
    edges = {"from": ends[0], "to": ends[1], "year": rng.integers(1980, 2020, n)}
    edges |= {"count": rng.lognormal(0, 3, n), "self_count": np.zeros(n)}
    edges |= {"origin": ["firm_citations"] * n}
    asked = {"classification": "A", "year": 2020, "origin": "firm_citations"}
    found = []
    for copy in range(3):
        with open_store(str(tmp_path / f"{copy}.lbug")) as store:
            store.prepare()
            store.load(Batch("i", "Industry", pa.table(nodes)))
            store.load(Batch("c", "INDUSTRY_CITES", pa.table(edges), ("Industry",) * 2, "count"))
            found.append(ask(store, "citations_to_year", asked))
    assert found[0].num_rows > 6_000 and found[0].equals(found[1]) and found[0].equals(found[2])


def test_what_sums_may_follow_is_stored_in_the_order_in_which_it_comes(tmp_path: Path) -> None:
    """Whole numbers, too: edges follow their nodes, and others multiply them by shares."""
    n, rng = 400_000, np.random.default_rng(6)
    ids = pa.array([f"f{number}" for number in rng.permutation(n)])
    text, number = pa.nulls(n, pa.string()), pa.nulls(n, pa.float64())
    firms = {"id": ids, "name": ids, "industry": ids, "region": text, "country": text}
    firms |= {"lat": number, "lon": number, "size": np.ones(n)}
    place = {"key": ["A:1"], "classification": ["A"], "code": ["1"], "name": ["1"]}
    amounts = rng.integers(1, 1_000_000, n).astype(float)
    year, own = np.full(n, 2000), np.zeros(n)
    between = {"from": ["A:1"] * n, "to": ["A:1"] * n, "year": year, "count": amounts}
    between |= {"self_count": own, "origin": ["firm_citations"] * n}
    cites = {"from": ids.take(pa.array(np.zeros(n, int))), "to": ids, "year": year}
    share = {"from": ids[:1], "to": ["A:1"], "share": [0.5], "first_year": [2000]}
    share |= {"last_year": [2000], "owned": [1.0]}
    with open_store(str(tmp_path / "graph.lbug")) as store:
        store.prepare()
        store.load(Batch("i", "Industry", pa.table(place)))
        store.load(Batch("f", "Firm", pa.table(firms)))
        kept = store.query("MATCH (f:Firm) RETURN f.id AS id")["id"]
        assert kept.to_pylist() == ids.to_pylist()
        table = pa.table(between)
        store.load(Batch("b", "INDUSTRY_CITES", table, ("Industry",) * 2, "count"))
        found = "MATCH ({})-[c:{}]->({}) RETURN c.count AS n".format
        kept = store.query(found(":Industry", "INDUSTRY_CITES", ":Industry"))["n"]
        assert kept.to_pylist() == amounts.tolist()
        store.load(Batch("s", "BELONGS_TO", pa.table(share), ("Firm", "Industry"), "share"))
        table = pa.table(cites | {"count": amounts})
        store.load(Batch("c", "CITES", table, ("Firm", "Firm"), "count"))
        kept = store.query(found(":Firm", "CITES", ":Firm"))["n"]
        assert kept.to_pylist() == amounts.tolist()


def test_room_is_made_for_the_rows_that_there_are_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, asked = ladybug.QueryResult.get_as_arrow, []

    def watched(self: ladybug.QueryResult, rows: int | None = None) -> pa.Table:
        asked.append(rows)
        return fetch(self, rows)

    monkeypatch.setattr(ladybug.QueryResult, "get_as_arrow", watched)
    with open_store(tmp_path / "graph.lbug") as store:
        store.prepare()
        del asked[:]
        found = [store.query(f"UNWIND range(1, {n}) AS i RETURN i").num_rows for n in (0, 1, 3_000)]
    assert found == [0, 1, 3_000]
    assert [rows for rows in asked if rows is None or rows > 3_000] == []
    assert max(asked) == 3_000
