"""From Parquet to matrices with no firm in the graph, against plain DuckDB, by number of rows.

    python benchmarks/rows_without_graph.py
    python benchmarks/rows_without_graph.py --rows 10 20 50 --firms 200000

Both sides read the same Parquet files, each in a process of its own. DuckDB does the least
that gives the same matrices: it loads the tables and joins them. We check every row, look for keys
that repeat, write the accepted rows, sum them and write matrices, with `keep = "industries"`. Quote
the ratios, and how peak memory grows, not the seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

STUDY = """
[study]
name = "rows"
target = "f"
[years]
first = 2001
last = 2020
report = [2010, 2020]
[options]
self_citations = "include"
[graph]
keep = "industries"
[tables.industries]
file = "industries.csv"
classification = "f"
[tables.firms]
file = "firms.csv"
classification = "f"
[tables.firm_citations]
file = "citations.parquet"
[tables.trade_links]
file = "trade.parquet"
[tables.io_output]
file = "output.csv"
classification = "f"
"""
SIDES = ("ours", "duckdb")


def main() -> None:
    """Make the input, time both sides in turn for each number of rows, print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=float, nargs="+", default=[10, 20, 50], help="millions")
    parser.add_argument("--firms", type=int, default=200_000)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--under", type=Path, help="where input and output lie for the while")
    given = parser.parse_args()
    if given.side:
        print(json.dumps(_ours(given.folder) if given.side == "ours" else _duckdb(given.folder)))
        return
    print(
        f"{'citations':>10}{'links':>8}  {'':8}{'check':>8}{'sums':>8}{'all':>8}{'CPU':>8}{'GB':>7}"
    )
    for millions in given.rows:
        with tempfile.TemporaryDirectory(dir=given.under) as folder:
            rows = int(millions * 1e6)
            _write(Path(folder), given.firms, rows)
            ours, plain = (apart(side, folder) for side in SIDES)
            np.testing.assert_allclose(ours["sum"], plain["sum"], rtol=1e-9)
            for name, found in zip(SIDES, (ours, plain), strict=True):
                print(
                    f"{rows:>10,}{rows // 2:>11,}  {name:8}{found['check']:>7.1f}s"
                    f"{found['sums']:>7.1f}s{found['all']:>7.1f}s{found['cpu']:>7.1f}s"
                    f"{found['memory']:>7.2f}"
                )
            ratios = (ours[name] / plain[name] for name in ("all", "cpu", "memory"))
            print("{:>46}{:>15.2f}x{:>7.2f}x{:>6.2f}x".format("ratio", *ratios), flush=True)


def _write(folder: Path, firms: int, rows: int) -> None:
    """Write tables in which no key repeats: a firm's partners lie at other distances each year."""
    import duckdb

    with duckdb.connect() as con:
        ids = "'F' || lpad(({})::VARCHAR, 8, '0')".format
        code = "'I' || lpad((hash({}) % 80)::VARCHAR, 2, '0')".format
        con.execute(
            f"COPY (SELECT {ids('i')} AS id, {code('i')} AS industry FROM range({firms}) AS t (i)) "
            f"TO '{folder}/firms.csv'"
        )
        con.execute(
            "COPY (SELECT 'I' || lpad(i::VARCHAR, 2, '0') AS code, code AS name "
            f"FROM range(80) AS t (i)) TO '{folder}/industries.csv'"
        )
        con.execute(
            "COPY (SELECT 'I' || lpad(i::VARCHAR, 2, '0') AS industry, 2001 + y AS year, "
            f"{rows} * 1e3 AS gross_output FROM range(80) AS t (i), range(20) AS u (y)) "
            f"TO '{folder}/output.csv'"
        )
        for name, ends, amount, number in (
            ("citations", ("citing", "cited"), "1 + hash(i) % 5 AS count", rows),
            ("trade", ("buyer", "supplier"), "(1 + hash(i) % 100000) / 100 AS value", rows // 2),
        ):
            one, other = ends
            con.execute(
                f"COPY (SELECT {ids(f'i % {firms}')} AS {one}, "
                f"{ids(f'(i % {firms} * 48271 + i // {firms} * 7919 + 1) % {firms}')} AS {other}, "
                f"(2001 + i // {firms} % 20)::INTEGER AS year, {amount} "
                f"FROM range({number}) AS t (i)) TO '{folder}/{name}.parquet'"
            )
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")


def apart(side: str, folder: str, script: str = __file__) -> dict[str, float]:
    """Run one side in a process of its own."""
    command = [sys.executable, script, "--side", side, "--folder", folder]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(result.stdout.splitlines()[-1]))


def _ours(folder: Path) -> dict[str, float]:
    from spillgraph.capabilities.studies import asked_of, read_study
    from spillgraph.runs.run import run
    from spillgraph.runs.steps import Steps

    steps = Steps()
    study = read_study(folder / "study.toml")
    with tempfile.TemporaryDirectory(dir=folder) as out:
        result = run(study, Path(out), steps, asked_of(study))
    seconds = {name: steps.seconds[name] for name in ("check", "load", "aggregate", "export")}
    last = result.years[-1].matrices()
    return told(seconds["check"], sum(seconds.values()) - seconds["check"], last["citations"].sum())


def _duckdb(folder: Path) -> dict[str, float]:
    import duckdb

    began = time.perf_counter()
    con = duckdb.connect()
    con.execute("SET temp_directory = ?", [str(folder)])
    con.execute(f"CREATE TABLE f AS FROM read_csv('{folder}/firms.csv', all_varchar = true)")
    for name in ("citations", "trade"):
        con.execute(f"CREATE TABLE {name} AS FROM '{folder}/{name}.parquet'")
    loaded = time.perf_counter() - began
    began = time.perf_counter()
    total = 0.0
    for name, one, other, amount in (
        ("citations", "citing", "cited", "count"),
        ("trade", "buyer", "supplier", "value"),
    ):
        con.execute(
            f"CREATE TABLE sums_{name} AS SELECT a.industry AS receiver, b.industry AS source, "
            f"year, sum({amount}::DOUBLE) AS value FROM {name} JOIN f AS a ON a.id = {one} "
            f"JOIN f AS b ON b.id = {other} GROUP BY ALL"
        )
    for year in (2010, 2020):
        for name, sign in (("citations", "<="), ("trade", "=")):
            rows = con.execute(
                f"SELECT receiver, source, sum(value) AS value FROM sums_{name} "
                f"WHERE year {sign} {year} GROUP BY ALL"
            ).df()
            matrix = rows.pivot(index="receiver", columns="source")
            total = float(matrix.sum().sum()) if name == "citations" else total
    return told(loaded, time.perf_counter() - began, total)


def told(check: float, sums: float, total: float) -> dict[str, float]:
    """Return what a side took, and its last sum."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "check": check,
        "sums": sums,
        "all": check + sums,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1e6,
        "sum": float(total),
    }


if __name__ == "__main__":
    main()
