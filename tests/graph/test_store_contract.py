"""One suite for every store: what graph/store.py promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from coded_ends import coded
from spillgraph.core.errors import InputError, QueryError, StoreError, StoreLockedError
from spillgraph.graph.ask import ask_by_slices
from spillgraph.graph.bolt import pieces
from spillgraph.graph.open import open_store
from spillgraph.graph.results import remove_study
from spillgraph.graph.store import Batch, GraphStore, Loaded

Opener = Callable[..., GraphStore]

INJECTION = "x'}) DETACH DELETE n //"


def firms(*ids: str, id: str = "f") -> Batch:
    n = len(ids)
    table = pa.table(
        {
            "id": list(ids),
            "name": [f"Firm {each}" for each in ids],
            "industry": ["A"] * n,
            "region": pa.array([None] * n, pa.string()),
            "country": ["Land"] * n,
            "lat": pa.array([1.5] * n),
            "lon": pa.array([None] * n, pa.float64()),
            "size": pa.array([None] * n, pa.float64()),
        }
    )
    return Batch(id, "Firm", table)


def citations(rows: list[tuple[str, str, int, float]], id: str) -> Batch:
    start, end, year, count = zip(*rows, strict=True)
    table = pa.table(
        {
            "from": pa.array(start, pa.string()),
            "to": pa.array(end, pa.string()),
            "year": pa.array(year, pa.int64()),
            "count": pa.array(count, pa.float64()),
        }
    )
    return Batch(id, "CITES", table, ("Firm", "Firm"), "count")


ENDS = ("Firm", "Firm")

only_neo4j = pytest.mark.parametrize("where", ["neo4j", "neo4j/steel"], indirect=True)


@pytest.fixture(scope="module", params=["ladybug", "ladybug/steel", "neo4j", "neo4j/steel"])
def where(request: pytest.FixtureRequest) -> str:
    """Hold each store to its promises within a namespace, too."""
    return str(request.param)


def found(store: GraphStore, *columns: str) -> list[dict[str, object]]:
    """Return properties of all firms, in the order of their ids."""
    shown = ", ".join(f"f.{name} AS {name}" for name in ("id", *columns))
    return store.query(f"MATCH (f:Firm) RETURN {shown} ORDER BY id").to_pylist()


def flows(store: GraphStore) -> list[tuple[object, ...]]:
    """Return all citations between firms."""
    table = store.query(
        "MATCH (a:Firm)-[c:CITES]->(b:Firm) "
        "RETURN a.id AS one, b.id AS other, c.year AS year, c.count AS n "
        "ORDER BY year, one, other, n"
    )
    return [tuple(row.values()) for row in table.to_pylist()]


def test_prepare_may_be_called_again(store: GraphStore) -> None:
    store.load(firms("1"))
    store.prepare()
    assert store.count("Firm", None, None).rows == 1


def test_a_batch_is_loaded_once(store: GraphStore) -> None:
    assert store.load(firms("1", "2"))
    batch = citations([("1", "2", 2000, 3.0), ("1", "2", 2001, 4.5)], "c")
    assert store.load(batch)
    assert not store.load(batch)
    counted = store.count("CITES", ENDS, "count")
    assert (counted.rows, counted.total) == (2, 7.5)
    assert store.batches() == {"f": Loaded("Firm", 2, 0.0), "c": Loaded("CITES", 2, 7.5)}


def test_an_empty_batch_is_noted(store: GraphStore) -> None:
    store.load(firms("1"))
    empty = citations([("1", "1", 2000, 1.0)], "c").table.slice(0, 0)
    assert store.load(Batch("c", "CITES", empty, ENDS, "count"))
    assert store.count("CITES", ENDS, "count").rows == 0
    assert "c" in store.batches()


def test_an_edge_to_nowhere_is_refused_whole(store: GraphStore) -> None:
    store.load(firms("1", "2"))
    with pytest.raises(StoreError):
        store.load(citations([("1", "2", 2000, 1.0), ("1", "nobody", 2000, 1.0)], "bad"))
    assert store.count("CITES", ENDS, "count").rows == 0
    assert "bad" not in store.batches()
    # the store goes on working
    assert store.load(citations([("1", "2", 2000, 1.0)], "good"))


def test_a_second_batch_of_nodes_is_refused(store: GraphStore) -> None:
    store.load(firms("1"))
    with pytest.raises(StoreError, match="rebuild"):
        store.load(firms("2", id="g"))


def test_a_key_that_comes_twice_leaves_nothing_behind(store: GraphStore) -> None:
    with pytest.raises(StoreError):
        store.load(firms("F1", "F2", "F1"))
    assert store.batches() == {}
    assert store.count("Firm", None, None).rows == 0
    assert store.load(firms("F1", "F2"))


def test_edges_go_to_the_nodes_of_their_keys_in_whatever_order(store: GraphStore) -> None:
    store.load(firms("b", "", "ab", "a", "é", "a b"))
    pairs = [("a", "b"), ("", "ab"), ("é", "a b"), ("b", "b"), ("a b", "")]
    store.load(citations([(one, other, 2000, 1.0) for one, other in pairs], "c"))
    rows = store.query(
        "MATCH (a:Firm)-[:CITES]->(b:Firm) RETURN a.name AS one, b.name AS other"
    ).to_pylist()
    assert {(row["one"], row["other"]) for row in rows} == {
        (f"Firm {one}", f"Firm {other}") for one, other in pairs
    }


def test_numbers_may_stand_for_the_texts_of_ends(store: GraphStore) -> None:
    store.load(firms("b", "", "ab", "a", "é", "a b"))
    pairs = [("a", "b"), ("", "ab"), ("é", "a b"), ("b", "b"), ("a b", ""), ("a", "ab")]
    rows = [(one, other, 2000 + n, float(n)) for n, (one, other) in enumerate(pairs)]
    assert store.load(coded(citations(rows, "c")))
    with pytest.raises(StoreError):
        store.load(coded(citations([("a", "b", 2000, 1.0), ("a", "nobody", 2000, 1.0)], "bad")))
    found = store.query(
        "MATCH (a:Firm)-[c:CITES]->(b:Firm) RETURN a.id AS one, b.id AS other, c.year AS year, "
        "c.count AS count ORDER BY year"
    )
    assert [tuple(row.values()) for row in found.to_pylist()] == rows


def test_edges_between_wrong_kinds_are_refused(store: GraphStore) -> None:
    store.load(firms("1"))
    batch = citations([("1", "1", 2000, 1.0)], "c")
    with pytest.raises(StoreError, match="does not join"):
        store.load(Batch("c", "CITES", batch.table, ("Firm", "Patent"), "count"))


def test_drop_edges_removes_a_kind_and_its_notes(store: GraphStore) -> None:
    store.load(firms("1", "2"))
    for _ in range(4):  # several rounds: a store may break only when it happens again
        store.load(citations([("1", "2", 2000, 3.0)], "c1"))
        store.load(citations([("2", "1", 2000, 2.0)], "c2"))
        assert store.count("CITES", ENDS, "count").total == 5.0
        store.drop_edges("CITES")
        assert store.count("CITES", ENDS, "count").rows == 0
        assert set(store.batches()) == {"f"}


def test_names_are_only_names(store: GraphStore) -> None:
    store.load(firms("1", INJECTION))
    store.load(citations([(INJECTION, "1", 2000, 1.0)], "c"))
    found = store.query("MATCH (f:Firm) WHERE f.id = $id RETURN f.id AS id", {"id": INJECTION})
    assert found.to_pylist() == [{"id": INJECTION}]
    assert store.count("Firm", None, None).rows == 2


@pytest.mark.parametrize(
    "statement",
    [
        "MATCH (f:Firm) DETACH DELETE f",
        "MATCH (f:Firm) SET f.name = 'other' RETURN f.id AS id",
        "CREATE (:Firm {id: 'new'})",
        "MERGE (f:Firm {id: 'new'}) RETURN f.id AS id",
        "MATCH (f:Firm) RETURN f.id AS id; MATCH (f:Firm) DETACH DELETE f",
        "DROP TABLE CITES",
        "/* MATCH */ CREATE (:Firm {id: 'new'})",
        "COMMIT; CREATE (:Firm {id: 'new'})",
    ],
)
def test_queries_never_write(store: GraphStore, statement: str) -> None:
    store.load(firms("1"))
    with pytest.raises(QueryError):
        store.query(statement)
    rows = store.query("MATCH (f:Firm) RETURN f.id AS id, f.name AS name").to_pylist()
    assert rows == [{"id": "1", "name": "Firm 1"}]


def test_a_broken_statement_is_a_query_error(store: GraphStore) -> None:
    with pytest.raises(QueryError, match="nope"):
        store.query("MATCH (f:Firm) RETURN f.nope AS nope")
    with pytest.raises(QueryError):
        store.query("MATCH (f:Firm RETURN f")
    assert store.query("MATCH (f:Firm) RETURN count(*) AS n").to_pylist() == [{"n": 0}]


def test_types_are_plain(store: GraphStore) -> None:
    store.load(firms("1", "2"))
    store.load(citations([("1", "2", 2000, 3.0), ("2", "1", 2001, 4.0)], "c"))
    table = store.query(
        "MATCH (a:Firm)-[c:CITES]->(:Firm) "
        "RETURN a.id AS id, sum(c.count) AS count, max(c.year) AS year, sum(c.year) AS years, "
        "a.lat AS lat ORDER BY id"
    )
    kinds = [str(kind).removeprefix("large_") for kind in table.schema.types]
    assert kinds == ["string", "double", "int64", "int64", "double"]
    assert table.column_names == ["id", "count", "year", "years", "lat"]
    assert table.to_pylist()[0] == {
        "id": "1", "count": 3.0, "year": 2000, "years": 2000, "lat": 1.5,
    }  # fmt: skip


def test_an_empty_result_keeps_its_columns(store: GraphStore) -> None:
    table = store.query("MATCH (f:Firm) RETURN f.id AS id, f.lat AS lat")
    assert table.column_names == ["id", "lat"]
    assert table.num_rows == 0


def test_update_sets_properties_and_null_removes_one(store: GraphStore) -> None:
    store.load(firms("1", "2", "3"))
    rows = {
        "id": ["3", "1"],
        "name": ["Three", None],
        "size": [0.1 + 0.2, 1e-300],
        "lat": pa.array([None, None], pa.float64()),
    }
    store.update("Firm", pa.table(rows))
    assert found(store, "name", "size", "lat", "country") == [
        {"id": "1", "name": None, "size": 1e-300, "lat": None, "country": "Land"},
        {"id": "2", "name": "Firm 2", "size": None, "lat": 1.5, "country": "Land"},
        {"id": "3", "name": "Three", "size": 0.1 + 0.2, "lat": None, "country": "Land"},
    ]
    has = "MATCH (f:Firm) WHERE f.name IS NULL OR f.lat IS NULL RETURN f.id AS id ORDER BY id"
    assert store.query(has)["id"].to_pylist() == ["1", "3"]


def test_update_passes_over_unknown_keys_and_makes_no_node(store: GraphStore) -> None:
    store.load(firms("1"))
    store.update("Firm", pa.table({"id": ["nobody", INJECTION, "1"], "size": [1.0, 2.0, 3.0]}))
    assert found(store, "size") == [{"id": "1", "size": 3.0}]
    assert set(store.batches()) == {"f"}


def test_update_takes_an_empty_table_and_an_empty_store(store: GraphStore) -> None:
    empty = pa.table({"id": pa.array([], pa.string()), "size": pa.array([], pa.float64())})
    store.update("Firm", empty)
    store.update("Firm", pa.table({"id": ["1"], "size": [1.0]}))
    store.load(firms("1"))
    store.update("Firm", empty)
    assert found(store, "size") == [{"id": "1", "size": None}]


def test_updated_values_are_only_values(store: GraphStore) -> None:
    store.load(firms("1", INJECTION))
    store.update("Firm", pa.table({"id": [INJECTION], "name": [INJECTION]}))
    rows = [{"id": "1", "name": "Firm 1"}, {"id": INJECTION, "name": INJECTION}]
    assert found(store, "name") == rows


def test_an_update_and_a_load_do_not_disturb_each_other(store: GraphStore) -> None:
    store.load(firms("1", "2"))
    for size in (1.0, 2.0):
        store.load(citations([("1", "2", 2000, size)], f"c{size}"))
        store.update("Firm", pa.table({"id": ["2", "1"], "size": [size, -size]}))
    assert found(store, "size") == [{"id": "1", "size": -2.0}, {"id": "2", "size": 2.0}]
    assert flows(store) == [("1", "2", 2000, 1.0), ("1", "2", 2000, 2.0)]


def test_what_was_updated_is_there_after_closing(opener: Opener) -> None:
    with opener() as store:
        store.prepare()
        store.load(firms("1"))
        store.update("Firm", pa.table({"id": ["1"], "size": [5.0]}))
    with opener(read_only=True) as store:
        assert found(store, "size") == [{"id": "1", "size": 5.0}]


RUN = {"study": "Tiny", "created": "now", "classification": "t", "choices": "{}", "version": "0"}


def run_node(id: str) -> Batch:
    table = pa.table({name: [value] for name, value in {"id": id, **RUN}.items()})
    return Batch(f"x:run:{id}:Run:", "Run", table)


def test_dropping_a_run_leaves_all_else(store: GraphStore) -> None:
    store.load(firms("1"))
    store.load(citations([("1", "1", 2000, 1.0)], "c"))
    store.drop_run("nobody's")
    store.load(run_node(INJECTION))
    assert store.count("Run", None, None).rows == 1
    assert len(store.batches()) == 3
    store.drop_run("nobody's")
    assert store.count("Run", None, None).rows == 1
    store.drop_run(INJECTION)
    store.drop_run(INJECTION)
    assert store.count("Run", None, None).rows == 0
    assert set(store.batches()) == {"f", "c"}
    assert flows(store) == [("1", "1", 2000, 1.0)]
    assert store.load(run_node(INJECTION))  # forgotten, so it may come again


def test_every_batch_that_came_to_its_end_is_whole(store: GraphStore) -> None:
    store.load(firms("1", "2"))
    store.load(citations([("1", "2", 2000, 1.0)], "c"))
    store.load(Batch("e", "CITES", citations([("1", "2", 2000, 1.0)], "").table.slice(0, 0), ENDS))
    assert {id: note.whole for id, note in store.batches().items()} == {
        "f": True, "c": True, "e": True,
    }  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_progress_rises_to_one(
    store: GraphStore, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(pieces, "_PIECE_ROWS", 3)
    store.load(firms("1", "2"))
    batch = citations([("1", "2", 2000 + row, 1.0) for row in range(max(rows, 1))], "c")
    shown: list[float] = []
    store.load(Batch("c", "CITES", batch.table.slice(0, rows), ENDS, "count"), shown.append)
    assert shown and shown[-1] == 1.0
    assert shown == sorted(shown) and shown[0] > 0


def test_clear_empties_the_store(store: GraphStore) -> None:
    store.load(firms("1"))
    store.clear()
    assert store.count("Firm", None, None).rows == 0
    assert store.batches() == {}
    assert store.load(firms("1"))


def test_a_removed_study_leaves_nothing(opener: Opener, where: str, tmp_path: Path) -> None:
    with opener() as store:
        store.prepare()
        store.load(firms("1"))
        about = {"name": ["steel"], "target": ["A"], "keep": ["firms"]}
        store.load(Batch("s", "Study", pa.table(about)))
        with pytest.raises(InputError, match="holds the study 'steel', not 'cars'; nothing was"):
            remove_study(store, "cars")
        assert store.count("Firm", None, None).rows == 1
        remove_study(store, "steel")
    assert [file.name for file in tmp_path.iterdir()] in ([], ["graph.lbug.lock"])
    with opener() as store:
        assert store.namespace.name not in store.namespaces()
        store.prepare()
        assert store.load(firms("1"))


def test_what_was_loaded_is_there_after_closing(opener: Opener) -> None:
    with opener() as store:
        store.prepare()
        store.load(firms("1"))
        store.close()
        store.close()
    with opener(read_only=True) as store:
        assert store.count("Firm", None, None).rows == 1
        assert set(store.batches()) == {"f"}


def test_one_writer(opener: Opener) -> None:
    with opener() as store:
        store.prepare()
        store.load(firms("1"))
        with pytest.raises(StoreLockedError, match="another process"):
            opener()
        store.load(citations([("1", "1", 2000, 1.0)], "c"))  # the first one goes on
    with opener() as store:
        assert set(store.batches()) == {"f", "c"}
    with opener(read_only=True), opener(read_only=True) as reader:
        assert reader.count("Firm", None, None).rows == 1


def test_one_statement_for_each_set_of_values(store: GraphStore) -> None:
    store.load(firms("1", "2", "3"))
    statement = "MATCH (f:Firm) WHERE f.id > $id RETURN count(*) AS n"
    answers = store.query_each(statement, [{"id": each} for each in ("1", "9", "", "2", "0")])
    assert [answer["n"].to_pylist() for answer in answers] == [[2], [0], [3], [1], [3]]


def test_what_is_asked_by_slices_is_whole_and_in_order(
    store: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load(firms("1", "2", "3"))
    rows = [("1", "1", 2000, 1.0), ("2", "1", 2003, 2.0), ("1", "3", 2001, 4.0)]
    rows += [("3", "1", year, 0.1) for year in range(2000, 2009)]
    store.load(citations(rows, "c"))
    answers = []
    for sessions in (1, 2, 5):
        monkeypatch.setattr(store, "sessions", sessions)
        answers.append(ask_by_slices(store, "firm_to_fine_citations"))
        assert ask_by_slices(store, "citations_received_by_firms").num_rows == 10
    first = answers[0]
    assert first["year"].to_pylist() == list(range(2000, 2009))
    assert sum(first["count"].to_pylist()) == pytest.approx(7.9, abs=1e-12)
    assert first["self_count"].to_pylist() == [1.0, *[0.0] * 8]
    assert all(answer.equals(first) for answer in answers)


def test_nothing_asked_by_slices_has_the_declared_types(store: GraphStore) -> None:
    found = ask_by_slices(store, "firm_to_fine_citations")
    assert [str(kind) for kind in found.schema.types] == ["string", "string", "int64"] + [
        "double"
    ] * 2
    assert not found.num_rows


# -- a store that loads by pieces ----------------------------------------------------------------


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_PIECE_ROWS", 3)


TEN = [(str(row % 4), str(row % 3), 2000 + row, row / 7) for row in range(10)]


def before(store: GraphStore, id: str) -> int | None:
    statement = "MATCH (b:LoadedBatch) WHERE b.id = $id RETURN b.before AS before"
    (note,) = store.query(statement, {"id": id})["before"].to_pylist() or [None]
    return note


class Interruption(Exception):
    pass


@pytest.fixture
def third_piece_fails(small_pieces: None, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let the transaction of a third piece end before it is committed."""

    def failing(*arguments: Any) -> None:
        add(*arguments)
        if arguments[4] == 6:  # the row with which the piece starts
            raise Interruption

    monkeypatch.setattr("spillgraph.graph.bolt.store.add", failing)
    return monkeypatch


