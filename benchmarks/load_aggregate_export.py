"""Load, aggregate and export against plain DuckDB on the same Parquet files, in one run.

    make bench
    python benchmarks/load_aggregate_export.py --firms 20000 --citations 1000000 --trade 500000

Both sides run in processes of their own and turn by turn, so that peak memory is each side's own
and a slow machine is slow for both. DuckDB does the least that gives the same matrices: joins,
sums, no checks, no graph that can be queried afterwards; its tables are in a file, as the graph is.
Quote the ratios, not the seconds: those of the processor are least moved by what else runs.
`sums` is the part of `aggregate` that goes through the flows: from firms to fine industries and
years. The rest is of industries alone; there we also write edges and hold all levels together.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from spillgraph.graph.store import GraphStore
from spillgraph.runs.steps import Report, Steps

ROUNDS = 3
STEPS = ("load", "aggregate", "export")
SUMS = "sums"


class _Steps(Steps):
    """Steps with their seconds of the processor."""

    def __init__(self) -> None:
        super().__init__()
        self.processor: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Report]:
        began = time.process_time()
        with super().step(name) as report:
            yield report
        self.processor[name] = self.processor.get(name, 0.0) + time.process_time() - began


def main() -> None:
    """Make the input once, time both sides in turn, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firms", type=int, default=200_000)
    parser.add_argument("--citations", type=int, default=11_500_000, help="about 10M rows")
    parser.add_argument("--trade", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--side", choices=["firms", "industries", "duckdb"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        folder, side = given.folder, given.side
        print(json.dumps(_duckdb(folder) if side == "duckdb" else _spillgraph(folder, side)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        _sample(given, folder)
        results: dict[str, list[dict[str, float]]] = {"firms": [], "industries": [], "duckdb": []}
        for _ in range(given.rounds):
            for side, found in results.items():
                found.append(_in_its_own_process(side, folder))
        _print(results)


def _sample(given: argparse.Namespace, folder: Path) -> None:
    from spillgraph.sample import write_sample

    began = time.perf_counter()
    planted = write_sample(
        folder,
        firms=given.firms,
        citations=given.citations,
        seed=1,
        trade_links=given.trade,
    )
    sizes = planted["sizes"]
    print(
        f"sample: {given.firms:,} firms, {sizes['firm_citations']['rows']:,} citation rows adding "
        f"to {sizes['firm_citations']['sum']:,}, {sizes['trade_links']['rows']:,} trade links "
        f"({time.perf_counter() - began:.0f} s)"
    )


def _in_its_own_process(side: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(result.stdout.splitlines()[-1]))


def _spillgraph(folder: Path, keep: str) -> dict[str, float]:
    from spillgraph.capabilities.studies import asked_of, read_study
    from spillgraph.graph import aggregate
    from spillgraph.runs.run import run

    steps, ask = _Steps(), aggregate.ask_by_slices

    def timed(store: GraphStore, name: str) -> pa.Table:
        with steps.step(SUMS) if name.startswith("firm_to_fine") else nullcontext():
            return ask(store, name)

    aggregate.ask_by_slices = timed
    with tempfile.TemporaryDirectory() as out:
        study = read_study(folder / "study.toml", keep)
        result = run(study, Path(out), steps, asked_of(study))
        size = (Path(out) / "graph.lbug").stat().st_size
    found = {name: steps.seconds[name] for name in ("check", *STEPS)}
    found |= {f"{name} CPU": steps.processor.get(name, 0.0) for name in (*STEPS, SUMS)}
    found[SUMS] = steps.seconds.get(SUMS, 0.0)
    last = result.years[-1].matrices()
    found |= {"citations": last["citations"].sum(), "trade": last["trade"].sum()}
    return found | {"memory": _peak(), "disk": size / 1e9}


def _duckdb(folder: Path) -> dict[str, float]:
    """The same matrices by joins over the Parquet files."""
    with tempfile.TemporaryDirectory() as place:
        return _joined(folder, Path(place) / "tables.duckdb")


def _joined(folder: Path, database: Path) -> dict[str, float]:
    con = duckdb.connect(str(database))
    steps = _Steps()
    with steps.step("load"):
        _load_tables(con, folder)
    with steps.step("aggregate"):
        _sum_tables(con, steps)
    found: dict[str, float] = {}
    with steps.step("export"):
        for year in (2007, 2012, 2017, 2020):
            for flow, sign in (("citations", "<="), ("trade", "=")):
                rows = con.execute(
                    f"SELECT receiver, source, sum(value) AS value FROM target_{flow} "
                    f"WHERE year {sign} {year} GROUP BY ALL"
                ).df()
                found[flow] = float(rows.pivot(index="receiver", columns="source").sum().sum())
    found |= steps.seconds | {f"{name} CPU": own for name, own in steps.processor.items()}
    return found | {"memory": _peak()}


def _load_tables(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for table, pattern in (
        ("c", "citations"),
        ("t", "trade"),
        ("f", "firms"),
        ("m", "concordance"),
    ):
        (path,) = folder.glob(f"{pattern}.*")
        reader = "read_csv(?, all_varchar=true)" if path.suffix == ".csv" else "read_parquet(?)"
        con.execute(f"CREATE TABLE {table} AS SELECT * FROM {reader}", [str(path)])
    con.execute("CHECKPOINT")


def _sum_tables(con: duckdb.DuckDBPyConnection, steps: Steps) -> None:
    for flow, receiver, source, table, value in (
        ("citations", "citing", "cited", "c", "count"),
        ("trade", "buyer", "supplier", "t", "value"),
    ):
        with steps.step(SUMS):
            con.execute(
                f"CREATE TABLE fine_{flow} AS SELECT a.industry AS receiver, b.industry AS source, "
                f"CAST(year AS INT) AS year, sum(CAST({value} AS DOUBLE)) AS value FROM {table} "
                f"JOIN f AS a ON a.id = {receiver} JOIN f AS b ON b.id = {source} GROUP BY ALL"
            )
        con.execute(
            f'CREATE TABLE target_{flow} AS SELECT m."to" AS receiver, n."to" AS source, year, '
            "sum(value * CAST(m.weight AS DOUBLE) * CAST(n.weight AS DOUBLE)) AS value "
            f'FROM fine_{flow} JOIN m ON m."from" = receiver JOIN m AS n ON n."from" = source '
            "GROUP BY ALL"
        )


def _peak() -> float:
    """Peak memory of this process, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _print(results: dict[str, list[dict[str, float]]]) -> None:
    for keep in ("firms", "industries"):
        _compare(keep, results[keep], results["duckdb"])


def _compare(keep: str, ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> None:
    """Print the medians of one way to keep the graph beside DuckDB's."""
    for flow in ("citations", "trade"):
        np.testing.assert_allclose(ours[0][flow], theirs[0][flow], rtol=1e-9)
    print(f"{'keep = ' + keep:<32}{'spillgraph':>12}{'DuckDB':>12}{'ratio':>8}")
    steps = ("load", *([SUMS] if keep == "firms" else []), *STEPS[1:], "+".join(STEPS))
    processor = ["+".join(f"{name} CPU" for name in step.split("+")) for step in steps]
    for step in (*steps, *processor, "memory"):
        names = step.split("+")
        mine = [sum(each[name] for name in names) for each in ours]
        plain = [sum(each[name] for name in names) for each in theirs]
        ratio = float(np.median([a / b for a, b in zip(mine, plain, strict=True)]))
        unit = "GB" if step == "memory" else "s"
        a, b = f"{np.median(mine):.2f} {unit}", f"{np.median(plain):.2f} {unit}"
        print(f"{step:<32}{a:>12}{b:>12}{ratio:>7.1f}x")
    for label, key, unit in (("check (ours only)", "check", "s"), ("graph on disk", "disk", "GB")):
        value = f"{np.median([each[key] for each in ours]):.2f} {unit}"
        print(f"{label:<32}{value:>12}")


if __name__ == "__main__":
    main()
