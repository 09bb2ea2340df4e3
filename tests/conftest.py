"""Fixtures that every room's tests share."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ladybug
import neo4j_server as rig
import pytest
from hypothesis import settings
from neo4j import GraphDatabase
from spillgraph.cli.main import _exit_code

ROOT = Path(__file__).parents[1]

# The suite finds the same today and tomorrow; HYPOTHESIS_PROFILE=search looks further.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


# The suite's longest files, longest first. A worker takes a whole file: one that were begun last
# would leave the other workers idle. test_faq and test_docs share a run that one of them makes, and
# so stand apart. All other files follow in their own order.
LONGEST = (
    "runs/test_two_stores.py",
    "runs/test_neo4j_kill.py",
    "runs/test_keep.py",
    "runs/test_psi.py",
    "runs/test_bulk_export.py",
    "fuzz/test_fuzz.py",
    "runs/test_write_back.py",
    "ingest/test_values.py",
    "ingest/test_wrong_without_a_word.py",
    "ingest/test_counted.py",
    "capabilities/test_hubs.py",
    "reports/test_plates.py",
    "runs/test_neo4j_neighbours.py",
    "runs/test_resume.py",
    "runs/test_pipeline.py",
    "ingest/test_account_check.py",
    "runs/test_namespaces.py",
    "graph/test_results.py",
    "graph/test_bolt_faults.py",
    "graph/test_namespaces_beside.py",
    "server/test_neo4j_server.py",
    "runs/test_folder_again.py",
    "capabilities/test_coagglomeration.py",
    "capabilities/test_coagglomeration_figures.py",
    "ingest/test_text_files.py",
    "runs/test_export_values.py",
    "runs/test_page_numbers.py",
    "docs/test_faq.py",
    "runs/test_neo4j_errors.py",
    "test_examples.py",
    "graph/test_bolt_settings.py",
    "graph/test_bulk_files.py",
    "ingest/test_filter_doubts.py",
    "cli/test_missing_and_known.py",
    "analytics/test_systemic_risk.py",
    "capabilities/test_growth.py",
    "sample/test_sample_small.py",
    "reports/test_result_files.py",
    "ingest/test_hostile.py",
    "analytics/test_bundles.py",
    "analytics/test_hub_evidence.py",
    "cli/test_cli.py",
    "cli/test_trouble.py",
)


#: A file system in memory, and the room that the suite's files must find there.
MEMORY, ROOM = Path("/dev/shm"), 8 << 30


def pytest_configure() -> None:
    """Have tests write into memory where there is room: a run waits 500 times for a disk.

    What is killed in a test is a process, never the machine, so that nothing is proved by a disk
    which memory would not prove as well. PYTEST_DEBUG_TEMPROOT names another folder.

    And have the collector of garbage look for it a hundred times less often: else it takes a third
    of the time in which tests are collected, and a twentieth of that in which they run.
    """
    gc.set_threshold(50_000, 20, 50)
    if _room_in_memory() >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _room_in_memory() -> int:
    """Return the bytes that can be written into memory; 0 where it is no folder."""
    try:
        told = Path("/proc/meminfo").read_text(encoding="ascii")
        kilobytes = int(told.partition("MemAvailable:")[2].split()[0])
        return min(kilobytes << 10, shutil.disk_usage(MEMORY).free)
    except (OSError, IndexError, ValueError):
        return 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; order inside files stays."""
    rank = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


