"""The Neo4j store against a bare driver loop, plain Cypher plans and DuckDB, in one run.

    python benchmarks/neo4j_load_aggregate.py
    python benchmarks/neo4j_load_aggregate.py --load-edges 100000 --edges 500000 --rounds 1

It starts a server of its own (Java 17 or 21 and Maven are needed) with the memory settings of
docker-compose.yml, turns take turns, and every answer is compared before a figure is printed. The
server's processor time stands beside the wall time: on a busy machine quote that.

Load: what the store does to bring edges in (ends looked up first, pieces noted, writer's lock
held) against two loops over the same pieces that do nothing else: one with the statement that every
tutorial shows, one with the store's own.
Aggregate: citations by (citing industry, cited industry, year), with firms' self-citations beside
them, against the plain statement that has only the sums. Edges are stored in random order.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import neo4j
import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

sys.path.insert(0, str(Path(__file__).parents[1] / "server"))
import neo4j_server as rig
from spillgraph.graph.ask import ask_by_slices
from spillgraph.graph.bolt.pieces import create, cut
from spillgraph.graph.bolt.store import BoltStore
from spillgraph.graph.store import Batch

FIRMS, INDUSTRIES, YEARS = 200_000, 80, range(2000, 2020)
ENDS = ("Firm", "Firm")
TUTORIAL = (
    "UNWIND $rows AS row MATCH (a:Firm {id: row.from}) MATCH (b:Firm {id: row.to}) "
    "CREATE (a)-[:CITES {year: row.year, count: row.count}]->(b)"
)
BY_PROPERTY = (
    "MATCH (a:Firm)-[c:CITES]->(b:Firm) RETURN a.industry AS receiver, b.industry AS source, "
    "c.year AS year, sum(c.count) AS count"
)
BY_NODES = (
    # Three patterns: in one, a firm that cites itself would need its edge to its industry twice.
    "MATCH (a:Firm)-[c:CITES]->(b:Firm) MATCH (a)-[:IN_INDUSTRY]->(i:Industry) "
    "MATCH (b)-[:IN_INDUSTRY]->(j:Industry) "
    "RETURN i.code AS receiver, j.code AS source, c.year AS year, sum(c.count) AS count"
)
#: Ratios to the better of the two plans.
BARS = {"spillgraph, one session": 1.0, "spillgraph, two sessions": 0.6}
IN_DUCKDB = (
    "SELECT a.industry, b.industry, c.year, sum(c.count), sum(c.count) FILTER (c.from = c.to) "
    "FROM edges AS c JOIN firms AS a ON a.id = c.from JOIN firms AS b ON b.id = c.to "
    "GROUP BY ALL"
)


def main() -> None:
    """Measure both, round by round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--load-edges", type=int, default=1_000_000)
    parser.add_argument("--edges", type=int, default=5_000_000, help="edges to aggregate")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if given.load_edges:
            loading(Path(name), given.load_edges, given.rounds)
        if given.edges:
            aggregating(Path(name), given.edges, given.rounds)


def firms() -> pa.Table:
    """Return the firms, each in one of the industries."""
    ids = [f"F{i:07d}" for i in range(FIRMS)]
    draw = np.random.default_rng(1).integers(0, INDUSTRIES, FIRMS)
    nothing = pa.nulls(FIRMS, pa.string())
    number = pa.nulls(FIRMS, pa.float64())
    return pa.table(
        {"id": ids, "name": [f"Firm {id}" for id in ids], "industry": [f"C{i:02d}" for i in draw]}
        | {"region": nothing, "country": nothing, "lat": number, "lon": number, "size": number}
    )


def edges(n: int) -> pa.Table:
    """Return citations from anybody to few: the cited firms follow a power law."""
    draw = np.random.default_rng(2)
    ids = np.array([f"F{i:07d}" for i in range(FIRMS)])
    cited = (draw.pareto(1.2, n) * 300).astype(np.int64) % FIRMS
    return pa.table(
        {
            "from": ids[draw.integers(0, FIRMS, n)],
            "to": ids[cited],
            "year": draw.integers(YEARS.start, YEARS.stop, n),
            "count": draw.integers(1, 9, n).astype(float),
        }
    )


# -- load ----------------------------------------------------------------------------------------


