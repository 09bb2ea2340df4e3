"""What a server's values become in columns, and what a statement is told that names nothing."""

from __future__ import annotations

import math

import neo4j_server as rig
import pyarrow as pa
import pytest
from neo4j import GraphDatabase
from spillgraph.core.errors import QueryError
from spillgraph.graph.bolt.records import to_table
from spillgraph.graph.open import open_store
from spillgraph.graph.store import GraphStore


def column(*values: object) -> tuple[str, list[object]]:
    table = to_table(["x"], [[value] for value in values])
    return str(table.schema.field("x").type), table["x"].to_pylist()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2**62, None], "int64"),
        ([1.5, None], "double"),
        ([1, 0.5], "double"),
        (["a", None, "x'}) DETACH DELETE n //"], "string"),
        ([True, None, False], "bool"),
        ([None, None], "string"),
        ([["a", "b"], []], "list<item: string>"),
    ],
)
def test_a_column_has_the_type_of_its_values(values: list[object], kind: str) -> None:
    assert column(*values) == (kind, values)


def test_nothing_keeps_its_columns() -> None:
    table = to_table(["a", "b"], [])
    assert table.schema == pa.schema({"a": pa.string(), "b": pa.string()})
    assert to_table([], []).num_columns == 0


def test_not_a_number_is_a_number_that_is_none() -> None:
    kind, (value, missing) = column(math.nan, None)
    assert kind == "double" and missing is None and math.isnan(value)


@pytest.mark.parametrize("values", [[1, "a"], [True, 1], [True, 0.5], [["a"], "a"], [[1, "a"]]])
def test_mixed_kinds_of_values_are_a_query_error(values: list[object]) -> None:
    with pytest.raises(QueryError, match=r"column 'x' mixes kinds of values \(.*toString\(x\)"):
        column(*values)


# -- a real server's ---------------------------------------------------------------------------


@pytest.fixture
def reader(neo4j: rig.Server) -> GraphStore:
    """A graph of two firms, asked by a reader."""
    with open_store(neo4j.address) as store:
        store.prepare()
    auth = (neo4j.username, neo4j.password)
    with GraphDatabase.driver(neo4j.address, auth=auth) as driver:
        driver.execute_query(
            "CREATE (a:Firm:Spillgraph {id: '1', name: 'One', lat: 1.5}) "
            "CREATE (b:Firm:Spillgraph {id: '2', size: 7}) "
            "CREATE (a)-[:CITES {year: 2000, count: 2.0}]->(b) "
            "CREATE (:LoadedBatch:Spillgraph {id: 'x', kind: 'Firm', rows: 2, total: 0.0, "
            "before: -1, between: ''})"
        )
    return open_store(neo4j.address, read_only=True)


VALUES = {
    "a": {"id": "1", "name": "One", "lat": 1.5},
    "c": {"year": 2000, "count": 2.0},
    "a {.id, far: [b.id]}": {"id": "1", "far": ["2"]},
    "date('2024-02-29')": "2024-02-29",
    "datetime('2024-02-29T12:00:00Z')": "2024-02-29T12:00:00.000000000+00:00",
    "localtime('12:00')": "12:00:00.000000000",
    "duration('P1DT2H')": "P1DT2H",
    "point({x: 1, y: 2})": "CartesianPoint(1.0, 2.0)",
    "[1, 2]": [1, 2],
    "a.id = '1'": True,
    "9223372036854775807": 2**63 - 1,
    "a.size": None,
}


def test_values_of_a_server_come_out_plain(reader: GraphStore) -> None:
    shown = ", ".join(f"{text} AS v{n}" for n, text in enumerate(VALUES))
    with reader:
        table = reader.query(f"MATCH p = (a:Firm)-[c:CITES]->(b:Firm) RETURN p, {shown}")
    (row,) = table.to_pylist()
    path = [{key: each for key, each in node.items() if each is not None} for node in row.pop("p")]
    assert path == [{"id": "1", "name": "One", "lat": 1.5}, {"id": "2", "size": 7}]
    assert dict(zip(VALUES, row.values(), strict=True)) == VALUES


MISSPELT = {
    "MATCH (f:Firm) RETURN f.nmae AS n": "property 'nmae'.*mean 'name'",
    "MATCH (f:Frim) RETURN count(*) AS n": "label 'Frim'.*mean 'Firm'",
    "MATCH (:Firm)-[r:CITSE]->(:Firm) RETURN count(r) AS n": "type 'CITSE'.*mean 'CITES'",
    "MATCH (f:Firm) WHERE f.`a``b` = 1 RETURN f.id AS id": "property 'a`b'.*Valid names",
    "MATCH (f:Firm) RETURN size([(f)-[:CITSE]->() | 1]) AS n": "type 'CITSE'.*mean 'CITES'",
}


def test_a_misspelt_name_is_told_with_the_nearest(reader: GraphStore) -> None:
    with reader:
        for statement, message in MISSPELT.items():
            with pytest.raises(QueryError, match=message):
                reader.query(statement)


ABSENT = [
    "MATCH (p:Patent) RETURN p.quality AS x",  # no patent here, but the schema knows it
    "MATCH (:Industry)-[t:INDUSTRY_SUPPLIES]->(:Industry) RETURN t.value AS x",
    "MATCH (f:Firm) WHERE f.country = 'x' RETURN f.region AS x",
]


def test_what_the_schema_declares_may_be_absent(reader: GraphStore) -> None:
    with reader:
        for statement in ABSENT:
            assert reader.query(statement).num_rows == 0


def test_a_name_that_only_others_use_is_no_mistake(neo4j: rig.Server, reader: GraphStore) -> None:
    auth = (neo4j.username, neo4j.password)
    with GraphDatabase.driver(neo4j.address, auth=auth) as driver:
        driver.execute_query("CREATE (:Paper {doi: '10.1/x'})")
    with reader:
        found = reader.query("MATCH (p:Paper) RETURN p.doi AS doi").to_pylist()
    assert found == [{"doi": "10.1/x"}]
