"""Every rule of the linter catches a bad example and lets a good one pass."""

from __future__ import annotations

import random
from typing import Any

import pytest
from spillgraph.graph.schema import EDGES, NODES
from spillgraph.queries import lint
from spillgraph.queries.lint import FUNCTIONS
from spillgraph.queries.sums import INTEGER_PROPERTIES, NULLABLE_PROPERTIES

A_TO_B = "MATCH (a:Firm)-[c:CITES]->(b:Firm) "
IDS = "RETURN a.id AS one"

# (bad, good, part of the message)
RULES = [
    # the first branch decides the type
    (
        "MATCH (f:Firm) RETURN CASE WHEN f.size < 1.0 THEN 0 ELSE f.size END AS n",
        "MATCH (f:Firm) RETURN CASE WHEN f.size < 1.0 THEN 0.0 ELSE f.size END AS n",
        "THEN 0.0",
    ),
    (
        "MATCH (f:Firm) RETURN CASE f.end WHEN 2 THEN 7 WHEN 1 THEN 0.5 END AS n",
        "MATCH (f:Firm) RETURN CASE f.end WHEN 2 THEN 7 WHEN 1 THEN 5 END AS n",
        "THEN 7: the other",
    ),
    (
        "RETURN CASE $x WHEN 1 THEN CASE $y WHEN 0 THEN 2 ELSE 0.5 END ELSE 0.0 END AS n",
        "RETURN CASE $x WHEN 1 THEN CASE $y WHEN 0 THEN 2 ELSE 3 END ELSE 0.0 END AS n",
        "THEN 2:",
    ),
    # absent in ladybug
    ("CALL { MATCH (f:Firm) RETURN f } RETURN 1 AS n", "RETURN 1 AS n", "CALL"),
    ("CALL show_tables() RETURN *", "RETURN 1 AS n", "CALL"),
    ("MATCH (f) CALL (f) { SET f.x = 1 } IN TRANSACTIONS", "MATCH (f) SET f.x = 1", "smaller"),
    ("RETURN [x IN [1, 2] WHERE x > 1] AS n", "RETURN any(x IN [1, 2] WHERE x > 1) AS n", "comp"),
    ("RETURN [x IN $l | x + 1] AS n", "UNWIND $l AS x RETURN collect(x + 1) AS n", "comprehens"),
    (
        "MATCH (a) RETURN [(a)-->(b) | b.id] AS n",
        "MATCH (a)-->(b) RETURN collect(b.id) AS n",
        "comp",
    ),
    (
        "MATCH (a:Firm) RETURN a {.id, .name} AS n",
        "MATCH (a:Firm {id: $x}) RETURN a.id AS n",
        "map",
    ),
    (
        "FOREACH (x IN $l | CREATE (:Firm {id: x}))",
        "UNWIND $l AS x CREATE (:Firm {id: x})",
        "FOREACH",
    ),
    ("RETURN reduce(s = 0, x IN $l | s + x) AS n", "UNWIND $l AS x RETURN max(x) AS n", "reduce("),
    (
        "MATCH ((a)-[:S]->(b)){1,3} RETURN a.id AS n",
        "MATCH (a)-[:S]->(b) RETURN a.id AS n",
        "brackets",
    ),
    (
        "MATCH (a)-[:S]->{1,3}(b) RETURN a.id AS n",
        "MATCH (a)-[:S]->(b) RETURN a.id AS n",
        "quantified",
    ),
    ("MATCH (a) WHERE a:Firm RETURN a.id AS n", "MATCH (a:Firm) RETURN a.id AS n", "labels are"),
    ("MATCH (a) RETURN a:Firm AS n", "MATCH (a:Firm) RETURN true AS n", "labels are"),
    ("MATCH (a:Firm:Patent) RETURN a.id AS n", "MATCH (a:Firm) RETURN a.id AS n", "several labels"),
    ("MATCH (a:Firm|Patent) RETURN a.id AS n", "MATCH ()-[:A|B]->(a) RETURN a.id AS n", "several"),
    (
        "MATCH (a:Firm) RETURN stDev(a.size) AS n",
        "MATCH (a:Firm) RETURN avg(a.size) AS n",
        "stDev(",
    ),
    ("LOAD CSV FROM $x AS line RETURN line", "UNWIND $x AS line RETURN line", "LOAD CSV"),
    ("SHOW INDEXES", "MATCH (i:Industry) RETURN i.code AS n", "SHOW"),
    ("MATCH (a) USING INDEX a:Firm(id) RETURN a.id AS n", "MATCH (a) RETURN a.id AS n", "hints"),
    ("INSERT (:Firm {id: $x})", "CREATE (:Firm {id: $x})", "INSERT"),
    (
        "MATCH p = shortestPath((a)-[:S*0..1]->(b)) RETURN a.id AS n",
        "MATCH p = (a)-[:S*0..1]->(b) RETURN a.id AS n",
        "shortestPath(",
    ),
    (
        "MATCH (a) WHERE EXISTS { (a)-->() } " + IDS,
        "MATCH (a) WHERE EXISTS { MATCH (a)-->() } " + IDS,
        "EXISTS {",
    ),
    ("RETURN a.name || a.id AS n", "RETURN a.name AS n, a.id AS m", "||"),
    *(
        (
            f"MATCH (a)-[c:S]->(b) RETURN {name}(a.id) AS n",
            "MATCH (a)-[c:S]->(b) RETURN a.id AS n",
            f"{name}(",
        )
        for name in [
            "toInteger",
            "toFloat",
            "toString",
            "head",
            "last",
            "type",
            "elementId",
            "split",
            "exp",
        ]
    ),
    # runs, but differs
    ("RETURN labels(a) AS n", "RETURN a.id AS n", "labels("),
    ("RETURN log(a.x) AS n", "RETURN sqrt(a.x) AS n", "base 10"),
    ("RETURN substring(a.x, 1, 2) AS n", "RETURN a.x STARTS WITH 'C2' AS n", "positions start"),
    ("RETURN left(a.x, 2) AS n", "RETURN a.left AS n", "left("),
    ("RETURN right(a.x, 2) AS n", "RETURN 1 AS right", "right("),
    ("RETURN round(a.x) AS n", "RETURN floor(a.x) AS n", "round("),
    ("RETURN round(a.x, 2) AS n", "RETURN a.x AS n", "round("),
    ("RETURN id(a) AS n", "RETURN a.id AS n", "id("),
    ("RETURN toUpper(a.x) AS n", "RETURN trim(a.x) AS n", "toUpper("),
    ("RETURN $l[0] AS n", "RETURN $x IN $l AS n", "list positions"),
    (
        "WITH collect(a.id) AS l RETURN l[1] AS n",
        "WITH collect(a.id) AS l RETURN l AS n",
        "positions",
    ),
    ("RETURN collect(a.id)[0] AS n", "RETURN [1, 2] AS n", "list positions"),
    ("RETURN a.name + ' x' AS n", "RETURN a.size + 1.5 AS n", "text + null"),
    ("MATCH (a)-[c:S]-(b) " + IDS, "MATCH (a)<-[c:S]-(b) " + IDS, "without a direction"),
    ("MATCH (a)--(b) " + IDS, "MATCH (a)<--(b) " + IDS, "without a direction"),
    ("MATCH (a)<-[:S]->(b) " + IDS, "MATCH (a)-[:S]->(b) " + IDS, "without a direction"),
    *(
        (f"MATCH (a)-[:S{hops}]->(b) " + IDS, "MATCH (a)-[:S*0..1]->(b) " + IDS, hops)
        for hops in ["*", "*2", "*1..", "*..3", "*1..3"]
    ),
    # one MATCH whose edges may be one edge
    (
        "MATCH (a)-[:S]->(b)<-[:S]-(c) " + IDS,
        "MATCH (a)-[:S]->(b)<-[:S]-(c) WHERE a.id <> c.id " + IDS,
        "may be one edge",
    ),
    (
        "MATCH (a)-[:S]->(b)<-[:S]-(c) WHERE a.id <> c.id OR a.x > 1 " + IDS,
        "MATCH (a)-[:S]->(b)<-[:S]-(c) WHERE a.x > 1 AND c.id <> a.id " + IDS,
        "may be one edge",
    ),
    (
        "MATCH (a)-[:S]->(b)<-[:S]-(c) WHERE a.id <> c.name " + IDS,
        "MATCH (a)-[:S]->(b) MATCH (c)-[:S]->(b) " + IDS,
        "may be one edge",
    ),
    (
        "MATCH (a)-[:S]->(b)<-[:S]-(c) WHERE a.id <> b.id " + IDS,
        "MATCH (a)-[:S]->(b)-[:S]->(c) WHERE a.id <> b.id " + IDS,
        "may be one edge",
    ),
    ("MATCH (a)-[:S]->(b)-[:S]->(c) " + IDS, "MATCH (a)-[:S]->(b)-[:T]->(c) " + IDS, "may be one"),
    (
        "MATCH (a)-->(b)-[:S]->(c) " + IDS,
        "MATCH (a)-->(b) MATCH (b)-[:S]->(c) " + IDS,
        "may be one",
    ),
    ("MATCH (a)-[:S|T]->(b)-[:T]->(c) " + IDS, "MATCH (a)-[:S|U]->(b)-[:T]->(c) " + IDS, "may be"),
    (
        "MATCH (a)-[:S]->(b), (c)-[:S]->(d) " + IDS,
        "MATCH (a)-[:S]->(b), (c)-[:T]->(d) " + IDS,
        "be one",
    ),
    (
        "MATCH (a:Firm)-[:C]->(b)<-[:C]-(c:Firm) " + IDS,
        "MATCH (a:Firm)-[:C]->(b) MATCH (c:Patent)-[:C]->(d), (a)-[:C]->(e) " + IDS,
        "may be one edge",
    ),
    (
        "MATCH (f:Firm)-[:OWNS]->(p)-[:CITES]->(q)<-[:OWNS]-(g:Firm) RETURN f.id AS n",
        "MATCH (f:Firm)-[:OWNS]->(p)-[:CITES]->(q) MATCH (g)-[:OWNS]->(q) RETURN f.id AS n",
        "may be one edge",
    ),
    (
        "MATCH (a)-[r:S]->(b)<-[r:S]-(c) WHERE a.id <> c.id " + IDS,
        "MATCH (a)-[r:S]->(b)<-[s:S]-(c) WHERE a.id <> c.id " + IDS,
        "may be one edge",
    ),
    (
        "MATCH (a) WHERE EXISTS { MATCH (a)-[:S]->(b)<-[:S]-(c) } " + IDS,
        "MATCH (a)-[:S]->(b) WHERE EXISTS { MATCH (c)-[:S]->(b) } " + IDS,
        "may be one edge",
    ),
    (
        "MATCH (a) WHERE (a)-[:S]->()<-[:S]-() " + IDS,
        "MATCH (a) WHERE EXISTS { MATCH (a)-[:S]->() } " + IDS,
        "EXISTS { MATCH",
    ),
    # order and limits
    (
        "MATCH (a) WITH a.x AS x ORDER BY x DESC LIMIT 3 RETURN max(x) AS n",
        "MATCH (a) WITH a.x AS x ORDER BY x DESC LIMIT 3 RETURN x AS n",
        "drops ORDER",
    ),
    (
        "MATCH (a) WITH a.x AS x ORDER BY x LIMIT 3 WITH collect(x) AS l RETURN l AS n",
        "MATCH (a) WITH max(a.x) AS x ORDER BY x LIMIT 3 RETURN x AS n",
        "drops LIMIT",
    ),
    (A_TO_B + IDS + " LIMIT 3", A_TO_B + IDS + " ORDER BY one LIMIT 3", "LIMIT without ORDER BY"),
    (A_TO_B + IDS + " SKIP 3", A_TO_B + IDS + " ORDER BY one SKIP 3", "SKIP without ORDER BY"),
    (A_TO_B + "RETURN a.id AS a", A_TO_B + "WITH a.x AS x RETURN x AS x", "a node has this name"),
    # sums
    (A_TO_B + "RETURN sum(c.n) AS n", A_TO_B + "RETURN coalesce(sum(c.n), 0.0) AS n", "coalesce("),
    (A_TO_B + "RETURN sum(c.n) AS n", A_TO_B + "RETURN b.id AS x, sum(c.n) AS n", "coalesce("),
    (
        A_TO_B + "RETURN sum(c.n) AS n, count(*) AS k",
        A_TO_B + "RETURN b.id AS x, sum(c.n) AS n, count(*) AS k",
        "coalesce(",
    ),
    (
        "OPTIONAL " + A_TO_B + "RETURN a.id AS x, sum(c.n) AS n",
        "OPTIONAL " + A_TO_B + "RETURN a.id AS x, coalesce(sum(c.n), 0.0) AS n",
        "coalesce(",
    ),
    (
        A_TO_B + "RETURN a.id AS x, sum(CASE WHEN c.y > 1 THEN c.n END) AS n",
        A_TO_B + "RETURN a.id AS x, sum(CASE WHEN c.year > 1 THEN c.n ELSE 0.0 END) AS n",
        "coalesce(",
    ),
    (
        A_TO_B + "RETURN a.id AS x, sum(b.size) AS n",
        A_TO_B + "RETURN a.id AS x, coalesce(sum(b.size), 0.0) AS n",
        "coalesce(",
    ),
    (
        A_TO_B + "RETURN a.id AS x, coalesce(sum(c.year), 0) AS n",
        A_TO_B + "RETURN a.id AS x, max(c.year) AS n",
        "whole numbers",
    ),
    (
        A_TO_B + "RETURN a.id AS x, sum(CASE WHEN c.n > 1 THEN 1 ELSE 0 END) AS n",
        A_TO_B + "RETURN a.id AS x, sum(CASE WHEN c.n > 1 THEN 1.0 ELSE 0.0 END) AS n",
        "whole numbers",
    ),
    (
        A_TO_B + "WITH a.id AS x, count(*) AS k RETURN x AS x, sum(k) AS n",
        A_TO_B + "WITH a.id AS x, sum(c.n) AS k RETURN x AS x, sum(k) AS n",
        "whole numbers",
    ),
    (
        A_TO_B + "WITH a.id AS x, c.year AS y WITH x, y AS z RETURN x AS x, sum(z) AS n",
        A_TO_B + "WITH a.id AS x, c.year AS y WITH x, y AS z RETURN x AS x, avg(z) AS n",
        "whole numbers",
    ),
    # upserts
    (
        "UNWIND $r AS r MATCH (a:Firm {id: r.a}), (b:Firm {id: r.b}) MERGE (a)-[:S]->(b)",
        "UNWIND $r AS r MATCH (a:Firm {id: r.a}) MATCH (b:Firm {id: r.b}) MERGE (a)-[:S]->(b)",
        "comma between the patterns",
    ),
    # never compared
    ("RETURN apoc.text.join($l) AS n", "RETURN $l AS n", "plug-ins"),
    ("RETURN sin(a.x) AS n", "RETURN abs(a.x) AS n", "not compared"),
    ("RETURN exists(a.x) AS n", "RETURN a.x IS NOT NULL AS n", "not compared"),
]


