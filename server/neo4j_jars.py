"""What the server is started from: its version, its jars, and Java."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIB_VARIABLE = "SPILLGRAPH_NEO4J_LIB"
OLDEST_JAVA = 17
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


def version() -> str:
    """Return the version of the server: that of the image in docker-compose.yml."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    match = re.search(r"image:\s*neo4j:(\d+\.\d+\.\d+)-community", text)
    if match is None:
        raise ServerError("docker-compose.yml names no image neo4j:X.Y.Z-community.")
    return match[1]


def why_not() -> str | None:
    """Say why no server can run here, and the remedy; None if one can."""
    packages = "Java 17 or 21 (Debian: apt-get install openjdk-17-jre-headless)"
    release = java_release()
    if release is None:
        return f"no Neo4j server can run without Java: install {packages}."
    if release < OLDEST_JAVA:
        return f"Neo4j {version()} does not run on Java {release}: install {packages}."
    lib = jars_folder()
    if not has_jars(lib) and shutil.which("mvn") is None:
        return (
            f"the jars of Neo4j {version()} are not at {lib} and Maven is not there to fetch "
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
    lib = jars_folder()
    if has_jars(lib):
        return lib
    lib.parent.mkdir(parents=True, exist_ok=True)
    with hold_lock(lib.with_name(lib.name + ".lock")):
        if has_jars(lib):
            return lib
        if lib.exists():
            raise ServerError(f"{lib} holds no jars of Neo4j {version()}: remove it and try again.")
        with tempfile.TemporaryDirectory(dir=lib.parent, prefix="fetching-") as folder:
            _run_maven(Path(folder) / "lib")
            (Path(folder) / "lib").rename(lib)
    return lib


def _run_maven(folder: Path) -> None:
    """Have Maven copy the jars into a new folder."""
    command = ["mvn", "--batch-mode", "--quiet"]
    command += ["--file", str(ROOT / "server" / "pom.xml"), f"-Dneo4j.version={version()}"]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime"]
    command += [f"-DoutputDirectory={folder}"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    )
    if done.returncode or not has_jars(folder):
        raise ServerError(
            f"Maven could not fetch the jars of Neo4j {version()} (is the network there?); "
            f"it ended with {done.returncode} and said:\n{tail(done.stdout)}"
        )


def jars_folder() -> Path:
    """Return where the jars are, or will be."""
    named = os.environ.get(LIB_VARIABLE)
    return Path(named).absolute() if named else ROOT / ".neo4j" / version() / "lib"


def has_jars(lib: Path) -> bool:
    """Whether a folder holds the jars of this version."""
    return (lib / f"neo4j-{version()}.jar").is_file()


def java() -> str:
    """Return the Java to start: that of JAVA_HOME, else that of the PATH."""
    home = os.environ.get("JAVA_HOME")
    own = Path(home) / "bin" / "java" if home else None
    return str(own) if own is not None and own.is_file() else "java"


def java_release() -> int | None:
    """Return 17 for Java 17.0.15; None where no Java runs (macOS has a mere stub of it)."""
    try:
        done = subprocess.run([java(), "-version"], capture_output=True, text=True)
    except OSError:
        return None
    match = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(match[1]) if done.returncode == 0 and match else None


@contextlib.contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold a lock file; the kernel lets go of it however this process ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def tail(output: bytes, lines: int = 15) -> str:
    """Return the last lines of what a program said."""
    text = re.sub(r"\x1b\[[\d;]*m", "", output.decode(errors="replace"))  # without colours
    return "\n".join(text.splitlines()[-lines:])
