"""How strong is the innovation network? ρ in d ln A = ρ W d ln A + trend, by likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import eigvals

from ...core.errors import InputError
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ..linalg._labels import Vector, series
from ._panels import check_panel, networks_of

__all__ = ["SpatialRho", "spatial_rho"]

Variance: TypeAlias = Literal["sector", "common"]
# Even, so that bounds of ±x do not put a point next to the 0 that is added.
GRID = 400
# What is left of a series around its trend when it is nothing but rounding.
NOISE = 1e-10


@dataclass(frozen=True, slots=True)
class SpatialRho:
    """The strength of W with its likelihood.

    Parameters
    ----------
    rho : float
        Estimate; the source fixes it at 1, and 0 is no network.
    se : float
        Standard error from the curvature of the likelihood; NaN where ``inside`` is false.
    loglik : float
        Log-likelihood at ``rho``.
    curve : pandas.Series
        Log-likelihood over a grid of ρ, 0 and 1 among it where they lie within the bounds:
        2 (loglik − curve[1]) is the likelihood ratio of the source's model, χ² with 1 degree.
    sigma : pandas.Series, length N
        Standard deviation of u in each sector, in log points; one number where it is common.
    bounds : (float, float)
        Where ρ was looked for: chains of ρW die out strictly within.
    inside : bool
        Whether the maximum lies inside the bounds.
    n : int
        Years T.
    variance : str
        ``sector`` or ``common``.
    """

    rho: float
    se: float
    loglik: float
    curve: pd.Series[float]
    sigma: pd.Series[float]
    bounds: tuple[float, float]
    inside: bool
    n: int
    variance: Variance


def spatial_rho(
    dlnA: pd.DataFrame,
    W: MatrixLike,
    *,
    levels: bool = False,
    variance: Variance = "sector",
    bounds: tuple[float, float] | None = None,
) -> SpatialRho:
    """Estimate ρ in d ln A_t = ρ W d ln A_t + Γ1 + Γ2 t + u_t by concentrated likelihood.

    The trend of each sector and the variance of u are concentrated out. Both sides less their
    trends have T − 2 free years in each sector, and the likelihood is that of these years, so that
    the 2 N coefficients taken out shrink neither the variances nor the error of ρ.

    Parameters
    ----------
    dlnA : pandas.DataFrame, shape (T, N)
        Growth of technology in log points; years, consecutive, by sectors; at least four.
    W : LabelledMatrix, shape (N, N)
        Citation shares, [citing, cited].
    levels : bool, default False
        Whether ``dlnA`` holds ln A, of which to take differences.
    variance : {"sector", "common"}, default "sector"
        Whether each sector has its own variance of u. One for all is the textbook's SAR; with
        sectors as different as oil and schools it lets the most erratic decide.
    bounds : (float, float), optional
        Where to look for ρ. Default: −1/ρ(W) to 1/ρ(W), within which chains die out.

    Returns
    -------
    SpatialRho

    Raises
    ------
    InputError
        If labels differ, years are too few, a sector has nothing left around its trend, W is
        empty, or bounds are needed or too wide.

    References
    ----------
    Ord (1975), *Journal of the American Statistical Association* 70, 120–126: log|I − ρW| from
    the eigenvalues. Lee & Yu (2010), *Journal of Econometrics* 154, 165–185, on effects of
    sectors. Li et al. (2024), 30th IIOA conference, §3.2, have ρ = 1.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import W
    >>> noise = np.random.default_rng(1).normal(size=(400, 2))
    >>> dlnA = np.linalg.solve(np.eye(2) - W.values.toarray(), noise.T).T
    >>> estimate = spatial_rho(pd.DataFrame(dlnA, range(400), ["steel", "cars"]), W)
    >>> abs(estimate.rho - 1) < 2 * estimate.se, estimate.inside
    (True, True)
    """
    if variance not in ("sector", "common"):
        raise InputError(f"variance: 'sector' or 'common' is needed, got {variance!r}.")
    panel = check_panel(dlnA, "lnA" if levels else "dlnA", at_least=4 + levels)
    M = networks_of(W, [0], list(panel.columns), "W")[0]
    growth = np.diff(panel.to_numpy(), axis=0) if levels else panel.to_numpy()
    y, x = _detrend(growth), _detrend((M.values @ growth.T).T)
    _require_variation(growth, y, tuple(panel.columns))
    eigenvalues = np.asarray(eigvals(M.values.toarray()), dtype=np.complex128)
    low, high = _bounds(bounds, eigenvalues, M)
    likelihood = _Likelihood(y, x, eigenvalues, variance)
    grid = np.linspace(low, high, GRID + 2)[1:-1]
    grid = np.union1d(grid, [special for special in (0.0, 1.0) if low < special < high])
    curve = np.array([likelihood.value(rho) for rho in grid])
    best, step = grid[curve.argmax()], (high - low) / (GRID + 1)
    rho = _maximum(likelihood, max(low, best - step), min(high, best + step))
    slope = likelihood.information(rho)
    # A maximum inside is flat and curved downwards; at an edge it is neither.
    inside = slope > 0 and abs(likelihood.score(rho)) < 1e-3 * np.sqrt(slope)
    return SpatialRho(
        rho,
        float(1 / np.sqrt(slope)) if inside else float("nan"),
        likelihood.value(rho),
        pd.Series(curve, index=pd.Index(grid, name="rho"), name="loglik"),
        series(likelihood.sigma(rho), tuple(panel.columns), "sigma"),
        (low, high),
        bool(inside),
        len(growth),
        variance,
    )


@dataclass(frozen=True, slots=True)
class _Likelihood:
    """The likelihood of ρ with all else concentrated out, and its two derivatives.

    y and x are d ln A and W d ln A less their trends, T × N; of the T years T − 2 are free.
    """

    y: Vector
    x: Vector
    eigenvalues: NDArray[np.complex128]
    variance: Variance

    def _squares(self, rho: float) -> tuple[int, Vector, Vector, Vector]:
        """Free numbers behind each variance, and u'u, u'x, x'x: by sector or as one."""
        u = self.y - rho * self.x
        free = len(u) - 2
        sums = (u * u).sum(axis=0), (u * self.x).sum(axis=0), (self.x * self.x).sum(axis=0)
        if self.variance == "common":
            free *= u.shape[1]
            sums = tuple(np.atleast_1d(part.sum()) for part in sums)  # type: ignore[assignment]
        return free, *sums

    def value(self, rho: float) -> float:
        """Log-likelihood."""
        free, uu, _, _ = self._squares(rho)
        jacobian = (len(self.y) - 2) * np.log(np.abs(1 - rho * self.eigenvalues)).sum()
        return float(jacobian - free / 2 * (np.log(2 * np.pi * uu / free) + 1).sum())

    def score(self, rho: float) -> float:
        """First derivative."""
        free, uu, ux, _ = self._squares(rho)
        jacobian = (self.eigenvalues / (1 - rho * self.eigenvalues)).sum().real
        return float(free * (ux / uu).sum() - (len(self.y) - 2) * jacobian)

    def information(self, rho: float) -> float:
        """Second derivative, its sign changed."""
        free, uu, ux, xx = self._squares(rho)
        jacobian = ((self.eigenvalues / (1 - rho * self.eigenvalues)) ** 2).sum().real
        curvature = (xx / uu - 2 * (ux / uu) ** 2).sum()
        return float(free * curvature + (len(self.y) - 2) * jacobian)

    def sigma(self, rho: float) -> Vector:
        """Standard deviation of u of each sector."""
        free, uu, _, _ = self._squares(rho)
        deviation: Vector = np.sqrt(uu / free) * np.ones(self.y.shape[1])
        return deviation