@pytest.mark.parametrize(("bad", "good", "message"), RULES)
def test_the_rule_catches_the_bad_and_passes_the_good(bad: str, good: str, message: str) -> None:
    problems = lint(bad)
    assert any(message in problem for problem in problems), problems
    assert lint(good) == []


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (f:Firm) WHERE f.name = 'CALL labels(x)[0]' RETURN f.id AS id // FOREACH (",
        "MATCH (f:Firm) RETURN f.id AS `toString(x)`",
        "match (f:Firm) where f.id starts with 'C' return f.id as id order by id limit 3",
        "MATCH (f:Firm)-[:OWNS]->(p:Patent) RETURN f.id AS id, collect(p.id) AS l ORDER BY id",
        "MATCH (f:Firm) WHERE f.region IN ['North', $x] RETURN f.id AS id",
        "MATCH (f:Firm) RETURN f.id AS id, COUNT { MATCH (f)-[:OWNS]->(p) } AS n",
        "MATCH (f:Firm {id: $x})<-[:CITES]-(g:Firm) RETURN (1.0 - g.size) * -1 AS x",
        "UNWIND range(2000, $last) AS t RETURN t AS t",
        "UNWIND $r AS r MERGE (f:Firm {id: r.id}) ON CREATE SET f.n = 1 ON MATCH SET f.n = 2",
    ],
)
def test_common_ground_is_free(text: str) -> None:
    assert lint(text) == []


