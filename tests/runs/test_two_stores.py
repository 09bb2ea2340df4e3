"""One study on two stores: the same numbers, the same answers; and many runs in one database."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from spillgraph.capabilities import load
from spillgraph.capabilities.studies import asked_of, read_study
from spillgraph.cli.main import _exit_code
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.bolt.store import BoltStore
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch
from spillgraph.ingest.study import load_study
from spillgraph.queries import list_queries
from spillgraph.runs.capability import Context
from spillgraph.runs.result import Result
from spillgraph.runs.run import run
from spillgraph.runs.steps import Steps
from spillgraph.sample import write_sample

#: Relative difference that the order of summing explains.
CLOSE = 1e-12

#: Every query of the library with values for what has to be given; those in braces differ from
#: study to study. What the folder of a run says of itself (run, year, target, …) is not here,
#: because ``spillgraph query --store FOLDER`` fills it in.
ASKED = {
    "channels_between_industries": "receiver={sector}, source={other_sector}",
    "citation_flows_between_regions": "first_region={region}, second_region={other_region}",
    "citation_trend_of_an_industry_pair": "classification={fine}, {pair}, drop_self=no",
    "concordance_of_an_industry": "classification={fine}, industry={industry}",
    "firms_bridging_two_industries": "{pair}",
    "firms_cited_from_two_industries": "{pair}",
    "firms_of_a_region": "region={region}",
    "firms_that_carry_an_industry": "industry={industry}",
    "firms_that_supply_for_an_industry": "industry={industry}",
    "industries_by_psi": "limit=100",
    "industries_that_crowd_around_an_industry": "industry={industry}",
    "industries_without_concordance": "classification={fine}",
    "industry_pairs_trade_and_citations": "minimum_share=0.01, drop_self=no, limit=1000",
    "largest_customers_of_a_firm": "firm={firm}, limit=1000",
    "most_cited_patents": "",
    "mutual_citation_pairs": "classification={fine}, limit=1000",
    "pairs_that_coagglomerate": "limit=1000",
    "patents_without_owner": "",
    "runs": "",
    "self_citation_share_by_industry": "classification={fine}",
    "suppliers_of_suppliers": "firm={firm}, limit=1000",
    "top_cited_firms": "industry={industry}",
    "unmapped_flow_by_year": "classification={fine}",
    "what_a_pool_is_made_of": "industry={industry}, region={region}",
    "who_an_industry_learns_from": "classification={fine}, industry={industry}, drop_self=no",
    "who_learns_from_an_industry": "industry={sector}, limit=1000",
}
_TINY = {
    "fine": "f",
    "industry": "A",
    "pair": "first_industry=A, second_industry=B",
    "sector": "x",
    "other_sector": "y",
    "firm": "1",
    "region": "North",
    "other_region": "South",
}
VALUES = {
    "sample": {
        "fine": "csrc78",
        "industry": "C39",
        "pair": "first_industry=C39, second_industry=C26",
        "sector": "16",
        "other_sector": "20",
        "firm": "F000001",
        "region": "Agglomeration 01",
        "other_region": "Agglomeration 02",
    },
    "tiny": _TINY,
    "patents": _TINY,
    "owners": _TINY,
}
COAGGLOMERATION = {
    "industries_that_crowd_around_an_industry",
    "pairs_that_coagglomerate",
    "what_a_pool_is_made_of",
}
#: Queries that find nothing in a study, and rightly so.
NOTHING = {
    "sample": {"most_cited_patents", "patents_without_owner"},
    "tiny": {
        *COAGGLOMERATION,
        "firms_bridging_two_industries",
        "firms_cited_from_two_industries",
        "most_cited_patents",
        "patents_without_owner",
    },
    "patents": COAGGLOMERATION,
    "owners": COAGGLOMERATION,
}

REGION = """
[coagglomeration]
draws = 39
threshold = 0.9
region = "Agglomeration 01"
"""
#: Of figures only the names are compared: here of one format, of all that are usual in the others.
FIGURES = '[outputs]\nfigures = ["svg"]\n'
PATENTS = (
    "id,firm,year\np1,1,2000\np2,2,2001\np3,,2001\np4,1,2002\np5,3,2002\np6,4,2002\np7,3,2000\n"
)
PATENT_CITATIONS = (
    "citing,cited\np2,p1\np3,p1\np4,p1\np4,p2\np5,p2\np5,p4\np6,p5\np4,old\np5,old\np2,p7\np4,p7\n"
)
OWNERS = "patent,firm,share\np1,1,0.5\np1,3,0.25\np4,1,0.5\np4,2,0.5\np7,3,1\n"
OWNERSHIP = "firm,owner,first_year,share\n3,1,2002,0.5\n"
OWNER_TABLES = (
    '[tables.patent_owners]\nfile = "owners.csv"\n\n'
    '[tables.ownership]\nfile = "ownership.csv"\n\n[tables.patents]'
)
FIRM_TABLE = '[tables.firm_citations]\nfile = "citations.csv"'
PATENT_TABLES = (
    '[tables.patents]\nfile = "patents.csv"\n\n'
    '[tables.patent_citations]\nfile = "pc.csv"\nunmatched = "keep"'
)


def spillgraph(*arguments: str) -> int:
    return _exit_code(list(arguments), debug=False)


# -- the same on both stores ---------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """One study on one store: what the run found, what its graph answers, what draws from it."""

    result: Result
    run: dict[str, Any]
    out: Path
    answers: dict[str, pa.Table]
    drawn: dict[int, Any]
    variants: dict[int, pd.DataFrame]


class Clock(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime(2024, 1, 2, 3, 4, tzinfo=UTC)


def write_study(name: str, folder: Path, tiny_in: Callable[[Path], Any]) -> Path:
    if name == "sample":
        write_sample(folder, firms=300, citations=20_000, seed=11)
        with (folder / "citations.csv").open("a", encoding="utf-8") as file:
            file.write("F000001,F999999,2010,3\nF000002,F000001,1066,1\n")  # will be refused
        path = folder / "study.toml"
        text = path.read_text(encoding="utf-8").replace("[outputs]\n", FIGURES)
        path.write_text(text + REGION, encoding="utf-8")
        return path
    study = tiny_in(folder)
    if name in {"patents", "owners"}:
        study.write("patents.csv", PATENTS)
        study.write("pc.csv", PATENT_CITATIONS)
        study.replace(FIRM_TABLE, PATENT_TABLES)
    if name == "owners":
        study.write("owners.csv", OWNERS)
        study.write("ownership.csv", OWNERSHIP)
        study.replace("[tables.patents]", OWNER_TABLES)
    return Path(study.path)


def ask(name: str, study: str, out: Path) -> pa.Table:
    """Ask as a user does, and read what was written."""
    words = [word for word in ASKED[name].format(**VALUES[study]).split(", ") if word]
    path = out / "answer.parquet"
    given = [part for word in words for part in ("--param", word)]
    command = ["query", name, *given, "--store", str(out), "-f", "parquet", "-o", str(path)]
    assert spillgraph(*command) == 0
    return pq.read_table(path)


def hold(study: str, path: Path, out: Path, url: str | None) -> Held:
    steps = Steps()
    out.mkdir()
    study_file = read_study(path)
    result = run(
        study_file,
        out,
        steps,
        asked_of(study_file),
        command="spillgraph run",
        store_url=url,
    )
    told = result.record
    answers = {name: ask(name, study, out) for name in sorted(ASKED)}
    last = replace(result, years=result.years[-1:])
    with open_store(result.store, read_only=True) as store:
        psi = load("psi")
        deep = psi.compute(Context(last, store, steps), psi.options(draws=39))
    return Held(result, told, out, answers, deep.uncertain, deep.sensitivity)


@pytest.fixture(scope="module", params=sorted(VALUES))
def both(
    request: pytest.FixtureRequest,
    neo4j_of_module: Any,
    tmp_path_factory: pytest.TempPathFactory,
    tiny_in: Callable[[Path], Any],
) -> tuple[Held, Held]:
    """The study on the embedded store and on a server."""
    folder = tmp_path_factory.mktemp(request.param)
    path = write_study(request.param, folder / "study", tiny_in)
    with open_store(neo4j_of_module.address) as store:
        store.prepare()
        store.clear()  # of the study before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spillgraph.runs.write_back.datetime", Clock)  # it goes into the graph
        return (
            hold(request.param, path, folder / "embedded", None),
            hold(request.param, path, folder / "server", neo4j_of_module.address),
        )


def apart(one: Any, other: Any, place: str = "") -> list[str]:
    """Return where two values of JSON differ, numbers by more than rounding."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        return [each for key in one for each in apart(one[key], other[key], f"{place}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [each for at, pair in pairs for each in apart(*pair, f"{place}[{at}]")]
    if isinstance(one, float) and isinstance(other, float):
        same = math.isclose(one, other, rel_tol=CLOSE) or (math.isnan(one) and math.isnan(other))
    else:
        same = type(one) is type(other) and bool(one == other)
    return [] if same else [f"{place}: {one!r} and {other!r}"]


