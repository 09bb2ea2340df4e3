"""Variance and covariance of aggregates within and across industries, and who carries them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import InputError
from ..linalg._labels import Vector, require_kind
from ._moments import FEWEST, Moments, moments
from ._panels import pair, shares_of

__all__ = ["Comovement", "CovDecomposition", "comove", "decompose_cov"]


@dataclass(frozen=True, slots=True)
class CovDecomposition:
    """What moments of aggregate growth are made of.

    Parameters
    ----------
    table : pandas.DataFrame, shape (3, 8)
        Rows ``var_Y``, ``var_R`` and ``cov``. Columns ``actual``, the moment of the aggregates
        themselves; ``estimated`` = ``within`` + ``cross``, all in squares of the unit of growth;
        ``share``, cross ÷ estimated; ``mean_correlation`` of pairs of different industries;
        ``dropped``, pairs of which too few years are common (cells of Ω); ``covered``, the
        weight of all others, 1 where none was dropped.
    covariance : pandas.DataFrame, shape (N, N)
        Ω^RY: of R&D of the row's industry with output of the column's.
    years : int
        Years that R and Y have in common.
    correlation : float
        Of the growth of the two aggregates, over the years in which both are known; NaN where
        these are fewer than three, or one does not vary. With gaps it is not cov ÷ √(var_R var_Y)
        of the column ``actual``, whose rows may be of different years.
    """

    table: pd.DataFrame
    covariance: pd.DataFrame
    years: int
    correlation: float


@dataclass(frozen=True, slots=True)
class Comovement:
    """How much of the comovement of R&D and output across industries goes by each industry.

    Parameters
    ----------
    table : pandas.DataFrame, shape (N, 4)
        By industry ``R_comove``, how its R&D moves with the output of all others, weighted by
        shares, in squares of the unit of growth; ``Y_comove``, how its output moves with
        their R&D; ``R_fraction`` and ``Y_fraction`` of ``cross``.
    cross : float
        What both add up to: the part of the covariance of aggregates across industries.
    dropped : int
        Pairs of different industries left out, with fewer than three common years.
    """

    table: pd.DataFrame
    cross: float
    dropped: int


def decompose_cov(
    R: pd.DataFrame,
    Y: pd.DataFrame,
    sR: pd.Series[float],
    sY: pd.Series[float],
    *,
    R_total: pd.Series[float] | None = None,
    Y_total: pd.Series[float] | None = None,
) -> CovDecomposition:
    """Split variances and the covariance of aggregate R&D and output: within and across industries.

    With R_t = Σ_i S^R_i R_it, and Y_t so, Cov(R, Y) = S^R Ω^RY S^Y' = Σ_i S^R_i Ω_ii S^Y_i + cross,
    exactly. Divisors are years − 1. With gaps each entry of Ω is taken over the years that its
    two series have in common, and those of fewer than three are left out and counted.

    Parameters
    ----------
    R, Y : pandas.DataFrame, shapes (T, N) and (T', N)
        Growth of R&D and of output, years by industries, in one unit; NaN where not known.
    sR, sY : pandas.Series, length N
        Long-run shares of the industries in R&D and in output, each of sum 1.
    R_total, Y_total : pandas.Series by year, optional
        Growth of the aggregates as published. Default: the weighted sums of the years in which
        all industries are known, which without gaps makes ``actual`` equal ``estimated``.

    Returns
    -------
    CovDecomposition

    Raises
    ------
    InputError
        If industries differ, no year is common, or shares do not sum to 1 within 1e-6.

    References
    ----------
    Ouyang and Chang (2011), *Pro-cyclical Aggregate R&D: Timing or Propagation?*, eqs. 1 and 2,
    table 2.

    Examples
    --------
    >>> years = [2001, 2002, 2003]
    >>> R = pd.DataFrame({"steel": [0.0, 0.0, 0.0], "cars": [-1.0, 0.0, 1.0]}, index=years)
    >>> Y = pd.DataFrame({"steel": [-2.0, 0.0, 2.0], "cars": [0.0, 0.0, 0.0]}, index=years)
    >>> half = pd.Series({"steel": 0.5, "cars": 0.5})
    >>> decompose_cov(R, Y, half, half).table.loc["cov", ["actual", "within", "cross"]].to_dict()
    {'actual': 0.5, 'within': 0.0, 'cross': 0.5}
    """
    rd, output = pair(R, Y)
    weights_R, weights_Y = (
        shares_of(shares, rd.columns, what) for shares, what in ((sR, "sR"), (sY, "sY"))
    )
    total_R = _total(R_total, rd, weights_R, "R_total")
    total_Y = _total(Y_total, output, weights_Y, "Y_total")
    of = moments(rd, output)
    rows = {
        "var_Y": _split(moments(output, output), weights_Y, weights_Y, total_Y, total_Y),
        "var_R": _split(moments(rd, rd), weights_R, weights_R, total_R, total_R),
        "cov": _split(of, weights_R, weights_Y, total_R, total_Y),
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="moment")
    together = moments(total_R.to_frame(), total_Y.to_frame()).correlation[0, 0]
    covariances = _named(of, rd.columns)
    return CovDecomposition(table.astype({"dropped": int}), covariances, len(rd), float(together))


def comove(
    R: pd.DataFrame, Y: pd.DataFrame, sR: pd.Series[float], sY: pd.Series[float]
) -> Comovement:
    """Return how each industry's R&D moves with others' output, and its output with others' R&D.

    R_i-Comove = S^R_i Σ_{j≠i} Cov(R_i, Y_j) S^Y_j; Y_i-Comove = S^Y_i Σ_{j≠i} Cov(Y_i, R_j) S^R_j.
    Both add up over i to the part of the covariance of the aggregates across industries.

    Parameters
    ----------
    R, Y, sR, sY
        As in :func:`decompose_cov`.

    Returns
    -------
    Comovement

    Raises
    ------
    InputError
        As :func:`decompose_cov`.

    References
    ----------
    Ouyang and Chang (2011), eq. 3, table 4.

    Examples
    --------
    >>> years = [2001, 2002, 2003]
    >>> R = pd.DataFrame({"steel": [0.0, 0.0, 0.0], "cars": [-1.0, 0.0, 1.0]}, index=years)
    >>> Y = pd.DataFrame({"steel": [-2.0, 0.0, 2.0], "cars": [0.0, 0.0, 0.0]}, index=years)
    >>> half = pd.Series({"steel": 0.5, "cars": 0.5})
    >>> comove(R, Y, half, half).table[["R_comove", "Y_comove"]].to_dict("list")
    {'R_comove': [0.0, 0.5], 'Y_comove': [0.5, 0.0]}
    """
    rd, output = pair(R, Y)
    weights_R, weights_Y = (
        shares_of(shares, rd.columns, what) for shares, what in ((sR, "sR"), (sY, "sY"))
    )
    omega = moments(rd, output).covariance
    away = ~np.eye(len(omega), dtype=bool)
    unknown = int((np.isnan(omega) & away).sum())
    parts = weights_R[:, None] * np.where(away, np.nan_to_num(omega), 0.0) * weights_Y
    cross = float(parts.sum()) if unknown < away.sum() or not unknown else np.nan
    sides = {"R": parts.sum(axis=1), "Y": parts.sum(axis=0)}
    table = pd.DataFrame({f"{side}_comove": sums for side, sums in sides.items()}, rd.columns)
    for side in sides:
        table[f"{side}_fraction"] = table[f"{side}_comove"] / cross if cross else np.nan
    order = ["R_comove", "R_fraction", "Y_comove", "Y_fraction"]
    return Comovement(table[order], cross, unknown)


def _split(
    of: Moments, left: Vector, right: Vector, total: pd.Series[float], other: pd.Series[float]
) -> dict[str, float]:
    """Return one row of the table of a decomposition."""
    known = np.isfinite(of.covariance)
    weights = np.outer(left, right)
    parts = weights * np.where(known, of.covariance, 0.0)
    own = np.eye(len(parts), dtype=bool)
    within, cross = float(parts[own].sum()), float(parts[~own].sum())
    estimated = within + cross if known.any() else np.nan
    pairs = of.correlation[~own]
    both = pd.concat([total, other], axis=1).dropna().to_numpy()
    return {
        "actual": float(np.cov(both.T)[0, 1]) if len(both) >= FEWEST else np.nan,
        "estimated": estimated,
        "within": within if known.any() else np.nan,
        "cross": cross if known.any() else np.nan,
        "share": cross / estimated if estimated else np.nan,
        "mean_correlation": float(np.nanmean(pairs)) if np.isfinite(pairs).any() else np.nan,
        "dropped": int((~known).sum()),
        "covered": float(weights[known].sum()) if not known.all() else 1.0,
    }


def _total(
    total: pd.Series[float] | None, panel: pd.DataFrame, weights: Vector, what: str
) -> pd.Series[float]:
    """Return the growth of an aggregate in the years of the panel."""
    if total is None:
        return pd.Series(panel.to_numpy() @ weights, panel.index)  # NaN where an industry is
    require_kind(total, pd.Series, f"{what}: growth by year")
    if total.index.has_duplicates:
        raise InputError(f"{what}: {total.index[total.index.duplicated()][0]} occurs twice.")
    return total.reindex(panel.index).astype(float)


def _named(of: Moments, labels: pd.Index[str]) -> pd.DataFrame:
    """Return covariances with the labels of R&D and of output."""
    return pd.DataFrame(of.covariance, labels.rename("rd"), labels.rename("output"))
