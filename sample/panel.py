"""R&D and output of sectors with a planted answer: whose R&D moves with the output of others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .design import Floats

__all__ = ["CARRIERS", "make_panel"]

STEPS = 28  # years of growth up to the last year
#: Sectors that make capital goods, whose R&D follows the cycle, and by how much.
CARRIERS = {"16": 1.2, "17": 1.0, "18": 1.5, "19": 0.8, "20": 1.0}
#: How far R&D of all others follows it, or runs against it; their own noise is larger.
OTHERS, NOISE = 0.4, 0.04
GROWTH, CYCLE, OWN = 0.05, 0.03, 0.02


def make_panel(
    sectors: list[str], last: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return R&D and output of every sector, and who carries what moves together.

    Output of all sectors follows one cycle, and R&D of the carriers does, too; others follow it or
    run against it, and everybody follows or opposes a second one. What else moves is noise, that of
    R&D orthogonal to that of output and to both cycles, so that covariances of R&D and output are
    those of the cycles, exactly.

    Parameters
    ----------
    sectors : list of str, length N
        Codes.
    last : int
        Last year.
    rng : numpy.random.Generator
        Draws the cycle, how strongly each sector follows it, and the noise.

    Returns
    -------
    DataFrame, columns ``industry``, ``year``, ``rd``, ``output``, ``group``
        Levels in real terms.
    dict
        ``R_fraction``: of what lies across industries, how much goes by the R&D of each carrier;
        ``share``: how much of the covariance of aggregates lies across industries.

    Examples
    --------
    >>> rows, planted = make_panel(["01", "16", "20"], 2020, np.random.default_rng(1))
    >>> len(rows), int(rows["year"].min()), list(planted["R_fraction"])
    (87, 1992, ['16', '20'])
    """
    n = len(sectors)
    cycles, first, second = _apart(rng)
    follow = CYCLE * np.array([rng.uniform(0.5, 1.5, n), rng.normal(0.0, 0.5, n)])
    lead = CYCLE * rng.normal(0.0, OTHERS, (2, n))
    lead[0] = [CYCLE * CARRIERS.get(code, lead[0, i]) for i, code in enumerate(sectors)]
    output = GROWTH + cycles @ follow + OWN * first @ rng.normal(0, 1, (first.shape[1], n))
    rd = GROWTH + cycles @ lead + NOISE * second @ rng.normal(0, 1, (second.shape[1], n))
    size_rd = rng.lognormal(2.0, 0.8, n) * np.where(np.isin(sectors, list(CARRIERS)), 4.0, 1.0)
    levels = {"rd": _levels(rd, size_rd), "output": _levels(output, rng.lognormal(7.0, 0.6, n))}
    years = range(last - STEPS, last + 1)
    rows = pd.DataFrame({"industry": sectors * len(years), "year": np.repeat(years, n)})
    rows = rows.assign(**{name: panel.ravel() for name, panel in levels.items()})
    kind = dict.fromkeys(CARRIERS, "capital goods")
    rows["group"] = rows["industry"].map(kind).fillna("others")
    return rows, _planted(sectors, levels, lead, follow)


def _apart(rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return two cycles and two spaces of noise: without mean, and uncorrelated with each other."""
    draws = np.column_stack([np.ones(STEPS), rng.normal(0, 1, (STEPS, STEPS - 1))])
    Q = np.linalg.qr(draws)[0] * np.sqrt(STEPS - 1)
    parts = np.split(Q, [1, 3, 15], axis=1)[1:]
    return parts[0], *(part / np.sqrt(part.shape[1]) for part in parts[1:])


def _levels(growth: Floats, start: Floats) -> Floats:
    logs = np.vstack([np.zeros(growth.shape[1]), np.cumsum(growth, axis=0)])
    return np.asarray(start * np.exp(logs))


def _planted(
    sectors: list[str], levels: dict[str, Floats], lead: Floats, follow: Floats
) -> dict[str, Any]:
    """Return who carries what, from the plan and the shares of the levels."""
    sR, sY = ((x / x.sum(axis=1, keepdims=True)).mean(axis=0) for x in levels.values())
    moved = np.outer(sR, sY) * (lead.T @ follow)
    within = np.trace(moved)
    cross = moved.sum() - within
    by = (moved.sum(axis=1) - np.diag(moved)) / cross
    carried = {code: float(by[i]) for i, code in enumerate(sectors) if code in CARRIERS}
    return {"R_fraction": carried, "share": float(cross / moved.sum())}
