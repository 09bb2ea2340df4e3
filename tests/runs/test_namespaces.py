"""Several studies in one database, as users have them: each run and each answer as if alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import spillgraph
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError, QueryError, StudyError
from spillgraph.graph.open import open_store
from spillgraph.graph.schema import EDGES, NODES
from spillgraph.graph.store import GraphStore
from spillgraph.ingest.study import load_study
from spillgraph.queries import list_queries, load_query
from spillgraph.queries.loader import _stems
from spillgraph.runs.identity import fingerprint, hash_inputs
from spillgraph.runs.sections._provenance import provenance_section

pytestmark = pytest.mark.usefixtures("no_page")

OWNERS = "patent,firm,share\na,1,0.5\na,3,0.5\nb,2,1\nc,3,1\nd,1,1\n"
TABLES = """
[tables.patents]
file = "patents.csv"

[tables.patent_owners]
file = "owners.csv"

[tables.patent_citations]
file = "patent_citations.csv"
unmatched = "keep"
"""
EVIL = "x'}) DETACH DELETE n // :Firm `Firm` \\"

#: Values of all parameters of all statements; where a column has another type it is left out.
VALUES: dict[str, object] = {
    **{"slices": 1, "slice": 0, "year": 2002, "first_year": 2000, "last_year": 2002, "limit": 99},
    **{"classification": "f", "target": "t", "origin": "patent_citations", "region": "North"},
    **{"first_region": "North", "second_region": "South", "firm": "1", "drop_self": False},
    **{"first_industry": "A", "second_industry": "B", "industry": "A", "minimum_share": 0.01},
    **{"receiver": "x", "source": "y", "citation_origin": "patent_citations"},
    **{"trade_origin": "trade_links", "keep_diagonal": False},
}
OTHERS: tuple[dict[str, object], ...] = (
    {},
    {"classification": "t", "year": 2001},
    {"origin": "trade_links"},
    {"classification": "t", "origin": "trade_links", "minimum_share": 0.0},
)


@dataclass(frozen=True)
class Shared:
    """A store with a study without a namespace, the same one within ``steel``, and another."""

    address: str
    folder: Path

    def out(self, name: str) -> Path:
        return self.folder / f"{name}_out"

    def open(self, name: str) -> GraphStore:
        namespace = {"plain": None, "steel": "steel", "cars": "cars"}[name]
        return open_store(self.address, read_only=True, namespace=namespace)


def put(study: Any, namespace: str | None) -> None:
    """Put a study into a namespace."""
    if namespace:
        study.replace("[options]\n", f'[graph]\nnamespace = "{namespace}"\n\n[options]\n')


def into(study: Any, out: Path, *more: str) -> int:
    return _exit_code(["run", str(study.path), "--out", str(out), "-q", *more], debug=False)


@pytest.fixture(scope="module", params=["ladybug", "neo4j"])
def shared(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tiny_in: Callable[[Path], Any],
) -> Shared:
    folder = tmp_path_factory.mktemp(f"shared_{request.param}")
    address = str(folder / "graph.lbug")
    if request.param == "neo4j":
        address = request.getfixturevalue("neo4j_of_module").address
    for name, namespace in {"plain": None, "steel": "steel", "cars": "cars"}.items():
        study = tiny_in(folder / name)
        study.replace('[tables.firm_citations]\nfile = "citations.csv"\n', TABLES)
        study.write(
            "patents.csv", "id,firm,year\na,1,2000\nb,2,2000\nc,3,2001\nd,1,2001\ne,,2001\n"
        )
        study.write("owners.csv", OWNERS)
        pairs = ["a,b", "c,a", "c,b", "d,a", "d,d", "d,old", "e,a", "b,c"]
        study.write("patent_citations.csv", "citing,cited\n" + "\n".join(pairs) + "\n")
        put(study, namespace)
        if name == "cars":
            study.replace('name = "Tiny"', f"name = {json.dumps(EVIL)}")
            study.append("trade.csv", "1,1,2001,77\n")
        assert into(study, folder / f"{name}_out", "--store", address) == 0
    return Shared(address, folder)


def asked(name: str, run: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield a statement with one value after the other for what it may be asked."""
    query = load_query(name)
    known = {each.name for each in query.parameters}
    for other in OTHERS:
        every = VALUES | {"run": run} | other
        if known & {*other} or not other:
            yield query.text, query.bind({key: every[key] for key in every if key in known})


