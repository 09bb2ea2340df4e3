"""ESRI of many firms against the loop over cascades: python benchmarks/systemic_risk.py [sample].

A synthetic economy of 100,000 firms and a million links: sizes are Pareto-like, links go to large
firms more often, 400 industries of unequal size, half of which make goods that are essential to
each other. The loop takes one cascade after another and multiplies all links in each step with
SciPy, as the published code does. All firms would take the loop more than an hour, so both are
measured on the same random sample of firms, in turns, and multiplied up. With ``all`` for the
sample the package runs all firms. Processor time.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from scipy import sparse
from spillgraph.analytics import most_systemic, systemic_risk
from spillgraph.core.matrix import LabelledMatrix

FIRMS, LINKS, INDUSTRIES, ROUNDS = 100_000, 1_000_000, 400, 3


def economy() -> tuple[LabelledMatrix, pd.Series[str], pd.DataFrame]:
    """Deliveries, industries and classes of inputs."""
    rng = np.random.default_rng(1)
    size = rng.pareto(1.1, FIRMS) + 1
    size = np.minimum(size, size.sum() / 100)
    sells, buys = size**0.7 / (size**0.7).sum(), size**0.6 / (size**0.6).sum()
    pairs = np.empty(0, dtype=np.int64)
    while len(pairs) < LINKS:
        supplier, customer = rng.choice(FIRMS, LINKS, p=sells), rng.choice(FIRMS, LINKS, p=buys)
        pairs = np.unique(np.concatenate([pairs, customer * FIRMS + supplier]))
        pairs = pairs[pairs // FIRMS != pairs % FIRMS]
    pairs = rng.permutation(pairs)[:LINKS]
    customer, supplier = pairs // FIRMS, pairs % FIRMS
    value = np.sqrt(size[supplier] * size[customer]) * rng.lognormal(0, 1, LINKS)
    shape = (FIRMS, FIRMS)
    deliveries = LabelledMatrix.build(
        "trade", sparse.csr_array((value, (customer, supplier)), shape=shape)
    )
    chance = 1 / np.arange(1, INDUSTRIES + 1) ** 0.7
    own = rng.choice(INDUSTRIES, FIRMS, p=chance / chance.sum())
    names = np.array([f"i{k}" for k in range(INDUSTRIES)])
    goods = rng.random(INDUSTRIES) < 0.5
    classes = pd.DataFrame(np.where(np.outer(goods, goods), 2.0, 1.0), names, names)
    return deliveries, pd.Series(names[own], index=deliveries.rows), classes


def clocked(*given: object, **options: object) -> tuple[float, pd.DataFrame]:
    """Return processor seconds and scores."""
    start = time.process_time()
    found = systemic_risk(*given, **options)  # type: ignore[arg-type]
    return time.process_time() - start, found


def main(sample: str) -> None:
    """Print seconds in Markdown."""
    given = economy()
    every = list(given[0].rows)
    drawn = np.random.default_rng(2).permutation(FIRMS)
    many, few = ([every[i] for i in drawn[:n]] for n in (2_000, 40))
    set_up = min(clocked(*given, failing=few[:1])[0] for _ in range(3))  # compiles, too
    print(f"Laying out the economy: {set_up:.2f} s, taken off below.\n", flush=True)
    print("| round | loop, ms a firm | package, ms a firm | ratio |\n|---|---|---|---|")
    for round_ in range(ROUNDS):
        slow, theirs = clocked(*given, failing=few, engine="numpy")
        quick, ours = clocked(*given, failing=many)
        np.testing.assert_allclose(ours.loc[few], theirs, rtol=1e-9, atol=1e-14)
        a, b = (slow - set_up) / len(few) * 1e3, (quick - set_up) / len(many) * 1e3
        print(f"| {round_ + 1} | {a:.1f} | {b:.2f} | {b / a:.3f} |", flush=True)
    start, wall = time.process_time(), time.perf_counter()
    top = most_systemic(*given, k=100)
    spent = time.process_time() - start, time.perf_counter() - wall
    print(
        f"\nThe highest 100: certified {top.certified}, {spent[0]:.1f} s of processor, "
        f"{spent[1]:.1f} s in all; {top.firms:,} cascades of one firm, {top.groups:,} of "
        f"groups; the last has {top.table['both'].min():.4f}, no other above {top.bound:.4f}.",
        flush=True,
    )
    if sample == "all":
        spent_all, scores = clocked(*given)
        same = set(scores["both"].nlargest(100).index) == set(top.table.index)
        print(f"\nAll {FIRMS:,} firms: {spent_all:.0f} s; the highest 100 are the same: {same}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
