"""All vectors of the accounts of a year, against the textbook's way with dense inverses in NumPy.

    python benchmarks/accounts_vectors.py
    python benchmarks/accounts_vectors.py --year 2011 --rounds 5
    python benchmarks/accounts_vectors.py --sectors 1435

Nine vectors of 1,435 country-sectors (multipliers, linkages, positions, the loss if a sector is
extracted, influence, Domar weights) with :func:`spillgraph.analytics.industry_vectors`, checks of
S and proof of its spectral radius included (bar: 5 s of processor time), against both inverses
with ``numpy.linalg.inv``, Leontief's and Ghosh's, and what follows from them. The loss of each
sector by taking it out, which is what the formula saves, is timed for some sectors and scaled up.
World input–output tables (WIOD 2013) below ``$SPILLGRAPH_DATA``; made-up ones of the same size
where they are not there. Quote the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np
import pandas as pd
from spillgraph.analytics import industry_vectors, production_shares
from spillgraph.core.matrix import LabelledMatrix

ROUNDS = 3
BAR = 5.0
TAKEN_OUT = 10
Result = TypeVar("Result")


def main() -> None:
    """Time both ways in turn, compare what they found, print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).resolve().parents[1]
    default = os.environ.get("SPILLGRAPH_DATA") or here.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--year", type=int, default=2011)
    parser.add_argument("--sectors", type=int, default=0, help="a made-up table of this size")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    folder = given.data / "wiod2013"
    real = not given.sectors and folder.is_dir()
    Z, x = _world(folder, given.year) if real else _made_up(given.sectors or 1435)
    S = production_shares(Z, x, negative="keep").S
    print(f"{len(x):,} sectors, {S.values.nnz:,} entries, {'WIOD' if real else 'made up'}")
    ours, theirs, one_by_one = [], [], []
    for _ in range(given.rounds):
        table, seconds = _timed(lambda: industry_vectors(S, x))
        ours.append(seconds)
        dense, seconds = _timed(lambda: _by_inverses(S, x))
        theirs.append(seconds)
        _require_same(table, dense)
        losses, seconds = _timed(lambda: _by_taking_out(S, x))
        np.testing.assert_allclose(table["extraction_loss"][:TAKEN_OUT], losses, rtol=1e-7)
        one_by_one.append(seconds * len(x) / TAKEN_OUT)
    _print("industry_vectors", ours)
    _print("two inverses with numpy.linalg.inv", theirs)
    _print("each sector taken out by a solve of its own, scaled up", one_by_one)
    for name, seconds in (("inverses", theirs), ("one by one", one_by_one)):
        ratios = [a / b for a, b in zip(ours, seconds, strict=True)]
        print(f"ratio to {name}: {min(ratios):.4f} {median(ratios):.4f} {max(ratios):.4f}")
    print(f"bar of {BAR:g} s: {'met' if median(ours) < BAR else 'MISSED'}")


def _world(folder: Path, year: int) -> tuple[LabelledMatrix, pd.Series[float]]:
    sectors = pd.read_csv(folder / "sectors.csv")
    labels = (sectors["country"] + ":" + sectors["ind_num"].astype(str)).tolist()
    with np.load(folder / f"wiot_{year}.npz") as table:
        # Printed supplier × user: turned round.
        purchases, output = table["inter"].T.astype(float), table["output"].astype(float)
    return LabelledMatrix.build("Z", purchases, labels, year=year), pd.Series(output, labels)


def _made_up(n: int) -> tuple[LabelledMatrix, pd.Series[float]]:
    rng = np.random.default_rng(1)
    labels = [f"s{i}" for i in range(n)]
    x = rng.pareto(1.5, n) + 1.0
    Z = rng.random((n, n)) ** 8 * x
    Z *= (x * rng.uniform(0.2, 0.7, n) / Z.sum(axis=1))[:, None]
    return LabelledMatrix.build("Z", Z, labels), pd.Series(x, labels)


def _by_inverses(S: LabelledMatrix, output: pd.Series[float]) -> dict[str, np.ndarray]:
    """Return the vectors as a textbook writes them."""
    A, x = S.values.toarray().T, output.to_numpy()
    n = len(x)
    one = np.eye(n)
    L = np.linalg.inv(one - A)
    with np.errstate(divide="ignore", invalid="ignore"):
        B = np.where(x[:, None] > 0, A * x / x[:, None], 0.0)
    G = np.linalg.inv(one - B)
    f = x - A @ x
    made = L @ f
    backward, forward = L.sum(axis=0), np.where(x > 0, G.sum(axis=1), np.nan)
    v = 1.0 - A.sum(axis=0)
    return {
        "output_multiplier": backward,
        "ghosh_multiplier": forward,
        "backward_linkage": backward / backward.mean(),
        "forward_linkage": forward / np.nanmean(forward),
        "upstreamness": forward,
        "downstreamness": backward,
        "extraction_loss": 100.0 * backward * made / np.diag(L) / made.sum(),
        "influence": v * L.mean(axis=1),
        "domar": made / f.sum(),
    }


def _by_taking_out(S: LabelledMatrix, output: pd.Series[float]) -> list[float]:
    A, x = S.values.toarray().T, output.to_numpy()
    f, n = x - A @ x, len(x)
    losses = []
    for k in range(TAKEN_OUT):
        left = np.arange(n) != k
        rest = np.linalg.solve(np.eye(n - 1) - A[np.ix_(left, left)], f[left])
        losses.append(100.0 * (x.sum() - rest.sum()) / x.sum())
    return losses


def _timed(call: Callable[[], Result]) -> tuple[Result, float]:
    began = time.process_time()
    return call(), time.process_time() - began


def _require_same(table: pd.DataFrame, dense: dict[str, np.ndarray]) -> None:
    assert list(table) == list(dense)
    for name, values in dense.items():
        np.testing.assert_allclose(table[name], values, rtol=1e-8, atol=1e-12, err_msg=name)


def _print(what: str, seconds: list[float]) -> None:
    spread = f"{min(seconds):.2f} {median(seconds):.2f} {max(seconds):.2f}"
    print(f"{what}: {spread} s of processor time")


if __name__ == "__main__":
    main()