def test_a_problem_names_its_line() -> None:
    text = "MATCH (f:Firm) /* two\nlines */\nRETURN log(f.size) AS x,\n labels(f) AS y"
    assert [problem.split(":")[0] for problem in lint(text)] == ["line 3", "line 4"]
    assert lint("RETURN 'x") == ["line 1: a text in quotes is opened with ' and never closed"]


def test_any_text_has_an_answer() -> None:
    draw = random.Random(3)
    parts = [
        "MATCH",
        "OPTIONAL",
        "WHERE",
        "WITH",
        "RETURN",
        "ORDER",
        "LIMIT",
        "AS",
        "sum",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "-",
        "<",
        ">",
        ":",
        ",",
        ".",
        "*",
        "a",
        "b",
    ]
    for _ in range(3000):
        lint(" ".join(draw.choices(parts, k=draw.randrange(14))))


def test_number_properties_agree_with_the_graph_model() -> None:
    numbers = [p for node in NODES for p in node.properties if p.type != "string"]
    of_edges = [p for edge in EDGES for p in edge.properties if p.type != "string"]
    whole = {p.name for p in (*numbers, *of_edges) if p.type == "integer"}
    assert whole == INTEGER_PROPERTIES
    # and of an edge the p of a verdict that needed fewer draws
    assert {p.name for p in numbers} | {"p"} == NULLABLE_PROPERTIES


