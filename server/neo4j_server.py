"""A real Neo4j server without a container engine, for tests, demo and benchmarks.

The community server is published as jars: Maven fetches them once, Java runs them. The version
is that of the image in docker-compose.yml, which is for production.

    python server/neo4j_server.py start|stop|status|env [--home DIR]
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".neo4j" / "home"
LIB_VARIABLE = "SPILLGRAPH_NEO4J_LIB"
OLDEST_JAVA = 17
USERNAME = "neo4j"
LOOPBACK = "127.0.0.1"
# What the server's own start script passes.
JAVA_OPTIONS = (
    "-XX:+UseG1GC",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
)


class ServerError(RuntimeError):
    """The server, its jars or its Java are not as needed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started: where it listens, who may enter, which process it is."""

    address: str
    username: str
    password: str = field(repr=False)  # keeps it out of logs and tracebacks
    port: int
    pid: int
    home: Path


# -- version, Java, jars -------------------------------------------------------------------------


def version() -> str:
    """Return the version of the server: that of the image in docker-compose.yml."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    found = re.search(r"image:\s*neo4j:(\d+\.\d+\.\d+)-community", text)
    if found is None:
        raise ServerError("docker-compose.yml names no image neo4j:X.Y.Z-community.")
    return found[1]


def why_not() -> str | None:
    """Say why no server can run here, and the remedy; None if one can."""
    packages = "Java 17 or 21 (Debian: apt-get install openjdk-17-jre-headless)"
    release = _java_release()
    if release is None:
        return f"no Neo4j server can run without Java: install {packages}."
    if release < OLDEST_JAVA:
        return f"Neo4j {version()} does not run on Java {release}: install {packages}."
    if not _complete(_lib()) and shutil.which("mvn") is None:
        return (
            f"the jars of Neo4j {version()} are not at {_lib()} and Maven is not there to fetch "
            f"them: install it (Debian: apt-get install maven) or set {LIB_VARIABLE}."
        )
    return None


def fetch() -> Path:
    """Return the folder of the server's jars; have Maven fetch them if they are not there.

    The folder is ``.neo4j/VERSION/lib`` or what SPILLGRAPH_NEO4J_LIB names. It appears whole or
    not at all, and of two processes that want it the second waits for the first.
    """
    reason = why_not()
    if reason is not None:
        raise ServerError(reason)
    lib = _lib()
    if _complete(lib):
        return lib
    lib.parent.mkdir(parents=True, exist_ok=True)
    with _locked(lib.with_name(lib.name + ".lock")):
        if _complete(lib):
            return lib
        if lib.exists():
            raise ServerError(f"{lib} holds no jars of Neo4j {version()}: remove it and try again.")
        with tempfile.TemporaryDirectory(dir=lib.parent, prefix="fetching-") as folder:
            _maven(Path(folder) / "lib")
            (Path(folder) / "lib").rename(lib)
    return lib


def _maven(folder: Path) -> None:
    """Have Maven copy the jars into a new folder."""
    command = ["mvn", "--batch-mode", "--quiet"]
    command += ["--file", str(ROOT / "server" / "pom.xml"), f"-Dneo4j.version={version()}"]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime"]
    command += [f"-DoutputDirectory={folder}"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    )
    if done.returncode or not _complete(folder):
        raise ServerError(
            f"Maven could not fetch the jars of Neo4j {version()} (is the network there?); "
            f"it ended with {done.returncode} and said:\n{_tail(done.stdout)}"
        )


def _lib() -> Path:
    named = os.environ.get(LIB_VARIABLE)
    return Path(named).absolute() if named else ROOT / ".neo4j" / version() / "lib"


def _complete(lib: Path) -> bool:
    return (lib / f"neo4j-{version()}.jar").is_file()


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    own = Path(home) / "bin" / "java" if home else None
    return str(own) if own is not None and own.is_file() else "java"


def _java_release() -> int | None:
    """Return 17 for Java 17.0.15; None where no Java runs (macOS has a mere stub of it)."""
    try:
        done = subprocess.run([_java(), "-version"], capture_output=True, text=True)
    except OSError:
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(found[1]) if done.returncode == 0 and found else None


# -- start and stop ------------------------------------------------------------------------------


