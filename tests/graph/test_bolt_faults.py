"""Faults between a batch and its note: connections that break, drops that are killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import neo4j_server as rig
import numpy as np
import pyarrow as pa
import pytest
from neo4j import Driver, GraphDatabase
from spillgraph.core.errors import StoreError, StoreLockedError
from spillgraph.graph.bolt import pieces, writer
from spillgraph.graph.bolt import store as bolt_store
from spillgraph.graph.bolt.writer import Writer
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch, GraphStore, Loaded

ENDS = ("Firm", "Firm")


def firms(n: int) -> Batch:
    ids = [f"F{i}" for i in range(n)]
    text, number = pa.array([None] * n, pa.string()), pa.array([None] * n, pa.float64())
    columns = {"id": ids, "name": ids, "industry": ids, "region": text, "country": text}
    return Batch("f", "Firm", pa.table(columns | {"lat": number, "lon": number, "size": number}))


def citations(n: int, edges: int) -> Batch:
    """Each edge is another: from and to give its number."""
    ends = {
        "from": [f"F{i % n}" for i in range(edges)],
        "to": [f"F{i // n}" for i in range(edges)],
    }
    rest = {"year": [2000] * edges, "count": [1.0] * edges}
    return Batch("c", "CITES", pa.table(ends | rest), ENDS, "count")


@contextmanager
def connected(server: rig.Server) -> Iterator[Driver]:
    auth = (server.username, server.password)
    with GraphDatabase.driver(
        server.address, auth=auth, notifications_min_severity="OFF"
    ) as driver:
        yield driver


def ask(server: rig.Server, statement: str, **given: Any) -> Any:
    """Return the one value of an answer."""
    with connected(server) as driver:
        return driver.execute_query(statement, given).records[0].value()


class Interruption(Exception):
    pass


# -- the answer to a commit is lost --------------------------------------------------------------

COMMIT = b"\x00\x02\xb0\x12\x00\x00"


class Cutter:
    """Stands between driver and server, and cuts every other connection that commits.

    ``after``: once the server has committed and answered; else before it hears of the commit.
    """

    def __init__(self, port: int, *, after: bool) -> None:
        self.after = after
        self.cuts = self.commits = 0
        self.active = False
        self.at_cut: Callable[[], None] = lambda: None
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                lost = threading.Event()  # the answer is to be lost
                for part in (self._up, self._down):
                    threading.Thread(target=part, args=(client, server, lost), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 16):
                if self.active and data.endswith(COMMIT):
                    self.commits += 1
                    if self.commits % 2:
                        self.cuts += 1
                        if not self.after:
                            self.at_cut()
                            break
                        lost.set()
                server.sendall(data)
        _shut(client, server)

    def _down(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if lost.is_set():  # it is the server's SUCCESS
                    self.at_cut()
                    break
                client.sendall(data)
        _shut(client, server)


def _shut(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@pytest.fixture(params=["after", "before"])
def cutter(request: pytest.FixtureRequest, new_neo4j: rig.Server) -> Iterator[Cutter]:
    cutter = Cutter(new_neo4j.port, after=request.param == "after")
    yield cutter
    cutter.close()


def held(server: rig.Server) -> tuple[int, int, int]:
    """Return how many edges there are, how many different ones, and how many firms."""
    edges = "MATCH (a:Firm)-[c:CITES]->(b:Firm) RETURN [count(*), count(DISTINCT a.id + b.id)]"
    return *ask(server, edges), ask(server, "MATCH (f:Firm) RETURN count(f)")


def test_what_is_cut_off_at_its_commit_is_done_once(
    new_neo4j: rig.Server, cutter: Cutter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_PIECE_ROWS", 300)
    monkeypatch.setattr(bolt_store, "_DROP_ROWS", 400)
    with open_store(cutter.address) as store:
        store.prepare()
        cutter.active = True
        store.load(firms(100))
        store.load(citations(100, 600))
        assert cutter.cuts >= 5  # 1 + 2 pieces, and what is read before them
        assert held(new_neo4j) == (600, 600, 100)
        assert store.batches() == {"f": Loaded("Firm", 100, 0.0), "c": Loaded("CITES", 600, 600.0)}
        store.drop_edges("CITES")
        assert held(new_neo4j) == (0, 0, 100)
        assert set(store.batches()) == {"f"}


def test_a_commit_that_never_gets_an_answer_is_one_error(
    new_neo4j: rig.Server, cutter: Cutter
) -> None:
    with open_store(cutter.address) as store:
        store.prepare()
        cutter.active = True
        cutter.at_cut = lambda: setattr(cutter, "commits", 0)  # the next one, too
        with pytest.raises(
            StoreError, match=r"no graph server answers.*run the same command again"
        ):
            store.load(firms(3))
    cutter.active = False
    with open_store(cutter.address) as store:
        store.prepare()
        store.load(firms(3))
    assert held(new_neo4j) == (0, 0, 3)


def test_a_transaction_is_repeated_only_by_the_one_who_writes(new_neo4j: rig.Server) -> None:
    """Between commit and repetition another process may have become the writer."""
    cutter, others = Cutter(new_neo4j.port, after=False), []

    def come_between() -> None:
        end_lock(new_neo4j)
        others.append(open_store(new_neo4j.address))

    with open_store(cutter.address) as store:
        store.prepare()
        store.load(firms(2))
        batch = citations(2, 1)
        cutter.at_cut, cutter.active = come_between, True
        try:
            with pytest.raises(StoreLockedError):
                store._write(  # type: ignore[attr-defined]
                    pieces.add, pieces.create(batch), batch, batch.table, 0, pieces.WHOLE
                )
        finally:
            others[0].close()
            cutter.close()
    assert held(new_neo4j)[0] == 0


def test_a_piece_is_in_once_however_often_it_is_written(neo4j: rig.Server) -> None:
    batch = citations(10, 50)
    with open_store(neo4j.address) as store:
        store.prepare()
        store.load(firms(10))
        with connected(neo4j) as driver, driver.session() as session:
            for _ in range(3):
                for start in (0, 30):
                    piece = batch.table.slice(start, 30)
                    after = pieces.WHOLE if start else 30
                    session.execute_write(
                        pieces.add, pieces.create(batch), batch, piece, start, after
                    )
        assert held(neo4j) == (50, 50, 10)
        assert store.batches()["c"] == Loaded("CITES", 50, 50.0)


def test_rows_that_others_have_removed_meanwhile_are_not_passed_over(neo4j: rig.Server) -> None:
    batch = citations(10, 50)
    written = pieces.add, pieces.create(batch), batch
    with open_store(neo4j.address) as store:
        store.prepare()
        store.load(firms(10))
        with connected(neo4j) as driver, driver.session() as session:
            with pytest.raises(StoreError, match="has lost rows that were in"):
                session.execute_write(*written, batch.table.slice(30), 30, pieces.WHOLE)
            session.execute_write(*written, batch.table.slice(0, 20), 0, 20)
            for after in (40, pieces.WHOLE):
                with pytest.raises(StoreError, match="has lost rows that were in"):
                    session.execute_write(*written, batch.table.slice(30), 30, after)
            session.execute_write(*written, batch.table.slice(0, 10), 0, 10)  # is in already
        assert held(neo4j) == (20, 20, 10)


def rows_of(table: pa.Table, start: int = 0) -> list[int]:
    return [piece.num_rows for _, piece in pieces.cut(table, start)]


def test_a_piece_is_small_in_rows_and_in_bytes() -> None:
    assert rows_of(pa.table({"x": ["a"] * 50_000})) == [20_000, 20_000, 10_000]
    long = pa.table({"x": ["n" * 40_000] * 1_000})
    assert 8 << 19 < rows_of(long)[0] * 40_000 <= 8 << 20
    assert rows_of(pa.table({"x": ["n" * (9 << 20)] * 2})) == [1, 1]
    assert rows_of(long.slice(0, 0)) == [0]  # no rows, but a note


def test_rows_of_very_different_lengths_make_no_large_piece() -> None:
    """A thousand long rows among thirty thousand: the average says nothing of a piece."""
    lengths = [10] * 12_000 + [40_000] * 1_000 + [None] * 10_000 + [9 << 20] + [10] * 7_000
    text = pa.array([None if each is None else "n" * each for each in lengths], pa.string())
    table = pa.table({"x": text, "y": np.arange(len(text)), "z": np.zeros(len(text))})
    found = list(pieces.cut(table))
    assert pa.concat_tables([piece for _, piece in found]).equals(table)
    for start, piece in found:
        size = sum((each or 0) + 16 for each in lengths[start : start + piece.num_rows])
        assert size <= 8 << 20 or piece.num_rows == 1
    assert len(found) < 40
    # Whoever goes on behind a piece cuts the rest as it would have been cut, wherever it lies.
    again = pa.concat_tables([table.slice(n, 777) for n in range(0, len(text), 777)])
    for number, (start, _) in enumerate(found):
        rest = [piece.num_rows for _, piece in found[number:]]
        assert rows_of(table, start) == rows_of(again, start) == rest


# -- the lock ------------------------------------------------------------------------------------


def end_lock(server: rig.Server) -> None:
    """End the transaction that is the lock, as an administrator may."""
    with connected(server) as driver, driver.session() as session:
        ids = session.run(
            "SHOW TRANSACTIONS YIELD transactionId, metaData, currentQuery, connectionId, database "
            "WHERE database <> 'system' AND NOT currentQuery CONTAINS 'SHOW TRANSACTIONS' "
            "RETURN transactionId"
        ).value()
        session.run("TERMINATE TRANSACTIONS $ids", ids=ids).consume()


def test_a_writer_that_lost_its_lock_takes_it_again_or_stops(neo4j: rig.Server) -> None:
    with open_store(neo4j.address) as store:
        store.prepare()
        end_lock(neo4j)
        store.load(firms(2))
        with pytest.raises(StoreLockedError):
            open_store(neo4j.address)
        end_lock(neo4j)
        with open_store(neo4j.address), pytest.raises(StoreLockedError, match="another process"):
            store.load(citations(2, 1))
        assert held(neo4j)[0] == 0
        store.load(citations(2, 1))


@pytest.mark.parametrize("begun", [False, True])
def test_a_writer_that_lost_its_lock_writes_nothing_where_another_has_written(
    neo4j: rig.Server, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    """Its lock is cut while it reads; another one clears, loads and ends; then it writes."""
    monkeypatch.setattr(pieces, "_PIECE_ROWS", 10)
    real = bolt_store.add

    def come_between(*arguments: Any) -> None:
        real(*arguments)
        if arguments[4] == 10:  # only the first piece is in
            raise Interruption

    with open_store(neo4j.address) as store:
        store.prepare()
        store.load(firms(10))
        if begun:
            with monkeypatch.context() as patch, pytest.raises(Interruption):
                patch.setattr(bolt_store, "add", come_between)
                store.load(citations(10, 50))
        end_lock(neo4j)
        with open_store(neo4j.address) as other:
            other.prepare()
            other.clear()
            other.load(replace(firms(4), id="other"))
            other.load(replace(citations(4, 7), id="others"))
        batch = citations(10, 50)
        for _ in range(2):  # and it stays so
            with pytest.raises(StoreError, match=r"another process has written to .* meanwhile"):
                store._write(  # type: ignore[attr-defined]
                    pieces.add, pieces.create(batch), batch, batch.table.slice(10, 10), 10, 20
                )
            with pytest.raises(StoreError, match="meanwhile"):
                store.drop_edges("CITES")
            with pytest.raises(StoreError, match="meanwhile"):
                store.clear()
        open_store(neo4j.address).close()  # nor does it keep others from writing
    assert held(neo4j) == (7, 7, 4)


def test_a_server_that_is_slow_is_not_taken_for_a_second_writer(
    neo4j: rig.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(neo4j.address).close()
    monkeypatch.setattr(writer, "_PATIENCE_S", 0.2)
    with connected(neo4j) as driver, driver.session() as session:
        with session.begin_transaction() as gate:
            gate.run(writer._TAKE, id=writer._GATE).consume()
            with pytest.raises(StoreError, match="does not say in time") as caught:
                open_store(neo4j.address)
            assert not isinstance(caught.value, StoreLockedError)
            gate.rollback()
        with session.begin_transaction() as lock:
            lock.run(writer._TAKE, id=writer._LOCK).consume()
            with pytest.raises(StoreLockedError):
                open_store(neo4j.address)
            lock.rollback()
    open_store(neo4j.address).close()


def begin_at_once(server: rig.Server, number: int) -> tuple[int, int]:
    """Open a store in many threads; return how many write, and how many were told."""
    barrier, over = threading.Barrier(number), threading.Event()
    stores: list[GraphStore] = []
    told: list[StoreLockedError] = []

    def begin() -> None:
        barrier.wait()
        try:
            store = open_store(server.address)
        except StoreLockedError as error:
            told.append(error)
            return
        stores.append(store)
        if over.is_set():
            store.close()

    threads = [threading.Thread(target=begin, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)
    found = len(stores), len(told)
    over.set()
    for store in stores:
        store.close()
    return found


def test_of_many_that_begin_at_once_one_writes_and_the_others_are_told(
    new_neo4j: rig.Server,
) -> None:
    assert begin_at_once(new_neo4j, 3) == (1, 2)
    open_store(new_neo4j.address).close()


def test_of_two_that_find_the_lock_free_none_waits_for_the_others_whole_run(
    new_neo4j: rig.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, real = threading.Barrier(2), Writer._trial

    @contextmanager
    def slow(self: Writer, id: int, seconds: float) -> Iterator[None]:
        with real(self, id, seconds):
            yield
        if id == writer._LOCK:  # it is free: time for another one to find that, too
            with suppress(threading.BrokenBarrierError):
                both.wait(1.5)

    monkeypatch.setattr(Writer, "_trial", slow)
    assert begin_at_once(new_neo4j, 2) == (1, 1)


def test_nothing_of_the_lock_stays_in_the_database(neo4j: rig.Server) -> None:
    with open_store(neo4j.address) as store:
        store.prepare()
    assert ask(neo4j, "MATCH (n) RETURN count(n)") == 0


# -- killed while it drops -----------------------------------------------------------------------

_DROP = """
import sys
from spillgraph.graph.bolt import store
from spillgraph.graph.open import open_store

