"""Two studies and a colleague's own nodes in one database: each as if it were alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ladybug
import pyarrow as pa
import pytest
import spillgraph
from neo4j import GraphDatabase
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError, QueryError, StoreError, StoreLockedError
from spillgraph.graph.bolt.hints import require_known
from spillgraph.graph.namespace import Namespace
from spillgraph.graph.open import holds_others, open_store
from spillgraph.graph.schema import EDGES, MARK, NODES
from spillgraph.graph.store import Batch, GraphStore

Open = Callable[..., GraphStore]
Rows = list[dict[str, Any]]
ENDS = ("Firm", "Firm")


def firms(*ids: str, id: str = "f") -> Batch:
    columns = {"id": pa.array(ids), "name": pa.array(ids), "industry": pa.array(ids)}
    columns |= {name: pa.nulls(len(ids), pa.string()) for name in ("region", "country")}
    columns |= {name: pa.nulls(len(ids), pa.float64()) for name in ("lat", "lon", "size")}
    return Batch(id, "Firm", pa.table(columns))


def citations(*rows: tuple[str, str, float], id: str = "c") -> Batch:
    start, end, count = zip(*rows, strict=True)
    years = {"year": pa.array([2000] * len(rows), pa.int64())}
    table = pa.table({"from": start, "to": end} | years | {"count": count})
    return Batch(id, "CITES", table, ENDS, "count")


def run_node(id: str) -> Batch:
    given = {"study": "x", "created": "now", "classification": "t", "choices": "{}", "version": "0"}
    table = pa.table({name: [value] for name, value in {"id": id, **given}.items()})
    return Batch(f"x:run:{id}:Run:", "Run", table)


def held(store: GraphStore) -> dict[str, Rows]:
    rows = {}
    for node in NODES:
        columns = ", ".join(f"n.{each.name} AS `{each.name}`" for each in node.properties)
        rows[node.name] = store.query(f"MATCH (n:{node.name}) RETURN {columns}").to_pylist()
    keys = {node.name: node.key for node in NODES}
    for edge in EDGES:
        for start, end in edge.ends:
            columns = "".join(f", r.{each.name} AS `{each.name}`" for each in edge.properties)
            rows[f"{edge.name} {start} {end}"] = store.query(
                f"MATCH (a:{start})-[r:{edge.name}]->(b:{end}) "
                f"RETURN a.{keys[start]} AS one, b.{keys[end]} AS other{columns}"
            ).to_pylist()
    return {kind: sorted(some, key=repr) for kind, some in rows.items() if some}


class Place:
    """A database with a colleague's own Firm nodes and CITES between them, in one of the stores."""

    def __init__(self, address: str, server: Any) -> None:
        self.address, self.server = address, server
        if server is None:
            with self._library() as ask:
                ask("CREATE NODE TABLE Firm(id STRING, mood STRING, PRIMARY KEY(id))")
                ask("CREATE REL TABLE CITES(FROM Firm TO Firm, why STRING)")
        self.ask("CREATE (:Firm {id: '1', mood: 'mine'})")
        self.ask("CREATE (:Firm {id: 'x', mood: 'mine, too'})")
        self.ask("MATCH (a:Firm {id: '1'}), (b:Firm {id: 'x'}) CREATE (a)-[:CITES {why: 'w'}]->(b)")

    def open(self, namespace: str | None = None, **options: Any) -> GraphStore:
        return open_store(self.address, namespace=namespace, **options)

    def theirs(self) -> list[Any]:
        """Return what the colleague has, as their own program finds it."""
        read = "MATCH (a:Firm)-[c:CITES]->(b:Firm) RETURN a.id, a.mood, c.why, b.id, b.mood"
        return [self.ask(read), self.ask("MATCH (n:Firm) RETURN n.id, n.mood ORDER BY n.id")]

    def held(self, store: GraphStore) -> dict[str, Rows]:
        """Return every row of a study, all digits of it, and nothing of kinds without any."""
        if self.server is None:
            return held(store)
        mark = store.namespace.stored(MARK)
        nodes = self.ask(f"MATCH (n:`{mark}`) RETURN labels(n), properties(n)")
        edges = self.ask(
            f"MATCH (a:`{mark}`)-[r]->(b) "
            "RETURN type(r), properties(r), properties(a), properties(b), labels(b)"
        )
        found: dict[str, Rows] = {}
        for kinds, *row in [*nodes, *edges]:
            found.setdefault(str(kinds), []).append({"row": row})
        return {kind: sorted(some, key=repr) for kind, some in found.items()}

    def ask(self, statement: str) -> list[list[Any]]:
        with self._library() if self.server is None else self._driver() as ask:
            return ask(statement)

    @contextmanager
    def _library(self) -> Iterator[Callable[[str], list[list[Any]]]]:
        database = ladybug.Database(self.address)
        connection = ladybug.Connection(database)
        yield lambda statement: list(connection.execute(statement).get_all())
        connection.close()
        database.close()

    @contextmanager
    def _driver(self) -> Iterator[Callable[[str], list[list[Any]]]]:
        auth = (self.server.username, self.server.password)
        with GraphDatabase.driver(
            self.server.address, auth=auth, notifications_min_severity="OFF"
        ) as driver:
            yield lambda statement: [list(row) for row in driver.execute_query(statement).records]


