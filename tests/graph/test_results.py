"""What a run found comes back out of the graph as it went in, and goes again with its run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import sparse
from spillgraph.core.errors import InputError, SpillgraphError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph.ask import ask
from spillgraph.graph.ladybug_store import LadybugStore
from spillgraph.graph.results import (
    Run,
    read_found,
    read_scores,
    remove_results,
    to_table,
    write_results,
)
from spillgraph.graph.schema import FOUND, NODES, RESULT_PROPERTIES, RESULTS, SCORES
from spillgraph.graph.store import Batch, GraphStore, edge_type

CODES = ["x", "y", "it's"]
MARK = "0123abcd"
INJECTION = "x'}) DETACH DELETE n //"
ENDS = ("Industry", "Industry")
NAN = float("nan")

#: By year. Of all scores only these are known; those of 2001 without ψ.
FRAMES = {
    2001: pd.DataFrame({"W_pagerank": [0.1 + 0.2, 1 / 3, NAN]}, index=CODES),
    2002: pd.DataFrame(
        {
            "psi_out_strength": [1e-300, NAN, 2.5],
            "psi_in_strength": [1 / 7, 1e300, 0.0],
            "W_pagerank": [NAN, 0.25, 0.5],
        },
        index=CODES[::-1],
    ),
}
W = [[0, 0.25, 0.5], [1 / 3, 0, 0], [0, 0.1 + 0.2, 0]]
S = [[0.125, 0, 0], [0.75, 0, 1e-9], [0, 0, 0]]


def matrix(name: str, values: Any) -> LabelledMatrix:
    return LabelledMatrix.build(name, values, CODES)


LINKS = {
    ("W", 2001): matrix("W", np.array(W) / 2),
    ("W", 2002): matrix("W", W),
    ("S", 2002): matrix("S", S),
}


#: Who crowds around whom, the crowding side first: with and without p, with and without a year.
CROWDS = [
    ("x", "it's", "North", 2001, 0.001),
    ("it's", "x", "North", 2001, NAN),
    ("x", "y", INJECTION, pd.NA, 0.05),
]
POOLS = [("x", "North", 2001, 3, 1 / 3), ("it's", "North", 2001, 1, NAN), ("x", "s", pd.NA, 2, 0.5)]


def found_by(run: str) -> dict[str, pa.Table]:
    """What coagglomeration has found in a run."""
    crowds = pd.DataFrame(CROWDS, columns=["from", "to", "region", "year", "p"])
    crowds = crowds.assign(**{end: "t:" + crowds[end] for end in ("from", "to")}, phi=1, run=run)
    pools = pd.DataFrame(POOLS, columns=["industry", "region", "year", "sites", "outward_size"])
    keys = [f"{run}:{number}" for number in range(len(pools))]
    (node,) = (node for node in NODES if node.name == "IndustryRegion")
    pools = pools.assign(key=keys, run=run).reindex(columns=[p.name for p in node.properties])
    of = pd.DataFrame({"from": keys, "to": "t:" + pools["industry"], "run": run})
    places = pools["region"] == "North"
    region = pd.DataFrame({"from": keys, "to": pools["region"], "run": run})[places]
    frames = {
        "OF_INDUSTRY": of,
        "OF_REGION": region,
        "COAGGLOMERATES": crowds,
        "IndustryRegion": pools,
    }
    return {kind: to_table(kind, frame) for kind, frame in frames.items()}


def a_run(id: str, created: str = "2024-01-01 00:00 UTC") -> Run:
    return Run(id, "Tiny", created, "t", '{"target": "t"}', "0.1.0")


def write(store: GraphStore, id: str, **changes: Any) -> None:
    given = {"scores": FRAMES, "links": LINKS, "found": found_by(id)} | changes
    write_results(store, a_run(id), **given, fingerprint=MARK)


def nodes(kind: str, rows: list[dict[str, object]]) -> Batch:
    """Make a batch of a kind of node; what a row does not say is null."""
    types = {"string": pa.string(), "integer": pa.int64(), "float": pa.float64()}
    (declared,) = [node for node in NODES if node.name == kind]
    columns = {
        each.name: pa.array([row.get(each.name) for row in rows], types[each.type])
        for each in declared.properties
    }
    return Batch(f"{MARK}:{kind}:0", kind, pa.table(columns))


@pytest.fixture
def graph(store: GraphStore) -> GraphStore:
    """Six industries in two classifications, and one flow."""
    industries = [(c, code) for c in ("f", "t") for code in CODES]
    store.load(
        nodes(
            "Industry",
            [
                {"key": f"{c}:{code}", "classification": c, "code": code, "name": code.upper()}
                for c, code in industries
            ],
        )
    )
    store.load(nodes("Region", [{"id": "North"}]))
    flow = {"from": ["t:x"], "to": ["t:it's"], "year": [2001], "value": [4.0], "origin": ["o"]}
    store.load(Batch(f"{MARK}:flow", "INDUSTRY_SUPPLIES", pa.table(flow), ENDS, "value"))
    return store


def keeps_all(store: GraphStore) -> bool:
    """Whether the store holds results of many runs; the embedded one those of the last only."""
    return not store.url.startswith("ladybug:")


def scores(store: GraphStore, run: str) -> dict[int, pd.DataFrame]:
    """Read the SCORES edges of a run: by year, as they were given."""
    columns = ", ".join(f"s.{each.name} AS {each.name}" for each in SCORES)
    rows = store.query(
        f"MATCH (r:Run)-[s:SCORES]->(i:Industry) WHERE r.id = $run "
        f"RETURN s.run AS run, s.year AS year, i.key AS key, {columns} ORDER BY year, key",
        {"run": run},
    ).to_pandas()
    assert set(rows["run"]) <= {run}
    return {year: part.set_index("key") for year, part in rows.groupby("year")}


def of_industries(store: GraphStore) -> dict[str, dict[str, object]]:
    """Read what runs have set of Industry nodes: by key, only what is there."""
    columns = ", ".join(f"i.{name} AS {name}" for name in RESULT_PROPERTIES)
    rows = store.query(f"MATCH (i:Industry) RETURN i.key AS key, {columns}").to_pylist()
    found = {row.pop("key"): row for row in rows}
    return {
        key: there
        for key, row in found.items()
        if (there := {name: value for name, value in row.items() if value is not None})
    }


def links(store: GraphStore, kind: str, run: str, year: int) -> list[tuple[str, str, float]]:
    table = store.query(
        f"MATCH (a:Industry)-[e:{kind}]->(b:Industry) WHERE e.run = $run AND e.year = $year "
        "RETURN a.key AS receiver, b.key AS source, e.weight AS weight ORDER BY receiver, source",
        {"run": run, "year": year},
    )
    return [tuple(row.values()) for row in table.to_pylist()]


def entries(values: Iterable[Iterable[float]]) -> list[tuple[str, str, float]]:
    """What the links of a matrix should be."""
    return sorted(
        (f"t:{receiver}", f"t:{source}", value)
        for receiver, row in zip(CODES, values, strict=True)
        for source, value in zip(CODES, row, strict=True)
        if value
    )


def assert_found(store: GraphStore, run: str, wanted: dict[str, pa.Table]) -> None:
    for kind in FOUND["coagglomeration"]:
        there = read_found(store, run, kind)
        order = [(name, "ascending") for name in there.column_names]
        expected = wanted.get(kind, there.slice(0, 0))
        assert there.sort_by(order).equals(expected.sort_by(order)), kind


def runs(store: GraphStore) -> list[str]:
    return ask(store, "runs")["run"].to_pylist()


def everything(store: GraphStore) -> dict[str, object]:
    """All that results leave in a graph: to compare before and after."""
    counts: dict[str, object] = {"Run": store.count("Run", None, None).rows}
    counts["SCORES"] = store.count("SCORES", ("Run", "Industry"), None).rows
    for kind in ("W", "S"):
        there = store.count(kind, ENDS, "weight")
        counts[kind] = there.rows, round(there.total, 9)  # a sum in whatever order
    for kind in FOUND["coagglomeration"]:
        ends = None if kind == "IndustryRegion" else edge_type(kind).ends[0]
        counts[kind] = store.count(kind, ends, None).rows
    counts["industries"] = of_industries(store)
    counts["notes"] = store.batches()
    return counts


# -- what was written is there -------------------------------------------------------------------


def test_a_run_is_a_node_with_its_choices(graph: GraphStore) -> None:
    write(graph, "r1")
    row = graph.query(
        "MATCH (r:Run) RETURN r.id AS id, r.study AS study, r.created AS created, "
        "r.classification AS classification, r.choices AS choices, r.version AS version"
    ).to_pylist()
    run = a_run("r1")
    assert row == [{name: getattr(run, name) for name in row[0]}]
    assert ask(graph, "runs").to_pylist() == [
        {
            "run": "r1",
            "study": "Tiny",
            "created": "2024-01-01 00:00 UTC",
            "classification": "t",
            "version": "0.1.0",
        }
    ]
    kinds = {note.kind for id, note in graph.batches().items() if ":run:r1:" in id}
    assert kinds == set(RESULTS)


def test_scores_of_every_year_come_back_exactly_and_nan_is_absent(graph: GraphStore) -> None:
    write(graph, "r1")
    found = scores(graph, "r1")
    assert set(found) == set(FRAMES)
    for year, given in FRAMES.items():
        there = found[year]
        assert set(there.index) == {f"t:{code}" for code in CODES}
        for each in SCORES:
            for code in CODES:
                value = given[each.name][code] if each.name in given else NAN
                kept = there[each.name][f"t:{code}"]
                assert kept == value or (pd.isna(kept) and pd.isna(value)), (year, each.name, code)
    absent = graph.query(
        "MATCH (:Run)-[s:SCORES]->(i:Industry) WHERE s.year = 2002 AND s.psi_out_strength IS NULL "
        "RETURN i.key AS key"
    )
    assert absent["key"].to_pylist() == ["t:y"]  # absent, and not a NaN that sorts as the largest


def test_scores_are_read_as_they_were_written(graph: GraphStore) -> None:
    ours = pd.DataFrame({"growth_own": [0.1 + 0.2, NAN]}, index=["y", "it's"])
    write(graph, "r1", scores={2001: FRAMES[2001], 2002: FRAMES[2002].join(ours)})
    wanted = ["growth_own", "growth_production", "no score"]
    (year,) = read_scores(graph, "r1", wanted)
    (column,) = (found := read_scores(graph, "r1", wanted)[year])
    assert (year, column) == (2002, "growth_own")
    assert found[column].dropna().to_dict() == {"y": 0.1 + 0.2}
    assert of_industries(graph)["t:y"]["growth_own"] == 0.1 + 0.2
    assert not read_scores(graph, "r2", wanted)
    assert not read_scores(graph, "r1", [])


def test_a_score_that_the_schema_does_not_know_is_refused_and_nothing_changes(
    graph: GraphStore,
) -> None:
    write(graph, "r1")
    before = scores(graph, "r1"), of_industries(graph)
    unknown = FRAMES[2002].assign(W_page_rank=0.5)
    with pytest.raises(InputError, match=r"of 2002: .* 'W_page_rank'.* mean 'W_pagerank'\?"):
        write(graph, "r1", scores=FRAMES | {2002: unknown})
    after = scores(graph, "r1"), of_industries(graph)
    assert after[1] == before[1]
    assert all(after[0][year].equals(before[0][year]) for year in FRAMES)


def test_industries_have_the_scores_of_the_last_year(graph: GraphStore) -> None:
    write(graph, "r1")
    last = FRAMES[2002]
    assert of_industries(graph) == {
        f"t:{code}": {
            "run": "r1",
            "scores_year": 2002,
            **{name: last[name][code] for name in last if not np.isnan(last[name][code])},
        }
        for code in CODES
    }


def test_a_year_that_is_written_first_may_be_the_last(graph: GraphStore) -> None:
    write(graph, "r1", scores={2002: FRAMES[2002], 2001: FRAMES[2001]})
    assert {row["scores_year"] for row in of_industries(graph).values()} == {2002}


def test_edges_go_from_the_receiver_to_the_source_with_the_entry_as_weight(
    graph: GraphStore,
) -> None:
    write(graph, "r1")
    assert links(graph, "W", "r1", 2001) == entries(np.array(W) / 2)
    assert links(graph, "W", "r1", 2002) == entries(W)
    assert links(graph, "S", "r1", 2002) == entries(S)
    assert links(graph, "S", "r1", 2001) == []
    # by hand, once: the first row is x, which draws a half on it's
    assert ("t:x", "t:it's", 0.5) in links(graph, "W", "r1", 2002)
    assert ("t:it's", "t:x", 0.5) not in links(graph, "W", "r1", 2002)


def test_an_entry_of_zero_makes_no_edge_even_if_it_is_stored(graph: GraphStore) -> None:
    stored = sparse.csr_array(([0.5, 0.0, -0.0], ([0, 1, 2], [1, 0, 2])), shape=(3, 3))
    assert stored.nnz == 3
    odd = LabelledMatrix("W", stored, tuple(CODES), tuple(CODES))
    write(graph, "r1", links={("W", 2002): odd, ("S", 2002): matrix("S", np.zeros((3, 3)))})
    assert links(graph, "W", "r1", 2002) == [("t:x", "t:y", 0.5)]
    assert graph.count("S", ENDS, None).rows == 0


def test_links_and_pools_are_read_as_they_were_written(graph: GraphStore) -> None:
    write(graph, "r1")
    assert_found(graph, "r1", found_by("r1"))
    assert_found(graph, "r2", {})
    around = "MATCH (j:Industry)-[c:COAGGLOMERATES]->(k:Industry) WHERE k.key = 't:y' "
    rows = graph.query(around + "RETURN j.key AS j, c.region AS region, c.year AS year, c.phi AS n")
    assert [tuple(row.values()) for row in rows.to_pylist()] == [("t:x", INJECTION, None, 1)]
    absent = graph.query(
        "MATCH (j:Industry)-[c:COAGGLOMERATES]->(:Industry) WHERE c.p IS NULL RETURN j.key AS j"
    )
    assert absent["j"].to_pylist() == ["t:it's"]
    pool = "MATCH (x:IndustryRegion)-[:OF_INDUSTRY]->(i:Industry) WHERE i.key = 't:x' "
    rows = graph.query(pool + "RETURN x.outward_size AS size, x.sites AS n ORDER BY size")
    assert [tuple(row.values()) for row in rows.to_pylist()] == [(1 / 3, 3), (0.5, 2)]


def test_pools_lead_to_the_regions_that_are_nodes(graph: GraphStore) -> None:
    """Sites may lie in regions of their own; of firms' regions all pools are found."""
    found = found_by("r1")
    keys, region = (found["IndustryRegion"][name] for name in ("key", "region"))
    every = pa.table({"from": keys, "to": region, "run": ["r1"] * len(keys)})
    assert "s" in region.to_pylist()
    write(graph, "r1", found=found | {"OF_REGION": every})
    assert_found(graph, "r1", found)
    rows = graph.query(
        "MATCH (x:IndustryRegion)-[:OF_REGION]->(r:Region) WHERE r.id = 'North' "
        "RETURN x.industry AS industry ORDER BY industry"
    )
    assert rows["industry"].to_pylist() == ["it's", "x"]
    assert graph.count("Region", None, None).rows == 1


