"""Coagglomeration against a brute force with POT: python benchmarks/coagglomeration.py [pairs].

Real firms where ``../shared/data`` (or SPILLGRAPH_DATA) has them, else synthetic towns. The brute
force solves every draw of a pair with ``ot.emd2``; it runs on pairs drawn at random, over the same
999 draws, and its verdicts are compared. Processor time a thousand pairs. The verdicts of a city
are then computed by one process and by two, in wall time.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import ot
import pandas as pd
from scipy.spatial.distance import cdist
from spillgraph.analytics.space import coagglomeration, coagglomeration_by_cell, project_sites
from spillgraph.analytics.space._cell import draw_orders

DATA = Path(os.environ.get("SPILLGRAPH_DATA", Path(__file__).parents[2] / "shared" / "data"))
DRAWS, SEED, PAPER = 999, 1, 3_327_494


def scenes() -> dict[str, pd.DataFrame]:
    """Sites with x, y (km) and industry, by the name of their region."""
    file = DATA / "china_firms_geo" / "firms.csv.gz"
    if not file.exists():
        return {"made city": town(3_000, 60, 25.0), "made province": town(10_000, 160, 150.0)}
    firms = pd.read_csv(file, dtype={"city_code": str, "gbt3": str}).dropna()
    code = firms["city_code"]
    where = {
        "province 61": code.str[:2] == "61",
        "city 3302 and 3303": code.isin(["3302", "3303"]),
        "city 3101": code == "3101",
        "province 21": code.str[:2] == "21",
        "province 44": code.str[:2] == "44",
        "province 32": code.str[:2] == "32",
    }
    return {name: placed(firms[rows]) for name, rows in where.items()}


def placed(firms: pd.DataFrame) -> pd.DataFrame:
    """Put firms on a plane."""
    xy = project_sites(firms["lat"], firms["lon"])
    return pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "industry": firms["gbt3"].to_numpy()})


def town(sites: int, industries: int, width: float) -> pd.DataFrame:
    """Make towns and scattered sites, with industries of unequal size that keep to some towns."""
    rng = np.random.default_rng(1)
    towns = rng.uniform(0, 4 * width, (40, 2))
    share = 1 / np.arange(1, industries + 1) ** 0.7
    own = rng.choice(industries, sites, p=share / share.sum())
    at = towns[(own * 7 + rng.integers(0, 12, sites)) % 40]
    xy = at + rng.normal(size=(sites, 2)) * width / 10
    return pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "industry": [f"i{k:03d}" for k in own]})


def brute_force(sites: pd.DataFrame, pairs: int) -> tuple[float, pd.Series[int]]:
    """Return seconds and verdicts of pairs drawn at random."""
    xy, own = sites[["x", "y"]].to_numpy(), sites["industry"].to_numpy()
    names, counts = np.unique(own, return_counts=True)
    members = {name: np.flatnonzero(own == name) for name in names}
    orders = draw_orders(np.arange(len(xy)), DRAWS, counts.max(), np.random.default_rng(SEED))
    rng, found = np.random.default_rng(2), {}
    begun = time.process_time()
    while len(found) < pairs:
        j, k = rng.choice(names, 2, replace=False)
        limit = far(xy, members[k], members[j]) * (1 + 1e-9) + 1e-12 * np.ptp(xy, axis=0).sum()
        draws = (order[: len(members[k])] for order in orders)
        near = sum(far(xy, draw, members[j]) <= limit for draw in draws)
        found[j, k] = int(1 + near <= 50)
    return time.process_time() - begun, pd.Series(found)


def far(xy: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """Return W₁ by POT."""
    shares = np.full(len(a), 1 / len(a)), np.full(len(b), 1 / len(b))
    return float(ot.emd2(*shares, cdist(xy[a], xy[b]), numItermax=10**7))


def main(pairs: int) -> None:
    """Print seconds in Markdown."""
    every = scenes()
    coagglomeration([[0, 0], [1, 0], [2, 0]], ["a", "b", "b"], draws=19)  # compiles
    print("| region | sites | industries | pairs | package, s | POT, s | ratio | linked |")
    print("|---|---|---|---|---|---|---|---|")
    for name, sites in every.items():
        begun = time.process_time()
        ours = coagglomeration(sites[["x", "y"]], sites["industry"], draws=DRAWS, seed=SEED)
        quick = (time.process_time() - begun) / len(ours.pairs) * 1000
        seconds, theirs = brute_force(sites, pairs)
        same = ours.pairs.set_index(["j", "k"])["phi"].loc[theirs.index]
        assert (same == theirs).all(), same[same != theirs]
        slow = seconds / len(theirs) * 1000
        industries = ours.pairs["j"].nunique()
        print(
            f"| {name} | {len(sites):,} | {industries} | {len(ours.pairs):,} | {quick:.2f} | "
            f"{slow:.0f} | {slow / quick:.0f} | {ours.pairs['phi'].mean():.1%} |",
            flush=True,
        )
    sites = next(iter(every.values()))
    many = pd.concat([sites.assign(region=f"copy {i}") for i in range(8)])
    walls = []
    for workers in (1, 2):
        with ProcessPoolExecutor(workers) as executor:
            list(executor.map(len, [[1]] * workers))
            begun = time.perf_counter()
            coagglomeration_by_cell(many, draws=DRAWS, executor=executor)
            walls.append(time.perf_counter() - begun)
    print(f"\nEight regions: {walls[0]:.1f} s in one process, {walls[1]:.1f} s in two.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