store._DROP_ROWS = 100
with open_store(sys.argv[1]) as opened:
    if sys.argv[2] == "clear":
        opened.clear()
    else:
        opened.drop_edges(sys.argv[2])
"""


@pytest.mark.parametrize("what", ["CITES", "clear"])
def test_a_drop_that_was_killed_is_finished_by_prepare(neo4j: rig.Server, what: str) -> None:
    edges = 20_000
    with open_store(neo4j.address) as store:
        store.prepare()
        store.load(firms(200))
        store.load(citations(200, edges))
    ask(neo4j, "CREATE (:Paper {id: 'mine'})-[c:CITES]->(:Paper) RETURN 1")
    child = subprocess.Popen([sys.executable, "-c", _DROP, neo4j.address, what])
    with connected(neo4j) as driver, driver.session() as session:
        count = "MATCH (:Firm)-[c:CITES]->(:Firm) RETURN count(c)"
        while session.run(count).single(strict=True).value() > edges - 1_000:
            assert child.poll() is None
            time.sleep(0.003)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert 0 < held(neo4j)[0] < edges
    with open_store(neo4j.address, read_only=True) as reader:
        (pending,) = (note for note in reader.batches().values() if not note.whole)
        assert pending.rows == 0
        assert "c" not in reader.batches()
    began = time.monotonic()
    with open_store(neo4j.address) as store:  # the lock of the one that was killed is gone
        assert time.monotonic() - began < 5
        store.prepare()
        left = {} if what == "clear" else {"f": Loaded("Firm", 200, 0.0)}
        assert store.batches() == left
        assert held(neo4j) == (0, 0, 0 if what == "clear" else 200)
        assert ask(neo4j, "MATCH (:Paper {id: 'mine'})-[c:CITES]->(:Paper) RETURN count(c)") == 1
        store.load(firms(200))
        assert store.load(citations(200, 300))
        assert held(neo4j) == (300, 300, 200)