@pytest.fixture(params=["ladybug", "neo4j"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "ladybug":
        return Place(str(tmp_path / "graph.lbug"), None)
    server = request.getfixturevalue("new_neo4j")
    return Place(server.address, server)


only_ladybug = pytest.mark.parametrize("place", ["ladybug"], indirect=True)
only_neo4j = pytest.mark.parametrize("place", ["neo4j"], indirect=True)


def fill(store: GraphStore, *ids: str) -> None:
    """Load firms that cite each other in a ring, by a count that tells whose they are."""
    store.prepare()
    store.load(firms(*ids))
    ring = zip(ids, (*ids[1:], ids[0]), strict=True)
    store.load(citations(*((one, other, len(ids) / 7) for one, other in ring)))
    store.load(run_node("r"))


def test_each_is_as_if_it_were_alone(place: Place) -> None:
    mine = place.theirs()
    with place.open("a") as store:
        fill(store, "1", "2")
        alone = place.held(store)
    with place.open("ab") as store:  # the same ids, and a name that begins with the other's
        fill(store, "1", "2", "3")
        beside = place.held(store)
        assert store.count("CITES", ENDS, "count").total == pytest.approx(9 / 7)
    assert sorted(map(len, alone.values())) != sorted(map(len, beside.values()))
    assert place.theirs() == mine

    with place.open("a") as store:
        assert place.held(store) == alone
        assert not store.load(firms("1", "2"))  # its own note is found
        store.drop_edges("CITES")
        store.update("Firm", pa.table({"id": ["1"], "size": [5.0]}))
        store.drop_run("r")
        assert store.count("CITES", ENDS, None).rows == store.count("Run", None, None).rows == 0
    with place.open("ab", read_only=True) as store:
        assert place.held(store) == beside
    for _ in range(1 if place.server else 3):  # a file may break only when it happens again
        with place.open("a") as store:
            store.clear()
            assert place.held(store) == {} and store.batches() == {}
            fill(store, "1", "2")
            assert place.held(store) == alone
    with place.open("ab", read_only=True) as store:
        assert place.held(store) == beside
    assert place.theirs() == mine


def test_queries_see_their_own_and_name_others_in_back_ticks(place: Place) -> None:
    with place.open("a") as store:
        fill(store, "1", "2")
    with place.open("ab") as store:
        fill(store, "1", "2", "3")
        for statement, found in {
            "MATCH (f:Firm) RETURN count(*) AS n": 3,
            "MATCH (f:Firm)-[:CITES]->(g:Firm) RETURN count(*) AS n": 3,
            "MATCH (f:`Firm`) RETURN count(*) AS n": 2,
            "MATCH (f:`Firm`)-[:`CITES`]->(g:`Firm`) RETURN count(*) AS n": 1,
            "MATCH (f:a_Firm) RETURN count(*) AS n": 2,
            "MATCH (f:`a_Firm`)-[:a_CITES]->() RETURN count(*) AS n": 2,
            "MATCH (f:Firm) WHERE EXISTS { MATCH (f)-[:CITES]->(:Firm) } RETURN count(*) AS n": 3,
            "MATCH (f:Firm) WHERE COUNT { MATCH (f)-[:CITES]->(:Firm) } = 1 "
            "RETURN count(*) AS n": 3,
            "MATCH (f:Firm {id: '1'})-[:CITES*1..2]->(g:Firm) RETURN count(*) AS n": 2,
            "MATCH (f:Firm) WHERE f.name <> ':Firm' // (f:Firm)\n RETURN count(*) AS n": 3,
        }.items():
            assert store.query(statement)["n"].to_pylist() == [found], statement
        for statement in (
            "MATCH (f:Firm) SET f:Patent",
            "MATCH (f:`Firm`) DETACH DELETE f",
            "MATCH (f:Firm) SET f.name = 'x' RETURN f.id AS id",
            "MERGE (f:a_Firm {id: 'new'}) RETURN f.id AS id",
        ):
            with pytest.raises(QueryError, match=r"may write|starts with"):
                store.query(statement)
        with pytest.raises(QueryError, match="Frim"):
            store.query("MATCH (f:Frim) RETURN f.id AS id")


@only_neo4j
def test_what_only_a_server_understands_is_translated_too(place: Place) -> None:
    with place.open("a") as store:
        fill(store, "1", "2")
        for statement, found in {
            "MATCH (f:Firm) RETURN count { (f)-[:CITES]->(:Firm) } AS n ORDER BY n LIMIT 1": 1,
            "MATCH (f:Firm {id: '1'}) RETURN [(f)-[:CITES]->(g:Firm) WHERE g:Firm | g.id] AS n": [
                "2"
            ],
            "MATCH p = (:Firm {id: '1'})-[:CITES]->() "
            "RETURN [x IN nodes(p) WHERE x:Firm|Patent | x.id] AS n": ["1", "2"],
            "MATCH p = (:Firm {id: '1'})-[:CITES]->() RETURN size([x IN nodes(p) WHERE x:Firm]) "
            "AS n": 2,
            "MATCH p = (:Firm {id: '1'})-[:CITES]->() "
            "RETURN size([x IN nodes(p) WHERE (x:Patent|Firm)]) AS n": 2,
            "MATCH p = (:Firm {id: '1'})-[:CITES]->() WITH p, 1 AS Patent "
            "RETURN [x IN nodes(p) WHERE x:Firm|Patent] AS n": [1, 1],  # the bar ends the condition
            "MATCH (f:Firm&Spillgraph&!Patent) RETURN count(*) AS n": 2,
            "MATCH (f IS Firm)-[c IS CITES]->() WHERE f IS Firm RETURN count(*) AS n": 2,
            "MATCH (f) WHERE f:Firm AND NOT f:(Patent|Region) RETURN count(*) AS n": 2,
            "MATCH (:Firm)-[c]->() WHERE c:CITES|SUPPLIES RETURN count(*) AS n": 2,
            "MATCH (f:$('Firm')) RETURN count(*) AS n": 2,  # a computed label is the colleague's
            "MATCH (:Firm {id: '1'}) ((:Firm)-[:CITES]->(:Firm)){1,2} (z) RETURN count(*) AS n": 2,
            "MATCH (f:Firm) WITH f, f:Firm AS ours RETURN sum(CASE WHEN ours THEN 1 ELSE 0 END) "
            "AS n": 2,
            "MATCH (f:Firm {id: '1'}) RETURN labels(f) AS n": ["a_Firm", "a_Spillgraph"],
            "MATCH (:Firm)-[c:CITES]->() RETURN type(c) AS n LIMIT 1": "a_CITES",
        }.items():
            (value,) = store.query(statement)["n"].to_pylist()
            assert (sorted(value) if isinstance(value, list) else value) == found, statement
        assert store.query("MATCH (r:Region) RETURN r.id AS id").num_rows == 0
        with pytest.raises(QueryError, match=r"label 'firm', which is nowhere .* mean 'Firm'"):
            store.query("MATCH (f:firm) RETURN f.id AS id")


def test_a_kind_that_is_nowhere_is_told_by_its_plain_name() -> None:
    def told(name: str, namespace: Namespace) -> str:
        said = f"warn: label does not exist. The label `{name}` does not exist. Verify it."
        summary: Any = SimpleNamespace(
            gql_status_objects=[SimpleNamespace(status_description=said)]
        )
        try:
            require_known(summary, namespace)
        except QueryError as error:
            return str(error)
        return ""

    steel = Namespace("steel")
    assert (
        told("Region", Namespace()) == told("steel_Region", steel) == ""
    )  # of which none is there
    assert "'Regoin', which is nowhere in the graph. Did you mean 'Region'?" in told(
        "Regoin", steel
    )
    assert told("Region", steel).endswith(
        "In back-ticks it is not the study's own: write it without."
    )
    assert "'steel_Region', which is nowhere" in told("steel_Region", Namespace())


@only_ladybug
def test_a_chain_back_over_citations_of_any_namespace_ends_no_process(place: Place) -> None:
    with place.open("a") as store:
        fill(store, "1", "2")
    with place.open("ab") as store:
        fill(store, "1", "2", "3")
        for kind in ("CITES", "cites", "`ab_CITES`", "a_CITES", "`A_Cites`"):
            with pytest.raises(QueryError, match="name both ends in a MATCH before any WITH"):
                store.query(
                    f"MATCH (f:Firm) WITH f MATCH (f)<-[:{kind}*1..2]-(g) RETURN count(*) AS n"
                )
        with pytest.raises(QueryError, match="CITES needs its arrow"):
            store.query("MATCH (f:Firm)-[:CITES]-(g:Firm) RETURN count(*) AS n")


# -- the lock ------------------------------------------------------------------------------------


@only_neo4j
def test_the_lock_of_one_does_not_keep_others_out(place: Place) -> None:
    place.ask("MATCH (n:Firm) REMOVE n:Firm SET n:Enterprise")  # room for a study without a name
    with place.open("a") as one, place.open("ab") as other, place.open() as plain:
        for turn in range(2):
            for store, name in ((one, "a"), (other, "ab"), (plain, "")):
                store.prepare()
                store.load(firms(name, f"{name}2", id=f"f{turn}")) if not turn else None
                store.load(citations((name, f"{name}2", 1.0), id=f"c{turn}"))
        with pytest.raises(StoreLockedError, match=r"\(namespace 'ab'\); wait"):
            place.open("ab")
        for store, name in ((one, "a"), (other, "ab"), (plain, "")):
            assert store.query("MATCH (f:Firm) RETURN min(f.id) AS id")["id"].to_pylist() == [name]
            assert store.count("CITES", ENDS, "count").total == 2.0


@only_ladybug
def test_a_file_has_one_writer_whatever_the_namespace(place: Place) -> None:
    with place.open("a"), pytest.raises(StoreLockedError, match="another process uses the graph"):
        place.open("ab")


# -- killed in the middle ------------------------------------------------------------------------

_CHILD = """
import os, signal, sys, threading
import pyarrow as pa
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch

store = open_store(sys.argv[1], namespace=sys.argv[2])
store.prepare()
n = 1_500
ids = [f"F{i}" for i in range(n)]
text, number = pa.nulls(n, pa.string()), pa.nulls(n, pa.float64())
firms = {"id": ids, "name": ids, "industry": ids, "region": text, "country": text}
store.load(Batch("firms", "Firm", pa.table(firms | {"lat": number, "lon": number, "size": number})))
print("nodes", flush=True)
for part in range(200):
    ends = {"from": [ids[(i + part) % n] for i in range(n)], "to": ids, "year": [part] * n}
    edges = pa.table(ends | {"count": [1.0] * n})
    store.load(Batch(f"c{part}", "CITES", edges, ("Firm", "Firm"), "count"))
    print(part, flush=True)
"""


@pytest.mark.parametrize(
    ("place", "until"), [("ladybug", "nodes"), ("ladybug", "2"), ("neo4j", "1")], indirect=["place"]
)
def test_killed_in_a_load_of_one_the_other_is_as_it_was(place: Place, until: str) -> None:
    with place.open("ab") as store:
        fill(store, "1", "2", "3")
        beside = place.held(store)
    mine = place.theirs()
    command = [sys.executable, "-c", _CHILD, place.address, "a"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == until:
            break
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    with place.open("ab") as store:
        assert place.held(store) == beside
        store.prepare()
        store.load(citations(("1", "3", 0.1), id="later"))
        store.drop_edges("CITES")
        store.load(citations(("1", "3", 0.1), id="later"))
        beside = place.held(store)
    with place.open("a") as store:
        store.prepare()
        notes = store.batches().values()
        wanted = sum(note.rows for note in notes if note.kind == "CITES" and note.whole)
        counted = store.count("CITES", ENDS, "count")
        assert counted.rows == counted.total >= wanted
        assert store.count("Firm", None, None).rows == 1_500
        store.clear()
        assert place.held(store) == {}
    with place.open("ab", read_only=True) as store:
        assert place.held(store) == beside
    assert place.theirs() == mine


# -- what is refused -----------------------------------------------------------------------------


@only_neo4j
def test_a_name_of_ours_on_a_node_of_theirs_is_refused_as_ever(place: Place) -> None:
    place.ask("CREATE (:a_Firm {id: 'theirs'})")
    with place.open("a") as store, pytest.raises(StoreError) as caught:
        store.prepare()
    assert "holds 1 a_Firm nodes that spillgraph has not written" in str(caught.value)
    assert "give the study another namespace ([graph] namespace)" in str(caught.value)
    with place.open() as store, pytest.raises(StoreError) as caught:
        store.prepare()
    assert "holds 2 Firm nodes that spillgraph has not written" in str(caught.value)
    assert "give the study a namespace ([graph] namespace)" in str(caught.value)
    with place.open("ab") as store:
        fill(store, "1", "2")
    place.ask("MATCH (n:a_Firm) SET n:ab_Spillgraph")
    with place.open("ab") as store, pytest.raises(StoreError, match="carry the label ab_Spillgr"):
        store.prepare()


@only_ladybug
def test_tables_of_theirs_that_are_called_as_ours_are_refused_and_left_alone(place: Place) -> None:
    mine = place.theirs()
    with place.open() as store, pytest.raises(StoreError) as caught:
        store.prepare()
    assert "graph.lbug holds Firm, CITES, which spillgraph has not written" in str(caught.value)
    assert "give the study a namespace ([graph] namespace)" in str(caught.value)
    assert place.theirs() == mine
    place.ask("CREATE NODE TABLE A_FIRM(id STRING, PRIMARY KEY(id))")
    with (
        place.open("a") as store,
        pytest.raises(StoreError, match=r"holds a_Firm, which .* another"),
    ):
        store.prepare()
    with place.open("ab") as store:
        fill(store, "1", "2")
    assert place.theirs() == mine


@only_neo4j
def test_a_relationship_between_studies_is_never_lost(place: Place) -> None:
    for name in ("a", "ab"):
        with place.open(name) as store:
            fill(store, "1", "2")
    for kind in ("SAME_AS", "ab_CITES"):  # others' to the study in the namespace a
        place.ask(
            f"MATCH (x:a_Firm {{id: '1'}}), (y:ab_Firm {{id: '1'}}) CREATE (x)-[:{kind}]->(y)"
        )
        for name in ("a", "ab"):
            with place.open(name) as store, pytest.raises(StoreError, match=rf"\(1 {kind}\)"):
                store.clear()
        place.ask(f"MATCH (:a_Firm)-[r:{kind}]->(:ab_Firm) DELETE r")
    with place.open("a") as store:
        store.clear()


def test_a_store_says_whose_studies_it_holds(place: Place) -> None:
    if place.server is not None:
        with pytest.raises(InputError, match="there is no graph of spillgraph at"):
            place.open(read_only=True)
    with pytest.raises(InputError, match="holds no study of the namespace 'b'; make one with"):
        place.open("b", read_only=True)
    for name in ("a", "ab"):
        with place.open(name) as store:
            fill(store, "1", "2")
    with place.open("ab") as store:
        assert store.namespaces() == ["a", "ab"]
    with pytest.raises(InputError, match="'b': there is one of 'a', 'ab'; say which with --names"):
        place.open("b", read_only=True)
    with pytest.raises(InputError, match="without a namespace: there is one of 'a', 'ab'; say"):
        place.open(read_only=True)
    for wrong in ("", "A", "a_b", "in", "x'}) DETACH DELETE n //"):
        with pytest.raises(InputError, match="namespace"):
            place.open(wrong)


def test_a_graph_without_a_namespace_and_one_with_live_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    with open_store(path) as store:
        fill(store, "1", "2")
        plain = held(store)
    assert not holds_others(path) and holds_others(path, "a")
    assert not holds_others(tmp_path / "none.lbug")
    with pytest.raises(InputError, match="'a': there is one without a namespace; leave out --name"):
        open_store(path, read_only=True, namespace="a")
    with open_store(path, namespace="a") as store:
        fill(store, "1", "2", "3")
        own = held(store)
    assert holds_others(path) and holds_others(path, "a")
    with open_store(path) as store:
        assert held(store) == plain
        store.clear()
        fill(store, "1", "2")
        assert held(store) == plain
    with open_store(path, read_only=True, namespace="a") as store:
        assert held(store) == own


def test_one_study_is_removed_and_nothing_of_others(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = place.theirs()
    for name in ("a", "b"):
        with place.open(name) as store:
            fill(store, "1", "2")
            about = {"name": [f"Study {name}"], "target": ["A"], "keep": ["firms"]}
            store.load(Batch("s", "Study", pa.table(about)))
            own = place.held(store)

    def clean(study: str, namespace: str) -> int:
        where = "--store", place.address, "--namespace", namespace
        return _exit_code(["clean", "--study", study, *where], debug=False)

    assert clean("Study b", "a") == 2
    assert (
        "holds the study 'Study a', not 'Study b'; nothing was removed" in capsys.readouterr().err
    )
    assert clean("Study a", "a") == 0
    assert capsys.readouterr().out == "Removed the study Study a.\n"
    with place.open("b", read_only=True) as store:
        assert place.held(store) == own and store.namespaces() == ["b"]
    spillgraph.clean(None, place.address, study="Study b", namespace="b")
    with pytest.raises(InputError):
        place.open("b", read_only=True).close()
    assert place.theirs() == mine


def test_a_file_of_one_study_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    with open_store(path) as store:
        fill(store, "1", "2")
        store.remove()
    assert not path.exists()
    with open_store(path) as store:
        fill(store, "1", "2")
