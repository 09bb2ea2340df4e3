"""What can be wrong with a server, its address or the credentials: one clear sentence each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import neo4j_server as rig
import pyarrow as pa
import pytest
from spillgraph.cli.main import _exit_code
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch

WRONG = "hunter22hunter"

Fails = Callable[..., str]


@pytest.fixture
def fails(tiny, tmp_path: Path, capfd, monkeypatch: pytest.MonkeyPatch) -> Fails:
    """Run the tiny study on a store; return the one sentence with which it is refused."""
    monkeypatch.setenv("NEO4J_PASSWORD", WRONG)
    for name in ("NEO4J_USERNAME", "NEO4J_DATABASE", "NEO4J_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)

    def run(store: str, *, code: int, secret: str = WRONG) -> str:
        out = tmp_path / "out"
        arguments = ["run", str(tiny.path), "--out", str(out), "--store", store, "-q"]
        assert _exit_code(arguments, debug=False) == code
        said, error = capfd.readouterr()
        assert said == "" and error.startswith("Error: ") and error.endswith("\n")
        assert error.count("\n") == 1 and "Traceback" not in error
        assert secret not in error
        written = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
        assert not any(secret.encode() in content for content in written)
        assert not (out / "run.json").exists()
        return error

    return run


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


# -- nobody answers, or somebody else ------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s", "neo4j+ssc"])
def test_connection_refused(fails: Fails, scheme: str) -> None:
    address = f"{scheme}://127.0.0.1:{closed_port()}"
    error = fails(address, code=1)
    assert f"no graph server answers at {address} (Connection refused)" in error
    assert "Is it running" in error and "run the same command again" in error


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_host_that_nobody_knows(fails: Fails, scheme: str) -> None:
    error = fails(f"{scheme}://nowhere.invalid", code=1)
    assert f"no graph server answers at {scheme}://nowhere.invalid (" in error


def test_an_error_of_the_driver_is_the_only_line_of_a_process(tiny, tmp_path: Path) -> None:
    """In a process of its own, where nobody takes what the driver logs."""
    address = f"neo4j://127.0.0.1:{closed_port()}"
    code = "import sys; from spillgraph.cli.main import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, "query", "runs", "--store", address],
        env=os.environ | {"NEO4J_PASSWORD": WRONG},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("Error: no graph server") and done.stderr.count("\n") == 1


@contextmanager
def answering(reply: bytes | None) -> Iterator[int]:
    """A server that gives everybody the same answer, or hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client:
                        if reply:
                            client.recv(1 << 16)
                            client.sendall(reply)

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


OTHERS = {
    "HTTP": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing": None,
}


@pytest.mark.parametrize("what", OTHERS)
@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s"])
def test_another_kind_of_server(fails: Fails, scheme: str, what: str) -> None:
    with answering(OTHERS[what]) as port:
        strange = what == "SSH" and scheme != "bolt+s"  # it answers, but in no known language
        error = fails(f"{scheme}://127.0.0.1:{port}", code=2 if strange else 1)
    assert f"{scheme}://127.0.0.1:{port}" in error
    if what == "HTTP" and scheme == "bolt":
        assert "looks like HTTP" in error


@pytest.mark.parametrize("scheme", ["bolt+s", "bolt+ssc", "neo4j+s"])
def test_encryption_that_the_server_does_not_have(
    neo4j: rig.Server, fails: Fails, scheme: str
) -> None:
    error = fails(f"{scheme}://127.0.0.1:{neo4j.port}", code=1)
    assert "no encrypted connection (" in error
    assert "write bolt or neo4j" in error


# -- credentials ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_wrong_password(neo4j: rig.Server, fails: Fails, scheme: str) -> None:
    error = fails(f"{scheme}://127.0.0.1:{neo4j.port}", code=2)
    assert "refuses user 'neo4j': wrong name or password" in error
    assert "NEO4J_PASSWORD" in error and "NEO4J_CREDENTIALS" in error


