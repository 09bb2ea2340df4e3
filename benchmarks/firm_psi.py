"""Sums of ψ of millions of firms from networks on disk: seconds, memory, disk, certified errors.

    python benchmarks/firm_psi.py 1000000 20000000 --peer
    python benchmarks/firm_psi.py 10000000 200000000 --folder /tmp/firm_psi

Tables of deliveries and of citations with heavy tails are drawn, each with so many links, ids as
text, and go the user's way: Parquet, compressed rows on disk, sums of ψ. Each step is a process of
its own, whose peak of memory is what it holds itself (``own``) and what of the files lies in memory
beside it (``RSS``), which the system takes back when others need it. The peer of ``--peer`` holds
the same networks in memory and solves the same four systems with ``scipy.sparse.linalg.gmres`` to
the same residual; it proves nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, gmres

#: Exponents of the power laws: of what firms receive, and of what they are drawn on.
RECEIVER, SOURCE = 1.5, 2.5
#: Share of inputs in output.
INPUTS = 0.6


def main() -> None:
    """Run each step in a process of its own, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("firms", type=int)
    parser.add_argument("links", type=int, help="drawn in each network; pairs that repeat add up")
    parser.add_argument("--folder", type=Path, default=Path("out/firm_psi"))
    parser.add_argument("--own", type=float, default=0.3, help="own citations for every other")
    parser.add_argument("--direct", action="store_true", help="compressed rows without tables")
    parser.add_argument("--alone", action="store_true", help="deliveries alone, with --direct")
    parser.add_argument("--peer", action="store_true", help="SciPy in memory, too")
    parser.add_argument("--step", help="used by the script itself")
    given = parser.parse_args()
    if given.step:
        print(json.dumps(_measured(lambda: _STEPS[given.step](given))))
        return
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    print(f"{given.firms:,} firms, {given.links:,} links drawn in each network", flush=True)
    first = ("direct",) if given.direct else ("draw", "build")
    for step in (*first, "sums", "narrow", "sums32", *(["peer"] if given.peer else [])):
        words = [sys.executable, __file__, str(given.firms), str(given.links)]
        words += ["--folder", str(given.folder), "--step", step]
        words += ["--direct"] * given.direct
        words += ["--alone"] * given.alone
        words += ["--own", str(given.own), *["--peer"] * given.peer]
        print(f"load {os.getloadavg()[0]:.1f}", step, end=" ", flush=True)
        done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
        print(done.stdout.strip().splitlines()[-1], flush=True)
    _differ(given)
    shutil.rmtree(given.folder)


def _measured(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do it, and say how long it took and what of memory it held."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            text = Path("/proc/self/status").read_text(encoding="ascii")
            peak[0] = max(peak[0], int(text.split("RssAnon:")[1].split()[0]))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    began = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - began
    done.set()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": round(seconds, 1),
        "processor": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1),
        "own_GB": round(peak[0] / 1e6, 2),
        "RSS_GB": round(most / 1e6, 2),
        **found,
    }


def _size(path: Path) -> float:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return round(sum(each.stat().st_size for each in files) / 1e9, 3)


# -- tables ----------------------------------------------------------------------------------------


