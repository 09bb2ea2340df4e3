"""1,000 draws of all sums of ψ at 37 sectors, against a plain loop of numpy.linalg.inv.

    python benchmarks/psi_draws.py
    python benchmarks/psi_draws.py --draws 200 --firms 20000 --rounds 1

For each way to draw the citation stock: the time to draw, the time of ``draw_sums`` on the draws,
and beside it the loop that anybody would write, which inverts I − W of one draw after the other,
multiplies, and sums the matrices. Both are compared number by number before a figure is printed.
Turn by turn in one process, so that a slow machine is slow for both. Quote the ratio.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd
from scipy import sparse
from spillgraph.analytics import bootstrap
from spillgraph.analytics.inference import Draws, StockDraws, draw_sums, permute_citations
from spillgraph.core.matrix import LabelledMatrix

ROUNDS = 5
N = 37
LABELS = [f"s{i:02}" for i in range(N)]


def main() -> None:
    """Make the input once, time all generators and both sides in turn, print seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--firms", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    rng = np.random.default_rng(1)
    S, weights = _production(rng)
    generators = _generators(rng, given)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    print(f"{given.draws:,} draws, {N} sectors, {len(weights.columns) + 1} weights")
    print(f"{'seconds':<36}{'min':>8}{'median':>8}{'max':>8}")
    for name, generator in generators.items():
        times: dict[str, list[float]] = {}
        for k in range(given.rounds):
            _round(generator, np.random.default_rng(k), S, weights, times)
        _print(name, times)


def _production(rng: np.random.Generator) -> tuple[LabelledMatrix, pd.DataFrame]:
    S = rng.gamma(0.3, size=(N, N))
    S *= rng.uniform(0.45, 0.8, (N, 1)) / S.sum(axis=1, keepdims=True)
    weights = pd.DataFrame(rng.dirichlet(np.ones(N), 2).T, LABELS, ["final", "value_added"])
    return LabelledMatrix.build("S", S, LABELS), weights


def _generators(
    rng: np.random.Generator, given: argparse.Namespace
) -> dict[str, Callable[[np.random.Generator], StockDraws]]:
    """Ways to draw, each from an economy of the same firms."""
    # Rows of firms have 5 sectors on average, own ones most of all; few firms cite much.
    industry = rng.integers(0, N, given.firms)
    size = np.minimum(rng.zipf(1.6, given.firms), 2000)
    rows = np.repeat(np.arange(given.firms), np.minimum(size, 20))
    cited = np.where(rng.random(rows.size) < 0.5, industry[rows], rng.integers(0, N, rows.size))
    count = rng.poisson((size / np.minimum(size, 20))[rows]) + 1.0
    names = [f"f{k}" for k in range(given.firms)]
    shape = (given.firms, N)
    F = LabelledMatrix.build("F", sparse.coo_array((count, (rows, cited)), shape), names, LABELS)
    ones = sparse.coo_array((np.ones(given.firms), (np.arange(given.firms), industry)), shape)
    B = LabelledMatrix.build("B", ones, names, LABELS)
    K = LabelledMatrix.build("K", B.values.T @ F.values, LABELS)
    strata = pd.Series(industry.astype(str), names)
    flows = {
        1992 + t: LabelledMatrix.build("M", rng.poisson(K.values.toarray() / 29), LABELS)
        for t in range(29)
    }
    print(f"{given.firms:,} firms with {F.values.nnz:,} cited sectors, {K.sum():,.0f} citations")
    D = given.draws
    return {
        "citations": lambda rng: bootstrap.citations(K, rng, D),
        "firms": lambda rng: bootstrap.firms(F, B, strata, rng, D),
        "29 years": lambda rng: bootstrap.years(flows, rng, D, delta=0.1),
        "permuted, own citations kept": lambda rng: permute_citations(K, rng, D),
        "permuted, diagonal free": lambda rng: permute_citations(K, rng, D, keep_own=False),
    }


def _round(
    generator: Callable[[np.random.Generator], StockDraws],
    rng: np.random.Generator,
    S: LabelledMatrix,
    weights: pd.DataFrame,
    times: dict[str, list[float]],
) -> None:
    began = time.perf_counter()
    K = np.concatenate(list(generator(rng)))
    drawn = time.perf_counter()
    ours = draw_sums(S, K, weights)
    summed = time.perf_counter()
    theirs = _loop(S.values.toarray(), K, weights.to_numpy().T)
    ended = time.perf_counter()
    _same(ours, theirs, list(weights))
    seconds = {"draw": drawn - began, "sums": summed - drawn, "loop": ended - summed}
    for name, value in seconds.items():
        times.setdefault(name, []).append(value)


def _loop(S: np.ndarray, K: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """The named alternative: both inverses are formed, the one that stays only once."""
    one = np.eye(N)
    U = np.linalg.inv(one - S)
    T1 = (S + S @ S).sum(axis=1)
    rows = []
    for k in K:
        W = k / k.sum(axis=1, keepdims=True)
        np.fill_diagonal(W, 0.0)
        V = np.linalg.inv(one - W)
        psi = U @ V
        benefit = psi.sum(axis=1)
        T2 = (W + W @ W).sum(axis=1)
        rows.append(
            (
                benefit,
                benefit - U.sum(axis=1),
                (V - one).sum(axis=1),
                ((U - one) @ (V - one)).sum(axis=1),
                T2,
                benefit - 1 - T1 - T2,
                *(weights @ psi),
                *(weights @ psi - weights @ U),
            )
        )
    names = ["benefit", "loss", "innovation", "interaction", "T2", "T3"]
    names += [f"{what} {k}" for what in ("contribution", "lost") for k in range(len(weights))]
    return dict(zip(names, np.array(rows).swapaxes(0, 1), strict=True))


def _same(ours: Draws, theirs: dict[str, np.ndarray], weights: list[str]) -> None:
    assert not ours.singular
    for name in ("benefit", "loss", "innovation", "interaction", "T2", "T3"):
        np.testing.assert_allclose(ours.values[name], theirs[name], rtol=1e-10, atol=1e-12)
    for k, weight in enumerate(weights):
        for name, column in (("contribution", "contribution"), ("lost", "contribution_loss")):
            np.testing.assert_allclose(
                ours.values[f"{column}[{weight}]"], theirs[f"{name} {k}"], rtol=1e-10, atol=1e-12
            )


def _print(name: str, times: dict[str, list[float]]) -> None:
    lines = {
        f"{name}: draw K": times["draw"],
        "  draw_sums": times["sums"],
        "  both": [a + b for a, b in zip(times["draw"], times["sums"], strict=True)],
        "  loop of numpy.linalg.inv": times["loop"],
        "  ratio draw_sums / loop": [
            a / b for a, b in zip(times["sums"], times["loop"], strict=True)
        ],
    }
    for label, values in lines.items():
        print(f"{label:<36}{min(values):>8.3f}{median(values):>8.3f}{max(values):>8.3f}")


if __name__ == "__main__":
    main()
