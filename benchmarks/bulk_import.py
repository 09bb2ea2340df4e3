"""Bulk export and offline import against the import tool alone on hand-made files, in one run.

    python benchmarks/bulk_import.py
    python benchmarks/bulk_import.py --edges 500000 --rounds 1

Both sides bring the same firms, citations and deliveries into Neo4j with ``neo4j-admin database
import full``, turn by turn, so that a slow machine is slow for both. One side is ``spillgraph
bulk-export`` (hashing and checking every row) and the import of what it wrote. The other is the
import of files that were made before the clock started, with the least that gives the same graph:
no checks, no notes, text quoted only where it must be. Quote the ratio, not the seconds.

It needs Java, and the server's jars, which are fetched once: see server/neo4j_server.py.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "server"))

import neo4j_server as rig  # noqa: E402

ROUNDS = 3
BAR = 1.5


def main() -> None:
    """Make the input once, time both sides in turn, print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firms", type=int, default=200_000)
    parser.add_argument("--edges", type=int, default=5_000_000, help="citations and deliveries")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    rig.fetch()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _sample(given, folder / "study")
        by_hand = _by_hand(folder / "study", folder / "by hand")
        ours: list[dict[str, float]] = []
        theirs: list[float] = []
        for _ in range(given.rounds):
            print(f"load of the machine: {os.getloadavg()[0]:.1f}", flush=True)
            ours.append(_ours(folder))
            theirs.append(_import(by_hand, folder))
        _print(ours, theirs)


def _sample(given: argparse.Namespace, folder: Path) -> None:
    from spillgraph.sample import write_sample

    began = time.perf_counter()
    trade = given.edges * 2 // 5
    citations = round((given.edges - trade) * 1.08)  # about that many rows, some count more than 1
    planted = write_sample(
        folder, firms=given.firms, citations=citations, seed=1, trade_links=trade
    )
    rows = planted["sizes"]["firm_citations"]["rows"] + planted["sizes"]["trade_links"]["rows"]
    print(
        f"sample: {given.firms:,} firms, {rows:,} citations and deliveries "
        f"({time.perf_counter() - began:.0f} s)"
    )


# -- ours ----------------------------------------------------------------------------------------


def _ours(folder: Path) -> dict[str, float]:
    """Run the command as a user does, and import what it wrote."""
    out = folder / "export"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "spillgraph.cli.main", "bulk-export"]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, str(folder / "study" / "study.toml"), str(out)],
        check=True,
        capture_output=True,
        text=True,
    )
    found = {"command": time.perf_counter() - began}
    for step, seconds in re.findall(r"^(hash|check|export) +([\d.]+) s", done.stderr, re.MULTILINE):
        found[step] = float(seconds)
    words = json.loads((out / "export.json").read_text(encoding="utf-8"))["command"][5:]
    return found | {"import": _import([_absolute(word, out) for word in words], folder)}


def _absolute(option: str, folder: Path) -> str:
    """Name files by their whole path: the tool runs elsewhere."""
    what, equals, names = option.rpartition("=")
    if not names.endswith(".csv"):
        return option
    return what + equals + ",".join(str(folder / name) for name in names.split(","))


# -- the tool alone ------------------------------------------------------------------------------


