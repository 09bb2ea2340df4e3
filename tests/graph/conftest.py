"""The stores that every suite of the contract runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from spillgraph.graph.open import open_store
from spillgraph.graph.store import GraphStore

Opener = Callable[..., GraphStore]


@pytest.fixture(params=["ladybug", "neo4j"])
def where(request: pytest.FixtureRequest) -> str:
    """Name a store; behind a slash may stand a namespace."""
    return str(request.param)


@pytest.fixture
def opener(where: str, request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Open the same store again and again."""
    name, _, namespace = where.partition("/")
    if where == "neo4j/steel":  # what other tests have left there is somebody else's
        server = request.getfixturevalue("neo4j_of_module")
        auth = (server.username, server.password)
        with GraphDatabase.driver(server.address, auth=auth) as driver:
            driver.execute_query("MATCH (n:steel_Spillgraph) DETACH DELETE n")
        address = server.address
    elif name == "neo4j":
        address = request.getfixturevalue("neo4j").address
    else:
        address = str(tmp_path / "graph.lbug")
    return lambda **options: open_store(address, namespace=namespace or None, **options)


@pytest.fixture
def store(opener: Opener) -> Iterator[GraphStore]:
    """An empty store, open for writing."""
    with opener() as opened:
        opened.prepare()
        yield opened