def test_a_column_that_a_link_lacks_is_an_error() -> None:
    with pytest.raises(KeyError, match="region"):
        to_table("COAGGLOMERATES", pd.DataFrame({"from": ["a"], "to": ["b"], "run": ["r"]}))


def test_a_run_without_networks_is_a_run(graph: GraphStore) -> None:
    write(graph, "r1", scores={2002: pd.DataFrame({})}, links={}, found={})
    write(graph, "r1", scores={}, links={}, found={})
    assert runs(graph) == ["r1"]
    assert of_industries(graph) == {}


def test_results_are_there_after_closing(opener: Callable[..., GraphStore]) -> None:
    with opener() as store:
        store.prepare()
        keys = [{"key": f"t:{code}"} for code in CODES]
        store.load(nodes("Industry", keys))
        write(store, "r1")
        there = everything(store)
    with opener(read_only=True) as store:
        assert everything(store) == there
        assert links(store, "W", "r1", 2002) == entries(W)


# -- again, and of another run -------------------------------------------------------------------


def test_the_same_run_twice_changes_nothing(graph: GraphStore) -> None:
    write(graph, "r1")
    there = everything(graph)
    write(graph, "r1")
    assert everything(graph) == there
    assert links(graph, "W", "r1", 2002) == entries(W)


