"""Backbones of a million links, against loops over a networkx graph as they are published.

    python benchmarks/backbones.py [--links 1000000] [--rounds 3]

Ours is the public call, from a labelled matrix to the table of all links and the backbone. The
other side is a loop over the links of a ``networkx.DiGraph`` that is there already, which writes
a p or a score to every link and does not cut anything off:

- *published loop*: the disparity filter as it goes round, with ``scipy.integrate.quad`` of the
  published integral for every link and side;
- for the noise-corrected backbone the published loop (netbone 0.2.3) sums both strengths anew for
  every link; it is timed on 20,000 links drawn at random, and multiplied;
- *closed loop*: the same with the closed form of the integral, and the noise-corrected formulas in
  plain numbers, strengths summed once. This is the least that a loop over networkx can do.

Processor time, turn by turn; p and scores of both are compared before a figure is printed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterable

import networkx as nx
import numpy as np
from scipy import integrate, sparse
from spillgraph.analytics import backbone
from spillgraph.core.matrix import LabelledMatrix

Link = tuple[int, int, dict[str, float]]
SAMPLE = 20_000


def network(links: int, seed: int = 1) -> LabelledMatrix:
    """A network of firms with heavy tails in degrees and weights, without own links."""
    rng = np.random.default_rng(seed)
    n = max(50, links // 20)
    pull = rng.pareto(1.5, n) + 1
    source = rng.choice(n, 2 * links, p=pull / pull.sum())
    receiver = rng.integers(0, n, 2 * links)
    pair = np.unique(receiver[receiver != source] * n + source[receiver != source])
    pair = np.sort(rng.permutation(pair)[:links])
    weight = rng.geometric(0.05, pair.size).astype(float)
    values = sparse.csr_array(sparse.coo_array((weight, divmod(pair, n)), shape=(n, n)))
    return LabelledMatrix.build("trade", values, [f"F{k:06}" for k in range(n)])


def graph_of(M: LabelledMatrix) -> nx.DiGraph:
    """Receiver → source, integers for names: the cheapest graph that networkx has."""
    coo = sparse.coo_array(M.values)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        zip(coo.row.tolist(), coo.col.tolist(), coo.data.tolist(), strict=True)
    )
    return graph


def disparity_loop(graph: nx.DiGraph, survive: Callable[[int, float], float]) -> None:
    """Both sides of every link."""
    for u in graph:
        for links, name in ((graph.out_edges, "p_receiver"), (graph.in_edges, "p_source")):
            mine = list(links(u, data=True))
            k, strength = len(mine), sum(data["weight"] for _, _, data in mine)
            for _, _, data in mine:
                data[name] = survive(k, data["weight"] / strength) if k > 1 else 1.0


def by_integral(k: int, share: float) -> float:
    return 1 - (k - 1) * integrate.quad(lambda x: (1 - x) ** (k - 2), 0, share)[0]


def by_closed_form(k: int, share: float) -> float:
    return (1 - share) ** (k - 1)


def noise_corrected_loop(graph: nx.DiGraph) -> None:
    """Strengths are looked up."""
    out, into = dict(graph.out_degree(weight="weight")), dict(graph.in_degree(weight="weight"))
    score_links(graph.edges(data=True), sum(out.values()), out.__getitem__, into.__getitem__)


def noise_corrected_as_published(graph: nx.DiGraph, sample: list[Link]) -> None:
    """Strengths are summed anew for every link."""
    score_links(
        sample,
        graph.size(weight="weight"),
        lambda u: graph.out_degree(u, weight="weight"),
        lambda v: graph.in_degree(v, weight="weight"),
    )


def score_links(
    links: Iterable[Link], N: float, out: Callable[[int], float], into: Callable[[int], float]
) -> None:
    for u, v, data in links:
        w, Ni, Nj = data["weight"], out(u), into(v)
        mu, kappa = Ni * Nj / N**2, N / (Ni * Nj)
        score = (kappa * w - 1) / (kappa * w + 1)
        variance = Ni * Nj * (N - Ni) * (N - Nj) / (N**4 * (N - 1))
        a = mu**2 / variance * (1 - mu) - mu
        b = mu / variance * (1 - mu) ** 2 - (1 - mu)
        p = (a + w) / (a + b + N)
        d = 1 / (Ni * Nj) - N * (Ni + Nj) / (Ni * Nj) ** 2
        slope = 2 * (kappa + w * d) / (kappa * w + 1) ** 2
        data["score"], data["sdev"] = score, (p * (1 - p) * N) ** 0.5 * abs(slope)


def seconds(call: Callable[[], object]) -> tuple[float, object]:
    begin = time.process_time()
    result = call()
    return time.process_time() - begin, result


def column(graph: nx.DiGraph, M: LabelledMatrix, name: str) -> np.ndarray:
    coo = sparse.coo_array(M.values)
    pairs = zip(coo.row.tolist(), coo.col.tolist(), strict=True)
    return np.array([graph[i][j][name] for i, j in pairs])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    M = network(options.links)
    backbone(network(1000), "noise_corrected")  # imports are none of the contest
    graph = graph_of(M)
    print(f"{M.values.nnz:,} links, {len(M.rows):,} firms")
    sample = random.Random(1).sample(list(graph.edges(data=True)), min(SAMPLE, M.values.nnz))
    part = M.values.nnz / len(sample)
    contests: tuple[tuple[str, str, Callable[[], None], int, float], ...] = (
        ("disparity", "published loop", lambda: disparity_loop(graph, by_integral), 1, 1),
        ("disparity", "closed loop", lambda: disparity_loop(graph, by_closed_form), 0, 1),
        (
            "noise_corrected",
            "published loop",
            lambda: noise_corrected_as_published(graph, sample),
            1,
            part,
        ),
        ("noise_corrected", "closed loop", lambda: noise_corrected_loop(graph), 0, 1),
    )
    for method, name, loop, rounds, times in contests:
        pairs = []
        for _ in range(rounds or options.rounds):
            ours, kept = seconds(lambda method=method: backbone(M, method))
            theirs, _ = seconds(loop)
            pairs.append((ours, times * theirs, times * theirs / ours))
        if times == 1:
            names = ("p_receiver", "p_source") if method == "disparity" else ("score", "sdev")
            for each in names:
                found = column(graph, M, each)
                assert np.allclose(kept.links[each], found, rtol=1e-6, atol=1e-9)
        ours, theirs, ratio = (statistics.median(each) for each in zip(*pairs, strict=True))
        print(f"{method:16} ours {ours:6.2f} s, {name} {theirs:7.2f} s, {ratio:5.0f} times")


if __name__ == "__main__":
    main()