def start(
    home: Path,
    *,
    port: int = 0,
    password: str | None = None,
    settings: Mapping[str, str] | None = None,
    heap: str = "1g",
    pagecache: str = "512m",
    java_options: Sequence[str] = (),
    timeout: float = 120,
) -> Server:
    """Start a server in a home of its own and wait until it answers.

    A home that was used before keeps its data and its password. A server that runs there already
    is returned as it is.

    Parameters
    ----------
    home
        Folder for data, logs and configuration; made if it is not there.
    port
        Bolt port on 127.0.0.1; 0 for the home's last one if it is free, else any free one.
    password
        Of the user neo4j, for a new home; None for one made at random.
    settings
        Further settings of neo4j.conf; they replace those that are written here.
    heap, pagecache
        Memory, as Java and Neo4j write it.
    java_options
        Further options of Java.
    timeout
        Seconds until a server that does not answer is ended.
    """
    lib = fetch()
    home = home.resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(home / "server.lock"):
        server = running(home)
        if server is not None:
            return server
        known = _known(home)
        port = port or _free(known.get("port", 0)) or _free(0)
        if not _free(port):
            raise ServerError(f"port {port} of {LOOPBACK} is in use: name another one, or none.")
        _write_settings(home, port, pagecache, settings or {})
        password = _agree_password(home, known.get("password"), password)
        child = _launch(home, lib, [f"-Xms{heap}", f"-Xmx{heap}", *java_options])
        _remember(home, password=password, port=port, pid=child.pid)
        server = _server(home)
        try:
            _wait(server, child, timeout)
        except BaseException:  # Ctrl-C too: what runs in a home has been seen to answer
            kill(server)
            raise
        return server


def stop(server: Server | Path, timeout: float = 60) -> int | None:
    """End a server in good order, or with force after a while; return its process id.

    None says that no server ran there. Another process that has come by the same id is left alone.
    """
    return _end(server, signal.SIGTERM, timeout)


def kill(server: Server | Path) -> int | None:
    """End a server at once, as a power cut would."""
    return _end(server, signal.SIGKILL, 60)


def running(home: Path) -> Server | None:
    """Return the server that runs in a home."""
    home = home.resolve()
    known = _known(home)
    if "pid" not in known or not _is_server(known["pid"], home):
        return None
    return _server(home)


def admin(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run neo4j-admin on a home whose server does not run, e.g. ``database import full``.

    It runs in the home: name files by their whole path. Look at ``returncode``.
    """
    lib, home = fetch(), home.resolve()
    (home / "conf").mkdir(parents=True, exist_ok=True)
    command = [_java(), *JAVA_OPTIONS, f"-Dbasedir={home}", "-cp", f"{lib}/*"]
    return subprocess.run(
        [*command, "org.neo4j.cli.AdminTool", *arguments],
        cwd=home,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


# What was started by this process: a child that ended stays a zombie until it is waited for.
_children: dict[int, subprocess.Popen[bytes]] = {}


def _launch(home: Path, lib: Path, java_options: Sequence[str]) -> subprocess.Popen[bytes]:
    command = [_java(), *JAVA_OPTIONS, *java_options]
    command += ["-cp", f"{lib}/*:{home}/conf/*", "org.neo4j.server.CommunityEntryPoint"]
    command += [f"--home-dir={home}", f"--config-dir={home}/conf", "--console-mode"]
    with (home / "logs" / "console.log").open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=home,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is not meant for it
        )
    _children[child.pid] = child
    return child


def _wait(server: Server, child: subprocess.Popen[bytes], timeout: float) -> None:
    """Wait until the server says that it has started and its port accepts."""
    log = server.home / "logs" / "console.log"
    end = time.monotonic() + timeout
    while time.monotonic() < end and child.poll() is None:
        if b"Started." in log.read_bytes() and _accepts(server.port):
            return
        time.sleep(0.1)
    ended = child.poll()
    what = f"did not start within {timeout:g} s" if ended is None else f"ended with {ended}"
    raise ServerError(
        f"the Neo4j server in {server.home} {what}, on Java {_java_release()} (17 and 21 are "
        f"supported); {log} ends with:\n{_tail(log.read_bytes())}"
    )


def _end(server: Server | Path, signal_number: int, timeout: float) -> int | None:
    home = server.home if isinstance(server, Server) else server.resolve()
    pid = server.pid if isinstance(server, Server) else _known(home).get("pid")
    if pid is None or not _is_server(pid, home):
        return None
    for number, patience in ((signal_number, timeout), (signal.SIGKILL, 60.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if _gone(pid, home, patience):
            return pid
    raise ServerError(f"the Neo4j server in {home}, process {pid}, cannot be ended.")


def _gone(pid: int, home: Path, patience: float) -> bool:
    end = time.monotonic() + patience
    while _is_server(pid, home):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    child = _children.pop(pid, None)
    if child is not None:
        child.wait()
    return True


def _is_server(pid: int, home: Path) -> bool:
    """Whether a process is the server of a home: process ids are used again and again."""
    if Path("/proc/self/cmdline").exists():
        try:
            command = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
        except OSError:
            return False  # and a process that has ended, but is not waited for, has an empty one
    else:
        found = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
        )
        command = found.stdout
    return f" --home-dir={home} --config-dir=" in command


# -- what lies in a home -------------------------------------------------------------------------


def _known(home: Path) -> dict[str, Any]:
    """Read what is remembered of a home: password, last port, last process id."""
    try:
        text = (home / "server.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    known: dict[str, Any] = json.loads(text)
    return known


def _server(home: Path) -> Server:
    known = _known(home)
    port = known["port"]
    address = f"bolt://{LOOPBACK}:{port}"
    return Server(address, USERNAME, known["password"], port, known["pid"], home)


def _remember(home: Path, **known: Any) -> None:
    _write_secret(home / "server.json", json.dumps(known))


def _write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _agree_password(home: Path, known: str | None, wanted: str | None) -> str:
    """Return the password of a home; set it if no server has been started there yet."""
    if (home / "data" / "databases" / "system").exists():
        if known is None or wanted not in (None, known):
            raise ServerError(
                f"{home} holds a database with another password, or one that is not known: "
                "name another home, or remove this one to begin anew."
            )
        return known
    password = wanted or known or secrets.token_hex(16)
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]{7,}", password, re.ASCII):
        raise ServerError("a password needs 8 or more letters, digits, dots, dashes, underscores.")
    _remember(home, password=password)  # first of all: who loses it loses the database
    arguments = home / "arguments"
    try:
        # By way of a file, so that no process list shows the password.
        _write_secret(arguments, password)
        done = admin(home, "dbms", "set-initial-password", f"@{arguments}")
    finally:
        arguments.unlink(missing_ok=True)
    if done.returncode:
        raise ServerError(f"neo4j-admin could not set the password:\n{done.stderr}")
    return password


def _write_settings(home: Path, port: int, pagecache: str, settings: Mapping[str, str]) -> None:
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


def _environment(home: Path) -> dict[str, str]:
    """Return our environment without what is said there of another server."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("NEO4J_")}
    return ours | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}