def assert_same_matrix(one: LabelledMatrix, other: LabelledMatrix) -> None:
    assert (one.name, one.rows, one.columns) == (other.name, other.rows, other.columns)
    assert (one.unit, one.year, one.provenance) == (other.unit, other.year, other.provenance)
    for values in (one.values, other.values):
        values.sort_indices()
    np.testing.assert_array_equal(one.values.indptr, other.values.indptr)
    np.testing.assert_array_equal(one.values.indices, other.values.indices)
    np.testing.assert_allclose(one.values.data, other.values.data, rtol=CLOSE, atol=0)


def test_matrices_are_the_same_to_the_last_zero(both: tuple[Held, Held]) -> None:
    one, other = (held.result for held in both)
    assert [each.year for each in one.years] == [each.year for each in other.years]
    for of_one, of_other in zip(one.years, other.years, strict=True):
        assert set(of_one.matrices()) == {"citations", "trade", "W", "S", "psi"}
        assert of_one.matrices().keys() == of_other.matrices().keys()
        for name, matrix in of_one.matrices().items():
            assert_same_matrix(matrix, of_other.matrices()[name])
        assert of_one.notes == of_other.notes


def test_hubs_and_sums_of_psi_are_the_same(both: tuple[Held, Held]) -> None:
    for one, other in zip(*(held.result.years for held in both), strict=True):
        assert one.spillover is not None and other.spillover is not None
        for name in ("benefit_without_W", "contribution", "contribution_without_W", "modes"):
            pair = (pd.DataFrame(getattr(each.spillover, name)) for each in (one, other))
            pd.testing.assert_frame_equal(*pair, rtol=CLOSE, atol=0)
    of_one, of_other = (held.result.answers["hubs"] for held in both)
    assert of_one.tables.keys() == of_other.tables.keys()
    assert {"W", "S", "psi"} < {name.split("_")[0] for name in of_one.tables}
    for name, table in of_one.tables.items():
        pd.testing.assert_frame_equal(table, of_other.tables[name], rtol=CLOSE, atol=0)
    scores = (each.capability.scores(each.value) for each in (of_one, of_other))
    for (year, table), (there, other) in zip(*(each.items() for each in scores), strict=True):
        assert year == there
        pd.testing.assert_frame_equal(table, other, rtol=CLOSE, atol=0)


