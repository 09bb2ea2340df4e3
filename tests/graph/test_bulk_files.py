"""Files for the offline import: what the real tool makes of them is what the batches hold."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import neo4j_server as rig
import pyarrow as pa
import pytest
from spillgraph.core.errors import StoreError
from spillgraph.graph.bulk_files import BulkFiles
from spillgraph.graph.open import open_store
from spillgraph.graph.store import Batch, Loaded

TEXTS = [
    None, "", "null", "a,b", 'q"uo"te', '"', "\\", "end\\", '\\"', "# hash", "#", ";a;b", " lead",
    "trail ", "\ttab\t", "x'}) DETACH DELETE n //", "Ä€\U0001f600\u2028\u0085\u00a0", "\ufeffbom",
    "nan", "\x00nul", "1e5", "--nodes=x", "a\nb", "a\r\nb", "\n", "c\rd", "\r", '"\n"',
    "l" * 70_000,
]  # fmt: skip
NUMBERS = [
    1e-300, 0.1 + 0.2, -0.0, 1.7976931348623157e308, 5e-324, 1.2345678901234567e17, 1 / 3, 1e22,
    1e16, 100.0, None, -1e-7,
]  # fmt: skip
YEARS = [None, 2000, -(2**63), 2**63 - 1]


def firms(names: list[str | None]) -> Batch:
    n = len(names)

    def cycle(values: list) -> list:
        return [values[i % len(values)] for i in range(n)]

    table = pa.table(
        {
            "id": pa.array([f"k{i}" for i in range(n)], pa.string()),
            "name": pa.array(names, pa.string()),
            "industry": pa.array(names[::-1], pa.string()),
            "region": pa.array([None] * n, pa.string()),
            "country": pa.array([""] * n, pa.string()),
            "lat": pa.array(cycle(NUMBERS), pa.float64()),
            "lon": pa.array([None] * n, pa.float64()),
            "size": pa.array(cycle(NUMBERS[::-1]), pa.float64()),
        }
    )
    return Batch("m:Firm:0", "Firm", table)


def regions(ids: list[str]) -> Batch:
    return Batch("m:Region:0", "Region", pa.table({"id": pa.array(ids, pa.string())}))


def edges(kind: str, rows: list[tuple], ends: tuple[str, str], part: int = 0) -> Batch:
    columns = {"from": pa.string(), "to": pa.string()}
    if kind == "CITES":
        columns |= {"year": pa.int64(), "count": pa.float64()}
    arrays = [pa.array([row[i] for row in rows], type) for i, type in enumerate(columns.values())]
    measure = "count" if kind == "CITES" else None
    table = pa.Table.from_arrays(arrays, names=list(columns))
    return Batch(f"m:{kind}:{part}", kind, table, ends, measure)


def some_cites(part: int = 0) -> Batch:
    numbers = [number for number in NUMBERS if number is not None and number < 1e300]
    rows = [
        (f"k{i}", f"k{(i + part) % 9}", YEARS[1 + i % 3], number)
        for i, number in enumerate(numbers)
    ]
    return edges("CITES", rows, ("Firm", "Firm"), part)


def absolute(options: list[str], folder: Path) -> list[str]:
    """Name files by their whole path: the tool runs elsewhere."""
    whole = []
    for option in options:
        what, equals, names = option.rpartition("=")
        files = ",".join(str(folder / name) for name in names.split(","))
        whole.append(f"{what}{equals}{files}" if names.endswith(".csv") else option)
    return whole


def bits(row: dict) -> dict:
    """Return a row in which -0.0 differs from 0.0."""
    return {
        key: struct.pack(">d", value) if isinstance(value, float) else value
        for key, value in row.items()
    }


def test_the_tool_reads_every_value_as_it_was(
    neo4j_jars: Path,
    neo4j_home_factory: Callable[..., rig.Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A key of more than 8 kB fits into no index of the server.
    places = [each for each in TEXTS if each is not None and len(each) < 8_000]
    batches = [
        regions(places),
        firms(TEXTS),
        edges("IN_REGION", [(f"k{i}", p) for i, p in enumerate(places)], ("Firm", "Region")),
        edges("OWNS", [], ("Firm", "Patent")),
        some_cites(0),
        some_cites(1),
    ]
    files, home = tmp_path / "files", tmp_path / "home"
    files.mkdir()
    with BulkFiles(files) as bulk:
        for batch in batches:
            assert bulk.load(batch)
        bulk.finish()
    assert "--multiline-fields=true" in bulk.options()

    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")  # a second or two less
    command = ["database", "import", "full", "neo4j", *absolute(bulk.options(), files)]
    done = rig.admin(home, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    server = neo4j_home_factory(home=home)
    monkeypatch.setenv("NEO4J_USERNAME", server.username)
    monkeypatch.setenv("NEO4J_PASSWORD", server.password)
    with open_store(server.address, read_only=True) as store:
        assert store.batches() == {
            each.id: Loaded(each.kind, each.table.num_rows, each.total) for each in batches
        }
        columns = ", ".join(f"n.{name} AS {name}" for name in firms([]).table.column_names)
        found = store.query(
            f"MATCH (n:Firm:Spillgraph) RETURN {columns} ORDER BY toInteger(substring(n.id, 1))"
        )
        assert list(map(bits, found.to_pylist())) == list(map(bits, firms(TEXTS).table.to_pylist()))
        found = store.query("MATCH (f:Firm)-[:IN_REGION]->(r:Region) RETURN f.id AS f, r.id AS r")
        assert dict(zip(*found.to_pydict().values(), strict=True)) == {
            f"k{i}": place for i, place in enumerate(places)
        }
        found = store.query(
            "MATCH (a:Firm)-[c:CITES]->(b:Firm) RETURN a.id AS from, b.id AS to, c.year AS year, "
            "c.count AS count"
        )
        wanted = some_cites(0).table.to_pylist() + some_cites(1).table.to_pylist()
        assert sorted(map(repr, found.to_pylist())) == sorted(map(repr, wanted))


def test_only_what_is_needed_is_asked_of_the_tool(tmp_path: Path) -> None:
    with BulkFiles(tmp_path) as bulk:
        bulk.load(firms([each for each in TEXTS if not {"\n", "\r"} & set(each or "")]))
        bulk.finish()
    assert not [each for each in bulk.options() if "multiline" in each or "buffer" in each]
    assert (tmp_path / "Firm.header.csv").read_text() == (
        ":ID(Firm),id,name,industry,region,country,lat:double,lon:double,size:double\n"
    )


def test_a_value_beyond_the_tools_buffer_makes_it_larger(tmp_path: Path) -> None:
    with BulkFiles(tmp_path) as bulk:
        bulk.load(regions(["x" * (5 << 20)]))
        bulk.finish()
    (option,) = [each for each in bulk.options() if "buffer" in each]
    assert int(option.partition("=")[2]) >= 5 << 20


def test_batches_of_one_kind_share_a_file_and_ends_do_not(tmp_path: Path) -> None:
    patents = Batch(
        "m:Patent:0",
        "Patent",
        pa.table(
            {
                "id": ["p"],
                "firm": [""],
                "industry": ["A"],
                "year": pa.array([None], pa.int64()),
                "quality": pa.array([None], pa.float64()),
            }
        ),
    )
    between = edges("CITES", [("p", "p", 2000, 1.0)], ("Patent", "Patent"), 9)
    with BulkFiles(tmp_path) as bulk:
        for batch in (firms(TEXTS), patents, some_cites(0), some_cites(1), between):
            bulk.load(batch)
        bulk.finish()
    rows = {file.name: file.rows for file in bulk.files}
    assert rows == {
        "Firm": len(TEXTS),
        "Patent": 1,
        "CITES.Firm-Firm": 2 * some_cites().table.num_rows,
        "CITES.Patent-Patent": 1,
        "LoadedBatch": 5,
    }
    assert (tmp_path / "Patent.csv").read_text() == '0,"p","","A",,\n'
    assert (tmp_path / "CITES.Patent-Patent.csv").read_text() == "0,0,2000,1\n"
    citing = (tmp_path / "CITES.Firm-Firm.csv").read_text().splitlines()[11]
    assert citing.startswith("1,2,")  # of the second batch: k1 cites k2
    kinds = [each.split("=")[0] for each in bulk.options()[-5:]]
    assert kinds == ["--nodes"] * 3 + ["--relationships"] * 2


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([firms(["a"]), firms(["b"])], "come in one batch"),
        ([regions(["a", "b", "a"])], "not unique"),
        ([some_cites()], "there is no Firm 'k0'"),
        ([firms(TEXTS), edges("CITES", [("k0", "k99", 2000, 1.0, "")], ("Firm", "Firm"))], "'k99'"),
        ([firms(TEXTS), edges("CITES", [("k0", None, 2000, 1.0, "")], ("Firm", "Firm"))], "None"),
        ([firms(TEXTS), edges("OWNS", [("k0", "k1")], ("Firm", "Firm"))], "does not join"),
        ([Batch("m", "Frim", firms(["a"]).table)], "declares no node 'Frim'"),
    ],
)  # fmt: skip
def test_what_no_store_would_load_is_not_written(
    batches: list[Batch], message: str, tmp_path: Path
) -> None:
    with BulkFiles(tmp_path) as bulk:
        for batch in batches[:-1]:
            bulk.load(batch)
        with pytest.raises(StoreError, match=message):
            bulk.load(batches[-1])
