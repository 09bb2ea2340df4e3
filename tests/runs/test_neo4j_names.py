"""Names that look like Cypher are only names: loaded through the whole pipeline, found again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j_server as rig
import pandas as pd
import pytest
from spillgraph.cli.main import _exit_code
from spillgraph.graph.open import open_store
from spillgraph.graph.store import GraphStore

EVIL = "x'}) DETACH DELETE n //"
NAMES = [
    EVIL,
    'x"}) MATCH (n) DETACH DELETE n //',
    "a`) DELETE n //``b",
    "\\u0027}) DETACH DELETE n //",
    "first line\nMATCH (n) DETACH DELETE n",
    "$id {id} %s {{0}} ${HOME}",
    "back\\slash\\",
    "é 漢 \U0001f600 \u202e\u0301",
    "-- ; /* */ :param x => 1",
]
LONG = "y'})" * 10_000


def write(tiny: Any, name: str, columns: str, rows: list[list[Any]]) -> None:
    """Put a Parquet file in the place of a table: a CSV file may hold no line break in a field."""
    frame = pd.DataFrame(rows, columns=columns.split())
    frame.to_parquet(tiny.folder / f"{name}.parquet")
    tiny.replace(f"{name}.csv", f"{name}.parquet")


@pytest.fixture(scope="module")
def graph(
    neo4j_of_module: rig.Server,
    tiny_in: Callable[[Path], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[GraphStore]:
    """A study full of such names on a server; every firm cites the one before."""
    base = tmp_path_factory.mktemp("names")
    tiny = tiny_in(base / "study")
    firms = [[name, name, "A", name, name] for name in NAMES] + [["long", LONG, EVIL, None, None]]
    write(tiny, "firms", "id name industry region country", firms)
    write(tiny, "fine", "code name", [["A", NAMES[1]], [EVIL, NAMES[2]]])
    write(tiny, "map", "from to weight", [["A", "x", 1.0], [EVIL, "y", 1.0]])
    pairs = list(zip([*NAMES[1:], "long"], NAMES, strict=True))
    cited = [[*pair, 2000 + n % 3, n + 1.0] for n, pair in enumerate(pairs)]
    write(tiny, "citations", "citing cited year count", cited)
    write(tiny, "trade", "supplier buyer year value", [[*pair, 2001, 1.5] for pair in pairs])
    command = ["run", str(tiny.path), "--out", str(base / "out"), "-q"]
    assert _exit_code([*command, "--store", neo4j_of_module.address], debug=True) == 0
    with open_store(neo4j_of_module.address, read_only=True) as store:
        yield store


def ask(address: str, name: str, capsys: pytest.CaptureFixture[str], **given: str) -> list[Any]:
    """Ask a query of the library as a user does."""
    values = [word for key, value in given.items() for word in ("--param", f"{key}={value}")]
    command = ["query", name, *values, "--store", address, "--format", "json"]
    assert _exit_code(command, debug=True) == 0
    return list(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_found_by_itself(graph: GraphStore, capsys, name: str) -> None:
    (found,) = ask(graph.url, "firms_of_a_region", capsys, region=name)
    assert (found["firm"], found["name"], found["country"]) == (name, name, name)
    at = NAMES.index(name)
    buyers = ask(
        graph.url, "largest_customers_of_a_firm", capsys,
        firm=[*NAMES, "long"][at + 1], first_year="2000", last_year="2002",
    )  # fmt: skip
    assert [(row["customer"], row["name"]) for row in buyers] == [(name, name)]


def test_every_name_is_there_once_and_nothing_else(graph: GraphStore) -> None:
    rows = graph.query("MATCH (f:Firm) RETURN f.id AS id, f.name AS name").to_pylist()
    wanted = {name: name for name in NAMES} | {"long": LONG}
    assert len(rows) == len(wanted) and {row["id"]: row["name"] for row in rows} == wanted


def test_citations_hang_on_the_right_names(graph: GraphStore, capsys) -> None:
    found = ask(graph.url, "top_cited_firms", capsys, industry="A", limit="100")
    assert {row["firm"]: row["citations"] for row in found} == {
        name: n + 1 for n, name in enumerate(NAMES)
    }


def test_a_code_is_only_a_code(graph: GraphStore, capsys) -> None:
    (found,) = graph.query(
        "MATCH (f:Firm)-[:IN_INDUSTRY]->(i:Industry) WHERE i.code = $code "
        "RETURN f.id AS id, i.name AS name",
        {"code": EVIL},
    ).to_pylist()
    assert found == {"id": "long", "name": NAMES[2]}
    (mapped,) = ask(
        graph.url, "concordance_of_an_industry", capsys,
        classification="f", industry=EVIL, target="t",
    )  # fmt: skip
    assert (mapped["code"], mapped["weight"]) == ("y", 1.0)


def test_an_id_that_no_index_takes_is_one_error_and_nothing_is_in(
    neo4j: rig.Server, tiny, tmp_path: Path, capsys
) -> None:
    tiny.append("firms.csv", f"{'z' * 9_000},Long,A,North,Land,,,\n")
    command = ["run", str(tiny.path), "--out", str(tmp_path / "out"), "--store", neo4j.address]
    assert _exit_code([*command, "-q"], debug=False) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "Firm: id of 9,000 bytes" in error
    with open_store(neo4j.address, read_only=True) as store:
        assert store.count("Firm", None, None).rows == 0
