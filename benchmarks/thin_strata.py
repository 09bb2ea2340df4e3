"""Coverage of 95% intervals where firms are few: python benchmarks/thin_strata.py [economies].

Four industries with as many firms each, which cite in bundles. Drawn: n of n firms, or n − 1 with
weight n/(n − 1) as the package does (Rao and Wu). Truth: the benefit with 60,000 firms each.
"""

from __future__ import annotations

import sys

import numpy as np

N, DRAWS = 4, 199
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


def main(economies: int) -> None:
    """Print a table in Markdown."""
    truth = benefit(firms(np.random.default_rng(9), 60_000).sum(axis=1))
    print("| firms an industry | n of n | n − 1 of n, weighted |\n|---|---|---|")
    for n in (3, 4, 6, 10, 30):
        rng, hits = np.random.default_rng(1), {n: 0.0, n - 1: 0.0}
        for _ in range(economies):
            F = firms(rng, n)
            for drawn in hits:
                times = rng.multinomial(drawn, np.full(n, 1 / n), (DRAWS, N)) * (n / drawn)
                sums = benefit(np.einsum("bhf,hfj->bhj", times, F))
                low, high = np.nanquantile(sums, [0.025, 0.975], axis=0)
                hits[drawn] += ((low <= truth) & (truth <= high)).mean() / economies
        print(f"| {n} | {hits[n]:.2f} | {hits[n - 1]:.2f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