def pytest_collection_finish() -> None:
    """Take ten thousand tests out of what the collector goes through: a tenth of all time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Give them back, or libraries tell of leaks."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The real data, which are not part of the repository."""
    folder = Path(os.environ.get("SPILLGRAPH_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "README.md").is_file():
        pytest.skip(f"the real data are not at {folder}: put them there or set SPILLGRAPH_DATA")
    return folder


@pytest.fixture(scope="session", autouse=True)
def small_pool() -> Iterator[None]:
    """Have the embedded store manage a quarter of a gigabyte, and not most of the memory.

    It goes through all it might use with every COPY and every checkpoint: on a machine of 24 GB
    each takes twice as long as with one, whatever is in the graph.
    """
    with pytest.MonkeyPatch.context() as patch:
        init = partialmethod(ladybug.Database.__init__, buffer_pool_size=1 << 28)
        patch.setattr(ladybug.Database, "__init__", init)
        yield


# -- a real Neo4j server -------------------------------------------------------------------------


# Without Java's second compiler a server starts in half the time; tests put little load on it. A
# collector that works beside it takes the processors of tests, and the jars are known to be sound.
QUICK_START = [
    "-XX:TieredStopAtLevel=1",
    *("-XX:-UseG1GC", "-XX:+UseSerialGC"),
    *("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"),
]


# Each test empties the database and fills it again: that is no reason to plan its queries anew.
KEEP_PLANS = {"dbms.cypher.min_replan_interval": "1h"}


@pytest.fixture(scope="session")
def neo4j_jars() -> Path:
    """What a Neo4j server is started from; fetched once.

    Tests that need it are skipped where it cannot be had, unless SPILLGRAPH_REQUIRE_NEO4J is set:
    then they fail.
    """
    try:
        return rig.fetch()
    except rig.ServerError as error:
        if os.environ.get("SPILLGRAPH_REQUIRE_NEO4J"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error).splitlines()[0])


@pytest.fixture(scope="session")
def neo4j_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[rig.Server]:
    """One server for the whole session, started when a test first asks for it.

    SPILLGRAPH_TEST_NEO4J, an address, has the tests use a server of yours instead, with
    NEO4J_USERNAME and NEO4J_PASSWORD. **Its default database is emptied again and again**: it must
    hold nothing of value.
    """
    address = os.environ.get("SPILLGRAPH_TEST_NEO4J")
    if address:
        user, password = os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]
        port = urlsplit(address).port or 7687
        yield rig.Server(address, user, password, port, pid=0, home=Path(os.devnull))
        return
    request.getfixturevalue("neo4j_jars")
    home = tmp_path_factory.mktemp("neo4j") / "home"
    _end_with_session(home)
    yield rig.start(
        home, heap="1g", pagecache="256m", settings=KEEP_PLANS, java_options=QUICK_START
    )
    rig.stop(home)
    shutil.rmtree(home / "data")  # pytest keeps the folder, for the logs


@pytest.fixture(scope="session")
def kept_on_server() -> tuple[str, ...]:
    """How the names of constraints and indexes begin that ``neo4j`` leaves in the database."""
    return ("spillgraph_",)


@pytest.fixture
def neo4j(
    neo4j_server: rig.Server, monkeypatch: pytest.MonkeyPatch, kept_on_server: tuple[str, ...]
) -> rig.Server:
    """A server with an empty database, and its credentials in the environment.

    Constraints that a run before has made are still there: whenever one comes or goes the server
    forgets how it answers its queries, and finding it out again takes longer than all else in a
    run. Where it matters that nobody has ever run anything, take ``new_neo4j``.
    """
    return _entered(neo4j_server, monkeypatch, kept_on_server)


@pytest.fixture
def new_neo4j(neo4j_server: rig.Server, monkeypatch: pytest.MonkeyPatch) -> rig.Server:
    """The same without any constraint or index."""
    return _entered(neo4j_server, monkeypatch)


@pytest.fixture(scope="module")
def neo4j_of_module(neo4j_server: rig.Server) -> Iterator[rig.Server]:
    """The same for a whole module, emptied once: what ``neo4j`` empties is gone for all."""
    with pytest.MonkeyPatch.context() as patch:
        yield _entered(neo4j_server, patch)


def _entered(
    server: rig.Server, patch: pytest.MonkeyPatch, kept: tuple[str, ...] = ()
) -> rig.Server:
    patch.setenv("NEO4J_USERNAME", server.username)
    patch.setenv("NEO4J_PASSWORD", server.password)
    for name in ("NEO4J_DATABASE", "NEO4J_CREDENTIALS"):
        patch.delenv(name, raising=False)
    empty_database(server, kept)
    return server


@pytest.fixture
def neo4j_home_factory(neo4j_jars: Path, tmp_path: Path) -> Iterator[Callable[..., rig.Server]]:
    """Start further servers, each in a home of its own, with the options of ``rig.start``.

    For tests that kill a server or need special settings. ``home=`` names a folder; else each call
    makes a new one. ``rig.start(server.home)`` starts one again. All are stopped in the end.
    """
    homes: list[Path] = []

    def start(home: Path | None = None, **options: Any) -> rig.Server:
        homes.append(home or tmp_path / f"neo4j-{len(homes)}")
        _end_with_session(homes[-1])
        small = {"heap": "512m", "pagecache": "64m", "java_options": QUICK_START}
        return rig.start(homes[-1], **{**small, **options})

    yield start
    for home in homes:
        rig.stop(home)
        shutil.rmtree(home / "data", ignore_errors=True)


def _end_with_session(home: Path) -> None:
    """Have no server outlive pytest, even where it ends without its teardown or is told to end."""
    atexit.register(rig.stop, home)
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=143))