def test_wrong_user(neo4j: rig.Server, fails: Fails, monkeypatch) -> None:
    monkeypatch.setenv("NEO4J_USERNAME", "nobody")
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j.password)
    error = fails(neo4j.address, code=2, secret=neo4j.password)
    assert "refuses user 'nobody'" in error


def test_no_password(fails: Fails, monkeypatch) -> None:
    monkeypatch.delenv("NEO4J_PASSWORD")
    error = fails("neo4j://127.0.0.1", code=2)
    assert "needs a password: set NEO4J_PASSWORD" in error


@pytest.mark.parametrize("secret", [WRONG, f"a#{WRONG}", f"a/{WRONG}", f"[{WRONG}"])
def test_a_password_in_the_address_is_refused_and_never_repeated(fails: Fails, secret: str) -> None:
    error = fails(f"neo4j://neo4j:{secret}@127.0.0.1:7687", code=2)
    assert "leave them out and set NEO4J_USERNAME and NEO4J_PASSWORD" in error


def test_a_file_of_credentials_is_enough(
    neo4j: rig.Server, tiny, tmp_path: Path, monkeypatch, capfd
) -> None:
    path = tmp_path / "credentials"
    path.write_text(f"NEO4J_USERNAME={neo4j.username}\nNEO4J_PASSWORD={neo4j.password}\n")
    monkeypatch.delenv("NEO4J_USERNAME")
    monkeypatch.delenv("NEO4J_PASSWORD")
    monkeypatch.setenv("NEO4J_CREDENTIALS", str(path))
    out = tmp_path / "out"
    arguments = ["run", str(tiny.path), "--out", str(out), "--store", neo4j.address]
    assert _exit_code(arguments, debug=False) == 0
    assert neo4j.password not in "".join(capfd.readouterr())
    written = [path for path in out.rglob("*") if path.is_file()]
    assert out / "run.json" in written
    assert not [path for path in written if neo4j.password.encode() in path.read_bytes()]


def test_a_file_of_credentials_with_a_wrong_line(fails: Fails, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "credentials"
    path.write_text(f"{WRONG}\n")
    monkeypatch.delenv("NEO4J_PASSWORD")
    monkeypatch.setenv("NEO4J_CREDENTIALS", str(path))
    assert f"{path}, line 1: write NAME=VALUE" in fails("neo4j://127.0.0.1", code=2)


# -- databases -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
@pytest.mark.parametrize("how", ["address", "environment"])
def test_no_such_database(
    neo4j: rig.Server, fails: Fails, monkeypatch, scheme: str, how: str
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j.password)
    address = f"{scheme}://127.0.0.1:{neo4j.port}"
    if how == "address":
        address += "/none"
    else:
        monkeypatch.setenv("NEO4J_DATABASE", "none")
    error = fails(address, code=2, secret=neo4j.password)
    assert "there is no database 'none'" in error and "NEO4J_DATABASE" in error


def test_no_graph_to_ask(neo4j: rig.Server, capfd) -> None:
    assert _exit_code(["query", "runs", "--store", neo4j.address], debug=False) == 2
    said, error = capfd.readouterr()
    assert said == "" and error.count("\n") == 1
    assert "there is no graph of spillgraph at" in error and "spillgraph run STUDY" in error


def test_a_database_that_is_read_only(neo4j_home_factory, fails: Fails, monkeypatch, capfd) -> None:
    server = neo4j_home_factory()
    monkeypatch.setenv("NEO4J_PASSWORD", server.password)
    one = pa.table({"name": ["Tiny"], "target": ["t"]})
    with open_store(server.address) as store:
        store.prepare()
        store.load(Batch("x", "Study", one))
    rig.stop(server)
    settings = {"server.databases.default_to_read_only": "true"}
    server = neo4j_home_factory(server.home, settings=settings)
    error = fails(server.address, code=1, secret=server.password)
    assert "accepts no writes: the database is read-only" in error
    # whoever only reads is served
    ask = ["cypher", "MATCH (s:Study) RETURN s.name AS name", "--store", server.address]
    assert _exit_code([*ask, "--format", "csv"], debug=False) == 0
    assert capfd.readouterr().out.split() == ['"name"', '"Tiny"']
