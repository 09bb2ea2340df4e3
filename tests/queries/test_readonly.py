"""What only reads is let through, and nothing else is: by example, and by trying."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ladybug
import neo4j
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spillgraph.queries import is_read_only, why_not_read_only

READS = [
    "MATCH (f:Firm) RETURN f.id AS id",
    "match (f:Firm) return f.id as id;",
    "OPTIONAL MATCH (f:Firm) RETURN count(*) AS n",
    "WITH 1 AS one RETURN one",
    "UNWIND [1, 2] AS x RETURN x",
    "RETURN 1.5e3 AS x, .5 AS y, 1..2",
    "// CREATE a list\nMATCH (f:Firm) /* DELETE */ RETURN f.id AS id // SET",
    "MATCH (f:Firm) WHERE f.name = 'CREATE' OR f.name = \"DROP TABLE\" RETURN f.id AS id",
    "MATCH (f:Firm) WHERE f.name = 'it\\'s SET' RETURN f.id AS id",
    "MATCH (f:Firm) WHERE f.name = 'back\\\\' RETURN f.id AS id",
    "MATCH (f:Firm) WHERE f.name = 'a // b' RETURN f.id AS id",
    "MATCH (f:Firm) WHERE f.name = 'a /* b' RETURN f.id AS id",
    "MATCH (f:Firm) RETURN f.id AS `SET`, f.name AS `a``DROP`",
    "MATCH (f:Firm) WHERE f.region = $import RETURN f.id AS id",
    "MATCH (f:Firm) WHERE f.name = '北京' RETURN f.id AS created, f.name AS dataset",
    "MATCH (f:Firm) WHERE EXISTS { MATCH (f)-[:OWNS]->(p:Patent) } RETURN f.id AS id",
    "MATCH (f:Firm)\r\nRETURN f.id AS id",
]
WRITES = [
    "",
    ";",
    "// nothing",
    "CREATE (:Firm {id: 'z'})",
    "MATCH (f:Firm) CREATE (:Firm {id: 'z'})",
    "MATCH (f:Firm) INSERT (:Firm {id: 'z'})",
    "MERGE (:Firm {id: 'z'})",
    "MATCH (f:Firm) SET f.name = 'z'",
    "MATCH (f:Firm) sEt f.name = 'z'",
    "MATCH (f:Firm) DELETE f",
    "MATCH (f:Firm) DETACH DELETE f",
    "MATCH (f:Firm) NODETACH DELETE f",
    "MATCH (f:Firm) REMOVE f.name",
    "MATCH (f:Firm) FOREACH (x IN [1] | CREATE (:Firm))",
    "DROP TABLE Firm",
    "ALTER TABLE Firm ADD x STRING",
    "COPY Firm FROM 'firms.csv'",
    "LOAD FROM 'secret.csv' RETURN *",
    "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "MATCH (f:Firm) LOAD FROM 'secret.csv' RETURN *",
    "LOAD EXTENSION httpfs",
    "INSTALL httpfs",
    "IMPORT DATABASE 'x'",
    "EXPORT DATABASE 'x'",
    "ATTACH 'x.db' AS x (dbtype duckdb)",
    "DETACH DATABASE x",
    "USE x",
    "USE x MATCH (f) RETURN f",
    "CALL threads = 1",
    "CALL timeout=1 RETURN 1",
    "CALL { CREATE (:Firm {id: 'z'}) } RETURN 1",
    "MATCH (f:Firm) CALL (f) { SET f.name = 'z' } RETURN 1",
    "CALL apoc.cypher.doIt('CREATE ()', {})",
    "RETURN apoc.cypher.runFirstColumnSingle('CREATE ()', {})",
    "RETURN `apoc`.`cypher`.`run`('CREATE ()')",
    "RETURN `nextval`('s')",
    "RETURN nextval('s')",
    "CHECKPOINT",
    "BEGIN TRANSACTION",
    "COMMIT",
    "ROLLBACK",
    "PROFILE CREATE (:Firm)",
    "EXPLAIN MATCH (f) DELETE f",
    "CREATE MACRO f(x) AS x",
    "CREATE SEQUENCE s",
    "CREATE TYPE t AS INT64",
    "CREATE INDEX FOR (f:Firm) ON (f.name)",
    "SHOW SETTINGS",
    "TERMINATE TRANSACTION 'x'",
    "GRANT ROLE admin TO x",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'",
    "RETURN 1; CREATE (:Firm {id: 'z'})",
    "RETURN 1; RETURN 2",
    "MATCH (f:Firm) CRE/**/ATE (:Firm)",
    "MATCH (f:Firm) CREATE/**/(:Firm)",
    "MATCH (f:Firm) CREATE// \n(:Firm)",
    "/**/ CREATE (:Firm)",
    "/* /* */ CREATE (:Firm) // */",
    "MATCH (f:Firm) // x\nCREATE (:Firm)",
    "MATCH (f:Firm) // x\rCREATE (:Firm)",
    "MATCH (f:Firm) // x\r\nCREATE (:Firm)",
    "MATCH (f:Firm) // x\u2028 ' \nCREATE (:Firm) //'",
    "MATCH (f:Firm) // x\x0b ' \nCREATE (:Firm) //'",
    "MATCH (f:Firm) // '\nCREATE (:Firm) // '",
    "MATCH (f:Firm) /* ' */ CREATE (:Firm) /* ' */",
    "MATCH (f:Firm) WHERE f.name = '\\\\' CREATE (:Firm) // '",
    "MATCH (f:Firm) WHERE f.name = '\\'\\\\' CREATE (:Firm) // '",
    'MATCH (f:Firm) WHERE f.name = "\'" CREATE (:Firm) // "\'"',
    "MATCH (f:`a'`) CREATE (:`'b`)",
    "MATCH (f:`a``) CREATE (:`b``)`) CREATE (:Firm)",
    "MATCH (f:Firm) \\u0043REATE (:Firm)",
    "MATCH (f:Firm) WHERE f.name = '\\u0027 CREATE (:Firm) //'",
    "MATCH (f:Firm) \u017fET f.name = 'z'",
    "MATCH (f:Firm) \uff33ET f.name = 'z'",
    "MATCH (f:Firm) WHERE f.size = 1SET f.name = 'z'",
    "MATCH (f:Firm) WHERE f.size = 0x1SET f.name = 'z'",
    "MATCH (f:Firm) WHERE f.size = $1SET f.name = 'z'",
    "MATCH (f:Firm) WHERE f.size = 1.SET f.name = 'z'",
    "MATCH (f:Firm) WHERE f.name = 'open RETURN f",
    "MATCH (f:Firm) /* open RETURN f",
    "MATCH (f:Firm) RETURN f.id AS `open",
]


@pytest.mark.parametrize("text", READS)
def test_reading_is_let_through(text: str) -> None:
    assert why_not_read_only(text) is None


@pytest.mark.parametrize("text", WRITES)
def test_everything_else_is_refused_with_a_reason(text: str) -> None:
    assert not is_read_only(text)
    assert why_not_read_only(text)


NOISE = st.lists(
    st.sampled_from(
        [
            *(
                "'",
                '"',
                "`",
                "``",
                "\\",
                "\\'",
                "/*",
                "*/",
                "//",
                "\n",
                "\r\n",
                " ",
                ";",
                "$1",
                "0x1",
            ),
            *("RETURN 1 AS one ", "WHERE f.id = ", "'b' ", "WITH f "),
        ]
    ),
    max_size=6,
).map("".join)
WRITE = st.sampled_from(["CREATE (:Firm {id: 'z'})", "SET f.name = 'z'", "DETACH DELETE f"])


#: Runs a text in a store that lets it write; None where the store takes it for no statement.
Run = Callable[[str], list[list[Any]] | None]
FIRMS = "MATCH (f:Firm) RETURN f.id AS id, f.name AS name"


@settings(
    max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(before=NOISE, write=WRITE, after=NOISE)
def test_no_text_that_is_let_through_changes_a_store(
    run: Run, before: str, write: str, after: str
) -> None:
    text = f"MATCH (f:Firm) {before} {write} {after}"
    if is_read_only(text):
        run(text)
        assert run(FIRMS) == [["a", "Alpha"]]


def test_a_change_of_the_store_would_be_seen(run: Run) -> None:
    run("MATCH (f:Firm) SET f.name = 'z'")
    assert run(FIRMS) == [["a", "z"]]


@pytest.fixture
def run(request: pytest.FixtureRequest, store_name: str, tmp_path: Path) -> Iterator[Run]:
    if store_name == "neo4j":
        yield _server(request.getfixturevalue("emptied"))
    else:
        with ladybug.Database(str(tmp_path / "fuzz.lbug")) as database:
            yield _embedded(ladybug.Connection(database))


def _embedded(store: ladybug.Connection) -> Run:
    store.execute("CREATE NODE TABLE Firm(id STRING PRIMARY KEY, name STRING)")
    store.execute("CREATE (:Firm {id: 'a', name: 'Alpha'})")

    def run(text: str) -> list[list[Any]] | None:
        try:
            result = store.execute(text)
        except RuntimeError:
            return None
        assert not isinstance(result, list)
        return result.get_all() if result.get_column_names() else []

    return run


def _server(driver: neo4j.Driver) -> Run:
    driver.execute_query("CREATE (:Firm {id: 'a', name: 'Alpha'})")

    def run(text: str) -> list[list[Any]] | None:
        try:
            return [record.values() for record in driver.execute_query(text).records]
        except neo4j.exceptions.Neo4jError:
            return None

    return run


#: A sample of what would write on the server.
LOCKED = [
    "CREATE (:Firm {id: 'z'})",
    "MERGE (:Firm {id: 'z'})",
    "MATCH (f:Firm) SET f.name = 'z'",
    "MATCH (f:Firm) REMOVE f.name",
    "MATCH (f:Firm) DETACH DELETE f",
    "MATCH (f:Firm) FOREACH (x IN [1] | CREATE (:Firm))",
    "CALL { CREATE (:Firm {id: 'z'}) } RETURN 1",
    "PROFILE CREATE (:Firm)",
    "CREATE INDEX FOR (f:Firm) ON (f.name)",
    "MATCH (f:Firm) WHERE f.name = '\\u0027 CREATE (:Firm) //'",
]


def test_a_session_that_reads_is_a_second_lock_on_the_server(emptied: neo4j.Driver) -> None:
    run = _server(emptied)
    rules = run("SHOW INDEXES YIELD name RETURN name ORDER BY name")
    refused = {}
    with emptied.session(default_access_mode=neo4j.READ_ACCESS) as session:
        for text in WRITES:
            try:
                session.execute_read(lambda transaction, text=text: transaction.run(text).consume())
            except neo4j.exceptions.Neo4jError as error:
                refused[text] = error.code
    lock = "Neo.ClientError.Statement.AccessMode"
    assert {text: refused.get(text) for text in LOCKED} == dict.fromkeys(LOCKED, lock)
    # The rest is no statement there, or changes nothing. LOAD CSV reads any file that the
    # server's settings leave open: before that there is no lock but our guard.
    assert run(FIRMS) == [["a", "Alpha"]]
    assert run("SHOW INDEXES YIELD name RETURN name ORDER BY name") == rules