def digits(value: Any) -> Any:
    if isinstance(value, list):
        return [digits(each) for each in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def rows(table: pa.Table) -> list[dict[str, Any]]:
    """Rows in an order of their own, to 12 digits; entries of the lists in a row, too."""
    table = table.drop_columns([name for name in table.column_names if name == "created"])
    found = [{key: digits(value) for key, value in row.items()} for row in table.to_pylist()]
    if any(isinstance(value, list) for row in found for value in row.values()):
        lists = [key for key, value in found[0].items() if isinstance(value, list)]
        for row in found:
            ordered = sorted(zip(*(row[key] for key in lists), strict=True))
            row |= {key: [each[n] for each in ordered] for n, key in enumerate(lists)}
    return sorted(found, key=repr)


def test_every_statement_of_ours_gives_the_same_rows_within_a_namespace(shared: Shared) -> None:
    """Also those of aggregation, which nobody may ask but the program itself."""
    run = spillgraph.open_run(shared.out("plain")).id
    names = sorted({*_stems("library"), *_stems("internal")})
    assert len(names) > 50
    empty = set()
    with shared.open("plain") as plain, shared.open("steel") as steel:
        for name in names:
            found = [(rows(plain.query(*each)), each) for each in asked(name, run)]
            for there, each in found:
                assert rows(steel.query(*each)) == there, name
            empty |= set() if any(there for there, _ in found) else {name}
    coagglomeration = {
        "industries_that_crowd_around_an_industry",
        "pairs_that_coagglomerate",
        "what_a_pool_is_made_of",
    }
    assert empty <= {*coagglomeration, "firms_bridging_two_industries"} | {
        "firms_cited_from_two_industries"
    }


def test_matrices_and_ids_are_those_of_the_study_alone(shared: Shared) -> None:
    plain, steel, cars = (spillgraph.open_run(shared.out(n)) for n in ("plain", "steel", "cars"))
    for key, about in plain.record["matrices"].items():
        name, _, year = key.rpartition("_")
        one, other = (run.matrix(name, int(year)).to_frame() for run in (plain, steel))
        pd.testing.assert_frame_equal(one, other, rtol=1e-12)
        assert about["sum"] == pytest.approx(steel.record["matrices"][key]["sum"], rel=1e-12)
    assert plain.id == steel.id != cars.id  # a namespace is a place, as the store is
    for run, name in ((plain, None), (steel, "steel"), (cars, "cars")):
        assert run.record["namespace"] == name
        assert "namespace" not in run.record["options"]


def test_a_namespace_is_no_part_of_the_fingerprint(tiny: Any) -> None:
    def named() -> str:
        study = load_study(tiny.path)
        return fingerprint(study, hash_inputs(study))

    before = named()
    put(tiny, "steel")
    assert load_study(tiny.path).graph.namespace == "steel"
    assert named() == before


def test_the_folder_of_a_run_knows_its_namespace(shared: Shared, capsys: Any) -> None:
    for name in ("plain", "steel", "cars"):
        (study,) = (
            spillgraph.open_store(shared.out(name))
            .query("MATCH (s:Study) RETURN s.name AS name")["name"]
            .to_pylist()
        )
        assert study == (EVIL if name == "cars" else "Tiny")
    asked = ["cypher", "MATCH (:Firm)-[d:SUPPLIES]->(:Firm) RETURN count(d) AS n", "-f", "csv"]
    for more, n in (
        (["--store", str(shared.out("cars"))], 5),
        (["--store", str(shared.out("cars")), "--namespace", "cars"], 5),
        (["--store", shared.address, "--namespace", "cars"], 5),
        (["--store", shared.address, "--namespace", "steel"], 4),
        (["--store", shared.address], 4),
    ):
        assert _exit_code([*asked, *more], debug=True) == 0
        assert capsys.readouterr().out.split() == ['"n"', str(n)]
    frame = spillgraph.query("runs", shared.address, namespace="cars")
    assert list(frame["run"]) == [spillgraph.open_run(shared.out("cars")).id]
    with pytest.raises(InputError, match="is of a run in the namespace 'cars', not in 'steel'"):
        spillgraph.open_store(shared.out("cars"), namespace="steel")
    with pytest.raises(InputError, match="is of a run without a namespace, not in 'steel'"):
        spillgraph.query("runs", shared.out("plain"), namespace="steel")


def test_the_page_says_the_namespace(shared: Shared) -> None:
    for name, said in (("steel", True), ("plain", False)):
        about = spillgraph.open_run(shared.out(name)).record
        text = str(provenance_section(about, "study.toml"))
        assert ("Namespace <code>steel</code>: labels and types in the graph begin" in text) == said
        assert ("Namespace" in text) == said


def everything(store: GraphStore) -> dict[str, Any]:
    """Return what a study holds: rows of each kind of node, counts and sums of each edge."""
    found: dict[str, Any] = {}
    for node in NODES:
        shown = ", ".join(f"n.{each.name} AS `{each.name}`" for each in node.properties)
        table = store.query(f"MATCH (n:{node.name}) RETURN {shown}")
        found[node.name] = sorted(map(repr, table.to_pylist()))
    for edge in EDGES:
        measure = next((p.name for p in edge.properties if p.type == "float"), None)
        for ends in edge.ends:
            found[f"{edge.name} {ends}"] = store.count(edge.name, ends, measure)
    return found


def test_a_run_again_a_rebuild_and_a_clean_leave_the_others_untouched(
    shared: Shared, capsys: Any
) -> None:
    kept = {}
    for name in ("plain", "cars"):
        with shared.open(name) as store:
            kept[name] = everything(store)
    study, out = shared.folder / "steel" / "study.toml", shared.out("steel")
    with (study.parent / "trade.csv").open("a", encoding="utf-8") as file:
        file.write("1,3,2001,4\n")
    words = ["run", str(study), "--out", str(out), "--store", shared.address, "--rebuild"]
    assert _exit_code(words, debug=False) == 0
    said = capsys.readouterr().out
    assert "The graph held other input; it was rebuilt." in said
    assert f"run {spillgraph.open_run(out).id}, namespace steel." in said
    run = spillgraph.open_run(out).id
    clean = ["clean", "--run", run, "--store"]
    assert _exit_code([*clean, shared.address], debug=False) == 2  # it is not of that namespace
    assert f"no run '{run}' has written to the graph" in capsys.readouterr().err
    assert _exit_code([*clean, str(out)], debug=False) == 0
    with shared.open("steel") as store:
        assert store.count("Run", None, None).rows == 0
        assert store.count("SUPPLIES", ("Firm", "Firm"), "value").rows == 5
    for name, before in kept.items():
        with shared.open(name) as store:
            assert everything(store) == before, name


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "Steel", "a_b", "x" * 32, "in", EVIL])
def test_what_cannot_be_a_namespace_is_one_error_with_file_key_and_remedy(
    tiny: Any, name: str, capsys: Any
) -> None:
    tiny.replace("[options]\n", f"[graph]\nnamespace = {json.dumps(name)}\n\n[options]\n")
    assert _exit_code(["check", str(tiny.path)], debug=False) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"Error: {tiny.path}: key 'graph.namespace' = ")
    assert error.count("\n") == 1
    assert "1 to 31 small letters and digits" in error or "choose another name" in error