def _maximum(likelihood: _Likelihood, low: float, high: float) -> float:
    """Refine the best point of a grid by up to one step to either side."""
    from scipy.optimize import minimize_scalar

    optimum = minimize_scalar(
        lambda rho: -likelihood.value(rho),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(optimum.x)


def _detrend(values: Vector) -> Vector:
    """Residuals of each column around a constant and a line."""
    t = np.arange(len(values)) - (len(values) - 1) / 2
    around = values - values.mean(axis=0)
    residual: Vector = around - np.outer(t, t @ around / (t @ t))
    return residual


def _require_variation(growth: Vector, y: Vector, labels: tuple[str, ...]) -> None:
    """Refuse a sector that follows its trend exactly: its variance would be 0."""
    still = np.abs(y).max(axis=0) <= NOISE * np.abs(growth).max(axis=0)
    if still.any():
        raise InputError(
            f"dlnA: {labels[int(still.argmax())]!r} follows its trend without any deviation; "
            "there is nothing to estimate from. Leave the sector out."
        )


def _bounds(
    bounds: tuple[float, float] | None, eigenvalues: NDArray[np.complex128], W: LabelledMatrix
) -> tuple[float, float]:
    """Where to look for ρ, within the values for which chains die out."""
    if not W.values.nnz:
        raise InputError("matrix W: it is empty, so its strength cannot be estimated.")
    radius = float(np.abs(eigenvalues).max())
    limit = 1 / radius if radius > 0 else np.inf
    low, high = (-limit, limit) if bounds is None else bounds
    if bounds is None and not np.isfinite(limit):
        raise InputError("bounds: W has no cycles, so any ρ is possible; give bounds.")
    if not -limit <= low < high <= limit:
        raise InputError(
            f"bounds: two ascending numbers between {-limit:g} and {limit:g} are needed, for the "
            f"chains of ρW to die out, got {low:g} and {high:g}."
        )
    return float(low), float(high)
