"""Counts, covariances and correlations of pairs of series over the years that both have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..linalg._labels import Vector

__all__ = ["FEWEST", "Moments", "moments"]

#: Years that a pair must have in common.
FEWEST = 3
#: What varies by less than this part of its own size does so by rounding alone.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Moments:
    """Of pairs of series, each of shape (N, N): one of the first panel, one of the second.

    Parameters
    ----------
    years : ndarray of float
        Years that both have.
    covariance : ndarray
        With divisor years − 1; NaN below three common years.
    correlation : ndarray
        NaN there, too, and where one of the two does not vary.
    """

    years: Vector
    covariance: Vector
    correlation: Vector


def moments(first: pd.DataFrame, second: pd.DataFrame) -> Moments:
    """Return the moments of every pair of columns.

    Parameters
    ----------
    first, second : pandas.DataFrame, each shape (T, N)
        The same years; NaN where not known.

    Examples
    --------
    >>> panel = pd.DataFrame({"a": [1.0, 2.0, 3.0, np.nan], "b": [1.0, 1.0, 4.0, 0.0]})
    >>> moments(panel, panel).covariance.round(12).tolist()
    [[1.0, 1.5], [1.5, 3.0]]
    """
    (x, a, high), (y, b, top) = _centred(first), _centred(second)
    n = a.T @ b
    with np.errstate(divide="ignore", invalid="ignore"):
        sums_x, sums_y = x.T @ b, a.T @ y
        covariance = (x.T @ y - sums_x * sums_y / n) / (n - 1)
        spread_x = _spread((x**2).T @ b, sums_x, n, high[:, None])
        spread_y = _spread(a.T @ y**2, sums_y, n, top[None, :])
        correlation = covariance / np.sqrt(spread_x * spread_y)
    covariance[n < FEWEST] = np.nan
    correlation[n < FEWEST] = np.nan
    return Moments(n, covariance, np.clip(correlation, -1.0, 1.0))


def _centred(panel: pd.DataFrame) -> tuple[Vector, Vector, Vector]:
    """Return deviations from means (0 where not known), what is known, and the largest size."""
    values = panel.to_numpy()
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    count = np.maximum(known.sum(axis=0), 1)
    off = np.where(known, filled - filled.sum(axis=0) / count, 0.0)
    return off, known.astype(np.float64), np.abs(filled).max(axis=0, initial=0.0)


def _spread(squares: Vector, sums: Vector, n: Vector, size: Vector) -> Vector:
    """Return variances over common years; NaN where only rounding is left of them."""
    variance = (squares - sums**2 / n) / (n - 1)
    lost = 64 * np.finfo(np.float64).eps * squares / np.maximum(n - 1, 1)
    return np.where(variance > np.maximum(lost, (ROUNDING * size) ** 2), variance, np.nan)
