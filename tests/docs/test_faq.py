"""Messages and remarks that the FAQ quotes are those that the program gives."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import spillgraph
from cells import dying
from distributed import LocalCluster
from neo4j import GraphDatabase
from s3fs import S3FileSystem
from served import environment_of, files_served
from spillgraph.analytics import (
    citation_shares,
    production_shares,
    psi,
    require_leakage,
    spectral_radius,
)
from spillgraph.cli.main import _exit_code
from spillgraph.core import dask_engine
from spillgraph.core.engines import open_engine
from spillgraph.core.errors import SpillgraphError
from spillgraph.core.map_cells import map_cells, processes
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.aggregate import start
from spillgraph.graph.open import open_store
from spillgraph.ingest.concordance import weighted_map
from spillgraph.runs.folder import claim
from spillgraph.runs.networks import year_networks
from spillgraph.sample import write_sample

FAQ = (Path(__file__).parents[2] / "docs" / "faq.md").read_text(encoding="utf-8")
ERRORS, REMARKS, WARNINGS = (
    re.findall(r"^### `(.+)`$", part, re.MULTILINE)
    for part in re.split(r"\n## (?:Remarks|Warnings)\n", FAQ)
)

MAP = '[tables.concordance]\nfile = "map.csv"\nfrom_classification = "f"\n'
CITATIONS = '[tables.firm_citations]\nfile = "citations.csv"\n'
CITATIONS_FILE = '"citations.csv"'
TRADE = '[tables.trade_links]\nfile = "trade.csv"\n'
OUTPUT_FILE = "output.csv"
OUTPUT_ROWS = "x,2001,100,70,60\ny,2001,80,50,40\n"
OUTPUT = '[tables.io_output]\nfile = "output.csv"\nclassification = "t"\n'
HEAD = "citing,cited,year,count\n"


def said(quoted: str, text: str) -> bool:
    """Whether a text holds a quoted message, in which ``…`` stands for what differs."""
    return bool(re.search(".*".join(map(re.escape, quoted.split("…"))), text, re.DOTALL))


# -- errors --------------------------------------------------------------------------------------


def matrix(name: str, values: list[list[float]]) -> LabelledMatrix:
    return LabelledMatrix.build(name, values, ["steel", "cars"])


def frame(value: float) -> pd.DataFrame:
    return pd.DataFrame(value, index=["steel", "cars"], columns=["steel", "cars"])


def concordance(*rows: tuple[str, str, float | None]) -> None:
    weighted_map(pd.DataFrame(rows, columns=["from", "to", "weight"]), ["a"], "f", "t")


def check(tiny: Any, old: str, new: str, file: str = "study.toml") -> None:
    """Check the tiny study with one text changed."""
    path = tiny.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    _exit_code(["check", str(tiny.path), "-q"], debug=True)


def check_with(tiny: Any, citations: str | bytes) -> None:
    """Check the tiny study with other citations."""
    text = citations if isinstance(citations, bytes) else citations.encode()
    (tiny.folder / "citations.csv").write_bytes(text)
    _exit_code(["check", str(tiny.path), "-q"], debug=True)


def with_shares(tiny: Any, table: str) -> None:
    """Check the tiny study with industries of firms by share."""
    tiny.write("shares.csv", table)
    entry = '[tables.firm_industries]\nfile = "shares.csv"\nclassification = "f"\n'
    check(tiny, CITATIONS, f"{entry}\n{CITATIONS}")


def with_owners(tiny: Any, table: str) -> None:
    """Check the tiny study with owners of firms."""
    tiny.write("owners.csv", table)
    check(tiny, CITATIONS, f'[tables.ownership]\nfile = "owners.csv"\n\n{CITATIONS}')


def check_also(tiny: Any, entry: str, table: str) -> None:
    """Check the tiny study with a second entry for a table, of the file more.csv."""
    tiny.write("more.csv", table)
    head, _, rest = entry.partition("\n")
    more = rest.replace(rest.split('"')[1], "more.csv").replace('"t"', '"f"')
    check(tiny, entry, f"[{head}]\n{rest}[{head}]\n{more}")


def differing_files(tiny: Any) -> None:
    tiny.write("c_1.csv", f"{HEAD}1,2,2000,4\n")
    tiny.write("c_2.csv", "citing,cited,year\n2,1,2001\n")
    check(tiny, '"citations.csv"', '"c_*.csv"')


def with_graph(tiny: Any, keep: str) -> None:
    """Ask for firms after a run that has not kept them in its graph."""
    words = ["run", str(tiny.path), "--out", str(tiny.folder / keep), "--graph", keep, "-q"]
    assert _exit_code(words, debug=True) == 0
    spillgraph.query("top_cited_firms", tiny.folder / keep, industry="A")


def in_namespace(tiny: Any, name: str) -> None:
    """Check the tiny study with a namespace."""
    check(tiny, "[options]\n", f'[graph]\nnamespace = "{name}"\n\n[options]\n')


def with_two_labels(tiny: Any, head: str = "code,name", rows: str = "A,Alpha B,Beta") -> None:
    one, two = rows.split()
    tiny.write("io.csv", f"{head},A,B\n{one},1,2\n{two},3,4\n")
    wide = 'wide = { rows = "supplier", columns = "user", values = "value" }'
    entry = f'[tables.io_flows]\nfile = "io.csv"\nclassification = "f"\n{wide}\n'
    check(tiny, OUTPUT, f"{entry}constants = {{ year = 2001 }}\n{OUTPUT}")


def with_a_link(tiny: Any) -> None:
    (tiny.folder / "link.csv").symlink_to("gone.csv")
    check(tiny, '"citations.csv"', '"link.csv"')


def without_a_package(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    check(tiny, CITATIONS_FILE, '"s3://bucket/c.csv"')


def without_credentials(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment_of("http://127.0.0.1:1").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    S3FileSystem.clear_instance_cache()
    check(tiny, CITATIONS_FILE, '"s3://bucket/c.csv"')


def from_a_store(tiny: Any, *, refused: bool = False, changes: bool = False) -> None:
    """Check the tiny study with citations from a server that refuses, or changes what it has."""
    with files_served() as files:
        files.files["/c.csv"] = HEAD.encode()
        files.refused, files.changes = refused, changes
        check(tiny, CITATIONS_FILE, f'"{files.address}/c.csv"')


def without_room_for_copies(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPILLGRAPH_CACHE", str(tiny.path))
    with files_served() as files:
        files.files["/c.csv"] = HEAD.encode()
        check(tiny, CITATIONS_FILE, f'"{files.address}/c.csv"')


def in_blanks(tiny: Any) -> None:
    tiny.write("citations.csv", "1 2 2001 4\n2 1 2001 3\n")
    names = 'header = false\nnames = ["citing", "cited", "year", "count"]'
    check(tiny, '"citations.csv"', f'"citations.csv"\n{names}')


def in_a_folder_of_another_year(tiny: Any) -> None:
    (tiny.folder / "year=1999").mkdir()
    (tiny.folder / "citations.csv").rename(tiny.folder / "year=1999" / "citations.csv")
    check(tiny, '"citations.csv"', '"year=1999/citations.csv"\npartitions = ["year"]')


def run_with(tiny: Any, citations: str) -> None:
    tiny.write("citations.csv", HEAD + citations)
    run_into(tiny, tiny.folder / "out")


def run_into(tiny: Any, out: Path) -> None:
    _exit_code(["run", str(tiny.path), "--out", str(out), "-q"], debug=True)


def into_others_work(tiny: Any) -> None:
    (tiny.folder / "matrices").mkdir()
    run_into(tiny, tiny.folder)


def into_its_input(tiny: Any) -> None:
    (tiny.folder / "tables").mkdir()
    (tiny.folder / "firms.csv").rename(tiny.folder / "tables" / "firms.csv")
    tiny.replace('"firms.csv"', '"tables/firms.csv"')
    run_into(tiny, tiny.folder)


def into_a_busy_folder(tiny: Any, out: Path) -> None:
    with claim(out, []):
        run_into(tiny, out)


def with_workers(number: int, odd: str = "", monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """Ask a small cluster, whose workers may be odd in one point."""
    if monkeypatch is not None:
        monkeypatch.setattr(dask_engine, odd, lambda what: "numpy 1.0, here 2.0")
    with LocalCluster(
        n_workers=number, processes=False, dashboard_address=":0", silence_logs=50
    ) as cluster:
        pool = open_engine(f"dask:{cluster.scheduler_address}")
        assert pool is not None
        pool.require_folder(Path(__file__).parent)


def twice(url: Path | str) -> None:
    with open_store(url), open_store(url):
        raise AssertionError("two writers")


def without_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_PASSWORD", "NEO4J_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    open_store("neo4j://localhost")


def where_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    open_store("bolt://localhost:1")


def as_somebody_else(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # not a wrong password of the right user, whom the server would keep out for some seconds
    monkeypatch.setenv("NEO4J_USERNAME", "nobody")
    open_store(server.address)


def among_others_nodes(server: Any) -> None:
    auth = (server.username, server.password)
    with GraphDatabase.driver(server.address, auth=auth) as driver:
        driver.execute_query("CREATE (:Firm {id: 'theirs'})")
    with open_store(server.address) as store:
        store.prepare()


def another_study(tiny: Any, folder: Path) -> None:
    graph = ["--store", str(folder / "shared.lbug"), "-q"]
    _exit_code(["run", str(tiny.path), "--out", str(folder / "one"), *graph], debug=True)
    tiny.replace('name = "Tiny"', 'name = "Other"')
    _exit_code(["run", str(tiny.path), "--out", str(folder / "other"), *graph], debug=True)


def rubbish(path: Path, begin: bytes) -> None:
    path.write_bytes(begin + b"rubbish" * 5_000)
    open_store(path)


def ask(run: Path, statement: str, *options: str) -> None:
    _exit_code(["cypher", statement, "--store", str(run / "results"), *options], debug=True)


def printed(tiny: Any, flows: str, output: str, more: str = "") -> None:
    """Check a study of flows between industries."""
    tiny.write("flows.csv", f"supplier,user,year,value\n{flows}")
    tiny.write("output.csv", f"industry,year,gross_output,value_added\n{output}")
    study = '[study]\nname = "Printed"\ntarget = "s"\n'
    for name, file in (("io_flows", "flows.csv"), ("io_output", "output.csv")):
        study += f'[tables.{name}]\nfile = "{file}"\nclassification = "s"\n'
    tiny.write("study.toml", study + more)
    _exit_code(["check", str(tiny.path), "-q"], debug=True)


def with_a_total(tiny: Any) -> None:
    rows = ["a,a,3", "b,a,5", "c,a,9", "a,b,4", "b,b,1", "c,b,8", "T,a,17", "T,b,13"]
    rows += ["a,c,6", "b,c,7", "T,c,13"]
    flows = "".join(f"{row[:4]}2000,{row[4:]}\n" for row in rows)
    printed(tiny, flows, "a,2000,90,\nb,2000,80,\nc,2000,70,\n")


def in_another_unit(tiny: Any, factor: float) -> None:
    flows = "a,a,2000,20\nb,a,2000,30\na,b,2000,20\nb,b,2000,80\n"
    rows = (("a", 100, 50), ("b", 200, 100))
    printed(tiny, flows, "".join(f"{c},2000,{x * factor},{v * factor}\n" for c, x, v in rows))


def of_shares(tiny: Any) -> None:
    flows = "".join(f"{i},{j},2000,{0.5 if i == j else 0.25}\n" for i in "abc" for j in "abc")
    printed(tiny, flows, "a,2000,90,\nb,2000,80,\nc,2000,70,\n")


def negative_use(tiny: Any) -> None:
    tiny.write("make.csv", "industry,commodity,year,value\na,a,2000,9\nb,b,2000,9\n")
    tiny.write("use.csv", "commodity,user,year,value\na,b,2000,-1\nb,a,2000,2\n")
    tiny.write(
        "study.toml",
        '[study]\nname = "Made"\ntarget = "s"\n[make_use]\nnegative = "refuse"\n'
        '[tables.make]\nfile = "make.csv"\nclassification = "s"\n[tables.use]\nfile = "use.csv"\n',
    )
    _exit_code(["check", str(tiny.path), "-q"], debug=True)


def after_psi_of_another(tiny: Any, out: Path) -> None:
    run_into(tiny, out)
    (out / "psi.json").write_text("{}", encoding="utf-8")
    mine = out / "run.json"
    text = mine.read_text(encoding="utf-8").replace('"fingerprint": "', '"fingerprint": "x')
    mine.write_text(text.replace('"capabilities": {', '"capabilities": {"psi": ["psi.json"], ', 1))
    run_into(tiny, out)


def without_output() -> None:
    index = pd.MultiIndex.from_product([[2019], ["steel", "cars"]], names=["year", "code"])
    output = pd.DataFrame({"gross_output": 1.0}, index=index)
    year_networks(2020, None, {2020: matrix("Z", [[0, 1], [1, 0]])}, output)


def output_of_one() -> None:
    index = pd.MultiIndex.from_tuples([(2020, "steel")], names=["year", "code"])
    output = pd.DataFrame({"gross_output": 3.0}, index=index)
    year_networks(2020, None, {2020: matrix("Z", [[0, 1], [1, 0]])}, output)


def shares(values: list[list[float]], output: float) -> None:
    production_shares(matrix("Z", values), pd.Series({"steel": output, "cars": 100.0}))


@pytest.fixture
def provoked(
    request: pytest.FixtureRequest,
    tiny: Any,
    tmp_path: Path,
    sample_run: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Callable[[], object]]:
    """By the beginning of a quoted message, what makes the program say it."""

    def server() -> Any:
        return request.getfixturevalue("neo4j")

    graph = tmp_path / "g.lbug"
    more_output = "industry,year,gross_output\nA,2001,5\n"
    where = '"citations.csv"\nwhere = { year = "1492" }'
    return {
        "matrix W has": lambda: require_leakage(matrix("W", [[0, 1], [1, 0]])),
        "concordance … → …": lambda: concordance(("a", "x", 1.1)),
        "concordance from": lambda: concordance(("a", "x", 0.7), ("a", "y", None)),
        "table …: none": lambda: run_with(tiny, "1,99,2001,4\n2,99,2001,4\n"),
        "table …: … of its": lambda: check(tiny, "C,y,1", "C,z,1\nB,z,1", "map.csv"),
        "table …: … rows were": lambda: with_shares(tiny, "firm,industry\n1,A\n1,Z\n2,Z\n"),
        "table …: … '…' has": lambda: with_shares(tiny, "firm,industry,share\n1,A,.7\n1,B,.5\n"),
        "table ownership: the owners": lambda: with_owners(tiny, "firm,owner\n1,2\n1,3\n"),
        "table ownership: in": lambda: with_owners(tiny, "firm,owner\n1,2\n2,1\n"),
        "table … has no rows": lambda: check_with(tiny, HEAD),
        "…, row …: … is '…', a number only": lambda: check(tiny, "8.5", '"8,5"', "trade.csv"),
        "…, row …: … is '…', … The column has several": lambda: check_with(
            tiny, f'{HEAD}1,2,2001,"1,000"\n2,1,2001,1 000\n'
        ),
        "…, row …: … The column has two": lambda: check_with(
            tiny, f'{HEAD}1,2,2001,"20,5"\n2,1,2001,20.5\n'
        ),
        "…, row …: … is '…', a number of": lambda: check(tiny, "8.5", "(8.5)", "trade.csv"),
        "…, row …: … is '…', an id": lambda: check_with(
            tiny, f"{HEAD}1,1e+05,2001,4\n1,2e+05,2001,4\n"
        ),
        "…, row … repeats": lambda: check_with(
            tiny, f"{HEAD}1,2,2001,4\n1,2,2001,3\n2,2,2001,1\n2,2,2001,1\n"
        ),
        "…: nothing of": lambda: run_with(tiny, "4,4,2001,4\n"),
        "…, row … (line …): a quote is opened and closed": lambda: check_with(
            tiny, f'{HEAD}1,"2,2001,4\n2,1",2001,3\n'
        ),
        "…, row … (line …): a quote is opened and never": lambda: check_with(
            tiny, f'{HEAD}1,"2,2001,4\n2,1,2001,3\n'
        ),
        "…, row …: … runs": lambda: check_with(tiny, f'{HEAD}1,"2\n1,3",2001,4\n'),
        "… is not … in its header": lambda: check_with(tiny, b"citing,cited,ye\xffar\n"),
        "…: this is utf": lambda: check_with(tiny, f"{HEAD}1,2,2001,4\n".encode("utf-16-le")),
        "…: the file is text": lambda: check_with(tiny, f"{HEAD}1,2,2001,4\n".replace(",", "\1")),
        "…: 'names' lists": lambda: in_blanks(tiny),
        "…: the header has a quote": lambda: check_with(tiny, f'"{HEAD}'),
        "…, row …: column": lambda: in_a_folder_of_another_year(tiny),
        "…: the header has … fields": lambda: check_with(tiny, f"{HEAD}1,1,2,2001,4\n"),
        "…: units_row": lambda: check(tiny, '"citations.csv"', '"citations.csv"\nunits_row = true'),
        "…: column '…' holds": lambda: with_two_labels(tiny),
        "…: column '…' stands": lambda: with_two_labels(tiny, "code,year", "A,2001 B,2001"),
        "…: column '…' has": lambda: with_two_labels(tiny, "name,code", "Alpha,A Beta,B"),
        "…: columns = {": lambda: check(
            tiny, '"citations.csv"', '"citations.csv"\ncolumns = { year = "" }'
        ),
        "…: there is no column for": lambda: differing_files(tiny),
        "[[tables.…]]: some": lambda: check_also(tiny, CITATIONS, "citing,cited,year\n1,2,2001\n"),
        "[[tables.…]]: all": lambda: check_also(tiny, OUTPUT, more_output),
        "…: 'where'": lambda: check(tiny, '"citations.csv"', where),
        "--out …: a run would replace … there": lambda: into_others_work(tiny),
        "--out …: a run would replace the input": lambda: into_its_input(tiny),
        "--out …: another run": lambda: into_a_busy_folder(tiny, tmp_path / "out"),
        "engine '…' is not known": lambda: open_engine("loca"),
        "engine …: no scheduler": lambda: open_engine("dask:tcp://127.0.0.1"),
        "engine …: the scheduler has": lambda: with_workers(0),
        "engine …: worker … has": lambda: with_workers(1, "differences", monkeypatch),
        "engine …: worker … does not see": lambda: with_workers(1, "_look", monkeypatch),
        "…: the worker died": lambda: list(map_cells(dying, [("", -1)], processes(1))),
        "… is not a graph": lambda: rubbish(graph, b""),
        "another process uses": lambda: twice(graph),
        "there is no graph": lambda: open_store(tmp_path / "no.lbug", read_only=True),
        "the graph at": lambda: rubbish(graph, b"LBUG"),
        "unknown key": lambda: check(tiny, "target =", "targte ="),
        "…: there is no column '": lambda: check(tiny, "supplier", "seller", "trade.csv"),
        "key '…': '…' is a link": lambda: with_a_link(tiny),
        "…: the file seems": lambda: check_with(tiny, '[{"citing": 1, "cited": 2}]'),
        "key '…': '…' lies": lambda: without_a_package(tiny, monkeypatch),
        "key '…': a user": lambda: check(tiny, CITATIONS_FILE, '"s3://me:secret@bucket/c.csv"'),
        "key '…': there is no object": lambda: check(tiny, CITATIONS_FILE, '"memory://far/c.csv"'),
        "key '…': '…': there are": lambda: without_credentials(tiny, monkeypatch),
        "key '…': '…': the store refuses": lambda: from_a_store(tiny, refused=True),
        "…: the store does not": lambda: check(tiny, CITATIONS_FILE, '"http://127.0.0.1:1/c.csv"'),
        "…: the object has": lambda: from_a_store(tiny, changes=True),
        "…: copies of objects": lambda: without_room_for_copies(tiny, monkeypatch),
        "there is no file": lambda: check(tiny, "firms.csv", "firm.csv"),
        "[tables.…] is in": lambda: check(tiny, MAP, MAP.replace('"f"', '"g"')),
        "there is nothing to compute": lambda: check(tiny, f"{CITATIONS}\n{TRADE}", ""),
        "there are deliveries": without_output,
        "gross output: '…' buys inputs of … but has": lambda: shares([[0, 1], [1, 0]], 0.0),
        "gross output: '…' buys inputs of … but its": output_of_one,
        "…: the matrix given here": lambda: citation_shares(matrix("W", [[0, 1], [1, 0]])),
        "matrix …: its rows are called": lambda: spectral_radius(
            frame(1.0).rename_axis(index="supplier", columns="user")
        ),
        "matrix …: row": lambda: spectral_radius(frame(float("nan"))),
        "matrix …: an array": lambda: psi(frame(0.1), frame(0.1).to_numpy()),
        "table …, column": lambda: with_a_total(tiny),
        "The accounts of": lambda: in_another_unit(tiny, 1e3),
        "The flows of": lambda: of_shares(tiny),
        "In … inputs exceed": lambda: check(
            tiny, OUTPUT_ROWS, "x,2001,1,,\ny,2001,1,,\n", OUTPUT_FILE
        ),
        "table use": lambda: negative_use(tiny),
        "--out …: 'spillgraph psi'": lambda: after_psi_of_another(tiny, tmp_path / "out"),
        "matrix …: the flow": lambda: shares([[0, -1], [1, 0]], 100.0),
        "line …": lambda: ask(sample_run, "MATCH (f:Firm) DETACH DELETE f"),
        "the statement needs": lambda: ask(sample_run, "MATCH (f {id: $x}) RETURN f.id AS id"),
        "column '…' holds": lambda: ask(sample_run, "MATCH (f:Firm) RETURN f", "-f", "csv"),
        "the statement cannot run": lambda: ask(sample_run, "MATCH (f:Frim) RETURN f.id AS id"),
        "which graph?": lambda: _exit_code(["cypher", "RETURN 1 AS one"], debug=True),
        "the graph server needs": lambda: without_password(monkeypatch),
        "… refuses user": lambda: as_somebody_else(server(), monkeypatch),
        "no graph server": lambda: where_nobody_answers(monkeypatch),
        "there is no database": lambda: open_store(f"{server().address}/nowhere"),
        "… holds … nodes": lambda: among_others_nodes(server()),
        "… holds the graph of the study": lambda: another_study(tiny, tmp_path),
        "key 'graph.namespace' = …: a": lambda: in_namespace(tiny, "Steel"),
        "key 'graph.namespace' = …: the": lambda: in_namespace(tiny, "in"),
        "… holds no study …": lambda: open_store(
            sample_run / "results" / "graph.lbug", read_only=True, namespace="steel"
        ),
        "… is of a run …": lambda: spillgraph.query(
            "runs", sample_run / "results", namespace="steel"
        ),
        "another process writes": lambda: twice(server().address),
        "no run '…'": lambda: _exit_code(
            ["clean", "--run", "nobody", "--store", str(sample_run / "results")], debug=True
        ),
        "the statement asks for": lambda: with_graph(tiny, "industries"),
        "…: the run there kept": lambda: with_graph(tiny, "nothing"),
        "the folder": lambda: write_sample(tiny.folder, firms=300, citations=6000, seed=1),
    }


#: Defects of ours, which cannot be provoked.
NEVER = {
    "… went in, but the … level holds …; please report this.",
    "…: … records were counted in the file, but … were read; a quote is at fault somewhere. …",
}


def test_what_cannot_be_provoked_is_quoted_and_all_else_is_provoked(
    provoked: dict[str, Callable[[], object]],
) -> None:
    assert set(ERRORS) >= NEVER
    assert len(ERRORS) == len(set(ERRORS)) == len(provoked) + len(NEVER)


@pytest.mark.parametrize("quoted", [each for each in ERRORS if each not in NEVER])
def test_every_quoted_message_is_said(
    quoted: str, provoked: dict[str, Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPILLGRAPH_STORE", raising=False)
    (begin,) = [begin for begin in provoked if quoted.startswith(begin)]
    with pytest.raises(SpillgraphError) as raised:
        provoked[begin]()
    assert said(quoted, str(raised.value)), str(raised.value)


# -- remarks -------------------------------------------------------------------------------------


def count_firms(out: Path, where: str = "") -> None:
    statement = f"MATCH (f:Firm) {where} RETURN f.id AS id"
    assert _exit_code(["cypher", statement, "--store", str(out)], debug=True) == 0


def other_input(tiny: Any, out: Path) -> None:
    tiny.append("citations.csv", "1,3,2002,100\n")
    run_into(tiny, out)


def of_a_later_run(tiny: Any, out: Path) -> None:
    tiny.write("map.csv", "from,to\nA,x\nB,y\nC,y\n")
    tiny.write("citations.csv", "citing,cited,year,count\n1,2,2000,4\n2,1,2001,1\n")
    with pytest.raises(SpillgraphError):
        run_into(tiny, out)
    count_firms(out)


def cut_off(out: Path) -> None:
    with open_store(out / "graph.lbug") as store:
        start(store)
    count_firms(out)


def test_every_quoted_remark_is_made(tiny: Any, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "out"
    made: dict[str, Callable[[], object]] = {
        "No rows": lambda: count_firms(out, "WHERE f.id = 'nobody'"),
        "The graph held": lambda: other_input(tiny, out),
        "Warning: this graph": lambda: of_a_later_run(tiny, out),
        "Warning: the run": lambda: cut_off(out),
    }
    run_into(tiny, out)
    count_firms(out)
    before = capsys.readouterr()
    assert len(REMARKS) == len(made)
    for begin, make in made.items():
        (quoted,) = [each for each in REMARKS if each.startswith(begin)]
        assert quoted not in before.out + before.err
        make()
        now = capsys.readouterr()
        assert quoted in now.out + now.err


# -- warnings ------------------------------------------------------------------------------------


def in_two_spellings(tiny: Any) -> None:
    """Two of many citations name firms with a zero in front."""
    rows = "1,2,2001\n2,1,2001\n" * 20
    check_with(tiny, f"citing,cited,year\n{rows}01,2,2001\n02,1,2001\n")


def with_two_industries(tiny: Any) -> None:
    tiny.append("firms.csv", "1,One,B,,,,,\n2,Two,C,,,,,\n")
    check(tiny, 'file = "firms.csv"', 'file = "firms.csv"\nrepeat = "first"')


def in_two_units(tiny: Any) -> None:
    rows = [(n % 3 + 1, n // 3 % 3 + 1, 1 + n // 3 % 4, n % 3 == 1) for n in range(90)]
    tiny.replace(CITATIONS_FILE, f'{CITATIONS_FILE}\nrepeat = "add"')
    lines = (f"{i},{j},2001,{n * 1000 if large else n}\n" for i, j, n, large in rows)
    check_with(tiny, HEAD + "".join(lines))


def of_unknown_patents(tiny: Any, unmatched: str) -> None:
    """Two of four citations are of patents that are in no table."""
    tiny.write("patents.csv", "id,firm,year\np1,1,2000\np2,2,2001\np3,3,2001\n")
    tiny.write("pc.csv", "citing,cited\np2,p1\np2,old\np3,p1\np3,older\n")
    patents = '[tables.patents]\nfile = "patents.csv"\n\n[tables.patent_citations]\nfile = "pc.csv"'
    tiny.replace("[options]", '[options]\ncitation_weight = "fractional"')
    check(tiny, CITATIONS, f'{patents}\nunmatched = "{unmatched}"\n')


#: By the beginning of a quoted warning, what makes the program give it.
GIVEN: dict[str, Callable[[Any], None]] = {
    "Warning: …: … of … rows": lambda tiny: check_with(
        tiny, f"{HEAD}1,2,2001,4\n1,9,2001,4\n2,9,2001,4\n"
    ),
    "Warning: …: … rows were": in_two_spellings,
    "Warning: …: … rows repeat": with_two_industries,
    "Warning: …: … is … to": in_two_units,
    "citation_weight": lambda tiny: of_unknown_patents(tiny, "reject"),
    "patent_citations": lambda tiny: of_unknown_patents(tiny, "keep"),
}


@pytest.mark.parametrize("quoted", WARNINGS)
def test_every_quoted_warning_is_given(quoted: str, tiny: Any, capsys: Any) -> None:
    assert len(WARNINGS) == len(GIVEN)
    assert _exit_code(["check", str(tiny.path), "-q"], debug=True) == 0
    before = capsys.readouterr()
    (begin,) = [begin for begin in GIVEN if quoted.startswith(begin)]
    GIVEN[begin](tiny)
    now = capsys.readouterr()
    assert not said(quoted, before.out + before.err)
    assert any(said(quoted, line) for line in (now.out + now.err).splitlines()), now.out + now.err
