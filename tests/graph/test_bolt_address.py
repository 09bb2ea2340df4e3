"""Addresses of servers, and credentials: a secret is never part of an address or of a message."""

from __future__ import annotations

from pathlib import Path

import pytest
from spillgraph.core.errors import InputError
from spillgraph.graph.bolt.address import Address, Login, login, parse_address
from spillgraph.graph.open import open_store

SECRET = "hunter22"


@pytest.mark.parametrize(
    ("text", "server", "database"),
    [
        ("neo4j://localhost", "neo4j://localhost", None),
        ("bolt://127.0.0.1:7687/", "bolt://127.0.0.1:7687", None),
        ("bolt+s://graph.example:7688/patents", "bolt+s://graph.example:7688", "patents"),
        ("neo4j+ssc://[::1]:7687/a.b-c", "neo4j+ssc://[::1]:7687", "a.b-c"),
        ("neo4j://a.b.:7687", "neo4j://a.b.:7687", None),
    ],
)
def test_an_address_is_a_server_and_a_database(text: str, server: str, database) -> None:
    address = parse_address(text)
    assert address == Address(server, database)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "neo4j://",
        "neo4j:///db",
        "neo4j:host",
        "bolt://:7687",
        "bolt://host:seven",
        "bolt://host:99999",
        "bolt://host/a/b",
        "bolt://host#db",
        "neo4j://host?policy=eu",
        "neo4j://host%3Fpolicy=eu",
        # hosts that can have no name
        "neo4j://a..b",
        "neo4j://.a",
        f"neo4j+s://{'a' * 64}.example",
        "bolt://[::1",
        "http://host",
        "graph.lbug",
        "",
    ],
)
def test_what_is_no_address_is_refused_with_the_form_that_is_one(text: str) -> None:
    with pytest.raises(
        InputError, match="is not the address of a server; write SCHEME://HOST:PORT"
    ) as caught:
        parse_address(text)
    scheme, colon, _ = text.partition(":")
    assert f"store '{scheme + colon if colon else ''}…' is" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f"neo4j://neo4j:{SECRET}@localhost:7687",
        f"bolt://{SECRET}@localhost",
        # A password may hold what ends the name of a host.
        f"neo4j://neo4j:a#{SECRET}@localhost",
        f"neo4j://neo4j:a/{SECRET}@localhost",
        f"neo4j://neo4j:a?{SECRET}@localhost",
        f"neo4j://neo4j:a[{SECRET}@localhost",
        f"neo4j://neo4j:{SECRET}@localhost:port",
        # and somebody misspells the scheme
        f"neo5j://neo4j:{SECRET}@localhost",
        f"neo4j:neo4j:{SECRET}@localhost",
        # or writes it as for JDBC
        f"bolt://localhost?password={SECRET}",
        f"neo4j://localhost?password={SECRET}",
        f"neo4j://localhost/db?user=neo4j&password={SECRET}",
        f"neo4j://localhost#{SECRET}",
        # or forgets the host
        f"neo4j://neo4j:{SECRET}",
        f"neo4j://neo4j/a/{SECRET}",
        f"neo4j://neo4j%3A{SECRET}",
        f"neo5j://neo4j:{SECRET}",
        # or writes it as for a browser
        f"neo4j://neo4j:{SECRET}%40localhost:7687",
        f"neo4j%3A//neo4j:{SECRET}%40localhost://",
    ],
)
def test_no_message_repeats_a_password_of_the_address(text: str) -> None:
    with pytest.raises(InputError) as caught:
        open_store(text)
    assert SECRET not in str(caught.value)
    if "@" in text or "%40" in text:
        assert "set NEO4J_USERNAME and NEO4J_PASSWORD" in str(caught.value)


def test_credentials_come_from_the_environment() -> None:
    given = {"NEO4J_USERNAME": "ada", "NEO4J_PASSWORD": SECRET, "NEO4J_DATABASE": "db"}
    assert login(given) == Login("ada", SECRET, "db")
    assert login({"NEO4J_PASSWORD": SECRET}) == Login("neo4j", SECRET, None)


def test_a_login_does_not_print_its_password() -> None:
    assert SECRET not in repr(Login("ada", SECRET)) + str(Login("ada", SECRET))


def test_credentials_come_from_a_file_as_aura_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "credentials.txt"
    path.write_text(
        "# Wait 60 seconds before connecting\n\nNEO4J_URI=neo4j+s://x.databases.neo4j.io\n"
        f"NEO4J_USERNAME=ada\nexport NEO4J_PASSWORD='a={SECRET}#'\nNEO4J_DATABASE=\nAURA_X=1\n"
    )
    assert login({"NEO4J_CREDENTIALS": str(path)}) == Login("ada", f"a={SECRET}#", None)
    # The environment goes before the file.
    given = {"NEO4J_CREDENTIALS": str(path), "NEO4J_USERNAME": "eve", "NEO4J_DATABASE": "db"}
    assert login(given) == Login("eve", f"a={SECRET}#", "db")


def test_the_mark_with_which_an_editor_begins_a_file_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "credentials.txt"
    path.write_bytes(b"\xef\xbb\xbfNEO4J_PASSWORD=" + SECRET.encode() + b"\r\n")
    assert login({"NEO4J_CREDENTIALS": str(path)}) == Login("neo4j", SECRET)


@pytest.mark.parametrize("given", [{}, {"NEO4J_PASSWORD": ""}, {"NEO4J_USERNAME": "ada"}])
def test_no_password_is_one_sentence_with_what_to_set(given: dict[str, str]) -> None:
    with pytest.raises(InputError, match="needs a password: set NEO4J_PASSWORD"):
        login(given)


def test_a_faulty_line_is_named_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "credentials.txt"
    path.write_text(f"NEO4J_USERNAME=ada\n{SECRET}\n")
    with pytest.raises(InputError, match="line 2: write NAME=VALUE") as caught:
        login({"NEO4J_CREDENTIALS": str(path)})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00NEO4J"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "credentials.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=f"NEO4J_CREDENTIALS: {path} cannot be read: "):
        login({"NEO4J_CREDENTIALS": str(path)})
