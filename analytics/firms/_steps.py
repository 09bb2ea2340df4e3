"""The same cascades in NumPy and SciPy: each step multiplies all links."""

from __future__ import annotations

import numpy as np

from ..linalg._labels import Vector
from ._economy import Economy

__all__ = ["run_steps"]


def run_steps(
    economy: Economy, shock: Vector, tolerance: float, max_steps: int
) -> tuple[Vector, Vector, int, float]:
    """Run one cascade.

    Parameters
    ----------
    economy : Economy
        N firms.
    shock : ndarray, shape (N,)
        Share of its production that each firm loses at the start.
    tolerance : float
        The cascade ends behind the step that changes no firm by more.
    max_steps : int
        Or behind so many.

    Returns
    -------
    down, up : ndarray, shape (N,)
        Share of production that each firm loses because of suppliers, because of customers.
    steps : int
        How many were made.
    change : float
        The largest of the last step.

    Examples
    --------
    >>> from spillgraph.analytics.firms._economy import build_economy
    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> two = build_economy(Z, {"steel": "a", "cars": "b"}, "linear", market=None)
    >>> run_steps(two, np.array([1.0, 0.0]), 0.5, 9)[0].tolist()
    [1.0, 0.2]
    """
    owners, first = np.unique(economy.customer, return_index=True)
    down, up = shock, shock
    steps, change = 0, np.inf
    while steps < max_steps and change > tolerance:
        steps += 1
        new_down = shock.copy()
        if len(owners):
            missing = economy.down @ (_irreplaceable(economy, down) * down)
            new_down[owners] = np.maximum(new_down[owners], np.maximum.reduceat(missing, first))
        new_down = np.minimum(new_down, 1.0)
        new_up = np.minimum(np.maximum(economy.up @ up, shock), 1.0)
        change = float(max((new_down - down).max(), (new_up - up).max()))
        down, up = new_down, new_up
    return down, up, steps, change


def _irreplaceable(economy: Economy, down: Vector) -> Vector:
    """σ: how much of a firm's missing deliveries its customers do not find elsewhere."""
    if not len(economy.market_output):
        return np.ones(len(down))
    lost = np.bincount(economy.market, economy.output * down, len(economy.market_output))
    left = (economy.market_output - lost)[economy.market]
    return np.where(left > economy.output, economy.output / np.where(left > 0, left, 1.0), 1.0)