def _by_hand(study: Path, folder: Path) -> list[str]:
    """Write the same nodes and edges with DuckDB; return the options that name the files."""
    import duckdb

    folder.mkdir()
    con = duckdb.connect()
    for table in ("firms", "industries", "sectors", "concordance", "citations", "trade"):
        (path,) = study.glob(f"{table}.*")
        reader = "read_csv(?, all_varchar=true)" if path.suffix == ".csv" else "read_parquet(?)"
        con.execute(f"CREATE TABLE {table} AS SELECT * FROM {reader}", [str(path)])
    fine, target = "csrc78", "io37"
    for table in ("industries", "sectors"):
        con.execute(f"INSERT INTO {table} (code) VALUES ('unmapped')")
    con.execute("INSERT INTO concordance VALUES ('unmapped', 'unmapped', '1')")
    statements = {
        "--nodes=Industry": (
            f"SELECT '{fine}:' || code AS \"key:ID(Industry)\", '{fine}' AS classification, code, "
            f"name FROM industries UNION ALL SELECT '{target}:' || code, '{target}', code, name "
            "FROM sectors"
        ),
        "--nodes=Region": 'SELECT DISTINCT region AS "id:ID(Region)" FROM firms',
        "--nodes=Country": 'SELECT DISTINCT country AS "id:ID(Country)" FROM firms',
        "--nodes=Firm": (
            'SELECT id AS "id:ID(Firm)", name, industry, region, country, lat AS "lat:double", '
            'lon AS "lon:double", size AS "size:double" FROM firms'
        ),
        "--relationships=MAPS_TO": (
            f'SELECT \'{fine}:\' || "from" AS ":START_ID(Industry)", '
            f'\'{target}:\' || "to" AS ":END_ID(Industry)", weight AS "weight:double" '
            "FROM concordance"
        ),
        "--relationships=IN_INDUSTRY": (
            'SELECT id AS ":START_ID(Firm)", '
            f"'{fine}:' || industry AS \":END_ID(Industry)\" FROM firms"
        ),
        "--relationships=IN_REGION": (
            'SELECT id AS ":START_ID(Firm)", region AS ":END_ID(Region)" FROM firms'
        ),
        "--relationships=IN_COUNTRY": (
            'SELECT id AS ":START_ID(Firm)", country AS ":END_ID(Country)" FROM firms'
        ),
        "--relationships=CITES": (
            'SELECT citing AS ":START_ID(Firm)", cited AS ":END_ID(Firm)", year AS "year:long", '
            'count AS "count:double" FROM citations'
        ),
        "--relationships=SUPPLIES": (
            'SELECT supplier AS ":START_ID(Firm)", buyer AS ":END_ID(Firm)", year AS "year:long", '
            'value AS "value:double" FROM trade'
        ),
    }
    options = []
    for option, statement in statements.items():
        path = folder / f"{option.rpartition('=')[2]}.csv"
        con.execute(f"COPY ({statement}) TO '{path}' (FORMAT csv, HEADER)")
        label = ":Spillgraph" if option.startswith("--nodes") else ""
        options.append(f"{option}{label}={path}")
    return ["--overwrite-destination", *options]


# -- both ----------------------------------------------------------------------------------------


def _import(options: list[str], folder: Path) -> float:
    began = time.perf_counter()
    done = rig.admin(folder / "home", "database", "import", "full", "neo4j", *options)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"the import failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    edges = re.search(r"(\d+) relationships\b", done.stdout.partition("Imported:")[2])
    assert edges is not None
    _same.setdefault("edges", edges[1])
    assert _same["edges"] == edges[1], "the two sides hold different graphs"
    return seconds


_same: dict[str, str] = {}


def _print(ours: list[dict[str, float]], theirs: list[float]) -> None:
    totals = [each["command"] + each["import"] for each in ours]
    print(f"{int(_same['edges']):,} relationships on both sides, {len(ours)} rounds")
    print(f"{'seconds':<36}{'min':>8}{'median':>8}{'max':>8}")
    for label, values in (
        ("  hash", [each["hash"] for each in ours]),
        ("  check", [each["check"] for each in ours]),
        ("  export", [each["export"] for each in ours]),
        ("spillgraph bulk-export", [each["command"] for each in ours]),
        ("import of it", [each["import"] for each in ours]),
        ("both", totals),
        ("import of hand-made files", theirs),
    ):
        print(f"{label:<36}{min(values):>8.2f}{median(values):>8.2f}{max(values):>8.2f}")
    ratios = [a / b for a, b in zip(totals, theirs, strict=True)]
    print(
        f"{'ratio, pair by pair':<36}{min(ratios):>8.2f}{median(ratios):>8.2f}{max(ratios):>8.2f}"
    )
    print(f"bar: {BAR}, {'kept' if median(ratios) <= BAR else 'missed'}")


if __name__ == "__main__":
    main()
