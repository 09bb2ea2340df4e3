"""Coverage of 95% intervals where firms are few: python benchmarks/thin_strata.py [economies].

Four industries with as many firms each, which cite in bundles. Draws are the package's, n − 1 of
n firms with weight n/(n − 1), so are its intervals, without and with degrees of freedom; beside
them n of n firms, as a plain bootstrap draws. Truth: the benefit with 60,000 firms each.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from spillgraph.analytics import bootstrap_firms, degrees_of_freedom, draw_sums, intervals
from spillgraph.core.matrix import LabelledMatrix

N, DRAWS = 4, 999
LABELS = [f"s{a}" for a in range(N)]
POPULAR, OWN = np.array([0.4, 0.3, 0.2, 0.1]), np.linspace(0.2, 0.5, N)
S = 0.5 * np.random.default_rng(0).dirichlet(np.ones(N), N)
U = np.linalg.inv(np.eye(N) - S)


def benefit(K: np.ndarray) -> np.ndarray:
    """ψ1 of each stock; NaN where no citation stays at home, so that there is no inverse."""
    total = K.sum(axis=-1, keepdims=True)
    W = K / np.where(total > 0, total, 1.0)
    W[..., np.arange(N), np.arange(N)] = 0.0
    left = np.eye(N) - W
    sound = np.linalg.det(left) > 1e-9
    left[~sound] = np.eye(N)
    found = (U @ np.linalg.solve(left, np.ones((*W.shape[:-1], 1))))[..., 0]
    return np.where(sound[..., None], found, np.nan)


def firms(rng: np.random.Generator, n: int) -> np.ndarray:
    """Citations by industry, firm and target."""
    F = np.zeros((N, n, N))
    for a in range(N):
        chance = np.where(np.arange(N) == a, 0.0, POPULAR)
        chance *= (1 - OWN[a]) / chance.sum()
        chance[a] = OWN[a]
        for f in range(n):
            picked = rng.choice(N, 3 + rng.poisson(3), p=chance)
            F[a, f] = np.bincount(picked, rng.geometric(1 / 3, picked.size), N)
    return F


def plain(F: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of a plain bootstrap: n of n firms."""
    n = F.shape[1]
    times = rng.multinomial(n, np.full(n, 1 / n), (DRAWS, N))
    low, high = np.nanquantile(benefit(np.einsum("bhf,hfj->bhj", times, F)), [0.025, 0.975], axis=0)
    return low, high


def packaged(F: np.ndarray, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the package's intervals, without and with the degrees of freedom."""
    n = F.shape[1]
    firms = [f"{label}-{k}" for label in LABELS for k in range(n)]
    home = np.repeat(np.arange(N), n)
    cites = LabelledMatrix.build("F", F.reshape(N * n, N), firms, LABELS)
    belongs = LabelledMatrix.build("B", np.eye(N)[home], firms, LABELS)
    strata = pd.Series(np.array(LABELS)[home], index=firms)
    stock = LabelledMatrix.build("K", F.sum(axis=1), LABELS)
    production = LabelledMatrix.build("S", S, LABELS)
    drawn = draw_sums(production, bootstrap_firms(cites, belongs, strata, rng, DRAWS))
    estimate = draw_sums(production, stock)
    found = []
    for freedom in (None, degrees_of_freedom(strata)):
        table = intervals(drawn, estimate, freedom=freedom).set_index("quantity").loc["benefit"]
        table = table.set_index("sector").loc[LABELS]
        found.append((table["percentile_low"].to_numpy(), table["percentile_high"].to_numpy()))
    return found


def main(economies: int) -> None:
    """Print a table in Markdown."""
    truth = benefit(firms(np.random.default_rng(9), 60_000).sum(axis=1))
    print("| firms an industry | n of n | n − 1 of n, weighted | and degrees of freedom |")
    print("|---|---|---|---|")
    for n in (3, 4, 6, 10, 30):
        rng, hits, tried = np.random.default_rng(1), np.zeros(3), 0
        while tried < economies:
            F = firms(rng, n)
            if np.isnan(benefit(F.sum(axis=1))).any():
                continue  # an economy without an inverse has no interval either
            tried += 1
            for k, (low, high) in enumerate([plain(F, rng), *packaged(F, rng)]):
                hits[k] += ((low <= truth) & (truth <= high)).mean()
        print(f"| {n} | {' | '.join(f'{each / tried:.2f}' for each in hits)} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
