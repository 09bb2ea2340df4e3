"""Every pair of real provinces: python benchmarks/coagglomeration_every_pair.py [province …].

``engine="brute"`` solves all 999 draws of all ordered pairs with POT; the verdicts of the package,
and in full mode the number of near draws, have to be the same. Firms of three-digit industries,
where ``../shared/data`` (or SPILLGRAPH_DATA) has them.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from spillgraph.analytics.space import Coagglomeration, coagglomeration, project_sites

DATA = Path(os.environ.get("SPILLGRAPH_DATA", Path(__file__).parents[2] / "shared" / "data"))
DRAWS, SEED, LEVELS = 999, 1, (0.95, 0.9, 0.99)


def main(provinces: list[str]) -> None:
    """Print seconds and what differs, in Markdown."""
    file = DATA / "china_firms_geo" / "firms.csv.gz"
    firms = pd.read_csv(file, dtype={"city_code": str, "gbt3": str}).dropna()
    coagglomeration([[0, 0], [1, 0], [2, 0]], ["a", "b", "b"], draws=19)  # compiles
    print("| province | sites | industries | pairs | decide, s | full, s | brute, s | differ |")
    print("|---|---|---|---|---|---|---|---|")
    for province in provinces:
        some = firms[firms["city_code"].str[:2] == province]
        xy = project_sites(some["lat"], some["lon"])
        asked = {"draws": DRAWS, "seed": SEED, "threshold": LEVELS}
        decided, quick = timed(xy, some["gbt3"], mode="decide", **asked)
        full, slower = timed(xy, some["gbt3"], mode="full", **asked)
        truth, slow = timed(xy, some["gbt3"], engine="brute", **asked)
        differ = int((full.pairs["r_low"] != truth.pairs["r_low"]).sum())
        for level in LEVELS:
            wanted = truth.phi(level).to_frame()
            differ += int((decided.phi(level).to_frame() != wanted).sum(axis=None))
        assert np.allclose(full.pairs["W"], truth.pairs["W"], rtol=1e-10, atol=1e-12)
        print(
            f"| {province} | {full.sites:,} | {full.pairs['j'].nunique()} | {len(full.pairs):,} | "
            f"{quick:.1f} | {slower:.1f} | {slow:,.0f} | {differ} |",
            flush=True,
        )


def timed(
    xy: np.ndarray, industry: pd.Series[str], **asked: object
) -> tuple[Coagglomeration, float]:
    """Return verdicts and processor seconds."""
    begun = time.process_time()
    found = coagglomeration(xy, industry, **asked)
    return found, time.process_time() - begun


if __name__ == "__main__":
    main(sys.argv[1:] or ["64", "61"])