def loading(folder: Path, n: int, rounds: int) -> None:
    """Store against two bare loops, over the same pieces of the same edges, in an empty graph."""
    server = rig.start(folder / "load", heap="2g", pagecache="1g")
    table = edges(n)
    seconds: dict[str, list[float]] = {"store": [], "tutorial": [], "bare loop": []}
    try:
        for number in range(rounds + 1):  # the first round warms the server up
            for side, found in seconds.items():
                took = _load(server, side, table)
                if number:
                    found.append(took)
    finally:
        rig.stop(server)
    print(f"\nonline load of {n:,} edges among {FIRMS:,} firms, {rounds} rounds")
    for side, found in seconds.items():
        print(f"  {side:<28} {_spread(found)} s   {n / statistics.median(found):,.0f} edges/s")
    for other in ("tutorial", "bare loop"):
        ratios = [a / b for a, b in zip(seconds["store"], seconds[other], strict=True)]
        print(
            f"  store to {other:<19} {_spread(ratios)}   bar 1.3: {_kept(ratios, 1.3)}", flush=True
        )


def _load(server: rig.Server, side: str, table: pa.Table) -> float:
    with _opened(server, 1) as store:
        store.prepare()
        store.clear()
        store.load(Batch("firms", "Firm", firms()))
        batch = Batch("edges", "CITES", table, ENDS, "count")
        began = time.perf_counter()
        if side == "store":
            store.load(batch)
        elif side == "tutorial":
            _tutorial(server, table)
        else:
            _bare(server, batch)
        took = time.perf_counter() - began
        held = store.count("CITES", ENDS, "count")
        assert (held.rows, held.total) == (table.num_rows, sum(table["count"].to_numpy()))
        if side != "store":  # its edges have no note, by which they would be cleared
            store.drop_edges("CITES")
        return took


def _tutorial(server: rig.Server, table: pa.Table) -> None:
    """Send the statement of every tutorial: rows as maps."""
    with _driver(server) as driver, driver.session() as session:
        for _, piece in cut(table):
            rows = piece.to_pylist()
            session.execute_write(lambda tx, rows=rows: tx.run(TUTORIAL, rows=rows).consume())


def _bare(server: rig.Server, batch: Batch) -> None:
    """Send the store's own statement, one list a column, and nothing else."""
    statement = create(batch)
    with _driver(server) as driver, driver.session() as session:
        for _, piece in cut(batch.table):
            given = {name: piece.column(name).to_pylist() for name in piece.column_names}
            given["rows"] = piece.num_rows
            session.execute_write(lambda tx, given=given: tx.run(statement, given).consume())


# -- aggregate -----------------------------------------------------------------------------------


def aggregating(folder: Path, n: int, rounds: int) -> None:
    """One graph, made by the import tool; five ways to sum it."""
    home = folder / "aggregate"
    table, nodes = edges(n), firms()
    _import(home, nodes, table)
    disk, logs = (_bytes(home / "data" / part) for part in ("databases", "transactions"))
    server = rig.start(home, heap="2g", pagecache="1g")
    seconds: dict[str, list[float]] = {}
    busy: dict[str, list[float]] = {}
    try:
        with _opened(server, 1) as store:
            store.prepare()
            store.count("CITES", ENDS, "count")  # fills the page cache
            began = time.perf_counter()
            store.count("CITES", ENDS, "count")
            verified = time.perf_counter() - began
        ways = _ways(server, nodes, table)
        for number in range(rounds + 1):  # the first round fills the page cache
            answers = set()
            for way, answer in ways.items():
                began, before = time.perf_counter(), _processor(server.pid)
                answers.add(answer())
                if number:
                    seconds.setdefault(way, []).append(time.perf_counter() - began)
                    busy.setdefault(way, []).append(_processor(server.pid) - before)
            assert len(answers) == 1, answers
    finally:
        rig.stop(server)
    _print_ways(n, rounds, seconds, busy)
    print(f"  verification, count and sum: {verified:.1f} s")
    print(
        f"  disk, firms and indexes included: {disk / 1e9:.2f} GB, {disk / n:.0f} bytes an edge; "
        f"logs of the import: {logs / 1e9:.2f} GB"
    )