def test_a_namespace_that_is_no_text_and_a_misspelt_key(tiny: Any) -> None:
    tiny.replace("[options]\n", "[graph]\nnamespace = 3\n\n[options]\n")
    with pytest.raises(StudyError, match=r"key 'graph.namespace' = 3: "):
        load_study(tiny.path)
    tiny.replace("namespace = 3", 'namespaces = "a"')
    with pytest.raises(StudyError, match=r"unknown key 'graph.namespaces'. Did you mean 'names"):
        load_study(tiny.path)


def test_two_studies_of_one_namespace_are_refused_with_the_remedy(
    tiny: Any, tmp_path: Path, capsys: Any
) -> None:
    store = ["--store", str(tmp_path / "shared.lbug")]
    put(tiny, "steel")
    assert into(tiny, tmp_path / "one", *store) == 0
    tiny.replace('name = "Tiny"', 'name = "Other"')
    assert into(tiny, tmp_path / "other", *store) == 2
    error = capsys.readouterr().err
    assert "shared.lbug (namespace 'steel') holds the graph of the study 'Tiny'" in error
    assert "give yours another namespace ([graph] namespace)" in error


def test_a_namespace_that_changes_between_two_runs_of_a_folder(tiny: Any, tmp_path: Path) -> None:
    """The folder is that of the last run; what the run before has loaded stays where it is."""
    out = tmp_path / "out"
    put(tiny, "steel")
    for namespace in ("steel", "cars"):
        tiny.replace('"steel"', f'"{namespace}"')
        assert into(tiny, out) == 0
        with spillgraph.open_store(out) as store:
            assert store.namespace.name == namespace
            assert store.count("CITES", ("Firm", "Firm"), None).rows == 7
    told = "The graph in this folder also holds what was loaded in another namespace ('steel')."
    assert told in spillgraph.open_run(out).record["notes"]
    with spillgraph.open_store(out / "graph.lbug", namespace="steel", read_only=False) as store:
        assert store.namespaces() == ["cars", "steel"]
        assert store.count("CITES", ("Firm", "Firm"), None).rows == 7
        store.clear()
        assert store.namespaces() == ["cars"]
    assert spillgraph.query("runs", out).shape[0] == 1
    assert into(tiny, out, "--graph", "nothing") == 0  # which leaves the others where they are
    with open_store(out / "graph.lbug", namespace="steel") as store:
        assert store.namespaces() == []


