"""Comovement of R&D and output: variances within and across industries, and who carries them."""

from __future__ import annotations

from ._correlations import Correlations, correlate, correlation_pvalues
from ._covariances import Comovement, CovDecomposition, comove, decompose_cov
from ._gaps import Filled, fill_gaps
from ._panels import GROWTH, growth_rates, long_run_shares

__all__ = [
    "GROWTH",
    "Comovement",
    "Correlations",
    "CovDecomposition",
    "Filled",
    "comove",
    "correlate",
    "correlation_pvalues",
    "decompose_cov",
    "fill_gaps",
    "growth_rates",
    "long_run_shares",
]