def _draw(given: argparse.Namespace) -> dict[str, Any]:
    """Draw both tables by hashes, so that they are the same in any number of threads."""
    n, links = given.firms, given.links

    def firm(salt: int, power: float) -> str:
        u = f"(hash(i * 16 + {salt}) / 18446744073709551616.0)"
        place = f"(floor({n} * pow({u}, {power}))::BIGINT * 7654321) % {n}"
        return f"'F' || lpad(({place})::VARCHAR, 8, '0')"

    def amount(salt: int) -> str:
        return f"(-ln(hash(i * 16 + {salt}) / 18446744073709551616.0 + 1e-12))"

    with duckdb.connect() as con:
        con.execute("SET memory_limit = '3GB'; SET preserve_insertion_order = false")
        con.execute(f"SET temp_directory = '{given.folder / 'spill'}'")
        con.execute(
            f"COPY (SELECT {firm(1, RECEIVER)} AS buyer, {firm(2, SOURCE)} AS supplier, "
            f"exp(2 * {amount(3)})::FLOAT AS value FROM range({links}) AS t(i)) TO "
            f"'{given.folder / 'deliveries.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )
        own = f"'F' || lpad(((i * 7654321) % {n})::VARCHAR, 8, '0')"
        con.execute(
            f"COPY (SELECT {firm(4, RECEIVER)} AS citing, {firm(5, SOURCE)} AS cited, "
            f"ceil({amount(6)})::FLOAT AS count FROM range({links}) AS t(i) UNION ALL "
            f"SELECT {own}, {own}, ceil({given.own * links / n} * {amount(7)})::FLOAT "
            f"FROM range({n}) AS t(i)) TO "
            f"'{given.folder / 'citations.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )
    return {"disk_GB": sum(_size(each) for each in given.folder.glob("*.parquet"))}


def _build(given: argparse.Namespace) -> dict[str, Any]:
    from spillgraph.runs.firm_tables import networks_of_links
    from spillgraph.runs.steps import Steps

    folder, steps = given.folder, Steps()
    tables = {name: folder / f"{name}.parquet" for name in ("deliveries", "citations")}
    networks_of_links(folder / "float64", **tables, inputs=INPUTS, steps=steps)
    for table in tables.values():
        table.unlink()
    about = json.loads((folder / "float64" / "about.json").read_text(encoding="utf-8"))
    links = {name: each["links"] for name, each in about["networks"].items()}
    return {
        "disk_GB": _size(folder / "float64"),
        "firms": about["firms"],
        "links": links,
        "steps": steps.seconds,
    }


def _direct(given: argparse.Namespace) -> dict[str, Any]:
    """Write compressed rows of the same laws, firm by firm, without tables."""
    from spillgraph.graph.links_file import LinksWriter, write_about

    folder, n = given.folder / "float64", given.firms
    folder.mkdir()
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT range AS place, 'F' || lpad(range::VARCHAR, 8, '0') AS id FROM "
            f"range({n})) TO '{folder / 'firms.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )
    rng, networks = np.random.default_rng(1), {}
    own_share = given.own / (1.0 + given.own)
    for name in ("S",) if given.alone else ("S", "W"):
        with LinksWriter(folder / name, n, "float64") as writer:
            for first in range(0, n, 100_000):
                place = np.arange(first, min(n, first + 100_000))
                rank = place * 7654321 % n
                ends = (np.stack([rank, rank + 1]) / n) ** (1.0 / RECEIVER) * given.links
                drawn = np.floor(ends[1]).astype(int) - np.floor(ends[0]).astype(int)
                row = np.repeat(place, drawn)
                u = rng.random(len(row))
                source = (u * u * np.sqrt(u) * n).astype(np.int64) * 7654321 % n  # u ** SOURCE
                key = np.sort(row * n + source)
                new = np.diff(key, prepend=-1) != 0
                row = row[new]
                source = key[new] - row * n
                if name == "W":
                    row, source = row[row != source], source[row != source]
                amount = rng.exponential(size=len(row))
                amount = np.exp(2 * amount) if name == "S" else np.ceil(amount)
                at = row - first
                total = np.bincount(at, amount, minlength=len(place))
                leak = np.where(total > 0, 1.0 - INPUTS, 1.0)
                if name == "W":
                    own = own_share * rng.random(len(place)) * 2.0
                    leak = np.where(total > 0, np.minimum(own, 0.95), 1.0)
                shares = amount / total[at] * (1.0 - leak)[at]
                writer.append(np.bincount(at, minlength=len(place)), source, shares, leak)
        networks[name] = writer.about
    write_about(folder, {"firms": n, "dtype": "float64", "networks": networks})
    links = {name: each["links"] for name, each in networks.items()}
    return {"disk_GB": _size(folder), "links": links}


def _narrow(given: argparse.Namespace) -> dict[str, Any]:
    """Store the same shares as float32, without building them again."""
    from spillgraph.graph.links_file import LinksWriter, open_about, open_links, write_about

    old, new = given.folder / "float64", given.folder / "float32"
    new.mkdir()
    about = open_about(old)
    shutil.copy(old / "firms.parquet", new)
    for name in about["networks"]:
        M = open_links(old, name)
        with LinksWriter(new / name, M.firms, "float32") as writer:
            for first in range(0, M.firms, 100_000):
                ends = M.indptr[first : first + 100_001]
                part = slice(ends[0], ends[-1])
                leak = M.leak[first : first + 100_000]
                writer.append(np.diff(ends), M.indices[part], M.data[part], leak)
        about["networks"][name] = writer.about
        if not given.peer:
            shutil.rmtree(old / name)
    write_about(new, {**about, "dtype": "float32"})
    return {"disk_GB": _size(new)}


# -- sums ------------------------------------------------------------------------------------------


def _sums(given: argparse.Namespace, dtype: str = "float64") -> dict[str, Any]:
    from spillgraph.runs.firm_psi import open_firms
    from spillgraph.runs.steps import Steps

    steps = Steps()
    firms = open_firms(given.folder / dtype, steps=steps)
    sums = firms.sums()
    np.savez(given.folder / f"{dtype}.npz", benefit=sums.benefit, contribution=sums.contribution)
    return {
        "steps": steps.seconds,
        "products": sums.products,
        "error_benefit": sums.error_benefit,
        "error_contribution": sums.error_contribution,
        "largest": [float(sums.benefit.max()), float(sums.contribution.max())],
        "mean": float(sums.benefit.mean()),
        "off_total": float(sums.benefit.sum() / sums.contribution.sum() - 1.0),
    }


def _peer(given: argparse.Namespace) -> dict[str, Any]:
    """SciPy: the same networks in memory, GMRES restarted after 20, the residual of ours."""
    networks = {}
    for name in ("S", "W"):
        at = given.folder / "float64" / name
        arrays = [np.load(at / f"{each}.npy") for each in ("data", "indices", "indptr")]
        n = len(arrays[2]) - 1
        arrays[2] = arrays[2].astype(np.int32)
        networks[name] = sparse.csr_array(tuple(arrays), shape=(n, n))
    products = [0]

    def solve(M: Any, b: np.ndarray) -> np.ndarray:
        def apply(x: np.ndarray) -> np.ndarray:
            products[0] += 1
            return x - M @ x

        A = LinearOperator((len(b), len(b)), matvec=apply, dtype=np.float64)
        return np.asarray(gmres(A, b, rtol=1e-13, atol=0.0, restart=20, maxiter=100)[0])

    ones = np.ones(n)
    S, W = networks["S"], networks["W"]
    benefit = solve(S, solve(W, ones))
    contribution = solve(W.T, solve(S.T, ones))
    ours = np.load(given.folder / "float64.npz")
    return {
        "products": products[0],
        "off_benefit": float(np.abs(benefit / ours["benefit"] - 1.0).max()),
        "off_contribution": float(np.abs(contribution / ours["contribution"] - 1.0).max()),
    }


def _differ(given: argparse.Namespace) -> None:
    """By how much float32 is really off: of it the bound is proven."""
    wide, narrow = (np.load(given.folder / f"float{bits}.npz") for bits in (64, 32))
    off = {name: float(np.abs(narrow[name] / wide[name] - 1.0).max()) for name in wide.files}
    print("float32 is off by", off, flush=True)


_STEPS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "draw": _draw,
    "build": _build,
    "direct": _direct,
    "sums": _sums,
    "narrow": _narrow,
    "sums32": lambda given: _sums(given, "float32"),
    "peer": _peer,
}

if __name__ == "__main__":
    main()