add = pieces.add


@pytest.mark.usefixtures("small_pieces")
@only_neo4j
def test_several_pieces_make_one_batch(store: GraphStore) -> None:
    store.load(firms(*map(str, range(7))))
    assert store.load(citations(TEN, "c"))
    assert found(store, "name", "lat", "size") == [
        {"id": str(n), "name": f"Firm {n}", "lat": 1.5, "size": None} for n in range(7)
    ]
    assert flows(store) == TEN
    assert (before(store, "f"), before(store, "c")) == (-1, -1)
    assert store.batches()["c"] == Loaded("CITES", 10, sum(row[3] for row in TEN))
    assert not store.load(citations(TEN, "c"))
    assert flows(store) == TEN


@only_neo4j
def test_an_interrupted_load_goes_on_behind_the_rows_that_are_in(
    store: GraphStore, third_piece_fails: pytest.MonkeyPatch
) -> None:
    store.load(firms(*map(str, range(4))))
    shown: list[float] = []
    with pytest.raises(Interruption):
        store.load(citations(TEN, "c"), shown.append)
    assert shown == [0.3, 0.6]
    assert flows(store) == TEN[:6]  # pieces go in one after the other, in the order of the rows
    assert before(store, "c") == 6
    note = store.batches()["c"]
    assert (note.rows, note.whole) == (10, False)
    third_piece_fails.setattr("spillgraph.graph.bolt.store.add", add)
    assert store.load(citations(TEN, "c"), shown.append)
    assert shown[2:] == [0.9, 1.0]
    assert flows(store) == TEN
    assert before(store, "c") == -1 and store.batches()["c"].whole


