"""Rights that a user lacks. The community server has no roles, so a stub says what the other says.

The stub is a socket that speaks as much Bolt 5.4 as the driver needs; its refusals have the codes
and the words of an enterprise server.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import neo4j_server as rig
import pytest
from spillgraph.core.errors import InputError, SpillgraphError, StoreError
from spillgraph.graph.bolt.store import BoltStore, constraints
from spillgraph.graph.open import open_store
from spillgraph.graph.schema import NODES

FORBIDDEN = "Neo.ClientError.Security.Forbidden"
NO_CREATE = (
    "Schema operation 'create_constraint' on database 'neo4j' is not allowed for user 'analyst' "
    "with roles [PUBLIC, reader]."
)
NO_WRITE = (
    "Write operations are not allowed for user 'analyst' with roles [PUBLIC, reader]. Please "
    "consult your administrator."
)
SUCCESS, RECORD, IGNORED, FAILURE = 0x70, 0x71, 0x7E, 0x7F
HELLO, GOODBYE, RESET, RUN, PULL = 0x01, 0x02, 0x0F, 0x10, 0x3F

#: Fields and rows of an answer, or code and message of a failure.
Answer = tuple[list[str], list[list[Any]]] | tuple[str, str]


def pack(value: Any) -> bytes:
    """Write a value as PackStream."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return b"\xcb" + struct.pack(">q", value)
    if isinstance(value, str):
        data = value.encode()
        return b"\xd1" + struct.pack(">H", len(data)) + data
    if isinstance(value, list):
        return b"\xd5" + struct.pack(">H", len(value)) + b"".join(map(pack, value))
    parts = (pack(key) + pack(each) for key, each in value.items())
    return b"\xd9" + struct.pack(">H", len(value)) + b"".join(parts)


class Stub(socketserver.StreamRequestHandler):
    """One connection to a server that answers as ``server.answer`` says."""

    def handle(self) -> None:
        self.rfile.read(20)  # the driver's greeting
        self.wfile.write(b"\x00\x00\x04\x05")  # let us talk Bolt 5.4
        failed, rows = False, []
        while message := self.receive():
            kind = message[1]
            if kind == GOODBYE:
                return
            if kind == RESET:
                failed = False
            if failed:
                self.send(IGNORED)
                continue
            if kind == PULL:
                for row in rows:
                    self.send(RECORD, row)
            found = self.server.answer(message) if kind == RUN else None  # type: ignore[attr-defined]
            if found is not None and isinstance(found[0], str):
                failed = True
                self.send(FAILURE, {"code": found[0], "message": found[1]})
                continue
            if found is not None:
                fields, rows = found
                self.send(SUCCESS, {"fields": fields})
            else:
                who = {"server": "Neo4j/5.26.0", "connection_id": "1"}
                self.send(SUCCESS, who if kind == HELLO else {})

    def receive(self) -> bytes:
        message = b""
        while size := int.from_bytes(self.rfile.read(2), "big"):
            message += self.rfile.read(size)
        return message

    def send(self, kind: int, *field: Any) -> None:
        body = bytes([0xB0 + len(field), kind]) + b"".join(map(pack, field))
        self.wfile.write(struct.pack(">H", len(body)) + body + b"\x00\x00")


