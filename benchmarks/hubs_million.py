"""hubs() of a million firms: OMP_NUM_THREADS=1 python benchmarks/hubs_million.py [FIRMS [FEWER]].

Five deliveries a firm, suppliers in proportion to rank^-0.6, amounts lognormal. First every measure
of the list alone, or why it is not measured; then a draw of each null that is feasible, with
in-strength, in-degree at 4% and PageRank: ``spread`` and ``degree`` on all firms, and
``strength_links``, whose fit to both strengths takes longest, on FEWER (50,000). igraph makes a
graph of one such network and ranks it. Processor time on one thread; memory of the whole process.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import igraph
import numpy as np
from scipy import sparse
from spillgraph.analytics.hubs import hubs
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.measures import MEASURES

TOGETHER = ("in_strength", "in_degree_4", "pagerank")
# Draws that are timed, beside one that is not: what a chain takes to its middle is no draw.
DRAWS = 2


def main() -> None:
    """Print tables in Markdown."""
    N, fewer = (int(each) for each in (*sys.argv[1:], *("1000000", "50000")[len(sys.argv) - 1 :]))
    M = deliveries(N)
    print(f"{N:,} firms, {M.values.nnz:,} links\n")
    print("| measure | seconds |\n|---|---|")
    print(f"| igraph: graph and PageRank | {timed(lambda: ranked(M.values)):.3g} |", flush=True)
    reasons = {}
    for measure in MEASURES:
        try:
            seconds = timed(lambda name=measure.name: hubs(M, [name], given(M), missing=0))
            print(f"| `{measure.name}` | {seconds:.3g} |", flush=True)
        except InputError as error:
            reasons[measure.name] = str(error)
    print(*(f"\n{name}: {why}" for name, why in reasons.items()))
    print("\n| null | firms | links | seconds a draw with 3 measures |\n|---|---|---|---|")
    for null, of in (("spread", M), ("degree", M), ("strength_links", deliveries(fewer))):
        one, more = (
            timed(lambda null=null, of=of, n=n: hubs(of, TOGETHER, null, n, missing=0))
            for n in (1, 1 + DRAWS)
        )
        size = f"{len(of.rows):,} | {of.values.nnz:,}"
        print(f"| `{null}` | {size} | {(more - one) / DRAWS:.3g} |", flush=True)
    print(f"\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB at most")


def given(M: LabelledMatrix) -> list[sparse.csr_array]:
    """Return the network itself as its only draw: its scores are what is timed, twice."""
    return [M.values]


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
