"""A server whose administrator has set limits: of time, of waiting, of memory."""

from __future__ import annotations

import atexit
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import neo4j
import neo4j_server as rig
import pyarrow as pa
import pytest
from spillgraph.core.errors import StoreError, StoreLockedError
from spillgraph.graph.bolt import pieces
from spillgraph.graph.bolt import store as bolt_store
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch, Loaded

LIMITS = {
    "db.transaction.timeout": "2s",
    "db.lock.acquisition.timeout": "300ms",
    "db.memory.transaction.max": "10m",
}


@pytest.fixture(scope="module")
def limited(neo4j_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[rig.Server]:
    home = tmp_path_factory.mktemp("limited") / "home"
    atexit.register(rig.stop, home)
    options = ["-XX:TieredStopAtLevel=1"]
    server = rig.start(home, heap="512m", pagecache="64m", settings=LIMITS, java_options=options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEO4J_USERNAME", server.username)
        patch.setenv("NEO4J_PASSWORD", server.password)
        yield server
    rig.stop(home)


def firms(n: int, name: str = "") -> Batch:
    ids = [f"F{i}" for i in range(n)]
    text, number = pa.array([None] * n, pa.string()), pa.array([None] * n, pa.float64())
    columns = {"id": ids, "name": [name] * n, "industry": ids, "region": text, "country": text}
    return Batch("f", "Firm", pa.table(columns | {"lat": number, "lon": number, "size": number}))


def test_the_lock_outlasts_the_servers_limit_of_a_transaction(limited: rig.Server) -> None:
    with open_store(limited.address) as store:
        store.prepare()
        lock = store._writer._transaction  # type: ignore[attr-defined]
        time.sleep(2.5)
        with pytest.raises(StoreLockedError, match="another process writes"):
            open_store(limited.address)
        store.load(firms(3))
        assert store._writer._transaction is lock  # type: ignore[attr-defined]
        store.clear()


def test_a_batch_too_large_for_the_servers_memory_is_told_and_goes_on_in_smaller_pieces(
    limited: rig.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = firms(20_000, "n" * 350)
    connect = neo4j.GraphDatabase.driver

    def impatient(*given: Any, **named: Any) -> neo4j.Driver:
        """The driver tries for half a minute: others may let go of memory."""
        return connect(*given, **named, max_transaction_retry_time=0)

    monkeypatch.setattr(neo4j.GraphDatabase, "driver", impatient)
    with open_store(limited.address) as store:
        store.prepare()
        with pytest.raises(StoreError, match=r"ran out of memory: .*\. Give the server more"):
            store.load(batch)
        assert store.count("Firm", None, None).rows == 0
        monkeypatch.setattr(pieces, "_PIECE_ROWS", 2_000)
        monkeypatch.setattr(bolt_store, "_DROP_ROWS", 2_000)
        assert store.load(batch)
        assert store.batches() == {"f": Loaded("Firm", 20_000, 0.0)}
        store.clear()
