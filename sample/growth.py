"""Levels of technology with planted trends, for growth accounting."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..core.matrix import LabelledMatrix

__all__ = ["make_growth"]

STEPS = 28  # years of growth up to the last year


def make_growth(
    W: LabelledMatrix, last: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return levels of every sector, and the trend of its own progress that they hold.

    Technology grows by a line in time and by noise that no line fits, so the trends of
    g = (I − W) Δ ln A are (I − W) times these lines, exactly.

    Parameters
    ----------
    W : LabelledMatrix, shape (N, N)
        Citation shares of the last report year.
    last : int
        Last year of the levels.
    rng : numpy.random.Generator
        Draws lines and noise.

    Returns
    -------
    DataFrame, columns ``industry``, ``year``, ``tfp``
        The first level is 100.
    DataFrame, columns ``Gamma1``, ``Gamma2``, index = code
        g = Γ1 + Γ2 t and noise, t = 0 in the year of the first level.

    Examples
    --------
    >>> W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], ["a", "b"])
    >>> levels, trend = make_growth(W, 2020, np.random.default_rng(1))
    >>> len(levels), int(levels["year"].min()), list(trend)
    (58, 1992, ['Gamma1', 'Gamma2'])
    """
    labels, n = list(W.rows), len(W.rows)
    lines = np.array([rng.uniform(0.0, 0.02, n), rng.uniform(-4e-4, 4e-4, n)])
    on = np.column_stack([np.ones(STEPS), np.arange(1, STEPS + 1)])
    noise = rng.normal(0.0, 0.01, (STEPS, n))
    noise -= on @ np.linalg.lstsq(on, noise, rcond=None)[0]
    logs = np.vstack([np.zeros(n), np.cumsum(on @ lines + noise, axis=0)])
    years = range(last - STEPS, last + 1)
    levels = pd.DataFrame({"industry": labels * len(years), "year": np.repeat(years, n)})
    levels["tfp"] = (100.0 * np.exp(logs)).ravel()
    own = (lines - (W.values @ lines.T).T).T
    return levels, pd.DataFrame(own, pd.Index(labels, name="code"), ["Gamma1", "Gamma2"])