def _import(home: Path, nodes: pa.Table, table: pa.Table) -> None:
    """Bring the graph in with the import tool, in files made by hand."""
    files = home.parent / "files"
    files.mkdir()
    industries = [f"C{i:02d}" for i in range(INDUSTRIES)]
    tables = {
        "firms": nodes.select(["id", "name", "industry"]).rename_columns(
            ["id:ID(Firm)", "name", "industry"]
        ),
        "industries": pa.table({"code:ID(Industry)": industries, "key": industries}),
        "belongs": pa.table(
            {":START_ID(Firm)": nodes["id"], ":END_ID(Industry)": nodes["industry"]}
        ),
        "cites": table.rename_columns(
            [":START_ID(Firm)", ":END_ID(Firm)", "year:long", "count:double"]
        ),
    }
    for name, each in tables.items():
        csv.write_csv(each, files / f"{name}.csv")
    done = rig.admin(
        home,
        *("database", "import", "full", "neo4j", "--overwrite-destination"),
        f"--nodes=Firm:Spillgraph={files / 'firms.csv'}",
        f"--nodes=Industry:Spillgraph={files / 'industries.csv'}",
        f"--relationships=IN_INDUSTRY={files / 'belongs.csv'}",
        f"--relationships=CITES={files / 'cites.csv'}",
    )
    if done.returncode:
        raise SystemExit(f"the import failed with {done.returncode}:\n{done.stdout}{done.stderr}")


def _ways(
    server: rig.Server, nodes: pa.Table, table: pa.Table
) -> dict[str, Callable[[], tuple[int, float]]]:
    con = duckdb.connect()
    con.register("firms", nodes)
    con.register("edges", table)

    def plain(statement: str) -> tuple[int, float]:
        with _driver(server) as driver:
            rows = driver.execute_query(statement, database_="neo4j").records
        return len(rows), sum(row["count"] for row in rows)

    def ours(sessions: int) -> tuple[int, float]:
        with _opened(server, sessions) as store:
            found = ask_by_slices(store, "firm_to_fine_citations")
        return found.num_rows, sum(found["count"].to_numpy())

    def in_duckdb() -> tuple[int, float]:
        rows = con.sql(IN_DUCKDB).fetchall()
        return len(rows), sum(row[3] for row in rows)

    return {
        "plan: industry as property": lambda: plain(BY_PROPERTY),
        "plan: through industry nodes": lambda: plain(BY_NODES),
        "spillgraph, one session": lambda: ours(1),
        "spillgraph, two sessions": lambda: ours(2),
        "DuckDB": in_duckdb,
    }


def _print_ways(
    n: int, rounds: int, seconds: dict[str, list[float]], busy: dict[str, list[float]]
) -> None:
    plans = [way for way in seconds if way.startswith("plan: ")]
    better = min(plans, key=lambda way: statistics.median(seconds[way]))
    print(f"\naggregation of {n:,} edges among {FIRMS:,} firms, {rounds} rounds")
    print(
        f"  {'':<30} {'seconds, min median max':<26} server's processor   ratio to the better plan"
    )
    for way, found in seconds.items():
        ratios = [a / b for a, b in zip(found, seconds[better], strict=True)]
        bar = BARS.get(way)
        print(
            f"  {way:<30} {_spread(found):<26} {statistics.median(busy[way]):>10.1f} s"
            f"         {_spread(ratios)}{f'   bar {bar}: {_kept(ratios, bar)}' if bar else ''}"
        )


# -- the server ----------------------------------------------------------------------------------


def _opened(server: rig.Server, sessions: int) -> BoltStore:
    os.environ |= {"NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password}
    return BoltStore(server.address, sessions=sessions)


def _driver(server: rig.Server) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(
        server.address,
        auth=(server.username, server.password),
        notifications_min_severity="OFF",
        fetch_size=10_000,
    )


def _processor(pid: int) -> float:
    """Return the processor seconds that the server has used (Linux; elsewhere 0)."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kept(ratios: list[float], bar: float) -> str:
    return "kept" if statistics.median(ratios) <= bar else "missed"


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _spread(values: list[float]) -> str:
    return f"{min(values):.2f} {statistics.median(values):.2f} {max(values):.2f}"


if __name__ == "__main__":
    main()
