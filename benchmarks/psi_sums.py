"""Sums of ψ without an inverse, against numpy's inverse and against bare products, in one run.

    python benchmarks/psi_sums.py
    python benchmarks/psi_sums.py --sectors 2000 --firms 100000 --rounds 1

First: all sums of ψ of 9,800 sectors, with their proof, against forming the two inverses of ψ with
``numpy.linalg.inv`` (bar: a tenth of the time). Second: all sums of firm-level ψ, a million firms
and ten million links in each network, against as many bare products of the networks with a vector
as the sums took (bar: three times). The networks are random: heavy tails of firms that are cited
and bought from, rows that sum to less than 1. Quote the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

import numpy as np
from scipy import sparse
from spillgraph.analytics import Psi, psi
from spillgraph.core.matrix import LabelledMatrix

ROUNDS = 3
BARS = {"inverse": 0.1, "products": 3.0}
Result = TypeVar("Result")


def main() -> None:
    """Make both pairs of networks, time both sides in turn, print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sectors", type=int, default=9_800, help="0 leaves this part out")
    parser.add_argument("--density", type=float, default=0.4, help="share of entries, of sectors")
    parser.add_argument("--firms", type=int, default=1_000_000, help="0 leaves this part out")
    parser.add_argument("--links", type=int, default=10, help="for each firm, in each network")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    if given.sectors:
        _against_inverse(given)
    if given.firms:
        _against_products(given)


# -- sectors ---------------------------------------------------------------------------------------


def _against_inverse(given: argparse.Namespace) -> None:
    n = given.sectors
    S = _sectors("S", n, given.density, 0.8, 1)
    W = _sectors("W", n, given.density, 0.6, 2)
    print(f"{n:,} sectors, {S.values.nnz:,} and {W.values.nnz:,} entries")
    ours, theirs = [], []
    for _ in range(given.rounds):
        print(f"load of the machine: {os.getloadavg()[0]:.1f}", flush=True)
        result, seconds = _timed(lambda: psi(S, W))
        ours.append(seconds)
        sums, seconds = _timed(lambda: _inverses(S, W))
        theirs.append(seconds)
        _require_same(result, sums)
    _print("numpy.linalg.inv of I − S and of I − W", ours, theirs, BARS["inverse"], result)


def _sectors(name: str, n: int, density: float, top: float, seed: int) -> LabelledMatrix:
    rng = np.random.default_rng(seed)
    A = rng.random((n, n)) ** 8  # a few large flows, many small ones
    A *= rng.random((n, n)) < density
    np.fill_diagonal(A, 0.0 if name == "W" else A.diagonal())
    A *= (rng.uniform(0.2, top, n) / A.sum(axis=1))[:, None]
    return LabelledMatrix.build(name, A, [f"s{i}" for i in range(n)])


def _inverses(S: LabelledMatrix, W: LabelledMatrix) -> tuple[np.ndarray, np.ndarray]:
    one = np.eye(len(S.rows))
    U = np.linalg.inv(one - S.values.toarray())
    V = np.linalg.inv(one - W.values.toarray())
    return U @ V.sum(axis=1), U.sum(axis=0) @ V


# -- firms -----------------------------------------------------------------------------------------


def _against_products(given: argparse.Namespace) -> None:
    n, links = given.firms, given.firms * given.links
    S = _firms("S", n, links, (0.2, 0.8), 1)
    W = _firms("W", n, links, (0.3, 1.0), 2)
    print(f"{n:,} firms, {S.values.nnz:,} and {W.values.nnz:,} links")
    ours, theirs = [], []
    for _ in range(given.rounds):
        print(f"load of the machine: {os.getloadavg()[0]:.1f}", flush=True)
        result, seconds = _timed(lambda: psi(S, W))
        ours.append(seconds)
        theirs.append(_products(S, W, result.proof.products))
    _print(f"{result.proof.products} bare products", ours, theirs, BARS["products"], result)


def _firms(name: str, n: int, links: int, rows: tuple[float, float], seed: int) -> LabelledMatrix:
    rng = np.random.default_rng(seed)
    fame, size = rng.pareto(1.6, n) + 1.0, rng.pareto(2.5, n) + 0.5
    more = int(links * 1.02)  # some pairs are drawn twice
    receiver = np.searchsorted(np.cumsum(size) / size.sum(), rng.random(more))
    source = rng.permutation(n)[np.searchsorted(np.cumsum(fame) / fame.sum(), rng.random(more))]
    if name == "W":
        receiver, source = receiver[receiver != source], source[receiver != source]
    flow = rng.integers(1, 5, receiver.size).astype(float)
    A = sparse.csr_array((flow, (receiver, source)), shape=(n, n))
    A.sum_duplicates()
    total = np.asarray(A.sum(axis=1))
    scale = rng.uniform(*rows, n) / np.where(total > 0, total, 1.0)
    A.data *= np.repeat(scale, np.diff(A.indptr))
    return LabelledMatrix(name, A, *[tuple(f"f{i}" for i in range(n))] * 2, "share")


def _products(S: LabelledMatrix, W: LabelledMatrix, count: int) -> float:
    """Time as many products, half of them with the transpose, a quarter for each."""
    x = np.random.default_rng(0).random(len(S.rows))
    sides = [S.values, S.values.T, W.values, W.values.T]
    began = time.perf_counter()
    for k in range(count):
        sides[k % 4] @ x
    return time.perf_counter() - began


# -- both ------------------------------------------------------------------------------------------


def _timed(call: Callable[[], Result]) -> tuple[Result, float]:
    began = time.perf_counter()
    return call(), time.perf_counter() - began


def _require_same(result: Psi, sums: tuple[np.ndarray, np.ndarray]) -> None:
    np.testing.assert_allclose(result.benefit, sums[0], rtol=1e-10)
    np.testing.assert_allclose(result.contribution["unit"], sums[1], rtol=1e-10)


def _print(other: str, ours: list[float], theirs: list[float], bar: float, result: Psi) -> None:
    proof = result.proof
    print(
        f"{proof.method}, {proof.products} products, errors below {proof.error_benefit:.0e} and "
        f"{proof.error_contribution:.0e}"
    )
    print(f"{'seconds':<42}{'min':>8}{'median':>8}{'max':>8}")
    for label, values in (("all sums of ψ", ours), (other, theirs)):
        print(f"{label:<42}{min(values):>8.2f}{median(values):>8.2f}{max(values):>8.2f}")
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    print(
        f"{'ratio, pair by pair':<42}{min(ratios):>8.3f}{median(ratios):>8.3f}{max(ratios):>8.3f}"
    )
    print(f"bar: {bar}, {'kept' if median(ratios) <= bar else 'missed'}\n")


if __name__ == "__main__":
    main()
