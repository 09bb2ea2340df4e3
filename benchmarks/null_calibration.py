"""How often each null refuses its own networks at 5%: python benchmarks/null_calibration.py.

Networks are drawn from a null, one from the other so that chains forget the first, and each is held
against 19 draws of the same null, made from it alone. A table of all measures and nulls is printed:
the share of tests with p ≤ 0.05 where ties are broken at random, which makes p uniform, and as
reported, where a tie counts against the hub.
"""

from __future__ import annotations

import sys

import numpy as np
from spillgraph.analytics.hubs._network import Network
from spillgraph.analytics.hubs._pvalues import as_tested, upper_p
from spillgraph.analytics.hubs._scores import scores_of
from spillgraph.analytics.nulls import NULLS
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.core.measures import MEASURES

# Draws of draws until what is left of the first network cannot be seen.
N, EACH, BURN = 8, 19, 50


def main(networks: int) -> None:
    """Print the table in Markdown."""
    rng = np.random.default_rng(1)
    base = rng.exponential(size=(N, N)) * rng.lognormal(size=(N, 1)) * rng.lognormal(size=(1, N))
    base *= rng.random((N, N)) < 0.7
    base /= 1.1 * base.sum(axis=1).max()  # rows below 1, for upstreamness
    names = [each.name for each in MEASURES]
    table = {null: _refused(null, base, names, networks, rng) for null in NULLS}
    print(f"| measure | {' | '.join(f'`{null}`' for null in NULLS)} |")
    print(f"|---|{'---|' * len(NULLS)}")
    for name in names:
        print(f"| `{name}` | {' | '.join(table[null][name] for null in NULLS)} |")


def _refused(
    null: str, base: np.ndarray, names: list[str], networks: int, rng: np.random.Generator
) -> dict[str, str]:
    law = NULLS[null]
    moving = [name for name in names if name not in law.keeps]
    broken: dict[str, list[np.ndarray]] = {name: [] for name in moving}
    reported: dict[str, list[np.ndarray]] = {name: [] for name in moving}
    values = base
    for _ in range(BURN):
        values = next(law.draw(values, rng, 1))[0]
    for _ in range(networks):
        values = next(law.draw(values, rng, 1))[0]
        drawn = np.concatenate([values[None], *law.draw(values, rng, EACH)])
        network = Network(LabelledMatrix.build("M", values), None, np.ones(N))
        for name, raw in scores_of(drawn, moving, network).items():
            scores = as_tested(name, raw, network)
            if np.isnan(scores[0]).any():
                continue  # not defined: hubs() gives no p-value
            broken[name].append(upper_p(scores[0], scores[1:], rng) <= 0.05)
            reported[name].append(upper_p(scores[0], scores[1:]) <= 0.05)
    return dict.fromkeys(names, "kept") | {
        name: f"{np.mean(broken[name]):.3f} ({np.mean(reported[name]):.3f})" for name in moving
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
