"""Which words of a statement name kinds of nodes and edges, and which only look like it."""

from __future__ import annotations

import pytest
from spillgraph.queries.cypher import tokenize
from spillgraph.queries.kinds import kind_tokens, kinds_of

NAMED = {
    "MATCH (f:Firm)-[c:CITES]->(g:Firm) RETURN f.id AS id": "Firm CITES Firm",
    "MATCH (:Firm)-[:CITES|SUPPLIES|:OWNS]->(), (x:Firm|Patent) RETURN 1": (
        "Firm CITES SUPPLIES OWNS Firm Patent"
    ),
    "MATCH (f:Firm&!Patent|(Region&%))-[:!W]->() RETURN 1": "Firm Patent Region W",
    "MATCH (i:Industry:Mine {code: $S})-[:W*1..3]->(j) RETURN j": "Industry Mine W",
    "MATCH (a)-[w:W*1..2 (r, n | WHERE r.year > 2000)]->(b) RETURN b": "W",
    "MATCH (a)-[:CITES* SHORTEST 1..3]->(b) RETURN b": "CITES",
    "MATCH (n) WHERE n:Firm AND NOT n:Patent OR (n):Region RETURN n:Country AS S": (
        "Firm Patent Region Country"
    ),
    "MATCH (n IS Firm)-[r IS CITES|W]->() WHERE r.x IS NOT NULL AND n IS Region RETURN 1": (
        "Firm CITES W Region"
    ),
    "MATCH (a)-[c:CITES]->(b) USING SCAN c:CITES RETURN 1": "CITES CITES",
    "MATCH (n) WHERE EXISTS { (n)-[:OWNS]->(:Patent) } RETURN n": "OWNS Patent",
    "MATCH (n) WHERE EXISTS { MATCH (n) WITH n, n:Firm AS S WHERE S RETURN n } RETURN n": "Firm",
    "MATCH (n) RETURN COUNT { (n)-[:W]->() } AS W, COLLECT { MATCH (m:S) RETURN m } AS S": "W S",
    "CALL { MATCH (f:Firm) RETURN f } RETURN f": "Firm",
    "MATCH (n) CALL (n) { RETURN n.x AS x, n:Firm AS W } RETURN x": "Firm",
    "MATCH (n) RETURN [(n)-[:W]->(m:Industry) WHERE m:Firm | m.id] AS S": "W Industry Firm",
    "MATCH p = (a)-[]->() RETURN [x IN nodes(p) WHERE x:Firm|Patent | x.id] AS W": "Firm Patent",
    "MATCH p = (a)-[]->() RETURN [S IN nodes(p) WHERE S:Firm | S.id] AS W": "Firm",
    "MATCH p = (a)-[]->() RETURN [S IN nodes(p) WHERE S:Firm | (S)] AS W": "Firm",
    "MATCH p = (a)-[]->() RETURN [S IN nodes(p) WHERE S:Firm | S] AS W": "Firm",
    "MATCH p = (a)-[]->() RETURN [S IN nodes(p) WHERE (S:Firm|Patent)] AS W": "Firm Patent",
    "MATCH (a)((x:Firm)-[:CITES]->(y:Firm)){1,3}(b) RETURN 1": "Firm CITES Firm",
    "MATCH (n:$('Fi' + 'rm')&Patent) RETURN n": "Patent",
    "MATCH (n:$all($Firm)&Patent)-[:$any(['W'])|S]->() WHERE n:$('x')|Firm RETURN n": (
        "Patent S Firm"
    ),
    "MATCH (n:/* Patent */Firm // :Region\n) RETURN n": "Firm",
    "MATCH (n) SET n:Firm REMOVE n:Patent": "Firm Patent",
    "CREATE CONSTRAINT c IF NOT EXISTS FOR (n:Firm) REQUIRE n.id IS UNIQUE": "Firm",
    "LOAD FROM $rows WITH id AS _id MATCH (n:Firm) WHERE n.id = _id SET n.size = _id": "Firm",
    # values of maps, keys, properties, slices, texts, parameters: none is a kind
    "MATCH (Firm {id: Firm, name: W}) RETURN {S: S, Firm: Firm.W} AS Run": "",
    "MATCH (Run) RETURN Run {.id, S: Run, W: [S, 1]} AS m": "",
    "RETURN {a: 1, b: {Firm: W, S: Firm}, c: [Firm]} AS Firm": "",
    "WITH [1, 2] AS W, 1 AS S RETURN W[1:S] AS a, W[S:W] AS b, [1][0:S] AS c, $W[0:S] AS d": "",
    "RETURN ':Firm' AS Firm, \":CITES\" AS CITES, $Firm AS W, 1 AS `:S`": "",
    "MATCH (n) RETURN n.Firm AS Firm, W(n) AS W, count(S) AS S ORDER BY Firm": "",
    "RETURN reduce(S = 0, x IN [1] | S + x) AS W, [x IN [1] | W] AS S": "",
    "MATCH (n) RETURN n.x IS NOT NULL AS Firm, n.y IS NULL AS W": "",
    "UNWIND [1] AS W RETURN CASE W WHEN 1 THEN Firm ELSE S END AS x": "",
}


@pytest.mark.parametrize("statement", NAMED)
def test_kinds_are_what_stands_behind_a_colon_and_is_no_value(statement: str) -> None:
    found = [token.text for token in kind_tokens(tokenize(statement))]
    assert found == NAMED[statement].split()


def test_a_name_in_back_ticks_is_a_kind_as_it_is_spelled() -> None:
    assert kinds_of("MATCH (n:`Fi``rm`:`a b`) RETURN n.`:W` AS x") == {"Fi`rm", "a b"}


@pytest.mark.parametrize("text", ["", ":", "::", "(:", "[:|", "IS", "n:(", "{:", "}}:Firm", "n:$"])
def test_half_a_statement_breaks_nothing(text: str) -> None:
    assert {token.text for token in kind_tokens(tokenize(text))} <= {"Firm"}
