"""A server's own folder: its data and settings, its password, and what is remembered of it."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neo4j_jars import JAVA_OPTIONS, ServerError, fetch, java

USERNAME = "neo4j"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started: where it listens, who may enter, which process it is."""

    address: str
    username: str
    password: str = field(repr=False)  # keeps it out of logs and tracebacks
    port: int
    pid: int
    home: Path


def admin(
    home: Path, *arguments: str, java_options: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run neo4j-admin on a home whose server does not run, e.g. ``database import full``.

    It runs in the home: name files by their whole path. Look at ``returncode``.
    """
    lib, home = fetch(), home.resolve()
    (home / "conf").mkdir(parents=True, exist_ok=True)
    command = [java(), *JAVA_OPTIONS, *java_options, f"-Dbasedir={home}", "-cp", f"{lib}/*"]
    return subprocess.run(
        [*command, "org.neo4j.cli.AdminTool", *arguments],
        cwd=home,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def recall(home: Path) -> dict[str, Any]:
    """Read what is remembered of a home: password, last port, last process id."""
    try:
        text = (home / "server.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    known: dict[str, Any] = json.loads(text)
    return known


def server_of(home: Path) -> Server:
    """Return the server of a home as it was last started."""
    known = recall(home)
    port = known["port"]
    address = f"bolt://{LOOPBACK}:{port}"
    return Server(address, USERNAME, known["password"], port, known["pid"], home)


def remember(home: Path, **known: Any) -> None:
    """Write down what is known of a home: password, port, process id."""
    _write_secret(home / "server.json", json.dumps(known))


def _write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def agree_password(home: Path, known: str | None, wanted: str | None) -> str:
    """Return the password of a home; set it if no server has been started there yet."""
    if (home / "data" / "databases" / "system").exists():
        if known is None or wanted not in (None, known):
            raise ServerError(
                f"{home} holds a database with another password, or one that is not known: "
                "name another home, or remove this one to start over."
            )
        return known
    password = wanted or known or secrets.token_hex(16)
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]{7,}", password, re.ASCII):
        raise ServerError("a password needs 8 or more letters, digits, dots, dashes, underscores.")
    remember(home, password=password)  # first of all: who loses it loses the database
    arguments = home / "arguments"
    try:
        # By way of a file, so that no process list shows the password.
        _write_secret(arguments, password)
        # A second's work: Java's second compiler would take as long again.
        quick = ["-XX:TieredStopAtLevel=1"]
        done = admin(home, "dbms", "set-initial-password", f"@{arguments}", java_options=quick)
    finally:
        arguments.unlink(missing_ok=True)
    if done.returncode:
        raise ServerError(f"neo4j-admin could not set the password:\n{done.stderr}")
    return password


def write_settings(home: Path, port: int, pagecache: str, settings: Mapping[str, str]) -> None:
    """Write neo4j.conf: Bolt on the loopback, with a password, and nothing else."""
    ours = {
        "server.default_listen_address": LOOPBACK,
        "server.bolt.listen_address": f"{LOOPBACK}:{port}",
        "server.bolt.advertised_address": f"{LOOPBACK}:{port}",  # for neo4j:// addresses
        "server.bolt.tls_level": "DISABLED",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": pagecache,
        "dbms.security.auth_enabled": "true",
        "dbms.usage_report.enabled": "false",
        "db.tx_log.preallocate": "false",  # else half a gigabyte of disk for each home
        # Else it stays for ten idle seconds after its databases are closed.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    }
    for folder in ("conf", "logs"):
        (home / folder).mkdir(exist_ok=True)
    lines = [f"{key}={value}\n" for key, value in (ours | dict(settings)).items()]
    (home / "conf" / "neo4j.conf").write_text("".join(lines), encoding="utf-8")


def environment(home: Path) -> dict[str, str]:
    """Return our environment without what is said there of another server."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("NEO4J_")}
    return ours | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