def empty_database(server: rig.Server, kept: tuple[str, ...] = ()) -> None:
    """Remove all nodes and relationships, and constraints and indexes of other names than these."""
    auth = (server.username, server.password)
    with GraphDatabase.driver(server.address, auth=auth) as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
        for name in session.run("SHOW CONSTRAINTS YIELD name").value():
            if not name.startswith(kept):
                session.run(f"DROP CONSTRAINT `{name}`").consume()
        for name in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").value():
            if not name.startswith(kept):
                session.run(f"DROP INDEX `{name}`").consume()


# -- a study -------------------------------------------------------------------------------------


STUDY = """
[study]
name = "Tiny"
target = "t"
money = "euro"
synthetic = true

[years]
first = 2000
last = 2002
report = [2001, 2002]

[options]
self_citations = "include"

[[tables.industries]]
file = "fine.csv"
classification = "f"

[[tables.industries]]
file = "sectors.csv"
classification = "t"

[tables.concordance]
file = "map.csv"
from_classification = "f"
to_classification = "t"

[tables.firms]
file = "firms.csv"
classification = "f"

[tables.firm_citations]
file = "citations.csv"

[tables.trade_links]
file = "trade.csv"

[tables.io_output]
file = "output.csv"
classification = "t"
"""

TABLES = {
    "fine.csv": "code,name\nA,Alpha\nB,Beta\nC,Gamma\n",
    "sectors.csv": "code,name\nx,First\ny,Second\n",
    "map.csv": "from,to,weight\nA,x,1\nB,x,0.25\nB,y,0.75\nC,y,1\n",
    "firms.csv": (
        "id,name,industry,region,country,lat,lon,size\n"
        "1,One,A,North,Land,50,8,10\n"
        "2,Two,B,South,Land,49,9,20\n"
        "3,Three,C,South,Land,,,\n"
        "4,x'}) DETACH DELETE n //,,,,,,\n"
    ),
    "citations.csv": (
        "citing,cited,year,count\n"
        "1,2,2000,4\n1,1,2000,6\n2,1,2001,1\n2,2,2001,3\n3,2,2001,2\n3,3,2002,5\n4,1,2002,7\n"
    ),
    "trade.csv": "supplier,buyer,year,value\n1,2,2001,10\n2,1,2001,20\n3,1,2001,5\n2,3,2001,8.5\n",
    "output.csv": (
        "industry,year,gross_output,value_added,final_demand\nx,2001,100,70,60\ny,2001,80,50,40\n"
    ),
}


class TinyStudy:
    """A study of four firms, three fine industries and two sectors, written by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "study.toml"
        self.path.write_text(STUDY, encoding="utf-8")
        for name, text in TABLES.items():
            (folder / name).write_text(text, encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Put another file in the place of one of the tables."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        """Add rows to a table."""
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def replace(self, old: str, new: str) -> None:
        """Change the study file; the old text must be in it."""
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="session")
def tiny_in() -> Callable[[Path], TinyStudy]:
    """Write a study of a handful of rows into a new folder."""

    def write(folder: Path) -> TinyStudy:
        folder.mkdir()
        return TinyStudy(folder)

    return write


@pytest.fixture
def tiny(tmp_path: Path, tiny_in: Callable[[Path], TinyStudy]) -> TinyStudy:
    """A study of a handful of rows in a folder of its own."""
    return tiny_in(tmp_path / "tiny")


@pytest.fixture(scope="module")
def no_page() -> Iterator[None]:
    """Have runs write no page: where nobody reads it, it takes as long as all the rest.

    What would stand on it is made all the same; it is only not drawn.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spillgraph.runs.record.render_page", lambda *_: "")
        yield


@pytest.fixture(scope="session")
def tiny_results(
    tmp_path_factory: pytest.TempPathFactory, tiny_in: Callable[[Path], TinyStudy]
) -> Path:
    """What ``spillgraph run`` leaves of the tiny study; whoever changes it takes ``tiny_out``."""
    base = tmp_path_factory.mktemp("results")
    tiny, out = tiny_in(base / "tiny"), base / "out"
    assert _exit_code(["run", str(tiny.path), "--out", str(out), "-q"], debug=True) == 0
    return out


@pytest.fixture
def tiny_out(tmp_path: Path, tiny_results: Path) -> Path:
    """The results of a run of ``tiny``, as if it had been run into this folder."""
    return Path(shutil.copytree(tiny_results, tmp_path / "out"))