def test_draws_and_variants_are_the_same(both: tuple[Held, Held]) -> None:
    one, other = both
    assert one.drawn.keys() == other.drawn.keys() and one.drawn
    for year, found in one.drawn.items():
        there = other.drawn[year]
        assert found.notes == there.notes
        pairs = list(zip(found.spreads, there.spreads, strict=True))
        assert [ours.drawn for ours, _ in pairs][:1] in (["firms"], [])
        for ours, theirs in pairs:
            assert (ours.drawn, ours.singular) == (theirs.drawn, theirs.singular)
            pd.testing.assert_frame_equal(ours.table, theirs.table, rtol=1e-9, atol=1e-12)
        if found.null is not None:
            pd.testing.assert_frame_equal(found.null, there.null, rtol=1e-9, atol=1e-12)
        pd.testing.assert_frame_equal(one.variants[year], other.variants[year], rtol=1e-9)


def test_totals_and_residuals_are_the_same(both: tuple[Held, Held]) -> None:
    one, other = (held.result for held in both)
    assert one.totals.keys() == other.totals.keys()
    for name, totals in one.totals.items():
        for level in ("input", "firm", "fine", "target", "unmapped", "self_citations", "lost"):
            there = getattr(other.totals[name], level)
            assert apart(getattr(totals, level), there, f"{name}.{level}") == []
    for name, table in one.flows.residuals.items():
        pd.testing.assert_frame_equal(table, other.flows.residuals[name], rtol=CLOSE, atol=0)
    assert apart(one.flows.unmapped, other.flows.unmapped) == []
    assert (one.fingerprint, one.run) == (other.fingerprint, other.run)