@only_neo4j
def test_an_interrupted_load_of_nodes_goes_on_in_another_process(
    opener: Opener, third_piece_fails: pytest.MonkeyPatch
) -> None:
    seven = firms(*map(str, range(7)))
    with opener() as store:
        store.prepare()
        with pytest.raises(Interruption):
            store.load(seven)
    third_piece_fails.setattr("spillgraph.graph.bolt.store.add", add)
    with opener() as store:
        store.prepare()
        assert [row["id"] for row in found(store)] == list("012345")
        assert store.load(seven)
        assert [row["id"] for row in found(store)] == list("0123456")


@pytest.mark.usefixtures("small_pieces")
@only_neo4j
def test_an_edge_to_nowhere_in_the_last_piece_leaves_nothing_behind(store: GraphStore) -> None:
    store.load(firms(*map(str, range(4))))
    with pytest.raises(StoreError, match="there is no Firm 'nobody'"):
        store.load(citations([*TEN, ("1", "nobody", 2010, 1.0)], "c"))
    assert flows(store) == []
    assert set(store.batches()) == {"f"}


@pytest.mark.usefixtures("small_pieces")
@only_neo4j
def test_a_key_that_comes_again_in_another_piece_leaves_nothing_behind(store: GraphStore) -> None:
    with pytest.raises(StoreError, match="not unique"):
        store.load(firms("0", "1", "2", "3", "0"))
    assert found(store) == []
    assert store.batches() == {}


@pytest.mark.usefixtures("small_pieces")
@only_neo4j
def test_updates_go_by_pieces_too(store: GraphStore) -> None:
    ids = list(map(str, range(8)))
    store.load(firms(*ids))
    store.update("Firm", pa.table({"id": ids[::-1], "size": [float(id) / 3 for id in ids[::-1]]}))
    assert found(store, "size") == [{"id": id, "size": float(id) / 3} for id in ids]


# -- addresses -----------------------------------------------------------------------------------


def test_there_must_be_something_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no graph"):
        open_store(tmp_path / "none.lbug", read_only=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["http://x/y", "neo5j://localhost", "ftp://localhost"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="of an unknown kind"):
        open_store(url)
