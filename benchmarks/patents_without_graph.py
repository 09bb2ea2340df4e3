"""Citations between patents from Parquet to matrices, with no firm in the graph, against DuckDB.

    python benchmarks/patents_without_graph.py
    python benchmarks/patents_without_graph.py --citations 50 --patents 5 --unknown 0.05
    python benchmarks/patents_without_graph.py --twice 0.01

Both sides read the same Parquet files, each in a process of its own, and count each citing patent
once (`citation_weight = "fractional"`). DuckDB does the least that gives the same sums: it loads
the tables, leaves out citations of patents that are in no table, and joins; where citations stand
twice it takes each once. We check every row,
look for citations that stand twice, name the refused ones, write the others, sum them and write
matrices.
Quote the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from rows_without_graph import SIDES, apart, told

STUDY = """
[study]
name = "patents"
target = "f"
[years]
first = 2001
last = 2020
report = [2020]
[options]
self_citations = "include"
citation_weight = "fractional"
[graph]
keep = "industries"
[tables.industries]
file = "industries.csv"
classification = "f"
[tables.firms]
file = "firms.csv"
classification = "f"
[tables.patents]
file = "patents.parquet"
[tables.patent_citations]
file = "citations.parquet"
[tables.io_output]
file = "output.csv"
classification = "f"
"""
#: A file that says that citations stand twice.
_TWICE = "twice"


def main() -> None:
    """Make the input, time both sides in turn, print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--citations", type=float, default=50, help="millions")
    parser.add_argument("--patents", type=float, default=5, help="millions")
    parser.add_argument("--firms", type=int, default=200_000)
    parser.add_argument("--unknown", type=float, default=0.05, help="share of unknown patents")
    parser.add_argument("--twice", type=float, default=0.0, help="share of repeated citations")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        print(json.dumps(_ours(given.folder) if given.side == "ours" else _duckdb(given.folder)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), given)
        ours, plain = (apart(side, folder, __file__) for side in SIDES)
    np.testing.assert_allclose(ours["sum"], plain["sum"], rtol=1e-9)
    numbers = f"{given.citations:g} M citations of {given.patents:g} M patents"
    print(f"{numbers}, {given.unknown:.0%} unknown, {given.twice:.0%} of the citations twice")
    for name, found in zip(SIDES, (ours, plain), strict=True):
        print(f"{name:8}{found['all']:>8.1f}s{found['cpu']:>8.1f}s CPU{found['memory']:>7.2f} GB")
    ratios = [ours[name] / plain[name] for name in ("all", "cpu", "memory")]
    print("ratio   {:>8.2f} {:>8.2f}    {:>7.2f}".format(*ratios))


def _write(folder: Path, given: argparse.Namespace) -> None:
    """Write tables in which no citation stands twice, as partners lie at other distances each time,
    but those that are asked for."""
    import duckdb

    patents, rows, firms = int(given.patents * 1e6), int(given.citations * 1e6), given.firms
    known = int(patents * (1 - given.unknown))
    code = "'I' || lpad(({})::VARCHAR, 2, '0')".format
    patent, firm = (
        "'{}' || lpad(({})::VARCHAR, 9, '0')".format(kind, "{}").format for kind in "PF"
    )
    citations = (
        f"SELECT {patent(f'i % {patents}')} AS citing, "
        f"{patent(f'(i % {patents} * 48271 + i // {patents} * 7919 + 1) % {patents}')} "
        f"AS cited FROM range({rows}) AS t (i)"
    )
    if given.twice:
        citations += f" UNION ALL {citations} WHERE hash(i) % 1000000 < {given.twice * 1e6:.0f}"
        (folder / _TWICE).touch()
    with duckdb.connect() as con:
        for name, select in (
            ("industries.csv", f"{code('i')} AS code, code AS name FROM range(80) AS t (i)"),
            (
                "firms.csv",
                f"{firm('i')} AS id, {code('hash(i) % 80')} AS industry "
                f"FROM range({firms}) AS t (i)",
            ),
            (
                "output.csv",
                f"{code('i')} AS industry, 2001 + y AS year, 1e9 AS gross_output "
                "FROM range(80) AS t (i), range(20) AS u (y)",
            ),
            (
                "patents.parquet",
                f"{patent('i')} AS id, CASE WHEN hash(i * 7) % 10 > 0 THEN "
                f"{firm(f'hash(i) % {firms}')} END AS firm, (2001 + hash(i) % 20)::INTEGER AS year "
                f"FROM range({known}) AS t (i)",
            ),
            ("citations.parquet", f"* FROM ({citations})"),
        ):
            con.execute(f"COPY (SELECT {select}) TO '{folder}/{name}'")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")


def _ours(folder: Path) -> dict[str, float]:
    from spillgraph.capabilities.studies import asked_of, read_study
    from spillgraph.runs.run import run
    from spillgraph.runs.steps import Steps

    steps = Steps()
    study = read_study(folder / "study.toml")
    with tempfile.TemporaryDirectory(dir=folder) as out:
        result = run(study, Path(out), steps, asked_of(study))
    seconds = [steps.seconds[name] for name in ("check", "load", "aggregate", "export")]
    matrix = result.years[-1].matrices()["citations"]
    return told(seconds[0], sum(seconds[1:]), matrix.sum())


def _duckdb(folder: Path) -> dict[str, float]:
    import duckdb

    began = time.perf_counter()
    con = duckdb.connect()
    con.execute("SET temp_directory = ?", [str(folder)])
    con.execute(f"CREATE TABLE f AS FROM read_csv('{folder}/firms.csv', all_varchar = true)")
    for name in ("patents", "citations"):
        con.execute(f"CREATE TABLE {name} AS FROM '{folder}/{name}.parquet'")
    loaded = time.perf_counter() - began
    began = time.perf_counter()
    once = "DISTINCT" if (folder / _TWICE).exists() else ""
    sums = con.execute(
        "WITH known AS (SELECT c.citing, p.firm AS one, q.firm AS other, p.year "
        f"FROM (SELECT {once} * FROM citations) AS c JOIN patents AS p ON p.id = citing "
        "JOIN patents AS q ON q.id = cited "
        "WHERE citing <> cited), "
        "weighed AS (SELECT k.*, n.n FROM known AS k JOIN "
        "(SELECT citing, count(*) AS n FROM known GROUP BY 1) AS n USING (citing)) "
        "SELECT a.industry AS receiver, b.industry AS source, year, sum(1.0 / n) AS value "
        "FROM weighed JOIN f AS a ON a.id = one JOIN f AS b ON b.id = other GROUP BY ALL"
    ).df()
    return told(loaded, time.perf_counter() - began, sums["value"].sum())


if __name__ == "__main__":
    main()
