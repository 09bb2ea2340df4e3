"""``spillgraph bulk-export``: after the import the graph is that of an online load."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import neo4j_server as rig
import numpy as np
import pytest
from neo4j import GraphDatabase
from spillgraph.capabilities.studies import asked_of
from spillgraph.cli.main import _exit_code
from spillgraph.graph.bolt.store import BoltStore
from spillgraph.graph.bulk_files import BulkFiles
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch
from spillgraph.ingest.load import load
from spillgraph.ingest.study import load_study
from spillgraph.runs.identity import fingerprint, hash_inputs
from spillgraph.runs.pipeline import check_tables
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps
from spillgraph.sample import write_sample

QUIET = Steps()
pytestmark = pytest.mark.usefixtures("no_page")


def spillgraph(*arguments: str | Path) -> int:
    return _exit_code([str(each) for each in arguments], debug=False)


# -- the real tool -------------------------------------------------------------------------------


def do_import(export: Path, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run import.sh of an export against a home whose server does not run."""
    (home / "conf").mkdir(parents=True, exist_ok=True)
    tool = home / "neo4j-admin"
    java = [rig.java(), *rig.JAVA_OPTIONS, "-XX:TieredStopAtLevel=1", f"-Dbasedir={home}"]
    words = [*java, "-cp", f"{rig.fetch()}/*", "org.neo4j.cli.AdminTool"]
    tool.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    return subprocess.run(
        [export / "import.sh", *options],
        cwd="/",
        env=rig.environment(home) | {"NEO4J_ADMIN": str(tool)},
        capture_output=True,
        text=True,
    )


def content(server: rig.Server) -> tuple[list[str], list[str]]:
    """Return all nodes and all edges of a database, one sorted line each."""
    node = "labels({0}) AS {0}_labels, properties({0}) AS {0}"
    ends = "labels({0}) AS {0}_labels, coalesce({0}.id, {0}.key) AS {0}"
    statements = (
        f"MATCH (n) RETURN {node.format('n')}",
        "MATCH (a)-[r]->(b) RETURN type(r) AS type, properties(r) AS r, "
        f"{ends.format('a')}, {ends.format('b')}",
    )
    auth = (server.username, server.password)
    with GraphDatabase.driver(server.address, auth=auth) as driver:
        nodes, edges = (driver.execute_query(each).records for each in statements)
    return sorted(map(line, nodes)), sorted(map(line, edges))


def line(record: Any) -> str:
    """Return a record as text in which null, '' and -0.0 are what they are."""
    plain = {
        key: sorted(value) if isinstance(value, list) else value
        for key, value in record.data().items()
    }
    return json.dumps(plain, sort_keys=True)


def load_online(path: Path, url: str, folder: Path) -> None:
    """Load a study as ``spillgraph run`` does, and stop there."""
    study = load_study(path)
    with duckdb.connect() as con, open_store(url) as store:
        _, economy = check_tables(con, study, folder, None, lambda what, share: None)
        mark = fingerprint(study, hash_inputs(study))
        load(con, study, store, mark, industries=economy.industries, maps=economy.maps)


