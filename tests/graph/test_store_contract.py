"""One suite for every store: what graph/store.py promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from spillgraph.core.errors import InputError, QueryError, StoreError, StoreLockedError
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch, GraphStore, Loaded

Opener = Callable[..., GraphStore]


@pytest.fixture(params=["ladybug", "neo4j"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Open the same store again and again."""
    if request.param == "neo4j":
        address = request.getfixturevalue("neo4j").address
    else:
        address = str(tmp_path / "graph.lbug")
    return lambda **options: open_store(address, **options)


@pytest.fixture
def store(opener: Opener):
    with opener() as opened:
        opened.prepare()
        yield opened


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
            "origin": ["firm_citations"] * len(rows),
        }
    )
    return Batch(id, "CITES", table, ("Firm", "Firm"), "count")


ENDS = ("Firm", "Firm")


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


def test_clear_empties_the_store(store: GraphStore) -> None:
    store.load(firms("1"))
    store.clear()
    assert store.count("Firm", None, None).rows == 0
    assert store.batches() == {}
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


def test_slices_hold_every_node_once(store: GraphStore) -> None:
    ids = ["", "0", "Ä", "z", "~", "\U0001f600", INJECTION, *(f"F{n:03d}" for n in range(40))]
    store.load(firms(*ids))
    low_high = store.slices("Firm")
    statement = "MATCH (f:Firm) WHERE f.id >= $low AND f.id < $high RETURN f.id AS id"
    parts = store.query_each(statement, [{"low": low, "high": high} for low, high in low_high])
    found = [id for part in parts for id in part["id"].to_pylist()]
    assert sorted(found) == sorted(ids)


def test_no_slice_of_nothing(store: GraphStore) -> None:
    assert len(store.slices("Firm")) == 1


def test_there_must_be_something_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no graph"):
        open_store(tmp_path / "none.lbug", read_only=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["http://x/y", "neo5j://localhost", "ftp://localhost"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="of no known kind"):
        open_store(url)
