"""A real Neo4j server without a container engine, for tests, demo and benchmarks.

The community server is published as jars: Maven fetches them once, Java runs them. The version
is that of the image in docker-compose.yml, which is for production.

    python server/neo4j_server.py start|stop|status|env|fetch [--home DIR]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from neo4j_home import (
    LOOPBACK,
    Server,
    admin,
    agree_password,
    environment,
    recall,
    remember,
    server_of,
    write_settings,
)
from neo4j_jars import (
    JAVA_OPTIONS,
    ROOT,
    ServerError,
    fetch,
    has_jars,
    hold_lock,
    jars_folder,
    java,
    java_release,
    tail,
    version,
    why_not,
)

__all__ = [
    "JAVA_OPTIONS",
    "Server",
    "ServerError",
    "admin",
    "environment",
    "fetch",
    "find_running",
    "java",
    "kill",
    "main",
    "remember",
    "start",
    "stop",
    "version",
    "why_not",
]

HOME = ROOT / ".neo4j" / "home"


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
    with hold_lock(home / "server.lock"):
        server = find_running(home)
        if server is not None:
            return server
        known = recall(home)
        port = port or _find_free_port(known.get("port", 0)) or _find_free_port(0)
        if not _find_free_port(port):
            raise ServerError(f"port {port} of {LOOPBACK} is in use: name another one, or none.")
        write_settings(home, port, pagecache, settings or {})
        password = agree_password(home, known.get("password"), password)
        child = _launch(home, lib, [f"-Xms{heap}", f"-Xmx{heap}", *java_options])
        remember(home, password=password, port=port, pid=child.pid)
        server = server_of(home)
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


def find_running(home: Path) -> Server | None:
    """Return the server that runs in a home."""
    home = home.resolve()
    known = recall(home)
    if "pid" not in known or not _is_server(known["pid"], home):
        return None
    return server_of(home)


# What was started by this process: a child that ended stays a zombie until it is waited for.
_children: dict[int, subprocess.Popen[bytes]] = {}


def _launch(home: Path, lib: Path, java_options: Sequence[str]) -> subprocess.Popen[bytes]:
    command = [java(), *JAVA_OPTIONS, *java_options]
    command += ["-cp", f"{lib}/*:{home}/conf/*", "org.neo4j.server.CommunityEntryPoint"]
    command += [f"--home-dir={home}", f"--config-dir={home}/conf", "--console-mode"]
    with (home / "logs" / "console.log").open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=home,
            env=environment(home),
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
        f"the Neo4j server in {server.home} {what}, on Java {java_release()} (17 and 21 are "
        f"supported); {log} ends with:\n{tail(log.read_bytes())}"
    )


def _end(server: Server | Path, signal_number: int, timeout: float) -> int | None:
    home = server.home if isinstance(server, Server) else server.resolve()
    pid = server.pid if isinstance(server, Server) else recall(home).get("pid")
    if pid is None or not _is_server(pid, home):
        return None
    for number, patience in ((signal_number, timeout), (signal.SIGKILL, 60.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if _wait_for_end(pid, home, patience):
            return pid
    raise ServerError(f"the Neo4j server in {home}, process {pid}, cannot be ended.")


def _wait_for_end(pid: int, home: Path, patience: float) -> bool:
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
        answer = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
        )
        command = answer.stdout
    return f" --home-dir={home} --config-dir=" in command


def _find_free_port(port: int) -> int:
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


# -- command line --------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    commands = {"start": _start, "stop": _stop, "status": _status, "env": _env, "fetch": _fetch}
    parser = argparse.ArgumentParser(description="A Neo4j server for tests, demo and benchmarks.")
    parser.add_argument("command", choices=commands)
    parser.add_argument("--home", type=Path, default=HOME, help="its folder (default: .neo4j/home)")
    options = parser.parse_args(arguments)
    try:
        return commands[options.command](options.home)
    except ServerError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def _start(home: Path) -> int:
    server = find_running(home)
    if server is not None:
        print(f"Neo4j runs already at {server.address}.")
    else:
        _tell_of_jars()
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
    server = find_running(home)
    if server is None:
        print(f"No Neo4j runs in {home}.")
        return 1
    print(f"Neo4j runs at {server.address}, process {server.pid}.")
    return 0


def _env(home: Path) -> int:
    server = find_running(home)
    if server is None:
        raise ServerError(f"no Neo4j runs in {home}; start it: {_call('start', home)}")
    print(f"export NEO4J_URI={server.address}")
    print(f"export NEO4J_USERNAME={server.username} NEO4J_PASSWORD={shlex.quote(server.password)}")
    return 0


def _tell_of_jars() -> None:
    if why_not() is None and not has_jars(jars_folder()):
        print(f"Fetching the jars of Neo4j {version()}, 116 MB, once …", flush=True)


def _fetch(_: Path) -> int:
    _tell_of_jars()
    print(f"The jars of Neo4j {version()} are at {fetch()}.")
    return 0


def _call(command: str, home: Path) -> str:
    """Return the command line that a person types."""
    option = [] if home == HOME else ["--home", str(home)]
    return shlex.join([Path(sys.executable).name, sys.argv[0], command, *option])


if __name__ == "__main__":
    sys.exit(main())