@pytest.fixture
def hostile(tiny) -> Path:
    """A study with patents, whose names and numbers are as awkward as they may be."""
    tiny.write(
        "firms.csv",
        "id,name,industry,region,country,lat,lon,size\n"
        '1,"say ""a"", b;c",A,# North,Land,-0.0,0.30000000000000004,1e-300\n'
        "2,back\\slash\\,B,Ä€\U0001f600,Land,49,-1e-7,1.2345678901234567e17\n"
        "3,,C,South,Land,,,\n"
        "x'}) DETACH DELETE n //,null,,,,,,\n",
    )
    name = "x'}) DETACH DELETE n //"
    tiny.append(
        "trade.csv", f"3,{name},2001,0.30000000000000004\n{name},1,2001,1e-300\n1,9,2001,1\n"
    )
    tiny.write(
        "patents.csv",
        f"id,firm,year,quality\np1,1,2000,0.1\np2,2,2001,\np3,,2001,1e-300\np4,{name},2002,-0.0\n",
    )
    tiny.write("pc.csv", "citing,cited\np2,p1\np3,p1\np2,old\np4,p2\np4,#1\n")
    tiny.replace(
        '[tables.firm_citations]\nfile = "citations.csv"',
        '[tables.patents]\nfile = "patents.csv"\n\n'
        '[tables.patent_citations]\nfile = "pc.csv"\nunmatched = "keep"',
    )
    return tiny.path


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    write_sample(tmp_path / "sample", firms=120, citations=2_000, seed=5)
    path = tmp_path / "sample" / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[outputs]\n", "[outputs]\nfigures = []\n"), encoding="utf-8")
    return path


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Batches that were given to a server, and whether they were new to it."""
    seen: dict[str, bool] = {}
    real = BoltStore.load

    def load(self: BoltStore, batch: Batch, *rest: Any) -> bool:
        seen[batch.id] = real(self, batch, *rest)
        return seen[batch.id]

    monkeypatch.setattr(BoltStore, "load", load)
    return seen


@pytest.mark.parametrize("name", ["hostile", "sample"])
def test_after_the_import_nothing_is_left_to_load(
    name: str,
    request: pytest.FixtureRequest,
    neo4j: rig.Server,
    neo4j_home_factory: Callable[..., rig.Server],
    loaded: dict[str, bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path: Path = request.getfixturevalue(name)
    export, home = tmp_path / "export", tmp_path / "home"
    assert spillgraph("bulk-export", path, export, "--quiet") == 0
    done = do_import(export, home)
    assert done.returncode == 0, done.stdout + done.stderr

    load_online(path, neo4j.address, tmp_path)
    assert loaded and all(loaded.values())
    server = neo4j_home_factory(home=home, password="an.imported.home")
    nodes, edges = content(server)
    assert (nodes, edges) == content(neo4j)
    kinds = {json.loads(each)["type"] for each in edges}
    if name == "hostile":
        assert kinds >= {"CITES", "OWNS", "SUPPLIES", "IN_INDUSTRY", "IN_REGION", "MAPS_TO"}
        assert any('"firm": ""' in each for each in nodes)  # and not: no firm
        assert sum("DETACH" in each for each in nodes) == 2  # a firm, and its patent
    else:
        assert kinds == {"CITES", "SUPPLIES", "IN_INDUSTRY", "IN_REGION", "IN_COUNTRY", "MAPS_TO"}

    if name == "sample":
        monkeypatch.setenv("NEO4J_PASSWORD", server.password)
        a_run_loads_nothing(path, server.address, loaded, tmp_path)


def a_run_loads_nothing(path: Path, url: str, loaded: dict[str, bool], folder: Path) -> None:
    """Run a study on the imported graph, and compare its matrices with those of another store."""
    noted, study = set(loaded), load_study(path)
    result = run(study, folder / "on the server", QUIET, asked_of(study), store_url=url)
    assert noted < set(loaded)  # they were offered, and aggregates behind them
    assert not any(loaded[id] for id in noted)
    embedded = run(study, folder / "embedded", QUIET, asked_of(study))
    for year, wanted in zip(result.years, embedded.years, strict=True):
        assert year.year == wanted.year
        matrices = wanted.matrices()
        assert set(year.matrices()) == set(matrices)
        for key, matrix in year.matrices().items():
            np.testing.assert_allclose(matrix.to_frame(), matrices[key].to_frame(), rtol=1e-12)


def test_an_edge_to_nowhere_fails_the_import(tiny, neo4j_jars: Path, tmp_path: Path) -> None:
    export = tmp_path / "export"
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 0
    with (export / "CITES.Firm-Firm.csv").open("a") as file:
        file.write("1,999,2000,1\n")
    done = do_import(export, tmp_path / "home", "--verbose")
    assert done.returncode != 0
    assert "referring to missing node 999" in done.stdout + done.stderr


# -- the folder ----------------------------------------------------------------------------------


def rows(export: Path) -> dict[str, int]:
    return dict(json.loads((export / "export.json").read_text())["rows"])


def rests(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_refused_rows_are_counted_and_written(tiny, tmp_path: Path, capsys) -> None:
    tiny.append("citations.csv", "1,99,2001,1\n1,2,1850,1\n")
    assert spillgraph("bulk-export", tiny.path, tmp_path / "export", "-q") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "firm_citations 9 7 2" in text and "CITES.Firm-Firm 7 28" in text
    assert "2 rows were refused" in text and "SYNTHETIC" in text
    refused = (tmp_path / "export" / "rejects" / "firm_citations.csv").read_text()
    assert "99" in refused and "1850" in refused
    assert rows(tmp_path / "export")["CITES.Firm-Firm"] == 7
    assert rests(tmp_path) == []


def test_a_table_of_which_nothing_is_left_names_the_most_frequent_reasons(
    tiny, tmp_path: Path, capsys
) -> None:
    bad = ["1,99,2001,1", "1,2,1850,1", "1,2,1851,2", "1,2,2001,x", "1,2,2001,-1"]
    tiny.write("citations.csv", "\n".join(["citing,cited,year,count", *bad]) + "\n")
    assert spillgraph("bulk-export", tiny.path, tmp_path / "export", "-q") == 2
    error = capsys.readouterr().err
    assert "none of its 5 rows was accepted (year is outside 2000 to 2002: 2, '1850' in " in error
    assert error.count(": 1, ") == 2 and "; …)" in error
    # What this command wrote is gone with its folder; the message names who leaves the rows.
    assert not (tmp_path / "export").exists() and rests(tmp_path) == []
    assert "'spillgraph run' leaves them in OUT/rejects/firm_citations.csv" in error
    assert spillgraph("run", tiny.path, "--out", tmp_path / "out", "-q") == 2
    assert (tmp_path / "out" / "rejects" / "firm_citations.csv").read_text().count("\n") == 6


def test_the_command_is_shown_as_it_is_in_the_script(tiny, tmp_path: Path, capsys) -> None:
    export = tmp_path / "export"
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 0
    shown = capsys.readouterr().out
    (command,) = [part for part in shown.split("\n\n") if part.startswith("neo4j-admin ")]
    options = command.partition("import full ")[2]
    assert options in (export / "import.sh").read_text()
    assert (
        shlex.split(command.replace("\\\n", ""))
        == (json.loads((export / "export.json").read_text())["command"])
    )
    assert "--multiline-fields" not in command
    for text in (shown, (export / "README.txt").read_text(), (export / "import.sh").read_text()):
        assert "REPLACES the whole database" in text
    assert str(tmp_path) not in (export / "import.sh").read_text()


def test_progress_is_shown_unless_quiet(tiny, tmp_path: Path, capsys) -> None:
    assert spillgraph("bulk-export", tiny.path, tmp_path / "a") == 0
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == [
        "hash", "check", "export",
    ]  # fmt: skip
    assert spillgraph("bulk-export", tiny.path, tmp_path / "a", "--quiet") == 0
    assert capsys.readouterr().err == ""


def test_another_database_is_named_in_every_step(tiny, tmp_path: Path, capsys) -> None:
    export = tmp_path / "an export"
    assert spillgraph("bulk-export", tiny.path, export, "-q", "--database", "patents.2020") == 0
    shown = capsys.readouterr().out
    for text in (shown, (export / "README.txt").read_text()):
        assert "initial.dbms.default_database=patents.2020" in text
        assert "neo4j://HOST/patents.2020" in text
    assert "import full patents.2020 " in shown
    assert "import full patents.2020 " in (export / "import.sh").read_text()
    assert f"NEO4J_IMPORT='{export}'" in shown
    for bad in ("x; rm -rf .", "system", "-x", "ab"):
        assert spillgraph("bulk-export", tiny.path, tmp_path / "b", f"--database={bad}") == 2
    assert not (tmp_path / "b").exists()


def test_an_export_takes_the_place_of_an_earlier_one_only(tiny, tmp_path: Path, capsys) -> None:
    export = tmp_path / "export"
    export.mkdir()  # nothing is lost with an empty folder
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 0
    (export / "import.report").write_text("of the tool")
    tiny.append("citations.csv", "3,1,2002,1\n")
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 0
    assert rows(export)["CITES.Firm-Firm"] == 8
    before = sorted(export.rglob("*"))

    (export / "rejects" / "mine.txt").write_text("notes")
    capsys.readouterr()
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 2
    assert "holds rejects/mine.txt, which no export has written" in capsys.readouterr().err
    (export / "rejects" / "mine.txt").unlink()
    assert sorted(export.rglob("*")) == before

    marker = (export / "export.json").read_text()
    for text in ("{", "[]", "{}", marker.replace("bulk-export", "another")):
        (export / "export.json").write_text(text)
        assert spillgraph("bulk-export", tiny.path, export, "-q") == 2
        assert "which no export has written" in capsys.readouterr().err
    assert rests(tmp_path) == []


def test_folders_of_others_are_refused(tiny, tmp_path: Path, monkeypatch, capsys) -> None:
    foreign, file, here = tmp_path / "foreign", tmp_path / "file", tmp_path / "here"
    foreign.mkdir()
    here.mkdir()
    (foreign / "Firm.csv").write_text("mine")
    file.write_text("mine")
    monkeypatch.chdir(here)
    for folder, message in (
        (foreign, "holds Firm.csv, which no export has written"),
        (file, "is a file"),
        (file / "below", "cannot be written to"),
        (tiny.folder, "holds the input"),
        (tmp_path, "holds the input"),
        (Path(), "is where you are"),
    ):
        assert spillgraph("bulk-export", tiny.path, folder, "-q") == 2
        assert message in capsys.readouterr().err
    assert (foreign / "Firm.csv").read_text() == file.read_text() == "mine"
    assert spillgraph("bulk-export", tiny.path, tiny.folder / "export", "-q") == 0
    assert spillgraph("bulk-export", tiny.path, tiny.folder / "export", "-q") == 0
    assert rests(tmp_path) == rests(tiny.folder) == []


def test_an_earlier_export_stays_if_it_cannot_be_replaced(
    tiny, tmp_path: Path, monkeypatch, capsys
) -> None:
    export, rename = tmp_path / "export", Path.rename
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 0
    before = {path: path.stat().st_mtime_ns for path in export.rglob("*")}

    def unwilling(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(16, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", unwilling)
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 1
    assert "busy. Nothing was changed there." in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in export.rglob("*")} == before
    assert rests(tmp_path) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from spillgraph.cli.main import main
rename = Path.rename
def killed(self, target):
    if self.name == "new":
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
Path.rename = killed
main(["bulk-export", *sys.argv[1:]])
"""