def test_the_same_run_with_less_leaves_nothing_of_what_it_wrote_before(graph: GraphStore) -> None:
    write(graph, "r1")
    less = {"COAGGLOMERATES": found_by("r1")["COAGGLOMERATES"].slice(1, 1)}
    given = {"scores": {2001: FRAMES[2001]}, "links": {("S", 2001): matrix("S", S)}}
    write(graph, "r1", **given, found=less)
    assert_found(graph, "r1", less)
    assert set(scores(graph, "r1")) == {2001}
    assert links(graph, "W", "r1", 2001) == links(graph, "W", "r1", 2002) == []
    assert links(graph, "S", "r1", 2001) == entries(S)
    assert of_industries(graph)["t:x"] == {
        "run": "r1", "scores_year": 2001, "W_pagerank": 0.1 + 0.2,
    }  # fmt: skip


def test_a_second_run_stands_beside_the_first_or_in_its_place(graph: GraphStore) -> None:
    write(graph, "r1")
    write(graph, "r2", scores={2002: FRAMES[2002] * 2}, links={("W", 2002): matrix("W", S)})
    assert links(graph, "W", "r2", 2002) == entries(S)
    assert {row["run"] for row in of_industries(graph).values()} == {"r2"}
    assert_found(graph, "r2", found_by("r2"))
    assert_found(graph, "r1", found_by("r1") if keeps_all(graph) else {})
    if keeps_all(graph):
        assert runs(graph) == ["r1", "r2"]
        assert links(graph, "W", "r1", 2002) == entries(W)
        assert scores(graph, "r1")[2002]["psi_in_strength"]["t:it's"] == 1 / 7
        assert scores(graph, "r2")[2002]["psi_in_strength"]["t:it's"] == 2 / 7
    else:
        assert runs(graph) == ["r2"]
        assert links(graph, "W", "r1", 2002) == links(graph, "S", "r1", 2002) == []
        assert not [id for id in graph.batches() if ":run:r1:" in id]
    # what the first run knew of an industry, and the second does not, is not left over
    write(graph, "r3", scores={2002: pd.DataFrame({"S_pagerank": [1.0]}, index=["y"])}, links={})
    properties = of_industries(graph)
    assert properties["t:y"] == {"run": "r3", "scores_year": 2002, "S_pagerank": 1.0}