def test_files_are_the_same_but_for_time_and_place(both: tuple[Held, Held]) -> None:
    one, other = (held.out for held in both)
    # differences of levels, conditions and residuals are rounding themselves
    own = {"created", "seconds", "store", "totals", "totals_agree_to", "years", "outputs"}
    assert both[0].run["outputs"].keys() == both[1].run["outputs"].keys()
    told = [{key: held.run[key] for key in held.run if key not in own} for held in both]
    assert apart(*told) == []
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    there = sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    assert [name for name in names if not name.name.startswith("graph.lbug")] == there
    for name in there:
        if name.parts[0] in {"rejects", "tables"}:
            assert (one / name).read_bytes() == (other / name).read_bytes()


def test_what_is_refused_is_refused_on_both(
    request: pytest.FixtureRequest, both: tuple[Held, Held]
) -> None:
    refused = [
        {path.name: path.read_text(encoding="utf-8") for path in (held.out / "rejects").iterdir()}
        for held in both
    ]
    assert refused[0] == refused[1]
    lines = sum(text.count("\n") - 1 for text in refused[0].values())
    assert lines == (2 if request.node.callspec.params["both"] == "sample" else 0)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_every_query_has_one_answer(both: tuple[Held, Held], name: str) -> None:
    one, other = (held.answers[name] for held in both)
    assert one.schema.equals(other.schema)
    assert one.num_rows == other.num_rows
    for column in one.column_names:
        assert apart(one[column].to_pylist(), other[column].to_pylist(), column) == []


def test_every_query_of_the_library_is_asked_and_finds_something(
    request: pytest.FixtureRequest, both: tuple[Held, Held]
) -> None:
    """Whoever adds a query says with which values it finds something."""
    assert sorted(ASKED) == sorted(query.name for query in list_queries())
    study = request.node.callspec.params["both"]
    empty = {name for name, table in both[1].answers.items() if not table.num_rows}
    assert empty == NOTHING[study]
    assert not set.intersection(*NOTHING.values())


# -- many runs in one store ----------------------------------------------------------------------