class Server(socketserver.ThreadingTCPServer):
    """A stub on a free port; statements that were sent are kept."""

    allow_reuse_address = daemon_threads = True
    address_family = socket.AF_INET

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Stub)
        self.address = f"bolt://127.0.0.1:{self.server_address[1]}"
        self.answers: dict[bytes, Answer] = {}
        self.sent: list[bytes] = []

    def answer(self, message: bytes) -> Answer:
        self.sent.append(message)
        if b"SHOW CONSTRAINTS" in message:
            found: Answer = (["type", "labelsOrTypes", "properties"], [])
        elif b"'drop:'" in message:
            found = (["kind"], [])
        elif b"AS before" in message:
            found = (["id", "before"], [])
        elif b"AS part" in message:
            found = (["part", "n"], [[part, 0] for part in range(message.count(b"AS part"))])
        else:
            found = (["n"], [[0]])
        return next((self.answers[text] for text in self.answers if text in message), found)


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NEO4J_USERNAME", "analyst")
    monkeypatch.setenv("NEO4J_PASSWORD", "hunter22")
    for name in ("NEO4J_DATABASE", "NEO4J_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def refusal(stub: Server) -> Callable[[], str]:
    """Open a store for writing; return the one line with which it is refused."""

    def refuse(kind: type[SpillgraphError] = StoreError) -> str:
        with pytest.raises(kind) as caught:
            open_store(stub.address).close()
        assert "\n" not in str(caught.value) and "hunter22" not in str(caught.value)
        return str(caught.value)

    return refuse


def test_who_may_all_is_let_in(stub: Server) -> None:
    with open_store(stub.address) as store:
        store.prepare()
    created = [message for message in stub.sent if b"CREATE CONSTRAINT" in message]
    assert len(created) == len(constraints())


def test_no_right_to_create_constraints(stub: Server, refusal) -> None:
    stub.answers[b"CREATE CONSTRAINT"] = (FORBIDDEN, NO_CREATE)
    error = refusal()
    assert "user 'analyst' lacks a right" in error and NO_CREATE.rstrip(".") in error
    # What somebody with the right can run, to the letter.
    assert error.endswith(constraints()["SpillgraphWriter"])


def test_no_right_is_needed_for_constraints_that_are_there(stub: Server) -> None:
    keys = {node.name: node.key for node in NODES}
    there = [["UNIQUENESS", [label], [keys.get(label, "id")]] for label in constraints()]
    columns = ["type", "labelsOrTypes", "properties"]
    stub.answers[b"SHOW CONSTRAINTS"] = (columns, there)
    stub.answers[b"CREATE CONSTRAINT"] = (FORBIDDEN, NO_CREATE)
    with open_store(stub.address) as store:
        store.prepare()


def test_constraints_that_are_there_are_seen_on_a_real_server(
    neo4j: rig.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(neo4j.address) as store:
        store.prepare()
    monkeypatch.setattr(BoltStore, "_constrain_one", lambda *_: pytest.fail("creates another"))
    with open_store(neo4j.address) as store:
        store.prepare()


def test_no_right_to_write(stub: Server, refusal) -> None:
    stub.answers[b"MERGE"] = (FORBIDDEN, NO_WRITE)
    error = refusal()
    assert "user 'analyst' lacks a right" in error and "Write operations are not allowed" in error


def test_a_password_that_has_to_be_changed(stub: Server, refusal) -> None:
    expired = ("Neo.ClientError.Security.CredentialsExpired", "The credentials have expired.")
    stub.answers[b"RETURN 1"] = expired
    assert "has to be changed first (ALTER CURRENT USER" in refusal(InputError)


def test_a_machine_of_a_cluster_that_does_not_lead(stub: Server, refusal) -> None:
    code = "Neo.ClientError.Cluster.NotALeader"
    stub.answers[b"MERGE"] = (code, "No write operations are allowed directly on this database.")
    error = refusal()
    assert "accepts no writes" in error and "neo4j://" in error


def test_a_server_without_memory(stub: Server, refusal) -> None:
    code = "Neo.TransientError.General.MemoryPoolOutOfMemoryError"
    stub.answers[b"RETURN 1"] = (code, "The allocation of an extra 2.0 MiB would use too much.")
    assert "ran out of memory" in refusal()


def test_a_database_that_is_not_up(stub: Server, refusal) -> None:
    code = "Neo.TransientError.General.DatabaseUnavailable"
    stub.answers[b"RETURN 1"] = (code, "The database is not currently available.")
    error = refusal()
    assert "is not available" in error and "Run the same command again" in error
