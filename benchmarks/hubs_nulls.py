"""Draws of nulls, and PageRank: OMP_NUM_THREADS=1 python benchmarks/hubs_nulls.py.

1,000 strength-preserving networks of 100 industries with six measures, against a loop over networkx
and, where it is installed (NEMTROPY_PYTHON names an interpreter that has it), against the sampling
of NEMtropy alone, which measures nothing. Then PageRank of a million links against igraph. Sides
alternate; processor time on one thread.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import networkx as nx
import numpy as np
from scipy import sparse
from spillgraph.analytics.hubs import hubs, to_igraph
from spillgraph.analytics.hubs._pagerank import walk
from spillgraph.analytics.nulls import NULLS
from spillgraph.core.matrix import LabelledMatrix

N, DRAWS, LOOPED, SAMPLED, ROUNDS = 100, 1000, 5, 10, 3
SIX = ("in_degree_2", "out_degree_2", "pagerank", "eigenvector", "katz_bonacich", "authority")

NEMTROPY = """
import sys, tempfile, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from NEMtropy import DirectedGraph
W = np.load(sys.argv[1]); draws = int(sys.argv[2])
graph = DirectedGraph(adjacency=W)
graph.solve_tool(model="crema", method="quasinewton", initial_guess="random", adjacency="dcm")
with tempfile.TemporaryDirectory() as folder:
    graph.ensemble_sampler(1, cpu_n=1, output_dir=folder + "/", seed=1)  # compiled now
    begin = time.process_time()
    graph.ensemble_sampler(draws, cpu_n=1, output_dir=folder + "/", seed=2)
    print((time.process_time() - begin) / draws)
"""


def main() -> None:
    """Print two tables in Markdown."""
    rng = np.random.default_rng(1)
    M = rng.exponential(size=(N, N)) * rng.lognormal(size=(N, 1)) * rng.lognormal(size=(1, N))
    np.fill_diagonal(M, 0.0)
    sides: dict[str, Callable[[], float]] = {
        "hubs(), 1,000 draws and six measures": lambda: timed(lambda: ours(M)) / DRAWS,
        "loop over networkx, one draw": lambda: timed(lambda: looped(M, rng)) / LOOPED,
    }
    if "NEMTROPY_PYTHON" in os.environ:
        sides["NEMtropy, sampling alone, one draw"] = lambda: sampled(M)
    report("one draw, seconds", sides)
    miss = max(
        np.abs(batch.sum(axis=axis + 1) / M.sum(axis=axis) - 1).max()
        for batch in NULLS["strength"].draw(M, rng, DRAWS)
        for axis in (0, 1)
    )
    print(f"\nLargest relative miss of a strength in {DRAWS:,} draws: {miss:.1e}\n")

    size, links = 100_000, 1_000_000
    ends = rng.integers(0, size, links), (size * rng.random(links) ** 2).astype(int)
    A = sparse.csr_array((rng.exponential(size=links), ends), shape=(size, size))
    graph = to_igraph(LabelledMatrix.build("firms", A))
    ranks = np.array(graph.pagerank(weights="weight"))
    gap = np.abs(walk(A) - ranks).sum()
    report(
        "PageRank, seconds",
        {
            f"power iteration, {A.nnz:,} links": lambda: timed(lambda: walk(A)),
            "igraph, its graph made before": lambda: timed(
                lambda: graph.pagerank(weights="weight")
            ),
        },
    )
    print(f"\nSum of all differences: {gap:.1e}")


def timed(call: Callable[[], object]) -> float:
    """Return the processor time of a call."""
    begin = time.process_time()
    call()
    return time.process_time() - begin


def ours(M: np.ndarray) -> None:
    """Draw and measure all, p-values included; without intervals of ranks."""
    hubs(M, SIX, "strength", DRAWS, missing=0)


def looped(M: np.ndarray, rng: np.random.Generator) -> None:
    """Draw and measure one network after the other, as a script would."""
    rows, columns = M.sum(axis=1), M.sum(axis=0)
    for _ in range(LOOPED):
        X = rng.standard_exponential(M.shape)
        np.fill_diagonal(X, 0.0)
        while np.abs(X.sum(axis=0) / columns - 1).max() > 1e-10:
            X *= columns / X.sum(axis=0)
            X *= (rows / X.sum(axis=1))[:, None]
        graph = nx.from_numpy_array(X, create_using=nx.DiGraph)
        large = nx.from_numpy_array(X * (X / rows[:, None] >= 0.02), create_using=nx.DiGraph)
        dict(large.in_degree)
        dict(large.out_degree)
        nx.pagerank(graph)
        nx.hits(graph)
        nx.eigenvector_centrality(graph, max_iter=1000, weight="weight")
        alpha = 0.5 / np.abs(np.linalg.eigvals(X)).max()
        nx.katz_centrality_numpy(graph, alpha=alpha, weight="weight")


def sampled(M: np.ndarray) -> float:
    """Return NEMtropy's processor time for one network."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "M.npy"
        np.save(path, M)
        command = [os.environ["NEMTROPY_PYTHON"], "-c", NEMTROPY, str(path), str(SAMPLED)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(said.split()[-1])


def report(title: str, sides: dict[str, Callable[[], float]]) -> None:
    """Print the times of all sides and their ratios to the first, round by round."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            times[name].append(side())
    print(f"| {title} | min | median | max | times the first |")
    print("|---|---|---|---|---|")
    first = next(iter(times.values()))
    for name, each in times.items():
        ratio = median(b / a for a, b in zip(first, each, strict=True))
        print(f"| {name} | {min(each):.5f} | {median(each):.5f} | {max(each):.5f} | {ratio:.0f} |")


if __name__ == "__main__":
    sys.exit(main())