def test_a_run_that_was_cut_off_while_writing_is_replaced(graph: GraphStore) -> None:
    """What was written of another content under the same id goes, whole or half."""
    half = {"id": ["r1"], "study": ["?"], "created": ["?"], "classification": ["?"]}
    node = pa.table({**half, "choices": ["?"], "version": ["?"]})
    graph.load(Batch(f"{MARK}:run:r1:Run", "Run", node))
    columns = {name: pa.array([99.0]) for name in (each.name for each in SCORES)}
    ends = {"from": ["r1"], "to": ["t:y"], "run": ["r1"], "year": [2001]}
    table = pa.table({**ends, **columns})
    graph.load(Batch(f"{MARK}:run:r1:SCORES", "SCORES", table, ("Run", "Industry")))
    edge = {"from": ["t:y"], "to": ["t:x"], "run": ["r1"], "year": [2001], "weight": [9.0]}
    graph.load(Batch(f"{MARK}:run:r1:W", "W", pa.table(edge), ENDS))
    write(graph, "r1")
    there = everything(graph)
    assert links(graph, "W", "r1", 2001) == entries(np.array(W) / 2)
    assert ask(graph, "runs")["study"].to_pylist() == ["Tiny"]
    remove_results(graph, "r1")
    write(graph, "r1")
    assert everything(graph) == there


