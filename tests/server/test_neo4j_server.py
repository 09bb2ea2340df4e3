"""The rig with which a real Neo4j server runs in tests, and the compose file for production."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j_server as rig
import pytest
import yaml
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import AuthError

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICE = COMPOSE["services"]["neo4j"]
POM = ROOT / "server" / "pom.xml"
Start = Callable[..., rig.Server]


def connect(server: rig.Server, scheme: str = "bolt") -> Driver:
    address = server.address.replace("bolt", scheme)
    return GraphDatabase.driver(address, auth=(server.username, server.password))


def ask(server: rig.Server, statement: str) -> list[Any]:
    """Return the first column of an answer."""
    with connect(server) as driver:
        return [record[0] for record in driver.execute_query(statement).records]


# -- versions, compose file ----------------------------------------------------------------------


def test_pom_and_compose_file_name_one_version() -> None:
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    pom = ET.parse(POM).getroot()
    assert pom.findtext("m:properties/m:neo4j.version", namespaces=space) == rig.version()
    assert SERVICE["image"] == f"neo4j:{rig.version()}-community"
    assert pom.find(".//m:repository", space) is None


def test_compose_ports_are_on_the_loopback() -> None:
    assert SERVICE["ports"] == [
        "127.0.0.1:${NEO4J_BOLT_PORT:-7687}:7687",
        "127.0.0.1:${NEO4J_HTTP_PORT:-7474}:7474",
    ]
    outside = SERVICE["environment"]["NEO4J_server_bolt_advertised__address"]
    assert SERVICE["ports"][0] == f"{outside}:7687"


def test_compose_has_no_password_and_demands_one() -> None:
    assert re.fullmatch(r"neo4j/\$\{NEO4J_PASSWORD:\?[^}]+\}", SERVICE["environment"]["NEO4J_AUTH"])
    assert "PASSWORD" not in str(SERVICE["healthcheck"])


def test_compose_keeps_data_in_named_volumes() -> None:
    mounts = dict(mount.split(":/") for mount in SERVICE["volumes"])
    assert mounts == {"data": "data", "logs": "logs", "${NEO4J_IMPORT:-import}": "import:ro"}
    assert set(COMPOSE["volumes"]) == {"data", "logs", "import"}


def test_compose_has_a_health_check_and_comes_up_again() -> None:
    assert SERVICE["healthcheck"]["test"][-1] == "http://127.0.0.1:7474"
    assert SERVICE["restart"] == "unless-stopped"


# -- Java and jars -------------------------------------------------------------------------------


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Nothing but the programs that a test writes, and no jars yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("SPILLGRAPH_NEO4J_LIB", str(tmp_path / "jars" / "lib"))

    def write(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\nPATH=/bin:/usr/bin\n{script}\n")
        (folder / name).chmod(0o755)

    return write


JAVA = "echo 'openjdk version \"{}\" 2025-04-15' >&2"
# Does what Maven does, slowly, and counts how often.
MAVEN = """
for argument; do case $argument in -DoutputDirectory=*) out=${argument#*=};; esac; done
echo once >> "$(dirname "$0")/calls"
sleep 0.3; mkdir "$out"; touch "$out/neo4j-VERSION.jar"
""".replace("VERSION", rig.version())


def test_no_java(programs: Callable[[str, str], None]) -> None:
    assert "without Java: install Java 17" in str(rig.why_not())
    programs("java", "echo 'Unable to locate a Java Runtime.' >&2; exit 1")  # the stub of macOS
    assert "without Java: install Java 17" in str(rig.why_not())
    with pytest.raises(rig.ServerError, match="openjdk-17"):
        rig.fetch()


@pytest.mark.parametrize("version", ["11.0.2", "1.8.0_402"])
def test_old_java(programs: Callable[[str, str], None], version: str) -> None:
    programs("java", JAVA.format(version))
    release = version.removeprefix("1.").partition(".")[0]
    assert f"does not run on Java {release}: install Java 17" in str(rig.why_not())


def test_no_maven_matters_only_without_jars(
    programs: Callable[[str, str], None], tmp_path: Path
) -> None:
    programs("java", JAVA.format("21"))
    assert "Maven is not there" in str(rig.why_not())
    lib = tmp_path / "jars" / "lib"
    lib.mkdir(parents=True)
    (lib / f"neo4j-{rig.version()}.jar").touch()
    assert rig.why_not() is None
    assert rig.fetch() == lib


def test_two_at_once_fetch_once(programs: Callable[[str, str], None], tmp_path: Path) -> None:
    programs("java", JAVA.format("17.0.15"))
    programs("mvn", MAVEN)
    threads = [threading.Thread(target=rig.fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rig.fetch() == tmp_path / "jars" / "lib"
    assert (tmp_path / "bin" / "calls").read_text() == "once\n"
    assert sorted(each.name for each in (tmp_path / "jars").iterdir()) == ["lib", "lib.lock"]


@pytest.mark.parametrize("code", [0, 1])
def test_a_failed_fetch_says_why_and_leaves_nothing(
    programs: Callable[[str, str], None], tmp_path: Path, code: int
) -> None:
    programs("java", JAVA.format("17.0.15"))
    programs("mvn", f"seq 100; echo 'ERROR: Unknown host'; exit {code}")
    with pytest.raises(rig.ServerError, match="is the network there") as caught:
        rig.fetch()
    assert str(caught.value).endswith("99\n100\nERROR: Unknown host")
    assert "\n50\n" not in str(caught.value)
    assert [each.name for each in (tmp_path / "jars").iterdir()] == ["lib.lock"]


def test_tests_are_skipped_with_a_reason_or_fail_on_demand(
    programs: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SPILLGRAPH_REQUIRE_NEO4J", "SPILLGRAPH_TEST_NEO4J"):
        monkeypatch.delenv(name, raising=False)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    command += ["-k", "test_it_answers", f"--rootdir={ROOT}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert "1 skipped" in done.stdout and "without Java: install Java 17" in done.stdout
    monkeypatch.setenv("SPILLGRAPH_REQUIRE_NEO4J", "1")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "1 error" in done.stdout and "without Java: install Java 17" in done.stdout


# -- a running server ----------------------------------------------------------------------------


@pytest.fixture
def own(neo4j: rig.Server) -> rig.Server:
    """The session's server, if it is one of the rig's."""
    if not neo4j.pid:
        pytest.skip("SPILLGRAPH_TEST_NEO4J names a server that the rig has not started")
    return neo4j


def test_it_answers(own: rig.Server) -> None:
    assert ask(own, "CALL dbms.components() YIELD versions, edition RETURN [versions[0], edition]")
    (found,) = ask(own, "CALL dbms.components() YIELD versions, edition RETURN versions + edition")
    assert found == [rig.version(), "community"]
    with connect(own, "neo4j") as driver:  # asks the server where the server is
        driver.verify_connectivity()


@pytest.mark.parametrize("auth", [("neo4j", "neo4j"), ("neo4j", "not-this-one"), None])
def test_no_entry_without_the_password(own: rig.Server, auth: tuple[str, str] | None) -> None:
    with pytest.raises(AuthError), GraphDatabase.driver(own.address, auth=auth) as driver:
        driver.verify_connectivity()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_a_new_database(new_neo4j: rig.Server, turn: int) -> None:
    assert ask(new_neo4j, "MATCH (n) RETURN n") == []
    assert ask(new_neo4j, "SHOW CONSTRAINTS") == []
    assert set(ask(new_neo4j, "SHOW INDEXES YIELD type")) <= {"LOOKUP"}
    ask(new_neo4j, "CREATE CONSTRAINT FOR (a:A) REQUIRE a.id IS UNIQUE")
    ask(new_neo4j, "CREATE INDEX FOR (a:A) ON (a.name)")
    ask(new_neo4j, "CREATE (:A {id: 1})-[:R]->(:B)")


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_has_written_is_gone_but_for_the_constraints_of_runs(
    neo4j: rig.Server, turn: int
) -> None:
    assert ask(neo4j, "MATCH (n) RETURN n") == []
    made = "SHOW CONSTRAINTS YIELD name WHERE NOT name STARTS WITH 'spillgraph_'"
    assert ask(neo4j, made) == []
    ask(neo4j, "CREATE CONSTRAINT mine FOR (a:A) REQUIRE a.key IS UNIQUE")
    ask(neo4j, "CREATE (:A {id: 1, key: 1})-[:R]->(:B)")


def test_credentials_are_in_the_environment(neo4j: rig.Server) -> None:
    assert os.environ["NEO4J_USERNAME"] == neo4j.username
    assert os.environ["NEO4J_PASSWORD"] == neo4j.password
    assert not {"NEO4J_DATABASE", "NEO4J_CREDENTIALS"} & set(os.environ)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks into /proc, which Linux has")
def test_it_listens_on_the_loopback_only(own: rig.Server) -> None:
    sockets = set()
    for each in Path(f"/proc/{own.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed while we look
            sockets.add(str(each.readlink()).removeprefix("socket:[").removesuffix("]"))
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[3] == "0A" and row[9] in sockets]
    mapped = "0000000000000000FFFF00000100007F"  # 127.0.0.1 as an address of the new kind
    assert [place.removeprefix(mapped) for place in listening] == [f":{own.port:04X}"]


def test_only_the_owner_can_read_the_password(own: rig.Server) -> None:
    remembered = own.home / "server.json"
    assert stat.S_IMODE(remembered.stat().st_mode) == 0o600
    assert stat.S_IMODE(own.home.stat().st_mode) == 0o700
    holders = [
        path
        for path in own.home.rglob("*")
        if path.is_file() and own.password.encode() in path.read_bytes()
    ]
    assert holders == [remembered]
    assert own.password not in repr(own)


def test_password_is_in_no_command_line(
    neo4j_jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = subprocess.run
    monkeypatch.setattr(rig.subprocess, "run", lambda c, **k: seen.extend(c) or real(c, **k))
    monkeypatch.setattr(rig, "_launch", lambda *_: pytest.fail("far enough", pytrace=False))
    with pytest.raises(pytest.fail.Exception, match="far enough"):
        rig.start(tmp_path / "home", password="a-planted-password")
    assert "set-initial-password" in seen
    assert "a-planted-password" not in seen
    assert (tmp_path / "home" / "data" / "dbms" / "auth.ini").is_file()
    assert not (tmp_path / "home" / "arguments").exists()


def test_settings_of_the_compose_file_exist(own: rig.Server) -> None:
    names = [name for name in SERVICE["environment"] if name != "NEO4J_AUTH"]
    # The image's rule: NEO4J_a_b__c stands for a.b_c.
    wanted = {name.removeprefix("NEO4J_").replace("_", ".").replace("..", "_") for name in names}
    assert wanted <= set(ask(own, "SHOW SETTINGS YIELD name"))


def test_command_line(own: rig.Server, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(own.home)]
    assert rig.main(["start", *home]) == 0
    assert rig.main(["status", *home]) == 0
    said = capsys.readouterr().out
    assert f"runs already at {own.address}." in said
    assert f"stop --home {own.home}" in said
    assert own.password not in said
    assert rig.main(["env", *home]) == 0
    show = 'echo "$NEO4J_URI $NEO4J_USERNAME $NEO4J_PASSWORD"'
    script = f"unset NEO4J_PASSWORD; {capsys.readouterr().out}{show}"
    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True).stdout
    assert shown == f"{own.address} neo4j {own.password}\n"


def test_command_line_where_nothing_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rig.main(["stop", "--home", str(tmp_path)]) == 0
    assert rig.main(["status", "--home", str(tmp_path)]) == 1
    assert rig.main(["env", "--home", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == f"No Neo4j runs in {tmp_path}.\n" * 2
    assert said.err.startswith(f"Error: no Neo4j runs in {tmp_path}; start it: ")


# -- life and death ------------------------------------------------------------------------------


def test_bulk_import_kill_restart_and_stop(neo4j_home_factory: Start, tmp_path: Path) -> None:
    home, table = tmp_path / "home", tmp_path / "firms.csv"
    table.write_text("id:ID,name\n1,One\n2,Two\n")
    command = ["database", "import", "full", "neo4j", f"--nodes=Firm={table}"]
    done = rig.admin(home, *command)
    assert done.returncode == 0, done.stderr
    first = neo4j_home_factory(home=home, password="planted.password")
    assert first.password == "planted.password"
    assert ask(first, "MATCH (n:Firm) RETURN n.name ORDER BY n.name") == ["One", "Two"]
    ask(first, "CREATE (:Firm {name: 'Three'})")

    assert rig.kill(first) == first.pid
    assert rig.find_running(home) is None
    assert rig.stop(first) is None

    second = neo4j_home_factory(home=home)
    assert second.pid != first.pid
    assert (second.port, second.password) == (first.port, first.password)
    assert ask(second, "MATCH (n:Firm) RETURN count(*)") == [3]
    assert rig.start(home) == rig.find_running(home) == second
    assert rig.stop(first) is None  # the pid of old is not this server's
    assert rig.find_running(home) == second

    assert rig.stop(second) == second.pid
    assert rig.find_running(home) is None
    with pytest.raises(rig.ServerError, match="another password"):
        rig.start(home, password="quite.another")
    (home / "server.json").unlink()
    with pytest.raises(rig.ServerError, match="one that is not known"):
        rig.start(home)


def test_a_server_that_does_not_start_shows_its_log(neo4j_home_factory: Start) -> None:
    with pytest.raises(rig.ServerError, match=r"ended with 1, on Java \d+ (?s:.*)Too small.* heap"):
        neo4j_home_factory(heap="1k")
    with pytest.raises(rig.ServerError, match="'nonsense' is not a valid size"):
        neo4j_home_factory(settings={"server.memory.pagecache.size": "nonsense"})


def test_a_server_that_is_late_is_ended(neo4j_home_factory: Start, tmp_path: Path) -> None:
    with pytest.raises(rig.ServerError, match=r"did not start within 0\.1 s"):
        neo4j_home_factory(timeout=0.1)
    assert rig.find_running(tmp_path / "neo4j-0") is None


def test_a_port_in_use_and_a_bad_password_are_refused(own: rig.Server, tmp_path: Path) -> None:
    with pytest.raises(rig.ServerError, match=f"port {own.port} of 127.0.0.1 is in use"):
        rig.start(tmp_path / "home", port=own.port)
    with pytest.raises(rig.ServerError, match="8 or more"):
        rig.start(tmp_path / "home", password="short")


@pytest.fixture
def sleeper() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start processes that sleep, deaf to SIGTERM, with arguments of the test's."""
    children: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True)"
        command = [sys.executable, "-c", f"{deaf}; time.sleep(60)", *arguments]
        children.append(subprocess.Popen(command, stdout=subprocess.PIPE))
        children[-1].stdout.readline()  # type: ignore[union-attr]
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("end", [rig.stop, rig.kill])
def test_another_process_with_the_remembered_id_is_left_alone(
    end: Callable[[Path], int | None],
    sleeper: Callable[..., subprocess.Popen[bytes]],
    tmp_path: Path,
) -> None:
    other = sleeper(f"--home-dir={tmp_path}-2", f"--config-dir={tmp_path}-2/conf")
    rig.remember(tmp_path, password="x", port=1, pid=other.pid)
    assert end(tmp_path) is None
    time.sleep(0.1)
    assert other.poll() is None


def test_a_server_that_does_not_stop_is_killed(
    sleeper: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    deaf = sleeper(f"--home-dir={tmp_path}", f"--config-dir={tmp_path}/conf")
    rig.remember(tmp_path, password="x", port=1, pid=deaf.pid)
    assert rig.stop(tmp_path, timeout=0.2) == deaf.pid
    assert deaf.wait(10) == -9


def test_jars_can_be_fetched_ahead(
    neo4j_jars: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rig.main(["fetch"]) == 0
    assert capsys.readouterr().out == f"The jars of Neo4j {rig.version()} are at {neo4j_jars}.\n"
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert rig.main(["fetch"]) == 1
    assert "no Neo4j server can run without Java" in capsys.readouterr().err
