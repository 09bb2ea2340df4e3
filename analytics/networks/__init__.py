"""Networks of a year: citation stocks and W, deliveries and S."""

from __future__ import annotations

from ._citation import CitationShares, Normalisation, citation_shares
from ._production import ProductionShares, benchmarks, interpolated, production_shares
from ._stocks import accumulate, year_weights

__all__ = [
    "CitationShares",
    "Normalisation",
    "ProductionShares",
    "accumulate",
    "benchmarks",
    "citation_shares",
    "interpolated",
    "production_shares",
    "year_weights",
]