class Cut(Exception):
    pass


@pytest.mark.parametrize("at", ["Run", "W", "OF_INDUSTRY", "COAGGLOMERATES", "Industry"])
def test_wherever_writing_ends_the_next_time_makes_it_whole(
    graph: GraphStore, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Nodes and edges are loaded, and Industry nodes updated: writing ends before one kind."""
    write(graph, "r1")
    there = everything(graph)
    load = graph.load

    def cut_load(batch: Batch) -> bool:
        if batch.kind == at:
            raise Cut
        return load(batch)

    def cut_update(kind: str, table: pa.Table) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(graph, "load", cut_load)
        patch.setattr(graph, "update", cut_update)
        with pytest.raises(Cut):
            write(graph, "r1")
    assert everything(graph) != there
    graph.prepare()
    write(graph, "r1")
    assert everything(graph) == there


# -- and gone ------------------------------------------------------------------------------------


def test_removing_a_run_removes_what_it_wrote_and_nothing_else(graph: GraphStore) -> None:
    untouched = everything(graph)
    write(graph, "r1")
    assert everything(graph) != untouched
    remove_results(graph, "r1")
    assert everything(graph) == untouched
    assert graph.count("INDUSTRY_SUPPLIES", ENDS, "value").total == 4.0
    assert graph.count("Industry", None, None).rows == 6
    names = graph.query("MATCH (i:Industry) WHERE i.key = 't:x' RETURN i.name AS name")
    assert names["name"].to_pylist() == ["X"]
    write(graph, "r1")  # its batches are forgotten, so they may come again
    assert links(graph, "W", "r1", 2002) == entries(W)


def test_a_removal_that_is_cut_off_after_any_step_is_finished_by_the_next(
    graph: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    untouched = everything(graph)
    door = "_write" if keeps_all(graph) else "_execute"  # through which every statement goes
    real, steps = getattr(graph, door), 0
    while True:
        write(graph, "r1")
        left = steps = steps + 1

        def cut_off(*given: Any) -> Any:
            nonlocal left
            if not left and given[0] != "ROLLBACK":
                if given[0] == "COMMIT":
                    real("ROLLBACK")
                raise Cut
            left -= bool(left)
            return real(*given)

        with monkeypatch.context() as patch:
            patch.setattr(graph, door, cut_off)
            try:
                remove_results(graph, "r1")
                break
            except Cut:
                pass
        graph.prepare()
        if runs(graph):  # else there would be no way to name what is left
            remove_results(graph, "r1")
        assert everything(graph) == untouched
        if isinstance(graph, LadybugStore):  # it holds dropped tables in memory until it is closed
            graph._connection.close()
            graph._database.close()
            graph._open()
    assert steps > 5
    assert everything(graph) == untouched


@pytest.mark.parametrize("where", ["neo4j"], indirect=True)
@pytest.mark.parametrize(("gone", "left"), [("r1", "r2"), ("r2", "r1")])
def test_of_two_runs_the_other_stays(graph: GraphStore, gone: str, left: str) -> None:
    write(graph, left)
    alone = everything(graph)
    remove_results(graph, left)
    write(graph, "r1")
    write(graph, "r2")
    assert len(graph.batches()) == 2 * len(alone["notes"]) - 3  # type: ignore[arg-type]
    remove_results(graph, gone)
    assert_found(graph, left, found_by(left))
    found = everything(graph)
    if gone == "r2":  # what it had set of the industries goes with it; that of r1 was displaced
        assert found["industries"] == {}
        found["industries"] = alone["industries"]
    assert found == alone
    assert runs(graph) == [left]
    assert links(graph, "W", left, 2002) == entries(W)


@pytest.mark.parametrize("where", ["neo4j"], indirect=True)
def test_an_id_that_begins_another_takes_nothing_of_it(graph: GraphStore) -> None:
    for id in ("12", "1", "2"):
        write(graph, id)
    kept = {id for id in graph.batches() if ":run:12:" in id}
    remove_results(graph, "1")
    remove_results(graph, "2")
    assert runs(graph) == ["12"]
    assert {id for id in graph.batches() if ":run:" in id} == kept
    assert links(graph, "S", "12", 2002) == entries(S)


@pytest.mark.parametrize("known", [[], ["r1", "r'2"]])
def test_an_unknown_run_is_refused_with_those_that_are_there(
    graph: GraphStore, known: list[str]
) -> None:
    for id in known:
        write(graph, id)
    there = everything(graph)
    with pytest.raises(InputError) as caught:
        remove_results(graph, "nobody's")
    message = str(caught.value)
    assert "nobody's" in message
    assert all(id in message for id in runs(graph))
    assert ("no run" in message.partition(";")[2]) == (not known)
    assert everything(graph) == there


def test_an_id_is_only_a_text(graph: GraphStore) -> None:
    id = f"it's \" ` $run Ψ {INJECTION}"
    untouched = everything(graph)
    for _ in range(2):
        write(graph, id)
        assert runs(graph) == [id]
    assert links(graph, "W", id, 2002) == entries(W)
    assert set(scores(graph, id)) == {2001, 2002}
    assert {row["run"] for row in of_industries(graph).values()} == {id}
    remove_results(graph, id)
    assert everything(graph) == untouched


# -- a graph that is older than a measure --------------------------------------------------------


@pytest.mark.parametrize("gone", ["W_pagerank", "psi_out_strength"])
def test_a_new_measure_comes_into_a_graph_that_is_there(graph: GraphStore, gone: str) -> None:
    """It comes behind the others: rows are written by name, and nothing is loaded anew."""
    write(graph, "r0")
    if not isinstance(graph, LadybugStore):
        graph.drop_run("r0")
    else:
        for table in ("Industry", "SCORES"):
            graph._execute(f"ALTER TABLE {table} DROP {gone}")
    notes = {note for note in graph.batches() if ":run:" not in note}
    graph.prepare()
    write(graph, "r1")
    assert notes <= set(graph.batches())
    for year, frame in FRAMES.items():
        found = scores(graph, "r1")[year]
        for each in SCORES:
            want = frame.get(each.name, pd.Series(NAN, CODES)).rename(lambda code: f"t:{code}")
            np.testing.assert_array_equal(found[each.name].astype(float), want[found.index])
    assert of_industries(graph)["t:y"]["W_pagerank"] == 0.25
    assert graph.count("INDUSTRY_SUPPLIES", ENDS, "value").total == 4


def test_nodes_go_by_name_into_a_graph_of_another_order(tmp_path) -> None:
    """Batches of a load that an earlier version began; properties of a server have no order."""
    row = {"key": "t:x", "classification": "t", "code": "x", "W_pagerank": 0.5, "S_pagerank": 0.25}
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.prepare()
        store._execute("ALTER TABLE Industry DROP W_pagerank")
        store.prepare()
        store.load(nodes("Industry", [row]))
        asked = "MATCH (i:Industry) RETURN i.W_pagerank AS w, i.S_pagerank AS s"
        assert store.query(asked).to_pylist() == [{"w": 0.5, "s": 0.25}]


def test_an_older_graph_without_a_kind_is_cleaned_and_told_so(tmp_path) -> None:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.prepare()
        write(store, "r1", scores={}, links={}, found={})
        store._execute("DROP TABLE COAGGLOMERATES")
        with pytest.raises(SpillgraphError, match="an older version has written lacks"):
            store.query("MATCH ()-[c:COAGGLOMERATES]->() RETURN c.p AS p")
        with pytest.raises(SpillgraphError, match="Table NOWHERE does not exist") as other:
            store.query("MATCH ()-[c:NOWHERE]->() RETURN c.p AS p")
        assert "older" not in str(other.value)
        remove_results(store, "r1")
        assert runs(store) == []


def test_a_measure_that_is_newer_than_the_graph_is_told_so(tmp_path) -> None:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.prepare()
        store._execute("ALTER TABLE Industry DROP W_pagerank")
    with LadybugStore(tmp_path / "graph.lbug", read_only=True) as store:
        with pytest.raises(SpillgraphError, match="an older version has written lacks"):
            store.query("MATCH (i:Industry) RETURN i.W_pagerank AS w")
        with pytest.raises(SpillgraphError, match="nothing for i") as other:
            store.query("MATCH (i:Industry) RETURN i.nothing AS w")
        assert "older" not in str(other.value)