def _free(port: int) -> int:
    """Return the port if nobody listens there, or any free one for 0; else 0."""
    with socket.socket() as probe:
        # As the server does it: connections that lately ended there are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def _accepts(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock file; the kernel lets go of it however this process ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _tail(output: bytes, lines: int = 15) -> str:
    text = re.sub(r"\x1b\[[\d;]*m", "", output.decode(errors="replace"))  # without colours
    return "\n".join(text.splitlines()[-lines:])


# -- command line --------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    commands = {"start": _start, "stop": _stop, "status": _status, "env": _env}
    parser = argparse.ArgumentParser(description="A Neo4j server for tests, demo and benchmarks.")
    parser.add_argument("command", choices=commands)
    parser.add_argument("--home", type=Path, default=HOME, help="its folder (default: .neo4j/home)")
    given = parser.parse_args(arguments)
    try:
        return commands[given.command](given.home)
    except ServerError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def _start(home: Path) -> int:
    server = running(home)
    if server is not None:
        print(f"Neo4j runs already at {server.address}.")
    else:
        if not _complete(_lib()):
            print(f"Fetching the jars of Neo4j {version()}, 116 MB, once …", flush=True)
        server = start(home)
        print(f"Neo4j {version()} runs at {server.address}.")
    print(f'User and password for this shell:  eval "$({_call("env", home)})"')
    print(f"To stop it:                        {_call('stop', home)}")
    return 0


def _stop(home: Path) -> int:
    pid = stop(home)
    print(f"No Neo4j runs in {home}." if pid is None else f"Stopped Neo4j, process {pid}.")
    return 0


def _status(home: Path) -> int:
    server = running(home)
    if server is None:
        print(f"No Neo4j runs in {home}.")
        return 1
    print(f"Neo4j runs at {server.address}, process {server.pid}.")
    return 0


def _env(home: Path) -> int:
    server = running(home)
    if server is None:
        raise ServerError(f"no Neo4j runs in {home}; start it: {_call('start', home)}")
    print(f"export NEO4J_URI={server.address}")
    print(f"export NEO4J_USERNAME={server.username} NEO4J_PASSWORD={shlex.quote(server.password)}")
    return 0


def _call(command: str, home: Path) -> str:
    """Return the command line that a person types."""
    option = [] if home == HOME else ["--home", str(home)]
    return shlex.join([Path(sys.executable).name, sys.argv[0], command, *option])


if __name__ == "__main__":
    sys.exit(main())
