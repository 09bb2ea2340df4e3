"""Reading and checking rows against DuckDB's own reading of the same file, in one run.

    python benchmarks/check_step.py
    python benchmarks/check_step.py --rows 10000000 --rounds 3

DuckDB reads the file into a table of typed columns and checks nothing. Both sides run in processes
of their own and turn by turn; quote the ratios of processor time, not the seconds. To compare two
versions of spillgraph, run it with each and compare the ratios.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

TYPES = "{'citing': 'VARCHAR', 'cited': 'VARCHAR', 'year': 'BIGINT', 'count': 'DOUBLE'}"
STUDY = """[study]
name = "check"
target = "c"
[tables.firms]
file = "firms.{kind}"
classification = "c"
[tables.firm_citations]
file = "citations.{kind}"
"""


def main() -> None:
    """Write the input, time both sides in turn, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=["spillgraph", "duckdb"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        {"spillgraph": _spillgraph, "duckdb": _duckdb}[given.side](given.folder)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps(used.ru_utime + used.ru_stime))
        return
    for kind in ("csv", "parquet"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _write(folder, kind, given.rows)
            seconds: dict[str, list[float]] = {"spillgraph": [], "duckdb": []}
            for _ in range(given.rounds):
                for side, found in seconds.items():
                    command = [sys.executable, __file__, "--side", side, "--folder", name]
                    told = subprocess.run(command, check=True, capture_output=True, text=True)
                    found.append(json.loads(told.stdout.splitlines()[-1]))
            ours, theirs = (statistics.median(each) for each in seconds.values())
            print(
                f"{kind}: {given.rows:,} rows, processor: spillgraph {ours:.1f} s, "
                f"DuckDB {theirs:.1f} s, ratio {ours / theirs:.1f}"
            )


def _write(folder: Path, kind: str, rows: int) -> None:
    how = "(FORMAT csv, HEADER)" if kind == "csv" else "(FORMAT parquet)"
    firms = "SELECT 'F' || i AS id, 'Firm ' || i AS name, 'C' || (i % 40) AS industry"
    with duckdb.connect() as con:
        con.execute(f"COPY ({firms} FROM range(200000) AS r(i)) TO '{folder}/firms.{kind}' {how}")
        con.execute(
            "COPY (SELECT 'F' || ((i * 7919) % 200000) AS citing, "
            "'F' || ((i * 104729 + i // 200000) % 200000) AS cited, 2000 + i % 20 AS year, "
            f"1 + i % 5 AS count FROM range({rows}) AS r(i)) TO '{folder}/citations.{kind}' {how}"
        )
    (folder / "study.toml").write_text(STUDY.format(kind=kind), encoding="utf-8")


def _spillgraph(folder: Path) -> None:
    from spillgraph.ingest.stage import stage
    from spillgraph.ingest.study import load_study

    with tempfile.TemporaryDirectory() as name, duckdb.connect() as con:
        con.execute("SET temp_directory = ?", [name])
        stage(con, load_study(folder / "study.toml"), Path(name) / "tables", None)


def _duckdb(folder: Path) -> None:
    with duckdb.connect() as con:
        csv = (folder / "citations.csv").exists()
        read = f"read_csv('{folder}/citations.csv', columns = {TYPES}, header = true)"
        source = read if csv else f"read_parquet('{folder}/citations.parquet')"
        con.execute(f"CREATE TABLE citations AS SELECT * FROM {source}")


if __name__ == "__main__":
    main()