@pytest.fixture(params=["ladybug", "neo4j"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store that is not in the folder of a run."""
    if request.param == "neo4j":
        return str(request.getfixturevalue("neo4j").address)
    return str(tmp_path / "graph.lbug")


only_neo4j = pytest.mark.parametrize("address", ["neo4j"], indirect=True)


def go(tiny: Any, out: Path, address: str, *options: str) -> dict[str, Any]:
    """Run a study as a user does, and return run.json."""
    arguments = ["run", str(tiny.path), "--out", str(out), "--store", address, "-q"]
    assert spillgraph(*arguments, *options) == 0
    return dict(json.loads((out / "run.json").read_text(encoding="utf-8")))


KINDS = {
    "Firm": None,
    "Run": None,
    "CITES": ("Firm", "Firm"),
    "CITATION_STOCK": ("Industry", "Industry"),
    "SCORES": ("Run", "Industry"),
    "W": ("Industry", "Industry"),
    "S": ("Industry", "Industry"),
}


def dump(address: str) -> dict[str, Any]:
    """What a graph holds, as far as it tells one study and one run from another."""
    with open_store(address, read_only=True) as store:
        scores = "MATCH (i:Industry) RETURN i.key AS key, i.run AS run, i.psi_out_strength AS x "
        return {
            "notes": store.batches(),
            "counts": {kind: store.count(kind, ends, None).rows for kind, ends in KINDS.items()},
            "scores": store.query(scores + "ORDER BY key").to_pylist(),
            "study": store.query("MATCH (s:Study) RETURN s.name AS name")["name"].to_pylist(),
            "runs": store.query("MATCH (r:Run) RETURN r.id AS id ORDER BY id")["id"].to_pylist(),
        }


def answer(capsys: Any, *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert spillgraph(*arguments, "-f", "json") == 0
    return list(json.loads(capsys.readouterr().out))


@only_neo4j
def test_a_second_run_loads_nothing_and_one_on_other_input_begins_anew(
    tiny: Any, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, loaded = Steps(), []
    first = run(
        load_study(tiny.path),
        tmp_path / "out",
        steps,
        asked_of(load_study(tiny.path)),
        store_url=address,
    )
    there = dump(address)
    load = BoltStore.load

    def told(self: BoltStore, batch: Batch, *more: Any) -> bool:
        new = load(self, batch, *more)
        loaded.extend([batch.kind] if new else [])
        return new

    monkeypatch.setattr(BoltStore, "load", told)
    again = run(
        load_study(tiny.path),
        tmp_path / "out",
        steps,
        asked_of(load_study(tiny.path)),
        store_url=address,
    )
    made_anew = {"INDUSTRY_CITES", "CITATION_STOCK", "INDUSTRY_SUPPLIES"}
    assert set(loaded) == made_anew | {"Run", "SCORES", "W", "S"}
    assert dump(address) == there
    assert again.totals == first.totals
    assert again.run == first.run and again.notes == first.notes == []
    for one, other in zip(first.years, again.years, strict=True):
        for name, matrix in one.matrices().items():
            assert_same_matrix(matrix, other.matrices()[name])

    tiny.append("citations.csv", "1,3,2002,100\n")
    changed = run(
        load_study(tiny.path),
        tmp_path / "out",
        steps,
        asked_of(load_study(tiny.path)),
        store_url=address,
    )
    assert changed.totals["citations"].input == first.totals["citations"].input + 100
    assert changed.notes == ["The graph held other input; it was rebuilt."]
    now = dump(address)
    assert now["runs"] == [changed.run] != [first.run]
    assert {id.split(":")[0] for id in now["notes"]} == {changed.fingerprint.split(":")[0]}
    assert now["counts"]["CITES"] == there["counts"]["CITES"] + 1


def test_the_graph_of_another_study_is_kept_unless_it_may_go(
    tiny: Any, tiny_in: Callable[[Path], Any], tmp_path: Path, address: str, capsys: Any
) -> None:
    go(tiny, tmp_path / "out", address)
    there = dump(address)
    other = tiny_in(tmp_path / "other")
    other.replace('name = "Tiny"', 'name = "Other"')
    out = tmp_path / "other-out"
    capsys.readouterr()
    command = ["run", str(other.path), "--out", str(out), "--store", address, "-q"]
    assert spillgraph(*command) == 2
    message = capsys.readouterr().err
    assert message.count("Error: ") == message.count("\n") == 1
    assert all(word in message for word in ("'Tiny'", "'Other'", "--rebuild", address))
    assert dump(address) == there
    assert not (out / "run.json").exists()
    told = go(other, out, address, "--rebuild")
    now = dump(address)
    assert now["study"] == ["Other"] and now["runs"] == [told["run"]]
    assert now["counts"] == there["counts"]
    assert not set(now["notes"]) & set(there["notes"])


def test_the_graph_in_the_folder_of_a_run_may_always_go(tiny: Any, tmp_path: Path) -> None:
    for name in ("Tiny", "Other"):
        run(load_study(tiny.path), tmp_path, Steps(), asked_of(load_study(tiny.path)))
        assert dump(str(tmp_path / "graph.lbug"))["study"] == [name]
        tiny.replace(f'name = "{name}"', 'name = "Other"')


@only_neo4j
def test_runs_with_other_choices_stand_beside_each_other(
    tiny: Any, tmp_path: Path, address: str, neo4j: Any, capsys: Any
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    first = go(tiny, one, address)
    assert first["store"] == address
    for file in ("run.json", "report.html"):
        assert neo4j.password not in (one / file).read_text(encoding="utf-8")
    by_psi = ["query", "industries_by_psi", "--store"]
    of_first = answer(capsys, *by_psi, str(one))
    before = dump(address)
    tiny.replace('self_citations = "include"', 'self_citations = "exclude"')
    second = go(tiny, other, address)
    assert first["run"] != second["run"]
    assert second["notes"] == []  # nothing was loaded again
    both = sorted([first["run"], second["run"]])
    for out in (one, other):
        listed = answer(capsys, "query", "runs", "--store", str(out))
        assert sorted(row["run"] for row in listed) == both
        assert {row["study"] for row in listed} == {"Tiny"}
    assert answer(capsys, *by_psi, str(one)) == of_first
    of_second = answer(capsys, *by_psi, str(other))
    assert of_second != of_first
    assert {row["run"] for row in dump(address)["scores"]} == {second["run"], None}

    assert spillgraph("clean", "--run", first["run"], "--store", str(other)) == 0
    left = dump(address)
    assert left["runs"] == [second["run"]]
    assert left["counts"] == before["counts"]
    assert {row["run"] for row in left["scores"]} == {second["run"], None}
    assert not [id for id in left["notes"] if first["run"] in id]
    assert answer(capsys, *by_psi, str(other)) == of_second
    assert answer(capsys, *by_psi, str(one)) == []
    assert spillgraph("clean", "--run", first["run"], "--store", str(other)) == 2
    assert second["run"] in capsys.readouterr().err


def test_clean_removes_what_the_last_run_wrote_and_nothing_else(
    tiny: Any, tmp_path: Path, address: str, capsys: Any
) -> None:
    out = tmp_path / "out"
    told = go(tiny, out, address)
    there = dump(address)
    assert spillgraph("clean", "--run", told["run"], "--store", str(out)) == 0
    assert told["run"] in capsys.readouterr().out
    cleaned = dump(address)
    assert cleaned["runs"] == []
    assert {row["run"] for row in cleaned["scores"]} == {None}
    gone = {"Run": 0, "SCORES": 0, "W": 0, "S": 0}
    assert cleaned["counts"] == there["counts"] | gone
    assert answer(capsys, "query", "runs", "--store", str(out)) == []
    assert spillgraph("clean", "--run", told["run"], "--store", address) == 2
    assert "no run" in capsys.readouterr().err


def test_clean_makes_no_graph_where_there_is_none(
    tmp_path: Path, new_neo4j: Any, capsys: Any
) -> None:
    for place in (str(tmp_path / "none.lbug"), str(tmp_path), new_neo4j.address):
        assert spillgraph("clean", "--run", "r1", "--store", place) == 2
        assert "there is no graph" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
