"""How often both null hypotheses find something where nothing is: python benchmarks/null_size.py.

Firms pick industries by popularity alone, and cite each pick some times over; nothing else is
there. Printed: the share of tests at 5% that reject (two-sided, all sums that can move), and of
economies with any family-wise p of 0.05 or less. The last line has a pattern: half of what firms
cite goes to the next industry.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from spillgraph.analytics import draw_sums, null_pvalues, permute_bundles, permute_citations
from spillgraph.core.matrix import LabelledMatrix

N, DRAWS = 8, 99


def economy(
    rng: np.random.Generator, times: float, most: int, planted: float
) -> tuple[LabelledMatrix, pd.Series[str]]:
    """Firms' citations to industries, and the industry of each."""
    popular = rng.dirichlet(np.full(N, 2.0))
    rows, homes = [], []
    for a in range(N):
        chance = np.where(np.arange(N) == a, 0.0, popular)
        chance = (1 - planted) * chance / chance.sum()
        chance[(a + 1) % N] += planted
        for _ in range(rng.integers(4, most)):
            picked = rng.choice(N, 1 + rng.poisson(2 * (1 + rng.pareto(2.5))), p=chance)
            row = np.bincount(picked, rng.geometric(1 / times, picked.size), N)
            row[a] = rng.poisson(row.sum() * (0.1 + 0.5 * a / N))
            rows.append(row)
            homes.append(a)
    sectors, firms = [f"s{i}" for i in range(N)], [f"f{k}" for k in range(len(rows))]
    F = LabelledMatrix.build("F", np.array(rows), firms, sectors)
    return F, pd.Series([sectors[a] for a in homes], firms)


def main(economies: int) -> None:
    """Print a table in Markdown."""
    print("| citations of each pick | firms an industry | null | rejected at 5% | a finding |")
    print("|---|---|---|---|---|")
    for times, most, planted in ((1, 30, 0.0), (5, 30, 0.0), (15, 12, 0.0), (5, 30, 0.5)):
        found: dict[str, list[tuple[float, bool]]] = {"bundles": [], "citations": []}
        for k in range(economies):
            rng = np.random.default_rng([1, k])
            F, home = economy(rng, times, most, planted)
            B = (home.to_numpy()[:, None] == np.array(F.columns)).astype(float)
            K = LabelledMatrix.build("K", B.T @ F.values.toarray(), F.columns)
            S = LabelledMatrix.build("S", 0.5 * rng.dirichlet(np.ones(N), N), F.columns)
            for null, draws in (
                ("bundles", permute_bundles(F, home, rng, DRAWS)),
                ("citations", permute_citations(K, rng, DRAWS, sweeps=20)),
            ):
                table = null_pvalues(draw_sums(S, K), draw_sums(S, draws))
                moves = table[table["p_two_sided"] < 1]
                rejects = float((moves["p_two_sided"] <= 0.05).mean())
                found[null].append((rejects, bool((table["p_familywise"] <= 0.05).any())))
        pattern = " (planted pattern)" if planted else ""
        for null, rows in found.items():
            share, finding = np.array(rows, dtype=float).mean(axis=0)
            print(f"| {times}{pattern} | 4–{most - 1} | `{null}` | {share:.3f} | {finding:.3f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
