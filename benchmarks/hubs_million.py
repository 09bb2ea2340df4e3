"""hubs() of a million firms: OMP_NUM_THREADS=1 python benchmarks/hubs_million.py [FIRMS].

Five deliveries a firm, suppliers in proportion to rank^-0.6, amounts lognormal. One draw of each
null that is feasible, with PageRank, in-degree at 4% and in-strength, against igraph making a graph
of one such network and ranking it. Processor time on one thread; memory of the whole process.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from statistics import median

import igraph
import numpy as np
from scipy import sparse
from spillgraph.analytics.hubs import hubs
from spillgraph.core.matrix import LabelledMatrix

MEASURES = ("in_strength", "in_degree_4", "pagerank")
DRAWS, ROUNDS = 1, 2


def main() -> None:
    """Print a table in Markdown."""
    N = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    M = deliveries(N)
    theirs: list[float] = []
    ours: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        theirs.append(timed(lambda: ranked(M.values)))
        for null in ("spread", "strength_links", "degree"):
            one = timed(lambda null=null: hubs(M, MEASURES, null, 1, missing=0))
            more = timed(lambda null=null: hubs(M, MEASURES, null, 1 + DRAWS, missing=0))
            ours.setdefault(null, []).append((more - one) / DRAWS)
    print(f"{N:,} firms, {M.values.nnz:,} links\n")
    print("| one network, seconds | min | median | max | times igraph |\n|---|---|---|---|---|")
    sides = {"igraph: graph and PageRank": theirs}
    sides |= {
        f"`hubs()`, null `{null}`, a draw and 3 measures": each for null, each in ours.items()
    }
    for name, seconds in sides.items():
        ratio = median(a / b for a, b in zip(seconds, theirs, strict=True))
        shown = " | ".join(f"{each:.3g}" for each in (min(seconds), median(seconds), max(seconds)))
        print(f"| {name} | {shown} | {ratio:.2g} |")
    print(f"\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB at most")


def deliveries(N: int) -> LabelledMatrix:
    """Return what firms buy from each other."""
    rng = np.random.default_rng(1)
    hubs = (np.arange(N) + 1.0) ** -0.6
    ends = rng.integers(0, N, 5 * N), rng.choice(N, 5 * N, p=hubs / hubs.sum())
    values = sparse.csr_array((rng.lognormal(0, 2, 5 * N), ends), shape=(N, N))
    return LabelledMatrix.build("trade", values, [f"f{k}" for k in range(N)])


def ranked(values: sparse.csr_array) -> list[float]:
    """Rank one network with igraph."""
    coo = values.tocoo()
    ends = np.column_stack(coo.coords)
    graph = igraph.Graph(n=values.shape[0], edges=ends, directed=True)
    found: list[float] = graph.pagerank(weights=coo.data.tolist())
    return found


def timed(work: Callable[[], object]) -> float:
    """Return the processor time of some work."""
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