#: An expression for every function the linter allows, and its value on every store.
VALUES = {
    "abs": ("abs(-1.5)", 1.5),
    "all": ("all(x IN [1, 2] WHERE x > 1)", False),
    "any": ("any(x IN [1, 2] WHERE x > 1)", True),
    "avg": ("avg(v)", 2.0),
    "ceil": ("ceil(-1.5)", -1.0),
    "coalesce": ("coalesce(null, 2)", 2),
    "collect": ("collect(v)", [1.0, 2.0, 3.0]),
    "count": ("count(v)", 3),
    "floor": ("floor(-1.5)", -2.0),
    "max": ("max(v)", 3.0),
    "min": ("min(v)", 1.0),
    "none": ("none(x IN [1, 2] WHERE x > 2)", True),
    "percentileCont": ("percentileCont(v, 0.25)", 1.5),
    "range": ("range(2, 4)", [2, 3, 4]),
    "replace": ("replace('aba', 'a', 'c')", "cbc"),
    "sign": ("sign(-2.5)", -1),
    "single": ("single(x IN [1, 2] WHERE x > 1)", True),
    "size": ("size([1, 2])", 2),
    "sqrt": ("sqrt(6.25)", 2.5),
    "sum": ("coalesce(sum(v), 0.0)", 6.0),
    "trim": ("trim(' a ')", "a"),
}


@pytest.mark.parametrize("world", ["empty"], indirect=True)
def test_allowed_functions_have_one_value_on_every_store(world: Any) -> None:
    assert set(VALUES) == FUNCTIONS
    for expression, value in VALUES.values():
        text = f"UNWIND [1.0, 2.0, 3.0] AS v RETURN {expression} AS x"
        assert lint(text) == []
        assert world.ask(text)[0] == (value,)
