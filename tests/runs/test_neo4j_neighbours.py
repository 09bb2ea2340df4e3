"""What others keep in the same database: neither counted, changed nor removed by a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j_server as rig
import pytest
from neo4j import Driver, GraphDatabase
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import StoreError
from spillgraph.graph.bolt.pieces import ALL, note_drop
from spillgraph.graph.open import open_store

# Another analyst's graph: labels and types of their own, and some that are called as ours are.
THEIRS = """
CREATE (n:Note {text: 'mine', id: 'F1'})-[:ABOUT {since: date('2024-02-29')}]->(p:Paper {id: '1'})
CREATE (p)-[:CITES {year: 2001, count: 7.0}]->(:Paper {id: '2'})
CREATE (:Writer {id: 1})-[:IN_REGION]->(:Place {id: 'North'})
CREATE (:SpillgraphNotes {id: 'x'})
"""
THEIR_INDEX = "CREATE INDEX mine IF NOT EXISTS FOR (n:Note) ON (n.text)"
THEIR_CONSTRAINT = "CREATE CONSTRAINT only IF NOT EXISTS FOR (n:Note) REQUIRE n.id IS UNIQUE"
MINE = "NOT n:Spillgraph AND NOT n:SpillgraphWriter"


@pytest.fixture(scope="session")
def kept_on_server(kept_on_server: tuple[str, ...]) -> tuple[str, ...]:
    return (*kept_on_server, "mine", "only")


@pytest.fixture
def db(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """What the other analyst works with; their graph is there first."""
    server: rig.Server = request.getfixturevalue(getattr(request, "param", "neo4j"))
    auth = (server.username, server.password)
    with GraphDatabase.driver(
        server.address, auth=auth, notifications_min_severity="OFF"
    ) as driver:
        for statement in (THEIRS, THEIR_INDEX, THEIR_CONSTRAINT, "CALL db.awaitIndexes()"):
            driver.execute_query(statement)
        yield driver


#: What a first run does to a database, and what keeps it from beginning.
never_run_on = pytest.mark.parametrize("db", ["new_neo4j"], indirect=True)


def theirs(driver: Driver) -> list[Any]:
    """Return all that is not ours: ids, labels, properties, relationships, indexes, constraints."""
    return [
        driver.execute_query(statement).records
        for statement in (
            f"MATCH (n) WHERE {MINE} "
            "RETURN elementId(n) AS id, labels(n), properties(n) ORDER BY id",
            f"MATCH (n)-[r]-(m) WHERE {MINE} RETURN elementId(r) AS id, type(r), properties(r), "
            "elementId(startNode(r)), elementId(endNode(r)) ORDER BY id, elementId(n)",
            "SHOW INDEXES YIELD name, labelsOrTypes, properties, state, type, owningConstraint "
            "WHERE NOT name STARTS WITH 'spillgraph_' RETURN * ORDER BY name",
            "SHOW CONSTRAINTS YIELD name, labelsOrTypes, properties, type "
            "WHERE NOT name STARTS WITH 'spillgraph_' RETURN * ORDER BY name",
        )
    ]


def ours(driver: Driver) -> list[Any]:
    """Return all nodes of ours, and how many relationships of each type they have."""
    return [
        driver.execute_query(statement).records
        for statement in (
            "MATCH (n:Spillgraph) RETURN elementId(n) AS id, properties(n) ORDER BY id",
            "MATCH (:Spillgraph)-[r]->(:Spillgraph) "
            "RETURN type(r) AS type, count(*), collect(elementId(r)) ORDER BY type",
        )
    ]


Run = Callable[..., str]


@pytest.fixture
def run(neo4j_server: rig.Server, no_page: None, tiny, tmp_path: Path, capsys) -> Run:
    """Run the tiny study; return what is said on stderr."""

    def run(code: int = 0, *options: str) -> str:
        out, address = str(tmp_path / "out"), neo4j_server.address
        command = ["run", str(tiny.path), "--out", out, "--store", address]
        assert _exit_code([*command, *options, "-q"], debug=False) == code
        error = capsys.readouterr().err
        assert (error.startswith("Error: ") and error.count("\n") == 1) if code else not error
        return error

    return run


@never_run_on
def test_others_see_nothing_of_our_runs(
    neo4j_server: rig.Server, db: Driver, run: Run, tiny, capsys
) -> None:
    before = theirs(db)
    assert all(before)
    run()
    assert theirs(db) == before
    tiny.append("citations.csv", "1,3,2002,9\n")
    run()  # what was loaded is cleared, and made anew
    assert theirs(db) == before
    assert _exit_code(["query", "runs", "--store", neo4j_server.address], debug=False) == 0
    with open_store(neo4j_server.address) as store:
        store.prepare()
        assert store.count("CITES", ("Firm", "Firm"), "count").rows == 8
        store.drop_edges("CITES")
        assert theirs(db) == before
        assert store.count("CITES", ("Firm", "Firm"), "count").rows == 0
        store.clear()
    assert theirs(db) == before
    assert not any(ours(db))


@never_run_on
def test_a_firm_of_theirs_is_refused_and_left_alone(db: Driver, run: Run) -> None:
    db.execute_query("MATCH (p:Paper) SET p:Firm")
    before = theirs(db)
    error = run(1)
    assert "holds 2 Firm nodes that spillgraph has not written" in error
    assert "use another database, or give them another label" in error
    assert theirs(db) == before
    assert not any(ours(db))


@never_run_on
def test_two_firms_of_theirs_with_one_id_are_told_in_the_same_words(db: Driver, run: Run) -> None:
    db.execute_query("CREATE (:Firm {id: '1'}), (:Firm {id: '1'})")
    before = theirs(db)
    error = run(1)
    assert "holds 2 Firm nodes that spillgraph has not written" in error
    assert theirs(db) == before
    assert not any(ours(db))


@never_run_on
def test_an_index_of_theirs_on_our_key_is_told(db: Driver, run: Run) -> None:
    db.execute_query("CREATE INDEX theirs FOR (f:Firm) ON (f.id)")
    db.execute_query("CALL db.awaitIndexes()")  # its state is compared below
    before = theirs(db)
    error = run(1)
    assert "already exists an index (:Firm {id})" in error and "Nothing was loaded" in error
    assert theirs(db) == before


def test_our_label_on_a_node_of_theirs_is_refused(db: Driver, run: Run) -> None:
    run()
    db.execute_query("MATCH (n:Note) SET n:Spillgraph")
    error = run(1)
    assert "carry the label Spillgraph" in error and "take the labels from them" in error
    assert db.execute_query("MATCH (n:Note) RETURN n.text AS text").records[0]["text"] == "mine"


def test_a_relationship_of_theirs_on_a_firm_of_ours_is_never_lost(
    neo4j: rig.Server, db: Driver, run: Run, tiny
) -> None:
    run()
    db.execute_query("MATCH (n:Note), (f:Firm {id: '1'}) CREATE (n)-[:ABOUT {why: 'hub'}]->(f)")
    before = theirs(db), ours(db)[0]
    run()  # the same study needs no new graph
    assert theirs(db) == before[0]
    tiny.append("citations.csv", "1,3,2002,9\n")
    kept = theirs(db), ours(db)
    error = run(1)
    assert "relationships that spillgraph has not written are attached to its nodes" in error
    assert "(1 ABOUT)" in error and "rebuilding the graph would lose them" in error
    assert (theirs(db), ours(db)) == kept
    with open_store(neo4j.address) as store, pytest.raises(StoreError, match="1 ABOUT"):
        store.clear()
    db.execute_query("MATCH (:Note)-[r:ABOUT]->(:Firm) DELETE r")
    run()
    assert [each.data() for each in db.execute_query("MATCH (n:Note) RETURN n.text").records] == [
        {"n.text": "mine"}
    ]


def test_a_relationship_between_two_firms_of_ours_is_theirs_by_its_type(
    db: Driver, run: Run, tiny
) -> None:
    run()
    db.execute_query("MATCH (a:Firm {id: '1'}), (b:Firm {id: '2'}) CREATE (a)-[:RIVALS]->(b)")
    tiny.append("citations.csv", "1,3,2002,9\n")
    assert "(1 RIVALS)" in run(1)


def test_a_relationship_of_our_type_between_our_firms_is_told_and_not_cleared_away(
    db: Driver, run: Run, tiny
) -> None:
    run()
    db.execute_query(
        "MATCH (a:Firm {id: '1'}), (b:Firm {id: '3'}) CREATE (a)-[:CITES {year: 2001, count: 2.0}]"
        "->(b)"
    )
    kept = ours(db)
    error = run(1)
    assert "does not hold what was loaded into it: CITES Firm-Firm: 7 rows adding to 28" in error
    assert "the graph holds 8 adding to 30" in error and "--rebuild" in error
    assert ours(db) == kept
    run(0, "--rebuild")
    found = db.execute_query("MATCH (:Firm)-[c:CITES]->(:Firm) RETURN count(c) AS n").records
    assert found[0]["n"] == 7


def test_a_relationship_of_theirs_on_a_run_of_ours(db: Driver, run: Run) -> None:
    run()
    db.execute_query("MATCH (n:Note), (r:Run) CREATE (n)-[:ABOUT]->(r)")
    kept = theirs(db)
    assert "(1 ABOUT)" in run(1)  # a run that is made again writes its results anew
    assert theirs(db) == kept
    db.execute_query("MATCH (:Note)-[r:ABOUT]->(:Run) DELETE r")
    run()


def test_a_drop_that_was_cut_off_spares_what_others_have_hung_on_since(
    neo4j: rig.Server, db: Driver, run: Run
) -> None:
    run()
    with open_store(neo4j.address) as store:
        store._write(note_drop, ALL)  # type: ignore[attr-defined]
    db.execute_query("MATCH (n:Note), (f:Firm {id: '1'}) CREATE (n)-[:ABOUT]->(f)")
    kept = theirs(db)
    assert "(1 ABOUT)" in run(1)
    assert theirs(db) == kept
    db.execute_query("MATCH (:Note)-[r:ABOUT]->(:Firm) DELETE r")
    run()


def test_a_relationship_that_comes_while_the_graph_is_cleared_stops_the_clearing(
    neo4j: rig.Server, db: Driver, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    db.execute_query("MATCH (n:Note), (f:Firm {id: '1'}) CREATE (n)-[:ABOUT]->(f)")
    kept = theirs(db)
    # As if it had come after the look at what hangs there.
    monkeypatch.setattr("spillgraph.graph.bolt.store.require_free", lambda *_: None)
    with open_store(neo4j.address) as store, pytest.raises(StoreError, match="relationships"):
        store.clear()
    assert theirs(db) == kept
