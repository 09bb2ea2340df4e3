"""The trend of technical progress: Γ1 + Γ2 t for each sector, with errors that allow for time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from ...core.errors import InputError
from ..linalg._labels import Vector, series
from ._panels import check_panel, to_panel

__all__ = ["Trend", "fit_trend"]

COEFFICIENTS = ("Gamma1", "Gamma2", "delta1", "delta2")


@dataclass(frozen=True, slots=True)
class Trend:
    """The trend of g in each sector, g_t = Γ1 + Γ2 t + u_t, and that of its level.

    Parameters
    ----------
    Gamma1 : pandas.Series, length N
        Progress at t = 0, in log points a year.
    Gamma2 : pandas.Series, length N
        Change of progress, in log points a year, each year.
    delta1 : pandas.Series, length N
        Γ1 + Γ2/2, the linear term of the level δ1 t + δ2 t², in log points a year.
    delta2 : pandas.Series, length N
        Γ2/2, the quadratic term of the level, in log points a year².
    se : pandas.DataFrame, shape (N, 4)
        Newey–West standard errors of ``Gamma1``, ``Gamma2``, ``delta1``, ``delta2``, in the
        units of these.
    residual : pandas.DataFrame, shape (T, N)
        u, in log points.
    n : int
        Years T.
    lags : int
        Lags of the Bartlett kernel.
    origin : int
        The year in which t = 0.
    small_sample : bool
        Whether the variances were multiplied by T/(T − 2).
    """

    Gamma1: pd.Series[float]
    Gamma2: pd.Series[float]
    delta1: pd.Series[float]
    delta2: pd.Series[float]
    se: pd.DataFrame
    residual: pd.DataFrame
    n: int
    lags: int
    origin: int
    small_sample: bool


def fit_trend(
    g: pd.DataFrame,
    *,
    origin: int | None = None,
    lags: int | None = None,
    small_sample: bool = True,
) -> Trend:
    """Fit Γ1 + Γ2 t to the progress of each sector by least squares.

    t counts years from ``origin``, by default the year before the first of g: the first year of
    the levels that g is the difference of. So the row of a year is the step from t − 1 to t, the
    first row has t = 1, and the level δ1 t + δ2 t² has steps δ1 + δ2 (2t − 1): Γ1 = δ1 − δ2 and
    Γ2 = 2 δ2.

    Parameters
    ----------
    g : pandas.DataFrame, shape (T, N)
        Progress in log points; years, consecutive, by sectors; at least three years.
    origin : int, optional
        The year in which t = 0.
    lags : int, optional
        Lags of the Bartlett kernel, below T. Default: floor(4 (T/100)^(2/9)).
    small_sample : bool, default True
        Multiply the variances by T/(T − 2), for two coefficients, as Stata's ``newey`` does.

    Returns
    -------
    Trend
        Sectors in the order of g.

    Raises
    ------
    InputError
        If there are fewer than three years, years are not consecutive, a number is not finite, or
        lags are not in 0…T − 1.

    References
    ----------
    Li et al. (2024), 30th IIOA conference, §3.2, whose line has d δ2 t for 2 δ2 t (erratum
    E-000.2); Γ1 = δ1 − δ2 because yearly data have differences. Newey & West (1987),
    *Econometrica* 55, 703–708; the lag rule is the rule of thumb after Newey & West (1994),
    *Review of Economic Studies* 61, 631–653.

    Examples
    --------
    Steel's technology is 0.02 t + 0.001 t², that of cars 0.01 t, with t = 0 in 2000.

    >>> t = np.arange(5)
    >>> lnA = pd.DataFrame({"steel": 0.02 * t + 0.001 * t**2, "cars": 0.01 * t}, index=2000 + t)
    >>> trend = fit_trend(lnA.diff().iloc[1:])
    >>> trend.delta1.round(12).to_dict(), trend.delta2.round(12).abs().to_dict()
    ({'steel': 0.02, 'cars': 0.01}, {'steel': 0.001, 'cars': 0.0})
    >>> trend.origin, trend.lags, float(trend.se.max(axis=None)) < 1e-12
    (2000, 1, True)
    """
    panel = check_panel(g, "g")
    n = len(panel)
    if n < 3:
        raise InputError(f"g: a trend needs at least three years, got {n}; lengthen the panel.")
    window = int(4 * (n / 100) ** (2 / 9)) if lags is None else lags
    if not 0 <= window < n:
        raise InputError(f"lags: from 0 to {n - 1} can be used with {n} years, got {window}.")
    start = int(panel.index[0]) - 1 if origin is None else origin
    t = panel.index.to_numpy(dtype=np.float64) - start
    values = panel.to_numpy()
    weights = _weights(t)
    estimate = weights @ values
    residual = values - values.mean(axis=0) - np.outer(t - t.mean(), estimate[1])
    se = np.sqrt(_long_run(weights[:, :, None] * residual, window))
    if small_sample:
        se *= np.sqrt(n / (n - 2))
    labels = tuple(panel.columns)
    return Trend(
        **{
            name: series(row, labels, name)
            for name, row in zip(COEFFICIENTS, estimate, strict=True)
        },
        se=pd.DataFrame(se.T, index=pd.Index(labels, name="label"), columns=list(COEFFICIENTS)),
        residual=to_panel(residual, panel.index, labels),
        n=n,
        lags=window,
        origin=start,
        small_sample=small_sample,
    )


def _weights(t: Vector) -> Vector:
    """Rows that turn a series into Γ1, Γ2, δ1 and δ2.

    Around their mean the years are orthogonal to the constant: no digit is lost however far
    away t = 0 lies.
    """
    middle = t.mean()
    slope = (t - middle) / ((t - middle) ** 2).sum()
    level = np.full(len(t), 1 / len(t))
    return np.array(
        [level - middle * slope, slope, level + (0.5 - middle) * slope, slope / 2], dtype=np.float64
    )


def _long_run(scores: Vector, lags: int) -> Vector:
    """Newey–West variance of the sum of scores over time, shape (K, T, N) to (K, N).

    The Bartlett weights 1 − l/(L + 1) count how many windows of L + 1 years hold both of two
    years, so the variance is a sum of squares and cannot round to below zero.
    """
    padded = np.pad(scores, ((0, 0), (lags, lags), (0, 0)))
    sums = sliding_window_view(padded, lags + 1, axis=1).sum(axis=-1)
    variance: Vector = (sums**2).sum(axis=1) / (lags + 1)
    return variance