def test_an_exchange_that_was_cut_off_between_its_steps_keeps_the_earlier_export(
    tiny, tmp_path: Path
) -> None:
    export = tmp_path / "export"
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 0
    before = {path: path.read_bytes() for path in export.rglob("*") if path.is_file()}
    tiny.append("citations.csv", "3,1,2002,1\n")

    command = [sys.executable, "-c", _KILLED, str(tiny.path), str(export), "-q"]
    assert subprocess.run(command).returncode == -signal.SIGKILL
    assert not export.exists()

    tiny.write("trade.csv", "supplier,buyer\n")  # so that the next one fails
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 2
    assert {path: path.read_bytes() for path in export.rglob("*") if path.is_file()} == before
    assert rests(tmp_path) == []


def test_a_link_leads_to_the_folder_that_is_replaced(tiny, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "place")
    for _ in range(2):
        assert spillgraph("bulk-export", tiny.path, tmp_path / "link", "-q") == 0
    assert (tmp_path / "link").is_symlink() and (tmp_path / "place" / "export.json").is_file()


_PAUSE = """
import sys, time
from spillgraph.cli.main import main
from spillgraph.graph.bulk_files import BulkFiles
load = BulkFiles.load
def slow(self, batch, *rest):
    done = load(self, batch, *rest)
    if batch.kind == "CITES":
        print("there", flush=True)
        time.sleep(60)
    return done
BulkFiles.load = slow
main(["bulk-export", *sys.argv[1:]])
"""


