"""Hints to Neo4j's planner: what becomes one, and that it changes plan and not answer."""

from __future__ import annotations

from importlib.resources import files

import neo4j
import pytest
from spillgraph.queries import for_neo4j, lint, load_query

SUM = "MATCH (a:Firm)-[c:CITES]->(b:Firm)\n{}\nRETURN count(c) AS n"
HINT = "// on Neo4j: USING SCAN c:CITES"
INTERNAL = sorted(
    entry.name.removesuffix(".cypher")
    for entry in files("spillgraph.queries").joinpath("internal").iterdir()
    if entry.name.endswith(".cypher")
)
HINTED = [name for name in INTERNAL if "on Neo4j" in load_query(name).text]


def test_a_hint_loses_its_slashes() -> None:
    assert for_neo4j(SUM.format(HINT)) == SUM.format("USING SCAN c:CITES")
    assert lint(SUM.format(HINT)) == []


@pytest.mark.parametrize(
    "line",
    [
        "// on Neo4j: DETACH DELETE a",
        "// on Neo4j: USING SCAN c:CITES DETACH DELETE a",
        "// on Neo4j: USING SCAN c:CITES RETURN 1 //",
        "  // on Neo4j: USING SCAN c:CITES",
        "// On Neo4j: USING SCAN c:CITES",
        "// on Neo4j: USING INDEX a:Firm(id)",
    ],
)
def test_nothing_else_becomes_part_of_a_statement(line: str) -> None:
    assert for_neo4j(SUM.format(line)) == SUM.format(line)
    (problem,) = lint(SUM.format(line))
    assert "line 2" in problem and "// on Neo4j: USING SCAN" in problem


def operators(driver: neo4j.Driver, text: str, given: dict[str, object]) -> set[str]:
    plan = driver.execute_query(f"EXPLAIN {text}", given).summary.plan
    found, todo = set(), [plan]
    while todo:
        step = todo.pop()
        assert step is not None
        found.add(step["operatorType"].partition("@")[0])
        todo += step.get("children", [])
    return found


@pytest.mark.parametrize("name", HINTED)
def test_neo4j_reads_the_edges_in_their_order(neo4j_driver: neo4j.Driver, name: str) -> None:
    query = load_query(name)
    values = {"string": "x", "boolean": True, "integer": 1}
    given = {each.name: values[each.type] for each in query.parameters}
    assert "DirectedRelationshipTypeScan" in operators(neo4j_driver, for_neo4j(query.text), given)


def test_statements_over_firms_and_patents_have_a_hint() -> None:
    assert len(HINTED) == 14
