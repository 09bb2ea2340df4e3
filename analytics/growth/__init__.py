"""Growth accounting: where growth comes from, trends, Solow residuals, and ρ of their errors."""

from __future__ import annotations

from ._account import Account, AggregateGrowth, account, aggregate_growth, by_source
from ._filters import filter_output, filter_tfp, rewiring
from ._solow import Misfit, misfit, tfp_growth
from ._spatial_rho import SpatialRho, spatial_rho
from ._trend import COEFFICIENTS, Trend, fit_trend

__all__ = [
    "COEFFICIENTS",
    "Account",
    "AggregateGrowth",
    "Misfit",
    "SpatialRho",
    "Trend",
    "account",
    "aggregate_growth",
    "by_source",
    "filter_output",
    "filter_tfp",
    "fit_trend",
    "misfit",
    "rewiring",
    "spatial_rho",
    "tfp_growth",
]
