"""Cells of many sites: python benchmarks/coagglomeration_large.py SCENE DRAWS [decide|full].

Made sites in 40 towns, each industry in a dozen of them: ``20k`` 20,000 sites of 300 industries;
``50k`` 50,000 sites of 60 industries, one of which has 60% of them; ``two`` 50,000 sites of two
industries, 60 and 40%, whose plan has 600 million pairs of sites; ``ten`` the same with 10,000
sites, ``random`` with industries at random. Processor seconds and the peak of memory; nothing may
take more than 14 GB.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from spillgraph.analytics.space import coagglomeration

GIGABYTE = 1_000_000_000


def shares(industries: int) -> np.ndarray:
    """Industries of unequal size."""
    size = 1 / np.arange(1, industries + 1) ** 0.7
    return size / size.sum()


SCENES = {
    "20k": (20_000, shares(300)),
    "50k": (50_000, np.concatenate([[0.6], 0.4 * shares(59)])),
    "two": (50_000, np.array([0.6, 0.4])),
    "ten": (10_000, np.array([0.6, 0.4])),
    "random": (10_000, np.array([0.6, 0.4])),
}


def town(sites: int, share: np.ndarray, at_random: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return sites, km, and their industries."""
    rng = np.random.default_rng(1)
    towns = rng.uniform(0, 600, (40, 2))
    own = rng.choice(len(share), sites, p=share)
    xy = towns[(own * 7 + rng.integers(0, 12, sites)) % 40] + rng.normal(size=(sites, 2)) * 15
    own = rng.permutation(own) if at_random else own
    return xy, np.array([f"i{k:03d}" for k in own])


def main(scene: str, draws: int, mode: str) -> None:
    """Print a row in Markdown."""
    resource.setrlimit(resource.RLIMIT_AS, (14 * GIGABYTE, 14 * GIGABYTE))
    xy, own = town(*SCENES[scene], scene == "random")
    coagglomeration([[0, 0], [1, 0], [2, 0]], ["a", "b", "b"], draws=19)  # compiles
    begun = time.process_time()
    found = coagglomeration(xy, own, draws=draws, seed=1, mode=mode)
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIGABYTE
    sizes = sorted(set(found.pairs["n_j"]))
    print(
        f"| {scene} | {len(xy):,} | {found.pairs['j'].nunique()} | {sizes[-1]:,} and {sizes[-2]:,} "
        f"| {draws} | {len(found.pairs):,} | {seconds:,.0f} | {peak:.1f} GB | "
        f"{found.work.solved:,} |"
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *(sys.argv[3:4] or ["decide"]))