def test_industries_alone_are_refused_firms_within_their_namespace(
    tiny: Any, tmp_path: Path
) -> None:
    put(tiny, "steel")
    out = tmp_path / "out"
    assert into(tiny, out, "--graph", "industries") == 0  # which leaves the namespace as it is
    with pytest.raises(QueryError, match="asks for CITES, Firm, and this graph keeps industries"):
        spillgraph.query("top_cited_firms", out, industry="A")
    with open_store(out / "graph.lbug") as store:  # a study beside it that keeps its firms
        store.prepare()
    for kind, code in (("Firm", 2), ("firm", 2), ("steel_Firm", 2), ("`Firm`", 0), ("Industry", 0)):
        statement = f"MATCH (f:{kind}) RETURN count(*) AS n"
        assert _exit_code(["cypher", statement, "--store", str(out)], debug=False) == code


def test_an_export_for_the_import_has_the_names_of_the_namespace(tiny: Any, tmp_path: Path) -> None:
    put(tiny, "steel")
    with pytest.warns(UserWarning, match="."):
        export = spillgraph.bulk_export(tiny.path, tmp_path / "bulk")
    named = [word.partition("=")[2] for word in export.command if "header.csv" in word]
    assert "steel_Firm:steel_Spillgraph=Firm.header.csv,Firm.csv" in named
    assert "steel_CITES=CITES.Firm-Firm.header.csv,CITES.Firm-Firm.csv" in named
    assert all(word.startswith("steel_") for word in named)
    assert "steel_" in (tmp_path / "bulk" / "README.txt").read_text(encoding="utf-8")
    about = json.loads((tmp_path / "bulk" / "export.json").read_text(encoding="utf-8"))
    assert about["namespace"] == "steel"


def test_the_library_names_no_node_without_its_kind() -> None:
    """A pattern without a kind sees what others keep; nothing of ours may."""
    for query in [*list_queries(), *(load_query(name) for name in _stems("internal"))]:
        assert "()" not in query.text.replace(" ", ""), query.name