@pytest.mark.parametrize("earlier", [False, True])
def test_a_killed_export_leaves_nothing_that_looks_whole(
    tiny, tmp_path: Path, earlier: bool, capsys
) -> None:
    export = tmp_path / "export"
    if earlier:
        assert spillgraph("bulk-export", tiny.path, export, "-q") == 0
        tiny.append("citations.csv", "3,1,2002,1\n")
    command = [sys.executable, "-c", _PAUSE, str(tiny.path), str(export), "-q"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "there\n"
    capsys.readouterr()
    assert spillgraph("bulk-export", tiny.path, export, "-q") == 2
    assert "another export" in capsys.readouterr().err
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert export.exists() == earlier
    if earlier:
        assert rows(export)["CITES.Firm-Firm"] == 7
    assert rests(tmp_path) == [".export.spillgraph-export"]

    assert spillgraph("bulk-export", tiny.path, export, "-q") == 0
    assert rows(export)["CITES.Firm-Firm"] == 7 + earlier
    assert rests(tmp_path) == []


def test_a_full_disk_is_one_clear_error(tiny, tmp_path: Path, monkeypatch, capsys) -> None:
    def full(self: BulkFiles) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(BulkFiles, "finish", full)
    assert spillgraph("bulk-export", tiny.path, tmp_path / "export", "-q") == 1
    assert "the disk is full" in capsys.readouterr().err
    assert not (tmp_path / "export").exists()
    assert rests(tmp_path) == []
